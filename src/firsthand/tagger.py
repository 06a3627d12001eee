"""
Text → cues with their sources and contents, by weights learnt from annotated news.

Rules are certain and few: they read one attribution in three. This reads the rest. First every
token is weighed as part of a cue, together with its neighbours; then, for each cue found, the
tokens around it are weighed as source or content *of that cue*, so that no later step has to link
them, and nested attributions ("A said that B reported") are two readings of the same words. Both
are linear-chain models over the clues of ``clues.py``; ``benchmarks/train_attribution.py`` made
the weights from PolNeAR's train part (``NOTICE`` names it), and
``benchmarks/quality/attribution.py`` measures them on its dev part.

``strength`` is the weight of the cue as a number between 0 and 1: how sure the model is that these
words attribute something. It is not calibrated for other kinds of text.

Known to fail: sources named in another sentence, cues that are no verb of speech and rare ("in a
nod to"), English only, and texts without sentences or without capitals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firsthand.clues import (
    BITS,
    CUES,
    GATE,
    Columns,
    around,
    cue_columns,
    span_clues,
)
from firsthand.model import Span, span
from firsthand.vocabulary import COMMA, MARK, Words

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Least strength of a cue that is read. Chosen on a tenth of the train articles left out of
# training, where the events' F1 is flat between .2 and .4 and contents gain from a low one.
LEAST_STRENGTH = 0.2
# A token goes on with the cue before it when its strength of doing so is this share of that one's.
_GOES_ON = 0.4
# Tokens whose best label of a cue weighs this much less than "no cue" are none.
_HOPELESS = -3.0
# Fewer words in quotation marks are a name or an irony more often than someone's words.
FEWEST_QUOTED_WORDS = 6
# Tokens that weigh less by the few clues of the gate are no cue: six in ten, and 1 % of all cues.
_COLD = -1.6
_NONE = -99.0
# Texts are read in pieces of whole paragraphs of about this many characters, which bounds memory.
PIECE_CHARS = 50_000

NO_CUE, CUE_OPENS, CUE_GOES_ON = range(3)
NEITHER, SOURCE_OPENS, SOURCE_GOES_ON, CONTENT_OPENS, CONTENT_GOES_ON = range(5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """
    One attribution as tagged: ``pieces`` are its content in order, ``strength`` 0 to 1.

    A quotation for which nothing says who speaks has neither cue nor source, and no strength.
    """

    cue: Span | None
    source: Span | None
    pieces: tuple[Span, ...]
    strength: float


class Model:
    """Weights of a linear-chain model: of clues by label, of labels that follow each other."""

    def __init__(self, places: NDArray[np.uint32], weights: Floats, moves: Floats) -> None:
        """Keep ``weights`` (clue × label but the first, which weighs 0) at their ``places``."""
        self._slots = np.zeros(1 << BITS, dtype=np.int32)
        self._slots[places] = np.arange(1, len(places) + 1, dtype=np.int32)
        nothing = np.zeros((1, weights.shape[1]), dtype=np.float32)
        self._weights = np.concatenate([nothing, weights])
        self.moves = moves

    def scores(self, clues: NDArray[np.uint32]) -> Floats:
        """Return what each token weighs as each label: the sum over its clues (rows)."""
        labels: Floats = self._weights.take(self._slots.take(clues), axis=0).sum(axis=0)
        return np.concatenate([np.zeros((len(labels), 1), dtype=np.float32), labels], axis=1)


# Characters read after which a process loads the compiled loop. It saves about two CPU-seconds in
# ten million; loading it from numba's cache takes one, and compiling it three, once a machine.
COMPILED_CHARS = 20_000_000


class _Seen:
    """How much text this process has read; what is found does not depend on it."""

    n_chars = 0


def _loops() -> ModuleType | None:
    """Return the compiled loop once enough text has been read, else None."""
    if _Seen.n_chars < COMPILED_CHARS:
        return None
    from firsthand import tag_loops

    return tag_loops


class Weights(NamedTuple):
    """All that was learnt: what is known of words, and the three models."""

    words: Words
    gate: Model
    cues: Model
    spans: Model


@cache
def _weights() -> Weights:
    packed = resources.files("firsthand").joinpath("data/attribution-weights.npz")
    with packed.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        families = dict(zip(kept["family_words"].tolist(), kept["families"].tolist(), strict=True))
        words = Words(kept["word_hashes"], kept["word_classes"], families)
        gate, cues, spans = (
            Model(
                np.cumsum(kept[f"{name}_steps"], dtype=np.uint32),
                kept[f"{name}_weights"].astype(np.float32) * kept[f"{name}_scale"],
                kept[f"{name}_moves"],
            )
            for name in ("gate", "cue", "span")
        )
    return Weights(words, gate, cues, spans)


def events(text: str, weights: Weights | None = None) -> list[Event]:
    """
    Return the attributions the tagger finds in an English text, in the order of their cues.

    Long quotations that no cue was found for come among them, without cue and source.

    >>> t = "The bridge is shut, a clerk told reporters. It rained all day."
    >>> [(e.source.of(t), e.cue.of(t), [p.of(t) for p in e.pieces]) for e in events(t)]
    [('a clerk', 'told', ['The bridge is shut'])]
    >>> events("The bridge stayed shut all day.")
    []
    """
    weights = weights or _weights()
    _Seen.n_chars += len(text)
    found = []
    for start, piece in _pieces(text):
        c = Columns(piece, weights.words, start)
        if c.n:
            found += _events_of(c, weights)
    return found


def n_tokens(text: str) -> int:
    """Return how many tokens (words and marks) the tagger sees in a text."""
    return sum(Columns(piece, _weights().words, start).n for start, piece in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text whole or, where it is long, cut at line breaks, each piece with its place."""
    start = 0
    while len(text) - start > PIECE_CHARS:
        end = start + PIECE_CHARS
        for mark in ("\n", " "):
            if (at := text.rfind(mark, start, end)) > start:
                end = at + 1
                break
        yield start, text[start:end]
        start = end
    yield start, text[start:] if start else text


