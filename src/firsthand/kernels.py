"""
The inner loops of text reuse: arrays in, arrays out, no text and no records.

A text becomes three arrays of equal length (:class:`Tokens`): where each word begins, where it
ends, and a 63-bit hash of its casefolded form. Everything after that is arithmetic on the hashes:
n-grams, winnowed fingerprints (Schleimer, Wilkerson, Aiken 2003), matching n-grams of two texts,
maximal runs of equal words, and chains of runs with a few other words in between. Offsets are
characters of the text as given, so nothing has to be walked back from a normal form.

Words are exactly those of :data:`firsthand.text.WORD`. The hash is a polynomial over code points
with a final mix: the same on every machine and in every run, which Python's ``hash`` is not.

Known limit: in a script written without spaces a whole clause is one word, so only clauses that are
equal as a whole are found there.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

# Odd, so that it has an inverse modulo 2^64 and no code point is shifted out of the hash.
BASE = 0x9E3779B97F4A7C15
BASE_INVERSE = pow(BASE, -1, 1 << 64)
GRAM_BASE = 0xD6E8FEB86659FD93
# Texts are taken in pieces of this many characters, so that memory does not follow the text.
_PIECE_CHARS = 1 << 18
_BMP = 1 << 16
# An n-gram that stands more often than this in both texts is matched in order of occurrence only
# (first with first, second with second): all with all would be quadratic in a text that repeats.
MOST_REPEATS = 16
# How far apart two runs may lie, in words, and still be one edited passage: less than a sentence.
# At 10, passages with three words in ten replaced fell apart (character F1 .87 instead of .91).
WIDEST_GAP = 16
# Runs looked back over when chaining; a window of WIDEST_GAP words seldom holds more.
LOOK_BACK = 40
# What a word of gap costs, in hundredths of a word of equal text; three equal words pay for a gap
# of eight. An integer, so that no sum depends on its order.
GAP_COST = 35


class Tokens(NamedTuple):
    """The words of one text: character ``start`` and ``end`` of each, and a hash of its form."""

    start: Ints
    end: Ints
    hash: Ints


class Index(NamedTuple):
    """
    The n-grams of one text in order, with their places, and a table of their lowest bits.

    Most n-grams of another text fail at the table, which costs far less than a search.
    """

    ordered: Ints
    order: Ints
    seen: NDArray[np.bool_]


class Runs(NamedTuple):
    """Maximal runs of equal words: first word on either side and how many words."""

    left: Ints
    right: Ints
    length: Ints


def tokenise(text: str) -> Tokens:
    """
    Return the words of a text as arrays; the hash is of the casefolded word.

    >>> words = tokenise("Port PORT, fort")
    >>> words.start.tolist(), words.end.tolist()
    ([0, 5, 11], [4, 9, 15])
    >>> bool(words.hash[0] == words.hash[1]), bool(words.hash[0] == words.hash[2])
    (True, False)
    """
    pieces, at = [], 0
    while at < len(text):
        size = _PIECE_CHARS
        piece = _codes(text[at : at + size])
        isword = _is_word(piece)
        while at + len(piece) < len(text) and bool(isword.all()):
            size *= 2  # one word longer than the piece
            piece = _codes(text[at : at + size])
            isword = _is_word(piece)
        if at + len(piece) < len(text) and isword[-1]:
            cut = len(piece) - int(np.argmin(isword[::-1]))
            piece, isword = piece[:cut], isword[:cut]
        pieces.append(_tokens_of(text[at : at + len(piece)], piece, isword, at))
        at += len(piece)
    if not pieces:
        return Tokens(*(np.zeros(0, np.int64) for _ in range(3)))
    return Tokens(*(np.concatenate([p[i] for p in pieces]) for i in range(3)))


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@cache
def _bmp_words() -> NDArray[np.bool_]:
    return np.array([chr(c).isalnum() or c == 0x5F for c in range(_BMP)])


def _is_word(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return for every code point whether ``\\w`` matches it."""
    low = codes < _BMP
    found: NDArray[np.bool_] = _bmp_words()[np.where(low, codes, 0)]
    if not low.all():
        rare, back = np.unique(codes[~low], return_inverse=True)
        found[~low] = np.array([chr(c).isalnum() for c in rare.tolist()])[back]
    return found


