"""
Pages → articles: run-on pages are cut, and what belongs to the page is labelled, never deleted.

Four steps. ``open_page`` notes how each page's text begins, and how it goes on where an article may
begin. ``part`` looks for what other captures say of such places: pages that begin with the same
text go different ways there (one article captured again, another run on below it), or the text from
there on stands in another capture alone, or below something else. ``gather`` puts together what was
found of each page, and ``segment`` cuts the pages where their own layout and topics say so. Another
capture confirms a boundary that the page hints at and never makes one: agency copy with two endings
is one article each, and so is one with two openings.

An article's text is its body. Title, captions, players' letters, related links and the rest are
kept as furniture with their place. Where something is left out the pieces are joined by one line
break; everywhere else the capture's own characters stay, so that a span of the text leads back.

Rows that come with a text of their own (JSONL) are never cut; furniture in them is only labelled.

Known to fail: see ``boundaries`` and ``furniture``; a standfirst without a full stop directly above
the text is kept as text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from firsthand.boundaries import boundaries
from firsthand.furniture import byline_of, kind_of
from firsthand.hints import title_of
from firsthand.imprint import DAY, when
from firsthand.layout import Line, lines_of, paragraph_lines, prose
from firsthand.model import (
    Article,
    Cut,
    Furniture,
    NotRead,
    Opening,
    Page,
    Part,
    Skipped,
    Span,
    When,
    digest,
    span,
)
from firsthand.stage import each, together
from firsthand.text import WORD

# The first line that opens a page's text, rather than its head, has as many words or more.
OPENING_WORDS = 12
# Beyond this many lines nobody needs a confirmation; it bounds the working table.
OPENING_LINES = 400
# Pages must share this many lines before their parting, or what stands above them, says anything.
SHARED_LINES = 3
# So many places of a page where an article may begin are compared with other captures, each by the
# long lines above it; with fewer of those than two it may be one article with two openings.
OPENING_PLACES, ABOVE_LINES, ABOVE_FEWEST = 12, 8, 2
# What stands below more different texts than this, and nowhere alone, is a notice of the outlet's.
MOST_ABOVE = 3
# What stands between two articles and is no sentence: a title, a label, a separator.
SHORT_CHARS = 200
_CLOSED = ".,;:…"
# One text with more captures than this is a notice every page carries.
MOST_ALIKE = 2000
LANGUAGE_LETTERS = 40
LANGUAGE_CHARS = 2000
# A text is surely English, and needs no closer look, where so many (in hundredths) of its first
# words are these; no other language has more than a few of them, and "the" in none.
SURE_CHARS, SURE_WORDS, SURE = 700, 50, 16
_ENGLISH = frozenset(
    "the of and to that for was with as by from it has have this which his said but they their who "
    "will not been were would".split()
)
_TORN = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|\[\+?\s?\d+ (?:more )?char(?:acter)?s\]|\(more\)|"
    r"\b(?:continue reading|read more|read the rest|keep reading)\b.{0,40}?[.…»>→]*)\s*$",
    re.IGNORECASE,
)


# How pages begin, and where they part


@each(takes=Page, gives=Opening)
def open_page(page: Page) -> Iterator[Opening]:
    """Yield how a page's text begins, and where it may begin anew; rows are texts of their own."""
    if page.whole:
        return
    lines = paragraph_lines(page.text)
    texts = [line.of(page.text) for line in lines]
    keys = [_key(text) for text in texts]
    counts = Counter(keys)
    # A caption that stands twice opens the page's head, not its text.
    told = [
        n
        for n, (text, key) in enumerate(zip(texts, keys, strict=True))
        if counts[key] == 1 and len(WORD.findall(text[:400])) >= OPENING_WORDS
    ]
    if not told:
        return
    first = told[0]
    yield _opening(page, lines[first : first + OPENING_LINES], keys[first:], ())
    # What markup told apart is cut only where pages that begin alike part.
    anew = [] if page.settled else _anew(page.text, lines, told)
    for n, number in anew[:OPENING_PLACES]:
        above = tuple(_number(keys[i]) for i in told[max(number - ABOVE_LINES, 0) : number])
        yield _opening(page, lines[n : n + SHARED_LINES], keys[n:], above)


def _opening(
    page: Page, lines: Sequence[Span], keys: Sequence[str], above: tuple[int, ...]
) -> Opening:
    numbers = tuple(_number(key) for key in keys[: len(lines)])
    return Opening(
        capture_id=page.capture_id,
        opening=numbers[0],
        lines=numbers,
        starts=tuple(at.start for at in lines),
        above=above,
    )


