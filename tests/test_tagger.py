"""The tagger against cases in our own wording, its fast sums against slow twins, and odd texts."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from firsthand import tagger
from firsthand.clues import BITS, Columns, Kinds, around, cue_clues, shifted, span_clues
from firsthand.tagger import NO_CUE, best_labels, events

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))

CASES = [
    ("The mayor said that the bridge would stay shut.", "The mayor", "said"),
    ("“The bridge is unsafe,” said Ana Bruhl, the harbour engineer.", "Ana Bruhl", "said"),
    ("According to a council report, the bridge cost twice as much.", "report", "According to"),
    ("The council argues the toll is lawful.", "The council", "argues"),
]


@pytest.mark.parametrize(("text", "source", "cue"), CASES)
def test_source_and_cue(text: str, source: str, cue: str) -> None:
    found = [(e.source.of(text), e.cue.of(text)) for e in events(text) if e.source and e.cue]
    assert any(source in s and c == cue for s, c in found), found


def pieces(text: str) -> list[tuple[str, list[str]]]:
    return [
        (e.cue.of(text), [p.of(text).strip(" ,“”") for p in e.pieces])
        for e in events(text)
        if e.cue
    ]


def test_content_on_both_sides_of_the_cue() -> None:
    text = "“The bridge is safe,” Bruhl said. “It will open on Friday.”"
    assert ("said", ["The bridge is safe", "It will open on Friday."]) in pieces(text)


def test_an_attribution_inside_another() -> None:
    text = "Bruhl said the council had told reporters that the bridge was safe."
    found = {e.cue.of(text): e for e in events(text) if e.cue}
    assert {"said", "told"} <= {cue.split()[-1] for cue in found}
    outer = next(e for cue, e in found.items() if cue == "said")
    inner = next(e for cue, e in found.items() if cue.endswith("told"))
    assert outer.pieces[0].holds(inner.cue)


def test_a_quotation_over_two_paragraphs() -> None:
    text = "Bruhl said: “The bridge is safe.\n\n“It will open on Friday.”\n\nIt was raining."
    spoken = " ".join(p for _, found in pieces(text) for p in found)
    assert "It will open on Friday" in spoken
    assert "raining" not in spoken


def test_a_quotation_nobody_is_said_to_speak() -> None:
    text = "A cold night. “We shall not open the bridge before the summer.” The end."
    assert [(e.cue, e.source, e.strength) for e in events(text)] == [(None, None, 0.0)]


def test_plain_telling_has_no_attribution() -> None:
    assert events("The ferry left the harbour at noon and came back before dark.") == []


ODD = [
    "",
    " \n ",
    "...!?",
    "““““ ””",
    "said",
    "THE MAYOR SAID THAT THE BRIDGE WAS SHUT.",
    "the mayor said that the bridge was shut",
    "“Yes.” " * 10_000,
    "word " * 40_000,
    "x" * 120_000,
    "She said “no, " * 300,
    "市长说大桥关闭。",
    "He said\x00 \ud800 so.",
]


@pytest.mark.parametrize("text", ODD, ids=lambda t: repr(t[:12]))
def test_odd_texts_give_spans_inside_them(text: str) -> None:
    for event in events(text):
        for part in (event.cue, event.source, *event.pieces):
            assert part is None or 0 <= part.start < part.end <= len(text)
        assert 0 <= event.strength <= 1


def test_long_texts_are_read_in_pieces_with_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "The mayor said that the bridge would stay shut.\n"
    monkeypatch.setattr(tagger, "PIECE_CHARS", 2 * len(line) + 3)
    found = [(e.cue, e.source, e.pieces[0].end) for e in events(line * 8) if e.cue]
    for k, (cue, source, end) in enumerate(found):
        at = k * len(line)
        assert (cue.start - at, cue.end - at, end - at) == (10, 14, len(line) - 2)
        assert source is not None and (source.start - at, source.end - at) == (0, 9)
    assert len(found) == 8


def test_tokens_lie_where_they_are() -> None:
    text = " “Don’t,” Ana\tBruhl\n said—twice (3.5%). "
    c = Columns(text, tagger._weights().words)
    found = [text[a:b] for a, b in zip(c.start, c.end, strict=True)]
    assert found == [
        *("“", "Don", "’t", ",", "”", "Ana", "Bruhl", "said", "—", "twice", "("),
        *("3.5", "%", ")", "."),
    ]


def test_clues_are_the_same_alone_and_together() -> None:
    # One cue's clues must not depend on which other cues are asked about.
    text = CASES[1][0] + " " + CASES[0][0]
    c = Columns(text, tagger._weights().words)
    first, behind = np.array([5, 15]), np.array([6, 16])
    begin, end = around(c, first, behind)
    both = span_clues(c, first, behind, begin, end)
    alone = [
        span_clues(c, first[k : k + 1], behind[k : k + 1], begin[k : k + 1], end[k : k + 1])
        for k in (0, 1)
    ]
    assert (both == np.concatenate(alone, axis=1)).all()
    assert cue_clues(c).max() < 1 << BITS


def test_few_clues_first_changes_nothing_for_the_doubtful() -> None:
    text = "\n".join(case[0] for case in CASES) + "\nIt rained all day in the harbour."
    weights = tagger._weights()
    c = Columns(text, weights.words)
    quick = tagger.cue_scores(c, weights)
    whole = weights.cues.scores(cue_clues(c))
    asked = quick[:, 1] > tagger._NONE
    assert 0 < asked.sum() < c.n
    assert quick[asked] == pytest.approx(whole[asked], abs=1e-3)
    # What the gate turned away would not have been a cue either.
    assert (whole[~asked, 1:] < 0).all()


def test_kinds_tell_order_and_kind_apart() -> None:
    one, two = np.array([1], dtype=np.uint32), np.array([2], dtype=np.uint32)
    found = Kinds.written(0, "x+y y+x x y").of({"x": one, "y": two}).ravel().tolist()
    assert len(set(found)) == 4


def test_shifted_is_a_shift_for_short_texts_too() -> None:
    column = np.array([5, 6], dtype=np.uint32)
    for by in (-3, -1, 0, 1, 3):
        wanted = [int(column[k + by]) if 0 <= k + by < 2 else 0xFFF9 for k in range(2)]
        assert shifted(column, by).tolist() == wanted


def best_labels_slow(scores: np.ndarray, moves: np.ndarray) -> float:
    """Return the weight of the best of all sequences of labels."""
    n, k = scores.shape
    return max(weight(scores, moves, labels) for labels in itertools.product(range(k), repeat=n))


def weight(scores: np.ndarray, moves: np.ndarray, labels: tuple[int, ...]) -> float:
    own = sum(scores[t, label] for t, label in enumerate(labels))
    return float(own + sum(moves[a, b] for a, b in itertools.pairwise(labels)))


def test_best_labels_are_the_best_of_all() -> None:
    random = np.random.default_rng(7)
    sizes = np.array([3, 1, 5, 4])
    scores = random.normal(size=(sizes.sum(), 3)).astype(np.float32)
    moves = random.normal(size=(3, 3)).astype(np.float32)
    at = 0
    for size, found in zip(sizes, best_labels(scores, sizes, moves), strict=True):
        run = scores[at : at + size]
        assert weight(run, moves, tuple(found)) == pytest.approx(best_labels_slow(run, moves))
        at += size


def test_shares_are_those_of_all_sequences() -> None:
    random = np.random.default_rng(8)
    scores = random.normal(size=(4, 3)).astype(np.float32)
    moves = random.normal(size=(3, 3)).astype(np.float32)
    wanted = np.zeros((4, 3))
    for labels in itertools.product(range(3), repeat=4):
        # A run of doubtful tokens stands between tokens that are no cue.
        inside = (
            weight(scores, moves, labels) + moves[NO_CUE, labels[0]] + moves[labels[-1], NO_CUE]
        )
        for t, label in enumerate(labels):
            wanted[t, label] += np.exp(inside)
    wanted /= wanted.sum(axis=1, keepdims=True)
    opens = np.array([True, False, False, False])
    assert tagger._shares(scores, moves, opens) == pytest.approx(wanted, abs=1e-5)


def test_figures_on_the_dev_part() -> None:
    if not (DATA / "attribution").is_dir():
        pytest.skip("no PolNeAR; set FIRSTHAND_DATA")
    sys.path.insert(0, str(ROOT / "benchmarks" / "quality"))
    from attribution import Score, predicted, read_part

    score = Score()
    for whole, gold in read_part(DATA, "dev"):
        score.add(whole, gold, predicted(whole))
    assert score.f1("source", "exact") >= 71
    assert score.f1("cue", "exact") >= 65
    assert score.f1("content", "overlap") >= 84
    assert score.f1("event") >= 68


def test_the_compiled_loop_is_the_same_as_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    from firsthand import tag_loops

    given = np.random.default_rng(7)
    for _ in range(50):
        sizes = given.integers(1, 12, int(given.integers(1, 6)))
        scores = given.normal(size=(int(sizes.sum()), 5)).astype(np.float32)
        moves = given.normal(size=(5, 5)).astype(np.float32)
        slow = np.concatenate(best_labels(scores, sizes, moves))
        assert tag_loops.best_labels.py_func(scores, sizes, moves).tolist() == slow.tolist()
    # Once a process has read enough, the loop is taken, and texts read the same.
    before = [events(text) for text, *_ in CASES]
    monkeypatch.setattr(tagger, "COMPILED_CHARS", 0)
    monkeypatch.setattr(tag_loops, "best_labels", tag_loops.best_labels.py_func)
    assert [events(text) for text, *_ in CASES] == before
