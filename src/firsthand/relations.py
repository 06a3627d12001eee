"""
What all that two articles share amounts to, and passages that only their company can decide.

``relate`` sees all passages of all pairs at once. In this order:

- what a page labels as its own is ``furniture``, and so is what recurs in unlike articles of one
  outlet: a corpus teaches its own furniture. Speech alone is exempt (an outlet may quote one
  sentence for years);
- prose too short to be sure of is ``copy`` beside sure prose, beside more of its kind, between two
  articles that credit one agency, or where one names the other's outlet close by;
- a pair has one relation. Copied prose makes it ``derived`` where one article names the other's
  outlet and is not named by it, else ``common_wire``; without copied prose most of the words decide
  between ``shared_source``, ``furniture`` and ``formula``. Direction is drawn from a name only
  ("according to the Harbour Post"), never from dates: pages updated later borrow from each other
  both ways.

Nearly all pairs share no prose, so those are counted as arrays; articles are read only where a name
may decide. Known to fail: an outlet that is named for another reason near copied words seems to be
their source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from firsthand.model import (
    Article,
    Evidence,
    Furniture,
    PairRelation,
    Relation,
    Reuse,
    Span,
    span,
)
from firsthand.outlets import table
from firsthand.stage import records_of, schema_of, table_of, together

# Passages of short prose from which on they are no chance.
FEWEST_SHORT = 3
# Prose that speaks for shorter prose beside it is this sure.
SURE_STRENGTH = 0.9
# Two articles of one outlet are about different things where they share at most this much of the
# shorter; weeks apart they may share more, since some pages are half furniture.
RECURRING_SHARE = 0.15
OLD_DAYS, OLD_SHARE = 14, 0.5
# Besides the pair itself, so many articles of the outlet must carry a passage to make it furniture.
FEWEST_RECURRENCES = 2
# How far from a copied passage the name of its source is looked for.
CREDIT_CHARS = 300

_PHOTO = re.compile(r"\W{0,3}(?:photos?|images?|pictures?|file)\b", re.IGNORECASE)
_MEANINGS = ("formula", "furniture", "quote", "copy")
_FORMULA, _FURNITURE, _QUOTE, _COPY = range(4)

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class _Rows(NamedTuple):
    """The rows of reuse as arrays, ordered by pair and place; articles are numbers."""

    left: Ints
    right: Ints
    left_ends: Ints
    right_ends: Ints
    pair: Ints  # counted from 0
    first: Ints  # the first row of each pair


@together(
    takes=(Reuse, Article, Furniture),
    by=None,
    gives=(Reuse, PairRelation),
    arrow=True,
    sorts=True,
)
def relate(reuse: pa.Table, articles: pa.Table, furniture: pa.Table) -> dict[type, pa.Table]:
    """
    Return the rows, doubtful ones decided by the rest of their pair, and one relation a pair.

    A recapture has no relation to its representative, nor has an outlet to itself.
    """
    articles = articles.sort_by("article_id")
    reuse, rows = _ordered(reuse, articles.column("article_id").combine_chunks())
    outlet = _numbers(articles.column("outlet"))
    told = np.array(pc.equal(reuse.column("rule"), "recapture"), bool)
    recaptured = _any(told, rows)[rows.pair]
    same = (outlet[rows.left] >= 0) & (outlet[rows.left] == outlet[rows.right])
    reuse = _with_furniture(reuse, rows, recaptured, _recurring(rows, same, articles), furniture)
    reuse = _decided(reuse, rows, articles, recaptured)
    found = _relations(reuse, rows, articles, ~recaptured & ~same)
    return {Reuse: reuse, PairRelation: found}


def _ordered(reuse: pa.Table, names: pa.Array) -> tuple[pa.Table, _Rows]:
    number = [pc.index_in(reuse.column(c), names).to_numpy() for c in ("left_id", "right_id")]
    spans = [
        pc.struct_field(reuse.column(c).combine_chunks(), edge).to_numpy()
        for c in ("left", "right")
        for edge in ("start", "end")
    ]
    order = np.lexsort((*spans[::-1], *number[::-1]))
    left, right, a, b, c, d = (values[order].astype(np.int64) for values in (*number, *spans))
    begins = np.ones(len(order), bool)
    begins[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    rows = _Rows(
        left,
        right,
        np.column_stack((a, b)),
        np.column_stack((c, d)),
        np.cumsum(begins) - 1,
        np.flatnonzero(begins),
    )
    return reuse.take(pa.array(order)), rows


def _numbers(names: pa.ChunkedArray) -> Ints:
    """Return a number for each name, equal ones alike; -1 for none."""
    coded = names.combine_chunks().dictionary_encode().indices
    found: Ints = pc.fill_null(coded, -1).to_numpy().astype(np.int64)
    return found


def _any(flags: Flags, rows: _Rows) -> Flags:
    """Return for each pair whether one of its rows is flagged."""
    return np.bincount(rows.pair, flags, len(rows.first)) > 0


def _recurring(rows: _Rows, same: Flags, articles: pa.Table) -> dict[int, dict[Span2, set[int]]]:
    """
    Return for each article the passages that stand in other articles of its outlet, and which.

    Only articles that share little else count: two reports of one story share their background. Of
    the others as many are kept as can matter.
    """
    size = pc.utf8_length(articles.column("text")).to_numpy()
    day = _days(articles)
    chars = np.bincount(rows.pair, rows.left_ends[:, 1] - rows.left_ends[:, 0], len(rows.first))
    left, right = rows.left[rows.first], rows.right[rows.first]
    old = (day[left] >= 0) & (day[right] >= 0) & (abs(day[left] - day[right]) >= OLD_DAYS)
    most = np.where(old, OLD_SHARE, RECURRING_SHARE) * np.minimum(size[left], size[right])
    found: dict[int, dict[Span2, set[int]]] = defaultdict(dict)
    for row in np.flatnonzero(same & (chars <= most)[rows.pair]).tolist():
        one, other = int(rows.left[row]), int(rows.right[row])
        for mine, its, at in ((one, other, rows.left_ends), (other, one, rows.right_ends)):
            start, end = at[row].tolist()
            others = found[mine].setdefault((start, end), set())
            if len(others) < FEWEST_RECURRENCES + 2:
                others.add(its)
    return found


Span2 = tuple[int, int]


def _days(articles: pa.Table) -> Ints:
    """Return the day each article was published; -1 where it is not known to the day."""
    days = []
    for when in articles.column("published").to_pylist():
        try:
            days.append(date.fromisoformat(((when or {}).get("at") or "")[:10]).toordinal())
        except ValueError:
            days.append(-1)
    return np.array(days, np.int64)


def _with_furniture(
    reuse: pa.Table,
    rows: _Rows,
    recaptured: Flags,
    recurring: Mapping[int, Mapping[Span2, set[int]]],
    furniture: pa.Table,
) -> pa.Table:
    """Return rows as furniture where the page says so, or more articles of an outlet carry them."""
    by_page = _on_page(reuse, _labelled(furniture)) & ~recaptured
    spoken = np.array(pc.equal(reuse.column("rule"), "spoken"), bool)
    by_outlet = _elsewhere(rows, recurring) & ~spoken & ~recaptured
    reuse = _set(reuse, by_outlet, "furniture", 0.7, "recurs in its outlet")
    return _set(reuse, by_page, "furniture", 0.9, "furniture of the page")


def _elsewhere(rows: _Rows, recurring: Mapping[int, Mapping[Span2, set[int]]]) -> Flags:
    """Return whether enough other articles of an outlet carry the passage, on either side."""
    n = len(rows.left)
    article = np.concatenate((rows.left, rows.right))
    ends = np.vstack((rows.left_ends, rows.right_ends))
    order = np.lexsort((ends[:, 1], ends[:, 0], article))
    keys = np.column_stack((article, ends))[order]
    begins = np.ones(2 * n, bool)
    begins[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    place = np.empty(2 * n, np.int64)
    place[order] = np.cumsum(begins) - 1
    others: list[set[int]] = []
    for number, start, end in keys[begins].tolist():
        found: set[int] = set()
        for (a, b), its in recurring.get(number, {}).items():
            if 2 * (min(b, end) - max(a, start)) >= end - start:
                found |= its
        others.append(found)
    size = np.array([len(found) for found in others], np.int64)[place]
    # Two of them may be the pair itself; where more than four hold it nobody need look.
    sure = size >= FEWEST_RECURRENCES + 2
    for row in np.flatnonzero((size >= FEWEST_RECURRENCES) & ~sure).tolist():
        pair = {int(rows.left[row % n]), int(rows.right[row % n])}
        sure[row] = len(others[place[row]] - pair) >= FEWEST_RECURRENCES
    return sure[:n] | sure[n:]


def _on_page(reuse: pa.Table, labelled: Mapping[str, Sequence[Span2]]) -> Flags:
    """Return whether the page labels most of the passage as its own, on either side."""
    found = np.zeros(len(reuse), bool)
    names = pa.array(list(labelled), pa.string())
    for article, at in (("left_id", "left"), ("right_id", "right")):
        held = np.array(pc.is_in(reuse.column(article), names), bool)
        rows = reuse.select([article, at]).filter(pa.array(held))
        ends = ((s["start"], s["end"]) for s in rows.column(at).to_pylist())
        inside = [
            any(_mostly(place, piece) for piece in labelled[name])
            for name, place in zip(rows.column(article).to_pylist(), ends, strict=True)
        ]
        found[held] |= np.array(inside, bool)
    return found


def _labelled(furniture: pa.Table) -> dict[str, list[Span2]]:
    """Return the places that pages label as furniture, by article."""
    inside = furniture.filter(
        pc.and_(pc.equal(furniture.column("in_"), "text"), pc.is_valid(furniture.column("span")))
    )
    found: dict[str, list[Span2]] = defaultdict(list)
    for name, at in zip(
        *(inside.column(c).to_pylist() for c in ("article_id", "span")), strict=True
    ):
        if name:
            found[name].append((at["start"], at["end"]))
    return found


def _mostly(at: Span2, piece: Span2) -> bool:
    """Return whether ``piece`` covers at least half of ``at``."""
    return 2 * (min(piece[1], at[1]) - max(piece[0], at[0])) >= at[1] - at[0]


def _set(reuse: pa.Table, where: Flags, meaning: str, strength: float, rule: str) -> pa.Table:
    """Return the rows with another meaning in some places."""
    if not where.any():
        return reuse
    flags = pa.array(where)
    for name, value in (("meaning", meaning), ("strength", strength), ("rule", rule)):
        place = reuse.schema.get_field_index(name)
        column = pc.if_else(flags, pa.scalar(value), reuse.column(name))
        reuse = reuse.set_column(place, reuse.schema.field(name), column)
    return reuse


def _decided(reuse: pa.Table, rows: _Rows, articles: pa.Table, recaptured: Flags) -> pa.Table:
    """Return the rows, short prose as copy where the rest of the pair or a credit speaks for it."""
    rule = reuse.column("rule")
    short = np.array(pc.starts_with(rule, "short prose, else"), bool) & ~recaptured
    n_short = np.bincount(rows.pair, short, len(rows.first))
    strong = reuse.column("strength").to_numpy() >= SURE_STRENGTH
    prose = np.array(pc.equal(rule, "prose"), bool) & strong
    beside = (n_short >= FEWEST_SHORT) | _any(prose, rows)
    sure = short & beside[rows.pair]
    left_over = np.flatnonzero(short & ~sure)
    agency, credited = np.zeros(len(short), bool), np.zeros(len(short), bool)
    by_number = _articles(articles, rows, left_over)
    for row in left_over.tolist():
        left, right = by_number[int(rows.left[row])], by_number[int(rows.right[row])]
        ends = span(*rows.left_ends[row].tolist()), span(*rows.right_ends[row].tolist())
        if n_short[rows.pair[row]] >= FEWEST_SHORT - 1 and agencies(left) & agencies(right):
            agency[row] = True
        elif named_near(left, right, [ends[0]]) or named_near(right, left, [ends[1]]):
            credited[row] = True
    reuse = _set(reuse, sure, "copy", 0.6, "short prose beside prose")
    reuse = _set(reuse, agency, "copy", 0.5, "short prose, one agency")
    return _set(reuse, credited, "copy", 0.5, "short prose, credited")


def _articles(articles: pa.Table, rows: _Rows, at: Ints) -> dict[int, Article]:
    """Return the articles of some rows as records."""
    numbers = np.union1d(rows.left[at], rows.right[at])
    found = records_of(Article, articles.take(pa.array(numbers)))
    return dict(zip(numbers.tolist(), found, strict=True))


def _relations(reuse: pa.Table, rows: _Rows, articles: pa.Table, related: Flags) -> pa.Table:
    """Return one relation for every pair of the rows that may have one."""
    n_pairs = len(rows.first)
    code = pc.fill_null(pc.index_in(reuse.column("meaning"), pa.array(_MEANINGS)), _FORMULA)
    meaning: Ints = code.to_numpy().astype(np.int64)
    size = rows.left_ends[:, 1] - rows.left_ends[:, 0]
    chars = np.bincount(4 * rows.pair + meaning, size, 4 * n_pairs).reshape(-1, 4)
    wanted = _any(related, rows)
    copied = wanted & (np.bincount(rows.pair[meaning == _COPY], minlength=n_pairs) > 0)
    # Of equal ones the last in order counts.
    furniture = (chars[:, _QUOTE] == 0) & (chars[:, _FURNITURE] >= chars[:, _FORMULA])
    formula = (chars[:, _QUOTE] == 0) & ~furniture
    relation = np.where(furniture, 1, np.where(formula, 2, 0))
    deciding = (meaning == _QUOTE) == (relation == 0)[rows.pair]
    deciding &= (wanted & ~copied)[rows.pair]
    plain = _plain_relations(reuse, rows, relation, np.flatnonzero(deciding))
    at = np.flatnonzero(copied[rows.pair] & (meaning == _COPY))
    by_number = _articles(articles, rows, at)
    prose: dict[int, list[Reuse]] = defaultdict(list)
    for number, row in zip(
        rows.pair[at].tolist(), records_of(Reuse, reuse.take(pa.array(at))), strict=True
    ):
        prose[number].append(row)
    derived = [
        of_copied(found, *(by_number[int(side[rows.first[n]])] for side in (rows.left, rows.right)))
        for n, found in prose.items()
    ]
    return pa.concat_tables([plain, table_of(PairRelation, derived)])


def _plain_relations(reuse: pa.Table, rows: _Rows, relation: Ints, at: Ints) -> pa.Table:
    """Return the relations of pairs without copied prose, from the rows that decide them."""
    schema = schema_of(PairRelation)
    begins = np.flatnonzero(np.diff(rows.pair[at], prepend=-1))
    named = pa.array(["shared_source", "furniture", "formula"])
    strength = reuse.column("strength").to_numpy()[at]
    ids = [reuse.column(c).take(pa.array(at)).combine_chunks() for c in ("left_id", "right_id")]
    # Two of evidence a row, left and right in turn.
    turns = np.arange(2 * len(at)).reshape(2, -1).T.reshape(-1)
    both = np.concatenate((rows.left_ends[at], rows.right_ends[at]))[turns]
    kind = schema.field("evidence").type
    evidence = pa.StructArray.from_arrays(
        [
            pa.concat_arrays(ids).take(pa.array(turns)),
            pa.StructArray.from_arrays(
                [pa.array(both[:, i]) for i in (0, 1)], fields=list(schema_of(Span))
            ),
            pa.array(["text"]).take(pa.array(np.zeros(len(turns), np.int64))),
        ],
        fields=list(kind.value_type),
    )
    offsets = pa.array(np.append(2 * begins, len(turns)).astype(np.int32))
    columns = [
        *(name.take(pa.array(begins)) for name in ids),
        named.take(pa.array(relation[rows.pair[at[begins]]])),
        pa.array(np.maximum.reduceat(strength, begins) if len(at) else strength),
        pa.ListArray.from_arrays(offsets, evidence, type=kind),
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def of_copied(copied: Sequence[Reuse], left: Article, right: Article) -> PairRelation:
    """Return the relation of two articles with the same prose: who names whom decides."""
    named = [
        Evidence(article_id=child.article_id, span=found)
        for child, parent, at in (
            (left, right, [r.left for r in copied]),
            (right, left, [r.right for r in copied]),
        )
        for found in credits(child, parent, at)
    ]
    one_way = len({e.article_id for e in named}) == 1
    relation: Relation = "derived" if one_way else "common_wire"
    spans = [
        Evidence(article_id=key, span=at)
        for row in copied
        for key, at in ((left.article_id, row.left), (right.article_id, row.right))
    ]
    return PairRelation(
        left_id=left.article_id,
        right_id=right.article_id,
        relation=relation,
        strength=max(row.strength for row in copied),
        evidence=(*(named if one_way else ()), *spans),
    )


@lru_cache(maxsize=512)
def agencies(article: Article) -> frozenset[str]:
    """Return the ids of the agencies an article credits: in its byline, at its start or end."""
    found = set()
    for piece in (article.byline or "", article.text[:CREDIT_CHARS], article.text[-CREDIT_CHARS:]):
        for mention in table().find(piece):
            around = piece[: mention.span.start], piece[mention.span.end :]
            photo = _PHOTO.search(around[0][-20:]) or _PHOTO.match(around[1][:12])
            if mention.outlet.kind == "agency" and not photo:
                found.add(mention.outlet.outlet_id)
    return frozenset(found)


def credits(child: Article, parent: Article, copied: Sequence[Span]) -> list[Span]:
    """Return where ``child`` names the outlet of ``parent``: near copied words, at start or end."""
    ends = span(0, 0), span(len(child.text), len(child.text))
    return named_near(child, parent, [*copied, *ends])


def named_near(child: Article, parent: Article, places: Iterable[Span]) -> list[Span]:
    """Return where ``child`` names the outlet of ``parent`` in or near one of the places."""
    if not parent.outlet:
        return []
    known = table().named(parent.outlet)
    plain = re.compile(rf"\b{re.escape(parent.outlet)}\b")
    found = []
    for window in _windows(places):
        piece = window.of(child.text)
        if known and not table().may_name(known, piece):
            continue
        if known:
            ats = [m.span for m in table().find(piece) if m.outlet == known]
        else:
            ats = [span(*m.span()) for m in plain.finditer(piece)]
        found += [span(window.start + a.start, window.start + a.end) for a in ats]
    return sorted(set(found))


def _windows(places: Iterable[Span]) -> list[Span]:
    """Return the surroundings of the places, those that meet as one."""
    found: list[Span] = []
    for at in sorted(places):
        window = span(max(0, at.start - CREDIT_CHARS), at.end + CREDIT_CHARS)
        if found and window.start <= found[-1].end:
            window = span(found[-1].start, max(found.pop().end, window.end))
        found.append(window)
    return found
