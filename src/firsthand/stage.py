"""
What a stage is: a pure function from tables to tables, and four facts about it.

A stage is declared once and run by any engine. It opens no file, knows no engine, keeps no state,
reads no clock. There are three verbs:

``each``
    sees one record at a time. With ``beside`` it is handed, next to each record, the record that a
    column of it points to (a foreign key): a lookup here, a join on a cluster.
``together``
    sees all records with equal ``by`` at once, however many tables they come from, or whole Arrow
    tables in which they are never cut apart (``arrow=True``). ``by=None``: everything at once.
``settle``
    is a ``together`` repeated on its own output until nothing changes.

The promise a stage may lean on, and no more: *equal keys together; rows totally ordered by key,
then table, then all columns; nothing about how many calls, their order or size.* Rows are ordered
by all columns because a bare ordering by key leaves ties in input order, and then two runs differ.

Which table a record goes to follows from its class. A stage that reads a table and also gives it
replaces it; otherwise what it gives is added.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from firsthand.model import (
    Article,
    Attribution,
    Capture,
    Citation,
    Claim,
    Cut,
    Derivation,
    Furniture,
    Membership,
    Note,
    Opening,
    Page,
    Pair,
    PairRelation,
    Rejected,
    Repeated,
    Reuse,
    Shingle,
    Skipped,
    Small,
    Source,
    Span,
    Story,
)

# Arrow is imported where tables are made: worker processes see records only, and start sooner.
if TYPE_CHECKING:
    import pyarrow as pa

# How many threads a stage over whole tables may use for loops that let go of the interpreter. Set
# by the engine; whatever it is, the result is the same.
usable_threads: ContextVar[int] = ContextVar("usable_threads", default=1)

Record = Any  # a frozen dataclass of ``model``; Python has no name for "instance of a dataclass"
Function = TypeVar("Function", bound=Callable[..., Any])

TABLES: Mapping[type, str] = {
    Rejected: "rejected",
    Skipped: "skipped",
    Capture: "captures",
    Page: "pages",
    Opening: "openings",
    Cut: "cuts",
    Article: "articles",
    Furniture: "furniture",
    Shingle: "shingles",
    Pair: "pairs",
    Reuse: "reuse",
    PairRelation: "pair_relations",
    Membership: "memberships",
    Attribution: "attributions",
    Source: "sources",
    Derivation: "derivations",
    Story: "stories",
    Claim: "claims",
    Citation: "citations",
    Note: "notes",
}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A function over tables and what an engine must know to run it."""

    name: str
    verb: Literal["each", "together", "settle"]
    function: Callable[..., Any]
    takes: tuple[type, ...]
    gives: tuple[type, ...]
    by: str | None = None
    beside: Mapping[str, type] = field(default_factory=dict)
    arrow: bool = False
    sorts: bool = False
    guarded: Callable[[Record], bool] | None = None


def each(
    *,
    takes: type,
    gives: type | tuple[type, ...],
    beside: Mapping[str, type] | None = None,
    guarded: Callable[[Record], bool] | None = None,
    arrow: bool = False,
) -> Callable[[Function], Function]:
    """
    Declare a stage that sees one ``takes`` record at a time and yields ``gives`` records.

    ``beside`` maps a column of ``takes`` to the record class it points to; the records found are
    handed as further arguments, in the order given (None where the column is null or dangles).
    ``guarded`` says of which records the work may hang or eat memory: engines do those in processes
    of their own, within limits. The function stays callable as it is; the stage hangs on it as
    ``.stage``.

    With ``arrow=True`` it is handed any number of rows as one Arrow table, and the companions as
    one table a class, each row once; what it gives must not depend on how the rows are dealt out.
    """
    return _declare(
        "each", (takes,), gives, beside=beside or {}, guarded=guarded, arrow=arrow, sorts=arrow
    )


def together(
    *,
    takes: type | tuple[type, ...],
    by: str | None,
    gives: type | tuple[type, ...],
    arrow: bool = False,
    sorts: bool = False,
) -> Callable[[Function], Function]:
    """
    Declare a stage that sees rows with equal ``by`` together.

    The function is called once a key with one list of records a table (empty where a table has
    none), or, with ``arrow=True``, with one Arrow table each that holds any number of whole keys.
    Rows whose key is null belong to no group and are passed over. With ``sorts=True`` too the
    tables need not be ordered: the function orders their rows itself, by all that matters.
    """
    return _declare("together", takes, gives, by=by, arrow=arrow, sorts=sorts)


def settle(
    *, takes: type | tuple[type, ...], by: str | None, gives: type
) -> Callable[[Function], Function]:
    """
    Declare a stage that is repeated until the table it gives stops changing.

    ``gives`` must be the first of ``takes``: the table that is replaced at every round.
    """
    return _declare("settle", takes, gives, by=by)


def _declare(
    verb: Literal["each", "together", "settle"],
    takes: type | tuple[type, ...],
    gives: type | tuple[type, ...],
    **facts: Any,
) -> Callable[[Function], Function]:
    def keep(function: Function) -> Function:
        function.stage = Stage(  # type: ignore[attr-defined]
            name=f"{function.__module__.rpartition('.')[2]}.{function.__name__}",
            verb=verb,
            function=function,
            takes=takes if isinstance(takes, tuple) else (takes,),
            gives=gives if isinstance(gives, tuple) else (gives,),
            **facts,
        )
        return function

    return keep


