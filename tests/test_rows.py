"""The columns of tables people hold, read into the fields of one article."""

from datetime import date, datetime

import pytest

from firsthand.errors import InputError
from firsthand.jsonl import parsed
from firsthand.rows import Row, canonical, fault, pairs, row_of

TEXT = "Fog closed the harbour.\r\n\r\n\tIt lifted at noon.\u2028 "


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"content": TEXT}, Row(text=TEXT)),
        ({"Text": TEXT, "Title": " Fog "}, Row(text=TEXT, title="Fog")),
        ({"text": "", "body": "Fog."}, Row(text="Fog.")),
        ({"text": "Fog.", "author": "A. Quill"}, Row(text="Fog.", author=("A. Quill",))),
        ({"text": "Fog.", "authors": ["A", "", 3]}, Row(text="Fog.", author=("A",))),
        ({"text": "Fog.", "id": 7}, Row(text="Fog.", id="7")),
        ({"text": "Fog.", "id": True}, Row(text="Fog.")),
        ({"text": "Fog.", "domain": "post.example"}, Row(text="Fog.", outlet="post.example")),
        (
            {"text": "Fog.", "source": "https://post.example/fog"},
            Row(text="Fog.", url="https://post.example/fog"),
        ),
        ({"text": "Fog.", "lang": "en"}, Row(text="Fog.", language="en")),
        ({"text": "Fog.", "date": date(2025, 3, 4)}, Row(text="Fog.", date="2025-03-04")),
        (
            {"text": "Fog.", "published_at": datetime(2025, 3, 4, 5, 6), "date": "2024-01-01"},
            Row(text="Fog.", date="2025-03-04T05:06:00"),
        ),
        ({"text": "Fog.", "published": {"at": "2025-03"}}, Row(text="Fog.", date="2025-03")),
        (
            {"text": "Fog.", "metadata": {"url": "https://post.example", "title": "Fog"}},
            Row(text="Fog.", url="https://post.example", title="Fog"),
        ),
        ({"text": "Fog.", "meta": '{"title": "Fog"}'}, Row(text="Fog.", title="Fog")),
        ({"text": "Fog.", "meta": "{" * 200}, Row(text="Fog.")),
        ({"text": ["Fog."], "html": "<p>Fog."}, Row(html="<p>Fog.")),
    ],
)
def test_usual_columns(values, expected):
    assert row_of(values) == expected


def test_the_date_of_a_crawl_is_no_date_of_publication():
    row = {
        "text": "Fog.", "id": "1", "dump": "CC-MAIN-2025-10", "date": "2025-03-04T01:02:03Z",
        "url": "https://post.example/fog", "file_path": "s3://crawl/x.warc.gz", "language": "en",
    }  # fmt: skip
    found = row_of(row)
    assert (found.date, found.fetched) == (None, "2025-03-04T01:02:03Z")
    assert row_of({**row, "published": "2025-03-01"}).date == "2025-03-01"
    assert row_of(row, [("date", "date")]).date == "2025-03-04T01:02:03Z"
    assert row_of({**row, "dump": "weekly", "file_path": "a.txt"}).date == "2025-03-04T01:02:03Z"


def test_a_map_replaces_the_usual_names_of_its_field_only():
    row = {"text": "Rain.", "article": "Fog.", "title": "F", "m": {"n": "Harbour Post"}}
    found = row_of(row, [("text", "article"), ("outlet", "m.n")])
    assert (found.text, found.title, found.outlet) == ("Fog.", "F", "Harbour Post")
    assert row_of(row, [("text", "body")]).text is None
    assert row_of(row, [("text", "body"), ("text", "article")]).text == "Fog."


@pytest.mark.parametrize("said", ["article", "=article", "text=", "words=article", ""])
def test_a_map_that_says_nothing_is_an_error_that_lists_the_fields(said):
    with pytest.raises(InputError, match="language") as caught:
        pairs([said])
    assert caught.value.slug == "map-field"


def test_a_row_written_down_reads_as_the_same_row():
    row = Row(
        text=TEXT, id="7", url="https://post.example", title="F", outlet="Harbour Post",
        author=("A. Quill", "B. Reed"), date="2025-03-04", fetched="2025-03-05", language="en",
    )  # fmt: skip
    values, code = parsed(canonical(row))
    assert code is None and row_of(values) == row


def test_half_a_character_anywhere_in_a_row_is_its_fault():
    assert (
        fault(Row(text="Fog \ud83d.")) == fault(Row(text="F", author=("\udc00",))) == "surrogates"
    )
    assert fault(Row(title="Fog")) == "no-text" and fault(Row(html=b"\xff")) is None
