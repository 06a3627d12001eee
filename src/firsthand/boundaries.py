"""
Where in a page the next article begins: hints of layout and topic, added up as points.

``hints`` finds the candidates and their cues. Small trees of questions over the cues give whole
points each, and their sum decides. They stand in ``data/boundaries.tsv``, which
``scripts/fit-boundaries`` writes: boosted trees over run-on pages made from real articles, a
hundred times the log-odds, rounded. What markup says and where pages part does not occur on those
pages; these points are set by hand below. ``python benchmarks/quality/runons.py`` measures them, as
shipped and with the layouts held out that they were fitted on.

Of all ways to cut a page the one with the most points above the cut is taken, articles of a few
words left out. A false boundary is worse than a missed one, so the cut lies where hardly any page
of one article is split, above the one with the best balance.

Known to fail: articles run together without a title, a gap or any line between them, where only the
words tell (one in four is found); two articles on one matter; a list of bare headlines below an
article, whose last one is the next article's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from firsthand.hints import Candidate, Reading, candidates, cues, in_company
from firsthand.layout import Line

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

# Fewer words on either side are no article: a teaser, a footer, a stray line.
ARTICLE_WORDS = 30
# Two boundaries are at least so many words of text apart; nearer ones are about one boundary.
RIVAL_WORDS = 45
# Even odds are 0. Held-out F1 is best near -50 and falls off slowly above; here fewer than 2 of 100
# real articles with their own sub-headlines and notices are split (tests/test_segment.py).
CUT = 20
# Marks of markup and partings of pages never occur on the pages fitted on. A headline's mark nearly
# decides; a heading below the first rank, or a bare line on a page that marks its headings, is
# hardly a headline; a parting confirms what is hinted at and decides nothing alone.
HAND = {
    "headline mark": 300,
    "subhead mark": -100,
    "unmarked": -150,
    "parting": 250,
}
# Questions a tree asks of one candidate, one below the other; it has twice as many leaves each.
DEPTH = 3
# So many candidates are looked at in one go: the memory of a huge page is bounded.
AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Points:
    """
    Trees of questions: whether a cue is at most a value, and what every answer gives.

    A tree's questions stand as in a heap: those below question ``n`` are ``2n+1`` (at most) and
    ``2n+2`` (above), and its leaves go on from there.
    """

    base: int
    names: tuple[str, ...]
    cues: Numbers
    values: Numbers
    leaves: Numbers

    def of(self, found: Sequence[Mapping[str, int]]) -> list[int]:
        """Return the points of some candidates by their cues."""
        import numpy as np

        total: list[int] = []
        for k in range(0, len(found), AT_ONCE):
            known = np.array(
                [[cue[name] for name in self.names] for cue in found[k : k + AT_ONCE]], np.int64
            )
            total += self._of(known)
        hand = (sum(v for name, v in HAND.items() if cue.get(name)) for cue in found)
        return [points + more for points, more in zip(total, hand, strict=True)]

    def _of(self, known: Numbers) -> list[int]:
        import numpy as np

        trees, rows = np.arange(len(self.cues)), np.arange(len(known))[:, None]
        at = np.zeros((len(known), len(self.cues)), np.int64)
        for _ in range(DEPTH):
            above = known[rows, self.cues[trees, at]] > self.values[trees, at]
            at = 2 * at + 1 + above
        given = self.leaves[trees, at - (2**DEPTH - 1)].sum(axis=1) + self.base
        points: list[int] = given.tolist()
        return points


def points_from(source: str) -> Points:
    """
    Return the points that a table gives: a tree a line, its questions, then its leaves.

    >>> tree = ["gap<=0", *["likeness<=60"] * 6, *"40 -9 40 -9 90 20 90 20".split()]
    >>> points = points_from("\\n".join(["# note", "base\\t-30", "\\t".join(tree)]))
    >>> points.of([{"gap": 2, "likeness": 9}, {"gap": 0, "likeness": 99}])
    [60, -39]
    """
    import numpy as np

    rows = [line.split("\t") for line in source.splitlines() if line and line[0] != "#"]
    base, trees = int(rows[0][1]), rows[1:]
    asked = [[q.rsplit("<=", 1) for q in tree[: 2**DEPTH - 1]] for tree in trees]
    names = sorted({name for tree in asked for name, _ in tree})
    return Points(
        base,
        tuple(names),
        np.array([[names.index(name) for name, _ in tree] for tree in asked], np.int64),
        np.array([[int(value) for _, value in tree] for tree in asked], np.int64),
        np.array([[int(leaf) for leaf in tree[2**DEPTH - 1 :]] for tree in trees], np.int64),
    )


@cache
def shipped() -> Points:
    """Return the points that firsthand decides by."""
    return points_from(resources.files("firsthand").joinpath("data/boundaries.tsv").read_text())


def boundaries(
    lines: Sequence[Line], partings: Sequence[int] = (), given: Points | None = None
) -> list[int]:
    """
    Return the lines at which the second and every later article begins, ascending.

    ``partings`` are places in the page's text where other captures confirm a boundary.
    """
    page = Reading(lines)
    places, found = hinted(page, partings)
    if not places:
        return []
    scores = (given or shipped()).of(found)
    return [at.start for at in _chosen(page, places, [score - CUT for score in scores])]


def hinted(
    page: Reading, partings: Sequence[int] = ()
) -> tuple[list[Candidate], list[dict[str, int]]]:
    """Return the candidates with enough text on both sides, and the cues of each."""
    places = [
        at
        for at in candidates(page)
        if page.words_from(at.body) >= ARTICLE_WORDS
        and page.words_between(0, at.first) >= ARTICLE_WORDS
    ]
    found = [cues(page, at) for at in places]
    in_company(page, places, found)
    for at, cue in zip(places, found, strict=True) if partings else ():
        above, below = page.lines[at.first - 1].span.end, page.lines[at.body].span.start
        cue["parting"] = int(any(above <= place <= below for place in partings))
    return places, found


def _chosen(page: Reading, places: Sequence[Candidate], gains: Sequence[int]) -> list[Candidate]:
    """Return the candidates with the highest sum of gains of which no two are rivals."""
    kept = [(at, gain) for at, gain in zip(places, gains, strict=True) if gain >= 0]
    best, taken = [0], [-1]
    k = 0
    for n, (at, gain) in enumerate(kept):
        # The last one so far above that an article stands between.
        while k < n and page.words_between(kept[k][0].body, at.first) >= RIVAL_WORDS:
            k += 1
        with_it = best[k] + gain
        best.append(max(with_it, best[n]))
        taken.append(k if with_it >= best[n] else -1)
    found: list[Candidate] = []
    n = len(kept)
    while n > 0:
        if taken[n] < 0:
            n -= 1
        else:
            found.append(kept[n - 1][0])
            n = taken[n]
    return found[::-1]
