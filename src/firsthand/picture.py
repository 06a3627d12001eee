"""
The provenance picture of a story, as places and lines for an SVG.

A lane is one origin with everything that hangs on it; what could not be traced has a lane of its own.
Arrows point from who repeats to who is repeated, and carry the cue words. Solid is captured, hollow
is not; primary sources are diamonds. Every captured article has a row to itself, which is why labels
never meet: they are written under their node, and the line to the parent runs above them.

There are two forms of the same picture. The wide one has time on x where every captured article is
dated, and steps from the origin where one is not (the axis says which). The narrow one, for a phone,
has a row for each node, set in by a step. Above :data:`MOST_NODES` nodes nobody can read a
picture, and the list that stands beside it takes its place.

Text is measured by a guess of its width (no font is at hand), a generous one: labels are cut a
little early rather than a little late.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from firsthand.lanes import Graph, Lane, Node
from firsthand.lookup import dated
from firsthand.wording import say, visible

MOST_NODES = 40
WIDE, NARROW = 960.0, 360.0
# Average advance of a sans-serif letter, in em; measured on Segoe, Helvetica and DejaVu: .48–.57.
LETTER_EM, WIDE_LETTER_EM = 0.58, 1.05
NAME_PX, SMALL_PX = 14.0, 12.0
RADIUS = 7.0


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A drawn edge: an SVG path, its arrow head, and the cue words with their place."""

    path: str
    arrow: str
    kind: str
    words: str
    x: float
    y: float
    anchor: str = "start"


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


def drawable(graph: Graph) -> bool:
    """Return whether the story can be read as a picture: something to connect, not too much."""
    return 1 < len(graph.nodes) <= MOST_NODES and bool(graph.edges)


def wide(graph: Graph) -> Picture:
    """Return the picture for a page: time on x if all is dated, else steps from the origin."""
    times = _times(graph)
    layout = _TimeLayout(graph, times) if times else _StepLayout(graph)
    return layout.draw()


def narrow(graph: Graph) -> Picture:
    """Return the picture for a narrow screen: a row a node, set in by its steps."""
    return _NarrowLayout(graph).draw()


def _times(graph: Graph) -> dict[str, datetime]:
    """Return the time of every captured article, or nothing unless all are known to the day."""
    times: dict[str, datetime] = {}
    for node in graph.nodes.values():
        if node.kind != "article":
            continue
        at = node.when.at if node.when else None
        if not at or len(at) < 10:
            return {}
        try:
            when = datetime.fromisoformat(at)
        except ValueError:
            return {}
        times[node.node_id] = when if when.tzinfo else when.replace(tzinfo=UTC)
    return times if len(set(times.values())) > 1 else {}


