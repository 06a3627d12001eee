"""Time expressions: what is found, what day it means, what contradicts itself."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.dates import apart, contradicts, expressions, later, resolve
from firsthand.model import When

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
    found = expressions(case["text"])
    wanted = case["expected"]
    if wanted["words"] is None:
        assert found == []
        return
    [e] = [e for e in found if e.span.of(case["text"]) == wanted["words"]]
    value = resolve(e, published(case["published"])) or When()
    assert (value.at, value.not_before, value.not_after) == (
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
