"""
Who rests on whom in one story, as lanes: one for each origin, one for what could not be traced.

The graph is made of what the result says and nothing else: derivations, what each article's lineage
row rests on, and the primary sources of the origins. Recaptures are one node with a count of pages.
An edge that a longer way already shows (a page credits the agency and the paper the agency credits)
is left out of the picture, never out of the lists of words. Each node then hangs on one parent, the
farthest from the origin, so that a lane is a tree; further parents are kept as side edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from firsthand.lookup import Lookup
from firsthand.model import Basis, Evidence, SourceKind, Status, Story, When
from firsthand.naming import called

# A page that repeats more than this many others is drawn by its strongest; the list has them all.
MOST_CHAINS = 3
# Longer evidence is a shared passage; its first words on an arrow would tell nothing.
LONGEST_CUE_CHARS = 48


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """An article, an outlet nobody captured, or a primary source, and what is written by it."""

    node_id: str
    kind: Literal["article", "source", "primary"]
    name: str
    pages: str = ""
    n_pages: int = 0
    status: Status | None = None
    source_kind: SourceKind | None = None
    when: When | None = None

    @property
    def hollow(self) -> bool:
        """Return whether nothing of it was captured."""
        return self.kind != "article"


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """The child rests on the parent; ``words`` is the cue that says so, empty where none does."""

    child: str
    parent: str
    basis: Basis | None
    words: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One origin (or other end) with all that hangs on it, in reading order."""

    kind: Literal["origin", "end", "unknown"]
    name: str
    roots: tuple[str, ...]


