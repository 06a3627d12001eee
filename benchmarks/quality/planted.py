"""
How much planted reuse is found, by type, and with what spans?

Truth: planted_10k, 10,000 real US news articles and 1,500 planted ones of 15 types (texts belong to
their publishers; ramybaly/Article-Bias-Prediction, Apache-2.0 repository). The outlet and date of a
plant are blanked: they would give it away. Recall counts a planted pair as found when a row of
reuse joins the two articles (or a recapture does); character F1 compares the union of its rows on
the planted side with the planted spans; ``copy`` is the share of the pairs
found that have a row called copy.

    python benchmarks/quality/planted.py [--every 5 | --full]

``--every N`` takes every N-th plant and every N-th other article (the sources and hosts of the
plants taken always come along). Baseline others know: MinHash at 0.8 finds the exact copies only.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import zstandard

from firsthand.align import align
from firsthand.candidates import fingerprint, merge, pair
from firsthand.engines import run_stage
from firsthand.meaning import interpret
from firsthand.model import Article, Pair, Reuse, digest
from firsthand.recaptures import collapse, recapture
from firsthand.relations import relate
from firsthand.stage import empty_tables, records_of, table_of

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))


def article(row: dict) -> Article:
    """Return a row of the set as an article; plants lose their outlet."""
    planted = row.get("outlet") == "planted"
    return Article(
        article_id=row["id"],
        given_id=row["id"],
        capture_id=row["id"],
        place=0,
        text_id=digest(row["text"]),
        path="planted_10k",
        title=None if planted else row.get("title"),
        outlet=None if planted else row.get("outlet"),
        text=row["text"],
    )


def load(every: int) -> tuple[list[Article], list[dict]]:
    """Return the articles taken and the gold rows of the plants taken."""
    folder = DATA / "reuse"
    gold = [json.loads(line) for line in (folder / "planted_10k.gold.jsonl").open()]
    gold = gold[::every]
    wanted = {g[key] for g in gold for key in ("plant", "source", "host") if g[key]}
    articles, n = [], 0
    with (folder / "planted_10k.jsonl.zst").open("rb") as raw:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")
        for line in lines:
            row = json.loads(line)
            plant = row.get("outlet") == "planted"
            n += not plant
            if row["id"] in wanted or (not plant and n % every == 0):
                articles.append(article(row))
    return articles, gold


def reuse_of(articles: list[Article]) -> tuple[list[Article], list[Reuse]]:
    """Return the articles and reuse rows after all reuse stages, with their times on stderr."""
    have = empty_tables() | {Article: table_of(Article, articles)}
    for function in (collapse, fingerprint, pair, merge, align, recapture, interpret, relate):
        started = time.process_time()
        have |= run_stage(function.stage, have)
        spent = time.process_time() - started
        print(f"{function.stage.name:24}{spent:8.1f} CPU-s", file=sys.stderr)
    print(f"{have[Pair].num_rows} pairs, {have[Reuse].num_rows} rows", file=sys.stderr)
    return records_of(Article, have[Article]), records_of(Reuse, have[Reuse])


def characters(spans: list[tuple[int, int]]) -> set[int]:
    """Return the characters the spans cover."""
    return {at for start, end in spans for at in range(start, end)}


def main() -> int:
    """Print recall and character F1 by type."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    if not (DATA / "reuse").is_dir():
        print(f"skipped: {DATA / 'reuse'} is not there; set FIRSTHAND_DATA")
        return 0
    articles, gold = load(1 if options.full else options.every)
    n_chars = sum(len(a.text) for a in articles)
    started = time.process_time()
    articles, reuse = reuse_of(articles)
    spent = time.process_time() - started
    score(gold, articles, reuse)
    print(f"{len(articles)} articles, {n_chars / 1e6:.1f} M characters, {spent:.1f} CPU-s")
    return 0


def score(gold: list[dict], articles: list[Article], reuse: list[Reuse]) -> None:
    """Print one line a type: how many planted, recall, mean character F1 of those found."""
    head_of = {a.article_id: a.copy_of or a.article_id for a in articles}
    rows: dict[frozenset[str], list[Reuse]] = defaultdict(list)
    for row in reuse:
        rows[frozenset((row.left_id, row.right_id))].append(row)
    by_type: dict[str, list[float | None]] = defaultdict(list)
    copied: Counter[str] = Counter()
    for g in gold:
        ends = {g["plant"], g["source"]}
        found = rows.get(frozenset(ends)) or rows.get(frozenset(head_of[e] for e in ends))
        if not found:
            by_type[g["type"]].append(None)
            continue
        copied[g["type"]] += any(r.meaning == "copy" for r in found)
        sides = [r.left if r.left_id == g["plant"] else r.right for r in found]
        truth = characters([(s[2], s[3]) for s in g["spans"]])
        ours = characters([(s.start, s.end) for s in sides])
        by_type[g["type"]].append(2 * len(truth & ours) / max(1, len(truth) + len(ours)))
    print(f"{'type':28}{'n':>5}{'recall':>9}{'char F1':>9}{'copy':>9}")
    for kind, values in sorted(by_type.items()):
        hits = [v for v in values if v is not None]
        mean = sum(hits) / len(hits) if hits else 0.0
        share = copied[kind] / max(1, len(hits))
        print(f"{kind:28}{len(values):5}{len(hits) / len(values):9.3f}{mean:9.3f}{share:9.3f}")


if __name__ == "__main__":
    sys.exit(main())
