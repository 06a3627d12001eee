#!/usr/bin/env python3
"""
Make run-on web pages whose articles are known, and measure how many of them are found whole.

    python benchmarks/make_multipages.py ARTICLES.jsonl[.zst] [--pages 100] [--seed 0] [--keep FILE]

An article is a row as ``make_runons.py`` takes it. Pages take the layouts in turn and hold one to
five articles each, with chrome around and furniture between them. Printed are, by layout: pages of
which every article was found and none mixed with another (*right*), articles found, and articles
that hold a paragraph of another one (*mixed*). An article is found if one of the page's articles
holds nine tenths of its paragraphs. ``--keep`` writes the pages as JSONL (``html``, ``articles``).

The articles' texts belong to whoever wrote them: pages made from others' articles are for measuring
and not for passing on. Not like the wild: all articles of a page are set alike.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from firsthand.furniture import credited, kind_of
from make_runons import DATES, KICKERS, MOST_ARTICLES, NAMES, Source, rows, sources

FOUND_SHARE = 0.9
SHORTEST, FEWEST = 60, 3
MENU = "".join(f'<li><a href="/{s.lower()}">{s}</a></li>' for s in ("News", *KICKERS, "Contact"))
HEAD = (
    "<!doctype html><html><head><meta charset=utf-8><title>{title} | Harbour Post</title>{data}"
    '</head><body class="single has-sidebar"><header><a href="/">Harbour Post</a>'
    f"<nav><ul>{MENU}</ul></nav></header>"
)
FOOT = (
    '<aside class="sidebar"><h3>Most read</h3><ul><li><a href="/1">Ferry fares to rise</a></li>'
    '<li><a href="/2">Lights for the northern pier</a></li></ul></aside><footer><p>© 2025 Harbour '
    'Post. All rights reserved.</p><a href="/terms">Terms</a></footer></body></html>'
)
SHARE = '<div class="share"><a href="#">Share</a> <a href="#">Tweet</a> <a href="#">Email</a></div>'
RELATED = (
    '<div class="related"><h4>Related</h4><ul><li><a href="/3">What the harbour master says</a>'
    '</li><li><a href="/4">How the mill was built</a></li></ul></div>'
)
FIGURE = (
    '<figure><img src="/p.jpg"><figcaption>The pier at dawn. Photo: {who}</figcaption></figure>'
)
# One article of a page, by layout; {h} is the headline, {p} its paragraphs.
LAYOUTS = {
    "articles": '<article><h1>{h}</h1><p class="byline">By {who}</p><time>{when}</time>{figure}{p}'
    "{share}</article>{related}",
    "articles, h2": '<article class="post"><header><h2><a href="/a">{h}</a></h2><span class="meta">'
    '{when} by {who}</span></header><div class="entry-content">{p}</div>{share}</article>',
    "scrolled": '<div class="post-wrap"><div class="kicker">{kicker}</div><h1>{h}</h1>'
    '<div class="meta">{who} | {when}</div><div class="body">{figure}{p}</div>{share}{related}'
    "</div>",
    "divs, h2": '<div class="story"><h2>{h}</h2><div class="meta">{when}</div><div>{p}</div>{share}'
    "</div>",
    "sections": '<section class="story-block"><h2>{h}</h2>{figure}{p}{related}</section>',
    "no paragraphs": '<div class="item"><h1>{h}</h1><div class="text">{br}</div>{share}</div>',
    "main, h1": '<main class="page"><h1>{h}</h1><p>{when}</p><div class="text">{p}</div></main>'
    "{related}",
}
CONCATENATED = "documents"


def cleaned(source: Source) -> Source:
    """Return an article without lines that are no text of it: saved captions, labels, menus."""
    kept = (
        p for p in source.paragraphs if len(p) >= SHORTEST and not kind_of(p) and not credited(p)
    )
    return replace(source, paragraphs=tuple(dict.fromkeys(kept)))


def page_of(layout: str, given: Sequence[Source], rng: random.Random) -> str:
    """Return the page that ``layout`` makes of some articles."""
    made = [_article(layout, source, rng) for source in given]
    if layout == CONCATENATED:
        heads = (_head(source) for source in given)
        return "\n".join(head + article + FOOT for head, article in zip(heads, made, strict=True))
    joined = "".join(made)
    if rng.random() < 0.5:
        joined = f'<div class="container"><div class="feed-items">{joined}</div></div>'
    return _head(given[0]) + joined + FOOT


def _head(source: Source) -> str:
    data = json.dumps({"@type": "NewsArticle", "headline": source.title})
    data = data.replace("</", "<\\/")
    return HEAD.format(
        title=escape(source.title), data=f'<script type="application/ld+json">{data}</script>'
    )


def _article(layout: str, source: Source, rng: random.Random) -> str:
    paragraphs = [escape(p) for p in source.paragraphs]
    who = rng.choice(NAMES)
    return LAYOUTS.get(layout, LAYOUTS["articles"]).format(
        h=escape(source.title),
        p="".join(f"<p>{p}</p>" for p in paragraphs),
        br="<br><br>".join(paragraphs),
        who=who,
        when=rng.choice(DATES),
        kicker=rng.choice(KICKERS),
        figure=FIGURE.format(who=who),
        share=SHARE,
        related=RELATED,
    )


def read(html: str) -> list[str]:
    """Return the texts of the articles that firsthand finds on a page."""
    from firsthand.extract import extract
    from firsthand.model import Article, Capture, Page
    from firsthand.segment import segment

    capture = Capture(
        capture_id="c", path="p", media_type="text/html", encoding="utf-8", sha256="0",
        content=html.encode("utf-8", "replace"),
    )  # fmt: skip
    pages = [page for page in extract(capture) if isinstance(page, Page)]
    return [a.text for page in pages for a in segment(page) if isinstance(a, Article)]


def compared(given: Sequence[Source], texts: Sequence[str]) -> tuple[int, int]:
    """Return how many articles were found, and how many texts hold another's paragraphs."""
    folded = [" ".join(text.split()) for text in texts]
    held = [[sum(p in text for p in s.paragraphs) for s in given] for text in folded]
    found = sum(
        any(row[n] >= FOUND_SHARE * len(source.paragraphs) for row in held)
        for n, source in enumerate(given)
    )
    return found, sum(sum(n > 0 for n in row) > 1 for row in held)


