"""
A finished run on a terminal: one block a story, to be read in five seconds.

The block answers in the order a desk asks: how many is that really; who has it, by which words; who
repeats it, through whom; what do they differ on; what should I look at. Everything beyond that is
in the report, and the last lines say so. Stories of one page are counted in a line, since nothing
can be repeated or contradicted on one page.

Colour is used for nothing that is not also said in words, and captured text reaches the terminal
only through :func:`firsthand.wording.visible`. Widths are counted in code points: rows of wide
characters (Chinese, Japanese) may run over the edge.
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from firsthand.account import Account, Row, accounts
from firsthand.lookup import Lookup, Quote
from firsthand.model import Rejected, Result, Skipped, Story
from firsthand.naming import shortened
from firsthand.wording import listed, named, say, visible

INDENT = "  "
# A bar and no quotation marks, since the quoted words often hold such marks themselves.
QUOTED = "│ "
# What fits in five seconds; the report has the rest.
MOST_STORIES = 100
MOST_ORIGINS = 8
MOST_ECHOES = 8
MOST_DIFFERENCES = 4
MOST_NOTES = 6
MOST_REJECTED = 20
_STYLES = {"title": "1", "count": "1;36", "head": "2", "words": "3"}


def summary(
    result: Result, *, all_stories: bool = False, width: int = 80, colour: bool = False
) -> str:
    """Return the run as text for a terminal ``width`` characters wide."""
    lookup, pen = Lookup(result), _Pen(width=max(40, width), colour=colour)
    told = [s for s in result.stories if all_stories or s.n_pages > 1]
    shown = accounts(lookup, told)[: None if all_stories else MOST_STORIES]
    blocks: list[Iterable[str]] = [_opening(result, lookup, pen)]
    blocks += [_story(account, pen) for account in shown]
    if more := len(told) - len(shown):
        blocks.append(pen.lines(say("summary.more-stories", n=more)))
    if singles := len(result.stories) - len(told):
        blocks.append(_singles(result.stories, singles, pen))
    blocks.append(_inputs(result, lookup, pen))
    blocks.append(pen.lines(say("limits.error-rate"), style="head"))
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block) + "\n"


class _Pen:
    """Writes lines no wider than the terminal, in colour or without."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self.width, self.colour = width, colour

    def mark(self, text: str, style: str | None) -> str:
        if not (self.colour and style and text):
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"

    def lines(
        self, text: str, *, depth: int = 0, hang: int = 0, style: str | None = None
    ) -> list[str]:
        """Return ``text`` wrapped at this depth; further lines are set in by ``hang`` more."""
        found = textwrap.wrap(
            visible(text),
            self.width,
            initial_indent=INDENT * depth,
            subsequent_indent=INDENT * (depth + hang),
            break_on_hyphens=False,
        )
        return [self.mark(line, style) for line in found]

    def quote(self, quote: Quote, depth: int) -> list[str]:
        """Return quoted words on one line, cut to the width around what they show."""
        if quote.words is None:
            # The opening lines say once that the text was not kept.
            elsewhere = say("quote.not-in-text") if quote.in_ == "capture" else ""
            return self.lines(elsewhere, depth=depth, hang=1, style="head")
        words = fit(quote, self.width - len(INDENT) * depth - 2)
        return [INDENT * depth + QUOTED + self.mark(words, "words")]


