"""
The published form of a result: one JSON document, its order and its schema.

Everything here follows from the annotations of ``model.py``, so that a field added there is
published, ordered and described without a second list that could fall behind. A span is written
``[start, end]``, the attribute ``in_`` is ``in``, bytes stay out. Rows stand in the order of their
key columns: two runs over the same input give the same document but for ``run``.

The document is written row by row. A row is a line, which keeps a large result within memory and
makes two results comparable with ``diff``.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any, BinaryIO, Literal

from firsthand import model
from firsthand.model import Result, Span
from firsthand.stage import column_of

# Published in this order, which is DESIGN's: what was run, what it comes to, then the tables.
HEAD = ("schema_version", "run", "summary")
# What identifies a row, and with that its place. Articles, and what is found in them, stand in
# reading order within their capture.
KEYS: dict[str, tuple[str, ...]] = {
    "rejected": ("path", "record", "offset", "code"),
    "skipped": ("stage", "kind"),
    "captures": ("capture_id",),
    "articles": ("capture_id", "place"),
    "furniture": ("capture_id", "article_id", "in_", "span", "kind"),
    "reuse": ("left_id", "left", "right_id", "right", "form"),
    "pair_relations": ("left_id", "right_id", "relation"),
    "attributions": ("article_id", "in_", "cue", "attribution_id"),
    "sources": ("source_id",),
    "derivations": ("child_id", "parent_id", "story_id"),
    "stories": ("story_id",),
    "memberships": ("story_id", "article_id"),
    "claims": ("story_id", "place", "claim_id"),
    "citations": ("attribution_id", "cited_article_id"),
    "notes": ("capture_id", "article_id", "in_", "span", "kind"),
}
TABLE_NAMES = tuple(KEYS)
# Captured wording: null in a document that is to hold no text.
TEXT_FIELDS = frozenset({"text", "main_claim"})
UNTITLED = "untitled"


def plain(record: Any, *, no_text: bool = False) -> dict[str, Any]:
    """
    Return a record as a JSON-ready dict, its fields in the order of the contract.

    >>> plain(model.Statement(article_id="a1", span=model.span(3, 9)))
    {'article_id': 'a1', 'span': [3, 9]}
    >>> plain(model.Evidence(article_id="a1", span=model.span(0, 4), in_="title"))["in"]
    'title'
    """
    if no_text and isinstance(record, model.Story):
        record = untold(record)
    if no_text and isinstance(record, model.Membership):
        record = replace(record, shared_terms=())
    return {
        column: None if no_text and name in TEXT_FIELDS else _value(getattr(record, name), no_text)
        for name, column in _columns(record.__class__)
    }


def untold(story: model.Story) -> model.Story:
    """
    Return the story without captured wording: a label that is a title stays, a sentence does not.

    A story whose articles have no title is labelled with how its text begins.
    """
    label, claim = story.label, story.main_claim
    titled = claim is not None and not claim.startswith(label[:40])
    return replace(story, main_claim=None, label=label if titled else UNTITLED)


def _value(value: Any, no_text: bool) -> Any:
    if isinstance(value, Span):
        return [value.start, value.end]
    if isinstance(value, tuple):
        return [_value(item, no_text) for item in value]
    return plain(value, no_text=no_text) if is_dataclass(value) else value


@cache
def _columns(record_class: type) -> tuple[tuple[str, str], ...]:
    """Return (attribute, column) of every published field; bytes are never published."""
    hints = typing.get_type_hints(record_class)
    names = [f.name for f in fields(record_class) if hints[f.name] is not bytes]
    return tuple((name, column_of(name)) for name in names)


def in_canonical_order(table: str, records: Iterable[Any]) -> list[Any]:
    """Return the records of a table ordered by its key columns; null stands before any value."""

    def key(record: Any) -> tuple[Any, ...]:
        values = (getattr(record, column) for column in KEYS[table])
        return tuple((value is not None, value) for value in values)

    rows = sorted(records, key=key)
    if any(key(left) == key(right) for left, right in pairwise(rows)):
        # Ties are rare, and comparing whole rows is dear: only then.
        rows = sorted(sorted(rows, key=repr), key=key)
    return rows


def document(
    result: Result, *, no_text: bool = False, canonical: bool = False, only: Sequence[str] = ()
) -> dict[str, Any]:
    """
    Return the whole result as one JSON-ready dict.

    ``canonical`` leaves out ``run``, the one part that differs from run to run. ``only`` names the
    tables to give; the others are listed under ``left_out``.
    """
    found: dict[str, Any] = dict(_head(result, canonical, only))
    for table in only or TABLE_NAMES:
        found[table] = list(_rows(result, table, no_text))
    return found


def _head(result: Result, canonical: bool, only: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for name in HEAD:
        value = getattr(result, name)
        if name != "run" or not canonical:
            yield name, plain(value) if is_dataclass(value) else value
    if only:
        left_out = [table for table in TABLE_NAMES if table not in only]
        yield "left_out", {"tables": left_out, "where": "tables/*.parquet"}


def _rows(result: Result, table: str, no_text: bool) -> Iterator[dict[str, Any]]:
    for record in in_canonical_order(table, getattr(result, table)):
        yield plain(record, no_text=no_text)


def write(
    result: Result,
    file: BinaryIO,
    *,
    no_text: bool = False,
    canonical: bool = False,
    only: Sequence[str] = (),
) -> None:
    """Write what :func:`document` returns as UTF-8 JSON, one row a line."""
    file.write(b"{\n")
    for name, value in _head(result, canonical, only):
        file.write(_json(name) + b": " + _json(value) + b",\n")
    tables = tuple(only) or TABLE_NAMES
    for table in tables:
        file.write(_json(table) + b": [")
        before = b"\n"
        for row in _rows(result, table, no_text):
            file.write(before + _json(row))
            before = b",\n"
        file.write(b"\n]" if before == b",\n" else b"]")
        file.write(b"\n" if table == tables[-1] else b",\n")
    file.write(b"}\n")


def column_names(record_class: type) -> tuple[str, ...]:
    """Return the published column names of a record class, in order."""
    return tuple(column for _, column in _columns(record_class))


def json_line(row: dict[str, Any]) -> bytes:
    """Return a row as one line of UTF-8 JSON."""
    return _json(row) + b"\n"


def _json(value: Any) -> bytes:
    # A lone surrogate has no UTF-8 form; backslashreplace writes it as JSON's own escape.
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "backslashreplace"
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of :func:`document`; shipped as data/result.schema.json."""
    definitions: dict[str, Any] = {}
    whole = _object_schema(Result, definitions)
    every = [*HEAD, *TABLE_NAMES]
    properties = {name: whole["properties"][name] for name in every}
    properties["left_out"] = {
        "description": "Tables that are not in this document, and where they lie.",
        "type": "object",
        "properties": {
            "tables": {"type": "array", "items": {"enum": list(TABLE_NAMES)}},
            "where": {"type": "string"},
        },
        "required": ["tables", "where"],
    }
    required = [name for name in every if name != "run"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:firsthand:result:{model.SCHEMA_VERSION}",
        "title": "Result of firsthand trace",
        "description": whole["description"],
        "type": "object",
        "properties": properties,
        "required": ["schema_version", "summary", "stories"],
        "anyOf": [{"required": ["left_out"]}, {"required": required}],
        "$defs": dict(sorted(definitions.items())),
    }


