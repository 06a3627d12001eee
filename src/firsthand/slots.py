"""
Where two aligned statements do not say quite the same: numbers, dates, names, denials, nouns.

A difference is claimed only where both sides fill one slot: a number counts the same thing, a day
is the only day in each statement, a name or noun stands between the same words. Most differences
are no error: a toll rises, a quarter past nine is rounded, a translator chooses *officials* for
*officers*. So few are reported and each shows its words on both sides; likeness of meaning decides
none of them ("agreed to a truce" and "rejected a truce" are alike to every encoder).

Known to fail: numbers without the thing they count beside them ("the toll reached 40") are passed
over; two figures for one thing in one sentence (40 of 60 houses) are passed over; a negation far
from its verb is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from firsthand import dates
from firsthand.figures import (
    FATES,
    NUMBER_WORDS,
    PEOPLE,
    Figure,
    compatible,
    figures,
    near,
    same_unit,
)
from firsthand.model import Difference, DifferenceKind, DifferenceSide, Span, When, span
from firsthand.statements import name_stem, same_family, stem
from firsthand.text import REMEMBERED_TEXTS, sentence_at, words

# More would bury the ones that matter.
MOST_DIFFERENCES = 3
# From this likeness (per mille) on one word more or less is a difference.
CLOSE = 520

# Counts of these only grow, so a larger later one is no conflict.
_TOLL = re.compile(
    r"\b(?:dead|died|deaths?|killed|injured|wounded|missing|arrested|detained|infected|cases|"
    r"infections|casualt\w+|displaced|evacuated|hospitali[sz]ed|rescued)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|never|cannot|no|none|neither|nor|nobody|nothing|without|denie[sd]|"
    r"(?<!to )deny|denying(?! \w+ (?:a|an|any|the)\b)|"
    r"rejects?|rejected|refuted?|refutes|declin\w+|refus\w+|fail\w*|lack\w*|unable|unclear)\b|n['’]t\b",
    re.IGNORECASE,
)
# "to keep them from being hit" says what "so that they would not be hit" says.
_PREVENTS = re.compile(
    r"\b(?:avoid\w*|prevent\w*|avert\w*|spare[sd]?|sparing|escape[sd]?|stop\w*|"
    r"ke(?:ep|eps|pt|eping)\b[^.;]{0,60}\bfrom)\b",
    re.IGNORECASE,
)
# "has not been ill before", "not only", "has yet to" deny something else than the statement.
_PARTLY = re.compile(
    r"\b(?:before|yet|again|longer|only|just|until|unless|if|whether|any ?more|necessarily)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One statement of a pair: its article, the whole text, the stretch compared, what is known."""

    article_id: str
    text: str
    span: Span
    published: When | None = None
    denied: bool = False
    masks: tuple[Span, ...] = ()

    def differing(self, place: Span, value: str) -> DifferenceSide:
        """Return this side of a difference."""
        return DifferenceSide(article_id=self.article_id, span=place, value=value)

    def hides(self, place: Span) -> bool:
        """Return whether the words are part of an attribution, not of the statement."""
        return any(place.overlaps(mask) for mask in self.masks)


def differences(left: Side, right: Side, likeness: int) -> list[Difference]:
    """
    Return where two aligned statements differ, the surest kinds first.

    ``likeness`` (per mille) is how much of the two is the same: a negation or another word between
    statements that are only somewhat alike is no difference but another statement.
    """
    found: list[Difference] = []
    finders: tuple[Callable[[Side, Side], Iterator[Difference]], ...] = (
        _denials,
        figures_apart,
        _days_apart,
        _words_apart,
        _spelled_apart,
    )
    for find in finders:
        if likeness >= CLOSE or find in _OF_SLOTS:
            found.extend(find(left, right))
    return found[:MOST_DIFFERENCES]


def figures_apart(left: Side, right: Side) -> Iterator[Difference]:
    """Yield numbers that count the same thing and are not the same."""
    ours, theirs = _figures(left), _figures(right)
    for a in ours:
        facing = [b for b in theirs if _same_count(left, right, a, b)]
        back = [x for x in ours if facing and _same_count(left, right, x, facing[0])]
        if len(facing) != 1 or len(back) != 1:
            continue
        b = facing[0]
        if a.value == b.value or compatible(a, b) or _both_told(left, right, a, b):
            continue
        yield Difference(
            kind=_kind_of_figures(left, right, a, b),
            left=left.differing(a.span, _plain(a.value)),
            right=right.differing(b.span, _plain(b.value)),
        )


