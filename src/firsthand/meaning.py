"""
What a shared passage means: the reporter's prose, somebody's words, page furniture, a phrase.

Most words that two newsrooms share are somebody else's: of 320 natural overlaps read one by one, 93
in a hundred were a common speech, document, name or page furniture. A passage's words are laid side
by side and each is marked as *spoken* where either article shows it as somebody's words: inside
quotation marks, in a transcript or an embedded post, after a colon, or in the first or second
person. The others are *free*. In this order:

- service words ("sign up", "all rights reserved") or words run together: ``furniture``;
- ``copy`` where the signs of a reporter's own prose outweigh those of a speech, a name or a chance.
  The signs (:class:`Signs`) are counts anyone can check in the passage: free words in small
  letters, the longest stretch of them, borders between speech and prose that both articles cross at
  the same word, sentences, quotation marks right at the edge. Their points stand in
  ``data/meaning.tsv`` and were fitted by ``scripts/fit-meaning``, which prints how far they carry
  on stories they were not fitted on. A wrong copy counts as much as several missed ones;
- ``quote`` where what is spoken outweighs the longest free stretch, else ``formula``.

Prose too short to be sure of says so in its rule; what else the two articles share may decide it
(``relations.py``). Size decides nothing: runs of 120 equal words can be one speech.

Known to fail: a speech given without marks in both articles reads as prose; a copied passage that
lies wholly inside a quotation reads as quote, since nothing in it tells the two apart; furniture
seen once, without service words, reads as prose.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import compress, islice
from operator import and_, ne, or_
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from firsthand.model import Article, Meaning, Reuse, Span
from firsthand.pagewords import is_service, run_together
from firsthand.spoken import Ends, Voices
from firsthand.stage import each
from firsthand.text import WORD

# Below eight words a stretch between two quotations is an attribution ("the minister told
# reporters on Monday"), and a passage that short is not reported either.
STRETCH_WORDS = 8
# A stretch of this many words or more with this share of capitals is a name with its title.
FEWEST_NAME_WORDS, NAME_SHARE = 3, 0.4
# From so many words on it takes more capitals: a list of names (the states that sued).
LIST_WORDS, LIST_SHARE = 32, 0.75
# Edited passages are laid side by side by this many equal words in a row.
SEED_WORDS = 3
# This share of the words spoken on one side only: one article sets off what the other says itself.
ONE_SIDE_SHARE = 0.3
# Points above nought from which on a copy is sure.
SURE_POINTS = 100
# A passage is judged by so much of its beginning: what decides is counted up to far fewer words.
JUDGED_CHARS = 2000
# Passages whose words are remembered: the same furniture comes thousands of times.
PASSAGES_KEPT = 1 << 14

_SENTENCE_END = re.compile(r"[.!?][\"”’)\]]*\s+[\"“‘(\[]*[A-Z0-9]")
_MARKS = "\"“”«»„‘’'"


class Side(NamedTuple):
    """
    One side of a passage: its words, those spoken, and what stands around it.

    ``spoken`` are ends of what somebody says, counted from the passage's begin; ``begins`` and
    ``ends`` say whether a mark stands right before or behind it, ``glued`` and ``doubled`` whether
    it stands in a list of links.
    """

    passage: str
    spoken: tuple[Ends, ...] = ()
    begins: bool = False
    ends: bool = False
    glued: bool = False
    doubled: bool = False
    service: bool = False


class Signs(NamedTuple):
    """What speaks for and against a reporter's own prose; ``data/meaning.tsv`` has the points."""

    always: int
    small: int  # free words in small letters, up to 16
    small_beyond_7: int
    longest: int  # words of the longest free stretch that is no name, up to 20
    longest_beyond_7: int
    words: int  # up to 40
    borders: int  # between speech and prose, at the same words on both sides, up to 3
    inner: int  # free words between two speeches, up to 8
    lead: int  # free words before the first speech, up to 8
    tail: int  # and behind the last one
    sentences: int  # ends of sentences inside, on both sides, up to 3
    free_sentences: int  # the same, up to 2, where nothing is spoken
    spoken: int
    all_spoken: int
    one_side: int
    edited: int
    begins: int
    ends: int
    capitals: int  # tenths of the free words


class Weighed(NamedTuple):
    """The signs of a passage with what is needed where they do not make it a copy."""

    signs: Signs
    n_spoken: int
    n_free: int  # words of the longest free stretch
    n_prose: int  # words in free stretches that are no names and long enough to be prose
    names: bool


Verdict = tuple[Meaning, float, str]


