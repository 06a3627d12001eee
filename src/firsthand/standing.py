"""
What in an article bears on its story's main claim, and through whom it got there.

A story's main claim is known here by its *terms*: the telling words that the titles and leads of
its articles share.

An attribution bears on the claim if it stands in the lead and has some of them, or
stands anywhere and has many. Attributions that bear on it are sorted by how the words came: from
another newsroom (``cited``), as a credit for the whole text (``credited``), told to the article's
own newsroom (``own``), or open: from someone quoted without an intermediary.

An attribution inside what another newsroom is cited for belongs to that newsroom ("X reported that
a source told it …"), not to the article; ``through`` says which.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from firsthand.background import singular, weight
from firsthand.model import Article, Attribution, Evidence, hull
from firsthand.text import WORD, paragraphs

LEAD_CHARS = 700
MOST_TERMS = 14
# Words rarer than about one article in eight tell stories apart.
LEAST_TERM_WEIGHT = 200
# Where an account rests is said early: in the first paragraphs, or the first two fifths.
LEAD_PARAGRAPHS = 6
LEAD_SHARE = 0.4
OPENING_PARAGRAPHS = 2
BEARING_IN_LEAD = 0.08
BEARING_ANYWHERE = 0.34
# "told the Harbour Post", in the Harbour Post: access is shown wherever it stands.
BEARING_TOLD = 0.1
# What is denied must be the claim and not something beside it.
BEARING_DENIAL = 0.3
# Where nothing in the lead says whom an article has its account from, whoever it quotes on the
# claim further down is its source: most reports of one statement open without naming anybody.
BEARING_WITHOUT_LEAD = 0.1
LEAST_STRENGTH = 0.5
# "A spokesman told X the story was nonsense" disputes the claim, though it denies nothing in words.
_REJECTS = re.compile(
    r"\b(?:nonsense|untrue|not true|baseless|fabricat(?:ed|ion)|no truth|categorically false"
    r"|completely false|totally false|entirely false|a lie|pure fiction)\b",
    re.IGNORECASE,
)
NEWSROOMS = ("outlet", "agency")
CREDIT_KINDS = ("dateline", "byline", "credit")
# Naming who had it earlier is a courtesy where the article has sources of its own.
COURTESY_RULES = ("first reported",)
PARTIAL_CREDIT = ("contributed",)
# No longer than this is what stands between the two of "X, which cited an earlier report in Y".
MOST_CITING_CHARS = 120
# What stands between two newsrooms, the first citing the second: "X, which cited a report in Y".
_CITING = re.compile(
    r",?\s(?:which\s)?(?:in\sturn\s)?(?:cit(?:ed|es|ing)|quot(?:ed|es|ing)|credit(?:ed|s|ing))"
    r"\s(?:(?:a|an|the|its|earlier)\s|(?:report|story|article|account|interview)s?\s"
    r"|(?:in|by|from|of|with)\s){0,5}",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One article's attributions that bear on the main claim, by how the words came."""

    article: Article
    credited: tuple[Attribution, ...]
    cited: tuple[Attribution, ...]
    courtesy: tuple[Attribution, ...]
    own: tuple[Attribution, ...]
    open: tuple[Attribution, ...]
    told_others: tuple[Attribution, ...]
    nested: tuple[Attribution, ...]
    through: Mapping[str, str]

    @property
    def shown(self) -> bool:
        """Return whether words show that the article's own newsroom was told or got it itself."""
        return bool(self.own)

    @property
    def parents(self) -> dict[str, list[Attribution]]:
        """Return newsroom id → the attributions by which the account rests on it directly."""
        found: dict[str, list[Attribution]] = {}
        # Where the whole text is another newsroom's, so is what it cites.
        direct = self.credited or (*self.cited, *self.told_others)
        for a in direct:
            newsroom = newsroom_of(a)
            if newsroom and a.attribution_id not in self.through:
                found.setdefault(newsroom, []).append(a)
        return found


def newsroom_of(a: Attribution) -> str | None:
    """Return the id of the newsroom through which an attribution's content came, or None."""
    if a.addressee_id:
        return a.addressee_id
    return a.source_id if a.source_kind in NEWSROOMS else None


def evidence_of(a: Attribution) -> Evidence:
    """Return the words of an attribution that has any: source, cue and addressee together."""
    where = hull(s for s in (a.source, a.cue, a.addressee) if s is not None)
    if where.end - where.start > 200 and a.cue is not None:
        where = a.cue
    return Evidence(article_id=a.article_id, span=where, in_=a.in_)


