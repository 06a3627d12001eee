"""
Where a text names a time, and what its words say: month, weekday, "two days ago", a quarter.

The rules of ``timerules.py`` are tried in order. Two times with "to", "until" or a dash between
them are then joined to a range, and an hour beside a day to that day. What day is meant is not
decided here: ``dates.py`` does that.

Known to fail: an hour without a day ("at 6 p.m.") is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from firsthand.model import Span, span
from firsthand.tenses import Lean, lean_of
from firsthand.timerules import (
    BUSINESS,
    COUNTS,
    HOLIDAYS,
    MONTHS,
    ORDINALS,
    QUARTERS,
    SEASONS,
    SHORT_WEEKDAYS,
    TRIGGER,
    WEEKDAYS,
    Kind,
    Unit,
    rules,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeExpression:
    """
    Words that name a time, with the parts read from them.

    ``kind`` ``elsewhere`` counts from an event named before ("two days earlier") or, where ``side``
    is ``before`` or ``after``, behind it ("two days after the vote"); ``same`` repeats it ("that
    day"); ``calendar`` is a date of another calendar, which is named and not converted.
    ``lean`` is which way the words look: said outright (``last``, ``this``, ``next``) or by the
    verb beside them (``past``, ``future``); ``tensed`` says that a verb or the words showed it.
    ``gloss`` is the date somebody put in brackets behind it, with its own span; ``until`` the
    second end of a range. ``offset`` counts units from publication or the event; ``first_month``
    and ``n_months`` are a season, quarter or half; ``minutes`` is the time of day since midnight.
    """

    span: Span
    kind: Kind
    year: int | None = None
    last_year: int | None = None
    month: int | None = None
    last_month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    offset: int | None = None
    unit: Unit | None = None
    lean: Lean = "past"
    tensed: bool = False
    side: str | None = None
    first_month: int | None = None
    n_months: int | None = None
    minutes: int | None = None
    gloss: TimeExpression | None = None
    until: TimeExpression | None = None


def expressions(text: str) -> list[TimeExpression]:
    """
    Return the time expressions of a text, in order, not overlapping.

    >>> t = "On Friday [March 12] the mayor said the bridge, shut since May 3, will open next week."
    >>> [(e.kind, e.span.of(t)) for e in expressions(t)]
    [('weekday', 'Friday [March 12]'), ('date', 'May 3'), ('relative', 'next week')]
    >>> t = "It ran from March 30 to April 2, and again on Monday at 6 p.m."
    >>> [e.span.of(t) for e in expressions(t)]
    ['March 30 to April 2', 'Monday at 6 p.m.']
    >>> expressions("They may march; a second troupe in 2000-seat halls; flight 2022-99.")
    []
    """
    if not TRIGGER.search(text):
        return []
    found: list[TimeExpression] = []
    taken = bytearray(len(text))
    small = text.lower()
    for kind, rule, needs in rules():
        if needs and not any(word in small for word in needs):
            continue
        for m in rule.finditer(text):
            place = _place(m)
            # One look by the bytes' own search: a long match must not cost its length each time.
            if taken.find(1, place.start, place.end) >= 0:
                continue
            e = _read(kind, m, place, text)
            if e is not None:
                taken[place.start : place.end] = b"\x01" * (place.end - place.start)
                found.append(e)
    found.sort(key=lambda e: e.span)
    return _timed(_ranges(found, text), text)


# The words that name the time begin with the first of these; what stood before only led to it.
_BEGIN = ("month", "year", "holiday", "day")


def _place(m: re.Match[str]) -> Span:
    """Return the words that name the time, without the preposition that led to them."""
    first = m.group().split(None, 1)[0].casefold().rstrip("-")
    if first in _PREPOSITIONS:
        starts = [m.start(g) for g in m.re.groupindex if g in _BEGIN and m.start(g) >= 0]
        if starts and not m.groupdict().get("count"):
            return span(min(starts), m.end())
    if first in _DETERMINERS and m.groupdict().get("year"):
        return span(m.start("year"), m.end("year"))
    return span(m.start(), m.end())


_PREPOSITIONS = frozenset(
    "in since by until till during from before after of for early late mid between through last "
    "next this fiscal on years year back to".split()
)
_DETERMINERS = frozenset("the a its his her their that".split())


def _read(kind: Kind, m: re.Match[str], place: Span, text: str) -> TimeExpression | None:
    """Return what a match says, or None where it is none after all."""
    p = {k: v for k, v in m.groupdict().items() if v}
    e = TimeExpression(
        span=place,
        kind=kind,
        year=_number(p.get("year")),
        last_year=_last_year(p),
        month=_month(p.get("month") or (p.get("month2") if "day3" in p else None)),
        last_month=None if "day3" in p else _month(p.get("month2")),
        day=_number(p.get("day") or p.get("day3")) or ORDINALS.get(p.get("dayword", "").lower()),
        last_day=_number(p.get("day2")),
        weekday=_weekday(p.get("weekday") or p.get("weekday2")),
        minutes=int(p["hour"]) * 60 + int(p["minute"]) if "hour" in p else None,
        gloss=_gloss(m, p) if "gmonth" in p else None,
        side=p.get("side"),
    )
    # "next June": the word before a month says which way it looks.
    said = m.group().split(None, 1)[0] if kind == "month" else ""
    lean, tensed = lean_of(p.get("lean", said), text, place)
    e = replace(e, lean=lean, tensed=tensed)
    return _SHAPES[kind](e, p, text) if kind in _SHAPES else e


def _number(digits: str | None) -> int | None:
    return int(re.sub(r"\D", "", digits)) if digits else None


def _month(name: str | None) -> int | None:
    if not name:
        return None
    return int(name) if name.isdigit() else MONTHS[name.rstrip(".").lower()]


def _weekday(name: str | None) -> int | None:
    if not name:
        return None
    short = name.lower().rstrip(".")
    return WEEKDAYS.get(short, SHORT_WEEKDAYS.get(short))


def _count(word: str) -> int:
    return int(word) if word.isdigit() else COUNTS.get(word.lower(), 1)


def _last_year(p: dict[str, str]) -> int | None:
    if "year2" not in p:
        return None
    year = p["year2"]
    return int(year) if len(year) == 4 else int(p["year"][:2] + year)


def _gloss(m: re.Match[str], p: dict[str, str]) -> TimeExpression | None:
    """Return the day or, behind "last month", the month that stands in brackets."""
    day = _number(p.get("gday") or p.get("gday2"))
    if day is None and "unit" not in p:
        return None
    start = m.start("gday") if "gday" in p else m.start("gmonth")
    return TimeExpression(
        span=span(start, m.end() - 1),
        kind="month" if day is None else "date",
        year=_number(p.get("gyear")),
        month=_month(p["gmonth"]),
        day=day,
    )


def _date(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    """Return a date: a holiday by its day, two numbers only where one order is possible."""
    if "attacks" in p:
        return replace(e, year=2001, month=9, day=11)
    if "holiday" in p:
        name = re.sub(r"\s+", " ", p["holiday"].lower().replace("’", "'"))
        month, day = HOLIDAYS[name]
        return replace(e, month=month, day=day)
    if "either" in p:
        left, right = int(p["either"]), int(p["either2"])
        if left > 12 >= right:
            return replace(e, day=left, month=right)
        return replace(e, day=right, month=left) if right > 12 >= left else None
    return e


# From words about the day to how many days, weeks … off publication they are.
_STEPS = {
    "yesterday": -1, "tomorrow": 1, "last": -1, "past": -1, "next": 1, "coming": 1, "previous": -1,
    "following": 1, "last night": -1, "the day before yesterday": -2, "the day after tomorrow": 2,
}  # fmt: skip


def _relative(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    unit, count = p.get("unit", "day"), _count(p.get("count", "1"))
    if "ago" in p:
        sign = -1 if p["ago"].lower() == "ago" else 1
        if unit == "hour":
            return replace(e, unit="day", offset=sign * (count // 24)) if count >= 24 else None
        unit, count = ("year", 10 * count) if unit == "decade" else (unit, count)
        return replace(e, unit=unit, offset=sign * count)  # type: ignore[arg-type]
    if "ahead" in p:
        # "It fell by half in two days" says how long, not when.
        ahead = e.lean == "future" or not e.tensed
        return replace(e, unit=unit, offset=count) if ahead else None  # type: ignore[arg-type]
    word = re.sub(r"\s+", " ", (p.get("word") or p.get("lean", "")).lower())
    return replace(e, unit=unit, offset=_STEPS.get(word, 0))  # type: ignore[arg-type]


def _stretch(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    sign = 1 if p["lean"].lower() in ("next", "coming", "following") else -1
    return replace(e, unit=p["unit"], offset=sign * _count(p["count"]))  # type: ignore[arg-type]


# What follows a "before" that leads to nothing.
_STOPS = frozenset([*'.,;:)”"', ""])


def _elsewhere(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    unit = p.get("unit") or p.get("unit2") or "day"
    count = _count(p.get("count", "1"))
    if unit == "decade":
        unit, count = "year", 10 * count
    back = p.get("side", "").lower() in ("earlier", "before") or p.get("lean") == "previous"
    said = p.get("side", "").lower()
    # "the day before." counts from what was told, "the day before the vote" from the vote.
    linked = said in ("before", "after") and text[e.span.end : e.span.end + 1] not in _STOPS
    side = said if linked else None
    offset = -count if back else count
    return replace(e, unit=unit, offset=offset, side=side)  # type: ignore[arg-type]


def _same(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    return replace(e, unit=p["unit"], offset=0)  # type: ignore[arg-type]


def _part(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    """Return a season, a quarter or a half by its first month and how many months it has."""
    if "season" in p:
        return replace(e, first_month=SEASONS[p["season"].lower()], n_months=3)
    if "quarter" in p:
        return replace(e, first_month=3 * int(p["quarter"]) - 2, n_months=3)
    number, n_months = QUARTERS[p["nth"].lower()], 3 if p["share"].lower() == "quarter" else 6
    if number * n_months > 12 and p["nth"].lower() not in ("final", "last"):
        return None
    # Games have quarters and halves too.
    around = text[max(0, e.span.start - 80) : e.span.end + 80]
    if e.year is None and (n_months == 6 or not BUSINESS.search(around)):
        return None
    first = (
        12 - n_months if p["nth"].lower() in ("final", "last") else (number - 1) * n_months
    ) + 1
    return replace(e, first_month=first, n_months=n_months)


def _decade(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    short = p.get("decade2")
    year = int(p["decade"]) if short is None else 1900 + int(short) if int(short) > 20 else None
    return None if year is None else replace(e, year=year)


def _century(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    return replace(e, year=100 * (int(p["century"]) - 1) + 1)


# "Black Friday", "Easter Monday": days with a name of their own.
_FEASTS = ("Black", "Good", "Super", "Ash", "Palm", "Easter", "Cyber", "Bloody", "Maundy")


def _week(e: TimeExpression, p: dict[str, str], text: str) -> TimeExpression | None:
    named = text[max(0, e.span.start - 8) : e.span.start].rstrip().endswith(_FEASTS)
    return None if named else e


_SHAPES = {
    "weekday": _week, "date": _date, "relative": _relative, "stretch": _stretch,
    "elsewhere": _elsewhere, "same": _same, "part": _part, "decade": _decade, "century": _century,
}  # fmt: skip


# Two times with these between them are a range; "and" only behind "between".
_JOINS = re.compile(r"\s{0,3}(?:-|–|—|to|through|until|till)\s{1,3}|[–-]")
_AND = re.compile(r"\s{1,3}and\s{1,3}")
_RANGED = ("date", "weekday")


def _ranges(found: list[TimeExpression], text: str) -> list[TimeExpression]:
    """Return the expressions, those that are two ends of one stretch of days joined."""
    joined: list[TimeExpression] = []
    for e in found:
        last = joined[-1] if joined else None
        if last and last.until is None and last.kind == e.kind and e.kind in _RANGED:
            gap = text[last.span.end : e.span.start] if e.span.start - last.span.end < 12 else "."
            led = text[max(0, last.span.start - 9) : last.span.start].split()[-1:]
            both = _AND.fullmatch(gap) and [w.lower() for w in led] == ["between"]
            ranged = _JOINS.fullmatch(gap) and (e.kind == "date" or _is_from(led))
            if (both or ranged) and last.gloss is None and e.gloss is None:
                joined[-1] = replace(last, span=span(last.span.start, e.span.end), until=e)
                continue
        joined.append(e)
    return joined


def _is_from(led: list[str]) -> bool:
    return [word.lower() for word in led] == ["from"]


_HOUR = (
    r"(?:(?P<h>\d{1,2})(?:[:.](?P<m>\d\d))?\s?(?P<half>[ap])\.?m\b\.?|(?P<h2>[01]?\d|2[0-3]):"
    r"(?P<m2>\d\d)|(?P<h3>[01]\d|2[0-3])(?P<m3>[0-5]\d)(?=\s(?:GMT|UTC|hours|local))|(?P<noon>noon))"
)
_ZONE = r"(?:\s(?:GMT|UTC|[ECMP][SD]?T|BST|CET|local time|hours))?"
_HOUR_BEFORE = re.compile(rf"\b{_HOUR}{_ZONE}(?:,?\s(?:on|of)(?:\sthe)?)?\s$")
_HOUR_AFTER = re.compile(
    rf",?\s(?:at|around|about|shortly (?:before|after|past)|just (?:before|after))?\s?{_HOUR}"
    r"(?![\w:])"
)
LONGEST_HOUR = 40  # characters, with what leads from it to the day


def _timed(found: list[TimeExpression], text: str) -> list[TimeExpression]:
    """Return the expressions, days with the hour that stands before or behind them."""
    ends = [0, *(e.span.end for e in found)]
    return [_with_hour(e, text, ends[i]) for i, e in enumerate(found)]


def _with_hour(e: TimeExpression, text: str, after: int) -> TimeExpression:
    single = e.kind in ("date", "weekday", "relative") and e.until is None and e.minutes is None
    if not single or (e.kind == "relative" and e.unit != "day"):
        return e
    begin = max(after, e.span.start - LONGEST_HOUR)
    m = _HOUR_BEFORE.search(text[begin : e.span.start])
    if m:
        return replace(e, span=span(begin + m.start(), e.span.end), minutes=_minutes(m))
    m = _HOUR_AFTER.match(text, e.span.end, e.span.end + LONGEST_HOUR)
    return replace(e, span=span(e.span.start, m.end()), minutes=_minutes(m)) if m else e


def _minutes(m: re.Match[str]) -> int | None:
    """Return the minutes since midnight, or None where no clock shows that."""
    if m["noon"]:
        return 12 * 60
    hour, minute = int(m["h"] or m["h2"] or m["h3"]), int(m["m"] or m["m2"] or m["m3"] or 0)
    if m["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if m["half"] == "p" else 0)
    return hour * 60 + minute if minute < 60 else None
