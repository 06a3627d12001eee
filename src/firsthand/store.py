"""
A finished run on disk: written once, read back whole.

A kept run is a folder: ``result.json`` is the contract, ``tables/`` holds the same rows as Parquet
with the same column names (a span is a struct of ``start`` and ``end`` there), ``report.html`` is
put beside them by the command. What is read back is the Parquet.

Files are written under other names first and renamed when all of them are there, so a full disk
leaves the folder as it was. The marker ``unfinished`` stands from the first rename to the last, and
stays where a run was interrupted. A folder that holds anything else is never written into.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from firsthand import contract
from firsthand.errors import EngineError, InputError
from firsthand.model import SCHEMA_VERSION, Capture, Result, Run, Summary
from firsthand.stage import TABLES, column_of, records_of, schema_of, table_of
from firsthand.tables import VERSION_KEY, published, renamed

RESULT, REPORT, FOLDER, MARKER = "result.json", "report.html", "tables", "unfinished"
PART = ".part"
# Above this a reader of JSON needs gigabytes; the stories are what one looks through by eye.
MOST_ARTICLES_IN_JSON = 10_000
# One row each; kept as tables so that everything can be read back from one place.
SINGLE: dict[str, type] = {"run": Run, "summary": Summary}
CLASSES: dict[str, type] = {
    **SINGLE,
    **{name: cls for cls, name in TABLES.items() if name in contract.TABLE_NAMES},
}


def usable(directory: str | os.PathLike[str]) -> Path:
    """
    Return the folder if a run may be kept there: it is missing, empty or a kept run.

    Called before a run begins, so that hours of work do not end at a folder that is refused.
    """
    folder = Path(directory)
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"{folder}: a run is kept in a folder, and this is a file.", slug="not-a-run"
        )
    if folder.is_dir() and any(folder.iterdir()) and not _is_run(folder):
        raise InputError(
            f"{folder}: the folder holds something that is no kept run, so nothing is written "
            "there. Name an empty or a new folder.",
            slug="not-a-run",
        )
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(there, os.W_OK):
        raise InputError(
            f"{folder}: you may not write in {there}. Name another folder.", slug="cannot-write"
        )
    return folder


def _is_run(folder: Path) -> bool:
    return (folder / MARKER).is_file() or (folder / FOLDER / "run.parquet").is_file()


def keep(
    result: Result,
    directory: str | os.PathLike[str],
    *,
    no_text: bool = False,
    unfinished: bool = False,
) -> Path:
    """
    Write a result into a folder, in place of a run kept there before, and return the folder.

    With ``no_text`` no captured wording is written. An ``unfinished`` run has no ``result.json``.
    """
    folder = usable(directory)
    kept = without_text(result) if no_text else result
    files: dict[Path, Callable[[BinaryIO], None]] = {
        folder / FOLDER / f"{name}.parquet": _table_writer(kept, name) for name in CLASSES
    }
    if not unfinished:
        files[folder / RESULT] = _json_writer(result, no_text)
    with _written_whole(folder, files):
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        for path, write in files.items():
            with _part(path).open("wb") as file:
                write(file)
        (folder / MARKER).touch()
        for path in files:
            _part(path).replace(path)
        # The report of a run kept here before would speak of other pages.
        (folder / REPORT).unlink(missing_ok=True)
        if unfinished:
            (folder / RESULT).unlink(missing_ok=True)
        else:
            (folder / MARKER).unlink()
    return folder


@contextlib.contextmanager
def _written_whole(what: Path, files: Iterable[Path]) -> Iterator[None]:
    """Leave no half-written files behind, and say of a full disk what it is."""
    try:
        yield
    except OSError as error:
        raise EngineError(
            f"{what}: could not be written ({error.strerror or error}). What was there before is "
            "as it was.",
            slug="cannot-write",
        ) from error
    finally:
        for path in files:
            with contextlib.suppress(OSError):
                _part(path).unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(path.name + PART)


def _table_writer(result: Result, name: str) -> Callable[[BinaryIO], None]:
    return lambda file: _write_table(result, name, file)


def _json_writer(result: Result, no_text: bool) -> Callable[[BinaryIO], None]:
    only = ("stories",) if len(result.articles) > MOST_ARTICLES_IN_JSON else ()
    return lambda file: contract.write(result, file, no_text=no_text, only=only)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a file whole or not at all."""
    target = Path(path)
    with _written_whole(target, [target]):
        # A lone surrogate has no UTF-8 form; it is shown as its escape.
        _part(target).write_bytes(text.encode("utf-8", "backslashreplace"))
        _part(target).replace(target)


