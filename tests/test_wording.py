"""What may stand on screen and in reports: one table, no word that judges, no key unused."""

import ast
import re
import string
from pathlib import Path
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand import model, wording
from firsthand.aligned import KINDS as PASSAGE_KINDS
from firsthand.wording import FORMS, listed, named, say, sentences, visible

PACKAGE = Path(wording.__file__).parent
TEMPLATES = sorted(PACKAGE.joinpath("templates").iterdir())
JUDGING = re.compile(
    r"\b(confirmed|verified|plagiarised|plagiarized|stolen|copied\s+from|spun|fake|true|false)\b",
    re.IGNORECASE,
)
# Which enumeration of the contract the keys of a kind speak of.
KINDS = {
    "status": model.Status,
    "rests": model.Status,
    "rests-on": model.Basis,
    "explain.basis": model.Basis,
    "not-read": model.NotRead,
    "access": model.Access,
    "verdict": model.Verdict,
    "difference": model.DifferenceKind,
    "note": model.NoteKind,
    "citation": model.CitationVerdict,
    "source": model.SourceKind,
    "aligned": Literal[PASSAGE_KINDS],
}


def prose(template: str) -> str:
    """Return what a template shows by itself: no tags, no statements, no values."""
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", " ", template, flags=re.DOTALL)


def test_no_sentence_holds_a_word_that_judges() -> None:
    held = {key: s for key, s in sentences().items() if JUDGING.search(s)}
    assert held == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_template_holds_a_word_that_judges(path: Path) -> None:
    text = path.read_text("utf-8")
    shown = text if path.suffix == ".css" else prose(text)
    assert not JUDGING.search(shown)


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.suffix == ".j2"], ids=lambda p: p.name)
def test_templates_hold_no_sentence_of_their_own(path: Path) -> None:
    words = set(re.findall(r"[A-Za-z]{2,}", prose(path.read_text("utf-8"))))
    assert words <= {"firsthand"}


def test_the_test_for_judging_words_fires() -> None:
    assert JUDGING.search("Verified by us") and JUDGING.search("it was copied\nfrom there")
    assert not JUDGING.search("untrue falsehoods unconfirmed")


def test_rows_have_four_columns_and_a_place_of_use() -> None:
    table = PACKAGE.joinpath("data/wording.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in table if not line.startswith("#")]
    assert rows[0] == ["key", "sentence", "where used", "reason"]
    assert [r for r in rows if len(r) != 4 or not all(r)] == []
    keys = [r[0] for r in rows]
    assert len(keys) == len(set(keys))


def calls() -> list[ast.Call]:
    """Return every call of say and named in the package."""
    trees = (ast.parse(path.read_text("utf-8")) for path in PACKAGE.glob("*.py"))
    found = (n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call))
    return [c for c in found if getattr(c.func, "id", "") in ("say", "named") and c.args]


def kinds_used() -> set[str]:
    kinds = {
        c.args[0].value
        for c in calls()
        if getattr(c.func, "id", "") == "named" and isinstance(c.args[0], ast.Constant)
    }
    for path in TEMPLATES:
        kinds |= set(re.findall(r'named\("([^"]+)"', path.read_text("utf-8")))
    return {str(kind) for kind in kinds}


def keys_said() -> set[str]:
    """Return every key that is said in so many words."""
    said = {
        str(c.args[0].value)
        for c in calls()
        if getattr(c.func, "id", "") == "say" and isinstance(c.args[0], ast.Constant)
    }
    for path in TEMPLATES:
        said |= set(re.findall(r'\bsay\("([^"]+)"[,)]', path.read_text("utf-8")))
    return said


def test_every_key_said_has_a_sentence() -> None:
    assert keys_said() - set(sentences()) == set()


def test_every_value_of_an_enumeration_has_a_sentence() -> None:
    assert kinds_used() <= set(KINDS)
    for kind, values in KINDS.items():
        for value in get_args(values):
            assert named(kind, value, name="X", n=1)


def test_every_sentence_is_used() -> None:
    constants: set[str] = set()
    prefixes = {f"{kind}." for kind in kinds_used()} | {"howto."}
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                prefixes.add(str(node.values[0].value))
    prefixes = {p for p in prefixes if re.fullmatch(r"[a-z-]+(\.[a-z-]+)*[.-]", p)}
    used = constants | keys_said()
    unused = {k for k in sentences() if k not in used and not k.startswith(tuple(prefixes))}
    assert unused == set()


def test_both_forms_of_a_sentence_take_the_same_values() -> None:
    for key, sentence in sentences().items():
        forms = [
            {name for _, name, _, _ in string.Formatter().parse(form) if name and name != "n"}
            for form in sentence.split(FORMS)
        ]
        assert len(forms) <= 2 and forms[0] == forms[-1], key


def test_counts_choose_the_form() -> None:
    assert [say("count.pages", n=n) for n in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]
    assert [say("word.origin", n=n) for n in (0, 1, 2)] == ["origins", "origin", "origins"]


def test_values_cannot_put_in_braces_or_control_characters() -> None:
    assert say("origin.from", sources="{n}\x1b[2J") == "from {n}⟨U+001B⟩[2J"


def test_lists_count_what_they_leave_out() -> None:
    assert listed(list("ABCD")) == "A, B, C and D"
    assert listed(list("ABCDEF")) == "A, B, C and 3 more"
    assert listed([]) == ""


@given(st.text())
def test_shown_text_has_no_control_characters(text: str) -> None:
    for shown in (visible(text), visible(text, lines=True)):
        unsafe = [c for c in shown if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0]
        assert unsafe == []
        assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\n" not in visible(text)


def test_lone_surrogates_can_be_written() -> None:
    assert visible("a\ud800b").encode() == "a⟨U+D800⟩b".encode()
