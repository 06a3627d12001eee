"""Statements lined up across a story, their verdicts, and where they differ."""

from __future__ import annotations

import json
import random
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.claims import _near_each, _spans_of, line_up
from firsthand.figures import figures
from firsthand.model import (
    Access,
    Article,
    Attribution,
    Claim,
    Derivation,
    Lineage,
    Origin,
    PrimarySource,
    Reuse,
    SourceKind,
    Status,
    Story,
    When,
    span,
)
from firsthand.statements import Vocabulary, clauses, is_statement, name_stem, same_family
from firsthand.text import sentences
from firsthand.wordings import Words, worded_apart

CASES = json.loads((Path(__file__).parent / "cases/claims.json").read_text("utf-8"))


def article(key: str, text: str, **given: Any) -> Article:
    return Article(
        article_id=key,
        capture_id=f"c-{key}",
        place=0,
        text_id=f"t-{key}",
        path=f"{key}.txt",
        text=text,
        story_id="s",
        **{"language": "en", "outlet_id": f"o-{key}", **given},
    )


def origin(key: str, *primaries: str, kind: SourceKind = "person") -> Origin:
    access: Access = "shown"
    return Origin(
        source_id=f"o-{key}",
        name=key,
        access=access,
        article_ids=(key,),
        primary_sources=tuple(
            PrimarySource(name=name, kind=kind, source_id=f"p-{name}") for name in primaries
        ),
    )


def story(lineage: dict[str, Status], *origins: Origin, main_claim: str | None = None) -> Story:
    return Story(
        story_id="s",
        label="a story",
        main_claim=main_claim,
        article_ids=tuple(sorted(lineage)),
        n_pages=len(lineage),
        n_articles=len(lineage),
        n_outlets=len(lineage),
        n_origins=len(origins),
        n_presumed=0,
        n_primary_sources=1,
        n_lineage_unknown=0,
        n_not_read=0,
        origins=origins,
        disputes=(),
        lineage=tuple(
            Lineage(article_id=key, status=status, rests_on=())
            for key, status in sorted(lineage.items())
        ),
    )


def edge(child: str, parent: str) -> Derivation:
    return Derivation(
        child_id=child,
        parent_id=parent,
        basis="attribution",
        strength=0.9,
        evidence=(),
        story_id="s",
    )


def said(key: str, text: str, content: str, **given: Any) -> Attribution:
    at = text.index(content)
    whole = span(at, at + len(content))
    spans = {
        name: span(text.index(words), text.index(words) + len(words))
        for name in ("cue", "source")
        if (words := given.pop(name, None))
    }
    return Attribution(
        attribution_id=f"{key}-{at}-{given.get('source_id')}",
        article_id=key,
        kind="statement",
        content=whole,
        content_pieces=(whole,),
        strength=0.9,
        rule="by hand",
        story_id="s",
        **spans,
        **given,
    )


def claims(
    s: Story,
    articles: list[Article],
    attributions: list[Attribution] | None = None,
    derivations: list[Derivation] | None = None,
    reuse: list[Reuse] | None = None,
) -> list[Claim]:
    return list(line_up([s], articles, attributions or [], reuse or [], derivations or []))


def marked(cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(c, id=c["label"], marks=[pytest.mark.xfail] if c["expect"] == "fail" else [])
        for c in cases
    ]


# What stands around the pair, so that words have a weight in the story.
AROUND = (
    "The bakery on the hill sells rye bread to the monks.\n"
    "Her uncle kept bees behind the old railway yard for thirty winters.\n"
    "Nothing else was known about the grey parrot when the shop closed.\n"
)


@pytest.mark.parametrize("case", marked(CASES))
def test_cases(case: dict[str, Any]) -> None:
    days = [When(at=day, precision="day") if day else None for day in case["published"]]
    texts = [f"{case['left']}\n{AROUND}", f"Snow fell on the moor all day long.\n{case['right']}"]
    articles = [
        article(key, text, published=day) for key, text, day in zip("ab", texts, days, strict=True)
    ]
    found = claims(story({"a": "origin", "b": "echo"}, origin("a")), articles)
    shared = [c for c in found if len({x.article_id for x in c.statements}) == 2]
    assert bool(shared) == case["expected"]["aligned"]
    differences = [[d.kind, d.left.value, d.right.value] for c in shared for d in c.differences]
    assert differences == case["expected"]["differences"]


