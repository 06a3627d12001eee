"""
Names in attributions → one entity each: outlets across all captures, people within a story only.

Outlets are joined by the table (name, alias, domain) or, where no table knows them, by the normal
form of their name. A name that one text calls a newsroom ("the newspaper X", "a source told X") is
one wherever else it "reported". An outlet named as the one told, in its own article, is own
reporting: ``self_reference``. A capture that says nowhere whose it is may still show it: it quotes
someone who told one single newsroom, and speaks of that newsroom in no other way; then the outlet
is inferred, and only then.

Persons, bodies and unnamed sources are joined within one story, never beyond it: two articles on
different events that cite "an official" have nothing in common.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from firsthand.mentions import described, media_name
from firsthand.model import Article, Attribution, Furniture, Source, SourceKind, digest
from firsthand.outlets import Outlet, initials, outlet_id_of, table
from firsthand.stage import together
from firsthand.standing import by_article
from firsthand.text import name_key

# Below this an outlet was only guessed at; a guess in one text must not name outlets in another.
LEAST_STRENGTH_TO_LEARN = 0.75
# Rules under which a bare name may turn out to be a newsroom's once another text calls it one.
_REPORTS = re.compile(r"^(?:report|according|cite)")
_NEWSROOM: tuple[SourceKind, ...] = ("outlet", "agency")


@together(takes=(Attribution, Article, Furniture), by=None, gives=(Attribution, Article, Source))
def resolve(
    attributions: list[Attribution],
    articles: list[Article],
    furniture: Iterable[Furniture] = (),
) -> Iterator[Attribution | Article | Source]:
    """Yield the attributions with outlets joined, the articles with their outlet, the outlets."""
    named = [_with_outlet(article) for article in articles]
    attributions = _spelt_out(attributions, named)
    learnt = _learnt(attributions)
    named = [_named_as_host(article, learnt) for article in named]
    joined = [_joined(a, learnt) for a in attributions]
    mine = by_article(joined)
    heads = _heads(furniture)
    named = [
        _masthead(article, mine[article.article_id], heads[article.capture_id], learnt)
        for article in named
    ]
    named = [
        _inferred(article, mine[article.article_id], heads[article.capture_id]) for article in named
    ]
    own = {a.article_id: a.outlet_id for a in named}
    joined = [_self_reference(a, own[a.article_id]) for a in joined]
    yield from joined
    yield from named
    yield from _outlets(joined, named)


# A masthead is a line of a few words.
MOST_MASTHEAD_CHARS = 48


def _heads(furniture: Iterable[Furniture]) -> dict[str, list[str]]:
    """Return capture → its short lines of furniture that may be a masthead."""
    heads: dict[str, list[str]] = defaultdict(list)
    for row in furniture:
        if row.kind in _MASTHEAD_KINDS and len(row.text) <= MOST_MASTHEAD_CHARS:
            heads[row.capture_id].append(row.text.strip())
    return heads


_MASTHEAD_KINDS = ("section header", "masthead", "navigation")


def _masthead(
    article: Article,
    attributions: Iterable[Attribution],
    heads: Iterable[str],
    learnt: Mapping[str, tuple[str, str]],
) -> Article:
    """
    Return the article with the outlet a line at the page's head names.

    Not any line: one that the table knows, or that texts here speak of as a newsroom. A name that
    nothing else shows to be one may be a section.
    """
    if article.outlet_id is not None:
        return article
    mine = {name_key(a.addressee_name): (a.addressee_id, a.addressee_name)
            for a in attributions if a.addressee_id and a.addressee_name}  # fmt: skip
    for line in heads:
        listed = table().named(line)
        key = name_key(line)
        known = mine.get(key) or learnt.get(key)
        if listed and listed.name not in listed.ambiguous:
            return replace(article, outlet=listed.name, outlet_id=listed.outlet_id)
        if known:
            return replace(article, outlet=known[1], outlet_id=known[0])
    return article


def _with_outlet(article: Article) -> Article:
    """Return the article with the outlet its metadata or address names, under the table's name."""
    name = article.outlet
    listed = _listed(name) if name else None
    if not name and article.url:
        listed = table().at(article.url)
        name = _host(article.url)
    if listed:
        return replace(article, outlet=listed.name, outlet_id=listed.outlet_id)
    if not name:
        return article
    return replace(article, outlet=name, outlet_id=outlet_id_of(name))


