"""
Captures → pages: the text of a capture in blocks, with what markup or its own fields say of it.

Plain text is its decoded source, so that spans of it are spans of the capture. A line of JSON gives
its text code point for code point, never cut. HTML is parsed once and told apart by how much page
there is around the text:

- *bare* pages (saved text in paragraphs, ``pre`` or line breaks, no menus) give all text they show,
  block by block, so that run-on text in them is cut exactly as in a plain file;
- pages with chrome are split into article subtrees (a headline each, or ``article`` elements), and
  a well-kept extractor (trafilatura) finds the body in each. It is never handed a capture of
  several articles whole: it keeps one and drops the rest.

Known to fail: a page whose menus are bare text without links reads as bare; the extractor drops
paragraphs that repeat and text nested deeper than 255 levels.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from firsthand import imprint, markup
from firsthand.boundaries import likeness, words_of
from firsthand.encoding import decode
from firsthand.furniture import byline_of
from firsthand.imprint import Imprint
from firsthand.layout import text_lines
from firsthand.markup import Seen
from firsthand.model import Block, Capture, NotRead, Page, Part, Rejected, Span, span
from firsthand.stage import each

# Every code a page can be rejected with; docs/messages.md has a heading for each.
CODES: Mapping[str, str] = {
    "no-text": "the page shows no text; it may have been made by scripts after it was fetched",
    "nesting": "tags are nested too deep, or one has too many attributes, to be parsed in time",
    "too-large": "more lines than firsthand reads at once; split it",
    "surrogates": "the text holds half of a character pair and cannot be stored",
}
# A subtree with less text of its own is a teaser, a comment or a caption, not an article.
ARTICLE_CHARS = 400
BETWEEN_BLOCKS = "\n\n"
# Sections of one article are more alike than this, hundredths; two articles seldom are.
UNLIKE = 5
# Up to this share of link text a page reads as saved text; menus alone make more.
BARE_LINK_SHARE = 0.05
BARE_LINK_BLOCKS = 2
TITLE_CHARS = 200  # a longer first line is text
# Where the extractor keeps less than this of the page's paragraphs, it has missed the body
# and the paragraphs are taken instead (measured once while this was written).
EXTRACTED_SHARE = 0.5
# No page has as many; with an object a line, millions of lines would take gigabytes.
MOST_LINES = 200_000
# The extractor takes time in the square of the blocks: 100,000 of them take 100 s, 8,000 under one.
MOST_EXTRACTED_BLOCKS = 8000
LINKED = 0.6  # a block with more of its text in links is a menu entry or a teaser
# A page that shows less than this and speaks of cookies or subscriptions is a wall, not an article.
CONSENT_CHARS = 1200
PAYWALL_CHARS = 1800
_CHROME_TAGS = "nav, aside, footer, form, iframe, button, input, header nav, script[src]"
_SHORT_DATE = re.compile(r"[^.]{0,60}\b(?:19|20)\d\d\b[^.]{0,40}", re.DOTALL)
_CONSENT = re.compile(
    r"\b(?:accept (?:all|cookies)|we (?:and our partners )?use cookies|cookie (?:policy|settings|"
    r"consent)|consent to|before you continue|manage (?:cookies|preferences|consent)|"
    r"privacy (?:settings|choices)|reject all)\b",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"\b(?:subscribe (?:now )?to (?:continue|read|keep)|already a (?:subscriber|member)|"
    r"to (?:continue reading|read the (?:full|rest))|(?:for|to) subscribers only|"
    r"this (?:article|content|story) is (?:for|only|reserved|available)\b.{0,30}subscribers|"
    r"register (?:now )?to (?:continue|read)|start your (?:free )?trial|"
    r"unlock this (?:article|story))",
    re.IGNORECASE,
)


@each(takes=Capture, gives=(Page, Rejected))
def extract(capture: Capture) -> Iterator[Page | Rejected]:
    """Yield the page of a capture, or why there is none."""
    try:
        if capture.media_type == "application/x-ndjson":
            yield _from_row(capture)
        elif capture.media_type == "text/html":
            yield from _from_html(capture)
        else:
            yield from _from_text(capture)
    except markup.TooDeepError:
        yield _rejected(capture, "nesting")


def _rejected(capture: Capture, code: str) -> Rejected:
    return Rejected(path=capture.path, record=capture.record, code=code, reason=CODES[code])


def _from_text(capture: Capture) -> Iterator[Page | Rejected]:
    text = decode(capture.content, capture.encoding)
    if text.count("\n") > MOST_LINES:
        yield _rejected(capture, "too-large")
        return
    yield Page(
        capture_id=capture.capture_id,
        path=capture.path,
        url=capture.url,
        captured_at=capture.fetched_at,
        text=text,
        traceable=True,
        blocks=tuple(Block(span=line) for line in text_lines(text)),
        parts=(Part(url=capture.url),),
    )


# One article a line


def _from_row(capture: Capture) -> Page:
    row = json.loads(capture.content.decode("utf-8-sig"))
    text = row["text"]
    given_id = row.get("id")
    byline = imprint.byline(_column_names(row, "author", "byline"))
    part = Part(
        title=imprint.clean(row.get("title")),
        outlet=_column(row, "outlet", "source", "site"),
        byline=byline,
        byline_span=_place_of(byline, capture),
        url=_column(row, "url"),
        published=_given_time(row),
        language=_column(row, "language", "lang"),
    )
    return Page(
        capture_id=capture.capture_id,
        path=capture.path,
        url=capture.url,
        captured_at=capture.fetched_at,
        text=text,
        traceable=False,
        whole=True,
        given_id=str(given_id) if isinstance(given_id, str | int) else None,
        blocks=tuple(Block(span=line) for line in text_lines(text)),
        parts=(part,),
    )


def _column(row: Mapping[str, Any], *columns: str) -> str | None:
    values = (row.get(column) for column in columns)
    return next((v.strip() for v in values if isinstance(v, str) and v.strip()), None)


def _column_names(row: Mapping[str, Any], *columns: str) -> list[str]:
    for column in columns:
        value = row.get(column)
        if isinstance(value, str) and value.strip():
            return [value.strip()]
        if isinstance(value, list):
            return [v.strip() for v in value if isinstance(v, str) and v.strip()]
    return []


def _given_time(row: Mapping[str, Any]) -> Any:
    values = (row.get(c) for c in ("date", "day", "published", "published_at", "timestamp"))
    return next((w for v in values if (w := imprint.when(v, "given"))), None)


# HTML


def _from_html(capture: Capture) -> Iterator[Page | Rejected]:
    source = decode(capture.content, capture.encoding)
    page = markup.parse(source)
    if page.root is None:
        yield _rejected(capture, "no-text")
        return
    seen = markup.blocks(page.root)
    if is_bare(page, seen):
        pieces = [(_bare_imprint(page, seen, capture.url), seen)]
    else:
        pieces = _articles(page, seen, source, capture.url)
    pieces = [(found, blocks) for found, blocks in pieces if blocks]
    if not pieces:
        yield _rejected(capture, "no-text")
        return
    laid_out = _laid_out(capture, page, pieces)
    try:
        laid_out.text.encode("utf-8")
        yield laid_out
    except UnicodeEncodeError:
        yield _rejected(capture, "surrogates")


def is_bare(page: Any, seen: Sequence[Seen]) -> bool:
    """
    Return whether a page is saved text with next to no page around it.

    >>> page = markup.parse("<h1>Fog</h1><p>The harbour closed.</p>")
    >>> is_bare(page, markup.blocks(page.root))
    True
    >>> page = markup.parse("<nav><a href=/>Home</a></nav><p>The harbour closed.</p>")
    >>> is_bare(page, markup.blocks(page.root))
    False
    """
    if page.css_first(_CHROME_TAGS) is not None:
        return False
    n_chars = sum(len(b.text) for b in seen)
    n_linked = sum(b.link_chars for b in seen)
    n_link_blocks = sum(b.link_chars > LINKED * len(b.text) for b in seen)
    return n_linked <= BARE_LINK_SHARE * n_chars and n_link_blocks <= BARE_LINK_BLOCKS


def _bare_imprint(page: Any, seen: Sequence[Seen], url: str | None) -> Imprint:
    """Return the imprint of a bare page; its ``title`` tag counts where the text has no head."""
    found = imprint.combined(
        *imprint.imprints(page)[:1], imprint.of_page(page, url), imprint.on_page(page.root)
    )
    first = seen[0].text.split("\n", 1)[0] if seen else ""
    has_head = len(first) < TITLE_CHARS and not re.search(r"[.!?][\"'”’)]*\s*$", first)
    return found if found.title or has_head else _titled(found, page)


Piece = tuple[Imprint, list[Seen]]


def _articles(page: Any, seen: Sequence[Seen], source: str, url: str | None) -> list[Piece]:
    """Return the articles of a page with chrome: what each says of itself, and its blocks."""
    of_page, listed = imprint.of_page(page, url), imprint.imprints(page)
    runs = article_runs(seen)
    if len(runs) < 2:
        heading = headline(seen, of_page.outlet)
        own = _matching(listed, heading) or (listed[0] if listed else Imprint())
        found = imprint.combined(
            Imprint(title=heading), own, of_page, near_headline(seen), imprint.on_page(page.root)
        )
        return [(_titled(found, page), _body(source, list(seen)))]
    site = Imprint(outlet=of_page.outlet or next((x.outlet for x in listed if x.outlet), None))
    pieces = []
    for number, (begin, end) in enumerate(runs):
        blocks = list(seen[begin:end])
        heading = next((b.text for b in blocks if b.kind in ("title", "heading")), None)
        said = [_matching(listed, heading) or Imprint(), near_headline(blocks), site]
        if number == 0:
            said.append(of_page)
        pieces.append((imprint.combined(Imprint(title=heading), *said), _own(blocks)))
    return pieces


def headline(seen: Sequence[Seen], site: str | None) -> str | None:
    """Return the page's one visible headline, or None where it has none or several."""
    titles = {" ".join(b.text.split()): None for b in seen if b.kind == "title" and not b.chrome}
    found = [t for t in titles if len(t.split()) >= 3 and _key(t) != _key(site or "")]
    return found[0] if len(found) == 1 and len(found[0]) <= 300 else None


