"""
Day and writer of an article as they stand on the page, for people to read.

They stand beside the headline: between it and the body, or just above it. Lines there are short,
and a day is called a publication, an update, or nothing. Elements that their makers marked as a
date or a byline come second, since lists of other articles mark theirs in the same way; what stands
in such a list, in comments or at the page's foot is passed over. Last comes the one day, or the one
name, that the whole page gives.

Known to fail: the day of an event on a line of its own beside the headline; a byline that is only a
name, where nothing says that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from firsthand.bylines import LEAD, bare_name, by_in, byline, clean, personal, role
from firsthand.furniture import byline_of
from firsthand.headlines import head_place
from firsthand.markup import Seen
from firsthand.model import When
from firsthand.times import Order, day_in, order_in, when

_CHANGED = re.compile(
    r"(?:\b|(?<=[a-z])(?=(?-i:[A-Z])))(?:(?:last\s+)?(?:updated?|modified|edited|revised|reviewed|changed)|aktualisiert|"
    r"stand|geändert|mis à jour|modifié|maj|actualizad[oa]|atualizad[oa]|aggiornat[oa]|"
    r"bijgewerkt|oppdatert|uppdaterad|opdateret|обновлено|zaktualizowano|güncellen\w+)\b",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:\b|(?<=[a-z])(?=(?-i:[A-Z])))(?:(?:first |originally )?(?:published|posted|"
    r"publish date|publication date)|veröffentlicht|publié|publicad[oa]|"
    r"pubblicat[oa]|gepubliceerd|publisert|publicerad|udgivet|опубликовано|opublikowano|"
    r"yayın\w+)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"comment|related|recirc|recommend|popular|trending|teaser|read-?next|more-from|most-read|"
    r"carousel|slider|disqus|latest",
    re.IGNORECASE,
)
_SIDE = re.compile(r"sidebar|side-bar|widget|footer|newsletter", re.IGNORECASE)
_MARKED_NAMES = (
    '[itemprop~="author"], [rel~="author"], [class*="author" i], [class*="byline" i], '
    '[class*="writer" i], [class*="contributor" i], a[href*="/author/"], a[href*="/authors/"], '
    '[data-testid*="author" i], [class*="posted-by" i]'
)
_MARKED_DAYS = (
    '[itemprop~="datePublished"], time, [class*="date" i], [class*="publish" i], '
    '[class*="posted" i], [class*="timestamp" i]'
)
_NO_BYLINE = frozenset(
    "comment comments bio avatar image img photo picture social follow count list desc description "
    "about more reviewer reviewed reviewers editor editors updated date time role job position "
    "icon testimonial quote factchecker".split()
)
_NOT_WRITERS = re.compile(
    r"\b(?:reviewed|fact[- ]checked|edited|photo\w*|image|illustrat\w+|translated|sponsored|"
    r"presented|powered|verified) (?:by|:)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"(?:(?:this\s+)?(?:post|article|story|piece|blog)\s+(?:was\s+)?)?"
    r"(?:written|authored|story|words)\s+by\b",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BY_ALONE = re.compile(rf"{LEAD}\s*:?|authors?", re.IGNORECASE)
_DATA_DAY = re.compile(
    r'\\?["\'](?:datePublished|publishedAt|published_at|publishDate|publish_date|date_published|'
    r"firstPublished\w*|publicationDate|published_time|publishedDate|publishedOn|pubDate)"
    r'\\?["\']\s*:\s*(?:\[\d,\s*)?\\?["\']'
    r"((?:19|20)\d\d-\d\d-\d\d[T ]?[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)",
)
Kind = Literal["published", "changed", "shown"]
_LABELS = re.compile(rf"(?=(?:{_PUBLISHED.pattern}))|(?=(?:{_CHANGED.pattern}))", re.IGNORECASE)
BLOCKS_BEFORE, BLOCKS_AFTER = 4, 16
BLOCKS_LOOKED_AT = 60
# A longer block is prose, and no day of it is the page's; up to so much of it may be a standfirst.
PROSE_CHARS, MOST_PROSE, LONGEST_STANDFIRST = 200, 2, 700
MOST_WORDS_BESIDE = 5  # "Ostrey, 4 March 2025." is no sentence
SHORT_CHARS = 60  # below prose, only a line as short as this is the page's
LINE_CHARS = 120
MARKS_READ = 60
LEVELS_ABOVE = 7  # around a mark: as far as the boxes that hold such lists go
NEAR_CHARS = 80


def beside(seen: Sequence[Seen], title: str | None) -> Shown:
    """Return what stands beside the headline: below it up to the body, then above it."""
    shown = Shown(seen)
    at = head_place(seen, title)
    if at is None:
        return shown
    n_read = n_prose = 0
    for block in seen[at + 1 : at + BLOCKS_LOOKED_AT]:
        if block.chrome:
            if n_read <= BLOCKS_BEFORE and len(block.text) <= SHORT_CHARS:
                shown.at_side = shown.at_side or day_in(block.text, "text")
            continue
        n_read += 1
        n_prose += len(block.text) > PROSE_CHARS
        # A standfirst may stand between the headline and the byline; a heading begins the body.
        over = n_prose > MOST_PROSE or len(block.text) > LONGEST_STANDFIRST
        begun = n_read > 4 and block.kind in ("title", "heading") and (n_prose or shown.days)
        if over or begun or n_read > BLOCKS_AFTER:
            break
        shown.read(block, LINE_CHARS if not n_prose else SHORT_CHARS)
    for block in reversed(seen[max(at - BLOCKS_BEFORE, 0) : at]):
        if block.kind == "title" or block.chrome:
            break
        shown.read(block, LINE_CHARS)
    return shown


class Shown:
    """What lines beside a headline give: the first byline, and days with what they are called."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        """Begin with nothing; ``seen`` are the page's blocks, asked how it writes days."""
        self.seen = seen
        self.byline: str | None = None
        self.days: list[tuple[When, Kind]] = []
        self.label = self.by = self.last = ""
        self.bare: list[str] = []
        self.with_role: str | None = None
        self.at_side: When | None = None
        self.order: Order | Literal["not looked for"] | None = "not looked for"

    def read(self, block: Seen, most_chars: int) -> None:
        """Take what the lines of a block give; longer lines than ``most_chars`` give no day."""
        lines = [x for x in block.text.split("\n") if x.strip()]
        for line in lines if len(block.text) <= PROSE_CHARS else ():
            # "Written by" may stand on a line of its own above the name.
            who = byline_of(line) or (by_in(line) if len(line) <= most_chars else None)
            who = who or (line if self.by and len(line) <= NEAR_CHARS else None)
            if who and not _NOT_WRITERS.search(f"{self.by} {line}"):
                self.byline = self.byline or byline([who])
            if len(line) <= most_chars and (name := bare_name(line)):
                self.bare.append(name)
            elif self.bare and role(line) and self.last == self.bare[-1]:
                self.with_role = self.with_role or self.last
            self.last = line.strip()
            self.by = line if _BY_ALONE.fullmatch(line.strip()) else ""
            if len(line) <= most_chars:
                self._days_of(line)

    def _days_of(self, line: str) -> None:
        for piece in filter(None, _LABELS.split(line)):
            day = day_in(piece, "text", self._order(piece))
            if day is None:
                # "Updated:" may stand on a line of its own above its day.
                self.label = piece if len(piece) <= 30 else ""
                continue
            said = f"{self.label} {piece}"
            kind: Kind = "shown"
            if _PUBLISHED.search(said):
                kind = "published"
            elif _CHANGED.search(said):
                kind = "changed"
            self.label = ""
            if kind != "shown" or not _sentence(line):
                self.days.append((day, kind))

    def _order(self, piece: str) -> Order | None:
        """Return in which order this page writes day and month; looked for once, where needed."""
        if not re.search(r"\d[/-]\d", piece):
            return None
        if self.order == "not looked for":
            self.order = order_in("\n".join(b.text for b in self.seen if len(b.text) < LINE_CHARS))
        return self.order