def _named_as_host(article: Article, learnt: Mapping[str, tuple[str, str]]) -> Article:
    """Return the article under a newsroom's name where its host is that name: harbourpost.co."""
    host = article.outlet or ""
    if "." not in host or " " in host or article.outlet_id != outlet_id_of(host):
        return article
    label = name_key(host.rsplit(".", 2)[0] if host.count(".") > 1 else host.split(".")[0])
    known = learnt.get(label)
    return replace(article, outlet=known[1], outlet_id=known[0]) if known else article


def _listed(name: str) -> Outlet | None:
    """Return the table's outlet for a label: a name, a domain, or a name with a section behind."""
    bare = re.sub(r"\s*(?:\([^)]*\)|\s[-–|]\s.*)$", "", name)
    return table().named(name) or table().at(name) or (table().named(bare) if bare else None)


# Names that RFC 2606 reserves name no one, and an archive is not the outlet it keeps.
_NO_OUTLET = re.compile(
    r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost|local)$"
    r"|(?:^|\.)(?:archive\.(?:org|ph|is|today|md)|webcache\.googleusercontent\.com|perma\.cc)$"
)


def _host(url: str) -> str | None:
    """
    Return the host an address names, where it can be an outlet's.

    >>> _host("https://www.harbour-post.co/a"), _host("http://example.org/a")
    ('harbour-post.co', None)
    """
    found = re.match(r"https?://(?:www\d?\.)?([^/:?#]+\.[a-z]{2,})(?=[/:?#]|$)", url.casefold())
    host = found.group(1) if found else None
    return None if host is None or _NO_OUTLET.search(host) else host


def _spelt_out(attributions: list[Attribution], articles: Iterable[Article]) -> list[Attribution]:
    """
    Return the attributions with initialisms joined to the name that an article spells out.

    Only where one article shows both: its own newsroom is the long name and it credits the short,
    or it writes "Norvik News Agency (NNA)".
    """
    shorts: dict[str, set[str]] = defaultdict(set)
    for a in attributions:
        if a.source_name and a.source_name.isupper() and a.source_kind in _NEWSROOM:
            shorts[a.article_id].add(a.source_name)
    long: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        for short in shorts[article.article_id]:
            if table().named(short) is None and (name := _spelling(short, article)):
                long[short].add(name)
    # Two agencies with one initialism stay what they are called.
    same = {outlet_id_of(s): _known(*names) for s, names in long.items() if len(names) == 1}

    def spelt(a: Attribution) -> Attribution:
        if a.source_id in same:
            a = replace(a, source_id=same[a.source_id][0], source_name=same[a.source_id][1])
        if a.addressee_id in same:
            known = same[a.addressee_id]
            a = replace(a, addressee_id=known[0], addressee_name=known[1])
        return a

    return [spelt(a) for a in attributions]


def _spelling(short: str, article: Article) -> str | None:
    """Return the long name an article shows for an initialism: its own, or spelt out before it."""
    if initials(article.outlet or "") == short:
        return article.outlet
    found = re.search(rf"((?:[\w’'\-]+ ){{1,10}})\({short}\)", article.text)
    words = found.group(1).split()[-len(short) :] if found else []
    return " ".join(words) if words and initials(" ".join(words)) == short else None


def _known(name: str) -> tuple[str, str]:
    """Return id and name of an outlet, the table's where it has it."""
    listed = table().named(name)
    return (listed.outlet_id, listed.name) if listed else (outlet_id_of(name), name)


def _learnt(attributions: Iterable[Attribution]) -> dict[str, tuple[str, str]]:
    """Return name key → (id, name) of every outlet that some text shows to be one."""
    learnt: dict[str, tuple[str, str]] = {}
    for a in attributions:
        sure = a.source_kind in _NEWSROOM and a.strength >= LEAST_STRENGTH_TO_LEARN
        if sure and a.source_id and a.source_name:
            learnt.setdefault(name_key(a.source_name), (a.source_id, a.source_name))
        # A bare name is no newsroom for having been told something: "an aide told Norvik".
        told = a.addressee_name or ""
        if a.addressee_id and (a.addressee_id in table().outlets or media_name(told)):
            learnt.setdefault(name_key(told), (a.addressee_id, told))
    return learnt


def _joined(a: Attribution, learnt: dict[str, tuple[str, str]]) -> Attribution:
    """Return the attribution, a bare name made the outlet that another text shows it to be."""
    bare = a.source_kind in ("organisation", "person") and _REPORTS.match(a.rule)
    known = learnt.get(name_key(a.source_name)) if bare and a.source_name else None
    if known is None:
        return a
    return replace(a, source_kind="outlet", source_id=known[0], source_name=known[1])