FIRE = "A fire destroyed the rope factory in Port Low on Monday night."
SONG = "The choir of Marl sang for an hour in the rain."


def test_one_origin_through_a_chain_of_echoes() -> None:
    articles = [article("a", f"{FIRE}\n{SONG}"), article("b", FIRE), article("c", FIRE)]
    s = story({"a": "origin", "b": "echo", "c": "echo"}, origin("a", "Ilse Tarn"))
    [c] = claims(s, articles, derivations=[edge("b", "o-x"), edge("o-x", "a"), edge("c", "b")])
    assert (c.verdict, c.n_origins, c.text) == ("one origin", 1, FIRE)
    assert [x.article_id for x in c.statements] == ["a", "b", "c"]


def by(key: str, text: str, name: str | None, kind: SourceKind = "person") -> Attribution:
    """A statement of FIRE in other words, given to somebody at the end of its sentence."""
    content = text[: text.index(", ")]
    return said(key, text, content, cue="said", source=name or "a clerk", source_name=name,
                source_kind=kind, source_id=f"p-{name}")  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("Ilse Tarn", "Tam Ouse", "separate sources"),
        ("Ilse Tarn", "Chief Ilse Tarn", "several newsrooms, separateness not shown"),
        ("Ilse Tarn", "a clerk", "several newsrooms, separateness not shown"),
    ],
)
def test_sources_of_two_newsrooms(left: str, right: str, verdict: str) -> None:
    texts = {
        "a": f"A fire destroyed the rope factory in Port Low, {left} said.\n{SONG}",
        "b": f"The rope factory in Port Low was destroyed by a fire, {right} said.",
    }
    names = {"a": left, "b": right}
    attributions = [
        by(key, texts[key], name, "unnamed" if name.islower() else "person")
        for key, name in names.items()
    ]
    s = story({"a": "origin", "b": "origin"}, origin("a", left), origin("b", right))
    [c] = claims(s, [article(key, text) for key, text in texts.items()], attributions)
    assert (c.verdict, c.n_origins) == (verdict, 2)


def test_the_same_words_are_not_two_sources() -> None:
    text = "A fire destroyed the old rope factory in Port Low overnight, {} said."
    texts = {"a": f"{text.format('Ilse Tarn')}\n{SONG}", "b": text.format("Tam Ouse")}
    attributions = [by("a", texts["a"], "Ilse Tarn"), by("b", texts["b"], "Tam Ouse")]
    s = story({"a": "origin", "b": "origin"}, origin("a", "Ilse Tarn"), origin("b", "Tam Ouse"))
    [c] = claims(s, [article(key, text) for key, text in texts.items()], attributions)
    assert c.verdict == "several newsrooms, separateness not shown"


@pytest.mark.parametrize(
    ("left", "right", "kind", "verdict"),
    [
        ("Ilse Tarn", "Ilse Tarn", "person", "several newsrooms, one source"),
        ("Ilse Tarn", "Tam Ouse", "person", "several newsrooms, separateness not shown"),
        ("a clerk", "a driver", "unnamed", "several newsrooms, separateness not shown"),
    ],
)
def test_what_newsrooms_rest_on_elsewhere(
    left: str, right: str, kind: SourceKind, verdict: str
) -> None:
    s = story({"a": "origin", "b": "origin"}, origin("a", left, kind=kind),
              origin("b", right, kind=kind))  # fmt: skip
    [c] = claims(s, [article("a", f"{FIRE}\n{SONG}"), article("b", FIRE)])
    assert (c.verdict, c.n_origins) == (verdict, 2)


