"""
Newsrooms as the place where something was said or written, and as who found it out.

"She wrote in the Harbour Post", "on Radio Norvik, the mayor said", "the Post's Jane Doe reported",
"the Post broke the story". In each the words around the name say that the newsroom had it; a name
in an advertisement, a photograph credit or a list of employers has no such words. The rules were
written on 200 sentences read one by one, and on others without annotation; of the 100 more that
``benchmarks/quality/citing.py`` holds out, what went wrong was never looked at.

Known to fail: a programme without its newsroom's name ("told Norvik Today"); two newsrooms where
only the first is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firsthand import mentions
from firsthand.mentions import Meant
from firsthand.model import Span, span
from firsthand.outlets import OutletMention
from firsthand.reading import Found, Reading
from firsthand.speech import subject_left

# What stands before the name, up to its article: "in the Harbour Post".
_THE = r"(?:(?:the|a|an)\s+)?(?:(?:magazine|newspaper|website|journal|daily)\s+)?$"
_WRITTEN_IN = re.compile(
    r"\b(?P<cue>wrote|writes|writing|argue[sd]|op-ed|column|essay|articles?|editorial|commentary|"
    r"profile|interview)\b[^.;:“”\"]{0,40}?\s(?:in|for|at)\s+" + _THE
)
# Whose the report is stands behind it: "revelations by the Harbour Post".
_REPORT_BY = re.compile(
    r"\b(?P<cue>reports?|story|stories|articles?|investigations?|analysis|exposé|revelations?|"
    r"disclosures?|reporting)\s(?:published\s|\w+day\s)?(?:by|from|in)\s+(?:the\s+)?$"
)
# "According to a report by X" is read with its own cue.
_READ_ELSEWHERE = re.compile(r"\b(?:according to|citing|quoting)\b[^.;]*$", re.IGNORECASE)
_OPENS_IN = re.compile(r"^\W*(?P<cue>[Ii]n|[Aa]s)\s+(?:the\s+)?$")
_THEN_WRITTEN = re.compile(r",\s[^.;:]{0,60}?\b(?:wrote|writes|argued|argues|reported|reports)\b")
_AS_REPORTED = re.compile(r"\s(?:has\s|first\s)?(?:reported|reports|noted|notes|wrote|put it)\b")
_ITS_INTERVIEW = re.compile(r"\s(?P<cue>interview|town hall)\b")
_TOLD_TITLE = re.compile(r"\b(?P<cue>told|tells|telling)\s+[“\"]$")
_AT_NEWSROOM = re.compile(rf"\b(?P<cue>according to) {mentions.NAME}\s+(?:at|in)\s+" + _THE)
_SAYS = (
    r"(?:said|says|told|claimed|argued|acknowledged|admitted|insisted|declared|suggested|asked|"
    r"defended|complained|criticized|criticised|criticizing|warned|denied|predicted|pressed|"
    r"spoke|speaking|[Aa]ppearing|appearance|interview(?:ed)?|saying|calling|called)"
)
_ON_AIR = re.compile(rf"\b(?P<cue>{_SAYS})\b[^.;]{{0,100}}\bon\s+(?:the\s+)?[“\"]?$")
_OPENS_ON_AIR = re.compile(
    r"^\W*(?:(?:[Ll]ater|[Ee]arlier|[Aa]nd|[Bb]ut)\s+)?(?P<cue>[Oo]n)\s+(?:the\s+)?[“\"]?$"
)
_ON_AIR_ENDS = re.compile(
    r"(?:’s|'s|’|')?(?:\s[“\"‘']?[A-Z][\w’'&]*(?:\s(?:[A-Z][\w’'&]*|the|of|a)){0,5}[,.]?[”\"’']?)?"
    r"(?:\s(?:on |last |this )?\w+day)?(?:\s(?:morning|night|evening))?"
    r"(?:[,.;”\"]|\s(?:and|that|to|in)\b|$)"
)
_REPORTER = re.compile(
    rf"(?:’s|'s)\s(?:(?:own|chief|senior)\s)?(?P<who>{mentions.NAME})\s(?:also\s|first\s)?"
    r"(?:has\s|have\s)?(?P<cue>reports?|reported|says|said|writes|wrote|notes|noted|explains|"
    r"explained|found|revealed)\b"
)
_REPORTER_BEHIND = re.compile(
    r"\b(?P<cue>reports|reported|writes|wrote|noted|notes|[Pp]er|according to|as reported by)\s+"
    r"(?:the\s+)?$"
)
_ITS_REPORTER = re.compile(rf"(?:’s|'s)\s+{mentions.NAME}")
_FOUND_OUT = re.compile(
    r"\s(?:(?:in|last|earlier|late|on)\s\w+,?\s|first\s|also\s|later\s|had\s|has\s|have\s)?"
    r"(?P<cue>broke (?:the |fresh |new )?(?:story|news|details)|(?:spoke|talked) (?:with|to) an?\b|"
    r"interviewed|"
    r"released a (?:\w+\s)?report|uncovered|unearthed|revealed (?:that|on|in|last)|obtained|"
    r"reporting that|saying that|noted that|found that|estimates that|published (?:an?|the) "
    r"(?:\w+\s){0,2}(?:report|story|article|investigation|exposé|memo|document|letter|transcript|"
    r"recording|interview))"
)
_PAIR = re.compile(
    rf"\s(?:and|,)\s(?:the\s)?(?P<who>{mentions.NAME})\s(?:also\s|both\s)?(?:have\s|had\s)?"
    r"(?P<cue>reported|report|said|say)\b"
)
_MEDIUM_NAMED = re.compile(
    r"\b(?P<cue>articles?|piece|report|essay|column|story|interview|published|wrote|written)\b"
    r"[^.;:“”\"]{0,30}?\s(?:in|by)\s(?:the\s)(?:[a-z][\w-]*\s){0,2}?(?:magazine|newspaper|daily|"
    rf"tabloid|weekly|news (?:site|agency|website))\s(?P<who>{mentions.NAME})"
)
_TOLD = re.compile(r"\b[Tt](?:old|ells)\b")
# A quotation of so few words is a programme's title, not speech.
MOST_TITLE_WORDS = 5


def venues(reading: Reading) -> Iterator[Found]:
    """Yield where a newsroom named is the place or the finder of what is said there."""
    for mention in reading.outlets:
        if _is_spoken(reading, mention.span.start):
            continue
        found = _written(reading, mention) or _by_reporter(reading, mention)
        found = found or _on_air(reading, mention)
        if found is None and mention.sure:
            found = _finder(reading, mention) or _opening(reading, mention)
        if found is not None:
            yield found
        if mention.sure:
            yield from _paired(reading, mention)
    # "an article in the magazine X"
    yield from only_named_here(reading, _MEDIUM_NAMED, "written in")
    yield from _told_by_nobody(reading)


def _is_spoken(reading: Reading, position: int) -> bool:
    """Return whether a place stands in words somebody says, not in a programme's title."""
    if not reading.quoted(position):
        return False
    quote = next((q for q in reading.quotes_from(position) if q.start <= position), None)
    return quote is None or len(quote.of(reading.text).split()) > MOST_TITLE_WORDS


