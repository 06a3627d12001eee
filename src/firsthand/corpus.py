"""
Many texts at once: their words, their fingerprints, and the passages that pairs of them share.

Two ways to the same rows. Small inputs go text by text through :mod:`firsthand.kernels` and
:mod:`firsthand.passages`, which numpy does well enough. From :data:`COMPILED_BYTES` on the compiled
loops of ``word_loops.py`` and ``pair_loops.py`` are worth their start: half a minute of compiling
on a new machine, then a second or two from numba's cache on disk. A property test holds the two
equal row for row, and ``benchmarks/speed/reuse.py`` has their figures.
"""

from __future__ import annotations

import sys
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from firsthand import kernels, passages
from firsthand.kernels import Ints, Tokens
from firsthand.passages import Passage, Seed

# Numpy takes as long for this much as compiling the loops does (some 20 CPU seconds), or as loading
# them where they have been compiled before (one to two).
COMPILED_BYTES = 24_000_000
LOADED_BYTES = 3_000_000
# Up to so many common n-grams a pair is looked at around them first: see `passages.worth_it`.
FEW_SHARED = 2
_RULES = (
    passages.ANCHOR_WORDS,
    passages.FEWEST_EQUAL_WORDS,
    passages.SHORTEST_PASSAGE_WORDS,
    passages.SHORTEST_EXACT_RUN_WORDS,
    kernels.LOOK_BACK,
    kernels.WIDEST_GAP,
    kernels.GAP_COST,
)


class Fingerprints(NamedTuple):
    """N-grams kept of many texts, by text and place: number of the text, hash, first word."""

    text: NDArray[np.int32]
    hash: Ints
    word: NDArray[np.int32]


class Pairs(NamedTuple):
    """
    Pairs of texts to compare, ordered by the left one: numbers of both and n-grams they share.

    ``first`` and ``last`` are places of the first and the last of those: a row of two words each.
    """

    left: Ints
    right: Ints
    n_shared: Ints
    first: Ints
    last: Ints


class Rows(NamedTuple):
    """
    Passages that pairs share, ordered by pair and place.

    ``pair`` counts the pairs given; ``left`` and ``right`` are rows of two, character offsets of
    begin and end; ``n_equal`` words stand in both, of ``n_words`` on the longer side.
    """

    pair: Ints
    left: Ints
    right: Ints
    n_equal: Ints
    n_words: Ints