def test_nothing_shown_is_unattributed() -> None:
    s = story({"a": "unknown", "b": "unknown"})
    [c] = claims(s, [article("a", f"{FIRE}\n{SONG}"), article("b", FIRE)])
    assert (c.verdict, c.n_origins) == ("unattributed", 0)


def test_another_outlet_of_unknown_lineage_keeps_a_claim_from_being_one_origins() -> None:
    s = story({"a": "origin", "b": "unknown"}, origin("a", "Ilse Tarn"))
    texts = f"{FIRE}\n{SONG}", FIRE
    [c] = claims(s, [article("a", texts[0]), article("b", texts[1])])
    assert c.verdict == "several newsrooms, separateness not shown"
    [c] = claims(s, [article("a", texts[0]), article("b", texts[1], outlet_id=None)])
    assert c.verdict == "one origin"


def test_an_echo_of_two_origins_adds_no_newsroom() -> None:
    s = story({"a": "origin", "b": "origin", "c": "echo"}, origin("a", "X"), origin("b", "Y"))
    articles = [article("a", f"{FIRE}\n{SONG}"), article("b", SONG), article("c", FIRE)]
    found = claims(s, articles, derivations=[edge("c", "a"), edge("c", "o-b")])
    fire = next(c for c in found if c.text == FIRE)
    assert (fire.verdict, fire.n_origins) == ("one origin", 1)


def test_a_statement_cited_from_another_origin_goes_back_there() -> None:
    text = f"{FIRE[:-1]}, the Inland Herald reported.\n{SONG}"
    s = story({"a": "origin", "b": "origin"}, origin("a", "X"), origin("b", "Y"))
    cited = said("a", text, FIRE[:-1], cue="reported", source="the Inland Herald",
                 source_id="o-b", source_kind="outlet")  # fmt: skip
    found = claims(s, [article("a", text), article("b", FIRE)], [cited])
    fire = next(c for c in found if "rope factory" in c.text)
    assert (fire.verdict, fire.n_origins) == ("one origin", 1)
    assert all("reported" not in x.span.of(text) for x in fire.statements if x.article_id == "a")


def test_a_source_that_denies_is_claim_and_denial() -> None:
    text = f"{SONG}\nThe mayor denied that a fire destroyed the rope factory in Port Low."
    content = "a fire destroyed the rope factory in Port Low"
    denial = said("b", text, content, cue="denied that", source="The mayor", denied=True)
    s = story({"a": "origin", "b": "origin"}, origin("a", "X"), origin("b", "Y"))
    [c] = claims(s, [article("a", FIRE), article("b", text)], [denial])
    assert [d.kind for d in c.differences] == ["claim and denial"]
    assert c.differences[0].right.span.of(text).startswith(content)


def test_demand_and_purpose_are_claims_of_their_own() -> None:
    left = (
        "Vessia has told the fleet to leave the bay of Marl "
        "to avoid the ships being hit by winter storms."
    )
    right = (
        "The fleet was ordered by Vessia to quit the bay of Marl.\n"
        "The reason is that Vessia wants to avoid the ships being hit by storms."
    )
    s = story({"a": "origin", "b": "echo"}, origin("a", "X"))
    found = claims(s, [article("a", f"{left}\n{AROUND}"), article("b", f"{right}\n{SONG}")])
    words = [[x.span.of({"a": left, "b": right}[x.article_id]) for x in c.statements]
             for c in found]  # fmt: skip
    assert ["Vessia has told the fleet to leave the bay of Marl",
            "The fleet was ordered by Vessia to quit the bay of Marl."] in words  # fmt: skip
    assert ["to avoid the ships being hit by winter storms.", right.split("\n")[1]] in words


def test_two_facts_of_one_article_are_not_one_claim() -> None:
    left = (
        "The storm tore the roof from the church at Marl.\n"
        "The storm tore the roof from the school at Low Ferry."
    )
    found = claims(
        story({"a": "origin", "b": "echo"}, origin("a", "X")),
        [article("a", f"{left}\n{AROUND}"), article("b", f"{left}\n{SONG}")],
    )
    assert sorted(len(c.statements) for c in found) == [2, 2]