def _figures(side: Side) -> list[Figure]:
    return [f for f in figures(side.text, side.span) if not side.hides(f.span)]


def sole_figures(text: str) -> dict[str, Figure]:
    """
    Return the numbers of a text that are the only ones it gives for what they count.

    People are told apart by what befell them; sums and shares are left out, for a text has many,
    of different things.

    >>> t = "At least 40 sheds burnt in Marl. Nine goats and 3 boats were saved, of 7 boats in all."
    >>> sorted(sole_figures(t))
    ['goat', 'shed']
    """
    found: dict[str, list[Figure]] = {}
    for figure in _all_figures(text):
        if figure.unit.startswith(PEOPLE):
            for fate in _fates(near(text, figure_sentence(text, figure), figure)):
                found.setdefault(f"{PEOPLE} {fate}", []).append(figure)
        elif figure.unit not in _SUMS:
            found.setdefault(figure.unit, []).append(figure)
    return {key: rows[0] for key, rows in found.items() if len({f.value for f in rows}) == 1}


_SUMS = frozenset("$€£¥%")


def figure_sentence(text: str, figure: Figure) -> Span:
    """Return the sentence a figure stands in."""
    return sentence_at(text, figure.span.start) or figure.span


def may_be_one(a: Figure, b: Figure) -> bool:
    """Return whether two numbers are near enough to be two counts of one thing, and differ."""
    low, high = sorted((a.value, b.value))
    return low != high and high <= low * MOST_APART and not compatible(a, b)


# Two counts of one thing seldom lie further apart than this; two things often do.
MOST_APART = 1.6


def _same_count(left: Side, right: Side, a: Figure, b: Figure) -> bool:
    """Return whether both figures count one thing: one unit, and an equal word near each."""
    if not same_unit(a, b):
        return False
    ours, theirs = _beside(left.text, left.span, a), _beside(right.text, right.span, b)
    if a.unit.startswith(PEOPLE) and b.unit.startswith(PEOPLE):
        mine, other = _fates(ours), _fates(theirs)
        if (mine or other) and not mine & other:
            return False  # some were hurt, others died
    return any(same_family(x, y) for x in ours for y in theirs)


@lru_cache(maxsize=4096)
def _beside(text: str, place: Span, figure: Figure) -> tuple[str, ...]:
    """Return the words near a figure; asked for again for each figure it is held against."""
    return tuple(near(text, place, figure))


def _fates(beside: Sequence[str]) -> set[str]:
    return {key for key, word in FATES.items() if any(same_family(word, w) for w in beside)}


def _both_told(left: Side, right: Side, a: Figure, b: Figure) -> bool:
    """
    Return whether one of the two texts has both figures: then they are two facts, not one.

    A recommended sum and the sum ordered, yesterday's toll and today's stand in one text together.
    """
    both = ((left, b, a), (right, a, b))
    return any(
        other.value == f.value and same_unit(other, f) and f.value != mine.value
        for side, other, mine in both
        for f in _all_figures(side.text)
    )


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _all_figures(text: str) -> tuple[Figure, ...]:
    return tuple(figures(text, span(0, len(text))))


def _kind_of_figures(left: Side, right: Side, a: Figure, b: Figure) -> DifferenceKind:
    """Return ``later figure`` where a toll grew with time, else ``number``."""
    times = [s.published.at[:10] if s.published and s.published.at else "" for s in (left, right)]
    if times[0] and times[1] and times[0] != times[1]:
        grew = (times[0] < times[1]) == (a.value < b.value)
        if grew and _TOLL.search(left.span.of(left.text)):
            return "later figure"
    return "number"


def _plain(value: float) -> str:
    return f"{value:g}" if value != int(value) else str(int(value))


def _days_apart(left: Side, right: Side) -> Iterator[Difference]:
    """Yield the days of two statements that each name one, where both are known and differ."""
    ours, theirs = _only_day(left), _only_day(right)
    if ours and theirs and dates.apart(ours[1], theirs[1]):
        yield Difference(
            kind="date",
            left=left.differing(ours[0], _said(ours[1])),
            right=right.differing(theirs[0], _said(theirs[1])),
        )


