"""
One table of a result as a file: lines of JSON, CSV, Parquet, or lines as datatrove reads them.

Rows are written while they are found, so that a table may be larger than memory. The columns are
the published names of the record class, whatever the format; CSV and datatrove have no nested
values, so there a time is its own columns (``published``, ``published_precision`` …), and CSV holds
spans and lists as JSON.

A file is written under another name beside its own (:data:`UNFINISHED` before it) and takes its own
name when all of it is there. Where a run is interrupted what was finished stays under that other
name, closed as it should be; where writing fails nothing stays.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, cast

import pyarrow as pa

from firsthand import contract
from firsthand.errors import EngineError, InputError
from firsthand.model import SCHEMA_VERSION, When
from firsthand.stage import column_of, table_of

Format = Literal["jsonl", "csv", "parquet", "datatrove"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet")
# For tables with a text of their own.
TEXT_FORMATS: tuple[Format, ...] = (*FORMATS, "datatrove")
UNFINISHED = "unfinished-"
VERSION_KEY = b"firsthand.schema_version"
# A row group is held in memory whole, as records and again as Arrow: a few hundred megabytes.
MOST_ROWS_A_GROUP, MOST_CHARS_A_GROUP = 10_000, 16_000_000
# Level 3 of zstd and 6 of gzip are what their tools use when not told otherwise.
ZSTD_LEVEL, GZIP_LEVEL = 3, 6

PathLike = str | os.PathLike[str]
Leaving = frozenset[str]
Column = Callable[[Any], str | None]  # record → its value in a column beside its own


class Rows(Protocol):
    """What rows are written to."""

    def write(self, record: Any) -> None:
        """Write one row."""

    def close(self) -> None:
        """Write what is still held back; nothing can be written afterwards."""


def format_of(output: PathLike | None) -> Format:
    """
    Return the format a file's name asks for; lines of JSON where it asks for none.

    >>> [format_of(name) for name in ("a.parquet", "a.csv.gz", "a.jsonl.zst", "a", None)]
    ['parquet', 'csv', 'jsonl', 'jsonl', 'jsonl']
    """
    suffixes = Path(output).suffixes if output else []
    return "parquet" if ".parquet" in suffixes else "csv" if ".csv" in suffixes else "jsonl"


@contextlib.contextmanager
def written(
    record_class: type,
    *,
    output: PathLike | None,
    stdout: BinaryIO,
    format: Format | None = None,
    more: Mapping[str, Column] | None = None,
    leave_out: Sequence[str] = (),
    read: Iterable[PathLike] = (),
) -> Iterator[Rows]:
    """
    Give what rows of a class are written to: the file ``output``, or ``stdout`` for None and ``-``.

    ``more`` are columns behind the record's own, each with the function that gives its value;
    ``leave_out`` names columns that are not written.
    ``read`` are the paths the rows come from: the file must not lie among them. Raises
    :class:`InputError` if the file cannot be opened and :class:`EngineError` if it cannot be
    written; see above for what is left then.
    """
    to = None if output is None or str(output) == "-" else Path(output)
    chosen = format or format_of(to)
    if to is None and chosen == "parquet" and stdout.isatty():
        raise InputError(
            "Parquet is nothing a terminal can show. Name a file with -o, or send it on: > FILE",
            slug="parquet-on-terminal",
        )
    with _stream(stdout) if to is None else _file(to, read) as file:
        rows: Rows = _FORMATS[chosen](file, record_class, more or {}, frozenset(leave_out))
        try:
            yield rows
        except KeyboardInterrupt:
            rows.close()
            raise
        rows.close()


@contextlib.contextmanager
def _stream(stdout: BinaryIO) -> Iterator[BinaryIO]:
    """Give standard output, flushed at the end; a full disk is said as what it is."""
    try:
        yield stdout
        stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _cannot_write("standard output", error) from error


@contextlib.contextmanager
def _file(path: Path, read: Iterable[PathLike]) -> Iterator[BinaryIO]:
    """Give a file that gets its name when all is written, or keeps another when interrupted."""
    _apart(path, read)
    part = unfinished(path)
    try:
        raw = part.open("wb")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}). Name a file in a folder that "
            "is there and that you may write in.",
            slug="cannot-write",
        ) from error
    try:
        with raw, _compressed(raw, path) as file:
            yield file
        part.replace(path)
    except KeyboardInterrupt:
        raise
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _cannot_write(path, error) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def unfinished(path: PathLike) -> Path:
    """
    Return the name a file has until it is whole, and keeps where the run is interrupted.

    >>> unfinished("clean/pages.jsonl.gz").name
    'unfinished-pages.jsonl.gz'
    """
    whole = Path(path)
    return whole.with_name(UNFINISHED + whole.name)


def _cannot_write(what: object, error: OSError) -> EngineError:
    return EngineError(
        f"{what}: could not be written ({error.strerror or error}). What was there before is as it "
        "was.",
        slug="cannot-write",
    )


def _apart(path: Path, read: Iterable[PathLike]) -> None:
    """Refuse a file that is read or lies in a folder that is: the next run would read it too."""
    for given in map(Path, read):
        if given.exists() and path.resolve().is_relative_to(given.resolve()):
            raise InputError(
                f"{path}: overlaps with {given}, which is to be read, and inputs are never written "
                "to. Name a file apart from it.",
                slug="out-in-input",
            )
    if path.is_dir():
        raise InputError(f"{path}: this is a folder. Name a file.", slug="cannot-write")


@contextlib.contextmanager
def _compressed(raw: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    """Give the file as its last suffix has it compressed: ``.gz``, ``.zst``, else not at all."""
    if path.suffix == ".gz":
        # No time and no name in the head, so that the same rows make the same file.
        with gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0) as file:
            yield cast(BinaryIO, file)
    elif path.suffix == ".zst":
        from zstandard import ZstdCompressor

        with ZstdCompressor(ZSTD_LEVEL).stream_writer(raw, closefd=False) as file:
            yield file
    else:
        yield raw


# The formats


class _Lines:
    """One JSON object a line."""

    def __init__(
        self, file: BinaryIO, record_class: type, more: Mapping[str, Column], left_out: Leaving
    ) -> None:
        self.file, self.record_class, self.more, self.left_out = file, record_class, more, left_out

    def write(self, record: Any) -> None:
        self.file.write(contract.json_line(self.row(record)))

    def row(self, record: Any) -> dict[str, Any]:
        """Return the row as it is published, with the further columns behind the record's."""
        kept = {k: v for k, v in contract.plain(record).items() if k not in self.left_out}
        return kept | {name: value_of(record) for name, value_of in self.more.items()}

    def close(self) -> None:
        pass


