"""
Names out of bylines: who wrote an article, without what page makers put around it.

"By", roles after a bar or a dash, days, reading times, addresses and handles go; what is no name at
all ("admin", an address, a number) gives none. Several names stay several, parted by commas. What
an author's own credentials say ("MD", "PhD") is left, and so are agencies: "Reuters" is a byline.

Known to fail: a login that looks like a name is taken for one; a role without any mark before it
("Ada Quill Staff Writer") stays with the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

LONGEST_NAME = 120
# A title is never longer; a field may hold a whole page.
LONGEST_FIELD, LONGEST_CLEAN = 20_000, 1000
_ENTITY = re.compile(r"&(?:#\d{2,5}|#x[0-9a-f]{2,4}|[a-z]{2,6});")
# UTF-8 taken for a Western code page: two or three bytes of one character, each shown as its own.
_REST = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_MANGLED = re.compile(f"[ÂÃÄÅ]{_REST}|[âã]{_REST}{{2}}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
# "By" and its kin before names. A single preposition is one only before a capital ("von Ada").
LEAD = (
    r"(?:(?:this\s+)?(?:articles?|posts?|stor(?:y|ies)|report|review|column|essay|words?|text|blog)?\s*"
    r"(?:was\s+)?"
    r"(?:(?:originally\s+)?(?:written|posted|published|reported|authored|created|compiled|"
    r"submitted|contributed|researched|shared|prepared|story|article|post|words|text|report)\s+)?"
    r"(?:and\s+\w+\s+)?by\b\s*:?|(?:about\s+the\s+)?authors?(?:\(s\))?\s*:|writers?\s*:|"
    r"(?:about\s+the\s+)?authors?(?=\s+(?-i:[A-Z]))|"
    r"(?:reporter|contributor|journalist|editor|byline|words|text)\s*:|"
    r"(?:écrit|rédigé|publié)\s+par\b|(?:geschrieben|verfasst)\s+von\b|(?:escrito|publicado)\s+por\b|"
    r"scritto\s+da\b|a\s+cura\s+di\b|"
    # A name may begin so ("Von Miller"): two more words must follow.
    r"(?:par|von|por|di|door|av|af|przez|da)\b(?=\s+\S+\s+\S)|"
    r"auteur\s*:|autore?s?\s*:|autor(?:in)?\s*:|автор\s*:)"
)
_LEAD = re.compile(rf"^\s*{LEAD}\s*", re.IGNORECASE)
_JUNK = re.compile(
    r"(?:https?:|www\.)\S*|\S+@\S+\.\S+|(?<!\w)@\w+|"
    r"\(?\b(?:he/him|she/her|they/them)(?:/\w+)?\b\)?",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
# From here on a byline speaks of something else: when, where, how long, what else there is.
_TAIL = re.compile(
    rf"\s*(?:[|•·●‧∙⋅»/\\]|\s[–—-]+\s|[\n\t]|\(?\b(?:last\s+)?(?:updated?|published|posted|modified|"
    rf"reviewed|edited|medically|fact[- ]checked|photo(?:s|graphs?)?|images?|illustrations?|"
    rf"originally|read\s+(?:more|full|bio)|full\s+bio|see\s+full|view\s+(?:all|bio|profile|in)|"
    rf"follow(?:\s+@|ing)?|share|comments?|\d+\s+comments?|\d+\s*[- ]?min(?:ute)?s?\b|"
    rf"on\s+(?={_MONTH}\s*\d|\d)|in\s+(?=\w+\s*$))\b|"
    rf"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b{_MONTH}\s+\d{{1,2}}\b|"
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\b|\b\d{{1,2}}[:./]\d{{2}}|\b(?:19|20)\d\d\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_SPLIT = re.compile(r"\s*(?:[,;|]|\s(?:and|&|und|et|y|e|en|og|och|i)\s)\s*")
# Made by software, or standing where a name should be.
NO_NAME = frozenset(
    "admin administrator author authors user username unknown anonymous none null undefined n/a na "
    "guest editor editors editorial staff team contributor contributors writer webmaster wordpress "
    "root test default web home blog news bio follow share by posted published updated name "
    "profile website facebook twitter linkedin instagram email contact login subscribe "
    "advertisement sponsored categories category tags comments about more articles reviewer "
    "redaktion redacción redaction rédaction redazione".split()
)
_ROLES = re.compile(
    r"^(?:(?:the|a|our)\s+)?(?:(?:senior|chief|staff|contributing|guest|lead|managing|associate|"
    r"executive|deputy|assistant|freelance|content|news|sports|business|political|features?|web|"
    r"digital|health|science|technology|tech|travel|food|national|foreign|special|night|copy|"
    r"marketing|founding|investigative|breaking|trending|general|assignment|published|former|vice|"
    r"data|policy|research|product|software|principal|head|director|manager|of|the|to|for|and|&|"
    r"at|seo)[\s-]+)*(?:writer|reporter|editor|correspondent|contributor|columnist|journalist|"
    r"author|producer|photographer|strategist|specialist|manager|director|president|founder|"
    r"co-founder|ceo|cto|coo|cmo|analyst|intern|critic|blogger|copywriter|marketer|consultant|"
    r"engineer|researcher|editor-in-chief|editor in chief|in chief|(?:staff|editorial)\s*team)s?"
    r"(?:\s*(?:at|of|for|in|on|and|&|@|,)\s+.*)?$",
    re.IGNORECASE,
)
MOST_WORDS = 5  # of one person's name
_WORD = r"(?:[^\W\d_a-z][\w.’'-]*)"
_PARTICLE = r"(?:(?:de|da|do|dos|del|della|di|du|la|le|van|von|der|den|ter|bin|ibn|al|el|y|zu)\s+)"
_ONE = rf"{_WORD}(?: {_PARTICLE}{{0,2}}{_WORD}){{0,4}}"
# "Posted by Ada Quill on Monday", "4 March 2025 by Ada Quill", "Written by:Ada Quill".
_WROTE = r"(?i:written|authored|posted|published|story|words|article|report|reporting|text)"
_BY_IN = re.compile(
    rf"(?:(?:^|[|•·/–—]\s*|\d\s+)(?:{_WROTE}\s+)?|\b{_WROTE}\s+)(?:[Bb]y|BY)\s*:?\s*"
    rf"(?P<who>{_ONE}(?:(?:\s*,\s*|\s*,?\s+(?:and|&)\s+){_ONE}){{0,5}})"
)
_BARE = re.compile(rf"{_WORD}(?:\s+{_PARTICLE}{{0,2}}{_WORD}){{1,3}}")


def clean(said: object) -> str | None:
    """
    Return a name or title without markup, entities and spare white space, or None.

    >>> clean(" Fog &amp; rain\\n <b>ahead</b> "), clean(""), clean(7)
    ('Fog & rain ahead', None, None)
    >>> clean("The harbour&amp;#8217;s mouth"), clean("Caf\\u00c3\\u00a9 closes"), clean("a < b")
    ('The harbour’s mouth', 'Café closes', 'a < b')
    """
    if not isinstance(said, str):
        return None
    # JSON can spell half of a character pair, which is no character: a question mark replaces it.
    text = said[:LONGEST_FIELD]
    if "&" in text:
        text = unescape(text)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    if "&" in text and _ENTITY.search(text):
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    if not text.isascii():
        text = _mended(text)
    return " ".join(text.split())[:LONGEST_CLEAN] or None


def _mended(text: str) -> str:
    """Return a text in which characters shown as the bytes they are made of are whole again."""
    return _MANGLED.sub(lambda found: _whole(found.group()), text)


def _whole(shown: str) -> str:
    for codec in ("cp1252", "latin-1"):
        try:
            return shown.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return shown


def names_in(said: str) -> list[str]:
    """
    Return the names in one byline, in order; none where it holds no name.

    >>> names_in("By Ada Quill and Ben Ross | Harbour Post"), names_in("Written by: ADA QUILL")
    (['Ada Quill', 'Ben Ross'], ['ADA QUILL'])
    >>> names_in("Ada Quill, Staff Writer"), names_in("Ada Quill, MD, PhD - 5 March 2025")
    (['Ada Quill'], ['Ada Quill', 'MD', 'PhD'])
    >>> [names_in(x) for x in ("admin", "https://post.example/ada", "March 5, 2025", "@ada")]
    [[], [], [], []]
    """
    text = said
    for _ in range(2):
        text = _LEAD.sub("", text)
    text = _JUNK.sub(" ", text)
    text = _TAIL.sub("", " ".join(text.split()) if "\n" not in text else text.strip())
    found = (_bare(part) for part in _SPLIT.split(text))
    return [name for name in found if name]


def _bare(name: str) -> str:
    """Return one name without marks and words around it; empty where it is none."""
    name = _LEAD.sub("", name).strip(' \xa0,;:|.*•·-–—"“”()[]<>')
    if not 2 <= len(name) <= LONGEST_NAME or name.casefold() in NO_NAME or _ROLES.match(name):
        return ""
    words = _GLUED_MONTH.sub("", name).split()
    while words and words[-1].casefold().strip(".") in _TIME_WORDS:
        words.pop()
    if len(words) > 2 and words[0] == "".join(word[0] for word in words[1:]):
        words = words[1:]  # an avatar's initials
    name = " ".join(words)
    if any(word.isdigit() for word in words):
        return ""
    letters = sum(c.isalpha() for c in name)
    return name if letters >= 2 and letters * 2 >= len(name) and len(name.split()) <= 8 else ""


def by_in(line: str) -> str | None:
    """
    Return who wrote it, where a short line beside a headline says "by" and a name, or None.

    >>> by_in("4 March 2025 by Ada Quill"), by_in("Written by:Ada Quill and Ben Ross")
    ('Ada Quill', 'Ada Quill, Ben Ross')
    >>> by_in("Hit by Storm Ada"), by_in("By the way"), by_in("Nearby Ostrey")
    (None, None, None)
    """
    found = _BY_IN.search(line)
    return byline([found["who"]]) if found else None


def bare_name(line: str) -> str | None:
    """
    Return a line that may be a person's name and nothing else, or None.

    >>> [bare_name(x) for x in ("Ada Quill", "Ada van der Quill", "Fog", "Ada, 4")]
    ['Ada Quill', 'Ada van der Quill', None, None]
    """
    line = line.strip()
    return line if _BARE.fullmatch(line) and not _ROLES.match(line) else None


def role(line: str) -> bool:
    """
    Return whether a line is what somebody does and nothing else.

    >>> role("Senior Staff Writer"), role("Co-Founder & Marketing Director"), role("Ada Quill")
    (True, True, False)
    """
    return bool(_ROLES.match(line.strip()))


def byline(names: Iterable[str]) -> str | None:
    """
    Return names as one byline, each once, or None.

    >>> byline(["By Ada Quill", "Ada Quill", "Ben Ross"]), byline(["https://post.example/ada"])
    ('Ada Quill, Ben Ross', None)
    """
    found: dict[str, str] = {}
    for said in names:
        for name in names_in(said):
            found.setdefault(name.casefold(), name)
    return ", ".join(found.values()) or None


_GLUED_MONTH = re.compile(
    r"(?<=[a-z])(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)\b.*$"
)
_TIME_WORDS = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec january february march june july september "
    "october november december mon tue tues wed thu thur thurs fri sat sun monday tuesday "
    "wednesday thursday friday saturday sunday".split()
)


def personal(name: str) -> bool:
    """
    Return whether a byline reads as people's names: two words or more, each with a capital.

    >>> [personal(x) for x in ("Ada Quill", "Ada Quill, Ben Ross", "aquill", "ada.quill", "Ada")]
    [True, True, False, False, False]
    """
    first = _SPLIT.split(name)[0].split()
    capitals = sum(not word[0].islower() for word in first)
    return 2 <= len(first) <= MOST_WORDS and capitals >= 2 and not any(c.isdigit() for c in name)


def login(name: str) -> bool:
    """
    Return whether a byline reads as a login: one word without a capital, or with digits or dots.

    >>> [login(x) for x in ("aquill", "ada.quill", "quill77", "Ada", "Ada Quill")]
    [True, True, True, False, False]
    """
    if " " in name:
        return False
    return name == name.lower() or any(c.isdigit() or c in "._" for c in name)
