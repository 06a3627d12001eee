"""Attribution rules against cases in our own wording; a case marked ``fail`` is a known failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firsthand import tagger
from firsthand.attribution import attribute
from firsthand.clues import MOST_READINGS, Columns, around
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


def test_what_is_only_tagged_is_listed_and_weak() -> None:
    found = read(
        "The council argues the toll is lawful.\nRain.\n“We shall not open it this summer.”"
    )
    by_rule = {a.rule: a for a in found}
    assert by_rule["tagged"].source_name == "council"
    assert by_rule["quoted"].source_id is None and by_rule["quoted"].cue is None
    assert all(a.listed_only and a.strength <= 0.5 for a in found)


def test_what_is_listed_does_not_change_whom_a_rule_means() -> None:
    text = "Otto Vale said it was so. Ana Bruhl applauded the plan as wise. He said it would stay."
    meant = [a.source_name for a in read(text) if a.rule == "say"]
    assert meant == ["Otto Vale", "Otto Vale"]


@pytest.mark.parametrize(
    "line",
    [
        "The pier in the night. (Photo by Ana Bruhl/Reuters)",
        "Photograph: Otto Vale/AP",
        "Image: Reuters",
        "A crane on the pier. Otto Vale / Harbour Post via Getty Images",
        "File photo: the crane at Ostrey. Picture: Reuters",
    ],
)
def test_photograph_credits_are_no_attributions(line: str) -> None:
    found = read(f"The pier was shut on Monday. The crane had fallen.\n{line}\nIt opened in May.")
    assert not [a for a in found if a.source_kind in ("outlet", "agency") or a.addressee_id]


def test_hardly_any_text_that_is_none_of_prose_is_read() -> None:
    shouted = "THE MAYOR TOLD REUTERS THAT THE BRIDGE WAS SHUT."
    whispered = "the mayor said that the bridge was shut. he said so twice."
    for text in (shouted, whispered, "Tide tables. Monday 4:12, 16:40. Tuesday 5:02, 17:31."):
        for a in read(text):
            spans = [s for s in (a.cue, a.source, a.addressee, *a.content_pieces) if s]
            assert all(s.of(text).strip() for s in spans)
    assert any(a.cue.of(whispered) == "said" for a in read(whispered) if a.cue)


def test_a_text_full_of_cues_is_read_no_more_than_a_few_times() -> None:
    columns = Columns("She said he said it said no, " * 300, tagger._weights().words)
    first, behind, _ = tagger.cues_of(columns, tagger._weights())
    begin, end = around(columns, first, behind)
    assert len(first) > 100
    assert int((end - begin).sum()) <= 2 * MOST_READINGS * columns.n
