"""
Whom the statements of a claim go back to, and what may be said of their sources.

The count looks at newsrooms, not at pages: a statement goes back to the newsroom of the origin it
stands in, cites, or derives from. Where an echo rests on two origins and does not say which of them
a statement is from, it adds no newsroom of its own. Two newsrooms are called separate sources only
if each names its sources and they are different ones; an unnamed source never makes two separate.

Known to fail: spokesmen of one institution that the origins stage did not join count as two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from firsthand.model import (
    Article,
    Attribution,
    Derivation,
    Origin,
    PrimarySource,
    Span,
    Story,
    Verdict,
)
from firsthand.text import folded_words, name_key


def covers(attribution: Attribution, place: Span) -> bool:
    """Return whether a statement lies mostly inside what an attribution says."""
    said = attribution.content
    if said is None:
        return False
    return 2 * (min(place.end, said.end) - max(place.start, said.start)) >= place.end - place.start


StatementOf = tuple[str, Span, tuple[Attribution, ...]]


class Lineages:
    """Which newsrooms of a story a statement goes back to: by its article, or by what it cites."""

    def __init__(
        self, story: Story, articles: Sequence[Article], derivations: Sequence[Derivation]
    ) -> None:
        """Read the story's origins and its edges from child to parent."""
        self.story = story
        self.origins = {origin.source_id: origin for origin in story.origins}
        self.status = {row.article_id: row.status for row in story.lineage}
        self.same = {a.article_id: a.copy_of or a.article_id for a in articles}
        self.outlet = {a.article_id: a.outlet_id for a in articles}
        self.parents: dict[str, set[str]] = defaultdict(set)
        for edge in derivations:
            self.parents[self._node(edge.child_id)].add(self._node(edge.parent_id))
        self.home = {self._node(i): o.source_id for o in story.origins for i in o.article_ids}

    def _node(self, key: str) -> str:
        return self.same.get(key, key)

    def newsrooms(self, statement: StatementOf) -> frozenset[str]:
        """Return the newsrooms a statement may go back to; empty where none is shown."""
        article_id, place, near = statement
        cited = self._cited(place, near)
        if cited:
            return cited
        node = self._node(article_id)
        status = self.status.get(article_id) or self.status.get(node)
        if status in ("origin", "mixed"):
            own = self.home.get(node) or self.outlet.get(node)
            return frozenset({own} if own in self.origins else ())
        return self._upstream(node) if status == "echo" else frozenset()

    def _cited(self, place: Span, near: Sequence[Attribution]) -> frozenset[str]:
        """Return the origins named as the source of just this statement."""
        found: set[str] = set()
        for a in near:
            if a.self_reference or not covers(a, place):
                continue
            for named in (a.source_id, a.addressee_id):
                if named and (named in self.origins or named in self.parents):
                    found |= {named} & self.origins.keys() or self._upstream(named)
        return frozenset(found)

    def _upstream(self, node: str) -> frozenset[str]:
        """Return the origins reached by following edges from ``node`` up."""
        found: set[str] = set()
        seen, ahead = {node}, [node]
        while ahead:
            for parent in sorted(self.parents.get(ahead.pop(), ())):
                own = parent if parent in self.origins else self.home.get(parent)
                if own:
                    found.add(own)
                elif parent not in seen:
                    seen.add(parent)
                    ahead.append(parent)
        return frozenset(found)

    def verdict(self, statements: Sequence[StatementOf]) -> tuple[Verdict, int]:
        """Return what can be said of a claim's sources, and how many newsrooms have it."""
        each = [self.newsrooms(s) for s in statements]
        needed = _fewest(each)
        if not needed:
            return "unattributed", 0
        if len(needed) == 1:
            (only,) = needed
            strangers = any(
                not found and self._is_other_newsroom(s[0], only)
                for s, found in zip(statements, each, strict=True)
            )
            return ("several newsrooms, separateness not shown" if strangers else "one origin"), 1
        return self._separateness(sorted(needed), statements), len(needed)

    def _is_other_newsroom(self, article_id: str, newsroom: str) -> bool:
        """Return whether an article of unknown lineage is known to be another outlet's."""
        outlet = self.outlet.get(article_id)
        return outlet is not None and outlet != newsroom

    def _separateness(self, needed: Sequence[str], statements: Sequence[StatementOf]) -> Verdict:
        found = [self._primaries(self.origins[n], statements) for n in needed]
        if any(_are_separate(left, right) for left, right in combinations(found, 2)):
            return "separate sources"
        if all(len(f) == 1 and _is_same(f[0], found[0][0]) for f in found):
            return "several newsrooms, one source"
        return "several newsrooms, separateness not shown"

    def _primaries(self, origin: Origin, statements: Sequence[StatementOf]) -> list[PrimarySource]:
        """Return what an origin rests on for this claim, else for the story's main claim."""
        named = {
            a.source_id
            for article_id, place, near in statements
            if self.home.get(self._node(article_id)) == origin.source_id
            for a in near
            if a.source_id and covers(a, place)
        }
        here = [p for p in origin.primary_sources if p.source_id in named]
        return here or list(origin.primary_sources)


def _is_named(primary: PrimarySource) -> bool:
    return primary.kind not in ("unnamed", "unseen") and bool(primary.name)


def _is_same(left: PrimarySource, right: PrimarySource) -> bool:
    """Return whether two primary sources are one: by id, or by their full names."""
    if left.source_id and left.source_id == right.source_id:
        return True
    both = _is_named(left) and _is_named(right)
    return both and name_key(left.name or "") == name_key(right.name or "")


def _are_separate(left: Sequence[PrimarySource], right: Sequence[PrimarySource]) -> bool:
    """
    Return whether two newsrooms rest on different sources, all of them named.

    Names that share a word may be one in two spellings ("Chief Ilse Tarn", "Ilse Tarn"): they are
    not separate.
    """
    if not left or not right or not all(map(_is_named, [*left, *right])):
        return False
    ours, theirs = ({w for p in side for w in _name_words(p)} for side in (left, right))
    same = any(_is_same(a, b) for a in left for b in right)
    return not same and not ours & theirs


# Words that names of different bodies and people share.
_COMMON_IN_NAMES = frozenset(
    re.findall(r"\w+", "the of and for dr mr mrs ms president minister ministry office department "
               "spokesman spokeswoman spokesperson director chief state national police")
)  # fmt: skip


def _name_words(primary: PrimarySource) -> set[str]:
    return set(folded_words(primary.name or "")) - _COMMON_IN_NAMES


def _fewest(found: Sequence[frozenset[str]]) -> frozenset[str]:
    """
    Return the fewest newsrooms that explain all statements which go back to any.

    >>> sorted(_fewest([frozenset("a"), frozenset("ab"), frozenset()]))
    ['a']
    >>> sorted(_fewest([frozenset("a"), frozenset("b")]))
    ['a', 'b']
    """
    chosen: set[str] = set()
    for options in sorted((f for f in found if f), key=lambda f: (len(f), sorted(f))):
        if not options & chosen:
            chosen.add(min(options))
    return frozenset(chosen)


__all__ = ["Lineages", "covers"]
