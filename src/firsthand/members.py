"""
The bytes of a WARC as it lies there, unpacked member by member, with every place that cannot be.

A compressed WARC is a row of gzip members or zstd frames, mostly one a record. A reader that hands
on one stream of bytes cannot say which of them are sure; here each piece says which member it is
from, whether the member has ended whole (its checksum holds) and whether it broke. After damage the
search for the next member begins one byte behind the *head* of the one that failed, since damaged
data often runs on through the members behind it, and what was readable before the damage is kept.

Bytes that look like the head of a member also lie inside compressed data (three bytes, one in 16
million): after damage a gzip member is believed only if it begins a record or can be read to its
end within one window.

isal reads gzip three times as fast as zlib (``benchmarks/speed/readers.py``) and is used where it
is installed. Memory is bounded by the piece, whatever the compression ratio.

Known to fail: a source that cannot be read again from an earlier place (a pipe) loses the members
that damaged data ran through.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

fast_zlib: Any = zlib
_FAILED: Any = (zlib.error,)
try:  # the same calls, three times as fast; not built for every platform
    from isal import igzip_lib, isal_zlib

    fast_zlib, _FAILED = isal_zlib, (zlib.error, igzip_lib.IsalError)
except ImportError:  # pragma: no cover - zlib gives the same, as a test shows
    pass

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# A frame that decompressors skip; the WARC format keeps its dictionary in one at the beginning.
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
RECORD_MAGIC = b"WARC/"

RAW_BYTES = 1 << 19
# What a member gives at once: nearly every page comes whole, and a bomb costs no more than this.
PIECE_BYTES = 4 << 20
# Members are offered this many bytes at first: what is left of them is copied at each member's end.
FIRST_VIEW_BYTES = 1 << 12
MAX_DICTIONARY_BYTES = 16 << 20
_PADDING = b"\0\r\n\t "

ENDS_EARLY = "the compressed data ends in the middle of a record"
NO_MEMBER = "bytes between compressed records that belong to none"


@dataclass(frozen=True, slots=True)
class Piece:
    """
    Plain bytes in order, the file offset of their member, and what is known of it.

    ``begins``: the first of its member. ``ended``: the member is whole and this is its end.
    ``why``: what is wrong right behind these bytes; reading goes on at the file offset ``end``.
    """

    data: bytes
    offset: int
    begins: bool = False
    ended: bool = False
    why: str | None = None
    end: int = 0


class _MemberError(Exception):
    """A member that cannot be read on; the message says why."""


class _Window:
    """A file with look-ahead that can go back to an earlier place if the file can."""

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        self.seekable = source.seekable()
        self.start = source.tell() if self.seekable else 0
        self.held, self.at, self.base = b"", 0, 0

    @property
    def position(self) -> int:
        """Return the file offset of the next byte."""
        return self.base + self.at

    def peek(self, size: int) -> bool:
        """Look ``size`` bytes ahead; return whether there are as many."""
        while len(self.held) - self.at < size:
            more = self.source.read(max(RAW_BYTES, size))
            if not more:
                return False
            self.held, self.base, self.at = self.held[self.at :] + more, self.position, 0
        return True

    def view(self, size: int) -> memoryview:
        """Return at most ``size`` of the bytes already looked at."""
        return memoryview(self.held)[self.at : self.at + size]

    def taken(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer at the end of the file, and go behind them."""
        self.peek(size)
        found = self.held[self.at : self.at + size]
        self.at += len(found)
        return found

    def seek(self, to: int) -> None:
        """Go to a file offset; in a pipe, as near behind it as can be had."""
        if self.base <= to <= self.base + len(self.held):
            self.at = to - self.base
        elif self.seekable:
            self.source.seek(self.start + to)
            self.held, self.base, self.at = b"", to, 0


class Plain:
    """The bytes of a file that is not compressed."""

    code = "warc-record"
    packed = False

    def __init__(self, window: _Window) -> None:
        """Begin where the window stands."""
        self.window = window

    def next(self, want: int) -> Piece | None:
        """Return the next bytes, ``want`` of them or more if there are; None at the end."""
        window = self.window
        at = window.position
        data = window.held[window.at :] if window.at < len(window.held) else b""
        window.held, window.base, window.at = b"", at + len(data), 0
        if not data:
            data = window.source.read(max(want, RAW_BYTES))
            window.base += len(data)
        return Piece(data, at) if data else None


