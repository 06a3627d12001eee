"""
How much of a set of papers is agency copy: ``firsthand reuse --reference``.

Every article is held against every article of the reference that was published within the lag
before it: agency copy of noon may stand in a paper of the evening, and not in one of the morning. A
time known to the day only counts for all of its day, so that nothing is ruled out that may be. An
article without a date is compared with everything where no lag is asked for, and with nothing where
one is.

``share_reference`` is the share of an article's characters that stand in the reference, in the same
or nearly the same words and as anything but furniture or a stock phrase; quotations count, since
who prints an agency's report prints its quotations. ``share_credited`` is the part of these that
are credited: the article names the outlet of the reference article in its byline, at its beginning
or end, or close to the passage. A share says nothing of wrongdoing: agency copy is mostly licensed,
and permission is not to be seen.

The table by outlet and month has the proportion of articles that carry reference text with its
Wilson interval of 95 %, which also holds for few articles and for proportions of none or all.

Known to fail: where a paper and the agency both print the words of a third, the paper seems to
carry the agency; an article that carries a report of two agencies counts for both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from firsthand import overlaps, pipeline
from firsthand.clusters import n_held
from firsthand.engines import Tables
from firsthand.errors import InputError
from firsthand.model import Article, Pair, Reuse, Shingle, Span, When
from firsthand.outlets import table
from firsthand.overlaps import LeftOut
from firsthand.pipeline import DEFAULTS, PathLike, Progress, Settings
from firsthand.stage import records_of

FINGERPRINT = "candidates.fingerprint"
# Two common sequences of words, as for any pair; and a sequence that more articles of the reference
# hold than this is a phrase of its house (`firsthand.candidates` says why).
FEWEST_COMMON, MOST_ARTICLES = 2, 100
# How far from a passage the name of its source is looked for.
CREDIT_CHARS = 300
# Articles with at least this share (per mille) of their text in the reference carry it.
CARRIES = 100
# Two-sided 95 %.
Z = 1.959964
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}

Lag = tuple[int, int]  # seconds, least and most


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """
    An article and how much of it stands in the reference (shares of its characters, 0–1).

    ``share_credited`` is the part of the whole text that stands there and is credited.
    ``n_compared`` counts the articles of the reference within the lag; with none of them nothing
    was compared, and the shares are None. ``reference_ids`` are those whose text it carries, most
    first.
    """

    article_id: str
    given_id: str | None
    path: str
    outlet: str | None
    published: When | None
    n_compared: int
    share_reference: float | None
    share_credited: float | None
    reference_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """
    The articles of an outlet in a month, and how many of them carry reference text.

    ``n_carrying`` of the ``n_articles`` compared have a tenth or more of their text from the
    reference; ``least`` and ``most`` bound that proportion (Wilson, 95 %). ``share_reference`` and
    ``share_credited`` are means over all articles compared.
    """

    outlet: str | None
    month: str | None
    n_articles: int
    n_carrying: int
    proportion: float
    least: float
    most: float
    share_reference: float
    share_credited: float


def lag(written: str) -> Lag:
    """
    Return the least and the most seconds a lag names, or raise :class:`InputError`.

    >>> lag("0h..48h"), lag("30m..2d")
    ((0, 172800), (1800, 172800))
    """
    ends = [part.strip() for part in written.split("..")]
    try:
        least, most = (int(float(end[:-1]) * _UNITS[end[-1]]) for end in ends)
    except (ValueError, KeyError, IndexError, OverflowError):
        least, most = 1, 0
    if least > most:
        raise InputError(
            f"--lag {written!r} names no span of time. Write the least and the most, each with "
            "m, h, d or w: 0h..48h.",
            slug="lag",
        )
    return least, most


def carried(
    paths: PathLike | Sequence[PathLike],
    reference: PathLike | Sequence[PathLike],
    *,
    within: Lag | None = None,
    settings: Settings = DEFAULTS,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    on_left_out: LeftOut | None = None,
) -> Generator[Carried, None, None]:
    """
    Yield the articles in ``paths``, in the order they are read, with what ``reference`` has of
    them.

    ``within`` are the least and the most seconds between the two publications; None: any.
    """
    both = [
        pipeline.go_on(
            pipeline.read(p, settings=settings, stdin=stdin, progress=progress),
            pipeline.TO_ARTICLES,
            settings=settings,
            progress=progress,
        )
        for p in (reference, paths)
    ]
    agency = set(both[0][Article].column("article_id").to_pylist())
    order = [i for i in both[1][Article].column("article_id").to_pylist() if i not in agency]
    have = overlaps.with_outlets(_joined(both, agency), settings, progress)
    for left_out in overlaps.left_out_of(have):
        if on_left_out:
            on_left_out(left_out)
    by_id = overlaps.articles_of(have)
    shared = _shared(have, agency, by_id, within, settings, progress)
    near = _Times([by_id[i] for i in sorted(agency)], within)
    for article_id in order:
        yield _carried(by_id[article_id], shared[article_id], by_id, near)


def _joined(both: Sequence[Tables], agency: set[str]) -> Tables:
    """Return the tables of both inputs as one; what stands in both is of the reference."""
    theirs, papers = both
    ids = papers[Article].column("article_id").to_pylist()
    kept = papers[Article].filter(pa.array([i not in agency for i in ids], pa.bool_()))
    return {c: pa.concat_tables([theirs[c], kept if c is Article else papers[c]]) for c in theirs}


def _shared(
    have: Tables,
    agency: set[str],
    by_id: Mapping[str, Article],
    within: Lag | None,
    settings: Settings,
    progress: Progress | None,
) -> dict[str, list[tuple[Span, Article]]]:
    """Return for each paper's article the passages it shares with the reference, and whose."""
    have = pipeline.go_on(have, [FINGERPRINT], settings=settings, progress=progress, keep=[Shingle])
    times = _Times((), within)
    pairs = [
        (a, b) for a, b in _crossing(have[Shingle], agency) if times.may_follow(by_id[b], by_id[a])
    ]
    named = {Pair: overlaps.pair_table(pairs)}
    rest = overlaps.after_outlets(pipeline.OF_PAIRS)
    have = pipeline.go_on(have | named, rest, settings=settings, progress=progress)
    found: dict[str, list[tuple[Span, Article]]] = defaultdict(list)
    for row in records_of(Reuse, have[Reuse]):
        if row.meaning in ("copy", "quote"):
            ours, at, theirs = (
                (row.right_id, row.right, row.left_id)
                if row.left_id in agency
                else (row.left_id, row.left, row.right_id)
            )
            found[ours].append((at, by_id[theirs]))
    return found


