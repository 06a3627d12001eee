"""
The founding case: five captures that look like five reports and are one origin.

The five are read where they lie and never copied here. They are also wrapped in HTML, packed into a
WARC, shuffled, given twice, and rewritten with every name, number and label exchanged: the answer
must hang on how the pages are built and not on what they are about.
"""

from __future__ import annotations

import gzip
import html
import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from firsthand import Result, Settings, Story, trace
from firsthand.contract import document


@pytest.fixture(scope="module")
def captures(seeds: Path) -> dict[str, str]:
    return {p.stem: p.read_text(encoding="utf-8") for p in sorted(seeds.glob("*.txt"))}


def written(folder: Path, pages: dict[str, str], suffix: str = ".txt") -> Path:
    folder.mkdir()
    for name, text in pages.items():
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    return folder


def shape(result: Result) -> list[tuple]:
    """What must not change: numbers, statuses, accesses, verdicts, kinds of notes."""
    verdicts: dict[str, Counter] = {}
    for claim in result.claims:
        verdicts.setdefault(claim.story_id, Counter())[claim.verdict] += 1
    cited = sorted(c.verdict for c in result.citations)
    told = sorted({n.kind for n in result.notes})
    return [*sorted(_row(s, verdicts) for s in result.stories), (cited, told)]


def _row(s: Story, verdicts: dict[str, Counter]) -> tuple:
    return (
        s.n_pages,
        s.n_articles,
        s.n_origins,
        s.n_presumed,
        s.n_lineage_unknown,
        s.n_primary_sources,
        sorted(row.status for row in s.lineage),
        sorted(o.access for o in s.origins),
        sorted(verdicts.get(s.story_id, {})),
    )


