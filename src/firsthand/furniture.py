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
from collections.abc import Iterable
from dataclasses import dataclass
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
_OPENS_BYLINE = re.compile(
    r"\s*(?:by|written|words|story|reported|from|por|von|par|door|redac|text|от)", re.IGNORECASE
)
BYLINE_CHARS = 160
_NAME = re.compile(
    r"[A-Z][\w'’.-]*|de|van|von|der|den|al|el|bin|ibn|da|la|le|du|di|and|&|for|in|of|the|at"
)


_ZONES = ("any", "edge", "foot")


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the list; ``needs`` are words a line must hold one of, if it may begin anyhow."""

    pattern: str
    kind: str
    zone: str
    example: str
    needs: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rows of the list, in its order."""
    source = resources.files("firsthand").joinpath("data/furniture.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in source.splitlines() if line and not line.startswith("#")]
    return tuple(
        Rule(row[0], row[1], row[2], row[4], tuple(filter(None, row[6].split(";"))))
        for row in rows[1:]
    )


_Matcher = tuple[re.Pattern[str], tuple[str, ...]]
_NO_WORDS = re.compile(r"\\.|\[[^\]]*\]|\{[^}]*\}")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
STEM_CHARS = 3


def _joined(held: Iterable[Rule]) -> _Matcher | None:
    """Return one pattern for some rules, a group each, and the groups' kinds; None for none."""
    found = list(held)
    # One alternation is several times faster than thirty patterns tried one by one.
    joined = "|".join(f"({rule.pattern})" for rule in found)
    return (re.compile(joined, re.IGNORECASE), tuple(r.kind for r in found)) if found else None


@cache
def _stems(rule: Rule) -> frozenset[str]:
    """Return the first letters of every word in a rule's pattern: what a line may begin with."""
    words = _FIRST_WORD.findall(_NO_WORDS.sub(" ", rule.pattern))
    stems = {word[:STEM_CHARS].casefold() for word in words}
    if "\\d" in rule.pattern:
        stems.add("0")
    if not rule.example[0].isalnum():
        stems.add("-")
    return frozenset(stems)


def _stem(line: str) -> str:
    """Return the first letters of a line; 0 for any digit, a dash for any sign."""
    first = _FIRST_WORD.match(line)
    if first:
        return first.group()[:STEM_CHARS].casefold()
    return "0" if line[0].isdigit() else "-"


@cache
def _by_stem(zone: str) -> tuple[dict[str, _Matcher | None], dict[str, _Matcher | None]]:
    """Return what matches lines by their first letters: without and with rules of needed words."""
    held = [rule for rule in rules() if rule.zone == zone]
    known = {stem for rule in held for stem in _stems(rule)}
    strict = {
        stem: _joined(rule for rule in held if not rule.needs and stem in _stems(rule))
        for stem in known
    }
    loose = {
        stem: _joined(rule for rule in held if rule.needs or stem in _stems(rule)) for stem in known
    }
    return {**strict, "": None}, {**loose, "": _joined(rule for rule in held if rule.needs)}


@cache
def _all(zone: str) -> tuple[_Matcher | None, tuple[str, ...]]:
    """Return what matches all lines of a zone, and the words its loose rules need."""
    held = [rule for rule in rules() if rule.zone == zone]
    return _joined(held), tuple(word for rule in held for word in rule.needs)


def _matcher(line: str, zone: str) -> _Matcher | None:
    """
    Return a matcher of every rule that a line could fit, or None where it fits none.

    Nearly every line begins with a word that few rules or none hold, and holds no needed word.
    """
    every, needed = _all(zone)
    if zone == "foot":
        return every
    strict, loose = _by_stem(zone)
    stem = _stem(line)
    held = strict
    folded = line.casefold() if needed else ""
    for word in needed:
        if word in folded:
            held = loose
            break
    return held[stem] if stem in held else held[""]


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
    if len(line) > 2 * MAX_LINE_CHARS:
        return None
    line = " ".join(line.split())
    if not line or len(line) > MAX_LINE_CHARS:
        return None
    for held in _ZONES[: _ZONES.index(zone) + 1]:
        matcher = _matcher(line, held)
        found = matcher[0].fullmatch(line) if matcher else None
        if matcher and found and found.lastindex:
            return matcher[1][found.lastindex - 1]
    return None


def dated(line: str) -> bool:
    """
    Return whether a line is by its words what only an article's edge has: mostly a date.

    >>> dated("4 March 2025, 09:20"), dated("Share Tweet Email")
    (True, False)
    """
    if not line or len(line) > MAX_LINE_CHARS:
        return False
    matcher = _matcher(line, "edge")
    return matcher is not None and bool(matcher[0].fullmatch(" ".join(line.split())))


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
    if line[-1] in ")]" or line[-2:] in (").", "]."):
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
    if len(line) > BYLINE_CHARS or not _OPENS_BYLINE.match(line):
        return None
    line = " ".join(line.split())
    found = _BYLINE.fullmatch(line)
    if not found or (found["who"].isupper() is False and not found["who"][0].isupper()):
        return None
    who = found["who"].strip(" ,")
    # "Von Braun" and "Par Avion" are names and titles: two words or more make a writer.
    if found["abroad"] and not 2 <= len(who.split()) <= 8:
        return None
    if not all(_NAME.fullmatch(w) for w in re.findall(r"[^\s,]+", who)):
        return None
    return who if re.match(r"(?i)from", line) is None or len(who.split()) <= 6 else None
