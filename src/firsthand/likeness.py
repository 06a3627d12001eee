"""
How far two articles seem to tell of one event, from what their titles and openings say.

Both are cut to a :class:`Profile`: the words of title and opening, weighted by the shipped
background table (sublinear TF-IDF, title words counted twice more). Then four things count
(:func:`likeness`): the cosine of the two; how much the rare words they share come to, held against
the length of the shorter, since long texts share some by chance; how much of either headline the
other text says; and days of the week or years that contradict each other.

The weights were fitted (logistic) on pairs of the Wikinews, ECB+ and origins development sets, with
pairs of real articles at least 25 days apart as further strangers, and rounded. At the same number
of strangers let in they gain 7 points of B-cubed F1 over the cosine alone on Wikinews, 4 on ECB+.

Known to fail: short texts that share their place and three people but no event; languages other
than English, whose every word would look rare: they are alike with nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from firsthand.background import frequency, n_articles, singular, weight
from firsthand.model import Article, Span
from firsthand.text import WORD, folded_words, sentences

OPENING_CHARS = 3000
# Where a text says on which day: "told reporters on Tuesday" stands early.
LEAD_CHARS = 900
TITLE_COUNTS = 2
# A word is rare if at most one article in 33 has it: names, places, things; not "officials".
RARE_IN = 33
# Where the table does not know so many of a text's words, it is not English: in English news one
# in five is the most that was seen, in Spanish six of ten are common.
MOST_UNSEEN_PERCENT = 33
# A headline word for word in a text that otherwise says nothing alike is a standing line of the
# outlet: it counts no more than so many cosines, and below the least cosine nothing counts.
MOST_TOLD = 4
LEAST_COSINE = 120
# The more articles two could come from, the more pairs are alike by chance. Beyond so many, what is
# asked grows with the number.
EASILY_TOLD = 800
WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])

# A word with another just before it: one that opens no sentence.
_INSIDE = re.compile(r"(?:(?<=\w[ \-’'])|(?<=\w, ))\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What an article is compared by: term → weight, and what its title and its times say."""

    weights: dict[str, int]
    square: int
    rare: frozenset[str]
    names: frozenset[str]
    headline: frozenset[str]
    weekdays: frozenset[str]
    dated: bool
    years: frozenset[str]
    chars: int


def profile(article: Article, standing: Iterable[Span] = ()) -> Profile:
    """Return what title and opening say, without the standing text that says nothing of events."""
    opening = _without(article.text, standing)[:OPENING_CHARS]
    said = folded_words(opening)
    headline = [singular(word) for word in folded_words(article.title or _first(opening))]
    counts = Counter(map(singular, said))
    if article.title:
        counts.update(headline * TITLE_COUNTS)
    weights = {
        term: w * _sublinear(n) // 100
        for term, n in counts.items()
        if len(term) > 1 and (w := weight(term))
    }
    rare = frozenset(_rare(weights)) if article.not_read != "language" else frozenset()
    return Profile(
        weights=weights,
        square=sum(w * w for w in weights.values()),
        rare=rare,
        names=rare & names(opening),
        headline=frozenset(headline) & weights.keys(),
        weekdays=WEEKDAYS & set(said),
        dated=not WEEKDAYS.isdisjoint(folded_words(opening[:LEAD_CHARS])),
        years=frozenset(word for word in set(said) if _is_year(word)),
        chars=len(opening),
    )


def _without(text: str, spans: Iterable[Span]) -> str:
    """
    Return the text with the spans left out, a line break for each.

    >>> _without("Sign up here. Fog hid the pier.", [Span(start=0, end=13)])
    '\\n Fog hid the pier.'
    """
    kept, at = [], 0
    for gap in sorted(spans):
        kept.append(text[at : max(at, gap.start)])
        at = max(at, gap.end)
    return "\n".join([*kept, text[at:]])


def _first(text: str) -> str:
    """Return the first sentence, which says most of what a title would."""
    found = sentences(text[:LEAD_CHARS])
    return found[0].of(text) if found else ""


def _rare(terms: Iterable[str]) -> list[str]:
    """Return the rare ones of the terms; none where the table knows too few: another language."""
    known = {term: frequency(term) for term in terms}
    unseen = sum(not n for n in known.values())
    if 100 * unseen > MOST_UNSEEN_PERCENT * len(known):
        return []
    return [term for term, n in known.items() if n <= n_articles() // RARE_IN]


def _is_year(word: str) -> bool:
    """Return whether a word is a year news would name: 1980 to 2039."""
    return len(word) == 4 and word.isdecimal() and "1980" <= word < "2040"


@cache
def _sublinear(n: int) -> int:
    """Return 100 × (1 + ln n): the tenth mention tells less than the first."""
    return round(100 * (1 + math.log(n)))


def names(text: str) -> set[str]:
    """
    Return the terms that stand for a name or number: a digit first, or capital wherever they stand.

    A word that only ever opens a sentence is none.

    >>> sorted(names("Ferries left Lowmoor at 9. The Lowmoor line runs 40 ferries."))
    ['40', '9', 'lowmoor']
    """
    inside = set(_INSIDE.findall(text))
    plain = {word for word in WORD.findall(text) if word[0].islower()}
    found = {word for word in inside if word[0].isdigit()}
    found.update(word.casefold() for word in inside if word[0].isupper())
    return {singular(word) for word in found - plain}


def likeness(left: Profile, right: Profile, rivals: int = 0) -> int:
    """Return in thousandths how far two articles, out of so many, seem to tell of one event."""
    near = cosine(left, right)
    if near < LEAST_COSINE:
        return 0
    shared = left.rare & right.rare
    # Squared: one word of two articles in 10,000 tells more than two words of two hundred.
    common = sum(weight(term) ** 2 for term in shared) / 90_000
    told = _told(left.headline, right) + _told(right.headline, left)
    days_differ = left.dated and right.dated and left.weekdays.isdisjoint(right.weekdays)
    years_differ = left.years and right.years and left.years.isdisjoint(right.years)
    # One name may be the town, the university, the outlet.
    one_name = len(left.names & right.names) < 2
    z = (
        -1.6
        + 1.0 * near / 1000
        + 1.35 * math.log1p(common)
        - 0.72 * math.log(max(50, min(left.chars, right.chars)))
        + 1.9 * min(told, MOST_TOLD * near) / 1000
        - (0.5 if one_name else 0)
        - (1.2 if days_differ else 0)
        - (0.5 if years_differ else 0)
        - math.log(max(1, rivals / EASILY_TOLD))
    )
    return round(1000 / (1 + math.exp(-z)))


def _told(headline: frozenset[str], other: Profile) -> int:
    """Return how much of a headline another article says, by weight, in thousandths."""
    total = sum(map(weight, headline))
    return 1000 * sum(weight(t) for t in headline if t in other.weights) // max(1, total)


def cosine(left: Profile, right: Profile) -> int:
    """Return the cosine of two profiles in thousandths, rounded down."""
    shared = left.weights.keys() & right.weights.keys()
    dot = sum(left.weights[term] * right.weights[term] for term in shared)
    return 1000 * dot // max(1, math.isqrt(left.square * right.square))
