"""Run-on pages are cut where they should be, nowhere else, and every span leads back."""

import json
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.boundaries import boundaries
from firsthand.extract import extract
from firsthand.furniture import _rules, kind_of
from firsthand.layout import lines_of, text_lines
from firsthand.model import Article, Block, Capture, Cut, Furniture, Page, span
from firsthand.segment import open_page, part, segment, to_capture

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
    cuts = {c.capture_id: c for group in groups.values() for c in part(group) if isinstance(c, Cut)}
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
    tails = (["Ostrey mill to shut", *STORIES[1][1]], ["Ravel dam gate cracked", *STORIES[3][1]])
    texts = ["\n\n".join([title, *body, *tail]) for tail in tails]
    pages = [page(text, capture_id=str(n)) for n, text in enumerate(texts)]
    cuts = list(part([opening for p in pages for opening in open_page(p)]))
    assert sorted(c.starts for c in cuts) == [(texts[0].index(tails[0][0]),)] * 2
    assert [len(articles(p)[0]) for p in pages] == [1, 1]
    assert [len(a) for a in articles(*pages)] == [2, 2]


def test_partings_do_not_depend_on_order_or_on_doubles():
    title, body = STORIES[1]
    texts = [
        f"{title}\n\n" + "\n\n".join([*body, STORIES[n][0], *STORIES[n][1]]) for n in (0, 2, 3)
    ]
    pages = [page(t, capture_id=str(n)) for n, t in enumerate([*texts, texts[0]])]
    openings = [o for p in pages for o in open_page(p)]
    there = sorted(part(openings), key=lambda c: c.capture_id)
    back = sorted(part(openings[::-1]), key=lambda c: c.capture_id)
    assert there == back and [len(c.starts) for c in there] == [1, 1, 1, 1]


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
    assert listed[0] == ["pattern", "kind", "zone", "reason", "example", "seen_at"]
    assert len(listed) - 1 == len(_rules())
    for pattern, kind, zone, reason, example, seen_at in listed[1:]:
        assert zone in ("any", "edge", "foot") and kind and reason and seen_at
        assert re.compile(pattern, re.IGNORECASE).fullmatch(example), example


def test_real_articles_are_hardly_ever_split():
    zstandard = pytest.importorskip("zstandard")
    source = DATA / "reuse" / "planted_10k.jsonl.zst"
    if not source.exists():
        pytest.skip(f"no real articles at {source}")
    with zstandard.open(source, "rt", encoding="utf-8") as lines:
        texts = [json.loads(next(lines))["text"] for _ in range(2000)]
    n_split = 0
    sample = [t for t in texts if 1000 < len(t) < 15_000 and "\n" in t]
    for text in random.Random(4).sample(sample, 300):
        body = [p.strip() for p in text.split("\n") if p.strip()]
        one = " ".join(body[0].split()[:9]).rstrip(".,;:") + "\n\n" + "\n\n".join(body)
        lines_ = lines_of(one, [Block(span=s) for s in text_lines(one)])
        n_split += bool(boundaries(lines_))
    assert n_split <= 6  # 2 %


def test_a_page_saved_with_every_line_twice_keeps_its_text():
    title, body = STORIES[0]
    (found,) = articles(page("\n\n".join(line for p in (title, *body) for line in (p, p))))
    assert len(found) == 1 and all(p in found[0].text for p in body)
