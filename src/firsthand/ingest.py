"""
Files, folders and patterns → captures: the only module that opens what it is given.

A capture is one file, one page of a web archive or one row of a table. Whatever comes in leaves as
a :class:`Capture`, as a :class:`Rejected` (a capture that cannot be read: where, a stable code,
why) or counted in :class:`Skipped` (no capture at all: a request record, an image, a hidden file).
Nothing is held but the capture at hand, whatever the size of the file it is in.

The suffix says what a file is; content is looked at only where there is none or one that says
nothing (standard input, a page saved without a suffix). The SHA-256 is taken of the bytes before
anything is parsed, and times come from the capture, never from the file system. Files are read in
the order of their paths, so that what was named first on the command line changes nothing.

``.json`` is what most folders hold beside pages. Named outright it is read; found in a folder only
if its first value reads as an article (a text and something to know it by).

Known to fail: a table whose columns differ from file to file needs a ``--map`` that fits them all.
"""

from __future__ import annotations

import glob
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from firsthand import archived, jsonl, mhtml, tabled, wacz
from firsthand.errors import InputError
from firsthand.inflate import GZIP_MAGIC, TornError, head_of, plain_stream
from firsthand.intake import (
    CODES,
    HTML_TYPE,
    SNIFF_BYTES,
    TEXT_TYPE,
    Found,
    Intake,
    Reading,
    is_markup,
    rejected,
)
from firsthand.model import Capture, Rejected

SPOOL_BYTES = 8 << 20
CHUNK_BYTES = 1 << 16

TEXT, HTML, MHTML, WARC, ARC, WACZ = "text", "html", "mhtml", "warc", "arc", "wacz"
LINES, JSON, CSV, TSV, PARQUET = "lines", "json", "csv", "tsv", "parquet"
SUFFIXES: Mapping[str, str] = {
    ".txt": TEXT,
    ".text": TEXT,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".shtml": HTML,
    ".mhtml": MHTML,
    ".mht": MHTML,
    ".warc": WARC,
    ".wet": WARC,
    ".wat": WARC,
    ".arc": ARC,
    ".wacz": WACZ,
    ".jsonl": LINES,
    ".ndjson": LINES,
    ".json": JSON,
    ".csv": CSV,
    ".tsv": TSV,
    ".tab": TSV,
    ".parquet": PARQUET,
}
PACKED = (".gz", ".zst")
# What lies beside captures in a folder and is none itself: counted in skipped, not rejected.
# Anything else that is found and cannot be read is rejected, so that no page is lost unseen.
NO_CAPTURE = re.compile(
    r"\.(?:md|rst|toml|ya?ml|ini|cfg|py|sh|m?js|css|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|"
    r"tiff?|woff2?|[to]tf|eot|mp3|mp4|m4a|webm|ogg|wav|log|sha256|md5|cdxj?)"
)


def read(
    paths: Sequence[str | os.PathLike[str]],
    stdin: BinaryIO | None = None,
    reading: Reading | None = None,
) -> Iterator[Found]:
    """
    Yield every capture in ``paths`` (files, folders, patterns, ``-`` for ``stdin``), and the rest.

    Order of the paths changes nothing; a path given twice is read once. A path that is not there,
    and a pattern that nothing fits, raise :class:`InputError` before anything is read; a column of
    ``reading.columns`` that the first thousand rows do not have raises it then.
    """
    intake = Intake(reading=reading or Reading())
    for path, named in _files(paths, intake):
        if path == "-":
            yield from _stdin(stdin, intake)
        else:
            yield from _file(Path(path), path, named, intake)
    if intake.wanted and intake.n_rows:
        raise tabled.no_column(intake)
    yield from intake.all_skipped()


def _files(paths: Sequence[str | os.PathLike[str]], intake: Intake) -> Iterable[tuple[str, bool]]:
    """Return the files that ``paths`` name, sorted, each once, and whether by their own name."""
    found: dict[str, tuple[str, bool]] = {}
    for given in [os.fspath(path) for path in paths]:
        for file, named in _files_of(given, intake):
            place = os.path.abspath(file)  # noqa: PTH100
            if place in found:
                intake.skip("path given twice", file)
            found[place] = (found.get(place, (file,))[0], named or found.get(place, ("", False))[1])
    return sorted(found.values())


