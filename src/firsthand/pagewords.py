"""
Passages that are a page's own words: what it says of itself, and its links run together.

Service words ("sign up", "all rights reserved") are counted: those that only a page says count
twice, words that an article may be about as well once. Links pasted into a text show by words that
run into each other where the markup stood: a name said twice, the second time run into the next
word (a link and its label), or several such places on both sides of a passage. One alone is a name
that is written so.

Known to fail: an article about newsletters that says the word twice in one short passage; links set
apart by a mark, which read as headlines.
"""

from __future__ import annotations

import re

from firsthand.text import WORD

# Service words (those only a page says count twice) per word that make a passage furniture.
SERVICE_SHARE = 1 / 30
FEWEST_POINTS = 2
# How far before a passage words run together still speak for a list of links.
GLUE_CHARS = 250
# How far before a name that runs into the next word the same name must stand.
DOUBLED_CHARS = 60

# What only a page says …
_SERVICE = re.compile(
    r"\b(?:sign up|subscribe to|digital subscription|newsletters?|all rights reserved|click here|"
    r"copyright(?= (?:©|\(c\)|\d{4}))|views? (?:and opinions )?expressed|opinions expressed|"
    r"follow (?:us|him|her|them|me) on|like us on|terms of (?:use|service)|privacy policy|"
    r"reprint permission|read more|story continues|share this|contributed to this (?:report|story)|"
    r"may not be published|your friend'?s?|your comments?|log ?in|members get|can be reached|"
    r"check out this story|www\.\w+)\b",
    re.IGNORECASE,
)
# … and words of pages that an article may be about as well.
_OF_PAGES = re.compile(
    r"\b(?:subscri\w+|cookies?|advertisement|e-?mail address|paywalls?|app store|podcast|donate|"
    r"columnist|contributor|facebook|twitter|commenting|author of|reprints?)\b",
    re.IGNORECASE,
)
# Every match of the first holds one of the first of these, of the second one of the second, and
# counting them is much faster.
_SERVICE_STEMS = (
    "sign up", "subscribe to", "digital subscri", "newsletter", "rights reserved", "click here",
    "copyright", "expressed", "follow ", "like us", "terms of", "privacy", "reprint p",
    "read more", "story continues", "share this", "contributed to", "be published", "your friend",
    "your comment", "log in", "login", "members get", "be reached", "check out", "www.",
)  # fmt: skip
_STEMS_OF_PAGES = (
    "subscri", "cookie", "advertisement", "mail address", "paywall", "app store", "podcast",
    "donate", "columnist", "contributor", "facebook", "twitter", "commenting", "author of",
    "reprint",
)  # fmt: skip
_SENTENCE_END = re.compile(r"[.!?][\"”’)\]]*\s+[\"“‘(\[]*[A-Z0-9]")
_SENTENCE_BEFORE = re.compile(r"[a-z)][.!?][\"”’)]*\s")
# Two words run together ("MayorHarbour Report"): text nodes of a page put side by side.
_GLUE = re.compile(r"[A-Z\d](?<=[a-z].)")
_GLUED = re.compile(
    r"[A-Z](?:(?<=[a-z][a-z].)[a-z]{2}|[a-z]{3,}[A-Z]{2})|\d(?<=[a-z][a-z]\d)\d{3}\b"
)
FEWEST_GLUED = 2
_NAME_GLUED = re.compile(r"(?<!\w)[A-Z][a-z’']+(?=[A-Z\d])")


def is_service(passage: str) -> bool:
    """
    Return whether a passage speaks for the page: subscribe, copyright, views expressed.

    >>> is_service("Sign up for our newsletter. Copyright 2031 Harbour Post")
    True
    >>> is_service("The council took its vote on the bridge to Facebook after the spring thaw")
    False
    """
    low = passage.lower()
    at_most = 0
    for points, stems in ((2, _SERVICE_STEMS), (1, _STEMS_OF_PAGES)):
        for stem in stems:
            if stem in low:
                at_most += points * low.count(stem)
    if at_most < FEWEST_POINTS or at_most < SERVICE_SHARE * len(WORD.findall(passage)):
        return False
    n_found = 2 * len(_SERVICE.findall(passage)) + len(_OF_PAGES.findall(passage))
    return n_found >= FEWEST_POINTS and n_found >= SERVICE_SHARE * len(WORD.findall(passage))


def run_together(text: str, start: int, end: int) -> tuple[bool, bool]:
    """
    Return whether words run together in or before a passage without a sentence's end; doubled ones.

    >>> t = "Mayor Ada Brook Ada BrookCouncil delays vote on bridge Harbour Report: What to watch"
    >>> run_together(t, 29, len(t))
    (False, True)
    >>> t = "The OpenHarbour group said it would pay. Nobody did."
    >>> run_together(t, 4, len(t))
    (False, False)
    """
    first = max(0, start - GLUE_CHARS)
    if not _GLUE.search(text, first, end) or _SENTENCE_END.search(text, start, end):
        return False, False
    first = max(first, text.rfind("\n", first, start) + 1)
    for m in _SENTENCE_BEFORE.finditer(text, first, start):
        first = m.end()
    piece = text[first:end]
    return len(_GLUED.findall(piece)) >= FEWEST_GLUED, _has_doubled(piece)


def _has_doubled(piece: str) -> bool:
    """Return whether a name runs into the next word and stood alone just before: link and label."""
    for m in _NAME_GLUED.finditer(piece):
        name, at = m[0], m.start()
        before = piece.rfind(name, max(0, at - DOUBLED_CHARS), at)
        if before >= 0 and not piece[before + len(name)].isalnum():
            return True
    return False