class _Layout:
    """What the three layouts share: rows lane by lane, then marks, then the lines between them."""

    width = WIDE
    # A row holds the cue words above the line, the node, and three lines of text under it.
    row_px, head_px, top = 80.0, 36.0, 4.0
    shares_rows = True

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.picture = Picture(width=self.width)
        self.y: dict[str, float] = {}
        self.x: dict[str, float] = {}
        self.step = _steps(graph)

    def draw(self) -> Picture:
        top = self.top
        for number, lane in enumerate(self.graph.lanes):
            bottom = self._rows(lane, top + self.head_px)
            title = say(f"lane.{lane.kind}", name=lane.name)
            title = fitted(title, self.width - 32, SMALL_PX)
            self.picture.bands.append(
                Band(y=top, height=bottom - top, text=title, odd=number % 2 == 1)
            )
            top = bottom
        self.place()
        self.picture.marks = [self._mark(i) for i in self.y]
        self.picture.lines = [line for e in self.graph.edges if (line := self._line(e))]
        self.picture.axis_y = top
        self.axis()
        self.picture.height = top + (30 if self.picture.ticks else 8)
        return self.picture

    def place(self) -> None:
        """Give every node its x."""
        raise NotImplementedError

    def axis(self) -> None:
        """Say what x stands for."""
        self.picture.axis = say("axis.steps")

    def _rows(self, lane: Lane, y: float) -> float:
        """Give the nodes of a lane their rows; return where the lane ends."""
        for root in lane.roots:
            y = self._sources(root, y)
            y = self._hang(root, y)
        return y

    def _sources(self, root: str, y: float) -> float:
        """Put an origin's primary sources that are not placed yet beside it, or above it."""
        new = [p for p in _primary(self.graph, root) if p not in self.y]
        for number, node_id in enumerate(new):
            self.y[node_id] = self._middle(y + number * self.row_px)
        return y + max(0, len(new) - 1) * self.row_px

    def _hang(self, node_id: str, y: float) -> float:
        if node_id in self.y:
            return y
        self.y[node_id] = self._middle(y)
        children = [c for c in self.graph.children(node_id) if c not in self.y]
        if not (self.shares_rows and self.graph.nodes[node_id].hollow and children):
            y += self.row_px
        for child in children:
            y = self._hang(child, y)
        return y

    def _middle(self, y: float) -> float:
        return y + 16.0

    def room(self, node_id: str) -> float:
        """Return how wide a node's text may be."""
        raise NotImplementedError

    def _mark(self, node_id: str) -> Mark:
        node, x, y, room = self.graph.nodes[node_id], self.x[node_id], self.y[node_id], 0.0
        room = self.room(node_id)
        flip = x + 12 + room > self.width - 4 and x - room > 8
        return Mark(
            node=node,
            x=x,
            y=y,
            shape=_shape(node),
            label_x=x - 4 if flip else x + 12,
            label_y=y + 24,
            anchor="end" if flip else "start",
            lines=_lines(node, room),
        )

    def _line(self, edge: object) -> Line | None:
        from firsthand.lanes import Edge

        assert isinstance(edge, Edge)
        if edge.child not in self.y or edge.parent not in self.y:
            return None
        (cx, cy), (px, py) = (
            (self.x[i], self.y[i]) for i in (edge.child, edge.parent)
        )
        main = self.graph.parent_of.get(edge.child) is edge
        to_source = self.graph.nodes[edge.parent].kind == "primary"
        kind = "main" if main or to_source else "side"
        path, arrow = route(cx, cy, px, py, self._between(edge.child, edge.parent))
        words = edge.words or (say("edge.reuse") if edge.basis in ("reuse", "both") else "")
        room = cx - px - 2 * RADIUS - 14
        return Line(
            path=path,
            arrow=arrow,
            kind=kind,
            words=fitted(words, room, SMALL_PX) if kind == "main" and cy >= py else "",
            x=px + RADIUS + 8,
            y=cy - 6,
        )

    def _between(self, child: str, parent: str) -> bool:
        """Return whether a node stands on the straight way down from parent to child's row."""
        low, high = sorted((self.y[child], self.y[parent]))
        x = self.x[parent]
        return any(
            low < self.y[i] < high and abs(self.x[i] - x) < 2 * RADIUS for i in self.y
        )


class _StepLayout(_Layout):
    """Steps from the origin on x."""

    def place(self) -> None:
        columns = max(self.step.values(), default=0) + 1
        self.column = min(250.0, (self.width - 48) / max(columns, 1))
        for node_id in self.y:
            self.x[node_id] = 32 + self.step[node_id] * self.column

    def room(self, node_id: str) -> float:
        return self.column - 26

    def axis(self) -> None:
        super().axis()
        for step in sorted(set(self.step.values())):
            if step == 0 and not any(n.kind == "primary" for n in self.graph.nodes.values()):
                continue
            text = say(f"axis.step-{step}" if step < 2 else "axis.step", n=step - 1)
            self.picture.ticks.append(Tick(x=32 + step * self.column, text=text, anchor="start"))


