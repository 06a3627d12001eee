"""
A finished result, looked up by id, with the names its records go by on screen.

A reader knows pages by their file names and newsrooms by their names, not by digests. Here each
record gets the shortest name that is still its own: the number a file name begins with if that
tells all files apart, else the whole stem, else the name with its ending. An article whose own
outlet is not stated bears the name of the source it was shown to be.

Where a run kept no text, an article's text is empty and no words can be shown: a
:class:`Quote` then has ``words=None``, and whoever shows it says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from firsthand.model import (
    Article,
    Attribution,
    Capture,
    Citation,
    Claim,
    Derivation,
    Evidence,
    In,
    Note,
    Origin,
    Result,
    Reuse,
    Source,
    Span,
    Story,
    hull,
)
from firsthand.naming import called, names_of
from firsthand.text import sentences
from firsthand.wording import listed, say

# Longer names are cut in their middle; nobody tells files apart by more.
LONGEST_LABEL_CHARS = 34


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """Words of an article with the rest of their sentence; ``words`` is None if not kept."""

    article_id: str
    before: str = ""
    words: str | None
    after: str = ""
    in_: In = "text"


class Lookup:
    """A result by id: its articles, sources and stories, and what each is called."""

    def __init__(self, result: Result) -> None:
        """Index the tables of ``result``."""
        self.result = result
        self.articles: dict[str, Article] = {a.article_id: a for a in result.articles}
        self.captures: dict[str, Capture] = {c.capture_id: c for c in result.captures}
        self.sources: dict[str, Source] = {s.source_id: s for s in result.sources}
        self.stories: dict[str, Story] = {s.story_id: s for s in result.stories}
        self.memberships = {m.article_id: m for m in result.memberships}
        self._sentences: dict[str, list[Span]] = {}

    def representative(self, node_id: str) -> str:
        """Return the article this one is a recapture of, or the id itself."""
        article = self.articles.get(node_id)
        return (article.copy_of or node_id) if article else node_id

    def turns(self, story: Story) -> list[Story]:
        """Return the other stories about the same running matter, by label."""
        found = [
            s
            for s in self.result.stories
            if s.chain_id and s.chain_id == story.chain_id and s.story_id != story.story_id
        ]
        return sorted(found, key=lambda s: (s.label, s.story_id))

    @cached_property
    def _pages(self) -> dict[str, list[Article]]:
        pages: dict[str, list[Article]] = defaultdict(list)
        for article in self.result.articles:
            pages[self.representative(article.article_id)].append(article)
        for group in pages.values():
            group.sort(key=lambda a: (a.path, a.place, a.article_id))
        return pages

    def pages(self, article_id: str) -> list[Article]:
        """Return the article and its recaptures, by path."""
        return self._pages[self.representative(article_id)]

    @cached_property
    def _changed(self) -> set[str]:
        """Return the articles whose recapture, or whose representative, has other words."""
        rows = (r for r in self.result.reuse if r.rule == "recapture" and r.form != "verbatim")
        return {article_id for r in rows for article_id in (r.left_id, r.right_id)}

    def n_versions(self, article_id: str) -> int:
        """Return in how many wordings the article was captured."""
        head, pages = self.representative(article_id), self.pages(article_id)
        changed = {a.text_id for a in pages if a.article_id in self._changed}
        own = {a.text_id for a in pages if a.article_id == head}
        return 1 + len(changed - own)

    def distinct(self, story: Story) -> list[Article]:
        """Return the story's articles without recaptures, by path."""
        ids = {self.representative(i) for i in story.article_ids}
        found = [self.articles[i] for i in ids if i in self.articles]
        return sorted(found, key=lambda a: (a.path, a.place, a.article_id))

    @cached_property
    def _file_labels(self) -> dict[str, str]:
        """Return capture id → the shortest name of it that no other capture shares."""
        candidates = {c.capture_id: names_of(c, self._given_ids) for c in self.result.captures}
        marks = Counter(names[0] for names in candidates.values())
        first = 0 if all(n == 1 for n in marks.values()) else 1
        labels: dict[str, str] = {}
        for level in range(first, 4):
            left = {i: names[level] for i, names in candidates.items() if i not in labels}
            counts = Counter([*left.values(), *labels.values()])
            labels |= {i: name for i, name in left.items() if counts[name] == 1 and name}
        return {i: labels.get(i, names[-1]) for i, names in candidates.items()}

    @cached_property
    def _given_ids(self) -> dict[str, str]:
        return {a.capture_id: a.given_id for a in self.result.articles if a.given_id}

    @cached_property
    def _articles_in(self) -> Counter[str]:
        return Counter(a.capture_id for a in self.result.articles)

    def label(self, article_id: str) -> str:
        """Return the file name an article goes by, with its place where a page holds several."""
        article = self.articles.get(article_id)
        if article is None:
            return article_id
        name = self._file_labels.get(article.capture_id) or PurePath(article.path).stem
        if len(name) > LONGEST_LABEL_CHARS:
            # File names of one collection differ at either end more often than in the middle.
            half = LONGEST_LABEL_CHARS // 2
            name = f"{name[: half - 1]}…{name[-half:]}"
        if self._articles_in[article.capture_id] > 1 and article.place > 0:
            return say("label.place", page=name, n=article.place + 1)
        return name

    @cached_property
    def n_given(self) -> int:
        """
        Return how many pages were given: those that were read and those rejected whole.

        An article that a later stage had to give up is rejected too, but its page was counted.
        """
        read = {(c.path, c.record) for c in self.result.captures}
        rejected = [r for r in self.result.rejected if (r.path, r.record) not in read]
        return self.result.summary.captures + len(rejected)

    def page_labels(self, article_id: str) -> str:
        """Return the file names of an article and its recaptures as one phrase."""
        return listed([self.label(a.article_id) for a in self.pages(article_id)], most=6)

    @cached_property
    def _owners(self) -> dict[str, str]:
        """Return article id → name of the source that is shown to own it."""
        owners: dict[str, str] = {}
        origins = (o for s in self.result.stories for o in s.origins)
        owning: list[Source | Origin] = [*self.result.sources, *origins]
        for owner in owning:
            if owner.name:
                owners |= {self.representative(i): owner.name for i in owner.article_ids}
        return owners

    @cached_property
    def _owned(self) -> dict[str, list[str]]:
        owned: dict[str, list[str]] = defaultdict(list)
        for source in self.result.sources:
            for article_id in source.article_ids:
                owned[self.representative(article_id)].append(source.source_id)
        return owned

    def owners(self, article_id: str) -> list[str]:
        """Return the sources whose own article this is shown to be."""
        return self._owned.get(self.representative(article_id), [])

    def outlet(self, article_id: str) -> str | None:
        """Return the outlet an article is known to belong to, or None."""
        article = self.articles.get(article_id)
        return (article and article.outlet) or self._owners.get(self.representative(article_id))

    def telling(self, article_id: str) -> str:
        """Return an article's outlet with its file name: what tells it apart from all others."""
        outlet, page = self.outlet(article_id), self.label(article_id)
        return say("chain.start", page=outlet, outlet=page) if outlet else page

    def source_name(self, source_id: str) -> str:
        """Return the name of a source as it goes into a sentence."""
        source = self.sources.get(source_id)
        return called(source.name, source.kind) if source else source_id

    def name(self, node_id: str) -> str:
        """Return what an article or source is called: its outlet if known, else its file name."""
        if node_id in self.articles:
            return self.outlet(node_id) or self.label(node_id)
        return self.source_name(node_id)

    @cached_property
    def _by_story(self) -> dict[str, list[Derivation]]:
        found: dict[str, list[Derivation]] = defaultdict(list)
        for derivation in self.result.derivations:
            found[derivation.story_id].append(derivation)
        return found

    def derivations(self, story_id: str) -> list[Derivation]:
        """Return the derivations that a story's articles show."""
        found = self._by_story.get(story_id, [])
        return sorted(found, key=lambda d: (d.child_id, d.parent_id, d.basis))

    @cached_property
    def attributions(self) -> dict[str, Attribution]:
        """Return the attributions by id."""
        return {a.attribution_id: a for a in self.result.attributions}

    @cached_property
    def _story_of(self) -> dict[str, str]:
        return {i: s.story_id for s in self.result.stories for i in s.article_ids}

    @cached_property
    def _notes(self) -> dict[str, list[Note]]:
        """Return story id → notes; one on a whole capture goes to the story it opens with."""
        notes: dict[str, list[Note]] = defaultdict(list)
        for note in self.result.notes:
            article_id = note.article_id or self.opening(note.capture_id) or ""
            notes[self._story_of.get(article_id, "")].append(note)
        return notes

    @cached_property
    def _openings(self) -> dict[str, str]:
        return {a.capture_id: a.article_id for a in self.result.articles if a.place == 0}

    def opening(self, capture_id: str) -> str | None:
        """Return the article a capture opens with."""
        return self._openings.get(capture_id)

    def notes(self, story: Story) -> list[Note]:
        """Return the notes on a story's articles and on captures that open with it."""
        found = self._notes.get(story.story_id, [])
        start = Span(start=0, end=0)
        return sorted(found, key=lambda n: (self.note_page(n), n.span or start, n.kind))

    def note_page(self, note: Note) -> str:
        """Return the file name of the page a note is on."""
        if note.article_id in self.articles:
            return self.label(note.article_id)
        return self._file_labels.get(note.capture_id, note.capture_id)

    @cached_property
    def _claims(self) -> dict[str, list[Claim]]:
        claims: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.result.claims:
            claims[claim.story_id].append(claim)
        return claims

    def claims(self, story: Story) -> list[Claim]:
        """Return a story's claims."""
        return self._claims.get(story.story_id, [])

    @cached_property
    def _citations(self) -> dict[str, list[Citation]]:
        found: dict[str, list[Citation]] = defaultdict(list)
        for citation in self.result.citations:
            if attribution := self.attributions.get(citation.attribution_id):
                found[self._story_of.get(attribution.article_id, "")].append(citation)
        return found

    def citations(self, story: Story) -> list[Citation]:
        """Return the checked citations of a story's articles."""
        return self._citations.get(story.story_id, [])

    @cached_property
    def _reuse(self) -> dict[str, list[Reuse]]:
        rows: dict[str, list[Reuse]] = defaultdict(list)
        for row in self.result.reuse:
            story_id = self._story_of.get(row.left_id)
            if story_id and story_id == self._story_of.get(row.right_id):
                rows[story_id].append(row)
        return rows

    def reuse(self, story: Story) -> list[Reuse]:
        """Return the passages that articles of a story share."""
        return self._reuse.get(story.story_id, [])

    @cached_property
    def _cues(self) -> dict[tuple[str, In], list[Span]]:
        cues: dict[tuple[str, In], list[Span]] = defaultdict(list)
        for attribution in self.result.attributions:
            # The "cue" of a credit line is any part of it; all of the line tells more.
            if attribution.cue and attribution.kind == "statement":
                cues[attribution.article_id, attribution.in_].append(attribution.cue)
        return cues

    def cues(self, article_id: str, in_: In) -> list[Span]:
        """Return the spans of the cues found in an article."""
        return sorted(self._cues.get((article_id, in_), []))

    def sentences(self, article_id: str) -> list[Span]:
        """Return the sentences of an article's text; kept, since many views ask for them."""
        if article_id not in self._sentences:
            article = self.articles.get(article_id)
            self._sentences[article_id] = sentences(article.text) if article else []
        return self._sentences[article_id]

    def quote(self, evidence: Evidence) -> Quote:
        """Return the words of a piece of evidence with the rest of their sentence."""
        span, text = evidence.span, self.source_text(evidence)
        if not text:
            words = self._words_at(evidence)
            return Quote(article_id=evidence.article_id, words=words, in_=evidence.in_)
        around = span
        if evidence.in_ == "title":
            around = Span(start=0, end=len(text))
        elif evidence.in_ == "text":
            around = self.around(evidence.article_id, span)
        return Quote(
            article_id=evidence.article_id,
            before=text[around.start : span.start],
            words=span.of(text),
            after=text[span.end : around.end],
            in_=evidence.in_,
        )

    def around(self, article_id: str, span: Span) -> Span:
        """Return the hull of the sentences that a span of an article's text touches."""
        return hull([span, *(s for s in self.sentences(article_id) if s.overlaps(span))])

    def source_text(self, evidence: Evidence) -> str:
        """Return the text a piece of evidence lies in, or an empty one if it is not kept."""
        article = self.articles.get(evidence.article_id)
        if article is None:
            return ""
        if evidence.in_ == "capture":
            capture = self.captures.get(article.capture_id)
            content = capture.content if capture else b""
            return content.decode((capture and capture.encoding) or "utf-8", "replace")
        return (article.title or "") if evidence.in_ == "title" else article.text

    @cached_property
    def _furniture(self) -> dict[tuple[str, In, Span], str]:
        rows = self.result.furniture
        return {(f.capture_id, f.in_, f.span): f.text for f in rows if f.span}

    def _words_at(self, evidence: Evidence) -> str | None:
        """Return the words of a place in the capture that the result holds: byline, furniture."""
        article = self.articles.get(evidence.article_id)
        if article is None or evidence.in_ != "capture":
            return None
        if article.byline and article.byline_span == evidence.span:
            return article.byline
        return self._furniture.get((article.capture_id, "capture", evidence.span)) or None


def earliest(articles: Iterable[Article]) -> str | None:
    """Return the one article dated a day or more before the others, or None."""
    known = sorted(
        (a.published.at[:10], a.article_id)
        for a in articles
        if a.published and a.published.at and len(a.published.at) >= 10
    )
    if len(known) < 2 or known[0][0] == known[1][0]:
        return None
    return known[0][1]