@each(takes=Reuse, beside={"left_id": Article, "right_id": Article}, gives=Reuse, arrow=True)
def interpret(reuse: pa.Table, articles: pa.Table) -> pa.Table:
    """Return the rows with their meaning as far as the passage and the words around it show it."""
    names = articles.column("article_id").combine_chunks()
    number = [pc.index_in(reuse.column(c), names).to_numpy() for c in ("left_id", "right_id")]
    ends = [_ends(reuse.column(c)) for c in ("left", "right")]
    kinds, back = _sides(articles.column("text"), np.concatenate(number), np.vstack(ends))
    pair, row_pair = np.unique(
        back[: len(reuse)] * (len(kinds) + 1) + back[len(reuse) :], return_inverse=True
    )
    verdicts = [
        verdict_of(kinds[left], kinds[right])
        for left, right in zip(*(n.tolist() for n in np.divmod(pair, len(kinds) + 1)), strict=True)
    ]
    told = pc.equal(reuse.column("rule"), "recapture")
    at = pa.array(row_pair.reshape(-1))
    meaning, strength, rule = (
        pa.array([v[i] for v in verdicts], kind).take(at)
        for i, kind in enumerate((pa.string(), pa.float64(), pa.string()))
    )
    columns = {
        "meaning": pc.if_else(told, "copy", meaning),
        "strength": pc.if_else(told, reuse.column("strength"), strength),
        "rule": pc.if_else(told, reuse.column("rule"), rule),
    }
    for name, column in columns.items():
        place = reuse.schema.get_field_index(name)
        reuse = reuse.set_column(place, reuse.schema.field(name), column)
    return reuse


