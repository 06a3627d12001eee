"""
Captures → pages: the text of a capture in blocks, with what markup or its own fields say of it.

Plain text is its decoded source, so that spans of it are spans of the capture. A line of JSON gives
its text code point for code point, never cut. HTML is parsed once and told apart by how much page
there is around the text:

- *bare* pages (saved text in paragraphs, ``pre`` or line breaks, no menus) give all text they show,
  block by block, so that run-on text in them is cut exactly as in a plain file;
- pages with chrome are split into article subtrees (``subtrees``), and the body of each is found by
  points for its blocks (``bodies``); what is left out becomes furniture (``surroundings``).

Known to fail: a page whose menus are bare text without links reads as bare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from firsthand import imprint, markup, rows, wayback
from firsthand.bodies import body
from firsthand.encoding import decode
from firsthand.imprint import Imprint
from firsthand.layout import text_lines
from firsthand.markup import Seen
from firsthand.model import Block, Capture, Furniture, NotRead, Page, Part, Rejected, Span, span
from firsthand.stage import each
from firsthand.subtrees import PARAGRAPH_CHARS, article_runs
from firsthand.surroundings import left_out

# Every code a page can be rejected with; docs/messages.md has a heading for each.
CODES: Mapping[str, str] = {
    "no-text": "the page shows no text; it may have been made by scripts after it was fetched",
    "nesting": "tags are nested too deep, or one has too many attributes, to be parsed in time",
    "too-large": "more lines than firsthand reads at once; split it",
    "surrogates": "the text holds half of a character pair and cannot be stored",
}
BETWEEN_BLOCKS = "\n\n"
# Up to this share of link text a page reads as saved text; menus alone make more.
BARE_LINK_SHARE = 0.05
BARE_LINK_BLOCKS = 2
TITLE_CHARS = 200  # a longer first line is text
# Where points choose less than this of the page's plain paragraphs, they have missed the body.
CHOSEN_SHARE = 0.3
# No page has as many; with an object a line, millions of lines would take gigabytes.
MOST_LINES = 200_000
LINKED = 0.6  # a block with more of its text in links is a menu entry or a teaser
# A page that shows less than this and speaks of cookies or subscriptions is a wall, not an article.
CONSENT_CHARS = 1200
PAYWALL_CHARS = 1800
# A longer text is an article, whatever stands below it.
TORN_CHARS = 1500
SHORT_CHARS = 25
_CHROME_TAGS = "nav, aside, footer, form, iframe, button, input, header nav, script[src]"
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_READ_ON = re.compile(
    r"(?:continue reading|read (?:on|more|(?:the )?(?:full|whole|rest)\b.{0,30})|keep reading|"
    r"(?:view|see) (?:more|full article))\W*",
    re.IGNORECASE,
)
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


# Parsing HTML cannot be interrupted; text and lines of JSON need no guard.
@each(
    takes=Capture, gives=(Page, Furniture, Rejected), guarded=lambda c: c.media_type == "text/html"
)
def extract(capture: Capture) -> Iterator[Page | Furniture | Rejected]:
    """Yield the page of a capture and the furniture around its articles, or why there is none."""
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
    row = rows.row_of(json.loads(capture.content.decode("utf-8-sig")))
    text = row.text or ""
    byline = imprint.byline(list(row.author))
    part = Part(
        title=imprint.clean(row.title),
        outlet=row.outlet,
        byline=byline,
        byline_span=_place_of(byline, capture),
        url=capture.url,
        published=imprint.when(row.date, "given"),
        language=row.language,
    )
    return Page(
        capture_id=capture.capture_id,
        path=capture.path,
        url=capture.url,
        captured_at=capture.fetched_at,
        text=text,
        traceable=False,
        whole=True,
        given_id=row.id,
        blocks=tuple(Block(span=line) for line in text_lines(text)),
        parts=(part,),
    )


# HTML


def _from_html(capture: Capture) -> Iterator[Page | Furniture | Rejected]:
    source = wayback.without_banner(decode(capture.content, capture.encoding))
    page = markup.parse(source)
    if page.root is None:
        yield _rejected(capture, "no-text")
        return
    seen = markup.blocks(page.root)
    bare = is_bare(page, seen)
    if bare:
        pieces = [Piece(_bare_imprint(page, seen, capture.url), seen)]
        kept = set(range(len(seen)))
    else:
        pieces, kept = _articles(page, seen, capture.url)
    pieces = [piece for piece in pieces if piece.blocks]
    if not pieces:
        yield _rejected(capture, "no-text")
        return
    found: list[Page | Furniture] = [replace(_laid_out(capture, pieces), settled=not bare)]
    found += left_out(capture.capture_id, source, seen, kept)
    if any(_SURROGATE.search(record.text) for record in found):
        yield _rejected(capture, "surrogates")
        return
    yield from found


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


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of a page: what is said of it, its blocks, and whether its text breaks off."""

    imprint: Imprint
    blocks: list[Seen]
    torn: bool = False


