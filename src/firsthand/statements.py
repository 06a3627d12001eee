"""
Clauses of a text and the terms two clauses are compared by.

Two reports of one fact seldom share its words: one says *militias withdraw*, the other *remove its
troops*. So a clause becomes a set of terms: its words without endings, names without the endings
that make a people of a country, families of news synonyms folded into one (``data/synonyms.tsv``),
spellings of a name that differ by one letter joined. How much a term tells is its weight in news at
large (the background table) times how rare it is in the story: in a story about a flood, *flood*
tells nothing. Weights are integers, so that sums do not depend on order.

A sentence that states two things is cut where the second begins: at a purpose ("to prevent …"), a
semicolon, a contrast, a fronted "during …," or "after …,".

Known to fail: no parser stands behind this. A purpose clause that completes its verb ("wants to
prevent") is told from one that could stand alone by a list; *Niger* and *Nigeria* lose their
endings and become one term, which can only raise a likeness, never make a difference.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from firsthand import dates
from firsthand.background import SCALE, frequency, singular, weight
from firsthand.model import Span, span
from firsthand.text import sentences, words

# A clause shorter than this says too little to be held against another; a longer one is no clause.
SHORTEST_CHARS, LONGEST_CHARS = 20, 900
# Both sides of a cut keep at least this much: less is an adverbial, not a statement.
CUT_CHARS = 34
# Words in more than about half of all articles carry no fact.
LIGHTEST = 60
# A name the background table never saw must not outweigh all else in its sentence.
HEAVIEST = 4 * SCALE
# A term that every clause of the story has keeps this share (per mille) of its weight.
LEAST_LOCAL = 100

_CLOSED_CLASS = frozenset(
    re.findall(
        r"\w+",
        "a an the and or but nor so as at by for from in into of off on onto out over per to "
        "up via  with within upon this that these those it its they their them he him his she "
        "her we us our i  me my you your who whom whose which what when where why how there "
        "here is are was were be  been being am do does did done have has had having will "
        "would shall should can could may  might must not no than then too very also if while "
        "although though because since until  during after before between among about against "
        "under above such any each every both all  some other another more most much many few "
        "own same just only even still yet already  including however moreover meanwhile "
        "according s t d ll re ve",
    )
)
# Purposes that are facts of their own; "to make" or "to help" completes what stands before it.
_PURPOSE_VERB = (
    "prevent|avoid|avert|stop|protect|ensure|deter|counter|curb|reduce|stem|halt|combat|limit|"
    "contain|guard|ease|block|discourage|spare"
)
# After these words the infinitive completes them: "wants to prevent", "an effort to prevent".
_CONTROL = re.compile(
    r"(?:\b(?:order|so as|want\w*|wish\w*|try|tries|tried|trying|seek\w*|sought|need\w*|plan\w*|"
    r"hop\w+|aim\w*|desire\w*|attempt\w*|effort\w*|bid|refus\w+|agree\w*|vow\w*|pledge\w*|able|"
    r"unable|fail\w*|continu\w+|begin|began|start\w*|is|are|was|were|be|ha[sd]|have|going|used|"
    r"likely|due|ready|power\w*|right|ability|way|how|move\w*|mean\w*|decid\w+|decision|about|"
    r"expected|said|set|enough|not|and|or|measure\w*|step\w*|work\w*|c[ao]mes?))$"
)
_SUBJECT = r"(?:the|a|an|he|she|it|they|we|there|[A-Z]\w+)"
_BORDERS = re.compile(
    rf"(?P<purpose>\s+(?=(?:in order to|so as to|so that)\s|to\s+(?:{_PURPOSE_VERB})\s))"
    r"|(?P<stop>;\s+)"
    r"|(?P<contrast>,\s+(?:but|while|whereas|although|though)\s+)"
    rf"|(?P<also>,\s+and\s+(?={_SUBJECT}\s))"
)
_FRONTED = re.compile(
    r"(?:During|After|Before|When|While|Following|Although|Though|Despite|As|Since|If)\b"
    r"[^,;“”\"]{30,},\s+",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|do|does|did|"
    r"said|says|told|went|came|took|made|gave|held|left|fell|rose|won|lost|began|met|\w{3,}ed|"
    r"[a-z]{3,}s)\b"
)
_VERBISH = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|"
    r"should|shall|said|told|went|came|took|made|gave|held|left|fell|rose|won|lost|began|met|"
    r"shut|put|cut|hit|set|run|ran|saw|got|led|sent|paid|kept|built|found|say|want|need|plan|"
    r"[a-z]{3,}(?:ed|ing|s))\b|['’](?:s|re|m|ll|ve|d)\b"
)
_CALENDAR = frozenset({*dates.MONTHS, *dates.WEEKDAYS})
_AFTER_MARK = re.compile(r"(?:[”»]|(?<=\w)\")\.$")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\w+")
# What a relative clause adds at the end is told by the way and counts half.
_ASIDE = re.compile(r",\s+(?:which|who|whose|where)\s(?=[^,]*$)")
# A fragment after a quotation that closed too soon is short: "Port and the town of Low Ferry."
FRAGMENT_WORDS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One word (or fixed pair of words) of a clause in its compared form."""

    key: str
    span: Span
    is_name: bool = False


