"""Fingerprints and pairs: what must be paired, what must not, and what is counted as left out."""

from __future__ import annotations

import itertools
import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand import candidates
from firsthand.candidates import SURE_WORDS, fingerprint, merge, pair, tally
from firsthand.engines import run_local
from firsthand.model import Article, Pair, Shingle, Skipped, digest
from firsthand.stage import empty_tables, records_of, table_of

CHAIN = [f.stage for f in (fingerprint, pair, merge, tally)]


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


def pairs_of(articles: list[Article]) -> tuple[list[Pair], list[Skipped]]:
    have = empty_tables() | {Article: table_of(Article, articles)}
    done = run_local(CHAIN, have)
    return records_of(Pair, done[Pair]), records_of(Skipped, done[Skipped])


def shingles_of(*articles: Article) -> list[Shingle]:
    return records_of(Shingle, fingerprint(table_of(Article, articles)))


def filler(seed: int, n: int) -> list[str]:
    return [f"w{random.Random(seed * 1000 + i).randrange(10**9)}" for i in range(n)]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 5))
def test_a_shared_passage_of_sure_length_always_makes_a_pair(
    before: int, after: int, seed: int
) -> None:
    shared = filler(7, SURE_WORDS)
    one = article("a", " ".join(filler(1 + seed, before) + shared + filler(20 + seed, after)))
    other = article("b", " ".join(filler(40 + seed, after) + shared + filler(60 + seed, before)))
    ((found,), skipped) = pairs_of([one, other])
    assert (found.left_id, found.right_id, skipped) == ("a", "b", [])


def test_strangers_make_no_pair() -> None:
    articles = [article(n, " ".join(filler(i, 200))) for i, n in enumerate("ab")]
    assert pairs_of(articles) == ([], [])


def test_pairs_are_all_pairs_of_articles_that_share_a_hash() -> None:
    stock = [" ".join(filler(s, 12)) for s in range(6)]
    chosen = random.Random(5)
    articles = [
        article(f"{i:02}", " . ".join([*chosen.sample(stock, 2), " ".join(filler(100 + i, 9))]))
        for i in range(9)
    ]
    prints = {a.article_id: {s.hash for s in shingles_of(a)} for a in articles}
    slow = {
        (a, b): len(prints[a] & prints[b])
        for a, b in itertools.combinations(sorted(prints), 2)
        if prints[a] & prints[b]
    }
    found, _ = pairs_of(articles)
    assert {(p.left_id, p.right_id): p.n_shared for p in found} == slow


def test_however_the_hashes_are_dealt_out_the_pairs_are_the_same() -> None:
    text = " ".join(filler(3, 80))
    articles = [article(n, f"{text} {n} {' '.join(filler(i, 30))}") for i, n in enumerate("abc")]
    shingles = shingles_of(*articles)
    whole = records_of(Pair, merge(pair(table_of(candidates.Shingle, shingles))[Pair])[Pair])
    parts = [
        pair(table_of(candidates.Shingle, [s for s in shingles if s.hash % 3 == k]))[Pair]
        for k in range(3)
    ]
    assert records_of(Pair, merge(pa.concat_tables(parts))[Pair]) == whole
    assert whole[0].n_shared > 20


def test_a_hash_over_the_cap_is_counted_and_not_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_ARTICLES", 3)
    stock = " ".join(filler(1, SURE_WORDS))
    articles = [article(n, f"{stock} {' '.join(filler(i + 2, 20))}") for i, n in enumerate("abcd")]
    found, skipped = pairs_of(articles)
    assert found == []
    assert [(s.stage, s.count > 0, s.example[:1]) for s in skipped] == [
        ("candidates.pair", True, "a")
    ]


def test_one_common_hash_alone_is_counted_and_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "FEW_ARTICLES", 1)
    stock = " ".join(filler(1, candidates.GRAM_WORDS))
    found, skipped = pairs_of([article("a", stock), article("b", stock)])
    assert found == []
    assert [(s.stage, s.count, s.example) for s in skipped] == [("candidates.merge", 1, "a and b")]


@pytest.mark.parametrize(
    "more", [{"copy_of": "z"}, {"not_read": "consent"}, {"not_read": "paywall"}]
)
def test_recaptures_and_pages_that_are_no_article_are_left_out(more: dict[str, str]) -> None:
    assert list(shingles_of(article("a", " ".join(filler(1, 50)), **more))) == []


def test_another_language_is_no_reason_to_be_left_out() -> None:
    assert list(shingles_of(article("a", " ".join(filler(1, 50)), not_read="language")))


@pytest.mark.parametrize("text", ["", "a", "one two three four", " \n\t", "字" * 500])
def test_texts_of_few_words_have_no_fingerprint(text: str) -> None:
    assert list(shingles_of(article("a", text))) == []


def test_a_word_a_million_times_has_one_hash() -> None:
    assert len(list(shingles_of(article("a", "ha " * 1_000_000)))) == 1


def test_tally_sums_by_stage_and_kind() -> None:
    rows = [Skipped(stage="s", kind="k", count=n, example=e) for n, e in ((1, "b"), (2, "a"))]
    assert list(tally(rows)) == [Skipped(stage="s", kind="k", count=3, example="a")]