def _articles(page: Any, seen: Sequence[Seen], url: str | None) -> tuple[list[Piece], set[int]]:
    """Return the articles of a page with chrome, and which of its blocks they keep."""
    runs = article_runs(seen)
    if len(runs) < 2:
        chosen = chosen_blocks(seen)
        found = imprint.of_article(page, seen, url)
        return [_piece(found, seen, chosen)], set(chosen)
    of_page, listed = imprint.of_page(page, url), imprint.imprints(page)
    site = Imprint(outlet=of_page.outlet or next((x.outlet for x in listed if x.outlet), None))
    pieces, kept = [], set()
    for number, (begin, end) in enumerate(runs):
        blocks = seen[begin:end]
        heading = next((b.text for b in blocks if b.kind in ("title", "heading")), None)
        said = [_matching(listed, heading) or Imprint(), imprint.near_headline(blocks), site]
        if number == 0:
            said.append(of_page)
        chosen = [begin + i for i in chosen_blocks(blocks)]
        found = imprint.combined(Imprint(title=heading), *said)
        pieces.append(_piece(found, seen, chosen))
        kept |= set(chosen)
    return pieces, kept


def chosen_blocks(seen: Sequence[Seen]) -> list[int]:
    """Return which blocks of one article's subtree are its body; plain ones where points fail."""
    chosen = body(seen)
    n_chosen = sum(len(seen[i].text) for i in chosen)
    own = _plain(seen)
    return chosen if n_chosen >= CHOSEN_SHARE * sum(len(seen[i].text) for i in own) else own


def _plain(seen: Sequence[Seen]) -> list[int]:
    """Return the blocks that are text by their own looks: no menu, no label, no caption."""
    plain = [i for i, b in enumerate(seen) if not b.chrome and b.link_chars <= LINKED * len(b.text)]
    texts = [i for i in plain if seen[i].kind is None and len(seen[i].text) >= PARAGRAPH_CHARS]
    if not texts:
        # Short lines are all there is: better too much than nothing.
        return plain
    # Short blocks count between paragraphs; above and below them they are the page's.
    return [
        i
        for i in plain
        if texts[0] <= i <= texts[-1]
        and seen[i].kind != "caption"
        and (seen[i].kind or len(seen[i].text) >= SHORT_CHARS)
    ]


def _piece(found: Imprint, seen: Sequence[Seen], chosen: Sequence[int]) -> Piece:
    behind = seen[chosen[-1] + 1 : chosen[-1] + 3] if chosen else ()
    torn = any(_READ_ON.fullmatch(b.text.strip()) and not b.chrome for b in behind)
    blocks = [seen[i] for i in chosen]
    short = sum(len(b.text) for b in blocks) <= TORN_CHARS
    return Piece(found, blocks, torn and short and not _closed(blocks[-1].text))


def _closed(text: str) -> bool:
    """Return whether a text ends as a whole sentence does."""
    return text.rstrip("\"'”’»)")[-1:] in (".", "!", "?") and not text.endswith("...")


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


def _laid_out(capture: Capture, pieces: Sequence[Piece]) -> Page:
    """Return the pieces as one page: blocks an empty line apart, a part each."""
    texts, blocks, parts, start = [], [], [], 0
    for number, piece in enumerate(pieces):
        found = piece.imprint
        for block in piece.blocks:
            end = start + len(block.text)
            texts.append(block.text)
            blocks.append(Block(span=span(start, end), part=number, kind=block.kind))
            start = end + len(BETWEEN_BLOCKS)
        torn: NotRead | None = "truncated" if piece.torn else None
        parts.append(
            Part(
                part=number,
                title=found.title,
                outlet=found.outlet,
                byline=found.byline,
                byline_span=_place_of(found.byline, capture),
                url=wayback.original(found.url) or capture.url,
                published=found.published,
                not_read=not_read(piece.blocks, found.paid) or torn,
            )
        )
    return Page(
        capture_id=capture.capture_id,
        path=capture.path,
        url=capture.url,
        captured_at=capture.fetched_at,
        text=BETWEEN_BLOCKS.join(texts),
        traceable=False,
        given_id=capture.given_id,
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