def _tokens_of(text: str, codes: NDArray[np.uint32], isword: NDArray[np.bool_], at: int) -> Tokens:
    """Return the tokens of one piece of a text that begins at character ``at`` of it."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], isword, [False])).view(np.int8)))
    start, end = edges[0::2].astype(np.int64), edges[1::2].astype(np.int64)
    folded = text.casefold()
    if len(folded) == len(text):  # folding never shortens, so nothing has moved
        return Tokens(start + at, end + at, _word_hashes(_codes(folded), start, end))
    grown = np.fromiter((len(c.casefold()) for c in text), np.int64, len(text))
    moved = np.concatenate(([0], np.cumsum(grown)))
    return Tokens(start + at, end + at, _word_hashes(_codes(folded), moved[start], moved[end]))


@cache
def powers(base: int, size: int) -> Hashes:
    """Return the powers of ``base`` below ``base ** size``, modulo 2^64."""
    with np.errstate(over="ignore"):
        steps = np.full(size, base, np.uint64)
        steps[0] = 1
        return np.cumprod(steps)


def _word_hashes(codes: NDArray[np.uint32], start: Ints, end: Ints) -> Ints:
    """Return a hash of the code points from each start to its end, by differences of one sum."""
    size = 1 << max(12, (len(codes) + 1).bit_length())
    up, down = powers(BASE, size), powers(BASE_INVERSE, size)
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * down[: len(codes)], out=sums[1:])
    return _mixed((sums[end] - sums[start]) * up[start] + (end - start).astype(np.uint64))


def _mixed(values: Hashes) -> Ints:
    """Return the values with every bit spread over all others (splitmix64), as 63-bit integers."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Ints = ((values ^ (values >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)
    return mixed


def ngrams(hashes: Ints, n: int) -> Ints:
    """
    Return a 63-bit hash for every run of ``n`` successive words (none where there are fewer).

    >>> grams = ngrams(tokenise("a b c a b").hash, 2)
    >>> len(grams), bool(grams[0] == grams[3]), bool(grams[0] == grams[1])
    (4, True, False)
    """
    count = max(0, len(hashes) - n + 1)
    words = hashes.astype(np.uint64)
    total = np.zeros(count, np.uint64)
    for i in range(n):
        total = total * np.uint64(GRAM_BASE) + words[i : i + count]
    return _mixed(total)


def winnow(grams: Ints, window: int) -> Ints:
    """
    Return the places of the n-grams kept: the least of every ``window``, the last one of equals.

    Two texts that share ``window`` successive n-grams are sure to keep one of them in both. Fewer
    n-grams than a window keep their least.

    >>> winnow(np.array([5, 3, 8, 9, 4, 7]), 3).tolist()
    [1, 4]
    """
    if len(grams) == 0:
        return np.zeros(0, np.int64)
    window = min(window, len(grams))
    views = np.lib.stride_tricks.sliding_window_view(grams, window)
    last_least = window - 1 - np.argmin(views[:, ::-1], axis=1)
    return np.unique(np.arange(len(views)) + last_least)


def index(grams: Ints) -> Index:
    """Return the n-grams of one text made ready to be looked up in: see :func:`seeds`."""
    order = np.argsort(grams, kind="stable")
    seen = np.zeros(1 << max(8, 4 + len(grams).bit_length()), bool)
    seen[grams & (len(seen) - 1)] = True
    return Index(grams[order], order, seen)


def seeds(left: Index, right: Ints) -> tuple[Ints, Ints]:
    """
    Return the places (in the left text, in the right) of all n-grams the texts have in common.

    One that stands more than :data:`MOST_REPEATS` times in both is matched in order of occurrence,
    the first with the first; of one that does so on one side, the first few there are taken.

    >>> [places.tolist() for places in seeds(index(np.array([7, 5, 7])), np.array([4, 7]))]
    [[0, 2], [1, 1]]
    """
    hit = np.flatnonzero(left.seen[right & (len(left.seen) - 1)])
    first = np.searchsorted(left.ordered, right[hit], "left")
    count = np.searchsorted(left.ordered, right[hit], "right") - first
    hit, first, count = hit[count > 0], first[count > 0], count[count > 0]
    nth, total = _occurrences(right[hit])
    in_order = (count > MOST_REPEATS) & (total > MOST_REPEATS)
    take = np.where(nth < MOST_REPEATS, np.minimum(count, MOST_REPEATS), 0)
    take = np.where(in_order, nth < count, take)
    first = np.where(in_order, first + nth, first)
    in_right = np.repeat(hit, take)
    within = np.arange(len(in_right)) - np.repeat(np.cumsum(take) - take, take)
    return left.order[np.repeat(first, take) + within], in_right


def _occurrences(values: Ints) -> tuple[Ints, Ints]:
    """Return for each value how many equal ones stand before it, and how many there are in all."""
    order = np.argsort(values, kind="stable")
    _, back, totals = np.unique(values, return_inverse=True, return_counts=True)
    begins = np.cumsum(totals) - totals
    nth = np.empty(len(values), np.int64)
    nth[order] = np.arange(len(values)) - begins[back[order]]
    return nth, totals[back]