def _anew(text: str, lines: Sequence[Span], told: Sequence[int]) -> list[tuple[int, int]]:
    """
    Return the long lines at which an article may begin, and which of the long lines each is.

    Something stands between it and the long line above: a line that is no sentence, or a wider gap.
    """
    gaps = [text.count("\n", a.end, b.start) for a, b in pairwise(lines)]
    usual = Counter(gaps).most_common(1)[0][0] if gaps else 0
    found = []
    for number in range(ABOVE_FEWEST, len(told)):
        n = told[number]
        between = lines[n - 1].of(text)
        if gaps[n - 1] > usual or (len(between) <= SHORT_CHARS and between[-1] not in _CLOSED):
            found.append((n, number))
    return found


def _number(key: str) -> int:
    return int(digest(key), 16) >> 1


def _key(text: str) -> str:
    return "".join(WORD.findall(text)).casefold()


@together(takes=Opening, by="opening", gives=(Cut, Skipped))
def part(openings: list[Opening]) -> Iterator[Cut | Skipped]:
    """Yield where pages that begin with one line part, and where it begins anew in others."""
    if len(openings) > MOST_ALIKE:
        example = min(opening.capture_id for opening in openings)
        yield Skipped(
            stage="segment.part", kind="opening over the cap", count=len(openings), example=example
        )
        return
    begins = [opening for opening in openings if not opening.above]
    ordered = sorted(begins, key=lambda o: (o.lines, o.capture_id))
    shared = [_n_shared(a.lines, b.lines) for a, b in pairwise(ordered)]
    for i, opening in enumerate(ordered):
        partings = _partings(shared, i, len(opening.lines))
        if partings:
            starts = tuple(opening.starts[n] for n in sorted(partings))
            yield Cut(capture_id=opening.capture_id, starts=starts)
    elsewhere = {(opening.lines[:SHARED_LINES], opening.above) for opening in openings}
    for opening in openings:
        if opening.above and _stands_apart(opening, elsewhere):
            yield Cut(capture_id=opening.capture_id, starts=opening.starts[:1])


def _stands_apart(
    opening: Opening, elsewhere: Iterable[tuple[tuple[int, ...], tuple[int, ...]]]
) -> bool:
    """Return whether the text from here on stands elsewhere alone, or below other lines only."""
    lines, mine = opening.lines[:SHARED_LINES], set(opening.above)
    if len(lines) < SHARED_LINES:
        return False
    unlike = [above for other, above in elsewhere if other == lines and mine.isdisjoint(above)]
    return () in unlike or 0 < len(unlike) <= MOST_ABOVE


@together(takes=Cut, by="capture_id", gives=Cut)
def gather(cuts: list[Cut]) -> Iterator[Cut]:
    """Yield all that other captures say of a page, as one record."""
    starts = sorted({start for cut in cuts for start in cut.starts})
    yield Cut(capture_id=cuts[0].capture_id, starts=tuple(starts))


def _n_shared(left: Sequence[int], right: Sequence[int]) -> int:
    n = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        n += 1
    return n


def _partings(shared: Sequence[int], i: int, length: int) -> set[int]:
    """Return after how many lines page ``i`` of the ordered ones parts from any other."""
    found: set[int] = set()
    for step in (range(i - 1, -1, -1), range(i, len(shared))):
        fewest = length
        for j in step:
            fewest = min(fewest, shared[j])
            if fewest < SHARED_LINES:
                break
            if fewest < length:
                found.add(fewest)
    return found


# Cutting, and what each piece is made of


@each(takes=Page, gives=(Article, Furniture), beside={"capture_id": Cut})
def segment(page: Page, cut: Cut | None = None) -> Iterator[Article | Furniture]:
    """Yield the articles of a page in reading order, each followed by its furniture."""
    if page.whole:
        yield from _whole(page)
        return
    place = 0
    starts = cut.starts if cut else ()
    for part_ in page.parts:
        blocks = [block for block in page.blocks if block.part == part_.part]
        lines = lines_of(page.text, blocks)
        uncut = page.settled and not starts
        stretches = [(0, len(lines))] if uncut and lines else _stretches(lines, starts)
        for number, (begin, end) in enumerate(stretches):
            said = part_ if number == 0 else Part(outlet=part_.outlet, language=part_.language)
            found = read_stretch(lines[begin:end], said)
            article = _article(page, said, found, place)
            if article is not None:
                yield article
                place += 1
            yield from _furniture(page, article, found)


