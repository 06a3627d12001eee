"""Many texts at once: the compiled loops give row for row what the plain way gives."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.corpus import Pairs, Texts

# Few words, so that runs, repeats, edits and overlaps abound; odd ones, so that folding, combining
# marks, wide characters and a script without spaces take part.
WORDS = ["harbour", "Harbour", "boats", "a", "ß", "İ", "ﬁn", "é", "e\u0301", "港口封闭", "𝒜", "x_1"]
texts = st.lists(
    st.one_of(
        st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
        st.lists(st.sampled_from(WORDS[:3]), max_size=80).map(" ".join),
        st.text(max_size=40),
    ),
    min_size=1,
    max_size=5,
).map(lambda found: [t.encode("utf-8", "replace").decode() for t in found])


def all_pairs(texts: Texts, shared: int) -> Pairs:
    """Return every pair of texts that shares a 3-gram, with the places of one they share."""
    rows = []
    for one, other in combinations(range(len(texts)), 2):
        left, right = (texts.tokens(t).hash.tolist() for t in (one, other))
        places = {tuple(left[i : i + 3]): i for i in range(len(left) - 2)}
        for j in range(len(right) - 2):
            if tuple(right[j : j + 3]) in places:
                i = places[tuple(right[j : j + 3])]
                rows.append((one, other, shared, i, j))
                break
    table = np.array(rows, np.int64).reshape(-1, 5)
    return Pairs(table[:, 0], table[:, 1], table[:, 2], table[:, 3:], table[:, 3:])


@pytest.mark.parametrize("shared", [1, 9])
@settings(deadline=None, max_examples=150)
@given(found=texts)
def test_compiled_and_plain_give_the_same_rows(found, shared):
    given_texts = pa.array(found, pa.large_string())
    ways = [Texts(given_texts, compiled=True, threads=t) for t in (3, 1)]
    ways.append(Texts(given_texts, compiled=False))
    for n, window in ((5, 4), (3, 2)):
        for columns in zip(*(way.fingerprints(n, window) for way in ways), strict=True):
            threaded, fast, plain = (column.tolist() for column in columns)
            assert threaded == fast == plain
    for columns in zip(*(way.passages(all_pairs(way, shared)) for way in ways), strict=True):
        threaded, fast, plain = (column.tolist() for column in columns)
        assert threaded == fast == plain


def test_words_of_a_slice_are_those_of_its_own_texts():
    whole = pa.array(["one boat", "two boats out", "", "three"], pa.large_string())
    for compiled in (True, False):
        part = Texts(whole.slice(1, 2), compiled=compiled)
        assert [part.tokens(i).start.tolist() for i in range(2)] == [[0, 4, 10], []]


def test_a_text_of_one_word_is_linear_and_aligned():
    long = " ".join(["fog"] * 20_000)
    for compiled in (True, False):
        texts = Texts(pa.array([long, long + " fog"], pa.large_string()), compiled=compiled)
        rows = texts.passages(all_pairs(texts, 9))
        assert rows.n_equal.max() >= 19_900


def test_no_pairs_give_no_rows():
    for compiled in (True, False):
        texts = Texts(pa.array(["a b c"], pa.large_string()), compiled=compiled)
        assert len(texts.passages(all_pairs(texts, 9)).pair) == 0
