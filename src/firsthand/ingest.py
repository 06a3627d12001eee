"""
Files, folders, WARCs and lines of JSON → captures: the only module that opens what it is given.

A capture is one file, one WARC response or one line of JSON. Whatever comes in leaves as a
:class:`Capture`, as a :class:`Rejected` (a capture that cannot be read: where, a stable code, why)
or counted in :class:`Skipped` (no capture at all: a request record, an image, a hidden file).

The suffix says what a file is; content is looked at only where there is none (standard input, a
page saved without a suffix). The SHA-256 is taken of the bytes before anything is parsed, and times
come from the capture, never from the file system. Files are read in the order of their paths, so
that what was named first on the command line changes nothing.

Known to fail: UTF-16 without a byte order mark is taken for binary; responses compressed with
brotli are rejected; a WARC inside a folder of another kind of archive is not looked for.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from firsthand import warc
from firsthand.encoding import decode, encoding_of
from firsthand.errors import InputError
from firsthand.model import Capture, Rejected, Skipped, digest

# Every code a rejected input can have; docs/messages.md has a heading for each.
CODES: Mapping[str, str] = {
    "binary": "the file holds no text; name it after what it is, or leave it out",
    "compression": "the compressed data is damaged or uses a method firsthand does not read",
    "empty": "there is nothing in it",
    "encoding": "the bytes are not valid UTF-8, which JSON must be",
    "gzip": "the compressed data of a WARC record is damaged",
    "json": "the line is no JSON object",
    "json-depth": "the line is nested deeper than any record of an article",
    "no-text": "the line has no text: a column named text is needed",
    "surrogates": "the text holds half of a character pair and cannot be stored",
    "too-large": "larger than firsthand reads at once; split it",
    "truncated": "the compressed data ends too early; the part before is read",
    "unknown-format": "firsthand reads .txt, .html, .warc, .warc.gz and .jsonl (also .gz, .zst)",
    "unreadable": "the file cannot be opened",
    "warc-http": "the record holds no readable HTTP response",
    "warc-length": "a WARC record's length is wrong; the records around it are read",
    "warc-record": "bytes in a WARC that belong to no record, or a record head that is broken",
    "warc-truncated": "the file ends in the middle of a WARC record",
}

# A page of news is well under 5 MB even with its scripts; four times that keeps the odd dump and
# bounds what one capture can cost every later stage.
MAX_CAPTURE_BYTES = 16 << 20
# Deeper than this no export of articles goes, and a parser's recursion is never in question.
MAX_JSON_DEPTH = 64
# Text has next to no control characters; one in a hundred is a file of another kind.
BINARY_SHARE = 0.01
SNIFF_BYTES = 4096
SPOOL_BYTES = 8 << 20
CHUNK_BYTES = 1 << 16

TEXT, HTML, WARC, LINES = "text", "html", "warc", "lines"
SUFFIXES: Mapping[str, str] = {
    ".txt": TEXT,
    ".text": TEXT,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".warc": WARC,
    ".warc.gz": WARC,
    ".jsonl": LINES,
    ".jsonl.gz": LINES,
    ".jsonl.zst": LINES,
    ".ndjson": LINES,
    ".ndjson.gz": LINES,
    ".ndjson.zst": LINES,
}
# What lies beside captures in a folder and is none itself: counted in skipped, not rejected.
# Anything else that is found and cannot be read is rejected, so that no page is lost unseen.
NO_CAPTURE = re.compile(
    r"\.(?:md|rst|json|toml|ya?ml|ini|cfg|py|sh|m?js|css|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|"
    r"tiff?|woff2?|[to]tf|eot|mp3|mp4|m4a|webm|ogg|wav|log|sha256|md5|cdxj?)"
)
MEDIA_TYPES: Mapping[str, str] = {
    TEXT: "text/plain",
    HTML: "text/html",
    LINES: "application/x-ndjson",
}
_PAGE_TYPES: Mapping[str, str] = {
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    "text/plain": "text/plain",
}
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b") + b"\x7f"
_MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|"
    rb"article|div|p|h1|meta|pre|main|section)\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_FILE = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", b"SQLite")

Found = Capture | Rejected | Skipped


@dataclass(kw_only=True)
class _Tally:
    """What a reading has seen so far: equal captures, and what was skipped."""

    equal: dict[tuple[str, str], int] = field(default_factory=dict)
    skipped: dict[str, tuple[int, str]] = field(default_factory=dict)

    def skip(self, kind: str, example: str) -> None:
        count, first = self.skipped.get(kind, (0, example))
        self.skipped[kind] = (count + 1, first)

    def capture(self, content: bytes, *, key: str = "", **columns: Any) -> Capture:
        """Return the capture with the id of its bytes, its key and its number among equal ones."""
        sha256 = hashlib.sha256(content).hexdigest()
        ordinal = self.equal.get((sha256, key), 0)
        self.equal[sha256, key] = ordinal + 1
        capture_id = digest(sha256, key, ordinal)
        return Capture(capture_id=capture_id, sha256=sha256, content=content, **columns)


def read(paths: Sequence[str | os.PathLike[str]], stdin: BinaryIO | None = None) -> Iterator[Found]:
    """
    Yield every capture in ``paths`` (files, folders, ``-`` for ``stdin``), and what is none.

    Order of the paths changes nothing; a path given twice is read once. A path that is not there
    raises :class:`InputError` before anything is read.
    """
    tally = _Tally()
    for path in _files(paths, tally):
        if path == "-":
            yield from _stdin(stdin, tally)
        else:
            yield from _file(Path(path), path, tally)
    for kind, (count, example) in sorted(tally.skipped.items()):
        yield Skipped(stage="ingest.read", kind=kind, count=count, example=example)


def _files(paths: Sequence[str | os.PathLike[str]], tally: _Tally) -> list[str]:
    """Return the files that ``paths`` name, sorted, each once; folders are searched."""
    found: dict[str, str] = {}
    for given in [os.fspath(path) for path in paths]:
        path = Path(given)
        if given == "-":
            files: list[str] = ["-"]
        elif path.is_dir():
            files = _in_folder(path, tally)
        elif path.exists():
            files = [given]
        else:
            raise InputError(
                f"{given}: there is no such file or folder. Check the path, and quote its spaces.",
                slug="no-such-path",
            )
        for file in files:
            if found.setdefault(os.path.abspath(file), file) is not file:  # noqa: PTH100
                tally.skip("path given twice", file)
    return sorted(found.values())


def _in_folder(folder: Path, tally: _Tally) -> list[str]:
    """Return the files of a folder and its subfolders that are or may be captures."""
    found = []
    for place, folders, files in os.walk(folder):
        pages = {Path(f).stem for f in files if _kind(f) == HTML}
        for name in [f for f in folders if f.startswith(".") or f.removesuffix("_files") in pages]:
            hidden = name.startswith(".")
            tally.skip("hidden folder" if hidden else "a saved page's parts", f"{place}/{name}")
            folders.remove(name)
        for name in files:
            path = os.path.join(place, name)  # noqa: PTH118
            suffix = Path(name).suffix.lower()
            if name.startswith("."):
                tally.skip("hidden file", path)
            elif NO_CAPTURE.fullmatch(suffix):
                tally.skip(f"no capture ({suffix})", path)
            else:
                found.append(path)
    return found


def _kind(name: str) -> str | None:
    """
    Return what kind of input a file name says it is, or None.

    >>> _kind("pages.WARC.gz"), _kind("page.html"), _kind("page.html.gz")
    ('warc', 'html', None)
    """
    suffixes = [s.lower() for s in Path(name).suffixes[-2:]]
    return SUFFIXES.get("".join(suffixes)) or SUFFIXES.get("".join(suffixes[-1:]))


def _file(path: Path, name: str, tally: _Tally) -> Iterator[Found]:
    """Yield what one file holds."""
    try:
        with path.open("rb") as source:
            if not path.is_file():
                yield _rejected(name, "unreadable", "it is no regular file")
                return
            kind = _kind(name)
            if kind is None and not path.suffix:
                kind = _sniffed(source.read(SNIFF_BYTES))
                kind = None if kind == TEXT else kind
                source.seek(0)
            if kind is None:
                yield _rejected(name, "unknown-format", _unknown(path))
            else:
                yield from _source(source, kind, name, tally)
    except OSError as error:
        yield _rejected(name, "unreadable", error.strerror or str(error))


def _unknown(path: Path) -> str:
    what = f"the suffix {path.suffix} says" if path.suffix else "no suffix says"
    return f"{what} nothing firsthand can read; {CODES['unknown-format']}"


def _stdin(stdin: BinaryIO | None, tally: _Tally) -> Iterator[Found]:
    """Yield what standard input holds, by way of a temporary file."""
    if stdin is None:
        raise InputError("-: standard input is not available here.", slug="no-stdin")
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        while piece := stdin.read(CHUNK_BYTES):
            spool.write(piece)
        spool.seek(0)
        head = spool.read(SNIFF_BYTES)
        spool.seek(0)
        yield from _source(cast(BinaryIO, spool), _sniffed(head), "-", tally)


def _sniffed(head: bytes) -> str:
    """
    Return what kind of input begins with ``head``; what has no other mark is text.

    >>> _sniffed(b"WARC/1.0"), _sniffed(b'{"text": "Fog."}'), _sniffed(b"<!DOCTYPE html><p>")
    ('warc', 'lines', 'html')
    >>> _sniffed(b"{curly words} and < signs")
    'text'
    """
    if head.startswith((warc.GZIP_MAGIC, b"\x28\xb5\x2f\xfd")):
        head = _opened_head(head)
    if re.match(rb"WARC/[01]\.\d", head):
        return WARC
    if re.match(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"", head):
        return LINES
    return HTML if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")) else TEXT


def _opened_head(head: bytes) -> bytes:
    try:
        return _inflated(io.BytesIO(head)).read(64)
    except (_TornError, OSError):
        return b""


def _source(source: BinaryIO, kind: str, name: str, tally: _Tally) -> Iterator[Found]:
    """Yield what an open file of a known kind holds."""
    if kind == WARC:
        yield from _warc(source, name, tally)
    elif kind == LINES:
        yield from _lines(source, name, tally)
    else:
        yield _page(source.read(MAX_CAPTURE_BYTES + 1), kind, name, tally)


def _page(content: bytes, kind: str, name: str, tally: _Tally) -> Capture | Rejected:
    """Return one text or HTML file as a capture."""
    code = _unfit(content)
    if code:
        return _rejected(name, code, CODES[code])
    encoding = encoding_of(content, markup=kind == HTML)
    return tally.capture(content, path=name, media_type=MEDIA_TYPES[kind], encoding=encoding)


def _unfit(content: bytes) -> str | None:
    """Return the code of what keeps these bytes from being read as a page, or None."""
    if len(content) > MAX_CAPTURE_BYTES:
        return "too-large"
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        return "empty"
    if content.startswith(_OTHER_FILE):
        return "binary"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None  # UTF-16 and UTF-32 with their mark are full of NULs
    controls = len(content) - len(content.translate(None, _CONTROL))
    return "binary" if controls > BINARY_SHARE * len(content) else None


def _rejected(
    path: str, code: str, reason: str, *, record: str | None = None, offset: int | None = None
) -> Rejected:
    return Rejected(path=path, record=record, offset=offset, code=code, reason=reason)


# WARC


def _warc(source: BinaryIO, name: str, tally: _Tally) -> Iterator[Capture | Rejected]:
    """Yield the pages of a WARC; records that are no page are counted as skipped."""
    n_seen = 0
    for found in warc.records(source, max_bytes=MAX_CAPTURE_BYTES):
        n_seen += 1
        if isinstance(found, warc.Broken):
            yield _rejected(
                name, found.code, found.reason, record=found.record, offset=found.offset
            )
        else:
            page = _record(found, name, tally)
            if page is not None:
                yield page
    if not n_seen:
        yield _rejected(name, "empty", CODES["empty"])


def _record(record: warc.Record, name: str, tally: _Tally) -> Capture | Rejected | None:
    """Return the page in a WARC record, or None where it holds none."""
    kind = record.fields.get("warc-type", "without type").lower()
    record_id = record.fields.get("warc-record-id", "").strip("<>") or None
    example = f"{name}: {record_id or record.offset}"
    declared = record.fields.get("content-type", "")
    content = record.block
    if kind not in ("response", "resource", "conversion"):
        tally.skip(f"warc {kind}", example)
        return None
    try:
        if declared.startswith("application/http") or kind == "response":
            status, declared, content = _http(record.block)
            if status != 200:
                tally.skip(f"http status {status}", example)
                return None
    except _TornError as torn:
        return _rejected(name, torn.code, torn.why, record=record_id, offset=record.offset)
    said = declared.partition(";")[0].strip().lower()
    media_type = _PAGE_TYPES.get(said) or (None if said else _media_type(content))
    if media_type is None:
        tally.skip(f"{said}, no page", example)
        return None
    code = _unfit(content)
    if code:
        return _rejected(name, code, CODES[code], record=record_id, offset=record.offset)
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", declared, re.IGNORECASE)
    return tally.capture(
        content,
        key=record_id or "",
        path=name,
        record=record_id or str(record.offset),
        url=record.fields.get("warc-target-uri", "").strip("<>") or None,
        fetched_at=record.fields.get("warc-date") or None,
        media_type=media_type,
        encoding=encoding_of(
            content,
            declared=charset.group(1) if charset else None,
            markup=media_type == "text/html",
        ),
    )


def _media_type(content: bytes) -> str:
    return MEDIA_TYPES[HTML if _sniffed(content[:SNIFF_BYTES]) == HTML else TEXT]


class _TornError(Exception):
    """Compressed or framed data that cannot be read: a code and why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def _http(block: bytes) -> tuple[int, str, bytes]:
    """Return status, content type and decoded body of an HTTP response."""
    head, gap, body = block.partition(b"\r\n\r\n")
    if not gap:
        head, gap, body = block.partition(b"\n\n")
    status = re.match(rb"HTTP/\d(?:\.\d)?\s+(\d{3})\b", head)
    if not status or not gap:
        raise _TornError("warc-http", CODES["warc-http"])
    fields = warc.fields_of(head)
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    for coding in reversed(fields.get("content-encoding", "").lower().split(",")):
        body = _decoded(body, coding.strip())
    return int(status.group(1)), fields.get("content-type", ""), body


