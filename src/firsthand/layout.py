"""
A page as lines, each with the part it plays: body, title-like, caption, byline, furniture.

Roles are read from a line's own shape and words first, then from its neighbours: a line that stands
twice around captions is a title, a line doubled right below itself is a caption, a credit in
brackets makes a caption only where captions stand. A line's role says what it looks like; whether a
title-like line really opens an article is decided in ``boundaries``.

Lines broken at a fixed width are one line here, the paragraph they make (``text.wrapped_breaks``).

Known to fail: a headline above a text broken at a fixed width that happens to be just as wide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from firsthand.furniture import byline_of, credited, dated, kind_of, letters
from firsthand.model import Block, Span
from firsthand.text import wrapped_breaks

# A headline is rarely longer; what is longer and has no full stop is a list or a torn paragraph.
TITLE_CHARS = 200
TITLE_WORDS = (3, 30)
# From the first to the second standing of a repeated title: captions, letters, a byline.
SANDWICH_LINES = 12
SANDWICH_CHARS = 2500
SANDWICH_WORDS = 90  # of sentences that stand once: more are a short text between two like lines
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
# Archives set a document's facts above it: "HEADLINE: …", "Date: …", two or more such lines.
_FIELD = re.compile(
    r"(?P<name>(?i:title|headline|byline|authors?|by|date|load-date|published(?: on| at)?|source|"
    r"publication(?:[ -]type)?|outlet|section|length|url|link|language|dateline|copyright|edition|"
    r"page|id|doc(?:ument)?(?: id| no\.?)?|subject|category|tags|keywords))\s*:\s*"
    r"(?P<value>\S.{0,250})"
)
_TITLE_FIELDS, _WRITER_FIELDS = ("title", "headline"), ("byline", "author", "authors", "by")
_DATE_FIELDS = ("date", "published", "published on", "published at")
_OPENS_CAPTION = re.compile(
    r"(?:FILE\s*[-–—]|photos?:|image:|pictured?:|photo by|image by)", re.IGNORECASE
)
_CREDITED_END = re.compile(r"[(\[][^()\[\]]{2,60}/[^()\[\]]{2,60}[)\]]\.?\s*$")
LABEL_WORDS = 4
# A page may be one line of megabytes: then its words are guessed, and it is compared as it is.
GIANT_CHARS, CHARS_A_WORD = 100_000, 6
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
    end = blocks[0].span.start
    found: list[Line] = []
    for at, mark in _paragraphs(text, blocks):
        above = text[end : at.start]
        # A page feed is as good as two empty lines.
        gap = max(above.count("\n") - 1, 0) + 2 * ("\f" in above)
        found.append(_line(at, at.of(text), gap, mark))
        end = at.end
    return _in_company(found)


def _paragraphs(text: str, blocks: Sequence[Block]) -> Iterator[tuple[Span, str | None]]:
    """Yield the lines of the blocks with their marks; lines that a fixed width broke are joined."""
    inside = wrapped_breaks(text)
    held: tuple[Span, str | None] | None = None
    for block in blocks:
        part = block.span.of(text)
        one = part and part == part.strip() and "\n" not in part
        places = [Span(start=0, end=len(part))] if one else text_lines(part)
        for place in places:
            at = Span(start=block.span.start + place.start, end=block.span.start + place.end)
            if held and inside and held[1] is None and block.kind is None:
                broken = text.find("\n", held[0].end, at.start)
                if broken in inside:
                    held = (Span(start=held[0].start, end=at.end), None)
                    continue
            if held:
                yield held
            held = (at, block.kind)
    if held:
        yield held


def paragraph_lines(text: str) -> list[Span]:
    """Return the spans of a text's lines, trimmed; lines that a fixed width broke are one."""
    return [at for at, _ in _paragraphs(text, [Block(span=line) for line in text_lines(text)])]


def _line(at: Span, text: str, gap: int, mark: str | None) -> Line:
    text = " ".join(text.split()) if "\n" in text else text
    if len(text) <= TITLE_CHARS:
        words = _WORD.findall(text)
        n_words = len(words)
    else:
        # Of long lines only whether two are the same is ever asked.
        words = text.split() if len(text) < GIANT_CHARS else [text]
        n_words = len(words) if len(text) < GIANT_CHARS else len(text) // CHARS_A_WORD
    role, kind = _role(text, mark, n_words)
    return Line(at, text, gap, role, kind, mark, "".join(words).casefold(), n_words)


