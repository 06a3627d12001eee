"""
HTML → the blocks of text a reader sees, in order, with what the markup says of each.

One walk over the parsed tree, without recursion, gives every block its text, its kind, how much of
it is link text, and which region of the page it stands in. Nothing is thrown away here: what is
article and what is page is decided from the blocks (``extract``).

White space folds as in a browser: runs of space, tab and line break become one space, except in
``pre``; no-break spaces stay. ``br`` breaks a line and two of them leave an empty one.

Known to fail: text that only style sheets hide, or that scripts put on the page, is seen as the
source has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS = _tags(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu "
    "nav ol p pre search section summary table tbody tfoot thead tr ul caption legend noscript"
)
UNSEEN = _tags(
    "head script style template noscript svg math iframe object embed audio video canvas map "
    "select textarea datalist"
)
CHROME = frozenset({"nav", "footer", "aside", "form", "dialog", "button", "menu"})
KINDS = {
    "h1": "title",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "figcaption": "caption",
    "caption": "caption",
    "li": "list",
    "dd": "list",
    "dt": "list",
}
_VOID = _tags(
    "area base br col embed hr img input link meta param source track wbr p li dd dt tr td th "
    "option thead tbody tfoot colgroup"
)
# What the class, id, role or itemprop of an element hints at, by the words in it.
_HINT_WORDS = {
    "content": "article body content entry post story main text prose rich copy wysiwyg",
    "comment": "comment comments commentlist disqus respond reply replies discussion feedback",
    "related": "related recommend recommended recommendations recirc recirculation popular "
    "trending latest teaser teasers card cards promo promos also more next prev previous "
    "readmore readnext similar carousel slider grid listing feed list river",
    "share": "share sharing sharedaddy social socials follow facebook twitter pinterest addtoany "
    "like likes",
    "side": "side sidebar widget widgets aside rail complementary secondary",
    "navigation": "nav navbar navigation menu breadcrumb breadcrumbs crumb crumbs toc pagination "
    "pager tab tabs toolbar links drawer search",
    "foot": "footer foot copyright bottom colophon contentinfo legal disclaimer",
    "head": "header masthead banner hero topbar top logo brand",
    "advert": "ad ads advert adverts advertisement advertising sponsor sponsored sponsors outbrain "
    "taboola affiliate shop product price cta",
    "subscribe": "newsletter newsletters subscribe subscription subscriber signup paywall popup "
    "modal cookie cookies consent gdpr overlay dialog alert donate donation membership optin form",
    "author": "author authors byline bio profile contributor avatar writer",
    "meta": "meta date dates time tag tags category categories categorization info label published "
    "timestamp readtime eyebrow kicker",
    "caption": "caption captions credit figure figcaption gallery image images photo media video "
    "player audio",
    "hidden": "hidden sr visually screen offscreen noprint print skip tooltip dropdown",
    "summary": "summary excerpt lead lede standfirst subtitle deck dek intro abstract description",
    "note": "note notes footnote footnotes reference references citation citations source sources "
    "endnote endnotes",
}
HINTS = {name: 1 << n for n, name in enumerate(_HINT_WORDS)}
_HINT_OF = {word: HINTS[name] for name, words in _HINT_WORDS.items() for word in words.split()}
_NAME_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+")
_HINTED: dict[str, int] = {}
REMEMBERED_NAMES = 20_000
MOST_NAME_CHARS = 300  # style classes of some pages run to thousands of characters
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
_GLANCE_CHARS = 16_384
_SPACE = re.compile(r"[ \t\n\r\f]+")


class TooDeepError(Exception):
    """Tags nested too deep, or holding too many attributes, to be parsed in time."""


# The parser takes time in the square of the depth: 3,000 levels 20 ms, 100,000 levels 24 s. The
# deepest page of 497 read is 62 levels.
MAX_DEPTH = 3000
# In the square of the attributes of one tag, too: 100,000 of them take 40 s.
MAX_ATTRIBUTES = 2000
# An attribute takes two characters or more.
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * MAX_ATTRIBUTES},}}")
_ATTRIBUTE = re.compile(r"[^\s=\"']+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"']+))?")


class Place:
    """
    An element that blocks stand in: its tag, the element around it, what its names hint at.

    ``hints`` are the groups of ``HINTS`` that its class, id, role and itemprop hold, as bits;
    ``depth`` counts the block elements around it, ``number`` the block elements before it.
    """

    __slots__ = ("depth", "hints", "number", "parent", "tag")

    def __init__(self, tag: str, parent: Place | None, hints: int, number: int) -> None:
        """Open an element below ``parent``."""
        self.tag = tag
        self.parent = parent
        self.hints = hints
        self.number = number
        self.depth: int = parent.depth + 1 if parent is not None else 0


@dataclass(slots=True)
class Seen:
    """
    A block of text on a page: its kind, its link characters, whether it stands in page chrome.

    ``article`` numbers the outermost ``article`` element it stands in; ``place`` is the element
    around it, None where nothing is known of that.
    """

    text: str
    kind: str | None = None
    link_chars: int = 0
    chrome: bool = False
    article: int | None = None
    place: Place | None = None

    @property
    def holder(self) -> int | None:
        """Return what tells apart the elements around paragraphs."""
        around = self.place.parent if self.place is not None else None
        return around.number if around is not None else None


def parse(source: str) -> Any:
    """Return the parsed page; raises TooDeepError where tags nest too deep."""
    if (_may_be_deep(source) and depth(source) > MAX_DEPTH) or _overloaded(source):
        raise TooDeepError
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(source)


def _may_be_deep(source: str) -> bool:
    """
    Return whether more tags may be open at once than are allowed: a quick look before a close one.

    >>> _may_be_deep("<p>Fog</p>" * 9000), _may_be_deep("<div>" * 4000)
    (False, True)
    """
    level = 0
    for start in range(0, len(source), _GLANCE_CHARS):
        end = start + _GLANCE_CHARS
        closed = source.count("</", start, end)
        opened = source.count("<", start, end) - closed
        if level + opened > MAX_DEPTH:
            return True
        level = max(level + opened - closed, 0)
    return False


def depth(source: str) -> int:
    """
    Return about how deep the tags of a page nest; tags that close by themselves do not count.

    >>> depth("<div><div><p>Fog<p>Rain</div></div><br>"), depth("<b>" * 50)
    (2, 50)
    """
    deepest = level = 0
    for closing, name, rest in _TAG.findall(source):
        if rest.endswith("/") or name.lower() in _VOID:
            continue
        level = max(level - 1, 0) if closing else level + 1
        deepest = max(deepest, level)
    return deepest


def _overloaded(source: str) -> bool:
    """Return whether one tag has more attributes than any real page gives it."""
    return any(
        sum(1 for _ in _ATTRIBUTE.finditer(m.group())) > MAX_ATTRIBUTES
        for m in _LONG_TAG.finditer(source)
    )


def hinted(names: str) -> int:
    """
    Return the groups of ``HINTS`` that an element's names hold, a bit each.

    >>> [name for name in HINTS if hinted("articleBody l-main") & HINTS[name]]
    ['content']
    >>> [name for name in HINTS if hinted("post-related--cards") & HINTS[name]]
    ['content', 'related']
    >>> hinted("loading shadow headline-2")
    0
    """
    found = _HINTED.get(names)
    if found is None:
        if len(_HINTED) > REMEMBERED_NAMES:
            _HINTED.clear()
        found = 0
        for word in _NAME_WORD.findall(names):
            found |= _HINT_OF.get(word.lower(), 0)
        _HINTED[names] = found
    return found


def _hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        # What a server streams late (React) lies hidden until a script moves it to its place.
        return not (attributes.get("id") or "").startswith("S:")
    style = attributes.get("style")
    return bool(style and "display" in style and _NOT_SHOWN.search(style))


def _names_of(tag: str, attributes: dict[str, str | None]) -> int:
    """Return what an element's attributes hint at; those of the page as a whole say nothing."""
    if tag in ("body", "html") or not attributes:
        return 0
    hints = 0
    for key in ("class", "id", "itemprop", "role", "aria-label"):
        value = attributes.get(key)
        if value:
            hints |= hinted(value[:MOST_NAME_CHARS])
    return hints


