"""
The counts of a story as they are said: always all four, and before them what they are of.

A bare number of sources is the very thing this package exists against, so there is no way to ask
for one here.
"""

from __future__ import annotations

from collections.abc import Iterable

from firsthand.model import Origin, Story
from firsthand.naming import called
from firsthand.wording import listed, say

MOST_NAMED = 4


class Counts:
    """One story's counts, put into words."""

    def __init__(self, story: Story) -> None:
        """Keep the story the counts are of."""
        self.story = story

    @property
    def numbers(self) -> list[tuple[int, str]]:
        """Return the four numbers, each with its word, and what was not read if anything was."""
        s = self.story
        counts = [
            ("page", s.n_pages),
            ("article", s.n_articles),
            ("origin", s.n_origins),
            ("unknown", s.n_lineage_unknown),
        ]
        if s.n_not_read:
            counts.append(("not-read", s.n_not_read))
        return [(n, say(f"word.{key}", n=n)) for key, n in counts]

    @property
    def headline(self) -> str:
        """Return the four numbers as one line, what is presumed marked beside the origins."""
        parts = [f"{n:,} {word}" for n, word in self.numbers]
        if self.presumed:
            parts[2] = f"{parts[2]} {self.presumed}"
        return " · ".join(parts)

    @property
    def presumed(self) -> str:
        """Return how many of the origins are presumed, in brackets, or an empty string."""
        s = self.story
        if not s.n_presumed:
            return ""
        if s.n_presumed == s.n_origins:
            return say("headline.presumed-all", n=s.n_origins)
        return say("headline.presumed", n=s.n_presumed)

    @property
    def resting(self) -> str:
        """Return on how many primary sources the origins rest."""
        if not self.story.n_origins:
            return ""
        if not self.story.n_primary_sources:
            return say("headline.no-primary")
        return say("headline.resting", n=self.story.n_primary_sources)

    @property
    def scope(self) -> str:
        """Return what the count is a count of, before anything else is said."""
        s = self.story
        if s.n_not_read and s.n_not_read == s.n_articles:
            return say("scope.not-read")
        kinds: dict[str, list[Origin]] = {"shown": [], "named": [], "presumed": []}
        for origin in s.origins:
            shown = "shown" if origin.article_ids else "named"
            kinds[shown if origin.access == "shown" else "presumed"].append(origin)
        parts = "; ".join(
            say(f"scope.{kind}", n=len(origins), who=self._who(origins))
            for kind, origins in kinds.items()
            if origins
        )
        parts = parts or say("scope.none")
        if s.n_pages == 1:
            return say("scope.one", parts=parts)
        return say("scope.all", pages_of=say("scope.these", n=s.n_pages), parts=parts)

    def _who(self, origins: list[Origin]) -> str:
        people = []
        for origin in origins[:MOST_NAMED]:
            sources = each_once(called(p.name, p.kind) for p in origin.primary_sources)
            name = origin_name(origin)
            rest = say("scope.who", name=name, sources=listed(sources)) if sources else name
            people.append(rest)
        if len(origins) > MOST_NAMED:
            people.append(say("list.more", n=len(origins) - MOST_NAMED))
        return "; ".join(people)

    @property
    def unknown(self) -> str:
        """Return the sentence about articles whose lineage is not shown, or an empty string."""
        n = self.story.n_lineage_unknown
        return say("unknown.count", n=n) if n else ""


def origin_name(origin: Origin) -> str:
    """Return what an origin is called; the page may be known and its outlet not."""
    if origin.name:
        return origin.name
    return say("explain.outlet-none" if origin.article_ids else "origin.nameless")


def each_once(items: Iterable[str]) -> list[str]:
    """Return the items without repetitions, in their order."""
    return list(dict.fromkeys(items))