class _Datatrove(_Lines):
    """One JSON object a line with ``text``, ``id`` and plain values under ``metadata``."""

    def row(self, record: Any) -> dict[str, Any]:
        """Return text, id, and of the rest what is known and is a plain value."""
        found = super().row(record)
        text, name = found.pop("text"), found.pop(next(iter(found)))
        plain = {k: v for k, v in found.items() if not isinstance(v, list)}
        flat = flattened(plain, _times(self.record_class))
        return {
            "text": text,
            "id": name,
            "metadata": {k: v for k, v in flat.items() if v is not None},
        }


class _Csv(_Lines):
    """Cells as they are, in UTF-8; times in columns of their own, other nested values as JSON."""

    def __init__(
        self, file: BinaryIO, record_class: type, more: Mapping[str, Column], left_out: Leaving
    ) -> None:
        super().__init__(file, record_class, more, left_out)
        self.times = _times(record_class)
        names = [n for n in contract.column_names(record_class) if n not in left_out]
        self._line(flattened(dict.fromkeys([*names, *more]), self.times))

    def write(self, record: Any) -> None:
        self._line(flattened(self.row(record), self.times).values())

    def _line(self, cells: Iterable[Any]) -> None:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\n").writerow(map(_cell, cells))
        self.file.write(line.getvalue().encode("utf-8", "backslashreplace"))


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


