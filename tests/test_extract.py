"""A capture becomes text with what the page says of itself, or says why not."""

import json

import pytest

from firsthand import markup
from firsthand.extract import extract
from firsthand.imprint import when
from firsthand.model import Capture, Furniture, Page, Rejected

SENTENCES = (
    "The harbour stayed closed on Monday because of thick fog, the port authority said.",
    "Two ferries waited outside the breakwater until the evening, and one turned back.",
    "Pilots had asked for a new light on the northern pier after an accident last winter.",
    "The council will decide in April whether there is money for it, a spokeswoman said.",
    "Fishermen sold their catch on the quay at Marsh End instead, at half the usual price.",
    "No one was hurt, but a yacht ran aground near the sandbank and was towed off at noon.",
)
MILL = (
    "The paper mill at Ostrey loses its owner at the end of the summer, its director told staff.",
    "Papermaking began there a century ago, when the river was dammed and the weir was built.",
    "A buyer for the machines has been found abroad, but nobody wants the buildings so far.",
    "The union demands a year of wages for each of the workers and a say in the sale of land.",
    "Engineers doubt that the old boilers would pass another inspection without new pipes.",
    "In the village the baker has already closed two days a week for want of customers.",
)


def capture(content, media_type="text/html", **columns):
    content = content.encode() if isinstance(content, str) else content
    return Capture(
        capture_id="c", path="p", sha256="0", media_type=media_type, content=content,
        encoding="utf-8", **columns,
    )  # fmt: skip


def page(content, media_type="text/html", **columns):
    found, *others = extract(capture(content, media_type, **columns))
    assert isinstance(found, Page), found
    assert all(isinstance(other, Furniture) for other in others)
    assert all(b.span.of(found.text).strip() for b in found.blocks)
    return found


def code(content):
    (found,) = extract(capture(content))
    assert isinstance(found, Rejected)
    return found.code


def site(body, head=""):
    """A page with chrome around ``body``."""
    links = "".join(f"<li><a href=/{n}>Section {n}</a></li>" for n in range(9))
    return (
        f"<html><head><title>Fog | Post</title>{head}</head><body><nav><ul>{links}</ul></nav>"
        f"{body}<footer><a href=/about>About us</a> <a href=/terms>Terms</a></footer></body></html>"
    )


def article(title, sentences):
    return f"<h1>{title}</h1>" + "".join(f"<p>{s}</p>" for s in sentences)


def test_plain_text_is_the_source_itself():
    found = page("Fog\r\n\r\nThe harbour closed.\r\n", "text/plain")
    assert found.text == "Fog\r\n\r\nThe harbour closed.\r\n" and found.traceable
    assert [b.span.of(found.text) for b in found.blocks] == ["Fog", "The harbour closed."]


def test_a_row_keeps_its_text_and_gives_its_columns():
    row = {
        "id": 12, "text": " Fog.\r\n\tRain.\u00a0", "title": "Fog &amp; rain",
        "source": "Harbour Post",
        "author": ["Ada Quill", "Ben Ross"], "day": "2025-03-04", "url": "https://post.example/fog",
    }  # fmt: skip
    found = page(json.dumps(row), "application/x-ndjson", url=row["url"])
    (part,) = found.parts
    assert found.text == row["text"] and found.whole and found.given_id == "12"
    assert (part.title, part.outlet, part.byline, part.url) == (
        "Fog & rain", "Harbour Post", "Ada Quill, Ben Ross", "https://post.example/fog",
    )  # fmt: skip
    assert part.published == when("2025-03-04", "given")


@pytest.mark.parametrize("date", ["NaN", "2024-13-01", "03/04/2025", "yesterday", 20250304, None])
def test_dates_are_never_invented(date):
    found = page(json.dumps({"text": "Fog.", "date": date}), "application/x-ndjson")
    assert found.parts[0].published is None


LINES = ["Fog closes harbour", "", *SENTENCES[:2], "", SENTENCES[2]]


