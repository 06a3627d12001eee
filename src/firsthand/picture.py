"""
The provenance picture of a story, as places and lines for an SVG.

A lane is one origin with everything that hangs on it; what could not be traced has a lane of its
own. Arrows point from who repeats to who is repeated, and carry the cue words. Solid is captured,
hollow is not; primary sources are diamonds. Every captured article has a row to itself, which is
why labels never meet: they stand under their node, and the line to the parent runs above them.

There are two forms of the same picture. The wide one has time on x where every captured article is
dated, and steps from the origin where one is not (the axis says which). The narrow one, for a
phone, has a row for each node, set in by a step. Above :data:`MOST_NODES` nodes nobody can read a
picture, and the list that stands beside it takes its place.

Text is measured by a guess of its width (no font is at hand), a generous one: labels are cut a
little early rather than a little late.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from firsthand.drawing import (
    LINE_PX,
    NAME_PX,
    RADIUS,
    SMALL_PX,
    Band,
    Line,
    Mark,
    Picture,
    Tick,
    cue_text,
    fitted,
    node_lines,
    overlap,
    route,
    shape_of,
    text_width,
    ticks,
)
from firsthand.lanes import Edge, Graph, Lane, Node
from firsthand.wording import say

MOST_NODES = 40
WIDE, NARROW = 960.0, 360.0
# Left of the first column there is room for lines that go round other nodes.
LEFT_PX = 46.0
# A label on the axis. A gutter left of it for what is not dated: a column of it, and all of it.
TICK_PX = 104.0
GUTTER_PX, WIDEST_GUTTER_PX = 190.0, 460.0


def drawable(graph: Graph) -> bool:
    """Return whether the story can be read as a picture: something to connect, not too much."""
    articles = [n for n in graph.nodes.values() if n.kind == "article"]
    repeating = any(graph.nodes[e.parent].kind != "primary" for e in graph.edges)
    worth = bool(graph.edges) and (len(articles) > 1 or repeating)
    return worth and len(graph.nodes) <= MOST_NODES


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
        try:
            times[node.node_id] = datetime.fromisoformat(at or "")
        except ValueError:
            return {}
    # A time without a zone is read in the zone that others of the story give.
    zone = next((t.tzinfo for _, t in sorted(times.items()) if t.tzinfo), UTC)
    times = {i: (t.replace(tzinfo=zone) if t.tzinfo is None else t.astimezone(zone))
             for i, t in times.items()}  # fmt: skip
    return times if len(set(times.values())) > 1 else {}


def _day_only(node: Node) -> bool:
    return bool(node.when and node.when.at and len(node.when.at) <= 10)


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
        self.rounds: dict[str, int] = {}

    def draw(self) -> Picture:
        top = self.top
        for number, lane in enumerate(self.graph.lanes):
            if lane.kind == "unknown":
                top = self.above_unknown(top)
            bottom = self._rows(lane, top + self.head_px)
            title = say(f"lane.{lane.kind}", name=lane.name)
            title = fitted(title, self.width - 60, SMALL_PX)
            self.picture.bands.append(
                Band(y=top, height=bottom - top, text=title, odd=number % 2 == 1)
            )
            top = bottom
        self.place()
        self.picture.marks = [self._mark(i) for i in self.y]
        lines = [self._line(e) for e in self.graph.edges]
        self.picture.lines = self._spare([line for line in lines if line])
        self.axis()
        if not self.picture.axis_y:
            self.picture.axis_y = top
            top += 24 if self.picture.ticks else 0
        self.picture.height = top + 8
        return self.picture

    def above_unknown(self, y: float) -> float:
        """Return where the lane without lineage begins."""
        return y

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
        lines = node_lines(node, room)
        widest = max(text_width(t, SMALL_PX if n else NAME_PX) for n, t in enumerate(lines))
        flip = x + 12 + widest > self.width - 4 and x - widest > 8
        return Mark(
            node=node,
            x=x,
            y=y,
            shape=shape_of(node),
            label_x=x - 4 if flip else x + 12,
            label_y=y + 24,
            anchor="end" if flip else "start",
            lines=lines,
        )

    def _line(self, edge: Edge) -> Line | None:
        if edge.child not in self.y or edge.parent not in self.y:
            return None
        child, parent = ((self.x[i], self.y[i]) for i in (edge.child, edge.parent))
        to_source = self.graph.nodes[edge.parent].kind == "primary"
        main = to_source or self.graph.parent_of.get(edge.child) is edge
        # An origin's further sources stand above it, each alone in its row: the words go there.
        bend = child[0] - 20 if to_source and self._alone(edge.parent) else None
        path, arrow = route(child, parent, bend=bend, round_by=self._round(edge))
        words = edge.words or (say("edge.reuse") if edge.basis in ("reuse", "both") else "")
        room = (bend or child[0] - RADIUS) - parent[0] - RADIUS - 14
        return Line(
            path=path,
            arrow=arrow,
            kind="main" if main else "side",
            words=cue_text(words, room) if main else "",
            x=parent[0] + RADIUS + 8,
            y=(parent if bend else child)[1] - 6,
        )

    def _alone(self, node_id: str) -> bool:
        return [self.y[i] for i in self.y].count(self.y[node_id]) == 1

    def _round(self, edge: Edge) -> float | None:
        """Return how far left of both ends an edge must go, or None if its way is free."""
        if not self._blocked(edge) and self.x[edge.parent] < self.x[edge.child] - 2 * RADIUS:
            return None
        # Edges to one parent may run together; edges to two must not.
        self.rounds.setdefault(edge.parent, len(self.rounds))
        return 2 * RADIUS + 2 + 6 * self.rounds[edge.parent]

    def _blocked(self, edge: Edge) -> bool:
        """Return whether a node stands on the way along the child's row and up to the parent."""
        (cx, cy), (px, py) = ((self.x[i], self.y[i]) for i in (edge.child, edge.parent))
        low, high = sorted((cy, py))
        for i in self.y:
            x, y = self.x[i], self.y[i]
            across = y == cy and px - 2 * RADIUS < x < cx and i not in (edge.child, edge.parent)
            if across or (low < y < high and abs(x - px) < 2 * RADIUS):
                return True
        return False

    def _spare(self, lines: list[Line]) -> list[Line]:
        """Take the words from lines where they would meet a label or other words."""
        taken = [box for mark in self.picture.marks for box in mark.boxes]
        kept = []
        for line in lines:
            if line.words and any(overlap(line.box, box) for box in taken):
                line = replace(line, words="")
            if line.words:
                taken.append(line.box)
            kept.append(line)
        return kept


