"""
What a careful reader would want to look at.

Dates that cannot both hold, a headline its body does not bear out, a source that got lost on the
way, a denial that only a link tells of, a broken quotation, a correction.

A note is a finger put on some words, never a verdict on who is right, and it costs the reader's
time: every rule here is narrow and would rather be silent. Messages say what the words show.

Known to fail: a headline in other words than any rule knows; a piece quoted without a colon before
it; a denial linked in another language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from firsthand import dates
from firsthand.background import weight
from firsthand.figures import NUMBER_WORDS, figures
from firsthand.model import (
    Article,
    Attribution,
    Derivation,
    Furniture,
    In,
    Note,
    NoteKind,
    Span,
    When,
    span,
)
from firsthand.slots import Side, figures_apart
from firsthand.stage import together
from firsthand.statements import (
    LONGEST_CHARS,
    Vocabulary,
    clauses,
    is_fragment,
    is_statement,
    name_stem,
    stem,
)
from firsthand.text import name_key, paragraphs, quotations, sentence_at, sentences, span_at

# Where a quoted piece ends is seldom marked; what stands further on may be the writer's own.
QUOTED_PARAGRAPHS = 3
# A bracketed day this long after the piece it stands in is more likely of another year.
GLOSS_DAYS = 60
# More notes of one kind on one article tell nothing new.
MOST_OF_A_KIND = 3
# Per mille of likeness from which a bare sentence says what the other sourced.
SAYS_THE_SAME = 560
# Words a linked headline must share with the article whose report it denies, and with its title.
SHARED_WORDS, SHARED_TITLE_WORDS = 3, 2


@together(takes=(Article, Attribution, Derivation), by="story_id", gives=Note)
def look(
    articles: list[Article], attributions: list[Attribution], derivations: list[Derivation]
) -> Iterator[Note]:
    """Yield what is worth a look in the articles of a story, representatives only."""
    by_article: dict[str, list[Attribution]] = defaultdict(list)
    for a in attributions:
        if a.kind == "statement" and a.in_ == "text" and not a.listed_only:
            by_article[a.article_id].append(a)
    read = sorted((a for a in articles if _is_readable(a)), key=lambda a: a.article_id)
    for article in read:
        mine = by_article[article.article_id]
        yield from _impossible_dates(article, mine)
        yield from _headline(article)
        yield from _broken_quotations(article)
        yield from _corrections(article)
        for parent in _parents(article, read, derivations):
            yield from _dropped(article, mine, parent, by_article[parent.article_id])


def _is_readable(article: Article) -> bool:
    language = (article.language or "en").lower()
    return article.copy_of is None and article.not_read is None and language.startswith("en")


def _note(article: Article, kind: NoteKind, place: Span, message: str, in_: In = "text") -> Note:
    return Note(
        kind=kind,
        capture_id=article.capture_id,
        article_id=article.article_id,
        in_=in_,
        span=place,
        message=message,
    )


def _impossible_dates(article: Article, attributions: Sequence[Attribution]) -> Iterator[Note]:
    text, found = article.text, dated(article.text)
    for e in found:
        reason = dates.contradicts(e, article.published)
        said = e.span.of(text)
        if reason == "no such day":
            yield _note(article, "impossible dates", e.span, f"No calendar has “{said}”.")
        elif reason == "weekday":
            day = dates.weekday_of(e, article.published)
            yield _note(article, "impossible dates", e.span, f"“{said}”: that day was a {day}.")
    for cited, within in _quoted_pieces(text, found):
        when = dates.resolve(cited, None)
        for gloss in _glosses(found, within):
            if _is_soon_after(gloss, when):
                message = (
                    f"“{gloss.span.of(text)}” is given in a piece dated {cited.span.of(text)}."
                )
                yield _note(article, "impossible dates", gloss.span, message)
    for e in _cited_days(found, attributions):
        if dates.later(dates.resolve(e, article.published), _day_after(article.published)):
            message = f"cites a report of {e.span.of(text)}, later than its own date."
            yield _note(article, "impossible dates", e.span, message)


_MONTH = "|".join(sorted(dates.MONTHS, key=len, reverse=True))
_MONTH_DAY = re.compile(
    rf"\b(?:{_MONTH})\b\.?\s+\d|\d(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\b|\d[./-]\d{{1,2}}[./-]\d",
    re.IGNORECASE,
)
# A day can be held against something only beside a weekday, a year, brackets, or at a month's end.
_CHECKABLE = re.compile(
    r"\b(?:mon|tues?|wed|weds|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?\b|\d{4}|[\[(]"
    r"|(?<!\d)(?:29|30|31|[4-9]\d)(?!\d)",
    re.IGNORECASE,
)


def dated(text: str) -> list[dates.TimeExpression]:
    """
    Return the time expressions of the sentences that name a day which can be wrong, in order.

    Only those sentences are read for time: there are few, and reading a whole text for time takes
    longer than all other notes together.

    >>> t = "It opened in May. On Friday, May 3, 2021 it shut."
    >>> [e.span.of(t) for e in dated(t)]
    ['Friday, May 3, 2021']
    """
    known = sentences(text)
    places = {span_at(known, m.start()) for m in _MONTH_DAY.finditer(text)}
    found: list[dates.TimeExpression] = []
    for at in sorted(place for place in places if place is not None):
        sentence = known[at]
        if _CHECKABLE.search(text, sentence.start, sentence.end):
            read = dates.expressions(sentence.of(text))
            found.extend(_moved(e, sentence.start) for e in read)
    return found


def _moved(e: dates.TimeExpression, by: int) -> dates.TimeExpression:
    """Return an expression with its places counted from ``by`` characters earlier."""
    return replace(
        e,
        span=span(e.span.start + by, e.span.end + by),
        gloss=e.gloss and _moved(e.gloss, by),
        until=e.until and _moved(e.until, by),
    )


def _quoted_pieces(
    text: str, found: Sequence[dates.TimeExpression]
) -> Iterator[tuple[dates.TimeExpression, Span]]:
    """Yield (date, stretch) where a full date and a colon introduce a quoted piece."""
    for e in found:
        if e.kind == "date" and e.year and re.match(r"[)\]]?\s*:\s*\n", text[e.span.end :]):
            after = [p for p in paragraphs(text) if p.start > e.span.end][:QUOTED_PARAGRAPHS]
            if after:
                yield e, span(after[0].start, after[-1].end)


def _glosses(found: Sequence[dates.TimeExpression], within: Span) -> Iterator[dates.TimeExpression]:
    """Yield the days in brackets behind a weekday that looks back, within a stretch."""
    for e in found:
        if e.gloss and e.lean in ("past", "last") and within.holds(e.span):
            yield e.gloss


def _is_soon_after(gloss: dates.TimeExpression, when: When | None) -> bool:
    value = dates.resolve(gloss, when)
    if when is None or value is None or not dates.later(value, when):
        return False
    return dates.days_between(when, value) <= GLOSS_DAYS


def _cited_days(
    found: Sequence[dates.TimeExpression], attributions: Sequence[Attribution]
) -> Iterator[dates.TimeExpression]:
    """Yield the full dates that stand straight behind a cue: "reported on March 9, 2021"."""
    ends = [a.cue.end for a in attributions if a.cue is not None]
    for e in found:
        if e.kind == "date" and e.year and any(0 <= e.span.start - end <= 4 for end in ends):
            yield e


def _day_after(published: When | None) -> When | None:
    """Return a publication day with a day's grace for time zones; None unless the day is known."""
    if published is None or not published.at or published.precision in ("year", "month"):
        return None
    return dates.moved(published, 1)


