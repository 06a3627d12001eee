"""Passages told again in other words: what is one, what is not, and what it must not do."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand import paraphrase, pipeline, provenance
from firsthand.model import Article, Reuse, digest, span
from firsthand.paraphrase import ANY_PAIR, ONE_STORY, Aligned, retold
from firsthand.stage import records_of, table_of

FERRY = (
    "The harbour council voted on Tuesday to close the lower quay ferry before the winter, after "
    "engineers had found cracks in its hull that could not be mended in time."
)
RETOLD = (
    "After engineers had found cracks in the hull of the lower quay ferry that could not be mended "
    "in time, the harbour council voted to close it before the winter."
)
OTHER = (
    "A baker in the upper town has sold bread from a boat for nine years and wants to go on doing "
    "so, whatever the weather on the river and the price of flour may do to her trade."
)
RULES = [ANY_PAIR, ONE_STORY]


def article(name: str, text: str, **more: object) -> Article:
    made = Article(
        article_id=digest(name), capture_id=name, place=0, text_id=digest(text), path="p",
        text=text, story_id="s",
    )  # fmt: skip
    return replace(made, **more)


def told_by_stage(*articles: Article, reuse: tuple[Reuse, ...] = ()) -> list[Reuse]:
    given = table_of(Article, articles), table_of(Reuse, reuse)
    return records_of(Reuse, paraphrase.retell(*given))


@pytest.mark.parametrize("rules", RULES)
def test_a_sentence_in_another_order_is_found(rules):
    left, right = f"{OTHER} {FERRY}", f"{RETOLD}\n\nNobody was asked about any of this."
    (found,) = retold(left, right, rules=rules)
    assert found.left.of(left) == FERRY
    assert found.right.of(right) == RETOLD
    assert 0 < found.likeness <= 1


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(
    "other",
    [
        OTHER,
        # The same names and the same place, another event.
        "The harbour council praised engineers on Tuesday for a winter without a single accident.",
        "",
        "Ferry.",
    ],
)
def test_another_statement_is_none(rules, other):
    assert retold(FERRY, other, rules=rules) == []
    assert retold(other, FERRY, rules=rules) == []


def test_figures_that_differ_make_two_statements_in_one_story():
    first = (
        "Firemen carried 14 people out of the burning mill above Ostrey before dawn, and "
        "neighbours took them in for the night."
    )
    second = (
        "Neighbours took in 23 people for the night whom firemen carried out of the burning mill "
        "above Ostrey before dawn."
    )
    assert retold(first, second, rules=ONE_STORY) == []
    assert retold(first, second.replace("23", "14"), rules=ONE_STORY)


def test_a_list_of_the_same_names_is_none_in_one_story():
    first = "Ada Quill finished third, then Bo Marl, Ida Venn, Otto Lund, Edda Rook and Una Sorrel."
    second = "Third was Ada Quill, behind her Otto Lund, Edda Rook, Una Sorrel, Ida Venn, Bo Marl."
    assert retold(first, second, rules=ONE_STORY) == []


def test_what_equal_words_have_found_is_not_found_again():
    whole = Aligned(left=span(0, len(FERRY)), right=span(0, len(FERRY)), similarity=1.0)
    for rules in RULES:
        assert retold(FERRY, FERRY, [whole], rules) == []
        assert retold(FERRY, FERRY, rules=rules)


def test_a_passage_of_equal_words_that_crosses_the_border_is_taken_in_between_chosen_texts():
    left, right = f"{OTHER} {FERRY}", f"Fog held all the boats and hurt her trade. {RETOLD}"
    at = left.index("her trade"), right.index("her trade")
    edited = Aligned(left=span(at[0], at[0] + 30), right=span(at[1], at[1] + 30), similarity=0.6)
    (joined,) = [r for r in retold(left, right, [edited]) if r.left.overlaps(edited.left)]
    assert joined.left.holds(edited.left) and joined.right.holds(edited.right)
    found = retold(left, right, [edited], ONE_STORY)
    assert FERRY in {r.left.of(left) for r in found}


WORDS = st.sampled_from("ferry quay hull winter baker boat flour mill dawn fog crane tide".split())
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=9), max_size=7).map(
    lambda rows: " ".join(" ".join(row).capitalize() + "." for row in rows)
)


@given(TEXTS, TEXTS, st.sampled_from(RULES))
def test_passages_lie_in_their_texts_and_sides_can_be_changed(left, right, rules):
    rules = replace(rules, shortest_chars=1, fewest_terms=2, fewest_whole_terms=2)
    found = retold(left, right, rules=rules)
    for row in found:
        assert 0 <= row.left.start < row.left.end <= len(left)
        assert 0 <= row.right.start < row.right.end <= len(right)
    assert found == retold(left, right, rules=rules)


@given(TEXTS, TEXTS)
def test_sentences_are_matched_as_by_looking_at_all_pairs(left, right):
    rules = replace(ANY_PAIR, fewest_terms=2)
    sides = paraphrase._sides(left, right)
    assert paraphrase._seeds(*sides, rules) == seeds_slow(*sides, rules)


def seeds_slow(left, right, rules):
    """Return what `_seeds` does, by every sentence against every other."""
    alike = {}
    for i, j in product(range(len(left.terms)), range(len(right.terms))):
        ours, theirs = left.terms[i], right.terms[j]
        n = len(ours.keys() & theirs.keys())
        if n < rules.fewest_terms or 2000 * n < rules.least_shared * (len(ours) + len(theirs)):
            continue
        value = paraphrase._cosine(ours, theirs, paraphrase._norm(ours), paraphrase._norm(theirs))
        if value >= rules.least_likeness:
            alike[i, j] = value
    best_left = {i: max(v for (a, _), v in alike.items() if a == i) for i, _ in alike}
    best_right = {j: max(v for (_, b), v in alike.items() if b == j) for _, j in alike}
    near = paraphrase.NEAR_BEST
    return sorted(
        (i, j)
        for (i, j), value in alike.items()
        if 1000 * value >= near * best_left[i] and 1000 * value >= near * best_right[j]
    )


# The stage


def test_the_stage_adds_rows_within_a_story_only():
    ferry, again = article("a", FERRY), article("b", RETOLD)
    elsewhere = article("c", RETOLD, story_id="t")
    (row,) = told_by_stage(ferry, again, elsewhere)
    assert {row.left_id, row.right_id} == {ferry.article_id, again.article_id}
    assert row.left_id < row.right_id
    assert (row.form, row.meaning, row.story_id) == ("paraphrased", "copy", "s")
    assert row.strength < 0.6


@pytest.mark.parametrize(
    "more", [{"copy_of": digest("a")}, {"not_read": "paywall"}, {"language": "es"}]
)
def test_recaptures_and_what_was_not_read_are_left_out(more):
    assert told_by_stage(article("a", FERRY), article("b", RETOLD, **more)) == []


def test_rows_that_were_there_stay_those_of_no_story_too():
    rows = tuple(
        Reuse(
            left_id="x", left=span(0, 9), right_id="y", right=span(0, 9), form="verbatim",
            meaning="copy", similarity=1.0, strength=0.9, rule="prose", story_id=story_id,
        )
        for story_id in (None, "s")
    )  # fmt: skip
    found = told_by_stage(article("a", FERRY), article("b", RETOLD), reuse=rows)
    assert tuple(found[:2]) == rows and len(found) == 3


def test_words_somebody_said_are_no_copy():
    said = f"Ada Quill, the mayor, said: “{FERRY}”"
    retold_by = f"The mayor said that {RETOLD[0].lower()}{RETOLD[1:]}"
    assert {row.meaning for row in told_by_stage(article("a", said), article("b", retold_by))} <= {
        "quote"
    }


def test_a_retelling_draws_no_derivation(tmp_path):
    shuffled = (
        "Cracks in its hull, found by engineers, could in time not be mended: before the winter "
        "the lower quay ferry is to close, on Tuesday voted the harbour council."
    )
    for n, text in enumerate([FERRY, shuffled]):
        page = f"Harbour council closes lower quay ferry\n\n{text}\n"
        (tmp_path / f"{n}.txt").write_text(page, encoding="utf-8")
    result = pipeline.trace(tmp_path)
    assert [row.form for row in result.reuse if row.form == "paraphrased"]
    assert result.derivations == ()
    assert all(source.kind != "unseen" for source in result.sources)


def test_the_same_row_of_equal_words_would_lead_to_a_common_text():
    pair = [article("a", FERRY), article("b", RETOLD)]
    (row,) = told_by_stage(*pair)
    assert list(provenance.derive(pair, [], [row])) == []
    assert list(provenance.derive(pair, [], [replace(row, form="edited")])) != []