def _stretches(lines: Sequence[Line], partings: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, behind the last) line of every article."""
    edges = [0, *boundaries(lines, partings), len(lines)]
    for begin, end in pairwise(edges):
        if begin < end:
            yield begin, end


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """The lines of one article told apart: title, byline, body lines, furniture with its kind."""

    title: str | None
    byline: str | None
    byline_at: Span | None
    published: When | None
    body: list[Line]
    furniture: list[tuple[Line, str]]


def read_stretch(lines: Sequence[Line], said: Part) -> Stretch:
    """Return what the lines of one article are."""
    texts = [i for i, line in enumerate(lines) if prose(line)]
    # Without any prose (a list, a poem, a single line) there is no head: what there is is the text.
    head, foot = (texts[0], texts[-1]) if texts else (-3, len(lines))
    title = _title_line(lines, head, said) if texts else None
    names = _Names(
        title=lines[title].key if title is not None else _key(said.title or ""),
        byline=_key(said.byline or ""),
    )
    body: list[Line] = []
    furniture: list[tuple[Line, str]] = []
    byline: Line | None = None
    for i, line in enumerate(lines):
        place = _place(i, head, foot)
        above = title is not None and i < title
        listed = bool(furniture) and furniture[-1][0] is lines[i - 1] and _lists(*furniture[-1])
        kind = "title" if i == title else _kind(line, place, above, listed, names)
        if kind is None:
            body.append(line)
        elif kind == "byline" and byline is None:
            byline = line
        elif kind != "title":
            furniture.append((line, kind))
    if texts and not body:
        # One sentence over and over looks like titles and captions only: then it is the text.
        body = [line for line in lines if line.role != "furniture"]
        furniture = [(line, kind) for line, kind in furniture if line.role == "furniture"]
        title = byline = None
    body, footers = _without_footers(body)
    own_title = lines[title].text if title is not None else None
    return Stretch(
        title=" ".join((said.title or own_title or "").split()) or None,
        byline=said.byline or (byline_of(byline.text) if byline else None),
        byline_at=byline.span if byline else None,
        published=said.published or _shown_time(furniture),
        body=body,
        furniture=sorted([*furniture, *footers], key=lambda f: f[0].span.start),
    )


def _place(i: int, head: int, foot: int) -> str:
    if i < head:
        return "head"
    # A byline or a date may stand below the first line of text, which then is a standfirst.
    return "foot" if i > foot else "opening" if i <= head + 2 else "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What lines are compared with: keys of the title and of the byline."""

    title: str
    byline: str


def _title_line(lines: Sequence[Line], head: int, said: Part) -> int | None:
    """Return the line of the head that is the article's title, or None."""
    if said.title:
        key = _key(said.title)
        return next((i for i in range(head) if lines[i].key == key), None)
    return title_of(lines, 0, head)


def _kind(line: Line, place: str, above: bool, listed: bool, names: _Names) -> str | None:
    """Return what a line is where it stands (``byline``, a kind of furniture), or None for body."""
    if line.key and line.key == names.title and line.n_words >= 3:
        return "repeated title"
    if line.role == "furniture":
        return line.kind
    if line.role == "caption":
        return "caption"
    if place != "body":
        found = {"byline": "byline", "date": "date line", "letters": "player"}.get(line.role)
        if found:
            return found
        # "Jane Roe · ": the name alone, with a date or a dot behind it.
        if names.byline and line.key.startswith(names.byline) and line.n_words <= 12:
            return "byline"
    if place == "head" and (above or line.role == "label"):
        return "section header"
    if listed and line.n_words <= 20 and (line.role in ("title", "label") or line.text[-1:] == "?"):
        return "related link"
    return None


def _lists(line: Line, kind: str) -> bool:
    """Return whether related links may follow: the line is their label, alone, or one of them."""
    return kind == "related link" and (line.n_words <= 5 or line.role != "furniture")


def _without_footers(body: list[Line]) -> tuple[list[Line], list[tuple[Line, str]]]:
    """Return the body without the lines at its end that speak of the writer or the page."""
    footers: list[tuple[Line, str]] = []
    while len(body) > 1:
        kind = kind_of(body[-1].text, zone="foot")
        if kind is None:
            break
        footers.append((body.pop(), kind))
    return body, footers


def _shown_time(furniture: Sequence[tuple[Line, str]]) -> When | None:
    """Return the time a date line gives, or the day a dated caption bounds it by, or None."""
    for line, kind in furniture:
        if kind == "date line":
            day = DAY.search(line.text)
            found = when(day.group(), "text") if day else None
            if found:
                return found
    captions = [line.text for line, kind in furniture if kind == "caption"]
    days = [when(day, "text") for text in captions for day in DAY.findall(text)]
    latest = max((d.at for d in days if d and d.at), default=None)
    # A photograph of a day cannot stand in an article from before it.
    return When(not_before=latest, precision="day", basis="text") if latest else None


