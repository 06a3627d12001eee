"""From a story's articles to its numbers: who has it firsthand, who repeats it, what is unknown."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from firsthand.attribution import attribute
from firsthand.model import (
    Article,
    Attribution,
    Derivation,
    Reuse,
    Source,
    Story,
    digest,
    span,
)
from firsthand.origins import count
from firsthand.provenance import derive
from firsthand.sources import join, resolve

TITLE = "Harbour bridge in Port Ellis to be sold to Acme Tolls"
CLAIM = "The harbour bridge in Port Ellis will be sold to Acme Tolls for 31 million crowns"
PROSE = (
    "The sale of the harbour bridge ends two years of quarrels over who should pay for its rusting "
    "piers. Acme Tolls has built three bridges on the upper Ashel and runs the ferry to Sixways. "
    "Carters and shopkeepers on the eastern bank have long asked for a second lane. The old "
    "timetable of the ferry will stay as it is until the toll houses on both banks are ready, and "
    "nobody has said what crossing will cost once they are."
)


def page(name: str, text: str, outlet: str | None = None, **more: object) -> Article:
    fields: dict = {
        "article_id": name,
        "capture_id": f"capture of {name}",
        "place": 0,
        "text_id": digest(text),
        "path": f"{name}.txt",
        "title": TITLE,
        "text": text,
        "outlet": outlet,
        "language": "en",
        "story_id": "story",
    }
    return Article(**(fields | more))


def copied(left: Article, right: Article, prose: str = PROSE) -> Reuse:
    left, right = sorted((left, right), key=lambda a: a.article_id)
    at = [a.text.index(prose) for a in (left, right)]
    return Reuse(
        left_id=left.article_id,
        left=span(at[0], at[0] + len(prose)),
        right_id=right.article_id,
        right=span(at[1], at[1] + len(prose)),
        form="verbatim",
        meaning="copy",
        similarity=1.0,
        strength=0.9,
        rule="made up",
        story_id="story",
    )


def read(articles: list[Article], reuse: list[Reuse] = ()) -> tuple[Story, dict[str, set[str]]]:
    """The story, and child → parents by article id or source name."""
    found = list(resolve([a for x in articles for a in attribute(x)], articles))
    articles = [x for x in found if isinstance(x, Article)]
    attributions = [replace(x, story_id="story") for x in found if isinstance(x, Attribution)]
    joined = list(join(attributions, articles))
    attributions = [x for x in joined if isinstance(x, Attribution)]
    sources = [x for x in [*found, *joined] if isinstance(x, Source)]
    given = list(derive(articles, attributions, list(reuse)))
    edges = [x for x in given if isinstance(x, Derivation)]
    sources += [x for x in given if isinstance(x, Source)]
    (story,) = [x for x in count(articles, attributions, edges) if isinstance(x, Story)]
    names = {s.source_id: s.name or s.kind for s in sources}
    parents: dict[str, set[str]] = {}
    for edge in edges:
        assert edge.evidence, "an edge without words is not reported"
        child = names.get(edge.child_id, edge.child_id)
        parents.setdefault(child, set()).add(names.get(edge.parent_id, edge.parent_id))
    return story, parents


def numbers(story: Story) -> tuple[int, int, int, int]:
    return story.n_origins, story.n_presumed, story.n_primary_sources, story.n_lineage_unknown


def statuses(story: Story) -> dict[str, str]:
    return {row.article_id: row.status for row in story.lineage}


def told(outlet: str) -> str:
    return f"{CLAIM}, a person briefed on the sale told the {outlet}."


def test_told_its_own_newsroom_is_an_origin_with_access_shown() -> None:
    story, parents = read([page("a", told("Harbour Post"), "Harbour Post")])
    assert numbers(story) == (1, 0, 1, 0)
    assert statuses(story) == {"a": "origin"}
    assert story.origins[0].access == "shown"
    assert parents == {}


def test_an_echo_of_a_newsroom_nobody_captured_makes_that_newsroom_the_origin() -> None:
    story, parents = read([page("a", f"{CLAIM}, according to the Harbour Post.", "Quay Digest")])
    assert [o.name for o in story.origins] == ["Harbour Post"]
    assert story.origins[0].article_ids == ()
    assert statuses(story) == {"a": "echo"}
    assert parents == {"a": {"Harbour Post"}}


def test_ten_echoes_of_one_report_are_one_origin() -> None:
    echoes = [
        page(f"echo {n}", f"{CLAIM}, the Harbour Post reported.", f"Paper Number{n} Courier")
        for n in range(10)
    ]
    story, _ = read([page("own", told("Harbour Post"), "Harbour Post"), *echoes])
    assert (story.n_pages, story.n_articles) == (11, 11)
    assert numbers(story) == (1, 0, 1, 0)


def test_agency_copy_on_three_pages_is_one_origin() -> None:
    story, _ = read(
        [
            page("a", f"PORT ELLIS (Reuters) - {CLAIM}, Mayor Ana Bruhl said.", "Quay Digest"),
            page("b", f"{CLAIM}, Mayor Ana Bruhl said.\n\nReuters", "Merrow Courier"),
            page("c", f"By Otto Vale, Reuters\n\n{CLAIM}, Mayor Ana Bruhl said.", "Inland Tribune"),
        ]
    )
    assert [o.name for o in story.origins] == ["Reuters"]
    assert set(statuses(story).values()) == {"echo"}
    assert story.n_primary_sources == 1


def test_two_newsrooms_that_quote_one_speaker_are_two_origins_and_one_primary_source() -> None:
    story, parents = read(
        [
            page("a", f"{CLAIM}, Mayor Ana Bruhl said on Monday.", "Quay Digest"),
            page("b", f"Mayor Ana Bruhl said that {CLAIM[0].lower()}{CLAIM[1:]}.", "Harbour Post"),
        ]
    )
    assert numbers(story) == (2, 2, 1, 0)
    assert parents == {}


def test_a_newsroom_with_its_own_source_beside_anothers_report_is_mixed() -> None:
    text = f"{CLAIM}, the Harbour Post reported. The sale of the harbour bridge to Acme Tolls is "
    text += "agreed, a council member confirmed to the Inland Tribune."
    story, _ = read(
        [
            page("a", told("Harbour Post"), "Harbour Post"),
            page("b", text, "Inland Tribune"),
        ]
    )
    assert statuses(story) == {"a": "origin", "b": "mixed"}
    assert story.n_origins == 2


def test_a_chain_ends_in_its_last_newsroom() -> None:
    story, parents = read(
        [
            page("a", f"{CLAIM}, the Sixways Courier reported.", "Quay Digest"),
            page("b", f"{CLAIM}, the Harbour Post reported.", "Sixways Courier"),
        ]
    )
    assert parents == {"a": {"b"}, "b": {"Harbour Post"}}
    assert [o.name for o in story.origins] == ["Harbour Post"]


def test_two_that_cite_each_other_make_no_circle() -> None:
    story, parents = read(
        [
            page("a", f"{CLAIM}, the Sixways Courier reported.", "Quay Digest"),
            page("b", f"{CLAIM}, according to Quay Digest.", "Sixways Courier"),
        ]
    )
    assert len(parents) == 1
    assert story.n_articles == 2


def test_prose_that_nobody_credits_is_unseen_and_its_articles_are_unknown() -> None:
    a, b = page("a", PROSE, "Quay Digest"), page("b", PROSE + " More.", "Merrow Courier")
    story, parents = read([a, b], [copied(a, b)])
    assert parents == {"a": {"unseen"}, "b": {"unseen"}}
    assert numbers(story) == (0, 0, 0, 2)


def test_copied_prose_goes_to_the_side_whose_access_is_shown() -> None:
    a = page("a", f"{told('Harbour Post')} {PROSE}", "Harbour Post")
    b = page("b", PROSE, "Quay Digest")
    story, parents = read([a, b], [copied(a, b)])
    assert parents == {"b": {"a"}}
    assert statuses(story) == {"a": "origin", "b": "echo"}


def test_two_pages_of_one_newsroom_are_one_origin_and_derive_nothing() -> None:
    a = page("a", f"{told('Harbour Post')} {PROSE}", "Harbour Post")
    b = page("b", f"{PROSE} {told('Harbour Post')}", "Harbour Post")
    story, parents = read([a, b], [copied(a, b)])
    assert parents == {}
    assert story.n_origins == 1


def test_contributed_alone_proves_nothing() -> None:
    text = f"{CLAIM}.\n\nThe Associated Press contributed to this report."
    story, parents = read([page("a", text, "Quay Digest")])
    assert parents == {}
    assert numbers(story) == (0, 0, 0, 1)


def test_first_reported_above_own_sources_is_a_courtesy() -> None:
    text = f"{told('Quay Digest')} The sale of the harbour bridge was first reported by the "
    story, parents = read([page("a", text + "Harbour Post.", "Quay Digest")])
    assert parents == {}
    assert statuses(story) == {"a": "origin"}
    assert {o.name for o in story.origins} == {"Quay Digest", "Harbour Post"}


def test_a_denial_is_a_dispute_and_no_origin() -> None:
    text = (
        "Mayor Ana Bruhl denied that the harbour bridge in Port Ellis would be sold to Acme Tolls."
    )
    story, _ = read(
        [page("a", told("Harbour Post"), "Harbour Post"), page("b", text, "Quay Digest")]
    )
    assert [d.name for d in story.disputes] == ["Ana Bruhl"]
    assert [o.name for o in story.origins] == ["Harbour Post"]


def test_a_page_that_was_not_read_is_counted_apart() -> None:
    story, _ = read(
        [
            page("a", told("Harbour Post"), "Harbour Post"),
            page("b", "Der Hafen bleibt zu.", "Hafenblatt", language="de", not_read="language"),
        ]
    )
    assert (story.n_not_read, story.n_lineage_unknown) == (1, 0)
    assert statuses(story)["b"] == "not read"


def test_a_recapture_is_a_page_more_with_the_same_status() -> None:
    story, _ = read(
        [
            page("a", told("Harbour Post"), "Harbour Post"),
            page("b", told("Harbour Post"), "Harbour Post", copy_of="a"),
        ]
    )
    assert (story.n_pages, story.n_articles) == (2, 1)
    assert statuses(story) == {"a": "origin", "b": "origin"}
    assert story.origins[0].article_ids == ("a", "b")


def test_unnamed_sources_of_two_newsrooms_are_not_joined() -> None:
    story, _ = read(
        [
            page("a", told("Harbour Post"), "Harbour Post"),
            page("b", told("Inland Tribune"), "Inland Tribune"),
        ]
    )
    assert numbers(story) == (2, 0, 2, 0)


def test_a_page_without_a_name_shows_its_newsroom_by_who_was_told() -> None:
    story, _ = read([page("a", told("Harbour Post"))])
    assert [(o.name, o.access) for o in story.origins] == [("Harbour Post", "shown")]


def test_a_page_without_a_name_that_cites_a_newsroom_is_not_that_newsrooms() -> None:
    text = f"{CLAIM}, according to the newspaper Harbour Post. A clerk told the Harbour Post so."
    story, _ = read([page("a", text)])
    assert statuses(story) == {"a": "echo"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_order_changes_nothing(order: tuple[int, ...]) -> None:
    pages = [
        page("a", told("Harbour Post"), "Harbour Post"),
        page("b", f"{CLAIM}, the Harbour Post reported.", "Quay Digest"),
        page("c", f"{CLAIM}, Quay Digest reported.", "Sixways Courier"),
    ]
    assert read([pages[i] for i in order]) == read(pages)


def test_plain_plurals_are_unnamed_and_never_separate_sources() -> None:
    story, _ = read(
        [
            page("a", f"Officials said {CLAIM[0].lower()}{CLAIM[1:]}.", "Quay Digest"),
            page("b", f"Witnesses said {CLAIM[0].lower()}{CLAIM[1:]}.", "Harbour Post"),
        ]
    )
    kinds = {p.kind for o in story.origins for p in o.primary_sources}
    assert kinds == {"unnamed"}


def test_a_name_that_reports_is_nobodys_own_source() -> None:
    story, _ = read([page("a", f"{CLAIM}, Bloomberg reported on Sunday.")])
    assert statuses(story) == {"a": "echo"}
    assert [o.name for o in story.origins] == ["Bloomberg News"]


def test_media_reports_are_no_origin() -> None:
    story, _ = read([page("a", f"{CLAIM}, according to media reports.", "Quay Digest")])
    assert numbers(story) == (0, 0, 0, 1)


def test_who_denies_it_is_no_origin_with_other_words_either() -> None:
    denial = (
        "Mayor Ana Bruhl denied that the harbour bridge in Port Ellis would be sold to Acme Tolls. "
        "“Nobody has offered me 31 million crowns for the bridge,” Bruhl told Radio Ellis."
    )
    story, _ = read(
        [page("a", told("Harbour Post"), "Harbour Post"), page("b", denial, "Radio Ellis")]
    )
    assert [o.name for o in story.origins] == ["Harbour Post"]
    assert [d.name for d in story.disputes] == ["Ana Bruhl"]


def test_groups_of_unnamed_sources_do_not_hang_on_their_order() -> None:
    sentences = [
        f"A harbour ministry official said {CLAIM[0].lower()}{CLAIM[1:]}.",
        f"A person at the toll company said {CLAIM[0].lower()}{CLAIM[1:]}.",
        f"A source said {CLAIM[0].lower()}{CLAIM[1:]}.",
    ]
    counts = {
        read([page("a", " ".join(sentences[i] for i in order), "Quay Digest")])[0].n_primary_sources
        for order in permutations(range(3))
    }
    assert len(counts) == 1


def test_a_page_that_quotes_a_filing_beside_common_prose_has_the_filing() -> None:
    own = "Acme Tolls will buy the harbour bridge in Port Ellis, according to the court filing."
    rest = " ".join(f"Carter number {n} said nothing to anybody about it." for n in range(40))
    a = page("a", f"{own}\n\n{PROSE}\n\n{rest}", "Quay Digest")
    b = page("b", f"{CLAIM}.\n\n{PROSE}", "Merrow Courier")
    story, _ = read([a, b], [copied(a, b)])
    assert statuses(story) == {"a": "origin", "b": "unknown"}


def test_a_page_that_is_the_common_text_from_end_to_end_has_nothing_of_its_own() -> None:
    texts = [f"{CLAIM}, Mayor Ana Bruhl said.\n\n{PROSE}" for _ in range(2)]
    a, b = page("a", texts[0], "Quay Digest"), page("b", texts[1] + "\n", "Merrow Courier")
    story, _ = read([a, b], [copied(a, b, texts[0])])
    assert statuses(story) == {"a": "unknown", "b": "unknown"}


def test_who_is_quoted_on_the_claim_further_down_counts_where_the_lead_names_nobody() -> None:
    middle = "\n\n".join(f"The {n} pier has stood empty since spring." for n in "abcdefghij")
    late = "The harbour bridge in Port Ellis goes to Acme Tolls, according to the deed of sale."
    story, _ = read([page("a", f"{CLAIM}.\n\n{middle}\n\n{late}", "Quay Digest")])
    assert statuses(story) == {"a": "origin"}
    silent, _ = read([page("a", f"{CLAIM}.\n\n{middle}", "Quay Digest")])
    assert statuses(silent) == {"a": "unknown"}


def test_what_another_newsroom_is_said_to_cite_is_no_parent_of_the_article() -> None:
    text = f"{CLAIM}, according to the Quay Digest, which cited a report in the Harbour Post."
    story, parents = read([page("a", text, "Inland Tribune")])
    assert parents == {"a": {"Quay Digest"}, "Quay Digest": {"Harbour Post"}}
    assert [o.name for o in story.origins] == ["Harbour Post"]


def test_a_newsroom_that_has_learned_something_has_it_firsthand() -> None:
    story, _ = read([page("a", f"{CLAIM}, the Harbour Post has learned.", "Harbour Post")])
    assert numbers(story)[:2] == (1, 0)


def test_to_call_a_report_nonsense_makes_no_origin_of_who_was_told_so() -> None:
    told_off = "A spokesman for Acme Tolls told Reuters the sale of the bridge was nonsense."
    text = f"{CLAIM}, according to the Harbour Post.\n\n{told_off}"
    story, _ = read([page("a", text, "Quay Digest")])
    assert [o.name for o in story.origins] == ["Harbour Post"]


def test_reactions_outweigh_no_report_that_the_opening_names() -> None:
    reactions = "\n\n".join(
        f"The sale of the harbour bridge in Port Ellis to Acme Tolls is a mistake, {who} said."
        for who in ("Mayor Ana Bruhl", "Otto Vale", "Ida Crane")
    )
    text = f"Port Ellis talked of a sale, Mayor Ana Bruhl said. {CLAIM}, the Harbour Post reported."
    story, _ = read([page("a", f"{text}\n\n{reactions}", "Quay Digest")])
    assert statuses(story) == {"a": "echo"}
