"""
How fast is the reuse stage, how much memory does it take, how does it grow, what do others find?

Truth: planted_10k, real US news articles and 1,500 planted ones of 15 types (texts belong to their
publishers; ramybaly/Article-Bias-Prediction, Apache-2.0 repository). Outlet and date of the plants
are blanked. Every measurement is a process of its own; the texts are in memory before it begins,
CPU seconds are user and system of all its processes together, and memory is the peak beyond what it
was then. The reuse stage is everything between articles and the meaning of what they share. Compare
figures within one run only: machines differ and are noisy.

    python benchmarks/speed/reuse.py [--sizes 2500,5000,11500] [--workers 1,2] [--cold] [--peers]
    python benchmarks/speed/reuse.py --recombined 40000

``--cold`` runs the first size once more with an empty cache of compiled code. ``--recombined N``
makes N articles of the whole set: of each round but the first, all words that are not among the
commonest are respelt, so that copies of one text share what any two texts share and the natural
overlaps within a round stay what they are. Nothing of it is stored.

``--peers`` runs datasketch (MinHash of 128, threshold 0.8), rensa (0.7) and text-dedup (its
defaults) on the first size, over word 5-grams; one that is not installed is said to be skipped.
Found is a planted pair that ends up beside each other, whatever else does.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
FOLDER = DATA / "reuse"
PEERS = ("datasketch", "rensa", "text_dedup")
GRAM_WORDS, PERMUTATIONS = 5, 128
# Words in more articles than this of ten thousand keep their spelling in every round.
COMMON = 2000

Found = set[frozenset[str]]


def rows(size: int) -> list[dict]:
    """Return the plants and the articles they are from, and as many others as make up ``size``."""
    import zstandard

    gold = gold_rows()
    wanted = {g[key] for g in gold for key in ("plant", "source", "host") if g[key]}
    with (FOLDER / "planted_10k.jsonl.zst").open("rb") as raw:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")
        every = [json.loads(line) for line in lines]
    # A part of the set has its share of plants, or it would be denser in copies than the whole.
    share = min(1.0, size / len(every))
    plants = {g["plant"] for g in gold[: round(share * len(gold))]}
    needed = {g[k] for g in gold if g["plant"] in plants for k in ("source", "host") if g[k]}
    taken = [r for r in every if r["id"] in plants or r["id"] in needed]
    rest = (r for r in every if r["id"] not in wanted)
    return [*taken, *islice(rest, max(0, size - len(taken)))]


def gold_rows() -> list[dict]:
    """Return the planted pairs, types mixed."""
    gold = [json.loads(line) for line in (FOLDER / "planted_10k.gold.jsonl").open()]
    nth: Counter[str] = Counter()
    for g in gold:
        g["nth"] = nth[g["type"]]
        nth[g["type"]] += 1
    return sorted(gold, key=lambda g: (g["nth"], g["type"]))


def recombined(size: int) -> Iterator[dict]:
    """Yield ``size`` articles made of the set in rounds, each respelt in its own way."""
    import re

    from firsthand.background import frequency

    whole = rows(11_500)
    word = re.compile(r"\w+")
    for n in range(size):
        number, at = divmod(n, len(whole))
        row = whole[at]
        if number:
            text = word.sub(
                lambda m, r=number: (
                    m.group()
                    if frequency(m.group().casefold()) > COMMON
                    else f"{m.group()}{chr(96 + r)}"
                ),
                row["text"],
            )
            row = {**row, "id": f"{row['id']}.{number}", "text": text}
        yield row


# What is measured, each in a process of its own


def reuse_stage(given: list[dict], workers: int) -> Callable[[], Found]:
    """Return the work of the reuse stage over rows that are in memory."""
    from firsthand import engines, overlaps, pipeline
    from firsthand.model import Article, Reuse, digest
    from firsthand.stage import empty_tables, table_of

    def article(row: dict) -> Article:
        planted = row["outlet"] == "planted"
        return Article(
            article_id=row["id"], capture_id=row["id"], place=0, text_id=digest(row["text"]),
            path="planted_10k", title=None if planted else row.get("title"),
            outlet=None if planted else row["outlet"], text=row["text"], language="en",
        )  # fmt: skip

    tables = empty_tables() | {Article: table_of(Article, map(article, given))}
    given.clear()
    engines.run_local((), tables)

    def work() -> Found:
        settings = pipeline.Settings(workers=workers)
        names = overlaps.after_outlets(pipeline.TO_REUSE)
        have = pipeline.go_on(tables, names, settings=settings)
        ends = (have[Reuse].column(c).to_pylist() for c in ("left_id", "right_id"))
        return {frozenset(pair) for pair in zip(*ends, strict=True)}

    return work


def grams(text: str) -> list[str]:
    """Return the word n-grams of a text, as the documentation of the others makes them."""
    words = text.lower().split()
    return [" ".join(words[i : i + GRAM_WORDS]) for i in range(max(1, len(words) - GRAM_WORDS + 1))]


def datasketch(given: list[dict], _: int) -> Callable[[], Found]:
    """Return the work of MinHash and LSH in datasketch."""
    from datasketch import MinHash, MinHashLSH

    def work() -> Found:
        index = MinHashLSH(threshold=0.8, num_perm=PERMUTATIONS)
        found: Found = set()
        for row in given:
            sketch = MinHash(num_perm=PERMUTATIONS)
            sketch.update_batch([gram.encode("utf-8") for gram in set(grams(row["text"]))])
            found |= {frozenset((row["id"], other)) for other in index.query(sketch)}
            index.insert(row["id"], sketch)
        return found

    return work


def rensa(given: list[dict], _: int) -> Callable[[], Found]:
    """Return the work of R-MinHash and LSH in rensa."""
    from rensa import RMinHash, RMinHashDeduplicator

    def work() -> Found:
        index = RMinHashDeduplicator(threshold=0.7, num_perm=PERMUTATIONS, use_lsh=True)
        found: Found = set()
        for row in given:
            sketch = RMinHash(num_perm=PERMUTATIONS, seed=42)
            sketch.update(grams(row["text"]))
            if not index.add(row["id"], sketch):
                others = index.get_duplicates(sketch)
                found |= {frozenset((row["id"], other)) for other in others}
        return found

    return work


def text_dedup(given: list[dict], _: int) -> Callable[[], Found]:
    """Return the work of text-dedup's command, with its defaults, on one processor."""
    import pickle

    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    source = base / "texts.jsonl"
    with source.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": r["id"], "text": r["text"]}) + "\n" for r in given)
    ids = [row["id"] for row in given]

    def work() -> Found:
        with folder:
            command = [
                sys.executable, "-m", "text_dedup.minhash", "--path", "json",
                "--data_files", str(source), "--split", "train", "--column", "text",
                "--output", str(base / "out"), "--cache_dir", str(base / "cache"),
                "--num_proc", "1", "--debug",
            ]  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, cwd=base)
            if done.returncode:
                raise SystemExit(done.stderr.strip().rpartition("\n")[2])
            with (base / "out" / "uf.pkl").open("rb") as file:
                parents = dict(pickle.load(file).parent)
        groups: dict[int, list[str]] = {}
        for at, parent in parents.items():
            while parents.get(parent, parent) != parent:
                parent = parents[parent]
            groups.setdefault(parent, []).append(ids[at])
        return {
            frozenset((a, b)) for group in groups.values() for a in group for b in group if a < b
        }

    return work