@cache
def _times(record_class: type) -> frozenset[str]:
    """Return the columns that hold a time."""
    hints = typing.get_type_hints(record_class)
    return frozenset(column_of(n) for n, hint in hints.items() if When in typing.get_args(hint))


def flattened(row: dict[str, Any], times: Iterable[str]) -> dict[str, Any]:
    """
    Return a row whose times are columns of their own: the time under its name, the rest behind it.

    >>> flattened({"place": 0, "seen": {"at": "2024-03-02", "precision": "day"}}, ["seen"])
    {'place': 0, 'seen': '2024-03-02', 'seen_not_before': None, 'seen_not_after': None, \
'seen_precision': 'day', 'seen_basis': None}
    """
    found: dict[str, Any] = {}
    for column, value in row.items():
        if column not in times:
            found[column] = value
            continue
        time = value or {}
        found[column] = time.get("at")
        rest = (name for name in contract.column_names(When) if name != "at")
        found |= {f"{column}_{name}": time.get(name) for name in rest}
    return found


class _Parquet:
    """Row groups of bounded size; a span is a struct of ``start`` and ``end``."""

    def __init__(
        self, file: BinaryIO, record_class: type, more: Mapping[str, Column], left_out: Leaving
    ) -> None:
        self.file, self.record_class, self.more, self.left_out = file, record_class, more, left_out
        self.held: list[Any] = []
        self.n_chars = 0
        self.writer: Any = None

    def write(self, record: Any) -> None:
        self.held.append(record)
        self.n_chars += len(getattr(record, "text", ""))
        if len(self.held) >= MOST_ROWS_A_GROUP or self.n_chars >= MOST_CHARS_A_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        import pyarrow.parquet as pq

        held, self.held, self.n_chars = self.held, [], 0
        table = published(table_of(self.record_class, held))
        table = table.drop_columns([n for n in table.column_names if n in self.left_out])
        for name, value_of in self.more.items():
            table = table.append_column(name, pa.array(map(value_of, held), pa.string()))
        if self.writer is None:
            schema = table.schema.with_metadata({VERSION_KEY: SCHEMA_VERSION})
            self.writer = pq.ParquetWriter(self.file, schema, compression="zstd")
        self.writer.write_table(table)

    def close(self) -> None:
        # Without any row the file still says what its columns are.
        if self.held or self.writer is None:
            self._write_group()
        self.writer.close()


_FORMATS: dict[Format, type[_Lines] | type[_Parquet]] = {
    "jsonl": _Lines,
    "csv": _Csv,
    "parquet": _Parquet,
    "datatrove": _Datatrove,
}


def published(table: pa.Table) -> pa.Table:
    """Return a table under its published column names at every depth; bytes are left out."""
    table = table.drop_columns([f.name for f in table.schema if pa.types.is_large_binary(f.type)])
    columns = [renamed(column.combine_chunks(), column_of) for column in table.columns]
    return pa.Table.from_arrays(columns, names=[column_of(name) for name in table.column_names])


def renamed(array: pa.Array, name_of: Callable[[str], str]) -> pa.Array:
    """Return an array whose struct fields are renamed at every depth; the values are shared."""
    kind = array.type
    if pa.types.is_struct(kind):
        fields = [pa.field(name_of(f.name), f.type, f.nullable) for f in kind]
        inner = [renamed(array.field(i), name_of) for i in range(kind.num_fields)]
        fields = [f.with_type(a.type) for f, a in zip(fields, inner, strict=True)]
        return pa.StructArray.from_arrays(inner, fields=fields, mask=array.is_null())
    if pa.types.is_list(kind):
        mask = array.is_null()
        values = renamed(array.values, name_of)
        return pa.ListArray.from_arrays(array.offsets, values, mask=mask)
    return array


__all__ = ["FORMATS", "TEXT_FORMATS", "Format", "Rows", "format_of", "unfinished", "written"]