def _sentence(line: str) -> bool:
    """Return whether a line is prose rather than what stands beside a headline."""
    return line.rstrip()[-1:] in ".!?" and len(line.split()) > MOST_WORDS_BESIDE


def _aside(node: Any) -> Literal["others", "side"] | None:
    """Return whether an element belongs to other articles or comments, or stands at the side."""
    side: Literal["side"] | None = None
    for _ in range(LEVELS_ABOVE):
        node = node.parent
        if node is None or node.tag in ("body", "main", "html"):
            return side
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if node.tag != "article" and _OTHERS.search(names):
            return "others"
        if node.tag in ("aside", "footer", "nav") or _SIDE.search(names):
            side = "side"
    return side


def marked_names(node: Any) -> list[str]:
    """Return the bylines of elements marked as such, in the page's order, smallest elements."""
    found: dict[str, None] = {}
    aside: dict[str, None] = {}
    for marked in node.css(_MARKED_NAMES)[:MARKS_READ]:
        attributes = marked.attributes
        label = attributes.get("class") or ""
        if marked.tag in ("body", "article", "main", "img", "section", "meta", "script", "input"):
            continue
        words = set(re.split(r"[\s_-]+", _CAMEL.sub("-", label).lower()))
        if words & _NO_BYLINE and "itemprop" not in attributes:
            continue
        name = marked.css_first('[itemprop="name"]') if "itemprop" in attributes else None
        chosen = name if name is not None else marked
        said = clean(chosen.attributes.get("content") or chosen.text(deep=True, separator=" "))
        if not said or len(said) > NEAR_CHARS or _NOT_WRITERS.search(said):
            continue
        if names := byline([said]):
            where = _aside(marked)
            if where != "others":
                (aside if where else found).setdefault(names)
    # Beside the article stand the writers of others, too; one name alone is its own.
    return list(found) or (list(aside) if len(aside) == 1 else [])


