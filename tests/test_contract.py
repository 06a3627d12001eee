"""The published form: order, schema, what is left out."""

from __future__ import annotations

import io
import json
import random
from dataclasses import fields, replace
from pathlib import Path

import jsonschema
import pytest

from firsthand import contract, model
from firsthand.model import Capture, Evidence, Note, Result, span
from sample_result import sample

SHIPPED = Path(contract.__file__).with_name("data") / "result.schema.json"
# The columns that DESIGN names for each table, in its order; more may stand between and after them.
PROMISED = {
    "rejected": "path record offset code reason",
    "skipped": "stage kind count example",
    "captures": "capture_id path record url fetched_at media_type encoding sha256",
    "articles": "article_id given_id capture_id place text_id path pieces title outlet outlet_id "
    "byline published language text copy_of not_read",
    "furniture": "capture_id article_id in span kind text",
    "reuse": "left_id left right_id right form meaning similarity strength rule",
    "pair_relations": "left_id right_id relation strength evidence",
    "attributions": "attribution_id article_id kind cue source content content_pieces addressee "
    "source_name source_kind source_id addressee_id self_reference hedged denied strength rule",
    "sources": "source_id name kind article_ids",
    "derivations": "child_id parent_id basis strength evidence",
    "stories": "story_id chain_id label main_claim article_ids n_pages n_articles n_outlets "
    "n_origins n_presumed n_primary_sources n_lineage_unknown n_not_read origins disputes lineage",
    "memberships": "article_id story_id chain_id nearest_id basis similarity cited shared_terms "
    "days_apart",
    "claims": "claim_id story_id text verdict n_origins statements differences",
    "citations": "attribution_id cited_article_id verdict found compared_with",
    "notes": "kind capture_id article_id in span message",
}
FEWEST = [{}, {"no_text": True}, {"canonical": True}, {"only": ("stories",)}]


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SHIPPED.read_text("utf-8")))


def written(result: Result, **options: object) -> bytes:
    file = io.BytesIO()
    contract.write(result, file, **options)  # type: ignore[arg-type]
    return file.getvalue()


def test_the_shipped_schema_is_the_generated_one():
    assert json.loads(SHIPPED.read_text("utf-8")) == contract.json_schema(), (
        "run scripts/make-schema"
    )
    jsonschema.Draft202012Validator.check_schema(contract.json_schema())


@pytest.mark.parametrize("options", FEWEST)
def test_a_result_is_what_the_schema_says(options):
    validator().validate(contract.document(sample(), **options))


@pytest.mark.parametrize("options", FEWEST)
def test_what_is_written_is_the_document(options):
    data = written(sample(), **options)
    assert json.loads(data) == contract.document(sample(), **options)
    assert list(json.loads(data)) == list(contract.document(sample(), **options))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("derivations", "basis", "hearsay"),
        ("derivations", "evidence", [{"article_id": "a", "span": [1], "in": "text"}]),
        ("derivations", "evidence", [{"article_id": "a", "span": [1, 2]}]),
        ("stories", "n_origins", "one"),
        ("articles", "place", None),
    ],
)
def test_the_schema_refuses_what_is_no_result(table, column, value):
    found = contract.document(sample())
    found[table][0][column] = value
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(found)


def test_a_document_without_tables_says_where_they_are():
    found = contract.document(sample(), only=("stories",))
    assert found["left_out"]["where"] == "tables/*.parquet"
    del found["left_out"]
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(found)


def test_every_table_has_the_promised_columns_in_order():
    assert list(PROMISED) == list(contract.TABLE_NAMES)
    schema = contract.json_schema()
    for table, columns in PROMISED.items():
        name = schema["properties"][table]["items"]["$ref"].rpartition("/")[2]
        have = list(schema["$defs"][name]["properties"])
        assert [c for c in have if c in columns.split()] == columns.split(), table


def test_tables_stand_in_the_order_of_the_contract():
    found = list(contract.document(sample()))
    assert found == ["schema_version", "run", "summary", *PROMISED]
    assert {f.name for f in fields(Result)} == set(found), "every attribute is published"


def test_bytes_stay_out_and_spans_are_pairs():
    capture = Capture(
        capture_id="c1", path="p", media_type="text/html", sha256="0", content=b"secret"
    )
    assert "content" not in contract.plain(capture)
    evidence = Evidence(article_id="a1", span=span(2, 5), in_="title")
    assert contract.plain(evidence) == {"article_id": "a1", "span": [2, 5], "in": "title"}


def test_without_text_every_text_is_null_and_nothing_else():
    full, bare = contract.document(sample()), contract.document(sample(), no_text=True)
    texts = [row["text"] for t in ("articles", "furniture", "claims") for row in bare[t]]
    texts += [story["main_claim"] for story in bare["stories"]]
    assert texts and set(texts) == {None}
    for table in ("articles", "furniture", "claims", "stories"):
        for left, right in zip(full[table], bare[table], strict=True):
            changed = {key for key in left if left[key] != right[key]}
            # A label that is a sentence of the text is captured wording, too.
            assert changed <= {"text", "main_claim", "label"}
            assert "label" not in changed or right["label"] == "untitled"
    assert full["derivations"] == bare["derivations"]


def test_canonical_leaves_out_the_run_alone():
    full, canonical = contract.document(sample()), contract.document(sample(), canonical=True)
    assert full.pop("run")
    assert full == canonical


def test_rows_stand_in_canonical_order_whatever_order_they_came_in():
    result = sample()
    shuffled = {}
    for table in contract.TABLE_NAMES:
        rows = list(getattr(result, table))
        random.Random(5).shuffle(rows)
        shuffled[table] = tuple(rows)
    assert written(replace(result, **shuffled)) == written(result)


def test_rows_that_only_their_last_columns_tell_apart_have_an_order_too():
    notes = [
        Note(kind="correction", capture_id="c1", article_id=None, span=None, message=message)
        for message in ("a", "b", "c")
    ]
    notes += [replace(notes[0], span=span(0, 1)), replace(notes[0], article_id="a1")]
    expected = contract.in_canonical_order("notes", notes)
    assert contract.in_canonical_order("notes", notes[::-1]) == expected
    assert [n.message for n in expected[:3]] == ["a", "b", "c"]


def test_half_a_character_is_written_as_its_escape():
    summary = sample().summary
    note = Note(kind="correction", capture_id="c", article_id=None, span=None, message="a\ud800b")
    data = written(Result(summary=summary, notes=(note,)))
    assert json.loads(data.decode("utf-8"))["notes"][0]["message"] == "a\ud800b"


def test_schema_version_is_the_models():
    assert contract.document(sample())["schema_version"] == model.SCHEMA_VERSION
