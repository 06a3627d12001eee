"""
Where in a page the next article begins: cues of layout and topic, added up as points.

A candidate is a run of lines that are no body text (titles, captions, bylines, labels) between two
stretches that are. Each cue gives points; the sum decides. The points were fitted by logistic
regression on run-on pages made from real articles with real headlines, rounded, and a few set by
hand (``scripts/fit-boundaries`` says which); ``python benchmarks/quality/runons.py`` measures them.

Nothing here looks at words in particular: names and numbers can be exchanged throughout.

Known to fail: two articles on one matter run together without any line between them; a list of
bare headlines below an article, whose last one is the next article's own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from firsthand.background import SCALE, singular, weight
from firsthand.layout import Line, capitalised, prose

# Fewer words on either side are no article: a teaser, a footer, a stray line.
ARTICLE_WORDS = 30
WINDOW_WORDS = 250
_TOKEN = re.compile(r"[^\W\d_]{2,}|\d{2,}")
# Below this a word says nothing of the topic: it stands in one article of seven or more.
TELLING = 2 * SCALE
_DATELINE = re.compile(
    r"[A-Z][A-Z'’. -]{2,40}(?:,? [A-Z][a-z][\w. ]{0,30})?(?:,[^()–—]{0,40})?\s*"
    r"(?:\([^()]{2,40}\)\s*)?[-–—]{1,2}\s|"
    r"[A-Z][\w'’. -]{2,40}(?:,[^()–—-]{0,40})?\s*\([A-Z][^()]{1,40}\)\s*[-–—]|"
    r"\([A-Z][^()]{1,30}\)\s*[-–—]"
)


# Words that lean on what was said before: no article begins with them, most subsections may.
_LEANING = re.compile(
    r"[\"“‘']?(?:But|And|Or|So|Yet|Still|Then|He|She|They|It|His|Her|Their|Its|This|That|These|Those|"
    r"Also|However|Meanwhile|Moreover|Instead|Nor|Both|Such|Another|Others|Another|Similarly|Likewise|"
    r"Furthermore|Additionally|Nevertheless|Therefore|Thus|Finally)\b"
)
# A page of articles has a headline every few hundred words; one of tips has a subhead a paragraph.
WORDS_A_TITLE = 160


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A place where an article may begin: line indices.

    ``first`` is the first line after the body above, ``start`` where the next article's head would
    begin, ``title`` its title (None where there is none), ``body`` its first line of running text.
    """

    first: int
    start: int
    title: int | None
    body: int


def candidates(lines: Sequence[Line], usual_gap: int) -> list[Candidate]:
    """Return the places where a second or later article may begin, in order."""
    found = []
    bodies = [i for i, line in enumerate(lines) if line.role == "body"]
    for above, below in pairwise(bodies):
        first = above + 1
        if first == below:
            if lines[below].gap > max(usual_gap, 1):
                found.append(Candidate(first, below, None, below))
            continue
        title = title_of(lines, first, below)
        if title is None and max(lines[i].gap for i in range(first, below + 1)) <= usual_gap:
            continue
        found.append(Candidate(first, _start_of(lines, first, below, title), title, below))
    return found


def title_of(lines: Sequence[Line], first: int, body: int) -> int | None:
    """Return the title among the lines of a head: the one that stands twice, is marked, or fits."""
    titles = [i for i in range(first, body) if _may_be_title(lines[i])]
    if not titles:
        labels = [i for i in range(first, body) if lines[i].role == "label"]
        return labels[0] if len(labels) == 1 else None
    keys = Counter(lines[i].key for i in range(first, body))
    for i in titles:
        if keys[lines[i].key] > 1:
            return i
    marked = [i for i in titles if lines[i].mark == "title"]
    if marked:
        return marked[0]
    following = words_of(line.text for line in lines[body : body + 4])
    # A head goes from the general to the particular: of equal lines the first after a wide gap.
    return max(
        titles,
        key=lambda i: (
            _share(lines[i], following) + 40 * (lines[i].n_words >= 5),
            lines[i].gap,
            -i,
        ),
    )


def _may_be_title(line: Line) -> bool:
    if line.role == "title":
        return True
    return line.role == "body" and 3 <= line.n_words <= 20 and line.text[-1:] in "?!’”\"'"


def _share(line: Line, known: Counter[str]) -> int:
    """Return how many of a line's content words stand in ``known``, in hundredths."""
    own = set(words_of([line.text]))
    return 100 * sum(w in known for w in own) // len(own) if own else 0


