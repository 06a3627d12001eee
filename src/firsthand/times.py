"""
Written times, strictly read: what pages, feeds and rows give as the time of an article.

:func:`when` reads a field that is a time and nothing else, :func:`day_in` finds a full day in a
line that people read ("Published 4 March 2025"). Read are ISO forms, the form of mail headers, and
a day with the month's name in the languages of ``_MONTHS``. Precision is what was written, no more;
outside the years the web has existed there is none.

Known to fail: day and month as two numbers are read only where one reading is possible (23/4/2025,
4/4/2025), the caller knows the order (:func:`order_in`), or full stops part them, as in countries
that put the day first; a day without its year is none; other calendars are passed over.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from firsthand.model import When

Order = Literal["day first", "month first"]

# Before the first web page, nothing was captured; the end allows for clocks, not for typos.
FIRST_YEAR, LAST_YEAR = 1991, 2100
LONGEST_FIELD = 80

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ]\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2}|UTC|GMT)?)?)?"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)(?:T?(\d{2}):?(\d{2})(?::?(\d{2}))?(Z)?)?")
_MAIL = re.compile(r"[A-Z][a-z]{2},? \d{1,2} [A-Z][a-z]{2} \d{4} \d")

# English, German, French, Spanish, Portuguese, Italian, Catalan, Dutch, Danish, Norwegian, Swedish,
# Finnish, Polish, Czech, Romanian, Turkish, Hungarian, Indonesian, Russian, Ukrainian, Greek. A
# word that is one month here and another there (Polish and Croatian "listopada") is none.
_MONTHS = (
    "january jan januar jänner janvier janv enero ene janeiro gennaio gen gener januari tammikuuta "
    "stycznia styczeń ledna leden ianuarie ian ocak január янв января січня ιανουαρίου ιαν",
    "february feb februar févr février fevrier febrero fevereiro fev febbraio febb febrer februari "
    "helmikuuta lutego luty února únor februarie şubat február februári фев февр февраля лютого "
    "φεβρουαρίου φεβ",
    "march mar märz mars marzo março marco març maart mrt marts maaliskuuta marca marzec března "
    "březen martie mart március maret марта березня μαρτίου μαρ",
    "april apr avril avr abril abr aprile huhtikuuta kwietnia kwiecień dubna duben aprilie nisan "
    "április апр апреля квітня απριλίου απρ",
    "may mai mayo maio maggio mag maig mei maj toukokuuta maja května květen mayıs május мая "
    "травня μαΐου μαϊ",
    "june jun juni juin junio junho giugno giu juny kesäkuuta czerwca czerwiec června červen iunie "
    "haziran június июн июня червня ιουνίου ιουν",
    "july jul juli juillet juil julio julho luglio lug juliol heinäkuuta lipca lipiec července "
    "červenec iulie temmuz július июл июля липня ιουλίου ιουλ",
    "august aug août aout agosto ago agost augustus augusti elokuuta sierpnia sierpień srpna srpen "
    "ağustos augusztus agustus авг августа серпня αυγούστου αυγ",
    "september sep sept septembre septiembre setiembre setembro set settembre setembre syyskuuta "
    "września wrzesień září septembrie eylül szeptember сен сент сентября вересня σεπτεμβρίου σεπ",
    "october oct oktober okt octobre octubre outubro ottobre ott lokakuuta października "
    "październik října říjen octombrie ekim október октября окт жовтня οκτωβρίου οκτ",
    "november nov novembre noviembre novembro marraskuuta listopadu noiembrie kasım нояб ноября "
    "νοεμβρίου νοε",
    "december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre desembre "
    "desember des joulukuuta grudnia grudzień prosince prosinec decembrie aralık дек декабря "
    "грудня δεκεμβρίου δεκ",
)
MONTHS = {name: n for n, names in enumerate(_MONTHS, start=1) for name in names.split()}

_NAME = r"(?P<month>[^\W\d_]{3,12})"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_GAP = r"[ \xa0\u202f-]{0,2}"
_DAYS = (
    # 4 March 2025, 4. März 2025, 4 de marzo de 2025, 1er mars 2025, the 4th of March, 2025
    rf"(?<![\d.,:/-])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|[º°.])?{_GAP}(?:de |of |d['’])?"
    rf"{_NAME}[.,]{{0,2}}{_GAP}(?:del? |of )?{_YEAR}",
    # March 4, 2025; Mar. 4th 2025
    rf"(?<!\w){_NAME}\.?{_GAP}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[.,]?{_GAP}{_YEAR}",
    # 2025. március 4., 2025 Mar 4
    rf"(?<!\d){_YEAR}[.,]?{_GAP}{_NAME}\.?{_GAP}(?P<day>\d{{1,2}})(?!\d)",
    # 2025-03-04, 2025/3/4, 2025.03.04, 2025年3月4日, 2025년 3월 4일
    r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)(?:[-/.]|[年년]\s?)(?P<number>\d{1,2})(?:[-/.]|[月월]\s?)"
    r"(?P<day>\d{1,2})(?!\d|[/.-]\d)",
    # 4.3.2025, 23/4/2025
    r"(?<![\d/.-])(?P<left>\d{1,2})(?P<mark>[./-])(?P<right>\d{1,2})(?P=mark)"
    r"(?P<year>(?:19|20)\d\d)(?!\d|[/.-]\d)",
)
_DAY_FORMS = tuple(re.compile(form, re.IGNORECASE) for form in _DAYS)
_YEAR_THERE = re.compile(r"(?:19|20)\d\d")


def when(said: object, basis: str) -> When | None:
    """
    Return the time that a page or a row gives, strictly read, or None.

    >>> when("2025-03-04T09:20:00+01:00", "json-ld").at, when("2024-11", "meta").precision
    ('2025-03-04T09:20:00+01:00', 'month')
    >>> when("4 March 2025", "meta").at, when("Tue, 04 Mar 2025 09:20:00 GMT", "meta").at
    ('2025-03-04', '2025-03-04T09:20:00+00:00')
    >>> [when(x, "meta") for x in ("NaN", "2024-13-01", "3/4/2025", "0001-01-01", "yesterday", 7)]
    [None, None, None, None, None, None]
    """
    if not isinstance(said, str) or len(said) > LONGEST_FIELD:
        return None
    said = " ".join(said.split())
    return _iso(said, basis) or _compact(said, basis) or _mail(said, basis) or _led(said, basis)


def _iso(said: str, basis: str) -> When | None:
    found = _ISO.fullmatch(said)
    return _moment(*found.groups(), basis=basis) if found else None


def _compact(said: str, basis: str) -> When | None:
    found = _COMPACT.fullmatch(said)
    return _moment(*found.groups(), basis=basis) if found else None


def _moment(
    year: str,
    month: str,
    day: str | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: str | None,
    *,
    basis: str,
) -> When | None:
    """Return the time made of written parts, as precise as they go; None where it cannot be."""
    try:
        moment = datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None
    if day is None:
        return _bounded(moment, moment.strftime("%Y-%m"), "month", basis)
    if hour is None:
        return _bounded(moment, moment.strftime("%Y-%m-%d"), "day", basis)
    suffix = ""
    if zone:
        suffix = "+00:00" if zone in ("Z", "UTC", "GMT") else f"{zone[:3]}:{zone[-2:]}"
    at, precision = ("%Y-%m-%dT%H:%M:%S", "second") if second else ("%Y-%m-%dT%H:%M", "minute")
    return _bounded(moment, moment.strftime(at) + suffix, precision, basis)


def _mail(said: str, basis: str) -> When | None:
    if not _MAIL.match(said):
        return None
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return _bounded(moment, moment.isoformat(), "second", basis)


def _led(said: str, basis: str) -> When | None:
    """Return the day a field begins with, its weekday passed over: a time may follow it."""
    bare = re.sub(r"^[^\W\d_]{2,12}\.?,? +(?=\d)|^[^\W\d_]{2,12}\.?, +", "", said)
    for text in (said, bare):
        found = _day(text, basis, None)
        if found and found[1] == 0:
            return found[0]
    return None


def day_in(line: str, basis: str, order: Order | None = None) -> When | None:
    """
    Return the first full day that stands in a line, or None.

    >>> [day_in(x, "text").at for x in ("Published 4 March 2025, 9 am", "Oslo, 4. mars 2025")]
    ['2025-03-04', '2025-03-04']
    >>> [day_in(x, "text").at for x in ("23/4/2025", "4.3.2025", "2025年3月4日", "May 5th, 2025")]
    ['2025-04-23', '2025-03-04', '2025-03-04', '2025-05-05']
    >>> [day_in(x, "text") for x in ("3/4/2025", "on 4 March", "rooms 3 to 2025", "1.2.3.2025")]
    [None, None, None, None]
    >>> day_in("3/4/2025", "text", order="month first").at
    '2025-03-04'
    """
    found = _day(line, basis, order)
    return found[0] if found else None


def order_in(text: str) -> Order | None:
    """
    Return how a text orders day and month written as numbers, or None where it does not show.

    >>> order_in("3/4/2025 and 3/25/2025"), order_in("3/4/2025"), order_in("25/3/2025, 3/25/2025")
    ('month first', None, None)
    """
    orders: set[Order] = set()
    for found in _DAY_FORMS[-1].finditer(text):
        left, right = int(found["left"]), int(found["right"])
        if found["mark"] != "." and 12 < max(left, right) <= 31 and min(left, right) <= 12:
            orders.add("day first" if left > right else "month first")
    return orders.pop() if len(orders) == 1 else None


def _day(line: str, basis: str, order: Order | None) -> tuple[When, int] | None:
    """Return the first day in a line with its place."""
    if not _YEAR_THERE.search(line):
        return None
    best: tuple[When, int] | None = None
    for form in _DAY_FORMS:
        for found in form.finditer(line):
            day = _date_of(found.groupdict(), order)
            if day and (best is None or found.start() < best[1]):
                best = When(at=day.isoformat(), precision="day", basis=basis), found.start()
                break
    return best


def _date_of(parts: dict[str, str | None], order: Order | None) -> date | None:
    if parts.get("left"):
        left, right = int(parts["left"] or 0), int(parts["right"] or 0)
        month, day = _told_apart(left, right, "day first" if parts["mark"] == "." else order)
    else:
        name = (parts.get("month") or "").casefold()
        month = int(parts["number"] or 0) if parts.get("number") else MONTHS.get(name, 0)
        day = int(parts["day"] or 0)
    try:
        found = date(int(parts["year"] or 0), month, day)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _told_apart(left: int, right: int, order: Order | None) -> tuple[int, int]:
    """Return (month, day) where only one reading is possible or the order is known, else (0, 0)."""
    if left > 12 or left == right:
        return right, left
    if right > 12:
        return left, right
    return {"day first": (right, left), "month first": (left, right)}.get(order or "", (0, 0))


def _bounded(moment: datetime, at: str, precision: str, basis: str) -> When | None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return When(at=at, precision=precision, basis=basis)


def moment(when_: When) -> datetime | None:
    """Return the earliest moment a time may mean, in UTC where no zone was given; for ordering."""
    if when_.at is None:
        return None
    full = when_.at + "-01" if when_.precision == "month" else when_.at
    found = datetime.fromisoformat(full)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day_of(when_: When | None) -> date | None:
    """Return the day a time names in its own zone; None where it names none."""
    if when_ is None or when_.at is None or len(when_.at) < len("2025-03-04"):
        return None
    return date.fromisoformat(when_.at[:10])
