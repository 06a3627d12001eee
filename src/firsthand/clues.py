"""
What the tagger looks at: an article as columns of numbers, and hashed clues made from them.

Every token (word or mark) becomes a row of small numbers: a hash of the word, its classes (groups
of words that stand in the same surroundings), ending, shape, mark, family of cue, quotation,
sentence. A *clue* is a hash of a few of these, its own and its neighbours', and an index into a
table of weights. All clues of an article are made at once, column by column: no parser and no loop
over tokens, which is what makes the tagger quick enough for every page.

Clues for cues look at a token and its surroundings. Clues for the words around a known cue also say
on which side of it they stand, how far, and what lies between: commas, marks, other verbs of
speech, words that open a clause.

Known limit: a clue sees no grammar; a subject twenty words from its verb is found only by the marks
between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from firsthand.text import paragraphs, quotations, sentences
from firsthand.vocabulary import (
    BRACKET,
    CHARS,
    CLASS,
    CLOSES,
    COARSE,
    COLON,
    COMMA,
    DASH,
    END2,
    END3,
    FAMILY,
    FINE,
    HEAD4,
    MARK,
    NOTHING,
    OPENS,
    PIECE_CHARS,
    SHAPE,
    WORD,
    Hashes,
    Words,
    word_hash,
)

Ints = NDArray[np.int64]

# A token with the white space before it. What is not space is a token, so places only add up.
_PIECE = re.compile(r"\s*(?:\w+(?:[-.&]\w+)*|[’']\w{1,2}\b|[^\w\s])")
# Clues share a table of 2^22 places. Half a million are in use: one unknown clue in eight hits one.
BITS = 22
# Words around a cue further than this are never its source or content (one span in a thousand).
MOST_TOKENS_AROUND = 120
# News has every token read for one cue on average. Where there are so many cues that each is read
# more often than this, the text is no prose, and fewer tokens around each must do.
MOST_READINGS, FEW_TOKENS_AROUND = 8, 12
# A quotation going on over sentences or paragraphs is followed this far.
MOST_UNITS_AHEAD = 4


class Columns:
    """One text as columns: its tokens with their places, and what is known of each."""

    def __init__(self, text: str, words: Words, at: int = 0) -> None:
        """Find tokens, sentences, paragraphs and quotations of what stands ``at`` a longer text."""
        self.at = at
        self.text = text
        self.of = words.columns(_PIECE.findall(text))
        self.n = self.of.shape[1]
        self.end = np.cumsum(self.of[PIECE_CHARS], dtype=np.int64)
        self.start = self.end - self.of[CHARS]
        self.sentence = _index(sentences(text), self.start)
        self.paragraph = _index(paragraphs(text), self.start)
        self.quotations = quotes = quotations(text)
        ends = np.array([q.end for q in quotes] + [0], dtype=np.int64)
        self.quote = _index(quotes, self.start)
        self.quote[self.start >= ends[self.quote]] = -1
        self.quoted = (self.quote >= 0).astype(np.uint32)
        self.opens = np.ones(self.n, dtype=bool)
        self.opens[1:] = self.sentence[1:] != self.sentence[:-1]
        goes_on = np.zeros(self.n, dtype=bool)
        goes_on[1:] = (self.quote[1:] == self.quote[:-1]) & (self.quote[1:] >= 0)
        anew = np.ones(self.n, dtype=bool)
        anew[1:] = self.paragraph[1:] != self.paragraph[:-1]
        # A unit is a sentence never cut inside a quotation.
        fresh = (self.opens & ~goes_on) | anew
        self.unit = np.cumsum(fresh) - 1
        self.unit_starts = np.append(np.flatnonzero(fresh), self.n)
        marked = self.quoted | ((self.of[MARK] == OPENS) | (self.of[MARK] == CLOSES))
        self.unit_quotes = _any_by(self.unit_starts, marked)


def _index(spans: Sequence[object], starts: Ints) -> Ints:
    begins = np.array([s.start for s in spans], dtype=np.int64)  # type: ignore[attr-defined]
    return np.searchsorted(begins, starts, side="right") - 1


def _any_by(starts: Ints, flags: Hashes) -> Hashes:
    if not len(flags):
        return np.zeros(1, dtype=np.uint32)
    return np.maximum.reduceat(flags, starts[:-1]).astype(np.uint32)


def shifted(column: Hashes, by: int) -> Hashes:
    """
    Return, for every token, the value of the one ``by`` places on; NOTHING beyond the edges.

    >>> shifted(np.array([1, 2, 3], dtype=np.uint32), 1).tolist()[:2]
    [2, 3]
    """
    out = np.full_like(column, NOTHING)
    if by > 0:
        out[:-by] = column[by:]
    elif by < 0:
        out[-by:] = column[:by]
    return out if by else column


_ROUND, _FINISH = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)
_FOLD = np.uint32(15)
_KEEP = np.uint32(32 - BITS)


class Kinds:
    """Kinds of clue, each a few named columns hashed together."""

    def __init__(self, kinds: Sequence[str], seeds: Hashes) -> None:
        """Keep kinds ("w-1+w": columns joined by "+"), those of most columns first."""
        self.kinds, self._seeds = kinds, seeds[:, None]
        parts = [kind.split("+") for kind in kinds]
        self.columns = sorted({name for part in parts for name in part})
        at = {name: k for k, name in enumerate(self.columns)}
        self._first = [at[part[0]] for part in parts]
        self._more = [
            [at[part[place]] for part in parts if len(part) > place]
            for place in range(1, len(parts[0]))
        ]

    @classmethod
    def written(cls, seed: int, kinds: str) -> Kinds:
        """Return the kinds written with spaces between; ``seed`` sets them apart from others."""
        ordered = sorted(kinds.split(), key=lambda kind: kind.count("+"), reverse=True)
        seeds = np.arange(seed + 1, seed + len(ordered) + 1, dtype=np.uint32)
        return cls(ordered, seeds * np.uint32(0x3C6EF372))

    def of(self, columns: Mapping[str, Hashes]) -> Hashes:
        """Return the places of the clues in the table of weights: one row a kind."""
        base = np.stack([columns[name] for name in self.columns])
        mixed = base[self._first]
        mixed ^= self._seeds
        mixed *= _ROUND
        for more in self._more:
            part = mixed[: len(more)]
            part ^= part >> _FOLD
            part ^= base[more]
            part *= _ROUND
        mixed ^= mixed >> _FOLD
        mixed *= _FINISH
        mixed >>= _KEEP
        return mixed


def _since(mask: NDArray[np.bool_], most: int) -> Hashes:
    """Return how many tokens ago the mask was last true, at most ``most``."""
    at = np.arange(len(mask))
    last = np.maximum.accumulate(np.where(mask, at, -most - 1))
    return np.minimum(at - last, most).astype(np.uint32)


def _until(mask: NDArray[np.bool_], most: int) -> Hashes:
    return _since(mask[::-1], most)[::-1].copy()


_THAT = word_hash("that")


# w word, a coarse class, m class, f fine class, s shape, p mark, c family of cue, each with the
# number of tokens on (w-1: the word before); e endings; q quoted, u quotation in the unit; back and
# ahead: to the next mark of quotation; that: to the next "that"; into: from the sentence's start.
CUES = Kinds.written(
    0,
    """
    one w w-2 w-1 w1 w2 w-1+w w+w1 w-1+w+w1 w1+w2 w-2+w-1 m-3 m-2 m-1 m m1 m2 m3 a f
    m-1+m m+m1 a-1+m+a1 a-2+a-1+m m+a1+a2 w+a-1 w+a1 w+a1+a2 w+a-1+a1 w+a-2+a-1
    e3 e2+s h4 s+s-1+s1 q+w q+m u+w u+m+q back+a+q ahead+a+q that+w that+m into+a
    c+c1+c-1 p-1+p1+m c+q+u p-1+s1+m
    """,
)


# A few clues that tell most tokens from cues by themselves; only the doubtful are asked all others.
GATE = Kinds.written(200, "w m a-1+m+a1 w-1+w w+w1 m-1+m q+m u+m e2+s")


def gate_clues(c: Columns) -> Hashes:
    """Return the few clues by which a token is worth asking whether it is part of a cue."""
    return GATE.of(cue_columns(c))


def cue_clues(c: Columns) -> Hashes:
    """Return the clues of every token for being part of a cue: one row a kind of clue."""
    return CUES.of(cue_columns(c))


def cue_columns(c: Columns) -> dict[str, Hashes]:
    """Return the columns that clues for cues are made of."""
    word, mark = c.of[WORD], c.of[MARK]
    is_mark = (mark == OPENS) | (mark == CLOSES)
    columns = {
        "one": np.zeros(c.n, dtype=np.uint32), "f": c.of[FINE], "e3": c.of[END3],
        "e2": c.of[END2], "h4": c.of[HEAD4], "q": c.quoted, "u": c.unit_quotes[c.unit],
        "back": _since(is_mark, 12), "ahead": _until(is_mark, 12),
        "that": _until(word == _THAT, 6), "into": _since(c.opens, 6),
    }  # fmt: skip
    beside = {"w": WORD, "a": COARSE, "m": CLASS, "s": SHAPE, "p": MARK, "c": FAMILY}
    return columns | _beside(c, beside, CUES.columns)


def _beside(c: Columns, letters: Mapping[str, int], names: Sequence[str]) -> dict[str, Hashes]:
    """Return the columns that names such as "w-1" and "m2" ask for."""
    return {
        name: shifted(c.of[letters[name[0]]], int(name[1:] or 0))
        for name in names
        if name[0] in letters and name[1:].lstrip("-").isdigit() | (len(name) == 1)
    }


def around(c: Columns, first: Ints, behind: Ints) -> tuple[Ints, Ints]:
    """
    Return the token ranges in which source and content of each cue are looked for.

    It is the cue's unit, with the quotation that went before it and those that go on behind it.
    """
    unit = c.unit
    begin, end = np.empty_like(first), np.empty_like(first)
    for k, (i, j) in enumerate(zip(first.tolist(), behind.tolist(), strict=True)):
        a, b = _unit_range(c, int(unit[i]), int(unit[j - 1]), i)
        begin[k] = max(a, i - MOST_TOKENS_AROUND)
        end[k] = min(b, j + MOST_TOKENS_AROUND)
    if int((end - begin).sum()) > MOST_READINGS * c.n:
        begin = np.maximum(begin, first - FEW_TOKENS_AROUND)
        end = np.minimum(end, behind + FEW_TOKENS_AROUND)
    return begin, end


def _unit_range(c: Columns, first: int, last: int, cue: int) -> tuple[int, int]:
    starts, mark, here = c.unit_starts, c.of[MARK], c.paragraph[cue]
    a, b = int(starts[first]), int(starts[last + 1])
    for step in range(MOST_UNITS_AHEAD):
        if last + 2 >= len(starts):
            break
        after = starts[last + 1]
        speaks = mark[after] == OPENS or c.quote[after] >= 0
        introduced = step == 0 and c.text[int(c.end[b - 1]) - 1] == ":"
        if not speaks or not (c.paragraph[after] == here or introduced):
            break
        last += 1
        b = int(starts[last + 1])
    if first and c.paragraph[starts[first - 1]] == here and mark[a - 1] in (OPENS, CLOSES):
        a = int(starts[first - 1])
    return a, b


# How far a token stands from the cue, coarser with distance.
_STEPS = np.array(
    [0, 1, 2, 3, 4, 5, 6, 7, 7, *[8] * 3, *[9] * 5, *[10] * 9, *[11] * 15, 12], dtype=np.uint32
)
_CLAUSE_WORDS = np.array(
    [word_hash(w) for w in "that but and while as because when after although though if since "
     "which who where whereas before so than whether how what".split()], dtype=np.uint32
)  # fmt: skip


# As for cues, and: side of the cue, far and near (with side): how many tokens from it; what lies
# between (commas, quotes, clauses, breaks, that; passed, crossed, within: several of them);
# C the cue's last and (0) first word, B what stands before it, A behind it.
SPANS = Kinds.written(
    100,
    """
    side side+w side+w-1 side+w1 side+w-1+w side+w+w1 side+m side+m-1 side+m1 side+m-1+m side+m+m1
    side+a-1+a+a1 side+f side+a-2+a-1+a side+a+a1+a2 side+w-2+w-1 side+w1+w2 side+s-1+s+s1
    side+p-1+m side+p1+m e3+s far far+a near+w far+s+p-1 far+p near+a-1+a passed+unit crossed
    side+quotes+quoted+same+spoken that+near passed+a passed+p+p-1 passed+p+p1 crossed+a
    side+breaks+commas+p+p-1 side+unit+a side+unit+quoted+p-1+p1 side+that+commas+a
    quotes+quoted+spoken+near crossed+s Cw+near Cw+passed Cw+side+a Cw0+side+a Cw0+near Cm+a+near
    Cm0+side+w Cm+side+w Cm0+Cm+near+s Bp+Bs+near Bp+Ap+passed Ba+near+s Aa+near+s Bw+near Aw+near
    Ba+Aa+within Bp+Ap+As+near+s Cm+Bp+within Cm+Aa+within Cm+Aw+near Cm0+crossed+a
    length+Cm0+near Bp+Bs+spoken+commas+near+a Cm+that+clauses+commas+side
    """,
)


def span_clues(c: Columns, first: Ints, behind: Ints, begin: Ints, end: Ints) -> Hashes:
    """
    Return the clues of every token around every cue: one row a kind of clue.

    The tokens ``begin`` to ``end`` of the first cue come first, then those of the second.
    """
    sizes = end - begin
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    of = np.repeat(np.arange(len(first)), sizes)
    at = np.arange(offsets[-1]) - offsets[of] + begin[of]
    i, j = first[of], behind[of]
    left, right = at < i, at >= j
    zero = np.uint32(0)
    side = np.where(left, np.uint32(1), np.where(right, np.uint32(2), zero))
    gap = np.where(left, i - at, np.where(right, at - j + 1, 0))
    far = _STEPS[np.minimum(gap, len(_STEPS) - 1)] * np.uint32(4) + side
    near = np.minimum(far, np.uint32(20) + side)
    low, high = np.where(left, at + 1, j), np.where(left, i, at)

    def between(flags: NDArray[np.bool_], most: int) -> Hashes:
        total = np.concatenate([[0], np.cumsum(flags)])
        counted: Hashes = total[high] - total[np.minimum(low, high)]
        return np.clip(counted, 0, most).astype(np.uint32)

    word, coarse, middle = c.of[WORD], c.of[COARSE], c.of[CLASS]
    shape, mark, family = c.of[SHAPE], c.of[MARK], c.of[FAMILY]
    is_mark = (mark == OPENS) | (mark == CLOSES)
    commas, quotes = between(mark == COMMA, 3), between(is_mark, 3)
    speaks = between((family > 0) & (family < 7) & (c.quoted == 0), 2)
    that = between(word == _THAT, 1)
    breaks = between((mark == COLON) | (mark == DASH) | (mark == BRACKET), 1)
    clauses = between(np.isin(word, _CLAUSE_WORDS), 2)
    quoted = c.quoted[at]
    same_quote = (c.quote[at] == c.quote[i]).astype(np.uint32)
    sentence = (np.clip(c.unit[at] - c.unit[i], -1, 2) + 1).astype(np.uint32)
    spoken = c.unit_quotes[c.unit[i]]

    def cue(column: Hashes, where: Ints) -> Hashes:
        """Return a column beside or in the cue, for every token around it."""
        inside = (where >= 0) & (where < c.n)
        values = np.where(inside, column[np.clip(where, 0, c.n - 1)], np.uint32(NOTHING))
        return values[of]

    two, four = np.uint32(2), np.uint32(4)
    columns = {
        "side": side, "far": far, "near": near, "e3": c.of[END3][at], "f": c.of[FINE][at],
        "quoted": quoted, "same": same_quote, "unit": sentence, "spoken": spoken, "quotes": quotes,
        "commas": commas, "that": that, "breaks": breaks, "clauses": clauses,
        # Counts that are always used together, as one number.
        "passed": ((commas * four + quotes) * two + quoted) * four + side,
        "crossed": ((clauses * four + speaks) * four + commas) * four + side,
        "within": (commas * two + quoted) * four + side,
        "Cw": cue(word, behind - 1), "Cw0": cue(word, first), "Cm": cue(middle, behind - 1),
        "Cm0": cue(middle, first), "Bw": cue(word, first - 1), "Ba": cue(coarse, first - 1),
        "Bp": cue(mark, first - 1), "Bs": cue(shape, first - 1), "Aw": cue(word, behind),
        "Aa": cue(coarse, behind), "Ap": cue(mark, behind), "As": cue(shape, behind),
        "length": np.minimum(behind - first, 4).astype(np.uint32)[of],
    }  # fmt: skip
    beside = {"w": WORD, "a": COARSE, "m": CLASS, "s": SHAPE, "p": MARK}
    for name, column in _beside(c, beside, SPANS.columns).items():
        columns.setdefault(name, column[at])
    return SPANS.of(columns)
