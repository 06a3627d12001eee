"""Who the names in attributions are: one entity each, across captures for newsrooms only."""

from __future__ import annotations

from firsthand.attribution import attribute
from firsthand.model import Article, Attribution, Furniture, Source
from firsthand.sources import join, resolve


def page(name: str, text: str, **more: object) -> Article:
    fields: dict = {
        "article_id": name,
        "capture_id": name,
        "place": 0,
        "text_id": name,
        "path": f"{name}.txt",
        "text": text,
        "language": "en",
        "story_id": "story",
    }
    return Article(**(fields | more))


def resolved(*pages: Article) -> tuple[list[Attribution], dict[str, Article], dict[str, Source]]:
    found = list(resolve([a for p in pages for a in attribute(p)], list(pages)))
    return (
        [x for x in found if isinstance(x, Attribution)],
        {x.article_id: x for x in found if isinstance(x, Article)},
        {x.name or "": x for x in found if isinstance(x, Source)},
    )


def test_a_name_one_text_calls_a_newsroom_is_one_where_it_only_reported() -> None:
    attributions, _, sources = resolved(
        page("a", "The bridge is unsafe, according to the newspaper Kelmar Dinar."),
        page("b", "The bridge is unsafe, Kelmar Dinar reported."),
    )
    assert {a.source_id for a in attributions} == {sources["Kelmar Dinar"].source_id}


def test_a_name_nobody_calls_a_newsroom_stays_what_it_was() -> None:
    attributions, _, sources = resolved(page("b", "Sales fell by a third, Acme Tolls reported."))
    assert sources == {}
    assert attributions[0].source_kind != "outlet"


def test_spellings_of_one_outlet_are_one_entity() -> None:
    attributions, _, _ = resolved(
        page("a", "A source told Kelmar Al-Dinar that the bridge is unsafe."),
        page("b", "The bridge is unsafe, according to the newspaper Kelmar al-Dinar."),
    )
    told, cited = attributions
    assert told.addressee_id == cited.source_id


def test_initials_are_joined_to_the_name_that_one_article_spells_out() -> None:
    attributions, _, sources = resolved(
        page("a", "PORT ELLIS (NVA) - The bridge is shut.", outlet="Norvik Valley Agency"),
        page("b", "PORT ELLIS (NVA) - The bridge is shut."),
    )
    assert {a.source_id for a in attributions} == {sources["Norvik Valley Agency"].source_id}
    assert set(sources) == {"Norvik Valley Agency"}


def test_initials_that_no_article_spells_out_stay_apart() -> None:
    _, _, sources = resolved(
        page("a", "The bridge is shut.", outlet="Norvik Valley Agency"),
        page("b", "PORT ELLIS (NVA) - The bridge is shut."),
    )
    assert set(sources) == {"Norvik Valley Agency", "NVA"}


def test_an_outlet_is_known_by_its_domain_and_a_section_behind_its_name() -> None:
    _, articles, _ = resolved(
        page("a", "Fog.", outlet="reuters.com"),
        page("b", "Fog.", outlet="Reuters (World News)"),
        page("c", "Fog.", url="https://www.reuters.com/world/fog"),
    )
    assert {a.outlet_id for a in articles.values()} == {"reuters"}


def test_a_host_that_no_table_knows_is_joined_to_the_newsroom_of_that_name() -> None:
    text = "A clerk told the Harbour Post that the bridge is shut."
    attributions, articles, _ = resolved(page("a", text, url="https://www.harbourpost.co/a"))
    assert articles["a"].outlet == "Harbour Post"
    assert attributions[0].self_reference


def test_reserved_names_and_archives_are_no_outlets() -> None:
    _, articles, _ = resolved(
        page("a", "Fog.", url="http://example.org/a"),
        page("b", "Fog.", url="https://web.archive.org/web/2020/x"),
    )
    assert {a.outlet for a in articles.values()} == {None}


def test_an_outlet_is_inferred_from_who_was_told_only_where_one_newsroom_was() -> None:
    _, articles, _ = resolved(
        page("one", "A clerk told the Harbour Post that the bridge is shut."),
        page(
            "two",
            "A clerk told the Harbour Post so. A clerk told the Inland Tribune so, too, on Friday.",
        ),
        page("cited", "A clerk told the Harbour Post so. The Harbour Post reported the rest."),
    )
    assert articles["one"].outlet == "Harbour Post"
    assert articles["two"].outlet is None
    assert articles["cited"].outlet is None


def test_unnamed_sources_are_never_joined_across_articles_and_people_within_a_story_are() -> None:
    pages = [
        page("a", "A council official said the bridge is shut. Mayor Ana Bruhl said so, too."),
        page("b", "A council official said the bridge is shut. Mayor Ana Bruhl said so, too."),
    ]
    attributions, _, _ = resolved(*pages)
    stamped = [
        Attribution(**{f: getattr(a, f) for f in a.__slots__} | {"story_id": "story"})
        for a in attributions
    ]
    joined = [x for x in join(stamped, pages) if isinstance(x, Attribution)]
    unnamed = {a.source_id for a in joined if a.source_kind == "unnamed"}
    people = {a.source_id for a in joined if a.source_kind == "person"}
    assert (len(unnamed), len(people)) == (2, 1)


def head(capture: str, text: str) -> Furniture:
    return Furniture(capture_id=capture, kind="section header", text=text)


def test_a_masthead_names_the_outlet_where_a_text_speaks_of_it_as_one() -> None:
    pages = [
        page("a", "Two ministers told the Kingston Tribune so."),
        page("b", "The bridge is shut. Nobody said why."),
    ]
    heads = [head("a", "THE KINGSTON TRIBUNE"), head("b", "Norvik Affairs News")]
    found = list(resolve([a for p in pages for a in attribute(p)], pages, heads))
    outlets = {x.article_id: x.outlet for x in found if isinstance(x, Article)}
    assert outlets == {"a": "Kingston Tribune", "b": None}


def test_what_one_text_guesses_names_no_newsroom_in_another() -> None:
    attributions, _, _ = resolved(
        page("a", "A source told Kelmar Dinar that the bridge is shut."),
        page("b", "The mill is shut, too. Kelmar Dinar said so on Monday."),
    )
    assert {a.source_kind for a in attributions if a.article_id == "b"} == {"person"}


def test_agency_copy_on_a_page_without_a_name_is_not_the_agencys_page() -> None:
    _, articles, _ = resolved(page("a", "A clerk told Reuters that the bridge is shut."))
    assert articles["a"].outlet is None
