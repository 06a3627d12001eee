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
from firsthand.model import (
    Article,
    Basis,
    Derivation,
    Evidence,
    Origin,
    RestsOn,
    SourceKind,
    Status,
    Story,
    When,
)
from firsthand.naming import called
from firsthand.provenance import leads

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

    kind: Literal["origin", "end", "unseen", "unknown"]
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
        """Return the ways from a node through what it repeats, at most a few."""
        return self._ways(node_id, frozenset())[:MOST_CHAINS]

    def _ways(self, node_id: str, seen: frozenset[str]) -> list[list[Node]]:
        here = self.nodes[node_id]
        onward = [e.parent for e in self.parents(node_id) if e.parent not in seen | {node_id}]
        onward = [p for p in onward if self.nodes[p].kind != "primary"]
        if not onward:
            return [[here]]
        ways: list[list[Node]] = []
        for parent in onward:
            if len(ways) >= MOST_CHAINS:
                break
            ways += [[here, *way] for way in self._ways(parent, seen | {node_id})]
        return ways

    def primary(self, node_id: str) -> list[Node]:
        """Return the primary sources a node rests on directly."""
        found = (self.nodes[e.parent] for e in self.edges if e.child == node_id)
        return [node for node in found if node.kind == "primary"]


def graph_of(lookup: Lookup, story: Story) -> Graph:
    """Return who rests on whom in a story."""
    return _Weaver(lookup, story).weave()


def _reading_order(node: Node) -> tuple[bool, str, str, str]:
    at = (node.when and (node.when.at or node.when.not_before)) or ""
    return not at, at, node.name, node.node_id


class _Weaver:
    """Makes the graph of one story from all that says who rests on whom."""

    def __init__(self, lookup: Lookup, story: Story) -> None:
        self.lookup, self.story = lookup, story
        self.graph = Graph()
        self.found: dict[tuple[str, str], Edge] = {}
        self.home: dict[str, str] = {}
        # Articles of an origin: what they rest on besides is their own reporting, no lineage.
        self.own: dict[str, list[str]] = {}
        self.primary = {
            p.source_id for o in story.origins for p in o.primary_sources if p.source_id
        }

    def weave(self) -> Graph:
        for article in self.lookup.distinct(self.story):
            self.add_article(article)
        self.settle_homes()
        for origin in self.story.origins:
            self.add_origin(origin)
        for derivation in self.lookup.derivations(self.story.story_id):
            self.add_derivation(derivation)
        for row in self.story.lineage:
            for rest in row.rests_on:
                self.add_rest(row.article_id, rest)
        graph = self.graph
        graph.edges = sorted(self.found.values(), key=lambda e: (e.child, e.parent))
        graph.origins = {self.home.get(o.source_id, o.source_id) for o in self.story.origins}
        graph.origins |= {i for ids in self.own.values() for i in ids}
        _reduce(graph)
        _hang(graph)
        graph.lanes = _lanes(graph, self.story, self.home, self.own)
        return graph

    def add_article(self, article: Article) -> None:
        article_id = article.article_id
        status = {row.article_id: row.status for row in self.story.lineage}.get(article_id)
        self.graph.nodes[article_id] = Node(
            node_id=article_id,
            kind="article",
            name=self.lookup.name(article_id),
            pages=self.lookup.page_labels(article_id),
            n_pages=len(self.lookup.pages(article_id)),
            status=status,
            when=article.published,
        )

    def settle_homes(self) -> None:
        """Say for every source which article of the story stands for it, where one was captured."""
        for origin in self.story.origins:
            ids = dict.fromkeys(map(self.lookup.representative, origin.article_ids))
            self.own[origin.source_id] = [i for i in ids if i in self.graph.nodes]
            for article_id in self.own[origin.source_id][:1]:
                self.home[origin.source_id] = article_id
        for article_id in list(self.graph.nodes):
            for source_id in self.lookup.owners(article_id):
                self.home.setdefault(source_id, article_id)

    def add_origin(self, origin: Origin) -> None:
        """Add an origin with its primary sources; two origins with one source share its node."""
        nodes = self.graph.nodes
        if origin.source_id not in self.home and origin.source_id not in nodes:
            nodes[origin.source_id] = self.source_node(origin.source_id, origin.name)
        for number, source in enumerate(origin.primary_sources):
            node_id = f"primary:{source.source_id or f'{origin.source_id}:{number}'}"
            name = called(source.name, source.kind)
            nodes[node_id] = Node(
                node_id=node_id, kind="primary", name=name, source_kind=source.kind
            )
            self.add(origin.source_id, node_id, None, source.evidence)

    def add_derivation(self, derivation: Derivation) -> None:
        child, parent = derivation.child_id, derivation.parent_id
        if self.primary.isdisjoint((child, parent)) and not self.reports_itself(child, parent):
            self.add(child, parent, derivation.basis, derivation.evidence)

    def add_rest(self, article_id: str, rest: RestsOn) -> None:
        parent = rest.source_id
        if parent not in self.primary and not self.reports_itself(article_id, parent):
            self.add(article_id, parent, "attribution", rest.evidence)

    def reports_itself(self, child: str, parent: str) -> bool:
        """Return whether an origin's article names a source of its own, not another outlet."""
        source = self.lookup.sources.get(parent)
        elsewhere = source is None or source.kind in ("outlet", "agency", "unseen")
        is_own = any(self.lookup.representative(child) in ids for ids in self.own.values())
        return is_own and not elsewhere

    def add(
        self, child: str, parent: str, basis: Basis | None, evidence: tuple[Evidence, ...]
    ) -> None:
        """Add an edge between the nodes that stand for the two ids; the first with words stays."""
        child, parent = (self.home.get(i, self.lookup.representative(i)) for i in (child, parent))
        known = self.found.get((child, parent))
        if child == parent or (known and known.evidence):
            return
        for node_id in (child, parent):
            if node_id not in self.graph.nodes:
                self.graph.nodes[node_id] = self.source_node(node_id)
        words = cue_words(self.lookup, evidence) if basis != "reuse" else ""
        self.found[child, parent] = Edge(
            child=child, parent=parent, basis=basis, words=words, evidence=evidence
        )

    def source_node(self, source_id: str, name: str | None = None) -> Node:
        source = self.lookup.sources.get(source_id)
        shown = self.lookup.source_name(source_id) if source else (name or source_id)
        kind = source.kind if source else None
        return Node(node_id=source_id, kind="source", name=shown, source_kind=kind)


