"""
Whom the words of a source mean: what kind of source a phrase names, and by what name.

No parser is used. A noun phrase is judged by its head (the last word before "of", "familiar with",
"who" …) against short lists of plain English nouns, and by its capitals. Names of outlets come from
the table (``outlets.py``); an outlet no table knows is recognised by how texts speak of it.

Known to fail: a company that "reported" its earnings looks like an outlet until nothing else calls
it one (so it is none); single capitalised words are people only when a full name stood before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from firsthand.model import SourceKind

# A full stop belongs to a name behind a title or an initial only: "Lt. A. Vale".
NAME_WORD = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Sgt|Capt|Cmdr|Adm|Rep|Sen|Gov|Rev|St|[A-Z])\."
    r"|[A-ZÀ-ÖØ-Þ][\w’'\-]*|al-[A-Z][\w’'\-]*)"
)
_PARTICLE = r"(?:al|el|bin|ibn|van|von|der|den|de|du|la|le|di|da|dos|del|of|the|and|&|for)"
# Words are parted by spaces only: a hyphen is inside a word already, and two ways to read one mark
# make a pattern take for ever.
NAME = rf"{NAME_WORD}(?: (?:{_PARTICLE}[ \-]){{0,2}}{NAME_WORD}){{0,6}}"
_NAME = re.compile(NAME)
_PERSON = re.compile(
    rf"{NAME_WORD}(?: (?:(?:al|el|bin|ibn|van|von|der|den|de|di|da|del)[ \-])?{NAME_WORD}){{1,3}}"
)

_UNNAMED = frozenset(
    "source sources official officials insider insiders aide aides diplomat diplomats person "
    "people witness witnesses eyewitness eyewitnesses employee employees adviser advisers advisor "
    "advisors operative operatives staffer staffers worker workers member members lawmaker "
    "lawmakers analyst analysts expert experts observer observers critics supporters resident "
    "residents neighbor neighbors neighbour neighbours activist activists executive executives "
    "attorney attorneys lawyer lawyers man woman men women driver mother father brother sister "
    "student students teacher teachers others some many one friend friends relative relatives "
    "loyalists commander commanders officer officers soldier soldiers passenger passengers "
    "individual individuals contacts figure figures scientists researchers doctors".split()
)
_GOVERNMENT = frozenset(
    "ministry government police department army military navy court embassy parliament "
    "authorities prosecutors investigators regulators commission council office cabinet senate "
    "congress sheriff prosecutor customs treasury presidency coastguard administration bureau "
    "authority kremlin pentagon judge judges regime municipality firefighters committee".split()
)
# Offices one person holds: "the president" is whoever was named with that title.
_ROLES = frozenset(
    "president minister mayor governor senator chancellor premier king queen pope ceo chairman "
    "chairwoman sheriff commissioner ambassador leader chief director rector".split()
)
_ORGANISATION = frozenset(
    "company firm bank group hospital university college school club party team union "
    "organisation organization charity airline manufacturer retailer association institute "
    "foundation league federation operator utility campaign agency centre center church brewery "
    "corporation museum society studio label band union network".split()
)
_DOCUMENT = frozenset(
    "report reports study survey poll filing filings document documents memo letter lawsuit "
    "complaint indictment affidavit records papers data figures email e-mail emails transcript "
    "ruling order motion audit review bill law dossier book testimony article story".split()
)
_STATEMENT = frozenset("statement statements tweet tweets post posts release announcement".split())
_ORGANISATION_WORD = re.compile(
    r"\b(?:Inc|Corp|Co|Ltd|LLC|University|College|Party|Company|Bank|Group|Association|Institute|"
    r"Foundation|Union|Council|Committee|Center|Centre|Hospital|Church|Club|League|Federation|"
    r"Society|School|Airlines?|Industries|Partners|Fund|Trust|Organi[sz]ation|Nations|Network|"
    r"Watch|International|Brewing|Museum|Authority|Alliance|Coalition|Campaign|Works)\b"
)
_GOVERNMENT_NAME = re.compile(
    r"\b(?:Ministry|Department|Police|Government|Court|Embassy|Parliament|White House|Pentagon|"
    r"Kremlin|Senate|Congress|Commission|Bureau|Administration|Treasury|Office|Agency|Army|Navy|"
    r"Air Force|Guard|Service|FBI|CIA|CDC|EPA|NASA|DHS|FDA|NATO|IDF|Sheriff)\b"
)
# Countries and capitals stand for their governments: "Moscow said".
_CAPITALS = frozenset(
    "america australia austria beijing berlin brazil britain brussels cairo canada china damascus "
    "egypt france germany india iran iraq israel italy japan jerusalem kyiv kiev london mexico "
    "moscow nigeria pakistan paris poland pyongyang riyadh russia seoul spain sweden syria taipei "
    "taiwan tehran tokyo turkey ankara ukraine uk us washington beirut lebanon baghdad doha qatar "
    "saudi-arabia kabul islamabad delhi new-delhi rome madrid warsaw ottawa tel-aviv".split()
)
MEDIA_WORD = (
    r"(?:Times|Post|Herald|News|Tribune|Gazette|Journal|Daily|Chronicle|Broadcasting|Radio|TV|"
    r"Television|Observer|Mail|Telegraph|Courier|Wire|Express|Dispatch|Ledger|Mirror|Weekly|"
    r"Register|Sentinel|Examiner|Inquirer|Globe|Sun|Monitor|Bulletin|Argus|Advertiser|Digest|"
    r"Lantern|Beacon|Briefing|Insider|Review|Press|Newswire|Reporter|Standard|Echo|Evening|Morning|Newspaper|Magazine|Newsday)"
)
_MEDIA_NAME = re.compile(
    rf"^(?:[Tt]he )?(?:{NAME_WORD} ){{0,6}}(?:{MEDIA_WORD}|News Agency|News Service|Press Agency)$"
    rf"|^(?:Radio|TV|Television|Channel|Daily|Evening|Morning|Sunday) {NAME_WORD}(?: {NAME_WORD})?$"
)
_RUN = re.compile(
    rf"{NAME_WORD}(?: (?:(?:al|el|bin|ibn|van|von|der|den|de|di|da|del)[ \-])?{NAME_WORD}){{1,6}}"
)
_MEDIUM = (
    r"(?:newspaper|daily|weekly|paper|tabloid|broadsheet|broadcaster|network|magazine|"
    r"news (?:outlet|agency|site|service|organi[sz]ation|channel|website|portal)|outlet|"
    r"publication|newswire|wire service|wire|news|website|station|TV channel|channel|agency)"
)
# Anyone may have a website, a network or a station; these only newsrooms are.
_NEWS_MEDIUM = (
    r"(?:newspaper|daily|weekly|tabloid|broadsheet|broadcaster|magazine|newswire|wire service|"
    r"news (?:outlet|agency|site|service|organi[sz]ation|channel|website|portal)|TV channel)"
)
_DESCRIPTOR = re.compile(
    rf"^(?:the|a|an|this|that|its)\s+(?:[\w’'\-]+\s+){{0,4}}?(?P<medium>{_MEDIUM})$", re.IGNORECASE
)
# "London-based", "Arabic", "Israeli", "Japanese", "Polish": adjectives, not names.
_ADJECTIVE = re.compile(r"-(?:based|language|owned|run|backed)$|(?:ic|an|ese|ish|li|qi|ni|ch)$")
_REPORT_WORD = re.compile(
    r"^(?:the|that|this|its|their)\s+(?:[\w’'\-]+\s+){0,2}?(?:report|article|story)$", re.IGNORECASE
)
_NAMED_MEDIUM = re.compile(
    rf"(?:\b(?:the|a)\s+)?(?:[\w’'\-]+\s+){{0,3}}?{_NEWS_MEDIUM}\s+(?P<after>{NAME})$"
    rf"|^(?:the\s+|a\s+)?(?P<before>{NAME})(?:’s|'s)?\s+{_NEWS_MEDIUM}$"
)
_TITLES = frozenset(
    "Mr Mrs Ms Dr Prof Gen Lt Col Maj Sgt Capt Cmdr Adm Rep Sen Gov Rev President Minister "
    "Secretary Senator Representative Governor Mayor General Colonel Captain Judge Justice "
    "Professor Sheriff Chief Chairman Chairwoman Director Ambassador King Queen Prince Princess "
    "Pope CEO Spokesman Spokeswoman Chancellor President-elect Democrat Republican Commissioner "
    "Attorney Officer Lieutenant Sergeant Detective Speaker Leader Congressman Congresswoman "
    "Councillor Premier Executive Admiral Major Sheikh Ayatollah Rabbi Bishop".split()
)
# A longer phrase is a clause, whatever stands in it.
MOST_CHARS = 160
_NOBODY = frozenset("i we you who which that this there what".split())
# Newsrooms, but nobody knows which: "media reports", "local media", "a Lagos newspaper".
_UNSPECIFIC = re.compile(
    rf"\b(?:media|press|news|newspaper|television|radio|online|unconfirmed) reports?\b|"
    rf"\b(?:local|state|state-run|foreign|international|national|social|israeli|western) "
    rf"(?:media|press|television|tv|radio|outlets|newspapers)\b|"
    rf"^(?:a|an|another|one|several|some|two|three|many|other)\s+(?:[\w’'\-]+\s+){{0,3}}?"
    rf"{_NEWS_MEDIUM}s?$|^(?:the|these|those|such|some|several)\s+(?:[\w’'\-]+\s+)?reports$",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s(?:of|in|from|with|at|close|near|familiar|who|whose|which|for|on|to|inside|within|briefed|"
    r"allegedly|speaking|involved|there|and|said|based|linked|present|working)\s|,|\s\("
)
_SPOKES = re.compile(
    r"\bspokes(?:man|woman|person|people)\b"
    r"(?:\s+(?:for|of|at)\s+(?P<after>(?:the\s+)?[\w’'\- ]+))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a phrase means: a kind, a name, and how the name is to be looked up (``how``)."""

    kind: SourceKind
    name: str
    how: str = "name"  # name | surname | pronoun | role | descriptor | report | unspecific | guess
    institution: str | None = None


