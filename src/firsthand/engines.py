"""
Run stages over tables on one machine.

An engine keeps the promise of ``stage.py`` and nothing else: equal keys together, rows in total
order. Where plain columns do not tell rows apart, the order is DuckDB's, which compares nested
ones; only row numbers come back, so that a table keeps its schema. ``each`` stages over many rows
are spread over a crew of processes (``crew.py``), and so are single rows that a stage wants
guarded. One page never stops a run: a record on which a stage raises, in a worker or not, becomes a
row of ``rejected``, as does one that kills its worker or does not come to an end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import groupby
from typing import Any

import pyarrow as pa

from firsthand.crew import Crew
from firsthand.errors import EngineError
from firsthand.model import Rejected
from firsthand.stage import (
    Record,
    Stage,
    empty_tables,
    groups,
    key_of,
    records_of,
    table_of,
    usable_threads,
)
from firsthand.worker import LIMITS, Limits, Row, is_guarded, perform, reject

Tables = dict[type, pa.Table]

# Starting a process costs 0.3 s or so; below this many rows one process is done sooner.
FEWEST_ROWS_TO_SPREAD = 400
ROWS_A_TASK = 50
# Pages take longer than other rows (20 to 60 ms): fewer at once, and the second worker of a short
# run starts when there is work for its start.
GUARDED_ROWS_A_TASK = 20
# A settling stage of ours needs as many rounds as the longest chain it follows, far below this.
MOST_ROUNDS = 1000


def run_local(
    stages: Iterable[Stage],
    tables: Mapping[type, pa.Table],
    *,
    workers: int = 1,
    limits: Limits = LIMITS,
    crew: Crew | None = None,
    after: Callable[[Stage, Tables], None] | None = None,
) -> Tables:
    """
    Return the tables after all stages ran over them, in order, in this process and ``workers``.

    ``limits`` hold for rows that a stage wants guarded. A ``crew`` given is used for its stage and
    left at work, for one that is run many times. ``after`` is called when a stage is done. The
    result is the same for any number of workers and any order of input rows, which
    ``tests/engines`` holds.
    """
    have = empty_tables() | dict(tables)
    for stage in stages:
        given = run_stage(stage, have, workers=workers, limits=limits, crew=crew)
        for record_class, table in given.items():
            replaces = record_class in stage.takes
            have[record_class] = (
                table if replaces else pa.concat_tables([have[record_class], table])
            )
        if after:
            after(stage, have)
    return have


def run_stage(
    stage: Stage,
    tables: Mapping[type, pa.Table],
    *,
    workers: int = 1,
    limits: Limits = LIMITS,
    crew: Crew | None = None,
) -> Tables:
    """Return what one stage gives, one table for every class in ``gives`` (and ``Rejected``)."""
    if stage.verb == "each" and stage.arrow:
        return _run_each_table(stage, tables, workers)
    if stage.verb == "each":
        if crew is not None and crew.stage is stage:
            return _run_each(stage, tables, crew)
        with Crew(stage, workers, limits) as own:
            return _run_each(stage, tables, own)
    if stage.verb == "together":
        return _run_together(stage, tables)
    return _run_settle(stage, tables)


def in_order(record_class: type, table: pa.Table, by: str | None) -> pa.Table:
    """
    Return the table ordered by ``by``, then by all its columns.

    Where a few plain columns already tell all rows apart, they decide alone, so that long texts and
    nested columns need not be compared: first ``by`` and the record's own key, then all columns
    that are no lists.
    """
    if table.num_rows < 2:
        return table
    keys = table.select([c for c in dict.fromkeys([by, key_of(record_class)]) if c])
    if _tells_apart(keys):
        return table.take(_plain_order(keys))
    plain = _plain_columns(table, by)
    if _tells_apart(plain):
        return table.take(_plain_order(plain))
    return table.take(_nested_order(table, by))


def _plain_columns(table: pa.Table, by: str | None) -> pa.Table:
    """Return the columns that are no lists, structs as their fields, ``by`` first."""
    while any(pa.types.is_struct(f.type) for f in table.schema):
        table = table.flatten()
    names = [f.name for f in table.schema if not pa.types.is_list(f.type)]
    return table.select(([by] if by else []) + [n for n in names if n != by])


def _tells_apart(columns: pa.Table) -> bool:
    names = columns.column_names
    return bool(columns.group_by(names).aggregate([]).num_rows == columns.num_rows)


def _plain_order(columns: pa.Table) -> pa.Array:
    import pyarrow.compute as pc

    return pc.sort_indices(columns, sort_keys=[(n, "ascending") for n in columns.column_names])


def _nested_order(table: pa.Table, by: str | None) -> pa.Array:
    """Return the row numbers in order of all columns, lists too, which DuckDB can compare."""
    import duckdb

    first = [by] if by else []
    names = ", ".join(f'"{c}"' for c in [*first, *(c for c in table.column_names if c != by)])
    with duckdb.connect(":memory:") as db:
        rows = table.append_column("row number", pa.array(range(table.num_rows), pa.int64()))
        db.register("rows", rows)
        numbers = db.sql(f'SELECT "row number" FROM rows ORDER BY {names}').to_arrow_table()
    return numbers.column(0)


def _run_together(stage: Stage, tables: Mapping[type, pa.Table]) -> Tables:
    ordered = [
        (c, tables[c] if stage.sorts else in_order(c, tables[c], stage.by)) for c in stage.takes
    ]
    if stage.arrow:
        given = stage.function(*(table for _, table in ordered))
        return dict(given) if isinstance(given, Mapping) else {stage.gives[0]: given}
    found: list[Record] = []
    for _, lists in groups(ordered, stage.by):
        found.extend(stage.function(*lists))
    return _by_class(found, stage.gives)


def _run_each_table(stage: Stage, tables: Mapping[type, pa.Table], threads: int) -> Tables:
    """Return what a stage over whole tables gives for all rows and the rows they point to."""
    (taken,) = stage.takes
    companions = (tables[c] for c in dict.fromkeys(stage.beside.values()))
    before = usable_threads.set(threads)
    try:
        given = stage.function(tables[taken], *companions)
    finally:
        usable_threads.reset(before)
    return dict(given) if isinstance(given, Mapping) else {stage.gives[0]: given}


def _run_settle(stage: Stage, tables: Mapping[type, pa.Table]) -> Tables:
    (record_class,) = stage.gives
    now = in_order(record_class, tables[record_class], stage.by)
    for _ in range(MOST_ROUNDS):
        given = _run_together(stage, {**tables, record_class: now})[record_class]
        after = in_order(record_class, given, stage.by)
        if after.equals(now):
            return {record_class: after}
        now = after
    raise EngineError(
        f"{stage.name} did not settle within {MOST_ROUNDS} rounds. This is a fault in firsthand: "
        "please report it with the input that shows it.",
        slug="did-not-settle",
    )


def _by_class(records: Iterable[Record], gives: Sequence[type]) -> Tables:
    sorted_out: dict[type, list[Record]] = {c: [] for c in gives}
    for record in records:
        sorted_out[type(record)].append(record)
    return {c: table_of(c, rows) for c, rows in sorted_out.items()}


def _tables_can_take(stage: Stage, records: Sequence[Record]) -> list[Record]:
    """
    Return the records, with those that no table can hold made rejects.

    Half a surrogate pair is no character, and Arrow raises on it. Such records are looked for one
    by one, and only when all of them together have failed.
    """
    kept: list[Record] = []
    for record in records:
        try:
            table_of(type(record), [record])
            kept.append(record)
        except (UnicodeError, pa.ArrowInvalid) as error:
            why = f"{type(error).__name__}: {error}"[:300]
            kept.append(reject(stage, record, "stage-failed", why))
    return kept


def _run_each(stage: Stage, tables: Mapping[type, pa.Table], crew: Crew) -> Tables:
    (taken,) = stage.takes
    spread = crew.workers > 1 and tables[taken].num_rows >= FEWEST_ROWS_TO_SPREAD
    size = GUARDED_ROWS_A_TASK if stage.guarded else max(1, tables[taken].num_rows)
    parts: list[Part | Future[Part]] = []
    for task in _tasks(stage, tables, ROWS_A_TASK if spread else size):
        for away, rows in groupby(task, lambda row: spread or is_guarded(stage, row)):
            held = list(rows)
            parts.append(crew.submit(held) if away else [perform(stage, row) for row in held])
    gives = tuple(dict.fromkeys([*stage.gives, Rejected]))
    found = [record for part in parts for records in _come(part) for record in records]
    parts.clear()
    try:
        return _by_class(found, gives)
    except (UnicodeError, pa.ArrowInvalid):
        return _by_class(_tables_can_take(stage, found), gives)


Part = list[list[Record]]  # what each row of a task gave


def _come(part: Part | Future[Part]) -> Part:
    return part.result() if isinstance(part, Future) else part


def _tasks(stage: Stage, tables: Mapping[type, pa.Table], size: int) -> Iterator[list[Row]]:
    """Yield the rows of an ``each`` stage with their looked-up companions, ``size`` at a time."""
    (taken,) = stage.takes
    index: dict[type, dict[Any, Record]] = {}
    for beside in set(stage.beside.values()):
        rows = records_of(beside, tables[beside])
        index[beside] = {getattr(row, key_of(beside)): row for row in rows}
    table = tables[taken]
    for at in range(0, table.num_rows, size):
        yield [
            (row, *(index[c].get(getattr(row, column)) for column, c in stage.beside.items()))
            for row in records_of(taken, table.slice(at, size))
        ]


def usable_workers() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
