"""
One row of a table (a line of JSON, a row of Parquet or CSV) → the fields of one article.

Tables name their columns in many ways; the names here are those of the formats people hold: JSON
lines by hand, datatrove and FineWeb (whose ``metadata`` may be a column of its own), what the usual
crawlers and extractors write (news-please, newspaper4k, trafilatura), and the news sets on the
common data sites. The first column that has a value counts. ``--map field=column`` replaces the
names for its field.

Two names mean two things and are told apart: ``date`` in a table cut from Common Crawl (a ``dump``
or a WARC's path beside it) is when the page was fetched, not when it was published; ``source`` that
is an address is no outlet.

Text is never touched. Times are only put into the form the rest of firsthand reads: Unix times and
``20250304`` become ISO 8601, and what is no time becomes none further on.

Known to fail: ``source`` that names a collection ("cc-news") is taken for an outlet: map ``outlet``
to another column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from firsthand.errors import InputError

# Field → the columns it is looked for in, in order; names are compared without their case.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "content", "body", "maintext"),
    "html": ("html", "raw_html"),
    "id": ("id", "uuid", "article_id"),
    "url": ("url", "link"),
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "publication", "site", "site_name", "source_domain", "domain"),
    "author": ("author", "byline", "authors"),
    "date": (
        "published", "published_at", "publish_date", "date_publish", "pub_date",
        "publication_date", "date", "day", "timestamp",
    ),
    "fetched": (
        "fetched_at", "fetched", "captured_at", "crawled_at", "crawled", "crawl_date", "warc_date",
        "date_download",
    ),
    "language": ("language", "lang"),
}  # fmt: skip
FIELDS = tuple(COLUMNS)
_PLACES = {name: (f, at) for f, names in COLUMNS.items() for at, name in enumerate(names)}
# Columns that hold further columns: datatrove writes everything but text and id below one.
NESTED = ("metadata", "meta")
# Any of these beside a ``date`` shows that the row was cut from a crawl and says which.
CRAWL_MARKS = ("dump", "file_path", "warc_filename")
_CRAWL = re.compile(r"CC-(?:MAIN|NEWS)-\d{4}|\.warc(?:\.gz)?(?:$|\W)|commoncrawl")
_VAGUE_DATES = ("date", "day", "timestamp")
# Unix times in seconds and milliseconds between 1991 and 2100; other numbers are no times.
FIRST_SECOND, LAST_SECOND = 662_688_000, 4_102_444_800
SHOWN_COLUMNS = 12
SHOWN_COLUMN_CHARS = 40

Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What a row says of one article; a field its table does not have is None."""

    text: str | None = None
    html: str | bytes | None = None
    id: str | None = None
    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    author: tuple[str, ...] = ()
    date: str | None = None
    fetched: str | None = None
    language: str | None = None


