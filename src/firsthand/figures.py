"""
Numbers of a text with what they count, and whether two of them can both hold.

A number tells something only with its unit beside it: *40 wooden sheds*, *$2.5 million*, *12
percent*. *Pupils* are people, but pupils and officers are not each other. "At least 40" and 43 are
no contradiction, "about 40" and 43 neither.

Known to fail: "the toll reached 40" has no unit and is passed over, as are fractions, ranges and
numbers of more than one word (*twenty-one*).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from firsthand.model import Span, span
from firsthand.statements import same_family, stem
from firsthand.text import WORD

NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_BOUND = (
    r"(?P<bound>(?i:at least|more than|over|up to|as many as|fewer than|less than|under|nearly|"
    r"almost|about|around|some|roughly|approximately|an estimated|close to))\s+"
)
_NUMBER = re.compile(
    rf"(?<![\w.,])(?:{_BOUND})?(?P<sign>[$€£¥])?"
    rf"(?P<value>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?i:{'|'.join(NUMBER_WORDS)})\b)"
    rf"(?:[\s-](?P<scale>{'|'.join(_SCALES)})\b)?(?P<percent>\s?(?:%|percent\b|per cent\b))?",
)
# Between a number and what it counts: "40 newly built houses".
_UNIT = re.compile(r"(?:[\s-]+([A-Za-z]\w+))(?:\s+([A-Za-z]\w+))?(?:\s+([A-Za-z]\w+))?")
_NO_UNIT = frozenset(
    re.findall(
        r"\w+",
        "of in on at by for from to and or the a an with who that which were was are is had has "
        "have after before during when while as into near but than other others more years year "
        "days day weeks week months month hours hour minutes minute times am pm",
    )
)
PEOPLE = "people"
_ANYBODY = frozenset(
    map(
        stem,
        (
            "people",
            "persons",
            "person",
            "victims",
            "civilians",
            "residents",
            "citizens",
            "men",
            "women",
            "adults",
        ),
    )
)
_SOMEBODY = frozenset(
    stem(word)
    for word in re.findall(
        r"\w+",
        "protesters demonstrators passengers workers children soldiers troops officers officials "
        "patients students migrants villagers pupils riders miners sailors fans prisoners hostages "
        "guests farmers fishermen tourists bystanders fighters militants",
    )
)  # fmt: skip

Bound = Literal["", "least", "most", "about"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number in a statement with what it counts, and whether it only bounds or rounds it."""

    span: Span
    value: float
    unit: str
    bound: Bound = ""


def figures(text: str, place: Span) -> list[Figure]:
    """
    Return the numbers of a stretch of text that stand beside what they count.

    >>> t = "At least 40 wooden sheds burnt; damage is put at $2.5 million, 12 percent of all."
    >>> [(f.value, f.unit) for f in figures(t, span(0, len(t)))]
    [(40.0, 'shed'), (2500000.0, '$'), (12.0, '%')]
    >>> figures("It began in 2004 and ended at 9.", span(0, 32))
    []
    """
    found = []
    for m in _NUMBER.finditer(text, place.start, place.end):
        value = _value(m["value"]) * _SCALES.get((m["scale"] or "").lower(), 1)
        unit = m["sign"] or ("%" if m["percent"] else _unit(text, m.end(), place.end))
        if unit:
            start = m.start("sign") if m["sign"] else m.start("value")
            found.append(
                Figure(span=span(start, m.end()), value=value, unit=unit, bound=_bound(m["bound"]))
            )
    return found


def _bound(words_before: str | None) -> Bound:
    said = (words_before or "").lower()
    if said in ("at least", "more than", "over"):
        return "least"
    if said in ("up to", "as many as", "fewer than", "less than", "under"):
        return "most"
    return "about" if said else ""


def _value(word: str) -> float:
    return float(NUMBER_WORDS.get(word.lower()) or word.replace(",", ""))


