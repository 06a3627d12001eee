"""The report: one safe file with everything in it, readable without script or network."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser

from firsthand.model import Result
from firsthand.report import SHOWN_STORIES, render
from sample_result import BARGE, POST, RIVER, sample
from test_wording import JUDGING


def page(result: Result | None = None, *, full_text: bool = False) -> LexborHTMLParser:
    return LexborHTMLParser(render(result or sample(), full_text=full_text))


def section(tree: LexborHTMLParser, title: str) -> str:
    """Return the text of the story whose heading begins with this title."""
    for story in tree.css("article.story"):
        if story.css_first("h2").text().startswith(title):
            return " ".join(story.text(separator=" ").split())
    raise AssertionError(title)


def test_the_four_numbers_stand_large_with_what_they_rest_on() -> None:
    tree = page()
    first = tree.css_first("article.story")
    numbers = [" ".join(li.text(separator=" ").split()) for li in first.css(".numbers li")]
    assert numbers == ["5 pages", "3 articles", "1 origin", "0 lineage unknown"]
    assert first.css_first(".resting").text() == "resting on 1 primary source"


def test_every_story_of_the_list_leads_to_its_place() -> None:
    tree = page()
    links = [a.attributes["href"] for a in tree.css(".index a")]
    assert len(links) == 5
    assert all(tree.css_first(f"article{link}") for link in links)


def test_it_holds_scope_pages_given_and_the_unpublished_error_rate() -> None:
    text = " ".join(page().body.text(separator=" ").split())
    assert "Every count below is a count of these pages. Other reports may exist." in text
    assert "15 pages given 1 not read 2 rejected 11 articles 5 stories" in text
    assert "How often the count of origins is wrong has not been published yet" in text


def test_every_script_tag_and_handler_of_the_captured_text_is_only_text() -> None:
    html = render(sample())
    tree = LexborHTMLParser(html)
    assert tree.css("script, iframe, object, embed, link, base, form, img, i, u") == []
    assert "<script" not in html and "<img" not in html
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on"), (node.tag, name)
            assert name not in ("style", "src", "srcset", "action"), (node.tag, name)
            if name == "href":
                assert value and value.startswith("#"), value


def test_captured_control_characters_and_overrides_are_made_visible() -> None:
    html = render(sample(), full_text=True)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
    assert "⟨U+202E⟩" in html


def test_ids_are_our_own_and_stand_once() -> None:
    ids = [n.attributes["id"] for n in page(full_text=True).css("[id]")]
    assert len(ids) == len(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z0-9-]+", i or "")] == []


def test_the_policy_lets_in_the_one_style_by_its_hash_and_nothing_else() -> None:
    html = render(sample())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert policy and style and html.count("<style") == 1
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    allowed = policy[1].replace("&#39;", "'")
    assert f"style-src 'sha256-{digest}'" in allowed
    assert allowed.startswith("default-src 'none';") and "unsafe" not in allowed
    assert "url(" not in style[1] and "@import" not in style[1]


def test_nothing_is_loaded_from_anywhere() -> None:
    assert not re.search(r"https?://|//[a-z]+\.", render(sample()))


@pytest.mark.parametrize("full_text", [False, True])
def test_no_judging_word_outside_captured_text(full_text: bool) -> None:
    tree = page(full_text=full_text)
    assert JUDGING.search(tree.body.text())
    for node in tree.css("bdi, .captured, style"):
        node.decompose()
    ours = re.sub("“[^”]*”", "", tree.body.text(separator=" "))
    titles = [n.attributes.get("title") or "" for n in tree.css("[title]")]
    assert not JUDGING.search(" ".join([ours, *titles]))


def test_only_matched_passages_and_their_sentences_are_shown() -> None:
    text = " ".join(page().body.text().split())
    assert "The order affects 340 commuters" in text
    assert POST.split("\n\n")[3] not in text
    assert "not for publication" not in text


def test_full_text_shows_the_rest_and_marks_the_page() -> None:
    tree = page(full_text=True)
    assert tree.css_first(".stamp").text() == "Contains captured text; not for publication."
    assert POST.split("\n\n")[3] in tree.body.text()


def test_passages_are_linked_both_ways() -> None:
    tree = page()
    marks = tree.css("article.story .pair a.n")
    assert len(marks) >= 6
    for mark in marks:
        twin = tree.css_first(mark.attributes["href"] or "")
        assert twin.attributes["href"] == f"#{mark.attributes['id']}"
        assert twin.text() == mark.text()


def test_meanings_are_marked_differently() -> None:
    tree = page()
    ferry, levy = tree.css("article.story")[:2]
    assert [m.text() for m in ferry.css("mark.quote bdi")][:1] == [
        "The engineers told the council that both hulls are past repair"
    ]
    assert len(ferry.css(".columns mark.copy")) == 4
    assert len(levy.css(".columns mark.furniture")) == 2


def test_claims_in_other_words_stand_beside_each_other() -> None:
    claims = [m.text() for m in page().css(".columns mark.claim")]
    assert "the crossing stops this autumn" in claims


def test_what_cannot_be_shown_without_text_is_said_not_left_empty() -> None:
    tree = page(sample(keep_text=False))
    text = " ".join(tree.body.text(separator=" ").split())
    assert "The text was not kept (--no-text), so the words cannot be shown." in text
    assert "(the words were not kept)" in text
    # The result still holds furniture, and so the linked headline that a note is about.
    assert [m.text() for m in tree.css("blockquote mark")] == [sample().furniture[0].text]


def test_the_picture_has_a_title_a_description_and_a_list() -> None:
    tree = page()
    for svg in tree.css("svg"):
        assert svg.attributes["role"] == "img"
        for part in (svg.attributes["aria-labelledby"] or "").split():
            assert tree.css_first(f"#{part}").text().strip()
    ferry = section(tree, "Lower Quay")
    assert "Northern Wire repeats, crediting Harbour Post" in ferry
    assert "Quay Daily (004) repeats, crediting Harbour Post (“According to a report by”)" in ferry


def test_dated_stories_have_time_on_x_and_undated_ones_say_that_they_have_not() -> None:
    tree = page()
    assert "dates are missing, so it is not time" in section(tree, "Lower Quay")
    assert "From left to right: time of publication" in section(tree, "Harbour levy")


def test_the_earliest_is_only_the_earliest_here() -> None:
    levy = section(page(), "Harbour levy")
    assert levy.count("earliest dated in this collection") == 1
    assert not re.search(r"\bfirst\b", levy)


def test_lineage_says_what_was_credited_and_what_was_not() -> None:
    result = sample()
    changed = tuple(
        replace(d, basis="reuse") if d.child_id == "quay" else d for d in result.derivations
    )
    text = section(page(replace(result, derivations=changed)), "Lower Quay")
    assert "repeats, crediting Northern Wire (not among these pages)" in text
    assert "shares reporter's wording with Harbour Post; no credit found" in text


def test_a_large_run_holds_its_largest_stories_and_says_where_the_rest_is() -> None:
    result = sample()
    single = next(s for s in result.stories if s.story_id == "story-orchard")
    many = tuple(replace(single, story_id=f"story-{n}", label=f"Fair {n}") for n in range(600))
    tree = page(replace(result, stories=(*result.stories, *many)))
    assert len(tree.css("article.story")) == SHOWN_STORIES
    assert tree.css_first("article.story h2").text().startswith("Lower Quay")
    assert "405 more are in result.json" in tree.body.text()


def test_nothing_given_still_gives_a_page() -> None:
    counts = dict.fromkeys(("captures", "rejected", "skipped", "articles"), 0)
    result = replace(
        Result(summary=replace(sample().summary, **counts, distinct_articles=0, stories=0))
    )
    assert "No article could be read from these pages." in page(result).body.text()


def test_the_order_of_the_tables_changes_nothing() -> None:
    result = sample()
    turned = replace(
        result,
        articles=result.articles[::-1],
        stories=result.stories[::-1],
        derivations=result.derivations[::-1],
        reuse=result.reuse[::-1],
        sources=result.sources[::-1],
        attributions=result.attributions[::-1],
        captures=result.captures[::-1],
    )
    assert render(turned) == render(result)


def test_one_long_line_is_cut_around_its_passage() -> None:
    result = sample()
    long = RIVER.replace("\n\n", " ").replace(". ", ", ") + " on and on" * 2000
    changed = tuple(
        replace(a, text=long) if a.article_id == "river" else a for a in result.articles
    )
    assert len(render(replace(result, articles=changed))) < len(render(result)) + 20_000


def test_the_sample_tries_to_break_out() -> None:
    assert "<script>" in BARGE and "\x1b" in BARGE and "\u202e" in BARGE
