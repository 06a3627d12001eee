"""
Clauses of several articles joined into groups that say one thing.

Two clauses are alike as far as the terms they share weigh much of what both say. Groups are joined
by average link, best pair first, and two clauses of one article come into one group only if they
are alike themselves, so that a sentence which states two things cannot chain two claims together.
A passage that the reuse stages tied counts as a stronger likeness; that both count the hurt, or
that one is the purpose of what the other says, is looked at; that one side alone negates, or that
each names somebody else, tells against it.

The numbers below were chosen on twelve stories read sentence by sentence. Known to fail: two facts
in nearly the same words (two villages hit on one day) can be one claim; one fact in quite other
words is missed. The second is the better error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isqrt

from firsthand.figures import FATES
from firsthand.model import Article, Attribution, Reuse, Span

# Likeness is in per mille: weight shared ÷ geometric mean of both weights.
LEAST_LIKENESS = 360  # a pair below this is not looked at
LEAST_AVERAGE = 330  # two groups are joined only if all their cross-article pairs average this
REPEAT_LIKENESS = 560  # a second statement of one article must be this like one of another's
REUSE_BONUS = 150  # what a passage tied by the reuse stages adds
ALIKE_WITHIN = 365  # two statements of one article in one claim must be this like each other
# Two shared terms are a topic, not a fact, unless they are nearly all that both say.
LEAST_SHARED_TERMS = 3
SHORT_LIKENESS = 600
# Two accounts of one accident agree on little but where it was and that people were hurt, and both
# count them.
TOLL_WEIGHT, TOLL_BONUS = 300, 100
# What is left of the likeness where both sides name somebody and nobody is in both.
STRANGE_NAMES = 700
# What is left of a middling likeness where one side negates: such two are mostly two statements.
MIDDLING, ONE_NEGATED = 520, 750
# A purpose must itself say so much of the other clause before its deed is looked at.
SAYS_IT_ITSELF = 200
# A term in more clauses than this for each article makes no candidate pairs (every clause of a
# flood story has *flood*); it still counts towards likeness.
WIDEST_TERM, LEAST_WIDE = 4, 30
# An article may state a claim more than once, but a claim is no summary of the article.
MOST_REPEATS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """
    One statement of one article, with its terms and the words that are attribution in it.

    ``deed`` holds the terms of the clause whose purpose this one gives ("to avoid …"), if it does.
    """

    at: int
    deed: Mapping[str, int] | None
    span: Span
    weights: Mapping[str, int]
    names: frozenset[str]
    is_negated: bool
    total: int
    masks: tuple[Span, ...]
    attributions: tuple[Attribution, ...]


def toll(fate: str) -> str:
    """Return the term that stands for a count of people whom one fate befell."""
    return f"toll {fate}"


TOLLS = frozenset(map(toll, FATES))


def likenesses(
    known: Sequence[Clause], read: Sequence[Article], reuse: Sequence[Reuse]
) -> dict[tuple[int, int], int]:
    """Return (clause, clause) → likeness for the pairs from different articles worth a look."""
    tied = _ties(known, read, reuse)
    found = {}
    for pair in sorted(_candidates(known, len(read)) | tied):
        likeness = likeness_of(known[pair[0]], known[pair[1]])
        found[pair] = min(1000, likeness + (REUSE_BONUS if likeness and pair in tied else 0))
    return {pair: likeness for pair, likeness in found.items() if likeness}


def _candidates(known: Sequence[Clause], n_articles: int) -> set[tuple[int, int]]:
    """Return the pairs of clauses from different articles that share a term few clauses have."""
    postings: dict[str, list[int]] = defaultdict(list)
    for i, c in enumerate(known):
        for key in c.weights:
            postings[key].append(i)
    found: set[tuple[int, int]] = set()
    for rows in postings.values():
        if len(rows) <= max(LEAST_WIDE, WIDEST_TERM * n_articles):
            found.update((i, j) for i, j in combinations(rows, 2) if known[i].at != known[j].at)
    return found


def likeness_of(left: Clause, right: Clause) -> int:
    """
    Return the weight two clauses share against what each says, in per mille.

    A purpose leaves out whose it is ("to prevent them from being hit"): what its deed shares with
    the other clause counts half, and never more than what the purpose itself shares.
    """
    common = left.weights.keys() & right.weights.keys()
    if len(common) < 2:
        return 0
    both = isqrt(left.total * right.total)
    shared = sum(min(left.weights[k], right.weights[k]) for k in common)
    if 1000 * shared >= SAYS_IT_ITSELF * both:
        shared += min(shared, (_unsaid(left, right) + _unsaid(right, left)) // 2)
    likeness = _weighed(min(1000, 1000 * shared // both), left, right)
    is_purpose = left.deed is not None or right.deed is not None
    few = len(common) < LEAST_SHARED_TERMS and not is_purpose
    return 0 if few and likeness < SHORT_LIKENESS else likeness


def _weighed(likeness: int, left: Clause, right: Clause) -> int:
    """Return a likeness after a look at what the terms do not show: names, counts, negation."""
    if left.names and right.names and not left.names & right.names:
        likeness = likeness * STRANGE_NAMES // 1000
    if left.is_negated != right.is_negated and likeness < MIDDLING:
        likeness = likeness * ONE_NEGATED // 1000
    tolls_in_both = left.weights.keys() & right.weights.keys() & TOLLS
    if left.names & right.names and tolls_in_both:
        likeness = min(1000, likeness + TOLL_BONUS)
    return likeness


def _unsaid(purpose: Clause, other: Clause) -> int:
    """Return the weight of what ``purpose`` leaves unsaid, its deed says, and ``other`` says."""
    if purpose.deed is None or other.deed is not None:
        return 0
    deed = purpose.deed
    return sum(deed[k] for k in deed.keys() & other.weights.keys() - purpose.weights.keys())


def _ties(
    known: Sequence[Clause], read: Sequence[Article], reuse: Sequence[Reuse]
) -> set[tuple[int, int]]:
    """Return the pairs of clauses that stand in the same place of the two passages of a row."""
    mine: dict[str, list[int]] = defaultdict(list)
    for i, c in enumerate(known):
        mine[read[c.at].article_id].append(i)
    found: set[tuple[int, int]] = set()
    for row in reuse:
        if row.meaning in ("furniture", "formula") or row.form == "paraphrased":
            continue
        left = [i for i in mine[row.left_id] if _is_mostly_in(known[i].span, row.left)]
        right = [j for j in mine[row.right_id] if _is_mostly_in(known[j].span, row.right)]
        if len(left) == len(right):
            found.update((min(i, j), max(i, j)) for i, j in zip(left, right, strict=True))
    return found


def _is_mostly_in(place: Span, passage: Span) -> bool:
    inside = min(place.end, passage.end) - max(place.start, passage.start)
    return 2 * inside >= place.end - place.start


def joined(known: Sequence[Clause], likeness: Mapping[tuple[int, int], int]) -> list[list[Clause]]:
    """Return clauses joined by average link, best pair first, one or a few an article."""
    group = {i: [i] for i in {i for pair in likeness for i in pair}}
    close = [(value, pair) for pair, value in likeness.items() if value >= LEAST_LIKENESS]
    for _, (i, j) in sorted(close, key=lambda item: (-item[0], item[1])):
        left, right = group[i], group[j]
        if left is not right and _are_one(known, likeness, left, right):
            left.extend(right)
            for k in right:
                group[k] = left
    distinct = {id(g): g for g in group.values()}.values()
    shared = [g for g in distinct if len({known[i].at for i in g}) > 1]
    return [[known[i] for i in _pruned(known, likeness, sorted(g))] for g in shared]


def _are_one(
    known: Sequence[Clause],
    likeness: Mapping[tuple[int, int], int],
    left: Sequence[int],
    right: Sequence[int],
) -> bool:
    """Return whether two groups state one thing: alike on average, and no article states two."""
    across = []
    for i in left:
        for j in right:
            if known[i].at != known[j].at:
                across.append(likeness.get((min(i, j), max(i, j)), 0))
            elif likeness_of(known[i], known[j]) < ALIKE_WITHIN:
                return False
    return sum(across) >= LEAST_AVERAGE * max(1, len(across))


def _pruned(
    known: Sequence[Clause], likeness: Mapping[tuple[int, int], int], members: Sequence[int]
) -> list[int]:
    """Return the members without weak second statements of one article."""

    def best(i: int) -> int:
        return max(likeness.get((min(i, j), max(i, j)), 0) for j in members if j != i)

    kept: list[int] = []
    by_article: dict[int, list[int]] = defaultdict(list)
    for i in members:
        by_article[known[i].at].append(i)
    for rows in by_article.values():
        ranked = sorted(rows, key=lambda i: (-best(i), i))
        kept += ranked[:1]
        kept += [i for i in ranked[1:MOST_REPEATS] if best(i) >= REPEAT_LIKENESS]
    return sorted(kept)


__all__ = ["TOLL_WEIGHT", "Clause", "joined", "likeness_of", "likenesses", "toll"]
