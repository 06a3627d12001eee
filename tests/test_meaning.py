"""What shared passages mean, case by case, and what they amount to for a pair of articles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.align import compare
from firsthand.meaning import agencies, interpret, relate
from firsthand.model import Article, Furniture, PairRelation, Reuse, Span, When, digest, span
from firsthand.spoken import speech

CASES = json.loads((Path(__file__).parent / "cases" / "meaning.json").read_text("utf-8"))


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


def read(
    articles: Sequence[Article], furniture: Sequence[Furniture] = ()
) -> tuple[list[Reuse], dict[tuple[str, str], PairRelation]]:
    """All rows of all pairs with their meaning, and the relation of each pair that has one."""
    rows = [
        done
        for i, left in enumerate(articles)
        for right in articles[i + 1 :]
        for row in compare(left, right)
        for done in interpret(row, left, right)
    ]
    found = list(relate(rows, list(articles), list(furniture)))
    relations = {(r.left_id, r.right_id): r for r in found if isinstance(r, PairRelation)}
    return [r for r in found if isinstance(r, Reuse)], relations


def cases() -> list[object]:
    marks = {"fail": pytest.mark.xfail(strict=True), "pass": ()}
    return [pytest.param(case, id=case["label"], marks=marks[case["expect"]]) for case in CASES]


@pytest.mark.parametrize("case", cases())
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_case(case: dict[str, str], turned: bool) -> None:
    sides = [
        article(name, case[side], outlet=case.get(f"{side}_outlet"))
        for name, side in zip("ba" if turned else "ab", ("left", "right"), strict=True)
    ]
    sides.sort(key=lambda a: a.article_id)
    rows, relations = read(sides)
    passage = case.get("passage", "").casefold()
    decided = [r for r in rows if passage in r.left.of(sides[0].text).casefold()]
    longest = max(decided, key=lambda r: r.left.end - r.left.start)
    assert longest.meaning == case["meaning"], [(r.meaning, r.rule) for r in rows]
    assert relations["a", "b"].relation == case["relation"]


PROSE = (
    "The ferry company stopped all sailings after a crack was found in the hull of its largest "
    "ship during a routine inspection in the dry dock"
)


def test_a_derivation_shows_the_name_that_decided_it() -> None:
    child = article("a", f"Quoting the Harbour Post: {PROSE}. More below.")
    parent = article("b", f"{PROSE}. The owners met.", outlet="Harbour Post")
    _, relations = read([child, parent])
    found = relations["a", "b"]
    assert found.relation == "derived"
    named = [e.span.of(child.text) for e in found.evidence if e.article_id == "a"]
    assert named == ["Harbour Post", PROSE]


def test_each_naming_the_other_derives_neither() -> None:
    one = article("a", f"The Harbour Post has it too: {PROSE}.", outlet="Hill Courier")
    other = article("b", f"As in the Hill Courier: {PROSE}.", outlet="Harbour Post")
    _, relations = read([one, other])
    assert relations["a", "b"].relation == "common_wire"


def test_an_outlet_has_no_relation_to_itself() -> None:
    one, other = (article(n, f"{n} {PROSE}. {n}", outlet="Harbour Post") for n in "ab")
    rows, relations = read([one, other])
    assert (len(rows), relations) == (1, {})


def test_a_recapture_has_no_relation() -> None:
    row = Reuse(
        left_id="a", left=span(0, 5), right_id="b", right=span(0, 5),
        form="verbatim", similarity=1.0, strength=1.0, rule="recapture",
    )  # fmt: skip
    sides = article("a", "Gone."), article("b", "Gone.", copy_of="a")
    (done,) = interpret(row, *sides)
    assert list(relate([done], list(sides), [])) == [replace(row, meaning="copy")]


def test_furniture_labelled_by_the_page_is_furniture() -> None:
    one, other = article("a", f"One. {PROSE}."), article("b", f"Two. {PROSE}.")
    box = Furniture(
        capture_id="b", article_id="b", in_="text", span=span(5, 5 + len(PROSE)), kind="box",
        text=PROSE,
    )  # fmt: skip
    rows, relations = read([one, other], [box])
    assert [r.meaning for r in rows] == ["furniture"]
    assert relations["a", "b"].relation == "furniture"
    rows, _ = read([one, other], [replace(box, in_="capture")])
    assert [r.meaning for r in rows] == ["copy"]


def other_words(seed: int) -> str:
    return " ".join(digest(seed, i) for i in range(150))


@pytest.mark.parametrize(
    "outlets, meaning",
    [(("P", "P", "P"), "furniture"), (("P", "Q", "S"), "copy"), (("P", "P", "Q"), "copy")],
)
def test_what_recurs_in_unlike_articles_of_one_outlet_is_furniture(
    outlets: Sequence[str], meaning: str
) -> None:
    articles = [
        article(f"p{i}", f"{other_words(i)} {PROSE} {other_words(i + 10)}", outlet=outlet)
        for i, outlet in enumerate(outlets)
    ]
    articles.append(article("z", f"{other_words(20)} {PROSE} {other_words(30)}", outlet="R"))
    rows, _ = read(articles)
    assert [r.meaning for r in rows if (r.left_id, r.right_id) == ("p0", "z")] == [meaning]


def test_what_recurs_in_reports_of_one_story_is_not_furniture() -> None:
    shared = " ".join(digest(99, i) for i in range(150))
    days = [When(at=f"2031-05-0{i}", precision="day", basis="given") for i in (1, 2, 3)]
    articles = [
        article(f"p{i}", f"{other_words(i)} {shared} {PROSE}", outlet="P", published=day)
        for i, day in enumerate(days)
    ]
    articles.append(article("z", f"{other_words(20)} {PROSE}", outlet="R"))
    rows, _ = read(articles)
    assert [r.meaning for r in rows if (r.left_id, r.right_id) == ("p0", "z")] == ["copy"]


def test_agencies_are_credited_by_name_not_by_photograph() -> None:
    assert agencies(article("a", "PORT ANN (Reuters) - Boats stayed in."))
    assert agencies(article("a", "Boats stayed in.", byline="Ada Brook, Associated Press"))
    assert not agencies(article("a", "Boats stayed in. (Reuters Photo)"))
    assert not agencies(article("a", f"Boats. {'They lay still. ' * 60} Reuters {'Rain. ' * 90}"))


@given(st.text(alphabet=st.sampled_from('aI “”"\n:.—(@)‘’'), max_size=60))
def test_spoken_spans_lie_in_the_text_in_order(text: str) -> None:
    found = list(speech(text))
    assert found == sorted(found)
    assert all(0 <= s.start < s.end <= len(text) for s in found)


@given(st.randoms())
def test_order_of_rows_changes_nothing(chance: object) -> None:
    articles = [
        article(n, f"{n}. {PROSE}. {'x ' * i}", outlet=f"o{i}") for i, n in enumerate("abc")
    ]
    rows, _ = read(articles)
    plain = [replace(r, rule="prose") for r in rows]
    expected = sorted(map(repr, relate(plain, articles, [])))
    chance.shuffle(plain)  # type: ignore[attr-defined]
    chance.shuffle(articles)  # type: ignore[attr-defined]
    assert sorted(map(repr, relate(plain, articles, []))) == expected


def test_every_row_keeps_its_words() -> None:
    one, other = article("a", f"One. {PROSE}."), article("b", f"Two. {PROSE}.")
    rows, relations = read([one, other])
    assert [(r.left.of(one.text), r.right.of(other.text)) for r in rows] == [(PROSE, PROSE)]
    spans = {(e.article_id, e.span) for e in relations["a", "b"].evidence}
    assert spans == {
        ("a", Span(start=5, end=5 + len(PROSE))),
        ("b", Span(start=5, end=5 + len(PROSE))),
    }
