"""
What guarding costs: ``python benchmarks/speed/guard.py``.

Extracts the pages of ``captures/wcxb_dev`` under ``FIRSTHAND_DATA`` (497 of them) with two workers,
with the guard of the stage and without it, in turns, and checks that both give the same; then
starts workers that do nothing. CPU seconds are user and system of all processes together; compare
them within one run only, machines differ and are noisy.
"""

from __future__ import annotations

import os
import resource
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

import zstandard

from firsthand import ingest
from firsthand.crew import Crew
from firsthand.engines import Tables, run_stage
from firsthand.extract import extract
from firsthand.model import Capture, Page
from firsthand.stage import Stage, table_of

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3


def spent() -> float:
    """Return the CPU seconds of this process and of all it has waited for."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def captures_of(packed: Path) -> Tables:
    """Return the pages of the archive as captures."""
    with tempfile.TemporaryDirectory() as folder:
        stream = zstandard.ZstdDecompressor().stream_reader(packed.open("rb"))
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            tar.extractall(folder, filter="data")
        found = [r for r in ingest.read([folder], None) if type(r) is Capture]
    pages = [capture for capture in found if capture.media_type == "text/html"]
    return {Capture: table_of(Capture, pages)}


def main() -> None:
    """Print a line a round, and what a worker costs to start."""
    data = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
    packed = data / "captures" / "wcxb_dev.tar.zst"
    if not packed.is_file():
        sys.exit(f"skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    given = captures_of(packed)
    guarded: Stage = extract.stage  # type: ignore[attr-defined]
    plain = replace(guarded, guarded=None)
    for _ in range(ROUNDS):
        costs, pages = [], []
        for stage in (plain, guarded):
            before = spent()
            pages.append(run_stage(stage, given, workers=2)[Page])
            costs.append(spent() - before)
        if not pages[0].equals(pages[1]):
            sys.exit("guarded and plain give different pages")
        print(f"{pages[0].num_rows} pages: plain {costs[0]:.1f} CPU-s, guarded {costs[1]:.1f}, "
              f"ratio {costs[1] / costs[0]:.3f}")  # fmt: skip
    before = spent()
    for _ in range(ROUNDS):
        with Crew(guarded) as crew:
            crew.submit([]).result()
            crew._take()
    print(f"a worker costs {(spent() - before) / ROUNDS:.2f} CPU-s to start")


if __name__ == "__main__":
    main()
