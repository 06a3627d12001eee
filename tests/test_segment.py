"""Run-on pages are cut where they should be, nowhere else, and every span leads back."""

import hashlib
import json
import os
import random
import re
import textwrap
from itertools import combinations, islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.boundaries import (
    DEPTH,
    HAND,
    RIVAL_WORDS,
    _chosen,
    boundaries,
    hinted,
    shipped,
)
from firsthand.extract import extract
from firsthand.furniture import _all, byline_of, dated, kind_of, rules
from firsthand.hints import FAR_WORDS, Candidate, Reading
from firsthand.layout import lines_of, text_lines
from firsthand.model import Article, Block, Capture, Cut, Furniture, Page, span
from firsthand.segment import gather, language_of, open_page, part, segment, to_capture
from firsthand.text import WRAP_CHARS, _breaks_of, paragraphs, sentences, wrapped_breaks
from firsthand.topics import NEAR, USUAL, WIDE, Flow

HERE = Path(__file__).parent
DATA = Path(os.environ.get("FIRSTHAND_DATA", HERE.parent.parent / "shared" / "data"))
CASES = json.loads((HERE / "cases" / "segment.json").read_text(encoding="utf-8"))


def page(text, media_type="text/plain", capture_id="c"):
    capture = Capture(
        capture_id=capture_id, path=capture_id, sha256="0", media_type=media_type,
        content=text.encode(), encoding="utf-8",
    )  # fmt: skip
    (found,) = extract(capture)
    return found


def rows(*pages):
    """What all three stages make of some pages: for each its articles and furniture."""
    groups = {}
    for one in pages:
        for opening in open_page(one):
            groups.setdefault(opening.opening, []).append(opening)
    said = {}
    for cut in (c for group in groups.values() for c in part(group) if isinstance(c, Cut)):
        said.setdefault(cut.capture_id, []).append(cut)
    cuts = {name: next(gather(cut)) for name, cut in said.items()}
    return [list(segment(one, cuts.get(one.capture_id))) for one in pages]


def articles(*pages):
    return [[x for x in found if isinstance(x, Article)] for found in rows(*pages)]


def folded(text):
    return re.sub(r"\s", "", text)


