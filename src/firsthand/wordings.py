"""
Where two aligned statements give words otherwise: a quotation, a list of names, a post, a medium.

A quotation that two newsrooms give in different words is the difference a reader can check best:
both claim to give the very words. Compared is only the stretch between words both have, so that
quoting less is no difference, and neither is what a writer put in brackets or left out between
dots. A list of names differs where both name two of the same and one names more; a post where one
name follows two different nouns after one word ("campaign manager", "campaign chairman").

Known to fail: two translations of one sentence share too little to be held together; a speaker who
said nearly the same twice is taken to have been quoted twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from firsthand.figures import NUMBER_WORDS
from firsthand.model import Difference, DifferenceKind, DifferenceSide, Span, span
from firsthand.statements import same_family, stem
from firsthand.text import WORD, name_key, quotations, sentences, span_at

# Fewer equal words than this in two quotations may be chance; so many at each side of what differs.
LEAST_EQUAL, ANCHOR_WORDS = 5, 2
# Hundredths of the words between the outermost equal ones that must be equal.
LEAST_EQUAL_SHARE = 60
# More differing words than this are two renderings, not a word changed.
MOST_DIFFERING = 6
_LEFT_OUT = re.compile(r"…|\.\.\.|[\[\]()]|--")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One statement of a pair: its article, that article's text, the stretch compared."""

    article_id: str
    text: str
    span: Span

    def side(self, place: Span, value: str | None = None) -> DifferenceSide:
        """Return this side of a difference; the value is the words themselves if none is given."""
        said = " ".join(place.of(self.text).split()) if value is None else value
        return DifferenceSide(article_id=self.article_id, span=place, value=said)


def worded_apart(left: Words, right: Words) -> list[Difference]:
    """Return where two aligned statements give quotations, names, posts or media otherwise."""
    return [
        *quoted_apart(left, right),
        *_lists_apart(left, right),
        *_posts_apart(left, right),
        *_media_apart(left, right),
    ]


def _difference(kind: DifferenceKind, left: DifferenceSide, right: DifferenceSide) -> Difference:
    return Difference(kind=kind, left=left, right=right)


def quoted_apart(left: Words, right: Words) -> Iterator[Difference]:
    """
    Yield quotations that both give, and not in the same words.

    >>> def words(key, text):
    ...     return Words(article_id=key, text=text, span=span(0, len(text)))
    >>> ours = words("a", 'She said: "We shut the gate late and we paid dearly for it."')
    >>> theirs = words("b", '"We shut the gate late and paid dearly for it," she said.')
    >>> [(d.left.value, d.right.value) for d in quoted_apart(ours, theirs)]
    [('late and we paid dearly', 'late and paid dearly')]
    >>> list(quoted_apart(ours, words("b", 'They had "shut the gate late", she said.')))
    []
    """
    for a in _quoted(left):
        for b in _quoted(right):
            if places := _parting(left.text, a, right.text, b):
                yield _difference("wording", left.side(places[0]), right.side(places[1]))


def _quoted(side: Words) -> list[Span]:
    """Return the quotations that a statement lies in or holds, whole."""
    found = [q for q in quotations(side.text) if q.overlaps(side.span)]
    return [q for q in found if len(WORD.findall(q.of(side.text))) >= LEAST_EQUAL]


def _parting(ours: str, a: Span, theirs: str, b: Span) -> tuple[Span, Span] | None:
    """Return the stretches in which two quotations part, with the equal words around, or None."""
    mine, other = _tokens(ours, a), _tokens(theirs, b)
    words_a, words_b = _said(ours, mine), _said(theirs, other)
    blocks = [
        m
        for m in SequenceMatcher(a=words_a, b=words_b, autojunk=False).get_matching_blocks()
        if m.size >= ANCHOR_WORDS
    ]
    equal = sum(m.size for m in blocks)
    if equal < LEAST_EQUAL:
        return None
    first, last = blocks[0], blocks[-1]
    width = max(last.a + last.size - first.a, last.b + last.size - first.b)
    if 100 * equal < LEAST_EQUAL_SHARE * width:
        return None
    if width == equal:
        return _cut_short(ours, mine, a, theirs, other, b, (last.a, last.b, last.size))
    start_a, start_b = first.a + first.size, first.b + first.size
    end_a, end_b = last.a, last.b
    if max(end_a - start_a, end_b - start_b) - (equal - first.size - last.size) > MOST_DIFFERING:
        return None
    if _is_same(words_a[start_a:end_a], words_b[start_b:end_b]):
        return None
    places = (
        span(mine[start_a - ANCHOR_WORDS].start, mine[end_a + ANCHOR_WORDS - 1].end),
        span(other[start_b - ANCHOR_WORDS].start, other[end_b + ANCHOR_WORDS - 1].end),
    )
    if _LEFT_OUT.search(places[0].of(ours)) or _LEFT_OUT.search(places[1].of(theirs)):
        return None
    return places


