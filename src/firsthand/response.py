"""
HTTP responses as archives keep them → status, declared type, body without its codings.

Archives keep what came over the wire, or what their crawler made of it, often with the headers of
the wire still there: a body is unpacked only if it is packed.
"""

from __future__ import annotations

import re

from firsthand import warc
from firsthand.inflate import Caps, TornError, unpacked

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})\b")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
# A body that was packed more often than this was packed to be a nuisance.
MOST_CODINGS = 3


def opened(block: bytes, caps: Caps) -> tuple[int, str, bytes]:
    """
    Return status, content type and body of a response; :class:`TornError` where it is none.

    Only the body of status 200 is unpacked.
    """
    head, gap, body = block.partition(b"\r\n\r\n")
    if not gap:
        head, gap, body = block.partition(b"\n\n")
    status = _STATUS.match(head)
    if not status or not gap:
        raise TornError("warc-http", "the record holds no readable HTTP response")
    fields = warc.fields_of(head)
    said = fields.get("content-type", "")
    if int(status.group(1)) != 200:
        return int(status.group(1)), said, b""
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = unchunked(body)
    codings = fields.get("content-encoding", "").lower().split(",")
    if len(codings) > MOST_CODINGS:
        raise TornError("compression", f"the response is compressed {len(codings)} times over")
    for coding in reversed(codings):
        body = unpacked(body, coding.strip(), caps)
    return 200, said, body


def unchunked(body: bytes) -> bytes:
    """
    Return a body without its chunk lengths; one that is not chunked is left as it is.

    Many crawlers undo the chunking and keep the header that says so.

    >>> unchunked(b"3\\r\\nFog\\r\\n1;x=y\\r\\n!\\r\\n0\\r\\n\\r\\n"), unchunked(b"<p>Fog")
    (b'Fog!', b'<p>Fog')
    """
    pieces: list[bytes] = []
    at = 0
    while found := _CHUNK.match(body, at):
        size = int(found.group(1), 16)
        if not size:
            return b"".join(pieces)
        pieces.append(body[found.end() : found.end() + size])
        at = found.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    return b"".join(pieces) if pieces and at >= len(body) else body