# Deeds done by one side to another: the word after them tells which side is meant.
_DEED = (
    r"(?:air\s?strikes?|strikes|raids?|air raids?|attacks?|assaults?|offensives?|bombings?|"
    r"rocket fire|missile fire|drone strikes?|shelling|sanctions|lawsuits?|complaints?)"
)
_TITLE_ROLE = re.compile(
    rf"\b(?P<deed>{_DEED})\s+(?P<role>on|against|from|by)\s+(?P<who>[A-Z]\w+)", re.IGNORECASE
)
_OPPOSITE = {"on": "by", "against": "by", "from": "to", "by": "to"}


def _headline(article: Article) -> Iterator[Note]:
    """Yield where the headline turns round who did it to whom, or has another number."""
    title = article.title or ""
    for m in _TITLE_ROLE.finditer(title):
        if m["who"][0].isupper():
            done_by, done_to = _roles(article.text, name_stem(m["who"].casefold()))
            as_said, other = (done_to, done_by) if _OPPOSITE[m["role"].lower()] == "by" else (
                done_by, done_to)  # fmt: skip
            if other and not as_said:
                message = f"The headline has “{m.group()}”, the text “{other}”."
                place = span(m.start(), m.end())
                yield _note(article, "headline differs from body", place, message, "title")
    yield from _headline_number(article, title)