@pytest.mark.parametrize(
    "markup",
    [
        "".join(f"<p>{line}</p>" for line in LINES if line),
        "<pre>" + "\n".join(LINES) + "</pre>",
        "<br>\n".join(LINES),
        "<main><div>" + "".join(f"<div>{line}</div>" for line in LINES if line) + "</div></main>",
        f"<h1>{LINES[0]}</h1>" + "".join(f"<p>{line}</p>" for line in LINES[1:] if line),
    ],
)
def test_a_bare_page_gives_all_its_lines_in_order(markup):
    found = page(f"<html><body>{markup}</body></html>")
    assert [line for line in found.text.split("\n") if line] == [line for line in LINES if line]


def test_spaces_fold_but_no_break_spaces_and_pre_stay():
    found = page("<p>ALSO\u00a0READ\n   Fog</p><pre>a  b\n c</pre>")
    assert found.text == "ALSO\u00a0READ Fog\n\na  b\n c"


def test_scripts_styles_and_hidden_text_are_not_seen():
    found = page(
        "<style>p {}</style><p>Fog.</p><p hidden>No</p><p style='display: none'>No</p>"
        "<template><p>No</p></template>"
    )
    assert found.text == "Fog."


def test_chrome_is_left_out_and_the_imprint_read():
    data = {
        "@graph": [
            {"@type": "WebSite", "name": "Post"},
            {
                "@type": ["ReportageNewsArticle"], "headline": "Fog closes harbour for a day",
                "datePublished": "2025-03-04T09:20:00+01:00", "url": "https://post.example/fog",
                "author": [{"name": "By Ada Quill"}, {"name": "Ben Ross"}],
                "publisher": {"name": "Harbour Post"},
            },
        ]
    }  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    found = page(
        site("<article>" + article("Fog closes harbour for a day", SENTENCES) + "</article>", head)
    )
    (part,) = found.parts
    assert (part.title, part.outlet, part.byline, part.url) == (
        "Fog closes harbour for a day", "Harbour Post", "Ada Quill, Ben Ross", "https://post.example/fog",
    )  # fmt: skip
    assert part.published == when("2025-03-04T09:20:00+01:00", "json-ld")
    assert all(s in found.text for s in SENTENCES)
    assert "Section 3" not in found.text and "About us" not in found.text


def test_meta_tags_speak_where_json_ld_does_not():
    head = (
        '<meta property="og:title" content="Fog closes harbour"><meta property="og:site_name" '
        'content="Harbour Post"><meta property="article:published_time" content="2025-03-04">'
        '<meta name="author" content="Ada Quill"><link rel="canonical" href="https://post.example/f">'
    )
    (part,) = page(site("<div>" + article("", SENTENCES) + "</div>", head)).parts
    assert (part.title, part.outlet, part.byline, part.url) == (
        "Fog closes harbour", "Harbour Post", "Ada Quill", "https://post.example/f",
    )  # fmt: skip
    assert part.published == when("2025-03-04", "meta")


def test_two_articles_on_one_page_are_two_parts():
    pieces = (("Fog closes harbour for a day", SENTENCES), ("Paper mill loses its owner", MILL))
    body = "".join(f"<article>{article(t, s)}</article>" for t, s in pieces)
    found = page(site(body))
    assert [p.title for p in found.parts] == [t for t, _ in pieces]
    for number, (_, sentences) in enumerate(pieces):
        own = [b.span.of(found.text) for b in found.blocks if b.part == number]
        assert [t for t in own if len(t) > 60] == list(sentences)


def test_sections_of_one_article_stay_one_part():
    body = article("Fog closes harbour", SENTENCES[:3]) + article(
        "What the pilots say", SENTENCES[3:]
    )
    assert len(page(site(f"<article>{body}</article>")).parts) == 1


