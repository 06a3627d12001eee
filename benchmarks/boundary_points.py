"""
Learn the points by which run-on pages are cut: boosted stumps, written as a table of whole numbers.

Candidates and cues are those of ``firsthand.hints``. Each round adds the stump (one cue, one
threshold, for all candidates or for one kind) that lowers the logistic loss most, in small steps;
stumps on one cue add up to a step function, which is all that is kept. ``scripts/fit-boundaries``
writes the table; ``benchmarks/quality/runons.py`` fits it again without the layouts it measures.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from firsthand.boundaries import ARTICLE_WORDS, HAND, KINDS, Points, hinted, points_from
from firsthand.hints import Reading, candidates, scopes
from firsthand.layout import lines_of, text_lines
from firsthand.model import Block
from make_runons import LAYOUTS, MOST_ARTICLES, SINGLES, Runon, Source, runon

ROUNDS, RATE, HELD_DOWN = 220, 0.25, 8.0
MOST_STEPS = 12
# Points are ten times the log-odds.
SCALE = 10
SCOPES = ("any", *KINDS, "far", "near")
# Of the pages of one article that were fitted on, so many in a thousand may hold a false boundary.
FALSE_SINGLES = 15
# Around the best balance F1 hardly changes: as much lower more is found, at hardly any cost.
FLAT = 4


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate: its kind, its cues, whether an article begins there; its page and layout."""

    kind: str
    cues: Mapping[str, int]
    begins: bool
    page: int
    single: bool


def examples(page: Runon, number: int) -> list[Example]:
    """Return the candidates of a page, each with the article above begun where it truly does."""
    lines = lines_of(page.text, [Block(span=at) for at in text_lines(page.text)])
    reading = Reading(lines)
    found, begin = [], 0
    for at in candidates(reading):
        above, below = lines[at.first - 1].span.end, lines[at.body].span.end
        begins = any(above <= placed.body < below for placed in page.articles[1:])
        if (
            reading.words_from(at.body) >= ARTICLE_WORDS
            and reading.words_between(begin, at.first) >= ARTICLE_WORDS
        ):
            cues = hinted(reading, at, begin, ())
            found.append(Example(at.kind, cues, begins, number, len(page.articles) == 1))
        if begins:
            begin = at.start
    return found


def drawn(
    groups: Sequence[Sequence[Source]], n_pages: int, rng: random.Random
) -> dict[str, list[Example]]:
    """Return candidates by family, of ``n_pages`` pages a layout; a third have one article."""
    found: dict[str, list[Example]] = {}
    for layout, how in {**LAYOUTS, **SINGLES}.items():
        for n in range(n_pages):
            group = rng.choice(groups)
            several = min(rng.randint(2, MOST_ARTICLES), len(group))
            alone = layout in SINGLES or n % 3 == 0
            page = runon(layout, rng.sample(group, 1 if alone else several), rng)
            found.setdefault(how.family, []).extend(examples(page, rng.getrandbits(40)))
    return found


def fit(taken: Sequence[Example]) -> str:
    """Return the table of points that fits the examples, as ``data/boundaries.tsv`` has it."""
    names = sorted({name for example in taken for name in example.cues} - set(HAND))
    values = np.array([[e.cues.get(name, -1) for name in names] for e in taken])
    true = np.array([e.begins for e in taken], float)
    edges = [_edges(values[:, j], true > 0) for j in range(len(names))]
    binned = np.stack([np.searchsorted(edges[j], values[:, j]) for j in range(len(names))], 1)
    held = [scopes(e.kind, e.cues) for e in taken]
    rows = {scope: np.flatnonzero([scope in names for names in held]) for scope in SCOPES}
    sizes = [len(steps) + 1 for steps in edges]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    flat = {scope: (binned[rows[scope]] + starts).ravel() for scope in SCOPES}
    given = {(scope, j): np.zeros(len(edges[j]) + 1) for scope in SCOPES for j in range(len(names))}
    share = true.mean()
    score = np.full(len(taken), float(np.log(share / (1 - share))))
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-score))
        slope, curve = true - chance, chance * (1 - chance)
        scope, j, step = _best(flat, rows, sizes, slope, curve)
        given[scope, j] += step
        score[rows[scope]] += step[binned[rows[scope], j]]
    return _table(names, edges, given, taken)


