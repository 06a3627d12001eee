"""
Two articles side by side: what they share, passage by passage, each passage linked to its twin.

The left one is what the right one goes back to, where that is known. A row holds the sentences of
both sides that are tied together by shared passages, so that twins stand beside each other however
differently the two articles are ordered. Only matched passages and the rest of their sentences are
shown unless the whole text is asked for: a report is for looking at the match, not for reading the
article anew.

Passages inside a longer one of the same meaning are not marked again. Where two articles state one
claim in words that share no passage, the statements stand beside each other as ``claim``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from firsthand.account import Account
from firsthand.lookup import Lookup
from firsthand.model import Claim, Span, hull

Kind = Literal["copy", "quote", "furniture", "formula", "open", "claim", "cut"]
KINDS: tuple[Kind, ...] = ("copy", "quote", "claim", "furniture", "formula", "open")
MOST_PAIRS = 12
# A page without sentence ends is one long "sentence"; this much of it stands around a passage.
LONGEST_SENTENCE_CHARS, AROUND_CHARS = 900, 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Two spans that say the same, and what that means (``open``: not decided)."""

    number: int
    left: Span
    right: Span
    kind: Kind
    form: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A run of characters with one mark; ``starts`` are the passages that begin with it."""

    text: str
    kind: Kind | None = None
    starts: tuple[Passage, ...] = ()


Cell = list[list[Piece]]  # paragraphs of pieces; a piece of kind "cut" stands for text left out


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedRow:
    """The sentences of both sides that share passages."""

    left: Cell
    right: Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Aligned:
    """Two articles beside each other, the left one what the right one goes back to if known."""

    left_id: str
    right_id: str
    passages: tuple[Passage, ...]
    rows: tuple[AlignedRow, ...]


def pairs(account: Account) -> list[tuple[str, str]]:
    """Return (what is gone back to, article) for every article that can be laid beside another."""
    articles = [row.article.article_id for row in account.rows]
    shared = _shared_chars(account, set(articles))
    found: list[tuple[str, str]] = []
    for place, article_id in enumerate(articles):
        ancestor = _captured_ancestor(account, article_id)
        others = [o for o in articles[:place] if shared.get(frozenset((o, article_id)))]
        if ancestor is None and others:
            ancestor = max(others, key=lambda o: shared[frozenset((o, article_id))])
        if ancestor is not None and ancestor != article_id:
            found.append((ancestor, article_id))
    return found


def _captured_ancestor(account: Account, article_id: str) -> str | None:
    """Return the nearest captured article that this one goes back to, or None."""
    graph, seen = account.graph, {article_id}
    todo = [e.parent for e in graph.parents(article_id)]
    while todo:
        node_id = todo.pop(0)
        if node_id in seen:
            continue
        seen.add(node_id)
        if graph.nodes[node_id].kind == "article":
            return node_id
        todo += [e.parent for e in graph.parents(node_id)]
    return None


def _shared_chars(account: Account, ids: set[str]) -> dict[frozenset[str], int]:
    shared: dict[frozenset[str], int] = {}
    for row in account.lookup.reuse(account.story):
        if row.left_id in ids and row.right_id in ids:
            key = frozenset((row.left_id, row.right_id))
            shared[key] = shared.get(key, 0) + row.left.end - row.left.start
    return shared


def align(account: Account, left_id: str, right_id: str, *, full_text: bool = False) -> Aligned:
    """Return two articles of a story side by side."""
    lookup = account.lookup
    spans = _passages(account, left_id, right_id)
    passages = tuple(
        Passage(number=n, left=left, right=right, kind=kind, form=form)
        for n, (left, right, kind, form) in enumerate(spans, 1)
    )
    texts = [lookup.articles[i].text for i in (left_id, right_id)]
    if full_text and all(texts):
        whole = [[Span(start=0, end=len(t))] for t in texts]
        rows = [_row(texts, passages, whole)]
    elif all(texts):
        groups = _groups(lookup, passages, left_id, right_id)
        rows = [_row(texts, group, ranges) for group, ranges in groups]
    else:
        rows = []
    return Aligned(left_id=left_id, right_id=right_id, passages=passages, rows=tuple(rows))


def _passages(
    account: Account, left_id: str, right_id: str
) -> list[tuple[Span, Span, Kind, str | None]]:
    found: list[tuple[Span, Span, Kind, str | None]] = []
    for row in account.lookup.reuse(account.story):
        if {row.left_id, row.right_id} == {left_id, right_id}:
            left, right = (row.left, row.right) if row.left_id == left_id else (row.right, row.left)
            found.append((left, right, row.meaning or "open", row.form))
    found = [p for p in found if not any(_inside(p, q) for q in found if q is not p)]
    taken = [(p[0], p[1]) for p in found]
    for claim in account.claims:
        left_span, right_span = (_stated(claim, i) for i in (left_id, right_id))
        if left_span is None or right_span is None:
            continue
        if not any(a.overlaps(left_span) and b.overlaps(right_span) for a, b in taken):
            found.append((left_span, right_span, "claim", None))
    return sorted(set(found), key=lambda p: (p[0], p[1], p[2]))


def _inside(
    inner: tuple[Span, Span, Kind, str | None], outer: tuple[Span, Span, Kind, str | None]
) -> bool:
    held = outer[0].holds(inner[0]) and outer[1].holds(inner[1])
    return held and outer[2] == inner[2] and outer[:2] != inner[:2]


def _stated(claim: Claim, article_id: str) -> Span | None:
    return next((s.span for s in claim.statements if s.article_id == article_id), None)


def _groups(
    lookup: Lookup, passages: Sequence[Passage], left_id: str, right_id: str
) -> list[tuple[list[Passage], list[list[Span]]]]:
    """Return passages that share a sentence on either side, with the sentences of both sides."""
    groups: list[tuple[list[Passage], list[set[Span]]]] = []
    for passage in passages:
        spans = ((left_id, passage.left), (right_id, passage.right))
        own = [{s for s in lookup.sentences(i) if s.overlaps(span)} for i, span in spans]
        tied = [g for g in groups if g[1][0] & own[0] or g[1][1] & own[1]]
        groups = [g for g in groups if g not in tied]
        members = [p for g in tied for p in g[0]] + [passage]
        merged = [own[side].union(*(g[1][side] for g in tied)) for side in (0, 1)]
        groups.append((members, merged))
    result = []
    for members, sides in groups:
        own_spans = ([p.left for p in members], [p.right for p in members])
        ranges = [_clipped(sorted(side), own_spans[n]) for n, side in enumerate(sides)]
        result.append((members, ranges))
    return sorted(result, key=lambda g: min(p.left for p in g[0]))


def _clipped(sentences: list[Span], passages: list[Span]) -> list[Span]:
    """Return the sentences, a very long one cut to what stands around its passages."""
    found = []
    for sentence in sentences:
        inside = [p for p in passages if p.overlaps(sentence)]
        if sentence.end - sentence.start > LONGEST_SENTENCE_CHARS and inside:
            core = hull(inside)
            sentence = Span(
                start=max(sentence.start, core.start - AROUND_CHARS),
                end=min(sentence.end, core.end + AROUND_CHARS),
            )
        found.append(sentence)
    return found


def _row(texts: list[str], passages: Sequence[Passage], ranges: list[list[Span]]) -> AlignedRow:
    left = _cell(texts[0], [(p.left, p) for p in passages], ranges[0])
    right = _cell(texts[1], [(p.right, p) for p in passages], ranges[1])
    return AlignedRow(left=left, right=right)


def _cell(text: str, marks: list[tuple[Span, Passage]], ranges: list[Span]) -> Cell:
    """Return the ranges of a text as paragraphs of marked pieces, a ``cut`` between gaps."""
    cell: Cell = [[]]
    begun: set[int] = set()
    last: int | None = None
    for part in _joined(text, ranges):
        if last is not None:
            cell += [[Piece(text="", kind="cut")], []] if text[last : part.start].strip() else [[]]
        for piece in _pieces(text, marks, part):
            new = tuple(p for p in piece.starts if p.number not in begun)
            begun |= {p.number for p in new}
            _write(cell, replace(piece, starts=new))
        last = part.end
    return [paragraph for paragraph in cell if paragraph]


def _joined(text: str, ranges: list[Span]) -> list[Span]:
    """Return the ranges with those run together that nothing but white space parts."""
    joined: list[Span] = []
    for part in ranges:
        if joined and not text[joined[-1].end : part.start].strip():
            joined[-1] = Span(start=joined[-1].start, end=max(joined[-1].end, part.end))
        else:
            joined.append(part)
    return joined


def _write(cell: Cell, piece: Piece) -> None:
    """Add a piece to the last paragraph; line breaks in it begin new ones."""
    starts = piece.starts
    for number, line in enumerate(piece.text.split("\n")):
        if number:
            cell.append([])
        if line:
            cell[-1].append(Piece(text=line, kind=piece.kind, starts=starts))
            starts = ()


def _pieces(text: str, marks: list[tuple[Span, Passage]], part: Span) -> list[Piece]:
    """Cut a range where a mark begins or ends; of marks that overlap the shortest one shows."""
    inside = [(s, p) for s, p in marks if s.overlaps(part)]
    cuts = {part.start, part.end}
    for span, _ in inside:
        cuts |= {max(span.start, part.start), min(span.end, part.end)}
    edges = sorted(cuts)
    pieces = []
    for start, end in pairwise(edges):
        over = [(s.end - s.start, p) for s, p in inside if s.start <= start and end <= s.end]
        kind = min(over, key=lambda o: (o[0], o[1].number))[1].kind if over else None
        begun = tuple(p for s, p in inside if max(s.start, part.start) == start)
        pieces.append(Piece(text=text[start:end], kind=kind, starts=begun))
    return pieces