def _role(text: str, mark: str | None, n_words: int) -> tuple[str, str | None]:
    kind = kind_of(text)
    if kind:
        return "furniture", kind
    if mark == "caption":
        return "caption", None
    if byline_of(text):
        return "byline", None
    if n_words <= 40 and dated(text):
        return "date", None
    if len(text) > TITLE_CHARS:
        return ("title" if mark in ("title", "heading") else "body"), None
    if letters(text):
        return "letters", None
    if _ROW.fullmatch(text):
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
    if _FULL_STOP.search(text[-24:]) or text.rstrip()[-1:] in ",;:" or not text[:1].isprintable():
        return False
    if _CREDIT_LINE.search(text):
        return False
    if text[:1].islower() or _NO_TITLE.match(text):
        return False
    if re.search(r"[!?][\"'”’)]*\s*$", text[-24:]):
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
    lines = _sandwiched(_fielded(lines))
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
            if twice or ((in_head or _surely_credited(line.text)) and credited(line.text)):
                role = "caption"
        elif line.role == "letters" and not (in_head or _next_opens(lines, i)):
            role = "body"
        found.append(line if role == line.role else replace(line, role=role))
    return found


def _fielded(lines: list[Line]) -> list[Line]:
    """Return the lines with an archive's fields told apart: title, byline, date, other fields."""
    found = list(lines)
    shapes = [
        _FIELD.fullmatch(line.text) if ":" in line.text[:20] and line.text[:1].isupper() else None
        for line in lines
    ]
    for i, shape in enumerate(shapes):
        beside = (0 <= k < len(shapes) and shapes[k] for k in (i - 1, i + 1))
        if shape and any(beside):
            found[i] = _field(lines[i], shape["name"].casefold(), shape["value"])
    return found


def _field(line: Line, name: str, value: str) -> Line:
    """Return a field's line with the role of what it names; its text is then the value."""
    words = _WORD.findall(value)
    known = replace(line, text=value, key="".join(words).casefold(), n_words=len(words))
    if name in _TITLE_FIELDS:
        return replace(known, role="title", kind=None, mark=line.mark or "title")
    if name in _WRITER_FIELDS:
        return replace(known, role="byline", kind=None, text=f"By {value.removeprefix('By ')}")
    if name in _DATE_FIELDS:
        return replace(known, role="date", kind=None)
    return replace(line, role="furniture", kind="field")


def _surely_credited(text: str) -> bool:
    """Return whether a line is a caption wherever it stands: a short one with a full credit."""
    if text.startswith("FILE") and len(text) <= 800 and re.match(r"FILE\s*[-–—]", text):
        return True
    if len(text) > 400:
        return False
    if _OPENS_CAPTION.match(text):
        return True
    bracketed = text[-1:] in ")]" or text[-2:] in (").", "].")
    return bracketed and bool(_CREDITED_END.search(text[-130:]))


def _next_opens(lines: Sequence[Line], i: int) -> bool:
    return i + 1 < len(lines) and lines[i + 1].role in ("title", "caption", "byline", "date")


def _sandwiched(lines: list[Line]) -> list[Line]:
    """
    Return the lines with heads marked in which a title stands twice around captions.

    Everything between the two is head, even a caption in a plain sentence; but with more than two
    sentences of its own between them it is a text that ends in its title, and no head.
    """
    keys = Counter(line.key for line in lines)
    found = list(lines)
    titles: set[int] = set()
    last_at: dict[str, int] = {}
    for j, line in enumerate(lines):
        if keys[line.key] < 2 or not _may_be_title(lines, j):
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
    if line.role not in ("title", "body", "caption"):
        return False  # a date, a writer, a label of the page stands above each of its articles
    if line.n_words < TITLE_WORDS[0] or len(line.text) > TITLE_CHARS or credited(line.text):
        return False
    doubled = any(0 <= k < len(lines) and lines[k].key == line.key for k in (i - 1, i + 1))
    return not doubled


def _is_head(between: Sequence[Line]) -> bool:
    if sum(len(line.text) for line in between) > SANDWICH_CHARS:
        return False
    keys = [line.key for line in between]
    own = [
        line
        for line in between
        if line.role == "body" and keys.count(line.key) == 1 and not credited(line.text)
    ]
    return len(own) <= 2 and sum(line.n_words for line in own) <= SANDWICH_WORDS


def _body_follows(lines: Sequence[Line], j: int) -> bool:
    """Return whether running text follows within the next few lines."""
    return any(line.role == "body" and line.n_words >= 12 for line in lines[j + 1 : j + 8])