def media_name(name: str) -> bool:
    """
    Return whether a capitalised name says itself that it is a newsroom's.

    >>> media_name("Harbour Post"), media_name("the Northbank Gazette"), media_name("Acme Bank")
    (True, True, False)
    """
    return bool(_MEDIA_NAME.match(name)) and " " in name.removeprefix("the ").removeprefix("The ")


# An American station goes by its letters. Other names of four capitals that begin like one.
_STATION = re.compile(r"[KW][A-Z]{3}(?:-(?:TV|FM|AM|DT|LD))?|[KW][A-Z]{2}-(?:TV|FM|AM)")
_NO_STATION = frozenset("KPMG WADA WIPO WNBA WWII WASP WMDS WIFI KOSA".split())


def station(name: str) -> bool:
    """
    Return whether a name is that of an American radio or television station: its call sign.

    >>> station("WQXZ"), station("KQX-TV"), station("WIPO"), station("Will")
    (True, True, False, False)
    """
    return bool(_STATION.fullmatch(name)) and name not in _NO_STATION


def short_media_name(name: str) -> bool:
    """
    Return whether a name is a newspaper's short form, which only its article can resolve.

    >>> short_media_name("The Times"), short_media_name("Harbour Post")
    (True, False)
    """
    return bool(re.fullmatch(rf"(?:[Tt]he )?{MEDIA_WORD}", name.strip()))