def pieces_of(body: Sequence[Line], left_out: Sequence[Span]) -> list[Span]:
    """Return the spans that body lines make, joined wherever nothing was left out between them."""
    out = sorted(left_out)
    pieces: list[Span] = []
    k = 0
    for line in body:
        while k < len(out) and out[k].start < line.span.start:
            k += 1
        between = k > 0 and pieces and out[k - 1].start >= pieces[-1].end
        if pieces and not between:
            pieces[-1] = span(pieces[-1].start, line.span.end)
        else:
            pieces.append(line.span)
    return pieces


def to_capture(article: Article, found: Span) -> list[Span]:
    """
    Return where a span of an article's text stands in the decoded capture: one span a piece.

    >>> article = Article(article_id="a", capture_id="c", place=0, text_id="t", path="p",
    ...     text="Fog.\\nRain.", pieces=(span(3, 7), span(20, 25)))
    >>> [(s.start, s.end) for s in to_capture(article, span(1, 8))]
    [(4, 7), (20, 23)]
    """
    spans: list[Span] = []
    at = 0
    for piece in article.pieces or ():
        length = piece.end - piece.start
        begin, end = max(found.start, at), min(found.end, at + length)
        if begin < end:
            spans.append(span(piece.start + begin - at, piece.start + end - at))
        at += length + 1
    return spans


def _article(page: Page, said: Part, found: Stretch, place: int) -> Article | None:
    if not found.body:
        return None
    left_out = [line.span for line, _ in found.furniture]
    if found.byline_at:
        left_out.append(found.byline_at)
    pieces = pieces_of(found.body, left_out)
    text = "\n".join(piece.of(page.text) for piece in pieces)
    language = language_of(text)
    return Article(
        article_id=digest(page.capture_id, place),
        given_id=page.given_id,
        capture_id=page.capture_id,
        place=place,
        text_id=digest(text),
        path=page.path,
        pieces=tuple(pieces) if page.traceable else None,
        title=found.title,
        outlet=said.outlet,
        byline=found.byline,
        byline_span=found.byline_at if page.traceable else said.byline_span,
        url=said.url,
        captured_at=page.captured_at,
        published=found.published,
        language=language,
        text=text,
        not_read=said.not_read or _not_read(text, language),
    )


def _not_read(text: str, language: str | None) -> NotRead | None:
    """Return why a text is not read: another language, or cut off."""
    if language not in (None, "en"):
        return "language"
    return "truncated" if _TORN.search(text[-120:]) else None


def language_of(text: str) -> str | None:
    """
    Return the language of a text as a two-letter code, or None where it is too short to tell.

    >>> language_of("Der Hafen blieb am Montag wegen dichten Nebels geschlossen, sagte sie.")
    'de'
    >>> language_of("Fog.") is None
    True
    """
    sample = text[:LANGUAGE_CHARS]
    if sum(map(str.isalpha, sample[: 4 * LANGUAGE_LETTERS])) < LANGUAGE_LETTERS and (
        sum(map(str.isalpha, sample)) < LANGUAGE_LETTERS
    ):
        return None
    first = WORD.findall(sample[:SURE_CHARS].casefold())
    if len(first) >= SURE_WORDS and 100 * sum(w in _ENGLISH for w in first) >= SURE * len(first):
        return "en"
    import py3langid

    code: str = py3langid.classify(sample)[0]
    return None if code == "zxx" else code


def _furniture(page: Page, article: Article | None, found: Stretch) -> Iterator[Furniture]:
    first = found.body[0].span.start if found.body else 0
    for line, kind in found.furniture:
        of_page = kind in ("section header", "navigation") and line.span.start < first
        yield Furniture(
            capture_id=page.capture_id,
            article_id=None if article is None or of_page else article.article_id,
            span=line.span if page.traceable else None,
            kind=kind,
            text=line.span.of(page.text),
        )


def _whole(page: Page) -> Iterator[Article | Furniture]:
    """Yield the one article of a row, its text as given, and the furniture in it."""
    said = page.parts[0] if page.parts else Part()
    language = said.language or language_of(page.text)
    article = Article(
        article_id=digest(page.capture_id, 0),
        given_id=page.given_id,
        capture_id=page.capture_id,
        place=0,
        text_id=digest(page.text),
        path=page.path,
        title=said.title,
        outlet=said.outlet,
        byline=said.byline,
        byline_span=said.byline_span,
        url=said.url,
        captured_at=page.captured_at,
        published=said.published,
        language=language,
        text=page.text,
        not_read=said.not_read or _not_read(page.text, language),
    )
    yield article
    for line in lines_of(page.text, page.blocks):
        kind = line.kind if line.role == "furniture" else line.role
        if line.role in ("furniture", "caption"):
            yield Furniture(
                capture_id=page.capture_id,
                article_id=article.article_id,
                in_="text",
                span=line.span,
                kind=kind or "caption",
                text=line.span.of(page.text),
            )
