"""
Who rests on whom: directed edges from an article (or an outlet nobody captured) to its parents.

Explicit words first: an attribution to another newsroom that bears on the story's main claim, or a
credit for the whole text. Then copied prose: it shows *that* two articles share an account, not
which way it went, so a direction is drawn only where something else decides it: a credit on one
side, an agency whose own page is there, or own access shown on one side only. Dates alone decide
nothing, since pages updated later borrow from each other both ways. Where nothing decides, both
rest on a common text that nobody credits: a source of kind ``unseen``, which is never an origin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from firsthand.model import (
    Article,
    Attribution,
    Derivation,
    Evidence,
    Reuse,
    Source,
    digest,
)
from firsthand.outlets import table
from firsthand.stage import together
from firsthand.standing import (
    NEWSROOMS,
    Standing,
    by_article,
    evidence_of,
    main_terms,
    newsroom_of,
    standings_of,
)

# Shared prose of this many characters, or this share of the shorter text, is more than a formula.
FEWEST_COPIED_CHARS = 350
LEAST_COPIED_SHARE = 0.2
MOST_EVIDENCE = 6


@together(takes=(Article, Attribution, Reuse), by="story_id", gives=(Derivation, Source))
def derive(
    articles: list[Article], attributions: list[Attribution], reuse: list[Reuse]
) -> Iterator[Derivation | Source]:
    """Yield a story's edges, child → parent, and the unseen sources they lead to."""
    kept = [a for a in articles if a.copy_of is None and a.not_read is None]
    standings = standings_of(kept, by_article(attributions), main_terms(kept))
    edges = _Edges(standings)
    for s in standings.values():
        edges.from_words(s)
    edges.from_copies(reuse)
    story_id = articles[0].story_id if articles else None
    yield from edges.derivations(story_id or "")
    yield from edges.unseen


