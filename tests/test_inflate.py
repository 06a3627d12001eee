"""What is unpacked stays within its caps, and nothing is cut short without a word."""

import gzip
import io
import os
import zlib

import brotli
import pytest
import zstandard

from firsthand.inflate import Caps, TornError, head_of, plain_stream, unpacked

CAPS = Caps(most_bytes=1 << 20, most_growth=100, growth_from=1 << 16)
STREAM = Caps(most_bytes=None, most_growth=100, growth_from=1 << 20)
NOISE = os.urandom(20_000).hex().encode()
PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def code_of(call):
    with pytest.raises(TornError) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize("coding", PACKERS)
def test_what_was_packed_comes_out_again(coding):
    assert unpacked(PACKERS[coding](NOISE), coding, CAPS) == NOISE


@pytest.mark.parametrize("coding", PACKERS)
def test_a_torn_body_is_no_body(coding):
    packed = PACKERS[coding](NOISE)
    assert code_of(lambda: unpacked(packed[:-30], coding, CAPS)) in ("compression", "truncated")


@pytest.mark.parametrize("coding", PACKERS)
def test_zeros_are_no_text(coding):
    packed = PACKERS[coding](bytes(1 << 20))
    assert code_of(lambda: unpacked(packed, coding, CAPS)) == "expansion"
    roomy = Caps(most_bytes=1 << 20, most_growth=1 << 20, growth_from=0)
    assert len(unpacked(packed, coding, roomy)) == 1 << 20


@pytest.mark.parametrize("coding", PACKERS)
def test_more_than_the_cap_is_too_large(coding):
    small = Caps(most_bytes=10_000, most_growth=100, growth_from=1)
    assert code_of(lambda: unpacked(PACKERS[coding](NOISE), coding, small)) == "too-large"


def test_a_body_that_only_claims_to_be_packed_is_left():
    page = b"<html><p>Fog."
    assert all(unpacked(page, coding, CAPS) == page for coding in PACKERS)


def test_members_that_follow_each_other_are_one_body():
    packed = gzip.compress(b"Fog. ") + gzip.compress(b"Rain.")
    assert unpacked(packed, "gzip", CAPS) == b"Fog. Rain."
    assert plain_stream(io.BytesIO(packed), STREAM).read() == b"Fog. Rain."


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_stream_ends_with_a_word(pack):
    def lines(packed):
        return list(plain_stream(io.BytesIO(packed), STREAM))

    assert b"".join(lines(pack(NOISE))) == NOISE
    assert code_of(lambda: lines(pack(NOISE)[:-9])) == "truncated"
    assert code_of(lambda: lines(pack(bytes(9 << 20)))) == "expansion"


def test_a_look_at_the_head_unpacks_no_more_and_rewinds():
    source = io.BytesIO(gzip.compress(b"Fog." + bytes(9 << 20)))
    assert head_of(source, 4) == b"Fog." and source.tell() == 0
    assert head_of(io.BytesIO(gzip.compress(NOISE)[:-9]), 1 << 20)[:99] == NOISE[:99]