def test_labels_headlines_and_recaptures_make_no_claims() -> None:
    label = "Photo: Port Low harbour at dusk\nMore on the Port Low harbour sale"
    articles = [
        article("a", f"{label}\n{SONG}"),
        article("b", label),
        article("c", SONG, copy_of="a"),
        article("d", SONG, language="de"),
    ]
    s = story({"a": "unknown", "b": "unknown", "c": "unknown", "d": "not read"})
    assert claims(s, articles) == []


def test_a_story_of_one_article_has_its_main_claim() -> None:
    s = story({"a": "origin"}, origin("a", "X"), main_claim="Rope factory in Port Low destroyed")
    [c] = claims(s, [article("a", f"{SONG}\n{FIRE}")])
    assert (c.text, c.verdict, c.n_origins) == (FIRE, "one origin", 1)


@pytest.mark.parametrize("text", ["", "?", "“”", "A", "\n\n", "1 2 3 4 5.", "no capitals no stop"])
def test_odd_texts_give_no_claims(text: str) -> None:
    s = story({"a": "origin", "b": "echo"}, origin("a", "X"), main_claim="x")
    for c in claims(s, [article("a", text), article("b", text)]):
        assert all(x.span.of(text) for x in c.statements)


def test_order_of_input_changes_nothing() -> None:
    articles = [
        article("a", f"{FIRE}\n{SONG}"),
        article("b", FIRE),
        article("c", f"{SONG}\n{FIRE}"),
    ]
    s = story({"a": "origin", "b": "echo", "c": "echo"}, origin("a", "X"))
    edges = [edge("b", "a"), edge("c", "b")]
    expected = claims(s, articles, derivations=edges)
    assert len(expected) == 2
    for seed in range(6):
        random.Random(seed).shuffle(articles)
        random.Random(seed).shuffle(edges)
        assert claims(s, articles, derivations=edges) == expected


SENTENCES = st.lists(
    st.sampled_from([c[side] for c in CASES for side in ("left", "right")]), max_size=6
)


@settings(max_examples=30, deadline=None)
@given(SENTENCES, SENTENCES)
def test_every_statement_is_in_one_claim_and_inside_its_text(
    left: list[str], right: list[str]
) -> None:
    texts = {"a": " ".join(left), "b": "\n".join(right)}
    s = story({"a": "origin", "b": "echo"}, origin("a", "X"), main_claim="The storm in Marl")
    found = claims(s, [article(k, t) for k, t in texts.items()], derivations=[edge("b", "a")])
    statements = [x for c in found for x in c.statements]
    assert len(statements) == len(set(statements))
    assert len({c.claim_id for c in found}) == len(found)
    for x in statements:
        assert 20 <= x.span.end - x.span.start <= 900
        assert x.span.end <= len(texts[x.article_id])


def test_clauses_cover_a_sentence_in_order() -> None:
    text = (
        "After the storm had blocked both of the valley roads, crews cleared a path; the mayor "
        "praised them, but the farmers said that the help had come a day too late to save hay."
    )
    parts = [c.of(text) for c in clauses(text, sentences(text)[0])]
    assert parts == [
        "After the storm had blocked both of the valley roads",
        "crews cleared a path; the mayor praised them",
        "the farmers said that the help had come a day too late to save hay.",
    ]


