"""
Run stages over tables on one machine.

An engine keeps the promise of ``stage.py`` and nothing else: equal keys together, rows in total
order. Where plain columns do not tell rows apart, the order is DuckDB's, which compares nested
ones; only row numbers come back, so that a table keeps its schema. ``each`` stages over many rows
are spread over processes.

A worker can die: a parser overruns the stack, the kernel needs the memory. A plain
``ProcessPoolExecutor`` then loses the whole job. Here every worker has a pipe of its own, so it is
known what it held: those records are tried once more, each in a process alone, and one that kills
its worker again becomes a row of ``rejected``. So does a record on which a stage raises, whether in
a worker or not: one page never stops a run.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import pyarrow as pa

from firsthand.errors import EngineError
from firsthand.model import Rejected
from firsthand.stage import (
    TABLES,
    Record,
    Stage,
    empty_tables,
    groups,
    key_of,
    records_of,
    table_of,
)

Tables = dict[type, pa.Table]

# Starting a process costs 0.3 s or so; below this many rows one process is done sooner.
FEWEST_ROWS_TO_SPREAD = 400
ROWS_A_TASK = 50
# A settling stage of ours needs as many rounds as the longest chain it follows, far below this.
MOST_ROUNDS = 1000


def run_local(
    stages: Iterable[Stage],
    tables: Mapping[type, pa.Table],
    *,
    workers: int = 1,
    after: Callable[[Stage, Tables], None] | None = None,
) -> Tables:
    """
    Return the tables after all stages ran over them, in order, in this process and ``workers``.

    ``after`` is called when a stage is done. The result is the same for any number of workers and
    any order of input rows, which ``tests/engines`` holds.
    """
    have = empty_tables() | dict(tables)
    for stage in stages:
        for record_class, table in run_stage(stage, have, workers=workers).items():
            replaces = record_class in stage.takes
            have[record_class] = (
                table if replaces else pa.concat_tables([have[record_class], table])
            )
        if after:
            after(stage, have)
    return have


def run_stage(stage: Stage, tables: Mapping[type, pa.Table], *, workers: int = 1) -> Tables:
    """Return what one stage gives, one table for every class in ``gives`` (and ``Rejected``)."""
    if stage.verb == "each":
        return _run_each(stage, tables, workers)
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
    ordered = [(c, in_order(c, tables[c], stage.by)) for c in stage.takes]
    if stage.arrow:
        given = stage.function(*(table for _, table in ordered))
        return dict(given) if isinstance(given, Mapping) else {stage.gives[0]: given}
    found: list[Record] = []
    for _, lists in groups(ordered, stage.by):
        found.extend(stage.function(*lists))
    return _by_class(found, stage.gives)


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
            kept.append(_reject(stage, record, "stage-failed", f"{type(error).__name__}: {error}"))
    return kept


def _run_each(stage: Stage, tables: Mapping[type, pa.Table], workers: int) -> Tables:
    (taken,) = stage.takes
    table = tables[taken]
    spread = workers > 1 and table.num_rows >= FEWEST_ROWS_TO_SPREAD
    tasks = _tasks(stage, tables, ROWS_A_TASK if spread else max(1, table.num_rows))
    gives = tuple(dict.fromkeys([*stage.gives, Rejected]))
    done = _spread(stage, tasks, workers) if spread else [perform(stage, task) for task in tasks]
    found = [record for part in done for record in part]
    try:
        return _by_class(found, gives)
    except (UnicodeError, pa.ArrowInvalid):
        return _by_class(_tables_can_take(stage, found), gives)


Task = list[tuple[Record, ...]]  # each row: the record and what stands beside it


def _tasks(stage: Stage, tables: Mapping[type, pa.Table], size: int) -> Iterator[Task]:
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


def perform(stage: Stage, task: Task) -> list[Record]:
    """Return what the stage gives for the rows of a task; a row it fails on becomes a reject."""
    found: list[Record] = []
    for row in task:
        try:
            # All of what a row gives or nothing: a stage may fail in the middle of it.
            found.extend(list(stage.function(*row)))
        except Exception as error:
            found.append(_reject(stage, row[0], "stage-failed", f"{type(error).__name__}: {error}"))
    return found


def _reject(stage: Stage, record: Record, code: str, why: str) -> Rejected:
    path = getattr(record, "path", None) or str(getattr(record, key_of(type(record))))
    kind = TABLES.get(type(record), type(record).__name__)
    return Rejected(
        path=path,
        record=getattr(record, "record", None),
        code=code,
        reason=f"{stage.name} could not work on this row of {kind}: {why[:300]}",
    )


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: int | None = None


def _spread(stage: Stage, tasks: Iterable[Task], workers: int) -> list[list[Record]]:
    """Return what each task gives, in the order of the tasks, whatever worker did it when."""
    waiting = deque(enumerate(tasks))
    n_tasks = len(waiting)
    done: dict[int, list[Record]] = {}
    held: dict[int, Task] = {}
    crew = [_start(stage) for _ in range(min(workers, n_tasks))]
    try:
        while len(done) < n_tasks:
            for worker in crew:
                if worker.task is None and waiting:
                    worker.task, task = waiting.popleft()
                    held[worker.task] = task
                    _send(worker, task)
            for number, worker in _ready(crew):
                worker.task = None
                try:
                    done[number] = pickle.loads(worker.pipe.recv_bytes())
                except (EOFError, OSError):
                    crew[crew.index(worker)] = _start(stage)
                    _stop(worker)
                    done[number] = _alone(stage, held[number])
                del held[number]
    finally:
        for worker in crew:
            _stop(worker)
    return [done[number] for number in sorted(done)]


def _alone(stage: Stage, task: Task) -> list[Record]:
    """Return what the rows of a task give when each is tried in a process of its own."""
    found: list[Record] = []
    for row in task:
        worker = _start(stage)
        try:
            _send(worker, [row])
            found.extend(pickle.loads(worker.pipe.recv_bytes()))
        except (EOFError, OSError):
            worker.process.join()
            why = f"its worker died twice (exit status {worker.process.exitcode})"
            found.append(_reject(stage, row[0], "worker-died", why))
        finally:
            _stop(worker)
    return found


def _start(stage: Stage) -> _Worker:
    # Spawned, not forked: a fork of a process that holds Arrow's threads can wait for ever.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, stage.function), daemon=True)
    # Ctrl-C is the parent's to answer: a worker inherits that it is to be passed over.
    with _passing_over_interrupts():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _passing_over_interrupts() -> Iterator[None]:
    """Let processes started meanwhile ignore SIGINT; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _send(worker: _Worker, task: Task) -> None:
    # It may have died before it was given anything; reading from it will say so.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        worker.pipe.send_bytes(pickle.dumps(task))


def _ready(crew: Sequence[_Worker]) -> list[tuple[int, _Worker]]:
    """Return the workers that have answered or died, each with the number of its task."""
    busy = {w.pipe: (w.task, w) for w in crew if w.task is not None}
    return [busy[pipe] for pipe in wait(list(busy)) if isinstance(pipe, Connection)]


def _stop(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.terminate()
    worker.process.join()


def work(pipe: Connection, function: Any) -> None:
    """Do tasks that come through ``pipe`` until it closes: the body of a worker process."""
    while True:
        try:
            task = pickle.loads(pipe.recv_bytes())
        except EOFError:
            return
        pipe.send_bytes(pickle.dumps(perform(function.stage, task)))


def usable_workers() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
