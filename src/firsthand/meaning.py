"""
What a shared passage means, and what all that two articles share amounts to.

Most words that two newsrooms share are somebody else's: of 320 natural overlaps read one by one, 93
in a hundred were a common speech, document, name or page furniture. So ``copy`` is what is left
when every other reading has failed. A passage's words are laid side by side and each is marked as
*spoken* where either article shows it as somebody's words: inside quotation marks, in a transcript
or an embedded post, after a colon, or in the first or second person. What decides are the stretches
that nobody speaks (*free* words):

- :data:`PROSE_WORDS` or more free words that are no names, in one stretch or in several of at least
  :data:`STRETCH_WORDS`: the reporter's own prose, ``copy``;
- fewer than :data:`STRETCH_WORDS`: the words are the speaker's, ``quote``;
- in between it may be chance: ``copy`` only where the rest of the pair says so, else ``formula``.

``interpret`` decides a passage from the words in and right around it, ``relate`` from what else the
two articles share and from whom they credit. Size decides nothing: runs of 120 equal words can be
one speech. Direction is drawn from a name only ("according to the Harbour Post"), never from dates.

Known to fail: a speech given without marks in both articles reads as prose; two reporters may
describe one event in the same sixteen words, though seldom; a copied passage that is mostly
quotation reads as quote; furniture seen once, without service words, reads as prose.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from firsthand import kernels
from firsthand.model import (
    Article,
    Evidence,
    Furniture,
    Meaning,
    PairRelation,
    Relation,
    Reuse,
    Span,
    span,
)
from firsthand.outlets import table
from firsthand.spoken import by_medium, spoken_in
from firsthand.stage import each, together

# Below eight words a stretch between two quotations is an attribution ("the minister told
# reporters on Monday"), and a passage that short is not reported either.
STRETCH_WORDS = 8
# Free words that two reporters do not write by chance; fewer need company.
PROSE_WORDS = 16
# … and more where words in between differ: background is told alike by many.
EDITED_PROSE_WORDS = 18
# A stretch with this share of capitalised words is a name with its title.
NAME_SHARE = 0.4
# Service words (those only a page says count twice) per word that make a passage furniture.
SERVICE_SHARE = 1 / 30
# Passages of short prose from which on they are no chance.
FEWEST_SHORT = 3
# How far before a passage words run together still speak for a list of links.
GLUE_CHARS = 60
# A list of names (the states that sued) has this share of capitals; it may be of any length.
LIST_SHARE = 0.75
# Two articles of one outlet are about different things where they share at most this much of the
# shorter; weeks apart they may share more, since some pages are half furniture.
RECURRING_SHARE = 0.15
OLD_DAYS, OLD_SHARE = 14, 0.5
# Besides the pair itself, so many articles of the outlet must carry a passage to make it furniture.
FEWEST_RECURRENCES = 2
# How far from a copied passage the name of its source is looked for.
CREDIT_CHARS = 300

# Two words run together ("MayorHarbour Report"): text nodes of a page put side by side.
_GLUED = re.compile(r"[a-z]{2}(?:[A-Z][a-z]{2}|\d{4}\b)|[A-Z][a-z]{3,}[A-Z]{2}")
_PHOTO = re.compile(r"\W{0,3}(?:photos?|images?|pictures?|file)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s+[\"“‘(]*[A-Z]")
# What only a page says …
_SERVICE = re.compile(
    r"\b(?:sign up|subscribe to|digital subscription|newsletters?|all rights reserved|click here|"
    r"copyright ©?|views? (?:and opinions )?expressed|opinions expressed|"
    r"follow (?:us|him|her|them|me) on|like us on|terms of (?:use|service)|privacy policy|"
    r"reprint permission|read more|story continues|share this|contributed to this (?:report|story)|"
    r"may not be published|your friend'?s?|your comments?|log ?in|members get|can be reached|"
    r"check out this story|www\.\w+)\b",
    re.IGNORECASE,
)
# … and words of pages that an article may be about as well.
_OF_PAGES = re.compile(
    r"\b(?:subscri\w+|cookies?|advertisement|e-?mail address|paywalls?|app store|podcast|donate|"
    r"columnist|contributor|facebook|twitter|commenting|author of|reprints?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a passage: its text, and of each word where it lies and whether it is spoken."""

    text: str
    start: kernels.Ints
    end: kernels.Ints
    hash: kernels.Ints
    spoken: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Free words in a row: how many, and their characters in the left text."""

    n_words: int
    at: Span


@each(takes=Reuse, beside={"left_id": Article, "right_id": Article}, gives=Reuse)
def interpret(reuse: Reuse, left: Article, right: Article) -> Iterator[Reuse]:
    """Yield the row with its meaning as far as the passage and the words around it show it."""
    if reuse.rule == "recapture":
        yield replace(reuse, meaning="copy")
        return
    meaning, strength, rule = meaning_of(left.text, reuse.left, right.text, reuse.right)
    yield replace(reuse, meaning=meaning, strength=strength, rule=rule)


def meaning_of(
    left_text: str, left: Span, right_text: str, right: Span
) -> tuple[Meaning, float, str]:
    """
    Return meaning, strength and rule of one passage, from both texts around it.

    >>> said = "“The harbour belongs to the people who fish in it and to nobody else.”"
    >>> a, b = f"{said} That was the mayor.", f"On Monday the mayor wrote: {said}"
    >>> at = b.index(said)
    >>> meaning_of(a, span(1, 68), b, span(at + 1, at + 68))[0]
    'quote'
    >>> prose = "The vote followed a night of talks in which the fishing towns gave up a veto."
    >>> meaning_of(prose, span(0, 76), prose, span(0, 76))[0]
    'copy'
    """
    sides = _side(left_text, left), _side(right_text, right)
    words, spoken = _side_by_side(*sides)
    if _is_service(left.of(left_text), len(words)):
        return "furniture", 0.9, "service words"
    if _is_glued(left_text, left) and _is_glued(right_text, right):
        return "furniture", 0.6, "words run together"
    stretches = _stretches(words, spoken, sides[0])
    n_free = max((s.n_words for s in stretches), default=0)
    prose = [s.n_words for s in stretches if not _is_name(s.at.of(left_text))]
    names = len(prose) < len(stretches)
    n_prose = sum(n for n in prose if n >= STRETCH_WORDS)
    edited = len(words) < max(len(side.hash) for side in sides)
    if n_prose >= (EDITED_PROSE_WORDS if edited else PROSE_WORDS):
        return "copy", 0.9 if n_prose >= 2 * PROSE_WORDS else 0.7, "prose"
    if n_prose:
        mostly: Meaning = "quote" if spoken.sum() > n_prose else "formula"
        return mostly, 0.3, f"short prose, else {mostly}"
    if spoken.sum() >= max(3, n_free):
        return "quote", 0.9 if spoken.mean() > 0.8 else 0.6, "spoken"
    return "formula", 0.7 if names else 0.4, "names" if names else "few words"


@lru_cache(maxsize=512)
def _tokens(text: str) -> kernels.Tokens:
    return kernels.tokenise(text)


def _side(text: str, at: Span) -> _Side:
    words = _tokens(text)
    here = slice(*np.searchsorted(words.start, [at.start, at.end]).tolist())
    spoken = [s for s in spoken_in(text, at) if not by_medium(text, s)]
    held = _held(words.start[here], spoken)
    return _Side(text, words.start[here], words.end[here], words.hash[here], held)


def _held(starts: kernels.Ints, spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Return for every character offset whether one of the spans holds it."""
    if not spans:
        return np.zeros(len(starts), bool)
    opens = np.array([s.start for s in spans])
    reach = np.maximum.accumulate(np.array([s.end for s in spans]))
    last = np.searchsorted(opens, starts, "right") - 1
    held: NDArray[np.bool_] = (last >= 0) & (starts < reach[np.maximum(last, 0)])
    return held


