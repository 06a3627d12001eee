"""
Make the weights of the tagger: ``python benchmarks/train_attribution.py [--hold-out]``.

Reads, under ``FIRSTHAND_DATA``, the train part of PolNeAR (``attribution/``; its dev part is never
opened here) and, for classes of words, the articles of ``reuse/planted_10k`` not of 2016, the year
of PolNeAR's. Writes ``src/firsthand/data/attribution-weights.npz`` and prints its digest: the same
data and the same numpy give the same file. No text goes in: words stand there as 32-bit hashes.

1. Classes of words: positive pointwise mutual information with the 1,000 commonest words one and
   two places to each side, 80 dimensions of it, spherical k-means into 40, 200 and 800 classes.
2. Three linear-chain conditional random fields over hashed clues (a gate of few clues, cues, and
   source and content around a cue), by AdaGrad with dropped clues and averaged over the second
   half of the passes. L-BFGS (python-crfsuite 0.9.12) took three times as long for cues, for the
   same figures within a point, and would be one more dependency.
3. Clues seen less than three times or of little weight are left out, weights rounded to 63 steps.

``--hold-out`` leaves out every tenth article, prints the figures on them and writes nothing: all
settings were chosen so.
"""

from __future__ import annotations

import os

# One thread adds up in one order: the same file each time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import hashlib
import io
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from firsthand.clues import (
    BITS,
    Columns,
    around,
    cue_clues,
    gate_clues,
    span_clues,
)
from firsthand.reading import cues
from firsthand.tagger import Model, Weights
from firsthand.vocabulary import FAMILIES, Words, plain, word_hash

sys.path.insert(0, str(Path(__file__).parent / "quality"))
from attribution import Gold, Score, data_folder, predicted, read_part

WEIGHTS = Path(__file__).parent.parent / "src/firsthand/data/attribution-weights.npz"
COMMON_WORDS, CLASSED_WORDS, DIMENSIONS, CLASSES = 1000, 30_000, 80, (40, 200, 800)
PASSES, RATE, MOVE_RATE, DECAY, DROPPED = 6, 0.05, 0.3, 0.02, 0.2
RUNS_A_STEP = 64
FEWEST_SEEN = 3
# Weights below this add up to nothing.
LEAST_WEIGHT = 0.04
# Finer steps cost a third more to keep.
STEPS_OF_WEIGHT = 31
_TOKEN = re.compile(r"\w+(?:[-.&]\w+)*|[’']\w{1,2}\b|[^\w\s]")
Range = tuple[int, int]


