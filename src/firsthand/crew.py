"""
A crew of worker processes that do the rows of a stage, within limits where a row needs a guard.

A parser written in C cannot be interrupted from Python: a page that makes it loop holds the run, a
page that makes it eat memory takes everybody's. So such rows are done in processes of their own,
each within limits of processor time and memory (``worker.py``). A row that sleeps uses no processor
and has ``WALL_FACTOR`` times the limit by the clock; the time a busy machine makes it wait for a
processor is not held against it.

A worker answers row by row, so it is known which row it died on. That row costs the worker and is
tried once more in a fresh one (its predecessors may have worn the first out), unless it ran out of
time; what else the worker held goes on in the next. A worker is started as a plain subprocess, and
what it sends is read as records and nothing else.

Chosen over ``ProcessPoolExecutor``, which loses all its tasks with one worker, and over forking,
which can wait for ever on a lock of Arrow's threads. ``benchmarks/speed/guard.py`` prints what a
worker costs to start and what the guard costs over 500 pages.

Known to fail: a worker whose library dies on a failed allocation is reported as ``worker-died``.
"""

from __future__ import annotations

import contextlib
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import is_dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from firsthand.errors import EngineError
from firsthand.model import Rejected
from firsthand.stage import Record, Stage
from firsthand.worker import (
    LIMITS,
    OUT_OF_MEMORY,
    Limits,
    Row,
    is_guarded,
    message,
    reject,
    write,
)

# A guarded row may take this many times its limit by the clock while it waits for something other
# than a processor; where the system does not say what it waits for, on a busy machine, this leaves
# it a share of one.
WALL_FACTOR = 6
# The parent looks after its workers this often, and counts these looks instead of reading a clock:
# a run that was stopped (Ctrl-Z, a closed lid) has not used up anybody's time.
LOOK_SECONDS = 0.1
# Tasks handed out but not done, for each worker: enough that none waits, few enough to hold.
TASKS_AHEAD = 2
# How a process ends whose timer has run out; there is no such timer on Windows.
OUT_OF_TIME = -signal.SIGPROF if hasattr(signal, "SIGPROF") else None


class Crew:
    """
    Up to ``workers`` processes that do rows of one stage; a context that ends them all on leaving.

    Processes start when there is something to do, and stay for the next :meth:`submit`.
    """

    def __init__(self, stage: Stage, workers: int = 1, limits: Limits = LIMITS) -> None:
        """Start nothing yet."""
        self.stage, self.workers, self.limits = stage, workers, limits
        self._room = threading.Semaphore(workers * TASKS_AHEAD)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="firsthand-crew")
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._watch: threading.Thread | None = None

    def __enter__(self) -> Crew:
        """Return the crew itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every process and thread, at work or not."""
        self._closed.set()
        with self._lock:
            for worker in self._all:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.end()
        if self._watch:
            self._watch.join()

    def submit(self, rows: Sequence[Row]) -> Future[list[list[Record]]]:
        """
        Return the coming answers to some rows, a list of records for each, in their order.

        Waits while more rows are handed out than the crew can work on soon. Raises EngineError
        (from the future's ``result``) where no worker can be started.
        """
        self._room.acquire()
        future = self._threads.submit(self._do, rows)
        future.add_done_callback(lambda _: self._room.release())
        return future

    def _do(self, rows: Sequence[Row]) -> list[list[Record]]:
        """Answer every row, with as many workers one after the other as it takes."""
        found: list[list[Record]] = []
        died_before = False
        while len(found) < len(rows):
            worker = self._take()
            for answer in worker.answers(rows[len(found) :]):
                found.append(answer)
                died_before = False
            if len(found) == len(rows):
                self._idle.append(worker)
                break
            code, told = self._autopsy(worker)
            fresh = code == "parse-memory" and not worker.n_done
            if code == "parse-time" or fresh or died_before:
                found.append([reject(self.stage, rows[len(found)][0], code, told, self.limits)])
                died_before = False
            else:
                died_before = True
        return found

    def _take(self) -> _Worker:
        with self._lock:
            if self._closed.is_set():
                raise _EndedError
            if self._idle:
                return self._idle.pop()
            try:
                worker = _Worker(self.stage, self.limits)
            except OSError as error:
                raise self._no_start(str(error)) from error
            self._all.add(worker)
            if self._watch is None:
                self._watch = threading.Thread(target=self._look_after, daemon=True)
                self._watch.start()
        if not worker.is_ready():
            raise self._no_start(worker.status())
        return worker

    def _no_start(self, why: str) -> EngineError:
        return EngineError(
            f"A worker process could not start ({sys.executable}, {why}). Try the same "
            f"interpreter with: -c 'import {self.stage.function.__module__}'",
            slug="worker-start",
        )

    def _autopsy(self, worker: _Worker) -> tuple[str, str]:
        """Return the code and the circumstances of a worker's end, and forget it."""
        if worker.out_of_memory:
            worker.kill()
        worker.end()
        with self._lock:
            self._all.discard(worker)
        if worker.overdue == worker.n_done:
            return "parse-time", f"{self.limits.seconds * WALL_FACTOR:g} s by the clock"
        if worker.out_of_memory:
            return "parse-memory", ""
        if worker.process.returncode == OUT_OF_TIME:
            return "parse-time", f"{self.limits.seconds:g} s of processor time"
        return "worker-died", worker.status()

    def _look_after(self) -> None:
        """End the workers whose guarded row does not come to an end, until the crew is closed."""
        most = self.limits.seconds * WALL_FACTOR / LOOK_SECONDS
        while not self._closed.wait(LOOK_SECONDS):
            with self._lock:
                for worker in self._all:
                    worker.looks += worker.is_waiting()
                    if worker.guarded and worker.looks > most:
                        worker.overdue = worker.n_done
                        worker.kill()


