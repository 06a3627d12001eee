"""
A WARC as records that are surely whole, and the places where it is broken.

The common readers trust Content-Length: a wrong one swallows the next record without a word, and at
the first bad record they stop. Here a record counts only if its block is followed by the two line
breaks that close it and then by the next record or the end. Where that fails, or where the block
itself holds the head of another record, the record is given as :class:`Broken` with its offset and
reading goes on at the next line that begins a record.

Offsets are bytes of the file as it lies there: of the record for a plain WARC, of the gzip member
for a compressed one. Memory is bounded by the cap on a record; a longer one is passed over.

Known to fail: a length that is wrong by less than the closing line breaks goes unnoticed; in a WARC
compressed as one single gzip member everything after damaged bytes is lost (and said to be).
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK_BYTES = 1 << 16
MAX_HEAD_BYTES = 1 << 16  # the longest real record heads are a few KB (long addresses)
_HEAD = re.compile(rb"WARC/[01]\.\d+\r?\n")
# A record head among other bytes: only believed with a WARC field right below it, since pages about
# web archives print the first line often enough.
_NEXT = re.compile(rb"WARC/[01]\.\d+\r?\n(?:WARC-|Content-)[A-Za-z-]+:")
_CLOSING = re.compile(rb"(?:\r?\n){0,4}")
GZIP_MAGIC = b"\x1f\x8b\x08"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One whole WARC record: where it begins, its fields (names in lower case), its block."""

    offset: int
    fields: dict[str, str]
    block: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """A place where the file is no whole record: offset, a stable code, why, the record's id."""

    offset: int
    code: str
    reason: str
    record: str | None = None


class _Stream:
    """Plain bytes of a WARC with look-ahead, and the file offset that any of them came from."""

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        self.buffer = bytearray()
        self.read = 0  # plain bytes before the buffer
        self.broken: list[Broken] = []
        # (plain offset, file offset) of every gzip member still in the buffer
        self.members: list[tuple[int, int]] = []
        head = source.read(CHUNK_BYTES)
        self.zipped = head.startswith(GZIP_MAGIC)
        self.raw, self.raw_at = head, 0
        self.inflate: zlib._Decompress | None = None
        self.ended = False

    def offset(self, at: int) -> int:
        """Return the file offset of the plain byte ``at`` (of its gzip member, if compressed)."""
        if not self.zipped:
            return at
        while len(self.members) > 1 and self.members[1][0] <= min(at, self.read):
            self.members.pop(0)
        return max((m for p, m in self.members if p <= at), default=0)

    def fill(self, size: int) -> bool:
        """Make the buffer hold ``size`` bytes; return whether there were as many."""
        while len(self.buffer) < size and not self.ended:
            self._more()
        return len(self.buffer) >= size

    def drop(self, size: int) -> None:
        """Forget the first ``size`` bytes of the buffer."""
        del self.buffer[:size]
        self.read += size

    def _next_raw(self) -> bool:
        if not self.raw:
            self.raw = self.source.read(CHUNK_BYTES)
        return bool(self.raw)

    def _more(self) -> None:
        if not self._next_raw():
            if self.inflate is not None:
                self._cut_off("the compressed data ends in the middle of a record")
            self.ended = True
        elif not self.zipped:
            self.buffer += self.raw
            self.raw = b""
        else:
            self._inflate()

    def _inflate(self) -> None:
        if self.inflate is None and not self._find_member():
            return
        assert self.inflate is not None
        before = len(self.raw)
        try:
            self.buffer += self.inflate.decompress(self.raw, 4 * CHUNK_BYTES)
        except zlib.error as error:
            self._cut_off(f"the compressed data is damaged ({error})")
            # Look for the next member behind the head of the one that failed.
            self.raw, self.raw_at = self.raw[1:], self.raw_at + 1
            return
        rest = self.inflate.unused_data if self.inflate.eof else self.inflate.unconsumed_tail
        self.raw_at += before - len(rest)
        self.raw = rest
        if self.inflate.eof:
            self.inflate = None

    def _find_member(self) -> bool:
        """Begin the next gzip member in the raw bytes; False if more of them are needed."""
        at = self.raw.find(GZIP_MAGIC)
        if at < 0:
            keep = self.raw[-2:] if len(self.raw) > 2 else b""
            fresh = self.source.read(CHUNK_BYTES)
            self.raw_at += len(self.raw) - len(keep)
            self.raw = keep + fresh if fresh else b""
            return False
        self.raw, self.raw_at = self.raw[at:], self.raw_at + at
        self.members.append((self.read + len(self.buffer), self.raw_at))
        self.inflate = zlib.decompressobj(31)
        return True

    def _cut_off(self, why: str) -> None:
        self.broken.append(Broken(offset=self.members[-1][1], code="gzip", reason=why))
        self.inflate = None
        # What follows must stand at the start of a line to be seen as a record.
        self.buffer += b"\r\n\r\n"


