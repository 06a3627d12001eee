"""The array kernels against slow, obvious twins, and on texts that are no prose."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand import kernels, text

# Letters that grow when folded, combining marks, surrogates, scripts without case or spaces.
ODD = st.text(alphabet=st.sampled_from("aB ßŉİﬁé́_9١漢字שלום𝔘𐐀\ud800\n“”’-.,"), max_size=40)
WORDS = st.lists(st.sampled_from("a b c d e f g h".split()), max_size=40)


def hashes(words: list[str]) -> np.ndarray:
    return kernels.tokenise(" ".join(words)).hash


@given(ODD | st.text(max_size=60))
def test_words_are_those_of_the_text_module(given_text: str) -> None:
    found = kernels.tokenise(given_text)
    spans = [(s.start, s.end) for s in text.words(given_text)]
    assert list(zip(found.start.tolist(), found.end.tolist(), strict=True)) == spans


@given(ODD, ODD)
def test_hashes_are_equal_just_where_folded_words_are(one: str, other: str) -> None:
    joined = f"{one} {other}"
    folded, found = text.folded_words(joined), kernels.tokenise(joined).hash.tolist()
    assert len(set(folded)) == len(set(found)) == len(set(zip(folded, found, strict=True)))


def test_hashes_never_change() -> None:
    # Fingerprints are kept between runs and compared between machines.
    found = kernels.tokenise("Harbour Straße").hash.tolist()
    assert found == [7772402719688947114, 7669962999129934859]


@given(ODD, st.integers(1, 9))
def test_pieces_do_not_show(given_text: str, size: int) -> None:
    whole = kernels.tokenise(given_text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "_PIECE_CHARS", size)
        for ours, theirs in zip(kernels.tokenise(given_text), whole, strict=True):
            assert ours.tolist() == theirs.tolist()


@given(WORDS, st.integers(1, 6))
def test_ngrams_are_equal_just_where_the_words_are(words: list[str], n: int) -> None:
    grams = kernels.ngrams(hashes(words), n).tolist()
    slow = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    assert len(grams) == len(slow)
    assert len(set(grams)) == len(set(slow)) == len(set(zip(grams, slow, strict=True)))


def winnow_slow(grams: list[int], window: int) -> list[int]:
    if not grams:
        return []
    window, kept = min(window, len(grams)), set()
    for at in range(len(grams) - window + 1):
        least = min(grams[at : at + window])
        kept.add(max(i for i in range(at, at + window) if grams[i] == least))
    return sorted(kept)


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 6))
def test_winnow_agrees_with_its_twin(grams: list[int], window: int) -> None:
    assert kernels.winnow(np.array(grams, np.int64), window).tolist() == winnow_slow(grams, window)


def runs_slow(left: list[str], right: list[str], n: int) -> list[tuple[int, int, int]]:
    found = set()
    for a, b in itertools.product(range(len(left)), range(len(right))):
        if a and b and left[a - 1] == right[b - 1]:
            continue
        k = 0
        while a + k < len(left) and b + k < len(right) and left[a + k] == right[b + k]:
            k += 1
        if k >= n:
            found.add((b, a, k))
    return [(a, b, k) for b, a, k in sorted(found)]


# No n-gram of so few words stands more often than MOST_REPEATS, which the twin does not know.
FEW = st.lists(st.sampled_from("a b c d e".split()), max_size=17)


@given(FEW, FEW, st.integers(2, 4))
@settings(max_examples=300)
def test_runs_agree_with_their_twin(left: list[str], right: list[str], n: int) -> None:
    found = kernels.runs(hashes(left), hashes(right), n)
    ours = list(zip(*(column.tolist() for column in found), strict=True))
    assert ours == runs_slow(left, right, n)


@given(WORDS, WORDS)
def test_chains_use_no_word_twice_and_go_forward(left: list[str], right: list[str]) -> None:
    for parts in kernels.chains(kernels.runs(hashes(left), hashes(right), 2)):
        for (a, b, n), (next_a, next_b, _) in itertools.pairwise(parts):
            assert a + n <= next_a <= a + n + kernels.WIDEST_GAP
            assert b + n <= next_b <= b + n + kernels.WIDEST_GAP
        for a, b, n in parts:
            assert n > 0
            assert left[a : a + n] == right[b : b + n]


def equal_slow(left: list[str], right: list[str]) -> int:
    if not left or not right:
        return 0
    if left[-1] == right[-1]:
        return 1 + equal_slow(left[:-1], right[:-1])
    return max(equal_slow(left[:-1], right), equal_slow(left, right[:-1]))


@given(
    st.lists(st.sampled_from("abc"), max_size=6),
    st.lists(st.sampled_from("abc"), max_size=6),
)
def test_equal_words_agrees_with_its_twin(left: list[str], right: list[str]) -> None:
    assert kernels.equal_words(left, right) == equal_slow(left, right)


@pytest.mark.parametrize("n_left, n_right", [(10, 100_000), (100_000, 10), (100_000, 99_999)])
def test_a_word_repeated_makes_few_runs(n_left: int, n_right: int) -> None:
    left, right = (np.full(n, 7, np.int64) for n in (n_left, n_right))
    found = kernels.runs(left, right, 3)
    assert len(found.length) <= kernels.MOST_REPEATS**2
    assert found.length.max() == min(n_left, n_right)


def test_a_word_longer_than_a_piece_is_one_word() -> None:
    long = "x" * (3 * kernels._PIECE_CHARS)
    found = kernels.tokenise(f"a {long} b")
    assert found.start.tolist() == [0, 2, len(long) + 3]
    assert found.hash[1] == kernels.tokenise(long).hash[0]