class _TimeLayout(_Layout):
    """Time on x; what was not captured stands left of it, or between those it connects."""

    shares_rows = False

    def __init__(self, graph: Graph, times: dict[str, datetime]) -> None:
        super().__init__(graph)
        self.times = times

    def place(self) -> None:
        gutter = [i for i in self.y if self.graph.nodes[i].hollow and not self._dated_parent(i)]
        columns = sorted({self.step[i] for i in gutter})
        self.gutter = 168.0 * len(columns)
        self.left, self.right = 40 + self.gutter, self.width - 190
        first, last = min(self.times.values()), max(self.times.values())
        whole = (last - first).total_seconds() or 1.0
        for node_id in self.y:
            if node_id in self.times:
                share = (self.times[node_id] - first).total_seconds() / whole
                self.x[node_id] = self.left + share * (self.right - self.left)
            elif node_id in gutter:
                self.x[node_id] = 32 + 168.0 * columns.index(self.step[node_id])
        self.first, self.last = first, last
        for node_id in sorted(set(self.y) - set(self.x), key=lambda i: self.step[i]):
            self.x[node_id] = self._midway(node_id)

    def _dated_parent(self, node_id: str) -> bool:
        edge = self.graph.parent_of.get(node_id)
        return edge is not None and (edge.parent in self.times or self._dated_parent(edge.parent))

    def _midway(self, node_id: str) -> float:
        """Return a place between what a node repeats and the first that repeats it."""
        start = self.x[self.graph.parent_of[node_id].parent]
        later = [self.x[c] for c in self.graph.children(node_id) if c in self.x]
        return start + max(24.0, (min(later, default=start + 80) - start) / 2)

    def room(self, node_id: str) -> float:
        if self.graph.nodes[node_id].hollow and self.x[node_id] < self.left - 8:
            return 168.0 - 26
        return 180.0

    def axis(self) -> None:
        hollow = any(n.hollow for n in self.graph.nodes.values())
        self.picture.axis = say("axis.time-hollow" if hollow else "axis.time")
        whole = (self.last - self.first).total_seconds()
        for when, text in ticks(self.first, self.last):
            share = (when - self.first).total_seconds() / whole
            self.picture.ticks.append(
                Tick(x=self.left + share * (self.right - self.left), text=text)
            )


class _NarrowLayout(_Layout):
    """A row a node, set in by steps."""

    width = NARROW
    row_px, head_px, shares_rows = 74.0, 34.0, False
    indent = 24.0

    def place(self) -> None:
        deepest = max(self.step.values(), default=0)
        self.indent = min(24.0, (self.width * 0.45) / max(deepest, 1))
        for node_id in self.y:
            self.x[node_id] = 18 + self.step[node_id] * self.indent

    def _sources(self, root: str, y: float) -> float:
        new = [p for p in _primary(self.graph, root) if p not in self.y]
        for number, node_id in enumerate(new):
            self.y[node_id] = self._middle(y + number * self.row_px)
        return y + len(new) * self.row_px

    def room(self, node_id: str) -> float:
        return self.width - self.x[node_id] - 32

    def axis(self) -> None:
        self.picture.axis = say("axis.indent")

    def _mark(self, node_id: str) -> Mark:
        node, x, y, room = (
            self.graph.nodes[node_id], self.x[node_id], self.y[node_id], self.room(node_id),
        )  # fmt: skip
        return Mark(
            node=node,
            x=x,
            y=y,
            shape=_shape(node),
            label_x=x + 15 + (7 if node.n_pages > 1 else 0),
            label_y=y + 4,
            anchor="start",
            lines=_lines(node, room),
        )

    def _line(self, edge: object) -> Line | None:
        line = super()._line(edge)
        from firsthand.lanes import Edge

        assert isinstance(edge, Edge)
        if line is None or line.kind != "main" or not edge.words:
            return line
        child = self.graph.nodes[edge.child]
        x, y = self.x[edge.child] + 15 + (7 if child.n_pages > 1 else 0), self.y[edge.child] + 4 + 15 * len(_lines(child, 300))
        words = fitted(edge.words, self.width - x - 12, SMALL_PX)
        return Line(path=line.path, arrow=line.arrow, kind=line.kind, words=words, x=x, y=y)