def near_headline(seen: Sequence[Seen]) -> Imprint:
    """
    Return the day and the byline that stand in short blocks around the headline.

    >>> page = markup.parse("<h1>Fog closes harbour</h1><p>By Ada Quill<p>Published 4 March 2025")
    >>> found = near_headline(markup.blocks(page.root))
    >>> found.byline, found.published.at
    ('Ada Quill', '2025-03-04')
    """
    at = next((i for i, b in enumerate(seen) if b.kind == "title" and not b.chrome), None)
    if at is None:
        return Imprint()
    byline, published = None, None
    for block in seen[max(at - 4, 0) : at + 12]:
        for line in block.text.split("\n") if len(block.text) <= 200 else ():
            byline = byline or byline_of(line)
            day = imprint.DAY.search(line) if len(line) <= 100 else None
            if day and published is None and not re.search(r"(?i)updated|modified|review", line):
                published = imprint.when(day.group(), "text")
    return Imprint(byline=byline, published=published)


def _titled(found: Imprint, page: Any) -> Imprint:
    title = found.title
    if title is None:
        node = page.css_first("title")
        title = imprint.clean(node.text(deep=True)) if node is not None else None
    return replace(found, title=imprint.without_site(title, found.outlet) if title else None)


def _matching(listed: Sequence[Imprint], heading: str | None) -> Imprint | None:
    """Return the JSON-LD article whose headline is this heading, or None."""
    key = _key(heading or "")
    for found in listed:
        title = _key(found.title or "")
        if key and title and (key.startswith(title) or title.startswith(key)):
            return found
    return None


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def article_runs(seen: Sequence[Seen]) -> list[tuple[int, int]]:
    """
    Return the runs of blocks that are an article each, in order; fewer than two mean one article.

    A run goes from one headline to the next; where headlines do not tell, over one ``article``
    element with a heading of its own, unless a headline outside says that they are parts of one.

    >>> story = "<div><h1>{0} closes</h1><p>" + "The harbour stayed shut today. " * 20 + "</div>"
    >>> other = story.replace("harbour stayed shut", "mill lost its owner").format("Mill")
    >>> page = markup.parse(story.format("Pier") + other)
    >>> len(article_runs(markup.blocks(page.root)))
    2
    >>> article_runs(markup.blocks(markup.parse("<h1>Pier</h1><h1>Port</h1><p>Fog.").root))
    []
    """
    heads = [i for i, b in enumerate(seen) if b.kind == "title" and not b.chrome]
    heads = [i for k, i in enumerate(heads) if k == 0 or seen[i].text != seen[heads[k - 1]].text]
    runs = list(zip(heads, [*heads[1:], len(seen)], strict=False))
    runs = [run for run in runs if _running(seen[slice(*run)]) >= ARTICLE_CHARS]
    if _apart([seen[slice(*run)] for run in runs]):
        return runs
    if any(seen[i].article is None and len(seen[i].text.split()) >= 3 for i in heads):
        return []
    found = []
    for number in sorted({b.article for b in seen if b.article is not None}):
        places = [i for i, b in enumerate(seen) if b.article == number]
        run = (places[0], places[-1] + 1)
        blocks = seen[slice(*run)]
        headed = any(b.kind in ("title", "heading") for b in blocks)
        if headed and _running(blocks) >= ARTICLE_CHARS:
            found.append(run)
    return found if len(found) >= 2 else []


