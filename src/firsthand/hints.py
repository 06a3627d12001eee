"""
Where in a page another article may begin, and what there hints at it.

A candidate is a place between two lines of body text. It is ``titled`` (a line between them may be
a headline), a ``gap`` (more empty lines than usual, or lines of the page between them), or ``bare``
(nothing but the paragraph's end, and a dateline after it). What hints at a boundary are cues of
three sorts: how the page is set (gaps, heads, labels, whether this head is made as the page's first
one), what the words do (likeness of the text above and below, how far it falls here, words carried
over) and how articles open and close (a dateline, names in full, how long the lines are).

``boundaries`` adds the cues up. Nothing here looks at words in particular, apart from words that
lean on what was said before and names of weekdays.

Known to fail: articles run together without a line or a gap between them, unless datelines open
them; languages other than English have no leaning words here, and no weekdays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from firsthand.layout import Line, capitalised, prose
from firsthand.topics import share, word_set

# How many words above and below are compared; nearer ones once more, by themselves.
WINDOW_WORDS, NEAR_WORDS = 250, 90
# A paragraph is where an article opens: what its first words carry over is looked at by itself.
OPENING_WORDS = 60
# No head of an article is longer; a longer run of such lines is a list.
HEAD_LINES = 60
_DATELINE = re.compile(
    r"[A-Z][A-Z'’. -]{2,40}(?:,? [A-Z][a-z][\w. ]{0,30})?(?:,[^()–—]{0,40})?\s*"
    r"(?:\([^()]{2,40}\)\s*)?[-–—]{1,2}\s|"
    r"[A-Z][\w'’. -]{2,40}(?:,[^()–—-]{0,40})?\s*\([A-Z][^()]{1,40}\)\s*[-–—]|"
    r"\([A-Z][^()]{1,30}\)\s*[-–—]"
)
# Words that lean on what was said before: no article begins with them, most subsections may.
_LEANING = re.compile(
    r"[\"“‘']?(?:But|And|Or|So|Yet|Still|Then|He|She|They|It|His|Her|Their|Its|This|That|These|Those|"
    r"Also|However|Meanwhile|Moreover|Instead|Nor|Both|Such|Another|Others|Similarly|Likewise|"
    r"Furthermore|Additionally|Nevertheless|Therefore|Thus|Finally|According|Asked|Earlier|Later)\b"
)
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_SPOKEN = re.compile(r"[\"“‘«„]|[A-Z][\w.' -]{0,30}:\s")
# Two or more capitalised words in a row; the words that stand so alone within a sentence.
_FULL_NAME = re.compile(r"\b[A-Z][\w'’-]+(?: [A-Z]\.)*(?: [A-Z][\w'’-]+)+")
_LONE_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z][\w'’-]+(?! [A-Z])")
# Farther from the next title than this is as good as alone.
FAR_WORDS = 400
# Of stretches less alike than this the topic says that they are two; above it, other cues must.
FAR = 60
KINDS = ("titled", "gap", "bare")
_FEET = frozenset({"copyright", "share", "author footer", "subscribe", "navigation", "field"})


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
    kind: str


class Reading:
    """The lines of a page with what cues need again and again, computed once and when needed."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Count what is told of the page as a whole."""
        self.lines = lines
        gaps = Counter(line.gap for line in lines[1:])
        self.gaps = gaps
        self.usual_gap = min(gaps, key=lambda gap: (-gaps[gap], gap)) if gaps else 0
        self.bodies = [i for i, line in enumerate(lines) if line.role == "body"]
        first = next((i for i, line in enumerate(lines) if prose(line)), 0)
        self.first = first
        self.first_keys = {line.key for line in lines[:first] if len(line.key) > 3}
        self.first_roles = frozenset(_part_of(line) for line in lines[:first])
        self.first_dated = bool(lines) and bool(_DATELINE.match(lines[first].text))
        title = title_of(lines, 0, first) if first else None
        self.first_title = lines[title] if title is not None else None
        self.marked = any(line.mark in ("title", "heading") for line in lines)
        n_words = sum(line.n_words for line in lines)
        self.words_a_title = n_words // max(1, sum(line.role == "title" for line in lines))
        self._titles = [i for i, line in enumerate(lines) if line.role == "title"]
        self._words: list[frozenset[str] | None] = [None] * len(lines)
        self._upto = [0, *accumulate(w.n_words if w.role == "body" else 0 for w in lines)]

    def words_between(self, first: int, end: int) -> int:
        """Return how many words of body text stand from line ``first`` up to line ``end``."""
        return self._upto[end] - self._upto[first]

    def gaps_as_wide(self, gap: int) -> int:
        """Return how many of the page's gaps are as wide, in hundredths."""
        as_wide = sum(n for wide, n in self.gaps.items() if wide >= gap)
        return 100 * as_wide // max(1, len(self.lines) - 1)

    def words_to_titles(self, first: int, body: int) -> int:
        """Return the words from the line before ``first`` back to a title, or on to the next."""
        k = bisect_left(self._titles, first)
        back = self.words_between(self._titles[k - 1], first) if k else FAR_WORDS
        k = bisect_left(self._titles, body)
        on = self.words_between(body, self._titles[k]) if k < len(self._titles) else FAR_WORDS
        return min(back, on, FAR_WORDS)

    def words_from(self, first: int) -> int:
        """Return how many words of body text stand from line ``first`` on."""
        return self._upto[-1] - self._upto[first]

    def words(self, i: int) -> frozenset[str]:
        """Return the telling words of line ``i``; a dateline is left out, an office shares it."""
        found = self._words[i]
        if found is None:
            text = self.lines[i].text
            dated = _DATELINE.match(text)
            found = self._words[i] = word_set(text[dated.end() :] if dated else text)
        return found

    def window(self, start: int, step: int, most: int, stop: int) -> tuple[list[int], int]:
        """Return body lines from ``start`` on until ``most`` words or ``stop``, and their words."""
        taken: list[int] = []
        n_words = 0
        i = start
        while i != stop and n_words < most:
            if self.lines[i].role == "body":
                taken.append(i)
                n_words += self.lines[i].n_words
            i += step
        return taken, n_words

    def words_at(self, indices: Sequence[int]) -> set[str]:
        """Return the telling words of some lines together."""
        return set().union(*(self.words(i) for i in indices))