class Texts:
    """Texts in memory, as an Arrow array holds them, and their words when asked for."""

    def __init__(self, texts: pa.Array, *, compiled: bool | None = None, threads: int = 1) -> None:
        """Take the texts (no nulls); ``compiled`` is decided by their size unless given."""
        self._texts = texts.cast(pa.large_string())
        size = self._texts.nbytes
        self.compiled = (pays(size) if compiled is None else compiled) and size > 0
        self.threads = threads

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self._texts)

    @cached_property
    def _words(self) -> Any:
        from firsthand import word_loops

        # A slice of an array shares the buffers of the whole.
        begin = np.frombuffer(self._texts.buffers()[1], np.int64)
        at_byte = begin[self._texts.offset : self._texts.offset + len(self) + 1]
        data = self._texts.buffers()[2]
        return word_loops.tokenise(np.frombuffer(data, np.uint8), at_byte, self.threads)

    def tokens(self, text: int) -> Tokens:
        """Return the words of one text (:func:`kernels.tokenise`)."""
        if not self.compiled:
            return _tokens(self._texts[text].as_py())
        begin, start, length, hashes = self._words
        here = slice(int(begin[text]), int(begin[text + 1]))
        starts = start[here].astype(np.int64)
        return Tokens(starts, starts + length[here], hashes[here])

    def fingerprints(self, n: int, window: int) -> Fingerprints:
        """
        Return the winnowed ``n``-grams of every text (:func:`kernels.winnow`).

        Of equal ones that follow each other the first stands for all.
        """
        if self.compiled:
            from firsthand import word_loops

            return Fingerprints(*word_loops.fingerprints(self._words, n, window))
        found = []
        for text in range(len(self)):
            grams = kernels.ngrams(self.tokens(text).hash, n)
            kept = kernels.winnow(grams, window)
            kept = kept[np.append(True, np.diff(grams[kept]) != 0)[: len(kept)]]
            found.append((np.full(len(kept), text, np.int32), grams[kept], kept.astype(np.int32)))
        columns = zip(*found, strict=True) if found else ([], [], [])
        text_of, hashes, word = (
            np.concatenate([np.zeros(0, kind), *column])
            for kind, column in zip((np.int32, np.int64, np.int32), columns, strict=True)
        )
        return Fingerprints(text_of, hashes, word)

    def passages(self, pairs: Pairs) -> Rows:
        """Return the passages that each pair of texts shares."""
        found = self._by_loops(pairs) if self.compiled else self._by_pair(pairs)
        pair, a, a_end, b, b_end, n_equal = found.T
        left = self._characters(pairs.left[pair], a, a_end)
        right = self._characters(pairs.right[pair], b, b_end)
        return Rows(pair, left, right, n_equal, np.maximum(a_end - a, b_end - b))

    def _by_loops(self, pairs: Pairs) -> Ints:
        from firsthand import pair_loops

        columns = np.column_stack([pairs.left, pairs.right, pairs.n_shared])
        given = np.hstack([columns, pairs.first, pairs.last])
        words = self._words
        found: Ints = pair_loops.align_pairs(words, given, _RULES, FEW_SHARED, self.threads)
        return found

    def _by_pair(self, pairs: Pairs) -> Ints:
        found: list[tuple[int, ...]] = []
        for number, (one, other, n_shared) in enumerate(
            zip(pairs.left.tolist(), pairs.right.tolist(), pairs.n_shared.tolist(), strict=True)
        ):
            left, right = self.tokens(one).hash, self.tokens(other).hash
            places = (pairs.first[number], pairs.last[number])
            seeds = [Seed(*place.tolist()) for place in places]
            if n_shared <= FEW_SHARED and not passages.worth_it(left, right, seeds):
                continue
            for p in passages.between(left, right, _index(self._texts[one].as_py())):
                found.append((number, *p.left, *p.right, p.n_equal))
        return np.array(found, np.int64).reshape(-1, 6)

    def _characters(self, text: Ints, word: Ints, word_end: Ints) -> Ints:
        """Return the character offsets of begin and end of stretches of words, a row each."""
        if self.compiled:
            begin, start, length, _ = self._words
            first, last = begin[text] + word, begin[text] + word_end - 1
            ends = start[first], start[last] + length[last].astype(np.int64)
            return np.column_stack(ends).astype(np.int64)
        rows = []
        for number, a, b in zip(text.tolist(), word.tolist(), word_end.tolist(), strict=True):
            tokens = self.tokens(number)
            rows.append((tokens.start[a], tokens.end[b - 1]))
        return np.array(rows, np.int64).reshape(-1, 2)


def pays(n_bytes: int) -> bool:
    """Return whether the compiled loops are worth their start, or have been started already."""
    if "firsthand.word_loops" in sys.modules:
        return True
    return n_bytes >= (LOADED_BYTES if _compiled_before() else COMPILED_BYTES)


def _compiled_before() -> bool:
    """Return whether numba's cache beside the package holds the loops."""
    return any(Path(__file__).parent.glob("__pycache__/pair_loops.*.nbi"))


@lru_cache(maxsize=512)
def _tokens(text: str) -> Tokens:
    return kernels.tokenise(text)


@lru_cache(maxsize=64)
def _index(text: str) -> kernels.Index:
    return passages.index(_tokens(text).hash)


__all__ = ["Fingerprints", "Pairs", "Passage", "Rows", "Texts", "pays"]
