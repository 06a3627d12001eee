"""
A corpus with its copies marked, or without them: ``firsthand reuse --annotate`` and ``--keep``.

Articles are joined into clusters by shared prose. An article joins a representative, the most
complete text first, where passages of meaning ``copy`` hold at least half of the shorter of the two
texts, and only if it shares such a passage with every member that is there already: so there are
no chains in which the first and the last have nothing in common, and a cluster is a set of articles
that all stand for one another. Common quotations, furniture and stock phrases join nothing.
Recaptures go with the article they are captures of.

Which article of a cluster is kept is the reader's choice. ``origin`` is the one that another names
as its source, which is seldom shown; where it is not, the longest is kept, and ``kept_because``
says so. ``earliest`` needs dates and falls back likewise.

Known to fail: a round-up that holds two reports whole joins the first of them it meets, not both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import BinaryIO, Literal

from firsthand import overlaps, pipeline
from firsthand.engines import Tables
from firsthand.model import Article, PairRelation, Reuse, Span, When, digest
from firsthand.overlaps import LeftOut
from firsthand.pipeline import DEFAULTS, PathLike, Progress, Settings
from firsthand.stage import records_of

# Of the shorter text, in per mille; below, an article has prose of its own worth keeping.
LEAST_COPIED = 500

Keep = Literal["origin", "earliest", "longest"]
KEEPS: tuple[Keep, ...] = ("origin", "earliest", "longest")
Why = Literal[
    "only one", "others name it", "earliest dated", "longest", "longest: no origin shown",
    "longest: dates do not tell",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotated:
    """
    An article of a corpus, and which other articles stand for it.

    ``cluster_id`` names the articles that share most of their prose, ``cluster_size`` counts them
    (1: nobody else has it). ``origin_id`` is the one among them that the words of another name as
    its source, None where none is shown. ``share_unique`` is the share (0–1) of the text's
    characters that no other article here has. ``kept_because`` says why this one of its cluster is
    kept, and is None where another is.
    """

    article_id: str
    given_id: str | None
    path: str
    title: str | None
    outlet: str | None
    url: str | None
    published: When | None
    language: str | None
    text: str | None
    cluster_id: str
    cluster_size: int
    origin_id: str | None
    share_unique: float
    kept_because: Why | None


_OF_ARTICLE = {f.name for f in fields(Annotated)} & {f.name for f in fields(Article)} - {"text"}


def annotated(
    paths: PathLike | Sequence[PathLike],
    *,
    keep: Keep = "origin",
    kept_only: bool = False,
    settings: Settings = DEFAULTS,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    on_left_out: LeftOut | None = None,
) -> Generator[Annotated, None, None]:
    """
    Yield the articles in ``paths`` in the order in which they are read, with their clusters.

    ``keep`` chooses the one of each cluster to keep; with ``kept_only`` the others are left out.
    """
    have = pipeline.read(paths, settings=settings, stdin=stdin, progress=progress)
    have = pipeline.go_on(have, pipeline.TO_ARTICLES, settings=settings, progress=progress)
    order = have[Article].column("article_id").to_pylist()
    have = overlaps.compared_articles(have, settings=settings, progress=progress)
    for left_out in overlaps.left_out_of(have):
        if on_left_out:
            on_left_out(left_out)
    rows = annotate(have, keep)
    for article_id in order:
        row, article = rows[article_id]
        if row.kept_because or not kept_only:
            yield _annotated(article, row, no_text=settings.no_text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What is known of one article's place in its cluster: see :class:`Annotated`."""

    cluster_id: str
    cluster_size: int
    origin_id: str | None
    share_unique: float
    kept_because: Why | None


def _annotated(article: Article, place: Place, *, no_text: bool) -> Annotated:
    return Annotated(
        **{name: getattr(article, name) for name in _OF_ARTICLE},
        **{f.name: getattr(place, f.name) for f in fields(Place)},
        text=None if no_text else article.text,
    )


def annotate(have: Tables, keep: Keep) -> dict[str, tuple[Place, Article]]:
    """Return article id → its place in its cluster, and the article."""
    by_id = overlaps.articles_of(have)
    reuse = records_of(Reuse, have[Reuse])
    members: dict[str, list[str]] = defaultdict(list)
    for article in by_id.values():
        members[article.copy_of or article.article_id].append(article.article_id)
    named = _named(records_of(PairRelation, have[PairRelation]))
    unique = _unique(by_id, reuse)
    found: dict[str, tuple[Place, Article]] = {}
    for heads in clusters(by_id, copied_shares(by_id, reuse)):
        ids = sorted(i for head in heads for i in members[head])
        cluster_id = digest("cluster", *ids)
        origin_id = _origin(heads, named)
        kept, why = _kept([by_id[h] for h in heads], keep, origin_id)
        for i in ids:
            place = Place(
                cluster_id=cluster_id,
                cluster_size=len(ids),
                origin_id=origin_id,
                share_unique=unique[i],
                kept_because=("only one" if len(ids) == 1 else why) if i == kept else None,
            )
            found[i] = place, by_id[i]
    return found


