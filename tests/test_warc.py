"""The WARC reader beside its twin: a sound file gives what fastwarc gives, record for record."""

from __future__ import annotations

import gzip
import io

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

from firsthand import warc

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
