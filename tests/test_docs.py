"""What the code can say, a page explains; what a page promises, the code has."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from firsthand import cli, extract, ingest, worker

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "src" / "firsthand").glob("*.py"))
MESSAGES = (ROOT / "docs" / "messages.md").read_text("utf-8")
CLI = (ROOT / "docs" / "cli.md").read_text("utf-8")


def slugs() -> set[str]:
    texts = [path.read_text("utf-8") for path in SOURCES]
    return {slug for text in texts for slug in re.findall(r"slug=\"([^\"]+)\"", text)}


def codes() -> set[str]:
    return {*ingest.CODES, *extract.CODES, *worker.CODES}


def test_slugs_and_codes_are_found_at_all():
    assert {"no-such-path", "not-a-run", "did-not-settle"} <= slugs()
    assert {"empty", "stage-failed", "worker-died"} <= codes()


def test_messages_has_a_section_for_every_slug_and_code_and_no_other():
    headings = re.findall(r"^### (.+)$", MESSAGES, re.MULTILINE)
    assert sorted(headings) == sorted(slugs() | codes())


def test_no_code_is_given_that_is_not_listed():
    given = set()
    for path in SOURCES:
        given |= set(re.findall(r"code=\"([^\"]+)\"", path.read_text("utf-8")))
    assert given <= codes()


@pytest.mark.parametrize("name", cli.cli.commands)
def test_every_command_and_option_is_in_the_manual(name):
    section = CLI.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert section, f"docs/cli.md has no section {name}"
    for parameter in cli.cli.commands[name].params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert re.search(rf"{option}\b", section), f"{name} {option}"


def test_the_manual_has_no_command_or_option_that_is_not_there():
    commands = set(re.findall(r"^firsthand ([a-z]\w*)", CLI, re.MULTILINE))
    assert commands == set(cli.cli.commands)
    options = {o for c in cli.cli.commands.values() for p in c.params for o in p.opts}
    assert set(re.findall(r"(?<!\w)--?[a-z][\w-]*", CLI)) <= options | {
        "--help",
        "-h",
        "--version",
        "-s",
    }


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md")), ids=str
)
def test_links_between_pages_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_changelog_knows_every_command():
    log = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [name for name in cli.cli.commands if f"firsthand {name}" not in log] == []


def test_every_dependency_has_its_row():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(r"^dependencies = \[(.*?)\]", project, re.MULTILINE | re.DOTALL)
    assert listed
    wanted = re.findall(r"\"([\w-]+)", listed.group(1))
    rows = re.findall(
        r"^\| ([\w-]+) \|", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows[1:] == wanted