def _inferred(
    article: Article,
    attributions: list[Attribution],
    heads: Iterable[str],
) -> Article:
    """
    Return the article with the outlet it shows to be its own, if it shows one.

    The one newsroom its sources told, where no other is told and this one is never spoken of as
    another's report ("according to", "the newspaper X", "X reported"). Not an agency, whose copy
    stands on other pages; not where the page's head names another newsroom.
    """
    if article.outlet_id is not None:
        return article
    told = {
        a.addressee_id: a.addressee_name
        for a in attributions
        if a.addressee_id and a.rule in ("tell", "interview")
    }
    cited = {a.source_id for a in attributions if a.source_kind in _NEWSROOM and a.source_id}
    through = {a.addressee_id for a in attributions if a.rule == "cite"}
    if len(told) != 1 or set(told) & (cited | through) or _leads_elsewhere(attributions):
        return article
    ((outlet_id, name),) = told.items()
    if outlet_id in table().agencies:
        return article
    if any(media_name(line) and name_key(line) != name_key(name or "") for line in heads):
        return article
    return replace(article, outlet=name, outlet_id=outlet_id)


def _leads_elsewhere(attributions: list[Attribution]) -> bool:
    """Return whether the first newsroom the article names is one it cites."""
    newsrooms = [a for a in attributions if a.addressee_id or a.source_kind in _NEWSROOM]
    newsrooms.sort(key=lambda a: a.cue.start if a.cue and a.in_ == "text" else -1)
    return bool(newsrooms) and newsrooms[0].addressee_id is None


def _self_reference(a: Attribution, own: str | None) -> Attribution:
    mine = own is not None and own in (a.source_id, a.addressee_id)
    return replace(a, self_reference=a.self_reference or mine)


def _outlets(attributions: list[Attribution], articles: list[Article]) -> Iterator[Source]:
    """Yield one source for every outlet or agency that is named or has captured articles."""
    names: dict[str, str | None] = {}
    kinds: dict[str, SourceKind] = {}
    own: dict[str, list[str]] = defaultdict(list)
    for article in articles:
        if article.outlet_id:
            names.setdefault(article.outlet_id, article.outlet)
            own[article.outlet_id].append(article.article_id)
    for a in attributions:
        if a.source_kind in _NEWSROOM and a.source_id:
            names.setdefault(a.source_id, a.source_name)
            if a.source_kind == "agency":
                kinds[a.source_id] = "agency"
        if a.addressee_id:
            names.setdefault(a.addressee_id, a.addressee_name)
    for source_id in sorted(names):
        listed = table().outlets.get(source_id)
        kind: SourceKind = kinds.get(source_id, "outlet")
        if listed:
            kind = "agency" if listed.kind == "agency" else "outlet"
        yield Source(
            source_id=source_id,
            name=names[source_id],
            kind=kind,
            article_ids=tuple(sorted(own[source_id])),
        )


@together(takes=(Attribution, Article), by="story_id", gives=(Attribution, Source))
def join(
    attributions: list[Attribution], articles: list[Article]
) -> Iterator[Attribution | Source]:
    """Yield a story's attributions with people, bodies and unnamed sources joined, and those."""
    text_ids = {a.article_id: a.text_id for a in articles}
    story = min(text_ids.values(), default="")
    full = _full_names(attributions)
    found: dict[str, Source] = {}
    for a in attributions:
        if a.source_id is not None or a.source_kind is None or a.source_name is None:
            yield a
            continue
        source = _source_of(a, story, text_ids.get(a.article_id, ""), full)
        found.setdefault(source.source_id, source)
        yield replace(a, source_id=source.source_id, source_name=source.name)
    yield from (found[key] for key in sorted(found))


def _full_names(attributions: Iterable[Attribution]) -> dict[str, str]:
    """Return surname → full name where the story knows one full name only for it."""
    names: dict[str, set[str]] = defaultdict(set)
    for a in attributions:
        if a.source_kind == "person" and a.source_name and " " in a.source_name:
            names[a.source_name.split()[-1]].add(a.source_name)
    return {last: next(iter(full)) for last, full in names.items() if len(full) == 1}


def _source_of(a: Attribution, story: str, text_id: str, full: dict[str, str]) -> Source:
    name, kind = a.source_name or "", a.source_kind or "unnamed"
    if kind == "unnamed":
        # One unnamed source an article a description; never joined with another article's.
        words = " ".join(described(name))
        return Source(source_id=digest("unnamed", text_id, words), name=name, kind=kind)
    if kind in ("document", "statement"):
        return Source(source_id=digest(kind, story, name_key(name)), name=name, kind=kind)
    name = full.get(name, name) if kind == "person" else name
    return Source(source_id=digest("body", story, name_key(name)), name=name, kind=kind)
