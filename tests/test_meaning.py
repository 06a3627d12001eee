"""What shared passages mean, case by case, and what they amount to for a pair of articles."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.align import compare
from firsthand.meaning import interpret, meaning_of
from firsthand.model import Article, Furniture, PairRelation, Reuse, Span, When, digest, span
from firsthand.outlets import table
from firsthand.pagewords import is_service
from firsthand.relations import agencies, named_near, relate
from firsthand.spoken import Voices, speech
from firsthand.stage import records_of, table_of
from firsthand.text import paragraphs, quotations, sentences

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
        row
        for i, left in enumerate(articles)
        for right in articles[i + 1 :]
        for row in compare(left, right)
    ]
    return related(interpreted(rows, articles), articles, furniture)


def interpreted(rows: Sequence[Reuse], articles: Sequence[Article]) -> list[Reuse]:
    done = interpret(table_of(Reuse, rows), table_of(Article, articles))
    return records_of(Reuse, done)


def related(
    rows: Sequence[Reuse], articles: Sequence[Article], furniture: Sequence[Furniture] = ()
) -> tuple[list[Reuse], dict[tuple[str, str], PairRelation]]:
    given = relate(
        table_of(Reuse, rows), table_of(Article, articles), table_of(Furniture, furniture)
    )
    relations = records_of(PairRelation, given[PairRelation])
    return records_of(Reuse, given[Reuse]), {(r.left_id, r.right_id): r for r in relations}


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
    done = interpreted([row], sides)
    assert related(done, sides) == ([replace(row, meaning="copy")], {})


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
    expected = related(plain, articles)
    chance.shuffle(plain)  # type: ignore[attr-defined]
    chance.shuffle(articles)  # type: ignore[attr-defined]
    assert related(plain, articles) == expected


def test_every_row_keeps_its_words() -> None:
    one, other = article("a", f"One. {PROSE}."), article("b", f"Two. {PROSE}.")
    rows, relations = read([one, other])
    assert [(r.left.of(one.text), r.right.of(other.text)) for r in rows] == [(PROSE, PROSE)]
    spans = {(e.article_id, e.span) for e in relations["a", "b"].evidence}
    assert spans == {
        ("a", Span(start=5, end=5 + len(PROSE))),
        ("b", Span(start=5, end=5 + len(PROSE))),
    }


def speech_slow(text: str) -> list[Span]:
    """What is spoken, from the whole text at once: what reading locally must give as well."""
    quoted = quotations(text.replace("‘‘", " “").replace("’’", "” "))
    blocks = paragraphs(text)
    labels = [(block, LABEL.match(text, block.start)) for block in blocks]
    labelled = [block for block, label in labels if label and not table().named(label[1])]
    found = [*quoted, *(labelled if len(labelled) >= 3 else [])]
    for before, block in pairwise(blocks):
        if SIGNATURE.match(text, block.start):
            found.append(before)
        if text[before.end - 1] == ":" and not any(block.holds(q) for q in quoted):
            found.append(block)
    in_person = [
        sentence
        for m in PERSON.finditer(text)
        if not any(s.start <= m.start() < s.end for s in found)
        for sentence in sentences(text)
        if sentence.start <= m.start() < sentence.end
    ]
    return sorted({*found, *in_person})


LABEL = re.compile(r"([A-Z][A-Z.'’\- ]{2,40}|[A-Z][a-z]{1,30}(?: [A-Z][a-z]{1,30}){0,2}):\s")
SIGNATURE = re.compile(r"\s*(?:[—–-]{1,3}|pic\.twitter\S*)?\s*[^\n]{0,60}\(@\w+\)")
PERSON = re.compile(r"\b(?:I|[Mm]y(?:self)?|me|[Yy]our?)\b(?!\.)")
PIECES = (
    "Boats stay in. ", "I came. ", "“", "”", '"', "‘‘", "’’", "\n", "\n\n", "Mayor: ", "He said:",
    "— Ada (@ada) ", "you may. ", " ### ", " ", "Port Ann. ", "me. ", "My boat", "no", "A.",
    "\nand the long line goes on below the pier where it", "CLERK: ", "told me ", "Yours, ",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.data())
@settings(max_examples=300, deadline=None)
def test_reading_around_a_passage_gives_what_reading_the_whole_text_gives(
    text: str, data: st.DataObject
) -> None:
    expected = [(s.start, s.end) for s in speech_slow(text)]
    assert [(s.start, s.end) for s in speech(text)] == expected
    voices = Voices(text)
    for _ in range(3):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        here = [s for s in expected if s[0] < end and start < s[1]]
        assert sorted(voices.spoken(start, end)) == here


SERVICE = (
    "sign up", "subscribe to", "digital subscription", "newsletter", "newsletters",
    "all rights reserved", "click here", "copyright © 2031", "views expressed",
    "Opinions expressed",
    "views and opinions expressed", "follow us on", "like us on", "terms of use", "privacy policy",
    "terms of service", "reprint permission", "read more", "Story continues", "share this",
    "contributed to this report", "may not be published", "your friend's", "your comments",
    "log in", "login", "members get", "can be reached", "Check out this story", "www.post",
)  # fmt: skip
OF_PAGES = (
    "subscriber", "cookies", "Advertisement", "email address", "e-mail address", "paywall",
    "app store", "podcast", "donate", "columnist", "contributor", "Facebook", "Twitter",
    "commenting", "author of", "reprints",
)  # fmt: skip


def test_one_service_phrase_or_two_words_of_pages_make_furniture() -> None:
    assert all(is_service(f"Boats {phrase} here") for phrase in SERVICE)
    assert all(is_service(f"Boats {word} here {word} now") for word in OF_PAGES)
    assert not any(is_service(f"Boats {word} here") for word in OF_PAGES if word != "subscriber")


def test_a_quotation_with_the_reporters_words_on_both_sides_is_copy() -> None:
    shared = (
        "had turned the crews away from the gate before noon. “Nobody told us that it would be so "
        "early,” said a man in the queue, who had driven down from the hills in the dark"
    )
    one, other = (
        article("a", f"Guards {shared}, again."),
        article("b", f"Twice they {shared} alone."),
    )
    rows, _ = read([one, other])
    assert [r.meaning for r in rows] == ["copy"]


def test_a_quotation_with_its_speaker_is_quote() -> None:
    shared = (
        "“Nobody told us that the gate would be shut so early on a day like this,” the mayor said"
    )
    one, other = (
        article("a", f"It rained. {shared} at noon."),
        article("b", f"Wind. {shared} twice."),
    )
    rows, _ = read([one, other])
    assert [r.meaning for r in rows] == ["quote"]


def test_a_name_written_as_one_word_is_no_list_of_links() -> None:
    shared = (
        "the HarbourFeed site had been shut down by its owners before the clerks could copy any of "
        "the letters that the crews had left there for the council"
    )
    one, other = article("a", f"By then {shared}."), article("b", f"In short {shared}, it seems.")
    rows, _ = read([one, other])
    assert [r.meaning for r in rows] == ["copy"]


def test_rows_dealt_out_in_any_way_mean_the_same() -> None:
    texts = [case[side] for case in CASES for side in ("left", "right")]
    articles = [article(f"{i:03}", text) for i, text in enumerate(texts)]
    rows = [
        row
        for left, right in zip(articles[::2], articles[1::2], strict=True)
        for row in compare(left, right)
    ]
    by_id = {a.article_id: a for a in articles}
    alone = [
        replace(row, meaning=m, strength=s, rule=r)
        for row in rows
        for left, right in [(by_id[row.left_id].text, by_id[row.right_id].text)]
        for m, s, r in [meaning_of(left, row.left, right, row.right)]
    ]
    assert interpreted(rows, articles) == alone
    assert interpreted(rows[::-1], articles[::-1]) == alone[::-1]
    assert interpreted(rows[::2], articles) + interpreted(rows[1::2], articles) == [
        *alone[::2], *alone[1::2],
    ]  # fmt: skip


PAIRS = ("ab", "ac", "bd", "cd")


def relation_slow(rows: Sequence[Reuse]) -> tuple[str, float, list[tuple[str, Span]]]:
    """The relation of a pair without copied prose, row by row."""
    chars = dict.fromkeys(("quote", "furniture", "formula"), 0)
    for row in rows:
        chars[row.meaning] += row.left.end - row.left.start
    top = max(chars, key=lambda m: (chars[m], m))
    relation = top if top != "quote" and not chars["quote"] else "shared_source"
    deciding = [r for r in rows if (r.meaning == "quote") == (relation == "shared_source")]
    evidence = [e for r in deciding for e in ((r.left_id, r.left), (r.right_id, r.right))]
    return relation, max(r.strength for r in deciding), evidence


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_relations_are_those_of_the_plain_rule(data: st.DataObject) -> None:
    articles = [article(n, "x" * 90, outlet=f"o{n}") for n in "abcd"]
    ends = st.tuples(st.integers(0, 40), st.integers(1, 50)).map(lambda e: span(e[0], sum(e)))
    rows = [
        Reuse(
            left_id=left, left=data.draw(ends), right_id=right, right=data.draw(ends),
            form="verbatim", meaning=data.draw(st.sampled_from(("quote", "furniture", "formula"))),
            similarity=1.0, strength=data.draw(st.sampled_from((0.3, 0.6, 0.9))), rule="names",
        )
        for left, right in data.draw(st.lists(st.sampled_from(PAIRS), max_size=9))
    ]  # fmt: skip
    told, relations = related(rows, articles)
    for pair, found in relations.items():
        mine = [r for r in told if (r.left_id, r.right_id) == pair]
        shown = [(e.article_id, e.span) for e in found.evidence]
        assert (found.relation, found.strength, shown) == relation_slow(mine)
    assert set(relations) == {(r.left_id, r.right_id) for r in rows}


def test_two_names_of_an_outlet_near_one_passage_are_shown_once() -> None:
    child = article("a", f"As the Harbour Post says: {PROSE}. So the Harbour Post. {PROSE}. End.")
    parent = article("b", f"{PROSE}. The owners met.", outlet="Harbour Post")
    named = named_near(child, parent, [span(26, 40), span(60, 90)])
    assert [s.of(child.text) for s in named] == ["Harbour Post", "Harbour Post"]
