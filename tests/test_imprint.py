"""What a page says of itself: each field from the witness that is right most often."""

import json

import pytest

from firsthand import imprint, markup
from firsthand.bylines import byline, clean
from firsthand.headlines import without_site
from firsthand.times import MONTHS, day_in, order_in, when

BODY = "".join(
    f"<p>The harbour stayed shut on day {n}, the port authority said. </p>" for n in "ab"
)


def read(body="", head="", url="https://post.example/fog"):
    page = markup.parse(f"<html lang=en><head>{head}</head><body>{body}</body></html>")
    return imprint.of_article(page, markup.blocks(page.root), url)


def data(**fields):
    thing = {"@context": "https://schema.org", "@type": "NewsArticle"} | fields
    return f'<script type="application/ld+json">{json.dumps(thing)}</script>'


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def day(found):
    return found.published.at[:10] if found.published else None


# Times


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("Publié le 1er mars 2025 à 10h", "2025-03-01"),
        ("4. März 2025", "2025-03-04"),
        ("4 de marzo de 2025", "2025-03-04"),
        ("4 de março de 2025", "2025-03-04"),
        ("17 декабря 2025", "2025-12-17"),
        ("2025. december 17.", "2025-12-17"),
        ("17 grudnia 2025", "2025-12-17"),
        ("2025년 12월 17일", "2025-12-17"),
        ("Sat, 20 Dec, 2025 - 06:36", "2025-12-20"),
        ("Mar. 11, 2026 9:00 am", "2026-03-11"),
        ("Dec 17, 2025Ada Quill", "2025-12-17"),
        ("31/12/2025", "2025-12-31"),
        ("12/31/2025", "2025-12-31"),
    ],
)
def test_days_are_read_as_people_write_them(line, at):
    assert day_in(line, "text").at == at


@pytest.mark.parametrize(
    "line",
    [
        "3/4/2025",
        "31/31/2025",
        "30 February 2025",
        "4 Smarch 2025",
        "4 March 1066",
        "4 March",
        "1.2.3",
    ],
)
def test_no_day_is_made_up(line):
    assert day_in(line, "text") is None


def test_a_month_name_means_one_month_in_every_language():
    assert set(MONTHS.values()) == set(range(1, 13))
    assert "listopada" not in MONTHS


def test_a_page_shows_in_which_order_it_writes_day_and_month():
    assert order_in("3/4/2025\n3/25/2025") == "month first"
    assert order_in("3/4/2025\n25/3/2025") == "day first"
    body = "<h1>Fog closes harbour</h1><p>3/4/2025</p>" + BODY
    assert day(read(body)) is None
    assert day(read(body + "<p>3/25/2025</p>")) == "2025-03-04"


def test_times_keep_zone_and_precision():
    found = when("20250304T092000Z", "meta")
    assert (found.at, found.precision) == ("2025-03-04T09:20:00+00:00", "second")
    assert when("2025-03-04 09:20 +0100", "meta").at == "2025-03-04T09:20+01:00"


# Published and changed


def test_json_ld_is_believed_and_its_time_kept_where_the_page_shows_the_same_day():
    head = data(headline="Fog closes harbour", datePublished="2025-03-04T09:20:00+01:00")
    found = read("<h1>Fog closes harbour</h1><p>4 March 2025</p>" + BODY, head)
    assert found.published == when("2025-03-04T09:20:00+01:00", "json-ld")


def test_a_day_beside_the_headline_wins_where_the_two_disagree():
    head = data(datePublished="2025-03-05T01:20:00+00:00")
    found = read("<h1>Fog closes harbour</h1><p>March 4, 2025</p>" + BODY, head)
    assert (found.published.at, found.published.basis) == ("2025-03-04", "text")


def test_an_update_within_days_leaves_the_day_of_publication():
    head = data(datePublished="2025-03-04", dateModified="2025-03-06")
    found = read("<h1>Fog closes harbour</h1><p>Updated March 6, 2025</p>" + BODY, head)
    assert (day(found), found.modified.at) == ("2025-03-04", "2025-03-06")