def _crossing(shingles: pa.Table, agency: set[str]) -> Iterator[tuple[str, str]]:
    """
    Yield (article of the reference, article of a paper) that share sequences of words.

    Sequences are looked up in those of the reference, so that one which a thousand papers carry is
    a thousand pairs and not half a million.
    """
    ids = shingles.column("article_id").cast(pa.string())
    names = ids.unique().to_pylist()
    place = {name: n for n, name in enumerate(names)}
    code = np.array([place[i] for i in ids.to_pylist()], np.int64)
    is_theirs = np.array([name in agency for name in names], bool)[code]
    hashes = shingles.column("hash").to_numpy()
    theirs = np.unique(np.column_stack((hashes[is_theirs], code[is_theirs])), axis=0)
    ours = np.unique(np.column_stack((hashes[~is_theirs], code[~is_theirs])), axis=0)
    begin = np.searchsorted(theirs[:, 0], ours[:, 0], "left")
    count = np.searchsorted(theirs[:, 0], ours[:, 0], "right") - begin
    count[count > MOST_ARTICLES] = 0
    mine = np.repeat(np.arange(len(ours)), count)
    at = np.arange(len(mine)) - np.repeat(np.cumsum(count) - count, count) + begin[mine]
    keys = theirs[at, 1] * max(1, len(names)) + ours[mine, 1]
    keys, n_common = np.unique(keys, return_counts=True)
    for key in keys[n_common >= FEWEST_COMMON].tolist():
        yield names[key // len(names)], names[key % len(names)]


# Times


class _Times:
    """When articles of a reference were published, and which may have come before an article."""

    def __init__(self, articles: Sequence[Article], within: Lag | None) -> None:
        self.within = within
        self.n_all = len(articles)
        ends = [bounds for a in articles if (bounds := _bounds(a.published))]
        self.first = np.sort(np.array([e[0].timestamp() for e in ends], np.float64))
        self.last = np.sort(np.array([e[1].timestamp() for e in ends], np.float64))

    def may_follow(self, article: Article, other: Article) -> bool:
        """Return whether ``article`` may have come out within the lag after ``other``."""
        if self.within is None:
            return True
        ours, theirs = _bounds(article.published), _bounds(other.published)
        if ours is None or theirs is None:
            return False
        least, most = (timedelta(seconds=s) for s in self.within)
        return ours[1] - theirs[0] >= least and ours[0] - theirs[1] <= most

    def n_before(self, article: Article) -> int:
        """Return how many articles of the reference an article may have come after."""
        if self.within is None:
            return self.n_all
        ours = _bounds(article.published)
        if ours is None:
            return 0
        least, most = self.within
        # Those that may have come early enough, without those that surely came too early.
        soon = np.searchsorted(self.first, ours[1].timestamp() - least, "right")
        late = np.searchsorted(self.last, ours[0].timestamp() - most, "left")
        return int(soon - late)


def _bounds(when: When | None) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment a time may mean, or None; without a zone it is UTC."""
    at = when.at if when else None
    if not at or len(at) < len("2024-03-02"):
        return None
    try:
        first = datetime.fromisoformat(at)
    except ValueError:
        return None
    first = first if first.tzinfo else first.replace(tzinfo=UTC)
    if len(at) == len("2024-03-02"):
        return first, first + timedelta(days=1, seconds=-1)
    return first, first


# Shares


def _carried(
    article: Article,
    shared: Sequence[tuple[Span, Article]],
    by_id: Mapping[str, Article],
    near: _Times,
) -> Carried:
    n_compared = near.n_before(article)
    size = max(1, len(article.text))
    credited = [at for at, theirs in shared if _is_credited(article, at, theirs)]
    by_article: dict[str, list[Span]] = defaultdict(list)
    for at, theirs in shared:
        by_article[theirs.article_id].append(at)
    most_first = sorted(by_article, key=lambda i: (-n_held(by_article[i]), i))
    return Carried(
        article_id=article.article_id,
        given_id=article.given_id,
        path=article.path,
        outlet=article.outlet,
        published=article.published,
        n_compared=n_compared,
        share_reference=_share([at for at, _ in shared], size) if n_compared else None,
        share_credited=_share(credited, size) if n_compared else None,
        reference_ids=tuple(most_first),
    )


def _share(spans: Iterable[Span], size: int) -> float:
    return round(n_held(spans) / size, 6)


def _is_credited(article: Article, at: Span, theirs: Article) -> bool:
    """Return whether an article names the outlet of another: at its ends or near the passage."""
    if not theirs.outlet:
        return False
    text = article.text
    places = (
        article.byline or "",
        text[:CREDIT_CHARS],
        text[max(0, len(text) - CREDIT_CHARS) :],
        text[max(0, at.start - CREDIT_CHARS) : at.end + CREDIT_CHARS],
    )
    return any(_names(place, theirs.outlet) for place in places)


def _names(piece: str, outlet: str) -> bool:
    known = table().named(outlet)
    if known:
        return any(m.outlet == known for m in table().find(piece))
    return outlet.casefold() in piece.casefold()


def months(rows: Iterable[Carried], told: Callable[[Carried], object] | None = None) -> list[Month]:
    """Return the rows compared, by outlet and month; ``told`` is called with every row."""
    groups: dict[tuple[str, str], list[Carried]] = defaultdict(list)
    for row in rows:
        if told:
            told(row)
        if row.share_reference is not None:
            at = (row.published.at if row.published else None) or ""
            groups[row.outlet or "", at[:7]].append(row)
    return [_month(outlet, month, groups[outlet, month]) for outlet, month in sorted(groups)]


def _month(outlet: str, month: str, rows: Sequence[Carried]) -> Month:
    n = len(rows)
    n_carrying = sum(1000 * (row.share_reference or 0) >= CARRIES for row in rows)
    least, most = wilson(n_carrying, n)
    return Month(
        outlet=outlet or None,
        month=month or None,
        n_articles=n,
        n_carrying=n_carrying,
        proportion=round(n_carrying / n, 6),
        least=least,
        most=most,
        share_reference=round(math.fsum(row.share_reference or 0 for row in rows) / n, 6),
        share_credited=round(math.fsum(row.share_credited or 0 for row in rows) / n, 6),
    )


def wilson(n_found: int, n: int) -> tuple[float, float]:
    """
    Return the Wilson interval of 95 % of a proportion of ``n`` (at least 1).

    >>> wilson(5, 10), wilson(0, 10)
    ((0.236593, 0.763407), (0.0, 0.277533))
    """
    share, z2 = n_found / n, Z * Z / n
    middle = (share + z2 / 2) / (1 + z2)
    half = Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n)) / (1 + z2)
    return round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6)


__all__ = ["Carried", "Month", "carried", "lag", "months", "wilson"]