def _ends(spans: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return begin and end of spans, a row each."""
    flat = spans.combine_chunks()
    return np.column_stack([pc.struct_field(flat, name).to_numpy() for name in ("start", "end")])


def _sides(
    texts: pa.ChunkedArray, text: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[list[Side], NDArray[np.int64]]:
    """
    Return the different sides that passages have, and for each passage which of them is its own.

    One text is read after the other, each once, and only around its passages.
    """
    order = np.lexsort((ends[:, 1], ends[:, 0], text))
    kinds: dict[Side, int] = {}
    service: dict[str, bool] = {}
    found: list[int] = []
    now, voices, at, kind = -1, Voices(""), (-1, -1), -1
    rows = zip(text[order].tolist(), *ends[order].T.tolist(), strict=True)
    for number, start, end in rows:
        if number != now:
            now, voices, at = number, Voices(texts[number].as_py()), (-1, -1)
        if at != (start, end):
            at = (start, end)
            kind = kinds.setdefault(side_of(voices, at, service), len(kinds))
        found.append(kind)
    back = np.empty(len(text), np.int64)
    back[order] = found
    return list(kinds), back


def side_of(voices: Voices, at: Ends, service: dict[str, bool] | None = None) -> Side:
    """Return one side of a passage; ``service`` remembers which passages speak for a page."""
    start, end = at[0], min(at[1], at[0] + JUDGED_CHARS)
    text = voices.text
    passage = text[start:end]
    known = service if service is not None else {}
    if passage not in known:
        known[passage] = is_service(passage)
    if known[passage]:
        return Side(passage, service=True)
    glued, doubled = run_together(text, start, end)
    said = _joined(
        (max(0, begin - start), min(end, stop) - start)
        for begin, stop in voices.spoken(start, end)
        if not voices.is_medium((begin, stop))
    )
    begins = text[max(0, start - 3) : start].rstrip()[-1:]
    follows = text[end : end + 4].lstrip(" .,!?")[:1]
    return Side(
        passage,
        said,
        begins != "" and begins in _MARKS,
        follows != "" and follows in _MARKS,
        glued,
        doubled,
    )


def _joined(spoken: Iterable[Ends]) -> tuple[Ends, ...]:
    """Return the same characters as stretches that do not overlap; given by their begins."""
    found: list[Ends] = []
    for begin, end in spoken:
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return tuple(found)


def meaning_of(left_text: str, left: Span, right_text: str, right: Span) -> Verdict:
    """
    Return meaning, strength and rule of one passage, from both texts around it.

    >>> from firsthand.model import span
    >>> said = "“The harbour belongs to the people who fish in it and to nobody else.”"
    >>> a, b = f"{said} That was the mayor.", f"On Monday the mayor wrote: {said}"
    >>> at = b.index(said)
    >>> meaning_of(a, span(1, 68), b, span(at + 1, at + 68))[0]
    'quote'
    >>> prose = "The vote followed a night of talks in which the fishing towns gave up a veto."
    >>> meaning_of(prose, span(0, 76), prose, span(0, 76))[0]
    'copy'
    """
    return verdict_of(
        side_of(_voices(left_text), (left.start, left.end)),
        side_of(_voices(right_text), (right.start, right.end)),
    )


@lru_cache(maxsize=64)
def _voices(text: str) -> Voices:
    return Voices(text)


def verdict_of(left: Side, right: Side, points: Sequence[int] | None = None) -> Verdict:
    """
    Return what a passage with these sides means, how surely (0–1), and by which rule.

    ``points``, one for each of :class:`Signs`, are the shipped ones unless given.
    """
    if left.service or right.service:
        return "furniture", 0.9, "service words"
    if left.doubled or right.doubled or (left.glued and right.glued):
        return "furniture", 0.6, "words run together"
    found = weigh(left, right)
    total = sum(map(int.__mul__, found.signs, points or _points()))
    if total >= 0:
        return "copy", 0.9 if total >= SURE_POINTS else 0.7, "prose"
    if found.n_prose:
        mostly: Meaning = "quote" if found.n_spoken > found.n_prose else "formula"
        return mostly, 0.3, f"short prose, else {mostly}"
    n_words = found.signs.words
    if found.n_spoken >= max(3, found.n_free):
        return "quote", 0.9 if found.n_spoken > 0.8 * n_words else 0.6, "spoken"
    return "formula", 0.7 if found.names else 0.4, "names" if found.names else "few words"


@cache
def _points() -> tuple[int, ...]:
    """Return the points of each sign, in the order of :class:`Signs`."""
    text = (files("firsthand") / "data" / "meaning.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    points = {name: int(n) for name, n, *_ in rows[1:]}
    return tuple(points[name] for name in Signs._fields)


def weigh(left: Side, right: Side) -> Weighed:
    """Return the signs of a passage, for or against its being a reporter's own prose."""
    mine, theirs = left.passage, right.passage
    small = _small(mine)
    edited = mine != theirs and _forms(mine) != _forms(theirs)
    n_sentences = min(_sentences(mine), _sentences(theirs))
    edges = edited, left.begins or right.begins, left.ends or right.ends
    pairs = _side_by_side(_forms(mine), _forms(theirs)) if edited else None
    if pairs is not None:
        small = [small[i] for i, _ in pairs]
    if not left.spoken and not right.spoken:
        return _all_free(small, n_sentences, *edges)
    places = ([i for i, _ in pairs], [j for _, j in pairs]) if pairs is not None else (None, None)
    said, heard = (_said(s, at, len(small)) for s, at in zip((left, right), places, strict=True))
    return _weighed(small, said, heard, n_sentences, *edges)


def _all_free(
    small: Sequence[bool], n_sentences: int, edited: bool, begins: bool, ends: bool
) -> Weighed:
    """Return :func:`_weighed` of words that nobody speaks: most passages."""
    n, n_small = len(small), sum(small)
    name = _is_name(small)
    longest = 0 if name else n
    signs = Signs(
        1, min(n_small, 16), min(max(0, n_small - 7), 12), min(longest, 20),
        min(max(0, longest - 7), 9), min(n, 40), 0, 0, 0, 0, min(n_sentences, 3),
        min(n_sentences, 2), 0, int(not n), 0, int(edited), int(begins), int(ends),
        10 * (n - n_small) // max(1, n),
    )  # fmt: skip
    return Weighed(signs, 0, n, longest if longest >= STRETCH_WORDS else 0, name and n > 0)


def _weighed(
    small: Sequence[bool],
    said: Sequence[bool],
    heard: Sequence[bool],
    n_sentences: int,
    edited: bool,
    begins: bool,
    ends: bool,
) -> Weighed:
    n = len(small)
    free = [not either for either in map(or_, said, heard)]
    stretches = _stretches(free)
    prose = [b - a for a, b in stretches if not _is_name(small[a:b])]
    n_free = sum(free)
    n_small = sum(compress(small, free))
    longest = max(prose, default=0)
    spoken = n_free < n
    first, last = (stretches[0], stretches[-1]) if stretches else ((1, 1), (0, 0))
    signs = Signs(
        always=1,
        small=min(n_small, 16),
        small_beyond_7=min(max(0, n_small - 7), 12),
        longest=min(longest, 20),
        longest_beyond_7=min(max(0, longest - 7), 9),
        words=min(n, 40),
        borders=min(_borders(said, heard), 3) if n_free else 0,
        inner=min(sum(b - a for a, b in stretches if a > 0 and b < n), 8),
        lead=min(first[1], 8) if spoken and first[0] == 0 else 0,
        tail=min(n - last[0], 8) if spoken and last[1] == n else 0,
        sentences=min(n_sentences, 3),
        free_sentences=0 if spoken else min(n_sentences, 2),
        spoken=int(spoken),
        all_spoken=int(not n_free),
        one_side=int(sum(map(ne, said, heard)) > ONE_SIDE_SHARE * n),
        edited=int(edited),
        begins=int(begins),
        ends=int(ends),
        capitals=10 * (n_free - n_small) // max(1, n_free),
    )
    return Weighed(
        signs,
        n - n_free,
        max((b - a for a, b in stretches), default=0),
        sum(size for size in prose if size >= STRETCH_WORDS),
        len(prose) < len(stretches),
    )


def _said(side: Side, places: Sequence[int] | None, n_words: int) -> list[bool]:
    """Return for each word, or for those at the places given, whether it is spoken."""
    if not side.spoken or side.spoken[0] == (0, len(side.passage)):
        return [bool(side.spoken)] * n_words
    begins = _begins(side.passage)
    said = [False] * len(begins)
    for begin, end in side.spoken:
        first, last = bisect_left(begins, begin), bisect_left(begins, end)
        said[first:last] = [True] * (last - first)
    return said if places is None else [said[i] for i in places]


def _stretches(free: Sequence[bool]) -> list[Ends]:
    """Return where free words stand in a row; edited words between them do not end one."""
    if all(free) or not any(free):
        return [(0, len(free))] if any(free) else []
    found, begin = [], -1
    for at, is_free in enumerate([*free, False]):
        if is_free and begin < 0:
            begin = at
        elif not is_free and begin >= 0:
            found.append((begin, at))
            begin = -1
    return found


def _borders(said: Sequence[bool], heard: Sequence[bool]) -> int:
    """Return how often both sides go from speech to prose or back at the same word."""
    if not any(said) or not any(heard):
        return 0
    turns = (map(ne, side, islice(side, 1, None)) for side in (said, heard))
    return sum(map(and_, *turns))


def _is_name(small: Sequence[bool]) -> bool:
    """
    Return whether a stretch is a name, a title, an institution: mostly capitals.

    >>> _is_name([False, False, True, False, True, False, False])
    True
    >>> _is_name([True, False, True, True, False, True, True])
    False
    """
    n = len(small)
    share = NAME_SHARE if n < LIST_WORDS else LIST_SHARE
    return n >= FEWEST_NAME_WORDS and n - sum(small) >= share * n


@lru_cache(maxsize=PASSAGES_KEPT)
def _found(passage: str) -> list[str]:
    found: list[str] = WORD.findall(passage)
    return found


@lru_cache(maxsize=PASSAGES_KEPT)
def _small(passage: str) -> list[bool]:
    return [word[0].islower() for word in _found(passage)]


@lru_cache(maxsize=PASSAGES_KEPT)
def _sentences(passage: str) -> int:
    return len(_SENTENCE_END.findall(passage))


@lru_cache(maxsize=PASSAGES_KEPT)
def _forms(passage: str) -> list[str]:
    return [*map(str.casefold, _found(passage))]


@lru_cache(maxsize=PASSAGES_KEPT)
def _begins(passage: str) -> list[int]:
    return [m.start() for m in WORD.finditer(passage)]


def _side_by_side(words: Sequence[str], others: Sequence[str]) -> list[Ends]:
    """
    Return the places of words that stand on both sides, in order: three or more in a row.

    >>> _side_by_side("so he came to the quay".split(), "and he came to the old quay".split())
    [(1, 1), (2, 2), (3, 3), (4, 4)]
    """
    grams = [list(zip(*(w[k:] for k in range(SEED_WORDS)), strict=False)) for w in (words, others)]
    # Of a seed that stands several times the first place counts.
    seeds = {seed: len(grams[1]) - 1 - back for back, seed in enumerate(reversed(grams[1]))}
    found: list[Ends] = []
    after, after_other = 0, 0
    for i, place in enumerate(map(seeds.get, grams[0])):
        if place is None or place + SEED_WORDS <= after_other:
            continue
        new = max(0, after - i, after_other - place)
        found += [(i + k, place + k) for k in range(new, SEED_WORDS)]
        after, after_other = i + SEED_WORDS, place + SEED_WORDS
    return found