def clauses(text: str, sentence: Span) -> list[Span]:
    """
    Return the clauses of a sentence that can be held against others, in order.

    >>> t = "Vessia told its crews to leave Port Low to prevent them from being hit by storms."
    >>> [c.of(t) for c in clauses(t, span(0, len(t)))]
    ['Vessia told its crews to leave Port Low', 'to prevent them from being hit by storms.']
    >>> t = "The mayor of Port Low wants to prevent them from being hit by storms."
    >>> len(clauses(t, span(0, len(t))))
    1
    """
    found = _cut(text, sentence)
    return [c for c in found if SHORTEST_CHARS <= c.end - c.start <= LONGEST_CHARS]


def joined_sentences(text: str) -> list[Span]:
    """Return the sentences of a text, a fragment joined to the broken quotation before it."""
    found: list[Span] = []
    for sentence in sentences(text):
        if found and is_fragment(text, found[-1], sentence):
            found[-1] = span(found[-1].start, sentence.end)
        else:
            found.append(sentence)
    return found


# A line without a full stop that is longer than this is text somebody did not punctuate.
LONGEST_LABEL_CHARS = 160
# Of so many words up to a full stop, one is a verb, known or not.
LABEL_WORDS = 7


def is_statement(text: str, sentence: Span) -> bool:
    """
    Return whether a sentence states something: it has a verb and is no headline or label.

    >>> t = "Crews shut the gate on Friday.\\nPhoto: A. Marl\\nUpdated 8:30 AM\\nMore on this story"
    >>> [is_statement(t, s) for s in sentences(t)]
    [True, False, False, False]
    """
    said = sentence.of(text)
    if not _VERBISH.search(said) and len(words(said)) < LABEL_WORDS:
        return False
    line_end = text.find("\n", sentence.end)
    following = text[line_end:].lstrip()[:1] if line_end >= 0 else ""
    ended = said.rstrip("\"'”’»)]").endswith((".", "!", "?", "…", ":", ";", ","))
    return ended or len(said) > LONGEST_LABEL_CHARS or following.islower()


def is_fragment(text: str, before: Span, sentence: Span) -> bool:
    """
    Return whether a sentence is the verbless rest of one whose quotation was closed too soon.

    >>> t = 'He asked them to “leave the camps near the city”. Low Ferry and the town of Marl.'
    >>> is_fragment(t, *sentences(t))
    True
    >>> t = 'He asked them to “leave the camps”. Nobody left.'
    >>> is_fragment(t, *sentences(t))
    False
    """
    said = sentence.of(text)
    gap = text[before.end : sentence.start]
    if "\n" in gap or not _AFTER_MARK.search(before.of(text)) or not said.endswith("."):
        return False
    return 1 < len(words(said)) <= FRAGMENT_WORDS and not _VERBISH.search(said)


def _cut(text: str, sentence: Span) -> list[Span]:
    """Return the parts of one sentence, each a statement of its own."""
    parts: list[Span] = []
    start = sentence.start
    fronted = _FRONTED.match(text, start, sentence.end)
    if fronted and sentence.end - fronted.end() >= CUT_CHARS:
        parts.append(_trimmed(text, start, fronted.end()))
        start = fronted.end()
    for m in _BORDERS.finditer(text, start, sentence.end):
        if m.start() - start >= CUT_CHARS and _may_cut(text, m, sentence):
            parts.append(_trimmed(text, start, m.start()))
            start = m.end()
    parts.append(_trimmed(text, start, sentence.end))
    return parts


def _may_cut(text: str, m: re.Match[str], sentence: Span) -> bool:
    rest = text[m.end() : sentence.end]
    if len(rest) < CUT_CHARS or _is_inside_quotation(text[sentence.start : m.start()]):
        return False
    if m["purpose"]:
        return not _CONTROL.search(text[sentence.start : m.start()].lower())
    return bool(_FINITE.search(rest)) or bool(m["stop"])


