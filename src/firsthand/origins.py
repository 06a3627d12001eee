"""
Derivations → who has a story firsthand: origins, echoes, disputes and unknown lineage.

An article whose account rests on another newsroom is an echo, unless words show that its own
newsroom was told, too (``mixed``). One that quotes people, bodies or documents and names no
intermediary is an origin with access *presumed*; one that says its newsroom was told is *shown*.
One with neither is *unknown*: never an origin, never silently an echo. A newsroom nobody captured
is an origin where the edges of others end in it.

Origins count newsrooms; primary sources count what those rest on at last, each once: a person, a
body with its spokesmen, a document. Unnamed sources of one newsroom are one unless they are
described as sitting in different places; those of different newsrooms are not joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from firsthand.mentions import described, meaning_of
from firsthand.model import (
    Article,
    Attribution,
    Derivation,
    Dispute,
    Evidence,
    Lineage,
    Membership,
    Origin,
    PrimarySource,
    RestsOn,
    Source,
    SourceKind,
    Status,
    Story,
    digest,
)
from firsthand.stage import together
from firsthand.standing import (
    BEARING_DENIAL,
    NEWSROOMS,
    Standing,
    bearing,
    by_article,
    evidence_of,
    main_terms,
    newsroom_of,
    opening_end,
    standings_of,
)
from firsthand.text import name_key, sentences

MOST_EVIDENCE = 3
# Own sourcing outweighs another newsroom's where it is said sooner and at least so much oftener.
OPEN_OUTWEIGHS = 2
# More than this share of a text in common, and what stands beside it is an editor's change.
MOST_COPIED_SHARE = 0.4
LEAST_CLAIM_CHARS = 40
BODIES = ("government", "organisation")
# Said of someone or something that another text calls by name.
ROLES = frozenset("ceo owner founder mayor chairman chairwoman boss director executive".split())
GENERIC_BODIES = frozenset("company firm agency department ministry bank airline".split())
COURT_PAPERS = frozenset("filing filings motion papers documents brief affidavit".split())
# A primary source is one of the main claim, not of what else the article tells: its words hold this
# share of the claim's terms.
PRIMARY_BEARING = 0.4


@together(
    takes=(Article, Attribution, Derivation, Membership), by="story_id", gives=(Story, Source)
)
def count(
    articles: list[Article],
    attributions: list[Attribution],
    derivations: list[Derivation],
    memberships: Sequence[Membership] = (),
) -> Iterator[Story | Source]:
    """Yield the story with its four numbers, and the newsrooms that no text names."""
    if not articles:
        return
    view = _View(articles, attributions, derivations)
    yield replace(view.story(), chain_id=next((m.chain_id for m in memberships), None))
    yield from view.nameless


class _View:
    """One story while it is being counted."""

    def __init__(
        self,
        articles: list[Article],
        attributions: list[Attribution],
        derivations: list[Derivation],
    ) -> None:
        self.articles = sorted(articles, key=lambda a: a.article_id)
        self.kept = [a for a in self.articles if a.copy_of is None]
        self.read = [a for a in self.kept if a.not_read is None]
        self.by_id = {a.article_id: a for a in self.articles}
        self.terms = main_terms(self.read)
        self.attributions = by_article(attributions)
        self.standings = standings_of(self.read, self.attributions, self.terms)
        self.edges: dict[str, list[Derivation]] = defaultdict(list)
        for d in derivations:
            self.edges[d.child_id].append(d)
        self.names = _names(attributions, articles)
        self.nameless: list[Source] = []
        self.status = {a.article_id: self._status(a) for a in self.kept}

    def _status(self, article: Article) -> Status:
        if article.not_read is not None:
            return "not read"
        s = self.standings[article.article_id]
        parents = self.edges[article.article_id]
        seen = [d for d in parents if not self._is_unseen(d.parent_id)]
        if seen:
            own = s.shown or self._own_account_leads(s, seen) or self._own_beside_copy(s, seen)
            return "mixed" if own else "echo"
        if len(seen) < len(parents):
            return "origin" if s.shown or self._own_beside_copy(s, parents) else "unknown"
        return "origin" if s.shown or s.open else "unknown"

    def _own_account_leads(self, s: Standing, edges: Sequence[Derivation]) -> bool:
        """Return whether own sourcing on the main claim comes first and outweighs what is cited."""
        if s.credited or any(d.basis != "attribution" for d in edges) or not s.open:
            return False
        others = [a for a in (*s.cited, *s.told_others) if a.attribution_id not in s.through]
        first = min((a.cue.start for a in others if a.cue), default=0)
        if first < opening_end(s.article.text):
            return False
        before = [a for a in s.open if a.cue and a.cue.start < first]
        return bool(before) and len(s.open) >= OPEN_OUTWEIGHS * len(others)

    def _own_beside_copy(self, s: Standing, edges: Sequence[Derivation]) -> bool:
        """
        Return whether an article that shares prose nobody credits has sources outside that prose.

        A page that took over some sentences and quotes a filing of its own in others had the
        filing; a page that is the common text from end to end had nothing else.
        """
        if not s.open or any(d.basis != "reuse" for d in edges):
            return False
        mine = s.article.article_id
        copied = [e.span for d in edges for e in d.evidence if e.article_id == mine]
        if sum(c.end - c.start for c in copied) > MOST_COPIED_SHARE * len(s.article.text):
            return False
        return any(a.cue and not any(c.overlaps(a.cue) for c in copied) for a in s.open)

    def _is_unseen(self, node: str) -> bool:
        return node not in self.by_id and node not in self.names

    def newsroom(self, article: Article) -> str:
        """Return the id of the article's newsroom; one no text names gets an id of its own."""
        if article.outlet_id:
            return article.outlet_id
        nameless = digest("newsroom", article.text_id)
        if all(s.source_id != nameless for s in self.nameless):
            pages = tuple(
                a.article_id
                for a in self.articles
                if article.article_id in (a.article_id, a.copy_of)
            )
            self.nameless.append(
                Source(source_id=nameless, name=None, kind="outlet", article_ids=pages)
            )
        return nameless

    def origins(self) -> list[Origin]:
        """Return the newsrooms that have the story firsthand, captured ones first."""
        found: dict[str, _Origin] = {}
        for article in self.read:
            if self.status[article.article_id] in ("origin", "mixed"):
                s = self.standings[article.article_id]
                origin = found.setdefault(self.newsroom(article), _Origin(article.outlet))
                origin.shown |= s.shown
                origin.article_ids += [
                    a.article_id
                    for a in self.articles
                    if article.article_id in (a.article_id, a.copy_of)
                ]
                origin.basis += [*s.own, *s.open]
        for newsroom, basis in self._uncaptured():
            origin = found.setdefault(newsroom, _Origin(self.names.get(newsroom)))
            origin.basis += basis
            origin.shown |= bool(basis)
        return [
            Origin(
                source_id=newsroom,
                name=o.name,
                access="shown" if o.shown else "presumed",
                article_ids=tuple(sorted(set(o.article_ids))),
                primary_sources=_primary([self._body(a) for a in self._on_the_claim(o.basis)]),
            )
            for newsroom, o in sorted(found.items(), key=lambda x: (not x[1].article_ids, x[0]))
        ]

    def _body(self, a: Attribution) -> Attribution:
        """Return an attribution to a spokesman as one to the body he speaks for."""
        if a.source_kind != "person" or a.source is None or a.in_ != "text":
            return a
        meant = meaning_of(a.source.of(self.by_id[a.article_id].text))
        if meant is None or meant.institution is None:
            return a
        body = meaning_of(meant.institution)
        kind: SourceKind = body.kind if body and body.kind in BODIES else "organisation"
        return replace(a, source_name=meant.institution, source_kind=kind, source_id=None)

    def _on_the_claim(self, basis: list[Attribution]) -> list[Attribution]:
        """Return the attributions that carry the main claim itself, or the one nearest to it."""

        def share(a: Attribution) -> float:
            text = self.by_id[a.article_id].text
            said = [*a.content_pieces, *([a.source] if a.source else [])]
            return bearing(" ".join(p.of(text) for p in said), self.terms)

        ranked = sorted(((share(a), i) for i, a in enumerate(basis)), key=lambda x: (-x[0], x[1]))
        if not ranked:
            return []
        best = max(s for s, _ in ranked)
        kept = {i for s, i in ranked if s >= min(PRIMARY_BEARING, best)}
        # Who told the newsroom is what shows its access, so the first of them is always named.
        told = next((i for i, a in enumerate(basis) if a.self_reference and a.addressee), None)
        kept |= set() if told is None else {told}
        return [a for i, a in enumerate(basis) if i in kept]

    def _uncaptured(self) -> Iterator[tuple[str, list[Attribution]]]:
        """Yield the newsrooms without a page here in which edges end, with who told them."""
        ends = {d.parent_id for ds in self.edges.values() for d in ds} - set(self.by_id)
        for s in self.standings.values():
            if self.status[s.article.article_id] in ("origin", "mixed"):
                ends |= {a.source_id for a in s.courtesy if a.source_id}
        pages = {a.outlet_id for a in self.read}
        for end in sorted(ends):
            if self.edges.get(end) or self._is_unseen(end) or end in pages:
                continue
            yield end, [a for s in self.standings.values() for a in _told(end, s)]

    def disputes(self) -> Iterator[Dispute]:
        """Yield the denials of the main claim that an article reports firsthand."""
        for s in self.standings.values():
            for a in self.attributions[s.article.article_id]:
                if not a.denied or a.content is None or a.attribution_id in s.through:
                    continue
                if newsroom_of(a) and not a.self_reference:
                    continue
                words = a.content.of(s.article.text)
                if bearing(words, self.terms) >= BEARING_DENIAL:
                    yield Dispute(
                        source_id=a.source_id, name=a.source_name, evidence=(evidence_of(a),)
                    )

    def lineage(self) -> Iterator[Lineage]:
        """Yield one row for every article, recaptures too."""
        for article in self.articles:
            kept = self.by_id.get(article.copy_of or "", article)
            status = self.status.get(kept.article_id, "unknown")
            yield Lineage(
                article_id=article.article_id,
                status=status,
                rests_on=tuple(self._rests_on(kept, status)),
            )

    def _rests_on(self, article: Article, status: Status) -> Iterator[RestsOn]:
        s = self.standings.get(article.article_id)
        if s is None:
            return
        for d in self.edges[article.article_id]:
            parent = self.by_id.get(d.parent_id)
            source_id = self.newsroom(parent) if parent else d.parent_id
            yield RestsOn(source_id=source_id, evidence=d.evidence[:MOST_EVIDENCE])
        if status in ("origin", "mixed"):
            shown: dict[str, list[Evidence]] = defaultdict(list)
            for a in (*s.own, *s.open):
                if a.source_id and a.source_kind not in NEWSROOMS:
                    shown[a.source_id].append(evidence_of(a))
            for source_id, evidence in shown.items():
                yield RestsOn(source_id=source_id, evidence=tuple(evidence[:MOST_EVIDENCE]))

    def story(self) -> Story:
        """Return the story with all its numbers."""
        origins = self.origins()
        lead = self._lead_article()
        ids = tuple(a.article_id for a in self.articles)
        statuses = list(self.status.values())
        return Story(
            story_id=self.articles[0].story_id or "",
            label=(lead.title or _first_sentence(lead) or lead.text or "untitled").strip()[:200],
            main_claim=_first_sentence(lead),
            article_ids=ids,
            n_pages=len({a.capture_id for a in self.articles}),
            n_articles=len(self.kept),
            n_outlets=len({a.outlet_id for a in self.articles if a.outlet_id}),
            n_origins=len(origins),
            n_presumed=sum(o.access == "presumed" for o in origins),
            n_primary_sources=count_primary(origins),
            n_lineage_unknown=statuses.count("unknown"),
            n_not_read=statuses.count("not read"),
            origins=tuple(origins),
            disputes=tuple(self.disputes()),
            lineage=tuple(self.lineage()),
        )

    def _lead_article(self) -> Article:
        """Return the article that speaks for the story: an origin's, shown before presumed."""

        def rank(a: Article) -> tuple[object, ...]:
            s = self.standings.get(a.article_id)
            lead = f"{a.title or ''} {a.text[:600]}"
            return (
                self.status[a.article_id] not in ("origin", "mixed"),
                not (s and s.shown),
                -bearing(lead, self.terms),
                a.article_id,
            )

        return min(self.read or self.kept or self.articles, key=rank)


