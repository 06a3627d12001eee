"""
A WACZ (a zip of WARCs with a list of pages) → the pages in it.

The WARCs below ``archive/`` are read as streams out of the zip: nothing is written, so that names
which climb out of a folder climb nowhere. The list below ``pages/`` says what was meant to be
archived; a listed page of which no record is found is counted in ``skipped``, so that nobody takes
an archive for whole that is not. Pages in the archive that no list names are read all the same.

Known to fail: signatures and the digests of ``datapackage.json`` are not checked here; a WACZ
inside a WACZ is not opened.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from firsthand import archived
from firsthand.inflate import Caps, TornError, plain_stream
from firsthand.intake import Intake, rejected
from firsthand.model import Capture, Rejected

_ARCHIVE = re.compile(
    r"(?:[^/]+/)?archive/[^/]+\.(?:warc(?:\.gz|\.zst)?|arc(?:\.gz)?)", re.IGNORECASE
)
_PAGES = re.compile(r"(?:[^/]+/)?pages/[^/]+\.jsonl(?:\.gz)?", re.IGNORECASE)
# A list of a hundred thousand pages with their titles is some 30 MB; its lines are short unless
# they hold the pages' text, which is not needed.
MOST_LINE_BYTES = 1 << 22
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
    struct.error,
)


def is_wacz(source: BinaryIO) -> bool:
    """Return whether a file is a zip with an archive in it; rewinds."""
    at = source.tell()
    try:
        with zipfile.ZipFile(source) as zipped:
            return any(_ARCHIVE.fullmatch(name) for name in zipped.namelist())
    except _FAULTS:
        return False
    finally:
        source.seek(at)


def pages(source: BinaryIO, name: str, intake: Intake) -> Iterator[Capture | Rejected]:
    """Yield the pages of every WARC in the archive; paths name the WARC inside."""
    try:
        zipped = zipfile.ZipFile(source)
    except _FAULTS as error:
        yield rejected(name, "wacz", f"it is no readable zip file: {error}")
        return
    with zipped:
        listed = _listed(zipped, name, intake)
        archives = 0
        for member in zipped.infolist():
            if _ARCHIVE.fullmatch(member.filename):
                archives += 1
                for found in _member(zipped, member, name, intake):
                    if isinstance(found, Capture):
                        listed.discard(_bare(found.url))
                    yield found
            elif not member.is_dir():
                intake.skip("no capture (in a WACZ)", _inside(name, member))
        if not archives:
            yield rejected(name, "wacz", "the zip file has no WARC below archive/")
        elif listed:
            kind = "page listed in a WACZ, without a page in its archive"
            intake.skip(kind, f"{name}: {min(listed)}", len(listed))


def _inside(name: str, member: zipfile.ZipInfo) -> str:
    """Return the path of a member below the path of its WACZ; control characters escaped."""
    inner = member.filename[:200]
    return f"{name}/{''.join(c if c.isprintable() else ascii(c)[1:-1] for c in inner)}"


def _member(
    zipped: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, intake: Intake
) -> Iterator[Capture | Rejected]:
    inside = _inside(name, member)
    caps = intake.reading.stream_caps()
    if member.file_size > caps.room(member.compress_size):
        torn = caps.over(member.compress_size)
        yield rejected(inside, torn.code, torn.why)
        return
    try:
        with _opened(zipped, member) as stream:
            is_arc = re.search(r"\.arc(?:\.gz)?$", member.filename, re.IGNORECASE)
            read = archived.arc_pages if is_arc else archived.warc_pages
            yield from read(stream, inside, intake)
    except _FAULTS as error:
        yield rejected(inside, "wacz", f"the archive in the zip file is damaged: {error}")


def _opened(zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO:
    """
    Return the plain bytes of a member.

    WARCs are stored in a WACZ as they are; those bytes are taken directly, since the zip's one
    checksum for all of them would cost the end of an archive that has a checksum a record.
    """
    if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
        return cast(BinaryIO, zipped.open(member))
    source = cast(BinaryIO, zipped.fp)
    source.seek(member.header_offset)
    head = source.read(30)
    if head[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("a member does not begin where the list of members says")
    begin = member.header_offset + 30 + sum(struct.unpack("<HH", head[26:30]))
    return cast(BinaryIO, io.BufferedReader(_Range(source, begin, member.compress_size)))


class _Range(io.RawIOBase):
    """Some bytes of a file, wherever others read in it meanwhile."""

    def __init__(self, source: BinaryIO, begin: int, size: int) -> None:
        self.source, self.at, self.left = source, begin, size

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray) -> int:  # type: ignore[override]
        self.source.seek(self.at)
        data = self.source.read(min(len(into), self.left))
        into[: len(data)] = data
        self.at, self.left = self.at + len(data), self.left - len(data)
        return len(data)


def _listed(zipped: zipfile.ZipFile, name: str, intake: Intake) -> set[str]:
    """Return the addresses in the lists of pages; a list that cannot be read is counted."""
    found: set[str] = set()
    for member in zipped.infolist():
        if not _PAGES.fullmatch(member.filename):
            continue
        caps = intake.reading.stream_caps()
        try:
            if member.file_size > caps.room(member.compress_size):
                raise caps.over(member.compress_size)
            with zipped.open(member) as opened:
                found |= _addresses(cast(BinaryIO, opened), caps)
        except (*_FAULTS, TornError):
            intake.skip("list of pages that cannot be read", _inside(name, member))
    return found


def _addresses(source: BinaryIO, caps: Caps) -> set[str]:
    found = set()
    plain = plain_stream(source, caps)
    while line := plain.readline(MOST_LINE_BYTES):
        # The address stands before the text; the whole line is not needed and may be long.
        said = re.search(rb'"url"\s*:\s*("(?:[^"\\]|\\.){1,8000}")', line[:20_000])
        if said and re.match(r"https?:", url := _string(said.group(1))):
            found.add(_bare(url))
    return found


def _string(quoted: bytes) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return ""


def _bare(url: str | None) -> str:
    """Return an address as lists and records agree on it: no scheme, no fragment, no last slash."""
    return re.sub(r"^https?://|#.*$", "", url or "").rstrip("/")
