"""
How far two articles seem to tell of one event, from what their titles and openings say.

Pairs that share some rare terms are found by way of who has which; then these count, in thousandths
of a logit (:data:`POINTS`): the cosine of the two openings, what the rare terms they share come to,
how much of either headline the other text says, which share of their pairs of neighbouring words
they have in common ("harbour master", "Brannock Point": two texts of one event share phrases, two
of one subject words), and the length of the shorter. Days of the week or years that contradict each
other count against a pair: the same place and people, another day.

The weights began as those of a logistic fit on pairs of the Wikinews and ECB+ development sets and
on pairs of real articles of two outlets in 2012-2020, where the dates, hidden from the fit, say
which are of one event: a day apart at most, or four days and more. They were then rounded and some
set by hand while ``benchmarks/quality/stories.py`` was read, so its figures flatter them.

Known to fail: short texts that share place and people but no event, and name no day; languages
other than English are alike with nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from firsthand.openings import UNIT, Numbers, Openings, Rows

FEWEST_SHARED_RARE = 2
# Thousandths of a cosine that shared rare terms make up: fewer, and two texts share common words.
LEAST_RARE_COSINE = 30
# A term that stands in more articles than this is no way to find pairs (a folder all about one
# thing); it still counts when a pair met over other terms is compared.
MOST_ARTICLES_A_TERM = 1000
LEAST_COSINE = 50
MOST_COMMON = 20_000  # hundredths; far above what two openings can share
FEWEST_CHARS = 50
MOST_POINTS = 9_000


@dataclass(frozen=True, slots=True)
class Points:
    """Thousandths of a logit that each thing two openings share is worth."""

    start: int = -2590
    cosine: int = 2050  # a factor e of cosine + 0.02
    common: int = 160  # a factor e of what the shared rare terms come to
    chars: int = 440  # a factor e of the shorter one's length
    told: int = 1500  # a whole headline said by the other
    pairs: int = 6500  # all pairs of words of the one that has fewer
    other_day: int = -1400
    other_year: int = -380


POINTS = Points()


@dataclass(frozen=True, slots=True)
class Alike:
    """
    Pairs of articles (``left`` < ``right``, places in the pool) and what speaks for each.

    ``matter`` are the points for one subject matter, ``time`` those that days and years named in
    the texts take away from one event.
    """

    left: Numbers
    right: Numbers
    matter: Numbers
    time: Numbers


def alike(pool: Openings, may_meet: Callable[[int, Numbers], Numbers]) -> Alike:
    """
    Return every pair that shares enough to be looked at, with its points.

    ``may_meet`` says which of some later articles an article may be held against at all.
    """
    scratch = _Scratch(pool)
    met = Meetings(pool.rare, len(pool))
    found = []
    for i in range(len(pool)):
        others = met.with_later(i)
        found.append(scratch.points(i, others[may_meet(i, others)] if len(others) else others))
    empty = np.zeros(0, np.int64)
    columns = zip(*found, strict=True) if found else [[empty]] * 4
    return Alike(*(np.concatenate([empty, *column]) for column in columns))


class Meetings:
    """Who shares rare terms with whom."""

    def __init__(self, rare: Rows, n: int) -> None:
        """Turn rows of rare terms into the rows each term stands in."""
        self.rare, self.n = rare, n
        row = np.repeat(np.arange(n), np.diff(rare.starts))
        order = np.argsort(rare.items, kind="stable")
        self.holder, self.value = row[order], rare.values[order].astype(np.float64)
        self.place = np.empty(len(order), np.int64)
        self.place[order] = np.arange(len(order))
        width = int(rare.items.max()) + 1 if len(rare.items) else 1
        n_held = np.bincount(rare.items, minlength=width)
        self.end = np.cumsum(n_held)
        self.way = n_held <= MOST_ARTICLES_A_TERM

    def with_later(self, i: int) -> Numbers:
        """Return the later rows that share enough rare terms with row ``i``, ascending."""
        at = np.arange(self.rare.starts[i], self.rare.starts[i + 1])
        at = at[self.way[self.rare.items[at]]]
        begin = self.place[at] + 1
        sizes = self.end[self.rare.items[at]] - begin
        if len(at) < FEWEST_SHARED_RARE or not (total := int(sizes.sum())):
            return np.zeros(0, np.int64)
        ends = np.cumsum(sizes)
        places = np.arange(total) + np.repeat(begin - ends + sizes, sizes)
        # One sum for both: how many terms are shared stands above what they come to.
        values = self.value[places] * np.repeat(self.rare.values[at], sizes) + (1 << 32)
        sums = np.bincount(self.holder[places] - i, weights=values).astype(np.int64)
        enough = (sums >> 32 >= FEWEST_SHARED_RARE) & (
            (sums & 0xFFFFFFFF) >= LEAST_RARE_COSINE * UNIT * UNIT // 1000
        )
        found: Numbers = np.flatnonzero(enough) + i
        return found


class _Scratch:
    """One article's terms laid out by number, to be read off along the rows of others."""

    def __init__(self, pool: Openings) -> None:
        self.pool = pool
        n_terms = len(pool.weight)
        self.value = np.zeros(n_terms, np.int64)
        self.common = np.zeros(n_terms, np.int64)
        self.headline = np.zeros(n_terms, np.int64)
        self.pair = np.zeros(int(pool.pairs.items.max(initial=-1)) + 1, np.int64)
        self.told = np.maximum(1, _sums(pool.headline.values, pool.headline.starts))
        self.n_pairs = np.maximum(1, np.diff(pool.pairs.starts))

    def points(self, i: int, others: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return (left, right, matter, time) of article ``i`` with each of ``others``."""
        if not len(others):
            return (others,) * 4
        pool = self.pool
        terms, rare = pool.terms.of(i), pool.rare.items[pool.rare.of(i)]
        headline, pairs = pool.headline.of(i), pool.pairs.items[pool.pairs.of(i)]
        items = pool.terms.items[terms]
        self.value[items] = pool.terms.values[terms]
        self.common[rare] = pool.weight[rare] ** 2
        self.headline[pool.headline.items[headline]] = pool.headline.values[headline]
        self.pair[pairs] = 1
        found = self._compared(i, others)
        self.value[items] = self.common[rare] = self.pair[pairs] = 0
        self.headline[pool.headline.items[headline]] = 0
        return found

    def _compared(self, i: int, others: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        pool = self.pool
        at, ends = pool.terms.places(others)
        values = pool.terms.values[at] * self.value[pool.terms.items[at]]
        cosine = _sums(values, ends) // (UNIT * UNIT // 1000)
        # Most end here: the rest is looked at for those that are left.
        kept = cosine >= LEAST_COSINE
        cosine, others = cosine[kept], others[kept]
        at, ends = pool.rare.places(others)
        common = _sums(self.common[pool.rare.items[at]], ends) // 900
        told = 1000 * self._told(others) // self.told[i]
        at, ends = pool.headline.places(others)
        known = self.value[pool.headline.items[at]] > 0
        told += 1000 * _sums(pool.headline.values[at] * known, ends) // self.told[others]
        at, ends = pool.pairs.places(others)
        pairs = _sums(self.pair[pool.pairs.items[at]], ends)
        pairs = 1000 * pairs // np.minimum(self.n_pairs[i], self.n_pairs[others])
        chars = np.minimum(pool.chars[i], pool.chars[others])
        matter = points(cosine, common, told, pairs, chars)
        return np.full(len(others), i, np.int64), others, matter, self._times(i, others)

    def _told(self, others: Numbers) -> Numbers:
        """Return how much of the headline laid out the others say, by weight."""
        at, ends = self.pool.terms.places(others)
        return _sums(self.headline[self.pool.terms.items[at]], ends)

    def _times(self, i: int, others: Numbers) -> Numbers:
        """Return the points that contradicting days of the week and years take away."""
        pool = self.pool
        days = pool.dated[i] & pool.dated[others] & (pool.weekdays[i] & pool.weekdays[others] == 0)
        years = (pool.years[i] > 0) & (pool.years[others] > 0)
        years &= pool.years[i] & pool.years[others] == 0
        found: Numbers = days * POINTS.other_day + years * POINTS.other_year
        return found


def _sums(values: Numbers, ends: Numbers) -> Numbers:
    """Return the sums of runs of values; ``ends`` begins with the first run's start."""
    sums: Numbers = np.diff(np.concatenate([[0], np.cumsum(values)])[ends])
    return sums


def points(
    cosine: Numbers, common: Numbers, told: Numbers, pairs: Numbers, chars: Numbers
) -> Numbers:
    """
    Return the points for one matter, in thousandths of a logit.

    ``cosine``, ``told`` and ``pairs`` are thousandths (``told`` of both headlines together),
    ``common`` hundredths, ``chars`` the characters of the shorter opening.
    """
    of = POINTS
    summed = (
        of.cosine * _logs(1_001, 20)[np.minimum(cosine, 1000)]
        + of.common * _logs(MOST_COMMON + 1, 100, 100)[np.minimum(common, MOST_COMMON)]
        + of.chars * _logs(3_001, 0, 1)[np.clip(chars, FEWEST_CHARS, 3000)]
        + of.told * told
        + of.pairs * pairs
    )
    found: Numbers = of.start + summed // 1000
    return found


@cache
def _logs(n: int, plus: int, unit: int = 1000) -> Numbers:
    """Return 1000 × ln((k + plus) / unit) for k from 0 to n - 1: one table, the same everywhere."""
    return np.array([round(1000 * math.log(max(1, k + plus) / unit)) for k in range(n)], np.int64)


@cache
def _shares() -> Numbers:
    span = range(-MOST_POINTS, MOST_POINTS + 1)
    return np.array([min(999, round(1000 / (1 + math.exp(-p / 1000)))) for p in span], np.int64)


def likeness(points: Numbers) -> Numbers:
    """
    Return how alike pairs with so many points are, in thousandths, 0 to 999.

    >>> likeness(np.array([-2000, 0, 2000])).tolist()
    [119, 500, 881]
    """
    found: Numbers = _shares()[np.clip(points, -MOST_POINTS, MOST_POINTS) + MOST_POINTS]
    return found


def shared_rare(pool: Openings, i: int, j: int) -> Iterator[int]:
    """Yield the rare terms that two articles share, those that tell most first."""
    rare = pool.rare
    both = np.intersect1d(rare.items[rare.of(i)], rare.items[rare.of(j)]).tolist()
    yield from sorted(both, key=lambda t: (-int(pool.weight[t]), pool.names[t]))
