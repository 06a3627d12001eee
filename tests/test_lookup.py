"""What records go by on screen."""

from dataclasses import replace

from firsthand.lookup import Lookup, earliest
from firsthand.model import Article, Capture, Evidence, Result, Span, Summary
from sample_result import sample


def labels(*paths: str, url: str | None = None, records: bool = False) -> list[str]:
    """Return what pages with these paths are called."""
    captures = tuple(
        Capture(
            capture_id=f"c{n}",
            path=path,
            record=f"<urn:uuid:{n}>" if records else None,
            url=url and f"{url}/{n}",
            media_type="text/plain",
            sha256="",
        )
        for n, path in enumerate(paths)
    )
    articles = tuple(
        Article(article_id=f"a{n}", capture_id=f"c{n}", place=0, text_id="", path=path, text="x")
        for n, path in enumerate(paths)
    )
    counts = dict.fromkeys(("rejected", "skipped", "articles", "distinct_articles", "stories"), 0)
    result = Result(
        summary=Summary(captures=len(paths), **counts), captures=captures, articles=articles
    )
    lookup = Lookup(result)
    return [lookup.label(f"a{n}") for n in range(len(paths))]


def test_the_part_before_the_first_mark_is_enough_if_it_tells_all_apart() -> None:
    assert labels("in/000_ferry.txt", "in/001_ferry.txt") == ["000", "001"]


def test_else_the_whole_stem_and_never_a_mixture() -> None:
    assert labels("in/tide-levy.html") == ["tide-levy"]
    assert labels("in/post-ferry.html", "in/post-levy.html", "in/tide-levy.html") == [
        "post-ferry",
        "post-levy",
        "tide-levy",
    ]


def test_two_files_of_one_stem_keep_their_endings_and_folders() -> None:
    assert labels("a/ferry.txt", "a/ferry.html") == ["ferry.txt", "ferry.html"]
    assert labels("a/ferry.txt", "b/ferry.txt") == ["a/ferry.txt", "b/ferry.txt"]


def test_records_of_one_file_go_by_their_address() -> None:
    assert labels("in/all.warc", "in/all.warc", url="https://tide.example/levy", records=True) == [
        "0",
        "1",
    ]
    assert labels("in/all.warc", "in/all.warc", records=True) == ["<urn:uuid:0>", "<urn:uuid:1>"]


def test_a_long_name_keeps_both_its_ends() -> None:
    (label,) = labels("in/" + "harbour" * 10 + "-levy.txt")
    assert label.startswith("harbour") and label.endswith("-levy") and len(label) <= 34


def test_an_article_below_another_says_its_place() -> None:
    result = sample()
    second = replace(result.articles[0], article_id="below", place=1)
    lookup = Lookup(replace(result, articles=(*result.articles, second)))
    assert lookup.label("below") == "000, article 2"
    assert lookup.label("post-1") == "000"


def test_an_article_bears_the_name_of_the_source_it_is_shown_to_be() -> None:
    result = sample()
    nameless = tuple(replace(a, outlet=None) for a in result.articles)
    lookup = Lookup(replace(result, articles=nameless))
    assert lookup.outlet("post-1") == lookup.outlet("post-3") == "Harbour Post"
    assert lookup.outlet("river") is None


def test_a_quote_is_its_sentence_in_three_parts() -> None:
    lookup = Lookup(sample())
    text = lookup.articles["post-1"].text
    start = text.index("affects")
    quote = lookup.quote(Evidence(article_id="post-1", span=Span(start=start, end=start + 7)))
    assert (quote.before, quote.words) == ("The order ", "affects")
    assert quote.after.endswith("the source confirmed.")


def test_words_of_the_capture_are_shown_where_the_result_holds_them() -> None:
    lookup = Lookup(sample())
    held = Evidence(article_id="evening", span=Span(start=3, end=12), in_="capture")
    assert (lookup.quote(held).words or "").startswith("READ: Guild")
    other = Evidence(article_id="evening", span=Span(start=4, end=12), in_="capture")
    assert lookup.quote(other).words is None


def test_an_article_that_a_later_stage_gave_up_is_no_page_more() -> None:
    result = sample()
    again = replace(result.rejected[0], path=result.captures[0].path, code="stage-failed")
    more = replace(result, rejected=(*result.rejected, again))
    assert Lookup(more).n_given == Lookup(result).n_given == 15


def test_the_earliest_is_told_only_where_one_is() -> None:
    by_id = {a.article_id: a for a in sample().articles}
    levy = [by_id[i] for i in ("evening", "morning", "pamphlet", "denial")]
    assert earliest(levy) == "evening"
    assert earliest(levy[:1]) is None
    same = replace(levy[1], published=levy[0].published)
    assert earliest([levy[0], same, levy[2]]) is None


def test_ids_that_lead_nowhere_do_not_break_a_view() -> None:
    lookup = Lookup(sample())
    assert lookup.label("gone") == lookup.name("gone") == "gone"
    assert lookup.outlet("gone") is None
    assert lookup.quote(Evidence(article_id="gone", span=Span(start=0, end=1))).words is None