def _events_of(c: Columns, weights: Weights) -> list[Event]:
    first, behind, strength = cues_of(c, weights)
    if not len(first):
        return list(_unspoken(c, []))
    begin, end = around(c, first, behind)
    scores = weights.spans.scores(span_clues(c, first, behind, begin, end))
    labels = best_labels(scores, end - begin, weights.spans.moves)
    found = _events(c, labels, first, behind, begin, strength)
    found = _going_on(c, found)
    return sorted([*found, *_unspoken(c, found)], key=_place)


def _place(event: Event) -> Span:
    return event.cue or event.pieces[0]


def _taken(c: Columns, found: list[Event]) -> NDArray[np.bool_]:
    """Return which characters are content of what was found."""
    taken = np.zeros(len(c.text) + 1, dtype=bool)
    for event in found:
        for piece in event.pieces:
            taken[piece.start - c.at : piece.end - c.at] = True
    return taken


def _going_on(c: Columns, found: list[Event]) -> list[Event]:
    """
    Return what was found, its quotations followed over the paragraphs they run on in.

    Each paragraph of such a quotation opens with a mark, and only the last closes.
    """
    taken = _taken(c, found)
    onward: dict[int, Span] = {}
    for quote, following in pairwise(c.quotations):
        between = c.text[quote.end : following.start]
        if between.strip() == "“" and "\n" in between and not taken[following.start]:
            onward[quote.end] = following
    if not onward:
        return found
    return [_with_onward(c, event, onward) for event in found]


