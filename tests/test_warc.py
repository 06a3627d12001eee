"""
The WARC reader beside its twin, fastwarc, on sound files, and on files with faults of known place.

``FIRSTHAND_FAULTS=1000`` reads as many files with faults (``make faults``); the normal run 150.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tracemalloc
import zlib
from dataclasses import replace

import pytest
import zstandard
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

import warc_faults
from firsthand import members, warc

N_FAULTY = int(os.environ.get("FIRSTHAND_FAULTS", "150"))

blocks = st.lists(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
    min_size=1,
    max_size=6,
)


def written(found: list[bytes], *, packed: bool) -> bytes:
    records = []
    for n, block in enumerate(found):
        head = (
            "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://harbour.example/\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{n:012}>\r\n"
            "WARC-Date: 2031-05-04T00:00:00Z\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        record = head.encode() + block + b"\r\n\r\n"
        records.append(gzip.compress(record, mtime=0) if packed else record)
    return b"".join(records)


@pytest.mark.parametrize("packed", [False, True])
@given(found=blocks)
def test_a_sound_file_is_read_as_the_twin_reads_it(packed: bool, found: list[bytes]) -> None:
    data = written(found, packed=packed)
    ours = list(warc.records(io.BytesIO(data), max_bytes=1 << 20))
    assert all(isinstance(r, warc.Record) for r in ours)
    twin = [
        (r.headers["WARC-Record-ID"], r.reader.read(), r.stream_pos)
        for r in ArchiveIterator(io.BytesIO(data), parse_http=False)
    ]
    assert [(r.fields["warc-record-id"], r.block, r.offset) for r in ours] == twin


@pytest.mark.parametrize("seed", range(0, N_FAULTY, 25))
def test_what_is_sound_beside_faults_is_kept_and_every_fault_listed(seed: int) -> None:
    for one in range(seed, min(seed + 25, N_FAULTY)):
        made = warc_faults.made(one)
        found = list(warc.records(io.BytesIO(made.data), max_bytes=1 << 20))
        assert warc_faults.complaints(made, found) == [], one


def test_the_fault_check_notices_a_reader_that_loses_swallows_or_invents() -> None:
    made = next(m for m in map(warc_faults.made, range(99)) if m.packing == "plain")
    sound = list(warc.records(io.BytesIO(made.data), max_bytes=1 << 20))
    kept = [one for one in sound if isinstance(one, warc.Record) and not one.doubt]
    untouched = next(r.id for r in made.records if not r.faults)
    lost = [r for r in sound if getattr(r, "fields", {}).get("warc-record-id") != untouched]
    assert f"lost: {untouched}" in warc_faults.complaints(made, lost)
    longer = [replace(one, block=one.block + b"swallowed") for one in kept]
    assert any("changed" in said for said in warc_faults.complaints(made, longer))
    other = replace(kept[0], fields={"warc-record-id": "<urn:uuid:other>"})
    assert "made up: <urn:uuid:other>" in warc_faults.complaints(made, [*sound, other])


def test_zlib_and_isal_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(80):
        data = warc_faults.made(seed).data
        fast = without_reasons(data)
        with monkeypatch.context() as patched:
            patched.setattr(members, "fast_zlib", zlib)
            assert without_reasons(data) == fast, seed


def test_pieces_of_any_size_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(60):
        data = warc_faults.made(seed).data
        if not data.startswith((warc.GZIP_MAGIC, members.ZSTD_MAGIC)):
            at_once = without_reasons(data)
            with monkeypatch.context() as patched:
                patched.setattr(members, "RAW_BYTES", 97)
                assert without_reasons(data) == at_once, seed


def without_reasons(data: bytes) -> list[object]:
    found = warc.records(io.BytesIO(data), max_bytes=1 << 20)
    return [replace(one, reason="") if isinstance(one, warc.Broken) else one for one in found]


def codes(data: bytes, max_bytes: int = 1 << 20) -> list[str]:
    """Return for every find ``whole``, its doubt, or the code of what is broken."""
    found = warc.records(io.BytesIO(data), max_bytes=max_bytes)
    return [
        one.code if isinstance(one, warc.Broken) else one.doubt or "whole" for one in found
    ]  # fmt: skip


def test_a_wrong_length_swallows_nothing_and_reading_goes_on() -> None:
    records = [written([bytes([65 + n]) * 40], packed=False) for n in range(4)]
    longer = len(records[2]) + 40
    records[1] = records[1].replace(b"Content-Length: 40", b"Content-Length: %d" % longer)
    data = b"".join(records)
    believing = [r.reader.read() for r in ArchiveIterator(io.BytesIO(data), parse_http=False)]
    assert len(believing) == 3 and b"C" * 40 in believing[1]
    assert codes(data) == ["whole", "warc-length", "whole", "whole"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_tail_is_listed(packed: bool) -> None:
    data = written([b"fog" * 500, b"ferry" * 500, b"mole" * 500], packed=packed)
    assert codes(data[:-30]) == ["whole", "whole", "gzip" if packed else "warc-truncated"]


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_damage_in_one_member_ends_nothing(packing: str) -> None:
    packed = [
        warc_faults.packed_as(packing, written([text], packed=False))
        for text in (b"fog" * 300, b"ferry" * 300, b"mole" * 300)
    ]
    torn = bytearray(packed[1])
    torn[len(torn) // 2] ^= 0xFF
    code = "gzip" if packing == "gzip" else "compression"
    assert codes(b"".join([packed[0], bytes(torn), packed[2]])) == ["whole", code, "whole"]


@pytest.mark.parametrize("named", ["sha1", "sha256", "md5"])
@pytest.mark.parametrize("field", ["WARC-Block-Digest", "WARC-Payload-Digest"])
def test_a_digest_that_differs_is_said_and_the_record_kept(named: str, field: str) -> None:
    said = f"{field}: {named}:{hashlib.new(named, b'fog').hexdigest()}\r\nContent-Length"
    sound = written([b"fog"], packed=False).replace(b"Content-Length", said.encode())
    for data, holds in ((sound, True), (sound.replace(b"\r\nfog\r\n", b"\r\ndog\r\n"), False)):
        (found,) = warc.records(io.BytesIO(data), max_bytes=99)
        assert isinstance(found, warc.Record)
        assert (found.digest_ok, found.doubt) == (holds, None if holds else "warc-digest")
        (unasked,) = warc.records(io.BytesIO(data), max_bytes=99, digests=False)
        assert isinstance(unasked, warc.Record) and unasked.digest_ok is None


@pytest.mark.parametrize("squeezed", [False, True])
def test_a_zstd_dictionary_in_the_first_frame_is_used(squeezed: bool) -> None:
    texts = [b" ".join(b"harbour %d fog %d" % (n, n * k) for k in range(40)) for n in range(300)]
    known = zstandard.train_dictionary(2000, texts)
    held = zstandard.compress(known.as_bytes()) if squeezed else known.as_bytes()
    compressor = zstandard.ZstdCompressor(dict_data=known)
    frames = [compressor.compress(written([text], packed=False)) for text in texts[:3]]
    first = members.DICTIONARY_MAGIC + len(held).to_bytes(4, "little") + held
    assert codes(first + b"".join(frames)) == ["whole"] * 3
    other = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
    assert codes(first + frames[0] + other + frames[1]) == ["whole"] * 2
    assert codes(first + frames[0] + frames[1][:-9]) == ["whole", "compression"]


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_a_bomb_costs_no_more_than_the_cap(packing: str) -> None:
    size = 96 << 20
    head = written([b""], packed=False)[:-4].replace(b"Length: 0", b"Length: %d" % size)
    bomb = warc_faults.packed_as(packing, head + bytes(size) + b"\r\n\r\n")
    after = warc_faults.packed_as(packing, written([b"fog"], packed=False))
    tracemalloc.start()
    try:
        assert codes(bomb + after, max_bytes=1 << 20) == ["too-large", "whole"]
        assert tracemalloc.get_traced_memory()[1] < 24 << 20
    finally:
        tracemalloc.stop()
