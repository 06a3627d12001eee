"""
The words that name a time: names of months and days, counts, and the rules that are patterns.

A rule is a pattern with a kind; ``timewords.py`` tries them in order, and a later one may not touch
what an earlier one took. They were chosen to be right rather than many. Words that may mean
something else need company: *May* and *March* alone are read as months only after a preposition,
four digits as a year likewise, a quarter without its year only beside words of business.

White space is matched three characters at a time at most, and no pattern repeats a repetition, so
that a text of any shape takes time in proportion to its length.

Known to fail: "recently", "overnight"; 3/4/2022 is passed over, since half of the world reads it
the other way round.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

Kind = Literal[
    "date", "month", "year", "weekday", "relative", "elsewhere", "range", "part", "decade",
    "century", "weekend", "stretch", "day of month", "same", "calendar",
]  # fmt: skip
Unit = Literal["hour", "day", "week", "month", "quarter", "year"]

_MONTH_NAMES = (
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",),
    ("june", "jun"), ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"),
    ("october", "oct"), ("november", "nov"), ("december", "dec"),
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
WEEKDAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5,
    "sunday": 6,
}  # fmt: skip
SHORT_WEEKDAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3,
                   "thurs": 3, "fri": 4, "sat": 5, "sun": 6}  # fmt: skip
COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
ORDINALS = {
    name: number
    for number, name in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        start=1,
    )
} | {"twentieth": 20, "thirtieth": 30}
# Days of the same date every year, and Thanksgiving, whose day dates.py works out.
HOLIDAYS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25),
    "boxing day": (12, 26), "new year's eve": (12, 31), "new year's day": (1, 1),
    "valentine's day": (2, 14), "halloween": (10, 31), "thanksgiving": (11, None),
}  # fmt: skip

_S = r"\s{1,3}"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_SHORT_WEEKDAY = r"(?:Mon|Tues?|Weds?|Thurs?|Thu|Fri|Sat|Sun)\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_LED = (
    r"(?:in|since|by|until|till|during|from|before|after|of|early|late|mid|between|through|"
    r"last|next|this|fiscal)"
)
# "for 2000 crowns" is no year, "for September" a month.
_LED_MONTH = rf"(?:{_LED}|for)"
_LEAN = (
    rf"(?:(?P<lean>[Ll]ast|[Nn]ext|[Tt]his{_S}coming|[Tt]his{_S}past|[Tt]his|[Tt]he following|"
    rf"[Cc]oming|[Tt]he previous){_S})?"
)
_GLOSS = (
    rf"\s?[\[(](?:(?P<gday>{_DAY}){_S})?(?P<gmonth>{_MONTH})(?:{_S}(?P<gday2>{_DAY}))?"
    rf"(?:,?{_S}(?P<gyear>{_YEAR}))?[\])]"
)
_OF_YEAR = rf"(?:,?{_S}(?P<year>{_YEAR}))?(?![\w-]|[,.]\d)"
_NAMED = rf"\b(?:(?P<weekday>{_WEEKDAY}|{_SHORT_WEEKDAY}),?{_S}(?:the{_S})?)?"
_GLOSS_DAY = rf"(?:{_S}[\[(](?P<weekday2>{_WEEKDAY})[\])])?"
_TO = r"\s{0,3}(?:-|–|to|and|through)\s{0,3}"
_UNITS = r"day|week|month|year"
_SHIFT = rf"\b(?P<count>(?i:{_COUNT})){_S}(?P<unit>hour|{_UNITS}|decade)s?{_S}"
QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "last": 4}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # first month, north
BUSINESS = re.compile(
    r"\b(?:sales|profits?|earnings|revenues?|output|growth|grew|econom\w+|GDP|loss(?:es)?|income|"
    r"results|shares|exports|imports|orders|demand|margins?|inflation|deliver\w+|shipments)\b",
    re.IGNORECASE,
)
# Nouns that do not make a count of the number before them: "the 2016 election", not "2016 people".
_DATED_NOUN = (
    r"(?:elections?|vote|poll|campaign|census|war|invasion|coup|season|budget|report|study|survey|"
    r"law|act|treaty|agreement|deal|accord|film|book|novel|album|song|interview|speech|trial|case|"
    r"ruling|decision|referendum|olympics|games|championship|final|cup|race|attack|attacks|"
    r"bombing|massacre|shooting|earthquake|hurricane|flood|floods|crisis|recession|crash|riots|"
    r"protests|uprising|revolution|summit|conference|convention|debate|primary|primaries|"
    r"midterms|session|edition|article|paper|memo|letter|lawsuit|indictment|model|version)"
)
_OTHER_MONTHS = (
    r"(?:Muharram|Safar|Rabi[’'`]?[- ](?:al|ul)[- ]\w+|Jumada\w*(?:[- ]\w+)?|Rajab|Sha[’'`]?ban|"
    r"Ramadan|Ramazan|Shawwal|Dhu[’'`]?[- ]al[- ]\w+|Nisan|Iyar|Sivan|Tammuz|Elul|Tishrei|"
    r"Cheshvan|Kislev|Tevet|Shevat|Adar|Farvardin|Ordibehesht|Khordad|Tir|Mordad|Shahrivar|Mehr|"
    r"Aban|Azar|Dey|Bahman|Esfand)"
)

# Tried in this order; a later rule may not touch what an earlier one took.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("calendar", rf"\b\d{{1,2}}{_S}{_OTHER_MONTHS}(?:,?{_S}1?\d{{3}}|{_S}5\d{{3}})?\b"),
    (
        "date",
        rf"\b(?P<year>{_YEAR})(?:-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ](?P<hour>\d\d):"
        r"(?P<minute>\d\d)(?::\d\d)?Z?)?(?![\d-])|/(?P<month2>\d\d)/(?P<day3>\d\d)(?![\d/]))",
    ),
    ("date", rf"\b(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>{_YEAR})\b"),
    ("date", rf"\b(?P<either>\d\d?)/(?P<either2>\d\d?)/(?P<year>{_YEAR})\b"),
    ("date", rf"\b(?P<attacks>(?i:sept(?:ember|\.)?{_S}11(?:th)?{_S}(?:terror(?:ist)?{_S})?"
             r"attacks?)|9/11)(?![/\d])"),
    ("weekday", rf"\b{_LEAN}(?P<weekday>{_WEEKDAY}){_GLOSS}"),
    (
        "relative",
        rf"\b(?:(?P<word>(?i:yesterday|today|tomorrow|tonight))|(?P<lean>(?i:last|next|this)){_S}"
        rf"(?P<unit>{_UNITS})){_GLOSS}",
    ),
    ("range", rf"\b(?P<month>{_MONTH}){_S}(?P<day>{_DAY}){_TO}(?P<day2>{_DAY}){_OF_YEAR}"),
    ("range", rf"\b(?P<day>{_DAY}){_TO}(?P<day2>{_DAY}){_S}(?P<month>{_MONTH}){_OF_YEAR}"),
    ("date", rf"{_NAMED}(?P<month>{_MONTH}){_S}(?P<day>{_DAY}){_OF_YEAR}{_GLOSS_DAY}"),
    ("date", rf"{_NAMED}(?P<day>{_DAY}){_S}(?:of{_S})?(?P<month>{_MONTH}){_OF_YEAR}{_GLOSS_DAY}"),
    ("date", rf"\b(?P<day>{_DAY})-(?P<month>{_MONTH})-(?P<year>{_YEAR})\b"),
    ("date", rf"\b(?P<dayword>(?i:{'|'.join(ORDINALS)})){_S}of{_S}(?P<month>{_MONTH}){_OF_YEAR}"),
    ("part", rf"\b(?i:(?P<season>{'|'.join(SEASONS)}){_S}(?:of{_S})?(?P<year>{_YEAR})(?:[-–/]\d\d"
             r"(?:\d\d)?)?(?![\w-]))"),
    ("part", rf"\b(?P<lean>(?i:last|this)){_S}(?P<season>(?i:{'|'.join(SEASONS)}))\b"),
    ("part", rf"\b(?i:(?P<nth>{'|'.join(QUARTERS)}){_S}(?P<share>quarter|half)(?:,?{_S}(?:of{_S}"
             rf"(?:fiscal{_S})?)?(?P<year>{_YEAR})(?![\w-]))?)\b"),
    ("part", rf"\bQ(?P<quarter>[1-4]){_S}(?P<year>{_YEAR})\b"),
    (
        "month",
        rf"\b(?i:from|between){_S}(?P<month>{_MONTH}){_S}(?:to|and|through|until){_S}"
        rf"(?P<month2>{_MONTH}){_OF_YEAR}",
    ),
    ("month", rf"\b(?P<month>{_MONTH}),?{_S}(?:of{_S})?(?P<year>{_YEAR})(?![\w-]|,\d)"),
    ("decade", r"(?<![\d$€£])(?:\b(?P<decade>(?:1[5-9]|20)\d0)s|[’'‘](?P<decade2>\d0)s)\b"),
    ("century", r"\b(?P<century>\d\d?)(?:st|nd|rd|th)[\s-]century\b"),
    ("weekend", rf"\b(?:(?P<lean>(?i:last|next|this|the)){_S})(?:past{_S}|coming{_S})?weekend\b"),
    ("weekday", rf"\b{_LEAN}(?P<weekday>{_WEEKDAY})\b(?!{_S}(?:Times|Post|Herald|Mail|Express|"
                r"Mirror|Telegraph|Tribune|World|Independent|Observer)\b)"),
    ("weekday", rf"\b(?P<weekday>{_SHORT_WEEKDAY})(?={_S}(?:night|morning|evening|afternoon)\b)"),
    ("month", rf"\b(?i:{_LED_MONTH})[\s-]{{1,3}}(?P<month>{_MONTH})(?![\w-])"),
    ("month", rf"(?<![\w.-])(?P<month>(?!May\b|March\b|Mar\b){_MONTH})[’']s\b(?!{_S}[A-Z])"),
    ("relative", rf"\b(?P<word>(?i:the{_S}day{_S}(?:before{_S}yesterday|after{_S}tomorrow)))\b"),
    ("relative", r"\b(?P<word>(?i:yesterday|today|tomorrow|tonight))\b"),
    (
        "relative",
        rf"\b(?P<word>(?i:this{_S}(?:morning|afternoon|evening)|last{_S}night))\b",
    ),
    (
        "elsewhere",
        rf"\b(?i:the){_S}(?:(?P<lean>(?i:previous|following)){_S}(?P<unit>{_UNITS})|"
        rf"(?P<next>next{_S}day)|"
        rf"(?P<unit2>{_UNITS}){_S}(?P<side>before|after))\b",
    ),
    (
        "stretch",
        rf"\b(?P<lean>(?i:last|past|previous|next|coming|following)){_S}(?P<count>(?i:\d{{1,3}}|"
        rf"{_COUNT})){_S}(?P<unit>{_UNITS})s\b",
    ),
    ("relative", rf"\b(?P<lean>(?i:last|next|this|coming|past)){_S}(?P<unit>{_UNITS}|quarter)\b"),
    ("relative", rf"\b(?i:by|at|before|until|till|toward|towards){_S}(?:the{_S}|year-)end{_S}of{_S}"
                 rf"(?P<lean>the){_S}(?P<unit>{_UNITS})\b"),
    ("relative", rf"{_SHIFT}(?P<ago>(?i:ago|from{_S}now))\b"),
    ("elsewhere", rf"{_SHIFT}(?P<side>(?i:earlier|later|before|after|afterwards?))\b"),
    ("same", rf"\b(?i:that|the{_S}same){_S}(?:very{_S})?(?P<unit>{_UNITS})\b(?![’'])"),
    ("relative", rf"\b(?P<ahead>in){_S}(?P<count>(?i:{_COUNT})){_S}(?P<unit>{_UNITS})s?\b"
                 rf"(?![’']|{_S}(?:of|that|since)\b|-)"),
    (
        "day of month",
        r"\b(?i:on|by|until|before|since) the (?P<day>\d{1,2}(?:st|nd|rd|th))\b"
        r"(?=[.,;:)”\"]|\s(?:and|his|her|but|to|with|when|after|he|she|they|it)\b|$)",
    ),
    (
        "date",
        rf"\b(?i:on|before|after|since|until|by|till){_S}(?P<holiday>(?i:christmas(?:{_S}(?:day|eve)"
        rf")?|new{_S}year[’']s{_S}(?:day|eve)|valentine[’']s{_S}day|halloween|thanksgiving|boxing"
        rf"{_S}day))\b(?!{_S}[A-Z])",
    ),
    ("year", rf"\b(?i:from|between){_S}(?P<year>{_YEAR}){_S}(?:to|and|through|until){_S}"
             rf"(?P<year2>{_YEAR})(?![\w-]|,\d)"),
    ("year", rf"\b(?i:{_LED}|years?)[\s-]{{1,3}}(?P<year>{_YEAR})[-–]"
             rf"(?P<year2>{_YEAR}|\d\d)(?![\w-])"),
    ("year", rf"\b(?i:{_LED}|(?:back{_S})?to)[\s-]{{1,3}}(?P<year>{_YEAR})(?![\w-]|,\d)"),
    ("year", rf"\b(?i:the|its|his|her|their|that){_S}(?P<year>(?:18|19|20)\d\d){_S}"
             rf"(?={_DATED_NOUN}\b)"),
    ("year", rf"\b[Aa]{_S}(?P<year>(?:18|19|20)\d\d){_S}(?=[a-z])"),
)  # fmt: skip

# Text without any of these names no time; it is looked through only once.
TRIGGER = re.compile(
    r"\d|hour|day\b|days\b|week|month|year|quarter|half\b|spring|summer|autumn|fall\b|winter|night|"
    r"morning|noon|evening|January|February|March|April|May\b|June|July|August|September|October|"
    r"November|December|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|Mon|Tues?|Weds?|"
    r"Thurs?|Thu|Fri|Sat|Sun)\b|tomorrow|decade|hristmas|alloween|hanksgiving",
    re.IGNORECASE,
)


# Most rules are for words that few texts have: part of a rule → small letters one of which is there
# wherever the rule finds anything.
_NEEDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("<gmonth>", ("[", "(")),
    ("<dayword>", ("th of", "st of", "rd of", "nd of", "\nof", "  of")),
    ("<season>", tuple(SEASONS)),
    ("<share>", ("quarter", "half")),
    ("<decade>", ("0s",)),
    ("<century>", ("century",)),
    ("<holiday>", ("christmas", "year", "valentine", "halloween", "thanksgiving", "boxing")),
    ("<ago>", ("ago", "from")),
    ("<attacks>", ("attack", "9/11")),
    ("<either>", ("/",)),
    ("weekend", ("weekend",)),
    ("yesterday|after", ("before", "after")),
    ("this" + _S + "(?:morning", ("morning", "afternoon", "evening", "night")),
    ("year-)end", ("end",)),
    ("that|the" + _S + "same", ("that", "same")),
    ("(?=" + _S + "(?:night", ("night", "morning", "evening", "afternoon")),
)


@cache
def rules() -> tuple[tuple[Kind, re.Pattern[str], tuple[str, ...]], ...]:
    """Return the rules, compiled when the first text is read, with what a text needs for each."""
    return tuple(
        (kind, re.compile(pattern), next((n for part, n in _NEEDS if part in pattern), ()))
        for kind, pattern in _PATTERNS
    )