def key_of(record_class: type) -> str:
    """Return the column that names a record of this class: its first field."""
    return fields(record_class)[0].name


def column_of(name: str) -> str:
    """Return the published column name of an attribute: ``in_`` is ``in``."""
    return name.rstrip("_")


@cache
def schema_of(record_class: type) -> pa.Schema:
    """Return the Arrow schema of a record class, made from its annotations."""
    import pyarrow as pa

    return pa.schema(_fields_of(record_class))


def _fields_of(record_class: type) -> list[pa.Field]:
    import pyarrow as pa

    of_module = vars(sys.modules[record_class.__module__])
    hints = typing.get_type_hints(record_class, of_module, include_extras=True)
    return [
        pa.field(f.name, arrow_type, nullable=nullable)
        for f in fields(record_class)
        for arrow_type, nullable in [_arrow_type(hints[f.name])]
    ]


def _arrow_type(hint: Any) -> tuple[pa.DataType, bool]:
    """Return the Arrow type of an annotation and whether it may be null."""
    import pyarrow as pa

    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (inner,) = [a for a in args if a is not type(None)]
        return _arrow_type(inner)[0], True
    if origin is Literal:
        return pa.string(), False
    if hint == Repeated:
        return pa.dictionary(pa.int32(), pa.string()), False
    if hint == Small:
        return pa.int32(), False
    if origin is tuple:
        return pa.list_(_arrow_type(args[0])[0]), False
    if is_dataclass(hint):
        return pa.struct(_fields_of(typing.cast(type, hint))), False
    plain = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    return {**plain, bytes: pa.large_binary()}[hint], False


def table_of(record_class: type, records: Iterable[Record]) -> pa.Table:
    """Return the records as one Arrow table of their class; the order is kept."""
    import pyarrow as pa

    rows, schema = list(records), schema_of(record_class)
    writers = _codecs(record_class)
    columns = [
        pa.array([write(getattr(row, name)) for row in rows], type=schema.field(name).type)
        for name, write, _ in writers
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def records_of(record_class: type, table: pa.Table) -> list[Record]:
    """Return the rows of a table as records of their class; the order is kept."""
    codecs = _codecs(record_class)
    columns = [table.column(name).to_pylist() for name, _, _ in codecs]
    names = [name for name, _, _ in codecs]
    for i, (_, _, read) in enumerate(codecs):
        if read is not _same:
            columns[i] = [read(value) for value in columns[i]]
    return [
        record_class(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)
    ]


Codec = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


@cache
def _codecs(record_class: type) -> tuple[tuple[str, Codec, Codec], ...]:
    """Return (column, value → plain, plain → value) for every field; scalars pass as they are."""
    hints = typing.get_type_hints(record_class, vars(sys.modules[record_class.__module__]))
    return tuple((f.name, *_codec(hints[f.name])) for f in fields(record_class))


def _codec(hint: Any) -> tuple[Codec, Codec]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (inner,) = [a for a in args if a is not type(None)]
        write, read = _codec(inner)
        if write is _same:
            return _same, _same
        return (lambda v: None if v is None else write(v)), (
            lambda v: None if v is None else read(v)
        )
    if origin is tuple:
        write, read = _codec(args[0])
        return (lambda v: [write(x) for x in v]), (lambda v: tuple(read(x) for x in v or ()))
    if hint is Span:
        return (
            lambda v: {"start": v.start, "end": v.end},
            lambda v: Span(start=v["start"], end=v["end"]),
        )
    if is_dataclass(hint):
        inner_codecs = _codecs(typing.cast(type, hint))
        cls = typing.cast(Any, hint)
        return (
            lambda v: {name: write(getattr(v, name)) for name, write, _ in inner_codecs},
            lambda v: cls(**{name: read(v[name]) for name, _, read in inner_codecs}),
        )
    return _same, _same


def groups(
    tables: Sequence[tuple[type, pa.Table]], by: str | None
) -> Iterator[tuple[Any, list[list[Record]]]]:
    """
    Yield (key, records of each table) for every key, keys ascending.

    The tables must be ordered by ``by`` already; rows with a null key are passed over.
    """
    lists = [records_of(record_class, table) for record_class, table in tables]
    if by is None:
        yield None, lists
        return
    keyed: dict[Any, list[list[Record]]] = {}
    for i, rows in enumerate(lists):
        for row in rows:
            key = getattr(row, by)
            if key is not None:
                keyed.setdefault(key, [[] for _ in lists])[i].append(row)
    for key in sorted(keyed):
        yield key, keyed[key]


def empty_tables() -> dict[type, pa.Table]:
    """Return an empty table for every record class."""
    return {record_class: table_of(record_class, ()) for record_class in TABLES}


__all__ = [
    "TABLES",
    "Stage",
    "column_of",
    "each",
    "empty_tables",
    "groups",
    "key_of",
    "records_of",
    "schema_of",
    "settle",
    "table_of",
    "together",
    "usable_threads",
]
