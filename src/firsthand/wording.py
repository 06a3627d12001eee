"""
Every sentence that firsthand shows, and how captured words are made safe to show.

The sentences stand in one table, ``data/wording.tsv`` (key, sentence, where it is used, why it is
worded so), because what this package may say is narrower than what its authors might write in
passing: a page *repeats* another, it is never called a theft; something is *shown* or *not shown*,
never settled. One table can be read and weighed in ten minutes, and a test reads it too.

A sentence with a count holds both its forms, parted by ``||``: the first is for ``n`` = 1.

Captured words are made visible before they are put into a sentence. Control characters can move a
terminal's cursor or retitle its window, direction overrides can turn a sentence round, and a lone
surrogate cannot be written to any file: each is shown as ``⟨U+001B⟩`` and does nothing. Joiners and
the plain direction marks stay, since Persian and Hebrew need them. Look-alike letters are not
looked for.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

FORMS = "||"
# C0 and C1 but for tab and line feed, separators of lines, embeddings, overrides, isolates,
# tag characters (invisible letters), and surrogates. A carriage return is dealt with before.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"[ \t\n]+")
_NOT_A_KEY = re.compile(r"[^a-z]+")


def visible(text: str, *, lines: bool = False) -> str:
    r"""
    Return captured words as they may be shown: on one line unless ``lines``, nothing invisible.

    >>> visible("Ferry\n late \x1b[2J")
    'Ferry late ⟨U+001B⟩[2J'
    >>> visible("می‌رود") == "می‌رود"
    True
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    shown = _UNSAFE.sub(lambda m: f"⟨U+{ord(m.group()):04X}⟩", text)
    return shown if lines else _SPACE.sub(" ", shown).strip()


@cache
def sentences() -> dict[str, str]:
    """Return the table of sentences: key → sentence, both forms of it where it holds a count."""
    table = resources.files("firsthand").joinpath("data/wording.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and line[0] != "#"]
    return {row[0]: row[1] for row in rows[1:]}


def say(key: str, /, **values: object) -> str:
    """
    Return the sentence of this key with ``values`` put in; ``n`` chooses between its forms.

    >>> say("count.pages", n=1), say("count.pages", n=1200)
    ('1 page', '1,200 pages')
    """
    forms = [form.strip() for form in sentences()[key].split(FORMS)]
    form = forms[0] if values.get("n", 1) == 1 else forms[-1]
    return form.format(**{name: _shown(value) for name, value in values.items()})


def named(kind: str, value: str, /, **values: object) -> str:
    """
    Return the sentence for one value of an enumeration of the contract.

    >>> named("status", "not read")
    'not read'
    """
    return say(f"{kind}.{_NOT_A_KEY.sub('-', value)}", **values)


def listed(items: list[str], most: int = 3) -> str:
    """
    Return names as one phrase, the rest counted.

    >>> listed(["A", "B"]), listed(["A", "B", "C", "D", "E"])
    ('A and B', 'A, B, C and 2 more')
    """
    if len(items) > most + 1:
        shown, last = items[:most], say("list.more", n=len(items) - most)
    elif len(items) > 1:
        shown, last = items[:-1], items[-1]
    else:
        return "".join(items)
    return say("list.and", start=", ".join(shown), last=last)


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else visible(str(value))
