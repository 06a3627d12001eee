"""
Which blocks of a page are the article's body: points for how a block looks and where it stands.

Every block is seen by its own looks (words, share of link text, whether it ends as a sentence
does), by the elements around it (tags, and what their class names hint at), by how the page's
running text spreads over those elements, by its neighbours and by its place below the headline. All
of these are questions with yes or no for an answer (``FEATURES``); each yes has points
(``data/bodies.tsv``), and a block of ``CUT`` points or more is body. So block classification in the
manner of Kohlschütter, Fankhauser and Nejdl, *Boilerplate detection using shallow text features*
(2010), with the tree added.

An element that holds more than half of the running text cannot be page furniture, whatever it is
called: its names and its tag count against nobody (whole pages stand in a ``form``, or in an
element named ``has-sidebar``).

The points are fitted by ``scripts/fit-bodies`` (logistic regression over pages with a known body,
checked on sites held out). The time taken is linear in the blocks and the elements around them.

Known to fail: pages whose comments hold more text than the article; lists of links or references
that are the article itself; tables of figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from firsthand.markup import HINTS, Place, Seen

CUT = 0
# What ends as a sentence does and is not short, or is long, is running text.
PROSE_CHARS, LONG_CHARS = 60, 150
MOST_LINKED = 0.5
# One block of a whole book must not make all others look as if they were nothing.
MOST_COUNTED_CHARS = 5000
# An element with a larger share of the running text is no furniture.
LARGEST_FURNITURE = 0.5
# A run of blocks this long in all that stands on the page a second time is the same text set twice
# (for wide and for narrow screens); paragraphs that repeat one by one stay.
TWICE_CHARS, TWICE_BLOCKS, TWICE_BLOCK_CHARS = 1000, 3, 60

_WORD = re.compile(r"\w+")
_ENDED = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")
_DIGIT = re.compile(r"\d")
_AROUND = {
    name: 1 << n
    for n, name in enumerate(
        "nav aside footer form header main article figure ul ol table blockquote dialog".split()
    )
}
_STANDS_IN = _AROUND["main"] | _AROUND["article"]
_TAGS = (
    "p li div td tr table blockquote pre figcaption h1 h2 h3 h4 dd section article main body center"
).split()
_KINDS = ("title", "heading", "list", "caption")
_WORDS = (2, 4, 7, 11, 18, 30, 60, 100)
_LINKED = (0.01, 0.2, 0.4, 0.6, 0.9)
_SHARES = (0.01, 0.05, 0.2, 0.5, 0.8)
_DENSITY = (0.2, 0.5, 0.8)
_COUNTS = (2, 4, 8, 16, 32)
_CORES = (0.9, 0.7, 0.5)
_BELOW = (1, 2, 3, 5, 8, 13, 30)
_LOOKS = ("words 4", "words 11", "words 30", "linked 0.4", "ended", "prose", "heading", "list")


def _is_prose(text: str, link_chars: int) -> bool:
    if link_chars > MOST_LINKED * len(text):
        return False
    return len(text) > LONG_CHARS or (len(text) >= PROSE_CHARS and bool(_ENDED.search(text[-8:])))


class _Tree:
    """The elements around blocks: how much text each holds, and what is handed down to blocks."""

    def __init__(self, seen: Sequence[Seen], prose: Sequence[int]) -> None:
        """Gather the elements and add up what they hold; elements come before those in them."""
        found: dict[int, Place] = {}
        for block in seen:
            place = block.place
            while place is not None and place.number not in found:
                found[place.number] = place
                place = place.parent
        self.places = [found[number] for number in sorted(found)]
        self.at = {place.number: i for i, place in enumerate(self.places)}
        n = len(self.places)
        self.prose, self.chars, self.blocks = [0] * n, [0] * n, [0] * n
        for block, held in zip(seen, prose, strict=True):
            if block.place is not None:
                i = self.at[block.place.number]
                self.prose[i] += held
                self.chars[i] += min(len(block.text), MOST_COUNTED_CHARS)
                self.blocks[i] += 1
        self.parent = [self.at[p.parent.number] if p.parent else -1 for p in self.places]
        for i in range(n - 1, -1, -1):
            up = self.parent[i]
            if up >= 0:
                self.prose[up] += self.prose[i]
                self.chars[up] += self.chars[i]
                self.blocks[up] += self.blocks[i]
        self.total = max(sum(prose), 1)
        self._hand_down()

    def _hand_down(self) -> None:
        """Fill ``hints``, ``around`` and ``cores``: what the elements around each amount to."""
        self.hints: list[int] = []
        self.around: list[int] = []
        self.cores: list[int] = []
        core = [-1] * len(_CORES)
        for i, held in enumerate(self.prose):
            for n, share in enumerate(_CORES):
                if held >= share * self.total:
                    core[n] = i
        for i, place in enumerate(self.places):
            hints, around = place.hints, _AROUND.get(place.tag, 0)
            if self.prose[i] > LARGEST_FURNITURE * self.total:
                hints, around = hints & HINTS["content"], around & _STANDS_IN
            up = self.parent[i]
            inside = sum(1 << n for n, at in enumerate(core) if at == i)
            if up >= 0:
                hints, around = hints | self.hints[up], around | self.around[up]
                inside |= self.cores[up]
            self.hints.append(hints)
            self.around.append(around)
            self.cores.append(inside)


Columns = list[tuple[str, Any]]


def _steps(name: str, values: Any, steps: Sequence[float]) -> Columns:
    return [(f"{name} {step:g}", values >= step) for step in steps]


def _looks(seen: Sequence[Seen], n_words: Any, prose: Any) -> Columns:
    """Return what blocks look like by themselves."""
    texts = [b.text for b in seen]
    chars = np.array([len(t) for t in texts], float)
    linked = np.array([b.link_chars for b in seen]) / chars
    kinds = np.array([b.kind or "" for b in seen])
    digits = np.array([len(_DIGIT.findall(t[:200])) / min(len(t), 200) for t in texts])
    counted: dict[str, int] = {}
    for text in texts:
        counted[text] = counted.get(text, 0) + 1

    def holds(test: Any) -> Any:
        return np.array([test(t) for t in texts], bool)

    return [
        *_steps("words", n_words, _WORDS),
        *_steps("linked", linked, _LINKED),
        ("ended", holds(lambda t: bool(_ENDED.search(t[-8:])))),
        ("prose", prose > 0),
        *((kind, kinds == kind) for kind in _KINDS),
        ("twice", holds(lambda t: counted[t] > 1)),
        ("opens small", holds(lambda t: t[:1].islower())),
        ("opens large", holds(lambda t: t[:1].isupper())),
        *_steps("digits", digits, (0.1, 0.3)),
        ("©", holds(lambda t: "©" in t)),
        ("|", holds(lambda t: "|" in t[:100])),
        ("lines", holds(lambda t: "\n" in t)),
        ("question", holds(lambda t: t[-1] == "?")),
        ("colon", holds(lambda t: t[-1] == ":")),
    ]


def _stands(seen: Sequence[Seen], tree: _Tree) -> Columns:
    """Return what blocks stand in."""
    n = len(tree.places)
    at = np.array([tree.at[b.place.number] if b.place else n for b in seen])
    up = np.array([*(p if p >= 0 else i for i, p in enumerate(tree.parent)), n])
    hints, around = np.array([*tree.hints, 0])[at], np.array([*tree.around, 0])[at]
    cores = np.array([*tree.cores, 7])[at]
    tags = np.array([*(p.tag for p in tree.places), ""])[at]
    prose, chars = np.array([*tree.prose, tree.total]), np.array([*tree.chars, 1])
    share, density = prose / tree.total, prose / np.maximum(chars, 1)
    blocks = np.array([*tree.blocks, 1])
    found: Columns = [(f"in {name}", hints & bit > 0) for name, bit in HINTS.items()]
    found += [(f"in <{name}>", around & bit > 0) for name, bit in _AROUND.items()]
    found += [(f"<{tag}>", tags == tag) for tag in _TAGS]
    found += [(f"core {share:g}", cores >> k & 1 > 0) for k, share in enumerate(_CORES)]
    for name, place in (("own", at), ("holder", up[at]), ("beyond", up[up[at]])):
        found += _steps(f"{name} share", share[place], _SHARES)
        if name != "own":
            found += _steps(f"{name} density", density[place], _DENSITY)
            found += _steps(f"{name} blocks", blocks[place], _COUNTS)
    return [*found, ("chrome", np.array([b.chrome for b in seen], bool))]


def _follows(seen: Sequence[Seen], prose: Any, chars: Any, total: int) -> Columns:
    """Return where on the page blocks stand: how far down, how far below the headline."""
    n = len(seen)
    head = next((i for i, b in enumerate(seen) if b.kind == "title" and not b.chrome), None)
    below = np.arange(n) - (head if head is not None else n)
    read, told = np.cumsum(chars) - chars, np.cumsum(prose) - prose
    return [
        *_steps("down", read / max(chars.sum(), 1), (0.05, 0.2, 0.5, 0.8, 0.95)),
        *_steps("told", told / total, (0.001, 0.1, 0.5, 0.9)),
        ("last told", told + prose >= total),
        ("no headline", np.full(n, head is None)),
        ("headline", below == 0),
        *_steps("below headline", below, _BELOW),
        *_steps("page prose", np.full(n, total), (1000, 3000, 10_000)),
        *_steps("page density", np.full(n, total / max(chars.sum(), 1)), _DENSITY),
    ]


def _near(columns: dict[str, Any], prose: Any, chars: Any) -> Columns:
    """Return what the blocks before and behind look like, and how much prose is near."""
    found: Columns = []
    n = len(prose)
    for name in _LOOKS:
        padded = np.concatenate([[False] * 2, columns[name], [False] * 2])
        for step in (-2, -1, 1, 2):
            found.append((f"{step:+d} {name}", padded[2 + step : 2 + step + n]))
    for around in (3, 8):
        density = _window(prose, around) / np.maximum(_window(chars, around), 1)
        found += _steps(f"prose within {around}", density, _DENSITY)
    dense = density >= _DENSITY[1]
    for name in ("heading", "list", "words 7", "linked 0.6"):
        for where in ("core 0.9", "core 0.5"):
            found.append((f"{name} & {where}", columns[name] & columns[where]))
        found.append((f"{name} & dense", columns[name] & dense))
    return found


def _window(values: Any, around: int) -> Any:
    """Return the sum of values up to ``around`` places away."""
    n = len(values)
    sums = np.concatenate([[0], np.cumsum(values)])
    at = np.arange(n)
    return sums[np.minimum(at + around + 1, n)] - sums[np.maximum(at - around, 0)]


def features(seen: Sequence[Seen]) -> tuple[list[str], Any]:
    """Return the names of all questions, and a row of answers (0 or 1) for every block."""
    chars = np.array([min(len(b.text), MOST_COUNTED_CHARS) for b in seen])
    n_words = np.array([len(_WORD.findall(b.text)) for b in seen])
    held = [
        int(n) if _is_prose(b.text, b.link_chars) else 0 for n, b in zip(chars, seen, strict=True)
    ]
    prose, tree = np.array(held), _Tree(seen, held)
    found = _looks(seen, n_words, prose) + _stands(seen, tree)
    found += _follows(seen, prose, chars, tree.total)
    found += _near(dict(found), prose, chars)
    return [name for name, _ in found], np.stack([column for _, column in found], axis=1)


@cache
def points() -> dict[str, int]:
    """Return the points of every question, as ``data/bodies.tsv`` has them."""
    source = resources.files("firsthand").joinpath("data/bodies.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in source.splitlines() if line and not line.startswith("#")]
    return {name: int(value) for name, value in rows[1:]}


def body(seen: Sequence[Seen]) -> list[int]:
    """
    Return which blocks of a page are the body of its article, in order.

    >>> from firsthand import markup
    >>> fog = "<p>The harbour stayed closed for a day, since the fog would not lift.</p>" * 9
    >>> menu = "<nav><a href=/>Home</a></nav><ul><li><a href=/a>News</a><li><a href=/b>Sea</a></ul>"
    >>> seen = markup.blocks(markup.parse(f"{menu}<main><h1>Fog</h1>{fog}</main>").root)
    >>> [seen[i].text[:11] for i in body(seen)].count("The harbour")
    9
    """
    if not seen:
        return []
    names, answers = features(seen)
    given = points()
    weights = np.array([given.get(name, 0) for name in names], np.int64)
    score = answers @ weights + given.get("always", 0)
    return settled(seen, [int(i) for i in np.flatnonzero(score >= CUT)])


def settled(seen: Sequence[Seen], chosen: Sequence[int]) -> list[int]:
    """Return the chosen blocks with their siblings, and without a text set a second time."""
    return _once(seen, _with_siblings(seen, chosen))


def _with_siblings(seen: Sequence[Seen], chosen: Sequence[int]) -> list[int]:
    """
    Return the chosen blocks and the paragraphs beside them in the element that holds most of them.

    Points may drop a paragraph at either end of a short text; one ``p`` of running text among
    others that are body is body.
    """
    held: dict[int, int] = {}
    for i in chosen:
        holder = seen[i].holder
        if holder is not None and _is_paragraph(seen[i]):
            held[holder] = held.get(holder, 0) + min(len(seen[i].text), MOST_COUNTED_CHARS)
    most = max(held, key=lambda holder: held[holder], default=None)
    if most is None:
        return list(chosen)
    beside = {i for i, b in enumerate(seen) if b.holder == most and _is_paragraph(b)}
    return sorted(beside | set(chosen))


def _is_paragraph(block: Seen) -> bool:
    place = block.place
    if block.chrome or place is None or place.tag != "p" or place.hints:
        return False
    return _is_prose(block.text, block.link_chars)


def _once(seen: Sequence[Seen], chosen: Sequence[int]) -> list[int]:
    """
    Return the chosen blocks without a text that the page shows a second time, in another element.

    >>> wide = [Seen(f"The ferry number {n} left at seven in the morning. " * 8) for n in range(3)]
    >>> len(_once([*wide, *wide], range(6))), len(_once([wide[0]] * 6, range(6)))
    (3, 6)
    """
    first: dict[str, int] = {}
    runs: list[list[int]] = []
    before: int | None = None
    for i in chosen:
        text = seen[i].text
        at = first.setdefault(text, i) if len(text) >= TWICE_BLOCK_CHARS else i
        if at == i:
            if len(text) >= TWICE_BLOCK_CHARS:
                before = None
            continue
        if before is None or at <= before:
            runs.append([])
        runs[-1].append(i)
        before = at
    left_out: set[int] = set()
    for run in runs:
        chars = sum(len(seen[i].text) for i in run)
        if len(run) >= TWICE_BLOCKS and chars >= TWICE_CHARS:
            left_out |= set(range(run[0], run[-1] + 1))
    return [i for i in chosen if i not in left_out]


__all__ = ["CUT", "body", "features", "points", "settled"]