def test_a_text_changed_long_after_is_dated_by_the_change_and_says_so():
    head = data(datePublished="2019-03-04", dateModified="2025-03-06")
    found = read("<h1>Fog closes harbour</h1><p>Updated March 6, 2025</p>" + BODY, head)
    published = found.published
    assert (published.at, published.basis) == ("2025-03-06", "updated")
    assert published.not_before == "2019-03-04"


def test_where_both_days_stand_each_is_what_it_is_called():
    lines = "<p>Published:</p><p>4 March 2025</p><p>Last updated:</p><p>6 June 2025</p>"
    found = read("<h1>Fog closes harbour</h1>" + lines + BODY)
    assert (day(found), found.modified.at) == ("2025-03-04", "2025-06-06")


def test_days_of_other_articles_and_of_the_body_are_not_the_page_s():
    other = '<div class="related"><h3>Mill to close</h3><time datetime="2024-01-01">x</time></div>'
    body = "<h1>Fog closes harbour</h1>" + BODY * 2 + "<p>It was like 4 March 2003.</p>" + other
    assert read("<nav><a href=/>Home</a></nav>" + body).published is None


def test_the_address_gives_the_day_last_of_all():
    found = read("<h1>Fog closes harbour</h1>" + BODY, url="https://post.example/2025/03/04/fog")
    assert (found.published.at, found.published.basis) == ("2025-03-04", "url")


@pytest.mark.parametrize("said", ["2025-13-40", "0001-01-01", "NaN", "3/4/2025", "soon"])
def test_a_declared_time_that_cannot_be_read_gives_none(said):
    assert read("<h1>Fog</h1>" + BODY, data(datePublished=said)).published is None


# Writers


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ada Quill", "Ada Quill"),
        ({"@type": "Person", "name": "Ada Quill"}, "Ada Quill"),
        ([{"name": "Ada Quill"}, {"name": "Ben Ross"}], "Ada Quill, Ben Ross"),
        ({"@type": "Organization", "name": "Reuters"}, "Reuters"),
        ("By ADA QUILL and Ben Ross", "ADA QUILL, Ben Ross"),
        ("admin", None),
        ("https://post.example/staff/ada", None),
        ("March 4, 2025", None),
    ],
)
def test_authors_of_json_ld(author, expected):
    assert read("<h1>Fog closes harbour</h1>" + BODY, data(author=author)).byline == expected


def test_an_author_named_in_another_object_is_found():
    graph = {"@graph": [
        {"@type": "Article", "headline": "Fog", "author": {"@id": "#ada"}},
        {"@type": "Person", "@id": "#ada", "name": "Ada Quill"},
    ]}  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    assert read("<h1>Fog</h1>" + BODY, head).byline == "Ada Quill"


def test_json_ld_with_the_usual_slips_is_still_read():
    slips = '<!-- {"@type": "Article", "author": {"name": "Ada Quill",}, "headline": "Fog",} -->'
    head = f'<script type="application/ld+json">{slips}</script>'
    assert read("<h1>Fog</h1>" + BODY, head).byline == "Ada Quill"


def test_a_person_on_the_page_comes_before_the_site_and_a_login():
    site = meta("og:site_name", "Harbour Post") + meta("author", "Harbour Post")
    body = "<h1>Fog closes harbour</h1><p>By Ada Quill</p>" + BODY
    assert read(body, site).byline == "Ada Quill"
    assert read(body, meta("author", "aquill77")).byline == "Ada Quill"
    assert read("<h1>Fog closes harbour</h1>" + BODY, site).byline == "Harbour Post"


@pytest.mark.parametrize(
    "lines",
    [
        "<p>Written by</p><p>Ada Quill</p>",
        "<p>4 March 2025 by Ada Quill</p>",
        "<p>Written by:Ada Quill</p>",
        "<div><span class='post-author'>Ada Quill</span></div>",
        "<p><a href='/author/ada-quill'>Ada Quill</a></p>",
        "<p>Ada Quill</p><p>Staff Writer</p>",
    ],
)
def test_bylines_as_pages_show_them(lines):
    assert read("<h1>Fog closes harbour</h1>" + lines + BODY).byline == "Ada Quill"


