r"""
An ARC file, the form of web archives before WARC, as records that are surely whole.

A record is one line (address, IP, fourteen digits of time, type, length; version 2 has five more
fields) and then a block. As in ``warc.py`` a length is believed only if a record, or the end,
follows the block; where it is wrong, reading goes on at the next line that begins a record. warcio
was tried and not taken: it ends at the first line it does not know, gives a cut-off block as a
whole one, and writes its warnings to the screen; fastwarc's lenient mode finds no record in an ARC,
without a word.

Offsets are bytes of the plain file, also where it is compressed.

Known to fail: behind damaged gzip data nothing more is read (and it is said); a whole record with
litter behind it is not believed; a page that shows lines of an ARC, in a record whose length is
wrong, gives those lines as records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from firsthand.inflate import TornError, some

CHUNK_BYTES = 1 << 16
MAX_LINE_BYTES = 1 << 16
_LINE = re.compile(
    rb"(?P<url>[a-zA-Z][a-zA-Z0-9+.-]*:[^\r\n]*) (?P<ip>[0-9a-fA-F.:]+|-) (?P<date>\d{12,18}) "
    rb"(?P<type>[^\s]+)(?: \S+ \S+ \S+ \d+ \S+)? (?P<length>-?\d+)[ \t]*\r?\n"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One whole record: where it begins, its address, time (digits), declared type, block."""

    offset: int
    url: str
    date: str
    media_type: str
    block: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """A place where the file is no whole record: offset, a stable code, why."""

    offset: int
    code: str
    reason: str


class _Window:
    """Bytes of a stream with look-ahead, and the offset of the first of them."""

    def __init__(self, plain: BinaryIO) -> None:
        self.plain, self.buffer, self.offset = plain, bytearray(), 0
        self.ended = False
        self.torn: TornError | None = None

    def fill(self, size: int) -> bool:
        """Make the window hold ``size`` bytes; return whether there were as many."""
        while len(self.buffer) < size and not self.ended:
            try:
                data = some(self.plain, CHUNK_BYTES)
            except TornError as torn:  # what was read so far is looked at first
                data, self.torn = b"", torn
            self.buffer += data
            self.ended = not data
        return len(self.buffer) >= size

    def drop(self, size: int) -> None:
        """Forget the first ``size`` bytes."""
        del self.buffer[:size]
        self.offset += size


def records(plain: BinaryIO, *, max_bytes: int) -> Iterator[Record | Broken]:
    r"""
    Yield every whole record in order, and a :class:`Broken` for every place that is none.

    ``max_bytes`` caps a block; a longer one is passed over and given as ``too-large``.

    >>> import io
    >>> line = b"http://post.example/ 192.0.2.1 20080430204825 text/html %d\n%s\n"
    >>> file = line % (4, b"Fog.") + line % (99, b"Rain") + line % (5, b"Snow.")
    >>> found = list(records(io.BytesIO(file), max_bytes=9))
    >>> [r.block if isinstance(r, Record) else r.code for r in found]
    [b'Fog.', 'arc', b'Snow.']
    """
    window = _Window(plain)
    while window.fill(1):
        window.fill(MAX_LINE_BYTES)
        if bytes(window.buffer[:1]) in (b"\n", b"\r"):
            window.drop(1)
            continue
        begin = window.offset
        line = _LINE.match(window.buffer)
        if line is None:
            _to_next(window)
            yield Broken(offset=begin, code="arc", reason="bytes that belong to no record")
        else:
            yield from _record(window, line, max_bytes)
    if window.torn:
        yield _torn(window.offset, window.torn)


def _torn(offset: int, torn: TornError) -> Broken:
    reason = f"{torn.why}; what came before is read"
    return Broken(offset=offset, code=torn.code, reason=reason)


def _record(window: _Window, line: re.Match[bytes], max_bytes: int) -> Iterator[Record | Broken]:
    begin, size = window.offset, int(line["length"])
    url = line["url"].decode("utf-8", "replace")
    date, media_type = line["date"].decode(), line["type"].decode("utf-8", "replace")
    window.drop(line.end())
    del line
    whole = window.fill(min(size, max_bytes) + 1) or len(window.buffer) >= size
    if 0 <= size <= max_bytes and whole and _ends(window, size):
        block = bytes(window.buffer[:size])
        window.drop(size)
        yield Record(offset=begin, url=url, date=date, media_type=media_type, block=block)
        return
    passed = _to_next(window)
    if size > max_bytes and passed in (size, size + 1, size + 2):
        yield Broken(offset=begin, code="too-large", reason=f"{size} bytes; the cap is {max_bytes}")
    elif window.ended and not window.buffer and passed < size and window.torn:
        yield _torn(begin, window.torn)
        window.torn = None
    elif window.ended and not window.buffer and passed < size:
        why = f"the file ends {size - passed} bytes before the record does"
        yield Broken(offset=begin, code="arc", reason=why)
    else:
        why = f"its length is given as {size}, and no record begins or ends there"
        yield Broken(offset=begin, code="arc", reason=why)


def _ends(window: _Window, size: int) -> bool:
    """Return whether a record, or nothing, follows ``size`` bytes."""
    window.fill(size + MAX_LINE_BYTES)
    rest = bytes(window.buffer[size : size + MAX_LINE_BYTES])
    bare = rest.lstrip(b"\r\n")
    return not bare or (len(bare) < len(rest) and bool(_LINE.match(bare)))


def _to_next(window: _Window) -> int:
    """Go to the next line that begins a record; return how many bytes were passed."""
    begin = window.offset
    at_line = False
    while window.fill(1):
        window.fill(2 * MAX_LINE_BYTES)
        if at_line and _LINE.match(window.buffer):
            break
        cut = window.buffer.find(b"\n")
        while cut >= 0 and not _LINE.match(window.buffer, cut + 1):
            cut = window.buffer.find(b"\n", cut + 1)
        if cut >= 0:
            window.drop(cut + 1)
            break
        # The last line may go on behind the window.
        last = window.buffer.rfind(b"\n", 0, max(len(window.buffer) - MAX_LINE_BYTES, 0)) + 1
        at_line = last > 0
        window.drop(len(window.buffer) if window.ended else last or len(window.buffer) // 2)
    return window.offset - begin