def main() -> None:
    """Train, then write the weights, or print figures on what was held out."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    options.add_argument(
        "--hold-out", action="store_true", help="measure on a tenth; write nothing"
    )
    hold_out = options.parse_args().hold_out
    data = data_folder()
    articles = read_part(data, "train")
    kept = [a for k, a in enumerate(articles) if not (hold_out and k % 10 == 3)]
    arrays = {**word_classes(data), **families()}
    words = Words(
        arrays["word_hashes"],
        arrays["word_classes"],
        dict(zip(arrays["family_words"].tolist(), arrays["families"].tolist(), strict=True)),
    )
    say("classes of words")
    models = {}
    for name, n_labels, make in (
        ("gate", 3, gate_examples),
        ("cue", 3, cue_examples),
        ("span", 5, span_examples),
    ):
        field = Field(n_labels)
        field.fit(*examples(kept, words, make), name)
        arrays |= {f"{name}_{key}": value for key, value in field.packed().items()}
        models[f"{name}s" if name != "gate" else name] = field.model(arrays, name)
    if hold_out:
        score = Score()
        for text, gold in articles[3::10]:
            score.add(text, gold, predicted(text, Weights(words, **models)))
        print(score.table("held-out tenth of train"))
        return
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    WEIGHTS.write_bytes(packed.getvalue())
    print(f"{WEIGHTS.name}: {len(packed.getvalue())} bytes, contents {digest(arrays)}")


def say(what: str) -> None:
    """Print what is done and the CPU seconds so far."""
    print(f"{time.process_time():6.0f} CPU-s  {what}", flush=True)


def digest(arrays: dict[str, Any]) -> str:
    """Return the SHA-256 of the arrays by name: what is inside, however it is compressed."""
    sums = hashlib.sha256()
    for name in sorted(arrays):
        sums.update(name.encode() + arrays[name].tobytes())
    return sums.hexdigest()


# --- classes of words ---------------------------------------------------------------------------


def news(data: Path) -> Iterator[str]:
    """Yield the texts that words are counted in."""
    with (data / "reuse" / "planted_10k.jsonl.zst").open("rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8")
        for line in lines:
            article = json.loads(line)
            if article["outlet"] != "planted" and not str(article["date"]).startswith("2016"):
                yield article["text"]


def word_classes(data: Path) -> dict[str, Any]:
    """Return hashes of the commonest words and their classes."""
    known: dict[str, int] = {}
    rows = [
        np.array([known.setdefault(plain(w), len(known)) for w in _TOKEN.findall(text)] + [-1])
        for text in news(data)
    ]
    stream = np.concatenate(rows)
    counts = np.bincount(stream[stream >= 0], minlength=len(known))
    order = np.argsort(-counts, kind="stable")
    # The break between two texts ranks behind every word.
    rank = np.full(len(known) + 1, len(known))
    rank[order] = np.arange(len(known))
    vectors = surroundings(rank[stream])
    weight = np.sqrt(counts[order[:CLASSED_WORDS]]).astype(np.float32)
    classes = np.stack([k_means(vectors, k, weight) for k in CLASSES], axis=1)
    names = list(known)
    hashes = [word_hash(names[k]) for k in order[: len(vectors)]]
    return {
        "word_hashes": np.array(hashes, dtype=np.uint32),
        "word_classes": classes.astype(np.uint16),
    }


def surroundings(stream: Any) -> Any:
    """Return a unit vector for each of the commonest words, from what stands beside it."""
    tables = []
    for by in (-2, -1, 1, 2):
        beside = np.roll(stream, -by)
        both = (stream < CLASSED_WORDS) & (beside < COMMON_WORDS)
        places = stream[both] * COMMON_WORDS + beside[both]
        table = np.bincount(places, minlength=CLASSED_WORDS * COMMON_WORDS).astype(np.float32)
        table = table.reshape(CLASSED_WORDS, COMMON_WORDS)
        # Smoothed as in Levy, Goldberg, Dagan 2015: rare contexts weigh less.
        context = table.sum(axis=0) ** 0.75
        expected = table.sum(axis=1, keepdims=True) * (context / context.sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            table = np.log(table / expected)
        tables.append(np.where(np.isfinite(table), np.maximum(table, 0), 0))
    matrix = np.concatenate(tables, axis=1).astype(np.float32)
    side = np.random.default_rng(0).standard_normal((matrix.shape[1], DIMENSIONS + 20))
    side = side.astype(np.float32)
    for _ in range(3):
        far, _ = np.linalg.qr(matrix @ side)
        side, _ = np.linalg.qr(matrix.T @ far)
    left, size, _ = np.linalg.svd(matrix @ side, full_matrices=False)
    vectors = left[:, :DIMENSIONS] * np.sqrt(size[:DIMENSIONS])
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)


def k_means(vectors: Any, k: int, weight: Any) -> Any:
    """Return the class of each vector; the commonest words are the first centres."""
    centres = vectors[:k].copy()
    for _ in range(15):
        nearest = np.argmax(vectors @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors * weight[:, None])
        size = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(size > 0, sums / np.maximum(size, 1e-9), centres)
    return nearest


def families() -> dict[str, Any]:
    """Return single words of the table of cues, and the number of their family."""
    table = {c.text: FAMILIES.index(c.family) + 1 for c in cues()[1].values() if " " not in c.text}
    table["according"] = FAMILIES.index("according") + 1
    return {
        "family_words": np.array(sorted(table)),
        "families": np.array([table[w] for w in sorted(table)], dtype=np.uint8),
    }


# --- examples -----------------------------------------------------------------------------------


def tokens(c: Columns, spans: list[Range]) -> list[Range]:
    """Return the token ranges of spans of characters."""
    first = [int(np.searchsorted(c.end, a, side="right")) for a, _ in spans]
    behind = [int(np.searchsorted(c.start, b, side="left")) for _, b in spans]
    return [(i, j) for i, j in zip(first, behind, strict=True) if i < j]


def gate_examples(c: Columns, gold: list[Gold]) -> tuple[Any, Any, Any]:
    """Return the few clues of the gate, with the labels of cues."""
    return gate_clues(c).T, *cue_examples(c, gold)[1:]


def cue_examples(c: Columns, gold: list[Gold]) -> tuple[Any, Any, Any]:
    """Return clues (a row a token), labels and lengths of sentences."""
    labels = np.zeros(c.n, dtype=np.int64)
    for event in gold:
        for i, j in tokens(c, event.cue):
            labels[i:j] = 2
            labels[i] = 1
    return cue_clues(c).T, labels, np.diff(np.append(np.flatnonzero(c.opens), c.n))


def span_examples(c: Columns, gold: list[Gold]) -> tuple[Any, Any, Any]:
    """Return clues, labels and lengths of the surroundings of each annotated cue."""
    by_cue: dict[Range, tuple[list[Range], list[Range]]] = {}
    for event in gold:
        for cue in tokens(c, event.cue)[:1]:
            source, content = by_cue.setdefault(cue, ([], []))
            source += tokens(c, event.source)
            content += tokens(c, event.content)
    if not by_cue:
        return np.empty((0, 0), dtype=np.uint32), np.empty(0, dtype=np.int64), np.empty(0, int)
    first, behind = np.array(sorted(by_cue)).T
    begin, end = around(c, first, behind)
    labels = []
    for cue, a, b in zip(sorted(by_cue), begin.tolist(), end.tolist(), strict=True):
        run = np.zeros(c.n, dtype=np.int64)
        source, content = by_cue[cue]
        for ranges, opens in ((content, 3), (source, 1)):
            for i, j in ((max(i, a), min(j, b)) for i, j in ranges):
                run[i:j] = opens + 1
                run[i : min(i + 1, j)] = opens
        run[cue[0] : cue[1]] = 0
        labels.append(run[a:b])
    clues = span_clues(c, first, behind, begin, end).T
    return clues, np.concatenate(labels), end - begin


def examples(articles: Any, words: Words, make: Any) -> tuple[Any, Any, Any]:
    """Return the examples of all articles, one after another."""
    clues, labels, sizes = [], [], []
    for text, gold in articles:
        made = make(Columns(text, words), gold)
        if len(made[1]):
            clues.append(made[0].astype(np.int32))
            labels.append(made[1])
            sizes.append(made[2])
    return np.concatenate(clues), np.concatenate(labels), np.concatenate(sizes)


# --- the conditional random field ---------------------------------------------------------------


class Field:
    """A linear-chain conditional random field over hashed clues, trained by AdaGrad."""

    def __init__(self, n_labels: int) -> None:
        """Start with no clue and moves of no weight."""
        self.n_labels = n_labels
        self.moves = np.zeros((n_labels, n_labels))
        self._move_sums = np.full((n_labels, n_labels), 1e-3)
        self._random = np.random.default_rng(0)

    def fit(self, clues: Any, labels: Any, sizes: Any, name: str) -> None:
        """Learn from runs of tokens: ``clues`` a row a token, ``sizes`` tokens a run."""
        seen = np.bincount(clues.ravel(), minlength=1 << BITS)
        self.places = np.flatnonzero(seen >= FEWEST_SEEN)
        slots = np.zeros(1 << BITS, dtype=np.int32)
        slots[self.places] = np.arange(1, len(self.places) + 1)
        for at in range(0, len(clues), 100_000):
            clues[at : at + 100_000] = slots[clues[at : at + 100_000]]
        self.weights = np.zeros((len(self.places) + 1, self.n_labels), dtype=np.float32)
        self._sums = np.full_like(self.weights, 1e-6)
        total = np.zeros_like(self.weights)
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        for done in range(PASSES):
            rate = RATE * (1 - 0.9 * done / (PASSES - 1))
            loss = sum(
                self._step(clues, labels, offsets, runs, rate) for runs in self._batches(sizes)
            )
            if done >= PASSES // 2:
                total += self.weights
            say(f"{name}: pass {done + 1}, {-loss / len(labels):.4f} nats a token")
        # A fifth of the clues were dropped while learning, so all together weigh too much.
        self.weights = total / (PASSES - PASSES // 2) * np.float32(1 - DROPPED)

    def _batches(self, sizes: Any) -> list[Any]:
        order = self._random.permutation(len(sizes))
        batches = []
        for at in range(0, len(order), RUNS_A_STEP * 20):
            block = order[at : at + RUNS_A_STEP * 20]
            block = block[np.argsort(sizes[block], kind="stable")]
            batches += [block[k : k + RUNS_A_STEP] for k in range(0, len(block), RUNS_A_STEP)]
        return [batches[k] for k in self._random.permutation(len(batches))]

    def _step(self, clues: Any, labels: Any, offsets: Any, runs: Any, rate: float) -> float:
        sizes = (offsets[1:] - offsets[:-1])[runs]
        run = np.repeat(np.arange(len(runs)), sizes)
        step = np.concatenate([np.arange(n) for n in sizes])
        rows = offsets[runs][run] + step
        held = clues[rows]
        held[self._random.random(held.shape, dtype=np.float32) < DROPPED] = 0
        truth = labels[rows]
        shares = self._expected(self.weights[held].sum(axis=1), truth, run, step)
        wrong = -shares
        wrong[np.arange(len(truth)), truth] += 1
        self._learn(held, wrong.astype(np.float32), rate)
        return float(np.log(np.maximum(shares[np.arange(len(truth)), truth], 1e-9)).sum())

    def _expected(self, scores: Any, truth: Any, run: Any, step: Any) -> Any:
        """Return the share of each label at each token, and learn the moves on the way."""
        shape = (int(step.max()) + 1, int(run[-1]) + 1)
        weight, there = np.zeros((*shape, self.n_labels)), np.zeros((*shape, 1), dtype=bool)
        right = np.zeros(shape, dtype=np.int64)
        weight[step, run] = np.exp(scores - scores.max(axis=1, keepdims=True))
        there[step, run], right[step, run] = True, truth
        change = np.exp(self.moves)
        ahead, back, sums = np.zeros_like(weight), np.ones_like(weight), np.ones((*shape, 1))
        sums[0] = weight[0].sum(axis=1, keepdims=True)
        ahead[0] = weight[0] / sums[0]
        for k in range(1, shape[0]):
            onward = ahead[k - 1] @ change * weight[k]
            sums[k] = np.where(there[k], onward.sum(axis=1, keepdims=True), 1)
            ahead[k] = np.where(there[k], onward / sums[k], ahead[k - 1])
        for k in range(shape[0] - 2, -1, -1):
            onward = (weight[k + 1] * back[k + 1]) @ change.T / sums[k + 1]
            back[k] = np.where(there[k + 1], onward, 1)
        follows = there[1:, :, 0]
        later = weight[1:] * back[1:] / sums[1:] * there[1:]
        moved = np.einsum("tri,trj->ij", ahead[:-1] * there[1:], later) * change
        slope = -moved
        np.add.at(slope, (right[:-1][follows], right[1:][follows]), 1)
        self._move_sums += slope**2
        self.moves += MOVE_RATE * slope / np.sqrt(self._move_sums)
        shares = (ahead * back)[step, run]
        return shares / shares.sum(axis=1, keepdims=True)

    def _learn(self, held: Any, wrong: Any, rate: float) -> None:
        flat = held.ravel()
        order = np.argsort(flat, kind="stable")
        begins = np.flatnonzero(np.diff(flat[order], prepend=-1))
        touched = flat[order][begins]
        slope = np.add.reduceat(wrong[order // held.shape[1]], begins, axis=0)
        slope -= DECAY * self.weights[touched]
        slope[touched == 0] = 0
        self._sums[touched] += slope**2
        self.weights[touched] += rate * slope / np.sqrt(self._sums[touched])

    def packed(self) -> dict[str, Any]:
        """Return the weights as they are kept: rounded, against the first label, without zeros."""
        against = self.weights[1:, 1:] - self.weights[1:, :1]
        scale = np.float32(np.quantile(np.abs(against), 0.9999) / STEPS_OF_WEIGHT)
        rounded = np.clip(np.rint(against / scale), -STEPS_OF_WEIGHT, STEPS_OF_WEIGHT).astype(
            np.int8
        )
        weighty = np.abs(against).max(axis=1) >= LEAST_WEIGHT
        places = self.places[weighty]
        return {
            "steps": np.diff(places, prepend=0).astype(np.uint32),
            "weights": rounded[weighty],
            "scale": scale,
            "moves": self.moves.astype(np.float32),
        }

    def model(self, arrays: dict[str, Any], name: str) -> Model:
        """Return the model as the package reads it."""
        return Model(
            np.cumsum(arrays[f"{name}_steps"], dtype=np.uint32),
            arrays[f"{name}_weights"].astype(np.float32) * arrays[f"{name}_scale"],
            arrays[f"{name}_moves"],
        )


if __name__ == "__main__":
    main()