def fit(quote: Quote, room: int) -> str:
    """
    Return a quoted sentence in at most ``room`` characters, the telling words in it.

    >>> q = Quote(article_id="a", before="On Monday the council ", words="told the Harbour Post",
    ...           after=" that the ferry would stop.")
    >>> fit(q, 40)
    '…council told the Harbour Post that the…'
    >>> fit(q, 12)
    '…told the…'
    """
    parts = (quote.before, quote.words or "", quote.after)
    # Bars keep the spaces at the ends, which part the words from what stands around them.
    before, words, after = (visible(f"|{part}|")[1:-1] for part in parts)
    if len(before) + len(words) + len(after) <= room:
        return f"{before}{words}{after}".strip()
    if len(words) + 2 > room:
        return _cut_end(("…" if before.strip() else "") + words, room)
    spare = room - len(words)
    left = min(len(before), max(spare // 2, spare - len(after)))
    start = _cut_start(before, left)
    return _cut_end(f"{start}{words}{after}", room)


def _cut_end(text: str, room: int) -> str:
    """Return ``text`` cut at a word's end to ``room`` characters, with an ellipsis if cut."""
    if len(text) <= room:
        return text.rstrip()
    kept = text[: room - 1]
    whole = kept.rsplit(" ", 1)[0] if " " in kept and text[room - 1] != " " else kept
    return (whole if len(whole) > room // 2 else kept).rstrip(" ,;:") + "…"


def _cut_start(text: str, room: int) -> str:
    """Return the end of ``text`` in ``room`` characters, from the start of a word."""
    if len(text) <= room:
        return text
    kept = text[len(text) - max(room - 1, 0) :] if room > 1 else ""
    _, gap, rest = kept.partition(" ")
    return "…" + (rest if gap and text[len(text) - len(kept) - 1] != " " else kept)


def _opening(result: Result, lookup: Lookup, pen: _Pen) -> Iterator[str]:
    yield from pen.lines(pages_given(lookup))
    if result.articles and not any(a.text for a in result.articles):
        yield from pen.lines(say("quote.not-kept"))
    yield from pen.lines(
        say(
            "summary.found",
            articles=say("count.articles", n=result.summary.distinct_articles),
            stories=say("count.stories", n=result.summary.stories),
        )
    )


def pages_given(lookup: Lookup) -> str:
    """Return how many pages were given, how many of them were not read, and how many rejected."""
    result = lookup.result
    return say(
        "summary.given",
        pages=say("count.pages", n=lookup.n_given),
        not_read=say("summary.not-read", n=sum(1 for a in result.articles if a.not_read)),
        rejected=say("summary.rejected", n=result.summary.rejected),
    )


def _story(account: Account, pen: _Pen) -> Iterator[str]:
    yield from pen.lines(account.story.label, style="title")
    yield from pen.lines(account.counts.headline, style="count")
    if account.counts.resting:
        yield from pen.lines(account.counts.resting)
    yield from pen.lines(account.counts.scope, style="head")
    if turns := account.lookup.turns(account.story):
        yield from pen.lines(say("chain.turns", labels="; ".join(t.label for t in turns)))
    yield from _origins(account, pen)
    yield from _disputes(account, pen)
    yield from _echoes(account, pen)
    if account.counts.unknown:
        yield from _unknown(account, pen)
    yield from _differences(account, pen)
    yield from _notes(account, pen)


def _origins(account: Account, pen: _Pen) -> Iterator[str]:
    for head in ("head.origin", "head.presumed"):
        rows = [o for o in account.origins if o.presumed == (head == "head.presumed")]
        if rows:
            yield from pen.lines(say(head), depth=1, style="head")
        for row in rows[:MOST_ORIGINS]:
            text = say("origin.line", name=row.name, pages=row.pages, told=row.told)
            yield from pen.lines(text, depth=2, hang=1)
            # Two passages of one sentence look alike once they are cut to a line.
            sentences = {(q.article_id, f"{q.before}{q.words}{q.after}"): q for q in row.quotes}
            for quote in list(sentences.values())[: 2 if len(rows) < 3 else 1]:
                yield from pen.quote(quote, 3)
        yield from _rest(len(rows) - MOST_ORIGINS, pen)


def _disputes(account: Account, pen: _Pen) -> Iterator[str]:
    if account.disputes:
        yield pen.mark(INDENT + say("head.dispute"), "head")
    for name, quotes in account.disputes:
        yield from pen.lines(name, depth=2)
        for quote in quotes[:1]:
            yield from pen.quote(quote, 3)


def _echoes(account: Account, pen: _Pen) -> Iterator[str]:
    """Yield who repeats; articles that go the same way for the same reason are told together."""
    together: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Row]] = defaultdict(list)
    for row in account.rows:
        if row.status in ("echo", "mixed"):
            together[row.ways, row.rests].append(row)
    if together:
        yield pen.mark(INDENT + say("head.echo"), "head")
    for (ways, rests), rows in list(together.items())[:MOST_ECHOES]:
        names = listed([row.name for row in rows])
        for way in ways:
            yield from pen.lines(f"{names} {say('chain.step')} {way}", depth=2, hang=1)
        if not ways:
            yield from pen.lines(names, depth=2, hang=1)
        yield from pen.lines("; ".join(rests), depth=3, hang=1)
        for quote in rows[0].quotes[:1]:
            yield from pen.quote(quote, 3)
    yield from _rest(len(together) - MOST_ECHOES, pen)


def _unknown(account: Account, pen: _Pen) -> Iterator[str]:
    yield pen.mark(INDENT + say("head.unknown"), "head")
    pages = [r.pages for r in account.rows if r.status == "unknown"]
    yield from pen.lines("; ".join(pages[:MOST_ECHOES]), depth=2, hang=1)
    yield from _rest(len(pages) - MOST_ECHOES, pen)
    yield from pen.lines(account.counts.unknown, depth=2, hang=1)


def _differences(account: Account, pen: _Pen) -> Iterator[str]:
    found = account.differences
    if found:
        yield pen.mark(INDENT + say("head.difference"), "head")
    for _, difference in found[:MOST_DIFFERENCES]:
        left, right = difference.left, difference.right
        text = say(
            "difference.sides",
            kind=named("difference", difference.kind),
            left=shortened(visible(left.value), 60),
            left_page=account.lookup.telling(left.article_id),
            right=shortened(visible(right.value), 60),
            right_page=account.lookup.telling(right.article_id),
        )
        yield from pen.lines(text, depth=2, hang=1)
    yield from _rest(len(found) - MOST_DIFFERENCES, pen)


def _notes(account: Account, pen: _Pen) -> Iterator[str]:
    counted: Counter[str] = Counter()
    for note in account.notes:
        line = say("note.line", page=note.pages, kind=note.kind, message=note.message)
        counted[line] += note.n_places
    for cited in account.citations:
        if cited.amiss:
            kind = say("head.citation")
            counted[say("note.line", page=cited.pages, kind=kind, message=cited.said)] += 1
    if counted:
        yield pen.mark(INDENT + say("head.note"), "head")
    for line, n in list(counted.items())[:MOST_NOTES]:
        yield from pen.lines(say("note.times", line=line, n=n), depth=2, hang=1)
    yield from _rest(len(counted) - MOST_NOTES, pen)


def _rest(n: int, pen: _Pen) -> list[str]:
    return pen.lines(say("list.more", n=n), depth=2) if n > 0 else []


def _singles(stories: Iterable[Story], n: int, pen: _Pen) -> list[str]:
    alone = [s for s in stories if s.n_pages < 2]
    return pen.lines(
        say(
            "summary.singles",
            n=n,
            origins=say("count.origins", n=sum(s.n_origins for s in alone)),
            unknown=sum(s.n_lineage_unknown for s in alone),
        )
    )


def _inputs(result: Result, lookup: Lookup, pen: _Pen) -> Iterator[str]:
    for article in result.articles:
        if article.not_read:
            reason = named("not-read", article.not_read)
            page = lookup.label(article.article_id)
            yield from pen.lines(say("inputs.not-read", page=page, reason=reason), hang=1)
    yield from _left_out(result.rejected, result.skipped, pen)


def left_out(
    rejected: Iterable[Rejected],
    skipped: Iterable[Skipped],
    *,
    width: int = 80,
    colour: bool = False,
) -> str:
    """Return what could not be read and what is no page as text; empty where there is neither."""
    pen = _Pen(width=max(40, width), colour=colour)
    return "".join(f"{line}\n" for line in _left_out(rejected, skipped, pen))


def _left_out(rejected: Iterable[Rejected], skipped: Iterable[Skipped], pen: _Pen) -> Iterator[str]:
    yield from _rejected(rejected, pen)
    for skip in skipped:
        text = say(
            "inputs.skipped", n=skip.count, stage=skip.stage, kind=skip.kind, example=skip.example
        )
        yield from pen.lines(text, hang=1)


def _rejected(rejected: Iterable[Rejected], pen: _Pen) -> Iterator[str]:
    """Yield the rejected inputs; many with one reason are one paragraph."""
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rejected:
        where = say("inputs.record", path=row.path, record=row.record) if row.record else row.path
        reasons[row.code, row.reason].append(where)
    for (code, reason), paths in list(reasons.items())[:MOST_REJECTED]:
        path = listed(list(dict.fromkeys(paths)))
        text = say("inputs.rejected", path=path, code=code, reason=reason)
        yield from pen.lines(text, hang=1)
    yield from _rest(len(reasons) - MOST_REJECTED, pen)