def marked_days(node: Any) -> tuple[When | None, When | None]:
    """Return the first day marked as published, and the first marked as changed."""
    published: When | None = None
    changed: When | None = None
    for marked in node.css(_MARKED_DAYS)[:MARKS_READ]:
        attributes = marked.attributes
        text = " ".join((marked.text(deep=True, separator=" ") or "").split())
        if len(text) > NEAR_CHARS or marked.tag in ("body", "article", "main"):
            continue
        found = when(attributes.get("datetime") or attributes.get("content"), "meta")
        found = found or day_in(text, "text")
        if found is None or _aside(marked):
            continue
        around = f"{attributes.get('class') or ''} {attributes.get('itemprop') or ''} {text}"
        if re.search(r"updat|modif", around, re.IGNORECASE) or _CHANGED.search(text):
            changed = changed or found
        else:
            published = published or found
    return published, changed


def labelled(seen: Sequence[Seen]) -> When | None:
    """Return the day that the page calls that of publication, if it is one, wherever it stands."""
    label = ""
    found: dict[str | None, When] = {}
    for block in seen:
        text = block.text
        if len(text) > NEAR_CHARS:
            label = ""
            continue
        said = f"{label} {text}"
        day = (
            day_in(text, "text") if _PUBLISHED.search(said) and not _CHANGED.search(said) else None
        )
        if day:
            found.setdefault(day.at, day)
        label = text if len(text) <= 30 and day is None else ""
    return next(iter(found.values())) if len(found) == 1 else None


def only_day(page: Any) -> When | None:
    """Return the day of the page's ``time`` elements, where all give the same."""
    days: dict[str, When] = {}
    for node in page.css("time[datetime]")[:MARKS_READ]:
        found = when(node.attributes.get("datetime"), "meta")
        if found and found.at and _aside(node) != "others":
            days.setdefault(found.at[:10], found)
    return next(iter(days.values())) if len(days) == 1 else None


def day_in_data(page: Any) -> When | None:
    """Return the day that data inside scripts gives, where all of it gives the same."""
    days: dict[str, When] = {}
    for script in page.css("script, astro-island"):
        source = script.text() or " ".join(v or "" for v in script.attributes.values())
        for found in _DATA_DAY.finditer(source):
            day = when(found.group(1)[:10], "meta")
            if day and day.at:
                days.setdefault(day.at, day)
    return next(iter(days.values())) if len(days) == 1 else None


def signed(seen: Sequence[Seen]) -> str | None:
    """Return who a short block anywhere on the page says has written it; None where several."""
    found: dict[str, None] = {}
    label = ""
    for block in seen:
        text = block.text
        if len(text) > 2 * NEAR_CHARS:
            label = ""
            continue
        who = by_in(text) if _WRITTEN.match(text) else byline([text]) if label else None
        if who and personal(who):
            found.setdefault(who)
        label = text if _BY_ALONE.fullmatch(text.strip()) else ""
    return next(iter(found)) if len(found) == 1 else None


def introduced(names: Sequence[str], seen: Sequence[Seen]) -> str | None:
    """Return the first name beside the headline that the page also introduces: "Ada Quill is"."""
    for name in names:
        about = re.compile(rf"{re.escape(name)}(?:,[^.]{{0,60}},)? (?:is|was|has|writes|covers)\b")
        if any(about.match(b.text) for b in seen):
            return name
    return None