def test_the_five_are_one_origin(seeds: Path, tmp_path: Path) -> None:
    checker = seeds.parent / "tools" / "check_seeds.py"
    if not checker.is_file():
        pytest.skip(f"no checker at {checker}")
    kept = tmp_path / "result.json"
    kept.write_text(json.dumps(document(trace([seeds]))), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(checker), str(kept)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def expected(captures: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    found = shape(trace([written(tmp_path_factory.mktemp("five") / "txt", captures)]))
    assert found[-2][:6] == (5, 3, 1, 0, 0, 1)
    return found


def in_paragraphs(text: str) -> str:
    lines = [f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip()]
    return "<html><head><meta charset='utf-8'></head><body>" + "\n".join(lines) + "</body></html>"


def in_divs(text: str) -> str:
    lines = [f"<div>{html.escape(line)}</div>" for line in text.split("\n") if line.strip()]
    return "<!doctype html><body><main>" + "".join(lines) + "</main></body>"


def with_heading(text: str) -> str:
    first, *rest = text.split("\n")
    head = f"<html><head><title>{html.escape(first)}</title></head><body><h1>{html.escape(first)}"
    lines = [f"<p>{html.escape(line)}</p>" for line in rest if line.strip()]
    return head + "</h1>" + "".join(lines) + "</body></html>"


def preformatted(text: str) -> str:
    return f"<html><body><pre>{html.escape(text)}</pre></body></html>"


def undivided(text: str) -> str:
    return f"<html><body>{html.escape(text)}</body></html>"


def with_breaks(text: str) -> str:
    lines = "<br>\n".join(html.escape(line) for line in text.split("\n"))
    return f"<html><body>{lines}</body></html>"


@pytest.mark.parametrize(
    "wrap", [in_paragraphs, in_divs, with_heading, preformatted, with_breaks, undivided]
)
def test_the_same_as_html(wrap, captures, expected, tmp_path) -> None:
    pages = {name: wrap(text) for name, text in captures.items()}
    assert shape(trace([written(tmp_path / "html", pages, ".html")])) == expected


def test_the_same_inside_one_warc(captures, expected, tmp_path) -> None:
    records = []
    for number, (name, text) in enumerate(captures.items()):
        page = in_paragraphs(text).encode()
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Target-URI: http://example.org/{name}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + http + b"\r\n\r\n"))
    (tmp_path / "five.warc.gz").write_bytes(b"".join(records))
    assert shape(trace([tmp_path / "five.warc.gz"])) == expected


def test_order_changes_nothing(captures, tmp_path) -> None:
    folder = written(tmp_path / "txt", captures)
    paths = sorted(folder.iterdir())
    first = document(trace(paths), canonical=True)
    random.Random(5).shuffle(paths)
    assert document(trace(paths), canonical=True) == first
    assert document(trace(paths, settings=Settings(workers=2)), canonical=True) == first


def test_one_given_twice_is_a_page_more_and_no_article(captures, expected, tmp_path) -> None:
    folder = written(tmp_path / "txt", captures)
    source = next(p for p in sorted(folder.iterdir()))
    shutil.copy(source, folder / "another-name.txt")
    result = trace([folder])
    (story,) = [s for s in result.stories if s.n_pages == 6]
    assert (story.n_articles, story.n_origins, story.n_lineage_unknown) == (3, 1, 0)
    assert result.summary.captures == 6
    assert result.summary.distinct_articles == 6


# Words that are capitalised because of what they are, not because they are a name: a run of them
# is what tells a title from a place.
_KEPT = set(
    "Minister President Foreign Defense Military Airport Regiment Center Research Scientific "
    "Group Seven Party Democrat Republican German January February March April May June July "
    "August September October November December Aug Nov Sept Oct Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday News Vote Ahead Visit Support Assures Reports First Time "
    "Six Months Hold Talks Nuclear Powers Three European Positions Evacuate Calls Demand "
    "Demands Withdraw Sites Militias Connect READ ALSO Western Central Powers In On Another "
    "Thus Second Third Fourth First Ambassador Photo I It The A An He She They We Our This "
    "That These Those There And But So If Or As At By For From Al Arabic Since When Will With "
    "After Before However Moreover Recent Because Citing Under Russian".split()
)


def renamed(text: str, names: dict[str, str]) -> str:
    """The text with every name exchanged letter by letter, numbers and labels moved on by one."""
    consonants, vowels = "bcdfghklmnprstvz", "aeiou"
    turn = {c: consonants[(i + 5) % 16] for i, c in enumerate(consonants)}
    turn |= {v: vowels[(i + 2) % 5] for i, v in enumerate(vowels)}

    def name(match: re.Match[str]) -> str:
        word = match.group()
        if word in _KEPT or word not in names:
            return word
        return names[word]

    for word in sorted(set(re.findall(r"\b[A-Z][A-Za-z]+\b", text))):
        small = re.search(rf"\b{word.lower()}\b", text)
        if word not in names and word not in _KEPT and not small:
            new = "".join(turn.get(c.lower(), c.lower()) for c in word)
            names[word] = new.upper() if word.isupper() else new.capitalize()
    text = re.sub(r"\b[A-Z][A-Za-z]+\b", name, text)
    text = re.sub(r"\bS-200\b", "K-370", text)
    text = re.sub(r"\b(49|40|33,000|170|185)\b", lambda m: m.group().replace("4", "7"), text)
    return re.sub(r"(?m)^TT$", "QK", text)


def test_the_structure_does_not_hang_on_names(captures, expected, tmp_path) -> None:
    names: dict[str, str] = {}
    pages = {name: renamed(text, names) for name, text in captures.items()}
    assert len(names) > 60
    unchanged = [name for name in pages if pages[name] == captures[name]]
    assert not unchanged
    *stories, (cited, told) = shape(trace([written(tmp_path / "txt", pages)]))
    *wanted, (wanted_cited, wanted_told) = expected
    assert (stories, cited) == (wanted, wanted_cited)
    # Whether a sentence is another's closely enough to miss its source hangs on how rare its words
    # are, and names that no text has are rare.
    assert set(wanted_told) - set(told) <= {"attribution dropped"}


def test_another_second_article_changes_nothing_in_the_first_story(captures, tmp_path) -> None:
    first, second = (captures[name] for name in list(captures)[:2])
    cut = next(i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)
    head = first[:cut].rstrip("\n") + "\n\n\n\n"
    title = "Harbour Bridge to Reopen After Two Years of Repairs"
    caption = "Painters on the harbour bridge in Port Ellis. (Tern Pictures)"
    body = [
        "The harbour bridge in Port Ellis will reopen to traffic next week, two years after a "
        "barge struck its eastern pier, the city's works department said.",
        "Engineers replaced forty steel girders and rebuilt the pier from the river bed, the "
        "department said. The work cost 31 million crowns and took eight months too long.",
        "Ferries that carried commuters in the meantime will run until the end of the month. "
        "Fares will go back to what they were before, and the night service will be dropped.",
        "Shopkeepers on the eastern bank said that trade had fallen by half in that time.",
    ]
    page = "\n\n".join([title, f"{caption}\n{caption}\nTT", title, f"{caption}\n{caption}", *body])
    pages = dict(captures) | {list(captures)[1]: head + page}
    result = trace([written(tmp_path / "txt", pages)])
    (story,) = [s for s in result.stories if s.n_pages == 5]
    assert (story.n_articles, story.n_origins, story.n_lineage_unknown) == (3, 1, 0)
    (swapped,) = [a for a in result.articles if a.title == title]
    assert swapped.place == 1
    assert swapped.text.startswith(body[0][:40])
    assert swapped.text.endswith(body[-1][-30:])
