"""
Rows of tables (JSON, CSV, Parquet) → captures, one a row.

A line of JSON is its own source: its bytes are kept and hashed as they came in. A row of another
table has no bytes of its own; it is written as one JSON object under the names of its fields
(:func:`rows.canonical`), and that is its source. A row without text but with HTML is a page of
HTML, with the address, the time and the id that the row gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from firsthand import delimited, jsonl, parquet, rows, wayback
from firsthand.errors import InputError
from firsthand.inflate import TornError, plain_stream
from firsthand.intake import HTML_TYPE, ROW_TYPE, Intake, rejected
from firsthand.model import Capture, Rejected

Found = Capture | Rejected
# A column of --map that none of so many rows has is a slip of the pen.
ROWS_TO_FIND_COLUMNS = 1000


def json_rows(source: BinaryIO, name: str, intake: Intake, *, lines: bool) -> Iterator[Found]:
    """Yield one capture a line, or a value, of JSON; offsets are bytes of the plain file."""
    most, n_seen = intake.reading.page_bytes, 0
    plain = plain_stream(source, intake.reading.stream_caps())
    found = (jsonl.lines if lines else jsonl.values)(plain, most_bytes=most)
    for value in found:
        n_seen += 1
        if value.values is None:
            code = value.code or "json"
            reason, record = value.reason, str(value.number)
            yield rejected(name, code, reason, record=record, offset=value.offset)
        else:
            place = (name, value.number, value.offset)
            yield _row(value.values, value.content, place, intake)
    if not n_seen:
        yield rejected(name, "empty")


def holds_articles(source: BinaryIO, intake: Intake) -> bool:
    """Return whether the first value of a JSON file reads as an article; rewinds."""
    try:
        plain = plain_stream(source, intake.reading.stream_caps())
        found = next(jsonl.values(plain, most_bytes=intake.reading.page_bytes), None)
    except TornError:
        found = None
    source.seek(0)
    row = rows.row_of((found and found.values) or {}, intake.reading.columns)
    known_by = (row.title, row.url, row.date, row.outlet, row.id)
    return (row.text or row.html) is not None and any(known_by)


def delimited_rows(source: BinaryIO, name: str, intake: Intake, *, tab: bool) -> Iterator[Found]:
    """Yield one capture a row of CSV; offsets are bytes of the plain file."""
    n_rows = 0
    plain = plain_stream(source, intake.reading.stream_caps())
    found = delimited.rows(plain, most_chars=intake.reading.page_bytes, tab=tab)
    for at, line in enumerate(found):
        n_rows += line.values is None or at > 0
        if line.values is None:
            code, record = line.code or "csv", str(line.number)
            yield rejected(name, code, line.reason, record=record, offset=line.offset)
        elif at == 0:
            if not _has_text(line.values, intake):
                yield rejected(name, "columns", _no_text(line.values))
                return
        else:
            yield _row(line.values, None, (name, line.number, line.offset), intake)
    if not n_rows:
        yield rejected(name, "empty")


def parquet_rows(source: BinaryIO, name: str, intake: Intake) -> Iterator[Found]:
    """Yield one capture a row of Parquet; a row has a number and no offset."""
    n_seen = 0
    try:
        names = parquet.names(source)
        if not _has_text(dict.fromkeys(names, ""), intake):
            yield rejected(name, "columns", _no_text(dict.fromkeys(names)))
            return
        intake.met.update(dict.fromkeys(names))
        wanted = rows.wanted(intake.reading.columns)
        for line in parquet.rows(source, wanted, intake.reading.stream_caps()):
            n_seen += 1
            if line.values is None:
                code, record = line.code or "parquet", str(line.number)
                yield rejected(name, code, line.reason, record=record)
            else:
                yield _row(line.values, None, (name, line.number, None), intake)
    except TornError as torn:
        after = f"; the {n_seen} rows before are read" if n_seen else ""
        yield rejected(name, torn.code, torn.why + after)
        return
    if not n_seen:
        yield rejected(name, "empty")


def _has_text(values: Mapping[str, Any], intake: Intake) -> bool:
    """Return whether a header names a text or a page, or columns that may hold one."""
    return rows.has_text(values, intake.reading.columns)


def _row(
    values: Mapping[str, Any],
    line: bytes | None,
    place: tuple[str, int, int | None],
    intake: Intake,
) -> Capture | Rejected:
    """Return one row as a capture; ``line`` are its bytes where it is a line of JSON."""
    name, number, offset = place
    _look_for_columns(values, intake)
    row = rows.row_of(values, intake.reading.columns)
    if code := rows.fault(row):
        reason = _no_text(values) if code == "no-text" else None
        return rejected(name, code, reason, record=str(number), offset=offset)
    if row.text is None:
        html = row.html or ""
        return intake.page(
            html.encode("utf-8") if isinstance(html, str) else html,
            HTML_TYPE,
            name,
            record=str(number),
            offset=offset,
            key=row.id or "",
            url=row.url,
            fetched_at=row.fetched,
            charset="utf-8" if isinstance(html, str) else None,
            raw=line,
            given_id=row.id,
        )
    # A line of JSON is its own source; any other row is written as one under the fields' names.
    content = line if line is not None and not intake.reading.columns else rows.canonical(row)
    if len(content) > intake.reading.page_bytes:
        return rejected(name, "too-large", record=str(number), offset=offset)
    saved = wayback.of_address(row.url or "") or wayback.Saved(url=row.url, at=row.fetched)
    return intake.capture(
        content,
        raw=line,
        key=row.id or "",
        path=name,
        record=str(number),
        url=saved.url,
        fetched_at=saved.at,
        media_type=ROW_TYPE,
        encoding="utf-8",
    )


def _no_text(values: Mapping[str, Any]) -> str:
    """Return the reason for a row, or a table, without text: what there is, and what to do."""
    said = (
        f"there is no text in it; columns found: {rows.shown(values)}. "
        "Name the right one: --map text=COLUMN (or html=COLUMN)"
    )
    lists = [n for n, v in values.items() if isinstance(v, list) and v and isinstance(v[0], dict)]
    if lists:
        said += (
            f". The list {lists[0]!r} may hold the rows: jq -c '.{lists[0]}[]' makes lines of it"
        )
    return said


def _look_for_columns(values: Mapping[str, Any], intake: Intake) -> None:
    """Raise :class:`InputError` where a mapped field stays without a column for many rows."""
    if not intake.wanted:
        return
    intake.n_rows += 1
    intake.met.update(dict.fromkeys(values))
    intake.wanted -= rows.fields_found(values, intake.reading.columns)
    if intake.wanted and intake.n_rows >= ROWS_TO_FIND_COLUMNS:
        raise no_column(intake)


def no_column(intake: Intake) -> InputError:
    """Return the error for a mapped field that no row had a column for."""
    said = [f"{f}={c}" for f, c in intake.reading.columns if f in intake.wanted]
    return InputError(
        f"--map {said[0]}: no row has that column. Columns found: {rows.shown(intake.met)}. "
        f"Fields are: {', '.join(rows.FIELDS)}.",
        slug="map-column",
    )