def _cut_short(
    ours: str,
    mine: list[Span],
    a: Span,
    theirs: str,
    other: list[Span],
    b: Span,
    block: tuple[int, int, int],
) -> tuple[Span, Span] | None:
    """Return where one quotation ends a sentence with a full stop and the other goes on in it."""
    at_a, at_b, size = block
    if at_a + size == len(mine) and at_b + size < len(other):
        found = _goes_on(ours, mine[at_a], a, theirs, other, at_b, size)
        return None if found is None else (span(mine[at_a].start, mine[-1].end), found)
    if at_b + size == len(other) and at_a + size < len(mine):
        found = _goes_on(theirs, other[at_b], b, ours, mine, at_a, size)
        return None if found is None else (found, span(other[at_b].start, other[-1].end))
    return None


def _goes_on(
    short: str, first: Span, quote: Span, long: str, tokens: list[Span], at: int, size: int
) -> Span | None:
    """Return the longer stretch, if a whole sentence in the short one is half of one here."""
    ends = quote.of(short).rstrip()[-1:] in ".!?"
    begins = short[first.start].isupper() and long[tokens[at].start].isupper()
    gap = long[tokens[at + size - 1].end : tokens[at + size].start]
    goes_on = not gap.strip() and long[tokens[at + size].start].islower()
    return span(tokens[at].start, tokens[-1].end) if ends and begins and goes_on else None


def _tokens(text: str, place: Span) -> list[Span]:
    return [span(m.start(), m.end()) for m in WORD.finditer(text, place.start, place.end)]


def _said(text: str, tokens: list[Span]) -> list[str]:
    return _written_out([t.of(text).casefold() for t in tokens])


# What a transcript writes out or not: "I'm", "I am"; "fourteen", 14.
_WRITTEN_OUT = {"m": "am", "ve": "have", "re": "are", "ll": "will", "t": "not"}
_WITH_IS = frozenset(("it", "that", "he", "she", "there", "what", "who", "where", "here"))


def _written_out(said: list[str]) -> list[str]:
    """
    Return casefolded words with short forms written out, as many words as before.

    >>> _written_out(["i", "m", "sure", "we", "don", "t", "need", "fourteen"])
    ['i', 'am', 'sure', 'we', 'do', 'not', 'need', '14']
    """
    found = []
    for n, word in enumerate(said):
        if word == "s" and n and said[n - 1] in _WITH_IS:
            word = "is"
        elif said[n + 1 : n + 2] == ["t"]:
            word = {"won": "will", "can": "can"}.get(word, word.removesuffix("n"))
        value = NUMBER_WORDS.get(word)
        found.append(str(value) if value else _WRITTEN_OUT.get(word, word))
    return found


def _is_same(ours: list[str], theirs: list[str]) -> bool:
    """
    Return whether two stretches differ in spelling only: "meter", "metre"; "lunchtime".

    >>> _is_same(["lunch", "time"], ["lunchtime"]), _is_same(["a", "gate"], ["the", "gate"])
    (True, False)
    """
    left, right = "".join(ours), "".join(theirs)
    return left == right or (len(ours) == len(theirs) and sorted(left) == sorted(right))


_NAME = r"(?:[A-Z]\.\s?)*[A-Z][\w’'-]+(?:\s(?:[A-Z]\.\s?)*[A-Z][\w’'-]+)*"
_LIST = re.compile(rf"{_NAME}(?:,\s{_NAME})*,?\sand\s{_NAME}")
# A list after these is said to be part of a longer one.
_SOME_OF = re.compile(
    r"\b(?:including|includes?|included|such as|like|among|with|particularly|especially|notably|"
    r"as well as|e\.g\.)\W*(?:[a-z]+\s){0,3}$"
)
_PART_OF_LIST = re.compile(rf",\s(?:and\s)?(?={_NAME})|\sand\s(?={_NAME})")
SHARED_NAMES = 2


