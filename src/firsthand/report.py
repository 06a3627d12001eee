"""
A finished run as one HTML file that reads without script and without network.

Everything that was captured is a hostile string here: it is made visible, escaped by the template
engine wherever it stands (text, attributes, SVG), and kept apart by ``<bdi>``, so that neither
markup nor a direction override in a headline reaches the page. Ids in the page are our own counters
and the page's style is let in by its hash alone; a script that slipped through could not run.

A picture and a list say the same twice on purpose: the one for the eye, the other for a screen
reader, a phone, a printer, or a story with more nodes than a picture can hold.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from firsthand import picture
from firsthand.account import Account, accounts
from firsthand.aligned import KINDS, MOST_PAIRS, Aligned, align, pairs
from firsthand.drawing import Picture
from firsthand.lanes import Node
from firsthand.lookup import Lookup, Quote
from firsthand.model import Result
from firsthand.naming import shortened
from firsthand.wording import named, say, visible

if TYPE_CHECKING:
    from jinja2 import Environment

# A page of more stories is slow to open and nobody scrolls it; result.json has them all.
MOST_STORIES, SHOWN_STORIES = 500, 200
# The words a conclusion rests on and the rest of their sentence, however long that is.
QUOTE_SIDE_CHARS = 300
MOST_LISTED, MOST_CLAIMS = 500, 60


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryView:
    """One story as the template needs it; ``anchor`` is our own counter, never a captured id."""

    anchor: str
    number: int
    account: Account
    wide: Picture | None
    narrow: Picture | None
    too_many: bool
    aligned: list[Aligned]
    more_aligned: int
    kinds: list[str]


def render(result: Result, *, full_text: bool = False) -> str:
    """
    Return the report of a run as an HTML page.

    Args:
        result: A finished run.
        full_text: Show all of every article that is laid beside another, not only what matches; the
            page then says that it is not for publication.
    """
    from markupsafe import Markup

    lookup = Lookup(result)
    most = SHOWN_STORIES if len(result.stories) > MOST_STORIES else len(result.stories)
    told = accounts(lookup, result.stories)[:most]
    environment = _environment()
    css = _style()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        result=result,
        lookup=lookup,
        stories=[_story(n, account, full_text) for n, account in enumerate(told, 1)],
        left_out=len(result.stories) - most,
        full_text=full_text,
        css=Markup(css),  # our own file: escaping would change what its hash is taken over
        csp=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        has_text=not result.articles or any(a.text for a in result.articles),
        not_read=sorted(
            (a for a in result.articles if a.not_read), key=lambda a: (a.path, a.article_id)
        ),
        most_listed=MOST_LISTED,
        most_claims=MOST_CLAIMS,
    )


def _story(number: int, account: Account, full_text: bool) -> StoryView:
    graph = account.graph
    drawn = picture.drawable(graph)
    found = pairs(account)
    shown = [align(account, left, right, full_text=full_text) for left, right in found[:MOST_PAIRS]]
    return StoryView(
        anchor=f"s{number}",
        number=number,
        account=account,
        wide=picture.wide(graph) if drawn else None,
        narrow=picture.narrow(graph) if drawn else None,
        too_many=len(graph.nodes) > picture.MOST_NODES,
        aligned=shown,
        more_aligned=max(0, len(found) - MOST_PAIRS),
        kinds=[k for k in KINDS if any(p.kind == k for pair in shown for p in pair.passages)],
    )


@cache
def _style() -> str:
    """Return the page's style, exactly as it stands between the tags: its hash is over that."""
    return resources.files("firsthand").joinpath("templates/style.css").read_text("utf-8").strip()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def captured(text: str, *, lines: bool = False) -> Markup:
        """Captured words: visible, escaped, and kept from turning the sentence round them."""
        return Markup("<bdi>{}</bdi>").format(visible(text, lines=lines))

    environment = Environment(
        loader=PackageLoader("firsthand", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["captured"] = captured
    environment.filters["before"] = lambda text: _side(text, first=True)
    environment.filters["after"] = lambda text: _side(text, first=False)
    tools: dict[str, Callable[..., Any]] = {
        "say": say,
        "named": named,
        "visible": visible,
        "shortened": shortened,
        "describe": describe,
    }
    environment.globals.update(tools)
    return environment


def _side(text: str, *, first: bool) -> str:
    """Return the part of a sentence on one side of the quoted words, a very long one cut."""
    text = visible(f"|{text}|")[1:-1]
    if len(text) <= QUOTE_SIDE_CHARS:
        return text
    return "…" + text[-QUOTE_SIDE_CHARS:] if first else text[:QUOTE_SIDE_CHARS] + "…"


def describe(node: Node) -> str:
    """Return what a node of the picture is, for whoever points at it or hears it read."""
    kind = node.status or ("unknown" if node.kind == "article" else None)
    what = named("status", kind) if kind else say(f"picture.{node.kind}")
    pages = say("picture.pages", pages=node.pages, n=node.n_pages) if node.n_pages else ""
    return say("picture.node", name=node.name, what=what, pages=pages)


__all__ = ["Quote", "describe", "render"]
