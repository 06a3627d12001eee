import gzip
from importlib import resources

from hypothesis import given
from hypothesis import strategies as st

from firsthand.background import SCALE, frequency, n_articles, singular, weight


def packed() -> bytes:
    return resources.files("firsthand").joinpath("data/background.tsv.gz").read_bytes()


def test_the_table_is_small_and_holds_words_and_counts_alone() -> None:
    assert len(packed()) <= 250_000
    _, *lines = gzip.decompress(packed()).decode("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert 30_000 < len(rows) < 45_000
    assert all(len(row) == 2 and " " not in row[0] and int(row[1]) >= 3 for row in rows)
    words = [row[0] for row in rows]
    assert words == sorted(set(words)) == [word.casefold() for word in words]


def test_the_table_names_neither_time_nor_file() -> None:
    assert packed()[3] == 0 and packed()[4:8] == b"\0\0\0\0"


def test_rarer_words_weigh_more_and_unseen_ones_most() -> None:
    assert weight("the") == 0
    assert weight("of") < weight("minister") < weight("ferry") < weight("qwertzuiop")
    assert frequency("qwertzuiop") == 0
    assert frequency("the") <= n_articles()


@given(st.text())
def test_any_word_has_a_weight_between_nothing_and_the_rarest(word: str) -> None:
    assert 0 <= weight(word) <= weight("qwertzuiop") < 10 * SCALE


def test_plurals_fold_only_where_both_forms_are_common() -> None:
    assert [singular(w) for w in ("missiles", "cities", "courses")] == ["missile", "city", "course"]
    kept = ["politics", "class", "is", "hamas", "qwertzuiops", "texas", ""]
    assert [singular(w) for w in kept] == kept


@given(st.text())
def test_singular_changes_nothing_but_the_end(word: str) -> None:
    assert word.startswith(singular(word)[:-1])
