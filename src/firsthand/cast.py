"""
Who has been named so far in one article: what "he", "the paper" and a bare surname mean there.

A pronoun is the person last named as a source; "the daily" the newsroom last named that a daily can
be; "the ministry" the ministry last named in full; "the Times" the one outlet of the article whose
full name ends so. What none of these resolves stays without an id and decides nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from copy import copy
from dataclasses import dataclass, replace

from firsthand import mentions
from firsthand.mentions import Meant, meaning_of
from firsthand.model import Attribution, SourceKind, Span, digest, hull, span
from firsthand.outlets import Outlet, outlet_id_of, table, unlisted_outlet
from firsthand.reading import Found, Reading, hedges
from firsthand.text import name_key

# A bare name that reported may be a newsroom's; nothing has said so yet.
MAY_BE = 0.5
# "The daily" means one of the newsrooms named lately, not one of a hundred names before.
LOOKED_BACK = 40
# Rules under which a name of several meanings is a newsroom's.
REPORTS = ("report", "according", "cite")
_TOLD = re.compile(r"\b(?:told|tells)\s+(?:the\s+)?$")
# An unknown name is taken for an outlet only on what the text says of it; how sure each way is.
STRENGTH = {"table": 0.95, "named": 0.9, "media word": 0.85, "descriptor": 0.8, "told": 0.75}
_VIA_REPORT = re.compile(
    r"\b(?:reports?|story|stories|article|articles|investigation|dispatch|account|documents?|"
    r"interview|coverage|reporting|emails?|memos?|recording|video|records?|post|column|op-ed)\s+"
    r"(?:(?:published|carried|aired|obtained|posted|released|broadcast|seen|reviewed)\s+)?"
    r"(?:by|from|in|on|with)\s+(?P<who>.+)$"
)
_NOT_SO = re.compile(
    r"\b(?:reports?|stor(?:y|ies)|claims?|allegations?|accusations?|account|this|that|it) "
    r"(?:is|are|was|were)(?: \w+ly)? (?:false|untrue|baseless|unfounded|fabricated|inaccurate|"
    r"wrong|not true|nonsense|a lie)\b|\bno truth (?:to|in)\b",
    re.IGNORECASE,
)
# What may stand behind a name that is whole: not a noun it belongs to ("the Norvik crowd").
_ENDS_NAME = re.compile(
    r"\s*(?:$|[,.;:“\"(—–]|(?:that|on|in|at|he|she|they|it|there|the|a|an|his|her|their|its|last|this|"
    r"during|after|by|via|how|why|what|when)\b|[A-Z][a-z]+day\b)"
)
# Who will not be named: what such a source tells, it tells a newsroom.
_ANONYMOUS = re.compile(
    r"\b(?:sources?|officials?|insiders?|diplomats?|persons?|people|aides?|operatives?)\b"
)
_SPOKESPERSON = re.compile(r"[Tt]he spokes(?:man|woman|person)")
_MEDIA_OF = {
    "newspaper": {"newspaper"},
    "daily": {"newspaper"},
    "paper": {"newspaper"},
    "tabloid": {"newspaper"},
    "weekly": {"newspaper", "magazine"},
    "magazine": {"magazine"},
    "broadcaster": {"broadcaster", "radio"},
    "network": {"broadcaster", "radio", "website"},
    "channel": {"broadcaster"},
    "station": {"broadcaster", "radio"},
    "news agency": {"agency"},
    "agency": {"agency"},
    "wire service": {"agency"},
    "newswire": {"agency"},
}


# What a source comes to: its kind, name and id, and how sure that is.
Named = tuple[SourceKind | None, str | None, str | None, float]
# A newsroom is meant, and nothing shows which.
SOME_NEWSROOM: Named = ("outlet", None, None, 0.4)


class Cast:
    """Who has been named so far in one article, so that "he" and "the paper" can be resolved."""

    def __init__(self, reading: Reading) -> None:
        """List the people and outlets the text names, with where."""
        self.reading = reading
        # A newsroom's name, and whoever is told, is no person that "he" could mean.
        named = bytearray(len(reading.text))
        for m in reading.outlets:
            named[m.span.start : m.span.end] = b"\1" * (m.span.end - m.span.start)
        self.people = [
            (at, name)
            for at, name in mentions.people(reading.text)
            if not named[at] and not _TOLD.search(reading.text[max(0, at - 12) : at])
        ]
        self._people_at = [at for at, _ in self.people]
        self._by_surname: dict[str, list[tuple[int, str]]] = {}
        for at, name in self.people:
            self._by_surname.setdefault(name.split()[-1], []).append((at, name))
        # "Van Vale" is the Otto van Vale named before.
        self._by_two_words: dict[str, tuple[int, str]] = {}
        for at, name in self.people:
            if len(words := name.casefold().split()) > 2:
                self._by_two_words.setdefault(" ".join(words[-2:]), (at, name))
        self.last_person: str | None = None
        self.last_body: Meant | None = None
        self.last_spokesperson: str | None = None
        self.silent = False
        self.bodies: dict[str, Meant] = {}
        self.holders: dict[str, str | None] = {}
        # Bare names that a descriptor has called a newsroom, by their normal form.
        self.called: set[str] = set()
        # Sorted by where they stand, so that the last one named before a place is found at once.
        self.outlets: list[Known] = [
            _listed(m.outlet, m.span.start)
            for m in reading.outlets
            if m.sure and not reading.quoted(m.span.start)
        ]

    def aside(self) -> Cast:
        """Return a copy that knows who has been named so far, and whose answers are not kept."""
        other = copy(self)
        other.silent = True
        return other

    def attribution(self, found: Found) -> Attribution:
        """Return the finished attribution: whom its source and addressee mean."""
        text, article = self.reading.text, self.reading.article
        addressee = self._addressee(found)
        kind, name, source_id, strength = self._source(found)
        anonymous = kind == "unnamed" and _ANONYMOUS.search(
            found.source.of(text) if found.source else ""
        )
        # People have no article: "told the Kelmar Dinar" is told to no person.
        article_before = found.addressee and found.addressee.of(text)[:4] in ("the ", "The ")
        if addressee is None and found.addressee and (anonymous or article_before):
            addressee = self._told_unknown(found.addressee)
        content = hull(found.pieces) if found.pieces else None
        around = self.reading.sentence_at(found.cue.start)
        edge = found.source or found.addressee or found.cue
        return Attribution(
            attribution_id=digest(article.article_id, found.cue.start, edge.start, found.rule),
            article_id=article.article_id,
            kind="statement",
            in_=found.in_,
            cue=found.cue,
            source=found.source,
            content=content,
            content_pieces=found.pieces,
            addressee=found.addressee,
            source_name=name,
            source_kind=kind,
            source_id=source_id,
            addressee_name=addressee.name if addressee else None,
            addressee_id=addressee.outlet_id if addressee else None,
            self_reference=found.addressee is not None
            and mentions.own_medium(found.addressee.of(text)),
            hedged=bool(hedges().search(around.of(text))),
            denied=found.family == "deny" or self._calls_it_wrong(found),
            strength=strength,
            rule=found.rule,
        )

    def _calls_it_wrong(self, found: Found) -> bool:
        """Return whether what is said is that a report does not hold: a denial in other words."""
        return any(_NOT_SO.search(p.of(self.reading.text)) for p in found.pieces)

    def _source(self, found: Found) -> Named:
        if found.source is None:
            return self._speaker_before(found)
        phrase = found.source.of(self.reading.text)
        if via := _VIA_REPORT.search(phrase):
            known = self._known_in(found.source) or self._meant_outlet(via["who"], found)
            if known:
                return known.as_source(known.strength)
        if agency := _agency_called(phrase):
            return agency.as_source(agency.strength)
        known = self._known_in(found.source)
        if known and self._is_head(phrase, found.source, known):
            self._heard(known, found.cue.start)
            return known.as_source(known.strength)
        if found.family in REPORTS and (doubtful := self._doubtful(phrase)):
            return doubtful
        meant = found.meant or meaning_of(phrase) or meaning_of(phrase.split(",")[0])
        if meant is None:
            return None, phrase, None, 0.5
        return self._resolved(meant, found, phrase)

    def _doubtful(self, phrase: str) -> Named | None:
        """
        Return the newsroom that a name of several meanings has where it reports, or None.

        "Bloomberg reported" is the agency, whatever else the name may mean; "the Times reported" is
        a newsroom, too, but which must be shown by the article.
        """
        if mentions.descriptor_medium(phrase) or not table().known_as(phrase):
            return None
        outlet = table().named(phrase)
        short = self._short_name(phrase) if mentions.short_media_name(phrase) else None
        known = short or (_listed(outlet, 0) if outlet else self._one_sharing(phrase))
        return known.as_source(STRENGTH["descriptor"]) if known else SOME_NEWSROOM

    def _is_head(self, phrase: str, source: Span, known: Known) -> bool:
        """Return whether the outlet is the source itself, not "X's editor" or "critics of X"."""
        behind = phrase[known.position - source.start :]
        owned = re.search(r"(?:’s|'s)\s+[A-Za-z]", behind)
        before = phrase[: max(0, known.position - source.start)]
        role = re.search(r"\b(?:spokes\w+|editor|owner|executive|anchor|host)\b", phrase)
        return not role and not owned and not re.search(r"\b(?:to|about|against)\s+$", before)

    def _resolved(self, meant: Meant, found: Found, phrase: str) -> Named:
        if _SPOKESPERSON.fullmatch(phrase) and self.last_spokesperson:
            return "person", self.last_spokesperson, None, 0.7
        if meant.how == "role":
            return "person", self._holder(meant.name), None, 0.7
        if meant.how == "unspecific":
            return "outlet", phrase, None, 0.4
        if meant.how == "pronoun":
            return self._pronoun(meant, found.cue.start)
        if mentions.short_media_name(meant.name):
            known = self._short_name(meant.name)
            return ("outlet", known.name, known.outlet_id, 0.85) if known else SOME_NEWSROOM
        if meant.how in ("descriptor", "report"):
            medium = mentions.descriptor_medium(phrase)
            known = self._last_outlet(found.cue.start, medium, calls=meant.how == "descriptor")
            if known is None and meant.how == "report":
                return "document", phrase, None, 0.6
            return known.as_source(min(known.strength, 0.85)) if known else SOME_NEWSROOM
        if meant.kind == "outlet":
            known = self._unknown_outlet(meant.name, found, phrase)
            return known.as_source(known.strength) if known else SOME_NEWSROOM
        if meant.kind == "person":
            full = self._full_name(meant.name, found.cue.start)
            if (
                full is None
                and meant.how == "surname"
                and not re.search(r"\bM(?:r|rs|s)\.", phrase)
            ):
                # "Norvik reported": a bare name may be a newsroom's; nothing says so yet.
                weak = found.family in ("report", "according")
                if weak:
                    self._may_be_newsroom(meant.name, found)
                self.last_body = Meant("organisation", meant.name)
                return "organisation", meant.name, None, 0.5 if weak else 0.7
            if found.family == "report" and meant.how == "name" and meant.name == phrase:
                # A reporter, or a newsroom with a name like a person's: "Kelmar Dinar reported".
                self._may_be_newsroom(meant.name, found)
                return "person", meant.name, None, 0.5
            self.last_person = full or meant.name
            if "spokes" in phrase.casefold():
                self.last_spokesperson = self.last_person
            return "person", self.last_person, None, 0.8
        if meant.kind in ("organisation", "government"):
            meant = self._body(meant)
        return meant.kind, meant.name, None, 0.8

    def _holder(self, role: str) -> str:
        """Return who the article names with the title, or the title where it names no one."""
        title = role.split()[-1]
        if title not in self.holders:
            self.holders[title] = self._named_with(title)
        return self.holders[title] or self.last_person or role

    def _named_with(self, title: str) -> str | None:
        cased = title.upper() if len(title) <= 3 else title.capitalize()
        for pattern in (
            rf"\b{cased}\s({mentions.NAME})",
            rf"\b{title}(?: [\w’'\-]+){{0,6}}, ({mentions.NAME}),",
            rf"({mentions.NAME}), (?:the |its |their |a )?(?:[\w’'\-]+ ){{0,5}}{title}\b",
        ):
            if named := re.search(pattern, self.reading.text):
                name = mentions.strip_title(named.group(1))
                return self._full_name(name, len(self.reading.text)) or name
        return None

    def _body(self, meant: Meant) -> Meant:
        """Return the body meant; "the ministry" is the ministry last named in full."""
        # "The ministry" may mean the Ministry of Harbours or the harbour ministry.
        last = meant.name.partition(" of ")[0].split()[-1].casefold()
        if " " in meant.name or not meant.name[0].islower():
            self.last_body = meant
            if self.silent:
                return meant
            self.bodies[last] = meant
        self.last_body = self.bodies.get(last, meant)
        return self.last_body

    def _pronoun(self, meant: Meant, position: int) -> Named:
        if meant.kind == "person":
            at = bisect_left(self._people_at, position) - 1
            name = self.last_person or (self.people[at][1] if at >= 0 else None)
            return "person", name, None, 0.7 if name else 0.4
        if self.last_body is None:
            return None, meant.name, None, 0.4
        return self.last_body.kind, self.last_body.name, None, 0.6

    def _speaker_before(self, found: Found) -> Named:
        """Return who speaks "in an interview with X": the nearest full name in the sentence."""
        sentence = self.reading.sentence_at(found.cue.start)
        at = bisect_left(self._people_at, found.cue.start) - 1
        if at >= 0 and self.people[at][0] >= sentence.start:
            return "person", self.people[at][1], None, 0.7
        return (
            ("person", self.last_person, None, 0.6) if self.last_person else (None, None, None, 0.6)
        )

    def _full_name(self, name: str, before: int) -> str | None:
        last = name.split()[-1].rstrip("’'s") if name.endswith(("’s", "'s")) else name.split()[-1]
        if len(name.split()) > 1:
            at, full = self._by_two_words.get(name.casefold(), (before, name))
            return full if at < before else name
        earlier = [full for at, full in self._by_surname.get(last, ()) if at < before]
        return earlier[-1] if earlier else None

    def _known_in(self, where: Span) -> Known | None:
        mention = self.reading.outlet_in(where)
        if mention is None or not mention.sure:
            return None
        return _listed(mention.outlet, mention.span.start)

    def _addressee(self, found: Found) -> Known | None:
        if found.addressee is None:
            return None
        if known := self._known_in(found.addressee) or self._as_domain(found.addressee):
            return known
        phrase = found.addressee.of(self.reading.text)
        named = phrase.startswith("The ") or (
            len(phrase.split()) > 2 and not mentions.descriptor_medium(phrase)
        )
        if named and (outlet := table().named(phrase)):
            return _listed(outlet, found.cue.start)
        if mentions.own_medium(phrase):
            own = self.reading.article.outlet
            return _listed(_outlet_of(own), found.cue.start) if own else None
        if mentions.short_media_name(phrase) and (short := self._short_name(phrase)):
            return short
        shared = self._one_sharing(phrase) or self._doubtful_told(phrase, found.addressee)
        return shared or self._meant_outlet(phrase, found)

    def _as_domain(self, where: Span) -> Known | None:
        """Return the newsroom named by its domain, "told HarbourPost.com": a name goes on there."""
        return self._known_in(span(where.start, where.end + len(".com")))

    def _doubtful_told(self, phrase: str, where: Span) -> Known | None:
        """Return the newsroom of a name with other meanings that is told, if nobody bears it."""
        outlet = table().named(phrase)
        bare = outlet is not None and phrase[:1].isupper() and phrase not in self._by_surname
        whole = _ENDS_NAME.match(self.reading.text[where.end :][:12])
        if outlet is None or not bare or not whole or mentions.short_media_name(phrase):
            return None
        return replace(_listed(outlet, where.start), strength=STRENGTH["told"])

    def _one_sharing(self, phrase: str) -> Known | None:
        """
        Return which of several newsrooms of one name is meant, where the article shows it.

        Its own newsroom; else one it also names in full; else the only one of its own country.
        """
        among = table().sharing(phrase)
        if len(among) < 2:
            return None
        own = self.reading.article.outlet
        # "Kelmar (Web News)", "Kelmar - Opinion": the newsroom without its section.
        bare = re.sub(r"\s*(?:\([^)]*\)|\s[-–|]\s.*)$", "", own) if own else ""
        home = (table().named(own) or table().at(own) or table().named(bare)) if own else None
        heard = {k.outlet_id for k in self.outlets}
        for group in (
            [o for o in among if o.name == own or (home and o.outlet_id == home.outlet_id)],
            [o for o in among if o.outlet_id in heard],
            []
            if mentions.short_media_name(phrase)
            else [o for o in among if home and o.country == home.country],
        ):
            if len(group) == 1:
                return _listed(group[0], 0)
        return None

    def _meant_outlet(self, phrase: str, found: Found) -> Known | None:
        meant = meaning_of(phrase)
        if meant is None or meant.kind != "outlet":
            return None
        if meant.how == "descriptor":
            medium = mentions.descriptor_medium(phrase)
            known = self._last_outlet(found.cue.start, medium, calls=True)
            return replace(known, strength=min(known.strength, 0.85)) if known else None
        return self._unknown_outlet(meant.name, found, phrase)

    def _unknown_outlet(self, name: str, found: Found, phrase: str) -> Known | None:
        if mentions.short_media_name(name):
            return self._short_name(name)
        if longer := self._longer_name(name):
            return longer
        way = "media word" if mentions.media_name(phrase) else "named"
        listed = table().named(name)
        strength = STRENGTH["table" if listed else way]
        known = Known(
            found.cue.start,
            listed.name if listed else name,
            listed.outlet_id if listed else outlet_id_of(name),
            "agency" if (listed and listed.kind == "agency") or "agency" in phrase else "outlet",
            listed.medium if listed else "",
            strength,
        )
        self._heard(known, found.cue.start)
        return known

    def _longer_name(self, name: str) -> Known | None:
        """Return the newsroom named before whose longer name ends with this one."""
        words = name.casefold().split()
        ends = [
            k
            for k in self.outlets
            if len(words) > 1 and k.name.casefold().split()[-len(words) :] == words
        ]
        return ends[0] if len({k.outlet_id for k in ends}) == 1 else None

    def _short_name(self, name: str) -> Known | None:
        """Return the one outlet the article names in full that "the Times" is short for."""
        last = name.split()[-1].casefold()
        names = {k.outlet_id: k for k in self.outlets if k.name.split()[-1].casefold() == last}
        if len(names) > 1:
            # Not every Times is called "the Times".
            called = {o.outlet_id for o in table().sharing(f"The {last}")}
            names = {i: k for i, k in names.items() if i in called} or names
        own = self.reading.article.outlet
        listed = _outlet_of(own) if own else None
        if not names and listed and listed.name.split()[-1].casefold() == last:
            return _listed(listed, 0)
        return next(iter(names.values())) if len(names) == 1 else None

    def _told_unknown(self, where: Span) -> Known | None:
        """Return the outlet that an unnamed source has told, if a bare name stands there."""
        name = re.sub(r"^[Tt]he ", "", where.of(self.reading.text))
        meant = meaning_of(name)
        # A body says what it is ("the Ways Committee"); a bare newsroom's name is like a person's.
        bare = meant is not None and meant.kind == "person" and not mentions.is_body(name)
        # One word alone is a person as often as a newsroom: "an aide told Norvik".
        if not bare or not name[0].isupper() or len(re.split(r"[ \-]", name)) < 2:
            return None
        if name_key(name) in {name_key(full) for _, full in self.people}:
            return None
        if mentions.is_title(name) or not _ENDS_NAME.match(self.reading.text[where.end :][:12]):
            return None
        known = Known(where.start, name, outlet_id_of(name), "outlet", "", STRENGTH["told"])
        self._heard(known, where.start)
        return known

    def _heard(self, known: Known, position: int) -> None:
        if not self.silent:
            insort(self.outlets, replace(known, position=position), key=lambda k: k.position)

    def _may_be_newsroom(self, name: str, found: Found) -> None:
        """Keep a bare name that reported in mind: "…, Kelmar Dinar reported. … the daily said"."""
        # Companies report, too, but hardly ever behind what they report.
        if found.source and found.pieces and found.pieces[0].end <= found.source.start:
            position = found.source.start
            self._heard(Known(position, name, outlet_id_of(name), strength=MAY_BE), position)

    def _last_outlet(
        self, position: int, medium: str | None, *, calls: bool = False
    ) -> Known | None:
        """
        Return the outlet last named before a position that a descriptor's medium fits.

        A name that only may be a newsroom's is one from the first descriptor on that means it.
        """
        end = bisect_left(self.outlets, position, key=lambda k: k.position)
        last = next(
            (
                k
                for k in reversed(self.outlets[max(0, end - LOOKED_BACK) : end])
                if _fits(k, medium)
                and (calls or k.strength > MAY_BE or name_key(k.name) in self.called)
            ),
            None,
        )
        if last is None or last.strength > MAY_BE:
            return last
        if not self.silent:
            self.called.add(name_key(last.name))
        return replace(last, strength=STRENGTH["descriptor"])


@dataclass(frozen=True, slots=True)
class Known:
    """A newsroom the article has named: where, by what name, and how surely it is one."""

    position: int
    name: str
    outlet_id: str
    kind: SourceKind = "outlet"
    medium: str = ""
    strength: float = 0.95

    def as_source(self, strength: float) -> Named:
        """Return the newsroom as what a source comes to, as sure as ``strength`` says."""
        return self.kind, self.name, self.outlet_id, strength


def _agency_called(phrase: str) -> Known | None:
    """
    Return the agency in "Norvik's NNA agency": letters that mean other things without the word.

    >>> _agency_called("Cyprus's CNA-like agency") is None
    True
    """
    m = re.search(r"\b(?P<name>[A-Z]{2,6})(?: news)? agency$", phrase)
    outlet = table().named(m["name"]) if m else None
    return _listed(outlet, 0) if outlet and outlet.kind == "agency" else None


def _outlet_of(name: str) -> Outlet:
    return table().named(name) or table().at(name) or unlisted_outlet(name)


def _listed(outlet: Outlet, position: int) -> Known:
    kind: SourceKind = "agency" if outlet.kind == "agency" else "outlet"
    strength = STRENGTH["table" if outlet.domains else "media word"]
    return Known(position, outlet.name, outlet.outlet_id, kind, outlet.medium, strength)


def _fits(known: Known, medium: str | None) -> bool:
    return (
        not known.medium or medium is None or known.medium in _MEDIA_OF.get(medium, {known.medium})
    )