def _is_inside_quotation(before: str) -> bool:
    """Return whether a mark is open: what somebody said in one breath is one statement."""
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    lead = len(part) - len(part.lstrip(" ,;\t"))
    return span(start + lead, start + len(part.rstrip(" ,;\t")))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """
    Return a casefolded word without the endings that grammar gives it.

    >>> [stem(w) for w in ("demanded", "demands", "withdrawing", "stopped", "bed", "string")]
    ['demand', 'demand', 'withdraw', 'stop', 'bed', 'string']
    """
    word = singular(word)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 4:
        word = word[:-2] if word.endswith(("shes", "ches", "sses", "xes")) else word[:-1]
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= 3 and re.search(r"[aeiouy]", root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


_PEOPLE = re.compile(r"(?:(?:ian|an|ese|ish|i)s?|ia|ey|[yesa])$")


def name_stem(name: str) -> str:
    """
    Return a casefolded name without the ending that tells a country from its people.

    >>> name_stem("vessian") == name_stem("vessia") == name_stem("vessians")
    True
    >>> name_stem("iran"), name_stem("iranian"), name_stem("marl")
    ('iran', 'iran', 'marl')
    """
    for _ in range(2):
        m = _PEOPLE.search(name)
        if m is None or m.start() < 4:
            break
        name = name[: m.start()]
    return name


@dataclass(frozen=True, slots=True)
class _Families:
    """The synonym table: by the very word, by its stem where only one family has it, by pairs."""

    words: dict[str, str]
    stems: dict[str, str]
    pairs: dict[tuple[str, str], str]

    def of(self, folded: str) -> str | None:
        """Return the family of a casefolded word; *plane* and *plan* have one stem, not one."""
        return self.words.get(folded) or self.stems.get(stem(folded))


@cache
def _families() -> _Families:
    """Return the families of ``data/synonyms.tsv``."""
    table = resources.files("firsthand").joinpath("data/synonyms.tsv").read_text("utf-8")
    found = _Families({}, {}, {})
    for line in table.splitlines()[1:]:
        family, members, *_ = line.split("\t")
        for member in members.split(", "):
            first, _, second = member.partition(" ")
            if second:
                found.pairs[stem(first), stem(second)] = f"={family}"
                continue
            found.words[member] = found.words.setdefault(f"{member}s", f"={family}")
            found.stems[stem(first)] = f"={family}" if stem(first) not in found.stems else ""
    return found


def same_family(left: str, right: str) -> bool:
    """
    Return whether two casefolded words are one word or one family of synonyms.

    >>> same_family("withdrew", "evacuate"), same_family("troops", "bakers")
    (True, False)
    """
    known = _families()
    return (known.of(left) or stem(left)) == (known.of(right) or stem(right))


class Vocabulary:
    """The terms of one story: what its words fold into and how much each tells there."""

    def __init__(self, texts: Sequence[str], statements: Iterable[tuple[int, Span]]) -> None:
        """Read the names of all ``texts`` and the weights of all ``statements`` (text, span)."""
        self._small = _stems_in_small_letters(texts)
        self._variants = _variants(texts, self._small)
        counts: Counter[str] = Counter()
        self._plain: dict[str, int] = {}
        n = 0
        for at, place in statements:
            n += 1
            terms = self.terms(texts[at], place)
            counts.update({t.key for t in terms})
            for t in terms:
                # The commonest word of a family says how little the family tells.
                told = weight(t.span.of(texts[at]).casefold())
                self._plain[t.key] = min(told, self._plain.get(t.key, told))
        self._n, self._counts = max(n, 2), counts
        self._weights: dict[str, int] = {}

    def terms(self, text: str, place: Span, masks: Sequence[Span] = ()) -> list[Term]:
        """Return the terms of one stretch of ``text``, without the words in ``masks``."""
        known = _families()
        found: list[Term] = []
        before: tuple[str, Span] | None = None
        for m in _TOKEN.finditer(text, place.start, place.end):
            here, word = span(m.start(), m.end()), m.group()
            if any(here.overlaps(mask) for mask in masks):
                before = None
                continue
            root = self._root(word)
            if before and (pair := known.pairs.get((before[0], stem(word.casefold())))):
                if found and found[-1].span == before[1]:
                    found.pop()
                found.append(Term(key=pair, span=span(before[1].start, here.end)))
                before = None
                continue
            before = stem(word.casefold()), here
            if key := self._key(word, root, known):
                found.append(Term(key=key, span=here, is_name=self._is_name(word)))
        return found

    def _is_name(self, word: str) -> bool:
        folded = word.casefold()
        return word[:1].isupper() and stem(folded) not in self._small and folded not in _CALENDAR

    def _root(self, word: str) -> str:
        folded = word.casefold()
        if self._is_name(word):
            return name_stem(self._variants.get(folded, folded))
        return stem(folded)

    def _key(self, word: str, root: str, known: _Families) -> str | None:
        folded = word.casefold()
        if word[0].isdigit():
            return "#" + word.replace(",", "")
        if folded in _CLOSED_CLASS or len(word) < 2:
            return None
        key = known.of(folded) or root
        return key if key.startswith("=") or weight(folded) >= LIGHTEST else None

    def weights(self, text: str, place: Span, masks: Sequence[Span] = ()) -> dict[str, int]:
        """Return the terms of one stretch of ``text`` with how much each tells in this story."""
        return self.weighed(self.terms(text, place, masks), text, place)

    def weighed(self, terms: Sequence[Term], text: str, place: Span) -> dict[str, int]:
        """Return how much each of these terms of one stretch tells in this story."""
        aside = _ASIDE.search(text, place.start, place.end)
        found: dict[str, int] = {}
        for term, n_words in zip(terms, _name_words(terms), strict=True):
            told = 2 * self._weight(term, text) // (n_words + 1)
            if aside and term.span.start > aside.start():
                told //= 2
            found[term.key] = max(told, found.get(term.key, 0))
        return found

    def _weight(self, term: Term, text: str) -> int:
        if term.key not in self._weights:
            told = self._plain.get(term.key, weight(term.span.of(text).casefold()))
            heavy = min(max(told, LIGHTEST), HEAVIEST)
            rare = math.log(self._n / max(1, self._counts[term.key])) / math.log(self._n)
            self._weights[term.key] = heavy * max(LEAST_LOCAL, round(1000 * rare)) // 1000
        return self._weights[term.key]


def _name_words(terms: Sequence[Term]) -> list[int]:
    """
    Return for each term how many words the name it belongs to has; 1 where it is none.

    The words of one name come together or not at all: three of them do not tell three things.
    """
    lengths = [1] * len(terms)
    start = 0
    for i, term in enumerate(terms):
        goes_on = i and term.is_name and terms[i - 1].is_name
        if not goes_on or term.span.start - terms[i - 1].span.end != 1:
            start = i
        for j in range(start, i + 1):
            lengths[j] = i + 1 - start
    return lengths


def _stems_in_small_letters(texts: Iterable[str]) -> frozenset[str]:
    """Return the stems that stand somewhere without a capital: such words are no names."""
    found: set[str] = set()
    for text in texts:
        found.update(re.findall(r"\b[a-z]\w+", text))
    return frozenset(stem(word) for word in found)


# Below this a one-letter difference tells two names apart: Iran, Iraq; Mali, Bali.
SHORTEST_VARIANT_CHARS = 5


def _variants(texts: Sequence[str], small: frozenset[str]) -> dict[str, str]:
    """
    Return name → chosen spelling for names that differ by one letter.

    Two spellings are one name only if no text has both and they begin alike.
    """
    where: dict[str, set[int]] = defaultdict(set)
    for at, text in enumerate(texts):
        for name in re.findall(r"\b[A-Z]\w+", text):
            folded = name.casefold()
            if len(folded) >= SHORTEST_VARIANT_CHARS and stem(folded) not in small:
                where[folded].add(at)
    cut: dict[str, list[str]] = defaultdict(list)
    for name in sorted(where):
        for key in {name, *(name[:i] + name[i + 1 :] for i in range(1, len(name)))}:
            cut[key].append(name)
    chosen: dict[str, str] = {}
    for names in cut.values():
        for name in names[1:]:
            if not where[names[0]] & where[name] and not (_known(names[0]) and _known(name)):
                chosen.setdefault(name, chosen.get(names[0], names[0]))
    return chosen


# A spelling this common is a name of its own, not a variant of another common one.
COMMON_NAME = 50


def _known(name: str) -> bool:
    return frequency(name) >= COMMON_NAME


__all__ = [
    "Term",
    "Vocabulary",
    "clauses",
    "is_fragment",
    "is_statement",
    "joined_sentences",
    "name_stem",
    "same_family",
    "stem",
]