@dataclass
class _Origin:
    name: str | None
    shown: bool = False
    article_ids: list[str] = field(default_factory=list)
    basis: list[Attribution] = field(default_factory=list)


def _names(
    attributions: Iterable[Attribution], articles: Iterable[Article]
) -> dict[str, str | None]:
    names: dict[str, str | None] = {}
    for a in attributions:
        if a.source_id:
            names.setdefault(a.source_id, a.source_name)
        if a.addressee_id:
            names.setdefault(a.addressee_id, a.addressee_name)
    for article in articles:
        if article.outlet_id:
            names.setdefault(article.outlet_id, article.outlet)
    return names


def _told(newsroom: str, s: Standing) -> Iterator[Attribution]:
    """Yield the attributions that say who told a newsroom nobody captured."""
    for a in s.told_others:
        if a.addressee_id == newsroom and a.source_id:
            yield a
    yield from (a for a in s.nested if s.through[a.attribution_id] == newsroom)
    if any(newsroom_of(a) == newsroom for a in s.credited):
        yield from s.open


def _first_sentence(article: Article) -> str | None:
    """Return the article's first whole sentence, without a dateline's opener."""
    for where in sentences(article.text):
        if where.end - where.start >= LEAST_CLAIM_CHARS:
            return where.of(article.text)
    return None


