"""
How well are reused passages found and bounded in chosen pairs of texts? By plagdet, as PAN scores
it.

Truth: the PAN 2013 text alignment training corpus, the half with even suspicious numbers (2,468
pairs in five types; research use). The pairs are compared as ``firsthand reuse --pairs`` does it,
with ``--merge-gap 60 --shortest 150``: PAN asks for cases of some hundred characters.

    python benchmarks/quality/pan13.py [--every 4] [--offset 1] [--no-retellings]

Recall and precision are PAN's: for every case (or detection) the share of its characters, on both
sides together, that detections (or cases) of the same pair hold which touch it on both sides; then
the mean over cases (detections). Granularity is the mean number of detections of a case that was
found. Plagdet = F1 of both ÷ log2(1 + granularity). Every type is scored by itself, so a detection
in a pair of another type does not count here; detections in pairs without any case are counted
below. Baseline others know: Sanchez-Perez 2014: none .894, random .889, translation .884, summary
.577 (on the test corpus). The rules were chosen on every sixth pair; ``--every`` and ``--offset``
take others.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tarfile
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import zstandard

from firsthand import overlaps

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
PACKED = DATA / "pan13" / "pan13_dev.tar.zst"
MERGE_GAP, SHORTEST = 60, 150
TYPES = ("none", "random", "translation", "summary")
FOLDERS = {
    "01-no-plagiarism": "no case",
    "02-no-obfuscation": "none",
    "03-random-obfuscation": "random",
    "04-translation-obfuscation": "translation",
    "05-summary-obfuscation": "summary",
}

Pair = tuple[str, str]


class Case(NamedTuple):
    """Two passages of a pair: characters of the suspicious text and of the source."""

    pair: Pair
    here: tuple[int, int]
    there: tuple[int, int]


def unpack(folder: Path) -> Path:
    """Unpack the corpus and return the folder it lies in."""
    with (
        PACKED.open("rb") as raw,
        zstandard.ZstdDecompressor().stream_reader(raw) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        archive.extractall(folder, filter="data")
    return next(p for p in folder.iterdir() if (p / "susp").is_dir())


def truth_of(corpus: Path, every: int, offset: int) -> dict[str, dict[Pair, list[Case]]]:
    """Return, by type, the cases of every pair taken."""
    found: dict[str, dict[Pair, list[Case]]] = {}
    for folder, kind in FOLDERS.items():
        files = sorted((corpus / folder).glob("*.xml"))[offset::every]
        found[kind] = {pair_of(file): list(_cases(file)) for file in files}
    return found


def pair_of(file: Path) -> Pair:
    """Return the names of the two texts that a file of cases is about."""
    here, _, there = file.stem.partition("-source-")
    return here, f"source-{there}"


def _cases(file: Path) -> Iterable[Case]:
    for feature in ElementTree.parse(file).getroot():
        if feature.get("name") == "plagiarism":
            at = {side: int(feature.get(f"{side}_offset", "0")) for side in ("this", "source")}
            size = {side: int(feature.get(f"{side}_length", "0")) for side in at}
            here, there = ((at[side], at[side] + size[side]) for side in ("this", "source"))
            yield Case(pair_of(file), here, there)


def detected(corpus: Path, pairs: list[Pair], folder: Path, retellings: bool) -> list[Case]:
    """Return the passages firsthand finds in the pairs."""
    rows = folder / "texts.jsonl"
    with rows.open("w", encoding="utf-8") as out:
        for name in sorted({name for pair in pairs for name in pair}):
            file = corpus / ("susp" if name.startswith("susp") else "src") / f"{name}.txt"
            text = file.read_bytes().decode("utf-8")
            out.write(json.dumps({"id": name, "text": text, "outlet": name}) + "\n")
    found = []
    for row in overlaps.reuse(rows, pairs=pairs, merge_gap=MERGE_GAP, shortest=SHORTEST):
        if retellings or row.form != "paraphrased":
            ends = (row.left_given_id, row.left), (row.right_given_id, row.right)
            here, there = sorted(ends, key=lambda end: end[0].startswith("source"))
            spans = [(at.start, at.end) for _, at in (here, there)]
            found.append(Case((here[0], there[0]), *spans))
    return found


def plagdet(truth: list[Case], found: list[Case]) -> tuple[float, float, float, float]:
    """Return plagdet, recall, precision and granularity."""
    recalls = [_held(case, found_in) for case, found_in in _beside(truth, found)]
    precisions = [_held(case, true_in) for case, true_in in _beside(found, truth)]
    recall, precision = (
        sum(share for share, _ in side) / max(1, len(side)) for side in (recalls, precisions)
    )
    times = [n for _, n in recalls if n]
    granularity = sum(times) / len(times) if times else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f1 / math.log2(1 + granularity), recall, precision, granularity


def _beside(cases: list[Case], others: list[Case]) -> Iterable[tuple[Case, list[Case]]]:
    by_pair: dict[Pair, list[Case]] = defaultdict(list)
    for other in others:
        by_pair[other.pair].append(other)
    return ((case, by_pair[case.pair]) for case in cases)


def _held(case: Case, others: list[Case]) -> tuple[float, int]:
    """Return the share of a case's characters that others hold, and how many of them touch it."""
    touching = [o for o in others if _touch(case.here, o.here) and _touch(case.there, o.there)]
    held = sum(
        len({at for o in touching for at in range(max(a, o[side][0]), min(b, o[side][1]))})
        for side, (a, b) in ((1, case.here), (2, case.there))
    )
    size = case.here[1] - case.here[0] + case.there[1] - case.there[0]
    return held / max(1, size), len(touching)


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def main() -> int:
    """Print plagdet by type."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("--no-retellings", action="store_true")
    options = parser.parse_args()
    if not PACKED.is_file():
        print(f"skipped: {PACKED} is not there; set FIRSTHAND_DATA")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = unpack(Path(folder))
        truth = truth_of(corpus, options.every, options.offset)
        pairs = sorted({pair for kind in truth.values() for pair in kind})
        started = time.process_time()
        found = detected(corpus, pairs, Path(folder), not options.no_retellings)
        spent = time.process_time() - started
    print(f"{'type':14}{'cases':>7}{'found':>7}{'plagdet':>9}{'recall':>9}{'prec.':>9}{'gran.':>7}")
    for kind in TYPES:
        cases = [case for of_pair in truth[kind].values() for case in of_pair]
        ours = [case for case in found if case.pair in truth[kind]]
        scores = plagdet(cases, ours)
        numbers = "".join(f"{score:9.3f}" for score in scores[:3])
        print(f"{kind:14}{len(cases):7}{len(ours):7}{numbers}{scores[3]:7.2f}")
    clean = truth["no case"]
    n_false = len({case.pair for case in found if case.pair in clean})
    print(f"pairs without a case: {len(clean)}, with a detection: {n_false}")
    print(f"{len(pairs)} pairs, {spent:.1f} CPU-s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