class _Writer:
    """The block being written, and what it stands in."""

    def __init__(self, as_it_is: bool) -> None:
        self.done: list[Seen] = []
        self.text: list[str] = []
        self.links = 0
        self.in_link = self.in_chrome = 0
        self.in_pre = int(as_it_is)
        self.kinds: list[str | None] = [None]
        self.place: Place | None = None
        self.places = 0
        self.article: int | None = None
        self.articles = 0
        self.in_articles = 0

    def write(self, text: str) -> None:
        if not self.in_pre:
            text = _SPACE.sub(" ", text)
        self.text.append(text)
        if self.in_link:
            self.links += len(text.strip())

    def flush(self) -> None:
        if not self.text:
            return
        text = "".join(self.text)
        if not self.in_pre and ("\n" in text or "  " in text):
            text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
        text = text.strip(" \t\n\r\f")
        if text and not text.isspace():
            article = self.article if self.in_articles else None
            self.done.append(
                Seen(text, self.kinds[-1], self.links, self.in_chrome > 0, article, self.place)
            )
        self.text, self.links = [], 0

    def enter(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in BLOCKS:
            self.flush()
            self.place = Place(tag, self.place, _names_of(tag, attributes), self.places)
            self.places += 1
            self._block(tag, 1)
        elif tag == "br":
            self.text.append("\n")
        elif tag == "a":
            self.in_link += 1
        elif tag in ("td", "th"):
            self.text.append(" ")
        elif tag == "button":
            self.in_chrome += 1

    def leave(self, tag: str) -> None:
        if tag in BLOCKS:
            self.flush()
            self._block(tag, -1)
            if self.place is not None:
                self.place = self.place.parent
        elif tag == "a":
            self.in_link -= 1
        elif tag in ("td", "th"):
            self.text.append(" ")
        elif tag == "button":
            self.in_chrome -= 1

    def _block(self, tag: str, step: int) -> None:
        if tag in CHROME:
            self.in_chrome += step
        elif tag == "pre":
            self.in_pre += step
        elif tag == "article":
            if step > 0 and not self.in_articles:
                self.article = self.articles
                self.articles += 1
            self.in_articles += step
        if tag in KINDS:
            if step > 0:
                self.kinds.append(KINDS[tag])
            else:
                self.kinds.pop()


def blocks(root: Any) -> list[Seen]:
    """
    Return the blocks of text below a node, in order.

    >>> page = parse("<nav><a href=/>Home</a></nav><h1>Fog</h1><p>One<br>two<p>Three  <a>x</a>")
    >>> [(b.text, b.kind, b.link_chars) for b in blocks(page.root) if not b.chrome]
    [('Fog', 'title', 0), ('One\\ntwo', None, 0), ('Three x', None, 1)]

    Text that no tag divides but empty lines do was put into a page as it was, and keeps its lines.

    >>> blocks(parse("<body>Fog lifts\\n\\nOne.\\n\\nTwo.").root)[0].text
    'Fog lifts\\n\\nOne.\\n\\nTwo.'
    """
    found = _written(root)
    if sum(len(b.text) for b in found) < SHOWN_CHARS:
        # Some pages lie hidden as a whole until a script shows them.
        shown = _written(root, all_shown=True)
        if sum(len(b.text) for b in shown) >= HIDDEN_CHARS:
            found = shown
    if len(found) == 1 and len(_EMPTY_LINE.findall(root.text())) >= FEWEST_EMPTY_LINES:
        return _written(root, as_it_is=True)
    return found


_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
FEWEST_EMPTY_LINES = 2
SHOWN_CHARS, HIDDEN_CHARS = 100, 400


def _written(root: Any, *, as_it_is: bool = False, all_shown: bool = False) -> list[Seen]:
    """Return the blocks below ``root``, from one walk without recursion."""
    writer = _Writer(as_it_is)
    # Nodes compare by their whole markup, which would make the walk quadratic.
    end = root.mem_id
    node, leaving = root.first_child, False
    while node is not None:
        tag = node.tag
        if leaving:
            if node.mem_id == end:
                break
            writer.leave(tag)
        elif tag == "-text":
            writer.write(node.text_content or "")
        elif node.is_element_node:
            attributes = node.attributes
            writer.enter(tag, attributes)
            if tag not in UNSEEN and (all_shown or not _hidden(attributes)):
                child = node.first_child
                if child is not None:
                    node = child
                    continue
            writer.leave(tag)
        after = node.next
        node, leaving = (after, False) if after is not None else (node.parent, True)
    writer.flush()
    return writer.done
