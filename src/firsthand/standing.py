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
BEARING_IN_LEAD = 0.08
BEARING_ANYWHERE = 0.34
# "told the Harbour Post", in the Harbour Post: access is shown wherever it stands.
BEARING_TOLD = 0.1
# What is denied must be the claim and not something beside it.
BEARING_DENIAL = 0.3
LEAST_STRENGTH = 0.5
NEWSROOMS = ("outlet", "agency")
CREDIT_KINDS = ("dateline", "byline", "credit")
# Naming who had it earlier is a courtesy where the article has sources of its own.
COURTESY_RULES = ("first reported",)
PARTIAL_CREDIT = ("contributed",)


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
    bears = [a for a in mine if _bears(a, article, terms, end)]
    through = _through(bears)
    deniers = {
        a.source_id
        for a in bears
        if a.denied and a.source_id and _share(a, article, terms) >= BEARING_DENIAL
    }
    groups: dict[str, list[Attribution]] = {
        k: [] for k in ("credited", "cited", "courtesy", "own", "open", "told_others", "nested")
    }
    for a in bears:
        # Who denies the claim is no source for it, whatever else is quoted.
        group = None if a.source_id in deniers else _group(a, through)
        if group:
            groups[group].append(a)
    others = [k for k in groups if k not in ("courtesy", "nested")]
    if groups["courtesy"] and not any(groups[k] for k in others):
        # "As first reported by X" is a courtesy beside own sources; alone it is the source.
        groups["cited"], groups["courtesy"] = groups["courtesy"], []
    return Standing(article=article, through=through, **{k: tuple(v) for k, v in groups.items()})


def _bears(a: Attribution, article: Article, terms: Mapping[str, int], end: int) -> bool:
    if a.kind in CREDIT_KINDS:
        return True
    if a.strength <= LEAST_STRENGTH or a.cue is None:
        return False
    pieces = a.content_pieces or (a.cue,)
    share = _share(a, article, terms)
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
    for outer in attributions:
        newsroom = newsroom_of(outer)
        if not newsroom or outer.self_reference or outer.kind in CREDIT_KINDS:
            continue
        for inner in attributions:
            if inner is outer or inner.cue is None or newsroom_of(inner) == newsroom:
                continue
            if any(p.holds(inner.cue) for p in outer.content_pieces) and not _holds(inner, outer):
                found.setdefault(inner.attribution_id, newsroom)
    return found


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