def _unchunked(body: bytes) -> bytes:
    """
    Return a body without its chunk lengths; one that is not chunked is left as it is.

    Many crawlers undo the chunking and keep the header that says so.

    >>> _unchunked(b"3\\r\\nFog\\r\\n1;x=y\\r\\n!\\r\\n0\\r\\n\\r\\n"), _unchunked(b"<p>Fog")
    (b'Fog!', b'<p>Fog')
    """
    pieces: list[bytes] = []
    at = 0
    while found := re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n").match(body, at):
        size = int(found.group(1), 16)
        if not size:
            return b"".join(pieces)
        pieces.append(body[found.end() : found.end() + size])
        at = found.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    return b"".join(pieces) if pieces and at >= len(body) else body


def _decoded(body: bytes, coding: str) -> bytes:
    """Return a body without its content encoding; one that only claims to have one is left."""
    if coding in ("", "identity", "none"):
        return body
    if coding in ("gzip", "x-gzip"):
        return _bounded(body, 31) if body.startswith(warc.GZIP_MAGIC) else body
    if coding == "deflate":
        # Half of all servers send raw deflate, half with a zlib head.
        return _bounded(body, 15 if body[:1] == b"\x78" else -15)
    raise _TornError("compression", f"the response is compressed with {coding[:20]}")


