"""
Parquet → rows, some at a time: only the columns that name something, only a few rows in memory.

Row groups can hold gigabytes, so columns are read page by page in small batches. Columns of any
type are tolerated: those that nothing is looked for in are never decoded, and where a value of a
column cannot be made into a Python one (text that is not UTF-8, a date in the year 99999), that
value is bad and not the column.

What the file says of itself is compared with its size before a row group is opened: a column that
unpacks to far more than it is packed into (see ``inflate``) is not read.

Known to fail: damage in a file written without checksums (most are) can change values without any
error; pages of a column that lie about their size are found out by pyarrow, in this
process; none of the broken files tried took it down (benchmarks and tests name them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from firsthand.inflate import Caps, TornError
from firsthand.rows import shown

# Rows at a time: 16 rows of the largest page allowed are 256 MB, of articles 80 KB.
BATCH_ROWS = 16
BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row: its number from 1, the values of its columns; a code if it is bad."""

    number: int
    values: dict[str, Any] | None = None
    code: str | None = None
    reason: str | None = None


def names(source: BinaryIO) -> list[str]:
    """Return the names of the columns; :class:`TornError` where the file cannot be opened."""
    return list(_faults(lambda: _opened(source).schema_arrow.names))


def rows(source: BinaryIO, columns: Iterable[str], caps: Caps) -> Iterator[Line]:
    """
    Yield every row with those of ``columns`` (names without case) that the file has.

    A file that is damaged further on raises :class:`TornError` behind the rows that could be read.
    """
    file = _opened(source)
    wanted = {name.casefold() for name in columns}
    chosen = _faults(lambda: [n for n in file.schema_arrow.names if n.casefold() in wanted])
    if not chosen:
        raise TornError("columns", f"found: {shown(file.schema_arrow.names)}")
    number = n_in = n_out = 0
    for group in range(_faults(lambda: file.num_row_groups)):
        n_in += _packed(file, group, set(chosen), caps)
        for table in _batches(file, group, chosen):
            for values in _values(table):
                number += 1
                n_out += sum(len(v) for v in values.values() if isinstance(v, str | bytes))
                if n_out > caps.room(n_in):
                    raise caps.over(n_in)
                bad = next((n for n, v in values.items() if isinstance(v, _Bad)), None)
                if bad is None:
                    yield Line(number=number, values=values)
                else:
                    reason = f"the value in {bad!r} cannot be read: {values[bad].why}"
                    yield Line(number=number, code=values[bad].code, reason=reason)


def _faults(call: Any) -> Any:
    """Return what a call into pyarrow gives; what it raises over a damaged file, as TornError."""
    import pyarrow as pa

    try:
        return call()
    # Beside its own errors, pyarrow raises these over names and values no Python object can hold.
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        why = " ".join(str(error).split())[:200]
        raise TornError("parquet", f"the Parquet file is damaged or unusual: {why}") from error


def _opened(source: BinaryIO) -> Any:
    def opened() -> Any:
        import pyarrow.parquet

        # Without pre_buffer and with a buffer, pages are read one by one as they are needed.
        return pyarrow.parquet.ParquetFile(
            source,
            buffer_size=BUFFER_BYTES,
            pre_buffer=False,
            page_checksum_verification=True,
        )

    return _faults(opened)


def _packed(file: Any, group: int, chosen: set[str], caps: Caps) -> int:
    """Return how many bytes the chosen columns of a row group are packed into, if believable."""

    def sizes() -> tuple[int, int]:
        row_group = file.metadata.row_group(group)
        columns = [row_group.column(i) for i in range(row_group.num_columns)]
        # Nested columns are named by their path; the names themselves may hold dots.
        columns = [
            c
            for c in columns
            if c.path_in_schema in chosen or c.path_in_schema.split(".")[0] in chosen
        ]
        packed = sum(c.total_compressed_size for c in columns)
        return packed, sum(c.total_uncompressed_size for c in columns)

    packed, plain = _faults(sizes)
    if plain > caps.room(packed):
        raise caps.over(packed)
    return int(packed)


def _batches(file: Any, group: int, chosen: Sequence[str]) -> Iterator[Any]:
    batches = _faults(
        lambda: file.iter_batches(
            batch_size=BATCH_ROWS, row_groups=[group], columns=list(chosen), use_threads=False
        )
    )
    while True:
        batch = _faults(lambda: next(batches, None))
        if batch is None:
            return
        yield batch


@dataclass(frozen=True, slots=True)
class _Bad:
    """A value that cannot be had: the code its row is rejected with, and why."""

    code: str
    why: str


def _values(table: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a batch; a value that cannot be had is a :class:`_Bad`."""
    lists = [_column(table.column(i)) for i in range(table.num_columns)]
    for row in zip(*lists, strict=True):
        found: dict[str, Any] = {}
        for name, value in zip(table.schema.names, row, strict=True):
            if found.get(name) is None:  # the first of two columns with one name counts
                found[name] = value
        yield found


def _column(column: Any) -> list[Any]:
    try:
        return list(column.to_pylist())
    except Exception:  # what a type raises over a value is its own affair; see _value
        return [_value(column, i) for i in range(len(column))]


def _value(column: Any, at: int) -> Any:
    try:
        return column[at].as_py()
    except UnicodeDecodeError as error:
        return _Bad("encoding", str(error))
    except Exception as error:
        return _Bad("parquet", " ".join(str(error).split())[:100])