def marked(case):
    fails = case["expect"] == "fail"
    marks = [pytest.mark.xfail(reason="known to fail", strict=True)] if fails else []
    return pytest.param(case, id=case["label"], marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_cases(case):
    (found,) = rows(page(case["text"]))
    cut = [x for x in found if isinstance(x, Article)]
    assert len(cut) == len(case["expected"])
    for article, expected in zip(cut, case["expected"], strict=True):
        assert article.title == expected["title"]
        assert article.text.startswith(expected["begins"]) and article.text.endswith(
            expected["ends"]
        )
        assert article.byline == expected.get("byline")
        published = article.published
        assert (published and published.at) == expected.get("published")
        assert (published and published.not_before) == expected.get("not_before")
        kinds = [x.kind for x in found if isinstance(x, Furniture)]
        assert kinds == expected["furniture"]
        for x in found:
            if isinstance(x, Furniture):
                assert x.span.of(case["text"]) == x.text


# Four articles in our own wording, on matters that share no names.
STORIES = [
    (x["title"], x["body"])
    for x in json.loads((HERE / "data" / "four-articles.json").read_text(encoding="utf-8"))
]


def twice(title, body):
    shot = f"{body[0].split('.')[0][:60]}. (Pell Andry/Harbour Post)"
    head = f"{title}\n\n{shot}\n{shot}\nKW\n\n{title}\n\n{shot}\n{shot}\n\n"
    return head + "\n\n".join(body)


LAYOUTS = {
    "title, captions and letters, twice": (twice, "\n\n\n\n"),
    "title only, wide gap": (lambda t, b: f"{t}\n\n" + "\n\n".join(b), "\n\n\n"),
    "title only, single line breaks": (lambda t, b: f"{t}\n" + "\n".join(b), "\n\n\n"),
    "byline and date": (
        lambda t, b: f"{t}\n\nBy Ada Quill\n4 March 2025\n\n" + "\n\n".join(b),
        "\n\n",
    ),
    "section label and caption": (
        lambda t, b: (
            f"Business\n\n{t}\n\nA picture from {b[0].split()[3]} (CNA)\n\n" + "\n\n".join(b)
        ),
        "\n\n",
    ),
    "page header again": (
        lambda t, b: f"Connect with us\n\nHarbour News\n\n{t}\n\n" + "\n\n".join(b),
        "\n\n",
    ),
    "dateline": (lambda t, b: f"{t}\n\nMERROW (CNA) - " + "\n\n".join(b), "\n\n"),
    "no title, wide gap": (lambda t, b: "\n\n".join(b), "\n\n\n\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_run_on_pages_are_cut_at_every_article(layout):
    write, between = LAYOUTS[layout]
    text = between.join(write(*s) for s in STORIES)
    (found,) = articles(page(text))
    assert [a.place for a in found] == [0, 1, 2, 3]
    for article, (title, body) in zip(found, STORIES, strict=True):
        assert article.title == (None if layout.startswith("no title") else title)
        # A dateline stands in front of the first paragraph and is part of the text.
        assert folded(article.text).endswith(folded("".join(body)))
        assert len(article.text) < sum(map(len, body)) + 2 * len(body) + 20


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_article_stays_one_in_every_layout(layout):
    write, _ = LAYOUTS[layout]
    for story in STORIES:
        (found,) = articles(page(write(*story)))
        assert len(found) == 1


def test_agency_copy_with_two_endings_is_one_article_each():
    title, body = STORIES[0]
    ending = "The harbour board meets again in April to talk about a second light, it said."
    first = f"{title}\n\n" + "\n\n".join([*body[:5], ending])
    second = f"{title}\n\n" + "\n\n".join(body)
    found = articles(page(first, capture_id="a"), page(second, capture_id="b"))
    assert [len(a) for a in found] == [1, 1]


def test_a_parting_of_pages_confirms_what_one_page_only_hints_at():
    title, body = STORIES[0]
    tails = (["Paper", *STORIES[1][1]], ["Dams", *STORIES[3][1]])
    texts = ["\n\n".join([title, *body, *tail]) for tail in tails]
    pages = [page(text, capture_id=str(n)) for n, text in enumerate(texts)]
    cuts = list(part([opening for p in pages for opening in open_page(p) if not opening.above]))
    assert sorted(c.starts for c in cuts) == [(texts[0].index(tails[0][0]),)] * 2
    assert [len(articles(p)[0]) for p in pages] == [1, 1]
    assert [len(a) for a in articles(*pages)] == [2, 2]


def test_partings_do_not_depend_on_order_or_on_doubles():
    title, body = STORIES[1]
    texts = [
        f"{title}\n\n" + "\n\n".join([*body, STORIES[n][0], *STORIES[n][1]]) for n in (0, 2, 3)
    ]
    pages = [page(t, capture_id=str(n)) for n, t in enumerate([*texts, texts[0]])]
    openings = [o for p in pages for o in open_page(p) if not o.above]
    there = sorted(part(openings), key=lambda c: c.capture_id)
    back = sorted(part(openings[::-1]), key=lambda c: c.capture_id)
    assert there == back and [len(c.starts) for c in there] == [1, 1, 1, 1]


def run_on(above, label, below):
    """One article below another, with a label between that is too little for a boundary."""
    return "\n\n".join([above[0], *above[1], label, *below[1]])


@pytest.mark.parametrize("alone", [False, True])
def test_an_article_found_elsewhere_confirms_where_it_begins(alone):
    below = STORIES[1]
    first = run_on(STORIES[0], "Paper", below)
    second = "\n\n".join([below[0], *below[1]]) if alone else run_on(STORIES[2], "Mills", below)
    pages = [page(first, capture_id="a"), page(second, capture_id="b")]
    assert [len(articles(one)[0]) for one in pages] == [1, 1]
    found = articles(*pages)
    assert [len(a) for a in found] == ([2, 1] if alone else [2, 2])
    assert [a[-1].text.split()[0] for a in found] == [below[1][0].split()[0]] * 2
    assert articles(*pages[::-1]) == found[::-1]


def test_one_article_with_two_openings_stays_one():
    title, body = STORIES[0]
    other = ["It was the third day without a ferry, and the third without fish on the quay.", *body]
    ledes = (body[:3], [*other[:1], *STORIES[0][1][3:4]])
    texts = ["\n\n".join([title, *lede, "Costs and doubts", *body[4:]]) for lede in ledes]
    found = articles(*(page(text, capture_id=str(n)) for n, text in enumerate(texts)))
    assert [len(a) for a in found] == [1, 1]


def test_a_notice_below_many_texts_is_no_article():
    notice = STORIES[3][1][:3]
    bodies = {n: [f"{p} It was the {n}th." for p in STORIES[0][1]] for n in range(12, 18)}
    texts = [run_on((f"Report {n}", body), "About", ("", notice)) for n, body in bodies.items()]
    openings = [
        o for n, t in enumerate(texts) for o in open_page(page(t, capture_id=str(n))) if o.above
    ]
    same = [o for o in openings if o.opening == openings[-1].opening]
    assert len(same) == 6 and list(part(same)) == []
    assert len(list(part(same[:3]))) == 3


def test_what_captures_say_of_a_page_is_put_together():
    cuts = [Cut(capture_id="a", starts=(40, 90)), Cut(capture_id="a", starts=(7, 90))]
    assert list(gather(cuts)) == [Cut(capture_id="a", starts=(7, 40, 90))]


def test_rows_are_never_cut_and_their_furniture_is_labelled():
    text = "\n\n\n\n".join(twice(*s) for s in STORIES[:2])
    (found,) = rows(page(json.dumps({"id": "x", "text": text}), "application/x-ndjson"))
    article, *furniture = found
    assert isinstance(article, Article) and article.text == text and article.given_id == "x"
    assert {f.in_ for f in furniture} == {"text"} and "caption" in {f.kind for f in furniture}
    assert all(f.span.of(text) == f.text for f in furniture)


def test_the_same_lines_in_html_give_the_same_articles():
    text = "\n\n\n\n".join(twice(*s) for s in STORIES)
    lines = [line for line in text.split("\n") if line]
    wrapped = (
        "".join(f"<p>{line}</p>" for line in lines),
        f"<pre>{text}</pre>",
        text.replace("\n", "<br>"),
    )  # fmt: skip
    (plain,) = articles(page(text))
    for source in wrapped:
        (found,) = articles(page(source, "text/html"))
        assert [(a.title, folded(a.text)) for a in found] == [
            (a.title, folded(a.text)) for a in plain
        ]
        assert all(a.pieces is None for a in found)


def test_other_languages_and_torn_texts_are_said_not_to_be_read():
    german = "Der Hafen blieb am Montag wegen dichten Nebels geschlossen, teilte die Behörde mit."
    torn = "The harbour stayed closed on Monday because of thick fog, the port authority…"
    assert [articles(page(t))[0][0].not_read for t in (german, torn)] == ["language", "truncated"]
    assert [articles(page(t))[0][0].language for t in (german, torn)] == ["de", "en"]


def test_a_text_of_short_lines_is_still_an_article():
    (found,) = articles(page("Fog\nrain\nsnow on the pier\n"))
    assert [a.text for a in found] == ["Fog\nrain\nsnow on the pier"]


def test_a_span_of_the_text_leads_back_to_the_capture():
    source = (
        "Fog closes harbour\n\nThe harbour stayed closed on Monday, the authority of Merrow said.\n"
        "\nALSO READ  Ferry fares to rise\n\nA ferry waited."
    )
    (article,) = articles(page(source))[0]
    at = article.text.index("Merrow said.\nA ferry")
    found = to_capture(article, span(at, at + len("Merrow said.\nA ferry")))
    assert [s.of(source) for s in found] == ["Merrow said.", "A ferry"]


LINE = st.sampled_from(
    ["", "", "Fog closes harbour", "ALSO READ  Ferry fares to rise", "TT", "By Ada Quill",
     "4 March 2025", "The harbour stayed closed on Monday because of thick fog, officers said.",
     "Share Tweet", "Boats. (Pell Andry/Harbour Post)", "\u00a0", "Why?", "***",
     "é" * 30, "a  b  c  d", "x\ty"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_nothing_is_lost_and_every_piece_leads_back(lines, newline):
    text = newline.join(lines)
    one = Page(
        capture_id="c", path="p", text=text, traceable=True,
        blocks=tuple(Block(span=s) for s in text_lines(text)), parts=page("x").parts,
    )  # fmt: skip
    found = list(segment(one, None))
    for article in (x for x in found if isinstance(x, Article)):
        assert folded("".join(p.of(text) for p in article.pieces)) == folded(article.text)
        assert article.text == "\n".join(p.of(text) for p in article.pieces)
    for x in found:
        if isinstance(x, Furniture):
            assert x.span.of(text) == x.text
    kept = sum(len(folded(x.text)) for x in found)
    heads = [x for x in found if isinstance(x, Article)]
    bylines = sum(len(folded(a.byline_span.of(text))) for a in heads if a.byline_span)
    titles = sum(len(folded(a.title or "")) for a in heads)
    assert kept + bylines + titles == len(folded(text))


def test_every_row_of_the_list_shows_itself():
    path = Path(kind_of.__globals__["__file__"]).parent / "data" / "furniture.tsv"
    listed = [
        line.split("\t") for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"
    ]
    head = ["pattern", "kind", "zone", "reason", "example", "seen_at", "needs"]
    assert listed[0] == head
    assert len(listed) - 1 == len(rules())
    for pattern, kind, zone, reason, example, seen_at, needs in listed[1:]:
        assert zone in ("any", "edge", "foot") and kind and reason and seen_at
        assert re.compile(pattern, re.IGNORECASE).fullmatch(example), example
        assert needs == "" or any(word in example.casefold() for word in needs.split(";")), example
        assert kind_of(example, zone=zone) is not None, example
        # What may begin with any word can only be found by a word it holds.
        assert needs or zone == "foot" or pattern[0] != ".", pattern


def kind_slow(line, zone):
    """Every line tried against every pattern."""
    line = " ".join(line.split())
    for held in ("any", "edge", "foot")[: ("any", "edge", "foot").index(zone) + 1]:
        pattern, kinds = _all(held)[0]
        found = pattern.fullmatch(line) if line and len(line) <= 320 else None
        if found:
            return kinds[found.lastindex - 1]
    return None


def spoilt(line):
    return [line, line.upper(), line.lower(), f"The {line}", f"{line} on Monday.", f"- {line}"]


def test_looking_at_the_first_word_only_finds_what_looking_at_all_finds():
    lines = [rule.example for rule in rules()]
    lines += [line for title, body in STORIES for line in (title, *body)]
    lines += [example.replace(" ", "  ") for example in lines]
    for line in (spoilt_line for whole in lines for spoilt_line in spoilt(whole)):
        for zone in ("any", "edge", "foot"):
            assert kind_of(line, zone=zone) == kind_slow(line, zone), line
        edge = _all("edge")[0][0]
        assert dated(line) == (len(line) <= 320 and bool(edge.fullmatch(" ".join(line.split()))))


def test_real_articles_are_hardly_ever_split():
    zstandard = pytest.importorskip("zstandard")
    source = DATA / "reuse" / "planted_10k.jsonl.zst"
    if not source.exists():
        pytest.skip(f"no real articles at {source}")
    with zstandard.open(source, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        # In planted ones a passage of another article stands: a careful reader might cut there.
        found = (row["text"] for row in rows if row["outlet"] != "planted")
        texts = list(islice(found, 4000))
    n_split = 0
    sample = [t for t in texts if 1000 < len(t) < 15_000 and "\n" in t]
    for text in random.Random(4).sample(sample, 600):
        body = [p.strip() for p in text.split("\n") if p.strip()]
        one = " ".join(body[0].split()[:9]).rstrip(".,;:") + "\n\n" + "\n\n".join(body)
        lines_ = lines_of(one, [Block(span=s) for s in text_lines(one)])
        n_split += bool(boundaries(lines_))
    assert n_split <= 12  # 2 %


def test_a_page_saved_with_every_line_twice_keeps_its_text():
    title, body = STORIES[0]
    (found,) = articles(page("\n\n".join(line for p in (title, *body) for line in (p, p))))
    assert len(found) == 1 and all(p in found[0].text for p in body)


def hard_wrapped(text, width):
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


@pytest.mark.parametrize("width", [66, 72, 80])
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_lines_broken_at_a_width_are_one_paragraph_and_one_sentence(width, between):
    title, body = STORIES[0]
    text = hard_wrapped(between.join([title, *body]), width)
    (found,) = articles(page(text))
    assert [a.title for a in found] == [title]
    got = [folded(p.of(found[0].text)) for p in paragraphs(found[0].text)]
    # Without empty lines a paragraph whose last line is full runs into the next one.
    least = len(body) if between == "\n\n" else len(body) - 2
    assert len(set(got) & set(map(folded, body))) >= least
    assert found[0].text == "\n".join(p.of(text) for p in found[0].pieces)
    for sentence in sentences(found[0].text):
        assert not sentence.of(found[0].text)[:1].islower()


def test_run_on_pages_broken_at_a_width_are_cut():
    text = "\n\n\n".join(
        hard_wrapped(f"{title}\n\n" + "\n\n".join(body), 72) for title, body in STORIES
    )
    (found,) = articles(page(text))
    assert [a.title for a in found] == [title for title, _ in STORIES]


def test_lines_of_their_own_are_not_joined():
    assert wrapped_breaks(
        "Fog closes harbour\nFerry fares to rise\nMill to shut in autumn\n" * 4
    ) == (frozenset())
    title, body = STORIES[0]
    assert wrapped_breaks("\n".join([title, *body])) == frozenset()


def breaks_slow(text):
    """All lines split and kept, each run of short ones looked at."""
    found, run, at = set(), [], -1
    for line in text.split("\n"):
        at += len(line) + 1
        if len(line.strip()) > WRAP_CHARS[1]:
            found |= _breaks_of(run) if run else set()
            run = []
        else:
            run.append((at, line.strip()))
    return found | (_breaks_of(run) if run else set())


PIECE = st.sampled_from(
    ["", "", " ", "fog on the pier and rain over the whole of the quay,", "and snow on the boats",
     "The harbour of Merrow stayed closed on Monday because of", "thick fog, the port authority of",
     "Fog closes harbour", "an end.", "é" * 45, "éclair and tea on the pier of the old harbour",
     "A paragraph much longer than any line broken at a width, on one line of its own, since " * 2]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECE, max_size=30), st.sampled_from(["\n", "\r\n", "\n\n\n"]))
def test_breaks_found_in_passing_are_those_found_in_all_lines(pieces, newline):
    for text in (newline.join(pieces), "\n".join(textwrap.wrap(" ".join(pieces), 60))):
        assert wrapped_breaks(text) == breaks_slow(text)


def test_an_archive_of_documents_is_cut_and_its_fields_are_told_apart():
    text = "\n\n".join(
        f"{n} of 4 DOCUMENTS\n\nTitle: {title}\nDate: 4 March 2025\nByline: Ada Quill\n"
        f"Section: Local; Pg. 4\n\n" + "\n\n".join(body)
        for n, (title, body) in enumerate(STORIES, 1)
    )
    (found,) = rows(page(text))
    cut = [x for x in found if isinstance(x, Article)]
    assert [a.title for a in cut] == [title for title, _ in STORIES]
    assert {a.byline for a in cut} == {"Ada Quill"}
    assert {a.published.at for a in cut} == {"2025-03-04"}
    assert [a.text.split()[0] for a in cut] == [body[0].split()[0] for _, body in STORIES]
    kinds = {x.kind for x in found if isinstance(x, Furniture)}
    assert kinds == {"separator", "field", "date line"}
    for x in found:
        if isinstance(x, Furniture):
            assert x.span.of(text) == x.text


def test_a_colon_in_a_sentence_is_no_field():
    text = (
        "Fog closes harbour\n\nDate: nobody knows it yet, the authority of Merrow said on Monday."
        "\n\nTwo ferries waited."
    )
    (found,) = articles(page(text))
    assert "Date: nobody" in found[0].text


@pytest.mark.parametrize(
    "mark", ["* * *", "-----", "Costs and doubts", "How did it begin?", "9.40"]
)
def test_what_parts_one_article_makes_no_second(mark):
    for title, body in STORIES:
        half = len(body) // 2
        text = f"{title}\n\n" + "\n\n".join([*body[:half], mark, *body[half:]])
        (found,) = articles(page(text))
        assert len(found) == 1


def test_a_page_feed_parts_articles():
    text = "\n\f\n".join(f"{title}\n\n" + "\n\n".join(body) for title, body in STORIES)
    (found,) = articles(page(text))
    assert [a.title for a in found] == [title for title, _ in STORIES]


def test_what_is_counted_once_is_what_counting_again_gives():
    text = "\n\n".join(f"{title}\n\n" + "\n".join(body) for title, body in STORIES)
    lines = lines_of(text, [Block(span=s) for s in text_lines(text)])
    seen = Reading(lines)
    words = [line.n_words if line.role == "body" else 0 for line in lines]
    titles = [i for i, line in enumerate(lines) if line.role == "title"]
    for first in range(1, len(lines)):
        assert seen.words_from(first) == sum(words[first:])
        assert seen.words_between(0, first) == sum(words[:first])
        back = [sum(words[i:first]) for i in titles if i < first]
        on = [sum(words[first:i]) for i in titles if i >= first]
        assert seen.words_to_titles(first, first) == min([*back[-1:], *on[:1], FAR_WORDS])


def some_lines(between="\n\n"):
    text = "\n\n".join(f"{title}\n\n" + between.join(body) for title, body in STORIES)
    return lines_of(text, [Block(span=s) for s in text_lines(text)])


def test_the_table_of_points_is_whole_and_every_cue_in_it_is_looked_at():
    table = shipped()
    known = set(hinted(Reading(some_lines()))[1][0])
    assert set(table.names) <= known and len(table.cues) == len(table.values) == len(table.leaves)
    assert table.cues.shape[1] == 2**DEPTH - 1 and table.leaves.shape[1] == 2**DEPTH


def test_the_table_of_points_is_as_it_was_written():
    source = Path(kind_of.__globals__["__file__"]).parent / "data" / "boundaries.tsv"
    head, _, fitted = source.read_text("utf-8").partition(" of what follows\n")
    assert hashlib.sha256(fitted.encode()).hexdigest()[:16] == head.split()[-1]


def points_slow(table, cues):
    """One question after the other, for one candidate and tree at a time."""
    total = table.base
    for asked, values, leaves in zip(table.cues, table.values, table.leaves, strict=True):
        at = 0
        for _ in range(DEPTH):
            at = 2 * at + 1 + (cues[table.names[asked[at]]] > values[at])
        total += int(leaves[at - len(asked)])
    return total + sum(value for name, value in HAND.items() if cues.get(name))


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_points_added_up_at_once_are_those_added_up_one_by_one(between):
    _, found = hinted(Reading(some_lines(between)), partings=[0, 3000])
    assert found and shipped().of(found) == [points_slow(shipped(), cues) for cues in found]


def best_slow(page, places, gains):
    """The best sum over all sets of candidates of which no two are rivals."""
    best = 0
    for n in range(1, 6):
        for some in combinations(range(len(places)), n):
            far = all(
                page.words_between(places[a].body, places[b].first) >= RIVAL_WORDS
                for a, b in pairwise(some)
            )
            best = max(best, sum(gains[k] for k in some) if far else 0)
    return best


def test_the_best_way_to_cut_is_the_best_of_all():
    page_ = Reading(some_lines("\n"))
    places = [Candidate(i, i, None, i, "bare") for i in page_.bodies[1:9]]
    rng = random.Random(3)
    for _ in range(200):
        gains = [rng.randint(-20, 60) for _ in places]
        # More than five never fit between so few lines.
        chosen = _chosen(page_, places, gains)
        assert sum(gains[places.index(at)] for at in chosen) == best_slow(page_, places, gains)


def ties_slow(flow, place, scale):
    """Every word above a place with its next standing, if that is below and near."""
    split = flow.starts[place]
    crossing = 0
    for i in range(split):
        later = [j for j in range(i + 1, len(flow.words)) if flow.words[j] == flow.words[i]]
        if later and later[0] >= split and later[0] - i <= scale:
            crossing += flow.weights[i]
    above = sum(flow.weights[max(split - scale, 0) : split])
    below = sum(flow.weights[split : split + scale])
    return 1000 * crossing // max(min(above, below), 1)


def test_ties_counted_at_once_are_those_counted_one_by_one():
    texts = [p for _, body in STORIES[:2] for p in ("", *body)]
    flow = Flow(texts)
    for scale in (NEAR, USUAL, WIDE):
        slow = [ties_slow(flow, place, scale) for place in range(len(texts) + 1)]
        assert flow.ties[scale] == slow and max(slow) > 0
    between = len(STORIES[0][1]) + 1
    assert min(flow.ties[USUAL][3 : between + 2]) == flow.ties[USUAL][between]


def test_english_seen_at_a_glance_is_what_the_identifier_says():
    import py3langid

    for _, body in STORIES:
        text = " ".join(body)
        assert language_of(text) == py3langid.classify(text)[0] == "en"


def test_labels_in_other_languages_are_furniture_and_names_are_not():
    labelled = ("Compartir en Facebook", "Lesen Sie auch: Fähren werden teurer", "12 comentarios")
    assert [kind_of(line) for line in labelled] == ["share", "related link", "navigation"]
    kept = (
        "Lee said the ferry would sail.", "Leer is a town on the Ems.",
        "Teilen der Stadt droht Flut",
        "Ver means to see, she told the class.", "Photo shops along the quay have closed.",
        "Share prices fell on Monday.", "Read this story to your children, he said.",
    )  # fmt: skip
    assert [kind_of(line) for line in kept] == [None] * len(kept)
    assert byline_of("Von Ada Quill") == "Ada Quill" and byline_of("Von Braun") is None