def _before(reading: Reading, mention: OutletMention) -> tuple[Span, str]:
    """Return the sentence, and what stands in it before the name and its article."""
    sentence = reading.sentence_at(mention.span.start)
    before = reading.text[sentence.start : mention.span.start]
    return sentence, before


def _made(
    reading: Reading, mention: OutletMention, sentence: Span, m: re.Match[str], at: int, rule: str
) -> Found:
    cue = span(at + m.start("cue"), at + m.end("cue"))
    return Found(
        cue=cue, family="report", rule=rule, source=mention.span, pieces=(sentence,),
        meant=None if mention.sure else Meant("outlet", mention.outlet.name),
    )  # fmt: skip


def _written(reading: Reading, mention: OutletMention) -> Found | None:
    """Return "wrote in X", "an article in X", "according to Jane Doe at X"."""
    sentence, before = _before(reading, mention)
    m = _WRITTEN_IN.search(before) or _AT_NEWSROOM.search(before)
    if m is None and mention.sure and not _READ_ELSEWHERE.search(before):
        m = _REPORT_BY.search(before)
    if m is None or reading.quoted(sentence.start + m.start("cue")):
        return None
    # "The Hill" and "the hill": a name of several meanings only where one writes in it.
    at_once = re.fullmatch(r"\s+in\s+", before[m.end("cue") :])
    if not mention.sure and not (m["cue"] in ("wrote", "writes") or at_once):
        return None
    return _made(reading, mention, sentence, m, sentence.start, "written in")


def _by_reporter(reading: Reading, mention: OutletMention) -> Found | None:
    """Return "X's Jane Doe reported", "reports X's Jane Doe", "Per X's Jane Doe"."""
    sentence, before = _before(reading, mention)
    end = mention.span.end
    if m := _REPORTER.match(reading.text, end, min(sentence.end, end + 120)):
        return _made(reading, mention, sentence, m, 0, "outlet's reporter")
    m = _REPORTER_BEHIND.search(before)
    if m and _ITS_REPORTER.match(reading.text, end, sentence.end):
        return _made(reading, mention, sentence, m, sentence.start, "outlet's reporter")
    return None