def runs(left: Ints, right: Ints, n: int, left_index: Index | None = None) -> Runs:
    """
    Return the maximal runs of equal words of two texts that hold a common ``n``-gram.

    ``left`` and ``right`` are the word hashes; ``left_index`` is the left text's index of n-grams
    where it is at hand. Ordered by place in the right text.

    >>> runs(tokenise("a b c d e").hash, tokenise("x b c d a b c").hash, 3)
    Runs(left=array([1, 0]), right=array([1, 4]), length=array([3, 3]))
    """
    at_left, at_right = seeds(left_index or index(ngrams(left, n)), ngrams(right, n))
    shift = at_right - at_left
    order = np.lexsort((at_left, shift))
    at_left, at_right, shift = at_left[order], at_right[order], shift[order]
    joined = (np.diff(shift) == 0) & (np.diff(at_left) == 1)
    begin = np.flatnonzero(np.concatenate(([len(at_left) > 0], ~joined)))
    length = np.diff(np.concatenate((begin, [len(at_left)]))) + n - 1
    found = _whole_runs(left, right, at_left[begin], at_right[begin], length)
    order = np.lexsort((found.left, found.right))
    return Runs(found.left[order], found.right[order], found.length[order])


def _whole_runs(left: Ints, right: Ints, at: Ints, at_right: Ints, length: Ints) -> Runs:
    """Return runs grown to their full length: a repeated n-gram left out of the seeds cuts them."""
    found: list[tuple[int, int, int]] = []
    done, done_shift = -1, None
    for a, b, n in zip(at.tolist(), at_right.tolist(), length.tolist(), strict=True):
        if done_shift == b - a and a < done:
            continue
        start, end, shift = a, a + n, b - a
        while start > 0 and start + shift > 0 and left[start - 1] == right[start + shift - 1]:
            start -= 1
        while end < len(left) and end + shift < len(right) and left[end] == right[end + shift]:
            end += 1
        found.append((start, start + shift, end - start))
        done, done_shift = end, shift
    columns = np.array(found, np.int64).reshape(-1, 3)
    return Runs(columns[:, 0], columns[:, 1], columns[:, 2])


def chains(found: Runs) -> list[list[tuple[int, int, int]]]:
    """
    Return the runs joined into passages, best first: each a list of (left, right, length).

    Runs follow one another on both sides with at most :data:`WIDEST_GAP` words between them. Every
    run is in one passage at most; where two overlap, the later one is cut.
    """
    size = len(found.left)
    left, right, length = (values.tolist() for values in found)
    reach = WIDEST_GAP + max(length, default=0)
    score, before = [100 * n for n in length], [-1] * size
    for q in range(size):
        for p in range(q - 1, max(-1, q - 1 - LOOK_BACK), -1):
            if right[q] - right[p] > reach:
                break
            gain = _gain(left, right, length, p, q)
            if gain is not None and score[p] + gain > score[q]:
                score[q], before[q] = score[p] + gain, p
    used, passages = [False] * size, []
    for q in sorted(range(size), key=lambda i: (-score[i], i)):
        path, at = [], q
        while at >= 0 and not used[at]:
            used[at] = True
            path.append((left[at], right[at], length[at]))
            at = before[at]
        if path:
            passages.append(_cut_apart(path[::-1]))
    return passages


def _gain(left: list[int], right: list[int], length: list[int], p: int, q: int) -> int | None:
    """Return what run ``q`` adds to a passage ending with ``p``, in hundredths; None: nothing."""
    gap_left = left[q] - left[p] - length[p]
    if gap_left > WIDEST_GAP:
        return None
    gap_right = right[q] - right[p] - length[p]
    overlap = max(0, -gap_left, -gap_right)
    if gap_right > WIDEST_GAP or left[q] <= left[p] or right[q] <= right[p]:
        return None
    if overlap >= length[q]:
        return None
    gap = max(gap_left, gap_right) + overlap
    return 100 * (length[q] - overlap) - GAP_COST * gap


def _cut_apart(path: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return the runs of a passage with overlaps taken off the later run."""
    parts = [path[0]]
    for left, right, length in path[1:]:
        at_left, at_right, before = parts[-1]
        overlap = max(0, at_left + before - left, at_right + before - right)
        if length > overlap:
            parts.append((left + overlap, right + overlap, length - overlap))
    return parts


def equal_words(left: Any, right: Any) -> int:
    """
    Return how many words two short runs share in order (longest common subsequence).

    >>> equal_words([1, 2, 3, 4], [9, 2, 4])
    2
    """
    row = [0] * (len(right) + 1)
    for word in left:
        diagonal = 0
        for j, other in enumerate(right, 1):
            diagonal, row[j] = row[j], diagonal + 1 if word == other else max(row[j], row[j - 1])
    return row[-1]
