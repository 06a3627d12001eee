"""
The table of attributions alone: what ``firsthand sources`` writes, and counts of it.

The stages are those of ``trace`` up to who is meant by the words of a source. Stories are not made,
so people, bodies and unnamed sources are joined within one article, never beyond it: an id that two
rows of different articles share is an outlet's or an agency's.

The counts are for people who study sourcing: of what kind sources are, how many are unnamed, which
newsroom cites which. Persons are counted by kind only. Who they are stands in the rows, with the
words; there is no list of the most quoted, of journalists or of anyone else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import BinaryIO

from firsthand import overlaps, pipeline
from firsthand.contract import in_canonical_order
from firsthand.model import Article, Attribution, AttributionKind, In, Source, SourceKind, Span
from firsthand.pipeline import DEFAULTS, PathLike, Progress, Settings
from firsthand.stage import records_of, table_of

ATTRIBUTE, RESOLVE = "attribution.attribute", "sources.resolve"
COLLAPSE = next(name for name in pipeline.STAGES if name.endswith(".collapse"))
JOIN = "sources.join"
# "Contributed to this report" and the like: too weak to say that one newsroom cites another.
LEAST_STRENGTH = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Sourced:
    """
    A row of attributions with what a reader needs beside it: given id, path, outlet and the words.

    The columns of ``Attribution`` mean what they mean there; ``outlet`` and ``outlet_id`` are the
    article's own, ``copy_of`` names the article it has the same text as. ``cue_text``,
    ``source_text``, ``content_text`` and ``addressee_text`` are the words of the spans, None where
    there is no span, where it does not lie in the text, or where texts are to be left out.
    """

    attribution_id: str
    article_id: str
    given_id: str | None
    path: str
    outlet: str | None
    outlet_id: str | None
    copy_of: str | None
    kind: AttributionKind
    in_: In
    cue: Span | None
    source: Span | None
    content: Span | None
    content_pieces: tuple[Span, ...]
    addressee: Span | None
    source_name: str | None
    source_kind: SourceKind | None
    source_id: str | None
    addressee_name: str | None
    addressee_id: str | None
    self_reference: bool
    hedged: bool
    denied: bool
    strength: float
    rule: str
    cue_text: str | None
    source_text: str | None
    content_text: str | None
    addressee_text: str | None


_OF_ATTRIBUTION = {f.name for f in fields(Sourced)} & {f.name for f in fields(Attribution)}


def sources(
    paths: PathLike | Sequence[PathLike],
    *,
    settings: Settings = DEFAULTS,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    on_left_out: overlaps.LeftOut | None = None,
) -> Generator[Sourced, None, None]:
    """
    Yield every statement of source in ``paths``, by article and in reading order.

    ``on_left_out`` is called with what could not be read and with the counts of what was passed
    over. With ``settings.no_text`` the words are None and the spans stay.
    """
    have = pipeline.read(paths, settings=settings, stdin=stdin, progress=progress)
    names = (*pipeline.TO_ARTICLES, ATTRIBUTE, RESOLVE, COLLAPSE)
    have = pipeline.go_on(have, names, settings=settings, progress=progress)
    articles = overlaps.articles_of(have)
    # An article on its own stands for a story: joined beyond it is only what surely is one source.
    alone = [replace(a, story_id=a.article_id) for a in articles.values()]
    told = [replace(a, story_id=a.article_id) for a in records_of(Attribution, have[Attribution])]
    have[Article], have[Attribution] = table_of(Article, alone), table_of(Attribution, told)
    have = pipeline.go_on(have, (JOIN,), settings=settings, progress=progress, keep=(Source,))
    for left_out in overlaps.left_out_of(have):
        if on_left_out:
            on_left_out(left_out)
    found: list[Attribution] = records_of(Attribution, have[Attribution])
    for row in in_canonical_order("attributions", found):
        yield sourced(row, articles[row.article_id], no_text=settings.no_text)


def sourced(row: Attribution, article: Article, *, no_text: bool = False) -> Sourced:
    """Return an attribution with the words of its spans, and whose article it stands in."""

    def words(where: Span | None) -> str | None:
        if where is None or no_text or row.in_ == "capture":
            return None
        return where.of(article.text if row.in_ == "text" else article.title or "")

    return Sourced(
        **{name: getattr(row, name) for name in _OF_ATTRIBUTION},
        given_id=article.given_id,
        path=article.path,
        outlet=article.outlet,
        outlet_id=article.outlet_id,
        copy_of=article.copy_of,
        cue_text=words(row.cue),
        source_text=words(row.source),
        content_text=words(row.content),
        addressee_text=words(row.addressee),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class KindCount:
    """How many attributions have a source of a kind, in how many articles."""

    kind: str
    attributions: int
    articles: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletCount:
    """
    How one outlet sources: articles with a statement of source, statements, and of these how many.

    ``unnamed`` have an unnamed source, ``hedged`` are not vouched for, ``citing`` name another
    newsroom as source or as the one told. ``outlet`` is None where it is not shown.
    """

    outlet: str | None
    articles: int
    statements: int
    unnamed: int
    hedged: int
    citing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Citing:
    """How many articles (and attributions) of one outlet cite another newsroom."""

    outlet: str | None
    cites: str
    articles: int
    attributions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sourcing:
    """Counts over a table of attributions; every list has the largest first."""

    articles: int
    attributions: int
    copies: int
    kinds: tuple[KindCount, ...]
    outlets: tuple[OutletCount, ...]
    citing: tuple[Citing, ...]


def counted(rows: Iterable[Sourced]) -> Sourcing:
    """
    Return the counts of a table of attributions; rows of copies are counted apart and nowhere else.

    A copy says what its first text says: counted with it, a wire story would weigh as much as the
    pages it stands on.
    """
    kept: list[Sourced] = []
    copies = 0
    for row in rows:
        if row.copy_of is None:
            kept.append(row)
        else:
            copies += 1
    return Sourcing(
        articles=len({row.article_id for row in kept}),
        attributions=len(kept),
        copies=copies,
        kinds=_kinds(kept),
        outlets=_outlets(kept),
        citing=_citing(kept),
    )


def _kinds(rows: Iterable[Sourced]) -> tuple[KindCount, ...]:
    number: Counter[str] = Counter()
    articles: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        kind = row.source_kind or "not shown"
        number[kind] += 1
        articles[kind].add(row.article_id)
    return tuple(
        KindCount(kind=kind, attributions=n, articles=len(articles[kind]))
        for kind, n in sorted(number.items(), key=lambda item: (-item[1], item[0]))
    )


def _outlets(rows: Iterable[Sourced]) -> tuple[OutletCount, ...]:
    by_outlet: dict[str | None, list[Sourced]] = defaultdict(list)
    for row in rows:
        by_outlet[row.outlet].append(row)
    found = [
        OutletCount(
            outlet=outlet,
            articles=len({r.article_id for r in mine}),
            statements=sum(r.kind == "statement" for r in mine),
            unnamed=sum(r.kind == "statement" and r.source_kind == "unnamed" for r in mine),
            hedged=sum(r.kind == "statement" and r.hedged for r in mine),
            citing=sum(r.kind == "statement" and bool(list(_cited(r))) for r in mine),
        )
        for outlet, mine in by_outlet.items()
    ]
    return tuple(sorted(found, key=lambda o: (-o.articles, -o.statements, o.outlet or "")))


def _cited(row: Sourced) -> Iterator[tuple[str, str]]:
    """Yield (id, name) of the newsrooms other than its own that a row cites."""
    if row.strength < LEAST_STRENGTH or row.self_reference:
        return
    newsroom = row.source_kind in ("outlet", "agency") and row.source_id != row.outlet_id
    if newsroom and row.source_id and row.source_name:
        yield row.source_id, row.source_name
    if row.addressee_id and row.addressee_name and row.addressee_id != row.outlet_id:
        yield row.addressee_id, row.addressee_name


def _citing(rows: Iterable[Sourced]) -> tuple[Citing, ...]:
    number: Counter[tuple[str | None, str]] = Counter()
    articles: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for row in rows:
        for cited_id, name in _cited(row):
            names.setdefault(cited_id, name)
            number[row.outlet, cited_id] += 1
            articles[row.outlet, cited_id].add(row.article_id)
    found = [
        Citing(outlet=outlet, cites=names[i], articles=len(articles[outlet, i]), attributions=n)
        for (outlet, i), n in number.items()
    ]
    return tuple(
        sorted(found, key=lambda c: (-c.articles, -c.attributions, c.outlet or "", c.cites))
    )