def _unit(text: str, start: int, end: int) -> str | None:
    """Return the stem of the noun a number counts: the last of up to three words, plural first."""
    m = _UNIT.match(text, start, end)
    if m is None:
        return None
    unit = None
    for word in m.groups():
        if word is None or word.lower() in _NO_UNIT or not word[0].islower():
            break
        unit = word.lower()
        if _is_plural(unit):
            break
    if unit is None or not _is_plural(unit):
        return None
    if stem(unit) in _ANYBODY:
        return PEOPLE
    return f"{PEOPLE} {stem(unit)}" if stem(unit) in _SOMEBODY else stem(unit)


def _is_plural(word: str) -> bool:
    irregular = ("people", "men", "women", "children", "policemen", "fishermen", "firemen")
    return word in irregular or (word.endswith("s") and not word.endswith("ss"))


# How many words on each side of a figure show what is said of what it counts.
NEAR_WORDS = 4


def near(text: str, place: Span, figure: Figure) -> list[str]:
    """
    Return the casefolded words that stand beside a figure and say what is counted.

    >>> t = "Crews said that 40 sheds burnt down in Marl."
    >>> near(t, span(0, len(t)), figures(t, span(0, len(t)))[0])
    ['crews', 'said', 'burnt', 'down', 'marl']
    """
    tokens = [(m.start(), m.end(), m.group()) for m in WORD.finditer(text, place.start, place.end)]
    before = [w for _, end, w in tokens if end <= figure.span.start][-NEAR_WORDS:]
    after = [w for start, _, w in tokens if start >= figure.span.end][: NEAR_WORDS + 1]
    keep = [w.casefold() for w in (*before, *after)]
    return [
        w
        for w in keep
        if len(w) > 3
        and w not in _NO_UNIT
        and stem(w) != figure.unit
        and stem(w) not in _ANYBODY | _SOMEBODY
    ]


def tolls(text: str, place: Span) -> frozenset[str]:
    """
    Return what a statement counts people for, one word a family: people hurt, killed, arrested.

    >>> t = "At least forty villagers were hurt and 12 people died."
    >>> sorted(tolls(t, span(0, len(t))))
    ['dead', 'hurt']
    """
    found: set[str] = set()
    for figure in figures(text, place):
        if figure.unit.startswith(PEOPLE):
            beside = near(text, place, figure)
            found.update(
                key for key, word in FATES.items() if any(same_family(word, w) for w in beside)
            )
    return frozenset(found)


# What may happen to people who are counted; the second word stands for its family of synonyms.
FATES = {
    "dead": "killed",
    "hurt": "injured",
    "held": "arrested",
    "missing": "missing",
    "saved": "rescued",
}


def same_unit(a: Figure, b: Figure) -> bool:
    """Return whether two figures count the same: sheds and sheds, pupils and people."""
    if a.unit == b.unit:
        return True
    both_people = a.unit.startswith(PEOPLE) and b.unit.startswith(PEOPLE)
    return both_people and PEOPLE in (a.unit, b.unit)


def compatible(a: Figure, b: Figure) -> bool:
    """
    Return whether one number only rounds or bounds the other.

    >>> def figure(value, bound=""):
    ...     return Figure(span=span(0, 1), value=value, unit="shed", bound=bound)
    >>> compatible(figure(40, "least"), figure(43)), compatible(figure(40, "least"), figure(39))
    (True, False)
    >>> compatible(figure(40, "about"), figure(43)), compatible(figure(40), figure(43))
    (True, False)
    """
    if "about" in (a.bound, b.bound):
        low, high = sorted((a.value, b.value))
        return high <= low * ROUNDING
    for bounded, other in ((a, b), (b, a)):
        if other.bound:
            continue
        if bounded.bound == "least" and bounded.value <= other.value <= bounded.value * BOUNDING:
            return True
        if bounded.bound == "most" and bounded.value / BOUNDING <= other.value <= bounded.value:
            return True
    return False


# "About 40" may be 44; "at least 40" may be 60, but hardly 400.
ROUNDING, BOUNDING = 1.1, 1.5


__all__ = [
    "NUMBER_WORDS",
    "PEOPLE",
    "Figure",
    "compatible",
    "figures",
    "near",
    "same_unit",
    "tolls",
]