def _apart(runs: Sequence[Sequence[Seen]]) -> bool:
    """
    Return whether runs below headlines are articles of their own, not sections of one.

    Each has its paragraphs in an element of its own; and each has a date line of its own, in any
    language, or no two that follow each other speak of the same.
    """
    texts = [[b for b in run if b.kind is None and len(b.text) >= 60] for run in runs]
    holders = {Counter(b.holder for b in text).most_common(1)[0][0] for text in texts}
    if len(runs) < 2 or len(holders) < len(runs):
        return False
    dated = [any(_SHORT_DATE.fullmatch(b.text) for b in run[:8]) for run in runs]
    words = [words_of(b.text for b in text) for text in texts]
    return all(dated) or all(likeness(a, b) <= UNLIKE for a, b in pairwise(words))


def _running(seen: Sequence[Seen]) -> int:
    """Return how many characters of running text blocks hold (no links, no lists)."""
    return sum(
        len(b.text) - b.link_chars
        for b in seen
        if not b.chrome and b.kind is None and len(b.text) >= 60
    )


def _own(seen: Sequence[Seen]) -> list[Seen]:
    """Return the blocks that are text by their own looks: no menu, no label, no caption."""
    plain = [b for b in seen if not b.chrome and b.link_chars <= LINKED * len(b.text)]
    texts = [i for i, b in enumerate(plain) if b.kind is None and len(b.text) >= 60]
    if not texts:
        return []
    # Short blocks count between paragraphs; above and below them they are the page's.
    return [
        b
        for b in plain[texts[0] : texts[-1] + 1]
        if b.kind != "caption" and (b.kind or len(b.text) >= 25)
    ]