def main() -> int:
    """Print how the pages are read, by layout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("articles", type=Path, help="a .jsonl or .jsonl.zst with text and title")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="write the pages there, as JSONL")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    pool = [cleaned(source) for source in sources(rows(options.articles), rng)]
    pool = [source for source in pool if len(source.paragraphs) >= FEWEST]
    layouts = [*LAYOUTS, CONCATENATED]
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    kept = []
    for n in range(options.pages):
        layout = layouts[n % len(layouts)]
        given = rng.sample(pool, rng.randint(1, MOST_ARTICLES))
        html = page_of(layout, given, rng)
        texts = read(html)
        found, mixed = compared(given, texts)
        right = found == len(given) == len(texts) and not mixed
        for name in (layout, "all"):
            values = (1, right, len(given), found, mixed)
            tally[name] = [a + b for a, b in zip(tally[name], values, strict=True)]
        kept.append({"layout": layout, "html": html, "articles": [s.title for s in given]})
    print(f"{'layout':16}{'pages':>7}{'right':>7}{'articles':>10}{'found':>7}{'mixed':>7}")
    for name in [*layouts, "all"]:
        pages, right, articles, found, mixed = tally[name]
        print(f"{name:16}{pages:7}{right:7}{articles:10}{found:7}{mixed:7}")
    if options.keep:
        lines = (json.dumps(row, ensure_ascii=False) for row in kept)
        options.keep.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
