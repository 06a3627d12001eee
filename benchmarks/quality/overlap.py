"""
Is what two articles share copied, and what does each shared passage mean?

Truth: overlap_dev (160 natural overlaps between outlets) and enriched_dev (65 chosen to be richer
in copying), read one by one (own annotation; texts belong to their publishers). A truth span takes
the meaning of the row of reuse that overlaps it most on both sides. Baseline: everything shared is
called copying, as plain text-reuse tools do: 182 of 182 wrong.

    python benchmarks/quality/overlap.py [--wrong]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections import Counter
from pathlib import Path

import zstandard

from firsthand.align import compare
from firsthand.meaning import interpret, relate
from firsthand.model import Article, PairRelation, Reuse, Span, When, digest, span

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data")) / "overlap"
COPYING = ("derived", "common_wire")
MEANINGS = ("copy", "quote", "furniture", "formula")


def article(row: dict) -> Article:
    """Return a row of the set as an article."""
    return Article(
        article_id=row["id"],
        capture_id=row["id"],
        place=0,
        text_id=digest(row["text"]),
        path="overlap",
        title=row.get("title"),
        outlet=row.get("outlet"),
        byline=row.get("author"),
        url=row.get("url"),
        published=When(at=row["date"], precision="day", basis="given") if row.get("date") else None,
        text=row["text"],
    )


def load() -> tuple[dict[str, Article], list[dict]]:
    """Return the articles by id and the annotated pairs."""
    articles: dict[str, Article] = {}
    for name in ("articles", "enriched_articles"):
        with (DATA / f"{name}.jsonl.zst").open("rb") as raw:
            for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8"):
                found = article(json.loads(line))
                articles[found.article_id] = found
    gold = [
        row for name in ("overlap_dev", "enriched_dev")
        for row in json.loads((DATA / f"{name}.json").read_text())
    ]  # fmt: skip
    return articles, gold


def judge(left: Article, right: Article) -> tuple[list[Reuse], PairRelation | None]:
    """Return the rows of reuse of two articles with their meaning, and their relation."""
    rows = [done for row in compare(left, right) for done in interpret(row, left, right)]
    given = list(relate(rows, [left, right], []))
    relations = [r for r in given if isinstance(r, PairRelation)]
    return [r for r in given if isinstance(r, Reuse)], relations[0] if relations else None


def meaning_at(rows: list[Reuse], left: Span, right: Span) -> str:
    """Return the meaning of the row that overlaps the truth span most on both sides."""

    def shared(row: Reuse) -> tuple[int, int]:
        both = [
            max(0, min(a.end, b.end) - max(a.start, b.start))
            for a, b in ((row.left, left), (row.right, right))
        ]
        return min(both), -(row.left.end - row.left.start)

    best = max(rows, key=shared, default=None)
    return "none" if best is None or not shared(best)[0] else str(best.meaning)


def main() -> int:
    """Print copying found and wrong, relations, and F1 of the meaning of spans."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--wrong", action="store_true", help="print the pairs and spans missed")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not there; set FIRSTHAND_DATA")
        return 0
    articles, gold = load()
    relations: Counter[tuple[str, str]] = Counter()
    meanings: Counter[tuple[str, str]] = Counter()
    for g in gold:
        ids = sorted((g["left_id"], g["right_id"]))
        rows, relation = judge(articles[ids[0]], articles[ids[1]])
        got = relation.relation if relation else "none"
        relations[g["relation"], got] += 1
        if options.wrong and (g["relation"] in COPYING) != (got in COPYING):
            print(f"{g['pair_id']}: {g['relation']}, not {got}: {g['why']}")
        for s in g["spans"]:
            sides = {g["left_id"]: span(*s["left"]), g["right_id"]: span(*s["right"])}
            ours = meaning_at(rows, sides[ids[0]], sides[ids[1]])
            meanings[s["meaning"], ours] += 1
            if options.wrong and ours != s["meaning"]:
                text = articles[g["left_id"]].text
                a, b = s["left"]
                rules = [r.rule for r in rows if r.left.overlaps(sides[ids[0]])]
                print(
                    f"  {g['pair_id']}: {s['meaning']}, not {ours} {rules}: "
                    f"{text[max(0, a - 60) : a]!r} [{text[a:b][:200]!r}] {text[b : b + 60]!r}"
                )
    report(relations, meanings)
    return 0


def report(relations: Counter[tuple[str, str]], meanings: Counter[tuple[str, str]]) -> None:
    """Print the figures."""
    found = sum(n for (t, g), n in relations.items() if t in COPYING and g in COPYING)
    total = sum(n for (t, _), n in relations.items() if t in COPYING)
    wrong = sum(n for (t, g), n in relations.items() if t not in COPYING and g in COPYING)
    print(f"copying: {found} of {total} found, {wrong} wrong")
    print("relations, truth → ours:", dict(sorted(relations.items())))
    scores = []
    for m in MEANINGS:
        hit = meanings[m, m]
        ours = sum(n for (_, g), n in meanings.items() if g == m)
        truth = sum(n for (t, _), n in meanings.items() if t == m)
        scores.append(2 * hit / max(1, ours + truth))
        print(
            f"{m:10} precision {hit / max(1, ours):.3f} recall {hit / truth:.3f} "
            f"F1 {scores[-1]:.3f} of {truth}"
        )
    print(f"macro F1 {sum(scores) / len(scores):.3f}")


if __name__ == "__main__":
    sys.exit(main())
