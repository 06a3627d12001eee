"""
Learn the points by which run-on pages are cut: boosted trees, written as a table of whole numbers.

Candidates and cues are those of ``firsthand.hints``. Each round adds a small tree of questions
(cue at most value) that lowers the logistic loss most, in small steps; its leaves are rounded to
hundredths of the log-odds. ``scripts/fit-boundaries`` writes the table;
``benchmarks/quality/runons.py`` fits it again without the layouts and articles it measures.

Beside the named layouts there are mixed ones, drawn anew for every page, so that no cue can lean on
the few ways in which the named ones put parts together. A mixed page is held out with each family
that it has a part of.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from firsthand.boundaries import DEPTH, HAND, hinted
from firsthand.hints import Reading
from firsthand.layout import lines_of, text_lines
from firsthand.model import Block
from make_runons import LAYOUTS, MOST_ARTICLES, SINGLES, Layout, Runon, Source, mixed, runon

ROUNDS, RATE, HELD_DOWN = 150, 0.15, 8.0
# A leaf rests on candidates that together are worth as many doubtful ones.
FEWEST = 2.0
MOST_STEPS = 24
# Points are a hundred times the log-odds.
SCALE = 100
# Of the named layouts' pages so many (in hundredths) come on top as mixed ones.
MIXED = 75


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate: its cues, whether an article begins there, the families its page is like."""

    cues: Mapping[str, int]
    begins: bool
    families: frozenset[str]


def examples(page: Runon, families: frozenset[str]) -> list[Example]:
    """Return the candidates of a page."""
    lines = lines_of(page.text, [Block(span=at) for at in text_lines(page.text)])
    places, found = hinted(Reading(lines))
    bodies = [placed.body for placed in page.articles[1:]]
    taken = []
    for at, cues in zip(places, found, strict=True):
        above, below = lines[at.first - 1].span.end, lines[at.body].span.end
        begins = any(above <= body < below for body in bodies)
        taken.append(Example(cues, begins, families))
    return taken


def drawn(groups: Sequence[Sequence[Source]], n_pages: int, rng: random.Random) -> list[Example]:
    """Return candidates of ``n_pages`` pages a layout; a third of them have one article."""
    named = {**LAYOUTS, **SINGLES}
    ways: list[Layout | str] = [name for name in named for _ in range(n_pages)]
    ways += [mixed(rng) for _ in range(len(ways) * MIXED // 100)]
    found: list[Example] = []
    for n, way in enumerate(ways):
        group = rng.choice(groups)
        alone = way in SINGLES or n % 3 == 0
        several = min(rng.randint(2, MOST_ARTICLES), len(group))
        page = runon(way, rng.sample(group, 1 if alone else several), rng)
        like = way.like if isinstance(way, Layout) else frozenset([named[way].family])
        found += examples(page, like)
    return found


def without(taken: Sequence[Example], families: Collection[str]) -> list[Example]:
    """Return the examples of pages that are like none of some families."""
    return [example for example in taken if not example.families & set(families)]


def fit(taken: Sequence[Example]) -> str:
    """Return the table of points that fits the examples, as ``data/boundaries.tsv`` has it."""
    names = sorted({name for example in taken for name in example.cues} - set(HAND))
    values = np.array([[e.cues[name] for name in names] for e in taken])
    true = np.array([e.begins for e in taken], float)
    edges = [_edges(values[:, j]) for j in range(len(names))]
    binned = np.stack([np.searchsorted(edges[j], values[:, j]) for j in range(len(names))], 1)
    share = true.mean()
    base = float(np.log(share / (1 - share)))
    score = np.full(len(taken), base)
    rows = [f"base\t{round(SCALE * base)}"]
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-score))
        asked, leaf, given = _tree(binned, edges, true - chance, chance * (1 - chance))
        score += given[leaf] / SCALE
        questions = [f"{names[j]}<={value}" for j, value in asked]
        rows.append("\t".join([*questions, *map(str, given)]))
    return "\n".join(rows) + "\n"


def _edges(values: np.ndarray) -> np.ndarray:
    """Return the highest values of the steps of a cue, the last step left open."""
    known = np.unique(values)
    if len(known) > MOST_STEPS:
        return np.unique(np.quantile(values, np.arange(1, MOST_STEPS) / MOST_STEPS).astype(int))
    return known[:-1]


def _tree(
    binned: np.ndarray, edges: Sequence[np.ndarray], slope: np.ndarray, curve: np.ndarray
) -> tuple[list[tuple[int, int]], np.ndarray, np.ndarray]:
    """Return a tree's questions (cue, highest value), each example's leaf, what the leaves give."""
    n, n_cues = binned.shape
    steps = max(map(len, edges)) + 1
    at, asked = np.zeros(n, int), []
    for depth in range(DEPTH):
        nodes = 2**depth
        cell = (binned + steps * (np.arange(n_cues) + n_cues * at[:, None])).ravel()
        size = nodes * n_cues * steps
        g = np.bincount(cell, np.repeat(slope, n_cues), size).reshape(nodes, n_cues, steps)
        h = np.bincount(cell, np.repeat(curve, n_cues), size).reshape(nodes, n_cues, steps)
        cue, step = _best(g.cumsum(2), h.cumsum(2))
        for j, k in zip(cue, step, strict=True):
            # Where nothing gains, everything goes one way.
            asked.append((int(j), int(edges[j][k]) if k < len(edges[j]) else 10**9))
        at = 2 * at + (binned[np.arange(n), cue[at]] > step[at])
    g, h = (np.bincount(at, part, 2**DEPTH) for part in (slope, curve))
    return asked, at, np.rint(SCALE * RATE * g / (h + HELD_DOWN)).astype(int)


def _best(g: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cue and the step that gain most at each node, from sums up to every step."""
    all_g, all_h = g[:, :, -1:], h[:, :, -1:]
    gains = g**2 / (h + HELD_DOWN) + (all_g - g) ** 2 / (all_h - h + HELD_DOWN)
    enough = (h > FEWEST) & (all_h - h > FEWEST)
    flat = np.where(enough, gains, -1.0).reshape(len(g), -1)
    found = flat.argmax(1)
    # Nothing to part: the last step of the first cue takes all.
    nothing = flat.max(1) < 0
    steps = g.shape[2]
    cue, step = found // steps, found % steps
    return np.where(nothing, 0, cue), np.where(nothing, steps - 1, step)
