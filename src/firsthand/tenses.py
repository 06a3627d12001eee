"""
Which way a time looks: the verb beside "on Friday" says whether it was or will be.

The nearest verb before the words in their clause decides; where the words open the sentence ("On
Tuesday, the envoy will visit") the first verb behind them does. A verb of the timetable in the
present ("the fair opens Friday") looks ahead. Without any verb words look back: news tells what
was, and headlines and captions leave verbs out.

Known to fail: "Tuesday's election" of next week is read as last Tuesday; past tenses that few
verbs have (lists below) are missed.
"""

from __future__ import annotations

import re
from typing import Literal

from firsthand.model import Span

Lean = Literal["past", "future", "last", "this", "next"]

# A clause further off than this is another matter.
CLAUSE_CHARS = 120
_FUTURE = re.compile(
    r"\b(?:will|won[’']t|shall|going to|(?:due|set|scheduled|expected|slated|planned|likely|plans?|"
    r"planning|aims?|hopes?|vowed|pledged|want(?:s|ed)?|agreed|intends?|prepar\w+|"
    r"must|needs?|forecast|poised|ready|about) (?:to|for)|"
    r"due(?! to (?:the|an?|its|his|her|their)\b)|"
    r"[Aa]head of|upcoming|until|would|may|could|must|is to|are to|deadline (?:is|of))\b"
    r"|[’']ll\b"
)
_TIMETABLE = re.compile(
    r"\b(?:opens|starts|begins?|meets?|flies|travels|arrives|ends|expires?|lapses?|resumes?|sails|"
    r"takes? (?:effect|place|office)|kicks? off|reopens?|comes? into force|goes (?:on|to|into)|"
    r"(?<=s )open (?:at|on|in))\b"
)
_PAST = re.compile(
    r"\b(?:said|says|told|was|were|had|did|has|have|met|came|went|began|gave|took|made|held|saw|"
    r"found|left|hit|struck|shot|wrote|spoke|won|lost|sent|fell|rose|killed|broke|sank|ran|burnt|"
    r"flew|fled|shut|quit|sold|kept|died|became|drew|grew|led|paid|read|since|following|dated|"
    r"(?!need|speed|indeed|bleed|exceed|proceed|succeed|feed|seed|weed|hundred|embed)\w{3,}ed)\b"
)
_CLAUSE = re.compile(r"[;:.!?“”\"]|,\s")
_AUXILIARY = re.compile(r"\b(?:will|would|to|may|could|must|shall)\s(?:be\s)?$")
_SAID: dict[str, Lean] = {
    "last": "last", "the previous": "last", "this past": "last", "next": "next",
    "the following": "next", "coming": "future", "this coming": "future", "this": "this",
}  # fmt: skip


def lean_of(said: str, text: str, place: Span) -> tuple[Lean, bool]:
    """
    Return which way words look, and whether anything showed it: what they say, else a verb.

    >>> from firsthand.model import span
    >>> t = "Ministers will meet on Friday"
    >>> lean_of("", t, span(23, 29))
    ('future', True)
    >>> t = "She said on Friday that ministers will meet"
    >>> lean_of("", t, span(12, 18))
    ('past', True)
    >>> lean_of("", "On Friday, ministers will meet", span(3, 9))
    ('future', True)
    >>> lean_of("", "The Friday papers", span(4, 10))
    ('past', False)
    """
    told = re.sub(r"\s+", " ", said.lower())
    if told in _SAID:
        return _SAID[told], True
    before = text[max(0, place.start - CLAUSE_CHARS) : place.start]
    borders = [m.end() for m in _CLAUSE.finditer(before)]
    lean = _last_verb(before[borders[-1] :] if borders else before)
    if lean is None:
        lean = _first_verb(text[place.end : place.end + CLAUSE_CHARS])
    return (lean, True) if lean else ("past", False)


def _last_verb(clause: str) -> Lean | None:
    ahead = max(
        (m.end() for rule in (_FUTURE, _TIMETABLE) for m in rule.finditer(clause)), default=-1
    )
    # "will be finished by Friday": the participle belongs to the auxiliary before it.
    back = max(
        (m.end() for m in _PAST.finditer(clause) if not _AUXILIARY.search(clause[: m.start()])),
        default=-1,
    )
    return None if ahead == back else "future" if ahead > back else "past"


def _first_verb(following: str) -> Lean | None:
    """Return the way the first verb behind the words looks, within their clause."""
    rest = following.lstrip(", ")
    border = _CLAUSE.search(rest)
    clause = rest[: border.start()] if border else rest
    ahead, back = _FUTURE.search(clause), _PAST.search(clause)
    if ahead is None or back is None:
        return "future" if ahead else "past" if back else None
    return "future" if ahead.start() < back.start() else "past"