def _with_onward(c: Columns, event: Event, onward: dict[int, Span]) -> Event:
    end, pieces = event.pieces[-1].end - c.at, list(event.pieces)
    # The tagger leaves the full stop out now and then; the quotation's end has it.
    end = next((e for e in (end, end + 1) if e in onward), -1)
    while end in onward:
        quote = onward[end]
        pieces.append(span(c.at + quote.start, c.at + quote.end))
        end = quote.end
    return replace(event, pieces=tuple(pieces))


def _unspoken(c: Columns, found: list[Event]) -> Iterator[Event]:
    """Yield the quotations that are no content of what was found."""
    taken = _taken(c, found)
    for quote in c.quotations:
        long = len(quote.of(c.text).split()) >= FEWEST_QUOTED_WORDS
        if long and not taken[quote.start : quote.end].any():
            whole = span(c.at + quote.start, c.at + quote.end)
            yield Event(cue=None, source=None, pieces=(whole,), strength=0.0)


def cues_of(c: Columns, weights: Weights) -> tuple[Ints, Ints, list[float]]:
    """Return first token, token behind the last, and strength of every cue, in order."""
    shares = _shares(cue_scores(c, weights), weights.cues.moves, c.opens)
    opens, inside = shares[:, CUE_OPENS], shares[:, CUE_GOES_ON]
    cue = opens + inside
    found: list[tuple[int, int, float]] = []
    behind = 0
    for at in np.flatnonzero((opens > LEAST_STRENGTH) | (cue > 0.5)).tolist():
        if at < behind:
            continue
        behind = at + 1
        while behind < c.n and not c.opens[behind] and inside[behind] > _GOES_ON * cue[behind - 1]:
            behind += 1
        found.append((at, behind, float(cue[at])))
    first = np.array([f[0] for f in found], dtype=np.int64)
    last = np.array([f[1] for f in found], dtype=np.int64)
    return first, last, [f[2] for f in found]


def cue_scores(c: Columns, weights: Weights) -> Floats:
    """Return what each token weighs as part of a cue; what is surely none weighs ``_NONE``."""
    columns = cue_columns(c)
    at = np.flatnonzero(weights.gate.scores(GATE.of(columns))[:, 1:].max(axis=1) > _COLD)
    scores = np.full((c.n, 3), _NONE, dtype=np.float32)
    scores[:, NO_CUE] = 0
    scores[at] = weights.cues.scores(CUES.of({name: columns[name][at] for name in CUES.columns}))
    return scores


def _shares(scores: Floats, moves: Floats, opens: NDArray[np.bool_]) -> NDArray[np.float64]:
    """
    Return the share of each label at each token (they add up to 1): forward and backward.

    Only runs of doubtful tokens are summed over; between them "no cue" is as good as certain.
    """
    shares = np.zeros(scores.shape)
    shares[:, NO_CUE] = 1
    hot = scores[:, 1:].max(axis=1) > _HOPELESS
    at = np.flatnonzero(hot)
    if not len(at):
        return shares
    fresh = hot.copy()
    fresh[1:] &= ~hot[:-1] | opens[1:]
    run = np.cumsum(fresh[at]) - 1
    step = np.arange(len(at)) - np.flatnonzero(fresh[at])[run]
    shape = (int(step.max()) + 1, int(run[-1]) + 1)
    weight = np.zeros((*shape, scores.shape[1]))
    there = np.zeros((*shape, 1), dtype=bool)
    weight[step, run] = np.exp(scores[at] - scores[at].max(axis=1, keepdims=True))
    there[step, run] = True
    change = np.exp(moves.astype(np.float64))
    ahead, back = np.empty_like(weight), np.empty_like(weight)
    ahead[0] = _even(weight[0] * change[NO_CUE])
    for k in range(1, len(weight)):
        ahead[k] = np.where(there[k], _even(ahead[k - 1] @ change * weight[k]), ahead[k - 1])
    back[-1] = _even(change[:, NO_CUE][None])
    for k in range(len(weight) - 2, -1, -1):
        onward = _even((weight[k + 1] * back[k + 1]) @ change.T)
        back[k] = np.where(there[k + 1], onward, back[-1])
    shares[at] = _even((ahead * back)[step, run])
    return shares