def _on_air(reading: Reading, mention: OutletMention) -> Found | None:
    """Return "said on X", "told “X Sunday”", "on X's Morning Hour, the mayor said": X was told."""
    sentence, before = _before(reading, mention)
    text, end = reading.text, mention.span.end
    at, m = sentence.start, _TOLD_TITLE.search(before)
    if m is None and (asked := _ITS_INTERVIEW.match(text, end)) and mention.sure:
        at, m = 0, asked
    if m is None and mention.outlet.medium in ("broadcaster", "radio"):
        m = _ON_AIR.search(before)
        if m is None and re.search(rf"\b{_SAYS}\b", text[end : min(sentence.end, end + 200)]):
            m = _OPENS_ON_AIR.match(before)
        m = m if _ON_AIR_ENDS.match(text, end) else None
    if m is None or reading.quoted(at + m.start("cue")):
        return None
    return Found(
        cue=span(at + m.start("cue"), at + m.end("cue")),
        family="tell",
        rule="interview",
        addressee=mention.span,
        pieces=(sentence,),
    )


def _opening(reading: Reading, mention: OutletMention) -> Found | None:
    """Return "In X, Jane Doe wrote", "As X reported:"."""
    sentence, before = _before(reading, mention)
    m = _OPENS_IN.match(before)
    if m is None:
        return None
    follows = _THEN_WRITTEN if m["cue"].lower() == "in" else _AS_REPORTED
    if not follows.match(reading.text, mention.span.end, sentence.end):
        return None
    return _made(reading, mention, sentence, m, sentence.start, "written in")


def _finder(reading: Reading, mention: OutletMention) -> Found | None:
    """Return "X broke the story", "X spoke with a trader": X as the subject of its clause."""
    sentence, before = _before(reading, mention)
    bare = re.sub(r"\b(?:[Tt]he|with)\s+$|\w+-controlled\s+$", "", before).rstrip()
    bare = re.sub(r"\bwith$", "", bare).rstrip()
    opens = (
        not bare
        or bare[-1] in ',;:“"—–'
        or re.search(
            r"\b(?:that|and|but|as|when|after|before|because|while|since|week|month|year|\w+day)$",
            bare,
        )
    )
    m = _FOUND_OUT.match(reading.text, mention.span.end, sentence.end)
    return _made(reading, mention, sentence, m, 0, "found out") if m and opens else None


def _paired(reading: Reading, mention: OutletMention) -> Iterator[Found]:
    """Yield both newsrooms of "X and Y reported", the second known or named like one."""
    sentence, _ = _before(reading, mention)
    m = _PAIR.match(reading.text, mention.span.end, sentence.end)
    if m is None:
        return
    yield _made(reading, mention, sentence, m, 0, "reported together")
    second = span(m.start("who"), m.end("who"))
    if reading.outlet_in(second) is None and _TRADE.search(m["who"]):
        yield Found(
            cue=span(m.start("cue"), m.end("cue")),
            family="report",
            rule="reported together",
            source=second,
            pieces=(sentence,),
            meant=Meant("outlet", m["who"]),
        )


# A name that ends like a newsroom's beside one that is: "and KelmarNews reported".
_TRADE = re.compile(r"(?:News|Press|Post|Times|TV|Radio|Online|Agency|Herald|Daily)$")


def only_named_here(reading: Reading, pattern: re.Pattern[str], rule: str) -> Iterator[Found]:
    """Yield what a pattern finds (``cue``, ``who``) where its words alone make "who" a newsroom."""
    for m in pattern.finditer(reading.text):
        where = span(m.start("who"), m.end("who"))
        known = reading.outlet_in(where)
        if reading.quoted(m.start()) or (known and known.sure):
            continue
        yield Found(
            cue=span(m.start("cue"), m.end("cue")),
            family="report",
            rule=rule,
            source=where,
            pieces=(reading.sentence_at(m.start()),),
            meant=Meant("outlet", m["who"]),
        )


_LISTENER = re.compile(
    r"\s+(?P<who>the (?:newspaper|paper|network|magazine|outlet)\b|"
    r"(?P<apposed>the (?:[\w’'-]+ ){1,3}?"
    r"(?:newspaper|daily|magazine|news (?:site|agency|website|channel)|broadcaster|tabloid) "
    rf"{mentions.NAME})|(?:the )?{mentions.NAME})"
)


def _told_by_nobody(reading: Reading) -> Iterator[Found]:
    """Yield "told X" where the subject is too far from its verb, or X too far behind "told the"."""
    text = reading.text
    for m in _TOLD.finditer(text):
        listener = _LISTENER.match(text, m.end())
        if listener is None or reading.quoted(m.start()):
            continue
        where = span(listener.start("who"), listener.end("who"))
        known = reading.outlet_in(where)
        described = mentions.descriptor_medium(where.of(text)) is not None
        cue = span(m.start(), m.end())
        sentence = reading.sentence_at(m.start())
        if not listener["apposed"] and (
            not (described or (known and known.sure)) or subject_left(reading, cue, sentence)
        ):
            continue
        yield Found(cue=cue, family="tell", rule="interview", addressee=where, pieces=(sentence,))