def _roles(text: str, who: str) -> tuple[str | None, str | None]:
    """Return words that give a deed as done by the one named, and as done to it, or None each."""
    done_by = done_to = None
    for m in re.finditer(rf"\b{_DEED}\s+(\w+)\s+((?:[a-z]\w+\s+)?[A-Z]\w+)", text):
        if name_stem(m[2].split()[-1].casefold()) == who:
            if m[1] in ("from", "by"):
                done_by = done_by or m.group()
            elif m[1] in ("on", "against", "in", "at"):
                done_to = done_to or m.group()
    for m in re.finditer(rf"\b([A-Z]\w+)\s+(?:[a-z]\w+\s+)?{_DEED}\b", text):
        if name_stem(m[1].casefold()) == who and m[1].casefold() != who:
            done_by = done_by or m.group()
    return done_by, done_to


def _headline_number(article: Article, title: str) -> Iterator[Note]:
    """
    Yield a number of the headline where the text only has another one for the same thing.

    Shares and sums are left out: a text has many, of different things.
    """
    small, text = title.lower(), article.text.lower()
    is_short = len(small) == len(title) <= LONGEST_TITLE_CHARS
    if not is_short or len(text) != len(article.text) or not figures(small, span(0, len(small))):
        return
    head = Side(article_id=article.article_id, text=small, span=span(0, len(small)))
    for sentence in sentences(article.text):
        if sentence.end - sentence.start > LONGEST_CHARS or not _COUNT.search(sentence.of(text)):
            continue
        body = Side(article_id=article.article_id, text=text, span=sentence)
        for found in figures_apart(head, body):
            if set("$€£¥%") & set(found.left.span.of(small)):
                continue
            value = re.escape(found.left.span.of(small))
            if re.search(rf"(?<![\w.,]){value}(?![\w.,]\d)", text):
                return
            message = f"The headline has {found.left.value}, the text {found.right.value}."
            yield _note(article, "headline differs from body", found.left.span, message, "title")
            return


# What is longer is a text that somebody took for its title.
LONGEST_TITLE_CHARS = 400
_COUNT = re.compile(rf"\d|\b(?:{'|'.join(NUMBER_WORDS)})\b")

_CLOSED_EARLY = "A quotation is closed in mid-sentence here."
_ONE_MARK = "A quotation is closed here that nothing opens."


def _broken_quotations(article: Article) -> Iterator[Note]:
    text = article.text
    known = sentences(text)
    broken = [
        (span(b.start, s.end), _CLOSED_EARLY) for b, s in pairwise(known) if is_fragment(text, b, s)
    ]
    for at in _lost_openings(text):
        holder = sentence_at(text, at)
        if holder and not any(holder.overlaps(place) for place, _ in broken):
            broken.append((holder, _ONE_MARK))
    for place, message in sorted(broken)[:MOST_OF_A_KIND]:
        yield _note(article, "broken quotation", place, message)


def _lost_openings(text: str) -> Iterator[int]:
    """
    Yield the places of closing marks before a reporting clause that nothing has opened.

    Only these are worth a look: a fifth of all news texts has some odd mark, mostly because a
    quotation that runs over paragraphs is closed at its very end.

    >>> list(_lost_openings("We left the camp,” he said."))
    [17]
    >>> list(_lost_openings("“We left.\\nWe ran,” he said."))
    []
    """
    open_before = 0
    for line in paragraphs(text):
        marks = [line.start + m.start() for m in _MARK.finditer(text[line.start : line.end])]
        alone = len(marks) == 1 and text[marks[0]] != "“" and not open_before
        if (
            alone
            and not _OTHER_OPENING.search(line.of(text))
            and _CLOSES.search(text, line.start, marks[0] + 3)
        ):
            yield marks[0]
        opened = text[line.start : line.end].count("“") > text[line.start : line.end].count("”")
        straight = text[line.start : line.end].count('"') % 2 == 1
        open_before = RUNNING_PARAGRAPHS if opened or straight else max(0, open_before - 1)


