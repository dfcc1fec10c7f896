"""What may stand at the top of the repository: the names fixed at the beginning, and house-keeping."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXED = {"manage.py", "chapter5", "cards", "templates", "static", "docker-compose.yml", "tests"}
HOUSE_KEEPING = {
    "pyproject.toml", "constraints.txt", "Makefile", "Dockerfile", "README.md", "CHANGELOG.md", "LICENSE",
    "CONTRIBUTING.md", "docs", ".env.example", ".ci", ".gitignore", ".dockerignore",
}  # fmt: skip


def tracked() -> set[str]:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name.split("/")[0] for name in files.splitlines()}


def test_the_fixed_names_are_there() -> None:
    assert tracked() >= FIXED


def test_nothing_else_is_there_but_house_keeping() -> None:
    assert tracked() - FIXED - HOUSE_KEEPING == set()


def test_celery_is_wired() -> None:
    from chapter5.celery import app

    assert app.main == "chapter5"
    assert app.conf.task_acks_late
    assert app.conf.task_ignore_result
