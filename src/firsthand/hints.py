"""
Where in a page another article may begin, and what there hints at it.

A candidate is a place between two lines of body text. It is ``titled`` (a line between them may be
a headline), a ``gap`` (more empty lines than usual, or lines of the page between them), or ``bare``
(nothing but the paragraph's end, where a dateline, a line that recurs or the words say that it may
be one). What hints at a boundary are cues of four sorts: how the page is set (gaps, heads, labels,
whether this head is made as the page's first one), what the words do (how many run across the
place, in three widths and beside its neighbours; names, and words carried over), how articles open
and close (a dateline, names in full, how long the lines are), and what the page's other places of
the same make look like. None depends on where the page was cut before.

``boundaries`` adds the cues up. Nothing here looks at words in particular, apart from words that
lean on what was said before and names of weekdays.

Known to fail: articles run together without a line or a gap between them are mostly missed, unless
datelines open them; languages other than English have no leaning words here, and no weekdays.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from firsthand.furniture import kind_of
from firsthand.layout import Line, capitalised, prose
from firsthand.topics import NEAR, USUAL, WIDE, Flow, around, word_set

# A paragraph is where an article opens: what its first telling words carry over is looked at.
OPENING_WORDS = 30
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
KINDS = ("titled", "gap", "bare")
# What the candidates of one make tell of each other.
_SHARED = ("ties", "rank", "name ties", "title fits opening", "shape of head")
# A place with nothing between two paragraphs is looked at only where so few words run across it.
BARE_RANK, BARE_TIES = 6, 60
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
    """The lines of a page with what cues need again and again, computed once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Count what is told of the page as a whole."""
        self.lines = lines
        gaps = Counter(line.gap for line in lines[1:])
        self._gaps = sorted(line.gap for line in lines[1:])
        self.usual_gap = min(gaps, key=lambda gap: (-gaps[gap], gap)) if gaps else 0
        self.bodies = [i for i, line in enumerate(lines) if line.role == "body"]
        self.prose = [line.role == "body" and prose(line) for line in lines]
        self.first = next((i for i in self.bodies if self.prose[i]), 0)
        self.first_keys = {line.key for line in lines[: self.first] if len(line.key) > 3}
        self.first_roles = frozenset(_part_of(line) for line in lines[: self.first])
        self.openers = [_dateline_end(line.text) if line.role == "body" else 0 for line in lines]
        title = title_of(lines, 0, self.first) if self.first else None
        self.first_title = lines[title] if title is not None else None
        self.marked = any(line.mark in ("title", "heading") for line in lines)
        n_words = sum(line.n_words for line in lines)
        self.words_a_title = n_words // max(1, sum(line.role == "title" for line in lines))
        self._titles = [i for i, line in enumerate(lines) if line.role == "title"]
        self._upto = [0, *accumulate(w.n_words if w.role == "body" else 0 for w in lines)]
        # What stands on the page more than once, where it is long enough to be no accident.
        self.standing = Counter(line.key for line in lines if 3 < len(line.key) <= 300)
        # A dateline is left out of the words: an office stands above many articles.
        self.flow = Flow(
            line.text[opener:] if line.role == "body" else ""
            for line, opener in zip(lines, self.openers, strict=True)
        )
        self.places: dict[int, int] = {i: k for k, i in enumerate(self.bodies)}
        self.falls, self.ranks = around([self.flow.ties[USUAL][i] for i in self.bodies])
        self.name_falls, self.name_ranks = around([self.flow.names[i] for i in self.bodies])

    def words_between(self, first: int, end: int) -> int:
        """Return how many words of body text stand from line ``first`` up to line ``end``."""
        return self._upto[end] - self._upto[first]

    def gaps_as_wide(self, gap: int) -> int:
        """Return how many of the page's gaps are as wide, in hundredths."""
        as_wide = len(self._gaps) - bisect_left(self._gaps, gap)
        return 100 * as_wide // max(1, len(self._gaps))

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

    def around_place(self, body: int) -> tuple[dict[int, int], dict[int, int]]:
        """Return the telling words of some paragraphs above a line and from it on."""
        at = self.flow.starts[body]
        above = self.flow.weighed(max(at - USUAL, 0), at)
        return above, self.flow.weighed(at, at + USUAL)


def _dateline_end(text: str) -> int:
    """Return where the dateline in front of a text ends; 0 where there is none."""
    if not text[:1].isupper() and text[:1] != "(":
        return 0
    opening = text[:140]
    if not ("-" in opening or "–" in opening or "—" in opening):
        return 0
    found = _DATELINE.match(opening)
    return found.end() if found else 0


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
            if kind == "gap" or _may_open(page, below):
                found.append(Candidate(first, below, None, below, kind))
            continue
        head = max(first, below - HEAD_LINES)
        title = title_of(lines, head, below)
        kind = "gap" if title is None else "titled"
        found.append(Candidate(first, _start_of(lines, first, below, title), title, below, kind))
    return found


def _may_open(page: Reading, i: int) -> bool:
    """
    Return whether a paragraph right below another could open an article.

    It is prose and has a dateline, stands below a line that recurs on the page, or at a place that
    hardly any words run across.
    """
    if not page.prose[i]:
        return False
    if page.openers[i] or page.standing[page.lines[i - 1].key] > 1:
        return True
    if page.ranks[page.places[i]] > BARE_RANK or page.flow.ties[USUAL][i] > BARE_TIES:
        return False
    return not _LEANING.match(page.lines[i].text)


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


def cues(page: Reading, at: Candidate) -> dict[str, int]:
    """Return the cues of a candidate by itself (:func:`in_company` adds those of its like)."""
    kind = {"kind": KINDS.index(at.kind)}
    return {**kind, **_words_cues(page, at), **_head_cues(page, at), **_edge_cues(page, at)}


