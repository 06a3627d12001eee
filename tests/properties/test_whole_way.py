"""Pages put together at random: order and names change nothing, and the result holds together."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firsthand.pipeline import trace
from integrity import as_text, dangling, span_faults

TITLES = (
    "Harbour Council Withdraws Lower Quay Ferry",
    "Growers Open the Orchard Fair",
    "Pilots' Guild Denies Harbour Levy",
)
PARAGRAPHS = (
    "The Lower Quay ferry will stop running before winter, a council official told the Post.",
    "“The hull of the Marigold is past repair and there is no money,” the official said Tuesday.",
    "The ferry will be withdrawn before winter, according to a report by the Harbour Post.",
    "Some 340 commuters cross the Sound on the Marigold each morning, and the bus takes longer.",
    "Some 430 commuters cross the Sound on the Marigold each morning, the Northern Wire reported.",
    "The pilots' guild denied that a levy was agreed. “There is no such plan,” Ada Brook said.",
    "The orchard fair opens on Saturday with forty kinds of pear, the growers' union said.",
    "ALSO READ: Guild rejects levy report",
    "A photo of the Marigold at Lower Quay on Sept. 4, 2031. (Tern Pictures)",
    "“The levy pays for dredging",
    "Ünïcödé 🚢 fog — 霧が出た。",
)
articles = st.tuples(st.sampled_from(TITLES), st.lists(st.sampled_from(PARAGRAPHS), max_size=7))
pages = st.lists(articles, min_size=1, max_size=2).map(
    lambda found: "\n\n\n\n".join("\n\n".join((title, *rest)) for title, rest in found)
)


def traced(texts: list[str], names: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in zip(names, texts, strict=True):
            Path(folder, f"{name}.txt").write_text(text, encoding="utf-8")
        return trace(folder)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(pages, min_size=1, max_size=4), st.data())
def test_any_pages_under_any_names_give_one_whole_result(texts, data):
    names = [f"page-{n}" for n in range(len(texts))]
    result = traced(texts, names)
    assert not list(span_faults(result))
    assert not list(dangling(result))
    assert as_text(traced(texts, data.draw(st.permutations(names))), paths=False) == as_text(
        result, paths=False
    )


lines = st.lists(
    st.sampled_from([*TITLES, *PARAGRAPHS, "", "", "TT", "Connect with us"]) | st.text(max_size=30),
    min_size=1,
    max_size=16,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines.map("\n".join), min_size=1, max_size=3))
def test_pieces_lead_back_to_the_capture(texts):
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate(texts):
            Path(folder, f"{n}.txt").write_bytes(text.encode())
        result = trace(folder)
        sources = {
            c.capture_id: Path(c.path).read_bytes().decode(c.encoding or "utf-8")
            for c in result.captures
        }
    assert len(result.captures) + len(result.rejected) == len(texts)
    assert not list(span_faults(result))
    for article in result.articles:
        source = sources[article.capture_id]
        whole = "".join(piece.of(source) for piece in article.pieces or ())
        assert "".join(whole.split()) == "".join(article.text.split())
        starts = [piece.start for piece in article.pieces or ()]
        assert starts == sorted(starts)
    for row in result.furniture:
        if row.in_ == "capture" and row.span is not None:
            assert row.span.of(sources[row.capture_id]) == row.text
