"""
What one id of a result stands for, and every span it rests on, in context.

Whoever doubts a line of the summary or the report can ask for it here: each passage is printed
with some characters to either side and stands in double square brackets, so that it can be found
again in the capture by eye or by search. An id may be cut short as long as it stays the only one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import PurePath

from firsthand.account import Account
from firsthand.errors import InputError
from firsthand.lookup import Lookup
from firsthand.model import (
    Article,
    Attribution,
    Capture,
    Claim,
    Derivation,
    Evidence,
    Result,
    Source,
    Span,
    Story,
)
from firsthand.naming import called, dated
from firsthand.wording import named, say, visible

AROUND_CHARS = 80
LINK = ".."
WIDTH = 100


def explain(result: Result, id: str) -> str:
    """
    Return what ``id`` is and the words it rests on, as text.

    Args:
        result: A finished run.
        id: An id or its beginning; a file name; or ``child..parent`` for a derivation.
    """
    lookup = Lookup(result)
    blocks = list(_found(lookup, id.strip()))
    if not blocks:
        raise InputError(say("explain.unknown", id=id), slug="unknown-id")
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _found(lookup: Lookup, wanted: str) -> Iterator[list[str]]:
    child, link, parent = wanted.partition(LINK)
    if link:
        for d in lookup.result.derivations:
            if d.child_id.startswith(child) and d.parent_id.startswith(parent):
                yield list(_derivation(lookup, d))
        return
    kinds = _kinds(lookup)
    ids = [i for i in kinds if i == wanted] or [i for i in kinds if wanted and i.startswith(wanted)]
    if len(ids) > 1:
        text = say("explain.ambiguous", id=wanted, ids=", ".join(sorted(ids)[:6]))
        raise InputError(text, slug="unknown-id")
    if ids:
        for tell in kinds[ids[0]]:
            yield list(tell())
        return
    for article in lookup.result.articles:
        names = (article.path, PurePath(article.path).name, article.given_id)
        # The name it goes by in the summary is what a reader has at hand.
        if wanted in names or wanted == lookup.label(article.article_id):
            yield list(_article(lookup, article))


def _kinds(lookup: Lookup) -> dict[str, list[Callable[[], Iterator[str]]]]:
    """Return every id with what tells of it; two records never share one unless they are one."""
    tellers: dict[str, list[Callable[[], Iterator[str]]]] = {}
    tables: tuple[tuple[Iterable[object], str, Callable[..., Iterator[str]]], ...] = (
        (lookup.result.stories, "story_id", _story),
        (lookup.result.articles, "article_id", _article),
        (lookup.result.claims, "claim_id", _claim),
        (lookup.result.attributions, "attribution_id", _attribution),
        (lookup.result.sources, "source_id", _source),
        (lookup.result.captures, "capture_id", _capture),
    )
    for rows, column, tell in tables:
        for row in rows:
            known = tellers.setdefault(getattr(row, column), [])
            known.append(partial(tell, lookup, row))
    return tellers


def _words(lookup: Lookup, what: str, evidence: Evidence) -> Iterator[str]:
    """Yield one passage in context, its characters in double brackets."""
    article, span = lookup.articles.get(evidence.article_id), evidence.span
    page = lookup.label(evidence.article_id) if article else evidence.article_id
    key = {"text": "explain.words", "title": "explain.words-title"}.get(
        evidence.in_, "explain.words-capture"
    )
    yield "  " + say(key, what=what, page=page, start=span.start, end=span.end)
    text = lookup.source_text(evidence)
    if not text:
        words = lookup.quote(evidence).words
        yield "    " + (f"[[{visible(words)}]]" if words else say("explain.cannot-show"))
        return
    yield from _wrapped(in_context(text, span), "    ")


def in_context(text: str, span: Span, around: int = AROUND_CHARS) -> str:
    """
    Return a passage with the characters around it, marked by double brackets.

    >>> in_context("The council told the Harbour Post on Monday.", Span(start=12, end=16), 8)
    '…council [[told]] the Har…'
    """
    start, end = max(0, span.start - around), min(len(text), span.end + around)
    before = ("…" if start > 0 else "") + text[start : span.start]
    after = text[span.end : end] + ("…" if end < len(text) else "")
    return visible(f"{before}[[{span.of(text)}]]{after}")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _all_words(lookup: Lookup, what: str, evidence: Iterable[Evidence]) -> Iterator[str]:
    for item in evidence:
        yield from _words(lookup, what, item)


def _article(lookup: Lookup, article: Article) -> Iterator[str]:
    here = article.article_id
    outlet = lookup.outlet(here)
    yield say("explain.article", id=here)
    yield "  " + say("explain.page", path=article.path, n=article.place + 1)
    if article.title:
        yield "  " + say("explain.title", title=article.title)
    yield "  " + (say("explain.outlet", outlet=outlet) if outlet else say("explain.outlet-none"))
    yield "  " + say("explain.date", date=dated(article.published))
    if article.not_read:
        yield "  " + named("not-read", article.not_read)
    if article.copy_of:
        page = lookup.label(article.copy_of) if article.copy_of in lookup.articles else ""
        yield "  " + say("explain.copy", page=page, id=article.copy_of)
    for story in lookup.result.stories:
        for row in story.lineage:
            if row.article_id == here:
                yield "  " + say("explain.story-of", label=story.label, id=story.story_id)
                yield from _membership(lookup, here)
                yield "  " + named("status", row.status)
                for rest in row.rests_on:
                    name = lookup.name(rest.source_id)
                    yield "  " + say("explain.rests", rests=name)
                    yield from _all_words(lookup, say("explain.evidence"), rest.evidence)
                yield from _chains(lookup, story, article)
    yield from _shared(lookup, here)


def _membership(lookup: Lookup, article_id: str) -> Iterator[str]:
    """Yield what holds an article in its story; nothing for one alone or a recapture."""
    row = lookup.memberships.get(article_id)
    if row is None or row.nearest_id is None or row.basis == "recapture":
        return
    how = [say("explain.member-copy")] if row.basis == "copy" else []
    how.append(say("explain.member-likeness", similarity=f"{row.similarity or 0:.2f}"))
    if row.days_apart is None:
        how.append(say("explain.member-undated"))
    else:
        how.append(say("explain.member-days", n=row.days_apart))
    if row.cited:
        how.append(say("explain.member-cited"))
    if row.shared_terms:
        how.append(say("explain.member-terms", terms=", ".join(map(visible, row.shared_terms))))
    page = lookup.label(row.nearest_id)
    yield from _wrapped(say("explain.member", page=page, how="; ".join(how)), "  ")


def _chains(lookup: Lookup, story: Story, article: Article) -> Iterator[str]:
    """Yield the ways from an article to what it rests on at last."""
    for row in Account(lookup, story).rows:
        if row.article.article_id == lookup.representative(article.article_id):
            for chain in row.chains:
                yield from _wrapped(chain, "  ")


def _shared(lookup: Lookup, article_id: str) -> Iterator[str]:
    """Yield the passages an article shares with others."""
    for row in lookup.result.reuse:
        if article_id not in (row.left_id, row.right_id):
            continue
        is_left = row.left_id == article_id
        other, span = (row.right_id, row.left) if is_left else (row.left_id, row.right)
        key = "explain.reuse" if row.meaning else "explain.reuse-open"
        if lookup.representative(other) == lookup.representative(article_id):
            yield "  " + say("explain.recaptured", page=lookup.label(other))
            continue
        what = say(key, page=lookup.name(other), form=row.form, meaning=row.meaning or "")
        yield from _words(lookup, what, Evidence(article_id=article_id, span=span))


def _story(lookup: Lookup, story: Story) -> Iterator[str]:
    account = Account(lookup, story)
    yield say("explain.story", id=story.story_id)
    yield "  " + visible(story.label)
    yield "  " + account.counts.headline
    yield from _wrapped(account.counts.scope, "  ")
    if story.main_claim:
        yield from _wrapped(say("explain.claimed", claim=story.main_claim), "  ")
    for turn in lookup.turns(story):
        yield "  " + say("explain.chain", label=turn.label, id=turn.story_id)
    for origin in story.origins:
        name, kind = origin.name or say("origin.nameless"), named("access", origin.access)
        yield "  " + say("explain.kind", name=name, kind=kind)
        for source in origin.primary_sources:
            what = say("explain.primary", name=called(source.name, source.kind))
            yield from _all_words(lookup, what, source.evidence)
    for dispute in story.disputes:
        what = say("explain.dispute", name=dispute.name or say("source.person"))
        yield from _all_words(lookup, what, dispute.evidence)
    for row in account.rows:
        yield f"  {row.pages}: {named('status', row.status) if row.status else ''}"
    for derivation in lookup.derivations(story.story_id):
        yield from _derivation(lookup, derivation)


def _claim(lookup: Lookup, claim: Claim) -> Iterator[str]:
    yield say("explain.claim", id=claim.claim_id)
    yield from _wrapped(visible(claim.text), "  ")
    yield "  " + named("verdict", claim.verdict)
    for statement in claim.statements:
        what = say("explain.statement", page=lookup.name(statement.article_id))
        yield from _words(
            lookup, what, Evidence(article_id=statement.article_id, span=statement.span)
        )
    for difference in claim.differences:
        for side in (difference.left, difference.right):
            kind = named("difference", difference.kind)
            page = lookup.name(side.article_id)
            what = say("explain.difference", kind=kind, value=side.value, page=page)
            yield from _words(lookup, what, Evidence(article_id=side.article_id, span=side.span))


def _attribution(lookup: Lookup, attribution: Attribution) -> Iterator[str]:
    yield say("explain.attribution", id=attribution.attribution_id)
    yield "  " + say("explain.rule", rule=attribution.rule, strength=f"{attribution.strength:.2f}")
    parts: tuple[tuple[str, tuple[Span | None, ...]], ...] = (
        ("explain.cue", (attribution.cue,)),
        ("explain.source-words", (attribution.source,)),
        ("explain.addressee", (attribution.addressee,)),
        ("explain.content", attribution.content_pieces or (attribution.content,)),
    )
    for key, spans in parts:
        for span in spans:
            if span is not None:
                yield from _words(
                    lookup,
                    say(key),
                    Evidence(article_id=attribution.article_id, span=span, in_=attribution.in_),
                )


def _source(lookup: Lookup, source: Source) -> Iterator[str]:
    yield say("explain.source", id=source.source_id)
    yield "  " + say("explain.kind", name=called(source.name, source.kind), kind=source.kind)
    for article_id in source.article_ids:
        if article_id in lookup.articles:
            yield f"  {say('explain.articles-of')} {lookup.label(article_id)} ({article_id})"
    for row in lookup.result.attributions:
        for named_id, words in ((row.source_id, row.source), (row.addressee_id, row.addressee)):
            span = words or row.cue
            if named_id == source.source_id and span is not None:
                what = say("explain.named-in", page=lookup.name(row.article_id))
                here = Evidence(article_id=row.article_id, span=span, in_=row.in_)
                yield from _words(lookup, what, here)


def _capture(lookup: Lookup, capture: Capture) -> Iterator[str]:
    yield say("explain.capture", id=capture.capture_id)
    yield "  " + visible(capture.path)
    yield "  " + say("explain.sha", sha=capture.sha256)
    for article in lookup.result.articles:
        if article.capture_id == capture.capture_id:
            yield ""
            yield from _article(lookup, article)


def _derivation(lookup: Lookup, derivation: Derivation) -> Iterator[str]:
    child, parent = derivation.child_id, derivation.parent_id
    yield say("explain.derivation", child=child, parent=parent)
    yield "  " + say(
        "explain.basis",
        child=lookup.name(child),
        parent=lookup.name(parent),
        basis=named("explain.basis", derivation.basis),
    )
    if not derivation.evidence:
        yield "  " + say("explain.nothing")
    yield from _all_words(lookup, say("explain.evidence"), derivation.evidence)
