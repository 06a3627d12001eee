"""
The passages of many pairs of texts in one call: the loops of ``passages.py`` for a compiler.

Row for row what :func:`firsthand.passages.between` gives pair by pair; the functions here have the
names of those they follow. A left text's seeds are put into a table once for all its pairs; of a
right text's words nearly all fail at one look into a sieve beside it. Time is in proportion to the
words of the pairs given.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numba import njit

from firsthand import kernels
from firsthand.kernels import Ints
from firsthand.passages import SEED_WORDS
from firsthand.word_loops import Words


@njit(cache=True, nogil=True)
def _extend(left, right, at, bt):  # type: ignore[no-untyped-def]
    """Return begin and end (in the left) of the run of equal words that holds ``at``/``bt``."""
    start, end, shift = at, at, bt - at
    while start > 0 and start + shift > 0 and left[start - 1] == right[start + shift - 1]:
        start -= 1
    while end < len(left) and end + shift < len(right) and left[end] == right[end + shift]:
        end += 1
    return start, end


@njit(cache=True, nogil=True)
def _run_between(left, right, a, a_end, b, b_end, n):  # type: ignore[no-untyped-def]
    """Return whether ``n`` successive words stand in both stretches."""
    for i in range(max(0, a), min(len(left), a_end) - n + 1):
        for j in range(max(0, b), min(len(right), b_end) - n + 1):
            k = 0
            while k < n and left[i + k] == right[j + k]:
                k += 1
            if k == n:
                return True
    return False


@njit(cache=True, nogil=True)
def _worth_it(left, right, at, bt, n, shortest, gap):  # type: ignore[no-untyped-def]
    """Return whether the run at one common n-gram is a passage or may be part of one."""
    start, end = _extend(left, right, at, bt)
    if end - start >= shortest:
        return True
    b_start, b_end = start + bt - at, end + bt - at
    # A neighbour may overlap the run by less than an n-gram; on its own diagonal nothing can.
    reach, lap = gap + n, n - 1
    if _run_between(left, right, end - lap, end + reach, b_end - lap, b_end + reach, n):
        return True
    return _run_between(left, right, start - reach, start + lap, b_start - reach, b_start + lap, n)


@njit(cache=True, nogil=True)
def _table_place(hashes, at, mask):  # type: ignore[no-untyped-def]
    """Return where the three words at a place belong in a table; word hashes are well mixed."""
    return (hashes[at] ^ (hashes[at + 1] >> 11) ^ (hashes[at + 2] >> 22)) & mask


@njit(cache=True, nogil=True)
def _same3(left, i, right, j):  # type: ignore[no-untyped-def]
    return left[i] == right[j] and left[i + 1] == right[j + 1] and left[i + 2] == right[j + 2]


@njit(cache=True, nogil=True)
def _index(left, table, seen, head, tail, count, following):  # type: ignore[no-untyped-def]
    """
    Fill a table of the 3-grams of a text; return how many different ones there are.

    ``table`` leads to a number for each, ``head`` to its first place, ``following`` from there on;
    ``seen`` is marked where one belongs, so that nearly all others fail at one look.
    """
    table[:] = -1
    seen[:] = 0
    sieve = len(seen) - 1
    n, mask = 0, len(table) - 1
    for i in range(len(left) - 2):
        seen[_table_place(left, i, sieve)] = 1
        at = _table_place(left, i, mask)
        while table[at] >= 0 and not _same3(left, head[table[at]], left, i):
            at = (at + 1) & mask
        following[i] = -1
        if table[at] < 0:
            table[at], head[n], tail[n], count[n] = n, i, i, 1
            n += 1
        else:
            number = table[at]
            following[tail[number]] = i
            tail[number] = i
            count[number] += 1
    return n


@njit(cache=True, nogil=True)
def _number(left, right, j, table, head):  # type: ignore[no-untyped-def]
    """Return the number of the 3-gram at ``right[j]`` in the left text's table, or -1."""
    mask = len(table) - 1
    at = _table_place(right, j, mask)
    while table[at] >= 0:
        if _same3(left, head[table[at]], right, j):
            return table[at]
        at = (at + 1) & mask
    return -1