def records(source: BinaryIO, *, max_bytes: int) -> Iterator[Record | Broken]:
    """
    Yield every whole record of a WARC in order, and a :class:`Broken` for every place that is not.

    ``max_bytes`` caps a block; a longer one is passed over and given as ``too-large``.
    """
    last = -1
    for found in _records(_Stream(source), max_bytes):
        if isinstance(found, Record):
            yield found
        elif found.offset != last:  # damage shows twice: in the compression and in the record
            yield found
            last = found.offset


def _records(stream: _Stream, max_bytes: int) -> Iterator[Record | Broken]:
    while True:
        yield from _taken(stream.broken)
        if not stream.fill(1):
            break
        stream.fill(16)
        if _HEAD.match(stream.buffer):
            yield from _one(stream, max_bytes)
            continue
        at = stream.offset(stream.read)
        if _to_next(stream).strip():
            yield Broken(offset=at, code="warc-record", reason="bytes that belong to no record")
    yield from _taken(stream.broken)


def _taken(broken: list[Broken]) -> list[Broken]:
    taken, broken[:] = list(broken), []
    return taken


def _one(stream: _Stream, max_bytes: int) -> Iterator[Record | Broken]:
    """Yield the record the stream stands at, whole or broken, and go behind it."""
    at = stream.offset(stream.read)
    head, fields = _head(stream)
    record = fields.get("warc-record-id")
    length = fields.get("content-length", "")
    if not head or not length.isascii() or not length.isdigit():
        _pass(stream)
        yield Broken(
            offset=at, code="warc-record", record=record, reason="the record's head cannot be read"
        )
        return
    size = int(length)
    if size > max_bytes:
        yield from _too_large(stream, head, size, at, record, max_bytes)
        return
    whole = stream.fill(head + size)
    block = bytes(stream.buffer[head : head + size])
    inner = -1 if _digest_holds(fields, block) else _inner(block)
    if inner >= 0:
        stream.drop(head + inner)
        yield _length(at, record, "its length runs into the next record")
    elif not whole:
        stream.drop(len(stream.buffer))
        yield Broken(
            offset=at,
            code="warc-truncated",
            record=record,
            reason=f"the file ends {size - len(block)} bytes before the record does",
        )
    elif not _closed(stream, head + size):
        _pass(stream)
        yield _length(at, record, "no record begins where its length says it ends")
    elif not any(broken.offset == at for broken in stream.broken):
        yield Record(offset=at, fields=fields, block=block)


def _length(at: int, record: str | None, why: str) -> Broken:
    reason = f"wrong Content-Length: {why}"
    return Broken(offset=at, code="warc-length", record=record, reason=reason)