def _body(source: str, seen: Sequence[Seen]) -> list[Seen]:
    """Return the blocks of a single article's body, in order."""
    own = _own(seen)
    lines = _extracted(source) if len(seen) <= MOST_EXTRACTED_BLOCKS else []
    if sum(map(len, lines)) < EXTRACTED_SHARE * sum(len(b.text) for b in own):
        return own
    kinds = {_key(b.text): b.kind for b in seen}
    return [Seen(line, kinds.get(_key(line))) for line in lines]


def _extracted(source: str) -> list[str]:
    """Return the lines that the extractor takes for the body; none if it finds no body."""
    import trafilatura

    found = trafilatura.bare_extraction(
        source, include_comments=False, include_tables=True, with_metadata=False
    )
    text = getattr(found, "text", None)
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def _place_of(byline: str | None, capture: Capture) -> Span | None:
    """Return where the capture's decoded source has the byline, or its longest part, if it does."""
    if not byline:
        return None
    source = decode(capture.content, capture.encoding or "utf-8")
    parts = sorted(re.split(r"\s*[,|;]\s*", byline), key=len, reverse=True)
    for part in (byline, *parts):
        at = source.find(part) if part else -1
        if at >= 0:
            return span(at, at + len(part))
    return None


def _laid_out(capture: Capture, page: Any, pieces: Sequence[Piece]) -> Page:
    """Return the pieces as one page: blocks an empty line apart, a part each."""
    texts, blocks, parts, start = [], [], [], 0
    for number, (found, seen) in enumerate(pieces):
        for block in seen:
            end = start + len(block.text)
            texts.append(block.text)
            blocks.append(Block(span=span(start, end), part=number, kind=block.kind))
            start = end + len(BETWEEN_BLOCKS)
        parts.append(
            Part(
                part=number,
                title=found.title,
                outlet=found.outlet,
                byline=found.byline,
                byline_span=_place_of(found.byline, capture),
                url=found.url or capture.url,
                published=found.published,
                not_read=not_read(seen, found.paid),
            )
        )
    return Page(
        capture_id=capture.capture_id,
        path=capture.path,
        url=capture.url,
        captured_at=capture.fetched_at,
        text=BETWEEN_BLOCKS.join(texts),
        traceable=False,
        blocks=tuple(blocks),
        parts=tuple(parts),
    )


def not_read(seen: Sequence[Seen], paid: bool = False) -> NotRead | None:
    """
    Return why a page's text is no article: a consent wall or a paywall; None where it is one.

    >>> wall = [Seen("We use cookies. Accept all or manage preferences.")]
    >>> not_read(wall), not_read([Seen("The baker accepts all coins.")])
    ('consent', None)
    """
    text = " ".join(b.text for b in seen)
    if len(text) <= CONSENT_CHARS and len(_CONSENT.findall(text)) >= 2:
        return "consent"
    if len(text) <= PAYWALL_CHARS and (_PAYWALL.search(text) or (paid and len(text) < 900)):
        return "paywall"
    return None
