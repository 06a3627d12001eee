"""
What is known of single words: a row of small numbers for each token, remembered from text to text.

A row holds a hash of the word in lower case, its classes (groups of words that stand in the same
surroundings, learnt by ``benchmarks/train_attribution.py``), its ending and beginning, its shape,
which mark it is, its family of cue, and its length. A word no table knows is classed by its ending.

Known limit: the classes are of English news before 2020; a name that came later is like any other
unknown word with its ending and its capital.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

# Columns of a token.
WORD, COARSE, CLASS, FINE, END3, END2, SHAPE, MARK, FAMILY, HEAD4, CHARS, PIECE_CHARS = range(12)
N_COLUMNS = PIECE_CHARS + 1
COMMA, STOP, OPENS, CLOSES, COLON, DASH, BRACKET, OTHER = range(1, 9)
_MARKS = {
    ",": COMMA, ".": STOP, "?": STOP, "!": STOP, '"': OPENS, "“": OPENS, "”": CLOSES, ":": COLON,
    ";": COLON, "—": DASH, "–": DASH, "-": DASH, "(": BRACKET, ")": BRACKET,
}  # fmt: skip
FAMILIES = ("say", "claim", "publish", "report", "tell", "deny", "according", "cite", "hedge")
# No token stands there: beyond an edge of the text.
NOTHING = 0xFFF9


def word_hash(word: str) -> int:
    """Return 32 bits that stand for a word in lower case, the same everywhere."""
    return zlib.crc32(word.encode("utf-8", "replace"))


def plain(word: str) -> str:
    """
    Return the form in which a word is counted: lower case, straight apostrophe, one number.

    >>> plain("Said"), plain("’s"), plain("2,400")
    ('said', "'s", '0')
    """
    word = word.lower().replace("’", "'")
    return "0" if word[:1].isdigit() else word


class Words:
    """What is known of words: classes learnt from news text, and families of cue."""

    # A table of words seen is a cache: it is emptied before it holds the words of a whole corpus.
    MOST_REMEMBERED = 200_000

    def __init__(self, hashes: Hashes, classes: NDArray[np.uint16], families: dict[str, int]):
        """Keep ``classes`` (coarse, middle, fine) of the words with these ``hashes``."""
        self._classes = dict(zip(hashes.tolist(), map(tuple, classes.tolist()), strict=True))
        self._families = families
        self._forget()

    def _forget(self) -> None:
        self._rows: list[tuple[int, ...]] = []
        self._at: dict[str, int] = {}
        self._table = np.zeros((0, N_COLUMNS), dtype=np.uint32)

    def columns(self, pieces: Sequence[str]) -> Hashes:
        """Return the columns of tokens, each given with the white space before it."""
        if len(self._rows) > self.MOST_REMEMBERED:
            self._forget()
        at = self._at
        try:
            ids = [at[p] for p in pieces]
        except KeyError:
            for piece in pieces:
                if piece not in at:
                    at[piece] = len(self._rows)
                    self._rows.append(self._row(piece))
            ids = [at[p] for p in pieces]
        if len(self._table) < len(self._rows):
            fresh = np.array(self._rows[len(self._table) :], dtype=np.uint32)
            self._table = np.concatenate([self._table, fresh])
        return np.ascontiguousarray(self._table[np.array(ids, dtype=np.int64)].T)

    def _row(self, piece: str) -> tuple[int, ...]:
        word = piece.lstrip()
        form = plain(word)
        hashed = word_hash(form)
        shape = _shape(word)
        known = self._classes.get(hashed)
        if known is None:
            # A word no table knows is classed by its ending, apart from the classes of others.
            ending = word_hash(form[-2:])
            known = (60 + word[:1].isupper(), 300 + ending % 50, 1000 + ending % 500)
        mark = _MARKS.get(word, OTHER if shape == SIGN else 0)
        family = self._families.get(form, 0)
        ends = (word_hash(form[-3:]), word_hash(form[-2:]))
        sizes = (len(word), len(piece))
        return (hashed, *known, *ends, shape, mark, family, word_hash(form[:4]), *sizes)


SIGN, NUMBER, CAPITALS, CAPITAL, CLITIC, SMALL = range(1, 7)


def _shape(word: str) -> int:
    if not word[:1].isalnum() and word[:1] not in "’'_":
        return SIGN
    if word[0].isdigit():
        return NUMBER
    if len(word) > 1 and word.isupper():
        return CAPITALS
    if word[0].isupper():
        return CAPITAL
    return CLITIC if word[0] in "’'" else SMALL