def _side_by_side(left: _Side, right: _Side) -> tuple[kernels.Ints, NDArray[np.bool_]]:
    """Return the left words that stand in both, in order, and which of them either side speaks."""
    if len(left.hash) == len(right.hash) and bool((left.hash == right.hash).all()):
        return np.arange(len(left.hash)), left.spoken | right.spoken
    found = kernels.chains(kernels.runs(left.hash, right.hash, 3))
    parts = found[0] if found else []
    mine = [a + i for a, _, n in parts for i in range(n)]
    theirs = [b + i for _, b, n in parts for i in range(n)]
    return np.array(mine, np.int64), left.spoken[mine] | right.spoken[theirs]


def _stretches(words: kernels.Ints, spoken: NDArray[np.bool_], side: _Side) -> list[_Stretch]:
    """Return the stretches of free words; edited words between them do not end one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ~spoken, [False])).view(np.int8)))
    return [
        _Stretch(b - a, span(int(side.start[words[a]]), int(side.end[words[b - 1]])))
        for a, b in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


def _is_service(passage: str, n_words: int) -> bool:
    """
    Return whether a passage speaks for the page: subscribe, copyright, views expressed.

    >>> _is_service("Sign up for our newsletter. Copyright 2031 Harbour Post", 9)
    True
    >>> _is_service("The council took its vote on the bridge to Facebook after the spring thaw", 14)
    False
    """
    n_found = 2 * len(_SERVICE.findall(passage)) + len(_OF_PAGES.findall(passage))
    return n_found >= max(2.0, n_words * SERVICE_SHARE)


def _is_glued(text: str, at: Span) -> bool:
    """
    Return whether a passage without a sentence's end has words run together in or before it.

    >>> t = "Mayor Ada Brook Ada BrookCouncil delays vote on bridge Harbour Report: What to watch"
    >>> _is_glued(t, span(29, len(t)))
    True
    >>> _is_glued("The OpenHarbour group said it would pay. Nobody did.", span(4, 50))
    False
    """
    piece = text[max(0, at.start - GLUE_CHARS) : at.end]
    return bool(_GLUED.search(piece)) and not _SENTENCE_END.search(at.of(text))


def _is_name(stretch: str) -> bool:
    """
    Return whether a short stretch is a name, a title, an institution: mostly capitals.

    >>> _is_name("Ada Brook, director of the National Institute of Tides and Currents")
    True
    >>> _is_name("the boats left before the mayor had spoken to the crews in Port Ann")
    False
    """
    found = re.findall(r"\w+", stretch)
    capitals = sum(1 for w in found if not w[0].islower())
    share = NAME_SHARE if len(found) < 2 * PROSE_WORDS else LIST_SHARE
    return capitals >= share * len(found)


@together(takes=(Reuse, Article, Furniture), by=None, gives=(Reuse, PairRelation))
def relate(
    reuse: list[Reuse], articles: list[Article], furniture: list[Furniture]
) -> Iterator[Reuse | PairRelation]:
    """
    Yield the rows, doubtful ones decided by the rest of their pair, and one relation a pair.

    A recapture has no relation to its representative, nor has an outlet to itself.
    """
    by_id = {a.article_id: a for a in articles}
    pairs: dict[tuple[str, str], list[Reuse]] = defaultdict(list)
    for row in reuse:
        pairs[row.left_id, row.right_id].append(row)
    recurring = recurrences(pairs, by_id)
    labelled: dict[str, list[Span]] = defaultdict(list)
    for piece in furniture:
        if piece.article_id and piece.span and piece.in_ == "text":
            labelled[piece.article_id].append(piece.span)
    for (left_id, right_id), rows in sorted(pairs.items()):
        left, right = by_id[left_id], by_id[right_id]
        if any(row.rule == "recapture" for row in rows):
            yield from rows
            continue
        rows = [_of_page(row, recurring, labelled) for row in rows]
        rows = _decided(rows, left, right)
        yield from rows
        if not (left.outlet and left.outlet == right.outlet):
            yield relation_of(rows, left, right)


def recurrences(
    pairs: Mapping[tuple[str, str], Sequence[Reuse]], by_id: Mapping[str, Article]
) -> dict[str, list[tuple[Span, str]]]:
    """
    Return for each article the passages that stand in other articles of its outlet, and which.

    Only articles that share little else count: two reports of one story share their background.
    """
    found: dict[str, list[tuple[Span, str]]] = defaultdict(list)
    for (left_id, right_id), rows in pairs.items():
        left, right = by_id[left_id], by_id[right_id]
        if not left.outlet or left.outlet != right.outlet:
            continue
        shared = sum(row.left.end - row.left.start for row in rows)
        most = OLD_SHARE if _days_apart(left, right) >= OLD_DAYS else RECURRING_SHARE
        if shared <= most * min(len(left.text), len(right.text)):
            for row in rows:
                found[left_id].append((row.left, right_id))
                found[right_id].append((row.right, left_id))
    return found


def _days_apart(left: Article, right: Article) -> int:
    """Return the days between two publications; 0 where either is not known to the day."""
    days = []
    for article in (left, right):
        at = article.published.at if article.published else None
        try:
            days.append(date.fromisoformat((at or "")[:10]))
        except ValueError:
            return 0
    return abs((days[0] - days[1]).days)


def _of_page(
    row: Reuse,
    recurring: Mapping[str, Sequence[tuple[Span, str]]],
    labelled: Mapping[str, Sequence[Span]],
) -> Reuse:
    """Return a row as furniture where the page says so, or more articles of an outlet carry it."""
    for key, at in ((row.left_id, row.left), (row.right_id, row.right)):
        if any(_mostly(at, piece) for piece in labelled.get(key, ())):
            return replace(row, meaning="furniture", strength=0.9, rule="furniture of the page")
        if row.rule == "spoken":
            continue
        others = {other for piece, other in recurring.get(key, ()) if _mostly(at, piece)}
        if len(others - {row.left_id, row.right_id}) >= FEWEST_RECURRENCES:
            return replace(row, meaning="furniture", strength=0.7, rule="recurs in its outlet")
    return row


def _mostly(at: Span, piece: Span) -> bool:
    """Return whether ``piece`` covers at least half of ``at``."""
    return 2 * (min(piece.end, at.end) - max(piece.start, at.start)) >= at.end - at.start


def _decided(rows: Sequence[Reuse], left: Article, right: Article) -> list[Reuse]:
    """Return the rows, short prose as copy where the rest of the pair or a credit speaks for it."""
    short = [row for row in rows if row.rule.startswith("short prose")]
    if not short:
        return list(rows)
    beside = len(short) >= FEWEST_SHORT or any(row.rule == "prose" for row in rows)
    agency = len(short) >= FEWEST_SHORT - 1 and agencies(left) & agencies(right)
    done = []
    for row in rows:
        if row.rule.startswith("short prose"):
            if beside:
                row = replace(row, meaning="copy", strength=0.6, rule="short prose beside prose")
            elif agency:
                row = replace(row, meaning="copy", strength=0.5, rule="short prose, one agency")
            elif named_near(left, right, [row.left]) or named_near(right, left, [row.right]):
                row = replace(row, meaning="copy", strength=0.5, rule="short prose, credited")
        done.append(row)
    return done


def relation_of(rows: Sequence[Reuse], left: Article, right: Article) -> PairRelation:
    """Return what the passages two articles share amount to, with those that decided it."""
    words: dict[str, int] = defaultdict(int)
    for row in rows:
        words[row.meaning or "formula"] += row.left.end - row.left.start
    copied = [row for row in rows if row.meaning == "copy"]
    if copied:
        return _of_copied(copied, left, right)
    top = max(("quote", "furniture", "formula"), key=lambda m: (words[m], m))
    relation: Relation = "shared_source"
    if top in ("furniture", "formula") and not words["quote"]:
        relation = "furniture" if top == "furniture" else "formula"
    deciding = [r for r in rows if (r.meaning == "quote") == (relation == "shared_source")]
    return _relation(relation, deciding, left, right, ())


def _of_copied(copied: Sequence[Reuse], left: Article, right: Article) -> PairRelation:
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
    return _relation(relation, copied, left, right, named if one_way else ())


def _relation(
    relation: Relation,
    rows: Sequence[Reuse],
    left: Article,
    right: Article,
    named: Iterable[Evidence],
) -> PairRelation:
    spans = [
        Evidence(article_id=key, span=at)
        for row in rows
        for key, at in ((left.article_id, row.left), (right.article_id, row.right))
    ]
    return PairRelation(
        left_id=left.article_id,
        right_id=right.article_id,
        relation=relation,
        strength=max((row.strength for row in rows), default=0.0),
        evidence=(*named, *spans),
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
    found = []
    for at in places:
        window = span(max(0, at.start - CREDIT_CHARS), at.end + CREDIT_CHARS)
        piece = window.of(child.text)
        if known:
            ats = [m.span for m in table().find(piece) if m.outlet == known]
        else:
            name = re.escape(parent.outlet)
            ats = [span(*m.span()) for m in re.finditer(rf"\b{name}\b", piece)]
        found += [span(window.start + a.start, window.start + a.end) for a in ats]
    return sorted(set(found))
