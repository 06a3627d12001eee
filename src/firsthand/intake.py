"""
What every reader of inputs shares: the caps, how a page becomes a capture, what was skipped.

Whatever comes in leaves as a :class:`Capture`, as a :class:`Rejected` (a capture that cannot be
read: where, a stable code, why) or counted in :class:`Skipped` (no capture at all: a request
record, an image, a hidden file). One :class:`Intake` goes through one reading; it numbers equal
captures, since ids are digests of content, and counts what is skipped.

Known to fail: UTF-16 without a byte order mark is taken for binary.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from firsthand import wayback
from firsthand.encoding import encoding_of
from firsthand.inflate import Caps
from firsthand.model import Capture, Rejected, Skipped, digest

Found = Capture | Rejected | Skipped
TEXT_TYPE, HTML_TYPE, ROW_TYPE = "text/plain", "text/html", "application/x-ndjson"

# Every code a rejected input can have; docs/messages.md has a heading for each.
CODES: Mapping[str, str] = {
    "arc": "the ARC file is damaged; the records before are read",
    "binary": "the file holds no text; name it after what it is, or leave it out",
    "columns": "no column of the table is named as text or html",
    "compression": "the compressed data is damaged or uses a method firsthand does not read",
    "csv": "the row is not what its header or its quotation marks promise",
    "empty": "there is nothing in it",
    "encoding": "the bytes are not in the encoding of the file",
    "expansion": "compressed data unpacks to far more than text does",
    "gzip": "the compressed data of a WARC record is damaged",
    "json": "the line is no JSON object",
    "json-depth": "the line is nested deeper than any record of an article",
    "mhtml": "no page can be found in the saved page",
    "no-text": "the row has no text: a column named text is needed",
    "parquet": "the Parquet file is damaged or uses what firsthand does not read",
    "surrogates": "the text holds half of a character pair and cannot be stored",
    "too-large": "larger than firsthand reads at once; split it, or raise --max-page",
    "truncated": "the compressed data ends too early; the part before is read",
    "unknown-format": (
        "firsthand reads .txt, .html, .mhtml, .warc, .arc, .wacz, .jsonl, .json, .csv, .tsv and "
        ".parquet (text formats also .gz, .zst)"
    ),
    "unreadable": "the file cannot be opened",
    "wacz": "the WACZ is no readable zip file, or holds no archive",
    "warc-digest": "a WARC record's digest is not that of its bytes",
    "warc-http": "the record holds no readable HTTP response",
    "warc-length": "a WARC record's length is wrong; the records around it are read",
    "warc-record": "bytes in a WARC that belong to no record, or a record head that is broken",
    "warc-truncated": "the file ends in the middle of a WARC record",
}
# Text has next to no control characters; one in a hundred is a file of another kind.
BINARY_SHARE = 0.01
SNIFF_BYTES = 4096
# Below this a page may shrink as far as it likes: a few lines repeated shrink a hundredfold.
GROWTH_FROM_BYTES = 1 << 20
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b") + b"\x7f"
# Comments are taken whole (the atomic group): forty of them in a row would otherwise be cut up in
# every possible way before the answer is no.
_MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?>(?:<!--.{0,2000}?-->\s*)*+)<(?:!doctype\s+html|html|head|body|"
    rb"article|div|p|h1|meta|pre|main|section)\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_FILE = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", b"SQLite")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """
    How inputs are read: what a user can turn.

    ``page_bytes`` caps one page, line or row, ``record_bytes`` one record of an archive unpacked,
    ``most_growth`` how many times larger than its compressed form data may be. ``columns`` pairs
    fields with the columns that hold them, where tables name them otherwise (several columns for
    one field are tried in order); :func:`rows.pairs` makes and checks them.
    """

    # A page of news is well under 5 MB even with its scripts; three times that keeps the odd dump
    # and bounds what one capture can cost every later stage.
    page_bytes: int = 16 << 20
    # Pages browsers save hold their pictures too.
    record_bytes: int = 64 << 20
    # Prose shrinks three to five times, lists of addresses ten to twenty; zeros a thousand times.
    most_growth: int = 100
    columns: tuple[tuple[str, str], ...] = ()

    def record_caps(self) -> Caps:
        """Return the caps on what is unpacked in memory: a response, a member of an archive."""
        return Caps(
            most_bytes=max(self.record_bytes, self.page_bytes),
            most_growth=self.most_growth,
            growth_from=GROWTH_FROM_BYTES,
        )

    def stream_caps(self) -> Caps:
        """Return the caps on a file that is unpacked piece by piece and never held."""
        return Caps(most_bytes=None, most_growth=self.most_growth, growth_from=self.record_bytes)


DEFAULT = Reading()


@dataclass(kw_only=True)
class Intake:
    """One reading: its settings, and what it has seen so far."""

    reading: Reading = DEFAULT
    seen: set[int] = field(default_factory=set)
    repeats: dict[int, int] = field(default_factory=dict)
    skipped: dict[str, tuple[int, str]] = field(default_factory=dict)
    # Rows read so far while columns of ``--map`` are looked for, and the columns met in them.
    n_rows: int = 0
    met: dict[str, None] = field(default_factory=dict)
    wanted: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Look for every mapped field."""
        self.wanted = {name for name, _ in self.reading.columns}

    def skip(self, kind: str, example: str, count: int = 1) -> None:
        """Count something that is no capture; the first example of a kind is kept."""
        n, first = self.skipped.get(kind, (0, example))
        self.skipped[kind] = (n + count, first)

    def all_skipped(self) -> Iterator[Skipped]:
        """Yield what was skipped, a row a kind."""
        for kind, (count, example) in sorted(self.skipped.items()):
            yield Skipped(stage="ingest.read", kind=kind, count=count, example=example)

    def capture(
        self, content: bytes, *, raw: bytes | None = None, key: str = "", **columns: Any
    ) -> Capture:
        """
        Return the capture with the id of its bytes, its key and its number among equal ones.

        ``raw`` are the bytes as they came in where ``content`` is a part or a reading of them.
        """
        sha256 = hashlib.sha256(content if raw is None else raw).hexdigest()
        return Capture(
            capture_id=digest(sha256, key, self._ordinal(sha256, key)),
            sha256=sha256,
            content=content,
            **columns,
        )

    def _ordinal(self, sha256: str, key: str) -> int:
        # 64 bits a capture: an archive of 50 GB has a million pages, and each stays remembered.
        name = int(digest(sha256, key), 16)
        if name not in self.seen:
            self.seen.add(name)
            return 0
        self.repeats[name] = self.repeats.get(name, 0) + 1
        return self.repeats[name]

    def page(
        self,
        content: bytes,
        media_type: str,
        path: str,
        *,
        record: str | None = None,
        offset: int | None = None,
        key: str = "",
        url: str | None = None,
        fetched_at: str | None = None,
        charset: str | None = None,
        raw: bytes | None = None,
        given_id: str | None = None,
    ) -> Capture | Rejected:
        """Return a page of text or HTML as a capture, or why it is none."""
        code = self.unfit(content)
        if code:
            return rejected(path, code, record=record, offset=offset)
        markup = media_type == HTML_TYPE
        saved = (wayback.of_address(url) if url else None) or wayback.Saved(url=url, at=fetched_at)
        if markup and not (saved.url and saved.at):
            said = wayback.of_page(content) or wayback.Saved()
            saved = wayback.Saved(url=saved.url or said.url, at=saved.at or said.at)
        return self.capture(
            content,
            raw=raw,
            key=key,
            path=path,
            record=record,
            url=saved.url,
            fetched_at=saved.at,
            media_type=media_type,
            encoding=encoding_of(content, declared=charset, markup=markup),
            **({"given_id": given_id} if given_id is not None else {}),
        )

    def unfit(self, content: bytes) -> str | None:
        """Return the code of what keeps these bytes from being read as a page, or None."""
        if len(content) > self.reading.page_bytes:
            return "too-large"
        if not content.strip(b" \t\r\n\xef\xbb\xbf"):
            return "empty"
        if content.startswith(_OTHER_FILE):
            return "binary"
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return None  # UTF-16 and UTF-32 with their mark are full of NULs
        controls = len(content) - len(content.translate(None, _CONTROL))
        return "binary" if controls > BINARY_SHARE * len(content) else None


def rejected(
    path: str,
    code: str,
    reason: str | None = None,
    *,
    record: str | None = None,
    offset: int | None = None,
) -> Rejected:
    """Return a rejected input; without a reason, the code's own."""
    return Rejected(
        path=path, record=record, offset=offset, code=code, reason=reason or CODES[code]
    )


def is_markup(head: bytes) -> bool:
    """
    Return whether bytes begin as a page of HTML does.

    >>> is_markup(b"<!DOCTYPE html><p>"), is_markup(b"<fog>, a word in angles")
    (True, False)
    """
    return bool(_MARKUP.match(head[:SNIFF_BYTES].removeprefix(b"\xef\xbb\xbf")))


def media_type_of(content: bytes) -> str:
    """Return ``text/html`` or ``text/plain``, told by how the content begins."""
    return HTML_TYPE if is_markup(content) else TEXT_TYPE
