"""
Articles and what they share → stories: which articles are about the same event.

Recaptures go with their representative. Representatives that share rare terms are held against
each other: how alike they are is decided in :mod:`firsthand.likeness`, with word weights from the
shipped background table and not from the run. Published dates then count: one day is evidence, some
days apart hold a pair back, more than a week keeps it apart. A missing date counts neither way. In
a large pool more likeness is asked, since more pairs are alike by chance. Copied prose is evidence
of the same event, and so is an article that cites an outlet whose own article is among those it
resembles; a shared quotation, furniture or a formula is none.

How pairs become groups: :mod:`firsthand.grouping`. Stories that are about the same running matter
(likeness without what days and dates say) share a ``chain_id``: a trial's second day is a story of
its own in the chain of the first. Every membership names the article that held its own there, how
alike the two are and by which words.

Everything that decides is an integer and every tie is broken by id, so the order of input changes
nothing. An article that meets nobody is a story of its own.

Figures, and what each setting costs: benchmarks/quality/stories.py. Known to fail: turns of one
running matter within a day of each other (morning and evening of a trial's day); two events of one
place and one kind in short texts that name no day; an essay that mentions the event in a few lines
stays out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from firsthand.grouping import ALIKE, SETTLED, average_link, linked
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

if TYPE_CHECKING:
    from firsthand.likeness import Alike
    from firsthand.openings import Numbers, Opening

# Thousandths of the setting that every pair of a large group must come to.
AMONG_MANY = 250
# Pairs less alike than this count as 0; they could not decide one either way.
FAINT = 30
# The larger the pool, the more pairs are alike by chance; and few people put thousands of pages
# together for one event. Beyond so many articles, what is asked grows with their number: as its
# logarithm for a pair, and for large groups in proportion.
EASILY_TOLD = 300
LARGE_POOL, MOST_AMONG_MANY = 1000, 900
# Thousandths of a logit by days between publication. Of pairs of outlets that report much alike in
# 10,000 articles, three in four of one day are one event, two in three a day apart, one in three
# two days apart; from four days on there are as many as weeks apart, which only share a matter.
DAY_POINTS = (300, 0, -800, -1800, -2500, -3000, -3500, -4000)
# Reports of one event come within so many days; what comes later is a turn of the matter.
STORY_DAYS = 3
# An article that cites another's outlet and resembles it speaks of the same thing; agencies are
# cited for everything.
CITED_POINTS = 800
MOST_ARTICLES_CITED = 50
# Below this share of the shorter text, copied prose may be background; above half it settles the
# matter whatever the dates say, which may be a republisher's.
COPY_SHARE, COPY_SETTLES = 0.3, 0.5
# Stories so many days apart may still be turns of one matter, if so much alike.
MATTER_DAYS = 30
MATTER_ALIKE = 700
MOST_SHARED_TERMS = 8
DAWN, DUSK = 0, date.max.toordinal()

Pair = tuple[int, int]


@together(takes=(Article, Reuse, Furniture, Attribution), by=None, gives=Membership)
def cluster(
    articles: list[Article],
    reuse: Sequence[Reuse],
    furniture: Sequence[Furniture] = (),
    attributions: Sequence[Attribution] = (),
    *,
    least: int = ALIKE,
) -> Iterator[Membership]:
    """
    Yield the story of every article, with what holds it there; each is in exactly one.

    ``least`` is the setting: how alike, in thousandths, two single articles must be.
    """
    heads = _representatives(articles)
    own = sorted((a for a in articles if heads[a.article_id] == a.article_id), key=_id)
    pool = _Pool(own, reuse, furniture, attributions)
    members: dict[str, list[str]] = defaultdict(list)
    for article_id, head in heads.items():
        members[head].append(article_id)
    many = least * _among_many(len(own)) // 1000
    groups = average_link(len(own), pool.event, least, many, pool.days.periods, STORY_DAYS)
    chains = _chains(groups, pool.matter)
    ids = [sorted(x for i in group for x in members[own[i].article_id]) for group in groups]
    for group, inside, chain in zip(groups, ids, chains, strict=True):
        story_id = digest(*inside)
        chain_id = digest("chain", *sorted(x for k in chain for x in ids[k])) if chain else None
        for row in _memberships(pool, group):
            yield replace(row, story_id=story_id, chain_id=chain_id)
        for i in group:
            head = own[i].article_id
            for copy in members[head]:
                if copy != head:
                    yield Membership(
                        article_id=copy,
                        story_id=story_id,
                        chain_id=chain_id,
                        nearest_id=head,
                        basis="recapture",
                    )


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


def _among_many(n: int) -> int:
    """
    Return how much of the setting, in thousandths, the pairs of large groups of ``n`` must come to.

    >>> _among_many(20), _among_many(2000), _among_many(50_000)
    (250, 500, 900)
    """
    return min(MOST_AMONG_MANY, AMONG_MANY * max(n, LARGE_POOL) // LARGE_POOL)


class _Pool:
    """The representatives of a run, and what speaks for each pair of them."""

    def __init__(
        self,
        articles: Sequence[Article],
        reuse: Iterable[Reuse],
        furniture: Iterable[Furniture],
        attributions: Iterable[Attribution],
    ) -> None:
        from firsthand.likeness import alike
        from firsthand.openings import gather

        self.articles = articles
        reuse = list(reuse)
        self.places = {a.article_id: i for i, a in enumerate(articles)}
        self.openings = gather(list(_openings(articles, self.places, reuse, furniture)))
        self.days = _Days([a.published for a in articles])
        found = alike(self.openings, self.days.may_meet)
        self.cited = _cited(articles, self.places, attributions)
        self.event, self.matter = self._likenesses(found)
        self.copied: set[Pair] = set()
        self._add_copies(_copy_shares(articles, self.places, reuse))

    def _likenesses(self, found: Alike) -> tuple[dict[Pair, int], dict[Pair, int]]:
        """Return pair → likeness as one event, and as one matter, in thousandths."""
        from firsthand.likeness import likeness

        crowd = max(1.0, len(self.articles) / EASILY_TOLD)
        for_all = found.matter - round(1000 * math.log(crowd))
        if self.cited:
            pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
            for_all[[pair in self.cited for pair in pairs]] += CITED_POINTS
        gaps = self.days.apart(found.left, found.right)
        near = gaps < len(DAY_POINTS)
        event = for_all + found.time + self.days.points(gaps)
        return (
            _by_pair(found, likeness(event), near & (likeness(event) >= FAINT)),
            _by_pair(found, likeness(for_all), likeness(for_all) >= FAINT),
        )

    def _add_copies(self, shares: dict[Pair, float]) -> None:
        for (i, j), share in shares.items():
            if share < COPY_SHARE:
                continue
            settled = share >= COPY_SETTLES
            gap = 0 if settled else min(self.days.between(i, j) or 0, len(DAY_POINTS))
            similar = (
                SETTLED
                if settled
                else int(1000 * share) * (len(DAY_POINTS) - max(0, gap - 1)) // len(DAY_POINTS)
            )
            if similar >= FAINT and (settled or gap < len(DAY_POINTS)):
                for table in (self.event, self.matter):
                    if similar > table.get((i, j), 0):
                        table[i, j] = similar
                self.copied.add((i, j))


def _by_pair(found: Alike, similar: Numbers, kept: Numbers) -> dict[Pair, int]:
    columns = (column[kept].tolist() for column in (found.left, found.right, similar))
    return {(i, j): value for i, j, value in zip(*columns, strict=True)}


def _openings(
    articles: Sequence[Article],
    places: dict[str, int],
    reuse: Iterable[Reuse],
    furniture: Iterable[Furniture],
) -> Iterator[Opening]:
    """Yield what of every article is compared."""
    from firsthand.openings import Opening, opening

    standing, quoted = _standing(places, reuse, furniture)
    for i, article in enumerate(articles):
        yield Opening(
            title=article.title,
            text=opening(article.text, standing[i]),
            unquoted=opening(article.text, standing[i] + quoted[i]) if quoted[i] else None,
            read=article.not_read != "language",
        )


def _memberships(pool: _Pool, group: Sequence[int]) -> Iterator[Membership]:
    """Yield for every article of a group which other one of it is most like it, and why."""
    from firsthand.likeness import shared_rare

    for i in group:
        others = [(pool.event.get((min(i, j), max(i, j)), 0), -j) for j in group if j != i]
        row = Membership(article_id=pool.articles[i].article_id, story_id="")
        similar, place = max(others, default=(0, 0))
        if similar:
            j = -place
            terms = list(shared_rare(pool.openings, i, j))[:MOST_SHARED_TERMS]
            pair = (min(i, j), max(i, j))
            row = replace(
                row,
                nearest_id=pool.articles[j].article_id,
                basis="copy" if pair in pool.copied else "likeness",
                similarity=similar / 1000,
                cited=pair in pool.cited,
                shared_terms=_as_written(pool.articles[i], [pool.openings.names[t] for t in terms]),
                days_apart=pool.days.between(i, j),
            )
        yield row


def _as_written(article: Article, terms: Sequence[str]) -> tuple[str, ...]:
    """Return for every term the first word of title or text that has it."""
    from firsthand.background import term
    from firsthand.openings import OPENING_CHARS
    from firsthand.text import WORD

    words: dict[str, str] = {}
    for word in WORD.findall(f"{article.title or ''}\n{article.text[: 2 * OPENING_CHARS]}"):
        words.setdefault(term(word), word)
    return tuple(words.get(t, t) for t in terms)


def _chains(groups: Sequence[Sequence[int]], matter: dict[Pair, int]) -> list[list[int]]:
    """Return for every group the groups of its chain, itself among them; none where it is alone."""
    of = {i: k for k, group in enumerate(groups) for i in group}
    between: dict[Pair, list[int]] = defaultdict(list)
    for (i, j), similar in matter.items():
        if of[i] != of[j]:
            between[min(of[i], of[j]), max(of[i], of[j])].append(similar)
    alike = {
        (a, b): linked(sum(found), max(found), len(groups[a]), len(groups[b])) // 1_000_000
        for (a, b), found in between.items()
    }
    chains: list[list[int]] = [[] for _ in groups]
    for chain in average_link(len(groups), alike, MATTER_ALIKE, MATTER_ALIKE * 2 // 3):
        for k in chain:
            chains[k] = chain if len(chain) > 1 else []
    return chains


def _cited(
    articles: Sequence[Article], places: dict[str, int], attributions: Iterable[Attribution]
) -> set[Pair]:
    """Return the pairs of which one article names the other's outlet as a source."""
    own: dict[str, list[int]] = defaultdict(list)
    for i, article in enumerate(articles):
        if article.outlet_id:
            own[article.outlet_id].append(i)
    found: set[Pair] = set()
    for a in attributions:
        outlet = a.source_id if a.source_kind == "outlet" else a.addressee_id
        if a.article_id not in places or a.self_reference or outlet is None:
            continue
        i = places[a.article_id]
        there = own.get(outlet, ())
        if len(there) <= MOST_ARTICLES_CITED:
            found |= {(min(i, j), max(i, j)) for j in there if i != j}
    return found


