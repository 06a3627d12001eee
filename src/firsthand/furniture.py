"""
Which lines belong to the page rather than to the article, by their words or by their shape.

``data/furniture.tsv`` lists what pages say around articles, each pattern with its reason, an
example in our own wording and where it was seen. Beside the list stand shapes that no list can
hold: a photograph's credit at the end of a line, a player's letters, a byline.

A pattern must match the whole line. Some hold only at an article's edge (``edge``: head or foot,
``foot``: foot), because within a text the same words can open a sentence.

Known to fail: a caption that is a plain sentence without a credit and stands only once; labels in
languages the list does not have.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

# Longer lines are never furniture by their words; it also keeps patterns cheap on huge lines.
MAX_LINE_CHARS = 320
CREDIT_CHARS = 100  # the longest credits at the end of a line
_AGENCIES = (
    r"AFP|AP|Reuters|Getty(?: Images)?|EPA(?:-EFE)?|dpa|ANSA|TASS|Xinhua|Kyodo(?: News)?|Anadolu|"
    r"AA|PA(?: Wire| Media)?|UPI|Bloomberg|Shutterstock|iStock|Alamy|Zuma(?: Press)?|Sipa(?: USA)?|"
    r"NurPhoto|IANS|PTI|ANI|Yonhap|CNA|NASA|Flickr|Unsplash|Wikimedia(?: Commons)?|Pixabay"
)
# (Jane Roe/Harbour Post), [Photo: Jane Roe], (Pro-harbour media), (AP Photo/Jane Roe, File)
_CREDIT = re.compile(
    r"[(\[](?:(?:photo|picture|image|credit|source|courtesy|file|handout|photograph)s?\b[^()]{0,90}|"
    r"[^()\[\]]{1,60}/[^()\[\]]{1,60}|(?:[\w'’.-]+ ){0,4}(?:media|photos?|images?|pictures?|pics?|"
    r"archives?|file|handout|screengrab|screenshot|via \w+.{0,30})|"
    rf"(?:{_AGENCIES})(?:[ /,]+[^()\[\]]{{0,60}})?)[)\]]\.?$",
    re.IGNORECASE,
)
_WHO = r"[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,3}"
_CREDIT_TAIL = re.compile(
    rf"(?:\s[-–—|/]\s?|\s(?:©|\(c\))\s?|\.\s)(?:{_AGENCIES}|{_WHO}/(?:{_AGENCIES}|{_WHO}))\.?$"
)
_CREDIT_WORDS = re.compile(
    r"(?:\b(?:photo(?:graph)?|picture|image|video)s?\s*(?:by\b|:|courtesy\b|credit\b|copyright\b|"
    r"via\b|from\b.{0,30}$)|\bphoto credit\b|\bcredits?\s*:|"
    r"\b(?:file|handout|stock|archive) (?:photo|image|picture)\b|"
    r"\bcourtesy (?:of|photo)\b|\bscreen ?(?:grab|shot)\b|^FILE\s*[-–—:]|"
    r"^\(?pictured?\b)",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"[^\W\d_]{1,3}(?:\s+[^\W\d_]{1,3}){0,3}|[A-Z]{2,4}|[+−–-]\s?[+−–-]?|[Aa][+-]?"
)
_BYLINE = re.compile(
    r"(?:(?:written |words |story |reported )?by|from|"
    r"(?P<abroad>por|von|par|door|redacción|texte?|от))"
    r"\s*:?\s+(?P<who>[^\W\d_][^.!?:;]{1,90}?)"
    r"(?:\s*[|·•]\s*.{0,80})?",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[A-Z][\w'’.-]*|de|van|von|der|den|al|el|bin|ibn|da|la|le|du|di|and|&|for|in|of|the|at"
)


_ZONES = ("any", "edge", "foot")


@cache
def _rules() -> tuple[tuple[str, str, str], ...]:
    """Return (pattern, kind, zone) of every row of the list."""
    source = resources.files("firsthand").joinpath("data/furniture.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in source.splitlines() if line and not line.startswith("#")]
    return tuple((row[0], row[1], row[2]) for row in rows[1:])


@cache
def _matcher(zone: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return one pattern for all rules of a zone, a group each, and the groups' kinds."""
    rules = [(pattern, kind) for pattern, kind, where in _rules() if where == zone]
    # One alternation is several times faster than thirty patterns tried one by one.
    joined = "|".join(f"({pattern})" for pattern, _ in rules)
    return re.compile(joined, re.IGNORECASE), tuple(kind for _, kind in rules)