def _even(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1)


def best_labels(scores: Floats, sizes: Ints, moves: Floats) -> list[Ints]:
    """
    Return the best labels of each of several runs of tokens, all at once (Viterbi).

    The rows of ``scores`` are the tokens of the first run, then of the second, and so on.
    """
    if (loops := _loops()) is not None:
        return np.split(loops.best_labels(scores, sizes, moves), np.cumsum(sizes)[:-1])
    order = np.argsort(-sizes, kind="stable")
    lengths = sizes[order]
    # How many runs are longer than each step: they come first.
    alive = np.searchsorted(-lengths, -np.arange(int(lengths[0])), side="left").tolist()
    best = _by_step(scores, sizes, order)
    between = moves[:, :, None]
    for step in range(1, len(alive)):
        n = alive[step]
        best[step, :, :n] += (best[step - 1, :, None, :n] + between).max(axis=0)
    labels = np.zeros((len(alive), len(sizes)), dtype=np.int64)
    labels[-1] = best[-1].argmax(axis=0)
    for step in range(len(alive) - 2, -1, -1):
        # A run that ends here has no label behind it to agree with.
        done = alive[step + 1]
        best[step, :, :done] += moves[:, labels[step + 1, :done]]
        labels[step] = best[step].argmax(axis=0)
    found: list[Ints] = [np.empty(0, dtype=np.int64)] * len(sizes)
    for k, run in enumerate(order.tolist()):
        found[run] = labels[: lengths[k], k]
    return found


def _by_step(scores: Floats, sizes: Ints, order: Ints) -> Floats:
    """Return the scores as step × label × run, runs in the order given; 0 behind a run's end."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    begins = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    step = np.arange(len(scores)) - np.repeat(begins, sizes)
    shape = (int(sizes.max()), scores.shape[1], len(sizes))
    laid = np.zeros(shape, dtype=np.float32)
    laid[step, :, np.repeat(place, sizes)] = scores
    return laid


def _events(
    c: Columns,
    labels: list[Ints],
    first: Ints,
    behind: Ints,
    begin: Ints,
    strength: list[float],
) -> list[Event]:
    sizes = np.array([len(run) for run in labels])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    joined = np.concatenate(labels)
    parts: dict[int, list[list[Span]]] = {}
    for opens in (SOURCE_OPENS, CONTENT_OPENS):
        goes_on = joined == opens + 1
        starts = np.flatnonzero(joined == opens)
        # A span ends before the next token that does not go on, or with its surroundings.
        stops = np.append(np.flatnonzero(~goes_on), len(joined))
        ends = stops[np.searchsorted(stops, starts, side="right")]
        of = np.searchsorted(offsets, starts, side="right") - 1
        ends = np.minimum(ends, offsets[of + 1])
        shift = begin[of] - offsets[of]
        parts[opens] = [[] for _ in labels]
        for k, i, j in zip(of.tolist(), starts + shift, ends + shift, strict=True):
            # "Ana Bruhl, the mayor, said": the comma closes the apposition and is no part of her.
            comma = opens == SOURCE_OPENS and j - i > 1 and c.of[MARK, j - 1] == COMMA
            parts[opens][k].append(_span(c, i, j - 1 if comma else j))
    return [
        Event(
            cue=_span(c, int(first[k]), int(behind[k])),
            source=source[0] if source else None,
            pieces=tuple(pieces),
            strength=strength[k],
        )
        for k, (source, pieces) in enumerate(
            zip(parts[SOURCE_OPENS], parts[CONTENT_OPENS], strict=True)
        )
        if pieces
    ]


def _span(c: Columns, first: int, behind: int) -> Span:
    return span(c.at + int(c.start[first]), c.at + int(c.end[behind - 1]))