@njit(cache=True, nogil=True)
def _add_run(left, right, i, j, last, run, n):  # type: ignore[no-untyped-def]
    """Add the run through a seed unless its diagonal is done so far; return how many there are."""
    diagonal = j - i + len(left)
    if last[diagonal] > j:
        return n, run
    start, end = _extend(left, right, i, j)
    last[diagonal] = end + j - i
    if n == len(run):
        grown = np.empty((2 * n, 3), np.int64)
        grown[:n] = run
        run = grown
    run[n, 0], run[n, 1], run[n, 2] = start, start + j - i, end - start
    return n + 1, run


@njit(cache=True, nogil=True)
def _runs(left, right, most, table, seen, head, count, following, numbers, run):  # type: ignore[no-untyped-def]
    """Return the maximal runs of equal words through seeds (:func:`kernels.runs`), unordered."""
    n = 0
    size = max(0, len(right) - 2)
    hit, number_at = np.empty(size, np.int32), np.empty(size, np.int32)
    repeats, hits, sieve = False, 0, len(seen) - 1
    for j in range(size):
        if seen[_table_place(right, j, sieve)]:
            number = _number(left, right, j, table, head)
            if number >= 0:
                hit[hits], number_at[hits] = j, number
                hits += 1
                repeats |= count[number] > most
    total = np.zeros(numbers if repeats else 0, np.int32)
    if repeats:
        for k in range(hits):
            total[number_at[k]] += 1
    met = np.zeros(numbers, np.int32)
    cursor = head[:numbers].copy() if repeats else head[:0]
    last = np.zeros(len(left) + len(right) + 1, np.int64)
    for k in range(hits):
        j, number = hit[k], number_at[k]
        nth = met[number]
        met[number] += 1
        if repeats and count[number] > most and total[number] > most:
            if nth < count[number]:
                n, run = _add_run(left, right, cursor[number], j, last, run, n)
                cursor[number] = following[cursor[number]]
        elif nth < most:
            i = head[number]
            for _ in range(min(count[number], most)):
                n, run = _add_run(left, right, i, j, last, run, n)
                i = following[i]
    return n, run


@njit(cache=True, nogil=True)
def _chain(run, order, n, score, before, look_back, gap, gap_cost):  # type: ignore[no-untyped-def]
    """Fill in the best score of a passage that ends with each run, and the run before it."""
    longest = 0
    for q in range(n):
        longest = max(longest, run[order[q], 2])
    for q in range(n):
        left, right, length = run[order[q], 0], run[order[q], 1], run[order[q], 2]
        score[q], before[q] = 100 * length, -1
        for p in range(q - 1, max(-1, q - 1 - look_back), -1):
            a, b, m = run[order[p], 0], run[order[p], 1], run[order[p], 2]
            if right - b > gap + longest:
                break
            gap_left, gap_right = left - a - m, right - b - m
            overlap = max(0, -gap_left, -gap_right)
            if gap_left > gap or gap_right > gap or left <= a or right <= b or overlap >= length:
                continue
            gain = 100 * (length - overlap) - gap_cost * max(
                gap_left + overlap, gap_right + overlap
            )
            if score[p] + gain > score[q]:
                score[q], before[q] = score[p] + gain, p


@njit(cache=True, nogil=True)
def _equal_words(left, a, a_end, right, b, b_end):  # type: ignore[no-untyped-def]
    """Return how many words two short stretches share in order (:func:`kernels.equal_words`)."""
    row = np.zeros(b_end - b + 1, np.int64)
    for i in range(a, a_end):
        diagonal = 0
        for j in range(b, b_end):
            above = row[j - b + 1]
            if left[i] == right[j]:
                row[j - b + 1] = diagonal + 1
            else:
                row[j - b + 1] = max(above, row[j - b])
            diagonal = above
    return row[b_end - b]