def test_teasers_in_article_elements_are_no_articles():
    teasers = "".join(
        f"<article><h2><a href=/{n}>Tide tables {n}</a></h2></article>" for n in range(5)
    )
    found = page(site(f"<article>{article('Fog closes harbour', SENTENCES)}</article>{teasers}"))
    assert len(found.parts) == 1 and "Tide tables" not in found.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("We use cookies and similar tools. Accept all, or manage preferences below.", "consent"),
        (
            "The council meets on Monday. Subscribe to continue reading. Already a subscriber?",
            "paywall",
        ),
        (" ".join(SENTENCES), None),
    ],
)
def test_walls_are_told_from_articles(text, why):
    assert page(site(f"<div><p>{text}</p></div>")).parts[0].not_read == why


def test_what_shows_no_text_is_rejected():
    assert code("<html><body><script>load()</script></body></html>") == "no-text"


def test_tags_nested_too_deep_are_rejected_without_parsing():
    assert code("<div>" * 100_000 + "Fog.") == "nesting"


@pytest.mark.parametrize(
    "source",
    [
        "<", "<!--", "<p", "<p><b><i>Fog", "</p></p>Fog", "<table><p>Fog<tr><td>x", "\x00<p>Fog",
        "<script type='application/ld+json'>{\"@graph\": [[[</script><p>Fog.",
        "<script type='application/ld+json'>" + "[" * 50_000 + "</script><p>Fog.",
        "<svg><p>Fog</svg>", "<frameset><frame src=x></frameset>", "<plaintext>Fog",
        "&#xd800;<p>Fog",
    ],
)  # fmt: skip
def test_broken_markup_gives_a_page_or_a_reason(source):
    found, *_ = extract(capture(source))
    assert isinstance(found, Page | Rejected)


def test_more_lines_than_any_page_has_are_rejected():
    (found,) = extract(capture("x\n" * 200_002, "text/plain"))
    assert isinstance(found, Rejected) and found.code == "too-large"


# Nothing of an article is lost, wherever a page puts it