def main_terms(articles: Sequence[Article]) -> dict[str, int]:
    """Return the words, with weights, that the titles and leads of a story's articles share."""
    leads = [_terms_of(f"{a.title or ''}\n{a.text[:LEAD_CHARS]}") for a in articles]
    titles = Counter(t for a in articles for t in _terms_of(a.title or ""))
    counts = Counter(t for lead in leads for t in lead)
    floor = 2 if len(articles) > 1 else 1
    ranked = sorted(
        (t for t in counts if counts[t] >= floor),
        key=lambda t: (-weight(t) * (counts[t] + titles[t]), t),
    )
    return {t: weight(t) for t in ranked[:MOST_TERMS]}


def _terms_of(text: str) -> set[str]:
    words = {singular(w.casefold()) for w in WORD.findall(text)}
    return {w for w in words if len(w) > 2 and weight(w) >= LEAST_TERM_WEIGHT}


def bearing(text: str, terms: Mapping[str, int]) -> float:
    """Return what share of the main claim's weight a passage has (0–1)."""
    total = sum(terms.values())
    return sum(terms[t] for t in _terms_of(text) if t in terms) / total if total else 0.0


def lead_end(text: str) -> int:
    """Return where the lead ends: after its first paragraphs or two fifths, whichever is later."""
    lines = paragraphs(text)
    if not lines:
        return 0
    return max(lines[min(LEAD_PARAGRAPHS, len(lines)) - 1].end, int(len(text) * LEAD_SHARE))


def opening_end(text: str) -> int:
    """Return where the opening ends, in which a report names whom it repeats: two paragraphs."""
    lines = paragraphs(text)
    return lines[min(OPENING_PARAGRAPHS, len(lines)) - 1].end if lines else 0


def by_article(attributions: Iterable[Attribution]) -> dict[str, list[Attribution]]:
    """Return article id → its attributions, in the order given; empty where it has none."""
    found: dict[str, list[Attribution]] = defaultdict(list)
    for a in attributions:
        found[a.article_id].append(a)
    return found


def standings_of(
    articles: Iterable[Article],
    attributions: Mapping[str, list[Attribution]],
    terms: Mapping[str, int],
) -> dict[str, Standing]:
    """Return article id → standing, for the articles of one story."""
    return {a.article_id: standing(a, attributions[a.article_id], terms) for a in articles}


def standing(
    article: Article, attributions: Iterable[Attribution], terms: Mapping[str, int]
) -> Standing:
    """Return the article's attributions that bear on the main claim, sorted by how they came."""
    end = lead_end(article.text)
    # A result that no words explain is not reported: a byline nobody can be shown is left out.
    shown = (a for a in attributions if a.source or a.cue or a.addressee)
    mine = sorted(shown, key=lambda a: (a.cue.start if a.cue else -1, a.attribution_id))
    shares = {a.attribution_id: _share(a, article, terms) for a in mine}
    bears = [a for a in mine if _bears(a, shares[a.attribution_id], end)]
    if not any(a.kind not in CREDIT_KINDS or not a.self_reference for a in bears):
        # Nothing in the lead: whoever is quoted on the claim at all.
        in_lead = {a.attribution_id for a in bears}
        bears = [
            a
            for a in mine
            if a.attribution_id in in_lead
            or (a.strength > LEAST_STRENGTH and a.self_reference)
            or (
                newsroom_of(a) is None
                and a.strength > LEAST_STRENGTH
                and shares[a.attribution_id] >= BEARING_WITHOUT_LEAD
            )
        ]
    cited = _cited_by_another(mine, bears, article)
    through = _through(bears) | cited
    # Whom a newsroom cites for the claim bears on it, though its own words are but a name.
    bearing_ids = {a.attribution_id for a in bears} | cited.keys()
    bears = [a for a in mine if a.attribution_id in bearing_ids]
    deniers = {
        a.source_id
        for a in bears
        if a.denied and a.source_id and shares[a.attribution_id] >= BEARING_DENIAL
    }
    groups: dict[str, list[Attribution]] = {
        k: [] for k in ("credited", "cited", "courtesy", "own", "open", "told_others", "nested")
    }
    for a in bears:
        # Who denies the claim is no source for it, whatever else is quoted.
        group = None if a.source_id in deniers or rejects(a, article) else _group(a, through)
        if group == "open" and a.self_reference and has_learned(a, article):
            group = "own"
        if group:
            groups[group].append(a)
    others = [k for k in groups if k not in ("courtesy", "nested")]
    if groups["courtesy"] and not any(groups[k] for k in others):
        # "As first reported by X" is a courtesy beside own sources; alone it is the source.
        groups["cited"], groups["courtesy"] = groups["courtesy"], []
    return Standing(article=article, through=through, **{k: tuple(v) for k, v in groups.items()})


