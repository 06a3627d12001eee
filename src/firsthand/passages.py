"""
Which passages two texts share: runs of equal words, joined where a few other words lie between.

Seeds of :data:`SEED_WORDS` equal words grow into maximal runs; runs at most
:data:`firsthand.kernels.WIDEST_GAP` words apart chain into passages. A passage without other words
in it is exact, one with them edited. Moved paragraphs are passages of their own, in any order.

Everything here works on the hashes of words (:mod:`firsthand.kernels`), one pair at a time. It is
the definition that the compiled loops over many pairs follow row for row (``pair_loops.py``,
by way of :mod:`firsthand.corpus`).

Known to fail: a passage rewritten so that no :data:`ANCHOR_WORDS` words in a row are left is not
seen; two edited passages less than a gap apart on both sides are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from firsthand import kernels
from firsthand.kernels import Index, Ints

# Runs this short count only inside a passage; shorter, and "of the" would hold passages together.
SEED_WORDS = 3
# Shorter, and "the prime minister said on Tuesday" links strangers.
SHORTEST_PASSAGE_WORDS = 8
# An exact run this long inside an edited passage is also a row of its own (DESIGN §3).
SHORTEST_EXACT_RUN_WORDS = 16
# An edited passage must hold one run of this many words; chance seldom makes one.
ANCHOR_WORDS = 5
# … and this many equal words in all, and as many equal words as others.
FEWEST_EQUAL_WORDS = 12
LEAST_SIMILARITY = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Words of two texts that belong together: first and past-last word, and how many are equal."""

    left: tuple[int, int]
    right: tuple[int, int]
    n_equal: int

    @property
    def similarity(self) -> float:
        """Equal words ÷ words of the longer side."""
        longer = max(self.left[1] - self.left[0], self.right[1] - self.right[0])
        return self.n_equal / longer

    def within(self, other: Passage) -> bool:
        """Return whether both sides lie inside the other's."""
        return all(
            theirs[0] <= mine[0] and mine[1] <= theirs[1]
            for mine, theirs in ((self.left, other.left), (self.right, other.right))
        )


class Seed(NamedTuple):
    """Where an n-gram stands in two texts: the first word of it in either."""

    left: int
    right: int


def between(left: Ints, right: Ints, left_index: Index | None = None) -> list[Passage]:
    """
    Return the passages two texts share, by place: edited ones, and exact ones in or beside them.

    ``left`` and ``right`` are word hashes, ``left_index`` the left text's seeds where at hand.

    >>> a = "Boats left the harbour before dawn on Monday while the crews slept ashore, they said."
    >>> b = "All boats left the harbour before sunrise on Monday while the crews slept ashore."
    >>> words = [kernels.tokenise(text).hash for text in (a, b)]
    >>> [(p.left, p.right, p.n_equal) for p in between(*words)]
    [((0, 13), (1, 14), 12)]
    >>> c = "Crews slept. Boats left at dawn, and the harbour was empty on Monday."
    >>> between(words[0], kernels.tokenise(c).hash)
    []
    """
    found: list[Passage] = []
    runs = kernels.runs(left, right, SEED_WORDS, left_index)
    if runs.length.max(initial=0) < ANCHOR_WORDS:
        return []
    for parts in kernels.chains(runs):
        found.extend(_of_chain(left, right, parts))
    return _without_repeats(found)


def index(words: Ints) -> Index:
    """Return the seeds of a text, made ready to be looked up in by :func:`between`."""
    return kernels.index(kernels.ngrams(words, SEED_WORDS))


def worth_it(left: Ints, right: Ints, seeds: Iterable[Seed]) -> bool:
    """
    Return whether a pair that shares these n-grams, and few others, can share a passage there.

    The run at one of them is long enough by itself, or another run lies within a gap of it. Nearly
    all pairs of articles that share one n-gram share nothing else, and this costs far less than
    looking for every run. What it gives up are passages away from all the n-grams given.
    """
    return any(_may_hold(left, right, seed) for seed in seeds)


