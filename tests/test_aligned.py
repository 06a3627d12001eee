"""Two articles side by side: twins in one row, only what matches, every passage numbered once."""

from dataclasses import replace

from firsthand.account import Account
from firsthand.aligned import Aligned, align, pairs
from firsthand.lookup import Lookup
from firsthand.model import Result, Reuse, Span
from sample_result import POST, QUAY, RIVER, sample


def account(result: Result | None = None, story_id: str = "story-ferry") -> Account:
    lookup = Lookup(result or sample())
    return Account(lookup, lookup.stories[story_id])


def shown(aligned: Aligned, side: str) -> list[str]:
    """Return the text of each row on one side, its passages in square brackets."""
    rows = []
    for row in aligned.rows:
        paragraphs = row.left if side == "left" else row.right
        text = "/".join(
            "".join(
                "…" if p.kind == "cut" else f"[{p.text}]" if p.kind else p.text for p in paragraph
            )
            for paragraph in paragraphs
        )
        rows.append(text)
    return rows


def reuse(left: Span, right: Span, meaning: str = "copy") -> Reuse:
    return Reuse(
        left_id="post-1",
        left=left,
        right_id="river",
        right=right,
        form="edited",
        meaning=meaning,  # type: ignore[arg-type]
        similarity=0.9,
        strength=0.9,
        rule="sample",
    )


def only(*rows: Reuse) -> Account:
    """Return the ferry story with these passages and no claims."""
    return account(replace(sample(), reuse=rows, claims=()))


def test_every_article_stands_beside_what_it_goes_back_to() -> None:
    assert pairs(account()) == [("post-1", "river"), ("post-1", "quay")]


def test_an_uncaptured_outlet_in_between_is_passed_over() -> None:
    assert ("post-1", "river") in pairs(account())
    assert pairs(account(story_id="story-barge")) == []


def test_twins_stand_in_one_row_with_the_rest_of_their_sentences() -> None:
    aligned = align(account(), "post-1", "river")
    assert shown(aligned, "left")[0] == (
        "[The Lower Quay ferry will be withdrawn before winter], council sources revealed."
    )
    assert shown(aligned, "right")[0] == (
        "On Sept. 4 the Northern Wire reported that "
        "[the Lower Quay ferry will be withdrawn before winter]."
    )


def test_passages_of_one_sentence_share_a_row() -> None:
    aligned = align(account(), "post-1", "river")
    assert len(aligned.rows) == 2
    assert shown(aligned, "left")[1].count("[") == shown(aligned, "right")[1].count("[") == 2


def test_a_passage_over_several_sentences_is_numbered_once() -> None:
    whole = only(reuse(Span(start=0, end=len(POST)), Span(start=0, end=len(RIVER))))
    aligned = align(whole, "post-1", "river")
    for cell in (aligned.rows[0].left, aligned.rows[0].right):
        starts = [p.number for paragraph in cell for piece in paragraph for p in piece.starts]
        assert starts == [1]


def test_all_of_a_passage_is_shown_and_nothing_twice() -> None:
    whole = only(reuse(Span(start=0, end=len(POST)), Span(start=0, end=len(RIVER))))
    row = align(whole, "post-1", "river").rows[0]
    for cell, text in ((row.left, POST), (row.right, RIVER)):
        assert "\n\n".join("".join(p.text for p in paragraph) for paragraph in cell) == text


def test_text_left_out_between_passages_is_marked() -> None:
    start, end = RIVER.index("On Sept. 4"), RIVER.index("timetable")
    two = only(
        reuse(Span(start=4, end=20), Span(start=start, end=start + 10)),
        reuse(Span(start=25, end=40), Span(start=end, end=end + 9)),
    )
    (right,) = shown(align(two, "post-1", "river"), "right")
    assert "/…/" in right and "commuters" not in right


def test_a_passage_inside_another_of_the_same_meaning_is_not_marked_again() -> None:
    outer = reuse(Span(start=0, end=60), Span(start=0, end=60))
    inner = reuse(Span(start=5, end=30), Span(start=5, end=30))
    assert len(align(only(outer, inner), "post-1", "river").passages) == 1
    quoted = replace(inner, meaning="quote")
    assert len(align(only(outer, quoted), "post-1", "river").passages) == 2


def test_a_row_of_reuse_may_name_the_two_the_other_way_round() -> None:
    there = align(account(), "post-1", "river")
    back = align(account(), "river", "post-1")
    assert sorted((p.left, p.right) for p in there.passages) == sorted(
        (p.right, p.left) for p in back.passages
    )


def test_a_claim_in_other_words_is_shown_where_no_passage_is_shared() -> None:
    aligned = align(account(), "post-1", "quay")
    assert {p.kind for p in aligned.passages} == {"claim"}
    assert "[the crossing stops this autumn]" in shown(aligned, "right")[0]


def test_full_text_is_all_of_both() -> None:
    aligned = align(account(), "post-1", "quay", full_text=True)
    (row,) = aligned.rows
    assert "\n\n".join("".join(p.text for p in para) for para in row.right) == QUAY


def test_without_text_there_are_no_rows() -> None:
    aligned = align(account(sample(keep_text=False)), "post-1", "river")
    assert aligned.rows == () and aligned.passages