def has_learned(a: Attribution, article: Article) -> bool:
    """Return whether a newsroom says that it learned something itself: "the Post has learned"."""
    return a.cue is not None and a.in_ == "text" and "learned" in a.cue.of(article.text).split()


def _cited_by_another(
    attributions: Sequence[Attribution], bears: Sequence[Attribution], article: Article
) -> dict[str, str]:
    """
    Return attribution id → the newsroom that is said to cite it: "X, which cited a report in Y".

    Y is what X rests on, and not what this article rests on beside X.
    """
    found: dict[str, str] = {}
    named = [a for a in attributions if a.in_ == "text" and a.source_kind in NEWSROOMS and a.source]
    named.sort(key=_source_start)
    starts = [_source_start(a) for a in named]
    for outer in bears:
        newsroom = newsroom_of(outer)
        if newsroom is None or outer.self_reference or outer.source is None or outer.in_ != "text":
            continue
        first = bisect_left(starts, outer.source.end)
        for inner in named[first : bisect_left(starts, outer.source.end + MOST_CITING_CHARS)]:
            if inner.source is None or newsroom_of(inner) == newsroom:
                continue
            if _CITING.fullmatch(article.text, outer.source.end, inner.source.start):
                found.setdefault(inner.attribution_id, newsroom)
    return found


def _source_start(a: Attribution) -> int:
    return a.source.start if a.source else -1


def rejects(a: Attribution, article: Article) -> bool:
    """Return whether what is said is, in few words, that the report is wrong."""
    if a.in_ != "text" or not a.addressee_id:
        return False
    return any(_REJECTS.search(p.of(article.text)) for p in a.content_pieces)


def _bears(a: Attribution, share: float, end: int) -> bool:
    if a.kind in CREDIT_KINDS:
        return True
    if a.strength <= LEAST_STRENGTH or a.cue is None:
        return False
    pieces = a.content_pieces or (a.cue,)
    starts = min(p.start for p in (*pieces, a.cue))
    if a.self_reference and a.addressee and share >= BEARING_TOLD:
        return True
    return share >= BEARING_ANYWHERE or (starts < end and share >= BEARING_IN_LEAD)


def _share(a: Attribution, article: Article, terms: Mapping[str, int]) -> float:
    """Return what share of the main claim the attribution's words have, its source's among them."""
    pieces = a.content_pieces or ((a.cue,) if a.cue else ())
    said = (*pieces, a.source) if a.source is not None else pieces
    return bearing(" ".join(p.of(article.text) for p in said), terms)


def _through(attributions: Sequence[Attribution]) -> dict[str, str]:
    """Return attribution id → the newsroom in whose cited content it stands."""
    found: dict[str, str] = {}
    cued = sorted((a for a in attributions if a.cue is not None), key=_cue_start)
    starts = [_cue_start(a) for a in cued]
    for outer in attributions:
        newsroom = newsroom_of(outer)
        if not newsroom or outer.self_reference or outer.kind in CREDIT_KINDS:
            continue
        for piece in outer.content_pieces:
            for inner in cued[bisect_left(starts, piece.start) : bisect_left(starts, piece.end)]:
                if inner is outer or inner.cue is None or newsroom_of(inner) == newsroom:
                    continue
                if piece.holds(inner.cue) and not _holds(inner, outer):
                    found.setdefault(inner.attribution_id, newsroom)
    return found


def _cue_start(a: Attribution) -> int:
    return a.cue.start if a.cue else -1


def _holds(a: Attribution, b: Attribution) -> bool:
    return b.cue is not None and any(p.holds(b.cue) for p in a.content_pieces)


def _group(a: Attribution, through: Mapping[str, str]) -> str | None:
    newsroom = newsroom_of(a)
    if a.rule in PARTIAL_CREDIT:
        return None
    if a.kind in CREDIT_KINDS:
        if a.self_reference:
            # An agency's own dateline says that it was there; a byline says no such thing.
            return "open" if a.kind == "dateline" else None
        return "credited"
    if newsroom is None and not a.self_reference:
        if a.source_id is None or not a.source_name or a.denied:
            return None
        return "nested" if a.attribution_id in through else "open"
    if a.denied:
        return None
    if a.self_reference:
        # "told the Harbour Post", "a letter seen by the Harbour Post": how it got there is shown.
        return "own" if a.addressee is not None or a.rule == "by outlet" else "open"
    if a.rule in COURTESY_RULES:
        return "courtesy"
    return "told_others" if a.addressee_id else "cited"
