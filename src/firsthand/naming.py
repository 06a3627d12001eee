"""
What sources, files and times are called on screen.

An unnamed source is called just that, whatever words a page uses for it. A capture has several
names of growing length, of which the shortest that tells it apart is used. A time is written no
finer than it is known.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePath

from firsthand.model import Capture, SourceKind, When
from firsthand.wording import named, say

_MARK = re.compile(r"[_\-. ]")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def called(name: str | None, kind: SourceKind) -> str:
    """
    Return a source's name for a sentence; unnamed ones are never called more than that.

    >>> called("Harbour Post", "outlet"), called("a source close to the council", "unnamed")
    ('Harbour Post', 'an unnamed source')
    """
    if kind in ("unnamed", "unseen") or not name:
        return named("source", kind)
    return name


def shortened(text: str, room: int) -> str:
    """
    Return ``text`` in at most ``room`` characters, an ellipsis where it was cut.

    >>> shortened("Harbour Post", 8)
    'Harbour…'
    """
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def names_of(capture: Capture, given_ids: dict[str, str]) -> tuple[str, str, str, str]:
    """Return a capture's possible names, shortest first: file mark, stem, file name, path."""
    path, given = PurePath(capture.path), given_ids.get(capture.capture_id)
    if not given and not capture.record:
        mark = _MARK.split(path.stem)[0]
        # "000" is a good name for 000_ferry.txt; "daily" is none for daily-lantern.txt.
        short = mark if any(c.isdigit() for c in mark) else path.stem
        return short, path.stem, path.name, capture.path
    host, slug = _host_and_slug(capture.url)
    record = given or capture.record or ""
    short = given or slug or host or record
    long = given or (f"{host}/…/{slug}" if slug else host) or record
    return short, short, long, f"{capture.path} {record}"


def _host_and_slug(url: str | None) -> tuple[str, str]:
    """
    Return the site and the telling end of an address.

    >>> _host_and_slug("https://www.tide.example/2031/levy-up.html?a=1#top")
    ('tide.example', 'levy-up')
    """
    address = re.split(r"[?#]", (url or "").partition("//")[2])[0]
    host, *path = [part for part in address.split("/") if part] or [""]
    return host.removeprefix("www."), PurePath(path[-1]).stem if path else ""


def day(at: str, precision: str | None = None, *, zone: bool = True) -> str:
    """
    Return an ISO 8601 time as a reader writes it, no finer than it is known.

    >>> day("2022-09-04"), day("2024-11"), day("2024-11-04T10:15:00Z", "minute"), day("soon")
    ('4 Sep 2022', 'Nov 2024', '4 Nov 2024, 10:15 UTC', 'soon')
    >>> day("2024-11-04T10:15:00+05:30"), day("2024-11-04T10:15:00+05:30", zone=False)
    ('4 Nov 2024, 10:15 UTC+5:30', '4 Nov 2024, 10:15')
    """
    if found := re.fullmatch(r"(\d{4})(?:-(\d\d))?", at):
        year, month = found.groups()
        return f"{MONTHS[int(month) - 1]} {year}" if month and 0 < int(month) < 13 else year
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        return at
    date = f"{when.day} {MONTHS[when.month - 1]} {when.year}"
    if len(at) <= 10 or precision in ("day", "month", "year"):
        return date
    name = re.sub(r"([+-])0(\d)", r"\1\2", when.tzname() or "").removesuffix(":00")
    return f"{date}, {when:%H:%M} {name if zone else ''}".rstrip()


def dated(when: When | None, *, zone: bool = True) -> str:
    """
    Return when an article was published, with what is not known said.

    >>> dated(When(not_before="2024-11-04")), dated(None)
    ('not before 4 Nov 2024', 'undated')
    """
    if when is None:
        return say("date.none")
    if when.at:
        return day(when.at, when.precision, zone=zone)
    if when.not_before and when.not_after:
        return say("date.between", start=day(when.not_before), end=day(when.not_after))
    if when.not_before:
        return say("date.not-before", day=day(when.not_before))
    return say("date.not-after", day=day(when.not_after)) if when.not_after else say("date.none")
