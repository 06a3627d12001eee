"""
What is said about one story, in sentences and rows: the screen and the page both show this.

Nothing is decided here; counts and verdicts are those of the result. What is decided is how they
are put, and the order: what the count is of (these pages, not the world), who has it firsthand and
by which words, who repeats it and whom they credit, what the reports differ on, what to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from firsthand.counts import Counts, each_once, origin_name
from firsthand.lanes import Edge, Graph, Node, graph_of
from firsthand.lookup import Lookup, Quote, earliest
from firsthand.model import (
    Article,
    Citation,
    Claim,
    Difference,
    DifferenceKind,
    Dispute,
    Evidence,
    Note,
    NoteKind,
    Origin,
    Status,
    Story,
    hull,
)
from firsthand.naming import called, dated
from firsthand.wording import listed, named, say

# The most telling first; "wording" is the weakest thing two reports can differ in.
DIFFERENCES: tuple[DifferenceKind, ...] = (
    "claim and denial",
    "number",
    "later figure",
    "date",
    "name",
    "wording",
)


SHOWN_CLAIMS = 6
_MARKS = re.compile(r"[\"“”«»„]")
# What changes how a story is read comes before what is only odd about a page.
NOTES: tuple[NoteKind, ...] = (
    "denial linked",
    "correction",
    "edited later",
    "same address, different text",
    "impossible dates",
    "headline differs from body",
    "attribution dropped",
    "broken quotation",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginRow:
    """A newsroom that has it firsthand: how, on which pages, and the words that show it."""

    name: str
    pages: str
    presumed: bool
    captured: bool
    told: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One article of the story: what it is, what its account rests on, and the words for it."""

    article: Article
    pages: str
    n_pages: int
    n_versions: int
    outlet: str | None
    date: str
    earliest: bool
    status: Status | None
    rests: tuple[str, ...]
    name: str
    ways: tuple[str, ...]
    quotes: tuple[Quote, ...]

    @property
    def chains(self) -> list[str]:
        """Return the chains as they are written, the article first."""
        return [f"{self.name} {say('chain.step')} {way}" for way in self.ways]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRow:
    """A note with the pages it is on, in how many places, and the words it is about."""

    kind: str
    message: str
    pages: str
    n_places: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CitationRow:
    """Cited words and what became of them in the text they are cited from."""

    said: str
    amiss: bool
    pages: str
    cited: Quote
    found: Quote | None