@pytest.mark.parametrize(
    "lines",
    [
        "<p>Reviewed by Ada Quill</p>",
        "<p>Photo by Ada Quill</p>",
        "<p>Marsh End</p>",
        "<p>Hit by Storm Ada</p>",
        "<div class='comments'><p><span class='author'>Ada Quill</span></p></div>",
    ],
)
def test_names_that_are_no_bylines(lines):
    assert read("<h1>Fog closes harbour</h1>" + lines + BODY).byline is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Ada Quill | Staff Writer", "Ada Quill"),
        ("Ada Quill, Harbour Post", "Ada Quill, Harbour Post"),
        ("Ada Quill Last updated August 1", "Ada Quill"),
        ("Ada Quill 4 August 2010", "Ada Quill"),
        ("Ada Quill December", "Ada Quill"),
        ("AQ Ada Quill", "Ada Quill"),
        ("Von Miller", "Von Miller"),
        ("von Ada Quill", "Ada Quill"),
        ("Ada Quill @adaquill (she/her)", "Ada Quill"),
        ("262588213843476", None),
        ("677 new writers this month", None),
        ("Reuters", "Reuters"),
    ],
)
def test_bylines_are_freed_from_what_stands_around_names(said, expected):
    assert byline([said]) == expected


# Titles


def test_the_headline_that_the_page_declares_is_the_title():
    head = meta("og:title", "Fog closes harbour — Harbour Post")
    body = "<h1>Harbour Post</h1><h1>Fog closes harbour</h1><h1>Mill to lose owner</h1>" + BODY
    assert read(body, head).title == "Fog closes harbour"


def test_a_headline_in_other_words_than_declared_is_kept_if_it_shares_some():
    head = meta("og:title", "Harbour shut for a day by fog")
    assert read("<h1>Fog closes the harbour</h1>" + BODY, head).title == "Fog closes the harbour"


def test_a_heading_about_something_else_is_no_title():
    head = meta("og:title", "Fog closes harbour")
    body = "<h1>Give us your pennies now</h1><h2>Fog</h2>" + BODY
    assert read(body, head).title == "Fog closes harbour"


def test_a_site_name_that_is_the_only_heading_is_no_title():
    head = "<title>Fog closes the harbour for a day | Harbour Post</title>"
    assert read("<h1>Harbour Post</h1>" + BODY, head).title == "Fog closes the harbour for a day"
    assert without_site("Fog • Harbour Post", "Harbour Post") == "Fog"


def test_mangled_letters_and_entities_are_mended():
    assert clean("Caf\u00e9 &amp;#8211; it\u00e2\u20ac\u2122s open") == "Café – it’s open"
    assert clean("Ângela Âge") == "Ângela Âge"


# The rest


def test_outlet_from_the_site_the_publisher_or_the_domain():
    assert read(head=meta("og:site_name", "Harbour Post")).outlet == "Harbour Post"
    assert read(head=data(publisher={"name": "Harbour Post"})).outlet == "Harbour Post"
    assert read(url="https://www.reuters.com/world/fog").outlet == "Reuters"
    assert read(url="https://fog.example/").outlet is None


def test_the_canonical_address_is_made_whole_and_a_front_page_is_none():
    assert (
        read(head='<link rel="canonical" href="/fog-closes">').url
        == "https://post.example/fog-closes"
    )
    assert read(head='<link rel="canonical" href="/">').url == "https://post.example/fog"


def test_pages_that_say_they_are_not_free_are_marked():
    assert read("<h1>Fog</h1>" + BODY, data(isAccessibleForFree="False")).paid
    assert not read("<h1>Fog</h1>" + BODY, data(isAccessibleForFree=True)).paid


def test_articles_run_on_have_days_of_their_own():
    body = "<h1>Fog closes harbour</h1><p>4 March 2025</p>" + BODY
    page = markup.parse(body)
    assert imprint.near_headline(markup.blocks(page.root)).published.at == "2025-03-04"
    head = data(headline="Mill", datePublished="2025-01-01") + data(
        headline="Fog", author="Ada Quill"
    )
    listed = imprint.imprints(markup.parse(head))
    assert [(x.title, x.byline) for x in listed] == [("Mill", None), ("Fog", "Ada Quill")]