# A quotation may run on for this many paragraphs before somebody closes it.
RUNNING_PARAGRAPHS = 6
# Quotations are opened by these as well: ‘, two apostrophes, two grave accents.
_OTHER_OPENING = re.compile(r"‘|''|``|«|„")
# A straight mark after a digit is inches or seconds.
_MARK = re.compile(r"[“”]|(?<!\d)\"")
_CLOSES = re.compile(r"\w,[”\"] \w")
_CORRECTION = re.compile(
    r"(?:Corrections?|Clarification|Corrects|Corrected)\s*[:—–(-]"
    r"|An earlier (?:version|edition) of this (?:article|story|report|post|piece|page)\b"
    r"|This (?:article|story|report|post|piece|page) (?:has been|was) (?:corrected|amended)\b",
    re.IGNORECASE,
)


def _corrections(article: Article) -> Iterator[Note]:
    for sentence in sentences(article.text):
        if _CORRECTION.match(article.text, sentence.start, sentence.end):
            yield _note(article, "correction", sentence, "The page corrects itself here.")


def _parents(
    article: Article, read: Sequence[Article], derivations: Sequence[Derivation]
) -> list[Article]:
    """Return the captured articles that an article goes back to, at first or second hand."""
    upward: dict[str, set[str]] = defaultdict(set)
    for edge in derivations:
        upward[edge.child_id].add(edge.parent_id)
    seen, ahead = {article.article_id}, [article.article_id]
    while ahead:
        for parent in upward.get(ahead.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                ahead.append(parent)
    return [a for a in read if a is not article and (a.article_id in seen or a.outlet_id in seen)]


_CONTINUES = re.compile(r"(?:Moreover|Furthermore|In addition|Additionally|Besides)\b")


@dataclass(frozen=True, slots=True)
class _Sourced:
    """A clause of the parent that its source stands behind."""

    span: Span
    weights: Mapping[str, int]


def _dropped(
    child: Article,
    attributions: Sequence[Attribution],
    parent: Article,
    parents: Sequence[Attribution],
) -> Iterator[Note]:
    """Yield the sentences of the child that say bare what the parent sources."""
    sourced = list(_sourced(parent.text, parents))
    quoted = [q for q in quotations(child.text) if q.end - q.start > LONGEST_NAME_CHARS]
    bare = [
        s
        for s in sentences(child.text)
        if _is_report(child, s) and _is_bare(s, attributions, quoted)
    ]
    if not sourced or not bare:
        return
    vocabulary = Vocabulary(
        [child.text, parent.text],
        [*((0, s) for s in sentences(child.text)), *((1, s) for s in sentences(parent.text))],
    )
    told = [_Sourced(s, vocabulary.weights(parent.text, s)) for s in sourced]
    where = parent.outlet or "the page it goes back to"
    notes = []
    for sentence in bare:
        for clause in clauses(child.text, sentence):
            mine = vocabulary.weights(child.text, clause)
            if len(mine) > 2 and any(_same(mine, t.weights) for t in told):
                notes.append((clause, f"{where} gives a source for this; here it has none."))
    for place, message in notes[:MOST_OF_A_KIND]:
        yield _note(child, "attribution dropped", place, message)


def _same(left: Mapping[str, int], right: Mapping[str, int]) -> bool:
    common = left.keys() & right.keys()
    shared = sum(min(left[k], right[k]) for k in common)
    product = sum(left.values()) * sum(right.values())
    return len(common) > 2 and (1000 * shared) ** 2 >= SAYS_THE_SAME**2 * product


def _sourced(text: str, attributions: Sequence[Attribution]) -> Iterator[Span]:
    """Yield the sentences of a text that its own attributions cover, or that go on from one."""
    before = False
    for sentence in sentences(text):
        covered = any(_stands_behind(a, sentence) for a in attributions)
        if covered or (before and _CONTINUES.match(text, sentence.start)):
            yield sentence
            before = True
        else:
            before = False


def _stands_behind(a: Attribution, sentence: Span) -> bool:
    """Return whether a source is given for a sentence, or for most of it, in its own words."""
    if a.content is None or a.denied or a.cue is None or not a.cue.overlaps(sentence):
        return False
    shared = min(a.content.end, sentence.end) - max(a.content.start, sentence.start)
    cue = a.cue.end - a.cue.start
    return 2 * shared >= sentence.end - sentence.start - cue


# Words of somebody who speaks, not of a report; a link or label run into the text.
_SPOKEN = re.compile(
    r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|[Mm]e|[Uu]s|[Yy]ou|[Yy]our|[Ll]et['’]s)\b|[?|]|‘|''|\bRead more\b"
)


def _is_report(article: Article, sentence: Span) -> bool:
    """Return whether a sentence is told by the reporter: no question, no "we", no headline."""
    said = sentence.of(article.text)
    told = said.endswith((".", ".”", '."')) and is_statement(article.text, sentence)
    return told and not _SPOKEN.search(said)


# Marks around less than this may be a title or a scare quote.
LONGEST_NAME_CHARS = 20


def _is_bare(sentence: Span, attributions: Sequence[Attribution], quoted: Sequence[Span]) -> bool:
    """Return whether nothing in a sentence or beside it shows a source: no cue, no marks."""
    wide = span(max(0, sentence.start - 2), sentence.end + 2)
    for a in attributions:
        if any(s is not None and s.overlaps(wide) for s in (a.cue, a.source, a.content)):
            return False
    return not any(q.overlaps(sentence) for q in quoted)


_DENIES = re.compile(
    r"\b(?:rejects?|rejected|den(?:y|ies|ied)|dismiss(?:es|ed)?|refutes?d?|disputes?d?|rebuts?|"
    r"rubbish(?:es|ed))\b",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\b(?:reports?|claims?|allegations?|rumou?rs?|stor(?:y|ies)|accusations?|news|false|baseless)\b",
    re.IGNORECASE,
)
# Words of more than a third of all articles tell nothing of what a headline is about.
TELLING = 110
# Furniture that holds no linked headline: what stands under a picture, what readers or the outlet
# say of themselves.
_NO_LINKS = ("caption", "doubled caption", "title", "repeated title", "comment", "page text",
             "cookie notice", "copyright", "author footer", "subscribe", "date line")  # fmt: skip
LONGEST_HEADLINE_CHARS = 250


@together(takes=(Furniture, Article), by="capture_id", gives=Note)
def linked_denials(furniture: list[Furniture], articles: list[Article]) -> Iterator[Note]:
    """Yield the linked headlines that tell of a denial which the article itself does not report."""
    read = [a for a in articles if a.not_read is None]
    seen: set[str] = set()
    for f in sorted(furniture, key=lambda f: (f.span or span(0, 0), f.text)):
        for headline in _headlines(f):
            article = _denied_article(f, headline, read)
            if article is None or _tells_of_denial(article, headline) or name_key(headline) in seen:
                continue
            seen.add(name_key(headline))
            yield Note(
                kind="denial linked",
                capture_id=f.capture_id,
                article_id=article.article_id,
                in_=f.in_,
                span=f.span,
                message="A linked headline tells of a denial; the article does not.",
            )
            break


def _headlines(f: Furniture) -> Iterator[str]:
    """Yield the lines of a row of furniture that may be linked headlines of a denial."""
    if f.kind not in _NO_LINKS:
        for line in f.text.splitlines():
            fits = len(line) <= LONGEST_HEADLINE_CHARS
            if fits and _DENIES.search(line) and _REPORT.search(line):
                yield line


def _denied_article(f: Furniture, headline: str, read: Sequence[Article]) -> Article | None:
    """Return the article of the page whose report a linked headline denies, or None."""
    own = [a for a in read if a.article_id == f.article_id] or list(read)
    linked = _words(_REPORT.sub(" ", _DENIES.sub(" ", headline)))
    for article in sorted(own, key=lambda a: a.place):
        top = article.title or article.text[: sentences(article.text)[0].end]
        in_text = linked & _words(f"{article.title or ''} {article.text}")
        if len(in_text) >= SHARED_WORDS and len(linked & _words(top)) >= SHARED_TITLE_WORDS:
            return article
    return None


def _words(text: str) -> set[str]:
    """Return the stems of the words that tell something, a people's like its country's."""
    found = {w.casefold() for w in re.findall(r"\w{3,}", text)}
    return {name_stem(stem(w)) for w in found if weight(w) >= TELLING}


def _tells_of_denial(article: Article, link: str) -> bool:
    """Return whether the article's own text speaks of the denial: its verb near what it denies."""
    linked = _words(_REPORT.sub(" ", _DENIES.sub(" ", link)))
    return any(
        _DENIES.search(said) and len(linked & _words(said)) >= SHARED_TITLE_WORDS
        for said in (s.of(article.text) for s in sentences(article.text))
    )


__all__ = ["linked_denials", "look"]