def own_medium(phrase: str) -> bool:
    """
    Return whether a newsroom speaks of itself: "this newspaper", "us".

    >>> own_medium("this newspaper"), own_medium("our reporter"), own_medium("the newspaper")
    (True, True, False)
    """
    return bool(
        re.fullmatch(
            rf"(?:this|our) (?:{_MEDIUM}|reporters?|correspondents?|programme|reporter)|us",
            phrase.strip(),
            re.IGNORECASE,
        )
    )


def descriptor_medium(phrase: str) -> str | None:
    """
    Return the medium a phrase like "the London-based daily" speaks of, or None.

    >>> descriptor_medium("the Lagos-based Arabic daily"), descriptor_medium("the daily grind")
    ('daily', None)
    """
    found = _DESCRIPTOR.match(phrase.strip())
    return found["medium"].casefold() if found else None


def _is_descriptor(phrase: str) -> bool:
    """Return whether a medium is only described: by a place, a language, small words."""
    if descriptor_medium(phrase) is None:
        return False
    adjectives = phrase.split()[1:-1]
    if any(w.endswith(("-based", "-owned", "-language")) for w in adjectives):
        return True
    return all(not w[0].isupper() or _ADJECTIVE.search(w) for w in adjectives)


def named_medium(phrase: str) -> str | None:
    """
    Return the outlet's name in "the newspaper X" or "X newspaper", or None.

    >>> meaning_of("the London-based Arabic daily").how, meaning_of("the Kelso newspaper").name
    ('descriptor', 'Kelso')
    >>> named_medium("Kelso al-Bahr newspaper"), named_medium("the news agency Norvik")
    ('Kelso al-Bahr', 'Norvik')
    >>> named_medium("Japan's Norvik news agency")
    'Norvik'
    """
    bare = re.sub(rf"^(?:the )?{NAME_WORD}(?:’s|'s)\s+", "", phrase.strip())
    found = _NAMED_MEDIUM.search(bare)
    if not found:
        return None
    name = found["after"] or found["before"]
    return None if name is None or name.casefold() in {"the", "a", "state"} else name


