"""
Compressed bytes → plain bytes, never more than is asked for and never more than is believable.

A kilobyte can be made to unpack to a gigabyte. Two caps meet that: one on what comes out, and one
on how many times larger it is than what went in, looked at only above a floor, since a page of
repeated markup may well shrink a hundredfold while it is small. A file that is read as a stream
costs no memory however large it is, so its floor is higher (:meth:`intake.Reading.stream_caps`).

Data that ends too early, is damaged, or grows beyond the caps raises :class:`TornError` with the
code that the input is rejected with; nothing is cut short without a word.

Known to fail: zstd frames that need a window above 128 MiB (``zstd --long=28`` and more) are
refused, as zstd's own command line refuses them.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# 4 KiB of gzip hold at most 4 MiB; a zstd block of 4 bytes can hold 128 KiB, so 512 bytes at a time
# bound a step to 16 MiB.
GZIP_STEP, ZSTD_STEP = 4096, 512
# What decompressors raise, by name, so that none of them is imported to be caught.
_FAULTS = ("error", "ZstdError", "Error")


class TornError(Exception):
    """Compressed or framed data that cannot be read: the code it is rejected with, and why."""

    def __init__(self, code: str, why: str) -> None:
        """Keep the reason as the text of the exception and both as attributes."""
        super().__init__(why)
        self.code, self.why = code, why


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """
    How much may come out of compressed bytes.

    At most ``most_bytes`` (None: any number, for streams), and beyond ``growth_from`` bytes no more
    than ``most_growth`` times what went in.
    """

    most_bytes: int | None
    most_growth: int
    growth_from: int

    def room(self, n_in: int) -> int:
        """Return how many bytes may come out of ``n_in``."""
        believable = max(self.growth_from, self.most_growth * n_in)
        return believable if self.most_bytes is None else min(believable, self.most_bytes)

    def over(self, n_in: int) -> TornError:
        """Return what to raise where more than :meth:`room` comes out."""
        if self.most_bytes is not None and self.room(n_in) == self.most_bytes:
            return TornError("too-large", f"unpacked, it has more than {self.most_bytes} bytes")
        return TornError(
            "expansion",
            f"{n_in} compressed bytes unpack to more than {self.most_growth} times as many, "
            "which text does not; if you trust it, raise --max-growth",
        )


def head_of(source: BinaryIO, size: int) -> bytes:
    """Return the first ``size`` plain bytes of a file, or what can be read of them; rewinds."""
    at = source.tell()
    caps = Caps(most_bytes=None, most_growth=1, growth_from=1 << 30)
    head = b""
    try:
        plain = plain_stream(source, caps)
        while len(head) < size and (more := some(plain, size - len(head))):
            head += more
    except (TornError, OSError):
        pass
    source.seek(at)
    return head


def some(plain: BinaryIO, size: int) -> bytes:
    """Return up to ``size`` bytes: a read for exactly as many would lose what precedes a fault."""
    return plain.read1(size) if isinstance(plain, io.BufferedIOBase) else plain.read(size)


def plain_stream(source: BinaryIO, caps: Caps) -> BinaryIO:
    """
    Return a file's plain bytes, whatever it is compressed with, told by its first bytes.

    Reading raises :class:`TornError` where the data ends too early, is damaged or grows too much.

    >>> import gzip
    >>> caps = Caps(most_bytes=None, most_growth=100, growth_from=1 << 20)
    >>> plain_stream(io.BytesIO(gzip.compress(b"Fog.")), caps).read()
    b'Fog.'
    >>> plain_stream(io.BytesIO(b"Fog."), caps).read()
    b'Fog.'
    """
    head = source.read(4)
    source.seek(-len(head), io.SEEK_CUR)
    if head.startswith(GZIP_MAGIC):
        return io.BufferedReader(_Inflated(source, lambda: zlib.decompressobj(31), GZIP_STEP, caps))
    if head == ZSTD_MAGIC:
        from zstandard import ZstdDecompressor

        begin = ZstdDecompressor().decompressobj
        return io.BufferedReader(_Inflated(source, begin, ZSTD_STEP, caps))
    return source


class _Inflated(io.RawIOBase):
    """The plain bytes of a gzip or zstd file, member after member."""

    def __init__(self, source: BinaryIO, begin: Callable[[], Any], step: int, caps: Caps) -> None:
        self.source, self.begin, self.step, self.caps = source, begin, step, caps
        self.inflate: Any = None
        self.raw = self.plain = b""
        self.n_in = self.n_out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self.plain:
            if not self.raw:
                self.raw = self.source.read(self.step)
                self.n_in += len(self.raw)
            if not self.raw:
                if self.inflate is not None:
                    raise TornError("truncated", "the compressed data ends too early")
                return 0
            self._more()
        size = min(len(into), len(self.plain))
        into[:size], self.plain = self.plain[:size], self.plain[size:]
        return size

    def _more(self) -> None:
        self.inflate = self.inflate or self.begin()
        try:
            self.plain = self.inflate.decompress(self.raw)
        except Exception as error:
            raise _damaged(error) from error
        self.raw = b""
        self.n_out += len(self.plain)
        if self.n_out > self.caps.room(self.n_in):
            raise self.caps.over(self.n_in)
        if self.inflate.eof:
            self.raw, self.inflate = self.inflate.unused_data, None


def _damaged(error: Exception) -> TornError:
    """Return what to raise for an error of a decompressor; any other error goes on as it is."""
    if type(error).__name__ not in _FAULTS:
        raise error
    return TornError("compression", f"the compressed data is damaged: {error}")


def unpacked(body: bytes, coding: str, caps: Caps) -> bytes:
    """
    Return a response's body without its content coding (gzip, deflate, br or zstd).

    A body that only claims to be compressed is left as it is: crawlers unpack and keep the header.

    >>> caps = Caps(most_bytes=1 << 20, most_growth=100, growth_from=1 << 10)
    >>> unpacked(zlib.compress(b"Fog."), "deflate", caps), unpacked(b"<p>Fog", "gzip", caps)
    (b'Fog.', b'<p>Fog')
    >>> unpacked(zlib.compress(bytes(9999)), "deflate", caps)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
      ...
    firsthand.inflate.TornError: ... unpack to more than 100 times as many, ...
    """
    if coding in ("", "identity", "none") or not body:
        return body
    if coding in ("gzip", "x-gzip"):
        return _deflated(body, 31, caps) if body.startswith(GZIP_MAGIC) else body
    if coding == "deflate":
        # Half of all servers send raw deflate, half with a zlib head.
        return _deflated(body, 15 if body[:1] == b"\x78" else -15, caps)
    if coding == "zstd":
        return _zstd(body, caps) if body.startswith(ZSTD_MAGIC) else body
    if coding == "br":
        return body if _is_plain(body) else _brotli(body, caps)
    raise TornError("compression", f"the response is compressed with {coding[:20]}")


def _is_plain(body: bytes) -> bool:
    """Return whether bytes that claim to be compressed begin with markup: brotli has no mark."""
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and b">" in body[:2048]


def _deflated(body: bytes, bits: int, caps: Caps) -> bytes:
    room, pieces, n_out, rest = caps.room(len(body)), [], 0, body
    while rest:
        inflate = zlib.decompressobj(bits)
        try:
            piece = inflate.decompress(rest, room - n_out + 1)
        except zlib.error as error:
            if not n_out and _is_plain(body):
                return body
            raise TornError("compression", f"the response is damaged: {error}") from error
        n_out += len(piece)
        pieces.append(piece)
        if n_out > room:
            raise caps.over(len(body))
        if not inflate.eof:
            raise TornError("compression", "the response's compressed data ends too early")
        # Another member, as gzip allows; anything else behind the data is the server's litter.
        rest = inflate.unused_data if inflate.unused_data.startswith(GZIP_MAGIC) else b""
    return b"".join(pieces)


def _zstd(body: bytes, caps: Caps) -> bytes:
    stream = plain_stream(io.BytesIO(body), caps)
    room = caps.room(len(body))
    plain = stream.read(room + 1)
    if len(plain) > room:
        raise caps.over(len(body))
    return plain


def _brotli(body: bytes, caps: Caps) -> bytes:
    import brotli

    room, pieces, n_out = caps.room(len(body)), [], 0
    inflate = brotli.Decompressor()
    rest = body
    try:
        while not inflate.is_finished():
            piece = inflate.process(rest, output_buffer_limit=1 << 20)
            rest = b""
            n_out += len(piece)
            pieces.append(piece)
            if n_out > room:
                raise caps.over(len(body))
            if not piece and not inflate.is_finished():
                raise TornError("compression", "the response's compressed data ends too early")
    except brotli.error as error:
        raise TornError("compression", f"the response is damaged: {error}") from error
    return b"".join(pieces)