def _primary(basis: Iterable[Attribution]) -> tuple[PrimarySource, ...]:
    """Return what attributions rest on, each source once, unnamed ones joined where they may be."""
    groups: dict[tuple[str, str], list[Attribution]] = {}
    unnamed: list[Attribution] = []
    for a in basis:
        if a.source_kind is None or a.source_name is None or a.source_kind in NEWSROOMS:
            continue
        if a.source_kind == "unnamed":
            unnamed.append(a)
        else:
            # A ministry is one source whether it is taken for a government's or not.
            kind = "body" if a.source_kind in BODIES else a.source_kind
            groups.setdefault((kind, name_key(a.source_name)), []).append(a)
    return tuple(
        PrimarySource(
            name=found[0].source_name,
            kind=found[0].source_kind or "unnamed",
            source_id=found[0].source_id,
            evidence=tuple(evidence_of(a) for a in found[:MOST_EVIDENCE]),
        )
        for found in [*groups.values(), *_by_place(unnamed)]
    )


def _by_place(unnamed: Sequence[Attribution]) -> list[list[Attribution]]:
    """
    Return unnamed sources in groups that nothing in their descriptions tells apart.

    Descriptions that share a word of where the source sits are one; one that says nothing of it
    ("a source") goes with the others where they are one group, and stands alone where they are not.
    """
    groups: list[tuple[set[str], list[Attribution]]] = []
    for a in unnamed:
        words = set(described(a.source_name or ""))
        if not words:
            continue
        near = [g for g in groups if g[0] & words]
        merged = (words.union(*(g[0] for g in near)), [a, *(x for g in near for x in g[1])])
        groups = [g for g in groups if g not in near] + [merged]
    bare = [a for a in unnamed if not described(a.source_name or "")]
    if bare and len(groups) == 1:
        groups[0][1].extend(bare)
    elif bare:
        groups.append((set(), bare))
    order = {a.attribution_id: n for n, a in enumerate(unnamed)}
    members = [sorted(found, key=lambda a: order[a.attribution_id]) for _, found in groups]
    return sorted(members, key=lambda found: order[found[0].attribution_id])