class _GzipMember:
    """One gzip member, unpacked piece by piece from where the window stands."""

    def __init__(self, window: _Window, view_bytes: int) -> None:
        self.window, self.view_bytes = window, view_bytes
        self.inflate: Any = fast_zlib.decompressobj(31)

    def more(self) -> tuple[bytes, bool]:
        """Return the next piece and whether the member has ended whole."""
        parts: list[bytes] = []
        size, window, inflate = 0, self.window, self.inflate
        while size < PIECE_BYTES and not inflate.eof:
            if not window.peek(1):
                raise _MemberError(ENDS_EARLY)
            view = window.view(self.view_bytes)
            try:
                data = inflate.decompress(view, PIECE_BYTES - size)
            except _FAILED as error:
                why = f"the compressed data is damaged ({_plainly(error)})"
                raise _MemberError(why) from error
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            window.at += len(view) - len(rest)
            self.view_bytes = RAW_BYTES
            parts.append(data)
            size += len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts), inflate.eof


def _plainly(error: Exception) -> str:
    """Return what a decompressor says without its numbers."""
    return str(error).rpartition(": ")[2][:80]


class _Gzip:
    """How gzip members are found, begun and, once damaged, read as far as they go."""

    code = "gzip"
    magic = GZIP_MAGIC

    def __init__(self) -> None:
        self.view_bytes = FIRST_VIEW_BYTES

    def begin(self, window: _Window) -> _GzipMember:
        return _GzipMember(window, self.view_bytes)

    def ended(self, size: int) -> None:
        """Learn how long members are here, so that the next is offered about as much."""
        self.view_bytes = min(max(FIRST_VIEW_BYTES, 2 * size), RAW_BYTES)

    def believed(self, window: _Window) -> bool:
        """Return whether the bytes that look like a member surely are one."""
        window.peek(RAW_BYTES)
        raw = window.view(RAW_BYTES)
        if len(raw) > 3 and raw[3] & 0xE0:  # reserved flags
            return False
        inflate = zlib.decompressobj(31)
        try:
            if inflate.decompress(raw, len(RECORD_MAGIC)) == RECORD_MAGIC:
                return True
            inflate.decompress(inflate.unconsumed_tail, PIECE_BYTES)
        except zlib.error:
            return False
        return inflate.eof

    def salvaged(self, window: _Window, skip: int) -> bytes:
        """Return the plain bytes of a damaged member up to the damage, without the first few."""
        inflate, parts, passed, step = zlib.decompressobj(31), [], 0, 1 << 16
        while step and not inflate.eof and window.peek(1):
            before = inflate.copy()
            view = window.view(1 << 12)
            try:
                data = inflate.decompress(view, step)
            except zlib.error:
                # What a failing call had unpacked is lost: come nearer in smaller steps.
                inflate, step = before, step // 2
                continue
            window.at += len(view) - len(inflate.unconsumed_tail)
            parts.append(data[max(0, skip - passed) :])
            passed += len(data)
        return b"".join(parts)


