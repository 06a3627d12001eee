"""
From the parts of a time expression to days: with a year by themselves, else from one given day.

:func:`whole` needs no publication date, :func:`on_day` says what words mean in a text published on
that day. Nothing here knows the text; what the verb beside the words showed is in ``lean``.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date

from firsthand.days import (
    at_day,
    at_month,
    at_year,
    between,
    day_of,
    end,
    first_day,
    months,
    start,
    step,
    week_of,
    years,
)
from firsthand.model import When
from firsthand.tenses import Lean
from firsthand.timewords import TimeExpression

# "was held on May 4" in March speaks of last year; a day or two ahead is a clock or a zone.
SLACK_DAYS = 3
_THANKSGIVING_WEEKDAY = 3


def is_whole(e: TimeExpression) -> bool:
    """Return whether an expression needs no publication date."""
    return e.year is not None or (e.until is not None and e.until.year is not None)


def whole(e: TimeExpression) -> When | None:
    """Return the value of an expression that needs no publication date."""
    if e.until is not None:
        return _stretch_of(e, e.until, None)
    year = e.year
    if year is None:
        return None
    if e.kind == "year":
        return years(year, e.last_year) if e.last_year else at_year(year)
    if e.kind == "decade":
        return years(year, year + 9)
    if e.kind == "century":
        return years(year, year + 99)
    if e.kind == "part":
        return months(year, e.first_month or 1, e.n_months or 12)
    if e.month is None or not 1 <= e.month <= 12:
        return None
    if e.kind == "month":
        return _month_range(e, year) if e.last_month else at_month(year, e.month)
    return _days(e, year)


def _month_range(e: TimeExpression, last_year: int) -> When | None:
    """Return the bounds of "between January and March 2020"; the year is that of the end."""
    first, last = e.month or 1, e.last_month or 12
    year = last_year - (first > last)
    return months(year, first, (last - first) % 12 + 1)


def with_hour(when: When | None, e: TimeExpression) -> When | None:
    """Return a day with the hour that stands beside it."""
    if when is None or e.minutes is None or when.precision != "day" or when.at is None:
        return when
    clock = f"{e.minutes // 60:02d}:{e.minutes % 60:02d}"
    return replace(when, at=f"{when.at}T{clock}", precision="minute")


def _days(e: TimeExpression, year: int) -> When | None:
    """Return the day (or first and last day) of ``e`` in ``year``; None if there is no such day."""
    first = _dated_day(e, year)
    if first is None or e.kind != "range":
        return at_day(first)
    last = day_of(year, e.month, e.last_day)
    return between(first, last) if last is not None and last > first else None


def _dated_day(e: TimeExpression, year: int) -> date | None:
    if e.month == 11 and e.day is None:
        # Thanksgiving: the fourth Thursday.
        first = date(year, 11, 1)
        return step(first, (_THANKSGIVING_WEEKDAY - first.weekday()) % 7 + 21)
    return day_of(year, e.month, e.day)


def impossible(e: TimeExpression) -> bool:
    """Return whether no year has such a day ("September 31")."""
    if e.month is None or e.day is None:
        return False
    return not 1 <= e.month <= 12 or not 1 <= e.day <= monthrange(2020, e.month)[1]


def on_day(e: TimeExpression, day: date) -> When | None:
    """Return what ``e`` means in a text published on ``day``."""
    if e.until is not None:
        return _stretch_of(e, e.until, day)
    if e.kind == "weekday" and e.weekday is not None:
        return at_day(step(day, _steps(e.weekday - day.weekday(), e.lean)))
    if e.kind in ("date", "range"):
        return _nearest(e, day)
    if e.kind == "month" and e.month is not None:
        return _nearest_month(e, day)
    if e.kind == "day of month":
        return at_day(_nearest_monthly(e, day))
    if e.kind == "weekend":
        return _weekend(e, day)
    if e.kind == "part":
        return _nearest_part(e, day)
    if e.kind == "stretch":
        return _from_today(e, day)
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
    """Return the day of ``e`` nearest to ``day`` on the side its verb looks to."""
    dated = [(year, _dated_day(e, year)) for year in (day.year - 1, day.year, day.year + 1)]
    able = [(year, found) for year, found in dated if found is not None]
    if e.lean == "future":
        able = [(y, found) for y, found in able if found >= day] or able
    elif e.tensed and e.lean in ("past", "last"):
        able = [(y, found) for y, found in able if (found - day).days <= SLACK_DAYS] or able
    if not able:
        return None
    year, _ = min(able, key=lambda item: (abs((item[1] - day).days), item[0]))
    return _days(e, year)


def _nearest_month(e: TimeExpression, day: date) -> When | None:
    year, month = day.year, e.month or 1
    last = e.last_month or month
    if e.lean in ("past", "last") and (
        last > day.month or (e.lean == "last" and month == day.month)
    ):
        year -= 1
    elif e.lean in ("future", "next") and month < day.month:
        year += 1
    return _month_range(e, year) if e.last_month else at_month(year, month)


def _nearest_monthly(e: TimeExpression, day: date) -> date | None:
    """Return "the 27th": the last such day, or the next where the verb looks ahead."""
    order = (0, 1) if e.lean == "future" else (0, -1)
    for months_off in order:
        year, month = divmod(day.year * 12 + day.month - 1 + months_off, 12)
        found = day_of(year, month + 1, e.day)
        if found is not None and (found >= day if e.lean == "future" else found <= day):
            return found
    return None


def _nearest_part(e: TimeExpression, day: date) -> When | None:
    """Return the season or quarter that is going on, was last or comes next, as the words look."""
    found = [months(day.year + k, e.first_month or 1, e.n_months or 3) for k in (-2, -1, 0, 1)]
    known = [when for when in found if when is not None]
    today = day.isoformat()
    if e.lean == "this":
        # "this summer" said in May or in October of the same year.
        return next((w for w in known if start(w)[:4] == today[:4]), None)
    if e.lean == "future":
        return next((w for w in known if end(w) >= today), None)
    return next((w for w in reversed(known) if end(w) < today), None)


def _weekend(e: TimeExpression, day: date) -> When | None:
    """Return Saturday and Sunday: the last or current ones, or those to come."""
    saturday = step(day, 5 - day.weekday())
    past = e.lean in ("past", "last") or (e.lean == "this" and day.weekday() >= 5)
    weeks = 0
    if past and (day.weekday() < 5 or e.lean == "last"):
        weeks = -1
    elif e.lean == "next":
        weeks = 1
    first = None if saturday is None else step(saturday, 7 * weeks)
    return None if first is None else between(first, step(first, 1))


def _from_today(e: TimeExpression, day: date) -> When | None:
    """Return the bounds of "the past two weeks": up to publication, or from it on."""
    count = e.offset or 0
    if e.unit in ("day", "week"):
        other = step(day, count * (7 if e.unit == "week" else 1))
    else:
        number = day.year * 12 + day.month - 1 + count * (12 if e.unit == "year" else 1)
        year, month = divmod(number, 12)
        last = monthrange(year, month + 1)[1] if 1 <= year <= 9999 else 0
        other = day_of(year, month + 1, min(day.day, last))
    return between(other, day) if count < 0 else between(day, other)


def _stretch_of(e: TimeExpression, until: TimeExpression, day: date | None) -> When | None:
    """Return the bounds of a range with two ends of one kind, dates or weekdays."""
    if e.kind == "weekday":
        single = replace(e, until=None)
        first = on_day(single, day) if day else None
        begin = first_day(first.at) if first and first.at else None
        ahead = ((until.weekday or 0) - (e.weekday or 0)) % 7
        return None if begin is None else between(begin, step(begin, ahead))
    ends = whole(until) if until.year else (_nearest(until, day) if day else None)
    if ends is None or ends.at is None:
        return None
    last = first_day(ends.at)
    year = e.year or last.year - ((e.month or 0, e.day or 0) > (last.month, last.day))
    return between(_dated_day(e, year), last)


def _shifted(e: TimeExpression, day: date) -> When | None:
    count = e.offset or 0
    if e.unit == "day":
        return at_day(step(day, count))
    if e.unit == "week":
        return week_of(step(day, 7 * count))
    if e.unit == "year":
        return at_year(day.year + count)
    if e.unit == "quarter":
        first = (day.month - 1) // 3 * 3 + 3 * count
        return months(day.year + first // 12, first % 12 + 1, 3)
    return at_month(day.year, day.month + count)
