"""Attribution rules against cases in our own wording; a case marked ``fail`` is a known failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firsthand.attribution import attribute
from firsthand.model import Article, Attribution
from firsthand.sources import resolve

CASES = json.loads((Path(__file__).parent / "cases" / "attribution.json").read_text("utf-8"))
SPANS = ("cue", "source", "content", "addressee")


def article(text: str, outlet: str | None = None) -> Article:
    return Article(
        article_id="a",
        capture_id="c",
        place=0,
        text_id="t",
        path="p",
        text=text,
        outlet=outlet,
        language="en",
    )


def read(text: str, outlet: str | None = None) -> list[Attribution]:
    one = article(text, outlet)
    found = resolve(list(attribute(one)), [one])
    return [a for a in found if isinstance(a, Attribution)]


def plain(a: Attribution, text: str, name: str) -> object:
    value = getattr(a, name)
    return value.of(text) if name in SPANS and value is not None else value


def case_id(case: dict) -> str:
    return case["label"]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_cases(case: dict, request: pytest.FixtureRequest) -> None:
    if case["expect"] == "fail":
        request.applymarker(pytest.mark.xfail(strict=True, reason="known failure"))
    found = read(case["text"], case.get("outlet"))
    for wanted in case["expected"]:
        shown = [{k: plain(a, case["text"], k) for k in wanted} for a in found]
        assert wanted in shown, [(a.rule, a.source_name, a.addressee_name) for a in found]
    if not case["expected"]:
        newsrooms = [a for a in found if a.source_kind in ("outlet", "agency") or a.addressee_id]
        assert not newsrooms


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_spans_lie_in_the_text_and_hold_words(case: dict) -> None:
    text = case["text"]
    for a in read(text, case.get("outlet")):
        for where in [getattr(a, name) for name in SPANS] + list(a.content_pieces):
            if where is not None and a.in_ == "text":
                assert 0 <= where.start < where.end <= len(text)
                assert where.of(text).strip()


def test_other_languages_give_credits_only() -> None:
    text = "PORT ELLIS (Reuters) - Der Hafen bleibt zu, sagte der Bürgermeister der Harbour Post."
    one = Article(
        article_id="a",
        capture_id="c",
        place=0,
        text_id="t",
        path="p",
        text=text,
        language="de",
    )
    assert {a.kind for a in attribute(one)} == {"dateline"}


@pytest.mark.parametrize(
    "text", ["", "\n\n", "“", "said", "told", "according to", '"' * 500, "A " * 2000, "ß" * 300]
)
def test_odd_texts_are_read_without_complaint(text: str) -> None:
    for a in read(text):
        assert a.cue is None or a.cue.end <= len(text)


def test_ten_thousand_quotations_take_no_longer_than_they_should() -> None:
    text = '"Yes," Otto Vale said. ' * 2000
    assert len(read(text)) == 2000


def test_ids_repeat() -> None:
    text = "A clerk told Reuters it was so. A clerk told Reuters it was so."
    ids = [a.attribution_id for a in read(text)]
    assert ids == [a.attribution_id for a in read(text)]
    assert len(set(ids)) == len(ids)