def _may_hold(left: Ints, right: Ints, seed: Seed) -> bool:
    start, end = _extended(left, right, seed)
    if end - start >= SHORTEST_PASSAGE_WORDS:
        return True
    shift = seed.right - seed.left
    # A neighbour may overlap the run by less than a seed; on its own diagonal nothing can.
    reach, lap = kernels.WIDEST_GAP + SEED_WORDS, SEED_WORDS - 1
    around = (end - lap, end + reach), (start - reach, start + lap)
    return any(
        _share_a_seed(left[max(0, a) : b], right[max(0, a + shift) : max(0, b + shift)])
        for a, b in around
    )


def _extended(left: Ints, right: Ints, seed: Seed) -> tuple[int, int]:
    """Return begin and end, in the left text, of the run of equal words that holds the seed."""
    (start, at), end = seed, seed.left
    shift = at - start
    while start > 0 and start + shift > 0 and left[start - 1] == right[start + shift - 1]:
        start -= 1
    while end < len(left) and end + shift < len(right) and left[end] == right[end + shift]:
        end += 1
    return start, end


def _share_a_seed(left: Ints, right: Ints) -> bool:
    theirs = _seeds(right)
    return any(seed in theirs for seed in _seeds(left))


def _seeds(words: Ints) -> set[tuple[int, ...]]:
    plain = words.tolist()
    return {tuple(plain[i : i + SEED_WORDS]) for i in range(len(plain) - SEED_WORDS + 1)}


def _of_chain(
    words: Ints, others: Ints, parts: Sequence[tuple[int, int, int]]
) -> Iterator[Passage]:
    """Yield the passage a chain of runs makes, if it is one, and its exact runs worth a row."""
    exact = [Passage(left=(a, a + n), right=(b, b + n), n_equal=n) for a, b, n in parts]
    whole = _edited(words, others, parts) if len(parts) > 1 else None
    if whole:
        yield whole
    shortest = SHORTEST_EXACT_RUN_WORDS if whole else SHORTEST_PASSAGE_WORDS
    yield from (run for run in exact if run.n_equal >= shortest)


def _edited(words: Ints, others: Ints, parts: Sequence[tuple[int, int, int]]) -> Passage | None:
    """Return the runs and what stands between them as one passage; None if too little is equal."""
    if max(n for _, _, n in parts) < ANCHOR_WORDS:
        return None
    (a, b, n_equal), (last_a, last_b, last_n) = parts[0], parts[-1]
    for (at, bt, n), (next_at, next_bt, m) in pairwise(parts):
        between_runs = words[at + n : next_at].tolist(), others[bt + n : next_bt].tolist()
        n_equal += m + kernels.equal_words(*between_runs)
    whole = Passage(left=(a, last_a + last_n), right=(b, last_b + last_n), n_equal=n_equal)
    enough = n_equal >= FEWEST_EQUAL_WORDS and whole.similarity >= LEAST_SIMILARITY
    return whole if enough else None


def _without_repeats(found: Iterable[Passage]) -> list[Passage]:
    """Return the passages without those inside another, but for long exact runs; by place."""
    kept: list[Passage] = []
    around: list[Passage] = []
    for passage in sorted(found, key=_outermost_first):
        own = passage.similarity == 1.0 and passage.n_equal >= SHORTEST_EXACT_RUN_WORDS
        around = [p for p in around if p.left[1] > passage.left[0]]
        if not any(passage.within(p) and not (own and p.similarity < 1.0) for p in around):
            kept.append(passage)
            around.append(passage)
    return kept


def _outermost_first(passage: Passage) -> tuple[int, int, int, int, int]:
    (left, left_end), (right, right_end) = passage.left, passage.right
    return left, -left_end, right, -right_end, -passage.n_equal