def _object_schema(record_class: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(record_class)
    properties = {
        column: _field_schema(name, hints[name], definitions)
        for name, column in _columns(record_class)
    }
    return {
        "description": " ".join((record_class.__doc__ or "").split("\n\n")[0].split()),
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _field_schema(name: str, hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if name == "schema_version":
        return {"const": model.SCHEMA_VERSION}
    return _type_schema(hint | None if name in TEXT_FIELDS else hint, definitions)


def _type_schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an annotation; record classes become entries of ``definitions``."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (inner,) = [a for a in args if a is not type(None)]
        return _nullable(_type_schema(inner, definitions))
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    if origin is tuple:
        return {"type": "array", "items": _type_schema(args[0], definitions)}
    if not is_dataclass(hint):
        return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[hint]}
    record_class = typing.cast(type, hint)
    name = record_class.__name__
    if name not in definitions:
        definitions[name] = {}
        made = _SPAN_SCHEMA if record_class is Span else _object_schema(record_class, definitions)
        definitions[name] = made
    return {"$ref": f"#/$defs/{name}"}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    found = {**schema, "type": [schema["type"], "null"]}
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


_SPAN_SCHEMA = {
    "description": "Characters (code points) from start up to but not including end.",
    "type": "array",
    "prefixItems": [{"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 0}],
    "items": False,
    "minItems": 2,
}