MARKED = "The harbour master of Kelmar counted 41 lanterns on the northern pier that evening."
PLACES = {
    "a table": "<table><tr><td>Pier</td><td>{0}</td></tr></table>",
    "a list": "<ul><li>Two ferries waited outside the breakwater.</li><li>{0}</li></ul>",
    "a quotation": "<blockquote><p>{0}</p></blockquote>",
    "preformatted text": "<pre>{0}</pre>",
    "line breaks": "Pilots had asked for a light, it said.<br><br>{0}<br><br>No answer came.",
    "a list of terms": "<dl><dt>Lanterns</dt><dd>{0}</dd></dl>",
    "a div without paragraphs": "<div><div><div>{0}</div></div></div>",
    "a span": "<div><span>{0}</span></div>",
    "a section": "<section><h3>What was seen</h3><p>{0}</p></section>",
    "details": "<details open><summary>More</summary><p>{0}</p></details>",
    "a centred line": "<center><b>{0}</b></center>",
    "three hundred levels": "<div>" * 300 + "<p>{0}</p>" + "</div>" * 300,
}
WRAPPED = {
    "an article": "<article>{0}</article>",
    "main": "<main><div>{0}</div></main>",
    "a div": '<div class="page"><div class="c1">{0}</div></div>',
    "the body": "{0}",
    "a form": "<form action=/>{0}</form>",
    "a layout table": "<table><tr><td>{0}</td></tr></table>",
    "an element named after its sidebar": '<div class="has-sidebar nav-open">{0}</div>',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("around", ["an article", "the body"])
def test_a_sentence_in_an_odd_place_stays_and_keeps_its_place(place, around):
    before, after = (
        "".join(f"<p>{s}</p>" for s in part) for part in (SENTENCES[:3], SENTENCES[3:])
    )
    text = f"<h1>Fog closes harbour</h1>{before}{PLACES[place].format(MARKED)}{after}"
    found = page(site(WRAPPED[around].format(text))).text
    at = [found.find(s) for s in (SENTENCES[2], MARKED, SENTENCES[3])]
    assert -1 < at[0] < at[1] < at[2]


@pytest.mark.parametrize("around", WRAPPED)
def test_a_body_is_found_whatever_stands_around_it(around):
    text = WRAPPED[around].format(article("Fog closes harbour", SENTENCES))
    found = page(site(text)).text
    assert all(s in found for s in SENTENCES)
    assert "Section 3" not in found and "About us" not in found


def test_paragraphs_that_repeat_and_long_ones_stay():
    long = "The fog did not lift, and the ferries waited. " * 20_000
    said = [SENTENCES[0], SENTENCES[1], SENTENCES[0], long.strip(), SENTENCES[0]]
    found = page(site(f"<article>{article('Fog closes harbour', said)}</article>"))
    assert [b.span.of(found.text) for b in found.blocks][-5:] == said


def test_a_text_set_twice_for_two_widths_counts_once():
    story = "".join(f"<p>{s}</p>" for s in (*SENTENCES, *MILL))
    found = page(site(f"<h1>Fog</h1><div class=wide>{story}</div><div class=narrow>{story}</div>"))
    assert [found.text.count(s) for s in SENTENCES] == [1] * len(SENTENCES)


def test_what_lies_hidden_until_a_script_shows_it_is_seen():
    story = article("Fog closes harbour", (*SENTENCES, *MILL))
    found = page(f"<nav><a href=/>Post</a></nav><div hidden id=S:0><main>{story}</main></div>")
    assert all(s in found.text for s in (*SENTENCES, *MILL))


def test_what_an_article_leaves_out_is_furniture_of_its_kind():
    around = (
        "<figure><img src=p><figcaption>The pier at dawn on Monday</figcaption></figure>"
        "<div class=share-tools><a href=#>Share</a><a href=#>Tweet</a></div>"
        "<div class='related-posts'><ul><li><a href=/f>Ferry fares to rise in spring</a></ul></div>"
        "<div id=comments><p>Well said, and about time too, if you ask anyone at the pier.</p>"
        "</div>"
    )
    source = site(f"<article>{article('Fog closes harbour', SENTENCES)}</article>{around}")
    found, *furniture = extract(capture(source))
    assert isinstance(found, Page)
    kinds = {f.text: f.kind for f in furniture}
    assert kinds["The pier at dawn on Monday"] == "caption"
    assert kinds["Ferry fares to rise in spring"] == "related link"
    assert kinds["Well said, and about time too, if you ask anyone at the pier."] == "comment"
    assert {"share", "navigation"} <= set(kinds.values())
    assert all(f.span.of(source) == f.text for f in furniture if f.span)
    assert sum(f.span is not None for f in furniture) >= 3


def test_no_text_of_a_page_vanishes():
    source = site(f"<article>{article('Fog closes harbour', SENTENCES)}</article>")
    found, *furniture = extract(capture(source))
    seen = {line for record in (found, *furniture) for line in record.text.split("\n")}
    shown = {b.text for b in markup.blocks(markup.parse(source).root)}
    # The headline stands in the part.
    assert shown <= {*seen, found.parts[0].title}


def test_a_text_that_breaks_off_above_a_link_to_the_rest_is_truncated():
    torn = "<p>The harbour stayed closed on Monday because of thick fog, and the</p>"
    more = "<p><a href=/fog>Continue reading</a></p>"
    assert page(site(f"<h1>Fog closes harbour</h1>{torn}{more}")).parts[0].not_read == "truncated"
    whole = f"<h1>Fog closes harbour</h1><p>{SENTENCES[0]}</p>{more}"
    assert page(site(whole)).parts[0].not_read is None


def test_a_page_of_short_lines_is_not_thrown_away():
    lines = "".join(f"<p>Ferry {n} is late.</p>" for n in range(4))
    assert "Ferry 3 is late." in page(site(f"<div>{lines}</div>")).text