def _lists_apart(left: Words, right: Words) -> Iterator[Difference]:
    """Yield two lists of names of which one has all of the other and more."""
    for a in _lists(left):
        for b in _lists(right):
            ours, theirs = _names_of(a.of(left.text)), _names_of(b.of(right.text))
            shared = len(ours & theirs)
            if shared >= SHARED_NAMES and ours != theirs and shared == min(len(ours), len(theirs)):
                longer = ours if len(ours) > len(theirs) else theirs
                other = left if longer is theirs else right
                if not any(name in name_key(other.text) for name in longer - (ours & theirs)):
                    yield _difference("name", left.side(a), right.side(b))


def _lists(side: Words) -> list[Span]:
    found = [span(*m.span()) for m in _LIST.finditer(side.text, side.span.start, side.span.end)]
    return [s for s in found if not _SOME_OF.search(side.text[side.span.start : s.start])]


def _names_of(said: str) -> frozenset[str]:
    return frozenset(name_key(part) for part in _PART_OF_LIST.split(said) if part)


_POST = re.compile(rf"\b(?P<before>\w+)\s(?P<post>[a-z]{{4,}}),?\s(?P<name>{_NAME})")


def _posts_apart(left: Words, right: Words) -> Iterator[Difference]:
    """
    Yield two nouns that stand after one word and before one name.

    >>> def words(key, text):
    ...     return Words(article_id=key, text=text, span=span(0, len(text)))
    >>> ours = words("a", "Former union secretary, Ilse Tarn, was held.")
    >>> theirs = words("b", "Police held the former union treasurer Ilse Tarn.")
    >>> [(d.left.value, d.right.value) for d in _posts_apart(ours, theirs)]
    [('union secretary', 'union treasurer')]
    """
    for m in _posts(left):
        for n in _posts(right):
            same_person = name_key(m["name"]) == name_key(n["name"]) and " " in m["name"]
            same_before = m["before"].casefold() == n["before"].casefold()
            if same_person and same_before and not same_family(m["post"], n["post"]):
                yield _difference(
                    "wording",
                    left.side(span(m.start("before"), m.end("post"))),
                    right.side(span(n.start("before"), n.end("post"))),
                )


def _posts(side: Words) -> list[re.Match[str]]:
    found = _POST.finditer(side.text, side.span.start, side.span.end)
    return [m for m in found if not m["post"].endswith(("ed", "ing", "ly")) and stem(m["post"])]


_MEDIUM = re.compile(
    r"\b(?:in|on|via|through|by|to|during|at)\s(?:an?\s|the\s|his\s|her\s|its\s|their\s)?"
    r"(?:[\w’']+\s){0,2}?(?P<medium>blog ?post|blog|press release|news release|letter|memo|"
    r"e-?mail|news conference|press conference|interview|speech|tweet|Twitter|Facebook|Instagram)\b"
)
_MEDIA = {"blogpost": "blog", "pressrelease": "newsrelease", "pressconference": "newsconference",
          "tweet": "twitter"}  # fmt: skip


def _media_apart(left: Words, right: Words) -> Iterator[Difference]:
    """Yield the two places in which the same quoted words are said to have been given."""
    if not _quote_alike(left, right):
        return
    a, b = _medium(left), _medium(right)
    if a and b and _media_key(a[1]) != _media_key(b[1]):
        yield _difference("wording", left.side(*a), right.side(*b))


def _quote_alike(left: Words, right: Words) -> bool:
    ours, theirs = (
        [_said(side.text, _tokens(side.text, q)) for q in _quoted(side)] for side in (left, right)
    )
    return any(
        SequenceMatcher(a=a, b=b, autojunk=False).find_longest_match().size >= LEAST_EQUAL
        for a in ours
        for b in theirs
    )


def _medium(side: Words) -> tuple[Span, str] | None:
    """Return the one medium that the sentence around a statement names, or None."""
    known = sentences(side.text)
    at = span_at(known, side.span.start)
    if at is None:
        return None
    found = list(_MEDIUM.finditer(side.text, known[at].start, known[at].end))
    if len({_media_key(m["medium"]) for m in found}) != 1:
        return None
    return span(found[0].start("medium"), found[0].end("medium")), found[0]["medium"]


def _media_key(said: str) -> str:
    key = re.sub(r"[\s-]+", "", said.casefold())
    return _MEDIA.get(key, key)


__all__ = ["Words", "quoted_apart", "worded_apart"]
