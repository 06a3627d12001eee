"""
Which words of a page are its headline.

A page gives its title up to four times: as a heading, to other sites (Open Graph), in JSON-LD and
in the ``title`` tag, which carries the site's name too. A heading that one of the others says is
the headline; a lone heading that shares no words with any of them is something else's (a pulled
quotation, an appeal), and then what is declared counts, without the site's name.

Known to fail: two-line headlines without a space between the lines; a title for search engines that
has other words than the headline, on pages with several headings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from firsthand.bylines import clean
from firsthand.markup import Seen
from firsthand.text import folded_words
from firsthand.times import day_in

_TAIL_MARKS = r"[|–—·•:«»‹›~-]"
_TITLE_PARTS = re.compile(rf"\s+{_TAIL_MARKS}+\s+|:\s+")
# Declared titles and a headline that share less of their words are about different things.
ALIKE = 0.34
LONGEST_HEADLINE = 300
SHORTEST_SITE = 4
LONGEST_DAY = 30
_LAST_PART = re.compile(rf"(?P<head>.*\S)\s+{_TAIL_MARKS}+\s+(?P<tail>\S.*)", re.DOTALL)
# "Blog: ", "Dec 18 2025 " before a headline; "(post.example) 87" after it.
_LABEL_BEFORE = re.compile(r"(?:\w{3,10}:\s*)?")
_LABEL_AFTER = re.compile(r"\s*(?:\([\w.-]+\.\w+\)\s*\d*\s*)?")


def title_of(
    page: Any,
    seen: Sequence[Seen],
    declared: Sequence[str | None],
    outlet: str | None,
    url: str | None = None,
) -> str | None:
    """Return the headline: shown and declared, shown alone, declared alone, in this order."""
    node = page.css_first("title")
    tag = clean(node.text(deep=True)) if node is not None else None
    claims = [_without_host(t, url) for t in (*declared, tag) if t]
    found = _chosen(seen, claims, outlet, url)
    return _trimmed(found, claims) if found else None


def _chosen(
    seen: Sequence[Seen], claims: Sequence[str], outlet: str | None, url: str | None
) -> str | None:
    sites = ("", headline_key(outlet or ""))
    texts = (clean(b.text) or "" for b in seen if b.kind == "title")
    heads = [h for h in dict.fromkeys(texts) if headline_key(h) not in sites]
    heads = [h for h in heads if len(h) <= LONGEST_HEADLINE and not _is_host(h, url)]
    for claim in claims:
        agreed = [h for h in heads if _says(claim, h)]
        if agreed:
            return max(agreed, key=len)
    shown = headline(seen, outlet)
    if shown and (not claims or any(_alike(shown, claim) >= ALIKE for claim in claims)):
        return shown
    return without_site(claims[0], outlet) if claims else shown


def _is_host(name: str, url: str | None) -> bool:
    """Return whether a name is the one in the address: "Harbour Post" at harbourpost.example."""
    host = headline_key(urlsplit(url or "").netloc)
    return len(headline_key(name)) >= SHORTEST_SITE and headline_key(name) in host


def _without_host(title: str, url: str | None) -> str:
    """
    Return a title without a last part that is the site's name by its address.

    >>> _without_host("Fog closes harbour – Harbour Post", "https://harbourpost.example/fog")
    'Fog closes harbour'
    """
    found = _LAST_PART.match(title)
    return found["head"].strip() if found and _is_host(found["tail"], url) else title


def _trimmed(title: str, claims: Sequence[str]) -> str:
    """
    Return a headline without labels that stand on its line but are none of its words.

    >>> _trimmed("Fog closes the harbour | Opinion", []), _trimmed("Mar 4 2025 Fog", ["Fog"])
    ('Fog closes the harbour', 'Fog')
    >>> [_trimmed(x, ["Best pier"]) for x in ("Best pier 2025", "2025 Best pier")]
    ['Best pier 2025', '2025 Best pier']
    """
    head, bar, tail = title.partition(" | ")
    if bar and len(tail) * 2 < len(head):
        title = head.strip()
    for claim in claims:
        for part in (claim, *re.split(r"\s+[|–—-]\s+", claim)[:1]):
            before, stands, after = title.partition(part)
            dated = len(before) <= LONGEST_DAY and day_in(before, "text") is not None
            labelled = dated or _LABEL_BEFORE.fullmatch(before)
            if stands and labelled and _LABEL_AFTER.fullmatch(after):
                return part
    return title


def _says(claim: str, head: str) -> bool:
    """
    Return whether a declared title says a headline: it is the headline, or one of its parts.

    >>> _says("Fog closes harbour — Post", "Fog closes harbour"), _says("Post: Fog", "Fog closes")
    (True, False)
    """
    key, parts = headline_key(head), [headline_key(p) for p in _TITLE_PARTS.split(claim)]
    whole = headline_key(claim)
    if key == whole or key in parts[:-1]:
        return True
    # What stands last and is the lesser part is the site's name.
    long = len(key) * 2 >= len(whole)
    return long and (key == parts[-1] or whole.startswith(key) or whole.endswith(key))


def _alike(left: str, right: str) -> float:
    """Return which share of the shorter title's words the other has."""
    a, b = set(folded_words(left)), set(folded_words(right))
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def headline(seen: Sequence[Seen], site: str | None) -> str | None:
    """Return the page's one visible headline, or None where it has none or several."""
    titles = {" ".join(b.text.split()): None for b in seen if b.kind == "title" and not b.chrome}
    name = headline_key(site or "")
    found = [t for t in titles if len(t.split()) >= 3 and headline_key(t) != name]
    return found[0] if len(found) == 1 and len(found[0]) <= LONGEST_HEADLINE else None


def head_place(seen: Sequence[Seen], title: str | None) -> int | None:
    """Return which block the headline is: the one that says the title, else the first headline."""
    key = headline_key(title or "")
    heads = [i for i, b in enumerate(seen) if b.kind in ("title", "heading")]
    same = [i for i in heads if key and headline_key(seen[i].text) == key]
    titles = [i for i in heads if seen[i].kind == "title" and not seen[i].chrome]
    if same or titles:
        return (same or titles)[0]
    return next((i for i, b in enumerate(seen) if key and headline_key(b.text) == key), None)


def without_site(title: str, site: str | None) -> str:
    """
    Return a page title without the site's name at its end or beginning.

    >>> without_site("Fog closes harbour | Harbour Post", None)
    'Fog closes harbour'
    >>> without_site("Fog closes harbour - Harbour Post", "Harbour Post")
    'Fog closes harbour'
    >>> without_site("Fog closes harbour - for now", None)
    'Fog closes harbour - for now'
    """
    if site:
        key = re.escape(site)
        bare = re.sub(
            rf"\s+{_TAIL_MARKS}+\s+{key}\s*$|^{key}\s*{_TAIL_MARKS}+\s+", "", title, flags=re.I
        )
        if bare.strip() and bare != title:
            return bare.strip()
    pieces = re.split(r"\s+[|»•]\s+", title)
    return max(pieces, key=len).strip() if len(pieces) > 1 else title


def headline_key(text: str) -> str:
    """Return what two spellings of one headline have in common: letters and digits, no case."""
    return re.sub(r"[\W_]+", "", text.casefold())