def _only_day(side: Side) -> tuple[Span, When] | None:
    stretch = side.span.of(side.text)
    found = [
        e
        for e in dates.expressions(stretch)
        if not side.hides(span(e.span.start + side.span.start, e.span.end + side.span.start))
    ]
    if len(found) != 1 or found[0].kind not in ("date", "weekday", "relative"):
        return None
    if found[0].kind == "relative" and not found[0].offset:
        return None  # "today" is mostly "nowadays", and the day of whoever speaks
    when = dates.resolve(found[0], side.published)
    if when is None or when.at is None or when.precision not in ("day", "minute"):
        return None
    start = side.span.start
    return span(found[0].span.start + start, found[0].span.end + start), when


def _said(when: When) -> str:
    # Hours are not compared: texts seldom say in which zone they are.
    return (when.at or "")[:10]


def _denials(left: Side, right: Side) -> Iterator[Difference]:
    """Yield a claim beside its denial: one side is denied by its source, or negates the verb."""
    marks = [_negation(left, right), _negation(right, left)]
    if bool(marks[0]) == bool(marks[1]) or _are_strangers(left, right):
        return
    sides = (left, right)
    spans = [mark or side.span for mark, side in zip(marks, sides, strict=True)]
    values = ["denied" if mark else "claimed" for mark in marks]
    yield Difference(
        kind="claim and denial",
        left=left.differing(spans[0], values[0]),
        right=right.differing(spans[1], values[1]),
    )


def _are_strangers(left: Side, right: Side) -> bool:
    """Return whether nobody is named on both sides though somebody is on one: two statements."""
    ours, theirs = (
        {name_stem(w.casefold()) for _, w in _tokens(side)[1:] if w[0].isupper()}
        for side in (left, right)
    )
    return bool(ours | theirs) and not ours & theirs


# The word a negation denies stands this near behind it.
DENIED_WORDS = 2


def negates(text: str, place: Span) -> bool:
    """Return whether a stretch of text has a word of negation or denial."""
    return _NEGATION.search(text, place.start, place.end) is not None


def _negation(side: Side, other: Side) -> Span | None:
    """Return the words that negate what the other side says without negation, or None."""
    if any(p.search(other.text, other.span.start, other.span.end) for p in (_NEGATION, _PREVENTS)):
        return None
    if side.denied:
        first = next((w for _, w in _tokens(side) if w.islower() and len(w) > 3), "")
        theirs = [w.casefold() for _, w in _tokens(other)]
        is_met = any(same_family(first, t) for t in theirs)
        return side.span if is_met and not other.denied else None
    found = list(_NEGATION.finditer(side.text, side.span.start, side.span.end))
    partly = _PARTLY.search(side.text, side.span.start, side.span.end)
    if len(found) != 1 or partly or side.hides(span(found[0].start(), found[0].end())):
        return None
    after = [w for at, w in _tokens(side) if at.start >= found[0].end()][:DENIED_WORDS]
    theirs = [w.casefold() for _, w in _tokens(other)]
    if not any(len(w) > 3 and same_family(w.casefold(), t) for w in after for t in theirs):
        return None
    return span(found[0].start(), found[0].end())


def _words_apart(left: Side, right: Side) -> Iterator[Difference]:
    """Yield one name or noun that stands for another between the same words."""
    ours, theirs = _tokens(left), _tokens(right)
    matcher = SequenceMatcher(
        a=[stem(w.casefold()) for _, w in ours],
        b=[stem(w.casefold()) for _, w in theirs],
        autojunk=False,
    )
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "replace" or i2 - i1 != 1 or j2 - j1 != 1:
            continue
        kind = _kind_of_words(ours, theirs, i1, j1)
        told = kind == "name" and _is_told(left, right, ours[i1][1], theirs[j1][1])
        if kind and not told:
            yield Difference(
                kind=kind,
                left=left.differing(*ours[i1]),
                right=right.differing(*theirs[j1]),
            )