def without_text(result: Result) -> Result:
    """Return the result with every captured wording blank; spans and titles stay."""
    return replace(
        result,
        articles=tuple(replace(article, text="") for article in result.articles),
        furniture=tuple(replace(row, text="") for row in result.furniture),
        stories=tuple(contract.untold(story) for story in result.stories),
        memberships=tuple(replace(row, shared_terms=()) for row in result.memberships),
        claims=tuple(replace(claim, text="") for claim in result.claims),
    )


def _write_table(result: Result, name: str, file: BinaryIO) -> None:
    import pyarrow.parquet as pq

    value = getattr(result, name)
    rows = value if isinstance(value, tuple) else [value] if value else []
    table = published(table_of(CLASSES[name], rows))
    pq.write_table(table.replace_schema_metadata({VERSION_KEY: SCHEMA_VERSION}), file)


def open_run(directory: str | os.PathLike[str], *, unfinished: bool = False) -> Result:
    """
    Return the result kept in a folder.

    A run that was interrupted is refused unless ``unfinished`` asks for what there is of it.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise InputError(
            f"{folder}: there is no such folder. Make one with: "
            f"firsthand trace PAGES --out {folder}",
            slug="no-such-run",
        )
    if not _is_run(folder):
        raise InputError(f"{folder}: this folder holds no kept run.", slug="not-a-run")
    if (folder / MARKER).exists() and not unfinished:
        raise InputError(
            f"{folder}: this run was interrupted and is not finished. Trace the pages again with "
            "the same --out.",
            slug="unfinished-run",
        )
    found: dict[str, Any] = {name: tuple(_rows(folder, name)) for name in CLASSES}
    for name in SINGLE:
        found[name] = next(iter(found[name]), None)
    return Result(**found)


def _rows(folder: Path, name: str) -> Iterator[Any]:
    import pyarrow.parquet as pq

    path = folder / FOLDER / f"{name}.parquet"
    try:
        with path.open("rb") as file:
            table = pq.read_table(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(
            f"{path}: this part of the run is missing or damaged ({error}). Trace the pages again.",
            slug="damaged-run",
        ) from error
    yield from records_of(CLASSES[name], _as_kept(path, table, CLASSES[name]))


def _as_kept(path: Path, table: pa.Table, record_class: type) -> pa.Table:
    """Return a table as it was before it was written: attribute names, and the bytes empty."""
    version = (table.schema.metadata or {}).get(VERSION_KEY, b"").decode()
    if version != SCHEMA_VERSION:
        raise InputError(
            f"{path}: written with version {version or 'unknown'} of the tables, and this "
            f"firsthand reads version {SCHEMA_VERSION}. Trace the pages again.",
            slug="other-schema",
        )
    schema = schema_of(record_class)
    columns = {}
    for field in schema:
        if field.name == "content" and record_class is Capture:
            columns[field.name] = pa.array([b""] * table.num_rows, field.type)
        else:
            with contextlib.suppress(KeyError):
                columns[field.name] = table.column(column_of(field.name)).combine_chunks()
    if len(columns) < len(schema):
        raise InputError(f"{path}: columns are missing. Trace the pages again.", slug="damaged-run")
    attributes = _attribute_names(schema)
    return pa.Table.from_pydict(
        {name: renamed(column, lambda n: attributes.get(n, n)) for name, column in columns.items()}
    )


def _attribute_names(schema: pa.Schema) -> dict[str, str]:
    """Return column → attribute for every name at any depth that differs (``in`` → ``in_``)."""
    found: dict[str, str] = {}
    waiting = list(schema)
    while waiting:
        field = waiting.pop()
        found[column_of(field.name)] = field.name
        inner = field.type.value_type if pa.types.is_list(field.type) else field.type
        if pa.types.is_struct(inner):
            waiting.extend(inner)
    return found
