"""
What the titles and openings of many articles say, as rows of numbers.

An article's event is told in its title and first paragraphs. Their words are cut to terms
(:mod:`firsthand.background`), weighted by how few articles of the background have them, and kept in
rows: row *i* holds what article *i* says. Sublinear TF-IDF, title words counted twice more, every
row of length :data:`UNIT`; rare terms, headline, pairs of neighbouring words, days of the week and
years beside it. All are integers, so that sums over them do not depend on an order.

Numbers of terms differ from run to run and mean nothing outside; nothing that is decided depends on
them.

Known to fail: languages other than English, whose every word would look rare: they have no rare
terms, and so meet nobody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from firsthand.background import n_articles, term, term_frequency, term_weight
from firsthand.model import Span
from firsthand.text import WORD

Numbers: TypeAlias = np.ndarray[Any, Any]

OPENING_CHARS = 3000
# Where a text says on which day: "told reporters on Tuesday" stands early.
LEAD_WORDS = 130
TITLE_COUNTS = 2
# What stands for a title where none is known: the first words.
HEADLINE_WORDS = 25
# A term is rare if at most one article in 33 has it: names, places, things; not "officials".
RARE_IN = 33
# Where the table does not know so many of a text's terms, it is not English: in English news one
# in five is the most that was seen, in Spanish six of ten are common.
MOST_UNSEEN_PERCENT = 33
# Both words of a pair stand in fewer than three articles of ten: "harbour master", not "of the".
PAIR_WEIGHT = 120
UNIT = 10_000
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_YEAR, LAST_YEAR = 1980, 2039


@dataclass(frozen=True, slots=True)
class Opening:
    """
    What of an article is compared: title and first characters, furniture left out.

    ``unquoted`` is the same without quotations that others carry too, where there are any; ``read``
    is false for a language that is not covered.
    """

    title: str | None
    text: str
    unquoted: str | None = None
    read: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """Row *i* is ``items[starts[i]:starts[i + 1]]``, ascending, with a value each."""

    starts: Numbers
    items: Numbers
    values: Numbers

    def of(self, row: int) -> slice:
        """Return where row ``row`` lies."""
        return slice(int(self.starts[row]), int(self.starts[row + 1]))

    def places(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return the places of all items of ``rows``, and the end of each row among them."""
        begin = self.starts[rows]
        ends = np.concatenate([[0], np.cumsum(self.starts[rows + 1] - begin)])
        sizes = np.diff(ends)
        return np.arange(ends[-1]) + np.repeat(begin - ends[:-1], sizes), ends


@dataclass(frozen=True, slots=True)
class Openings:
    """
    The openings of a pool, one row each.

    ``terms`` have as values how much of the opening each makes, ``rare`` are those of them few
    articles have, ``headline`` has weights of terms, ``pairs`` has ones. ``weekdays`` and ``years``
    are sets as bits, ``dated`` says that the first words name a weekday. ``names`` and ``weight``
    tell a term's letters and its weight.
    """

    terms: Rows
    rare: Rows
    headline: Rows
    pairs: Rows
    weekdays: Numbers
    dated: Numbers
    years: Numbers
    chars: Numbers
    names: tuple[str, ...]
    weight: Numbers

    def __len__(self) -> int:
        """Return how many articles there are."""
        return len(self.chars)


def opening(text: str, left_out: Iterable[Span] = ()) -> str:
    """
    Return the first characters of a text without the spans, a line break for each.

    >>> opening("Sign up here. Fog hid the pier.", [Span(start=0, end=13)])
    '\\n Fog hid the pier.'
    """
    kept, at = [], 0
    for gap in sorted(left_out):
        kept.append(text[at : max(at, gap.start)])
        at = max(at, gap.end)
    return "\n".join([*kept, text[at : at + OPENING_CHARS]])[:OPENING_CHARS]