def meaning_of(phrase: str) -> Meant | None:
    """
    Return what a source phrase means, or None where it names no source.

    >>> meaning_of("a source").kind, meaning_of("Norvik regime sources").kind
    ('unnamed', 'unnamed')
    >>> meaning_of("Defence Minister Ana Bruhl")
    Meant(kind='person', name='Ana Bruhl', how='name', institution=None)
    >>> meaning_of("a police spokeswoman").name, meaning_of("the harbour ministry").kind
    ('police', 'government')
    >>> meaning_of("the harbour master, Ana Bruhl").name
    'Ana Bruhl'
    >>> meaning_of("she").how, meaning_of("the paper").how, meaning_of("which") is None
    ('pronoun', 'descriptor', True)
    """
    phrase = re.sub(r"\s*\([A-Z]{2,8}\)$", "", phrase.strip())
    phrase = re.sub(r"\s+", " ", phrase).strip(' ,;:–—-"“”#*•')
    phrase = re.sub(r"^(?:with|by|from|for|as|and|but|also)\s+", "", phrase)
    folded = phrase.casefold()
    if folded in {"he", "she"}:
        return Meant("person", phrase, "pronoun")
    if folded in {"it", "they"}:
        return Meant("organisation", phrase, "pronoun")
    if not phrase or len(phrase) > MOST_CHARS or folded in _NOBODY:
        return None
    if _REPORT_WORD.match(phrase):
        return Meant("document", phrase, "report")
    if _UNSPECIFIC.search(phrase.partition(",")[0]):
        return Meant("outlet", phrase, "unspecific")
    if _is_descriptor(phrase):
        return Meant("outlet", phrase, "descriptor")
    if station(phrase):
        return Meant("outlet", phrase)
    if (name := named_medium(phrase)) is not None:
        return Meant("outlet", name)
    if media_name(phrase):
        return Meant("outlet", re.sub(r"^[Tt]he ", "", phrase))
    return _spokes(phrase) or _apposed(phrase) or _by_head(phrase)


