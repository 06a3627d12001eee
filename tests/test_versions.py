"""Captures of one article that differ, and addresses that hold another text."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import firsthand
from firsthand.model import Article, Note, digest
from firsthand.report import render
from firsthand.text import folded_words
from firsthand.versions import at_one_address, changes, compare

FERRY = """The ferry Marigold ran aground off Eddis on Monday and two people were hurt, the \
harbour master, Ada Quill, told the Harbour Post.

The crew put out an anchor, and a tug from Lower Quay brought the passengers ashore before noon. \
Nobody had to be taken to the hospital at Marl, where three wards had been kept free.

The company that owns the Marigold did not answer calls. It bought the ship in 2009 and had it \
refitted twice, and the council paid for the second of these, according to its minutes.
"""
LATER = FERRY.replace("two people", "five people").replace(" before noon", "")


def article(name: str, text: str, **more: Any) -> Article:
    return Article(
        article_id=name,
        capture_id=f"c-{name}",
        place=0,
        text_id=digest(text),
        path=f"{name}.txt",
        text=text,
        **more,
    )


def told(*articles: Article) -> list[tuple[str, str, str]]:
    by_id = {a.article_id: a.text for a in articles}
    return [
        (n.article_id or "", n.span.of(by_id[n.article_id or ""]) if n.span else "", n.message)
        for n in compare(list(articles))
    ]


def test_what_differs_is_shown_with_the_words_of_both_and_in_order_of_capture() -> None:
    head = article("a", FERRY, captured_at="2024-03-02T10:00:00Z")
    late = article("b", LATER, captured_at="2024-03-04T09:00:00Z", copy_of="a")
    words = "Captured 2024-03-02 it had “"
    assert told(head, late) == [
        ("b", "five", f"One of 2 differences. {words}two”, captured 2024-03-04 “five”."),
        ("a", "before noon", f"One of 2 differences. {words}before noon”; captured 2024-03-04 "
         "these words are gone."),
    ]  # fmt: skip


def test_no_order_is_claimed_where_a_capture_does_not_say_when() -> None:
    head = article("a", FERRY, captured_at="2024-03-02")
    other = article("b", FERRY.replace("two people", "five people"), copy_of="a")
    ((name, words, message),) = told(head, other)
    assert (name, words) == ("b", "five")
    assert message == (
        "Another capture has “two” where this one has “five”. Which of the two captures is later "
        "is not known."
    )


def test_times_of_one_day_are_told_apart_and_a_zone_on_one_side_orders_nothing() -> None:
    other = article("b", FERRY.replace("two people", "five people"), copy_of="a")
    for one, two, known in (
        ("2024-03-02T10:00:00Z", "2024-03-02T11:30:00Z", True),
        ("2024-03-02T10:00:00", "2024-03-02T11:30:00Z", False),
        ("2024-03-02T10:00:00Z", "2024-03-02T10:00:00Z", False),
        ("2024-03-02T10:00:00Z", "soon", False),
    ):
        head, late = article("a", FERRY, captured_at=one), replace(other, captured_at=two)
        ((_, _, message),) = told(head, late)
        assert message.startswith("Captured 2024-03-02 10:00 ") is known
        assert ("is not known" in message) is not known


def test_the_later_one_may_be_the_one_that_stands_for_both() -> None:
    head = article("a", LATER, captured_at="2024-03-04")
    early = article("b", FERRY, captured_at="2024-03-02", copy_of="a")
    assert [(name, words) for name, words, _ in told(head, early)] == [
        ("a", "five"),
        ("b", "before noon"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        FERRY.replace("\n\n", "\n").replace(" ", "  "),
        FERRY.replace("harbour master", "Harbour Master"),
        FERRY.replace(",", ""),
    ],
)
def test_marks_breaks_and_capitals_are_no_change(text: str) -> None:
    assert told(article("a", FERRY), article("b", text, copy_of="a")) == []


def test_of_many_changes_numbers_come_first_and_the_rest_is_counted() -> None:
    text = FERRY
    for old, new in (
        ("Monday", "Tuesday"), ("anchor", "rope"), ("noon", "dusk"), ("wards", "rooms"),
        ("2009", "2011"),
    ):  # fmt: skip
        text = text.replace(old, new)
    found = told(article("a", FERRY), article("b", text, copy_of="a"))
    assert [words for _, words, _ in found] == ["2011", "Tuesday", "rope"]
    assert all(message.startswith("One of 5 differences. ") for _, _, message in found)


def test_many_versions_are_compared_each_with_the_one_before_and_no_more_than_three() -> None:
    texts = [FERRY.replace("two people", f"{n} people") for n in range(10, 18)]
    days = [f"2024-03-{n}" for n in range(10, 18)]
    captures = [
        article(f"{i}", text, captured_at=day, copy_of=None if i == 0 else "0")
        for i, (text, day) in enumerate(zip(texts, days, strict=True))
    ]
    assert [words for _, words, _ in told(*captures)] == ["11", "12", "13"]
    again = [replace(a, article_id=f"x{a.article_id}", copy_of="0") for a in captures]
    assert told(*captures, *again) == told(*captures)


def test_captures_that_say_when_are_put_in_order_beside_one_that_does_not() -> None:
    head = article("a", FERRY.replace("noon", "three in the morning"))
    early = article("b", FERRY, captured_at="2024-03-02", copy_of="a")
    late = article("c", LATER, captured_at="2024-03-04", copy_of="a")
    messages = [message for _, _, message in told(head, early, late)]
    assert ["is not known" in message for message in messages] == [False, False, True]
    assert "“noon”" in messages[2]


def test_two_articles_are_not_compared() -> None:
    assert told(article("a", FERRY), article("b", LATER)) == []


def test_a_long_text_without_sentences_is_one_change() -> None:
    left, right = "ha " * 3000, "ho " * 3000
    (change,) = changes(left, right)
    assert (change.left.of(left), change.right.of(right)) == (left.strip(), right.strip())


WORDS = st.lists(st.sampled_from(["fog", "rain", "Quay.", "boats", "“Hm”,"]), max_size=25)


@given(WORDS, WORDS)
def test_putting_the_changes_in_makes_the_other_text(left: list[str], right: list[str]) -> None:
    a, b = " ".join(left), " ".join(right)
    made, at = "", 0
    for change in changes(a, b):
        made += f"{a[at : change.left.start]} {change.right.of(b)} "
        at = change.left.end
    assert folded_words(made + a[at:]) == folded_words(b)


# One address


def notes(url: str | None, *more: dict[str, Any]) -> list[Note]:
    rows = enumerate(more)
    return list(at_one_address([article(f"{i}", f"Fog {i}.", url=url, **m) for i, m in rows]))


AT = "https://harbour-post.example/2024/ferry-aground"


def test_an_address_with_another_text_is_a_note_on_each() -> None:
    found = notes(AT, {"captured_at": "2024-03-02T10:00:00Z"}, {})
    assert [(n.kind, n.article_id, n.span) for n in found] == [
        ("same address, different text", "0", None),
        ("same address, different text", "1", None),
    ]
    assert [n.message for n in found] == [
        "Another capture of the same address holds a different text.",
        "Another capture of the same address (2024-03-02) holds a different text.",
    ]


@pytest.mark.parametrize(
    ("url", "more"),
    [
        (AT, [{}, {"copy_of": "0"}]),
        (AT, [{}, {"not_read": "consent"}]),
        (AT, [{}, {"not_read": "truncated"}]),
        (AT, [{"capture_id": "c"}, {"capture_id": "c"}]),
        (AT, [{}, {"text_id": digest("Fog 0.")}]),
        (AT, [{}] * 21),
        ("https://harbour-post.example/", [{}, {}]),
        ("https://harbour-post.example/news/local/", [{}, {}]),
    ],
)
def test_an_address_is_silent(url: str, more: list[dict[str, Any]]) -> None:
    rows = [{**m, "capture_id": m.get("capture_id", f"c-{i}")} for i, m in enumerate(more)]
    articles = [replace(article(f"{i}", f"Fog {i}.", url=url), **r) for i, r in enumerate(rows)]
    assert list(at_one_address(articles)) == []


# The whole way


def test_a_run_shows_versions_in_its_notes_and_on_the_page(tmp_path: Any) -> None:
    deal = random.Random(1)
    other = " ".join("".join(deal.choices("aeioustr", k=6)) for _ in range(90))
    rows = [
        {"id": "a", "text": FERRY, "url": AT, "fetched_at": "2024-03-02T10:00:00Z"},
        {"id": "b", "text": LATER, "url": AT, "fetched_at": "2024-03-04T10:00:00Z"},
        {"id": "c", "text": other, "url": AT, "fetched_at": "2024-03-05T10:00:00Z"},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = firsthand.trace(file)
    copies = {a.given_id: a.copy_of for a in result.articles}
    assert copies["a"] is None and copies["c"] is None and copies["b"] is not None
    kinds = sorted(note.kind for note in result.notes)
    assert kinds == ["edited later"] * 2 + ["same address, different text"] * 2
    page = render(result)
    assert "one article in 2 versions" in page
    assert "captures of one article differ" in page.lower()