def _start_of(lines: Sequence[Line], first: int, body: int, title: int | None) -> int:
    """Return where the head begins: at the title, or at a label or date line that clings to it."""
    if title is None:
        return max(range(first, body + 1), key=lambda i: (lines[i].gap, -i))
    start = title
    while start > first:
        line = lines[start - 1]
        label = line.role in ("letters", "caption", "date", "byline", "label") or (
            line.role == "title" and line.n_words <= 4
        )
        page = line.role == "furniture" and line.kind in ("section header", "navigation")
        if not (label or page) or lines[start].gap > line.gap:
            break
        start -= 1
    return start


def words_of(texts: Iterable[str]) -> Counter[str]:
    """Return the telling words of some texts, folded, plurals as singulars, with their counts."""
    found: Counter[str] = Counter()
    for text in texts:
        for token in _TOKEN.findall(text.casefold()):
            word = singular(token)
            if weight(word) >= TELLING:
                found[word] += 1
    return found


def likeness(left: Counter[str], right: Counter[str]) -> int:
    """
    Return how much two stretches speak of the same, 0–100: cosine of weighted roots of counts.

    >>> fog, mill = Counter("fog harbour ferry fog".split()), Counter("mill paper jobs".split())
    >>> likeness(fog, fog), likeness(fog, mill)
    (100, 0)
    """
    dot = sum(math.isqrt(n * right[w]) * weight(w) ** 2 for w, n in left.items() if w in right)
    norm = math.isqrt(_length(left) * _length(right))
    return 100 * dot // norm if norm else 0


def _length(words: Counter[str]) -> int:
    return sum(n * weight(w) ** 2 for w, n in words.items())


def window(lines: Sequence[Line], indices: Sequence[int]) -> tuple[list[Line], int]:
    """Return body lines at ``indices`` up to a window's worth of words, and how many words."""
    taken, n_words = [], 0
    for i in indices:
        if lines[i].role == "body":
            taken.append(lines[i])
            n_words += lines[i].n_words
            if n_words >= WINDOW_WORDS:
                break
    return taken, n_words


def cues(
    lines: Sequence[Line], at: Candidate, *, begin: int, end: int, usual_gap: int
) -> dict[str, int]:
    """
    Return the cues of a candidate; ``begin`` and ``end`` bound the lines that may be looked at.

    Every cue is 0 or 1, or hundredths.
    """
    left, n_left = window(lines, range(at.first - 1, begin - 1, -1))
    right, n_right = window(lines, range(at.body, end))
    left_words = words_of(map(_without_dateline, left))
    right_words = words_of(map(_without_dateline, right))
    head = lines[at.start : at.body]
    keys = Counter(line.key for line in head if line.key)
    title = lines[at.title] if at.title is not None else None
    roles = {line.role for line in head}
    gap = max(lines[i].gap for i in range(at.first, at.start + 1))
    foot = {lines[i].kind for i in range(at.first, at.start) if lines[i].role == "furniture"}
    found = {
        "title": title is not None,
        "no title": title is None,
        "title repeated": title is not None and keys[title.key] > 1,
        "caption doubled": any(
            n > 1 and (title is None or key != title.key) and len(key) > 20
            for key, n in keys.items()
        ),
        "caption": "caption" in roles,
        "letters": "letters" in roles,
        "byline or date": bool(roles & {"byline", "date"}),
        "dateline": bool(_DATELINE.match(lines[at.body].text)),
        "wide gap": gap > usual_gap,
        "very wide gap": gap > usual_gap + 1,
        "foot": bool(foot & {"copyright", "share", "author footer", "subscribe", "navigation"}),
        "separator": "separator" in foot,
        "headline mark": title is not None and title.mark == "title",
        "subhead mark": title is not None and title.mark == "heading",
        "unmarked": title is not None and title.mark is None and _marked(lines),
        "long title": title is not None and 6 <= title.n_words <= 18,
        "title in capitals": title is not None and capitalised(title.text) >= 70,
        "title fits below": _share(title, right_words) if title else 0,
        "title fits above": _share(title, left_words) if title else 0,
        "head of page again": _again(lines, at),
        "leans back": bool(_LEANING.match(lines[at.body].text)),
        "few titles": _few_titles(lines),
        "likeness": likeness(left_words, right_words),
        "short above": n_left < 60,
        "short below": n_right < 60,
    }
    return {name: int(value) for name, value in found.items()}


def _without_dateline(line: Line) -> str:
    """Return a line's text without its dateline: every report of one office has the same."""
    found = _DATELINE.match(line.text)
    return line.text[found.end() :] if found else line.text