class _ZstdMember:
    """One zstd frame: its blocks are walked to find its end, and handed to the decompressor."""

    def __init__(self, window: _Window, decompressor: Any) -> None:
        import zstandard

        self.window, self.failed = window, zstandard.ZstdError
        self.why: str | None = None
        self.last = self.started = False
        self.decompressor = decompressor
        self.reader: Any = None
        window.peek(18)
        try:
            head = bytes(window.view(18))
            self.head_bytes = zstandard.frame_header_size(head)
            told = zstandard.get_frame_parameters(head)
        except zstandard.ZstdError as error:
            raise _MemberError(f"the compressed data is damaged ({_plainly(error)})") from error
        self.checked, self.size = told.has_checksum, told.content_size

    def read(self, _size: int = -1) -> bytes:
        """Return the next block as it lies there (for the decompressor); nothing at the end."""
        window = self.window
        if self.last or self.why:
            return b""
        head = b"" if self.started else window.taken(self.head_bytes)
        self.started = True
        if not window.peek(3):
            self.why = ENDS_EARLY
            return head
        block = int.from_bytes(window.view(3), "little")
        self.last, kind = bool(block & 1), block >> 1 & 3
        size = 3 + (1 if kind == 1 else block >> 3) + (4 if self.last and self.checked else 0)
        if kind == 3 or block >> 3 > 1 << 17:
            self.why = "the compressed data is damaged (no such block)"
            return head
        found = window.taken(size)
        if len(found) < size:
            self.why = ENDS_EARLY
        return head + found if head else found

    def more(self) -> tuple[bytes, bool]:
        """Return the next piece and whether the frame has ended whole."""
        try:
            if self.reader is None and self.size < PIECE_BYTES:
                raw = self._frame()
                if raw is not None:
                    return self.decompressor.decompress(raw, max_output_size=0), True
            self.reader = self.reader or self.decompressor.stream_reader(self, closefd=False)
            data = self.reader.read(PIECE_BYTES)
        except self.failed as error:
            raise _MemberError(f"the compressed data is damaged ({_plainly(error)})") from error
        if self.why:
            raise _MemberError(self.why)
        return data, len(data) < PIECE_BYTES and self.last

    def _frame(self) -> bytes | None:
        """Return a short frame whole; None, where the window stood, if it is none."""
        at, parts, size = self.window.position, [], 0
        while size < PIECE_BYTES and not (self.last or self.why):
            parts.append(self.read())
            size += len(parts[-1])
        if self.why:
            raise _MemberError(self.why)
        if self.last:
            return b"".join(parts)
        self.window.seek(at)
        self.started = False
        return None


class _Zstd:
    """How zstd frames are found, begun and, once damaged, read as far as they go."""

    code = "compression"
    magic = ZSTD_MAGIC

    def __init__(self) -> None:
        import zstandard

        self.zstandard: Any = zstandard
        self.decompressor: Any = zstandard.ZstdDecompressor()

    def begin(self, window: _Window) -> _ZstdMember:
        return _ZstdMember(window, self.decompressor)

    def ended(self, size: int) -> None:
        """Frames say where they end: nothing to learn."""

    def believed(self, window: _Window) -> bool:
        """Return whether the bytes that look like a frame surely are one."""
        window.peek(18)
        try:
            self.zstandard.get_frame_parameters(bytes(window.view(18)))
        except self.zstandard.ZstdError:
            return False
        return True

    def salvaged(self, window: _Window, skip: int) -> bytes:
        """Return the plain bytes of a damaged frame up to the damage, without the first few."""
        parts, passed = [], 0
        try:
            member = self.begin(window)
            reader = self.decompressor.stream_reader(member, closefd=False)
            while (data := reader.read(256)) and passed < skip + PIECE_BYTES:
                parts.append(data[max(0, skip - passed) :])
                passed += len(data)
        except (_MemberError, self.zstandard.ZstdError):
            pass
        return b"".join(parts)

    def dictionary(self, window: _Window) -> None:
        """Take the dictionary out of the frame the window stands at and go behind it."""
        window.peek(8)
        size = int.from_bytes(window.view(8)[4:], "little")
        if size > MAX_DICTIONARY_BYTES:
            raise _MemberError("the dictionary is larger than any that is in use")
        data = window.taken(8 + size)[8:]
        if len(data) < size:
            raise _MemberError(ENDS_EARLY)
        try:
            if data.startswith(ZSTD_MAGIC):
                data = self.zstandard.ZstdDecompressor().decompress(
                    data, max_output_size=MAX_DICTIONARY_BYTES
                )
            known = self.zstandard.ZstdCompressionDict(data)
            self.decompressor = self.zstandard.ZstdDecompressor(dict_data=known)
        except self.zstandard.ZstdError as error:
            raise _MemberError(f"the dictionary is damaged ({_plainly(error)})") from error


