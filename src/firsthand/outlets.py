"""
The table of outlets and agencies, and where a text names one.

A general name tagger types outlets badly, so a list with aliases comes first:
``data/outlets.tsv``. An alias matches word by word, whatever the marks between its words;
initialisms match exactly as they are cased. An alias that is also an ordinary word or another
outlet's name is *ambiguous*: it is found, but says so, and the caller must ask for more evidence.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from urllib.parse import urlsplit

from firsthand.model import Span, span
from firsthand.outletrows import Outlet, OwnOutlets, outlet_id_of, outlet_of, rows_of, with_own
from firsthand.text import name_key

_NAME_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[ \t'’.&\-–]{0,3}$")
LONGEST_ALIAS_WORDS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletMention:
    """Where a text names an outlet; ``sure`` is false for an alias that may mean something else."""

    span: Span
    outlet: Outlet
    sure: bool


@dataclass(frozen=True, slots=True)
class _Alias:
    words: tuple[str, ...]
    capital: tuple[bool, ...]  # which words must be capitalised where they stand
    exact: str | None  # an initialism, to be matched as cased
    needs_the: bool
    outlet: Outlet
    sure: bool


class OutletTable:
    """The outlets by id, by domain, and by the words of their names."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        """Index the outlets; several may share an ambiguous alias."""
        self.outlets = {outlet.outlet_id: outlet for outlet in outlets}
        self.agencies = frozenset(o.outlet_id for o in self.outlets.values() if o.kind == "agency")
        self._by_domain = {d: o for o in self.outlets.values() for d in o.domains}
        self._by_key: dict[str, list[Outlet]] = {}
        self._by_first_word: dict[str, list[_Alias]] = {}
        self._words_of: dict[str, list[tuple[str, ...]]] = {}
        for outlet in self.outlets.values():
            for name in dict.fromkeys((outlet.name, *outlet.aliases)):
                self._by_key.setdefault(name_key(name), []).append(outlet)
                self._add(_alias(name, outlet))
        for aliases in self._by_first_word.values():
            aliases.sort(key=lambda a: (-len(a.words), not a.sure, a.outlet.outlet_id))

    def _add(self, alias: _Alias) -> None:
        if alias.words:
            self._by_first_word.setdefault(alias.words[0], []).append(alias)
            self._words_of.setdefault(alias.outlet.outlet_id, []).append(alias.words)

    def named(self, name: str) -> Outlet | None:
        """Return the outlet that goes by this whole name, or None where none or several do."""
        found = {o.outlet_id: o for o in self._by_key.get(name_key(name), ())}
        return next(iter(found.values())) if len(found) == 1 else None

    def sharing(self, name: str) -> list[Outlet]:
        """Return all outlets that go by this whole name, by id; several where it is ambiguous."""
        found = {o.outlet_id: o for o in self._by_key.get(name_key(name), ())}
        return [found[key] for key in sorted(found)]

    def known_as(self, name: str) -> bool:
        """Return whether some outlet goes by this whole name, be it one of several meanings."""
        return name_key(name) in self._by_key

    def at(self, url_or_domain: str) -> Outlet | None:
        """
        Return the outlet whose domain the address lies under, or None.

        >>> table().at("https://www.reuters.com/world/x").name
        'Reuters'
        """
        text = url_or_domain if "//" in url_or_domain else f"//{url_or_domain}"
        try:
            host = (urlsplit(text).hostname or "").casefold()
        except ValueError:
            return None
        while "." in host:
            if host in self._by_domain:
                return self._by_domain[host]
            host = host.partition(".")[2]
        return None

    def find(self, text: str) -> list[OutletMention]:
        """
        Return all mentions in reading order, longest name first, none overlapping.

        >>> [m.outlet.name for m in table().find("A clerk told Reuters and the BBC.")]
        ['Reuters', 'BBC']
        >>> table().find("the reuters of old")
        []
        """
        words = list(_NAME_WORD.finditer(text))
        found: list[OutletMention] = []
        at = 0
        while at < len(words):
            known = self._by_first_word.get(words[at][0].casefold())
            alias = (
                next((a for a in known if _matches(a, text, words, at)), None) if known else None
            )
            if alias is None:
                at += 1
                continue
            end = at + len(alias.words)
            start = words[at].start()
            if (
                at
                and words[at - 1].group().casefold() == "the"
                and start - words[at - 1].end() == 1
            ):
                start = words[at - 1].start()
            mention = span(start, words[end - 1].end())
            found.append(OutletMention(span=mention, outlet=alias.outlet, sure=alias.sure))
            at = end
        return found

    def may_name(self, outlet: Outlet, text: str) -> bool:
        """Return False where the outlet is surely not named in a text; far faster than to look."""
        low = text.casefold()
        return any(words[0] in low for words in self._words_of.get(outlet.outlet_id, ()))


def _matches(alias: _Alias, text: str, words: list[re.Match[str]], at: int) -> bool:
    """Return whether the alias stands at word ``at``: its words, no larger gap, no longer name."""
    end = at + len(alias.words)
    if end > len(words):
        return False
    here = words[at:end]
    for word, known, capital in zip(here, alias.words, alias.capital, strict=True):
        if word.group().casefold() != known or (capital and word.group()[0].islower()):
            return False
    for left, right in pairwise(here):
        if not _BETWEEN.match(text[left.end() : right.start()]):
            return False
    if alias.exact is not None and text[here[0].start() : here[-1].end()] != alias.exact:
        return False
    if alias.needs_the and not (at and words[at - 1].group().casefold() == "the"):
        return False
    return not _goes_on(text, words, at, end)


def _goes_on(text: str, words: list[re.Match[str]], at: int, end: int) -> bool:
    """Return whether a capitalised word stands right before or after: another, longer name."""
    if at:
        left = words[at - 1]
        gap = text[left.end() : words[at].start()]
        small = left.group().casefold() in {"the", "a", "an", "told", "by", "from", "via", "says"}
        starts_sentence = (
            left.start() == 0
            or text[max(0, left.start() - 4) : left.start()].rstrip()[-1:] in '.!?:”"\n'
        )
        if gap == " " and left.group()[0].isupper() and not small and not starts_sentence:
            return True
    if end + 1 < len(words) and words[end].group() in ("de", "del", "di", "du", "da"):
        return words[end + 1].group()[0].isupper()
    if end < len(words):
        right = words[end]
        gap = text[words[end - 1].end() : right.start()]
        word = right.group()
        if gap == " " and word[0].isupper() and len(word) > 1 and word not in _MAY_FOLLOW:
            return True
    return False


# Capitalised words that may stand right after an outlet's name without being part of it.
_MAY_FOLLOW = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December Report Reports News Agency Newspaper "
    "White Washington Chief Editor Reporter In On That And".split()
)


def _alias(name: str, outlet: Outlet) -> _Alias:
    bare = re.sub(r"^[Tt]he\s+", "", name)
    words = tuple(w.casefold() for w in _NAME_WORD.findall(bare))
    capital = tuple(
        w[0].isupper() and w.casefold() not in _SMALL_WORDS for w in _NAME_WORD.findall(bare)
    )
    # "New York magazine": the paper's own word for itself is often written small.
    if len(capital) > 1 and words[-1] in ("magazine", "newspaper"):
        capital = (*capital[:-1], False)
    # "dpa" is written small, "AP" large; neither is the same word in the other case.
    initialism = bare if len(bare) <= 6 and (bare.isupper() or bare.islower()) else None
    sure = name not in outlet.ambiguous and bare not in outlet.ambiguous
    # "The Hill" is an outlet, a hill is not; "The Associated Press" can do without its article.
    needs_the = bare != name and (not sure or len(words) == 1)
    kept = slice(LONGEST_ALIAS_WORDS)
    return _Alias(words[kept], capital[kept], initialism, needs_the, outlet, sure)


_SMALL_WORDS = frozenset("al el of the and de la le del das der die di da du y e".split())


def initials(name: str) -> str:
    """
    Return the initials of a name's capitalised words.

    >>> initials("The Norvik News Agency")
    'NNA'
    """
    words = re.sub(r"^[Tt]he ", "", name).split()
    return "".join(w[0] for w in words if w[0].isupper())


def unlisted_outlet(name: str) -> Outlet:
    """Return an outlet that no table knows: its name, an id made of it, and what the name says."""
    said = [medium for words, medium in _SAID_MEDIUM if words.search(name)]
    return Outlet(
        outlet_id=outlet_id_of(name),
        name=name,
        kind="outlet",
        aliases=(),
        domains=(),
        country="",
        city="",
        language="",
        medium=said[0] if said else "",
        frequency="",
        group="",
        ambiguous=frozenset(),
    )


_SAID_MEDIUM = (
    (re.compile(r"\b(?:Radio|TV|Television|Broadcasting|Channel)\b"), "broadcaster"),
    (re.compile(r"\b(?:Agency|Newswire|Press Association)\b"), "agency"),
    (re.compile(r"\bMagazine\b"), "magazine"),
    (
        re.compile(
            r"\b(?:Times|Post|Herald|Tribune|Gazette|Journal|Chronicle|Telegraph|Courier|Ledger|"
            r"Mirror|Mail|Globe|Examiner|Inquirer|Newspaper|Daily|Evening|Morning)\b"
        ),
        "newspaper",
    ),
)


# Where a run's own table lies, for its worker processes too, which have no other way to know.
OWN_TABLE = "FIRSTHAND_OUTLETS"


def table() -> OutletTable:
    """Return the shipped table with the run's own rows, if it has any; each is read once."""
    return _table(os.environ.get(OWN_TABLE, ""))


@cache
def _table(own: str) -> OutletTable:
    with (files("firsthand") / "data" / "outlets.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t")
        shipped = [outlet_of(row) for row in rows]
    return OutletTable(with_own(shipped, rows_of(own)) if own else shipped)


@contextlib.contextmanager
def using(own: OwnOutlets | None) -> Iterator[None]:
    """Have :func:`table` give a user's rows too, here and in processes that are started here."""
    before = os.environ.get(OWN_TABLE)
    os.environ[OWN_TABLE] = own.path if own else ""
    try:
        yield
    finally:
        if before is None:
            del os.environ[OWN_TABLE]
        else:
            os.environ[OWN_TABLE] = before


__all__ = [
    "Outlet",
    "OutletMention",
    "OutletTable",
    "initials",
    "outlet_id_of",
    "table",
    "unlisted_outlet",
    "using",
]
