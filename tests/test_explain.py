"""What an id stands for and the words behind it."""

from dataclasses import replace

import pytest

from firsthand.errors import InputError
from firsthand.explain import explain
from firsthand.model import digest
from sample_result import ATTRIBUTIONS, sample


def flat(text: str) -> str:
    return " ".join(text.split())


def test_an_article_with_what_it_rests_on() -> None:
    text = explain(sample(), "river")
    assert text.startswith("article river\n  in/003_river.txt, article 1\n  title: What it is")
    assert "[[the Northern Wire reported that]]" in flat(text)
    assert "  003 → Northern Wire → Harbour Post → an unnamed source\n" in text
    assert "shares a passage with Harbour Post (verbatim, quote)" in text


def test_a_recapture_is_named_and_its_text_not_printed_again() -> None:
    text = explain(sample(), "post-1")
    assert "captured again in 001" in text and "captured again in 002" in text
    assert "lorries" not in text


def test_every_passage_in_brackets_is_the_text_of_its_span() -> None:
    result = sample()
    text = flat(explain(result, "claim-commuters"))
    for statement in result.claims[1].statements:
        words = statement.span.of(next(
            a.text for a in result.articles if a.article_id == statement.article_id
        ))  # fmt: skip
        assert f"[[{words}]]" in text
        assert f"characters {statement.span.start}–{statement.span.end}" in text


@pytest.mark.parametrize(
    ("wanted", "opening"),
    [
        ("story-ferry", "story story-ferry"),
        ("claim-levy", "claim claim-levy"),
        ("s-wire", "source s-wire"),
        (ATTRIBUTIONS[0].attribution_id, "attribution "),
        (digest("capture", "river"), "capture "),
        ("river..s-wire", "derivation river..s-wire"),
    ],
)
def test_every_kind_of_id(wanted: str, opening: str) -> None:
    assert explain(sample(), wanted).startswith(opening)


def test_a_beginning_is_enough_if_it_is_the_only_one() -> None:
    assert explain(sample(), "claim-co").startswith("claim claim-commuters")
    with pytest.raises(InputError, match="several ids begin so") as error:
        explain(sample(), "claim-")
    assert error.value.slug == "unknown-id"


def test_a_whole_id_wins_over_longer_ones_that_begin_with_it() -> None:
    result = sample()
    longer = replace(result.claims[0], claim_id="claim-levy-2")
    text = explain(replace(result, claims=(*result.claims, longer)), "claim-levy")
    assert text.startswith("claim claim-levy\n")


def test_a_file_name_gives_its_articles() -> None:
    assert explain(sample(), "003_river.txt").startswith("article river\n")
    assert explain(sample(), "003").startswith("article river\n")
    assert explain(sample(), "in/003_river.txt").startswith("article river\n")


@pytest.mark.parametrize("wanted", ["nothing", "", "river..nobody", "00"])
def test_an_unknown_id_says_what_kinds_there_are(wanted: str) -> None:
    with pytest.raises(InputError, match="article, story, claim, attribution, source") as error:
        explain(sample(), wanted)
    assert error.value.slug == "unknown-id"


def test_captured_text_is_shown_safely() -> None:
    text = explain(sample(), "barge")
    assert "\x1b" not in text and "\u202e" not in text
    assert "⟨U+001B⟩[2J" in text


def test_without_text_the_place_is_still_given() -> None:
    text = explain(sample(keep_text=False), "river")
    assert "characters 59–90" in text
    assert "(the words were not kept)" in text
    assert "[[" not in text
