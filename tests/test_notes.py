"""Notes: what a careful reader would look at, and what must stay silent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand import dates
from firsthand import notes as stage
from firsthand.model import Article, Attribution, Derivation, Furniture, Note, When, span
from firsthand.notes import linked_denials, look


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


def said(key: str, text: str, content: str, cue: str) -> Attribution:
    at, heard = text.index(content), text.index(cue)
    return Attribution(
        attribution_id=f"{key}-{at}",
        article_id=key,
        kind="statement",
        cue=span(heard, heard + len(cue)),
        content=span(at, at + len(content)),
        strength=0.9,
        rule="by hand",
        story_id="s",
    )


def notes(
    *articles: Article,
    attributions: tuple[Attribution, ...] = (),
    derivations: tuple[Derivation, ...] = (),
) -> list[tuple[str, str]]:
    by_id = {a.article_id: a for a in articles}
    found = look(list(articles), list(attributions), list(derivations))
    return [(n.kind, words(n, by_id)) for n in found]


def words(n: Note, by_id: dict[str, Article]) -> str:
    owner = by_id[n.article_id or ""]
    assert n.span is not None
    return n.span.of((owner.title or "") if n.in_ == "title" else owner.text)


QUOTING = "It began with “Gate shut at Marl”, Harbour Post, March 4, 2021:\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{QUOTING}The gate was shut, the town said on Tuesday [March 9].", "March 9"),
        (f"{QUOTING}The gate was shut, the town said on Tuesday [March 2].", None),
        (f"{QUOTING}The gate will be opened on Tuesday [March 9].", None),
        ("The gate was shut, the town said on Tuesday [March 9].", None),
        ("The gate was shut on Monday, March 9, 2021.", "Monday, March 9, 2021"),
        ("The gate was shut on Tuesday, March 9, 2021.", None),
        ("The gate was shut on April 31, 2021.", "April 31, 2021"),
        ("In 1931 there were 31 gates; April 30 was fair.", None),
    ],
)
def test_impossible_dates(text: str, expected: str | None) -> None:
    assert notes(article("a", text)) == ([("impossible dates", expected)] if expected else [])


def test_a_report_cited_from_after_the_pages_own_day() -> None:
    text = "The gate was shut, the Harbour Post reported on March 9, 2021."
    cue = said("a", text, "The gate was shut", "reported on")
    day = When(at="2021-03-04", precision="day", basis="meta")
    assert notes(article("a", text, published=day), attributions=(cue,)) == [
        ("impossible dates", "March 9, 2021")
    ]
    for at in ("2021-03-08", "2021-03-09", "2021-03-12"):
        day = When(at=at, precision="day", basis="meta")
        assert notes(article("a", text, published=day), attributions=(cue,)) == []


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Vessia moves its fleet amid airstrikes on Marlia",
         "The fleet left to be spared further airstrikes from neighbouring Marlia.",
         "airstrikes on Marlia"),
        ("Vessia moves its fleet amid airstrikes on Marlia",
         "The fleet left amid airstrikes on Marlia and airstrikes from Marlia.", None),
        ("Vessia moves its fleet amid airstrikes on Marlia",
         "The fleet left the bay. Nobody spoke of Marlia.", None),
        ("Raids by Marlia go on", "A raid on Marlia killed two sheep.", "Raids by Marlia"),
        ("12 sheds burnt in Marl", "Crews said that 14 sheds had burnt in Marl.", "12"),
        ("14 sheds burnt in Marl", "Crews said that 14 sheds had burnt in Marl.", None),
        ("12 sheds burnt in Marl", "Of 14 sheds that burnt, 12 were old, crews said.", None),
        ("12 sheds burnt in Marl", "The town had 400 sheds. Twelve burnt.", None),
    ],
)  # fmt: skip
def test_headline_differs_from_body(title: str, body: str, expected: str | None) -> None:
    found = notes(article("a", body, title=title))
    assert found == ([("headline differs from body", expected)] if expected else [])


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("He told them to “leave the camps near the city”. Low Ferry and the town of Marl.", 1),
        ("He told them to “leave the camps”. They stayed. Nobody had asked.", 0),
        ("They must leave the camp,” he said.", 1),
        ("“They must leave the camp, he said.\nNothing came of it.", 0),
        ("“They must leave the camp.\nThey must leave at once,” he said.", 0),
        ("They must “leave” the camp,” he said.", 0),
        ('They must leave the camp," he said.', 1),
        ("“They must leave.\n“They must leave at once,” he said.", 0),
        ('A pipe of 6" burst. "It was old," she said.', 0),
        ("The “old” gate and the “new” one.", 0),
    ],
)
def test_broken_quotation(text: str, n: int) -> None:
    assert [kind for kind, _ in notes(article("a", text))] == ["broken quotation"] * n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Correction: The gate has five locks, not four.", 1),
        ("An earlier version of this article gave a wrong number of locks.", 1),
        ("This story has been corrected to give the number of locks.", 1),
        ("The house of correction was sold. This story has been told before.", 0),
    ],
)
def test_correction(text: str, n: int) -> None:
    assert [kind for kind, _ in notes(article("a", text))] == ["correction"] * n


PARENT = (
    "The gate will stay shut until the rust on its lower hinge has been repaired, a warden told "
    "the Harbour Post.\nMoreover, the wardens want to keep strangers away from the pump house."
)
AROUND = "\nThe bakery on the hill sells rye bread.\nHer uncle kept bees for thirty winters."
BARE = "The gate stays shut until the rusty lower hinge is repaired."
EDGE = Derivation(
    child_id="b", parent_id="o-x", basis="attribution", strength=0.9, evidence=(), story_id="s"
)
ON = Derivation(
    child_id="o-x", parent_id="o-a", basis="attribution", strength=0.9, evidence=(), story_id="s"
)


def dropped(child: str, *edges: Derivation, cue: str | None = None) -> list[tuple[str, str]]:
    heard = [said("a", PARENT, PARENT[: PARENT.index(", a warden")], "told")]
    heard += [said("b", child, child[: child.index(",")], cue)] if cue else []
    return notes(
        article("a", PARENT + AROUND),
        article("b", child + AROUND),
        attributions=tuple(heard),
        derivations=edges,
    )


def test_attribution_dropped() -> None:
    assert dropped(BARE, EDGE, ON) == [("attribution dropped", BARE)]
    going_on = "The wardens want to keep strangers away from the old pump house."
    assert dropped(going_on, EDGE, ON) == [("attribution dropped", going_on)]


def test_attribution_is_not_dropped() -> None:
    assert dropped(BARE) == []
    assert dropped(BARE, EDGE) == []
    assert dropped(f"“{BARE}”", EDGE, ON) == []
    assert dropped(f"{BARE[:-1]}, a warden said.", EDGE, ON, cue="said") == []


LINK = "ALSO READ  Vessia rejects report that its fleet will leave the bay of Marl"
TITLE = "Vessia tells fleet to leave Marl bay"
BODY = "Vessia has told its fleet to leave the bay of Marl before the winter storms."


def linked(link: str, body: str = BODY, kind: str = "related link") -> list[Note]:
    line = Furniture(capture_id="c-a", kind=kind, text=link, span=span(3, 9))
    return list(linked_denials([line], [article("a", body, title=TITLE)]))


def test_denial_linked() -> None:
    [note] = linked(LINK)
    assert (note.kind, note.article_id, note.in_, note.span) == (
        "denial linked",
        "a",
        "capture",
        span(3, 9),
    )


@pytest.mark.parametrize(
    ("link", "body", "kind"),
    [
        ("ALSO READ  Vessia confirms report that its fleet will leave Marl", BODY, "related link"),
        ("ALSO READ  Bakers reject report on rye bread prices", BODY, "related link"),
        ("ALSO READ  Vessia rejects fleet tax", BODY, "related link"),
        (LINK, f"{BODY} Vessia rejected the report on its fleet as idle talk.", "related link"),
        (LINK, BODY, "caption"),
    ],
)
def test_denial_not_linked(link: str, body: str, kind: str) -> None:
    assert linked(link, body, kind) == []


FORBIDDEN = re.compile(
    r"\b(?:confirmed|verified|plagiari\w+|stolen|copied|spun|fake|true|false)\b", re.IGNORECASE
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [BODY, PARENT, QUOTING, "Monday, March 9, 2021.", "“Shut”. Low Ferry.", "”", "\n", '"']
        ),
        max_size=6,
    ).map("".join)
)
def test_notes_lie_in_their_text_and_weigh_their_words(text: str) -> None:
    for n in look([article("a", text, title=TITLE)], [], []):
        assert n.span is not None
        assert 0 <= n.span.start < n.span.end <= len(TITLE if n.in_ == "title" else text)
        assert not FORBIDDEN.search(re.sub(r"“[^”]*”", "", n.message))


@pytest.mark.parametrize(
    "text",
    [
        "The pier shut on Friday, March 12, 2021. Nobody was there in May.",
        "It opened on Monday [May 3] and shut on 31 June. On Tuesday it rained.",
        "She wrote on March 9, 2021 that 40 boats sank. On Sunday, 4 April they rose.",
    ],
)
def test_days_are_read_only_where_needed(text: str) -> None:
    article = story_article(text)
    quick = list(stage._impossible_dates(article, []))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stage, "dated", dates.expressions)
        assert list(stage._impossible_dates(article, [])) == quick


def story_article(text: str) -> Article:
    return Article(
        article_id="a",
        capture_id="c",
        place=0,
        text_id="t",
        path="p",
        text=text,
        language="en",
        published=When(at="2021-04-20", precision="day", basis="given"),
    )


def test_what_readers_wrote_below_is_no_linked_denial() -> None:
    article = story_article("The Marl council sold the quay at Port Low to a bank.")
    link = "Marl council denies report on sale of quay at Port Low"
    kinds = ("related link", "comment", "page text")
    found = [
        list(linked_denials([Furniture(capture_id="c", article_id=None, span=span(0, 1),
                                             kind=kind, text=link)], [article]))
        for kind in kinds
    ]  # fmt: skip
    assert [len(f) for f in found] == [1, 0, 0]
    two = "Bank denies it\nReport on sale of Port Low quay by Marl council"
    apart = Furniture(
        capture_id="c", article_id=None, span=span(0, 1), kind="related link", text=two
    )
    assert list(linked_denials([apart], [article])) == []