# Which articles stand for one another


def copied_shares(
    by_id: Mapping[str, Article], reuse: Iterable[Reuse]
) -> dict[str, dict[str, int]]:
    """Return for each article the others it shares prose with, and of how much (per mille)."""
    spans: dict[tuple[str, str], tuple[list[Span], list[Span]]] = defaultdict(lambda: ([], []))
    for row in reuse:
        if row.meaning == "copy" and row.rule != "recapture":
            for side, at in zip(
                spans[row.left_id, row.right_id], (row.left, row.right), strict=True
            ):
                side.append(at)
    shares: dict[str, dict[str, int]] = defaultdict(dict)
    for pair, sides in spans.items():
        texts = [by_id[i].text for i in pair]
        shorter = min((0, 1), key=lambda k: (len(texts[k]), k))
        share = 1000 * n_held(sides[shorter]) // max(1, len(texts[shorter]))
        shares[pair[0]][pair[1]] = shares[pair[1]][pair[0]] = share
    return shares


def n_held(spans: Iterable[Span]) -> int:
    """
    Return how many characters spans hold, none counted twice.

    >>> n_held([Span(start=5, end=9), Span(start=0, end=6), Span(start=12, end=13)])
    10
    """
    held, reached = 0, 0
    for s in sorted(spans):
        held += max(0, s.end - max(s.start, reached))
        reached = max(reached, s.end)
    return held


def clusters(
    by_id: Mapping[str, Article], shares: Mapping[str, Mapping[str, int]]
) -> list[list[str]]:
    """Return the articles that are no recaptures in clusters, the representative of each first."""
    heads = [a for a in by_id.values() if a.copy_of is None]
    waiting = {a.article_id: None for a in sorted(heads, key=_most_complete)}
    found = []
    for head in list(waiting):
        if head not in waiting:
            continue
        del waiting[head]
        members = [head]
        beside = shares.get(head, {})
        for other in sorted(beside, key=lambda i: (-beside[i], i)):
            joins = beside[other] >= LEAST_COPIED and other in waiting
            if joins and all(other in shares[m] for m in members):
                members.append(other)
                del waiting[other]
        found.append(members)
    return found


def _most_complete(article: Article) -> tuple[int, str]:
    return -len(article.text), article.article_id


# What is kept of a cluster, and why


def _named(relations: Iterable[PairRelation]) -> list[tuple[str, str]]:
    """Return (child, parent) of pairs in which one names the other: its words come first."""
    found = []
    for relation in relations:
        if relation.relation == "derived" and relation.evidence:
            child = relation.evidence[0].article_id
            ends = (relation.left_id, relation.right_id)
            found.append((child, ends[0] if child == ends[1] else ends[1]))
    return found


def _origin(members: Collection[str], named: Iterable[tuple[str, str]]) -> str | None:
    """Return the one member that others name and that names none of them, or None."""
    inside = [(c, p) for c, p in named if c in members and p in members]
    last = {parent for _, parent in inside} - {child for child, _ in inside}
    return last.pop() if len(last) == 1 else None


def _kept(members: Sequence[Article], keep: Keep, origin_id: str | None) -> tuple[str, Why]:
    """Return the id of the member to keep, and why it is."""
    longest = min(members, key=_most_complete).article_id
    if keep == "origin":
        return (origin_id, "others name it") if origin_id else (longest, "longest: no origin shown")
    if keep == "earliest":
        earliest = _earliest(members)
        return (earliest, "earliest dated") if earliest else (longest, "longest: dates do not tell")
    return longest, "longest"


def _earliest(members: Sequence[Article]) -> str | None:
    """Return the member surely published first, or None: an undated one may be earlier."""
    at = {a.article_id: (a.published.at if a.published else None) or "" for a in members}
    if any(len(when) < len("2024-03-02") for when in at.values()):
        return None
    day = min(when[:10] for when in at.values())
    first = [i for i, when in at.items() if when[:10] == day]
    # Times of one day are compared only where they are written alike: zones differ.
    if len(first) > 1 and len({when[10:11] + when[19:] for when in (at[i] for i in first)}) == 1:
        least = min(at[i] for i in first)
        first = [i for i in first if at[i] == least]
    return first[0] if len(first) == 1 else None


def _unique(by_id: Mapping[str, Article], reuse: Iterable[Reuse]) -> dict[str, float]:
    """Return for each article the share of its characters that no passage holds."""
    spans: dict[str, list[Span]] = defaultdict(list)
    recaptured: Counter[str] = Counter()
    for row in reuse:
        for i, at in ((row.left_id, row.left), (row.right_id, row.right)):
            if row.rule == "recapture":
                recaptured[i] = max(recaptured[i], round(1_000_000 * row.similarity))
            else:
                spans[i].append(at)
    found = {}
    for i, article in by_id.items():
        held = 1_000_000 * n_held(spans[i]) // max(1, len(article.text))
        found[i] = round(1 - max(held, recaptured[i]) / 1_000_000, 6)
    return found


__all__ = ["KEEPS", "Annotated", "Keep", "annotated"]