def _apposed(phrase: str) -> Meant | None:
    """Return the person in "the harbour master, Ana Bruhl": a role first, the name behind it."""
    role, comma, rest = phrase.partition(",")
    name = rest.partition(",")[0].strip()
    described = re.match(r"(?:the|a|an|its|their|his|her)\s+[a-z]", role)
    if not comma or not _PERSON.fullmatch(name) or (_PERSON.search(role) and not described):
        return None
    return None if is_body(name) else Meant("person", strip_title(name))


def _spokes(phrase: str) -> Meant | None:
    found = _SPOKES.search(phrase)
    if not found:
        return None
    before = re.sub(r"^(?:the|a|an)\s+", "", phrase[: found.start()], flags=re.IGNORECASE).strip()
    after = found["after"] or ""
    person = (
        _PERSON.search(after)
        if not re.match(r"\s*spokes\w+ (?:for|of|at)", found.group())
        else None
    )
    named = _PERSON.search(phrase[found.end() :]) or person
    institution = re.sub(r"^the\s+", "", after or before, flags=re.IGNORECASE).strip(" ’'s") or None
    if named:
        return Meant("person", named.group(), "name", institution)
    lead = _PERSON.match(phrase)
    if lead and "," in phrase[: found.start()]:
        return Meant("person", strip_title(lead.group()), "name", institution)
    if institution is None:
        return Meant("unnamed", phrase)
    return Meant(_institution_kind(institution), institution)


def _institution_kind(name: str) -> SourceKind:
    words = set(re.findall(r"\w+", name.casefold()))
    government = words & _GOVERNMENT or words & _CAPITALS or _GOVERNMENT_NAME.search(name)
    return "government" if government else "organisation"


_SMALL = frozenset("the a an another one several two three some".split())
# "The Ministry of Harbours": what stands behind "of" belongs to the name.
_BODY_OF = re.compile(
    rf"(?:[Tt]he )?(?P<name>(?:[A-Z][\w’'\-]+ ){{0,3}}(?:Ministry|Department|Office|Bureau|Court|"
    rf"Council|Bank|University|Board|Institute|Church|Chamber) of (?:the )?{NAME})$"
)


def _by_head(phrase: str) -> Meant | None:
    if body := _BODY_OF.match(phrase):
        return Meant(_institution_kind(body["name"]), body["name"])
    cut = _CUT.search(phrase)
    head_phrase = phrase[: cut.start()] if cut and cut.start() else phrase
    words = head_phrase.split()
    head = words[-1].casefold().strip(".’'")
    bare = re.sub(r"^(?:the|a|an|its|their|his|her)\s+", "", head_phrase, flags=re.IGNORECASE)
    capital = bool(re.match(NAME_WORD, words[-1]))
    # "Officials said": capitalised for standing first, not for being a name.
    if not capital or len(words) == 1 or (head in _UNNAMED and head.endswith("s")):
        if head in _ROLES and words[0].casefold() in {"the", "its", "their", "his", "her"}:
            return Meant("person", bare, "role")
        for heads, kind in _HEADS:
            if head in heads:
                return Meant(kind, phrase if kind in ("unnamed", "document", "statement") else bare)
    if not capital:
        small = words[0].casefold() in _SMALL
        return Meant("unnamed", phrase, "guess") if small and len(words) > 1 else None
    return _by_name(head_phrase, bare)


_HEADS: tuple[tuple[frozenset[str], SourceKind], ...] = (
    (_UNNAMED, "unnamed"),
    (_GOVERNMENT, "government"),
    (_ORGANISATION, "organisation"),
    (_DOCUMENT, "document"),
    (_STATEMENT, "statement"),
)


