"""
The worker's side of a crew (``crew.py``): rows in, records out, a guard around those that need it.

A guard is two limits of the system, set anew for every row. *Time* is a timer of the kernel on the
processor time of this process; its signal ends the process, whatever code it is in. *Memory* is a
limit on the address space above what the process had after its imports; an allocation over it
fails, which Python and good libraries turn into ``MemoryError``. Memory is limited where the system
has ``/proc`` (Linux), time where it has ``SIGPROF`` (not Windows, where the crew's clock remains).

A worker is no child of ``multiprocessing``: it imports the stage's module and nothing of the script
that called the library, its standard input and output are moved away from where a stage could print
to or read from, and Arrow is not loaded.

Known to fail: memory that a library maps and never touches counts as used; a library that dies on a
failed allocation, instead of saying so, takes the process with it.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from firsthand.model import Rejected
from firsthand.stage import TABLES, Record, Stage, key_of

Row = tuple[Record, ...]  # a record and what stands beside it

# Every code a row can be rejected with here; docs/messages.md has a heading for each.
CODES: Mapping[str, str] = {
    "parse-time": "it took longer than {told} and was given up; "
    "if the page is worth more, raise --parse-seconds",
    "parse-memory": "it needed more than {mib} MiB of memory and was given up; "
    "if the page is worth more, raise --parse-memory",
    "worker-died": "its worker died twice ({told})",
    "stage-failed": "{told}",
}
LENGTH = struct.Struct("<Q")
OUT_OF_MEMORY = "out of memory"  # in place of the records of a row


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one guarded row may use: ``seconds`` of processor time, ``memory`` in bytes."""

    seconds: float = 10.0
    memory: int = 1 << 30


LIMITS = Limits()


def perform(
    stage: Stage, row: Row, *, but: type[Exception] | tuple[type[Exception], ...] = ()
) -> list[Record]:
    """Return what the stage gives for a row; an error becomes a reject, ``but`` is let through."""
    try:
        # All of what a row gives or nothing: a stage may fail in the middle of it.
        return list(stage.function(*row))
    except but:
        raise
    except Exception as error:
        return [reject(stage, row[0], "stage-failed", f"{type(error).__name__}: {error}"[:300])]


def reject(
    stage: Stage, record: Record, code: str, told: str = "", limits: Limits = LIMITS
) -> Rejected:
    """Return the reject that takes the place of what a stage would have given for a record."""
    path = getattr(record, "path", None) or str(getattr(record, key_of(type(record))))
    kind = TABLES.get(type(record), type(record).__name__)
    why = CODES[code].format(told=told, mib=limits.memory >> 20)
    return Rejected(
        path=path,
        record=getattr(record, "record", None),
        code=code,
        reason=f"{stage.name} could not work on this row of {kind}: {why}",
    )


def is_guarded(stage: Stage, row: Row) -> bool:
    """Return whether a row is to be done within limits, in a process that can be ended."""
    return stage.guarded is not None and stage.guarded(row[0])


def write(pipe: IO[bytes], data: bytes) -> None:
    """Write a message that :func:`message` reads on the other side."""
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def message(pipe: IO[bytes]) -> bytes:
    """Return the next message; raises EOFError where the other side is gone."""
    length = pipe.read(LENGTH.size)
    if len(length) < LENGTH.size:
        raise EOFError
    (n_bytes,) = LENGTH.unpack(length)
    data = pipe.read(n_bytes)
    if len(data) < n_bytes:
        raise EOFError
    return data


def serve() -> None:
    """Do the tasks that come through standard input until it ends: the body of a worker process."""
    # Ctrl-C is the parent's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks, answers = _own_pipes()
    module, name, limits = pickle.loads(message(tasks))
    function: Any = import_module(module)
    for attribute in name.split("."):
        function = getattr(function, attribute)
    stage: Stage = function.stage
    guard = _Guard(limits)
    write(answers, pickle.dumps(True))
    while True:
        try:
            rows = pickle.loads(message(tasks))
        except EOFError:
            return
        for row in rows:
            write(answers, _answer(stage, row, guard))


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return the pipes to the parent, moved away from where a stage could print to or read from."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return tasks, answers


def _answer(stage: Stage, row: Row, guard: _Guard) -> bytes:
    """Return the pickled records of a row, within limits if it needs them."""
    if not is_guarded(stage, row):
        return pickle.dumps(perform(stage, row))
    try:
        with guard:
            return pickle.dumps(perform(stage, row, but=MemoryError))
    except MemoryError:
        return pickle.dumps(OUT_OF_MEMORY)


class _Guard:
    """A context within which this process may use so much time and memory, and no more."""

    def __init__(self, limits: Limits) -> None:
        self.seconds = limits.seconds
        self.memory = (taken := _address_space()) and taken + limits.memory
        if hasattr(signal, "SIGPROF"):
            signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def __enter__(self) -> None:
        if self.memory:
            self._limit(self.memory)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, self.seconds)

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)
        if self.memory:
            self._limit(None)

    @staticmethod
    def _limit(n_bytes: int | None) -> None:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if n_bytes is None or (hard != resource.RLIM_INFINITY and n_bytes > hard):
            n_bytes = hard
        resource.setrlimit(resource.RLIMIT_AS, (n_bytes, hard))


def _address_space() -> int | None:
    """Return how many bytes of addresses this process has, or None where no one says."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
