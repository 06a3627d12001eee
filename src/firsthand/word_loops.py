"""
Words and fingerprints of many texts in one call: the loops of ``kernels.py`` for a compiler.

``kernels.py`` is the definition; this module and ``pair_loops.py`` give row for row the same (a
property test holds them together). Compiled by numba, which takes some seconds the first time and
about one when its cache on disk is found; :func:`firsthand.corpus.pays` decides when that is worth
it.

Texts come as UTF-8 in one array with the place where each begins, as Arrow holds them, so that
nothing is copied; offsets that go out are characters of the text. All loops take time in proportion
to their input.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from firsthand import kernels
from firsthand.kernels import Ints

_U = np.uint64
_ONE, _ZERO = np.uint64(1), np.uint64(0)
_INVERSE = np.uint64(kernels.BASE_INVERSE)
_GRAM = np.uint64(kernels.GRAM_BASE)
# Letters and digits end well below the last plane; above, no code point is a word's.
_PLANES = 0x32000
# Words are seldom longer; for those that are, powers are worked out.
_POWERS = 64


class Words(NamedTuple):
    """
    The words of many texts: hash, first character and number of characters of each.

    Those of text ``i`` are ``begin[i]`` up to ``begin[i + 1]``. A corpus has a word every six
    bytes, so each number is kept as small as it can be.
    """

    begin: Ints
    start: NDArray[np.int32]
    length: NDArray[Any]
    hash: Ints


@cache
def _letters() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """
    Return, for each code point, what it folds to (-1: no part of a word), and longer foldings.

    A folding of several letters is minus two minus its row in the second array (zero-padded).
    """
    folded = np.full(_PLANES, -1, np.int32)
    longer: list[list[int]] = []
    for code in range(_PLANES):
        char = chr(code)
        if char.isalnum() or char == "_":
            form = char.casefold()
            if len(form) == 1:
                folded[code] = ord(form)
            else:
                folded[code] = -2 - len(longer)
                longer.append([*map(ord, form), 0, 0, 0][:3])
    return folded, np.array(longer, np.int32)


@njit(cache=True, nogil=True)
def _mixed(value):  # type: ignore[no-untyped-def]
    value = (value ^ (value >> _U(30))) * _U(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> _U(27))) * _U(0x94D049BB133111EB)
    return np.int64((value ^ (value >> _U(31))) >> _ONE)


@njit(cache=True, nogil=True)
def _power(powers, exponent):  # type: ignore[no-untyped-def]
    """Return a power of the inverse base; a table of the first ones breaks no chain of products."""
    if exponent < len(powers):
        return powers[exponent]
    power, square, left = _ONE, _INVERSE, exponent
    while left:
        if left & 1:
            power *= square
        square *= square
        left >>= 1
    return power


@njit(cache=True, nogil=True)
def _tokenise(data, at_byte, folded, longer, powers, begin, start, length, hashes):  # type: ignore[no-untyped-def]
    """Fill the arrays with the words of every text; return how many there are."""
    n = 0
    for text in range(len(at_byte) - 1):
        begin[text] = n
        i, stop = at_byte[text], at_byte[text + 1]
        at = 0  # characters
        value, size = _ZERO, 0
        while i < stop:
            code = np.int64(data[i])
            if code < 0x80:
                i += 1
            elif code < 0xE0:
                code = ((code & 0x1F) << 6) | (data[i + 1] & 0x3F)
                i += 2
            elif code < 0xF0:
                code = ((code & 0x0F) << 12) | ((data[i + 1] & 0x3F) << 6) | (data[i + 2] & 0x3F)
                i += 3
            else:
                code = ((code & 0x07) << 18) | ((data[i + 1] & 0x3F) << 12)
                code |= ((data[i + 2] & 0x3F) << 6) | (data[i + 3] & 0x3F)
                i += 4
            letter = folded[code] if code < len(folded) else -1
            if letter == -1:
                if size:
                    hashes[n] = _mixed(value + _U(size))
                    length[n] = at - start[n]
                    n += 1
                    value, size = _ZERO, 0
            else:
                if not size:
                    start[n] = at
                if letter >= 0:
                    value += _U(letter + 1) * _power(powers, size)
                    size += 1
                else:
                    for k in range(3):
                        if longer[-2 - letter, k]:
                            value += _U(longer[-2 - letter, k] + 1) * _power(powers, size)
                            size += 1
            at += 1
        if size:
            hashes[n] = _mixed(value + _U(size))
            length[n] = at - start[n]
            n += 1
    begin[len(at_byte) - 1] = n
    return n


@njit(cache=True, nogil=True)
def _count_words(data, at_byte, folded):  # type: ignore[no-untyped-def]
    """
    Return at least as many as there are words, and at least as many bytes as the longest has.

    Counted are runs of letters, and of bytes that may be letters.
    """
    n, longest, run = 0, 0, 0
    for text in range(len(at_byte) - 1):
        inside, run = False, 0
        for i in range(at_byte[text], at_byte[text + 1]):
            byte = data[i]
            letter = byte >= 0x80 or folded[byte] != -1
            if byte >= 0xC0 and inside:
                n += 1  # what it stands for may be no letter, and then a word ends here
            elif letter and not inside:
                n += 1
            inside = letter
            run = run + 1 if letter else 0
            longest = max(longest, run)
    return n, longest


def tokenise(data: NDArray[np.uint8], at_byte: Ints, threads: int = 1) -> Words:
    """
    Return the words of texts that lie one after another in ``data``, as :func:`kernels.tokenise`.

    Text ``i`` is UTF-8 from ``at_byte[i]`` up to ``at_byte[i + 1]``. Each thread takes a stretch of
    the texts; its words are then moved up to where those of the one before end.
    """
    folded, longer = _letters()
    parts = _stretches(at_byte, threads)
    with ThreadPoolExecutor(len(parts)) as pool:
        places = [at_byte[lo : hi + 1] for lo, hi in parts]
        counts = list(pool.map(lambda own: _count_words(data, own, folded), places))
        most, longest = sum(n for n, _ in counts), max(size for _, size in counts)
        begin = np.zeros(len(at_byte), np.int64)
        start, hashes = np.empty(most, np.int32), np.empty(most, np.int64)
        length = np.empty(most, np.uint16 if longest < 1 << 16 else np.int32)
        columns, first = (start, length, hashes), np.cumsum([0, *(n for n, _ in counts)]).tolist()
        powers = kernels.powers(kernels.BASE_INVERSE, _POWERS)

        def fill(number: int) -> int:
            lo, hi = parts[number]
            own = (column[first[number] : first[number + 1]] for column in columns)
            of_text = np.zeros(hi - lo + 1, np.int64)
            n = _tokenise(data, places[number], folded, longer, powers, of_text, *own)
            begin[lo:hi] = of_text[:-1]
            return int(n)

        sizes = list(pool.map(fill, range(len(parts))))
    at = 0
    for (lo, hi), was, n in zip(parts, first, sizes, strict=False):
        begin[lo:hi] += at
        if at < was:
            for column in columns:
                column[at : at + n] = column[was : was + n]
        at += n
    begin[-1] = at
    return Words(begin, *(column[:at] for column in columns))


def _stretches(at_byte: Ints, n: int) -> list[tuple[int, int]]:
    """Return up to ``n`` stretches of texts with about as many bytes each: first, past the last."""
    total = int(at_byte[-1] - at_byte[0])
    cuts = np.searchsorted(at_byte, at_byte[0] + np.arange(1, n) * (total / max(n, 1)))
    edges = np.unique(np.concatenate(([0], cuts, [len(at_byte) - 1]))).tolist()
    return list(pairwise(edges)) or [(0, 0)]


@njit(cache=True, nogil=True)
def _gram(hashes, at, n):  # type: ignore[no-untyped-def]
    total = _ZERO
    for k in range(n):
        total = total * _GRAM + _U(hashes[at + k])
    return _mixed(total)


@njit(cache=True, nogil=True)
def _fingerprints(begin, hashes, n, window, text_of, gram_of, place_of):  # type: ignore[no-untyped-def]
    """Fill in the n-grams kept of every text, in order of their places; return how many."""
    kept = 0
    grams = np.empty(0, np.int64)
    for text in range(len(begin) - 1):
        first, count = begin[text], begin[text + 1] - begin[text] - n + 1
        if count <= 0:
            continue
        if count > len(grams):
            grams = np.empty(2 * count, np.int64)
        for i in range(count):
            grams[i] = _gram(hashes, first + i, n)
        width = min(window, count)
        last = -1
        for i in range(count - width + 1):
            least = i
            for k in range(i + 1, i + width):
                if grams[k] <= grams[least]:
                    least = k
            # A word over and over is one n-gram over and over: once is enough.
            if least != last and (last < 0 or grams[least] != grams[last]):
                text_of[kept], gram_of[kept], place_of[kept] = text, grams[least], least
                kept += 1
            last = least
    return kept


def fingerprints(
    words: Words, n: int, window: int
) -> tuple[NDArray[np.int32], Ints, NDArray[np.int32]]:
    """Return text, hash and first word of n-grams kept (:meth:`corpus.Texts.fingerprints`)."""
    most = len(words.hash)
    text, gram, place = np.empty(most, np.int32), np.empty(most, np.int64), np.empty(most, np.int32)
    kept = _fingerprints(words.begin, words.hash, n, window, text, gram, place)
    return text[:kept].copy(), gram[:kept].copy(), place[:kept].copy()


@njit(cache=True, nogil=True)
def _mark(grams, mask, once, twice):  # type: ignore[no-untyped-def]
    """Set a bit for each n-gram by its low bits, and another where the first was set before."""
    for gram in grams:
        low = gram & mask
        word, bit = low >> 6, _ONE << _U(low & 63)
        if once[word] & bit:
            twice[word] |= bit
        once[word] |= bit


@njit(cache=True, nogil=True)
def _marked(grams, mask, bits):  # type: ignore[no-untyped-def]
    kept = np.zeros(len(grams), np.bool_)
    for i in range(len(grams)):
        low = grams[i] & mask
        kept[i] = (bits[low >> 6] & (_ONE << _U(low & 63))) != _ZERO
    return kept


def recurring(parts: Sequence[Ints]) -> list[NDArray[np.bool_]]:
    """
    Return which n-grams may stand more than once in all parts: all that do, and few others.

    Most n-grams of a corpus stand once; two bits for each, in a table that fits in a few dozen
    megabytes, leave a fraction of them to be sorted.
    """
    bits = min(30, max(10, 5 + sum(map(len, parts)).bit_length()))
    once, twice = np.zeros(1 << (bits - 6), np.uint64), np.zeros(1 << (bits - 6), np.uint64)
    mask = np.int64((1 << bits) - 1)
    for part in parts:
        _mark(part, mask, once, twice)
    return [_marked(part, mask, twice) for part in parts]
