"""
How much two stretches of a page speak of the same, by the words they share.

A word counts by how few articles have it (the shipped background table), so that names and matters
decide and not the common words around them; a number counts, a single letter does not. All sums are
integers.

Known to fail: languages other than English, where nearly every word looks rare and stretches of one
article seem more alike than they are; what counts there is how likeness falls, not how low it is.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from firsthand.background import SCALE, singular, weight

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
