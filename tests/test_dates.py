"""Time expressions: what is found, what day it means, what contradicts itself."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand import timewords
from firsthand.datable import bounds, narrowed
from firsthand.dates import apart, contradicts, expressions, later, resolve, values
from firsthand.model import When, span

CASES = json.loads((Path(__file__).parent / "cases/dates.json").read_text("utf-8"))


def marked(cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(c, id=c["label"], marks=[pytest.mark.xfail] if c["expect"] == "fail" else [])
        for c in cases
    ]


def published(value: str | list[str] | None) -> When | None:
    if isinstance(value, list):
        return When(not_before=value[0], not_after=value[1], precision="day")
    return When(at=value, precision="day") if value else None


@pytest.mark.parametrize("case", marked(CASES))
def test_cases(case: dict[str, Any]) -> None:
    text, wanted = case["text"], case["expected"]
    found = values(text, published(case["published"]))
    if wanted["words"] is None:
        assert found == []
        return
    start = text.index(wanted["words"])
    place = span(start, start + len(wanted["words"]))
    when = next((d.when for d in found if d.expression.span.overlaps(place)), None) or When()
    assert (when.at, when.not_before, when.not_after) == (
        wanted["at"],
        wanted["not_before"],
        wanted["not_after"],
    )


def test_labels_are_distinct() -> None:
    assert len({c["label"] for c in CASES}) == len(CASES)


def test_value_says_it_is_from_the_text() -> None:
    value = resolve(expressions("on June 4, 1998")[0], None)
    assert value is not None
    assert (value.precision, value.basis) == ("day", "text")


@pytest.mark.parametrize(
    ("text", "day", "reason"),
    [
        ("on Friday, September 3, 2021", None, None),
        ("on Thursday, September 3, 2021", None, "weekday"),
        ("on Thursday, September 3", None, None),
        ("on Thursday, September 3", "2021-09-05", "weekday"),
        ("on Thursday, September 3", "2021-03-01", None),
        ("on Monday [June 31]", "2021-07-02", "no such day"),
        ("on Friday [September 3, 2021]", None, None),
        ("on Thursday [September 3, 2021]", None, "weekday"),
        ("on September 31, 2021", None, "no such day"),
        ("on Friday", "2021-09-05", None),
    ],
)
def test_contradictions(text: str, day: str | None, reason: str | None) -> None:
    [e] = expressions(text)
    assert contradicts(e, published(day)) == reason


def test_times_known_less_closely_are_not_apart() -> None:
    assert not apart(When(at="2021"), When(at="2021-09-03"))
    assert not apart(When(not_before="2021-09-01", not_after="2021-09-07"), When(at="2021-09-07"))
    assert apart(When(not_before="2021-09-01", not_after="2021-09-07"), When(at="2021-09-08"))
    assert not apart(When(not_before="2021-09-01"), When(at="2021-09-08"))
    assert not later(When(at="2021-09-08"), None)


@given(st.text(alphabet="ab 0123456789,.-[]()MarchFridySept/\n", max_size=80))
def test_spans_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    found = expressions(text)
    for e in found:
        assert 0 <= e.span.start < e.span.end <= len(text)
    for a, b in pairwise(found):
        assert a.span.end <= b.span.start


@given(
    st.sampled_from([c["text"] for c in CASES]),
    st.dates().map(lambda d: When(at=d.isoformat(), precision="day")),
)
def test_any_publication_date_gives_a_value_or_none(text: str, day: When) -> None:
    for e in expressions(text):
        value = resolve(e, day)
        assert value is None or value.at or value.not_before or value.not_after


@given(
    st.lists(st.sampled_from([c["text"] for c in CASES]), min_size=1, max_size=4),
    st.sampled_from(["2021-03-10", "0001-01-01", "9999-12-31", "2020-02-29"]),
)
def test_values_of_any_text_lie_in_the_calendar(texts: list[str], day: str) -> None:
    for d in values(" ".join(texts), When(at=day, precision="day")):
        assert 0 <= d.strength <= 1
        assert (d.strength > 0) == (d.when is not None)
        if d.when and d.when.not_before and d.when.not_after:
            assert d.when.not_before <= d.when.not_after


def test_rules_passed_over_for_want_of_a_word_would_have_found_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [c["text"] for c in CASES]
    quick = [expressions(text) for text in texts]
    slow = tuple((kind, rule, ()) for kind, rule, _ in timewords.rules())
    monkeypatch.setattr(timewords, "rules", lambda: slow)
    monkeypatch.setattr(timewords, "TRIGGER", re.compile(""))
    assert [expressions(text) for text in texts] == quick


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "1 " * 50_000,
        "1" + " " * 100_000,
        "Friday [" * 12_000,
        "two days before " * 6_000,
    ],
    ids=["letters", "digits", "blanks", "brackets", "counts"],
)
def test_texts_of_any_shape_come_back(text: str) -> None:
    for d in values(text, When(at="2021-03-10", precision="day")):
        assert d.expression.span.end <= len(text)


def test_strength_falls_from_full_dates_to_those_counted_from_others() -> None:
    text = "It sank on 2 May 2019. On Friday divers went down. Two days later they came up."
    full, weekday, counted = values(text, When(at="2021-03-10", precision="day"))
    assert full.strength > weekday.strength > counted.strength


def test_ten_thousand_times_in_one_text() -> None:
    text = "It sank on 2 May 2019. " * 10_000
    assert len(values(text)) == 10_000


@pytest.mark.parametrize(
    ("text", "captured", "first", "last"),
    [
        ("The dam broke on 3 May 2021.", "2022-02-01T10:00:00Z", "2021-05-03", "2022-02-01"),
        ("The dam broke on 3 May 2021.", None, "2021-05-03", None),
        ("The dam will be rebuilt by 3 May 2021.", None, None, None),
        ("The dam broke on 3 May 2021.", "2020-02-01", None, "2020-02-01"),
        ("She spoke on Friday (March 5).", "2022-02-01", "2021-03-05", "2022-02-01"),
        ("She spoke on Friday, March 5.", None, None, None),
        ("She will speak on Friday, March 5.", "2022-02-01", None, "2022-02-01"),
        ("Nothing here.", None, None, None),
    ],
)
def test_bounds_of_an_undated_text(
    text: str, captured: str | None, first: str | None, last: str | None
) -> None:
    found = bounds(text, captured) or When()
    assert (found.not_before, found.not_after) == (first, last)
    assert found.at is None


def test_bounds_are_only_drawn_closer() -> None:
    text = "The dam broke on 3 May 2021."
    day = When(at="2021-06-01", precision="day")
    assert narrowed(day, text) == day
    before = When(not_after="2021-06-01", precision="day", basis="neighbour")
    assert narrowed(before, text) == When(
        not_before="2021-05-03", not_after="2021-06-01", precision="day", basis="neighbour"
    )
    contradicted = When(not_after="2021-01-01", precision="day", basis="neighbour")
    assert narrowed(contradicted, text) == contradicted
