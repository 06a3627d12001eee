import io
import json
import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.likeness import likeness, names, profile
from firsthand.model import Article, Attribution, Furniture, Membership, Reuse, When, span
from firsthand.stories import (
    average_link,
    cluster,
    stamp_articles,
    stamp_attributions,
    stamp_reuse,
)

FERRY = """The car ferry Ottilie ran aground off Brannock Point on Tuesday with 212 passengers
aboard, the Lowmoor harbour master said. Lifeboats from Quillan took all of them ashore. The vessel
had missed the Brannock channel in fog, harbour master Imogen Tarrow told the Harbour Post."""
FERRY_AGAIN = """All 212 people on the Ottilie are safe after the ferry struck rocks near Brannock
Point, according to the Harbour Post. Imogen Tarrow, Lowmoor's harbour master, said that fog had
hidden the channel. Quillan lifeboats brought the passengers in during the night, and the owner of
the vessel promised an inquiry."""
FERRY_BEFORE = """A new ferry terminal at Lowmoor will open next spring, the harbour master said on
Tuesday. Imogen Tarrow told reporters that the pier at Quillan would be widened too. Passengers will
pay through gates, and the ticket office in the old customs house is to become a café."""
VOTE = """The council of Lowmoor voted 9 to 4 on Tuesday to sell the old gasworks to a builder from
Eastmarch. Councillor Piers Wendle called the price an insult. The builder, Castellan Homes, wants
to put 300 flats on the riverside meadow."""