def _bounded(body: bytes, bits: int) -> bytes:
    try:
        plain = zlib.decompressobj(bits).decompress(body, MAX_CAPTURE_BYTES + 1)
    except zlib.error as error:
        raise _TornError("compression", f"the response is damaged: {error}") from error
    return plain


# Lines of JSON


class _Inflated(io.RawIOBase):
    """The plain bytes of a gzip or zstd file; data that ends too early raises _TornError."""

    def __init__(self, source: BinaryIO, begin: Callable[[], Any], step: int) -> None:
        self.source, self.begin, self.step = source, begin, step
        self.inflate: Any = None
        self.raw = self.plain = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self.plain:
            if not self.raw:
                self.raw = self.source.read(self.step)
            if not self.raw:
                if self.inflate is not None:
                    raise _TornError("truncated", CODES["truncated"])
                return 0
            self._more()
        size = min(len(into), len(self.plain))
        into[:size], self.plain = self.plain[:size], self.plain[size:]
        return size

    def _more(self) -> None:
        self.inflate = self.inflate or self.begin()
        try:
            self.plain = self.inflate.decompress(self.raw)
        except Exception as error:  # zlib.error, or zstandard.ZstdError without importing it here
            if type(error).__name__ not in ("error", "ZstdError"):
                raise
            raise _TornError("compression", f"the compressed data is damaged: {error}") from error
        self.raw = b""
        if self.inflate.eof:
            self.raw, self.inflate = self.inflate.unused_data, None


