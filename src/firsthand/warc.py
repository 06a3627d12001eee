"""
A WARC as records that are surely whole, and the places where it is broken.

The common readers trust Content-Length: a wrong one swallows the next record without a word, and at
the first bad record they stop. Here a record counts only if its block is followed by the line
breaks that close it and then by the next record or the end, and if no other record lies in it.
Where that fails the record is given as :class:`Broken` and reading goes on at the next record.

What shows a record to be whole, surest first: its digest; the length its HTTP head gives; the line
breaks behind it and the record after them. Only where the first two are silent is the block
searched for the head of a record: that takes as long as unpacking it, and the HTTP length is there
in nearly every crawl.

A record that is whole but odd is given with its ``doubt``: its digest differs, the line breaks
behind it are not the two that close a record (its length may be wrong by as many bytes), or it
comes out of compressed data whose checksum fails.

Offsets are bytes of the file as it lies there: of the record for a plain WARC, of the gzip member
or zstd frame for a compressed one. Memory is bounded by the cap on a record; a longer one is passed
over.

Known to fail: where nothing shows the true length, one too short may end at line breaks that look
like the closing ones, and gives a block cut short, with a doubt. A record without any proof, with
damage on both sides of it, or that quotes a record's head, may be listed instead of given. In a
WARC compressed as one member everything behind damage is lost (and said to be).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from firsthand import members
from firsthand.members import GZIP_MAGIC as GZIP_MAGIC

MAX_HEAD_BYTES = 1 << 16  # the longest real record heads are a few KB (long addresses)
# A block above the cap is passed over in steps of this size.
STEP_BYTES = 1 << 16
_SEAM_BYTES = 64
_HEAD = re.compile(rb"WARC/[01]\.\d+\r?\n")
# A record head among other bytes: only believed with a WARC field right below it, since pages about
# web archives print the first line often enough.
_NEXT = re.compile(rb"WARC/[01]\.\d+\r?\n(?i:WARC-|Content-)[A-Za-z-]+:")
# The head of a record whose first line is broken or missing: still it shows where a record begins.
_ODD_HEAD = re.compile(rb"(?!HTTP/)(?:[^\r\n:<]{0,24}\r?\n)?(?i:WARC-|Content-)[A-Za-z-]{1,24}:")
# One that a wrong length swallowed: behind a blank line, its first line perhaps broken as well.
_WITHIN = re.compile(rb"\n\r?\n(" + _ODD_HEAD.pattern + rb")")
_CLOSING = re.compile(rb"(?:\r\n|\n){0,4}")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HTTP_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r?\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
# Fields that every record must have: with two of them a head in a block is a record's (one field
# may be what is broken).
_DIGESTS = ("sha1", "sha256", "sha512", "md5")
NO_NEXT = "wrong Content-Length: no record begins where its length says it ends"
RUNS_ON = "wrong Content-Length: its length runs into the next record"
_MANDATORY = ("warc-type", "warc-record-id", "content-length")


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """
    One whole WARC record: where it begins, its fields (names in lower case), its block.

    ``digest_ok``: whether the digest it gives is the block's; None if it gives none that can be
    checked, or checking was not asked for. ``doubt``: a code for what is odd about the record
    (``warc-digest``, ``warc-closing``, ``gzip``, ``compression``), or None.
    """

    offset: int
    fields: dict[str, str]
    block: bytes
    digest_ok: bool | None = None
    doubt: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """
    A place where the file is no whole record: offset, a stable code, why, the record's id.

    ``end`` is the file offset where reading went on: nothing between the two was given.
    """

    offset: int
    code: str
    reason: str
    record: str | None = None
    end: int | None = None


def records(source: BinaryIO, *, max_bytes: int, digests: bool = True) -> Iterator[Record | Broken]:
    """
    Yield every whole record of a WARC in order, and a :class:`Broken` for every place that is not.

    ``max_bytes`` caps a block; a longer one is passed over and given as ``too-large``. Without
    ``digests`` they are looked at only where the length is in doubt.
    """
    stream = _Stream(members.opened(source))
    said = -1
    while True:
        if stream.fill(1):
            found = _here(stream, max_bytes, digests)
        elif stream.gap is None:
            return
        else:
            found = stream.crossed()
        if found is None:
            continue
        if isinstance(found, Broken):
            # Damage shows twice: in the compression and in the record.
            if found.offset == said and found.code in ("gzip", "compression"):
                continue
            said = found.offset
        yield found


class _Stream:
    """Plain bytes with look-ahead up to the next damage, and the file offset they came from."""

    def __init__(self, source: members.Plain | members.Packed) -> None:
        self.source, self.packed = source, source.packed
        self.buffer, self.at = b"", 0
        self.base = 0  # plain bytes before the buffer
        # (plain offset, file offset) of the members that the buffer holds bytes of
        self.begun: list[tuple[int, int]] = []
        self.ended_at = -1  # plain offset where a member ended whole
        self.gap: members.Piece | None = None
        self.over = False
        # Behind damage, and not behind the end of a record: a head may be a quotation in a torn
        # page, so its record must be closed well.
        self.lost = False

    def offset(self) -> int:
        """Return the file offset of the next byte (of its member, if compressed)."""
        here = self.base + self.at
        if not self.packed:
            return here
        begun = self.begun
        while len(begun) > 1 and begun[1][0] <= here:
            begun.pop(0)
        return begun[0][1] if begun and begun[0][0] <= here else 0

    def where(self) -> int:
        """Return the file offset where reading goes on."""
        if self.left() or not self.packed:
            return self.offset()
        return self.gap.end if self.gap else self.source.window.position

    def left(self) -> int:
        """Return how many bytes lie in the buffer."""
        return len(self.buffer) - self.at

    def fill(self, size: int) -> bool:
        """Look ``size`` bytes ahead; return whether there are as many before the next damage."""
        have = len(self.buffer) - self.at
        if have >= size or self.gap is not None or self.over:
            return have >= size
        parts = [self.buffer[self.at :]] if have else []
        self.base += self.at
        while have < size:
            piece = self.source.next(size - have)
            if piece is None:
                self.over = True
                break
            if piece.begins:
                self.begun.append((self.base + have, piece.offset))
            if piece.data:
                parts.append(piece.data)
                have += len(piece.data)
            if piece.ended:
                self.ended_at = self.base + have
            if piece.why is not None:
                self.gap = piece
                break
        self.buffer, self.at = parts[0] if len(parts) == 1 else b"".join(parts), 0
        return have >= size

    def alone(self, end: int) -> bool:
        """Return whether a member ended whole ``end`` bytes from here."""
        return self.base + self.at + end == self.ended_at

    def land(self, at: int) -> None:
        """Go to the head of a record behind damage."""
        firm = self.buffer[max(0, at - 4) : at].endswith((b"\r\n\r\n", b"\n\n"))
        firm = firm or any(begun == self.base + at for begun, _ in self.begun)
        self.at, self.lost = at, not firm

    def struck(self, at: int) -> bool:
        """Return whether the member at this file offset is known to be damaged."""
        return self.packed and self.gap is not None and self.gap.offset == at

    def cut(self) -> bool:
        """Return whether the damage ahead is an early end: what came before it is sound."""
        return self.gap is not None and self.gap.why is members.ENDS_EARLY

    def crossed(self, record: str | None = None) -> Broken:
        """Return the damage that the buffer ends at, with the record it struck; go behind it."""
        gap, self.gap = self.gap, None
        assert gap is not None and gap.why is not None
        self.at, self.begun = len(self.buffer), []
        code = "warc-record" if gap.why is members.NO_MEMBER else self.source.code
        return Broken(offset=gap.offset, code=code, reason=gap.why, record=record, end=gap.end)


def _here(stream: _Stream, max_bytes: int, digests: bool) -> Record | Broken | None:
    """Return what stands at the next byte, and go behind it; None for blank lines."""
    if stream.left() < 24:
        stream.fill(24)
    if _HEAD.match(stream.buffer, stream.at):
        return _one(stream, max_bytes, digests)
    at, lost = stream.offset(), stream.lost
    blank = _to_next(stream)
    if blank:
        stream.lost = lost
    if not stream.left() and stream.struck(at):
        return stream.crossed()
    why = "bytes that belong to no record"
    end = stream.where()
    return None if blank else Broken(offset=at, code="warc-record", reason=why, end=end)


def _one(stream: _Stream, max_bytes: int, digests: bool) -> Record | Broken:
    """Return the record the stream stands at, whole or broken, and go behind it."""
    at = stream.offset()
    head, fields = _head(stream)
    length = fields.get("content-length", "")
    if (
        not head
        or _NEXT.search(stream.buffer, stream.at + 1, stream.at + head)
        or not (length.isascii() and length.isdigit() and len(length) < 19)
    ):
        return _broken(stream, at, fields, "warc-record", "the record's head cannot be read")
    size = int(length)
    if size > max_bytes:
        return _too_large(stream, head, size, at, fields)
    if not stream.fill(head + size):
        return _cut_off(stream, head, size, at, fields)
    breaks, follows = _behind(stream, head + size)
    begin = stream.at + head
    block = stream.buffer[begin : begin + size]
    exact = breaks == b"\r\n\r\n" or breaks == b"\n\n" == stream.buffer[begin - 2 : begin]
    digest_ok = _digest_holds(fields, block) if digests or not (exact and follows) else None
    closed = exact and follows
    sure = digest_ok
    if digest_ok is None and closed:
        sure = _http_length_holds(fields, block, size)
    if not sure:
        if not (exact or follows) or (stream.lost and not closed):
            return _broken(stream, at, fields, "warc-length", NO_NEXT)
        inner = _swallowed(block, torn=digest_ok is False or not closed)
        if inner >= 0:
            first = _NEXT.search(stream.buffer, begin, begin + inner)
            stream.land(first.start() if first else begin + inner)
            return _told(stream, at, fields, "warc-length", RUNS_ON)
    struck = stream.struck(at)
    behind = begin + size + len(breaks)
    if struck and not (digest_ok or behind < len(stream.buffer) or (closed and stream.cut())):
        return stream.crossed(fields.get("warc-record-id"))
    stream.at, stream.lost = behind, False
    doubt = None
    if digest_ok is False:
        doubt = "warc-digest"
    elif struck:
        doubt = stream.source.code
    elif not (sure or closed):
        doubt = "warc-closing"
    return Record(offset=at, fields=fields, block=block, digest_ok=digest_ok, doubt=doubt)


def _behind(stream: _Stream, end: int) -> tuple[bytes, bool]:
    """Return the line breaks behind a block, and whether a record or the end follows them."""
    if stream.alone(end + 4) and stream.buffer.startswith(b"\r\n\r\n", stream.at + end):
        return b"\r\n\r\n", True
    stream.fill(end + _SEAM_BYTES)
    at = stream.at + end
    closing = _CLOSING.match(stream.buffer, at)
    assert closing is not None
    # Strange bytes behind the right line breaks may begin with more of them.
    kinds = [closing.group()]
    if kinds[0].startswith(b"\r\n\r\n"):
        kinds.append(b"\r\n\r\n")
    for breaks in kinds:
        behind = at + len(breaks)
        over = behind >= len(stream.buffer) or stream.alone(behind - stream.at)
        head = _ODD_HEAD if breaks == b"\r\n\r\n" else _HEAD
        if over or head.match(stream.buffer, behind):
            return breaks, True
    return kinds[-1], False


def _told(stream: _Stream, at: int, fields: dict[str, str], code: str, reason: str) -> Broken:
    """Return a broken record that begins ``at``; the stream stands where reading goes on."""
    record = fields.get("warc-record-id")
    return Broken(offset=at, code=code, reason=reason, record=record, end=stream.where())


def _broken(stream: _Stream, at: int, fields: dict[str, str], code: str, reason: str) -> Broken:
    """Go from a bad record head to the next record."""
    stream.at += 1
    _to_next(stream)
    if not stream.left() and stream.struck(at):
        return stream.crossed(fields.get("warc-record-id"))
    return _told(stream, at, fields, code, reason)


def _cut_off(stream: _Stream, head: int, size: int, at: int, fields: dict[str, str]) -> Broken:
    """Return why the data ends before the record does, and go on."""
    found = _NEXT.search(stream.buffer, stream.at + head)
    if found:
        stream.land(found.start())
        return _told(stream, at, fields, "warc-length", RUNS_ON)
    if stream.struck(at):
        return stream.crossed(fields.get("warc-record-id"))
    missing = head + size - stream.left()
    stream.at = len(stream.buffer)
    if stream.gap is not None:
        return _told(stream, at, fields, "warc-length", RUNS_ON)
    why = f"the file ends {missing} bytes before the record does"
    return _told(stream, at, fields, "warc-truncated", why)


def _head(stream: _Stream) -> tuple[int, dict[str, str]]:
    """Return the length of the record head in the buffer and its fields; 0 if it never ends."""
    seen = 0
    while True:
        buffer, at = stream.buffer, stream.at
        line = buffer.find(b"\n", at)
        if line > 0 and buffer[line - 1] == 13:
            end = buffer.find(b"\r\n\r\n", at, at + MAX_HEAD_BYTES)
            stop = end + 4
        else:
            blank = _BLANK_LINE.search(buffer, at, at + MAX_HEAD_BYTES)
            end, stop = blank.span() if blank else (-1, 0)
        if end >= 0:
            return stop - at, fields_of(buffer[at:end])
        seen = stream.left()
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
            continue
        key, colon, value = line.partition(":")
        if colon:
            name = key.strip().lower()
            # The first one counts: a second Content-Length is how records are smuggled.
            if name in found:
                name = ""
            else:
                found[name] = value.strip()
    return found


def _too_large(stream: _Stream, head: int, size: int, at: int, fields: dict[str, str]) -> Broken:
    """Pass over a block above the cap piece by piece; a record head in it shows a wrong length."""
    stream.at += head
    stream.fill(STEP_BYTES)
    sure = _http_length_holds(fields, stream.buffer[stream.at : stream.at + STEP_BYTES], size)
    left = size
    while left > 0:
        whole = stream.fill(min(left, STEP_BYTES))
        inner = None if sure else _NEXT.search(stream.buffer, stream.at, stream.at + left)
        if inner:
            stream.land(inner.start())
            return _told(stream, at, fields, "warc-length", RUNS_ON)
        if not whole:
            if stream.struck(at):
                return stream.crossed(fields.get("warc-record-id"))
            left -= stream.left()
            stream.at = len(stream.buffer)
            why = f"the file ends {left} bytes before the record does"
            return _told(stream, at, fields, "warc-truncated", why)
        # The last bytes stay, so that a head on the seam is seen whole.
        here = stream.left()
        step = left if here >= left else max(here - _SEAM_BYTES, 1)
        stream.at += step
        left -= step
    return _told(stream, at, fields, "too-large", f"{size} bytes; that is above the cap")


def _to_next(stream: _Stream) -> bool:
    """Go to the next line that begins a record; return whether all that was passed is blank."""
    blank = True
    while stream.fill(1):
        more = stream.fill(STEP_BYTES)
        found = _NEXT.search(stream.buffer, stream.at)
        last = max(len(stream.buffer) - _SEAM_BYTES, stream.at) if more else len(stream.buffer)
        end = found.start() if found else last
        blank = blank and not stream.buffer[stream.at : end].strip(b"\0\r\n\t ")
        if found:
            stream.land(end)
            break
        stream.at = end
    return blank


def _swallowed(block: bytes, *, torn: bool) -> int:
    """
    Return where in a block the record begins that a wrong length swallowed, or -1.

    A head that merely stands in a page is not preceded by the line breaks that close a record, or
    lacks the fields that every record must have. In a block that seems ``torn`` (its digest
    differs, or it is not closed) those line breaks may be gone, and any head counts.
    """
    if b"\nWARC" not in block:
        return -1
    head = _NEXT.search(block) if torn else None
    if head:
        return head.start()
    for found in _WITHIN.finditer(block):
        at = found.start(1)
        end = _BLANK_LINE.search(block, at, at + MAX_HEAD_BYTES)
        named = fields_of(b"\n" + block[at : end.start() if end else at + MAX_HEAD_BYTES])
        if sum(name in named for name in _MANDATORY) > 1:
            return at
    return -1


def _http_length_holds(fields: dict[str, str], block: bytes, size: int) -> bool:
    """Return whether an HTTP head says that its body is as long as the record says it is."""
    if not fields.get("content-type", "").startswith("application/http"):
        return False
    gap = block.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES) + 4
    head = block[: gap - 2]
    said = _HTTP_LENGTH.search(head)
    return said is not None and int(said.group(1)) == size - gap and not _CHUNKED.search(head)


def _digest_holds(fields: dict[str, str], block: bytes) -> bool | None:
    """Return whether a record has the digest it gives; None if that cannot be told."""
    held = _held(fields.get("warc-block-digest", ""), block)
    if held is not None or "warc-truncated" in fields:
        return held
    said = fields.get("warc-payload-digest", "")
    if not said or fields.get("warc-type", "").lower() == "revisit":
        return None
    if not fields.get("content-type", "").startswith("application/http"):
        return _held(said, block)
    gap = block.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES)
    held = _held(said, block[gap + 4 :]) if gap >= 0 else None
    # Crawlers differ in whether the chunk lengths belong to the payload.
    return None if not held and _CHUNKED.search(block[: gap + 2]) else held


def _held(said: str, content: bytes) -> bool | None:
    """
    Return whether bytes have a digest, in base 32 or hexadecimal; None if it is of another kind.

    >>> _held("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b""), _held("sha1:00", b"")
    (True, False)
    >>> _held("crc32:0", b"") is None
    True
    """
    kind, _, value = said.partition(":")
    name = kind.strip().lower().replace("-", "")
    value = value.strip().rstrip("=")
    if name not in _DIGESTS or not value:
        return None
    found = hashlib.new(name, content, usedforsecurity=False)
    base32 = base64.b32encode(found.digest()).decode().rstrip("=")
    return value.upper() == base32 or value.lower() == found.hexdigest()