def _by_name(head_phrase: str, bare: str) -> Meant | None:
    if bare.casefold().replace(" ", "-") in _CAPITALS:
        return Meant("government", bare)
    names = [m.group() for m in _NAME.finditer(head_phrase)]
    if not names:
        return None
    name = re.sub(r"^(?:The|A|An)\s+", "", names[-1])
    if len(_behind_title(name).split()) > 1:
        return Meant("person", _behind_title(name))
    if _GOVERNMENT_NAME.search(name):
        return Meant("government", name)
    if _ORGANISATION_WORD.search(name) or (name.isupper() and len(name) <= 6):
        return Meant("organisation", name)
    stripped = strip_title(name)
    titled = stripped != name
    if titled or 2 <= len(stripped.split()) <= 4:
        return Meant("person", stripped)
    return Meant("organisation" if len(stripped.split()) > 4 else "person", stripped, "surname")


def is_body(name: str) -> bool:
    """
    Return whether a name says that it is a body's: a committee, a ministry, a company.

    >>> is_body("House Roads and Bridges Committee"), is_body("Kelmar Dinar")
    (True, False)
    """
    return bool(_ORGANISATION_WORD.search(name) or _GOVERNMENT_NAME.search(name))


def is_title(name: str) -> bool:
    """
    Return whether a capitalised name is an office and no one in particular.

    >>> is_title("Prime Minister"), is_title("Kelmar Dinar")
    (True, False)
    """
    return name.split()[-1] in _TITLES


def _behind_title(name: str) -> str:
    """Return what stands behind a title in "White House Press Secretary Ana Bruhl", else ""."""
    bare = strip_title(name)
    return bare if bare != name and not _GOVERNMENT_NAME.search(bare) else ""


def strip_title(name: str) -> str:
    """
    Return a person's name without the titles before it.

    >>> strip_title("Foreign Minister Ana Bruhl"), strip_title("Gen. Otto Vale")
    ('Ana Bruhl', 'Otto Vale')
    """
    words = name.split()
    titles = [i for i, word in enumerate(words[:-1]) if word.rstrip(".,") in _TITLES]
    return " ".join(words[titles[-1] + 1 :]) if titles else name


def people(text: str) -> list[tuple[int, str]]:
    """
    Return (position, full name) of what looks like a person's full name, in reading order.

    >>> people("Japan's Norvik agreed.")
    []
    >>> people("Norvik Foreign Minister Ana Bruhl met Otto Vale of the Acme Bank Group.")
    [(0, 'Ana Bruhl'), (38, 'Otto Vale')]
    """
    found = []
    for m in _RUN.finditer(text):
        # "Norvik's Ana Bruhl": whose she is stands before her name.
        name = re.sub(r"(?:’s|'s)$", "", strip_title(re.split(r"(?:’s|'s)\s", m.group())[-1]))
        # "in Los Angeles": what something happens in is a place.
        place = re.search(
            r"\b(?:in|at|near|across|around|outside)\s+$", text[max(0, m.start() - 12) : m.start()]
        )
        body = place or is_body(name)
        if 2 <= len(name.split()) <= 4 and not body:
            found.append((m.start(), name))
    return found


_PLAIN = frozenset(
    "a an the one two three four several some many senior top another other this that his her its "
    "their source sources official officials person people insider insiders anonymous unnamed who "
    "familiar with matter close to of from in at briefed on knowledge allegedly former current "
    "reportedly speaking condition anonymity plan plans same both said and is was has".split()
)


def described(name: str) -> list[str]:
    """
    Return the words of an unnamed source's description that say where it sits, sorted.

    >>> described("a senior harbour ministry official"), described("the source")
    (['harbour', 'ministry'], [])
    """
    words = re.findall(r"\w+", name.casefold())
    return sorted({w for w in words if w not in _PLAIN and len(w) > 2})
