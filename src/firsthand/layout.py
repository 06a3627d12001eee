"""
A page as lines, each with the part it plays: body, title-like, caption, byline, furniture.

Roles are read from a line's own shape and words first, then from its neighbours: a line that stands
twice around captions is a title, a line doubled right below itself is a caption, a credit in
brackets makes a caption only where captions stand. A line's role says what it looks like; whether a
title-like line really opens an article is decided in ``boundaries``.

Known to fail: text wrapped at a fixed width, where every line looks like a paragraph of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from firsthand.furniture import byline_of, credited, kind_of, letters
from firsthand.model import Block, Span

# A headline is rarely longer; what is longer and has no full stop is a list or a torn paragraph.
TITLE_CHARS = 200
TITLE_WORDS = (3, 30)
# From the first to the second standing of a repeated title: captions, letters, a byline.
SANDWICH_LINES = 12
SANDWICH_CHARS = 2500
DOUBLED_CHARS = 40  # shorter lines are doubled for effect ("No!" "No!")
_LINE = re.compile(r"[^\n]+")
_ENDED = re.compile(r"[.!?…:;,]+[\"'”’»)\]*]*\s*$")
_FULL_STOP = re.compile(r"(?<!\b[A-Z])(?<!\.\.)[.…]+[\"'”’»)\]*]*\s*$")
# Menu entries saved as text: a few words, a wide space, a few words.
_ROW = re.compile(r"\S+(?: \S+){0,3}(?:(?:[ \u00a0]{2,}|\t+)\S+(?: \S+){0,3}){2,}")
_CREDIT_LINE = re.compile(
    r"\b(?:contributed to|reporting by|editing by|writing by|compiled by|with reporting from)\b",
    re.IGNORECASE,
)
# A list item, a post's signature, a dateline's opening words: never a headline.
_NO_TITLE = re.compile(
    r"[•*·|\-–—]\s?|\(?\d{1,2}[.)]\s|[^()]{0,60}\(@\w+\)|"
    r"[A-Z][\w'’. -]{2,30}(?:,[^()–—]{0,30})?\s*\([A-Z][\w .]{1,30}\)\s*[-–—]"
)
LABEL_WORDS = 4
PROSE_WORDS = 8  # from as many words on, a closed sentence is text rather than a slogan or a label
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of a page: where it stands, the empty lines above it, its role, its key.

    ``role`` is ``body | title | label | caption | byline | date | letters | furniture``; ``kind``
    the kind of furniture, ``mark`` what the markup says, ``key`` letters and digits alone.
    """

    span: Span
    text: str
    gap: int
    role: str
    kind: str | None
    mark: str | None
    key: str
    n_words: int


def text_lines(text: str) -> list[Span]:
    """
    Return the spans of all lines that hold more than white space, trimmed, in order.

    >>> t = "Fog\\r\\n\\r\\n  *** "
    >>> [s.of(t) for s in text_lines(t)]
    ['Fog', '***']
    """
    found = []
    for m in _LINE.finditer(text):
        line = m.group()
        if kept := line.strip():
            start = m.start() + len(line) - len(line.lstrip())
            found.append(Span(start=start, end=start + len(kept)))
    return found


def lines_of(text: str, blocks: Sequence[Block]) -> list[Line]:
    """Return the lines of the part of a page that ``blocks`` cover, with their roles."""
    if not blocks:
        return []
    found: list[Line] = []
    begin = blocks[0].span.start
    for block in blocks:
        part = block.span.of(text)
        for place in text_lines(part):
            at = Span(start=block.span.start + place.start, end=block.span.start + place.end)
            above = text[found[-1].span.end if found else begin : at.start]
            gap = max(above.count("\n") - 1, 0)
            found.append(_line(at, at.of(text), gap, block.kind))
    return _in_company(found)


def _line(at: Span, text: str, gap: int, mark: str | None) -> Line:
    key = "".join(_WORD.findall(text)).casefold()
    n_words = len(_WORD.findall(text)) if len(text) < 2000 else len(text) // 6
    role, kind = _role(text, mark, n_words)
    return Line(at, text, gap, role, kind, mark, key, n_words)


def _role(text: str, mark: str | None, n_words: int) -> tuple[str, str | None]:
    kind = kind_of(text)
    if kind:
        return "furniture", kind
    if mark == "caption":
        return "caption", None
    if byline_of(text):
        return "byline", None
    if n_words <= 40 and kind_of(text, zone="edge"):
        return "date", None
    if letters(text):
        return "letters", None
    if len(text) < TITLE_CHARS and _ROW.fullmatch(text):
        return "furniture", "navigation"
    if mark in ("title", "heading") and n_words >= 2:
        return "title", None
    if n_words <= LABEL_WORDS and len(text) < 60 and not _ENDED.search(text):
        return ("title" if title_like(text, n_words) else "label"), None
    return ("title" if title_like(text, n_words) else "body"), None


