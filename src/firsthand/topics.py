"""
How much two stretches of a page speak of the same, by the words they share.

A word counts by how few articles have it (the shipped background table), so that names and matters
decide and not the common words around them; a number counts, a single letter does not. All sums are
integers.

Within one page words are whole numbers and lines are looked at all at once (:class:`Flow`): each
telling word ties a line to the one it next stands in, and a place between two lines is crossed by
few ties where the page goes on to something else.

Known to fail: languages other than English, where nearly every word looks rare and stretches of one
article seem more alike than they are; what counts there is how likeness falls, not how low it is.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from firsthand.background import SCALE, singular, weight

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

_TOKEN = re.compile(r"[^\W\d_]{2,}|\d{2,}")
# Below this a word says nothing of the topic: it stands in one article of seven or more.
TELLING = 2 * SCALE


@cache
def _telling(token: str) -> str | None:
    """Return the singular of a casefolded word if it says something of the topic, else None."""
    word = singular(token)
    return word if weight(word) >= TELLING else None


@cache
def _squared(word: str) -> int:
    return weight(word) ** 2


def words_of(texts: Iterable[str]) -> Counter[str]:
    """Return the telling words of some texts, folded, plurals as singulars, with their counts."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(word for t in _TOKEN.findall(text.casefold()) if (word := _telling(t)))
    return found


def word_set(text: str) -> frozenset[str]:
    """
    Return the telling words of a text, each once.

    >>> sorted(word_set("The harbour of Merrow, the harbours"))
    ['harbour', 'merrow']
    """
    found = {_telling(token) for token in set(_TOKEN.findall(text.casefold()))}
    return frozenset(word for word in found if word)


def likeness(left: Counter[str], right: Counter[str]) -> int:
    """
    Return how much two stretches speak of the same, 0–100: cosine of weighted roots of counts.

    >>> fog, mill = Counter("fog harbour ferry fog".split()), Counter("mill paper jobs".split())
    >>> likeness(fog, fog), likeness(fog, mill)
    (100, 0)
    """
    dot = sum(math.isqrt(n * right[w]) * weight(w) ** 2 for w, n in left.items() if w in right)
    norm = math.isqrt(_length(left) * _length(right))
    return 100 * dot // norm if norm else 0


def _length(words: Counter[str]) -> int:
    return sum(n * weight(w) ** 2 for w, n in words.items())


def heft(words: Iterable[str]) -> int:
    """Return how much some words weigh together: their squared weights."""
    return sum(map(_squared, words))


def share(left: Iterable[str], right: Iterable[str]) -> int:
    """
    Return how much two sets of words share, 0–1000: cosine of their weights, each word once.

    >>> share({"fog", "ferry"}, {"fog", "ferry"}), share({"fog"}, {"mill"}), share(set(), {"mill"})
    (1000, 0, 0)
    """
    one, other = set(left), set(right)
    norm = math.isqrt(heft(one) * heft(other))
    return 1000 * heft(one & other) // norm if norm else 0


# Ties between words farther apart than so many telling words (two in five words are) do not count:
# some paragraphs, some 250 words, a short article.
NEAR, USUAL, WIDE = 40, 110, 300
# How far to either side a place is compared with the ones around it.
AROUND_PLACES = 6
_RUN = re.compile(r"\w\w+")
# Numbers of words are forgotten when there are so many: the memory of a long run is bounded.
MOST_KNOWN = 400_000


