"""
Between which days a text without a date of its own was published.

A report cannot be older than the latest past day it tells of, and not younger than its capture. A
weekday beside a date narrows further: "on Friday, March 5" fits one year in six or so. What comes
back are bounds, never a day: how long after the event a text was written is not shown.

Only full dates under a verb in the past count, since a plan may be called off and a date without
its year needs the publication it is to show. Times in quotation marks count like others: who is
quoted spoke before publication too.

Known to fail: a past tense for what is to come ("said the deadline was March 5, 2022"); a typing
error in a year.
"""

from __future__ import annotations

from datetime import date

from firsthand.days import day_of, end, first_day, later, start
from firsthand.model import When
from firsthand.reckoning import whole
from firsthand.timewords import TimeExpression, expressions

# Years in which a weekday and a date can fall together are looked for no further back than this.
MOST_YEARS_BACK = 40


def bounds(text: str, captured_at: str | None = None) -> When | None:
    """
    Return the first and last day a text can have been published, or None where nothing shows.

    ``captured_at`` is the ISO time of its capture, if known; basis ``text`` either way.

    >>> t = "The dam broke on 3 May 2021. It will be rebuilt by 1 June 2023."
    >>> bounds(t, "2022-02-01T10:00:00Z").not_before, bounds(t, "2022-02-01T10:00:00Z").not_after
    ('2021-05-03', '2022-02-01')
    >>> bounds("She spoke on Friday, March 5.", "2022-02-01").not_before
    '2021-03-05'
    >>> bounds("She spoke on Friday.") is None
    True
    """
    last = captured_at[:10] if captured_at else None
    found = [e for e in expressions(text) if e.tensed and e.lean in ("past", "last")]
    days = [day for e in found if (day := _known(e, last)) is not None]
    first = max((day for day in days if last is None or day <= last), default=None)
    if first is None and last is None:
        return None
    return When(not_before=first, not_after=last, precision="day", basis="text")


def _known(e: TimeExpression, last: str | None) -> str | None:
    """Return the first day that a past time surely reached, ISO, or None."""
    dated = e.gloss or e
    if dated.year is not None:
        when = whole(dated)
        # "In 2021" is reached on its first day; a month or year still running may be the present.
        return start(when) if when is not None else None
    if e.weekday is None or dated.month is None or dated.day is None or last is None:
        return None
    return _by_weekday(e.weekday, dated.month, dated.day, first_day(last))


def _by_weekday(weekday: int, month: int, day: int, last: date) -> str | None:
    """Return the latest such day up to ``last`` that falls on the weekday."""
    for year in range(last.year, last.year - MOST_YEARS_BACK, -1):
        found = day_of(year, month, day)
        if found is not None and found <= last and found.weekday() == weekday:
            return found.isoformat()
    return None


def narrowed(known: When | None, text: str, captured_at: str | None = None) -> When | None:
    """
    Return what is known of a publication time, with the bounds its text adds.

    A known day stays; bounds are only ever drawn closer, and where the text contradicts them they
    stay as they were.

    >>> narrowed(When(not_after="2024-11-24", precision="day"), "It sank on 2 May 2024.").not_before
    '2024-05-02'
    """
    if known is not None and known.at:
        return known
    found = bounds(text, captured_at)
    if known is None or found is None:
        return known or found
    first = max(known.not_before or "", found.not_before or "") or None
    ends = [d for d in (known.not_after, found.not_after) if d]
    closer = When(
        not_before=first,
        not_after=min(ends, default=None),
        precision="day",
        basis=known.basis or "text",
    )
    impossible = first and ends and first > min(ends)
    return known if impossible or (later(found, known) and end(known)) else closer