class _Edges:
    """The edges of one story as they are found; an edge may rest on words, on prose or on both."""

    def __init__(self, standings: Mapping[str, Standing]) -> None:
        self.standings = standings
        self.words: dict[tuple[str, str], list[tuple[float, Evidence]]] = defaultdict(list)
        self.prose: dict[tuple[str, str], list[tuple[float, Evidence]]] = defaultdict(list)
        self.unseen: list[Source] = []
        self.own_page: dict[str, str] = {}
        # Newsrooms that others carry: agencies, and whoever a page of this story credits as one.
        self.wires = {newsroom_of(a) for s in standings.values() for a in s.credited}
        self.wires |= table().agencies
        for article_id in sorted(standings):
            outlet_id = standings[article_id].article.outlet_id
            # Of several own pages the one with most own access, then the longest, is the parent.
            if outlet_id and self._better(article_id, self.own_page.get(outlet_id)):
                self.own_page[outlet_id] = article_id

    def _better(self, article_id: str, than: str | None) -> bool:
        if than is None:
            return True
        a, b = self.standings[article_id], self.standings[than]
        return (not a.credited, a.shown, len(a.article.text)) > (
            not b.credited, b.shown, len(b.article.text),
        )  # fmt: skip

    def node(self, newsroom: str, child: str | None = None) -> str:
        """Return the captured article of a newsroom in this story, or the newsroom's own id."""
        page = self.own_page.get(newsroom)
        return page if page is not None and page != child else newsroom

    def from_words(self, s: Standing) -> None:
        """Add what the article itself says it rests on."""
        child = s.article.article_id
        for newsroom, found in s.parents.items():
            parent = self.node(newsroom, child)
            if newsroom == s.article.outlet_id:
                continue
            for a in found:
                self.words[child, parent].append((a.strength, evidence_of(a)))
        for a in (*s.cited, *s.told_others):
            outer, inner = s.through.get(a.attribution_id), newsroom_of(a)
            if a.source_kind in NEWSROOMS and a.addressee_id and a.source_id != a.addressee_id:
                # "X, citing a report in Y": what came through X came from Y.
                outer, inner = a.addressee_id, a.source_id
            if outer is None and s.credited:
                outer = newsroom_of(s.credited[0])
            # "X, Y reported": it is Y that rests on X.
            if outer and inner and outer != inner and outer != s.article.outlet_id:
                pair = self.node(outer), self.node(inner)
                if pair[0] not in (child, pair[1]) and pair[1] != child:
                    self.words[pair].append((a.strength, evidence_of(a)))

    def from_copies(self, reuse: Sequence[Reuse]) -> None:
        """Add what shared prose shows, where something decides its direction."""
        copied: dict[tuple[str, str], list[Reuse]] = defaultdict(list)
        for r in reuse:
            ends = r.left_id, r.right_id
            # What two tell alike in other words shows no more than that both tell it.
            is_prose = r.meaning == "copy" and r.form != "paraphrased"
            if is_prose and all(e in self.standings for e in ends):
                copied[ends].append(r)
        undirected: list[tuple[str, str, list[Reuse]]] = []
        for (left, right), rows in sorted(copied.items()):
            if not self._substantial(left, right, rows) or self._one_newsroom(left, right):
                continue
            if self._reaches(left, right) or self._reaches(right, left):
                self._strengthen(left, right, rows)
            elif edge := self._direction(left, right):
                self._add_prose(edge, rows)
            else:
                undirected.append((left, right, rows))
        # What both have from one place needs no second explanation.
        self._unseen([x for x in undirected if not self._common_parent(x[0], x[1])])

    def _substantial(self, left: str, right: str, rows: Iterable[Reuse]) -> bool:
        chars = sum(r.left.end - r.left.start for r in rows)
        shorter = min(len(self.standings[x].article.text) for x in (left, right))
        return chars >= FEWEST_COPIED_CHARS or chars >= LEAST_COPIED_SHARE * shorter

    def _one_newsroom(self, left: str, right: str) -> bool:
        outlets = [self.standings[x].article.outlet_id for x in (left, right)]
        return outlets[0] is not None and outlets[0] == outlets[1]

    def _strengthen(self, left: str, right: str, rows: Iterable[Reuse]) -> None:
        """Add shared prose to an edge that words already show."""
        for edge in ((left, right), (right, left)):
            if edge in self.words:
                self._add_prose(edge, rows)

    def _add_prose(self, edge: tuple[str, str], rows: Iterable[Reuse]) -> None:
        for r in rows:
            where = r.left if r.left_id == edge[0] else r.right
            self.prose[edge].append((r.strength, Evidence(article_id=edge[0], span=where)))

    def _reaches(self, child: str, ancestor: str) -> bool:
        edges: dict[str, set[str]] = defaultdict(set)
        for start, end in [*self.words, *self.prose]:
            edges[start].add(end)
        return leads(edges, child, ancestor)

    def _common_parent(self, left: str, right: str) -> bool:
        """Return whether both already rest on one newsroom: that is where the prose is from."""
        parents = [
            {parent for child, parent in (*self.words, *self.prose) if child == x}
            for x in (left, right)
        ]
        return bool(parents[0] & parents[1])

    def _direction(self, left: str, right: str) -> tuple[str, str] | None:
        """Return the edge that something other than the shared prose decides, or None."""
        a, b = self.standings[left], self.standings[right]
        for one, other in ((a, b), (b, a)):
            if one.article.outlet_id in self.wires and not one.parents and not other.shown:
                return other.article.article_id, one.article.article_id
        for one, other in ((a, b), (b, a)):
            newsroom = newsroom_of(one.credited[0]) if one.credited else None
            if newsroom and not other.credited and not other.shown:
                if newsroom != other.article.outlet_id:
                    return other.article.article_id, self.node(newsroom, other.article.article_id)
                return one.article.article_id, other.article.article_id
        if a.shown != b.shown and not a.parents and not b.parents:
            return (right, left) if a.shown else (left, right)
        return None

    def _unseen(self, pairs: Sequence[tuple[str, str, list[Reuse]]]) -> None:
        """Add one unseen source for every group of articles whose common prose nobody credits."""
        group: dict[str, set[str]] = {}
        for left, right, _ in pairs:
            both = group.get(left, {left}) | group.get(right, {right})
            for member in both:
                group[member] = both
        for left, right, rows in pairs:
            unseen = digest("unseen", *sorted(group[left]))
            if all(s.source_id != unseen for s in self.unseen):
                self.unseen.append(Source(source_id=unseen, name=None, kind="unseen"))
            self._add_prose((left, unseen), rows)
            self._add_prose((right, unseen), rows)

    def derivations(self, story_id: str) -> Iterator[Derivation]:
        """Yield the edges, cycles cut at their weakest edge."""
        for child, parent in self._acyclic():
            words, prose = self.words.get((child, parent), []), self.prose.get((child, parent), [])
            shown = sorted({*words, *prose}, key=lambda e: (-e[0], e[1].article_id, e[1].span))
            yield Derivation(
                child_id=child,
                parent_id=parent,
                basis="both" if words and prose else "attribution" if words else "reuse",
                strength=max(strength for strength, _ in shown),
                evidence=tuple(e for _, e in shown[:MOST_EVIDENCE]),
                story_id=story_id,
            )

    def _acyclic(self) -> list[tuple[str, str]]:
        """Return the edges, strongest first, without those that would close a circle."""

        def strength(edge: tuple[str, str]) -> float:
            return max(s for s, _ in [*self.words.get(edge, []), *self.prose.get(edge, [])])

        edges = sorted({*self.words, *self.prose}, key=lambda e: (-strength(e), e))
        kept: dict[str, set[str]] = defaultdict(set)
        result = []
        for child, parent in edges:
            if child == parent or leads(kept, parent, child):
                continue
            kept[child].add(parent)
            result.append((child, parent))
        return sorted(result)


def leads(edges: Mapping[str, set[str]], start: str, end: str) -> bool:
    """Return whether a way leads from ``start`` to ``end``."""
    seen, todo = {start}, [start]
    while todo:
        for after in edges.get(todo.pop(), ()):
            if after == end:
                return True
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return False
