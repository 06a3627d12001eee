"""Passages, their forms and spans."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.align import compare
from firsthand.model import Article, digest
from firsthand.text import folded_words


def article(name: str, text: str, **more: object) -> Article:
    return Article(
        article_id=name,
        capture_id=name,
        place=0,
        text_id=digest(text),
        path=name,
        text=text,
        **more,
    )


def prose(seed: int, n: int) -> list[str]:
    deal = random.Random(seed)
    return ["".join(deal.choices("abcdefghijklmnop", k=deal.randrange(2, 9))) for _ in range(n)]


def rows_between(left: str, right: str) -> list[tuple[str, str, str, float]]:
    a, b = article("a", left), article("b", right)
    return [
        (row.form, row.left.of(left), row.right.of(right), row.similarity) for row in compare(a, b)
    ]


def test_a_sentence_in_two_texts_is_one_verbatim_row() -> None:
    shared = "The ferry had been laid up since March, its owners told the harbour board"
    left, right = f"Quiet at the quay. {shared}.", f"{shared.upper()}! Nobody had asked them."
    assert rows_between(left, right) == [("verbatim", shared, shared.upper(), 1.0)]


def test_seven_words_are_no_passage_and_eight_are() -> None:
    words = prose(1, 8)
    for n, expected in ((7, 0), (8, 1)):
        left, right = " ".join([*words[:n], "left"]), " ".join(["right", *words[:n]])
        assert len(rows_between(left, right)) == expected


def test_edits_within_a_passage_make_one_edited_row() -> None:
    left = prose(1, 60)
    right = [w for i, w in enumerate(left) if i != 40]
    right[9], right[20:20] = "another", ["put", "in"]
    ((form, mine, theirs, similarity),) = [
        row for row in rows_between(" ".join(left), " ".join(right)) if row[0] == "edited"
    ]
    assert (form, mine, theirs) == ("edited", " ".join(left), " ".join(right))
    assert similarity == pytest.approx(58 / 61, abs=1e-6)


def test_a_long_exact_run_in_an_edited_passage_is_a_row_of_its_own() -> None:
    left = prose(1, 60)
    right = list(left)
    right[12] = right[33] = "other"
    found = rows_between(" ".join(left), " ".join(right))
    exact = [mine for form, mine, _, _ in found if form == "verbatim"]
    assert exact == [" ".join(left[13:33]), " ".join(left[34:])]
    assert [form for form, *_ in found].count("edited") == 1


def test_paragraphs_in_another_order_are_all_found() -> None:
    blocks = [" ".join(prose(s, 30)) for s in range(4)]
    found = rows_between("\n\n".join(blocks), "\n\n".join(reversed(blocks)))
    assert sorted(mine for _, mine, _, _ in found) == sorted(blocks)


def test_a_passage_given_twice_is_shown_at_both_places() -> None:
    block = " ".join(prose(1, 30))
    twice = f"{block}\n{' '.join(prose(2, 30))}\n{block}"
    assert len(rows_between(block + " so it went", twice)) == 2


def test_common_short_phrases_are_no_passage() -> None:
    left = "He went to the house, then to the shop, and he went to the quay at the end of the day."
    right = "At the end of the road she went to the well, and to the field at the end of the lane."
    assert rows_between(left, right) == []


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_every_row_says_the_truth_about_its_words(seed: int) -> None:
    deal = random.Random(seed)
    vocabulary = prose(seed % 7, deal.choice((3, 30, 300)))
    base = deal.choices(vocabulary, k=80)
    other = [w if deal.random() > 0.2 else deal.choice(vocabulary) for w in base]
    left = "".join(w + deal.choice((" ", ", ", "\n\n", "’")) for w in base)
    right = "".join(w.title() + deal.choice((" ", ". ", "\n")) for w in other[20:] + other[:20])
    for form, mine, theirs, similarity in rows_between(left, right):
        words, others = folded_words(mine), folded_words(theirs)
        assert mine == mine.strip() and min(len(words), len(others)) >= 8
        assert (form == "verbatim") == (words == others) == (similarity == 1.0)
        n_equal = similarity * max(len(words), len(others))
        assert n_equal == pytest.approx(round(n_equal), abs=1e-3)
        assert round(n_equal) <= common_slow(words, others)


def common_slow(left: list[str], right: list[str]) -> int:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, word in enumerate(left):
        for j, other in enumerate(right):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if word == other else max(table[i][j + 1], table[i + 1][j])
            )
    return table[-1][-1]


def test_a_repeated_word_makes_few_rows() -> None:
    assert 1 <= len(rows_between("ha " * 50_000, "ha " * 40_000 + "ho")) <= 3


def test_a_row_is_made_again_the_same() -> None:
    text = " ".join(prose(1, 200))
    a, b = article("a", text), article("b", f"{text} {' '.join(prose(2, 15))}")
    assert compare(a, b) == compare(replace(b), replace(a))


@pytest.mark.parametrize("text", ["one", "字" * 3000, "ha " * 20_000, "x\u0301 " * 50])
def test_rows_of_odd_texts_lie_in_them(text: str) -> None:
    rows = compare(article("a", text), article("b", text + " y"))
    assert all(row.left.end <= len(text) for row in rows)
