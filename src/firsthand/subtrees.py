"""
Pages of several articles → the blocks of each: runs below headlines, or ``article`` elements.

Three readings of a page are tried, the surest first: every ``h1`` with running text below it opens
an article; every outermost ``article`` element with a heading is one; elements that stand side by
side and are made alike, each with a heading at its top, hold one each. Headlines open articles and
sections alike, so a reading holds only where the articles stand in elements of their own and tell
of different things, or each shows a date of its own. Where an ``h1`` stands above all, it is the
headline of one article, and elements side by side are its sections.

Known to fail: a live blog whose entries are ``article`` elements is cut into its entries; two
reports on one event in elements that only a style sheet tells apart stay one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from firsthand.markup import HINTS, Place, Seen
from firsthand.topics import likeness, words_of

# A subtree with less text of its own is a teaser, a comment or a caption, not an article.
ARTICLE_CHARS = 400
PARAGRAPH_CHARS = 60
FEWEST_PARAGRAPHS = 2
# Side by side, a list of teasers stands beside an article more often than a tenth as long one.
SMALLEST = 8
# The mean likeness, in hundredths, of texts that follow each other. Few articles have sections this
# little alike, and most draws of several articles are; chosen by reading, on the pages of
# benchmarks/quality/extract.py and those of benchmarks/make_multipages.py.
UNLIKE = 5
HEAD_BLOCKS = 8
HEADLINE_WORDS = 3
# No article's paragraphs stand deeper in it; it keeps the time linear where elements nest deep.
MOST_AROUND = 25
_SHORT_DATE = re.compile(r"[^.]{0,60}\b(?:19|20)\d\d\b[^.]{0,40}", re.DOTALL)
_NO_ARTICLE = HINTS["comment"] | HINTS["related"]

Run = tuple[int, int]


def article_runs(seen: Sequence[Seen]) -> list[Run]:
    """
    Return the runs of blocks that are an article each, in order; fewer than two mean one article.

    >>> from firsthand import markup
    >>> text = "<p>" + "The harbour stayed shut today. " * 20
    >>> story = "<div><h1>{0} closes</h1>" + 2 * text + "</div>"
    >>> other = story.replace("harbour stayed shut", "mill lost its owner").format("Mill")
    >>> page = markup.parse(story.format("Pier") + other)
    >>> len(article_runs(markup.blocks(page.root)))
    2
    >>> article_runs(markup.blocks(markup.parse("<h1>Pier</h1><h1>Port</h1><p>Fog.").root))
    []
    """
    heads = [i for i, b in enumerate(seen) if b.kind == "title" and not b.chrome]
    heads = [i for k, i in enumerate(heads) if k == 0 or seen[i].text != seen[heads[k - 1]].text]
    runs = list(zip(heads, [*heads[1:], len(seen)], strict=False))
    n_heads = len(runs)
    runs = [run for run in runs if _is_article(seen[slice(*run)])]
    # Where most headlines have no text below them, they head the parts of a page.
    if 2 * len(runs) >= n_heads and _apart([seen[slice(*run)] for run in runs]):
        return runs
    headline = any(seen[i].article is None and _is_headline(seen[i]) for i in heads)
    if headline:
        return []
    marked = _marked(seen)
    return marked if len(marked) >= 2 else _side_by_side(seen)


def _is_headline(block: Seen) -> bool:
    return len(block.text.split()) >= HEADLINE_WORDS


def _marked(seen: Sequence[Seen]) -> list[Run]:
    """Return the runs that outermost ``article`` elements with a heading and text make."""
    places: dict[int, list[int]] = {}
    for i, block in enumerate(seen):
        if block.article is not None:
            places.setdefault(block.article, []).append(i)
    found = []
    for at in places.values():
        run = (at[0], at[-1] + 1)
        blocks = seen[slice(*run)]
        headed = any(b.kind in ("title", "heading") for b in blocks)
        if headed and _is_article(blocks):
            found.append(run)
    return found


def _side_by_side(seen: Sequence[Seen]) -> list[Run]:
    """
    Return the runs that elements made alike and side by side make, each with a heading at its top.

    Sections of one article are made so too: each must show a date or tell of something else.
    """
    families: dict[tuple[int, str, int], dict[int, list[int]]] = {}
    for i, block in enumerate(seen):
        for place, parent in _around(block):
            if not place.hints & _NO_ARTICLE:
                key = (parent.number, place.tag, place.hints)
                members = families.setdefault(key, {})
                members.setdefault(place.number, []).append(i)
    best: list[Run] = []
    for members in families.values():
        runs = [(at[0], at[-1] + 1) for at in members.values()]
        runs = [run for run in runs if _opens_with_heading(seen[slice(*run)])]
        if len(runs) < 2:
            continue
        texts = [seen[slice(*run)] for run in runs]
        apart = len(runs) > len(best) and _holds_most(texts, seen)
        if apart and (_dated(texts) or _unlike(texts)):
            best = runs
    return best


def _around(block: Seen) -> Iterator[tuple[Place, Place]]:
    """Yield the nearest elements around a block, each with the one around it."""
    place = block.place
    for _ in range(MOST_AROUND):
        if place is None or place.parent is None:
            return
        if place.tag in ("div", "section", "main", "li", "article", "body"):
            yield place, place.parent
        place = place.parent


def _opens_with_heading(blocks: Sequence[Seen]) -> bool:
    """Return whether a heading stands before the first paragraph, and enough text behind it."""
    for block in blocks[:HEAD_BLOCKS]:
        if block.kind in ("title", "heading"):
            return _is_headline(block) and _is_article(blocks)
        if block.kind is None and len(block.text) >= 2 * PARAGRAPH_CHARS:
            return False
    return False


def _holds_most(texts: Sequence[Sequence[Seen]], seen: Sequence[Seen]) -> bool:
    """Return whether runs hold nearly all running text of the page, and each its fair part."""
    held = [running(text) for text in texts]
    return 10 * sum(held) >= 8 * running(seen) and SMALLEST * min(held) >= max(held)


def _is_article(run: Sequence[Seen]) -> bool:
    """Return whether a run has the text of an article: enough, and more than one paragraph."""
    lines = (line for b in _paragraphs(run) for line in b.text.split("\n"))
    n_paragraphs = sum(len(line) >= PARAGRAPH_CHARS for line in lines)
    return running(run) >= ARTICLE_CHARS and n_paragraphs >= FEWEST_PARAGRAPHS


def _apart(runs: Sequence[Sequence[Seen]]) -> bool:
    """
    Return whether runs below headlines are articles of their own, not sections of one.

    Each has its paragraphs in an element of its own; and each has a date line of its own, in any
    language, or no two that follow each other speak of the same.
    """
    if len(runs) < 2:
        return False
    texts = [_paragraphs(run) for run in runs]
    holders = {Counter(b.holder for b in text).most_common(1)[0][0] for text in texts}
    if len(holders) < len(runs):
        return False
    return _dated(runs) or _unlike(runs)


def _dated(runs: Sequence[Sequence[Seen]]) -> bool:
    """Return whether every run shows a date of its own near its top."""
    return all(any(_SHORT_DATE.fullmatch(b.text) for b in run[:HEAD_BLOCKS]) for run in runs)


def _unlike(runs: Sequence[Sequence[Seen]]) -> bool:
    """Return whether runs that follow each other speak of different things."""
    words = [words_of(b.text for b in _paragraphs(run)) for run in runs]
    found = [likeness(a, b) for a, b in pairwise(words)]
    return sum(found) <= UNLIKE * len(found) and max(found) <= 2 * UNLIKE


def _paragraphs(run: Sequence[Seen]) -> list[Seen]:
    return [b for b in run if b.kind is None and not b.chrome and len(b.text) >= PARAGRAPH_CHARS]


def running(seen: Sequence[Seen]) -> int:
    """Return how many characters of running text blocks hold (no links, no lists)."""
    return sum(
        len(b.text) - b.link_chars
        for b in seen
        if not b.chrome and b.kind is None and len(b.text) >= PARAGRAPH_CHARS
    )
