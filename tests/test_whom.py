"""Pronouns, surnames, "the newspaper": whom they mean, and where they must mean nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firsthand.attribution import attribute
from firsthand.model import Article

CASES = json.loads((Path(__file__).parent / "cases" / "mentions.json").read_text("utf-8"))


def meant(case: dict) -> list[tuple[str | None, str | None]]:
    """Return name and id of whom the words mean, for every attribution that has them."""
    text = case["text"]
    one = Article(
        article_id="a",
        capture_id="c",
        place=0,
        text_id="t",
        path="p",
        text=text,
        outlet=case.get("outlet"),
        language="en",
    )
    found = []
    for a in attribute(one):
        if a.source and a.source.of(text) == case["who"]:
            found.append((a.source_name, a.source_id))
        if a.addressee and a.addressee.of(text) == case["who"]:
            found.append((a.addressee_name, a.addressee_id))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_whom_the_words_mean(case: dict, request: pytest.FixtureRequest) -> None:
    if case["expect"] == "fail":
        request.applymarker(pytest.mark.xfail(strict=True, reason="known failure"))
    found = meant(case)
    assert found, "the words are no source"
    if case["means"] is None:
        assert all(i is None and name in (None, case["who"]) for name, i in found), found
    else:
        assert case["means"] in {name for name, _ in found}, found
