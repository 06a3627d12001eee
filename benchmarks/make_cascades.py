"""
Make stories whose true graph is known: who has it firsthand, who copies, cites or retells whom.

    python benchmarks/make_cascades.py DIR --stories N --seed S [--held-out]

DIR gets ``pages.jsonl`` (one article a line), ``*.html`` (pages of several articles) and
``truth.jsonl``, one story a line in the words of the contract: ``kind``, ``origins`` (newsrooms),
``primary_sources``, ``articles`` (where each is found, its ``status``) and ``edges`` child →
parent; an end is an article's id, or the name of a newsroom nobody captured. ``how`` says what made
the edge. Every text is invented here, so pages and truth may be passed on.

A story is of one of ``KINDS``: a report echoed, agency copy, agency copy that nobody credits, a
statement that several quote, several newsrooms with sources of their own, a chain of two to five
newsrooms, uncredited and partial copies, a report of its own beside one with no source. Dates are
missing on one page in five and wrong on one in twelve; one story in three has a distractor, which
has the same place and people and another event; one page in twenty runs two stories together.

Wordings come from ``cascade_words.py``. Some ways to name a source, to credit an agency and to sign
a page are used with ``--held-out`` only, and then alone: rules are mended on the others.

Not like the wild: the texts are short and plain, an article names few people, every newsroom but
the agencies is invented, and whoever copies changes little.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import cascade_words as words

ROWS = "pages.jsonl"
NO_DATE, WRONG_DATE, DISTRACTOR, RUN_TOGETHER = 0.2, 0.08, 0.33, 0.05


@dataclass
class Made:
    """One article: what is on the page, and what is true of it."""

    id: str
    outlet: str
    title: str
    paragraphs: list[str]
    status: str
    date: str | None = None
    path: str = ROWS
    place: int = 0

    @property
    def text(self) -> str:
        """Return the body as a page has it."""
        return "\n\n".join(self.paragraphs)


@dataclass
class Edge:
    """The child's account comes from the parent; ``how`` says in what way."""

    child: str
    parent: str
    how: str


@dataclass
class Cascade:
    """A story with its true graph."""

    story: str
    kind: str
    made: list[Made] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    primary_sources: list[str] = field(default_factory=list)
    distractors: list[Made] = field(default_factory=list)

    def truth(self) -> dict[str, Any]:
        """Return what is true of the story, as one row."""
        shown = ("id", "outlet", "status", "path", "place")
        return {
            "story": self.story,
            "kind": self.kind,
            "origins": self.origins,
            "primary_sources": self.primary_sources,
            "articles": [{k: getattr(a, k) for k in shown} for a in self.made],
            "edges": [asdict(e) for e in self.edges],
            "distractors": [{k: getattr(a, k) for k in shown} for a in self.distractors],
        }