@njit(cache=True, nogil=True)
def _edited(left, right, part, n, anchor, fewest):  # type: ignore[no-untyped-def]
    """Return the equal words of a chain taken as one passage; 0 where too little is equal."""
    longest, equal = 0, 0
    for k in range(n):
        longest = max(longest, part[k, 2])
        equal += part[k, 2]
        if k + 1 < n:
            a, b = part[k, 0] + part[k, 2], part[k, 1] + part[k, 2]
            equal += _equal_words(left, a, part[k + 1, 0], right, b, part[k + 1, 1])
    size = part[n - 1, 0] + part[n - 1, 2] - part[0, 0]
    size = max(size, part[n - 1, 1] + part[n - 1, 2] - part[0, 1])
    return equal if longest >= anchor and equal >= fewest and 2 * equal >= size else 0


@njit(cache=True, nogil=True)
def _cut_apart(part, n):  # type: ignore[no-untyped-def]
    """Take overlaps off the later run; return how many runs are left."""
    kept = 1
    for k in range(1, n):
        a, b, m = part[kept - 1, 0], part[kept - 1, 1], part[kept - 1, 2]
        overlap = max(0, a + m - part[k, 0], b + m - part[k, 1])
        if part[k, 2] > overlap:
            part[kept, 0], part[kept, 1] = part[k, 0] + overlap, part[k, 1] + overlap
            part[kept, 2] = part[k, 2] - overlap
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _keep(row, n, values):  # type: ignore[no-untyped-def]
    """Add a row; return the rows, grown where they were full, and how many there are."""
    if n == len(row):
        grown = np.empty((2 * n, row.shape[1]), np.int64)
        grown[:n] = row
        row = grown
    for k in range(len(values)):
        row[n, k] = values[k]
    return row, n + 1


@njit(cache=True, nogil=True)
def _passages(left, right, run, n_runs, rules, found):  # type: ignore[no-untyped-def]
    """Return the passages that runs make, repeats among them: left, right, ends, equal words."""
    anchor, fewest, shortest, shortest_inside, look_back, gap, gap_cost = rules
    order = np.argsort(run[:n_runs, 1] * (len(left) + 1) + run[:n_runs, 0])
    score, before = np.empty(n_runs, np.int64), np.empty(n_runs, np.int64)
    _chain(run, order, n_runs, score, before, look_back, gap, gap_cost)
    used = np.zeros(n_runs, np.bool_)
    best = np.argsort(np.arange(n_runs) - score * n_runs)
    part = np.empty((n_runs, 3), np.int64)
    n = 0
    for q in best:
        size, at = 0, q
        while at >= 0 and not used[at]:
            used[at] = True
            size += 1
            at = before[at]
        if size == 0:
            continue
        at = q
        for k in range(size - 1, -1, -1):
            part[k] = run[order[at]]
            at = before[at]
        size = _cut_apart(part, size)
        equal = _edited(left, right, part, size, anchor, fewest) if size > 1 else 0
        if equal:
            ends = part[size - 1, 0] + part[size - 1, 2], part[size - 1, 1] + part[size - 1, 2]
            found, n = _keep(found, n, (part[0, 0], ends[0], part[0, 1], ends[1], equal))
        for k in range(size):
            a, b, m = part[k, 0], part[k, 1], part[k, 2]
            if m >= (shortest_inside if equal else shortest):
                found, n = _keep(found, n, (a, a + m, b, b + m, m))
    return found, n


@njit(cache=True, nogil=True)
def _outermost_first(found, n):  # type: ignore[no-untyped-def]
    order = np.argsort(-found[:n, 4], kind="mergesort")
    order = order[np.argsort(-found[order, 3], kind="mergesort")]
    order = order[np.argsort(found[order, 2], kind="mergesort")]
    order = order[np.argsort(-found[order, 1], kind="mergesort")]
    return order[np.argsort(found[order, 0], kind="mergesort")]