def pairs(said: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """
    Return ``field=column`` as (field, column); a field may be named by any of its usual columns.

    >>> pairs(["text=article_body", "published=metadata.first_seen"])
    (('text', 'article_body'), ('date', 'metadata.first_seen'))
    >>> pairs(["headlin=h1"])
    Traceback (most recent call last):
      ...
    firsthand.errors.InputError: --map headlin=h1: there is no field 'headlin'. Fields are: ...
    """
    fields_by_name = {name: field for field, names in COLUMNS.items() for name in names} | {
        field: field for field in FIELDS
    }
    found = []
    for pair in said:
        name, equals, column = (part.strip() for part in pair.partition("="))
        field = fields_by_name.get(name.casefold())
        if not equals or not column or field is None:
            why = f"there is no field {name!r}" if equals and column else "write field=column"
            raise InputError(
                f"--map {pair}: {why}. Fields are: {', '.join(FIELDS)}.", slug="map-field"
            )
        found.append((field, column))
    return tuple(found)


def row_of(values: Mapping[str, Any], columns: Columns = ()) -> Row:
    """
    Return what a row says, by the usual column names or by ``columns`` where they name a field.

    >>> row_of({"content": "Fog.", "authors": ["A. Quill", ""], "timestamp": 1741080000})
    Row(text='Fog.', ..., author=('A. Quill',), date='2025-03-04T09:20:00+00:00', ...)
    >>> row_of({"text": "Fog.", "date": "2025-03-04T01:02:03Z", "dump": "CC-MAIN-2025-10"}).date
    >>> row_of({"text": "Fog.", "source": "https://post.example/fog"}).outlet
    """
    table = _Table(values)
    mapped: dict[str, list[str]] = {}
    for field, column in columns:
        mapped.setdefault(field, []).append(column)
    of = table.usual() | {field: table.named(names) for field, names in mapped.items()}

    vague = not mapped.get("date") and table.is_crawl()
    dates = [v for c, v in of["date"] if not (vague and c in _VAGUE_DATES)]
    fetched = [v for _, v in of["fetched"]]
    if vague:
        fetched += [v for c, v in of["date"] if c in _VAGUE_DATES]
    outlets = [v for v in _strings(of["outlet"]) if mapped.get("outlet") or not _is_address(v)]
    addresses = [*_strings(of["url"]), *(v for v in _strings(of["outlet"]) if _is_address(v))]
    return Row(
        text=_first(_texts(of["text"])),
        html=_first(v for _, v in of["html"] if isinstance(v, str | bytes) and v.strip()),
        id=_first(str(v) for _, v in of["id"] if _is_id(v)),
        url=_first(addresses),
        title=_first(_strings(of["title"])),
        outlet=_first(outlets),
        author=_first(_names(v) for _, v in of["author"] if _names(v)) or (),
        date=_first(t for v in dates if (t := time_of(v))),
        fetched=_first(t for v in fetched if (t := time_of(v))),
        language=_first(_strings(of["language"])),
    )


class _Table:
    """The columns of one row, by name without case, with those below ``metadata``."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        nested = [v for name in NESTED if (v := _mapping(values.get(name)))]
        self.columns = _folded([values, *nested])

    def usual(self) -> dict[str, list[tuple[str, Any]]]:
        """Return the columns of every field that have a value, in the order of the usual names."""
        # Over the columns of the row, which are few, not over all names that might be there.
        placed: dict[str, list[tuple[int, str, Any]]] = {field: [] for field in FIELDS}
        for name, value in self.columns.items():
            if name in _PLACES:
                field, place = _PLACES[name]
                placed[field].append((place, name, value))
        return {
            field: [(name, value) for _, name, value in sorted(found, key=lambda x: x[0])]
            for field, found in placed.items()
        }

    def named(self, names: Sequence[str]) -> list[tuple[str, Any]]:
        """Return the columns of these names that have a value, in the order of the names."""
        return [(name, value) for name in names if (value := self.value(name)) is not None]

    def value(self, column: str) -> Any:
        """Return the value of a column (``a.b``: of b below a), or None."""
        if (found := self.columns.get(column.casefold())) is not None or "." not in column:
            return found
        first, _, rest = column.partition(".")
        below = _mapping(self.columns.get(first.casefold()))
        return _Table(below).value(rest) if below else None

    def is_crawl(self) -> bool:
        """Return whether the row says which crawl, or which WARC of one, it is from."""
        marks = (self.columns.get(name) for name in CRAWL_MARKS)
        return any(isinstance(v, str) and _CRAWL.search(v[:500]) for v in marks)


def _folded(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for values in tables:
        for name, value in values.items():
            if value is not None:
                found.setdefault(str(name).strip().casefold(), value)
    return found


def _mapping(value: Any) -> Mapping[str, Any] | None:
    """Return columns below a column: an object, or JSON of one as some tables keep it."""
    if isinstance(value, str) and value[:1] == "{" and value.count("{") + value.count("[") < 64:
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, Mapping) else None


def _first(values: Iterable[Any]) -> Any:
    return next(iter(values), None)


def _texts(values: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield texts as they are: not a character of them is changed."""
    return (v for _, v in values if isinstance(v, str) and v.strip())


def _strings(values: Iterable[tuple[str, Any]]) -> Iterator[str]:
    return (v.strip() for v in _texts(values))


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and str(value) != ""


def _is_address(value: str) -> bool:
    return value[:8].casefold().startswith(("http://", "https://"))


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        return ()
    return tuple(v.strip() for v in value if isinstance(v, str) and v.strip())


def time_of(value: Any) -> str | None:
    """
    Return a time in the form it was written, or in ISO 8601 where it was a number or a timestamp.

    >>> time_of("4 March 2025"), time_of(1741080000), time_of(1741080000000), time_of("20250304")
    ('4 March 2025', '2025-03-04T09:20:00+00:00', '2025-03-04T09:20:00+00:00', '2025-03-04')
    >>> time_of(7), time_of(True), time_of("20251304"), time_of(float("nan"))
    (None, None, '20251304', None)
    """
    if isinstance(value, Mapping):  # as firsthand itself writes times
        value = value.get("at")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        said = value.strip()
        digits = re.fullmatch(r"(\d{8})(?:T?(\d{6})Z?)?", said, re.ASCII)
        return _compact(digits[1], digits[2], said) if digits else said or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        for unit in (1, 1000):
            if FIRST_SECOND <= value / unit <= LAST_SECOND:
                return datetime.fromtimestamp(value // unit, UTC).isoformat()
    return None


def _compact(day: str, clock: str | None, said: str) -> str:
    try:
        if clock is None:
            return datetime.strptime(day, "%Y%m%d").date().isoformat()
        return datetime.strptime(day + clock, "%Y%m%d%H%M%S").isoformat() + "Z"
    except ValueError:
        return said


def canonical(row: Row) -> bytes:
    """
    Return a row as one JSON object under the names of its fields, as :func:`row_of` reads it again.

    >>> canonical(Row(text="Nebel", outlet="Harbour Post"))
    b'{"text":"Nebel","outlet":"Harbour Post"}'
    """
    values = {f.name: getattr(row, f.name) for f in fields(row) if f.name != "html"}
    kept = {name: value for name, value in values.items() if value not in (None, ())}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def fault(row: Row) -> str | None:
    """Return the code of what keeps a row from being taken, or None."""
    if row.text is None and row.html is None:
        return "no-text"
    try:
        for field in fields(row):
            value = getattr(row, field.name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, str):
                    part.encode("utf-8")
    except UnicodeEncodeError:
        return "surrogates"
    return None


def shown(names: Iterable[Any]) -> str:
    """Return column names for a message: the first of them, none of them long."""
    listed = [repr(str(name)[:SHOWN_COLUMN_CHARS])[1:-1] for name in names]
    more = f" and {len(listed) - SHOWN_COLUMNS} more" if len(listed) > SHOWN_COLUMNS else ""
    return ", ".join(listed[:SHOWN_COLUMNS]) + more if listed else "none"


def wanted(columns: Columns) -> set[str]:
    """Return every column that something is looked for in, so that others need not be read."""
    mapped = {column.partition(".")[0] for _, column in columns} | {c for _, c in columns}
    usual = {name for names in COLUMNS.values() for name in names}
    return usual | mapped | {*NESTED, *CRAWL_MARKS}


def has_text(header: Iterable[str], columns: Columns) -> bool:
    """Return whether a table may hold texts or pages: in such a column, or below one."""
    names = {str(name).strip().casefold() for name in header}
    mapped = [c for f, c in columns if f in ("text", "html")]
    looked_for = mapped or [*COLUMNS["text"], *COLUMNS["html"], *NESTED]
    return any(c.casefold() in names or c.partition(".")[0].casefold() in names for c in looked_for)


def fields_found(values: Mapping[str, Any], columns: Columns) -> set[str]:
    """Return for which of the mapped fields a row has a column, whatever stands in it."""
    table = _Table({k: True if v is None else v for k, v in values.items()})
    return {field for field, column in columns if table.value(column) is not None}
