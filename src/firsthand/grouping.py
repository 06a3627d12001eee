"""
Likenesses of pairs → groups: the most alike are joined first, while a group holds together.

What counts between two groups is mostly the mean over *all* their pairs, so that two stories do not
run together over one article that touches both, and partly the best pair, so that one who knows a
single member well is not shut out. Two single articles must be much alike; the more articles a
group has, the less each of its pairs has to show. And two groups that hold together inside better
than they do with each other stay two: the same place and people, another event.

Everything is an integer and ties are broken by number, so one input has one answer.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence

MILLION = 1_000_000
Pair = tuple[int, int]
Period = tuple[int, int]
# A pair so much alike is one whatever the dates say: copied prose, which a republisher dates anew.
SETTLED = 1000
# The one setting that tightens or loosens stories: how alike, in thousandths, two single articles
# must be to be one; and what it is called elsewhere. What the pairs of a large group must come to
# follows from it.
ALIKE = 600
SETTINGS = {"tight": 800, "default": ALIKE, "loose": 400}
# Tenths that the best pair counts beside the mean.
BEST = 3
# What a single article has with a group must come near this share of what the group has inside. One
# that may be of any day needs more to join a group of known days, since nothing says that it is of
# them: less lets in the same place and people at another time.
SINGLE, SINGLE_OF_ANY_DAY = (2, 5), (3, 4)
# What two groups have between them must come up to what the looser has inside, and a little more
# where the other holds together better.
LOOSER, TIGHTER = 5, 1
# Small groups have few pairs to tell by: theirs are mixed with some at the lower threshold.
MIXED_IN = 2


def average_link(
    n: int,
    similar: dict[Pair, int],
    alike: int,
    among_many: int,
    days: Sequence[Period | None] = (),
    most_days: int = 0,
) -> list[list[int]]:
    """
    Return groups of 0 … n-1 by the likenesses of pairs, in thousandths; a pair not given counts 0.

    Two single ones join from ``alike`` on; for groups the threshold falls to ``among_many``. Where
    ``days`` gives the first and last day each can be of, a group spans ``most_days`` at most,
    unless a pair that is :data:`SETTLED` joins it.

    >>> average_link(4, {(0, 1): 500, (1, 2): 400}, 300, 300)
    [[0, 1], [2], [3]]

    Two close groups are not one though what lies between them would do for single articles:

    >>> between = {(i, j): 350 for i in (0, 1, 2) for j in (3, 4, 5)}
    >>> inside = {(0, 1): 900, (0, 2): 900, (1, 2): 900, (3, 4): 900, (3, 5): 900, (4, 5): 900}
    >>> average_link(6, between | inside, 300, 100)
    [[0, 1, 2], [3, 4, 5]]
    """
    groups = {i: [i] for i in range(n)}
    spans = dict(enumerate(days))
    inside = dict.fromkeys(range(n), 0)
    links: dict[int, dict[int, Pair]] = defaultdict(dict)  # group → group → (sum, best)
    for (i, j), similarity in similar.items():
        links[i][j] = links[j][i] = (similarity, similarity)
    heap = [(-MILLION * v, i, j) for (i, j), v in similar.items() if v >= alike]
    heapq.heapify(heap)
    while heap:
        link, i, j = heapq.heappop(heap)
        if i not in groups or j not in groups:
            continue
        span = _span(spans.get(i), spans.get(j))
        if span and span[0] - span[1] > most_days:
            if links[i][j][1] < SETTLED:
                continue
            # A republisher's date is the later one.
            span = min(spans[i] or span, spans[j] or span)
        less, more = sorted(_inside(inside[k], len(groups[k]), among_many) for k in (i, j))
        any_day = (spans.get(i) is None) != (spans.get(j) is None)
        if -link < asked(less, more, any_day):
            continue
        merged, n = n, n + 1
        inside[merged] = inside.pop(i) + inside.pop(j) + links[i][j][0]
        groups[merged] = sorted(groups.pop(i) + groups.pop(j))
        spans[merged] = span
        _join(links, i, j, merged)
        for k, (total, best) in links[merged].items():
            sizes = len(groups[merged]), len(groups[k])
            link = linked(total, best, *sizes)
            if link >= floor(max(sizes), alike, among_many):
                heapq.heappush(heap, (-link, k, merged))
    return sorted(groups.values())


def _span(left: Period | None, right: Period | None) -> Period | None:
    """Return the latest first day and the earliest last day of two groups, which lie between."""
    if left is None or right is None:
        return left or right
    return max(left[0], right[0]), min(left[1], right[1])


def linked(total: int, best: int, left: int, right: int) -> int:
    """Return in millionths of a thousandth what lies between two groups of such sizes."""
    return MILLION * ((10 - BEST) * total + BEST * best * left * right) // (10 * left * right)


def floor(size: int, alike: int, among_many: int) -> int:
    """
    Return the link that a group of ``size`` asks at least, in millionths of a thousandth.

    >>> [floor(size, 500, 100) // MILLION for size in (1, 2, 4, 100)]
    [500, 300, 200, 104]
    """
    return MILLION * among_many + MILLION * (alike - among_many) // size


def asked(less: int, more: int, any_day: bool = False) -> int:
    """
    Return the link asked of two groups that have so much inside; a single article has 0.

    ``any_day``: one of the two has a known day and the other none.
    """
    if not less:
        part, of = SINGLE_OF_ANY_DAY if any_day else SINGLE
        return more * part // of
    return (LOOSER * less + TIGHTER * more) // (LOOSER + TIGHTER)


def _inside(inside: int, size: int, among_many: int) -> int:
    """Return the mean, in the same unit, that a group has inside; 0 if it is a single article."""
    pairs = size * (size - 1) // 2
    return MILLION * (inside + MIXED_IN * among_many) // (pairs + MIXED_IN) if pairs else 0


def _join(links: dict[int, dict[int, Pair]], i: int, j: int, merged: int) -> None:
    """Give ``merged`` the links of ``i`` and ``j``, and drop these two."""
    row = links.pop(i)
    for k, (total, best) in links.pop(j).items():
        before = row.get(k, (0, 0))
        row[k] = (before[0] + total, max(before[1], best))
    del row[i], row[j]
    for k, link in row.items():
        links[k].pop(i, None)
        links[k].pop(j, None)
        links[k][merged] = link
    links[merged] = row