def title_like(text: str, n_words: int | None = None) -> bool:
    """
    Return whether a line has the shape of a headline.

    >>> title_like("Container port to leave Merrow under government plan")
    True
    >>> title_like("The ferry left on time."), title_like("“Who knows?” she asked.")
    (False, False)
    >>> title_like("Will the Mill Close?"), title_like("Is that so?")
    (True, False)
    """
    count = len(_WORD.findall(text)) if n_words is None else n_words
    if not TITLE_WORDS[0] <= count <= TITLE_WORDS[1] or len(text) > TITLE_CHARS:
        return False
    if _FULL_STOP.search(text) or text.rstrip()[-1:] in ",;:" or not text[:1].isprintable():
        return False
    if _CREDIT_LINE.search(text):
        return False
    if text[:1].islower() or _NO_TITLE.match(text):
        return False
    if re.search(r"[!?][\"'”’)]*\s*$", text):
        return capitalised(text) >= 60 and count >= 4
    return True


def prose(line: Line) -> bool:
    """Return whether a line is surely running text: a closed sentence, or a long one."""
    if line.role != "body":
        return False
    return line.n_words >= 20 or (
        line.n_words >= PROSE_WORDS and bool(_ENDED.search(line.text[-40:]))
    )


def capitalised(text: str) -> int:
    """Return how many of a line's longer words begin with a capital or digit, in hundredths."""
    words = [w for w in _WORD.findall(text) if len(w) > 3]
    if not words:
        return 0
    return 100 * sum(not w[0].islower() for w in words) // len(words)


def _in_company(lines: list[Line]) -> list[Line]:
    """Return the lines with the roles that only their neighbours show."""
    lines = _sandwiched(lines)
    doubled = {
        i
        for i in range(len(lines) - 1)
        if lines[i].key == lines[i + 1].key and len(lines[i].text) >= DOUBLED_CHARS
    }
    if 2 * len(doubled) >= sum(len(line.text) >= DOUBLED_CHARS for line in lines):
        doubled = set()  # a page saved with every line twice
    captions = {lines[i].key for i in doubled}
    captions |= {line.key for line in lines if line.role == "caption"}
    found: list[Line] = []
    for i, line in enumerate(lines):
        before = found[-1] if found else None
        in_head = before is None or not (before.role == "furniture" or prose(before))
        role = line.role
        if line.role in ("body", "title"):
            twice = i in doubled or i - 1 in doubled or (in_head and line.key in captions)
            if twice or (credited(line.text) and (in_head or _surely_credited(line.text))):
                role = "caption"
        elif line.role == "letters" and not (in_head or _next_opens(lines, i)):
            role = "body"
        found.append(line if role == line.role else replace(line, role=role))
    return found


def _surely_credited(text: str) -> bool:
    """Return whether a line is a caption wherever it stands: a short one with a full credit."""
    return len(text) <= 400 and bool(
        re.search(r"[(\[][^()\[\]]{2,60}/[^()\[\]]{2,60}[)\]]\.?\s*$", text)
        or re.match(r"(?i)(?:FILE\s*[-–—]|photos?:|image:|pictured?:|photo by|image by)", text)
    )


def _next_opens(lines: Sequence[Line], i: int) -> bool:
    return i + 1 < len(lines) and lines[i + 1].role in ("title", "caption", "byline", "date")


def _sandwiched(lines: list[Line]) -> list[Line]:
    """
    Return the lines with heads marked in which a title stands twice around captions.

    Everything between the two is head, even a caption in a plain sentence; but with more than two
    sentences of its own between them it is a text that ends in its title, and no head.
    """
    found = list(lines)
    titles: set[int] = set()
    last_at: dict[str, int] = {}
    for j, line in enumerate(lines):
        if not _may_be_title(lines, j):
            continue
        i = last_at.get(line.key)
        last_at[line.key] = j
        if i is None or j - i > SANDWICH_LINES or titles & set(range(i + 1, j)):
            continue
        if not _is_head(lines[i + 1 : j]) or not _body_follows(lines, j):
            continue
        titles |= {i, j}
        for k in (i, j):
            found[k] = replace(found[k], role="title", kind=None)
        for k in range(i + 1, j):
            if found[k].role in ("body", "title"):
                found[k] = replace(found[k], role="caption")
    return found


def _may_be_title(lines: Sequence[Line], i: int) -> bool:
    """Return whether a line could be a title that stands twice: short, no credit, not doubled."""
    line = lines[i]
    if line.n_words < TITLE_WORDS[0] or len(line.text) > TITLE_CHARS or credited(line.text):
        return False
    doubled = any(0 <= k < len(lines) and lines[k].key == line.key for k in (i - 1, i + 1))
    return not doubled


def _is_head(between: Sequence[Line]) -> bool:
    if sum(len(line.text) for line in between) > SANDWICH_CHARS:
        return False
    keys = [line.key for line in between]
    own = {
        line.key
        for line in between
        if line.role == "body" and keys.count(line.key) == 1 and not credited(line.text)
    }
    return len(own) <= 2


def _body_follows(lines: Sequence[Line], j: int) -> bool:
    """Return whether running text follows within the next few lines."""
    return any(line.role == "body" and line.n_words >= 12 for line in lines[j + 1 : j + 8])