def test_no_word_is_in_two_families_and_every_family_has_a_reason() -> None:
    table = resources.files("firsthand").joinpath("data/synonyms.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines()]
    assert rows[0] == ["family", "words", "reason"]
    words = [word for _, members, _ in rows[1:] for word in members.split(", ")]
    assert len(words) == len(set(words))
    assert all(reason.strip() for _, _, reason in rows)


def test_words_that_share_a_stem_are_not_one_family() -> None:
    assert not same_family("plan", "plane")
    assert same_family("planes", "aircraft")
    assert name_stem("austria") != name_stem("australia")


def test_names_spelled_otherwise_are_one_term_unless_a_text_has_both() -> None:
    one = Vocabulary(["They left Tarsum.", "They left Tarsoum."], [])
    assert len({t.key for x in ("They left Tarsum.", "They left Tarsoum.")
                for t in one.terms(x, span(10, len(x)))}) == 1  # fmt: skip
    both = Vocabulary(["They left Tarsum for Tarsoum."], [])
    text = "They left Tarsum for Tarsoum."
    assert len({t.key for t in both.terms(text, span(10, len(text)))}) == 2


def test_labels_are_no_statements() -> None:
    text = "Updated 8:30 AM\nBy Ilse Tarn, Harbour Post\nThe gate is shut."
    assert [is_statement(text, s) for s in sentences(text)] == [False, False, True]


@given(st.text(alphabet="ab 0123456789,.$%toen-\n", max_size=60))
def test_figures_lie_in_the_text(text: str) -> None:
    for figure in figures(text, span(0, len(text))):
        assert 0 <= figure.span.start < figure.span.end <= len(text)


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        (
            "“We shut the lower gate late and we paid dearly for it,” Ilse Tarn said.",
            "“We shut the lower gate late and paid dearly for it,” Ilse Tarn said.",
            [("wording", "late and we paid dearly", "late and paid dearly")],
        ),
        (
            "“We don’t need fourteen boats in this harbour at all,” Ilse Tarn said.",
            "“We do not need 14 boats in this harbour at all,” Ilse Tarn said.",
            [],
        ),
        (
            "“We shut the lower gate … and we paid dearly for it,” Ilse Tarn said.",
            "“We shut the lower gate late and we paid dearly for it,” Ilse Tarn said.",
            [],
        ),
        (
            "The council fined Ilse Tarn, Ana Marl, and Tam Ouse over the sale of the quay.",
            "The council fined Ilse Tarn and Ana Marl over the sale of the quay.",
            [("name", "Ilse Tarn, Ana Marl, and Tam Ouse", "Ilse Tarn and Ana Marl")],
        ),
        (
            "Police in Marl held the former union secretary Ilse Tarn on Monday night.",
            "Police in Marl held former union treasurer Ilse Tarn on Monday night.",
            [("wording", "union secretary", "union treasurer")],
        ),
    ],
)
def test_a_quotation_in_two_wordings(
    left: str, right: str, wanted: list[tuple[str, str, str]]
) -> None:
    ours, theirs = (
        Words(article_id=key, text=text, span=span(0, len(text)))
        for key, text in (("a", left), ("b", right))
    )
    found = [(d.kind, d.left.value, d.right.value) for d in worded_apart(ours, theirs)]
    assert found == wanted


def test_two_counts_of_one_thing_are_lined_up_and_two_things_in_one_text_are_not() -> None:
    left = "The storm sank 40 boats moored in the harbour of Port Low near the Ostrey lighthouse."
    right = "In all 48 boats sank off the Ostrey lighthouse when the storm came to Port Low."
    s = story({"a": "origin", "b": "echo"}, origin("a"))
    articles = [article("a", f"{left}\n{AROUND}"), article("b", f"{right}\n{SONG}")]
    found = [d for c in claims(s, articles) for d in c.differences]
    assert [(d.kind, d.left.value, d.right.value) for d in found] == [("number", "40", "48")]
    both = f"{right} Only 40 boats had been insured.\n{SONG}"
    found = [d for c in claims(s, [articles[0], article("b", both)]) for d in c.differences]
    assert found == []


def test_attributions_near_a_sentence_are_those_that_reach_into_it() -> None:
    deal = random.Random(7)
    edges = sorted(deal.sample(range(400), 40))
    sentences = [span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    said = []
    for n in range(60):
        start = deal.randrange(380)
        content = span(start, start + deal.randrange(1, 60))
        said.append(
            Attribution(
                attribution_id=f"a{n:02}", article_id="a", kind="statement", content=content,
                content_pieces=(content,), strength=0.9, rule="said",
            )
        )  # fmt: skip
    slow = [tuple(a for a in said if any(s.overlaps(r) for r in _spans_of(a))) for s in sentences]
    assert _near_each(sentences, said) == slow