def gather(openings: Sequence[Opening]) -> Openings:
    """Return what the openings say as rows of numbers, in the order given."""
    words = _Words()
    said = [words.of(o.text) for o in openings]
    both = list(zip(openings, said, strict=True))
    told = [words.of(o.title) if o.title else s[:HEADLINE_WORDS] for o, s in both]
    unquoted = [s if o.unquoted is None else words.of(o.unquoted) for o, s in both]
    titled = [t if o.title else t[:0] for o, t in zip(openings, told, strict=True)]
    known = words.known()
    terms = _weighted(_keyed([said, *[titled] * TITLE_COUNTS], known), known, len(openings))
    headline = _rows(np.unique(_keyed([told], known)), len(known.weight), len(openings))
    kept = np.isin(headline.items, terms.items) if len(headline.items) else slice(0)
    return Openings(
        terms=terms,
        rare=_rare(terms, known, np.array([o.read for o in openings], bool)),
        headline=_only(replaced(headline, known.weight[headline.items]), kept),
        pairs=_pairs(unquoted, known),
        weekdays=_bits(said, known.weekday),
        dated=_bits([s[:LEAD_WORDS] for s in said], known.weekday) > 0,
        years=_bits(said, known.year),
        chars=np.array([len(o.text) for o in openings], np.int64),
        names=known.names,
        weight=known.weight,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of every word (``term``, ``weekday``, ``year``) and of every term."""

    term: Numbers
    weekday: Numbers
    year: Numbers
    names: tuple[str, ...]
    weight: Numbers
    frequency: Numbers
    long: Numbers


class _Words(dict[str, int]):
    """Word as written → its number, given when first seen."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number

    def of(self, text: str) -> Numbers:
        """Return the numbers of all words of a text, in order."""
        return np.array([self[word] for word in WORD.findall(text)], np.int64)

    def known(self) -> _Known:
        """Return the terms of the words, and what the background and the calendar say of both."""
        numbers: dict[str, int] = {}
        of = [numbers.setdefault(term(word), len(numbers)) for word in self]
        folded = [word.casefold() for word in self]
        return _Known(
            term=np.array(of, np.int64),
            weekday=np.array(
                [1 << WEEKDAYS.index(w) if w in WEEKDAYS else 0 for w in folded], np.int64
            ),
            year=np.array([_year_bit(w) for w in folded], np.int64),
            names=tuple(numbers),
            weight=np.array([term_weight(t) for t in numbers], np.int64),
            frequency=np.array([term_frequency(t) for t in numbers], np.int64),
            long=np.array([len(t) > 1 for t in numbers], bool),
        )


def _year_bit(word: str) -> int:
    """Return one bit for a year news would name, 0 for any other word."""
    if len(word) == 4 and word.isascii() and word.isdecimal():
        year = int(word)
        return 1 << (year - FIRST_YEAR) if FIRST_YEAR <= year <= LAST_YEAR else 0
    return 0


def _keyed(told: Sequence[Sequence[Numbers]], known: _Known) -> Numbers:
    """Return row × number of terms + term for every word of every row."""
    keys = [np.zeros(0, np.int64)]
    for texts in told:
        rows = np.repeat(np.arange(len(texts)), [len(t) for t in texts])
        keys.append(rows * len(known.weight) + known.term[np.concatenate([*texts, keys[0]])])
    return np.concatenate(keys)


def _rows(keys: Numbers, width: int, n: int, values: Numbers | None = None) -> Rows:
    """Return rows of distinct, ascending keys, each row × ``width`` + item."""
    row, items = np.divmod(keys, max(1, width))
    starts = np.searchsorted(row, np.arange(n + 1))
    return Rows(starts, items, np.ones(len(items), np.int64) if values is None else values)


def replaced(rows: Rows, values: Numbers) -> Rows:
    """Return the rows with other values."""
    return Rows(rows.starts, rows.items, values)


def _only(rows: Rows, kept: Any) -> Rows:
    """Return the rows with the items left for which ``kept`` holds."""
    before = np.concatenate([[0], np.cumsum(kept)]) if len(rows.items) else np.zeros(1, np.int64)
    return Rows(before[rows.starts], rows.items[kept], rows.values[kept])


@cache
def _sublinear(most: int) -> Numbers:
    """Return 100 × (1 + ln n) for n up to ``most``: the tenth mention tells less than the first."""
    return np.array([0, *(round(100 * (1 + math.log(n))) for n in range(1, most + 1))], np.int64)


def _weighted(keys: Numbers, known: _Known, n: int) -> Rows:
    """Return the terms of every row with their weights, scaled to a row of length ``UNIT``."""
    keys, counts = np.unique(keys, return_counts=True)
    item = keys % max(1, len(known.weight))
    kept = known.long[item] & (known.weight[item] > 0)
    keys, item, counts = keys[kept], item[kept], np.minimum(counts[kept], OPENING_CHARS)
    weights = known.weight[item] * _sublinear(OPENING_CHARS)[counts] // 100
    rows = _rows(keys, len(known.weight), n, weights)
    sums = np.concatenate([[0], np.cumsum(weights * weights)])[rows.starts]
    lengths = np.array([max(1, math.isqrt(int(s))) for s in np.diff(sums)], np.int64)
    return replaced(rows, UNIT * weights // np.repeat(lengths, np.diff(rows.starts)))


def _rare(terms: Rows, known: _Known, read: Numbers) -> Rows:
    """Return the rare terms of every row that is read; none where too few terms are known."""
    n = np.diff(terms.starts)
    unseen = np.concatenate([[0], np.cumsum(known.frequency[terms.items] == 0)])[terms.starts]
    english = read & (100 * np.diff(unseen) <= MOST_UNSEEN_PERCENT * n)
    rare = known.frequency[terms.items] <= n_articles() // RARE_IN
    return _only(terms, rare & np.repeat(english, n))


def _pairs(texts: Sequence[Numbers], known: _Known) -> Rows:
    """Return the pairs of telling words that stand side by side."""
    row = np.repeat(np.arange(len(texts)), [len(t) for t in texts])
    items = known.term[np.concatenate([*texts, np.zeros(0, np.int64)])]
    telling = known.long[items] & (known.weight[items] > PAIR_WEIGHT)
    left, right = items[:-1], items[1:]
    kept = telling[:-1] & telling[1:] & (left != right) & (row[:-1] == row[1:])
    # Numbered anew, so that row and pair fit into one number.
    pairs = left[kept] * max(1, len(known.weight)) + right[kept]
    every, number = np.unique(pairs, return_inverse=True)
    keys = np.unique(row[:-1][kept] * max(1, len(every)) + number)
    return _rows(keys, len(every), len(texts))


def _bits(texts: Sequence[Numbers], bit: Numbers) -> Numbers:
    """Return for every text the bits of all its words together."""
    return np.array([np.bitwise_or.reduce(bit[t]) if len(t) else 0 for t in texts], np.int64)