def _part_of(line: Line) -> str:
    return line.kind or line.role if line.role == "furniture" else line.role


def candidates(page: Reading) -> list[Candidate]:
    """Return the places where a second or later article may begin, in order."""
    lines = page.lines
    found = []
    for above, below in pairwise(page.bodies):
        first = above + 1
        if first == below:
            kind = "gap" if lines[below].gap > page.usual_gap else "bare"
            if kind == "gap" or _may_open(lines[below]):
                found.append(Candidate(first, below, None, below, kind))
            continue
        head = max(first, below - HEAD_LINES)
        title = title_of(lines, head, below)
        kind = "gap" if title is None else "titled"
        found.append(Candidate(first, _start_of(lines, first, below, title), title, below, kind))
    return found


def _may_open(line: Line) -> bool:
    """
    Return whether a paragraph right below another could open an article: prose with a dateline.

    Topic alone hardly finds any: points that leave articles whole are never reached without one.
    """
    return prose(line) and bool(_DATELINE.match(line.text))


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
    if len(titles) == 1:
        return titles[0]
    following = set().union(*(word_set(line.text) for line in lines[body : body + 4]))
    # A head goes from the general to the particular: of equal lines the first after a wide gap.
    return max(
        titles,
        key=lambda i: (
            _fit(word_set(lines[i].text), following) + 40 * (lines[i].n_words >= 5),
            lines[i].gap,
            -i,
        ),
    )


def _may_be_title(line: Line) -> bool:
    if line.role == "title":
        return True
    return line.role == "body" and 3 <= line.n_words <= 20 and line.text[-1:] in "?!’”\"'"


def _fit(own: frozenset[str], known: set[str]) -> int:
    """Return how many of a title's telling words stand in ``known``, in hundredths."""
    return 100 * len(own & known) // len(own) if own else 0


def _start_of(lines: Sequence[Line], first: int, body: int, title: int | None) -> int:
    """Return where the head begins: at the title, or at a label or date line that clings to it."""
    if title is None:
        return _after_foot(lines, first, body)
    start = title
    while start > first:
        line = lines[start - 1]
        label = line.role in ("letters", "caption", "date", "byline", "label") or (
            line.role == "title" and line.n_words <= 4
        )
        page = line.role == "furniture" and line.kind in ("section header", "navigation", "field")
        if not (label or page) or lines[start].gap > line.gap:
            break
        start -= 1
    return start


def _after_foot(lines: Sequence[Line], first: int, body: int) -> int:
    """Return where a head without a title begins: after the last separator, or the widest gap."""
    parted = [i for i in range(first, body) if lines[i].kind == "separator"]
    if parted:
        return parted[-1] + 1
    return max(range(first, body + 1), key=lambda i: (lines[i].gap, -i))


def scopes(kind: str, found: Mapping[str, int]) -> tuple[str, ...]:
    """Return the names of the points that hold for a candidate: of any, its kind, its likeness."""
    return ("any", kind, "far" if found["likeness"] <= FAR else "near")


def cues(page: Reading, at: Candidate, *, begin: int) -> dict[str, int]:
    """Return the cues of a candidate; the article above begins at line ``begin``."""
    left, n_left = page.window(at.first - 1, -1, WINDOW_WORDS, begin - 1)
    above = page.words_at(left)
    return {
        **_words_cues(page, at, begin, left, above),
        **_head_cues(page, at),
        **_edge_cues(page, at, above),
        "words above": n_left,
    }