@njit(cache=True, nogil=True)
def _without_repeats(found, n, shortest_inside, kept):  # type: ignore[no-untyped-def]
    """Return the places of the passages that lie in no other, but for long exact runs; by place."""
    n_kept = 0
    around = np.empty(n, np.int64)
    n_around = 0
    for at in _outermost_first(found, n) if n > 1 else np.zeros(1, np.int64):
        a, a_end, b, b_end, equal = found[at]
        own = equal == max(a_end - a, b_end - b) and equal >= shortest_inside
        still, inside = 0, False
        for k in range(n_around):
            other = around[k]
            p, p_end, q, q_end, others = found[other]
            if p_end <= a:
                continue
            around[still] = other
            still += 1
            if p <= a and a_end <= p_end and q <= b and b_end <= q_end:
                inside |= not (own and others < max(p_end - p, q_end - q))
        n_around = still
        if not inside:
            kept[n_kept] = at
            n_kept += 1
            around[n_around] = at
            n_around += 1
    return n_kept


@njit(cache=True, nogil=True)
def _align_pairs(begin, hashes, pairs, rules, few, most, seed):  # type: ignore[no-untyped-def]
    """Return a row a passage: number of the pair, begin and end on both sides, equal words."""
    rows = np.empty((1024, 6), np.int64)
    n_rows, of_left, numbers = 0, -1, 0
    run, found = np.empty((64, 3), np.int64), np.empty((64, 5), np.int64)
    table = head = tail = count = following = np.empty(0, np.int32)
    seen = np.empty(0, np.uint8)
    for number in range(len(pairs)):
        one, other, n_shared, at, bt, at_last, bt_last = pairs[number]
        left = hashes[begin[one] : begin[one + 1]]
        right = hashes[begin[other] : begin[other + 1]]
        if len(left) < seed or len(right) < seed:
            continue
        if (
            n_shared <= few
            and not _worth_it(left, right, at, bt, seed, rules[2], rules[5])
            and not _worth_it(left, right, at_last, bt_last, seed, rules[2], rules[5])
        ):
            continue
        if one != of_left:
            bits = 4
            while (1 << bits) < 2 * len(left):
                bits += 1
            if len(table) != 1 << bits:
                table, seen = np.empty(1 << bits, np.int32), np.empty(4 << bits, np.uint8)
            if len(head) < len(left):
                head, tail = np.empty(2 * len(left), np.int32), np.empty(2 * len(left), np.int32)
                count = np.empty(2 * len(left), np.int32)
                following = np.empty(2 * len(left), np.int32)
            numbers = _index(left, table, seen, head, tail, count, following)
            of_left = one
        n_runs, run = _runs(left, right, most, table, seen, head, count, following, numbers, run)
        longest = 0
        for k in range(n_runs):
            longest = max(longest, run[k, 2])
        if longest < rules[0]:
            continue
        found, n = _passages(left, right, run, n_runs, rules, found)
        if n == 0:
            continue
        kept = np.empty(n, np.int64)
        for k in range(_without_repeats(found, n, rules[3], kept)):
            a, a_end, b, b_end, equal = found[kept[k]]
            rows, n_rows = _keep(rows, n_rows, (number, a, a_end, b, b_end, equal))
    return rows[:n_rows].copy()


def align_pairs(
    words: Words, pairs: Ints, rules: tuple[int, ...], few: int, threads: int = 1
) -> Ints:
    """
    Return the passages of pairs of texts, as :func:`passages.between` finds them one by one.

    ``pairs``: rows of left text, right text, n-grams shared, then the places of the first and of
    the last of those (left and right word each). Those that share ``few`` or fewer must pass
    :func:`passages.worth_it`. ``rules``: the constants of ``passages`` and ``kernels`` in the order
    of ``corpus``. What comes back: rows of pair, left begin and end, right begin and end (words),
    equal words.
    """
    # Several pieces a thread, since pairs differ in what they cost; few, since the table of a left
    # text is made once a piece.
    edges = [len(pairs) * i // (4 * threads) for i in range(4 * threads + 1)]
    pieces = list(pairwise(edges)) if threads > 1 else [(0, len(pairs))]

    def aligned(piece: tuple[int, int]) -> Ints:
        found: Ints = _align_pairs(
            words.begin,
            words.hash,
            pairs[slice(*piece)],
            rules,
            few,
            kernels.MOST_REPEATS,
            SEED_WORDS,
        )
        found[:, 0] += piece[0]
        return found

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(aligned, pieces)))