WORK = {
    "firsthand": reuse_stage,
    "datasketch": datasketch,
    "rensa": rensa,
    "text_dedup": text_dedup,
}


def child(name: str, size: int, workers: int, made: bool) -> None:
    """Do one measurement and print it as JSON."""
    given = list(recombined(size)) if made else rows(size)
    n_bytes = sum(len(row["text"].encode("utf-8", "surrogatepass")) for row in given)
    n_articles = len(given)
    work = WORK[name](given, workers)
    before, at_start, wall = _resident(), _spent(), time.perf_counter()
    found = work()
    measured = {
        "articles": n_articles,
        "mb": n_bytes / 1e6,
        "cpu_s": _spent() - at_start,
        "wall_s": time.perf_counter() - wall,
        "extra_mb": max(0.0, (_peak() - before) / 1024),
        "found": _by_type(found, n_articles),
        "pairs": len(found),
    }
    print(json.dumps(measured))


def _spent() -> float:
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in each)


def _resident() -> int:
    """Return the kilobytes of memory held, and begin to watch for the most held from now on."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _status("VmRSS")
    except OSError:  # not Linux: the peak so far is the best there is
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _peak() -> int:
    """Return the most kilobytes held since then, by this process and the largest it started."""
    others = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    try:
        return others + _status("VmHWM")
    except OSError:
        return others + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _by_type(found: Found, n_articles: int) -> dict[str, list[int]]:
    """Return for each type how many planted pairs were found, and how many there are."""
    gold = gold_rows()
    taken = gold[: round(min(1.0, n_articles / 11_500) * len(gold))]
    planted = Counter(g["type"] for g in taken)
    hits = Counter(g["type"] for g in taken if frozenset((g["plant"], g["source"])) in found)
    return {kind: [hits[kind], n] for kind, n in sorted(planted.items())}


# The table


def measured(
    name: str, size: int, workers: int = 1, *, made: bool = False, cold: bool = False
) -> dict:
    """Return one measurement, done in a process of its own."""
    command = [sys.executable, __file__, "--child", name, str(size), str(workers), str(int(made))]
    with tempfile.TemporaryDirectory() as cache:
        env = {**os.environ, "NUMBA_CACHE_DIR": cache} if cold else None
        done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode:
        return {"failed": done.stderr.strip().rpartition("\n")[2]}
    found: dict = json.loads(done.stdout.strip().rpartition("\n")[2])
    return found


def line(label: str, row: dict) -> dict:
    """Print one measurement and return it."""
    if "failed" in row:
        print(f"{label:34} did not run: {row['failed'][:120]}")
        return row
    rate = row["mb"] / row["cpu_s"]
    print(
        f"{label:34}{row['articles']:8,}{row['mb']:9.1f}{row['cpu_s']:9.1f}{row['wall_s']:9.1f}"
        f"{rate:9.1f}{row['extra_mb']:9.0f}{row['pairs']:9,}",
        flush=True,
    )
    return row


def numbers(written: str) -> list[int]:
    """Return the numbers of a list with commas."""
    return [int(part) for part in written.split(",")]


def main() -> int:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--sizes", type=numbers, default=[2500, 5000, 11500])
    parser.add_argument("--workers", type=numbers, default=[1])
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--recombined", type=int, metavar="N")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, *rest = options.child
        size, workers, made = map(int, rest)
        child(name, size, workers, bool(made))
        return 0
    if not FOLDER.is_dir():
        print(f"skipped: {FOLDER} is not there; set FIRSTHAND_DATA")
        return 0
    heads = ("articles", "MB", "CPU-s", "wall s", "MB/CPU-s", "MB more", "pairs")
    print(f"{'':34}{heads[0]:>8}{''.join(f'{h:>9}' for h in heads[1:])}")
    first = options.sizes[0]
    if options.recombined:
        line("recombined", measured("firsthand", options.recombined, made=True))
        return 0
    ours = {
        (size, n): line(f"firsthand, workers {n}", measured("firsthand", size, n))
        for n in options.workers
        for size in options.sizes
    }
    if options.cold:
        line("firsthand, nothing compiled", measured("firsthand", first, cold=True))
    others = {}
    for name in PEERS if options.peers else ():
        if importlib.util.find_spec(name) is None:
            print(f"{name:34} skipped: not installed (group benchmarks)")
        else:
            others[name] = line(name, measured(name, first))
    if options.peers:
        print_found({"firsthand": ours[first, options.workers[0]], **others})
    return 0


def print_found(by_name: dict[str, dict]) -> None:
    """Print the planted pairs each one found, by type."""
    kept = {name: row["found"] for name, row in by_name.items() if "found" in row}
    print(f"\n{'planted pairs found':34}{'planted':>9}{''.join(f'{n:>12}' for n in kept)}")
    kinds: Iterable[str] = next(iter(kept.values()), {})
    for kind in kinds:
        counts = [found[kind] for found in kept.values()]
        print(f"{kind:34}{counts[0][1]:9}{''.join(f'{hit:12}' for hit, _ in counts)}")


if __name__ == "__main__":
    sys.exit(main())
