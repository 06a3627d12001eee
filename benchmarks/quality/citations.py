"""
The citation check on generated citations: ``python benchmarks/quality/citations.py [--n 240]``.

From real articles (``planted_10k`` under ``FIRSTHAND_DATA``; texts belong to their publishers and
stay in memory) it makes stories of two: outlet A's own article, and a report of outlet B that
cites it. The words cited are known to be

- ``verbatim``: a stretch of a sentence of A in quotation marks;
- ``altered``: the same with one word of it changed, between marks;
- ``paraphrased``: a sentence of A without marks, retold by rules (a clause moved to the front,
  synonyms, a word left out), so that no six successive words of it remain;
- ``not found``: a sentence of another article, with or without marks;
- ``not comparable``: any of these, where A's captured text is in another language.

The cue is varied over templates, direct and indirect, before and after the words. All articles go
through the job as files do, so attributions are found and outlets resolved by firsthand itself;
then ``citations.check`` is handed each pair as one story. (Whether the job puts both into one story
is printed apart: two languages share few words, and such pairs are missed there.) A citation that
is not read at all counts as wrong (``none``). Where several are reported for one pair, the one
whose content overlaps the cited words most counts. The retelling is by rules: one in quite other
words, as people write them, is found less often than this says. ``--seed`` draws another set,
``--misses`` prints what is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import zstandard

from firsthand import Result, trace
from firsthand.citations import check
from firsthand.model import Article
from firsthand.text import sentences

KINDS = ("verbatim", "altered", "paraphrased", "not found", "not comparable")
OUTLETS = ("Harbour Post", "Norrane Ledger", "Saltmarsh Weekly", "Merrow Courier", "Eddis Mirror")
CITING = ("Quay Digest", "Inland Tribune", "Northbank Gazette")
# {said}: the words, between marks or not; a capital or a comma is put where its place wants one.
QUOTED = (
    "“{said},” the {outlet} reported.",
    "The {outlet} reported that “{said}”.",
    "According to the {outlet}, “{said}”.",
    "The {outlet} wrote: “{said}.”",
    "“{said},” according to a report in the {outlet}.",
    '"{said}," the {outlet} said.',
    'The {outlet} said that "{said}".',
)
BARE = (
    "{said}, the {outlet} reported.",
    "The {outlet} reported that {said}.",
    "According to the {outlet}, {said}.",
    "{said}, according to the {outlet}.",
    "The {outlet} said {said}.",
)
SYNONYMS = {
    "said": "stated", "told": "informed", "big": "large", "large": "big", "began": "started",
    "start": "begin", "help": "aid", "show": "demonstrate", "showed": "indicated",
    "many": "numerous",
    "about": "roughly", "after": "following", "before": "ahead of", "however": "though",
    "get": "obtain", "because": "since", "also": "as well", "should": "ought to", "must": "has to",
    "buy": "purchase", "more than": "over", "want": "wish", "people": "persons", "during": "in",
    "against": "opposing", "killed": "slain", "hit": "struck", "officials": "authorities",
    "would": "was to", "could": "might", "will": "is going to", "that": "which", "called": "named",
    "and": "as well as", "in": "within", "to": "so as to", "on": "upon", "with": "alongside",
    "for": "in favour of", "from": "out of", "the": "this", "a": "one", "has": "possesses",
    "was": "had been", "is": "remains", "by": "through", "as": "like", "not": "hardly",
}  # fmt: skip
# Our own sentences round the names of an article: what another language keeps of a report.
GERMAN = (
    "Über {0} und {1} wird seit Tagen gestritten, und auch {2} hat sich dazu nun geäußert.",
    "Wie es mit {1} weitergeht, ist nach Angaben von {0} noch nicht entschieden worden.",
    "Bei {2} hieß es, man habe davon erst spät erfahren und wolle zunächst nichts sagen.",
    "Am Abend trafen sich mehrere Vertreter, um über {0} zu beraten; {1} war nicht dabei.",
    "Ob {2} und {0} sich einigen, dürfte sich frühestens in der kommenden Woche zeigen.",
)
GERMAN_TITLE = "{0}: Streit um {1} und {2} geht weiter"
CHANGES = ("harbour", "yellow", "seldom", "kettle", "eleventh", "northern", "quiet", "timber")


@dataclass(frozen=True, slots=True)
class Made:
    """One generated citation: what it is, the two articles, the words as they stand in B."""

    kind: str
    cited: dict[str, str]
    citing: dict[str, str]
    said: str


def main() -> None:
    """Generate, trace, and print accuracy with the confusion matrix."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=240)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    data = Path(os.environ.get("FIRSTHAND_DATA", "../shared/data")) / "reuse"
    if not data.is_dir():
        sys.exit(f"skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    draw = random.Random(options.seed)
    made = list(generated(list(_texts(data, draw, 3 * options.n)), draw, options.n))
    score(made, _result(made), show=options.misses)


def _texts(data: Path, draw: random.Random, n: int) -> Iterator[str]:
    """Yield real texts of middling length, in a seeded order."""
    packed = (data / "planted_10k.jsonl.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().stream_reader(packed).read().decode("utf-8").splitlines()
    draw.shuffle(lines)
    for line in lines:
        row = json.loads(line)
        if row["outlet"] != "planted" and 1500 <= len(row["text"]) <= 6000 and n > 0:
            n -= 1
            yield row["text"]


def generated(texts: list[str], draw: random.Random, n: int) -> Iterator[Made]:
    """Yield ``n`` citations, the kinds in turn; equal draws give equal citations."""
    made = 0
    for at in range(len(texts) // 2):
        if made == n:
            return
        kind = KINDS[made % len(KINDS)]
        citation = _make(kind, at, texts[2 * at], texts[2 * at + 1], draw)
        if citation is not None:
            made += 1
            yield citation


def _make(kind: str, at: int, text: str, other: str, draw: random.Random) -> Made | None:
    outlet, citing = draw.choice(OUTLETS), draw.choice(CITING)
    source = other if kind == "not found" else text
    said = _cited_words(source, draw)
    if said is None:
        return None
    quoted = kind in ("verbatim", "altered") or (kind != "paraphrased" and draw.random() < 0.5)
    if kind == "altered":
        said = _changed(said, draw)
    elif kind == "paraphrased":
        said = _retold(said)
        if said is None:
            return None
    template = draw.choice(QUOTED if quoted else BARE)
    begins = template.lstrip('“"').startswith("{said}")
    said = said[0].upper() + said[1:] if begins else said
    line = template.format(said=said, outlet=outlet)
    # Sentences of A retell the event, so that both are one story by their own words.
    around = _around(text, said)
    body = [line, *around] if draw.random() < 0.5 else [around[0], line, *around[1:]]
    cited = _row(f"a{at}", outlet, text, text)
    if kind == "not comparable":
        names = _names(text)
        if len(names) < 3:
            return None
        cited["text"] = " ".join(line.format(*names) for line in GERMAN)
        cited["title"] = GERMAN_TITLE.format(*names)
    return Made(
        kind=kind,
        cited=cited,
        citing=_row(f"b{at}", citing, text, "\n\n".join(body)),
        said=said,
    )


def _row(key: str, outlet: str, text: str, body: str) -> dict[str, str]:
    title = " ".join(text.split()[:9])
    return {"id": key, "outlet": outlet, "title": title, "date": "2019-05-04", "text": body}


def _names(text: str) -> list[str]:
    """Return the three names that a text has most often."""
    found = Counter(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{4,}(?: [A-Z][a-z]+)*", text))
    return [name for name, _ in found.most_common(3)]


def _around(text: str, said: str) -> list[str]:
    """Return some sentences of A for B to run beside the citation."""
    found = [s.of(text).replace("\n", " ") for s in sentences(text)]
    kept = [f for f in found if said.casefold()[:40] not in f.casefold() and 60 < len(f) < 300]
    return kept[:4] or ["Nothing else was known at first."]


_PLAIN = re.compile(r"[A-Z][\w’',%$ -]+\.")
SHORTEST, LONGEST = 12, 26


def _cited_words(text: str, draw: random.Random) -> str | None:
    """Return the words of a plain sentence of a text, 12 to 26 of them, or None."""
    known = [s.of(text) for s in sentences(text)]
    plain = [s for s in known if _PLAIN.fullmatch(s) and SHORTEST <= len(s.split()) <= LONGEST]
    plain = [s for s in plain if text.count(s) == 1 and not re.search(r"\b(?:said|told)\b", s)]
    if not plain:
        return None
    said = draw.choice(plain[:12]).rstrip(".")
    first = said.split()[0]
    return said if re.search(rf"[a-z,] {first}\b", text) else said[0].lower() + said[1:]


def _changed(said: str, draw: random.Random) -> str:
    """Return the words with one of them changed, not the first and not the last."""
    parts = said.split()
    at = draw.choice([i for i, w in enumerate(parts[1:-1], 1) if w.islower() and len(w) > 3] or [1])
    parts[at] = draw.choice(CHANGES)
    return " ".join(parts)


# No more successive words than this remain of what is retold.
LONGEST_RUN = 6


def _retold(said: str) -> str | None:
    """Return the words retold: the second half first, some replaced by others of their meaning."""
    head, comma, tail = said.partition(", ")
    parts = (f"{tail}, {head}" if comma else said).split()
    run, found = 0, []
    for word in parts:
        instead = SYNONYMS.get(word.strip(",").lower())
        run = 0 if instead and run >= 2 else run + 1
        found.append(instead if instead and run == 0 else word)
        if run >= LONGEST_RUN:
            return None
    return " ".join(w for w in found if w)


def _result(made: list[Made]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        pool = Path(folder) / "pool.jsonl"
        rows = [row for m in made for row in (m.cited, m.citing)]
        pool.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
        return trace([pool])


def score(made: list[Made], result: Result, *, show: bool = False) -> None:
    """Print how many citations got the verdict that is right, and what the others got."""
    articles = {a.given_id: a for a in result.articles}
    counts: Counter[tuple[str, str]] = Counter()
    for m in made:
        got = _verdict(m, articles, result)
        counts[m.kind, got] += 1
        if show and got != m.kind:
            print(f"{m.kind} read as {got}: {m.said}")
    right = sum(n for (kind, got), n in counts.items() if kind == got)
    columns = (*KINDS, "none")
    print(f"{'':16}" + "".join(f"{c:>16}" for c in columns))
    for kind in KINDS:
        print(f"{kind:16}" + "".join(f"{counts[kind, c]:16}" for c in columns))
    print(f"accuracy {right / len(made):.3f} ({right} of {len(made)})")
    pairs = [(articles[m.cited["id"]], articles[m.citing["id"]]) for m in made]
    apart = sum(a.story_id != b.story_id for a, b in pairs)
    print(f"pairs that the job itself did not put into one story: {apart}")


def _verdict(m: Made, articles: dict[str | None, Article], result: Result) -> str:
    """Return what the check says of the words cited, the pair taken as one story."""
    cited, citing = articles[m.cited["id"]], articles[m.citing["id"]]
    pair = [replace(a, story_id="pair", copy_of=None) for a in (cited, citing)]
    mine = {
        a.attribution_id: replace(a, story_id="pair")
        for a in result.attributions
        if a.article_id in (cited.article_id, citing.article_id)
    }
    start = citing.text.find(m.said)
    found = []
    for c in check(pair, list(mine.values())):
        said = mine[c.attribution_id].content
        if said is not None and mine[c.attribution_id].article_id == citing.article_id:
            inside = min(said.end, start + len(m.said)) - max(said.start, start)
            found.append((inside, c.verdict))
    best = max(found, default=(0, "none"))
    return best[1] if best[0] > 0 else "none"


if __name__ == "__main__":
    main()
