"""
Time expressions in a text, what day they mean, and words of time that contradict each other.

A report says "on Friday"; which day that is depends on when it was published and on whether the
verb beside it looks back or ahead. :func:`expressions` finds the words, :func:`resolve` gives their
value against the publication date, and where that date is only bounded the value is bounded too: it
is worked out for the first and the last possible day, and is a day only if both agree.

The rules were chosen to be right rather than many: month names, weekdays, ISO dates, "two days
ago", "last month", years after a preposition, short ranges, glosses ("Friday [March 12]").
Words that may mean something else need company: *May* and *March* alone are read as months only
after a preposition, four digits as a year likewise.

Known to fail: "Tuesday's election" of next week is read as last Tuesday; "two days earlier" counts
from an event this module does not know, so only "not after publication" is given; other calendars,
seasons and holidays are passed over; 3/4/2022 is passed over, since half of the world reads it the
other way round.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from firsthand.model import Span, When, span

Kind = Literal["date", "month", "year", "weekday", "relative", "elsewhere", "range"]
Unit = Literal["day", "week", "month", "year"]
Lean = Literal["past", "future", "last", "this", "next"]

_MONTH_NAMES = (
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",),
    ("june", "jun"), ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"),
    ("october", "oct"), ("november", "nov"), ("december", "dec"),
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
WEEKDAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5,
    "sunday": 6,
}  # fmt: skip
COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip

# A publication date known no closer than this says nothing about "on Friday".
WIDEST_WINDOW_DAYS = 370
# A weekday and a date without a year are held against each other only this near to publication;
# further off the text may speak of another year.
NEAR_DAYS = 60

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_LED = (
    r"(?:in|since|by|until|till|during|from|before|after|of|early|late|mid|between|through|"
    r"last|next|this)"
)
_LEAN = r"(?:(?P<lean>[Ll]ast|[Nn]ext|[Tt]his|[Tt]he following|[Cc]oming|[Tt]he previous)\s+)?"
_GLOSS = (
    rf"\s*[\[(](?:(?P<gday>{_DAY})\s+)?(?P<gmonth>{_MONTH})(?:\s+(?P<gday2>{_DAY}))?"
    rf"(?:,?\s+(?P<gyear>{_YEAR}))?[\])]"
)
_OF_YEAR = rf"(?:,?\s+(?P<year>{_YEAR}))?(?![\w-]|[,.]\d)"
_NAMED = rf"\b(?:(?P<weekday>{_WEEKDAY}),?\s+(?:the\s+)?)?"
_TO = r"\s*(?:-|–|to|and)\s*"
_UNITS = r"day|week|month|year"

# Tried in this order; a later rule may not touch what an earlier one took.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("date", rf"\b(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])"),
    ("weekday", rf"\b{_LEAN}(?P<weekday>{_WEEKDAY}){_GLOSS}"),
    ("range", rf"\b(?P<month>{_MONTH})\s+(?P<day>{_DAY}){_TO}(?P<day2>{_DAY}){_OF_YEAR}"),
    ("range", rf"\b(?P<day>{_DAY}){_TO}(?P<day2>{_DAY})\s+(?P<month>{_MONTH}){_OF_YEAR}"),
    ("date", rf"{_NAMED}(?P<month>{_MONTH})\s+(?P<day>{_DAY}){_OF_YEAR}"),
    ("date", rf"{_NAMED}(?P<day>{_DAY})\s+(?:of\s+)?(?P<month>{_MONTH}){_OF_YEAR}"),
    ("month", rf"\b(?P<month>{_MONTH}),?\s+(?:of\s+)?(?P<year>{_YEAR})(?![\w-]|,\d)"),
    ("weekday", rf"\b{_LEAN}(?P<weekday>{_WEEKDAY})\b"),
    ("month", rf"\b(?i:{_LED})[\s-]+(?P<month>{_MONTH})(?![\w-])"),
    ("relative", r"\b(?P<word>(?i:yesterday|today|tomorrow|tonight))\b"),
    ("relative", rf"\b(?P<lean>(?i:last|next|this|coming|past))\s+(?P<unit>{_UNITS})\b"),
    ("relative", rf"\b(?P<count>(?i:{_COUNT}))\s+(?P<unit>{_UNITS})s?\s+ago\b"),
    (
        "elsewhere",
        rf"\b(?P<count>(?i:{_COUNT}))\s+(?P<unit>{_UNITS})s?\s+(?:earlier|later|before|after)\b",
    ),
    (
        "elsewhere",
        rf"\b(?i:the)\s+(?:(?:previous|following|next)\s+(?:{_UNITS})|day\s+"
        r"(?:before|after))\b",
    ),
    ("year", rf"\b(?i:{_LED})[\s-]+(?P<year>{_YEAR})(?![\w-]|,\d)"),
)
_RULES = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)

_FUTURE = re.compile(
    r"\b(?:will|won't|shall|going to|(?:due|set|scheduled|expected|slated|planned|likely|plans?|"
    r"planning|aims?|hopes?|vowed|pledged|want(?:s|ed)?|agreed|intends?|prepar\w+|ahead of|"
    r"must|needs?) (?:to|for)|ahead of|upcoming|until|would|may|could|is to|are to)\b"
)
_PAST = re.compile(
    r"\b(?:said|says|told|was|were|had|did|has|have|met|came|went|began|gave|took|made|held|saw|"
    r"found|left|hit|struck|shot|wrote|spoke|won|lost|sent|fell|rose|killed|\w{3,}ed)\b"
)
_CLAUSE = re.compile(r"[;:.!?“”\"]|,\s")


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeExpression:
    """
    Words that name a time, with the parts read from them.

    ``kind`` ``elsewhere`` counts from an event named before ("two days earlier"). ``lean`` is
    which way the words look: said outright (``last``, ``this``, ``next``) or by the verb beside
    them (``past``, ``future``). ``gloss`` is the date somebody put in brackets behind a weekday,
    with its own span.
    """

    span: Span
    kind: Kind
    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    offset: int | None = None
    unit: Unit | None = None
    lean: Lean = "past"
    gloss: TimeExpression | None = None


def expressions(text: str) -> list[TimeExpression]:
    """
    Return the time expressions of a text, in order, not overlapping.

    >>> t = "On Friday [March 12] the mayor said the bridge, shut since May 3, will open next week."
    >>> [(e.kind, e.span.of(t)) for e in expressions(t)]
    [('weekday', 'Friday [March 12]'), ('date', 'May 3'), ('relative', 'next week')]
    >>> expressions("They may march; a second troupe in 2000-seat halls; flight 2022-99.")
    []
    """
    found: list[TimeExpression] = []
    taken = bytearray(len(text))
    for kind, rule in _RULES:
        for m in rule.finditer(text):
            place = _place(kind, m)
            if not any(taken[place.start : place.end]):
                taken[place.start : place.end] = b"\x01" * (place.end - place.start)
                found.append(_read(kind, m, place, text))
    return sorted(found, key=lambda e: e.span)


def _place(kind: Kind, m: re.Match[str]) -> Span:
    """Return the words that name the time, without the preposition that led to them."""
    if kind == "month":
        return span(m.start("month"), m.end())
    return span(m.start("year") if kind == "year" else m.start(), m.end())


def _read(kind: Kind, m: re.Match[str], place: Span, text: str) -> TimeExpression:
    parts = {k: v for k, v in m.groupdict().items() if v}
    return TimeExpression(
        span=place,
        kind=kind,
        year=_number(parts.get("year")),
        month=_month(parts.get("month")),
        day=_number(parts.get("day")),
        last_day=_number(parts.get("day2")),
        weekday=WEEKDAYS.get(parts.get("weekday", "").lower()),
        offset=_offset(parts) if kind == "relative" else None,
        unit=parts.get("unit", "day") if kind == "relative" else None,  # type: ignore[arg-type]
        lean=_lean(parts.get("lean", ""), text, place),
        gloss=_gloss(m, parts) if "gmonth" in parts else None,
    )


def _gloss(m: re.Match[str], parts: dict[str, str]) -> TimeExpression | None:
    day = _number(parts.get("gday") or parts.get("gday2"))
    if day is None:
        return None
    start = m.start("gday") if "gday" in parts else m.start("gmonth")
    return TimeExpression(
        span=span(start, m.end() - 1),
        kind="date",
        year=_number(parts.get("gyear")),
        month=_month(parts["gmonth"]),
        day=day,
    )


def _offset(parts: dict[str, str]) -> int:
    """Return how many days, weeks, months or years from publication the words count."""
    steps = {"yesterday": -1, "tomorrow": 1, "last": -1, "past": -1, "next": 1, "coming": 1}
    if "count" in parts:
        return -_count(parts["count"])
    return steps.get((parts.get("word") or parts.get("lean", "")).lower(), 0)


def _number(digits: str | None) -> int | None:
    return int(re.sub(r"\D", "", digits)) if digits else None


def _month(name: str | None) -> int | None:
    if not name:
        return None
    return int(name) if name.isdigit() else MONTHS[name.rstrip(".").lower()]


def _count(word: str) -> int:
    return int(word) if word.isdigit() else COUNTS.get(word.lower(), 1)


def _lean(said: str, text: str, place: Span) -> Lean:
    """
    Return which way an expression looks: what it says itself, else the nearest verb before it.

    >>> t = "Ministers will meet on Friday"
    >>> _lean("", t, span(23, 29))
    'future'
    >>> t = "She said on Friday that ministers will meet"
    >>> _lean("", t, span(12, 18))
    'past'
    """
    spoken: dict[str, Lean] = {"last": "last", "the previous": "last", "next": "next"}
    spoken |= {"the following": "next", "coming": "next", "this": "this"}
    if said.lower() in spoken:
        return spoken[said.lower()]
    before = text[max(0, place.start - 120) : place.start]
    borders = [m.end() for m in _CLAUSE.finditer(before)]
    clause = before[borders[-1] :] if borders else before
    ahead = max((m.end() for m in _FUTURE.finditer(clause)), default=-1)
    # "will be finished by Friday": the participle belongs to the auxiliary before it.
    back = max(
        (m.end() for m in _PAST.finditer(clause) if not _follows_auxiliary(clause, m.start())),
        default=-1,
    )
    return "future" if ahead > back else "past"


def _follows_auxiliary(clause: str, at: int) -> bool:
    return bool(re.search(r"\b(?:will|would|to|may|could|must|shall)\s+(?:be\s+)?$", clause[:at]))


def resolve(expression: TimeExpression, published: When | None) -> When | None:
    """
    Return the value of a time expression against a publication date, or None where it has none.

    Only bounds come back where the publication date is bounded and the ends disagree. A date that
    does not exist has no value.

    >>> e = expressions("He was held on Friday.")[0]
    >>> resolve(e, When(at="2022-09-04", precision="day")).at
    '2022-09-02'
    >>> resolve(e, None) is None
    True
    >>> resolve(expressions("on February 30, 2021")[0], None) is None
    True
    """
    if expression.gloss is not None:
        return resolve(expression.gloss, published)
    if expression.year is not None:
        return _whole(expression)
    window = _window(published)
    if window is None or _impossible(expression):
        return None
    if expression.kind == "elsewhere":
        return When(not_after=window[1].isoformat(), precision="day", basis="text")
    first, last = (_on(expression, day) for day in window)
    if first is None or last is None:
        return None
    if first == last:
        return first
    return When(not_before=_start(first), not_after=_end(last), precision="day", basis="text")


def _whole(e: TimeExpression) -> When | None:
    """Return the value of an expression that needs no publication date."""
    if e.year is None:
        return None
    if e.kind == "year":
        return When(at=f"{e.year:04d}", precision="year", basis="text")
    if e.month is None or not 1 <= e.month <= 12:
        return None
    if e.kind == "month":
        return When(at=f"{e.year:04d}-{e.month:02d}", precision="month", basis="text")
    return _days(e, e.year)


def _days(e: TimeExpression, year: int) -> When | None:
    """Return the day (or first and last day) of ``e`` in ``year``; None if there is no such day."""
    first = _day(year, e.month, e.day)
    if first is None:
        return None
    if e.kind != "range":
        return When(at=first.isoformat(), precision="day", basis="text")
    last = _day(year, e.month, e.last_day)
    if last is None or last <= first:
        return None
    return When(
        not_before=first.isoformat(), not_after=last.isoformat(), precision="day", basis="text"
    )


def _day(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _impossible(e: TimeExpression) -> bool:
    """Return whether no year has such a day ("September 31")."""
    if e.month is None or e.day is None:
        return False
    return not 1 <= e.month <= 12 or not 1 <= e.day <= monthrange(2020, e.month)[1]


def _window(published: When | None) -> tuple[date, date] | None:
    """Return the first and last day of publication; None where unknown or too wide to help."""
    if published is None:
        return None
    first, last = published.not_before, published.not_after
    if published.at:
        first = last = published.at
    if not first or not last:
        return None
    try:
        window = _first_day(first), _last_day(last)
    except ValueError:
        return None
    return window if 0 <= (window[1] - window[0]).days <= WIDEST_WINDOW_DAYS else None


def _first_day(at: str) -> date:
    """Return the first day that an ISO time cut to year, month or day can mean."""
    year, month, day = ([*at[:10].split("-"), "01", "01"])[:3]
    return date(int(year), int(month), int(day))


def _last_day(at: str) -> date:
    parts = at[:10].split("-")
    year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 12
    return date(year, month, int(parts[2]) if len(parts) > 2 else monthrange(year, month)[1])


def _on(e: TimeExpression, day: date) -> When | None:
    """Return what ``e`` means in a text published on ``day``."""
    if e.kind == "weekday" and e.weekday is not None:
        return _at(day + timedelta(days=_steps(e.weekday - day.weekday(), e.lean)))
    if e.kind in ("date", "range"):
        return _nearest(e, day)
    if e.kind == "month" and e.month is not None:
        return _nearest_month(e.month, day, e.lean)
    return _shifted(e, day) if e.kind == "relative" else None


def _steps(difference: int, lean: Lean) -> int:
    """
    Return how many days to go to a weekday ``difference`` days off in the same week.

    >>> [_steps(d, "past") for d in (-2, 0, 3)], _steps(0, "last"), _steps(-2, "future")
    ([-2, 0, -4], -7, 5)
    """
    if lean in ("past", "last"):
        back = -difference % 7
        return -(back or 7) if lean == "last" else -back
    ahead = difference % 7
    return (ahead or 7) if lean == "next" else ahead


def _nearest(e: TimeExpression, day: date) -> When | None:
    """Return the day of ``e`` nearest to ``day``; the verb decides only between near equals."""
    dated = [(year, _day(year, e.month, e.day)) for year in (day.year - 1, day.year, day.year + 1)]
    able = [(year, found) for year, found in dated if found is not None]
    if e.lean == "future":
        able = [(y, found) for y, found in able if found >= day] or able
    if not able:
        return None
    year, _ = min(able, key=lambda item: (abs((item[1] - day).days), item[0]))
    return _days(e, year)


def _nearest_month(month: int, day: date, lean: Lean) -> When:
    year = day.year
    if lean in ("past", "last") and (month > day.month or (lean == "last" and month == day.month)):
        year -= 1
    elif lean in ("future", "next") and month < day.month:
        year += 1
    return When(at=f"{year:04d}-{month:02d}", precision="month", basis="text")


def _shifted(e: TimeExpression, day: date) -> When | None:
    count = e.offset or 0
    if e.unit == "day":
        return _at(day + timedelta(days=count))
    if e.unit == "week":
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=count)
        sunday = monday + timedelta(days=6)
        return When(
            not_before=monday.isoformat(),
            not_after=sunday.isoformat(),
            precision="day",
            basis="text",
        )
    if e.unit == "year":
        return When(at=f"{day.year + count:04d}", precision="year", basis="text")
    months = day.year * 12 + day.month - 1 + count
    return When(at=f"{months // 12:04d}-{months % 12 + 1:02d}", precision="month", basis="text")


def _at(day: date) -> When:
    return When(at=day.isoformat(), precision="day", basis="text")


def _start(when: When) -> str:
    return _first_day(when.at).isoformat() if when.at else when.not_before or ""


def _end(when: When) -> str:
    return _last_day(when.at).isoformat() if when.at else when.not_after or ""


def apart(left: When | None, right: When | None) -> bool:
    """
    Return whether two values cannot mean the same time, each taken no closer than it is known.

    >>> apart(When(at="2022-08"), When(at="2022-08-31")), apart(None, When(at="2022"))
    (False, False)
    >>> apart(When(at="2022-08-30"), When(at="2022-08-31"))
    True
    """
    if left is None or right is None:
        return False
    return _is_before(left, right) or _is_before(right, left)


def _is_before(left: When, right: When) -> bool:
    end, start = _end(left), _start(right)
    return bool(end and start and end < start)


def later(left: When | None, right: When | None) -> bool:
    """
    Return whether ``left`` is surely later than ``right``.

    >>> later(When(at="2022-09-09"), When(at="2022-09-04")), later(When(at="2022"), When(at="2022"))
    (True, False)
    """
    return left is not None and right is not None and _is_before(right, left)


def days_between(left: When, right: When) -> int:
    """Return how many days lie between the first possible days of two known times."""
    return abs((_first_day(_start(right)) - _first_day(_start(left))).days)


def moved(when: When, days: int) -> When:
    """Return the last possible day of a known time, so many days on."""
    return _at(_last_day(_end(when)) + timedelta(days=days))


def contradicts(expression: TimeExpression, published: When | None = None) -> str | None:
    """
    Return why an expression contradicts itself, or None.

    ``no such day``: no calendar has it. ``weekday``: the weekday and the date beside it, or in
    brackets behind it, do not fall together. Without a year that is only said of a day within
    ``NEAR_DAYS`` of publication.

    >>> contradicts(expressions("on Friday, September 3, 2022")[0])
    'weekday'
    >>> contradicts(expressions("on Saturday, September 3, 2022")[0]) is None
    True
    >>> contradicts(expressions("by September 31")[0])
    'no such day'
    """
    dated = expression.gloss or expression
    if _impossible(dated) or (dated.year and dated.month and dated.day and not _whole(dated)):
        return "no such day" if dated.kind == "date" else None
    if expression.weekday is None or dated.day is None:
        return None
    value = resolve(dated, published)
    if value is None or value.at is None:
        return None
    day = date.fromisoformat(value.at)
    if dated.year is None and not _is_near(day, published):
        return None
    return "weekday" if day.weekday() != expression.weekday else None


def weekday_of(expression: TimeExpression, published: When | None = None) -> str | None:
    """
    Return the name of the weekday that a date really falls on, or None.

    >>> weekday_of(expressions("on Thursday, September 3, 2021")[0])
    'Friday'
    """
    value = resolve(expression.gloss or expression, published)
    if value is None or value.at is None or value.precision != "day":
        return None
    number = date.fromisoformat(value.at).weekday()
    return next(name.capitalize() for name, n in WEEKDAYS.items() if n == number)


def _is_near(day: date, published: When | None) -> bool:
    window = _window(published)
    return window is not None and all(abs((day - end).days) <= NEAR_DAYS for end in window)


__all__ = [
    "TimeExpression",
    "apart",
    "contradicts",
    "days_between",
    "expressions",
    "later",
    "moved",
    "resolve",
    "weekday_of",
]
