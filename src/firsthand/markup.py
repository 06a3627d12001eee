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
from collections.abc import Iterator
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
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
_SPACE = re.compile(r"[ \t\n\r\f]+")


class TooDeepError(Exception):
    """Tags nested too deep, or holding too many attributes, to be parsed in time."""


# The parser takes time in the square of the depth: 3,000 levels 20 ms, 100,000 levels 24 s. The
# deepest page of 497 read is 62 levels.
MAX_DEPTH = 3000
# In the square of the attributes of one tag, too: 100,000 of them take 40 s.
MAX_ATTRIBUTES = 2000
_ATTRIBUTE = re.compile(r"[^\s=\"']+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"']+))?")


@dataclass(frozen=True, slots=True)
class Seen:
    """
    A block of text on a page: its kind, its link characters, whether it stands in page chrome.

    ``article`` numbers the outermost ``article`` element it stands in; ``holder`` tells apart the
    elements around blocks.
    """

    text: str
    kind: str | None = None
    link_chars: int = 0
    chrome: bool = False
    article: int | None = None
    holder: int | None = None


def parse(source: str) -> Any:
    """Return the parsed page; raises TooDeepError where tags nest too deep."""
    if depth(source) > MAX_DEPTH or _overloaded(source):
        raise TooDeepError
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(source)


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
        sum(1 for _ in _ATTRIBUTE.finditer(m.group(3))) > MAX_ATTRIBUTES
        for m in _TAG.finditer(source)
        if len(m.group(3)) > 2 * MAX_ATTRIBUTES
    )


def walk(root: Any) -> Iterator[tuple[Any, bool]]:
    """Yield every node below ``root`` in order, with True on entering and False on leaving it."""
    # Nodes compare by their whole markup, which would make the walk quadratic.
    end = root.mem_id
    node = root.first_child
    entering = True
    while node is not None and node.mem_id != end:
        if entering:
            yield node, True
            child = None if node.tag in UNSEEN or _hidden(node) else node.first_child
            if child is not None:
                node = child
                continue
        yield node, False
        after = node.next
        if after is not None:
            node, entering = after, True
        else:
            node, entering = node.parent, False


def _hidden(node: Any) -> bool:
    if not node.is_element_node:
        return False
    attributes = node.attributes
    if "hidden" in attributes:
        return True
    return bool(re.search(r"display\s*:\s*none", attributes.get("style") or "", re.IGNORECASE))


class _Writer:
    """The block being written, and what it stands in."""

    def __init__(self) -> None:
        self.done: list[Seen] = []
        self.text: list[str] = []
        self.links = 0
        self.in_link = self.in_pre = self.in_chrome = 0
        self.kinds: list[str | None] = [None]
        self.holders: list[int] = []
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
        text = "".join(self.text)
        if not self.in_pre:
            text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
        text = text.strip(" \t\n\r\f")
        if text.strip():
            article = self.article if self.in_articles else None
            kind, chrome = self.kinds[-1], bool(self.in_chrome)
            holder = self.holders[-2] if len(self.holders) > 1 else None
            self.done.append(Seen(text, kind, self.links, chrome, article, holder))
        self.text, self.links = [], 0

    def step(self, node: Any, entering: bool) -> None:
        tag = node.tag
        if tag == "-text":
            if entering:
                self.write(node.text_content or "")
        elif tag == "br":
            if entering:
                self.text.append("\n")
        elif tag in BLOCKS:
            self.flush()
            self._block(tag, 1 if entering else -1)
            if entering:
                self.holders.append(node.mem_id)
            else:
                self.holders.pop()
        elif tag == "a":
            self.in_link += 1 if entering else -1
        elif tag in ("td", "th"):
            self.text.append(" ")
        elif tag == "button":
            self.in_chrome += 1 if entering else -1

    def _block(self, tag: str, step: int) -> None:
        if tag in CHROME:
            self.in_chrome += step
        if tag == "pre":
            self.in_pre += step
        if tag == "article":
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
    found = _written(root, as_it_is=False)
    if len(found) == 1 and len(_EMPTY_LINE.findall(root.text())) >= FEWEST_EMPTY_LINES:
        return _written(root, as_it_is=True)
    return found


_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
FEWEST_EMPTY_LINES = 2


def _written(root: Any, *, as_it_is: bool) -> list[Seen]:
    writer = _Writer()
    writer.in_pre += as_it_is
    for node, entering in walk(root):
        writer.step(node, entering)
    writer.flush()
    return writer.done
