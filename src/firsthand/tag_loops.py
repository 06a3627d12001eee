"""
The tagger's long loop for a compiler: the best labels of runs of tokens.

``tagger.best_labels`` is the definition, in numpy; this gives the same (a test holds them
together), its numbers added in the same order, so that no sum differs in its last digit. Compiled
by numba, whose cache takes about a second to load: the tagger asks for it once it has read enough
text. Weighing clues is not here: what it waits for is memory, and numpy waits no longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def best_labels(
    scores: NDArray[np.float32], sizes: NDArray[np.int64], moves: NDArray[np.float32]
) -> Any:
    """Return the best labels of several runs of tokens, one run behind the other (Viterbi)."""
    n, n_labels = scores.shape
    best = scores.copy()
    labels = np.zeros(n, np.int64)
    end = 0
    for size in sizes:
        begin, end = end, end + size
        for t in range(begin + 1, end):
            for label in range(n_labels):
                top = best[t - 1, 0] + moves[0, label]
                for before in range(1, n_labels):
                    top = max(top, best[t - 1, before] + moves[before, label])
                best[t, label] += top
        for t in range(end - 1, begin - 1, -1):
            at, top = 0, np.float32(-np.inf)
            for label in range(n_labels):
                weight = best[t, label]
                if t < end - 1:
                    weight += moves[label, labels[t + 1]]
                if weight > top:
                    at, top = label, weight
            labels[t] = at
    return labels
