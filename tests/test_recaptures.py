"""Which articles are one article captured twice, and what becomes of the rows between them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from firsthand.align import align
from firsthand.candidates import MOST_ARTICLES, fingerprint, merge, pair
from firsthand.engines import run_local
from firsthand.model import Article, Reuse, digest
from firsthand.recaptures import collapse, recapture
from firsthand.stage import empty_tables, records_of, table_of
from firsthand.text import folded_words

CHAIN = [f.stage for f in (collapse, fingerprint, pair, merge, align, recapture)]


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


def run(articles: Sequence[Article]) -> tuple[dict[str, str | None], list[Reuse]]:
    done = run_local(CHAIN, empty_tables() | {Article: table_of(Article, articles)})
    found = records_of(Article, done[Article])
    rows = records_of(Reuse, done[Reuse])
    return {a.article_id: a.copy_of for a in found}, sorted(rows, key=repr)


def common_slow(left: list[str], right: list[str]) -> int:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, word in enumerate(left):
        for j, other in enumerate(right):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if word == other else max(table[i][j + 1], table[i + 1][j])
            )
    return table[-1][-1]


def test_order_of_input_changes_nothing() -> None:
    shared = [" ".join(prose(s, 40)) for s in range(5)]
    deal = random.Random(3)
    articles = [
        article(f"{i:02}", "\n".join(deal.sample(shared, 3)), outlet=deal.choice(("P", "Q", None)))
        for i in range(12)
    ]
    expected = run(articles)
    for seed in range(3):
        random.Random(seed).shuffle(articles)
        assert run(articles) == expected


TEXT = " ".join(prose(1, 200))


def test_a_hundred_copies_are_one_article_and_ninety_nine_rows() -> None:
    articles = [article(f"{i:03}", TEXT) for i in range(100)]
    heads, rows = run(articles)
    assert heads == {"000": None} | {f"{i:03}": "000" for i in range(1, 100)}
    assert len(rows) == 99
    assert {(r.left_id, r.form, r.left.of(TEXT), r.similarity) for r in rows} == {
        ("000", "verbatim", TEXT, 1.0)
    }


def test_one_text_of_two_known_outlets_is_two_articles_that_share_it() -> None:
    heads, rows = run(
        [
            article("a", TEXT, outlet="Harbour Post"),
            article("b", TEXT, outlet="Hill Courier"),
            article("c", TEXT, outlet="Hill Courier"),
            article("d", TEXT),
        ]
    )
    assert heads == {"a": None, "b": None, "c": "b", "d": "a"}
    assert [(r.left_id, r.right_id, r.rule == "recapture") for r in rows] == [
        ("a", "b", False), ("a", "d", True), ("b", "c", True),
    ]  # fmt: skip


def test_a_readable_copy_of_known_outlet_stands_for_the_others() -> None:
    heads, _ = run([article("a", TEXT), article("b", TEXT, outlet="Harbour Post")])
    assert heads == {"a": "b", "b": None}


MORE = f"{TEXT} {' '.join(prose(2, 15))}"
MUCH_MORE = f"{TEXT} {' '.join(prose(2, 40))}"


@pytest.mark.parametrize(
    "text, one, other, joined",
    [
        (MORE, {"outlet": "Harbour Post"}, {"outlet": "Harbour Post"}, True),
        (MUCH_MORE, {"outlet": "Harbour Post"}, {"outlet": "Harbour Post"}, False),
        (MORE, {"url": "https://p.example/1"}, {"url": "https://p.example/1"}, True),
        (MORE, {"url": "https://p.example/1"}, {"url": "https://p.example/2"}, False),
        (MORE, {"outlet": "Harbour Post"}, {"outlet": "Hill Courier"}, False),
        (MORE, {"outlet": "Harbour Post"}, {}, False),
        (MORE, {}, {}, False),
        (MORE, {"url": "https://p.example/1"}, {"url": "http://www.p.example/1/#quay"}, True),
        (TEXT.replace(" ", "\n"), {}, {}, True),
    ],
)
def test_the_ninety_per_cent_rule(
    text: str, one: dict[str, str], other: dict[str, str], joined: bool
) -> None:
    heads, rows = run([article("a", TEXT, **one), article("b", text, **other)])
    # The most complete text stands for the other, and of equal ones the first.
    kept, copied = "ba" if len(text) > len(TEXT) else "ab"
    assert heads == {kept: None, copied: kept if joined else None}
    if joined:
        ((whole,),) = [[(r.left.of(TEXT), r.right.of(text)) for r in rows]]
        assert whole == (TEXT, text)


def test_a_recapture_has_one_row_and_others_name_its_representative() -> None:
    third = f"{' '.join(prose(9, 50))} {' '.join(TEXT.split()[:60])}"
    articles = [
        article("a", TEXT, outlet="Harbour Post"),
        article("b", MORE, outlet="Harbour Post"),
        article("c", third, outlet="Hill Courier"),
    ]
    heads, rows = run(articles)
    assert heads == {"a": "b", "b": None, "c": None}
    assert [(r.left_id, r.right_id) for r in rows] == [("a", "b"), ("b", "c")]


def test_recaptures_of_recaptures_name_one_representative() -> None:
    words = TEXT.split()
    texts = [" ".join(words + prose(s, 12 * s)) for s in range(1, 4)]
    heads, rows = run([article(n, t, outlet="P") for n, t in zip("abc", texts, strict=True)])
    assert heads == {"a": None, "b": "a", "c": "a"} or heads["c"] is None
    assert all(heads[r.left_id] is None or heads[r.right_id] is None for r in rows)


def test_a_page_that_changes_day_by_day_is_no_recapture_of_what_it_no_longer_resembles() -> None:
    words = TEXT.split()
    texts = [" ".join(words[: 200 - 12 * day]) for day in range(8)]
    at = "https://p.example/live"
    heads, rows = run([article(f"{i}", t, url=at) for i, t in enumerate(texts)])
    assert heads == {"0": None, "1": "0", "2": None, "3": "2", "4": None, "5": "4", "6": None,
        "7": "6"}  # fmt: skip
    assert all(r.similarity >= 0.9 for r in rows if r.rule == "recapture")


def test_of_equal_texts_the_earliest_captured_stands_for_all() -> None:
    days = {"a": None, "b": "2024-03-03", "c": "2024-03-02"}
    heads, _ = run([article(name, TEXT, captured_at=day) for name, day in days.items()])
    assert heads == {"a": "c", "b": "c", "c": None}


def test_what_too_many_share_for_pairs_is_joined_by_address_and_by_words() -> None:
    words, many = TEXT.split(), MOST_ARTICLES + 5
    at_one = [
        article(f"{i:03}", " ".join([*words[:-1], f"x{i}"]), url="https://p.example/1")
        for i in range(many)
    ]
    spaced = [article(f"{i:03}", TEXT.replace(" ", "\n", i + 1)) for i in range(many)]
    for articles in (at_one, spaced):
        heads, rows = run(articles)
        assert list(heads.values()).count(None) == 1
        assert len(rows) == many - 1


def test_what_is_known_of_a_copy_is_known_of_its_text() -> None:
    heads, _ = run(
        [
            article("a", MORE, url="https://p.example/2"),
            article("b", MORE, url="https://p.example/1"),
            article("c", TEXT, url="https://p.example/1"),
        ]
    )
    assert heads == {"a": None, "b": "a", "c": "a"}


def test_two_consent_pages_at_one_address_are_no_article() -> None:
    pages = [article(n, t, url="u", not_read="consent") for n, t in (("a", TEXT), ("b", MORE))]
    assert run(pages) == ({"a": None, "b": None}, [])


def heads_slow(articles: Sequence[Article]) -> dict[str, str | None]:
    """Return the recaptures by the rule alone: every article against every representative."""

    def rank(a: Article) -> tuple[bool, int, str]:
        return a.outlet is None, -len(a.text), a.article_id

    found: dict[str, str | None] = {}
    groups: list[tuple[Article, set[str | None], set[str | None]]] = []
    for a in sorted(articles, key=rank):
        for head, urls, outlets in groups:
            n_longer = max(len(folded_words(t.text)) for t in (a, head))
            known = a.url in urls or (a.outlet is not None and a.outlet in outlets)
            n_equal = common_slow(folded_words(head.text), folded_words(a.text))
            if known and 10 * n_equal >= 9 * n_longer:
                found[a.article_id] = head.article_id
                urls.add(a.url)
                outlets.add(a.outlet)
                break
        else:
            found[a.article_id] = None
            groups.append((a, {a.url}, {a.outlet}))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_recaptures_are_those_of_the_plain_rule(seed: int) -> None:
    deal = random.Random(seed)
    articles = []
    for i in range(14):
        words = prose(deal.randrange(2), 120)
        for _ in range(deal.choice([1, 2, 3, 25, 40])):
            words[deal.randrange(len(words))] = f"other{i}"
        url, outlet = f"https://p.example/{i % 3}", deal.choice(["Harbour Post", None])
        articles.append(article(f"{i:02}", " ".join(words), url=url, outlet=outlet))
    assert run(articles)[0] == heads_slow(articles)


def test_two_outlets_are_never_joined_through_a_copy_of_unknown_outlet() -> None:
    spaced = TEXT.replace(" ", "  ")
    heads, _ = run(
        [
            article("a", TEXT, outlet="Harbour Post"),
            article("b", spaced),
            article("c", TEXT.replace(" ", "\n"), outlet="Hill Courier"),
        ]
    )
    assert (heads["a"], heads["c"]) == (None, None)


@pytest.mark.parametrize("text", ["one", "字" * 3000, "ha " * 20_000, "x\u0301 " * 50])
def test_odd_texts_are_compared_without_harm(text: str) -> None:
    heads, rows = run([article("a", text), article("b", text), article("c", text + " y", url="u")])
    assert heads["b"] == "a"
    assert all(row.left.end <= len(text) for row in rows if row.left_id == "a")


@pytest.mark.parametrize("text, more", [("", {}), (" \n", {}), (TEXT, {"not_read": "consent"})])
def test_pages_without_an_article_are_no_copies_of_each_other(text: str, more: object) -> None:
    heads, rows = run([article("a", text, **more), article("b", text, **more)])
    assert (heads, rows) == ({"a": None, "b": None}, [])


def test_many_copies_of_one_text_take_no_pairs_and_one_row_each() -> None:
    articles = [article(f"{i:04}", TEXT, outlet="P" if i % 2 else None) for i in range(2000)]
    heads, rows = run(articles)
    assert set(heads.values()) == {None, "0001"}
    assert len(rows) == 1999


@pytest.mark.parametrize("blank", [" ", " \n" * 300])
def test_white_space_does_not_part_two_captures(blank: str) -> None:
    many = MOST_ARTICLES + 5
    articles = [article(f"{i:03}", blank * i + TEXT + blank * (i % 7)) for i in range(many)]
    assert list(run(articles)[0].values()).count(None) == 1


def test_what_is_no_recapture_passes_as_it_came() -> None:
    articles = [article("a", TEXT, title="Fog"), article("b", f"x {TEXT}", outlet="P")]
    tables = empty_tables() | {Article: table_of(Article, articles)}
    before = run_local(CHAIN[:-1], tables)
    after = run_local(CHAIN[-1:], before)
    assert after[Article].equals(before[Article])
    assert after[Reuse].equals(before[Reuse])