def article(article_id: str, text: str, title: str | None = None, **more: object) -> Article:
    made = Article(
        article_id=article_id,
        capture_id=article_id,
        place=0,
        text_id=article_id,
        path=f"{article_id}.txt",
        title=title,
        text=text,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def stories(articles: list[Article], reuse: list[Reuse] | None = None) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for membership in cluster(articles, reuse or []):
        groups.setdefault(membership.story_id, []).append(membership.article_id)
    return sorted(sorted(ids) for ids in groups.values())


def copied(left_id: str, right_id: str, chars: int, meaning: str = "copy") -> Reuse:
    return Reuse(
        left_id=left_id,
        left=span(0, chars),
        right_id=right_id,
        right=span(0, chars),
        form="verbatim",
        meaning=meaning,  # type: ignore[arg-type]
        similarity=1.0,
        strength=1.0,
        rule="test",
    )


def on(day: str) -> When:
    return When(at=day, precision="day", basis="given")


def test_one_event_in_other_words_is_one_story() -> None:
    found = [article("a", FERRY), article("b", FERRY_AGAIN), article("c", VOTE)]
    assert stories(found) == [["a", "b"], ["c"]]


@pytest.mark.xfail(strict=True, reason="short texts with the same five names")
def test_another_event_of_the_same_place_and_people_stays_out() -> None:
    found = [article("a", FERRY), article("b", FERRY_AGAIN), article("c", FERRY_BEFORE)]
    assert stories(found) == [["a", "b"], ["c"]]


def test_titles_help_and_may_be_missing() -> None:
    found = [
        article("a", FERRY, "Ferry Ottilie aground off Brannock Point"),
        article("b", FERRY_AGAIN),
    ]
    assert stories(found) == [["a", "b"]]


def test_nothing_and_little_text_stands_alone() -> None:
    found = [
        article("a", ""),
        article("b", ""),
        article("c", "Fog."),
        article("d", "Fog."),
        article("e", "Ferries ran late on Tuesday, officials said."),
        article("f", "Ferries ran late on Tuesday, officials said."),
    ]
    assert stories(found) == [[k] for k in "abcdef"]
    assert stories([]) == []


def test_a_recapture_goes_with_its_representative_however_long_the_way() -> None:
    found = [
        article("a", FERRY),
        article("b", "…", copy_of="a"),
        article("c", "…", copy_of="b"),
        article("d", VOTE, copy_of="not among these"),
        article("e", "x", copy_of="f"),
        article("f", "x", copy_of="e"),
    ]
    assert stories(found) == [["a", "b", "c"], ["d"], ["e", "f"]]


def test_dates_far_apart_hold_back_and_missing_ones_do_not() -> None:
    a, b = article("a", FERRY), article("b", FERRY_AGAIN)
    near = [replace(a, published=on("2031-03-04")), replace(b, published=on("2031-03-06"))]
    assert stories(near) == [["a", "b"]]
    assert stories([replace(a, published=on("2031-03-04")), b]) == [["a", "b"]]
    far = [replace(a, published=on("2031-03-04")), replace(b, published=on("2032-03-04"))]
    assert stories(far) == [["a"], ["b"]]
    month = [replace(a, published=on("2031-03-04")), replace(b, published=on("2031-03"))]
    assert stories(month) == [["a", "b"]]
    after = When(not_before="2031-06-01", precision="day", basis="neighbour")
    assert stories([replace(a, published=on("2031-03-04")), replace(b, published=after)]) == [
        ["a", "b"]
    ]
    after = replace(after, basis="text")
    assert stories([replace(a, published=on("2031-03-04")), replace(b, published=after)]) == [
        ["a"],
        ["b"],
    ]


@pytest.mark.parametrize("at", ["", "yesterday", "2031-13-40", "0000-00-00", "2031-02-30T25:00"])
def test_a_date_that_is_none_is_no_date(at: str) -> None:
    found = [
        article("a", FERRY, published=on(at)),
        article("b", FERRY_AGAIN, published=on("2031-03-04")),
    ]
    assert stories(found) == [["a", "b"]]


def test_copied_prose_joins_what_words_alone_do_not() -> None:
    a, b = article("a", FERRY_BEFORE), article("b", VOTE)
    assert stories([a, b]) == [["a"], ["b"]]
    assert stories([a, b], [copied("a", "b", 150)]) == [["a", "b"]]
    for meaning in ("quote", "furniture", "formula"):
        assert stories([a, b], [copied("a", "b", 150, meaning)]) == [["a"], ["b"]]
    assert stories([a, b], [copied("a", "b", 20)]) == [["a"], ["b"]]
    paraphrased = replace(copied("a", "b", 150), form="paraphrased")
    assert stories([a, b], [paraphrased]) == [["a"], ["b"]]


def test_a_language_not_read_meets_only_over_copied_prose() -> None:
    a, b = (article(k, FERRY, not_read="language") for k in "ab")
    assert stories([a, b]) == [["a"], ["b"]]
    assert stories([a, b], [copied("a", "b", 150)]) == [["a", "b"]]
    assert stories([a, replace(b, copy_of="a")]) == [["a", "b"]]


def test_standing_text_is_no_evidence() -> None:
    line = (
        "The Quillan Lantern is read from Lowmoor to Eastmarch. Subscribe to the Lantern for four "
        "crowns a week at the Harbour Street kiosk or from Mrs Ada Pennick of Dunmere. "
    )
    a = article("a", line + "Fog hid the pier on Friday.")
    b = article("b", line + "A bakery won the prize for rye bread.")
    assert stories([a, b]) == [["a", "b"]]
    row = copied("a", "b", len(line), "furniture")
    assert stories([a, b], [row]) == [["a"], ["b"]]
    labelled = [
        Furniture(
            capture_id=k,
            article_id=k,
            in_="text",
            span=span(0, len(line)),
            kind="subscribe",
            text=line,
        )
        for k in "ab"
    ]
    found = {m.article_id: m.story_id for m in cluster([a, b], [], labelled)}
    assert found["a"] != found["b"]


def test_a_language_the_table_does_not_know_has_no_rare_words() -> None:
    news = (
        "La capitana del transbordador Ottilie declaró ante la comisión de Lowmoor que la niebla "
        "ocultaba el canal; {} según el diario, los pasajeros de Quillan esperan una respuesta."
    )
    found = [
        article("a", news.format("la alcaldesa prometió una investigación y dimitió")),
        article("b", news.format("el puente nuevo abrirá en primavera con peaje")),
    ]
    assert stories(found) == [["a"], ["b"]]


def test_the_more_articles_could_be_meant_the_more_alike_two_must_be() -> None:
    left, right = (profile(article(k, t)) for k, t in (("a", FERRY), ("b", FERRY_AGAIN)))
    alone = likeness(left, right)
    assert alone == likeness(left, right, 800) > likeness(left, right, 8_000) > 0
    assert likeness(left, right) == likeness(right, left)


def test_days_of_the_week_that_contradict_each_other_hold_back() -> None:
    left = profile(article("a", FERRY))
    other = profile(article("b", FERRY_AGAIN.replace("during the night", "on Friday")))
    same = profile(article("b", FERRY_AGAIN.replace("during the night", "on Tuesday")))
    assert likeness(left, other) < likeness(left, same)


def test_names_are_capitals_inside_sentences_and_digits() -> None:
    assert names("Ships pass Brannock. Brannock has 3 ships; “Harbour” the harbour.") == {
        "brannock",
        "3",
    }


@given(st.permutations(range(6)))
@settings(max_examples=40, deadline=None)
def test_order_of_input_changes_nothing(order: list[int]) -> None:
    texts = (FERRY, FERRY_AGAIN, FERRY_BEFORE, VOTE, FERRY + VOTE, VOTE)
    found = [article(f"a{i}", text) for i, text in enumerate(texts)]
    reuse = [copied("a0", "a4", 200), copied("a3", "a5", 100)]
    expected = sorted((m.article_id, m.story_id) for m in cluster(found, reuse))
    again = cluster([found[i] for i in order], reuse[::-1])
    assert sorted((m.article_id, m.story_id) for m in again) == expected


def average_link_slow(n: int, similar: dict[tuple[int, int], int], least: int) -> list[list[int]]:
    """The plain twin: all means anew at every step, from the pairs themselves."""
    groups = [[i] for i in range(n)]

    def total(a: list[int], b: list[int]) -> int:
        return sum(similar.get((min(i, j), max(i, j)), 0) for i in a for j in b if i != j)

    def asked(a: list[int]) -> int:
        if len(a) == 1:
            return 0
        n_pairs = len(a) * (len(a) - 1) // 2
        return 1_000_000 * 4 * (total(a, a) // 2 + 3 * least) // (5 * (n_pairs + 3))

    while True:
        found = []
        for a, b in combinations(groups, 2):
            mean = 1_000_000 * total(a, b) // (len(a) * len(b))
            less, more = sorted([asked(a), asked(b)])
            if mean >= 1_000_000 * least and mean >= (less or more // 2):
                found.append((mean, a, b))
        if not found:
            return sorted(groups)
        _, a, b = max(found)
        groups = [group for group in groups if group not in (a, b)] + [sorted(a + b)]


@pytest.mark.parametrize("seed", range(30))
def test_average_link_agrees_with_its_plain_twin(seed: int) -> None:
    chance = random.Random(seed)
    n = chance.randrange(2, 10)
    # All different, so that no tie leaves two right answers.
    values = chance.sample(range(50, 1000), n * (n - 1) // 2)
    pairs = [(i, j) for j in range(n) for i in range(j)]
    similar = dict(zip(pairs, values, strict=True))
    for threshold in (100, 400, 700):
        assert average_link(n, similar, threshold) == average_link_slow(n, similar, threshold)


def test_stamps_write_the_story_beside_what_it_belongs_to() -> None:
    a, b = (Membership(article_id=k, story_id=f"story {k}") for k in "ab")
    (stamped,) = stamp_articles(article("a", FERRY), a)
    assert stamped.story_id == "story a"
    row = copied("a", "b", 30)
    assert [r.story_id for r in stamp_reuse(row, a, b)] == [None]
    assert [r.story_id for r in stamp_reuse(row, a, replace(b, story_id="story a"))] == ["story a"]
    assert [r.story_id for r in stamp_reuse(row, None, None)] == [None]
    said = Attribution(
        attribution_id="x", article_id="a", kind="statement", strength=1.0, rule="test"
    )
    assert [s.story_id for s in stamp_attributions(said, a)] == ["story a"]


def test_200_real_articles_of_different_months_are_200_stories(data: Path) -> None:
    import zstandard

    by_month: dict[str, list[Article]] = {}
    with (data / "reuse" / "planted_10k.jsonl.zst").open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            row = json.loads(line)
            if row["outlet"] != "planted" and row["date"] and len(row["date"]) == 10:
                by_month.setdefault(row["date"][:7], []).append(article(row["id"], row["text"]))
    # Two or three a month, far apart in the file; the dates are not told.
    chosen = [found[i] for found in by_month.values() for i in (0, len(found) // 2, -1)]
    chosen = list({a.article_id: a for a in chosen}.values())[:200]
    joined = [ids for ids in stories(chosen) if len(ids) > 1]
    assert len(chosen) == 200 and joined == []