def _primary(graph: Graph, node_id: str) -> list[str]:
    return [
        e.parent
        for e in graph.edges
        if e.child == node_id and graph.nodes[e.parent].kind == "primary"
    ]


def _steps(graph: Graph) -> dict[str, int]:
    """Return how far every node is from the origin: primary sources 0, lane heads 1, and so on."""
    steps = {i: 0 for i, node in graph.nodes.items() if node.kind == "primary"}

    def measure(node_id: str) -> int:
        if node_id not in steps:
            edge = graph.parent_of.get(node_id)
            steps[node_id] = 1 if edge is None else 1 + measure(edge.parent)
        return steps[node_id]

    for node_id in graph.nodes:
        measure(node_id)
    return steps


def _shape(node: Node) -> str:
    if node.kind == "article":
        return (node.status or "unknown").replace(" ", "-")
    return node.kind


def _lines(node: Node, room: float) -> tuple[str, ...]:
    """Return what is written beside a node: its name, its pages, its date."""
    if node.kind != "article":
        details = [say(f"picture.{node.kind}")]
    else:
        details = [node.pages] if node.pages != node.name else []
        details += [dated(node.when)] if node.when else []
    fit = [fitted(detail, room, SMALL_PX) for detail in details]
    return fitted(node.name, room, NAME_PX), *(line for line in fit if line)


def route(cx: float, cy: float, px: float, py: float, blocked: bool) -> tuple[str, str]:
    """
    Return the way of an edge as an SVG path, and its arrow head.

    Beside each other: straight. Parent up and to the left: left along the child's row, then up.
    Otherwise, or where another node is in the way: out to the left of both, and in from there.
    """
    r = RADIUS + 2
    if cy == py and px < cx:
        return f"M{cx - r:g} {cy:g}H{px + r:g}", _arrow(px + r, py, "left")
    if px < cx - 2 * r and not blocked:
        end = py + r if cy > py else py - r
        return f"M{cx - r:g} {cy:g}H{px:g}V{end:g}", _arrow(px, end, "up" if cy > py else "down")
    side = max(4.0, min(cx, px) - 2 * r)
    return (
        f"M{cx - r:g} {cy:g}H{side:g}V{py:g}H{px - r:g}",
        _arrow(px - r, py, "right"),
    )


def _arrow(x: float, y: float, way: str) -> str:
    """Return a small triangle with its point at (x, y)."""
    dx, dy = {"left": (1, 0), "right": (-1, 0), "up": (0, 1), "down": (0, -1)}[way]
    return (
        f"M{x:g} {y:g}L{x + 7 * dx + 3.5 * dy:g} {y + 7 * dy + 3.5 * dx:g}"
        f"L{x + 7 * dx - 3.5 * dy:g} {y + 7 * dy - 3.5 * dx:g}Z"
    )


def ticks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Return up to six moments between two times, at round hours, days, months or years."""
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    whole = last - first
    for step in (1, 3, 6, 12, 24, 48, 120, 240, 720, 2160, 4320, 8760, 43800, 87600):
        if whole / timedelta(hours=step) <= 5:
            break
    gap = timedelta(hours=step)
    origin = datetime(1970, 1, 1, tzinfo=UTC)
    at = origin + ((first - origin) // gap) * gap
    found = []
    while at <= last:
        if at >= first:
            day = f"{at.day} {months[at.month - 1]}"
            text = f"{day} {at:%H:%M}" if step < 24 else f"{day} {at.year}"
            found.append((at, text))
        at += gap
    return found
