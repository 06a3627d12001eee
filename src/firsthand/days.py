"""
Days and what is known of them: comparing times that are known to the day, the year, or by bounds.

A :class:`~firsthand.model.When` is never taken closer than it says: "2021" and "3 September 2021"
are not apart, a week and a day within it neither. All comparing goes by whole days; hours are kept
but decide nothing, since texts seldom say in which zone they are.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from firsthand.model import When

# A publication date known no closer than this says nothing about "on Friday".
WIDEST_WINDOW_DAYS = 370
# Python's calendar ends at year 1 and 9999; text counts beyond that mean no day.
Window = tuple[date, date]


def day_of(year: int, month: int | None, day: int | None) -> date | None:
    """Return the day, or None where no calendar has it."""
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def step(day: date, count: int) -> date | None:
    """Return the day so many days on, or None outside the calendar."""
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return None


def at_day(day: date | None) -> When | None:
    """Return one day as a time read from a text."""
    return None if day is None else When(at=day.isoformat(), precision="day", basis="text")


def at_month(year: int, month: int) -> When | None:
    """
    Return a month as a time; months run on past December.

    >>> at_month(2021, 14).at, at_month(2021, 0).at
    ('2022-02', '2020-12')
    """
    count = year * 12 + month - 1
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        return None
    return When(at=f"{year:04d}-{month + 1:02d}", precision="month", basis="text")


def at_year(year: int) -> When | None:
    """Return a year as a time."""
    return When(at=f"{year:04d}", precision="year", basis="text") if 1 <= year <= 9999 else None


def between(first: date | None, last: date | None) -> When | None:
    """Return the bounds as a time, or None where one is missing or they are the wrong way round."""
    if first is None or last is None or last < first:
        return None
    return When(
        not_before=first.isoformat(), not_after=last.isoformat(), precision="day", basis="text"
    )


def months(year: int, month: int, count: int) -> When | None:
    """
    Return the bounds of ``count`` whole months from one on.

    >>> months(2018, 12, 3).not_after
    '2019-02-28'
    """
    end_year, end_month = divmod(year * 12 + month - 1 + count - 1, 12)
    if not (1 <= year <= 9999 and 1 <= end_year <= 9999):
        return None
    last = monthrange(end_year, end_month + 1)[1]
    return between(date(year, month, 1), date(end_year, end_month + 1, last))


def years(first: int, last: int) -> When | None:
    """Return the bounds of whole years, both included."""
    return between(day_of(first, 1, 1), day_of(last, 12, 31))


def week_of(day: date | None) -> When | None:
    """Return Monday to Sunday of the week a day lies in."""
    monday = None if day is None else step(day, -day.weekday())
    return None if monday is None else between(monday, step(monday, 6))


def first_day(at: str) -> date:
    """Return the first day that an ISO time cut to year, month or day can mean."""
    year, month, day = ([*at[:10].split("-"), "01", "01"])[:3]
    return date(int(year), int(month), int(day))


def last_day(at: str) -> date:
    """Return the last day that an ISO time cut to year, month or day can mean."""
    parts = at[:10].split("-")
    year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 12
    return date(year, month, int(parts[2]) if len(parts) > 2 else monthrange(year, month)[1])


def window(published: When | None) -> Window | None:
    """Return the first and last day of publication; None where unknown or too wide to help."""
    if published is None:
        return None
    first, last = published.not_before, published.not_after
    if published.at:
        first = last = published.at
    if not first or not last:
        return None
    try:
        found = first_day(first), last_day(last)
    except ValueError:
        return None
    return found if 0 <= (found[1] - found[0]).days <= WIDEST_WINDOW_DAYS else None


def start(when: When) -> str:
    """Return the first day a time can mean, ISO; empty where it has no beginning."""
    return first_day(when.at).isoformat() if when.at else when.not_before or ""


def end(when: When) -> str:
    """Return the last day a time can mean, ISO; empty where it has no end."""
    return last_day(when.at).isoformat() if when.at else when.not_after or ""


def merged(values: Iterable[When | None]) -> When | None:
    """Return one value if all are equal, else bounds that hold them all; None if any is None."""
    found = list(values)
    if not found or any(value is None for value in found):
        return None
    kept = [value for value in found if value is not None]
    if all(value == kept[0] for value in kept):
        return kept[0]
    return When(
        not_before=min(start(value) for value in kept) or None,
        not_after=max(end(value) for value in kept) or None,
        precision="day",
        basis="text",
    )


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
    ends, starts = end(left), start(right)
    return bool(ends and starts and ends < starts)


def later(left: When | None, right: When | None) -> bool:
    """
    Return whether ``left`` is surely later than ``right``.

    >>> later(When(at="2022-09-09"), When(at="2022-09-04")), later(When(at="2022"), When(at="2022"))
    (True, False)
    """
    return left is not None and right is not None and _is_before(right, left)


def days_between(left: When, right: When) -> int:
    """Return how many days lie between the first possible days of two known times."""
    return abs((first_day(start(right)) - first_day(start(left))).days)


def moved(when: When, days: int) -> When:
    """Return the last possible day of a known time, so many days on."""
    day = last_day(end(when)) + timedelta(days=days)
    return When(at=day.isoformat(), precision="day", basis="text")