class _EndedError(Exception):
    """The crew was closed while rows were waiting: nobody asks for their answers."""


class _Worker:
    """
    One process, as its parent sees it.

    ``n_done`` counts the rows it answered, ``looks`` how often it was looked at since the last of
    them; ``overdue`` is the row (by that count) for which it was ended.
    """

    def __init__(self, stage: Stage, limits: Limits) -> None:
        self.stage = stage
        self.looks = self.n_done = 0
        self.guarded = self.out_of_memory = False
        self.overdue: int | None = None
        path = ascii([entry for entry in sys.path if isinstance(entry, str)])
        code = f"import sys; sys.path[:] = {path}; from firsthand.worker import serve; serve()"
        self.process = subprocess.Popen(
            # -P: a folder of captures may be the current one, and is no place to import from.
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._tasks, self._answers = self.process.stdin, self.process.stdout
        function = stage.function
        self._send((function.__module__, function.__qualname__, limits))

    def is_ready(self) -> bool:
        """Return whether the process has started and found its stage."""
        try:
            return bool(self._records(message(self._answers)))
        except EOFError:
            self.end()
            return False

    def answers(self, rows: Sequence[Row]) -> Iterator[list[Record]]:
        """Yield the answer to each row, in order, until there is none: then the worker is lost."""
        self._begin(rows[0])
        self._send(rows)
        for following in [*rows[1:], None]:
            try:
                answer = self._records(message(self._answers))
            except (EOFError, pickle.UnpicklingError):
                return
            if answer == OUT_OF_MEMORY:
                self.out_of_memory = True
                return
            self.n_done += 1
            self._begin(following)
            yield answer

    def _records(self, answer: bytes) -> Any:
        modules = {Rejected.__module__, *(gives.__module__ for gives in self.stage.gives)}
        return _RecordsOnly(BytesIO(answer), modules).load()

    def is_waiting(self) -> bool:
        """Return whether the process wants no processor now; True where no one says (no /proc)."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_bytes()
        except OSError:
            return True
        return not stat.rpartition(b")")[2].lstrip().startswith(b"R")

    def _begin(self, row: Row | None) -> None:
        self.looks = 0
        self.guarded = row is not None and is_guarded(self.stage, row)

    def _send(self, message: Any) -> None:
        # It may have died before it was given anything; reading from it will say so.
        with contextlib.suppress(OSError):
            write(self._tasks, pickle.dumps(message))

    def status(self) -> str:
        """Return how the process ended, in words."""
        status = self.process.returncode
        if status is not None and status < 0:
            with contextlib.suppress(ValueError):
                return f"ended by {signal.Signals(-status).name}"
        return f"exit status {status}"

    def kill(self) -> None:
        """End the process at once; safe to call from any thread, and twice."""
        self.process.kill()

    def end(self) -> None:
        """Wait for the process to be gone, killing it unless it is going, and let go its pipes."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Its pipe is closed before its status is known; killing it now would hide why it died.
            self.process.wait(0 if self._tasks.closed else LOOK_SECONDS)
        self.process.kill()
        self.process.wait()
        for pipe in (self._tasks, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()


class _RecordsOnly(pickle.Unpickler):
    """Reads records and nothing else: a worker that a page got hold of may send anything."""

    def __init__(self, file: IO[bytes], modules: set[str]) -> None:
        super().__init__(file)
        self.modules = modules

    def find_class(self, module: str, name: str) -> Any:
        found = getattr(import_module(module), name, None) if module in self.modules else None
        if not is_dataclass(found):
            raise pickle.UnpicklingError(f"{module}.{name} is no record")
        return found