def _files_of(given: str, intake: Intake) -> Iterator[tuple[str, bool]]:
    path = Path(given)
    if given == "-":
        yield given, True
    elif path.is_dir():
        yield from ((file, False) for file in _in_folder(path, intake))
    elif path.exists():
        yield given, True
    elif glob.has_magic(given):
        yield from ((file, True) for file in _matching(given))
    else:
        raise InputError(
            f"{given}: there is no such file or folder. Check the path, and quote its spaces.",
            slug="no-such-path",
        )


def _matching(pattern: str) -> list[str]:
    """Return the files that a pattern fits; ``**`` stands for any folders."""
    # pathlib's own patterns do not take absolute ones, nor a beginning such as "./".
    found = glob.iglob(pattern, recursive=True)  # noqa: PTH207
    files = [file for file in found if not Path(file).is_dir()]
    if not files:
        raise InputError(
            f"{pattern}: no file fits this pattern. Try a wider one ('pages/**/*.html'), or name "
            "the folder.",
            slug="no-match",
        )
    return files


def _in_folder(folder: Path, intake: Intake) -> list[str]:
    """Return the files of a folder and its subfolders that are or may be captures."""
    found = []
    for place, folders, files in os.walk(folder):
        pages = {Path(f).stem for f in files if _kind(f) == HTML}
        for name in [f for f in folders if f.startswith(".") or f.removesuffix("_files") in pages]:
            hidden = name.startswith(".")
            intake.skip("hidden folder" if hidden else "a saved page's parts", f"{place}/{name}")
            folders.remove(name)
        for name in files:
            path = os.path.join(place, name)  # noqa: PTH118
            if name.startswith("."):
                intake.skip("hidden file", path)
            elif NO_CAPTURE.fullmatch(suffix := _suffix(name)):
                intake.skip(f"no capture ({suffix})", path)
            else:
                found.append(path)
    return found


def _suffix(name: str) -> str:
    """
    Return the suffix that tells the kind of a file, in lower case, or nothing.

    >>> _suffix("Page.HTM"), _suffix("x.warc.wet.gz"), _suffix("index.html?p=7"), _suffix("x.gz")
    ('.htm', '.wet', '.html', '')
    """
    # Crawlers that mirror a site keep the query in the name.
    suffixes = [s.lower() for s in Path(name.partition("?")[0]).suffixes]
    while suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _kind(name: str) -> str | None:
    """
    Return what kind of input a file name says it is, or None.

    >>> _kind("pages.WARC.gz"), _kind("page.html.gz"), _kind("rows.parquet"), _kind("paper.pdf")
    ('warc', 'html', 'parquet', None)
    """
    return SUFFIXES.get(_suffix(name))


def _file(path: Path, name: str, named: bool, intake: Intake) -> Iterator[Found]:
    """Yield what one file holds."""
    try:
        with path.open("rb") as source:
            if not path.is_file():
                yield rejected(name, "unreadable", "it is no regular file")
                return
            kind = _kind(name) or _unnamed(source, _suffix(name))
            if kind is None:
                yield rejected(name, "unknown-format", _unknown(path))
            elif kind == JSON and not named and not tabled.holds_articles(source, intake):
                intake.skip("no capture (.json)", name)
            else:
                yield from _source(source, kind, name, intake)
    except OSError as error:
        yield rejected(name, "unreadable", error.strerror or str(error))


def _unnamed(source: BinaryIO, suffix: str) -> str | None:
    """Return the kind of a file whose name tells none, by its content; rewinds."""
    kind = _sniffed(source)
    # Mirrored sites keep names such as story.php; other strange suffixes say "no page".
    return kind if kind == HTML or (kind != TEXT and not suffix) else None


