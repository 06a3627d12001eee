"""
Fit the points of src/firsthand/data/meaning.tsv: which signs make a shared passage a copy.

Logistic regression (ridge, Newton's method; points are hundredths of a natural logarithm of the
odds) over the passages of overlap_dev and enriched_dev that were read one by one, and over planted
ones, which lie within real reports and so are prose with quotations in it; a planted passage has
less weight, since it was not read. A wrong copy is held to cost as much as :data:`COST` missed
ones, for it tells the user that one newsroom took from another.

``benchmarks/quality/overlap.py --folds 5`` refits for each fold; ``scripts/fit-meaning`` writes the
file.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "quality"))
import planted

from firsthand.align import compare
from firsthand.meaning import Side, Signs, side_of, verdict_of, weigh
from firsthand.model import Article, Reuse, Span
from firsthand.spoken import Voices

COST = 5
PLANTED_WEIGHT = 0.25
RIDGE = 0.002
# Articles that have so many word 8-grams in common, none of them in many articles, tell one story.
STORY_GRAMS, GRAM_WORDS, MOST_ARTICLES = 10, 8, 12
# Types of plants that lie within another article.
WITHIN = ("pass", "concat", "shuffle")


@dataclass
class Example:
    """A passage with its sides, what it means, and the story that keeps it in one fold."""

    sides: tuple[Side, Side]
    meaning: str
    story: str
    weight: float


def sides_of(row: Reuse, left: Article, right: Article) -> tuple[Side, Side]:
    """Return both sides of a row of reuse."""
    return (
        side_of(Voices(left.text), (row.left.start, row.left.end)),
        side_of(Voices(right.text), (row.right.start, row.right.end)),
    )


def is_weighed(sides: tuple[Side, Side]) -> bool:
    """Return whether no rule decides before the points do."""
    return not verdict_of(*sides)[2].startswith(("service", "words run"))


def fit(examples: Iterable[Example]) -> list[int]:
    """Return the points of each sign."""
    kept = [e for e in examples if is_weighed(e.sides)]
    x = np.array([weigh(*e.sides).signs for e in kept], float)
    y = np.array([e.meaning == "copy" for e in kept], float)
    weight = np.array([e.weight for e in kept])
    scale = np.maximum(x.std(0), 1e-9)
    scale[0] = 1.0
    z, found = x / scale, np.zeros(x.shape[1])
    ridge = RIDGE * len(y) * (np.arange(x.shape[1]) > 0)
    for _ in range(60):
        p = 1 / (1 + np.exp(-z @ found))
        slope = z.T @ (weight * (p - y)) + ridge * found
        bend = (z.T * (weight * p * (1 - p))) @ z + np.diag(ridge + 1e-9)
        found -= np.linalg.solve(bend, slope)
    points = np.round(100 * found / scale).astype(int)
    points[0] -= round(100 * math.log(COST))
    return [int(n) for n in points]


def stories(articles: Sequence[Article]) -> dict[str, str]:
    """Return for each article the name of its story: articles linked by shared word 8-grams."""
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for a in articles:
        words = a.text.casefold().split()
        for i in range(len(words) - GRAM_WORDS + 1):
            holders[tuple(words[i : i + GRAM_WORDS])].add(a.article_id)
    common: Counter[tuple[str, str]] = Counter()
    for ids in holders.values():
        if 1 < len(ids) <= MOST_ARTICLES:
            common.update((x, y) for x in ids for y in ids if x < y)
    story = {a.article_id: a.article_id for a in articles}
    for (x, y), n in sorted(common.items()):
        if n >= STORY_GRAMS and story[x] != story[y]:
            old, new = story[x], story[y]
            story = {a: new if s == old else s for a, s in story.items()}
    return story


def fold_of(story: str, n_folds: int) -> int:
    """Return the fold of a story: the same in every run."""
    return int(hashlib.sha256(story.encode()).hexdigest(), 16) % n_folds


@dataclass
class Plant:
    """A planted pair: its type, its story, and the sides of all passages the two share."""

    type: str
    story: str
    sides: list[tuple[Side, Side]]
    inside: list[bool]  # whether a passage lies in what was planted


def plants() -> list[Plant]:
    """Return the planted pairs of the types that lie within another article; none without data."""
    if not (planted.DATA / "reuse").is_dir():
        return []
    gold = [json.loads(x) for x in (planted.DATA / "reuse" / "planted_10k.gold.jsonl").open()]
    gold = [g for g in gold if g["type"].startswith(WITHIN)]
    wanted = {g[key] for g in gold for key in ("plant", "source")}
    articles, _ = planted.load(1)
    by_id = {a.article_id: a for a in articles if a.article_id in wanted}
    found = []
    for g in gold:
        ends = sorted((g["plant"], g["source"]))
        left, right = (by_id[end] for end in ends)
        rows = compare(left, right)
        spans = [row.left if ends[0] == g["plant"] else row.right for row in rows]
        sides = [sides_of(row, left, right) for row in rows]
        found.append(Plant(g["type"], g["source"], sides, [_touches(s, g["spans"]) for s in spans]))
    return found


def _touches(at: Span, truth: Sequence[Sequence[int]]) -> bool:
    return any(s[2] < at.end and at.start < s[3] for s in truth)


def examples_of(planted_pairs: Iterable[Plant]) -> list[Example]:
    """Return the planted passages as examples of copying."""
    return [
        Example(sides, "copy", plant.story, PLANTED_WEIGHT)
        for plant in planted_pairs
        for sides, inside in zip(plant.sides, plant.inside, strict=True)
        if inside
    ]


def write(points: Sequence[int], path: Path) -> None:
    """Write the points as the file that the package ships."""
    old = {}
    for line in path.read_text("utf-8").splitlines():
        name, _, rest = line.partition("\t")
        old[name] = rest.partition("\t")[2]
    head = [
        "# Points for (above nought) and against a shared passage's being a reporter's own prose.",
        "# Written by scripts/fit-meaning; meaning.Signs says what is counted.",
        "sign\tpoints\twhat it is",
    ]
    rows = [f"{n}\t{p}\t{old.get(n, '')}" for n, p in zip(Signs._fields, points, strict=True)]
    path.write_text("\n".join([*head, *rows]) + "\n", "utf-8")