class Maker:
    """What one story is told with: its names, event and wordings that were not used yet."""

    def __init__(self, rng: random.Random, number: int, kind: str, held_out: bool) -> None:
        """Draw the story's place, people and event."""
        self.rng, self.held_out = rng, held_out
        self.cascade = Cascade(story=f"s{number:05}", kind=kind)
        self.event = rng.choice(words.EVENTS)
        self.slots = self._slots()
        self.prose = rng.sample(words.PROSE, len(words.PROSE))
        self.titles = rng.sample(self.event["titles"], len(self.event["titles"]))
        self.claims = rng.sample(self.event["claims"], len(self.event["claims"]))
        self.outlets = self._outlets()
        self.said: dict[str, str] = {}
        self.day = rng.randrange(1, 27)
        self.month = rng.randrange(1, 12)

    def _slots(self) -> dict[str, str]:
        rng = self.rng
        name = words.names(rng, 12)
        return {
            "place": name[0],
            "river": name[1],
            "firm": f"{name[2]} {rng.choice(words.FIRMS)}",
            "mayor": f"{rng.choice(words.FIRST)} {name[3]}",
            "head": f"{rng.choice(words.FIRST)} {name[4]}",
            "clerk": f"{rng.choice(words.FIRST)} {name[5]}",
            "other": f"{rng.choice(words.FIRST)} {name[6]}",
            "n": str(rng.randrange(12, 980)),
            "m": str(rng.randrange(3, 90)),
            "weekday": rng.choice(words.WEEKDAYS),
        }

    def _outlets(self) -> list[str]:
        towns = words.names(self.rng, 12)
        kinds = [self.rng.choice(words.PAPERS) for _ in towns]
        return [f"{town} {kind}" for town, kind in zip(towns, kinds, strict=True)]

    def fill(self, template: str, **more: str) -> str:
        """Return the template with the story's names and with words drawn for the open slots."""

        def one(match: re.Match[str]) -> str:
            key = match[1]
            known = {**self.slots, **more}
            lists = {**words.LISTS, **self.event["lists"]}
            return known[key] if key in known else self.rng.choice(lists[key])

        # "Ada Quill, a clerk said" wants its second comma.
        template = re.sub(r"\{source\}(?=\s)", "{source}{comma}", template)
        more["comma"] = "," if "," in more.get("source", "") else ""
        return re.sub(r"\{(\w+)\}", one, template)

    def claim(self) -> str:
        """Return the main claim as a clause that may follow "that", in words not used yet."""
        left = self.claims or list(self.event["claims"])
        return self.fill(left.pop())

    def title(self) -> str:
        """Return a headline in words not used yet."""
        left = self.titles or list(self.event["titles"])
        return self.fill(left.pop())

    def told(self, n: int) -> list[str]:
        """Return ``n`` sentences of a reporter's prose that no other article has, by paragraph."""
        said = [f"{capital(self.fill(self.prose.pop()))}." for _ in range(min(n, len(self.prose)))]
        return [" ".join(said[i : i + 2]) for i in range(0, len(said), 2)]

    def speech(self) -> str:
        """Return what somebody says of the event, without quotation marks."""
        return capital(self.fill(self.rng.choice(words.SPEECH)))

    def pick(self, both: tuple[Sequence[str], Sequence[str]]) -> str:
        """Return a wording of the open ones, or of those held out."""
        return self.rng.choice(both[1] if self.held_out else both[0])

    def article(self, outlet: str, title: str, paragraphs: Sequence[str], status: str) -> Made:
        """Return an article of the story, with or without a date."""
        day = min(27, self.day + self.rng.randrange(2))
        if self.rng.random() < WRONG_DATE:
            day = max(1, self.day - self.rng.randrange(1, 4))
        date = None if self.rng.random() < NO_DATE else f"2019-{self.month:02}-{day:02}"
        n = len(self.cascade.made) + len(self.cascade.distractors)
        made = Made(f"{self.cascade.story}-{n}", outlet, title, list(paragraphs), status, date)
        return made

    def add(self, outlet: str, title: str, paragraphs: Sequence[str], status: str) -> Made:
        """Add an article to the story."""
        made = self.article(outlet, title, paragraphs, status)
        self.cascade.made.append(made)
        return made

    def edge(self, child: Made | str, parent: Made | str, how: str) -> None:
        """Add an edge of the true graph."""
        ends = [end.id if isinstance(end, Made) else end for end in (child, parent)]
        self.cascade.edges.append(Edge(ends[0], ends[1], how))

    def origin(self, newsroom: str, source: str) -> None:
        """Count a newsroom as an origin that rests on this primary source."""
        if newsroom not in self.cascade.origins:
            self.cascade.origins.append(newsroom)
        if source not in self.cascade.primary_sources:
            self.cascade.primary_sources.append(source)

    def forget_unnamed(self) -> None:
        """Leave out the primary sources that no text speaks of: nobody could count them."""
        told = "\n".join(a.text for a in self.cascade.made).casefold()
        self.cascade.primary_sources = [
            name
            for name in self.cascade.primary_sources
            if self.said.get(name, name).casefold() in told
        ]

    def source(self) -> tuple[str, str]:
        """Return a source as a text names it and as it is counted."""
        said, counted = self.rng.choice(self.event["sources"])
        # What is not named can only be told apart by who was told.
        name = self.fill(counted) or f"unnamed {len(self.cascade.primary_sources)}"
        self.said[name] = self.fill(said)
        return self.said[name], name


def capital(sentence: str) -> str:
    """Return the sentence with a capital letter in front."""
    return sentence[:1].upper() + sentence[1:]


def own_report(m: Maker, outlet: str, source: tuple[str, str] | None = None) -> Made:
    """Add a report by a newsroom that was told itself, and says so."""
    said, counted = source or m.source()
    lead = m.fill(m.pick(words.OWN), claim=m.claim(), source=said, own=outlet)
    quote = m.fill(m.pick(words.QUOTES), source=last_name(said), speech=m.speech())
    prose = m.told(10)
    made = m.add(
        outlet, m.title(), [capital(lead), *prose[:2], capital(quote), *prose[2:]], "origin"
    )
    m.origin(outlet, counted)
    return made