def cue_words(lookup: Lookup, evidence: Iterable[Evidence]) -> str:
    """Return the cue inside a piece of evidence; where none is marked, its words if few."""
    for item in evidence:
        for cue in lookup.cues(item.article_id, item.in_):
            words = cue.of(lookup.source_text(item)) if cue.overlaps(item.span) else ""
            # A figure in it: the date in "Tide, March 4", which says less than all of it.
            if words and not any(c.isdigit() for c in words):
                return words
        words = lookup.quote(item).words or ""
        if 0 < len(words) <= LONGEST_CUE_CHARS:
            return words
    return ""


def _reduce(graph: Graph) -> None:
    """Leave out edges that a longer way already shows."""
    onward: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        onward[edge.child].add(edge.parent)

    # What an origin rests on is its own: that the paper it also repeats has the same source
    # makes it no shorter.
    graph.edges = [
        e
        for e in graph.edges
        if graph.nodes[e.parent].kind == "primary"
        or not any(
            p != e.parent and leads(onward, p, e.parent) and not leads(onward, e.parent, p)
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


def _lanes(
    graph: Graph, story: Story, home: dict[str, str], own: dict[str, list[str]]
) -> list[Lane]:
    lanes: list[Lane] = []
    used: set[str] = set()
    for origin in story.origins:
        node_id = home.get(origin.source_id, origin.source_id)
        heads = dict.fromkeys([node_id, *own.get(origin.source_id, [])])
        roots = [i for i in heads if i in graph.nodes and i not in used]
        if roots:
            used |= set(roots)
            lanes.append(Lane(kind="origin", name=graph.nodes[roots[0]].name, roots=tuple(roots)))
    lanes.sort(key=lambda lane: _reading_order(graph.nodes[lane.roots[0]]))
    ends = [n for n in graph.nodes if n not in graph.parent_of and n not in used]
    ends = sorted(
        (r for r in ends if graph.nodes[r].kind != "primary"),
        key=lambda r: _reading_order(graph.nodes[r]),
    )
    for root in ends:
        if graph.children(root):
            unseen = graph.nodes[root].source_kind == "unseen"
            kind: Literal["unseen", "end"] = "unseen" if unseen else "end"
            lanes.append(Lane(kind=kind, name=graph.nodes[root].name, roots=(root,)))
    if alone := [r for r in ends if not graph.children(r)]:
        lanes.append(Lane(kind="unknown", name="", roots=tuple(alone)))
    return lanes
