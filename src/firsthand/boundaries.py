"""
Where in a page the next article begins: hints of layout and topic, added up as points.

``hints`` finds the candidates and their cues. Each cue gives whole points, for all candidates or
for those of one kind; the sum decides. The points stand in ``data/boundaries.tsv``, which
``scripts/fit-boundaries`` writes: boosted stumps over run-on pages made from real articles, ten
times the log-odds, rounded. What markup says and where pages part does not occur on those pages;
these points are set by hand below. ``python benchmarks/quality/runons.py`` measures them, as
shipped and with the layouts held out that the points were fitted on.

A false boundary is worse than a missed one, so the cut lies above the best balance: where of the
pages of one article that were fitted on hardly any is split.

Known to fail: articles without titles that only wide gaps part, where the words do not clearly say
that they are two (gaps stand inside articles, too); two articles on one matter run together without
any line between them; a list of bare headlines below an article, whose last one is the next
article's own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from firsthand.hints import KINDS, Candidate, Reading, candidates, cues, scopes, title_of
from firsthand.layout import Line
from firsthand.topics import likeness, words_of

# Fewer words on either side are no article: a teaser, a footer, a stray line.
ARTICLE_WORDS = 30
# Two candidates nearer than this are about one boundary: the better one is taken.
RIVAL_WORDS = 60
# Marks of markup and partings of pages never occur on the pages fitted on. A headline's mark nearly
# decides; a heading below the first rank, or a bare line on a page that marks its headings, is
# hardly a headline; a parting confirms what is hinted at and decides nothing alone. A headline that
# stands twice stands so in few layouts, with captions, so that the fit gives the points to those.
HAND = {
    "title repeated": 20,
    "headline mark": 30,
    "subhead mark": -10,
    "unmarked": -15,
    "parting": 20,
}


@dataclass(frozen=True, slots=True)
class Points:
    """Points by kind and cue: ``steps[kind][cue]`` is (highest values, points); and the cut."""

    steps: Mapping[str, Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]]
    cut: int

    def of(self, kind: str, found: Mapping[str, int]) -> int:
        """Return the sum of a candidate's cues."""
        total = 0
        for scope in scopes(kind, found):
            for name, (highest, given) in self.steps.get(scope, {}).items():
                if name in found:
                    total += given[bisect_left(highest, found[name])]
        return total + sum(value for name, value in HAND.items() if found.get(name))


def points_from(source: str) -> Points:
    """
    Return the points that a table gives: kind, cue, highest value (empty: any), points a line.

    >>> rows = "kind cue upto points", "any gap 0 -5", "any gap  20", "any cut  12"
    >>> points = points_from("\\n".join(row.replace(" ", "\\t") for row in rows))
    >>> [points.of("gap", {"gap": n, "likeness": 0}) for n in (2, 0)], points.cut
    ([20, -5], 12)
    """
    rows = [line.split("\t") for line in source.splitlines() if line and line[0] != "#"]
    steps: dict[str, dict[str, tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    cut = 0
    for kind, cue, at_most, given in rows[1:]:
        if cue == "cut":
            cut = int(given)
            continue
        highest, values = steps.setdefault(kind, {}).get(cue, ((), ()))
        highest = (*highest, int(at_most)) if at_most else highest
        steps[kind][cue] = (highest, (*values, int(given)))
    return Points(steps, cut)


@cache
def shipped() -> Points:
    """Return the points that firsthand decides by."""
    return points_from(resources.files("firsthand").joinpath("data/boundaries.tsv").read_text())


def boundaries(
    lines: Sequence[Line], partings: Sequence[int] = (), given: Points | None = None
) -> list[int]:
    """
    Return the lines at which the second and every later article begins, ascending.

    ``partings`` are places in the page's text where it parts from pages that begin alike.
    """
    table = given or shipped()
    page = Reading(lines)
    found: list[int] = []
    begin, best = 0, None
    places = [at for at in candidates(page) if page.words_from(at.body) >= ARTICLE_WORDS]
    for at in places:
        if best and page.words_between(best[1].body, at.first) >= RIVAL_WORDS:
            found.append(best[1].start)
            begin, best = best[1].start, None
        if page.words_between(begin, at.first) < ARTICLE_WORDS:
            continue
        score = table.of(at.kind, hinted(page, at, begin, partings))
        if score >= table.cut and (best is None or score > best[0]):
            best = (score, at)
    return [*found, best[1].start] if best else found


def hinted(page: Reading, at: Candidate, begin: int, partings: Sequence[int]) -> dict[str, int]:
    """Return the cues of a candidate, and whether pages part there."""
    found = cues(page, at, begin=begin)
    above, below = page.lines[at.first - 1].span.end, page.lines[at.body].span.start
    if any(above <= place <= below for place in partings):
        found["parting"] = 1
    return found


__all__ = [
    "KINDS",
    "Points",
    "boundaries",
    "hinted",
    "likeness",
    "points_from",
    "shipped",
    "title_of",
    "words_of",
]