def _again(lines: Sequence[Line], at: Candidate) -> bool:
    """
    Return whether this head is like the page's first: a line of it again, or datelines in both.

    An outlet's labels stand above each of its articles.
    """
    first = next((i for i, line in enumerate(lines) if prose(line)), 0)
    if all(_DATELINE.match(lines[i].text) for i in (first, at.body)):
        return True
    known = {line.key for line in lines[:first] if len(line.key) > 3}
    title = lines[at.title].key if at.title is not None else None
    return any(line.key in known and line.key != title for line in lines[at.first : at.body])


def _marked(lines: Sequence[Line]) -> bool:
    """Return whether the page marks its headings: then a bare line is hardly one."""
    return any(line.mark in ("title", "heading") for line in lines)


def _few_titles(lines: Sequence[Line]) -> bool:
    n_titles = sum(line.role == "title" for line in lines)
    return n_titles * WORDS_A_TITLE <= sum(line.n_words for line in lines)


# Ten times the weights of the fit, rounded. Marks of markup and partings of pages do not occur in
# plain-text training pages, a title standing twice in one layout only: these are set by hand.
POINTS = {
    "title repeated": 30,
    "headline mark": 30,
    "subhead mark": -10,
    "unmarked": -15,
    "wide gap": 28,
    "very wide gap": 16,
    "long title": 22,
    "head of page again": 20,
    "caption": 20,
    "byline or date": 15,
    "foot": 15,
    "separator": 10,
    "dateline": 10,
    "few titles": 9,
    "caption doubled": 4,
    "no title": 3,
    "title in capitals": 3,
    "letters": 2,
    "leans back": -3,
    "short below": -9,
    "short above": -19,
    "parting": 20,
}
# (at most, points): how alike the text above and below is; how much of the title's words stand in
# the text below; how much of them in the text above.
LIKENESS_POINTS = (
    (0, 30), (1, 23), (2, 17), (3, 11), (5, 3), (9, -9), (14, -16), (22, -20), (100, -23),
)  # fmt: skip
FITS_BELOW_POINTS = ((0, -12), (39, -3), (69, 1), (100, 10))
FITS_ABOVE_POINTS = ((0, 6), (30, 0), (100, -10))
CUT = 65


def points(found: dict[str, int]) -> int:
    """
    Return the sum of a candidate's cues.

    >>> points({"title": 1, "title fits below": 80, "likeness": 0, "wide gap": 1}) > CUT
    True
    >>> points({"title": 1, "title fits below": 80, "title fits above": 60, "likeness": 30}) > CUT
    False
    """
    sum_ = sum(POINTS[name] for name, value in found.items() if value and name in POINTS)
    sum_ += _step(found["likeness"], LIKENESS_POINTS)
    if found["title"]:
        sum_ += _step(found["title fits below"], FITS_BELOW_POINTS)
        sum_ += _step(found.get("title fits above", 0), FITS_ABOVE_POINTS)
    return sum_


def _step(value: int, steps: Sequence[tuple[int, int]]) -> int:
    return next(given for most, given in steps if value <= most)


def boundaries(lines: Sequence[Line], partings: Sequence[int] = ()) -> list[int]:
    """
    Return the lines at which the second and every later article begins, ascending.

    ``partings`` are places in the page's text where it parts from pages that begin alike.
    """
    usual = usual_gap(lines)
    found: list[int] = []
    begin = 0
    for at in candidates(lines, usual):
        if not _has_words(lines, range(at.first - 1, begin - 1, -1)):
            continue
        if not _has_words(lines, range(at.body, len(lines))):
            continue
        found_cues = cues(lines, at, begin=begin, end=len(lines), usual_gap=usual)
        above = lines[at.first - 1].span.end
        found_cues["parting"] = any(above <= p <= lines[at.body].span.start for p in partings)
        if points(found_cues) >= CUT:
            found.append(at.start)
            begin = at.start
    return found


def usual_gap(lines: Sequence[Line]) -> int:
    """Return how many empty lines mostly stand between lines of a page."""
    counts = Counter(line.gap for line in lines[1:])
    return min(counts, key=lambda gap: (-counts[gap], gap)) if counts else 0


def _has_words(lines: Sequence[Line], indices: Sequence[int]) -> bool:
    n_words = 0
    for i in indices:
        n_words += lines[i].n_words if lines[i].role == "body" else 0
        if n_words >= ARTICLE_WORDS:
            return True
    return False
