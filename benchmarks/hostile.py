"""
Hostile inputs: ``make hostile``, or ``python benchmarks/hostile.py [--unpacked DIR] [FOLDER …]``.

Unpacks ``hostile/hostile.tar.zst`` under ``FIRSTHAND_DATA`` into a temporary folder (0.5 GB) and
reads all of it, folder by folder, in two ways: file by file up to articles, which tells what every
single input costs; and each folder at once with ``firsthand trace``, as a user would. A row says
how many inputs gave how many captures, what was rejected with which code, what was skipped, the
processor time and the slowest input, and the peak memory of the parent and of its largest worker.

Wrong, and the exit status 1: an input of which nothing is said; a capture that is neither a page
nor rejected; a ``trace`` that ends with any status but 0 and 3, runs longer than ``TRACE_SECONDS``
by the clock or does not account for every input there; a worker over its memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
PACKED = DATA / "hostile" / "hostile.tar.zst"
# A folder of 7,000 pages takes minutes; this is for what would never end.
TRACE_SECONDS = 1800
# What a worker has before it parses anything, beside the limit itself.
WORKER_MIB = 1024 + 100
SLOW_SECONDS = 2.0  # inputs that take longer are listed


def main() -> None:
    """Run over every folder, or the ones named, and leave with 1 if anything was wrong."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    asked.add_argument("--unpacked", type=Path, help="use what was unpacked there before")
    asked.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("folders", nargs="*", help="of the corpus, such as gen/html")
    given = asked.parse_args()
    if given.one:
        print(json.dumps(file_by_file(given.unpacked, given.folders[0])))
    elif given.unpacked:
        sys.exit(all_folders(given.unpacked, given.folders))
    elif not PACKED.is_file():
        sys.exit(f"skipped: no hostile inputs at {PACKED}; set FIRSTHAND_DATA")
    else:
        with tempfile.TemporaryDirectory() as folder:
            unpack(Path(folder))
            sys.exit(all_folders(Path(folder), given.folders))


def unpack(into: Path) -> None:
    """Unpack the corpus; nothing in it may leave the folder."""
    with PACKED.open("rb") as packed:
        stream = zstandard.ZstdDecompressor().stream_reader(packed)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            tar.extractall(into, filter="data")


def folders_of(corpus: Path) -> list[str]:
    """Return the folders of the corpus, two levels deep at most, that hold files."""
    names = {p.relative_to(corpus).parent.parts[:2] for p in corpus.rglob("*") if p.is_file()}
    return sorted("/".join(name) for name in names if name)