def _is_told(left: Side, right: Side, ours: str, theirs: str) -> bool:
    """Return whether a text has both names: one person's two names, one plant's, or two places."""
    return theirs in _capitalised(left.text) or ours in _capitalised(right.text)


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _capitalised(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\b[A-Z]\w+", text))


def _spelled_apart(left: Side, right: Side) -> Iterator[Difference]:
    """Yield a name that the two sides spell one letter apart."""
    ours, theirs = _names(left), _names(right)
    for name in sorted(ours.keys() - theirs.keys()):
        for other in sorted(theirs.keys() - ours.keys()):
            akin = same_family(name, other) or name_stem(name) == name_stem(other)
            if name[0] == other[0] and not akin and _one_letter_apart(name, other):
                yield Difference(
                    kind="name",
                    left=left.differing(ours[name], ours[name].of(left.text)),
                    right=right.differing(theirs[other], theirs[other].of(right.text)),
                )


# Shorter names one letter apart are two names: Iran, Iraq.
SHORTEST_SPELLING = 6


def _names(side: Side) -> dict[str, Span]:
    return {
        w.casefold(): at
        for at, w in _tokens(side)
        if w[0].isupper() and len(w) >= SHORTEST_SPELLING and not _is_garbled(side.text, at)
    }


def _is_garbled(text: str, at: Span) -> bool:
    """Return whether a word runs into a control character: bytes read in the wrong encoding."""
    return "\x7f" <= text[at.end : at.end + 1] <= "\x9f"


def _one_letter_apart(left: str, right: str) -> bool:
    """
    Return whether one letter added, dropped or changed makes one name the other; no plural.

    >>> _one_letter_apart("norrane", "norane"), _one_letter_apart("briton", "britons")
    (True, False)
    """
    short, long = sorted((left, right), key=len)
    if len(long) - len(short) > 1 or long == short + "s":
        return False
    at = next((i for i, c in enumerate(short) if long[i] != c), len(short))
    rest = short[at:] if len(long) > len(short) else short[at + 1 :]
    return long[at + 1 :] == rest


# Kinds that fill a slot of their own, however the rest of the two statements is worded.
_OF_SLOTS = (figures_apart, _days_apart, _spelled_apart)
Token = tuple[Span, str]


def _tokens(side: Side) -> list[Token]:
    stretch = side.span.of(side.text)
    shifted = [span(w.start + side.span.start, w.end + side.span.start) for w in words(stretch)]
    return [(w, w.of(side.text)) for w in shifted if not side.hides(w)]


# Equal words before a noun, and the word after it, that make its place the same slot.
SLOT_WORDS = 2
# Shorter names are initials of others: HP, the Harbour Post.
SHORTEST_NAME = 4


def _kind_of_words(
    ours: Sequence[Token], theirs: Sequence[Token], i: int, j: int
) -> DifferenceKind | None:
    a, b = ours[i][1], theirs[j][1]
    if same_family(a.casefold(), b.casefold()) or not _same_slot(ours, theirs, i, j):
        return None
    if sorted(a.casefold()) == sorted(b.casefold()):
        return None  # metres, meters
    if min(len(a), len(b)) < SHORTEST_NAME or name_stem(a.casefold()) == name_stem(b.casefold()):
        return None
    if a[0].isupper() and b[0].isupper() and i and j:
        return "name"
    both_nouns = a.islower() and b.islower() and a.endswith("s") and b.endswith("s")
    return "wording" if both_nouns and _counted(ours, i) else None


def _same_slot(ours: Sequence[Token], theirs: Sequence[Token], i: int, j: int) -> bool:
    if i < SLOT_WORDS or j < SLOT_WORDS:
        return False
    before = all(
        stem(ours[i - k][1].casefold()) == stem(theirs[j - k][1].casefold())
        for k in range(1, SLOT_WORDS + 1)
    )
    after_ours = ours[i + 1][1].casefold() if i + 1 < len(ours) else ""
    after_theirs = theirs[j + 1][1].casefold() if j + 1 < len(theirs) else ""
    return before and stem(after_ours) == stem(after_theirs)


def _counted(tokens: Sequence[Token], i: int) -> bool:
    """Return whether a number, an article or a name leads to the word, so that it is a noun."""
    before = tokens[i - 1][1]
    return (
        before.isdigit()
        or before.casefold() in NUMBER_WORDS
        or before[0].isupper()
        or before.casefold() in ("the", "these", "those", "many", "several", "some", "of")
    )


__all__ = [
    "CLOSE",
    "Side",
    "differences",
    "figures_apart",
    "may_be_one",
    "negates",
    "sole_figures",
]
