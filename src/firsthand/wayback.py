"""
What saving a page leaves in it: its address, when it was captured, and the archive's banner.

A page saved from the Wayback Machine carries an address of the form
``web.archive.org/web/<14 digits>/<address>``: the page's own address, and the moment it was
captured, which is not the moment it was saved. It stands in the capture's address (a WARC of the
archive's pages), in the comment browsers write on saving, in the call that starts the archive's
scripts, and in a comment at the end. Browsers leave the address of other pages too.

The archive puts a banner with its own words at the top of the body, between two comments. The bytes
of a capture are evidence and stay; :func:`without_banner` blanks the banner for whoever reads the
text, character for character, so that every offset in the decoded source still holds.

Known to fail: pages saved from other web archives with the same software (pywb) are known by their
addresses only if those are the Wayback Machine's; saved date in SingleFile's comment is read only
in the form browsers write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from firsthand.model import Span, span

# Where such comments and calls stand: SingleFile and browsers write the first, the archive's call
# is in the head, and its comment is the last thing on the page.
HEAD_BYTES = 1 << 16
TAIL_BYTES = 1 << 13
_ADDRESS = re.compile(
    r"(?:https?://)?(?:web|wayback)\.archive\.org/(?:web/)?(\d{14})(?:[a-z]{2}_)?/(.+)", re.DOTALL
)
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{4,5}\)(\S{1,4000}?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(
    rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S{1,4000})\s+saved date:\s*"
    rb"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})"
)
_WOMBAT = re.compile(rb"__wm\.wombat\(\s*\"(https?:[^\"\s]{1,4000})\"\s*,\s*\"(\d{14})\"")
_ARCHIVED_ON = re.compile(
    rb"FILE ARCHIVED ON (\d\d:\d\d:\d\d [A-Z][a-z]{2} \d\d, \d{4}) AND RETRIEVED FROM THE\s+"
    rb"INTERNET ARCHIVE"
)
_BANNER = re.compile(
    r"<!--\s*BEGIN WAYBACK TOOLBAR INSERT\s*-->.*?<!--\s*END WAYBACK TOOLBAR INSERT\s*-->",
    re.DOTALL,
)
# The banner is some 20 KB of markup and styles; a comment that never closes hides no article.
MOST_BANNER_CHARS = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """Where a saved page is from, and when it was captured (ISO 8601); None where not told."""

    url: str | None = None
    at: str | None = None


def of_address(url: str) -> Saved | None:
    """
    Return the address and moment in an address of the Wayback Machine; None for any other.

    >>> of_address("https://web.archive.org/web/20220904101112id_/http://post.example/ferry")
    Saved(url='http://post.example/ferry', at='2022-09-04T10:11:12Z')
    >>> of_address("https://web.archive.org/web/20220904101112/post.example").url
    'http://post.example'
    >>> of_address("https://post.example/web/20220904101112/ferry") is None
    True
    >>> of_address("https://web.archive.org/web/20229904101112/http://post.example/") is None
    True
    """
    found = _ADDRESS.fullmatch(url.strip())
    at = moment(found.group(1)) if found else None
    if found is None or at is None:
        return None
    page = found.group(2)
    return Saved(url=page if re.match(r"https?:", page) else f"http://{page}", at=at)


def original(url: str | None) -> str | None:
    """
    Return the page's own address for one of the archive's, which rewrites all it finds in a page.

    >>> original("https://web.archive.org/web/20220904101112/https://post.example/ferry")
    'https://post.example/ferry'
    >>> original("https://post.example/ferry"), original(None)
    ('https://post.example/ferry', None)
    """
    found = of_address(url) if url else None
    return found.url if found else url


def moment(digits: str) -> str | None:
    """
    Return the time that fourteen digits give, in ISO 8601 and UTC, or None.

    >>> moment("20220904101112"), moment("20229904101112"), moment("2022")
    ('2022-09-04T10:11:12Z', None, None)
    """
    if not re.fullmatch(r"[0-9]{14}", digits):
        return None
    return _iso(digits, "%Y%m%d%H%M%S", "Z")


def _iso(said: str, form: str, zone: str) -> str | None:
    try:
        return datetime.strptime(said, form).isoformat() + zone
    except ValueError:
        return None


def of_page(content: bytes) -> Saved | None:
    """
    Return where a saved page says it is from, or None where nothing in it says so.

    >>> of_page(b"<!-- saved from url=(0028)https://post.example/ferry -->\\n<html>")
    Saved(url='https://post.example/ferry', at=None)
    >>> of_page(b'<script>__wm.wombat("http://post.example/","20220904101112")</script>')
    Saved(url='http://post.example/', at='2022-09-04T10:11:12Z')
    >>> of_page(b"<p>The clerk wrote: saved from url=(0028)https://post.example") is None
    True
    """
    head, tail = content[:HEAD_BYTES], content[-TAIL_BYTES:]
    found = _SAVED_FROM.search(head[:2048])
    if found and (url := _text(found.group(1))).startswith(("http:", "https:")):
        archived = of_address(url)
        return archived or _completed(Saved(url=url), head, tail)
    if found := _WOMBAT.search(head):
        return Saved(url=_text(found.group(1)), at=moment(_text(found.group(2))))
    if found := _SINGLE_FILE.search(head[:8192]):
        zone = _text(found.group(3))
        at = _iso(_text(found.group(2)), "%b %d %Y %H:%M:%S", f"{zone[:3]}:{zone[3:]}")
        return of_address(_text(found.group(1))) or Saved(url=_text(found.group(1)), at=at)
    return _completed(Saved(), head, tail)


def _completed(saved: Saved, head: bytes, tail: bytes) -> Saved | None:
    """Return what is known so far, with the archive's own words where the page has them."""
    if found := _WOMBAT.search(head):
        return Saved(url=_text(found.group(1)), at=moment(_text(found.group(2))))
    if found := _ARCHIVED_ON.search(tail):
        at = _iso(_text(found.group(1)), "%H:%M:%S %b %d, %Y", "Z")
        return Saved(url=saved.url, at=at)
    return saved if saved.url else None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def banner(source: str) -> Span | None:
    """
    Return where the archive's banner stands in a page's decoded source, or None.

    >>> page = "<p>a<!-- BEGIN WAYBACK TOOLBAR INSERT -->x<!-- END WAYBACK TOOLBAR INSERT --><p>b"
    >>> banner(page).start, banner(page).of(page)[-3:], banner("<p>WAYBACK TOOLBAR") is None
    (4, '-->', True)
    """
    if "WAYBACK TOOLBAR" not in source:
        return None
    found = _BANNER.search(source)
    if found is None or found.end() - found.start() > MOST_BANNER_CHARS:
        return None
    return span(found.start(), found.end())


def without_banner(source: str) -> str:
    """
    Return the source with the banner blanked: as long as before, line breaks where they were.

    >>> page = "<p>a<!--BEGIN WAYBACK TOOLBAR INSERT-->\\nx<!--END WAYBACK TOOLBAR INSERT--><p>b"
    >>> blank = without_banner(page)
    >>> len(blank) == len(page), blank.split(), without_banner("<p>a") == "<p>a"
    (True, ['<p>a', '<p>b'], True)
    """
    at = banner(source)
    if at is None:
        return source
    blank = re.sub(r"[^\r\n]", " ", at.of(source))
    return source[: at.start] + blank + source[at.end :]
