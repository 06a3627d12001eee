"""What holds of every result, whatever was read: spans lie in their texts, ids lead somewhere."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path

from firsthand import contract
from firsthand.model import Article, Evidence, Result


def as_text(result: Result, *, paths: bool = True) -> str:
    """A result without what may differ: the run, and where the files lay (or their names too)."""
    found = contract.document(result, canonical=True)
    for table in ("captures", "articles", "rejected"):
        for row in found[table]:
            row["path"] = Path(row["path"]).name if paths else ""
    for row in found["skipped"]:
        row["example"] = ""
    return json.dumps(found, sort_keys=True)


def records(value):
    """Every record inside a value, at any depth."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from records(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from records(item)


def span_faults(result: Result):
    """Every span that lies outside of the text it is a span of, or is empty."""
    articles = {a.article_id: a for a in result.articles}

    def fault(article: Article | None, in_: str, at):
        where = {"text": article and article.text, "title": article and article.title}.get(in_)
        if at is None:
            return False
        if in_ == "capture":  # the source is not at hand, but some of it must be meant
            return not 0 <= at.start < at.end
        return where is None or not 0 <= at.start < at.end <= len(where)

    for record in records(result):
        if isinstance(record, Evidence) and fault(
            articles.get(record.article_id), record.in_, record.span
        ):
            yield record
    for row in result.attributions:
        spans = (row.cue, row.source, row.content, row.addressee, *row.content_pieces)
        if any(fault(articles[row.article_id], row.in_, at) for at in spans):
            yield row
    for row in result.reuse:
        if fault(articles[row.left_id], "text", row.left) or fault(
            articles[row.right_id], "text", row.right
        ):
            yield row
    for claim in result.claims:
        sides = [side for d in claim.differences for side in (d.left, d.right)]
        for row in (*claim.statements, *sides):
            if fault(articles[row.article_id], "text", row.span):
                yield row
    for row in result.notes:
        if row.article_id and fault(articles[row.article_id], row.in_, row.span):
            yield row


def dangling(result: Result):
    """Every id that a row points to and that no row has."""
    articles = {a.article_id for a in result.articles}
    sources = {s.source_id for s in result.sources}
    stories = {s.story_id for s in result.stories}
    kinds = {
        "article_id": articles,
        "left_id": articles,
        "right_id": articles,
        "copy_of": articles,
        "cited_article_id": articles,
        "article_ids": articles,
        "capture_id": {c.capture_id for c in result.captures},
        "source_id": sources,
        "outlet_id": sources,
        "addressee_id": sources,
        "child_id": articles | sources,
        "parent_id": articles | sources,
        "story_id": stories,
        "attribution_id": {a.attribution_id for a in result.attributions},
    }
    for record in records(result):
        for column, known in kinds.items():
            value = getattr(record, column, None) or ()
            for one in value if isinstance(value, tuple) else (value,):
                if one not in known:
                    yield type(record).__name__, column, one