def _words_cues(
    page: Reading, at: Candidate, begin: int, left: Sequence[int], above: set[str]
) -> dict[str, int]:
    right, n_right = page.window(at.body, 1, WINDOW_WORDS, len(page.lines))
    near_left, _ = page.window(at.first - 1, -1, NEAR_WORDS, begin - 1)
    near_right, _ = page.window(at.body, 1, NEAR_WORDS, len(page.lines))
    opening, _ = page.window(at.body, 1, OPENING_WORDS, len(page.lines))
    below = page.words_at(right)
    likeness = share(above, below)
    within = (_cohesion(page, left[::-1]) + _cohesion(page, right)) // 2
    found = {
        "likeness": likeness,
        "likeness near": share(page.words_at(near_left), page.words_at(near_right)),
        "dip": within - likeness,
        "carried over": _fit(frozenset(page.words_at(opening)), above),
        "words below": n_right,
    }
    if at.title is not None:
        title = word_set(page.lines[at.title].text)
        found["title fits opening"] = _fit(title, page.words_at(opening))
        found["title fits below"] = _fit(title, below)
        found["title fits above"] = _fit(title, above)
    return found


def _cohesion(page: Reading, indices: Sequence[int]) -> int:
    """Return how alike the two halves of a stretch are: what likeness is to be measured against."""
    half = len(indices) // 2
    if not half:
        return 0
    return share(page.words_at(indices[:half]), page.words_at(indices[half:]))


def _head_cues(page: Reading, at: Candidate) -> dict[str, int]:
    lines = page.lines
    head = lines[at.first : at.body] if at.body - at.first <= HEAD_LINES else ()
    keys = Counter(line.key for line in head if line.key)
    title = lines[at.title] if at.title is not None else None
    roles = {_part_of(line) for line in head}
    gap = max(lines[i].gap for i in range(at.first, at.body + 1)) if head else lines[at.body].gap
    first = page.first_title
    return {
        "gap": gap - page.usual_gap,
        "gaps as wide": page.gaps_as_wide(gap),
        "lines between": at.body - at.first,
        "title repeated": int(title is not None and keys[title.key] > 1),
        "caption doubled": int(
            any(
                n > 1 and (title is None or key != title.key) and len(key) > 20
                for key, n in keys.items()
            )
        ),
        "caption": int("caption" in roles),
        "letters": int("letters" in roles),
        "byline": int("byline" in roles),
        "date": int("date" in roles),
        "foot": int(bool(roles & _FEET)),
        "link": int("related link" in roles),
        "separator": int("separator" in roles),
        "title words": title.n_words if title else 0,
        "title capitals": capitalised(title.text) if title else 0,
        "as first title": int(_alike(title, first)) if first else -1,
        "words a title": page.words_a_title if title else 0,
        "words to titles": page.words_to_titles(at.first, at.body) if title else 0,
        "head of page again": int(_again(page, at)),
        "shape of head": _shape(page, roles),
        "headline mark": int(title is not None and title.mark == "title"),
        "subhead mark": int(title is not None and title.mark == "heading"),
        "unmarked": int(title is not None and title.mark is None and page.marked),
    }


def _alike(title: Line | None, first: Line | None) -> bool:
    """Return whether a title is set as the page's first one: its capitals, its length."""
    if title is None or first is None:
        return False
    near = 2 * min(title.n_words, first.n_words) >= max(title.n_words, first.n_words)
    shouts = title.text.isupper() == first.text.isupper()
    return near and shouts and abs(capitalised(title.text) - capitalised(first.text)) <= 40


def _again(page: Reading, at: Candidate) -> bool:
    """
    Return whether this head is like the page's first: a line of it again, or datelines in both.

    An outlet's labels stand above each of its articles.
    """
    lines = page.lines
    if page.first_dated and page.first < at.body and _DATELINE.match(lines[at.body].text):
        return True
    if at.body - at.first > HEAD_LINES:
        return False
    title = lines[at.title].key if at.title is not None else None
    between = lines[at.first : at.body]
    return any(line.key in page.first_keys and line.key != title for line in between)


def _shape(page: Reading, roles: set[str]) -> int:
    """Return how much of the page's first head has its like here, in hundredths; no head is 0."""
    first = page.first_roles
    return 100 * len(first & roles) // len(first) if first else 0


def _edge_cues(page: Reading, at: Candidate, known: set[str]) -> dict[str, int]:
    """Return how the text above ends and the text below begins; ``known`` words stand above."""
    above, below = page.lines[at.first - 1].text, page.lines[at.body].text
    opening = below[:400]
    full = _FULL_NAME.findall(opening)
    lone = _LONE_NAME.findall(opening)
    return {
        "dateline": int(bool(_DATELINE.match(below))),
        "leans": int(bool(_LEANING.match(below))),
        "speech below": int(bool(_SPOKEN.match(below))),
        "speech above": int(above[-1:] in '"”’»'),
        "open above": int(above[-1:] not in '.!?"”’»)]'),
        "weekday": int(bool(_WEEKDAY.search(opening))),
        "full names": min(len(full), 4),
        "names in full again": sum(bool(word_set(n.split()[-1]) & known) for n in full[:4]),
        "lone names again": sum(bool(word_set(n) & known) for n in lone[:4]),
        "words of opening": min(page.lines[at.body].n_words, 80),
        "words of close": min(page.lines[at.first - 1].n_words, 80),
    }