Period = tuple[int, int]


class _Days:
    """When the articles of a pool can have been published: first and last day, ordinals."""

    def __init__(self, published: Sequence[When | None]) -> None:
        import numpy as np

        self.periods = periods = [_period(when) for when in published]
        self.known = np.array([p is not None for p in periods], bool)
        self.first = np.array([p[0] if p else DAWN for p in periods], np.int64)
        self.last = np.array([p[1] if p else DUSK for p in periods], np.int64)

    def apart(self, left: Numbers | int, right: Numbers) -> Numbers:
        """Return how many days lie between at least; -1 where a date is missing."""
        import numpy as np

        gaps = np.maximum(self.first[left] - self.last[right], self.first[right] - self.last[left])
        known = self.known[left] & self.known[right]
        return np.where(known, np.maximum(gaps, 0), -1)

    def between(self, i: int, j: int) -> int | None:
        """Return how many days lie between two articles at least, None where a date is missing."""
        if not (self.known[i] and self.known[j]):
            return None
        return max(0, int(max(self.first[i] - self.last[j], self.first[j] - self.last[i])))

    def may_meet(self, i: int, others: Numbers) -> Numbers:
        """Return which of some articles are near enough for one matter."""
        return self.apart(i, others) <= MATTER_DAYS

    def points(self, gaps: Numbers) -> Numbers:
        """Return what so many days between count; nothing where it is not known."""
        import numpy as np

        table = np.array([*DAY_POINTS, DAY_POINTS[-1], 0], np.int64)
        return table[np.where(gaps < 0, len(table) - 1, np.minimum(gaps, len(DAY_POINTS)))]


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
    return first[0] if first else DAWN, last[1] if last else DUSK


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
) -> tuple[list[list[Span]], list[list[Span]]]:
    """Return for each article the spans that are furniture, and those of quotes others carry."""
    standing: list[list[Span]] = [[] for _ in places]
    quoted: list[list[Span]] = [[] for _ in places]
    for row in reuse:
        if row.meaning in ("furniture", "formula", "quote"):
            found = standing if row.meaning == "furniture" else quoted
            for article_id, span in ((row.left_id, row.left), (row.right_id, row.right)):
                if article_id in places:
                    found[places[article_id]].append(span)
    for piece in furniture:
        if piece.in_ == "text" and piece.span and piece.article_id in places:
            standing[places[piece.article_id]].append(piece.span)
    return standing, quoted


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