class _StepLayout(_Layout):
    """Steps from the origin on x."""

    def place(self) -> None:
        columns = max(self.step.values(), default=0) + 1
        self.column = min(250.0, (self.width - 48) / max(columns, 1))
        for node_id in self.y:
            self.x[node_id] = LEFT_PX + self.step[node_id] * self.column

    def room(self, node_id: str) -> float:
        return self.column - 26

    def above_unknown(self, y: float) -> float:
        """Put the axis above that lane: nothing in it is a known number of steps from a source."""
        self.picture.axis_y = y if y > self.top else 0.0
        return y + 30 if y > self.top else y

    def axis(self) -> None:
        super().axis()
        for step in sorted(set(self.step.values())):
            if step == 0 and not any(n.kind == "primary" for n in self.graph.nodes.values()):
                continue
            text = say("axis.step", n=step - 1)
            if step < 2:
                open_end = step and any(lane.kind == "end" for lane in self.graph.lanes)
                text = say("axis.step-end" if open_end else f"axis.step-{step}")
            self.picture.ticks.append(
                Tick(x=LEFT_PX + step * self.column, text=text, anchor="start")
            )


class _TimeLayout(_Layout):
    """Time on x; what was not captured stands left of it, or between those it connects."""

    shares_rows = False

    def __init__(self, graph: Graph, times: dict[str, datetime]) -> None:
        super().__init__(graph)
        self.times = times

    def place(self) -> None:
        gutter = [i for i in self.y if self.graph.nodes[i].hollow and not self._dated_parent(i)]
        columns = sorted({self.step[i] for i in gutter})
        self.column = min(GUTTER_PX, WIDEST_GUTTER_PX / max(1, len(columns)))
        self.left, self.right = LEFT_PX + 8 + self.column * len(columns), self.width - 120
        days = [i for i in self.times if _day_only(self.graph.nodes[i])]
        # Beside timed articles one of which only the day is known may stand anywhere in that day.
        self.loose = days if len(days) < len(self.times) else []
        ends = [self.times[i] + timedelta(days=1) for i in self.loose]
        self.first = min(self.times.values())
        self.last = max([*self.times.values(), *ends])
        for node_id in self.y:
            if node_id in self.times:
                half = timedelta(hours=12 if node_id in self.loose else 0)
                self.x[node_id] = self._at(self.times[node_id] + half)
            elif node_id in gutter:
                self.x[node_id] = LEFT_PX + self.column * columns.index(self.step[node_id])
        for node_id in sorted(set(self.y) - set(self.x), key=lambda i: (self.step[i], i)):
            self.x[node_id] = self._midway(node_id)

    def _at(self, when: datetime) -> float:
        share = (when - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)

    def _mark(self, node_id: str) -> Mark:
        mark = super()._mark(node_id)
        if node_id not in self.loose:
            return mark
        start = self.times[node_id]
        return replace(mark, day=(self._at(start), self._at(start + timedelta(days=1))))

    def _dated_parent(self, node_id: str) -> bool:
        edge = self.graph.parent_of.get(node_id)
        return edge is not None and (edge.parent in self.times or self._dated_parent(edge.parent))

    def _midway(self, node_id: str) -> float:
        """Return a place between what a node repeats and the first that repeats it."""
        start = self.x[self.graph.parent_of[node_id].parent]
        later = [self.x[c] for c in self.graph.children(node_id) if c in self.x]
        between = start + max(24.0, (min(later, default=start + 80) - start) / 2)
        return min(between, self.width - 16)

    def room(self, node_id: str) -> float:
        # A primary source stands in the row of its origin; all others have theirs to themselves.
        return self.column - 26 if self.graph.nodes[node_id].kind == "primary" else 230.0

    def axis(self) -> None:
        hollow = any(n.hollow for n in self.graph.nodes.values())
        said = [say("axis.time-hollow" if hollow else "axis.time")]
        said += [say("axis.time-day")] if self.loose else []
        self.picture.axis = " ".join(said)
        timed = any(not _day_only(self.graph.nodes[i]) for i in self.times)
        last = -TICK_PX
        for when, text in ticks(self.first, self.last, 1 if timed else 24):
            if (x := self._at(when)) - last >= TICK_PX:
                self.picture.ticks.append(Tick(x=x, text=text))
                last = x


class _NarrowLayout(_Layout):
    """A row a node, set in by steps."""

    width = NARROW
    row_px, head_px, shares_rows = 74.0, 34.0, False
    indent = 24.0

    def place(self) -> None:
        deepest = max(self.step.values(), default=0)
        self.indent = min(24.0, (self.width * 0.45) / max(deepest, 1))
        for node_id in self.y:
            self.x[node_id] = 28 + self.step[node_id] * self.indent

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
            shape=shape_of(node),
            label_x=x + 15 + (7 if node.n_pages > 1 else 0),
            label_y=y + 4,
            anchor="start",
            lines=node_lines(node, room),
        )

    def _line(self, edge: Edge) -> Line | None:
        line = super()._line(edge)
        if line is None or line.kind != "main":
            return line
        child = self.graph.nodes[edge.child]
        x = self.x[edge.child] + 15 + (7 if child.n_pages > 1 else 0)
        y = self.y[edge.child] + 4 + LINE_PX * len(node_lines(child, self.room(edge.child)))
        words = edge.words or (say("edge.reuse") if edge.basis in ("reuse", "both") else "")
        return replace(line, words=cue_text(words, self.width - x - 12), x=x, y=y)

    def _alone(self, node_id: str) -> bool:
        return False


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