def last_name(source: str) -> str:
    """
    Return how a text names a source the second time.

    >>> last_name("mayor Ada Quill"), last_name("a person briefed on the talks")
    ('Quill', 'the person')
    """
    first, *_ = source.split(",")
    if first[:2] in ("a ", "an"):
        return f"the {first.split()[1]}"
    return first.split()[-1] if not first.startswith("the ") else first


def cited(m: Maker, outlet: str, parent: Made | str, how: str = "cited", source: str = "") -> Made:
    """Add an echo in its own words that names the newsroom it rests on."""
    said = source or "an official"
    lead = m.fill(m.pick(words.CITED), claim=m.claim(), outlet=name_of(parent), source=said)
    made = m.add(outlet, m.title(), [capital(lead), *m.told(2 * m.rng.randrange(2, 4))], "echo")
    m.edge(made, parent, how)
    return made


def copied(m: Maker, outlet: str, parent: Made, credited: bool) -> Made:
    """Add a copy of another's article; how its newsroom got it is left out or credited."""
    claim, name = m.claim(), parent.outlet
    prose = [p for p in parent.paragraphs[1:] if name not in p]
    if credited:
        lead = m.fill(m.pick(words.CITED), claim=claim, outlet=name, source="an official")
    else:
        lead = f"{claim}."
    made = m.add(outlet, m.title(), [capital(lead), *prose], "echo")
    m.edge(made, parent, "credited copy" if credited else "uncredited copy")
    return made


def partial(m: Maker, outlet: str, parent: Made) -> Made:
    """Add an echo that takes over some of another's sentences among its own, crediting it."""
    made = cited(m, outlet, parent, "partial copy")
    taken = [p for p in parent.paragraphs[2:] if parent.outlet not in p][:3]
    made.paragraphs[2:2] = taken
    return made


def spun(m: Maker, outlet: str, parent: Made) -> Made:
    """Add an echo that tells another's article in other words and order, crediting it."""
    lead = m.fill(m.pick(words.CITED), claim=m.claim(), outlet=parent.outlet, source="an official")
    kept = [p for p in parent.paragraphs[1:] if m.rng.random() < 0.8 and parent.outlet not in p]
    m.rng.shuffle(kept)
    body = [retold(p) for p in kept]
    made = m.add(outlet, m.title(), [capital(lead), *body], "echo")
    m.edge(made, parent, "spun")
    return made


def retold(sentence: str) -> str:
    """
    Return the sentence with other words of the same meaning, outside quotation marks.

    >>> retold('Traders said the work began "early" in the town.')
    'Shopkeepers said the job started "early" in the borough.'
    """

    def other(match: re.Match[str]) -> str:
        found = words.SYNONYMS.get(match[0].casefold(), match[0])
        return capital(found) if match[0][0].isupper() else found

    pieces = re.split(r'("[^"]*")', sentence)
    return "".join(p if p.startswith('"') else re.sub(r"[A-Za-z]+", other, p) for p in pieces)


def agency_text(m: Maker) -> tuple[str, str, list[str]]:
    """Return a headline, a lead and the rest of a story an agency sends out, with its source."""
    said, counted = m.rng.choice(m.event["named"])
    said = m.fill(said)
    lead = capital(m.fill(m.pick(words.PRESUMED), claim=m.claim(), source=said))
    m.cascade.primary_sources.append(m.fill(counted))
    return m.title(), lead, m.told(14)


def carried(m: Maker, outlet: str, agency: str, copy: tuple[str, str, list[str]], how: str) -> Made:
    """Add a page that carries an agency's text, signed as ``how`` says."""
    title, lead, rest = copy
    cut = rest[: m.rng.randrange(4, 8)]
    where = m.slots["place"].upper()
    if how == "dateline":
        body = [m.fill(m.pick(words.DATELINES), where=where, agency=agency) + lead, *cut]
    elif how == "byline":
        body = [m.fill(m.pick(words.BYLINES), agency=agency), lead, *cut]
    elif how == "credit":
        body = [lead, *cut, m.fill(m.pick(words.CREDITS), agency=agency)]
    else:
        body = [lead, *cut]
    return m.add(outlet, title if m.rng.random() < 0.5 else m.title(), body, "echo")


def report_echoed(m: Maker) -> None:
    """Make one report and two to four echoes of it; the report itself may be missing."""
    first = m.outlets.pop()
    said, counted = m.source()
    parent: Made | str = first
    if m.rng.random() < 0.7:
        parent = own_report(m, first, (said, counted))
    else:
        m.origin(first, counted)
    ways: list[Callable[[], Made]] = [lambda: cited(m, m.outlets.pop(), parent, "cited", said)]
    if isinstance(parent, Made):
        own = parent
        ways += [
            lambda: copied(m, m.outlets.pop(), own, True),
            lambda: spun(m, m.outlets.pop(), own),
            lambda: partial(m, m.outlets.pop(), own),
        ]
    for _ in range(m.rng.randrange(2, 5)):
        m.rng.choice(ways)()


