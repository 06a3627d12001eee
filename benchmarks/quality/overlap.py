"""
Is what two articles share copied, and what does each shared passage mean?

Truth: overlap_dev (160 natural overlaps between outlets) and enriched_dev (65 chosen to be richer
in copying), read one by one (own annotation; texts belong to their publishers). A truth span takes
the meaning of the row of reuse that overlaps it most on both sides. Baseline: everything shared is
called copying, as plain text-reuse tools do: 182 of 182 wrong.

    python benchmarks/quality/overlap.py [--wrong] [--folds 5]

With ``--folds N`` the points are fitted N times, each time without one part of the stories
(``benchmarks/fit_meaning.py``), and every pair and every planted passage is judged by points that
did not see its story. That is the figure to go by; without it the shipped points judge what they
were fitted on.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import zstandard

from firsthand.align import compare
from firsthand.meaning import Side, verdict_of
from firsthand.model import (
    Article,
    Furniture,
    PairRelation,
    Reuse,
    Span,
    When,
    digest,
    span,
)
from firsthand.relations import relate
from firsthand.stage import records_of, table_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import fit_meaning

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


@dataclass
class Pair:
    """An annotated pair, its articles in order of their ids, its rows of reuse and their sides."""

    gold: dict
    left: Article
    right: Article
    rows: list[Reuse]
    sides: list[tuple[Side, Side]]
    story: str

    def truth(self) -> list[tuple[str, Span, Span]]:
        """Return meaning, left and right of the truth spans."""
        turned = self.gold["left_id"] != self.left.article_id
        ends = ("right", "left") if turned else ("left", "right")
        return [(s["meaning"], span(*s[ends[0]]), span(*s[ends[1]])) for s in self.gold["spans"]]


def pairs() -> list[Pair]:
    """Return the annotated pairs with what they share."""
    articles, gold = load()
    story = fit_meaning.stories(list(articles.values()))
    found = []
    for g in gold:
        left, right = (articles[i] for i in sorted((g["left_id"], g["right_id"])))
        rows = compare(left, right)
        sides = [fit_meaning.sides_of(row, left, right) for row in rows]
        found.append(Pair(g, left, right, rows, sides, story[left.article_id]))
    return found


def examples(found: list[Pair]) -> list[fit_meaning.Example]:
    """Return the truth spans as examples to fit on."""
    return [
        fit_meaning.Example(p.sides[row], meaning, p.story, 1.0)
        for p in found
        for meaning, left, right in p.truth()
        for row in [row_at(p.rows, left, right)]
        if row is not None
    ]


def judge(
    rows: list[Reuse],
    sides: list[tuple[Side, Side]],
    articles: list[Article],
    points: Sequence[int] | None,
) -> tuple[list[Reuse], PairRelation | None]:
    """Return the rows of reuse of two articles with their meaning, and their relation."""
    told = []
    for row, (left, right) in zip(rows, sides, strict=True):
        meaning, strength, rule = verdict_of(left, right, points)
        told.append(replace(row, meaning=meaning, strength=strength, rule=rule))
    given = relate(table_of(Reuse, told), table_of(Article, articles), table_of(Furniture, []))
    relations = records_of(PairRelation, given[PairRelation])
    return records_of(Reuse, given[Reuse]), relations[0] if relations else None


def row_at(rows: list[Reuse], left: Span, right: Span) -> int | None:
    """Return the number of the row that overlaps the truth span most on both sides."""

    def shared(number: int) -> tuple[int, int]:
        row = rows[number]
        both = [
            max(0, min(a.end, b.end) - max(a.start, b.start))
            for a, b in ((row.left, left), (row.right, right))
        ]
        return min(both), -(row.left.end - row.left.start)

    best = max(range(len(rows)), key=shared, default=None)
    return best if best is not None and shared(best)[0] else None


def main() -> int:
    """Print copying found and wrong, relations, and F1 of the meaning of spans."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--wrong", action="store_true", help="print the pairs and spans missed")
    parser.add_argument("--folds", type=int, default=0, help="refit, each time without a part")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not there; set FIRSTHAND_DATA")
        return 0
    found = pairs()
    plants = fit_meaning.plants() if options.folds else []
    points = fitted(found, plants, options.folds)
    relations: Counter[tuple[str, str]] = Counter()
    meanings: Counter[tuple[str, str]] = Counter()
    for p in found:
        rows, relation = judge(p.rows, p.sides, [p.left, p.right], points(p.story))
        got = relation.relation if relation else "none"
        relations[p.gold["relation"], got] += 1
        if options.wrong and (p.gold["relation"] in COPYING) != (got in COPYING):
            print(f"{p.gold['pair_id']}: {p.gold['relation']}, not {got}: {p.gold['why']}")
        for meaning, left, right in p.truth():
            row = row_at(rows, left, right)
            ours = "none" if row is None else str(rows[row].meaning)
            meanings[meaning, ours] += 1
            if options.wrong and ours != meaning:
                show(p, meaning, ours, left)
    report(relations, meanings)
    report_plants(plants, points)
    return 0


def fitted(
    found: list[Pair], plants: list[fit_meaning.Plant], n_folds: int
) -> Callable[[str], Sequence[int] | None]:
    """Return what gives the points for a story: fitted without its fold, or the shipped ones."""
    if not n_folds:
        return lambda story: None
    known = [*examples(found), *fit_meaning.examples_of(plants)]
    points = [
        fit_meaning.fit(e for e in known if fit_meaning.fold_of(e.story, n_folds) != fold)
        for fold in range(n_folds)
    ]
    return lambda story: points[fit_meaning.fold_of(story, n_folds)]


def show(p: Pair, meaning: str, ours: str, at: Span) -> None:
    """Print a span that was missed, with the words around it."""
    text, rules = p.left.text, [verdict_of(*sides)[2] for sides in p.sides]
    around = text[max(0, at.start - 60) : at.start], text[at.end : at.end + 60]
    print(
        f"  {p.gold['pair_id']}: {meaning}, not {ours} {rules[:4]}: "
        f"{around[0]!r} [{at.of(text)[:200]!r}] {around[1]!r}"
    )


def report_plants(
    plants: list[fit_meaning.Plant], points: Callable[[str], Sequence[int] | None]
) -> None:
    """Print the share of planted pairs with a passage called copy, by type."""
    called: dict[str, list[bool]] = defaultdict(list)
    for plant in plants:
        verdicts = [verdict_of(*sides, points(plant.story)) for sides in plant.sides]
        called[plant.type].append(any(v[0] == "copy" for v in verdicts))
    for kind, told in sorted(called.items()):
        print(f"planted {kind:16} copy {sum(told) / len(told):.2f} of {len(told)}")
    if called:
        told = [t for several in called.values() for t in several]
        print(f"planted, all of these   copy {sum(told) / len(told):.3f} of {len(told)}")


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