def _unknown(path: Path) -> str:
    what = f"the suffix {path.suffix} says" if path.suffix else "no suffix says"
    return f"{what} nothing firsthand can read; {CODES['unknown-format']}"


def _stdin(stdin: BinaryIO | None, intake: Intake) -> Iterator[Found]:
    """Yield what standard input holds, by way of a temporary file."""
    if stdin is None:
        raise InputError("-: standard input is not available here.", slug="no-stdin")
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        while piece := stdin.read(CHUNK_BYTES):
            spool.write(piece)
        spool.seek(0)
        source = cast(BinaryIO, spool)
        yield from _source(source, _sniffed(source), "-", intake)


def _sniffed(source: BinaryIO) -> str:
    """Return what kind of input a file holds; what has no mark is text; rewinds."""
    head = source.read(SNIFF_BYTES)
    source.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return WACZ if wacz.is_wacz(source) else TEXT
    if head.startswith((GZIP_MAGIC, b"\x28\xb5\x2f\xfd")):
        head = head_of(source, SNIFF_BYTES)
    return kind_of(head)


def kind_of(head: bytes) -> str:
    """
    Return what kind of input begins with these plain bytes; what has no other mark is text.

    >>> kind_of(b"WARC/1.0"), kind_of(b'{"text": "Fog."}'), kind_of(b"<!DOCTYPE html><p>")
    ('warc', 'lines', 'html')
    >>> kind_of(b'[{"text": "Fog."}]'), kind_of(b'{\\n  "text": "Fog."}')
    ('json', 'json')
    >>> kind_of(b"{curly words} and < signs"), kind_of(b"[sic]")
    ('text', 'text')
    """
    if re.match(rb"WARC/[01]\.\d", head):
        return WARC
    if head.startswith(b"filedesc:"):
        return ARC
    if head.startswith(b"PAR1"):
        return PARQUET
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"\{\s*\"", bare):
        first, newline, _ = bare.partition(b"\n")
        return JSON if newline and jsonl.parsed(first)[0] is None else LINES
    if re.match(rb"\[\s*\{\s*\"", bare):
        return JSON
    if mhtml.is_mhtml(head):
        return MHTML
    return HTML if is_markup(head) else TEXT


def _source(source: BinaryIO, kind: str, name: str, intake: Intake) -> Iterator[Found]:
    """Yield what an open file of a known kind holds."""
    if kind == WARC:
        yield from archived.warc_pages(source, name, intake)
    elif kind == ARC:
        yield from archived.arc_pages(source, name, intake)
    elif kind == WACZ:
        yield from wacz.pages(source, name, intake)
    elif kind == PARQUET:
        yield from tabled.parquet_rows(source, name, intake)
    elif kind in (LINES, JSON):
        lines = kind == LINES or kind_of(head_of(source, SNIFF_BYTES)) == LINES
        yield from tabled.json_rows(source, name, intake, lines=lines)
    elif kind in (CSV, TSV):
        yield from tabled.delimited_rows(source, name, intake, tab=kind == TSV)
    else:
        yield _page(source, kind, name, intake)


def _page(source: BinaryIO, kind: str, name: str, intake: Intake) -> Capture | Rejected:
    """Return a file that is one page as a capture."""
    reading = intake.reading
    most = reading.record_bytes if kind == MHTML else reading.page_bytes
    try:
        content = plain_stream(source, reading.stream_caps()).read(most + 1)
        if kind != MHTML:
            return intake.page(content, HTML_TYPE if kind == HTML else TEXT_TYPE, name)
        if len(content) > most:
            return rejected(name, "too-large")
        saved = mhtml.page_in(content)
    except TornError as torn:
        return rejected(name, torn.code, torn.why)
    if saved.n_frames:
        intake.skip("a saved page's parts", name, saved.n_frames)
    return intake.page(
        saved.content,
        HTML_TYPE,
        name,
        url=saved.url,
        fetched_at=saved.saved_at,
        charset=saved.charset,
        raw=content,
    )


__all__ = ["CODES", "Reading", "kind_of", "read"]