def _head(stream: _Stream) -> tuple[int, dict[str, str]]:
    """Return the length of the record head in the buffer and its fields; 0 if it never ends."""
    while True:
        for gap in (b"\r\n\r\n", b"\n\n"):
            at = stream.buffer.find(gap, 0, MAX_HEAD_BYTES)
            if at >= 0:
                return at + len(gap), fields_of(bytes(stream.buffer[:at]))
        seen = len(stream.buffer)
        if seen >= MAX_HEAD_BYTES or not stream.fill(seen + 1):
            return 0, {}


def fields_of(head: bytes) -> dict[str, str]:
    """
    Return the fields below the first line of a WARC or HTTP head, names in lower case.

    >>> fields_of(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html;\\r\\n charset=utf-8")
    {'content-type': 'text/html; charset=utf-8'}
    """
    found: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in (" ", "\t") and name:
            found[name] += " " + line.strip()
        elif ":" in line:
            key, _, value = line.partition(":")
            name = key.strip().lower()
            # The first one counts: a second Content-Length is how records are smuggled.
            if name in found:
                name = ""
            else:
                found[name] = value.strip()
    return found


def _closed(stream: _Stream, end: int) -> bool:
    """Return whether a record may end at ``end`` (line breaks, then a record or nothing); go on."""
    stream.fill(end + 24)
    tail = bytes(stream.buffer[end : end + 24])
    closing = _CLOSING.match(tail)
    assert closing is not None
    rest = tail[closing.end() :]
    # Behind the right closing strange bytes are not this record's fault.
    if rest and closing.group() != b"\r\n\r\n" and not (closing.end() and _HEAD.match(rest)):
        return False
    stream.drop(end + closing.end())
    return True


def _too_large(
    stream: _Stream, head: int, size: int, at: int, record: str | None, max_bytes: int
) -> Iterator[Broken]:
    """Pass over a block above the cap piece by piece; a record head in it shows a wrong length."""
    stream.drop(head)
    left = size
    while left > 0:
        stream.fill(min(left, CHUNK_BYTES))
        inner = _inner(stream.buffer[:left])
        if inner >= 0:
            stream.drop(inner)
            yield _length(at, record, "its length runs into the next record")
            return
        # The last bytes stay, so that a head on the seam is seen whole.
        step = min(left, max(len(stream.buffer) - 64, 0)) or min(left, len(stream.buffer))
        if not step:
            yield Broken(
                offset=at,
                code="warc-truncated",
                record=record,
                reason=f"the file ends {left} bytes before the record does",
            )
            return
        stream.drop(step)
        left -= step
    yield Broken(
        offset=at, code="too-large", record=record, reason=f"{size} bytes; the cap is {max_bytes}"
    )


def _pass(stream: _Stream) -> None:
    """Go from a bad record head to the next record."""
    stream.drop(1)
    _to_next(stream)


def _to_next(stream: _Stream) -> bytes:
    """Go to the next line that begins a record; return the beginning of what was passed."""
    first = b""
    while stream.fill(1):
        stream.fill(CHUNK_BYTES)
        found = _NEXT.search(stream.buffer)
        end = found.start() if found else max(len(stream.buffer) - 64, 0)
        if not found and stream.ended:
            end = len(stream.buffer)
        first = first or bytes(stream.buffer[: min(end, CHUNK_BYTES)])
        stream.drop(end)
        if found:
            break
    return first


def _inner(block: bytes | bytearray) -> int:
    """Return where in a block the head of another record begins, or -1."""
    if b"\nWARC/" not in block:
        return -1
    found = _NEXT.search(block)
    while found and block[found.start() - 1 : found.start()] != b"\n":
        found = _NEXT.search(block, found.end())
    return found.start() if found else -1


def _digest_holds(fields: dict[str, str], block: bytes) -> bool:
    """Return whether the block has the SHA-1 its record gives: then it is whole as it stands."""
    kind, _, said = fields.get("warc-block-digest", "").partition(":")
    if kind.lower() != "sha1" or not said:
        return False
    sha = hashlib.sha1(block, usedforsecurity=False)
    return said.upper() == base64.b32encode(sha.digest()).decode() or said == sha.hexdigest()