def _inflated(source: BinaryIO) -> BinaryIO:
    """Return a file's plain bytes, whatever it is compressed with; told by its first bytes."""
    head = source.read(4)
    source.seek(-len(head), os.SEEK_CUR)
    if head.startswith(warc.GZIP_MAGIC):
        # 4 KiB of gzip hold at most 4 MiB of text.
        return io.BufferedReader(_Inflated(source, lambda: zlib.decompressobj(31), 4096))
    if head == b"\x28\xb5\x2f\xfd":
        from zstandard import ZstdDecompressor

        # A zstd block of 4 bytes can hold 128 KiB, so 2 KiB at a time bounds a bomb to 64 MiB.
        begin = ZstdDecompressor().decompressobj
        return io.BufferedReader(_Inflated(source, begin, 2048))
    return source


def _lines(source: BinaryIO, name: str, tally: _Tally) -> Iterator[Capture | Rejected]:
    """Yield one capture a line of JSON; offsets are bytes of the plain lines."""
    offset, number = 0, 0
    try:
        plain = _inflated(source)
        while line := plain.readline(MAX_CAPTURE_BYTES + 1):
            number, begin, whole = number + 1, offset, len(line)
            if len(line) > MAX_CAPTURE_BYTES:
                while not line.endswith(b"\n") and (line := plain.readline(CHUNK_BYTES)):
                    whole += len(line)
                yield _rejected(
                    name, "too-large", CODES["too-large"], record=str(number), offset=begin
                )
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield _line(line, name, number, begin, tally)
            offset += whole
    except _TornError as torn:
        yield _rejected(name, torn.code, torn.why, offset=offset)
        return
    if not offset:
        yield _rejected(name, "empty", CODES["empty"])