def all_folders(unpacked: Path, wanted: list[str]) -> int:
    """Print one row a folder and a sum; return 1 if anything was wrong, 0 if not."""
    corpus = next(p.parent for p in unpacked.rglob("MANIFEST.jsonl"))
    print("| folder | inputs | captures | rejected | skipped | articles | CPU-s | slowest | peak "
          "MiB: parent, worker | trace: status, CPU-s, MiB |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    wrong: list[str] = []
    slow: list[tuple[float, str]] = []
    total: Counter[str] = Counter()
    for folder in wanted or folders_of(corpus):
        told = child(corpus, folder, wrong)
        traced = trace(corpus / folder, told, wrong)
        slow += told["slow"]
        total.update({k: told[k] for k in ("inputs", "captures", "skipped", "articles", "cpu")})
        total["rejected"] += sum(told["codes"].values())
        codes = ", ".join(f"{code} {n}" for code, n in sorted(told["codes"].items()))
        seconds, name = told["slowest"]
        print(
            f"| {folder} | {told['inputs']} | {told['captures']} | {codes} | {told['skipped']} "
            f"| {told['articles']} | {told['cpu']:.0f} | {seconds:.1f} {name} "
            f"| {told['parent']}, {told['worker']} | {traced} |",
            flush=True,
        )
    print({k: round(v) for k, v in total.items()})
    for seconds, name in sorted(slow, reverse=True):
        print(f"slow: {seconds:6.1f} CPU-s  {name}")
    for line in wrong:
        print(f"wrong: {line}")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


def child(corpus: Path, folder: str, wrong: list[str]) -> dict[str, Any]:
    """Return what a process of its own found in a folder, file by file."""
    command = [sys.executable, __file__, "--one", "--unpacked", str(corpus), folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        wrong.append(f"{folder}: file by file ended with status {done.returncode}")
        return {**dict.fromkeys(("inputs", "captures", "skipped", "articles", "cpu", "parent",
                "worker"), 0), "codes": {}, "slowest": (0, ""), "slow": []}  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    wrong += told["wrong"]
    if told["worker"] > WORKER_MIB:
        wrong.append(f"{folder}: a worker used {told['worker']} MiB")
    return told


def trace(folder: Path, told: dict[str, Any], wrong: list[str]) -> str:
    """Trace a folder as a user would; return status, CPU seconds and peak memory in words."""
    command = [sys.executable, "-m", "firsthand", "trace", str(folder), "--json", "--no-text"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=out, stderr=said)
        late = threading.Timer(TRACE_SECONDS, process.kill)
        late.start()
        # Not Popen.wait: the memory of this process, and not of all before it, is wanted.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        late.cancel()
        out.seek(0)
        said.seek(0)
        if process.returncode in (0, 3):
            found = json.load(out)["summary"]
            counted = found["captures"] + found["rejected"] + found["skipped"]
            if counted != told["in_folder"]:
                wrong.append(f"{folder}: trace counted {counted} of {told['in_folder']} inputs")
        else:
            end = said.read()[-300:]
            wrong.append(f"{folder}: trace ended with status {process.returncode}: {end!r}")
    return f"{process.returncode}, {used.ru_utime + used.ru_stime:.0f}, {used.ru_maxrss >> 10}"


def file_by_file(corpus: Path, folder: str) -> dict[str, Any]:
    """Return what the files of a folder gave, each read by itself as far as articles."""
    from firsthand import ingest
    from firsthand.crew import Crew
    from firsthand.engines import run_local
    from firsthand.model import Article, Capture, Page, Rejected, Skipped
    from firsthand.pipeline import FIRST, STAGES, _stage
    from firsthand.stage import records_of, table_of

    chain = [_stage(name) for name in (FIRST, *STAGES[:3])]
    codes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    costs: list[tuple[float, str]] = []
    with Crew(chain[0]) as crew, _Peak(crew) as peak:
        for path in _files(corpus, folder):
            name = str(path.relative_to(corpus))
            before = _cpu(crew)
            found = list(ingest.read([path], None))
            kinds: tuple[type, ...] = (Capture, Rejected, Skipped)
            given = {c: table_of(c, [r for r in found if type(r) is c]) for c in kinds}
            done = run_local(chain, given, crew=crew)
            costs.append((round(_cpu(crew) - before, 1), name))
            rejected = records_of(Rejected, done[Rejected])
            codes.update(row.code for row in rejected)
            counts["inputs"] += 1
            counts["captures"] += given[Capture].num_rows
            counts["skipped"] += sum(r.count for r in records_of(Skipped, given[Skipped]))
            counts["articles"] += done[Article].num_rows
            if not found:
                wrong.append(f"{name}: nothing is said of it")
            read = set(done[Page].column("capture_id").to_pylist())
            lost = {(row.path, row.record) for row in rejected}
            for capture in records_of(Capture, given[Capture]):
                if capture.capture_id not in read and (capture.path, capture.record) not in lost:
                    wrong.append(f"{name}: capture {capture.record} vanished")
        total = _cpu(crew)
    # Not the sum of the above: a file of no known format is skipped in a folder, and where it is
    # named, rejected or read as what it may be.
    whole = ingest.read([corpus / folder], None)
    counts["in_folder"] = sum(r.count if isinstance(r, Skipped) else 1 for r in whole)
    return {
        **{k: counts[k] for k in ("inputs", "captures", "in_folder", "skipped", "articles")},
        "codes": codes,
        "cpu": total,
        "slowest": max(costs, default=(0, "")),
        "slow": [cost for cost in costs if cost[0] >= SLOW_SECONDS],
        "parent": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "worker": peak.mib,
        "wrong": wrong,
    }


def _files(corpus: Path, folder: str) -> Iterator[Path]:
    """Yield the files of a folder; of one that only holds folders of its own row, its own alone."""
    inside = corpus / folder
    deep = len(Path(folder).parts) > 1
    for path in sorted(inside.rglob("*") if deep else inside.iterdir()):
        if path.is_file():
            yield path


def _cpu(crew: Any) -> float:
    """Return the CPU seconds of this process and of its workers, gone ones included."""
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    live = sum(_ticks(worker.process.pid) for worker in list(crew._all))
    return time.process_time() + gone.ru_utime + gone.ru_stime + live / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[11]) + int(fields[12])


class _Peak:
    """The most memory any worker of a crew had, looked at twenty times a second."""

    def __init__(self, crew: Any) -> None:
        self.crew, self.mib = crew, 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> _Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            for worker in list(self.crew._all):
                self.mib = max(self.mib, _peak_mib(worker.process.pid))


def _peak_mib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return max((int(x.split()[1]) >> 10 for x in lines if x.startswith("VmHWM")), default=0)


if __name__ == "__main__":
    main()
