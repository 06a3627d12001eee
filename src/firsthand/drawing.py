"""
What a picture is made of, and the few measures it takes: text widths, ways of edges, marks in time.

Plain records with coordinates, ready to be written as SVG by a template; where things go is decided
in :mod:`firsthand.picture`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from firsthand.lanes import Node
from firsthand.naming import MONTHS, dated
from firsthand.wording import say, visible

# Average advance of a sans-serif letter, in em; measured on Segoe, Helvetica and DejaVu: .48–.57.
LETTER_EM, WIDE_LETTER_EM = 0.58, 1.05
# Names are 14 px and bold, which takes a tenth more room (measured .61 em against .55).
NAME_PX, SMALL_PX, LINE_PX = 15.4, 12.0, 15.0
RADIUS = 7.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A drawn node: where, of what shape, with its lines of text and where these stand."""

    node: Node
    x: float
    y: float
    shape: str
    label_x: float
    label_y: float
    anchor: str
    lines: tuple[str, ...]
    # Where only the day is known but others are timed: from its first to its last moment.
    day: tuple[float, float] | None = None

    @property
    def boxes(self) -> list[Box]:
        """Return what the lines of text cover: left, top, right, bottom."""
        return [
            text_box(
                line,
                self.label_x,
                self.label_y + LINE_PX * number,
                SMALL_PX if number else NAME_PX,
                self.anchor,
            )
            for number, line in enumerate(self.lines)
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A drawn edge: an SVG path, its arrow head, and the cue words with their place."""

    path: str
    arrow: str
    kind: str
    words: str
    x: float
    y: float

    @property
    def box(self) -> Box:
        """Return what the cue words cover."""
        return text_box(self.words, self.x, self.y, SMALL_PX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """The ground of one lane, with its heading."""

    y: float
    height: float
    text: str
    odd: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A mark on the axis."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(kw_only=True)
class Picture:
    """A picture ready to be written: its size, axis, lanes, lines and marks."""

    width: float
    height: float = 0.0
    axis: str = ""
    axis_y: float = 0.0
    ticks: list[Tick] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def text_width(text: str, size_px: float) -> float:
    """Return how wide a text is, rather more than less."""
    return sum(map(_em, text)) * size_px


def text_box(text: str, x: float, y: float, size_px: float, anchor: str = "start") -> Box:
    """Return what a text covers that is written at (x, y): left, top, right, bottom."""
    width = text_width(text, size_px)
    left = x - width if anchor == "end" else x
    return left, y - 0.75 * size_px, left + width, y + 0.25 * size_px


def overlap(a: Box, b: Box) -> bool:
    """
    Return whether two boxes cover a common point.

    >>> overlap((0, 0, 4, 4), (3, 3, 9, 9)), overlap((0, 0, 4, 4), (4, 0, 9, 4))
    (True, False)
    """
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def fitted(text: str, room_px: float, size_px: float) -> str:
    """
    Return as much of ``text`` as surely fits, an ellipsis where it was cut.

    >>> fitted("Harbour Post", 200, 14), fitted("Harbour Post", 60, 14), fitted("Harbour", 10, 14)
    ('Harbour Post', 'Harbo…', '')
    """
    text, used = visible(text), 0.0
    room = room_px / size_px
    if sum(map(_em, text)) <= room:
        return text
    for at, letter in enumerate(text):
        used += _em(letter)
        if used > room - 1:
            return text[:at].rstrip() + "…" if at > 2 else ""
    return text


def _em(letter: str) -> float:
    return WIDE_LETTER_EM if unicodedata.east_asian_width(letter) in "WF" else LETTER_EM


def route(
    child: tuple[float, float],
    parent: tuple[float, float],
    *,
    bend: float | None,
    round_by: float | None,
) -> tuple[str, str]:
    """
    Return the way of an edge as an SVG path, and its arrow head.

    Beside each other: straight. With a ``bend``: up or down at that x, then along the parent's row.
    With ``round_by``: that far to the left of both ends, and in to the parent from there. Else
    along the child's row, then up or down to the parent.
    """
    (cx, cy), (px, py), r = child, parent, RADIUS + 2
    if cy == py and round_by is None:
        return f"M{cx - r:g} {cy:g}H{px + r:g}", _arrow(px + r, py, "left")
    if bend is not None:
        return f"M{cx - r:g} {cy:g}H{bend:g}V{py:g}H{px + r:g}", _arrow(px + r, py, "left")
    if round_by is None:
        end = py + r if cy > py else py - r
        return f"M{cx - r:g} {cy:g}H{px:g}V{end:g}", _arrow(px, end, "up" if cy > py else "down")
    side = max(4.0, min(cx, px) - round_by)
    return f"M{cx - r:g} {cy:g}H{side:g}V{py:g}H{px - r:g}", _arrow(px - r, py, "right")


def _arrow(x: float, y: float, way: str) -> str:
    """Return a small triangle with its point at (x, y)."""
    dx, dy = {"left": (1, 0), "right": (-1, 0), "up": (0, 1), "down": (0, -1)}[way]
    return (
        f"M{x:g} {y:g}L{x + 7 * dx + 3.5 * dy:g} {y + 7 * dy + 3.5 * dx:g}"
        f"L{x + 7 * dx - 3.5 * dy:g} {y + 7 * dy - 3.5 * dx:g}Z"
    )


def ticks(first: datetime, last: datetime, finest: int = 1) -> list[tuple[datetime, str]]:
    """Return up to six round moments between two times, ``finest`` hours or more apart."""
    whole, zone = last - first, first.tzinfo
    for step in (1, 3, 6, 12, 24, 48, 120, 240, 720, 2160, 4320, 8760, 43800, 87600):
        if step >= finest and whole / timedelta(hours=step) <= 5:
            break
    gap = timedelta(hours=step)
    origin = datetime(1970, 1, 1, tzinfo=zone)
    at = origin + ((first - origin) // gap) * gap
    found = []
    while at <= last:
        if at >= first:
            date = f"{at.day} {MONTHS[at.month - 1]}"
            text = f"{date}, {at:%H:%M}" if step < 24 else f"{date} {at.year}"
            found.append((at, text))
        at += gap
    return found


def shape_of(node: Node) -> str:
    """Return the class a node is drawn by: its status, or what it is if it was not captured."""
    if node.kind == "article":
        return (node.status or "unknown").replace(" ", "-")
    return node.kind


def cue_text(words: str, room: float) -> str:
    """Return cue words for an arrow, or nothing where too little of them would fit."""
    text = fitted(words, room, SMALL_PX)
    return text if len(text) > 9 or not text.endswith("…") else ""


def node_lines(node: Node, room: float) -> tuple[str, ...]:
    """Return what is written beside a node: its name, its pages, its date."""
    if node.kind != "article":
        details = [say(f"picture.{node.kind}")]
    else:
        details = [node.pages] if node.pages != node.name else []
        details += [dated(node.when, zone=False)] if node.when else []
    fit = [fitted(detail, room, SMALL_PX) for detail in details]
    return fitted(node.name, room, NAME_PX), *(line for line in fit if line)