class _Known(dict[str, int]):
    """
    Numbers of words as they are written; 0 for those that say nothing of the topic.

    Twice the word's number, and one more where it is written with a capital.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.weights: list[int] = [0]

    def __missing__(self, token: str) -> int:
        word = _telling(token.casefold())
        if word is None or "_" in word:
            self[token] = 0
            return 0
        number = self.numbers.setdefault(word, len(self.weights))
        if number == len(self.weights):
            self.weights.append(weight(word) ** 2)
        found = self[token] = 2 * number + (not token[0].islower())
        return found


_known = _Known()


class Flow:
    """
    How the telling words of some lines run on: ``ties[scale][p]`` cross the place above line ``p``.

    Ties are in thousandths of what stands on the poorer side within the scale; ``names`` are ties
    of words that stand on this page with a capital only. ``words`` are the lines' telling words as
    numbers, one list for all lines; ``starts[i]`` says where line ``i`` begins in it, ``before[k]``
    where word ``k`` stood last.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Number the telling words and count the ties; a line that is not to count is empty."""
        import numpy as np

        global _known
        if len(_known) > MOST_KNOWN:
            _known = _Known()
        written: list[int] = []
        ends = [0]
        for text in texts:
            written += [n for token in _RUN.findall(text) if (n := _known[token])]
            ends.append(len(written))
        self._at = np.array(ends, np.int64)
        self._lines = np.repeat(np.arange(len(ends) - 1), np.diff(self._at))
        marked = np.array(written, np.int64)
        numbers = marked >> 1
        weights = np.array([_known.weights[n] for n in numbers.tolist()], np.int64)
        left, right = self._linked(numbers)
        upto = np.concatenate([np.zeros(1, np.int64), np.cumsum(weights)])
        self.ties: dict[int, list[int]] = {
            scale: self._ties(left, right, weights, upto, scale) for scale in (NEAR, USUAL, WIDE)
        }
        named = ~np.isin(numbers, numbers[marked & 1 == 0])
        upto = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.where(named, weights, 0))])
        held = named[left]
        self.names: list[int] = self._ties(left[held], right[held], weights, upto, WIDE)
        before = np.full(len(numbers), -WIDE - 1, np.int64)
        before[right] = left
        self.words: list[int] = numbers.tolist()
        self.weights: list[int] = weights.tolist()
        self.before: list[int] = before.tolist()
        self.starts = ends

    @staticmethod
    def _linked(numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Return the places of every word and of its next standing."""
        import numpy as np

        order = np.argsort(numbers, kind="stable")
        same = numbers[order][1:] == numbers[order][:-1]
        return order[:-1][same], order[1:][same]

    def _ties(
        self, left: Numbers, right: Numbers, weights: Numbers, upto: Numbers, scale: int
    ) -> list[int]:
        """Return, for the place above each line and below the last, the ties that cross it."""
        import numpy as np

        at = self._at
        near = (right - left <= scale) & (self._lines[left] < self._lines[right])
        left, right = left[near], right[near]
        begun = np.bincount(self._lines[left] + 1, weights[left], len(at))
        ended = np.bincount(self._lines[right] + 1, weights[left], len(at) + 1)[: len(at)]
        crossing = np.cumsum(begun - ended).astype(np.int64)
        above = upto[at] - upto[np.maximum(at - scale, 0)]
        below = upto[np.minimum(at + scale, at[-1])] - upto[at]
        ties: list[int] = (1000 * crossing // np.maximum(np.minimum(above, below), 1)).tolist()
        return ties

    def weighed(self, begin: int, end: int) -> dict[int, int]:
        """Return the telling words from place ``begin`` to ``end`` with their squared weights."""
        return dict(zip(self.words[begin:end], self.weights[begin:end], strict=True))

    def carried(self, place: int, most: int, back: int) -> int:
        """Return how much of the next ``most`` words stood in the ``back`` before, 0–100."""
        begin = self.starts[place]
        end, whole, known = min(begin + most, len(self.words)), 0, 0
        for k in range(begin, end):
            whole += self.weights[k]
            if begin - back <= self.before[k] < begin:
                known += self.weights[k]
        return 100 * known // whole if whole else 0

    @staticmethod
    def numbered(text: str) -> set[int]:
        """Return the numbers of a text's telling words."""
        return {number >> 1 for token in _RUN.findall(text) if (number := _known[token])}

    @staticmethod
    def knows(name: str, words: Collection[int]) -> bool:
        """Return whether a name's word is telling and among ``words``."""
        number = _known[name]
        return number > 0 and number >> 1 in words


def around(values: Sequence[int]) -> tuple[list[int], list[int]]:
    """
    Return how far each value lies below the mean of its neighbours, and its rank in hundredths.

    >>> around([5, 5, 0, 5])
    ([-2, -2, 5, -2], [25, 25, 0, 25])
    """
    import numpy as np

    here = np.array(values, np.int64)
    n = len(here)
    sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(here)])
    at = np.arange(n)
    low, high = np.maximum(at - AROUND_PLACES, 0), np.minimum(at + AROUND_PLACES + 1, n)
    mean = (sums[high] - sums[low] - here) // np.maximum(high - low - 1, 1)
    rank = 100 * np.searchsorted(np.sort(here), here) // max(n, 1)
    fall: list[int] = (mean - here).tolist()
    ranks: list[int] = rank.tolist()
    return fall, ranks
