"""Newsrooms as the place where something was said or written, and names of several newsrooms."""

from __future__ import annotations

import pytest

from firsthand.attribution import attribute
from firsthand.model import Article, Attribution


def read(text: str, outlet: str | None = None) -> list[Attribution]:
    made = Article(
        article_id="a", capture_id="c", place=0, text_id="t", path="p", text=text, outlet=outlet
    )
    return list(attribute(made))


def cited(text: str, outlet: str | None = None) -> set[str]:
    """Return the names of the newsrooms cited."""
    found = read(text, outlet)
    named = {a.source_name for a in found if a.source_kind in ("outlet", "agency") and a.source_id}
    return {n for n in named | {a.addressee_name for a in found if a.addressee_id} if n}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ana Bruhl wrote in the Northbank Gazette that the mill was sold.", {"Northbank Gazette"}),
        (
            "An article in the magazine Tide and Lock found that the mill was sold.",
            {"Tide and Lock"},
        ),
        ("On CNN, Ana Bruhl said the mill was sold.", {"CNN"}),
        ("On CNN’s “The Long Hour” on Sunday, Ana Bruhl said the mill was sold.", {"CNN"}),
        ("“We sold it,” Ana Bruhl said on CNN.", {"CNN"}),
        ("CNN’s Otto Vale reported that the mill was sold.", {"CNN"}),
        ("The mill was sold, reports CNN’s Otto Vale.", {"CNN"}),
        ("The Northbank Gazette broke the story late on Monday.", {"Northbank Gazette"}),
        ("The mill was sold, Reuters and KelmarNews reported.", {"Reuters", "KelmarNews"}),
        ("He resigned after revelations by the Northbank Gazette.", {"Northbank Gazette"}),
        ("As the Northbank Gazette reported: the mill was sold.", {"Northbank Gazette"}),
        ("“I sold it,” she told WQXZ.", {"WQXZ"}),
        ("The mill was sold, according to KQXZ-TV.", {"KQXZ-TV"}),
        ("She told the Norvik news site Kelmar Dinar that the mill was sold.", {"Kelmar Dinar"}),
        (
            "Otto Vale, head of the office, which made the list, told Reuters it was wrong.",
            {"Reuters"},
        ),
        ("She said the mill was sold in an exchange with Reuters.", {"Reuters"}),
        ("“No comment,” she said in her CNN interview.", {"CNN"}),
    ],
)
def test_newsrooms_are_found_where_something_was_said_or_written(
    text: str, names: set[str]
) -> None:
    assert cited(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Watch the debate at 8 p.m. on CNN.",
        "CNN employs thousands of people in Atlanta.",
        "Photo: Otto Vale/Reuters",
        "He attacked CNN and the Northbank Gazette.",
        "Ads on CNN cost more than ads on the radio.",
        "Her face was on CNN all day.",
        "The mill was sold by KPMG.",
        "Ana Bruhl works for the Northbank Gazette.",
        "(Reporting by Ana Vale in Marl; Editing by Otto Bruhl)",
    ],
)
def test_a_name_without_such_words_is_no_citation(text: str) -> None:
    assert cited(text) == set()


def test_a_name_of_several_newsrooms_is_the_one_of_the_outlets_own_country() -> None:
    text = "She told ABC that the mill was sold."
    assert cited(text, outlet="Salon") == {"ABC News"}
    assert cited(text) == set()


def test_the_times_is_the_one_the_article_names_in_full() -> None:
    text = "The New York Times has the list. Otto Vale told the Times that it was wrong."
    assert "New York Times" in cited(text)
    assert cited("Otto Vale told the Times that it was wrong.") == set()


def test_who_bears_a_newsrooms_name_is_nobody_to_be_told() -> None:
    text = "Mayor Michael Bloomberg arrived. A clerk told Bloomberg that the mill was sold."
    assert cited(text) == set()
