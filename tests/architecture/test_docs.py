"""The documents tell the truth: commands, links and settings that they name are there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "cards" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
# Read for a special purpose, and no setting of a site: the tests' clock, development, what compose sets for itself.
NO_SETTING = {"TEST_CLOCK", "DEBUG", "DATABASE_POOL"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_command_that_is_named_exists(document: Path) -> None:
    text = document.read_text()
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)`", text)) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_link_within_the_repository_resolves(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
        if not re.match(r"[a-z]+:|/", target):
            assert (document.parent / target).exists(), target


def test_each_setting_is_in_the_readme_and_in_the_example() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    assert read_here() - NO_SETTING - configured() == set()
    listed = in_the_example() | set(re.findall(r"\b[A-Z_]{3,}\b", compose))
    assert read_here() - NO_SETTING - listed == set()


def test_each_variable_that_is_documented_is_read() -> None:
    read = read_here() | set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert (configured() | in_the_example()) - read == set()


def read_here() -> set[str]:
    """What is asked of the environment by the settings, by what starts and keeps the programs, and by our commands."""
    files = [*(ROOT / "chapter5").glob("*.py"), *(ROOT / "cards" / "management" / "commands").glob("*.py")]
    reads = r'(?:\benv(?:_\w+)?\(|\benviron(?:\.get\(|\[))\s*"([A-Z_]+)"'
    return {name for file in files for name in re.findall(reads, file.read_text())}


def configured() -> set[str]:
    """The variables that the README's table of configuration names."""
    section = (ROOT / "README.md").read_text().split("## Configuration")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]{4,})`", row)}


def in_the_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
