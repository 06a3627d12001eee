"""The summary on a terminal: four numbers, the words, nothing raw."""

import re
from dataclasses import replace

import pytest

from firsthand.lookup import Quote
from firsthand.model import Result, Span, Summary
from firsthand.terminal import QUOTED, fit, summary
from sample_result import sample
from test_wording import JUDGING


def block(text: str, title: str) -> str:
    """Return the block of the summary that begins with this title."""
    return next(b for b in text.split("\n\n") if b.startswith(title))


def test_the_headline_is_all_four_numbers() -> None:
    text = summary(sample())
    assert "5 pages · 3 articles · 1 origin · 0 lineage unknown\nresting on 1 primary" in text
    assert "4 pages · 4 articles · 2 origins (1 of them presumed) · 1 lineage unknown" in text


def test_scope_comes_before_any_name() -> None:
    ferry = " ".join(block(summary(sample()), "Lower Quay").split())
    said = (
        "Among these 5 pages, 1 newsroom says it has this firsthand (Harbour Post, from an unnamed "
        "source). Other reports may exist."
    )
    assert said in ferry
    assert ferry.index(said) < ferry.index("HAS IT FIRSTHAND")


def test_an_outlet_that_nobody_captured_is_named_by_others() -> None:
    barge = " ".join(block(summary(sample()), "Barge").split())
    assert "1 newsroom is named by others as having this firsthand (Delta <u>Courier)" in barge
    assert "not among these pages; others name it" in barge


def test_articles_that_go_the_same_way_are_told_together() -> None:
    barge = block(summary(sample()), "Barge")
    assert "A<i>B (<b>) and javascript:alert(4) → Delta <u>Courier" in barge


def test_presumed_origins_are_listed_apart() -> None:
    levy = block(summary(sample()), "Harbour levy")
    shown, presumed = levy.index("\n  HAS IT"), levy.index("\n  PRESUMED TO HAVE IT")
    assert shown < levy.index("Evening Ledger – evening") < presumed
    assert presumed < levy.index("Morning Tide Table – morning")


def test_the_chain_goes_by_file_names() -> None:
    ferry = block(summary(sample()), "Lower Quay")
    assert "003 → Northern Wire → Harbour Post → an unnamed source" in ferry
    assert "Quay Daily (004) → Harbour Post → an unnamed source" in ferry


def test_what_is_longer_shown_another_way_is_not_said_twice() -> None:
    ferry = block(summary(sample()), "Lower Quay")
    assert ferry.count("003 →") == 1


def test_conflicts_notes_disputes_and_unknown_lineage_are_shown() -> None:
    text = summary(sample())
    assert "number: “340” in Harbour Post (000), “430” in Quay Daily (004)" in text
    assert "003 – dates that cannot both hold: September 9 falls after September 4" in text
    assert "DENIES IT FIRSTHAND\n    the pilots' guild" in text
    assert "LINEAGE UNKNOWN\n    pamphlet\n" in text
    assert "For 1 article firsthand found no words that show a source." in text


def test_stories_with_most_pages_come_first_and_single_pages_are_summed_up() -> None:
    text = summary(sample())
    assert text.index("Lower Quay ferry") < text.index("Harbour levy") < text.index("Barge")
    assert "Orchard fair" not in text
    assert "2 stories stand on a single page each (1 origin, 0 lineage unknown)" in text
    shown = summary(sample(), all_stories=True)
    assert "Orchard fair on Friday\n1 page · 1 article · 1 origin (presumed)" in shown
    assert "stand on a single page" not in shown


def test_a_page_that_was_not_read_is_no_finding() -> None:
    kiln = block(summary(sample(), all_stories=True), "Kiln")
    assert "None of this could be read" in kiln
    assert "no newsroom" not in kiln