class Account:
    """One story of a result as it is told to a reader."""

    def __init__(self, lookup: Lookup, story: Story) -> None:
        """Keep the story and the result it stands in."""
        self.lookup = lookup
        self.story = story
        self.counts = Counts(story)

    @cached_property
    def graph(self) -> Graph:
        """Return who rests on whom."""
        return graph_of(self.lookup, self.story)

    @property
    def origins(self) -> list[OriginRow]:
        """Return who has it firsthand, those whose words show how before those presumed."""
        rows = [self._origin_row(o) for o in self.story.origins]
        return sorted(rows, key=lambda r: r.presumed)

    def _origin_row(self, origin: Origin) -> OriginRow:
        evidence = [e for p in origin.primary_sources for e in p.evidence]
        if not evidence:
            own = {self.lookup.representative(i) for i in origin.article_ids}
            rests = (r for row in self.story.lineage if row.article_id in own for r in row.rests_on)
            evidence = [e for rest in rests for e in rest.evidence]
        if not evidence and not origin.article_ids:
            evidence = [
                e
                for d in self.lookup.derivations(self.story.story_id)
                if d.parent_id == origin.source_id
                for e in d.evidence
            ]
        pages = [self.lookup.page_labels(i) for i in self._distinct(origin.article_ids)]
        sources = each_once(called(p.name, p.kind) for p in origin.primary_sources)
        told = say("origin.from", sources=listed(sources)) if sources else say("origin.no-source")
        return OriginRow(
            name=origin_name(origin),
            pages=listed(pages) if pages else say("origin.not-captured"),
            presumed=origin.access == "presumed",
            captured=bool(pages),
            told=told,
            quotes=self.quotes(evidence),
        )

    def _distinct(self, article_ids: Iterable[str]) -> list[str]:
        return each_once(self.lookup.representative(i) for i in article_ids)

    @property
    def disputes(self) -> list[tuple[str, tuple[Quote, ...]]]:
        """Return who denies the main claim firsthand, with the words."""
        return [(self._denier(d), self.quotes(d.evidence)) for d in self.story.disputes]

    def _denier(self, dispute: Dispute) -> str:
        return dispute.name or say("source.person")

    @property
    def rows(self) -> list[Row]:
        """Return one row an article, recaptures folded: origins, then echoes, then the rest."""
        articles = self.lookup.distinct(self.story)
        first = earliest(articles)
        rows = [self._row(a, a.article_id == first) for a in articles]
        order = ["origin", "mixed", "echo", "unknown", "not read", None]
        return sorted(rows, key=lambda r: (order.index(r.status), *_age(r.article)))

    def _row(self, article: Article, is_earliest: bool) -> Row:
        article_id = article.article_id
        lineage = {row.article_id: row for row in self.story.lineage}.get(article_id)
        edges = self._drawn(article_id)
        evidence = [e for edge in edges for e in edge.evidence]
        if lineage:
            evidence += [e for rest in lineage.rests_on for e in rest.evidence]
        status = lineage.status if lineage else None
        return Row(
            article=article,
            pages=self.lookup.page_labels(article_id),
            n_pages=len(self.lookup.pages(article_id)),
            n_versions=self.lookup.n_versions(article_id),
            outlet=self.lookup.outlet(article_id),
            date=dated(article.published),
            earliest=is_earliest,
            status=status,
            rests=tuple(self._rests(article_id, status, edges)),
            name=self.lookup.telling(article_id),
            ways=tuple(self._ways(article_id)) if status in ("echo", "mixed") else (),
            quotes=self.quotes(evidence),
        )

    def _ways(self, article_id: str) -> Iterator[str]:
        """Yield what follows an article in each chain: through whom, from what source."""
        arrow = f" {say('chain.step')} "
        for way in self.graph.chains(article_id):
            if len(way) > 1:
                sources = listed([n.name for n in self.graph.primary(way[-1].node_id)])
                yield arrow.join([*(n.name for n in way[1:]), *([sources] if sources else [])])

    def _drawn(self, article_id: str) -> list[Edge]:
        """Return the edges from an article to what it repeats (not to an origin's own sources)."""
        nodes = self.graph.nodes
        return [e for e in self.graph.parents(article_id) if nodes[e.parent].kind != "primary"]

    def _rests(self, article_id: str, status: Status | None, edges: list[Edge]) -> Iterator[str]:
        if status in ("origin", "unknown", "not read", "mixed"):
            yield named("rests", status)
        if status == "origin":
            yield from (
                say("origin.from", sources=self.graph.nodes[e.parent].name)
                for e in self.graph.parents(article_id)
                if self.graph.nodes[e.parent].kind == "primary"
            )
        yield from self._repeated(edges)
        if status == "echo" and not edges:
            yield say("rests.echo")

    def _repeated(self, edges: list[Edge]) -> Iterator[str]:
        """Yield what is repeated, and whether a credit was found; one sentence a kind of edge."""
        kinds: dict[str, list[str]] = {}
        for edge in edges:
            parent = self.graph.nodes[edge.parent]
            if parent.source_kind == "unseen":
                yield say("rests.unseen")
                continue
            name = say("rests.not-captured", name=parent.name) if parent.hollow else parent.name
            kinds.setdefault(edge.basis or "attribution", []).append(name)
        for basis, names in kinds.items():
            yield named("rests-on", basis, name=listed(each_once(names)))

    def edge_said(self, edge: Edge) -> str:
        """Return an edge of the picture as a sentence of the list beside it."""
        child = self.graph.nodes[edge.child]
        apart = child.pages and child.pages != child.name
        name = say("chain.start", page=child.name, outlet=child.pages) if apart else child.name
        rests = "; ".join(self._repeated([edge]))
        if self.graph.nodes[edge.parent].kind == "primary":
            rests = say("origin.from", sources=self.graph.nodes[edge.parent].name)
        key = "edge.said-words" if edge.words else "edge.said"
        return say(key, name=name, rests=rests, words=edge.words)

    @property
    def loose(self) -> list[Node]:
        """Return the nodes of the picture that no edge touches."""
        tied = {i for e in self.graph.edges for i in (e.child, e.parent)}
        return [node for i, node in self.graph.nodes.items() if i not in tied]

    def statements(self, claim: Claim) -> tuple[Quote, ...]:
        """Return who says a claim, in their words."""
        return self.quotes(Evidence(article_id=s.article_id, span=s.span) for s in claim.statements)

    @property
    def claims(self) -> list[Claim]:
        """Return the story's claims, those that most articles state first."""
        return sorted(
            self.lookup.claims(self.story),
            key=lambda c: (-len(c.statements), not c.differences, c.claim_id),
        )

    @property
    def claims_apart(self) -> tuple[list[Claim], list[Claim]]:
        """Return the claims to show at once (all with differences, some more) and the others."""
        claims = self.claims
        plain = [c for c in claims if not c.differences]
        room = max(3, SHOWN_CLAIMS - (len(claims) - len(plain)))
        shown = [c for c in claims if c.differences or c in plain[:room]]
        return shown, plain[room:]

    @property
    def differences(self) -> list[tuple[Claim, Difference]]:
        """Return where aligned statements differ, the most telling kind first."""
        found = [(c, d) for c in self.claims for d in c.differences]
        return sorted(found, key=lambda cd: DIFFERENCES.index(cd[1].kind))

    @property
    def notes(self) -> list[NoteRow]:
        """Return the notes on the story's articles; one that says the same twice stands once."""
        # The same words on a recapture are the same place.
        places: dict[tuple[str, str, Evidence | str], list[Note]] = {}
        for note in sorted(self.lookup.notes(self.story), key=lambda n: NOTES.index(n.kind)):
            places.setdefault((note.kind, note.message, self._place(note)), []).append(note)
        rows: dict[tuple[str, str, str], list[Note]] = {}
        for (kind, message, _), group in places.items():
            pages = listed(each_once(map(self.lookup.note_page, group)), most=6)
            rows.setdefault((kind, message, pages), []).append(group[0])
        return [
            NoteRow(
                kind=named("note", kind),
                message=message,
                pages=pages,
                n_places=len(group),
                quotes=self.quotes(e for note in group if (e := self._evidence(note))),
            )
            for (kind, message, pages), group in rows.items()
        ]

    def _place(self, note: Note) -> Evidence | str:
        """Return what tells the places of notes apart: their words, or else where they are."""
        evidence = self._evidence(note)
        words = self.lookup.quote(evidence).words if evidence else None
        return words or evidence or note.capture_id

    def _evidence(self, note: Note) -> Evidence | None:
        article_id = note.article_id or self.lookup.opening(note.capture_id)
        if note.span is None or article_id is None:
            return None
        return Evidence(article_id=article_id, span=note.span, in_=note.in_)

    @property
    def citations(self) -> list[CitationRow]:
        """Return what became of cited words, those that could not be found as they are first."""
        worst = ["altered", "not found", "paraphrased", "not comparable", "verbatim"]
        found = sorted(
            self.lookup.citations(self.story),
            key=lambda c: (worst.index(c.verdict), c.attribution_id),
        )
        rows = [self._citation_row(c) for c in found]
        return [row for row in rows if row is not None]

    def _citation_row(self, citation: Citation) -> CitationRow | None:
        attribution = self.lookup.attributions.get(citation.attribution_id)
        if attribution is None:
            return None
        span = attribution.content or attribution.cue
        if span is None:
            return None
        here, cited = attribution.article_id, self.lookup.name(citation.cited_article_id)
        found = citation.found
        words = self.lookup.quote(Evidence(article_id=here, span=span, in_=attribution.in_))
        return CitationRow(
            said=named("citation", citation.verdict, name=cited),
            # Without quotation marks other words are no more than other words: a retelling that
            # firsthand does not recognise is not something to point at.
            amiss=citation.verdict in ("altered", "not found")
            and bool(_MARKS.search(words.words or "")),
            pages=self.lookup.page_labels(here),
            cited=words,
            found=self.lookup.quote(Evidence(article_id=found.article_id, span=found.span))
            if found
            else None,
        )

    def quotes(self, evidence: Iterable[Evidence]) -> tuple[Quote, ...]:
        """Return the words of the evidence in its order, passages that adjoin as one."""
        merged: list[Evidence] = []
        for item in dict.fromkeys(evidence):
            near = [e for e in merged if self._adjoin(e, item)]
            whole = hull([item.span, *(e.span for e in near)])
            item = replace(item, span=whole)
            at = merged.index(near[0]) if near else len(merged)
            merged = [e for e in merged if e not in near]
            merged.insert(at, item)
        return tuple(map(self.lookup.quote, merged))

    def _adjoin(self, a: Evidence, b: Evidence) -> bool:
        """Return whether two passages overlap, or have no word and no line end between them."""
        if (a.article_id, a.in_) != (b.article_id, b.in_):
            return False
        start, end = min(a.span.end, b.span.end), max(a.span.start, b.span.start)
        between = self.lookup.source_text(a)[start:end]
        return start >= end or not any(c.isalnum() or c == "\n" for c in between)


def accounts(lookup: Lookup, stories: Iterable[Story]) -> list[Account]:
    """Return the stories in the order they are shown: most pages first."""
    by_size = sorted(stories, key=lambda s: (-s.n_pages, -s.n_articles, s.label, s.story_id))
    return [Account(lookup, story) for story in by_size]


def _age(article: Article) -> tuple[bool, str, str]:
    at = article.published.at if article.published else None
    return at is None, at or "", article.path