@dataclass(kw_only=True)
class Graph:
    """One story's nodes and edges; ``parent_of`` is the tree that the lanes are drawn from."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    parent_of: dict[str, Edge] = field(default_factory=dict)
    lanes: list[Lane] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)

    def children(self, node_id: str) -> list[str]:
        """Return the nodes that hang on this one, dated ones first, by date and name."""
        found = [e.child for e in self.parent_of.values() if e.parent == node_id]
        return sorted(found, key=lambda i: _reading_order(self.nodes[i]))

    def parents(self, node_id: str) -> list[Edge]:
        """Return the drawn edges from this node, the one it hangs on first."""
        main = self.parent_of.get(node_id)
        return sorted((e for e in self.edges if e.child == node_id), key=lambda e: e is not main)

    def chains(self, node_id: str) -> list[list[Node]]:
        """Return the ways from a node to what it rests on at last, at most a few."""
        return self._ways(node_id, frozenset())[:MOST_CHAINS]

    def _ways(self, node_id: str, seen: frozenset[str]) -> list[list[Node]]:
        here = self.nodes[node_id]
        onward = [e.parent for e in self.parents(node_id) if e.parent not in seen | {node_id}]
        if not onward:
            return [[here]]
        ways: list[list[Node]] = []
        for parent in onward:
            if len(ways) >= MOST_CHAINS:
                break
            ways += [[here, *way] for way in self._ways(parent, seen | {node_id})]
        return ways


def graph_of(lookup: Lookup, story: Story) -> Graph:
    """Return who rests on whom in a story."""
    graph = Graph()
    for article in lookup.distinct(story):
        _add_article(graph, lookup, story, article.article_id)
    home = _homes(lookup, story, graph)
    _add_edges(graph, lookup, story, home)
    graph.origins = {home.get(o.source_id, o.source_id) for o in story.origins}
    _reduce(graph)
    _hang(graph)
    graph.lanes = _lanes(graph, story, home)
    return graph


def _reading_order(node: Node) -> tuple[bool, str, str, str]:
    at = (node.when and (node.when.at or node.when.not_before)) or ""
    return not at, at, node.name, node.node_id


def _add_article(graph: Graph, lookup: Lookup, story: Story, article_id: str) -> None:
    article = lookup.articles[article_id]
    status = {row.article_id: row.status for row in story.lineage}.get(article_id)
    graph.nodes[article_id] = Node(
        node_id=article_id,
        kind="article",
        name=lookup.name(article_id),
        pages=lookup.page_labels(article_id),
        n_pages=len(lookup.pages(article_id)),
        status=status,
        when=article.published,
    )


def _homes(lookup: Lookup, story: Story, graph: Graph) -> dict[str, str]:
    """Return source id → the article of this story that stands for it, where one was captured."""
    home: dict[str, str] = {}
    for origin in story.origins:
        for article_id in map(lookup.representative, origin.article_ids):
            if article_id in graph.nodes:
                home.setdefault(origin.source_id, article_id)
    for article_id in [n for n, node in graph.nodes.items() if node.kind == "article"]:
        for source_id in lookup.owners(article_id):
            home.setdefault(source_id, article_id)
    return home


def _add_edges(graph: Graph, lookup: Lookup, story: Story, home: dict[str, str]) -> None:
    found: dict[tuple[str, str], Edge] = {}

    def add(child: str, parent: str, basis: Basis | None, evidence: tuple[Evidence, ...]) -> None:
        child, parent = (home.get(i, lookup.representative(i)) for i in (child, parent))
        known = found.get((child, parent))
        if child == parent or (known and known.evidence):
            return
        for node_id in (child, parent):
            if node_id not in graph.nodes:
                graph.nodes[node_id] = _source_node(lookup, node_id)
        words = cue_words(lookup, evidence) if basis != "reuse" else ""
        found[child, parent] = Edge(
            child=child, parent=parent, basis=basis, words=words, evidence=evidence
        )

    # A primary source is drawn as one, so its edges come from the origin's own row.
    primary = {p.source_id for o in story.origins for p in o.primary_sources if p.source_id}
    for origin in story.origins:
        if home.get(origin.source_id) is None and origin.source_id not in graph.nodes:
            graph.nodes[origin.source_id] = _source_node(lookup, origin.source_id, origin.name)
        for number, source in enumerate(origin.primary_sources):
            node_id = f"primary:{source.source_id or f'{origin.source_id}:{number}'}"
            name = called(source.name, source.kind)
            graph.nodes[node_id] = Node(
                node_id=node_id, kind="primary", name=name, source_kind=source.kind
            )
            add(origin.source_id, node_id, None, source.evidence)
    for d in lookup.derivations(story.story_id):
        if d.parent_id not in primary and d.child_id not in primary:
            add(d.child_id, d.parent_id, d.basis, d.evidence)
    for row in story.lineage:
        own = {home.get(o.source_id) for o in story.origins}
        for rest in row.rests_on:
            is_primary = rest.source_id in primary
            if not is_primary and lookup.representative(row.article_id) not in own:
                add(row.article_id, rest.source_id, "attribution", rest.evidence)
    graph.edges = sorted(found.values(), key=lambda e: (e.child, e.parent))


def _source_node(lookup: Lookup, source_id: str, name: str | None = None) -> Node:
    source = lookup.sources.get(source_id)
    shown = lookup.source_name(source_id) if source else (name or source_id)
    kind = source.kind if source else None
    return Node(node_id=source_id, kind="source", name=shown, source_kind=kind)


def cue_words(lookup: Lookup, evidence: Iterable[Evidence]) -> str:
    """Return the cue inside a piece of evidence; where none is marked, its words if few."""
    for item in evidence:
        for cue in lookup.cues(item.article_id, item.in_):
            if cue.overlaps(item.span):
                return cue.of(lookup.source_text(item))
        words = lookup.quote(item).words or ""
        if 0 < len(words) <= LONGEST_CUE_CHARS:
            return words
    return ""


def _reduce(graph: Graph) -> None:
    """Leave out edges that a longer way already shows."""
    onward: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        onward[edge.child].add(edge.parent)

    def reaches(start: str, goal: str) -> bool:
        seen, todo = {start}, [start]
        while todo:
            for step in onward[todo.pop()]:
                if step == goal:
                    return True
                if step not in seen:
                    seen.add(step)
                    todo.append(step)
        return False

    # What an origin rests on is its own: that the paper it also repeats has the same source
    # makes it no shorter.
    graph.edges = [
        e
        for e in graph.edges
        if graph.nodes[e.parent].kind == "primary"
        or not any(
            p != e.parent and reaches(p, e.parent) and not reaches(e.parent, p)
            for p in onward[e.child]
        )
    ]


def _hang(graph: Graph) -> None:
    """Give every node the parent farthest from the end of the way; never close a circle."""
    depth = _depths(graph)
    for edge in sorted(graph.edges, key=lambda e: (-depth[e.parent], e.parent)):
        # An origin that also repeats another (mixed) heads its own lane; that edge is a side edge.
        if edge.child in graph.parent_of or edge.child in graph.origins:
            continue
        if graph.nodes[edge.parent].kind == "primary":
            continue
        step: str | None = edge.parent
        while step is not None and step != edge.child:
            step = graph.parent_of[step].parent if step in graph.parent_of else None
        if step is None:
            graph.parent_of[edge.child] = edge


def _depths(graph: Graph) -> dict[str, int]:
    """Return for every node the length of the longest way from it to an end, circles cut."""
    onward: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        onward[edge.child].append(edge.parent)
    depth: dict[str, int] = {}

    def measure(node_id: str, open_: frozenset[str]) -> int:
        if node_id not in depth:
            steps = [p for p in onward[node_id] if p not in open_]
            depth[node_id] = 1 + max((measure(p, open_ | {node_id}) for p in steps), default=-1)
        return depth[node_id]

    for node_id in graph.nodes:
        measure(node_id, frozenset())
    return depth


def _lanes(graph: Graph, story: Story, home: dict[str, str]) -> list[Lane]:
    lanes: list[Lane] = []
    used: set[str] = set()
    for origin in story.origins:
        node_id = home.get(origin.source_id, origin.source_id)
        if node_id in graph.nodes and node_id not in used:
            used.add(node_id)
            lanes.append(Lane(kind="origin", name=graph.nodes[node_id].name, roots=(node_id,)))
    lanes.sort(key=lambda lane: _reading_order(graph.nodes[lane.roots[0]]))
    roots = [n for n in graph.nodes if n not in graph.parent_of and n not in used]
    roots = sorted(
        (r for r in roots if graph.nodes[r].kind != "primary"),
        key=lambda r: _reading_order(graph.nodes[r]),
    )
    alone = [r for r in roots if not graph.children(r)]
    for root in (r for r in roots if r not in alone):
        lanes.append(Lane(kind="end", name=graph.nodes[root].name, roots=(root,)))
    if alone:
        lanes.append(Lane(kind="unknown", name="", roots=tuple(alone)))
    return lanes