def test_what_was_not_read_or_rejected_or_left_out_is_listed() -> None:
    text = summary(sample())
    assert text.startswith("15 pages given, 1 not read, 2 rejected.\n")
    assert "not read: kiln (paywall page)" in text
    assert "rejected: in/empty.txt (empty): the file is empty" in text
    assert "in/all.warc.gz, record <urn:uuid:1> (truncated)" in text
    assert "left out: 7 request records (ingest), such as all.warc.gz" in text


def test_the_error_rate_is_said_to_be_unpublished_and_no_figure_is_given() -> None:
    last = summary(sample()).strip().split("\n\n")[-1]
    assert "has not been published yet" in " ".join(last.split())
    assert not re.search(r"\d", last)


@pytest.mark.parametrize("colour", [False, True])
def test_captured_control_characters_never_reach_the_terminal(colour: bool) -> None:
    text = summary(sample(), all_stories=True, colour=colour)
    ours = re.sub(r"\x1b\[[0-9;]*m", "", text) if colour else text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ours)
    assert "⟨U+001B⟩" in ours


def test_colour_only_when_asked_for() -> None:
    assert "\x1b" not in summary(sample())
    assert "\x1b[1m" in summary(sample(), colour=True)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = summary(sample(), all_stories=True, width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_no_judging_word_outside_quoted_text() -> None:
    lines = summary(sample(), all_stories=True).splitlines()
    quoted = [line for line in lines if line.strip().startswith(QUOTED)]
    ours = "\n".join(line for line in lines if line not in quoted)
    assert not JUDGING.search(re.sub("“[^”]*”", "", ours))
    # The test would see nothing if the sample held no such word in its quotes.
    assert JUDGING.search("\n".join(a.text for a in sample().articles))


def test_without_text_it_says_so_once_and_quotes_nothing() -> None:
    text = summary(sample(keep_text=False))
    assert text.count("The text was not kept") == 1
    assert QUOTED not in text
    assert "003 → Northern Wire → Harbour Post" in text


def test_nothing_given_is_said_plainly() -> None:
    counts = dict.fromkeys(("captures", "rejected", "skipped", "articles"), 0)
    empty = Result(summary=Summary(**counts, distinct_articles=0, stories=0))
    assert summary(empty).startswith("0 pages given, 0 not read, 0 rejected.\n0 articles")


def test_a_quote_is_cut_around_the_telling_words() -> None:
    long = Quote(article_id="a", before="word " * 40, words="told the Post", after=" and" * 40)
    for room in (20, 40, 79):
        assert "told the Post" in fit(long, room)
        assert len(fit(long, room)) <= room


def test_long_lists_end_in_a_count() -> None:
    result = sample()
    rejected = tuple(replace(result.rejected[0], reason=f"reason {n}") for n in range(50))
    assert "\n    30 more" in summary(replace(result, rejected=rejected))


def test_many_rejected_for_one_reason_are_one_line() -> None:
    result = sample()
    rejected = tuple(replace(result.rejected[0], path=f"in/{n}.txt") for n in range(50))
    text = summary(replace(result, rejected=rejected))
    assert "in/0.txt, in/1.txt, in/2.txt and 47 more (empty): the file is empty" in text


def test_a_note_that_repeats_is_counted() -> None:
    result = sample()
    moved = replace(result.notes[0], span=Span(start=0, end=7))
    text = summary(replace(result, notes=(*result.notes, moved)))
    assert "September 9 falls after September 4 (2 times)" in " ".join(text.split())


def test_a_large_run_shows_its_largest_stories_and_counts_the_others() -> None:
    result = sample()
    ferry = next(s for s in result.stories if s.story_id == "story-ferry")
    many = tuple(replace(ferry, story_id=f"story-{n}", n_pages=2) for n in range(150))
    text = summary(replace(result, stories=(*result.stories, *many)))
    assert text.count("resting on 1 primary source") < 110
    assert "53 more stories stand on several pages each; --all shows them." in text
    assert "more stories" not in summary(result)
