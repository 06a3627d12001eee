"""
Credit lines, datelines and bylines: where a page says whose text it carries.

A dateline "(Reuters)" or a byline "Associated Press" credits the whole article; "AP contributed to
this report" credits a part and alone proves nothing (rule ``contributed``). Photograph credits are
furniture and never get here: a name behind "photo", "image", a slash or inside a caption is none.
"(Reporting by …; Editing by …)" names nobody: one agency signs so, and others do too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firsthand.mentions import NAME
from firsthand.model import Article, Attribution, AttributionKind, In, Span, digest, span
from firsthand.outlets import Outlet, OutletMention, outlet_id_of, table
from firsthand.text import paragraphs

# A dateline stands in the first lines; more of them belong to other pieces on the page.
HEAD_PARAGRAPHS = 8
CLOSING_PARAGRAPHS = 4
_DATELINE = re.compile(
    rf"^(?:[A-Z][^\n()]{{0,60}}?)?\s*\((?P<who>{NAME}(?:\.com)?)\)\s*(?:[-–—:]+|\s-\s)"
)
# An unlisted agency is believed only in the strict form: initials in brackets, then a dash.
_UNLISTED = re.compile(r"\([A-Z]{2,6}\)\s*[-–—]+$")
_PHOTO = re.compile(r"\b(?:photos?|photograph\w*|image|images|picture|video|file|pool)\b|/", re.I)
_CONTRIBUTED = re.compile(
    r"\b(?:contributed (?:to|reporting)|contributing to this|was used in this report|assisted|"
    r"additional reporting|with (?:agency )?inputs|inputs from|helped (?:report|with))\b",
    re.I,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|\bcopyright\b)", re.I)
_REPORTING_BY = re.compile(
    r"^\(?(?:Reporting|Additional reporting|Written|Editing|Compiled) by\b", re.I
)
_CLOSING = re.compile(rf"[.!?”\"’]\s+[—–\-(\[]?\s?(?P<who>{NAME})[)\]]?\.?$")
_WHOLE_LINE = re.compile(
    r"^[\s(\[—–\-]*(?:by |from |source: ?|via |credit: ?|with (?:files|reporting) from |h/t:? )?"
    r"(?:the )?(?P<rest>.*?)[\s)\].]*$",
    re.I,
)


def credits_of(article: Article) -> Iterator[Attribution]:
    """Yield the article's datelines, bylines and credit lines that name an outlet or agency."""
    lines = paragraphs(article.text)
    for at, line in enumerate(lines):
        at_head, at_foot = at < HEAD_PARAGRAPHS, at >= len(lines) - CLOSING_PARAGRAPHS
        found = _dateline(article, line) if at_head else None
        if found is None and (at_head or at_foot):
            found = _credit_line(article, line)
        if found is None and at_foot:
            found = _closing(article, line)
        if found is not None:
            yield found
    if article.byline and (found := _byline(article)):
        yield found


def dateline(line: str) -> re.Match[str] | None:
    """
    Return the place-and-agency opener of a wire story, the agency as group ``who``, or None.

    >>> line = "PORT ELLIS, Oct 9 (Reuters) - Talks resumed"
    >>> dateline(line).group()
    'PORT ELLIS, Oct 9 (Reuters) -'
    >>> dateline("Washington, however, disagreed (again) - or did it?") is None
    True
    """
    return _DATELINE.match(line)


def _dateline(article: Article, line: Span) -> Attribution | None:
    text = line.of(article.text)
    found = dateline(text)
    if not found:
        return None
    who = span(line.start + found.start("who"), line.start + found.end("who"))
    outlet = table().named(found["who"]) or table().named(f"{found['who']} News")
    known = outlet.name if outlet else found["who"]
    if outlet is None and not _UNLISTED.search(found.group()):
        return None
    cue = span(line.start, line.start + found.end())
    return _made(article, "dateline", "dateline", cue, who, outlet, known, 0.95)


def _credit_line(article: Article, line: Span) -> Attribution | None:
    """Return what a short line at the head or foot credits, or None."""
    text = line.of(article.text)
    if len(text) > 400 or (_PHOTO.search(text) and not _REPORTING_BY.match(text)):
        return None
    mentions = table().find(text)
    if not mentions:
        return None
    mention = mentions[-1]
    rule = _credit_rule(text, mention, article)
    if rule is None:
        return None
    who = span(line.start + mention.span.start, line.start + mention.span.end)
    strength = 0.4 if rule == "contributed" else 0.9
    return _made(article, "credit", rule, line, who, mention.outlet, mention.outlet.name, strength)


def _closing(article: Article, line: Span) -> Attribution | None:
    """Return the agency whose name stands behind the last sentence: "… nobody was hurt. AP"."""
    text = line.of(article.text)
    found = _CLOSING.search(text)
    outlet = table().named(found["who"]) if found else None
    if found is None or outlet is None or outlet.kind != "agency":
        return None
    who = span(line.start + found.start("who"), line.start + found.end("who"))
    return _made(article, "credit", "closing credit", who, who, outlet, outlet.name, 0.9)


def _credit_rule(text: str, mention: OutletMention, article: Article) -> str | None:
    if _CONTRIBUTED.search(text):
        return "contributed"
    whole = _WHOLE_LINE.match(text)
    name = mention.span.of(text)
    bare = re.sub(r"^the ", "", name, flags=re.I)
    if whole and re.sub(r"^the ", "", whole["rest"], flags=re.I) == bare:
        return "credit line" if mention.sure or text != name else None
    if _COPYRIGHT.search(text) and mention.sure:
        return "copyright"
    if _REPORTING_BY.match(text) and mention.sure:
        return "reporting by"
    if re.match(rf"^By [^.]{{3,60}}(?:,| of| for| \|)? (?:the )?{re.escape(bare)}\W*$", text, re.I):
        return "byline"
    if re.match(rf"^(?:This (?:story|article|report)|Content)\b.*{re.escape(bare)}", text):
        return "credit line"
    return None


def _byline(article: Article) -> Attribution | None:
    """Return the agency or outlet the byline names beside the writer, or None."""
    byline = article.byline or ""
    mentions = [m for m in table().find(byline) if m.sure]
    outlet = mentions[0].outlet if mentions else _after_name(byline)
    if outlet is None or _PHOTO.search(byline):
        return None
    where = article.byline_span
    return _made(
        article, "byline", "byline", where, where, outlet, outlet.name, 0.95, in_="capture"
    )


def _after_name(byline: str) -> Outlet | None:
    """Return the outlet at the end of "Jane Doe Associated Press": no mark between the names."""
    words = byline.strip(" .").split()
    for n in range(min(5, len(words)), 0, -1):
        if outlet := table().named(" ".join(words[-n:])):
            return outlet if n > 1 or words[-1].isupper() or outlet.kind == "agency" else None
    return None


def _made(
    article: Article,
    kind: AttributionKind,
    rule: str,
    cue: Span | None,
    source: Span | None,
    outlet: Outlet | None,
    name: str,
    strength: float,
    in_: In = "text",
) -> Attribution:
    return Attribution(
        attribution_id=digest(article.article_id, kind, rule, cue.start if cue else -1),
        article_id=article.article_id,
        kind=kind,
        in_=in_,
        cue=cue,
        source=source,
        source_name=outlet.name if outlet else name,
        source_kind="agency" if outlet is None or outlet.kind == "agency" else "outlet",
        source_id=outlet.outlet_id if outlet else outlet_id_of(name),
        strength=strength,
        rule=rule,
    )
