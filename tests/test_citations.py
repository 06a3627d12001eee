"""Cited words looked up in the cited article."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.citations import check, longest_run
from firsthand.model import Article, Attribution, Citation, span

CASES = json.loads((Path(__file__).parent / "cases/citations.json").read_text("utf-8"))


def article(key: str, text: str, **given: Any) -> Article:
    return Article(
        article_id=key,
        capture_id=f"c-{key}",
        place=0,
        text_id=f"t-{key}",
        path=f"{key}.txt",
        text=text,
        story_id="s",
        **{"language": "en", **given},
    )


def cites(text: str, content: str, **given: Any) -> Attribution:
    at = text.index(content)
    whole = span(at, at + len(content))
    return Attribution(
        article_id="b",
        kind="statement",
        content=whole,
        strength=0.9,
        rule="by hand",
        story_id="s",
        **{"attribution_id": "x", "source_id": "o-a", "content_pieces": (whole,), **given},
    )


def citations(cited: str, text: str, content: str, **given: Any) -> list[Citation]:
    articles = [article("a", cited, outlet_id="o-a"), article("b", text, outlet_id="o-b")]
    return list(check(articles, [cites(text, content, **given)]))


def marked(cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(c, id=c["label"], marks=[pytest.mark.xfail] if c["expect"] == "fail" else [])
        for c in cases
    ]


@pytest.mark.parametrize("case", marked(CASES))
def test_cases(case: dict[str, Any]) -> None:
    [c] = citations(case["cited"], case["text"], case["content"])
    assert c.verdict == case["expected"]
    assert (c.found is None) == (c.verdict == "not found")
    assert (c.cited_article_id, c.compared_with.article_id) == ("a", "a")


CITED = CASES[0]["cited"]
SAID = "Harbour workers in Port Low will stop work on Monday over plans to sell the eastern quay"


def test_found_is_the_words_themselves() -> None:
    [c] = citations(CITED, f"{SAID}, the paper said.", SAID)
    assert c.found is not None
    assert c.found.span.of(CITED) == SAID


def test_the_listener_is_looked_up_like_the_source() -> None:
    given = {"source_id": "p-union", "source_kind": "organisation", "addressee_id": "o-a"}
    [c] = citations(CITED, f"{SAID}, the union told the paper.", SAID, **given)
    assert c.verdict == "verbatim"


@pytest.mark.parametrize(
    "given", [{"self_reference": True}, {"source_id": "o-c"}, {"kind": "credit"}, {"in_": "title"}]
)
def test_what_is_no_citation_is_passed_over(given: dict[str, Any]) -> None:
    whole = cites(SAID, SAID)
    changed = {f: getattr(whole, f) for f in Attribution.__dataclass_fields__} | given
    articles = [article("a", CITED, outlet_id="o-a"), article("b", SAID)]
    assert list(check(articles, [Attribution(**changed)])) == []


def test_the_outlets_own_article_does_not_cite_itself() -> None:
    articles = [article("b", SAID, outlet_id="o-a")]
    assert list(check(articles, [cites(SAID, SAID)])) == []


def test_two_attributions_of_one_content_are_one_citation() -> None:
    text = f"Citing a clerk, the paper said {SAID}."
    both = [
        cites(text, SAID, attribution_id="1", source_id="p-clerk", addressee_id="o-a"),
        cites(text, SAID, attribution_id="2", source_kind="outlet"),
    ]
    articles = [article("a", CITED, outlet_id="o-a"), article("b", text)]
    assert [c.attribution_id for c in check(articles, both)] == ["2"]


def test_of_several_articles_of_the_outlet_the_best_counts_and_no_recapture() -> None:
    articles = [
        article("a1", "The regatta was won by a crew of nine from Marl.", outlet_id="o-a"),
        article("a2", CITED, outlet_id="o-a"),
        article("a0", CITED, outlet_id="o-a", copy_of="a2"),
        article("b", SAID),
    ]
    [c] = check(articles, [cites(SAID, SAID)])
    assert (c.cited_article_id, c.verdict) == ("a2", "verbatim")


@pytest.mark.parametrize("given", [{"language": "de"}, {"not_read": "paywall"}, {"text": ""}])
def test_what_cannot_be_read_is_not_comparable(given: dict[str, Any]) -> None:
    cited = article("a", **{"text": CITED, "outlet_id": "o-a", **given})
    [c] = check([cited, article("b", SAID)], [cites(SAID, SAID)])
    assert (c.verdict, c.found) == ("not comparable", None)


def test_a_content_that_goes_round_its_cue_is_not_missed() -> None:
    text = "The old ferry, first reported by the paper, brought nine hundred goats to the fair."
    at = text.index("first reported")
    assert [c.verdict for c in citations(CITED, text, text)] == ["not found"]
    assert citations(CITED, text, text, cue=span(at, at + len("first reported"))) == []


def test_a_content_too_vague_to_be_missed_gives_nothing() -> None:
    assert citations(CITED, "So it goes, the paper said.", "So it goes") == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='“”"ab .\n[]…', max_size=60), st.text(alphabet='“”"ab .\n', max_size=60))
def test_any_text_gives_a_verdict_whose_span_lies_in_the_cited_text(
    cited: str, content: str
) -> None:
    for c in citations(cited, content, content):
        assert c.found is None or 0 <= c.found.span.start < c.found.span.end <= len(cited)


def longest_run_slow(ours: list[str], theirs: list[str]) -> int:
    runs = [ours[i:j] for i in range(len(ours)) for j in range(i + 1, len(ours) + 1)]
    return max(
        (len(r) for r in runs if any(theirs[k : k + len(r)] == r for k in range(len(theirs)))),
        default=0,
    )


LETTERS = st.lists(st.sampled_from("abc"), max_size=8)


@given(LETTERS, LETTERS)
def test_longest_run_agrees_with_its_slow_twin(ours: list[str], theirs: list[str]) -> None:
    assert longest_run(ours, theirs) == longest_run_slow(ours, theirs)
