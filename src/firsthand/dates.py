"""
What day the time expressions of a text mean, and words of time that contradict each other.

A report says "on Friday"; which day that is depends on when it was published and on whether the
verb beside it looks back or ahead. ``timewords.py`` finds the words, :func:`resolve` gives the
value of one against the publication date (``reckoning.py`` counts), and where that date is only
bounded the value is bounded too: it is worked out for the first and the last possible day.
:func:`values` goes through a whole text and also gives those that count from an event named before
("two days earlier"), with a strength: how surely such words mean that day.

Conventions: a week runs from Monday to Sunday, "two weeks ago" is that whole week, a season is
three whole months as on the northern half of the earth, "the 1990s" all ten years, a range its
first and last day. Hours are kept as written, whatever the zone.

Known to fail: "two days earlier" counts from the last time named, which need not be the event
meant (so its strength is low); other calendars are named and not converted; movable feasts are
passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from firsthand.days import (
    apart,
    at_day,
    at_month,
    at_year,
    days_between,
    first_day,
    later,
    merged,
    moved,
    step,
    week_of,
    window,
)
from firsthand.model import When
from firsthand.reckoning import impossible, is_whole, on_day, whole, with_hour
from firsthand.timerules import MONTHS, WEEKDAYS
from firsthand.timewords import TimeExpression, expressions

# A weekday and a date without a year are held against each other only this near to publication;
# further off the text may speak of another year.
NEAR_DAYS = 60
# An event named further back than this is not what "two days earlier" counts from.
ANCHOR_CHARS = 400
# "two days after the vote on March 2": the event stands within so many characters.
EVENT_CHARS = 60

# How surely words of a kind mean the value given: read as an order, not as a probability. They
# follow the share of right values by kind that benchmarks/quality/dates.py prints.
FULL, TENSED, BARE, COUNTED, ANCHORED = 1.0, 0.9, 0.75, 0.85, 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """A time expression of a text with its value and how surely it means that (0-1)."""

    expression: TimeExpression
    when: When | None
    strength: float


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
    >>> resolve(expressions("at 6 p.m. on 4 May 2021")[0], None).at
    '2021-05-04T18:00'
    """
    if expression.gloss is not None:
        return resolve(expression.gloss, published)
    if expression.kind == "calendar":
        return None
    if is_whole(expression):
        return with_hour(whole(expression), expression)
    days = window(published)
    if days is None or impossible(expression):
        return None
    if expression.kind in ("elsewhere", "same"):
        return When(not_after=days[1].isoformat(), precision="day", basis="text")
    return with_hour(merged(on_day(expression, day) for day in dict.fromkeys(days)), expression)


def values(text: str, published: When | None = None) -> list[Dated]:
    """
    Return every time expression of a text with its value, in order.

    >>> t = "The dam broke on 3 May 2021. Two days earlier it had rained."
    >>> [(d.expression.span.of(t), d.when.at, d.strength) for d in values(t)]
    [('3 May 2021', '2021-05-03', 1.0), ('Two days earlier', '2021-05-01', 0.6)]
    """
    found = expressions(text)
    dated: list[Dated] = []
    # What later expressions may count from, by place in ``found``; those that count themselves too.
    known: dict[int, When] = {}
    nearest: int | None = None
    for i, e in enumerate(found):
        when, strength = resolve(e, published), _strength(e)
        if e.kind in ("elsewhere", "same"):
            anchor = _event(found, i, text, published)
            if anchor is None and e.side is None and nearest is not None:
                near = e.span.start - found[nearest].span.end <= ANCHOR_CHARS
                anchor = known[nearest] if near else None
            counted = _counted(e, anchor)
            when, strength = (counted, ANCHORED) if counted else (when, strength)
        if when is not None and (when.at or (when.not_before and when.not_after)):
            known[i], nearest = when, i
        dated.append(Dated(expression=e, when=when, strength=strength if when else 0.0))
    return dated


def _event(found: list[TimeExpression], at: int, text: str, published: When | None) -> When | None:
    """Return the time of the event that "after" leads to: "after the vote on March 2"."""
    e = found[at]
    if e.side is None or at + 1 == len(found):
        return None
    following = found[at + 1]
    gap = text[e.span.end : following.span.start]
    if len(gap) > EVENT_CHARS or any(mark in gap for mark in '.;:!?,“”"'):
        return None
    return resolve(following, published)


def _counted(e: TimeExpression, anchor: When | None) -> When | None:
    """Return so many units from a known time, no closer than the unit."""
    if anchor is None or e.offset is None:
        return None
    if e.unit == "hour":
        return None
    if anchor.at is None:
        return anchor if e.kind == "same" else None
    closeness = len(anchor.at[:10])
    day = first_day(anchor.at)
    if e.unit in ("day", "week"):
        if closeness < 10:
            return None
        moved_to = step(day, e.offset * (7 if e.unit == "week" else 1))
        return week_of(moved_to) if e.unit == "week" and e.kind == "same" else at_day(moved_to)
    if e.unit == "month":
        return at_month(day.year, day.month + e.offset) if closeness >= 7 else None
    return at_year(day.year + e.offset)


def _strength(e: TimeExpression) -> float:
    dated = e.gloss or e
    if dated.year is not None and dated.kind not in ("decade", "century", "part"):
        return FULL
    if e.gloss is not None or (e.kind == "weekday" and e.tensed) or dated.kind in ("date", "range"):
        return TENSED
    if e.kind in ("relative", "stretch", "decade", "century"):
        return COUNTED
    return BARE


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
    if expression.until is not None:
        return None
    if impossible(dated) or (dated.year and dated.month and dated.day and not whole(dated)):
        return "no such day" if dated.kind == "date" else None
    if expression.weekday is None or dated.day is None:
        return None
    value = resolve(dated, published)
    if value is None or value.at is None:
        return None
    day = first_day(value.at)
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
    if value is None or value.at is None or value.precision not in ("day", "minute"):
        return None
    number = first_day(value.at).weekday()
    return next(name.capitalize() for name, n in WEEKDAYS.items() if n == number)


def _is_near(day: date, published: When | None) -> bool:
    days = window(published)
    return days is not None and all(abs((day - edge).days) <= NEAR_DAYS for edge in days)


__all__ = [
    "MONTHS",
    "WEEKDAYS",
    "Dated",
    "TimeExpression",
    "apart",
    "contradicts",
    "days_between",
    "expressions",
    "later",
    "moved",
    "resolve",
    "values",
    "weekday_of",
]
