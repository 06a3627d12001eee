"""
Whom the statements of a claim go back to, and what may be said of their sources.

The count looks at newsrooms, not at pages: a statement goes back to the newsroom of the origin it
stands in, cites, or derives from. Where an echo rests on two origins and does not say which of them
a statement is from, it adds no newsroom of its own.

Separate sources are the strongest thing said here, so it takes two statements in two newsrooms' own
articles, each given to a source by name, the names without a word in common and
the statements not the same words (then both quote one speaker). What the newsrooms rest on
elsewhere proves nothing for this claim; an unnamed source never makes two separate.

Known to fail: two spokesmen of one institution, each by name, count as two; where a source is named
a sentence before the statement, it counts as not shown.
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
        self.text = {a.article_id: a.text for a in articles}
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
        own = {n: [s for s in statements if self._is_own(s, n)] for n in needed}
        for left, right in combinations(needed, 2):
            if any(self._are_separate(a, b) for a in own[left] for b in own[right]):
                return "separate sources"
        rests_on = [self.origins[n].primary_sources for n in needed]
        if all(len(r) == 1 and _is_same(r[0], rests_on[0][0]) for r in rests_on):
            return "several newsrooms, one source"
        return "several newsrooms, separateness not shown"

    def _is_own(self, statement: StatementOf, newsroom: str) -> bool:
        """Return whether a statement stands in the newsroom's own article and is its own."""
        home = self.home.get(self._node(statement[0]))
        return home == newsroom and self.newsrooms(statement) == {newsroom}

    def _are_separate(self, left: StatementOf, right: StatementOf) -> bool:
        """Return whether two statements are given by name to different sources, in other words."""
        ours, theirs = _named_words(left), _named_words(right)
        if not ours or not theirs or ours & theirs:
            return False
        said = [folded_words(s[1].of(self.text.get(s[0], ""))) for s in (left, right)]
        return not _share_a_run(said[0], said[1])


# Whom a statement can be given to by name; an outlet or an event is no witness.
_WITNESSES = ("person", "organisation", "government", "document")
# So many successive words in both are one speaker's.
QUOTED_WORDS = 8
# Words that names of different bodies and people share.
_COMMON_IN_NAMES = frozenset(
    re.findall(
        r"\w+",
        "the of and for dr mr mrs ms president minister ministry office department spokesman "
        "spokeswoman spokesperson director chief state national police in a an",
    )
)


def _named_words(statement: StatementOf) -> set[str]:
    """Return the words of the names a statement is given to; empty if any is not named."""
    _, place, near = statement
    found: set[str] = set()
    for a in near:
        names_itself = a.self_reference and a.source_kind in ("outlet", "agency")
        if a.kind != "statement" or not covers(a, place) or names_itself:
            continue
        name = a.source_name or ""
        if a.source_kind not in _WITNESSES or not any(w[:1].isupper() for w in name.split()):
            return set()
        found |= set(folded_words(name)) - _COMMON_IN_NAMES
    return found


def _share_a_run(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """
    Return whether two statements share so many successive words that both quote one speaker.

    >>> quote = "we had to shut the lower gate at once".split()
    >>> _share_a_run(["yes", *quote], quote), _share_a_run(quote, quote[2:])
    (True, False)
    """
    runs = {tuple(ours[i : i + QUOTED_WORDS]) for i in range(len(ours) - QUOTED_WORDS + 1)}
    return any(
        tuple(theirs[i : i + QUOTED_WORDS]) in runs for i in range(len(theirs) - QUOTED_WORDS + 1)
    )


def _is_same(left: PrimarySource, right: PrimarySource) -> bool:
    """Return whether two primary sources are one: by id, or by their full names."""
    if left.source_id and left.source_id == right.source_id:
        return True
    named = left.kind != "unnamed" != right.kind and left.name and right.name
    return bool(named) and name_key(left.name or "") == name_key(right.name or "")


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