def agency_copy(m: Maker) -> None:
    """Make an agency's text on several pages, one of which may leave the credit out."""
    agency = m.rng.choice(words.AGENCIES)
    copy = agency_text(m)
    m.cascade.origins.append(agency)
    hows = [m.rng.choice(("dateline", "byline", "credit")) for _ in range(m.rng.randrange(2, 5))]
    if m.rng.random() < 0.4:
        hows.append("none")
    for how in hows:
        made = carried(m, m.outlets.pop(), agency, copy, how)
        m.edge(made, agency, "agency copy" if how != "none" else "uncredited agency copy")
    if m.rng.random() < 0.4:
        cited(m, m.outlets.pop(), agency)


def nobody_credits(m: Maker) -> None:
    """Make a text on several pages none of which says where it is from: lineage unknown."""
    copy = agency_text(m)
    m.cascade.primary_sources.clear()
    for _ in range(m.rng.randrange(2, 4)):
        carried(m, m.outlets.pop(), "", copy, "none").status = "unknown"


def statement(m: Maker) -> None:
    """Make several newsrooms that quote one public statement in stories of their own."""
    said, counted = m.rng.choice(m.event["public"])
    speech = m.speech()
    pages = []
    for _ in range(m.rng.randrange(2, 5)):
        outlet = m.outlets.pop()
        source = m.fill(said)
        lead = m.fill(m.pick(words.PRESUMED), claim=m.claim(), source=source)
        quote = m.fill(m.pick(words.QUOTES), source=last_name(source), speech=speech)
        prose = m.told(8)
        body = [capital(lead), capital(quote), *prose]
        pages.append(m.add(outlet, m.title(), body, "origin"))
        m.origin(outlet, m.fill(counted))
    if m.rng.random() < 0.4:
        cited(m, m.outlets.pop(), m.rng.choice(pages))


def several(m: Maker) -> None:
    """Make newsrooms with sources of their own, one that has both, and an echo."""
    sources = m.rng.sample(m.event["sources"], len(m.event["sources"]))
    pages = []
    for said, counted in sources[: m.rng.randrange(2, 4)]:
        outlet = m.outlets.pop()
        pages.append(own_report(m, outlet, (m.fill(said), m.fill(counted) or f"one told {outlet}")))
    if m.rng.random() < 0.5:
        said, counted = m.rng.choice(m.event["named"])
        outlet = m.outlets.pop()
        made = cited(m, outlet, pages[0])
        made.status = "mixed"
        own = m.fill(m.pick(words.CONFIRMED), source=m.fill(said), own=outlet, claim=m.claim())
        made.paragraphs.insert(1, capital(own))
        m.origin(outlet, m.fill(counted))
    if m.rng.random() < 0.6:
        cited(m, m.outlets.pop(), m.rng.choice(pages))


def chain(m: Maker) -> None:
    """Make X, citing Y, which said that Z reported it: two to five newsrooms in a row."""
    length = m.rng.randrange(2, 6)
    source = m.source()
    nodes: list[Made | str] = [m.outlets.pop() for _ in range(length)]
    if m.rng.random() < 0.5:
        nodes[0] = own_report(m, str(nodes[0]), source)
    else:
        m.origin(str(nodes[0]), source[1])
    for i in range(1, length):
        last, before = nodes[i - 1], nodes[i - 2] if i > 1 else None
        # A link nobody captured is known from the next page, which names both.
        missing = isinstance(last, str) and before is not None
        if i < length - 1 and not missing and i > 1 and m.rng.random() < 0.3:
            continue
        outlet = str(nodes[i])
        if before is not None and (missing or m.rng.random() < 0.4):
            named = {"outlet": name_of(last), "before": name_of(before)}
            lead = m.fill(m.pick(words.CHAINED), claim=m.claim(), **named)
            made = m.add(outlet, m.title(), [capital(lead), *m.told(4)], "echo")
            m.edge(made, last, "chain")
            if missing:
                m.edge(last, before, "chain through a page nobody captured")
        else:
            made = cited(m, outlet, last, "chain")
        nodes[i] = made


def name_of(node: Made | str) -> str:
    """Return the newsroom's name."""
    return node.outlet if isinstance(node, Made) else node


