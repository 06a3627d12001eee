"""
How common a word is in news: the shipped table of document frequencies.

What two articles share says little by itself; what they share that few others have says much. How
few is looked up here, in counts over 10,000 US news articles of 2012–2020 (``NOTICE`` names them;
``scripts/make-background`` makes the table), and never counted in the run, so that a result does
not depend on what else lies in the folder.

Weights are integers (:data:`SCALE` to one natural logarithm): sums of them do not depend on the
order of adding. A word the table does not know weighs as much as the rarest.

A *term* is what the forms of one word have in common (:func:`term`: "killed", "killing"); its count
is the sum of theirs.

Known to fail: words of places and years the table has never seen ("covid" before 2020, a province
far away) weigh alike, and English only is covered; elsewhere nearly every word looks rare.
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter
from functools import cache
from importlib import resources

SCALE = 100
# The table keeps words of three articles or more; what it does not hold stood in two at most.
UNSEEN = 2


@cache
def _table() -> tuple[int, dict[str, int]]:
    """Return the number of articles counted, and word → number of articles it stands in."""
    packed = resources.files("firsthand").joinpath("data/background.tsv.gz").read_bytes()
    head, *lines = gzip.decompress(packed).decode("utf-8").splitlines()
    counts = {word: int(n) for word, _, n in (line.partition("\t") for line in lines)}
    return int(head.rpartition("\t")[2]), counts


def n_articles() -> int:
    """Return how many articles the counts were made from."""
    return _table()[0]


def frequency(word: str) -> int:
    """
    Return in how many of the articles a casefolded word stands; 0 where it is not in the table.

    >>> frequency("the") > frequency("senate") > frequency("harbour") > 0
    True
    >>> frequency("zzyzx")
    0
    """
    return _table()[1].get(word, 0)


@cache
def weight(word: str) -> int:
    """
    Return how much a casefolded word tells: ``SCALE`` × ln(articles ÷ articles it stands in).

    >>> weight("the"), weight("said") < weight("harbour") <= weight("zzyzx")
    (0, True)
    """
    n, counts = _table()
    return round(SCALE * math.log(n / min(n, counts.get(word, UNSEEN))))


@cache
def singular(word: str) -> str:
    """
    Return the singular of a plural the table knows both forms of, else the word itself.

    The singular must be about as common as the plural, or names would be cut.

    >>> singular("militias"), singular("bodies"), singular("politics"), singular("texas")
    ('militia', 'body', 'politics', 'texas')
    """
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    for form in (word[:-3] + "y" if word.endswith("ies") else word[:-1], word[:-1]):
        if frequency(form) * 5 > frequency(word):
            return form
    return word


# Endings of English verbs and plurals; what is left must still tell words apart.
_ENDING = re.compile(r"(?:ing|ed|es|s|e)$")
SHORTEST_STEM, SHORTEST_WORD = 4, 6


@cache
def term(word: str) -> str:
    """
    Return what the forms of a word have in common: casefolded, singular, no ending of a verb.

    Short words stay whole.

    >>> [term(word) for word in ("Killed", "killing", "Missiles", "ended", "Bread")]
    ['kill', 'kill', 'missil', 'ended', 'bread']
    """
    return _stem(singular(word.casefold()))


def _stem(word: str) -> str:
    if len(word) < SHORTEST_WORD or not word.isalpha():
        return word
    cut = _ENDING.sub("", word)
    return cut if len(cut) >= SHORTEST_STEM else word


@cache
def _terms() -> Counter[str]:
    """Return term → number of articles, those of all its forms together."""
    counts: Counter[str] = Counter()
    for word, n in _table()[1].items():
        counts[_stem(singular(word))] += n
    return counts


@cache
def term_frequency(of: str) -> int:
    """Return in how many articles a term stands, at most; 0 where the table has none of it."""
    return min(n_articles(), _terms()[of])


@cache
def term_weight(of: str) -> int:
    """
    Return how much a term tells: ``SCALE`` × ln(articles ÷ articles it stands in).

    >>> term_weight(term("says")) < term_weight(term("harbours")) <= term_weight("zzyzx")
    True
    """
    return round(SCALE * math.log(n_articles() / (term_frequency(of) or UNSEEN)))