def _edges(values: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return the highest values of the steps of a cue, the last step left open."""
    known = np.unique(values)
    if len(known) > MOST_STEPS:
        at = np.arange(1, MOST_STEPS) / MOST_STEPS
        both = [np.quantile(part, at) for part in (values[true], values[~true])]
        return np.unique(np.concatenate(both).astype(int))
    return known[:-1]


def _best(
    flat: Mapping[str, np.ndarray],
    rows: Mapping[str, np.ndarray],
    sizes: Sequence[int],
    slope: np.ndarray,
    curve: np.ndarray,
) -> tuple[str, int, np.ndarray]:
    """Return the scope, the cue and the step function of the stump that gains most."""
    best = (0.0, "any", 0, np.zeros(sizes[0]))
    for scope in SCOPES:
        each = len(sizes)
        all_g = np.bincount(flat[scope], np.repeat(slope[rows[scope]], each), sum(sizes))
        all_h = np.bincount(flat[scope], np.repeat(curve[rows[scope]], each), sum(sizes))
        start = 0
        for j, n in enumerate(sizes):
            g, h = all_g[start : start + n].cumsum(), all_h[start : start + n].cumsum()
            start += n
            if n < 2:
                continue
            low, high = g[:-1], g[-1] - g[:-1]
            under, over = h[:-1] + HELD_DOWN, h[-1] - h[:-1] + HELD_DOWN
            gains = low**2 / under + high**2 / over
            # A stump for some candidates must gain clearly more than the same for all.
            at = int(gains.argmax())
            gain = gains[at] * (1.0 if scope == "any" else 0.9)
            if gain > best[0]:
                step = np.where(np.arange(n) <= at, low[at] / under[at], high[at] / over[at])
                best = (gain, scope, j, RATE * step)
    return best[1:]


def _table(names, edges, given, taken) -> str:
    rows = ["kind\tcue\tat_most\tpoints"]
    for scope in SCOPES:
        for j, name in enumerate(names):
            whole = np.rint(SCALE * given[scope, j]).astype(int)
            if not whole.any():
                continue
            highest = [*map(str, edges[j]), ""]
            for k, value in enumerate(whole):
                if k + 1 == len(whole) or whole[k + 1] != value:
                    rows.append(f"{scope}\t{name}\t{highest[k]}\t{value}")
    without = "\n".join(rows)
    return f"{without}\nany\tcut\t\t{cut_of(points_from(without), taken)}\n"


def cut_of(points: Points, taken: Sequence[Example]) -> int:
    """Return the cut: the best F1 among those that leave nearly every page of one article whole."""
    scores = np.array([points.of(e.kind, e.cues) for e in taken])
    true = np.array([e.begins for e in taken])
    single = np.array([e.single for e in taken])
    highest: dict[int, int] = {}
    for e, score in zip(taken, scores, strict=True):
        if e.single:
            highest[e.page] = max(score, highest.get(e.page, -999))
    alone = np.array(sorted(highest.values(), reverse=True))
    allowed = len(alone) * FALSE_SINGLES // 1000
    lowest = int(alone[allowed]) + 1 if len(alone) > allowed else -999
    several = ~single

    def f1(cut: int) -> float:
        said = (scores >= cut) & several
        return 2 * (said & true).sum() / max(1, said.sum() + (true & several).sum())

    best = max(range(max(lowest, -50), max(lowest, -50) + 60), key=f1)
    return max(best - FLAT, lowest)
