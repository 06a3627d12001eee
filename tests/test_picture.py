"""The picture: nothing overlaps, nothing is cut off, the axis says what x is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand import picture
from firsthand.account import Account
from firsthand.drawing import Box, Picture, fitted, overlap, ticks
from firsthand.lanes import Edge, Graph, Lane, Node, graph_of
from firsthand.lookup import Lookup
from firsthand.model import Status, When
from firsthand.picture import drawable, narrow, wide
from sample_result import sample

STATUSES: tuple[Status, ...] = ("origin", "mixed", "echo", "unknown", "not read")


def graph(story_id: str) -> Graph:
    lookup = Lookup(sample())
    return graph_of(lookup, lookup.stories[story_id])


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A forest of up to 12 nodes in up to 3 lanes, some captured, some dated, some with sources."""
    made = Graph()
    n = draw(st.integers(2, 12))
    n_lanes = draw(st.integers(1, min(3, n)))
    dated = draw(st.booleans())
    for i in range(n):
        captured = draw(st.booleans())
        day = draw(st.integers(1, 28))
        made.nodes[f"n{i}"] = Node(
            node_id=f"n{i}",
            kind="article" if captured else "source",
            name=draw(st.sampled_from(["AP", "Harbour Post", "W" * 60, "港口邮报" * 6])),
            pages=draw(st.sampled_from(["000", "000, 001 and 12 more", "x" * 80])),
            n_pages=draw(st.integers(1, 4)) if captured else 0,
            status=draw(st.sampled_from(STATUSES)) if captured else None,
            when=When(at=f"2031-03-{day:02}", precision="day") if dated and captured else None,
        )
        if i >= n_lanes:
            parent = f"n{draw(st.integers(0, i - 1))}"
            words = draw(st.sampled_from(["", "told", "according to a report by the newspaper"]))
            edge = Edge(child=f"n{i}", parent=parent, basis=None, words=words, evidence=())
            made.edges.append(edge)
            made.parent_of[f"n{i}"] = edge
    for i in range(n_lanes):
        for k in range(draw(st.integers(0, 2))):
            # The second source of every lane is one and the same: two lanes may rest on it.
            node_id = f"primary:{k if k else f'{i}:0'}"
            made.nodes[node_id] = Node(node_id=node_id, kind="primary", name="the council")
            made.edges.append(
                Edge(child=f"n{i}", parent=node_id, basis=None, words="said", evidence=())
            )
        kind = draw(st.sampled_from(["origin", "end"])) if i < n_lanes - 1 else "unknown"
        made.lanes.append(Lane(kind=kind, name=f"n{i}", roots=(f"n{i}",)))
    return made


def texts(pic: Picture) -> list[Box]:
    """Return the boxes of all labels and cue words."""
    words = [line.box for line in pic.lines if line.words]
    return [box for mark in pic.marks for box in mark.boxes] + words


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_no_label_meets_another_or_leaves_the_picture(made: Graph) -> None:
    for pic in (wide(made), narrow(made)):
        boxes = list(texts(pic))
        assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []
        for left, top, right, bottom in boxes:
            assert left >= 0 and top >= 0 and right <= pic.width and bottom <= pic.height


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_every_node_is_drawn_once_and_apart_from_the_others(made: Graph) -> None:
    for pic in (wide(made), narrow(made)):
        assert sorted(m.node.node_id for m in pic.marks) == sorted(made.nodes)
        assert len(pic.lines) == len(made.edges)
        for a, b in combinations(pic.marks, 2):
            assert abs(a.x - b.x) >= 16 or abs(a.y - b.y) >= 16
        for m in pic.marks:
            assert 8 <= m.x <= pic.width - 8 and 8 <= m.y <= pic.height - 8


def test_time_is_on_x_where_all_is_dated() -> None:
    pic = wide(graph("story-levy"))
    x = {m.node.node_id: m.x for m in pic.marks}
    assert x["evening"] < x["morning"] < x["denial"] < x["pamphlet"]
    assert "time of publication" in pic.axis
    days = [(x[b] - x[a]) for a, b in (("evening", "denial"), ("denial", "pamphlet"))]
    assert abs(days[0] / days[1] - 0.5) < 0.01


def test_steps_are_on_x_where_a_date_is_missing_and_the_axis_says_so() -> None:
    pic = wide(graph("story-ferry"))
    x = {m.node.node_id: m.x for m in pic.marks}
    assert x["primary:s-close"] < x["post-1"] < x["s-wire"] < x["river"]
    assert x["quay"] == x["s-wire"]
    assert "not time" in pic.axis


def test_what_is_not_captured_is_hollow_and_recaptures_are_one_node() -> None:
    shapes = {m.node.node_id: (m.shape, m.node.n_pages) for m in wide(graph("story-ferry")).marks}
    assert shapes == {
        "post-1": ("origin", 3),
        "river": ("echo", 1),
        "quay": ("echo", 1),
        "s-wire": ("source", 0),
        "primary:s-close": ("primary", 0),
    }


def test_edges_carry_the_cue_words() -> None:
    words = {line.words for line in wide(graph("story-ferry")).lines}
    assert words == {"told the Harbour Post", "reported that", "was told that",
                     "According to a report by"}  # fmt: skip


def test_one_primary_source_of_two_newsrooms_is_drawn_once() -> None:
    made = graph("story-levy")
    primary = [n for n in made.nodes.values() if n.kind == "primary"]
    assert [n.name for n in primary] == ["the council"]
    assert len([e for e in made.edges if e.parent == primary[0].node_id]) == 2
    assert [lane.kind for lane in made.lanes] == ["origin", "origin", "unknown"]


def test_a_circle_of_credits_does_not_hang_the_picture() -> None:
    result = sample()
    ferry = next(s for s in result.stories if s.story_id == "story-ferry")
    back = replace(result.derivations[0], child_id="post-1", parent_id="river")
    turned = replace(result, derivations=(*result.derivations, back))
    account = Account(Lookup(turned), ferry)
    assert wide(account.graph).marks and account.rows


def test_above_forty_nodes_there_is_no_picture() -> None:
    made = Graph()
    for i in range(picture.MOST_NODES + 1):
        made.nodes[f"n{i}"] = Node(node_id=f"n{i}", kind="article", name="x", n_pages=1)
    made.edges.append(Edge(child="n1", parent="n0", basis=None, words="", evidence=()))
    assert not drawable(made)
    del made.nodes["n40"]
    assert drawable(made)


def test_labels_are_cut_for_wide_letters_too() -> None:
    assert fitted("港口邮报", 40, 14) == "" or len(fitted("港口邮报", 40, 14)) < 4
    assert fitted("港口邮报", 80, 14) == "港口邮报"


def test_no_clock_time_stands_on_an_axis_of_days() -> None:
    first = datetime(2031, 3, 3, tzinfo=UTC)
    assert [t for _, t in ticks(first, first + timedelta(days=1), 24)] == [
        "3 Mar 2031",
        "4 Mar 2031",
    ]


def test_ticks_are_few_and_inside() -> None:
    first = datetime(2031, 3, 3, tzinfo=UTC)
    for hours in (1, 5, 30, 100, 1000, 10_000, 200_000):
        found = ticks(first, first + timedelta(hours=hours))
        assert 0 < len(found) <= 7
        assert all(first <= at <= first + timedelta(hours=hours) for at, _ in found)
