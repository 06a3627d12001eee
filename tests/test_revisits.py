"""Revisit records find the page they point to, or say that it is not there."""

from __future__ import annotations

import gzip
import io

import pytest

from firsthand import warc
from firsthand.revisits import Revisits

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Fog over the harbour."
FIRST = {
    "WARC-Type": "response", "WARC-Record-ID": "<urn:uuid:1>", "WARC-Date": "2031-05-04T00:00:00Z",
    "WARC-Target-URI": "https://harbour.example/fog", "WARC-Payload-Digest": "sha1:FOG",
}  # fmt: skip
AGAIN = {
    "WARC-Type": "revisit", "WARC-Record-ID": "<urn:uuid:2>", "WARC-Date": "2031-05-05T00:00:00Z",
    "WARC-Target-URI": "https://harbour.example/again",
}  # fmt: skip


def stored(fields: dict[str, str], block: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    head = f"WARC/1.1\r\n{lines}Content-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def read(points: dict[str, str], *, packed: bool) -> tuple[warc.Record | None, list[str]]:
    """Return what the revisit resolves to, and the ids of all records read."""
    parts = [stored(FIRST, PAGE), stored({**AGAIN, **points}, b""), stored(FIRST, b"<p>Mole.")]
    source = io.BytesIO(b"".join(map(gzip.compress, parts) if packed else parts))
    revisits, ids, found = Revisits(source, max_bytes=999), [], None
    for one in warc.records(source, max_bytes=999, digests=False):
        assert isinstance(one, warc.Record)
        ids.append(one.fields["warc-record-id"])
        if one.fields["warc-type"] == "revisit":
            found = revisits.resolved(one)
        else:
            revisits.note(one)
    return found, ids


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "points",
    [
        {"WARC-Refers-To": "<urn:uuid:1>"},
        {"WARC-Payload-Digest": "sha1:fog"},
        {
            "WARC-Refers-To-Target-URI": "https://harbour.example/fog",
            "WARC-Refers-To-Date": "2031-05-04T00:00:00Z",
        },
    ],
)
def test_a_revisit_gives_the_page_at_its_own_address(points: dict[str, str], packed: bool) -> None:
    found, ids = read(points, packed=packed)
    assert found is not None and found.block == PAGE
    assert found.fields["warc-target-uri"] == "https://harbour.example/again"
    assert (found.fields["warc-type"], found.fields["warc-record-id"]) == (
        "response",
        "<urn:uuid:2>",
    )
    assert ids == ["<urn:uuid:1>", "<urn:uuid:2>", "<urn:uuid:1>"]


@pytest.mark.parametrize(
    "points",
    [
        {},
        {"WARC-Refers-To": "<urn:uuid:7>"},
        {"WARC-Refers-To": "<urn:uuid:1>", "WARC-Payload-Digest": "sha1:FERRY"},
    ],
)
def test_a_revisit_of_what_was_not_read_or_does_not_fit_is_not_resolved(
    points: dict[str, str],
) -> None:
    assert read(points, packed=True)[0] is None