def copies(m: Maker) -> None:
    """Make one report with uncredited and partial copies."""
    parent = own_report(m, m.outlets.pop())
    copied(m, m.outlets.pop(), parent, False)
    for _ in range(m.rng.randrange(1, 3)):
        m.rng.choice((partial, spun, lambda m, o, p: copied(m, o, p, True)))(
            m, m.outlets.pop(), parent
        )


def bare(m: Maker) -> None:
    """Make a report with its source shown, and one that shows no source at all."""
    own_report(m, m.outlets.pop())
    lead = capital(f"{m.claim()}.")
    m.add(m.outlets.pop(), m.title(), [lead, *m.told(6)], "unknown")


KINDS: dict[str, Callable[[Maker], None]] = {
    "report echoed": report_echoed,
    "agency copy": agency_copy,
    "nobody credits": nobody_credits,
    "statement": statement,
    "several": several,
    "chain": chain,
    "copies": copies,
    "no source": bare,
}


def distractor(m: Maker) -> None:
    """Add an article on another event with the same place and people."""
    m.event = m.rng.choice([e for e in words.EVENTS if e is not m.event])
    outlet = m.outlets.pop()
    said, _ = m.rng.choice(m.event["named"])
    claim = m.fill(m.rng.choice(m.event["claims"]))
    lead = m.fill(m.pick(words.PRESUMED), claim=claim, source=m.fill(said))
    title = m.fill(m.rng.choice(m.event["titles"]))
    m.cascade.distractors.append(m.article(outlet, title, [capital(lead), *m.told(8)], "origin"))


def cascades(n: int, seed: int, held_out: bool = False) -> Iterator[Cascade]:
    """Yield ``n`` stories, the kinds in turn; the same seed gives the same stories."""
    kinds = list(KINDS)
    for number in range(n):
        rng = random.Random(f"{seed} {number}")
        m = Maker(rng, number, kinds[number % len(kinds)], held_out)
        KINDS[m.cascade.kind](m)
        m.forget_unnamed()
        if rng.random() < DISTRACTOR:
            distractor(m)
        yield m.cascade


def run_together(page: Sequence[Made]) -> str:
    """Return one page of HTML on which the articles follow each other."""
    parts = "\n".join(
        f"<article><h1>{escape(a.title)}</h1>\n"
        + "\n".join(f"<p>{escape(p)}</p>" for p in a.paragraphs)
        + "</article>"
        for a in page
    )
    head = f'<title>{escape(page[0].title)}</title><meta property="og:site_name" content="'
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{head}'
        f'{escape(page[0].outlet)}"></head><body><main>\n{parts}\n</main></body></html>\n'
    )


def write(folder: Path, made: Iterator[Cascade], seed: int) -> int:
    """Write pages and truth; return how many articles there are."""
    folder.mkdir(parents=True, exist_ok=True)
    found = list(made)
    pair_up(found, random.Random(f"pages {seed}"))
    articles = [a for c in found for a in (*c.made, *c.distractors)]
    pages: dict[str, list[Made]] = {}
    for a in articles:
        pages.setdefault(a.path, []).append(a)
    for path, page in pages.items():
        page.sort(key=lambda a: a.place)
        text = "".join(map(row_of, page)) if path == ROWS else run_together(page)
        (folder / path).write_text(text, "utf-8")
    truth = "".join(json.dumps(c.truth()) + "\n" for c in found)
    (folder / "truth.jsonl").write_text(truth, "utf-8")
    return len(articles)


def pair_up(found: Sequence[Cascade], rng: random.Random) -> None:
    """Run some pages of different stories together: echoes that no other article names."""
    parents = {e.parent for c in found for e in c.edges}
    leaves = [
        next((a for a in c.made if a.status == "echo" and a.id not in parents), None)
        for c in found
        if rng.random() < RUN_TOGETHER * 4
    ]
    alone = [a for a in leaves if a is not None]
    for left, right in zip(alone[::2], alone[1::2], strict=False):
        # One page is of one outlet.
        right.outlet = left.outlet
        left.path = right.path = f"{left.id}.html"
        right.place = 1


def row_of(a: Made) -> str:
    """Return the article as one line of JSON."""
    row = {"id": a.id, "outlet": a.outlet, "date": a.date, "title": a.title, "text": a.text}
    return json.dumps(row) + "\n"


def main() -> None:
    """Write the stories asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--stories", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true")
    asked = parser.parse_args()
    made = cascades(asked.stories, asked.seed, asked.held_out)
    print(f"{write(asked.folder, made, asked.seed)} articles in {asked.stories} stories")


if __name__ == "__main__":
    main()
