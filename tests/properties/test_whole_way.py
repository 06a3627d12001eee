"""Whatever comes in: spans lie in their texts, pieces lead back to the capture, order is nothing."""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firsthand import Result, trace
from firsthand.contract import document

SENTENCES = [
    "The harbour bridge in Port Ellis will be sold to Acme Tolls, the Harbour Post reported.",
    "A clerk told the Harbour Post that the sale was agreed on Monday.",
    "“We will not sell it,” said Mayor Ana Bruhl, who took office in May 2031.",
    "According to the Northbank Gazette, 14 people were hurt. ",
    "The ministry denied that the bridge was unsafe.",
    "ALSO READ The five oldest bridges of Norvik",
    "READ: Ministry rejects report of a sale",
    "Painters on the harbour bridge. (Tern Pictures)",
    "Harbour Bridge in Port Ellis to Be Sold",
    "By Otto Vale, Reuters",
    "PORT ELLIS, Oct. 9 (Reuters) - The bridge was sold.",
    "Connect with us",
    "TT",
    "",
    "",
    "\u202e«quoted» \u0301 naïve 漢字 \U0001f600",
    "unbalanced “mark and 'more",
]
lines = st.lists(st.sampled_from(SENTENCES) | st.text(max_size=40), min_size=1, max_size=14)
folders = st.lists(lines, min_size=1, max_size=4)
few = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def run(texts: list[str], names: list[str]) -> tuple[Result, dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in zip(names, texts, strict=True):
            (Path(folder) / name).write_bytes(text.encode("utf-8", "replace"))
        result = trace([folder])
        sources = {
            c.capture_id: (Path(folder) / Path(c.path).name).read_bytes().decode("utf-8-sig")
            for c in result.captures
            if c.encoding and c.encoding.startswith("utf-8")
        }
    return result, sources


def texts_of(folder: list[list[str]]) -> list[str]:
    return ["\n\n".join(page) for page in folder]


@few
@given(folders)
def test_every_span_lies_where_it_says(folder: list[list[str]]) -> None:
    texts = texts_of(folder)
    result, sources = run(texts, [f"{n}.txt" for n in range(len(texts))])
    articles = {a.article_id: a for a in result.articles}

    def holds(article_id: str, where, in_: str = "text") -> None:
        article = articles[article_id]
        text = {"text": article.text, "title": article.title or ""}.get(
            in_, sources.get(article.capture_id)
        )
        if where is not None and text is not None:
            assert 0 <= where.start < where.end <= len(text)

    for a in result.attributions:
        for where in (a.cue, a.source, a.content, a.addressee, *a.content_pieces):
            holds(a.article_id, where, a.in_)
    for r in result.reuse:
        holds(r.left_id, r.left)
        holds(r.right_id, r.right)
        if r.form == "verbatim":
            left, right = (
                re.findall(r"\w+", where.of(articles[i].text).casefold())
                for i, where in ((r.left_id, r.left), (r.right_id, r.right))
            )
            assert left == right
    for d in result.derivations:
        for e in d.evidence:
            holds(e.article_id, e.span, e.in_)
    for claim in result.claims:
        for s in claim.statements:
            holds(s.article_id, s.span)
    for note in result.notes:
        if note.article_id:
            holds(note.article_id, note.span, note.in_)


@few
@given(folders)
def test_pieces_lead_back_to_the_capture(folder: list[list[str]]) -> None:
    texts = texts_of(folder)
    result, sources = run(texts, [f"{n}.txt" for n in range(len(texts))])
    for article in result.articles:
        if article.pieces is None or article.capture_id not in sources:
            continue
        whole = "".join(p.of(sources[article.capture_id]) for p in article.pieces)
        assert re.sub(r"\s", "", whole) == re.sub(r"\s", "", article.text)
        starts = [p.start for p in article.pieces]
        assert starts == sorted(starts)


@few
@given(folders, st.integers())
def test_names_and_order_of_files_change_nothing(folder: list[list[str]], seed: int) -> None:
    texts = texts_of(folder)
    names = [f"{n}.txt" for n in range(len(texts))]
    first, _ = run(texts, names)
    random.Random(seed).shuffle(texts)
    second, _ = run(texts, names)
    one, two = (document(r, canonical=True) for r in (first, second))
    for table in ("stories", "attributions", "reuse", "derivations", "claims", "citations"):
        assert one[table] == two[table]


@few
@given(folders)
def test_nothing_vanishes(folder: list[list[str]]) -> None:
    texts = texts_of(folder)
    result, _ = run(texts, [f"{n}.txt" for n in range(len(texts))])
    captured = {c.path for c in result.captures} | {r.path for r in result.rejected}
    assert len(captured) == len(texts)
    stated = [i for s in result.stories for i in s.article_ids]
    assert sorted(stated) == sorted(a.article_id for a in result.articles)