def _line(content: bytes, name: str, number: int, offset: int, tally: _Tally) -> Capture | Rejected:
    content = content.rstrip(b"\r\n")
    row, code = _row(content)
    if code:
        return _rejected(name, code, CODES[code], record=str(number), offset=offset)
    given_id = row.get("id")
    return tally.capture(
        content,
        key=str(given_id) if isinstance(given_id, str | int) else "",
        path=name,
        record=str(number),
        url=_string(row, "url"),
        fetched_at=_string(row, "fetched_at"),
        media_type=MEDIA_TYPES[LINES],
        encoding="utf-8",
    )


def _string(row: Mapping[str, Any], column: str) -> str | None:
    value = row.get(column)
    return value if isinstance(value, str) and value else None


def _row(content: bytes) -> tuple[dict[str, Any], str | None]:
    """
    Return the JSON object in a line, and a code if it cannot be taken.

    >>> _row(b'{"text": "Fog."}')
    ({'text': 'Fog.'}, None)
    >>> [_row(line)[1] for line in (b"[1]", b'{"text": 1}', b"[" * 99, b'{"text": "\\\\ud800"}')]
    ['json', 'no-text', 'json-depth', 'surrogates']
    """
    brackets = content.count(b"[") + content.count(b"{")
    if brackets > MAX_JSON_DEPTH and _depth(content) > MAX_JSON_DEPTH:
        return {}, "json-depth"
    try:
        row = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return {}, "encoding"
    except ValueError:  # also an integer of too many digits
        return {}, "json"
    if not isinstance(row, dict):
        return {}, "json"
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        return row, "no-text"
    try:
        for value in row.values():
            if isinstance(value, str):
                value.encode("utf-8")
    except UnicodeEncodeError:
        return row, "surrogates"
    return row, None


def _depth(content: bytes) -> int:
    """Return how deep brackets nest outside strings."""
    deepest = depth = 0
    for mark in re.finditer(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', content, re.DOTALL):
        sign = mark.group()[:1]
        depth += (sign in b"[{") - (sign in b"]}")
        deepest = max(deepest, depth)
    return deepest


__all__ = ["CODES", "MAX_CAPTURE_BYTES", "decode", "read"]