class Packed:
    """The bytes of a compressed file, member by member."""

    packed = True

    def __init__(self, window: _Window, kind: _Gzip | _Zstd) -> None:
        """Begin where the window stands."""
        self.window, self.kind, self.code = window, kind, kind.code
        self.member: _GzipMember | _ZstdMember | None = None
        self.offset = self.given = 0

    def next(self, want: int) -> Piece | None:
        """Return the next piece, whatever is wanted; None at the end."""
        try:
            if self.member is None:
                between = self._begin()
                if between is not None or self.member is None:
                    return between
            data, ended = self.member.more()
        except _MemberError as error:
            return self._damaged(error.args[0])
        piece = Piece(data, self.offset, begins=not self.given, ended=ended)
        self.given += len(data)
        if ended:
            self.kind.ended(self.window.position - self.offset)
            self.member = None
        return piece

    def _begin(self) -> Piece | None:
        """Begin the member the window stands at; give what lies before it, if it is anything."""
        window, kind = self.window, self.kind
        while window.peek(1):
            self.offset, self.given = window.position, 0
            window.peek(8)
            if window.view(len(kind.magic)) == kind.magic:
                self.member = kind.begin(window)
                return None
            if isinstance(kind, _Zstd) and self._skippable(kind):
                continue
            blank = self._search()
            if not blank:
                return Piece(b"", self.offset, why=NO_MEMBER, end=window.position)
        return None

    def _skippable(self, kind: _Zstd) -> bool:
        """Pass a frame that holds no record, taking the dictionary if it is one."""
        head = bytes(self.window.view(8))
        if head[1:4] != DICTIONARY_MAGIC[1:] or head[0] & 0xF0 != 0x50 or len(head) < 8:
            return False
        if head.startswith(DICTIONARY_MAGIC):
            kind.dictionary(self.window)
            return True
        left = 8 + int.from_bytes(head[4:], "little")
        while left and (passed := self.window.taken(min(left, RAW_BYTES))):
            left -= len(passed)
        return True

    def _damaged(self, why: str) -> Piece:
        """Give what is readable of the member before the damage and go to the next member."""
        begins, window = not self.given, self.window
        window.seek(self.offset)
        data = b""
        if self.member is not None and window.position == self.offset:
            data = self.kind.salvaged(window, self.given)
            window.seek(self.offset)
        self.member = None
        window.peek(1)
        window.at = min(window.at + 1, len(window.held))
        self._search()
        return Piece(data, self.offset, begins=begins, why=why, end=window.position)

    def _search(self) -> bool:
        """Go to the next member that can be believed; return whether all before it is padding."""
        window, magic, blank = self.window, self.kind.magic, True
        while window.peek(len(magic)):
            at = window.held.find(magic, window.at)
            end = at if at >= 0 else len(window.held) - len(magic) + 1
            blank = blank and not window.held[window.at : end].strip(_PADDING)
            window.at = end
            if at >= 0:
                if self.kind.believed(window):
                    return blank
                window.at += 1
                blank = False
        rest = window.taken(len(magic))
        return blank and not rest.strip(_PADDING)


def opened(source: BinaryIO) -> Plain | Packed:
    """Return the bytes of a WARC, plain or compressed, told by how it begins."""
    window = _Window(source)
    window.peek(RAW_BYTES)
    head = bytes(window.view(RAW_BYTES))
    if head.startswith(GZIP_MAGIC):
        return Packed(window, _Gzip())
    if head.startswith(ZSTD_MAGIC) or head[1:4] == DICTIONARY_MAGIC[1:]:
        return Packed(window, _Zstd())
    # The first member may be the damaged one.
    kinds: list[tuple[int, type[_Gzip] | type[_Zstd]]] = [
        (head.find(kind.magic), kind) for kind in (_Gzip, _Zstd) if kind.magic in head
    ]
    if not head.startswith(RECORD_MAGIC) and b"\n" + RECORD_MAGIC not in head:
        for _, kind in sorted(kinds, key=lambda found: found[0]):
            packed = Packed(window, kind())
            packed._search()
            found = window.peek(1)
            window.seek(0)
            if found:
                return packed
    return Plain(window)