def _words_cues(page: Reading, at: Candidate) -> dict[str, int]:
    flow, k = page.flow, page.places[at.body]
    above, below = page.around_place(at.body)
    found = {
        "ties": flow.ties[USUAL][at.body],
        "ties near": flow.ties[NEAR][at.body],
        "ties wide": flow.ties[WIDE][at.body],
        "fall": page.falls[k],
        "rank": page.ranks[k],
        "name ties": flow.names[at.body],
        "name fall": page.name_falls[k],
        "name rank": page.name_ranks[k],
        "likeness": _share(above, below),
        "carried over": flow.carried(at.body, OPENING_WORDS, WIDE),
        "words above": min(page.words_between(0, at.first), 500),
        "words below": min(page.words_from(at.body), 500),
    }
    title = Flow.numbered(page.lines[at.title].text) if at.title is not None else ()
    opening = flow.starts[at.body]
    found["title fits opening"] = _fits(title, flow.words[opening : opening + OPENING_WORDS])
    found["title fits below"] = _fits(title, below)
    found["title fits above"] = _fits(title, above)
    return found


def _share(above: Mapping[int, int], below: Mapping[int, int]) -> int:
    """Return how much two stretches share, 0–1000: cosine of their words, each word once."""
    norm = math.isqrt(sum(above.values()) * sum(below.values()))
    both = sum(above[word] for word in above.keys() & below.keys())
    return 1000 * both // norm if norm else 0


def _fits(title: Collection[int], known: Collection[int]) -> int:
    """Return how many of a title's telling words stand in ``known``, in hundredths; none is -1."""
    return 100 * len(set(title) & set(known)) // len(title) if title else -1


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
        "gap below title": lines[at.title + 1].gap - page.usual_gap if at.title is not None else -9,
        "gap above title": lines[at.title].gap - page.usual_gap if at.title is not None else -9,
        "lines between": min(at.body - at.first, 20),
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
        "title ends": int(title is not None and title.text[-1:] in "?!:"),
        "as first title": int(_alike(title, first)) if first else -1,
        "words a title": min(page.words_a_title, 400) if title else 0,
        "words to titles": page.words_to_titles(at.first, at.body) if title else 0,
        "head of page again": int(_again(page, at)),
        "lines again": _lines_again(page, at, title),
        "shape of head": _shape(page, roles),
        "headline mark": int(title is not None and title.mark == "title"),
        "subhead mark": int(title is not None and title.mark == "heading"),
        "unmarked": int(title is not None and title.mark is None and page.marked),
    }


def _lines_again(page: Reading, at: Candidate, title: Line | None) -> int:
    """Return how often a line here, or the one right above, stands on the page; the title aside."""
    nearby = page.lines[at.first - 1 : min(at.body, at.first + HEAD_LINES)]
    keys = {line.key for line in nearby if title is None or line.key != title.key}
    return min(max((page.standing[key] for key in keys), default=0), 6)


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
    if page.first < at.body and page.openers[at.body] and page.openers[page.first]:
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


def _edge_cues(page: Reading, at: Candidate) -> dict[str, int]:
    """Return how the text above ends and the text below begins."""
    above, below = page.lines[at.first - 1].text, page.lines[at.body].text
    opening = below[:400]
    full = _FULL_NAME.findall(opening)
    lone = _LONE_NAME.findall(opening)
    place = page.flow.starts[at.body]
    known = set(page.flow.words[max(place - WIDE, 0) : place])
    return {
        "dateline": int(page.openers[at.body] > 0),
        "leans": int(bool(_LEANING.match(below))),
        "speech below": int(bool(_SPOKEN.match(below))),
        "speech above": int(above[-1:] in '"”’»'),
        "open above": int(above[-1:] not in '.!?"”’»)]'),
        "foot above": int(len(above) <= 320 and kind_of(above, zone="foot") is not None),
        "weekday": int(bool(_WEEKDAY.search(opening))),
        "full names": min(len(full), 4),
        "names in full again": sum(Flow.knows(n.split()[-1], known) for n in full[:4]),
        "lone names again": sum(Flow.knows(n, known) for n in lone[:4]),
        "words of opening": min(page.lines[at.body].n_words, 80),
        "words of close": min(page.lines[at.first - 1].n_words, 80),
    }


def in_company(page: Reading, places: Sequence[Candidate], found: Sequence[dict[str, int]]) -> None:
    """
    Add what the page's other candidates of the same make say of each: how many, and their ties.

    Headlines of one page are made alike, and so are its sub-headlines; which of the two they are
    shows better in all of them than in one.
    """
    alike: dict[tuple[object, ...], list[int]] = {}
    for n, at in enumerate(places):
        alike.setdefault(_make_of(page, at, found[n]), []).append(n)
    for group in alike.values():
        total = {name: sum(found[n][name] for n in group) for name in _SHARED}
        for n in group:
            others = len(group) - 1
            found[n]["alike"] = min(others, 9)
            for name in _SHARED:
                mean = (total[name] - found[n][name]) // others if others else -1
                found[n][f"{name} of like"] = mean
            found[n]["words a like"] = min(page.words_from(0) // len(group), 600)


def _make_of(page: Reading, at: Candidate, found: Mapping[str, int]) -> tuple[object, ...]:
    """Return how a candidate is made: what two places of one sort on a page have in common."""
    head = page.lines[at.first : at.body] if at.body - at.first <= HEAD_LINES else ()
    telling = ("date", "byline", "separator")
    roles = frozenset(part for line in head if (part := _part_of(line)) in telling)
    return (at.kind, found["gap"], found["gap below title"], found["dateline"], roles)