def count_primary(origins: Iterable[Origin]) -> int:
    """
    Return how many primary sources the origins rest on: named ones joined, unnamed ones not.

    A role is the one person it can mean ("the owner" in one paper, her name in the other), "the
    company" the one body; court papers that are called by no title are one. Joining too much gives
    fewer sources, which claims less.
    """
    found = [p for origin in origins for p in origin.primary_sources]
    named = {(_sort(p), name_key(p.name)) for p in found if p.name and p.kind != "unnamed"}
    people = {key for sort, key in named if sort == "person"}
    bodies = {key for sort, key in named if sort == "body"}
    keys = set(people | bodies)
    for sort, key in named:
        if sort == "role":
            keys |= set() if len(people) == 1 else {key}
        elif sort == "some body":
            keys |= set() if len(bodies) == 1 else {"some body"}
        elif sort in ("court papers", "other"):
            keys.add(sort if sort == "court papers" else key)
    return len(keys) + sum(p.kind == "unnamed" or p.name is None for p in found)


def _sort(source: PrimarySource) -> str:
    """
    Return what a name tells apart: a person or a body by name, or merely by role.

    >>> [_sort(PrimarySource(name=n, kind="person")) for n in ("Ada Quill", "Ferry owner")]
    ['person', 'role']
    >>> _sort(PrimarySource(name="company", kind="organisation"))
    'some body'
    >>> _sort(PrimarySource(name="the 18-page motion", kind="document"))
    'court papers'
    """
    last = (source.name or "").casefold().split()[-1:]
    word = last[0] if last else ""
    if word in ROLES:
        return "role"
    if source.kind in BODIES:
        return "some body" if word in GENERIC_BODIES else "body"
    if source.kind == "document" and word in COURT_PAPERS:
        return "court papers"
    return "person" if source.kind == "person" else "other"
