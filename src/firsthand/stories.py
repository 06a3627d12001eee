"""
Articles and what they share → stories: which articles are about the same event.

Recaptures go with their representative. Representatives that share several rare words, a name or
number among them (an inverted index finds them), are held against each other: how alike they are is
decided in :mod:`firsthand.likeness`, with word weights from the shipped background table and not
from the run. Copied prose is evidence of the same event; a shared quotation, furniture or a formula
is none. Published dates far apart hold a pair back; a missing date is never held against an
article, but among very many articles it tells less, and more likeness is asked.

Groups then grow by average link, most alike first, while the mean over *all* pairs between two
groups is high enough: two stories do not run together over one article that touches both. Two
groups that hold together inside much better than they do with each other stay two: the same place
and people, another event.

Everything that decides is an integer and every tie is broken by id, so the order of input changes
nothing. An article that meets nobody is a story of its own.

Figures, and what each setting costs: benchmarks/quality/stories.py. Known to fail: turns of one
running matter within days of each other (the second day of a trial) can join, most of all where
dates are missing; an essay that mentions the event in a few lines stays out.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from firsthand.likeness import Profile, likeness, profile
from firsthand.model import (
    Article,
    Attribution,
    Furniture,
    Membership,
    Reuse,
    Span,
    When,
    digest,
)
from firsthand.stage import each, together

# All likenesses are thousandths. The one setting that tightens or loosens stories.
ALIKE = 200
# Pairs less alike than this count as 0 in a mean; they could not decide one either way.
FAINT = 30
# What two groups have between them must come near what the looser has inside; what a single article
# has with a group, near half of it. Small groups have few pairs to tell by: theirs are mixed with
# some at the threshold.
HOLDS_TOGETHER = (4, 5)
MIXED_IN = 3
FEWEST_SHARED_RARE = 3
# A word that stands in more articles than this is no way to find pairs (a folder all about one
# thing); it still counts when a pair met over other words is compared.
MOST_ARTICLES_A_WORD = 1000
# Below this share of the shorter text, copied prose may be background; above half it settles the
# matter whatever the dates say, which may be a republisher's.
COPY_SHARE, COPY_SETTLES = 0.3, 0.5
# Up to here dates do not matter; from FAR_DAYS on only copied prose joins. Of 151 dated Wikinews
# articles 113 pairs of one story are at most three days apart, and 2 four to fourteen.
NEAR_DAYS, FAR_DAYS = 2, 8
MILLION = 1_000_000

Pair = tuple[int, int]


@together(takes=(Article, Reuse, Furniture), by=None, gives=Membership)
def cluster(
    articles: list[Article], reuse: list[Reuse], furniture: Sequence[Furniture] = ()
) -> Iterator[Membership]:
    """Yield the story of every article; each is in exactly one."""
    heads = _representatives(articles)
    own = sorted((a for a in articles if heads[a.article_id] == a.article_id), key=_id)
    places = {a.article_id: i for i, a in enumerate(own)}
    members: list[list[str]] = [[] for _ in own]
    for article_id, head in heads.items():
        members[places[head]].append(article_id)
    standing = _standing(places, reuse, furniture)
    profiles = [profile(a, spans) for a, spans in zip(own, standing, strict=True)]
    similar = similarities(own, profiles, _copy_shares(own, places, reuse))
    for group in average_link(len(own), similar, ALIKE):
        ids = sorted(article_id for i in group for article_id in members[i])
        story_id = digest(*ids)
        for article_id in ids:
            yield Membership(article_id=article_id, story_id=story_id)


@each(takes=Article, beside={"article_id": Membership}, gives=Article)
def stamp_articles(article: Article, membership: Membership | None) -> Iterator[Article]:
    """Yield the article with its story."""
    yield replace(article, story_id=membership.story_id if membership else None)


@each(takes=Reuse, beside={"left_id": Membership, "right_id": Membership}, gives=Reuse)
def stamp_reuse(reuse: Reuse, left: Membership | None, right: Membership | None) -> Iterator[Reuse]:
    """Yield the reuse with the story both its ends are in, or none where they are in two."""
    same = left is not None and right is not None and left.story_id == right.story_id
    yield replace(reuse, story_id=left.story_id if left and same else None)


@each(takes=Attribution, beside={"article_id": Membership}, gives=Attribution)
def stamp_attributions(
    attribution: Attribution, membership: Membership | None
) -> Iterator[Attribution]:
    """Yield the attribution with the story of its article."""
    yield replace(attribution, story_id=membership.story_id if membership else None)


def _id(article: Article) -> str:
    return article.article_id


def _representatives(articles: Iterable[Article]) -> dict[str, str]:
    """Return article → the article it is at last a recapture of, itself if none or not here."""
    copy_of = {a.article_id: a.copy_of for a in articles}
    heads = {}
    for article_id in copy_of:
        way = [article_id]
        while (above := copy_of[way[-1]]) and above in copy_of and above not in way:
            way.append(above)
        # Two that name each other would leave the story without a head: the lower id is it.
        heads[article_id] = min(way[way.index(above) :]) if above and above in way else way[-1]
    return heads


def similarities(
    articles: Sequence[Article], profiles: Sequence[Profile], shares: dict[Pair, float]
) -> dict[Pair, int]:
    """Return how alike two articles are, in thousandths, for all pairs that are at all."""
    periods = [_period(a.published) for a in articles]
    rivals = _rivals(periods)
    found = {}
    for i, j in _candidates([p.rare for p in profiles]):
        near = _nearness(periods[i], periods[j])
        if near and not profiles[i].names.isdisjoint(profiles[j].names):
            rival = max(rivals[i], rivals[j])
            found[i, j] = near * likeness(profiles[i], profiles[j], rival) // 1000
    for (i, j), share in shares.items():
        if share >= COPY_SHARE:
            near = 1000 if share >= COPY_SETTLES else _nearness(periods[i], periods[j])
            found[i, j] = max(found.get((i, j), 0), int(near * share))
    return {pair: similar for pair, similar in found.items() if similar >= FAINT}


def _candidates(rare: Sequence[frozenset[str]]) -> Iterator[Pair]:
    """Yield the pairs that share enough rare terms, by way of who has which."""
    import numpy as np

    held: dict[str, list[int]] = defaultdict(list)
    for i, terms in enumerate(rare):
        for term in terms:
            held[term].append(i)
    holders = {
        term: np.array(have, dtype=np.int32)
        for term, have in held.items()
        if 1 < len(have) <= MOST_ARTICLES_A_WORD
    }
    for i, terms in enumerate(rare):
        met = [holders[term] for term in terms if term in holders]
        if len(met) >= FEWEST_SHARED_RARE:
            shared = np.bincount(np.concatenate(met))[i + 1 :]
            for j in np.flatnonzero(shared >= FEWEST_SHARED_RARE):
                yield i, i + 1 + int(j)


Period = tuple[int, int]


def _period(when: When | None) -> Period | None:
    """Return the first and last day (ordinals) on which it can have been published, or None."""
    # A neighbour in the same capture dates the capture; the article may be older.
    if when is None or when.basis == "neighbour":
        return None
    if when.at:
        return _days(when.at)
    first = _days(when.not_before) if when.not_before else None
    last = _days(when.not_after) if when.not_after else None
    if first is None and last is None:
        return None
    return first[0] if first else 0, last[1] if last else date.max.toordinal()


def _days(iso: str) -> Period | None:
    """
    Return the first and last day of an ISO 8601 time cut to any precision, None if it is no date.

    >>> first, last = _days("2024-02")
    >>> last - first
    28
    """
    numbers = [int(part) for part in iso[:10].split("-") if part.isdecimal()]
    try:
        year, month, day = (*numbers, 0, 0)[:3]
        first = date(year, month or 1, day or 1).toordinal()
        if day:
            return first, first
        after = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
        return first, after.toordinal() - 1
    except ValueError:
        return None


def _nearness(left: Period | None, right: Period | None) -> int:
    """
    Return in thousandths how far two dates let articles join: 1000 near or unknown, 0 far apart.

    >>> _nearness((10, 10), (12, 12)), _nearness((10, 10), None), _nearness((10, 10), (40, 40))
    (1000, 1000, 0)
    """
    if left is None or right is None:
        return 1000
    gap = max(left[0] - right[1], right[0] - left[1], NEAR_DAYS)
    return max(0, 1000 * (FAR_DAYS - gap) // (FAR_DAYS - NEAR_DAYS))


def _rivals(periods: Sequence[Period | None]) -> list[int]:
    """Return for each article how many could by their dates be of its days."""
    known = [period for period in periods if period]
    firsts = sorted(first for first, _ in known)
    lasts = sorted(last for _, last in known)
    n_undated = len(periods) - len(known)
    return [
        n_undated
        + bisect_right(firsts, period[1] + FAR_DAYS)
        - bisect_left(lasts, period[0] - FAR_DAYS)
        if period
        else len(periods)
        for period in periods
    ]


def _copy_shares(
    articles: Sequence[Article], places: dict[str, int], reuse: Iterable[Reuse]
) -> dict[Pair, float]:
    """Return for pairs with copied prose which share of the shorter text it makes."""
    copied: dict[Pair, list[tuple[tuple[int, int], tuple[int, int]]]] = defaultdict(list)
    for row in reuse:
        known = row.left_id in places and row.right_id in places
        if known and row.meaning == "copy" and row.form in ("verbatim", "edited"):
            i, j = places[row.left_id], places[row.right_id]
            sides = (row.left.start, row.left.end), (row.right.start, row.right.end)
            if i != j:
                copied[min(i, j), max(i, j)].append(sides if i < j else sides[::-1])
    return {
        (i, j): max(
            _covered(left for left, _ in found) / max(1, len(articles[i].text)),
            _covered(right for _, right in found) / max(1, len(articles[j].text)),
        )
        for (i, j), found in copied.items()
    }


def _standing(
    places: dict[str, int], reuse: Iterable[Reuse], furniture: Iterable[Furniture]
) -> list[list[Span]]:
    """Return for each article the spans of its text that are furniture."""
    found: list[list[Span]] = [[] for _ in places]
    for row in reuse:
        if row.meaning == "furniture":
            for article_id, span in ((row.left_id, row.left), (row.right_id, row.right)):
                if article_id in places:
                    found[places[article_id]].append(span)
    for piece in furniture:
        if piece.in_ == "text" and piece.span and piece.article_id in places:
            found[places[piece.article_id]].append(piece.span)
    return found


def _covered(ranges: Iterable[tuple[int, int]]) -> int:
    """
    Return how many characters lie in at least one of the ranges.

    >>> _covered([(0, 10), (5, 12), (20, 21)])
    13
    """
    total = reached = 0
    for start, end in sorted(ranges):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def average_link(n: int, similar: dict[Pair, int], threshold: int) -> list[list[int]]:
    """
    Return groups of 0 … n-1: the most alike are joined while their mean reaches the threshold.

    The mean is over all pairs between two groups, and a pair not given counts as 0.

    >>> average_link(4, {(0, 1): 500, (1, 2): 400}, 300)
    [[0, 1], [2], [3]]

    Two close pairs are not one group though what lies between them would do for single articles:

    >>> between = {(i, j): 350 for i in (0, 1, 2) for j in (3, 4, 5)}
    >>> inside = {(0, 1): 900, (0, 2): 900, (1, 2): 900, (3, 4): 900, (3, 5): 900, (4, 5): 900}
    >>> average_link(6, between | inside, 300)
    [[0, 1, 2], [3, 4, 5]]
    """
    groups = {i: [i] for i in range(n)}
    inside = dict.fromkeys(range(n), 0)
    sums: dict[int, dict[int, int]] = defaultdict(dict)
    for (i, j), similarity in similar.items():
        sums[i][j] = sums[j][i] = similarity
    heap = [(-MILLION * v, i, j) for (i, j), v in similar.items() if v >= threshold]
    heapq.heapify(heap)
    while heap:
        mean, i, j = heapq.heappop(heap)
        if i not in groups or j not in groups:
            continue
        less, more = sorted(_asked(inside[k], len(groups[k]), threshold) for k in (i, j))
        if -mean < (less or more // 2):
            continue
        merged, n = n, n + 1
        inside[merged] = inside.pop(i) + inside.pop(j) + sums[i].get(j, 0)
        groups[merged] = sorted(groups.pop(i) + groups.pop(j))
        _join(sums, i, j, merged)
        for k, total in sums[merged].items():
            # Millionths, so that means that differ little are not taken for equal.
            mean = MILLION * total // (len(groups[merged]) * len(groups[k]))
            if mean >= MILLION * threshold:
                heapq.heappush(heap, (-mean, k, merged))
    return sorted(groups.values())


def _asked(inside: int, size: int, threshold: int) -> int:
    """Return the mean, in millionths, that a group asks of another of its kind; 0 if alone."""
    pairs = size * (size - 1) // 2
    if not pairs:
        return 0
    over, under = HOLDS_TOGETHER
    return MILLION * over * (inside + MIXED_IN * threshold) // (under * (pairs + MIXED_IN))


def _join(sums: dict[int, dict[int, int]], i: int, j: int, merged: int) -> None:
    """Give ``merged`` the similarities of ``i`` and ``j``, and drop these two."""
    row: Counter[int] = Counter(sums.pop(i, {}))
    row.update(sums.pop(j, {}))
    del row[i], row[j]
    for k, total in row.items():
        sums[k].pop(i, None)
        sums[k].pop(j, None)
        sums[k][merged] = total
    sums[merged] = dict(row)
