import io
import json
import math
import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.grouping import ALIKE, MILLION, SETTLED, asked, average_link, floor, linked
from firsthand.likeness import POINTS, alike
from firsthand.model import Article, Attribution, Furniture, Membership, Reuse, When, span
from firsthand.openings import Opening, gather, opening
from firsthand.stories import (
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


def openings(*texts: str, title: str | None = None) -> list[Opening]:
    return [Opening(title=title, text=opening(text)) for text in texts]


def all_meet(i: int, others: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.ones(len(others), bool)


def points(left: str, right: str) -> tuple[int, int]:
    found = alike(gather(openings(left, right)), all_meet)
    return int(found.matter[0]), int(found.time[0])


def test_days_of_the_week_that_contradict_each_other_hold_back() -> None:
    other = FERRY_AGAIN.replace("during the night", "on Friday")
    same = FERRY_AGAIN.replace("during the night", "on Tuesday")
    assert points(FERRY, other)[1] == POINTS.other_day
    assert points(FERRY, same)[1] == 0
    assert points(FERRY + " In 2029.", same + " In 2031.")[1] == POINTS.other_year
    assert points(FERRY, same) == points(same, FERRY)


def test_articles_of_a_large_pool_must_be_more_alike() -> None:
    pair = [article("a", FERRY), article("b", FERRY_AGAIN)]
    others = [article(f"z{i:04}", VOTE) for i in range(4000)]
    day = {"published": on("2031-03-04")}
    dated = [replace(a, **day) for a in pair]

    def similarity(of: list[Article], rest: list[Article]) -> float:
        return next(m.similarity or 0 for m in cluster([*of, *rest], [], least=50))

    alone = similarity(pair, [])
    assert alone > similarity(pair, others)
    assert similarity(dated, others) > similarity(pair, others)  # known to be of one day


def points_slow(left: dict[str, object], right: dict[str, object]) -> int | None:
    """The plain twin of the points for one matter: dictionaries, one pair at a time."""

    def dot(a: dict, b: dict) -> int:  # type: ignore[type-arg]
        return sum(a[k] * b[k] for k in a.keys() & b.keys())

    cosine = dot(left["terms"], right["terms"]) // 100_000  # type: ignore[arg-type]
    rare = left["rare"].keys() & right["rare"].keys()  # type: ignore[attr-defined]
    rare_dot = sum(left["rare"][t] * right["rare"][t] for t in rare)  # type: ignore[index]
    if len(rare) < 2 or rare_dot < 3_000_000 or cosine < 50:
        return None
    common = sum(left["weight"][t] ** 2 for t in rare) // 900  # type: ignore[index]
    told = 0
    for a, b in ((left, right), (right, left)):
        said = sum(w for t, w in a["headline"].items() if t in b["terms"])  # type: ignore
        told += 1000 * said // max(1, sum(a["headline"].values()))  # type: ignore[attr-defined]
    fewer = max(1, min(len(left["pairs"]), len(right["pairs"])))  # type: ignore[arg-type]
    pairs = 1000 * len(left["pairs"].keys() & right["pairs"].keys()) // fewer  # type: ignore
    chars = min(left["chars"], right["chars"])  # type: ignore[type-var]

    def log(x: float) -> int:
        return round(1000 * math.log(x))

    total = (
        POINTS.cosine * log((min(1000, cosine) + 20) / 1000)
        + POINTS.common * log((common + 100) / 100)
        + POINTS.chars * log(max(50, chars))  # type: ignore[type-var]
        + POINTS.told * told
        + POINTS.pairs * pairs
    )
    return POINTS.start + total // 1000


def test_points_agree_with_their_plain_twin() -> None:
    chance = random.Random(5)
    sentences = [s for text in (FERRY, FERRY_AGAIN, FERRY_BEFORE, VOTE) for s in text.split(". ")]
    texts = [". ".join(chance.sample(sentences, chance.randrange(2, 8))) for _ in range(30)]
    pool = gather([*openings(*texts[:15]), *openings(*texts[15:], title="Ferry Ottilie aground")])

    def plain(i: int) -> dict[str, object]:
        found: dict[str, object] = {"chars": int(pool.chars[i]), "weight": pool.weight.tolist()}
        for name in ("terms", "rare", "headline", "pairs"):
            rows = getattr(pool, name)
            values = rows.values[rows.of(i)].tolist()
            found[name] = dict(zip(rows.items[rows.of(i)].tolist(), values, strict=True))
        return found

    rows = [plain(i) for i in range(len(pool))]
    found = alike(pool, all_meet)
    fast = {
        (int(i), int(j)): int(p)
        for i, j, p in zip(found.left, found.right, found.matter, strict=True)
    }
    slow = {(i, j): points_slow(rows[i], rows[j]) for j in range(len(rows)) for i in range(j)}
    assert fast == {pair: value for pair, value in slow.items() if value is not None}
    assert len(fast) > 100


def test_a_membership_says_what_holds_it() -> None:
    found = [
        article("a", FERRY, published=on("2031-03-04")),
        article("b", FERRY_AGAIN, published=on("2031-03-05")),
        article("c", "x", copy_of="b"),
        article("d", VOTE),
    ]
    rows = {m.article_id: m for m in cluster(found, [])}
    assert rows["a"].nearest_id == "b" and rows["b"].nearest_id == "a"
    assert (rows["a"].basis, rows["a"].days_apart) == ("likeness", 1)
    assert ALIKE / 1000 <= (rows["a"].similarity or 0) <= 1
    assert {"Ottilie", "Brannock"} <= set(rows["a"].shared_terms)
    assert (rows["c"].basis, rows["c"].nearest_id) == ("recapture", "b")
    assert (rows["d"].nearest_id, rows["d"].basis, rows["d"].similarity) == (None, None, None)


def test_a_cited_outlet_whose_article_resembles_speaks_for_one_story() -> None:
    a = article("a", FERRY, outlet_id="harbour post")
    b = article("b", FERRY_AGAIN)
    said = Attribution(
        attribution_id="x",
        article_id="b",
        kind="statement",
        source_kind="outlet",
        source_id="harbour post",
        strength=1.0,
        rule="test",
    )
    plain = {m.article_id: m for m in cluster([a, b], [], [], [])}
    cited = {m.article_id: m for m in cluster([a, b], [], [], [said])}
    own = {m.article_id: m for m in cluster([a, b], [], [], [replace(said, self_reference=True)])}
    assert not plain["a"].cited and cited["a"].cited and cited["b"].cited
    assert (cited["a"].similarity or 0) > (plain["a"].similarity or 0)
    assert own == plain
    # Citing joins nothing that is not alike.
    vote = article("a", VOTE, outlet_id="harbour post")
    assert len({m.story_id for m in cluster([vote, b], [], [], [said])}) == 2


def test_turns_of_one_matter_are_stories_in_a_chain() -> None:
    later = FERRY_AGAIN.replace("during the night", "on Friday")
    found = [
        article("a", FERRY, published=on("2031-03-04")),
        article("b", FERRY, published=on("2031-03-04")),
        article("c", later, published=on("2031-03-14")),
        article("d", VOTE, published=on("2031-03-14")),
        article("e", FERRY_AGAIN, published=on("2032-03-04")),
    ]
    rows = {m.article_id: m for m in cluster(found, [])}
    assert rows["a"].story_id == rows["b"].story_id != rows["c"].story_id
    assert rows["a"].chain_id == rows["b"].chain_id == rows["c"].chain_id is not None
    assert rows["d"].chain_id is None
    assert rows["e"].chain_id is None
    again = {m.article_id: m.chain_id for m in cluster(found[::-1], [])}
    assert again == {k: m.chain_id for k, m in rows.items()}


def test_the_setting_tightens_and_loosens() -> None:
    found = [article("a", FERRY), article("b", FERRY_AGAIN)]
    assert len({m.story_id for m in cluster(found, [], least=200)}) == 1
    assert len({m.story_id for m in cluster(found, [], least=990)}) == 2


def test_a_story_spans_few_days_unless_prose_is_copied() -> None:
    similar = {(0, 1): 900, (1, 2): 900, (0, 2): 900}
    days = [(10, 10), (12, 12), (15, 15)]
    assert average_link(3, similar, 600, 150, days, 3) == [[0, 1], [2]]
    assert average_link(3, similar, 600, 150, days, 5) == [[0, 1, 2]]
    assert average_link(3, similar, 600, 150, [(10, 10), None, (15, 15)], 3) == [[0, 1], [2]]
    assert average_link(3, similar | {(0, 2): SETTLED}, 600, 150, days, 3) == [[0, 1, 2]]


@given(st.permutations(range(6)))
@settings(max_examples=40, deadline=None)
def test_order_of_input_changes_nothing(order: list[int]) -> None:
    texts = (FERRY, FERRY_AGAIN, FERRY_BEFORE, VOTE, FERRY + VOTE, VOTE)
    found = [article(f"a{i}", text) for i, text in enumerate(texts)]
    reuse = [copied("a0", "a4", 200), copied("a3", "a5", 100)]
    expected = sorted((m.article_id, m.story_id) for m in cluster(found, reuse))
    again = cluster([found[i] for i in order], reuse[::-1])
    assert sorted((m.article_id, m.story_id) for m in again) == expected


def average_link_slow(
    n: int, similar: dict[tuple[int, int], int], two: int, many: int
) -> list[list[int]]:
    """The plain twin: all links anew at every step, from the pairs themselves."""
    groups = [[i] for i in range(n)]

    def likenesses(a: list[int], b: list[int]) -> list[int]:
        return [similar.get((min(i, j), max(i, j)), 0) for i in a for j in b]

    def inside(a: list[int]) -> int:
        pairs = list(combinations(a, 2))
        total = sum(similar.get(pair, 0) for pair in pairs)
        return MILLION * (total + 2 * many) // (len(pairs) + 2) if pairs else 0

    while True:
        found = []
        for a, b in combinations(groups, 2):
            between = likenesses(a, b)
            link = linked(sum(between), max(between), len(a), len(b))
            least = floor(max(len(a), len(b)), two, many)
            if link >= max(least, asked(*sorted([inside(a), inside(b)]))):
                found.append((link, a, b))
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
    for two, many in ((100, 100), (400, 100), (700, 300)):
        assert average_link(n, similar, two, many) == average_link_slow(n, similar, two, many)


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