def kind_of(line: str, *, zone: str = "any") -> str | None:
    """
    Return what kind of furniture a line is by its words, or None; ``zone`` is any, edge or foot.

    >>> kind_of("ALSO READ  Ferry fares to rise in spring"), kind_of("Share Tweet Email")
    ('related link', 'share')
    >>> kind_of("Read the statement, she told reporters, before you judge the council.") is None
    True
    >>> kind_of("Published: 4 March 2025, 09:20"), kind_of("4 March 2025", zone="edge")
    (None, 'date line')
    """
    line = " ".join(line.split()) if len(line) <= 2 * MAX_LINE_CHARS else line
    if not line or len(line) > MAX_LINE_CHARS:
        return None
    for held in _ZONES[: _ZONES.index(zone) + 1]:
        pattern, kinds = _matcher(held)
        found = pattern.fullmatch(line)
        if found and found.lastindex:
            return kinds[found.lastindex - 1]
    return None


def dated(line: str) -> bool:
    """
    Return whether a line is by its words what only an article's edge has: mostly a date.

    >>> dated("4 March 2025, 09:20"), dated("Share Tweet Email")
    (True, False)
    """
    if not line or len(line) > MAX_LINE_CHARS:
        return False
    return bool(_matcher("edge")[0].fullmatch(" ".join(line.split())))


def credited(line: str) -> bool:
    """
    Return whether a line ends or opens as a photograph's caption does.

    >>> credited("Boats at rest in the Old Port on Monday. (Pell Andry/Harbour Post)")
    True
    >>> credited("A view of the pier - AFP"), credited("Photo: Jane Roe")
    (True, True)
    >>> credited("He joined the council in 2004 (and left it in 2010)")
    False
    >>> credited("OSTREY (CNA) - The mill will close, its owner said on Tuesday.")
    False
    """
    if len(line) > 2 * MAX_LINE_CHARS:
        return False
    line = " ".join(line.split())
    if not line or _CREDIT_WORDS.search(line[:60]):
        return bool(line)
    tail = line[-CREDIT_CHARS:]
    if line.rstrip(".")[-1:] in ")]":
        return bool(_CREDIT.search(tail) or _CREDIT_WORDS.search(tail))
    if line[-1] in '"”’!?' or len(line) > MAX_LINE_CHARS:
        return False
    return bool(_CREDIT_TAIL.search(tail) or _CREDIT_WORDS.search(tail[-60:]))


def letters(line: str) -> bool:
    """
    Return whether a line is a player's or a font control's letters.

    >>> [letters(x) for x in ("TT", "A A", "Aa", "a-z", "Fog", "Port call", "A+")]
    [True, True, True, False, True, False, True]
    """
    return bool(_LETTERS.fullmatch(line.strip())) and len(line) <= 12


def byline_of(line: str) -> str | None:
    """
    Return who wrote it, from a byline alone on its line, or None.

    >>> byline_of("By Ada Quill and Ben Ross, Harbour Post"), byline_of("BY ADA QUILL | CNA")
    ('Ada Quill and Ben Ross, Harbour Post', 'ADA QUILL')
    >>> byline_of("By the time the ferry sailed, nobody was left") is None
    True
    """
    line = " ".join(line.split())
    found = _BYLINE.fullmatch(line) if len(line) <= 160 else None
    if not found or (found["who"].isupper() is False and not found["who"][0].isupper()):
        return None
    who = found["who"].strip(" ,")
    # "Von Braun" and "Par Avion" are names and titles: two words or more make a writer.
    if found["abroad"] and not 2 <= len(who.split()) <= 8:
        return None
    if not all(_NAME.fullmatch(w) for w in re.findall(r"[^\s,]+", who)):
        return None
    return who if re.match(r"(?i)from", line) is None or len(who.split()) <= 6 else None
