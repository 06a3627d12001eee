"""
What stands on a page around its articles: furniture, typed by where it stands and by its words.

Nothing that is left out of an HTML page vanishes: every block that is no article's becomes part of
a row of furniture. Its kind comes from its words where they show one (``furniture``), else from the
elements around it, by tag and by name. Blocks of one kind that follow each other are one row (a
menu has hundreds), their texts a line each, cut after ``MOST_CHARS`` with a count of the rest.

A row of one block has its span in the capture's decoded source where the text stands there as it
is, between tags; where entities or tags within it keep it from that, the span is null.

Known to fail: kinds by name go by English class names; what shows no kind is ``page text``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from firsthand.furniture import credited, kind_of
from firsthand.markup import HINTS, Place, Seen
from firsthand.model import Furniture, Span, span

MOST_CHARS = 400
# A shorter text stands in many places of the source.
FEWEST_FOUND_CHARS = 12
# How far behind the last found text the next is looked for.
AHEAD_CHARS = 100_000
# As many elements around a block are asked for their names.
MOST_AROUND = 25
UNKNOWN = "page text"
_BY_TAG = {
    "figcaption": "caption",
    "caption": "caption",
    "nav": "navigation",
    "menu": "navigation",
    "footer": "page footer",
    "header": "page header",
    "form": "form",
    "dialog": "form",
    "aside": "related link",
}
# The first that is hinted at counts, innermost element first.
_BY_NAME = {
    HINTS["comment"]: "comment",
    HINTS["share"]: "share",
    HINTS["subscribe"]: "subscribe",
    HINTS["caption"]: "caption",
    HINTS["author"]: "author footer",
    HINTS["navigation"]: "navigation",
    HINTS["foot"]: "page footer",
    HINTS["head"]: "page header",
    HINTS["advert"]: "advertisement",
    HINTS["related"]: "related link",
    HINTS["side"]: "related link",
    HINTS["meta"]: "page header",
}
_TELLING = sum(_BY_NAME)
_WHATEVER_IT_SAYS = frozenset({"navigation", "page footer", "comment"})


def left_out(
    capture_id: str, source: str, seen: Sequence[Seen], kept: Collection[int]
) -> Iterator[Furniture]:
    """
    Yield the furniture that the blocks of a page amount to which no article keeps.

    >>> from firsthand import markup
    >>> page = "<nav><a>Home</a><p>Sport</nav><p>Fog.<figcaption>The pier at dawn</figcaption>"
    >>> rows = left_out("c", page, markup.blocks(markup.parse(page).root), {2})
    >>> [(row.kind, row.text, row.span and row.span.of(page)) for row in rows]
    [('navigation', 'Home\\nSport', None), ('caption', 'The pier at dawn', 'The pier at dawn')]
    """
    at = 0
    group: list[Seen] = []
    kind = ""
    for i, block in enumerate(seen):
        found = "" if i in kept else kind_at(block)
        if group and found != kind:
            place = _place(source, group, at)
            at = place.end if place else at
            yield _row(capture_id, kind, group, place)
            group = []
        kind = found
        if found:
            group.append(block)
    if group:
        yield _row(capture_id, kind, group, _place(source, group, at))


def kind_at(block: Seen) -> str:
    """
    Return what kind of furniture a block is, by its words and by what it stands in.

    >>> kind_at(Seen("Share Tweet Email")), kind_at(Seen("The pier at dawn", kind="caption"))
    ('share', 'caption')
    """
    stands = _stands_in(block.place)
    if stands in _WHATEVER_IT_SAYS:
        return stands
    kind = kind_of(block.text)
    if kind:
        return kind
    if block.kind == "caption" or credited(block.text):
        return "caption"
    return stands


def _stands_in(place: Place | None) -> str:
    """Return the kind that the nearest element shows whose tag or name says anything."""
    for _ in range(MOST_AROUND):
        if place is None:
            break
        if place.tag in _BY_TAG:
            return _BY_TAG[place.tag]
        if place.hints & _TELLING:
            return next(kind for bit, kind in _BY_NAME.items() if place.hints & bit)
        place = place.parent
    return UNKNOWN


def _row(capture_id: str, kind: str, group: Sequence[Seen], place: Span | None) -> Furniture:
    lines: list[str] = []
    chars = 0
    for block in group:
        chars += len(block.text) + 1
        if lines and chars > MOST_CHARS:
            break
        lines.append(block.text)
    text = "\n".join(lines)
    if place is None and len(text) > MOST_CHARS:
        text = text[:MOST_CHARS] + "…"
    if len(lines) < len(group):
        text += f"\n(and {len(group) - len(lines)} more)"
    return Furniture(capture_id=capture_id, span=place, kind=kind, text=text)


def _place(source: str, group: Sequence[Seen], start: int) -> Span | None:
    """Return where a row of one block stands in the source, between tags, or None."""
    text = group[0].text
    if len(group) > 1 or len(text) < FEWEST_FOUND_CHARS:
        return None
    at = source.find(text, start, start + AHEAD_CHARS)
    if at < 0 or source[max(at - 40, 0) : at].rstrip()[-1:] != ">":
        return None
    return span(at, at + len(text))
