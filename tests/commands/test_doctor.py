"""manage.py doctor, as a process: on a healthy site, on broken ones, and where nothing can start.

What each check says of what is broken is in tests/doctor/.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cards.doctor import CHECKS, Check, Finding, State, examine
from cards.doctor.finding import ok, problem, warning
from cards.management.commands import doctor
from tests.commands.sites import SERVER, Site
from tests.server import ROOT, free_port, fresh_database

REDIS = os.environ.get("REDIS_URL", "")
ONE_LINE = r"[^\n]+\n"
GREET = """
from datetime import timedelta
from cards.actions.demo_runs import greet
from cards.clock import now
for queue in ("light", "heavy", "care"):
    greet(name=queue, queue=queue, environment={}, now=now() + timedelta(minutes=10))
"""


def findings(text: str) -> dict[str, tuple[str, str]]:
    """By the name of each check: its state, and what it says."""
    *lines, last = text.splitlines()
    assert last.endswith(".")
    matches = [re.fullmatch(r"(\w+) +(\S+(?: \S+)*) {2,}(\S.*)", line) for line in lines]
    return {match[2]: (match[1], match[3]) for match in matches if match}


# --- a healthy site ---------------------------------------------------------------------------------------------------


@pytest.fixture
def healthy(tmp_path: Path) -> Iterator[Site]:
    """As `make run` prepares it, with workers that were there a moment ago. On the services that the tests run on."""
    with ExitStack() as stack:
        site = Site(tmp_path / "var", stack.enter_context(fresh_database(SERVER)) if SERVER else "")
        if REDIS:
            site.environment["REDIS_URL"] = REDIS
        site.manage("prepare")
        site.python(GREET)
        yield site


def test_on_a_healthy_site_nothing_is_broken(healthy: Site) -> None:
    text = healthy.manage("doctor")
    found = findings(text)
    elsewhere = {"queue folder" if REDIS else "Redis", "none" if SERVER else "database clock", "digests"}
    assert found.keys() == {check.name for check in CHECKS} - elsewhere
    assert {name for name, (state, _) in found.items() if state != "ok"} == {"mail"}
    assert text.endswith("\nNothing is broken, 1 warning.\n")


# --- broken sites -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["postgres://cards:of-nobodys-business@127.0.0.1:{port}/cards", ""])
def test_without_a_database_it_says_so_once_and_looks_at_the_rest(tmp_path: Path, database: str) -> None:
    site = Site(tmp_path / "var", database.format(port=free_port()))
    text = site.manage("doctor", fails=True)
    found = findings(text)
    place = "PostgreSQL at 127.0.0.1:" if database else f"There is no database at {tmp_path}"
    assert found["database"][1].startswith(place)
    assert {name for name, (state, _) in found.items() if state == "problem"} == {"database", "static files"}
    assert {said for state, said in found.values() if state == "skipped"} == {
        "Not looked at. Mend “database” first."
    }
    assert {"migrations", "decks", "demo workers", "cache"} <= {
        name for name, (state, _) in found.items() if state == "skipped"
    }
    assert re.search(r"\n2 problems, 1 warning, \d+ not looked at\.\n\Z", text)
    assert "business" not in text
    assert "Traceback" not in text
    listed = json.loads(site.manage("doctor", "--json", fails=True))
    assert {
        each["name"]: (each["state"], f"{each['says']} {each['advice']}".strip()) for each in listed
    }.items() >= {
        name: each
        for name, each in found.items()
        if name not in {"clock", "disk"}  # which go on
    }.items()
    assert [each["name"] for each in listed] == list(found)


def test_without_a_data_folder_it_says_so(tmp_path: Path) -> None:
    site = Site(tmp_path / "gone")
    site.environment["SECRET_KEY"] = "".join(map(chr, range(40, 110)))
    found = findings(site.manage("doctor", fails=True))
    assert found["data folder"][0] == found["database"][0] == "problem"
    assert found["disk"] == ("skipped", "Not looked at. Mend “data folder” first.")


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("PRODUCTION", "maybe", "PRODUCTION must be 1, 0, true or false, not 'maybe'."),
        (
            "DATABASE_URL",
            "postgres://cards:of-nobodys/business@db/cards",
            "DATABASE_URL must be like postgres://",
        ),
        ("DATABASE_URL", "mysql://db/cards", "DATABASE_URL must be like postgres://"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must be like redis://host:6379/0."),
        ("REDIS_URL", "redis://localhost:port/0", "REDIS_URL must be like redis://host:6379/0."),
        ("DATA_DIR", "/dev/null/var", "The secret key cannot be kept in /dev/null/var ("),
    ],
)
def test_a_setting_that_stops_everything_is_one_line(
    tmp_path: Path, setting: str, value: str, complaint: str
) -> None:
    site = Site(tmp_path / "var")
    site.environment[setting] = value
    text = site.manage("doctor", fails=True)
    assert text.startswith(f"A setting is wrong. {complaint}")
    assert re.fullmatch(ONE_LINE, text)
    assert "business" not in text
    assert "Traceback" in site.manage("doctor", "--traceback", fails=True)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b""])
def test_a_secret_key_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    """A folder in its place: nobody can read that, root neither."""
    path = tmp_path / "secret_key"
    path.mkdir() if content is None else path.write_bytes(content)
    text = Site(tmp_path).manage("doctor", fails=True)
    assert text.startswith("A setting is wrong. ")
    assert str(tmp_path) in text
    assert re.fullmatch(ONE_LINE, text)


def test_a_package_that_is_missing_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "csp.py").write_text("raise ModuleNotFoundError(\"No module named 'csp'\", name='csp')")
    site = Site(tmp_path / "var")
    site.environment["PYTHONPATH"] = str(tmp_path)
    text = site.manage("doctor", fails=True)
    assert text.startswith("No module named 'csp'. Install what constraints.txt pins: ")
    assert re.fullmatch(ONE_LINE, text)
    assert "Traceback" in site.manage("doctor", "--traceback", fails=True)


def test_a_python_that_is_not_the_site_s_own_is_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "manage.py", "doctor"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert (
        done.stderr == "No module named 'django'. Run .venv/bin/python manage.py; `make run` makes .venv.\n"
    )


# --- how checks go together -------------------------------------------------------------------------------------------


def broken() -> Finding:
    return problem("It is broken.", "Mend it.")


def fails() -> Finding:
    raise OSError("the disk is gone\nand more")


def test_a_check_that_fails_itself_is_a_problem_and_hinders_no_other() -> None:
    found = dict(examine((Check("a", fails), Check("c", lambda: None), Check("b", lambda: ok("Fine.")))))
    assert found.keys() == {"a", "b"}
    assert found["a"].state is State.PROBLEM
    assert found["a"].says == "It could not be looked at (OSError: the disk is gone)."
    assert found["b"] == ok("Fine.")


def test_what_needs_something_broken_is_skipped_and_names_what_to_mend_first() -> None:
    checks = (
        Check("a", broken),
        Check("b", fails, needs=("a",)),
        Check("c", fails, needs=("b",)),
        Check("d", lambda: warning("So so.", "Do better.")),
        Check("e", lambda: ok("Fine."), needs=("d",)),
    )
    found = dict(examine(checks))
    assert [(name, finding.state) for name, finding in found.items()] == [
        ("a", "problem"), ("b", "skipped"), ("c", "skipped"), ("d", "warning"), ("e", "ok"),
    ]  # fmt: skip
    assert found["b"].advice == found["c"].advice == "Mend “a” first."


def test_each_check_comes_after_what_it_needs() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    for number, check in enumerate(CHECKS):
        assert set(check.needs) <= set(names[:number])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"ok": 9}, "Nothing is broken."),
        ({"ok": 9, "warning": 2}, "Nothing is broken, 2 warnings."),
        ({"problem": 1, "warning": 1, "skipped": 3}, "1 problem, 1 warning, 3 not looked at."),
        ({"problem": 2}, "2 problems."),
    ],
)
def test_the_last_line_counts(counts: dict[str, int], expected: str) -> None:
    assert doctor.summary(Counter(counts)) == expected


# --- the test mail ----------------------------------------------------------------------------------------------------


def test_a_test_mail_is_sent_when_it_is_asked_for(monkeypatch, mailoutbox, capsys) -> None:
    monkeypatch.setattr(doctor, "CHECKS", ())
    call_command("doctor")
    assert mailoutbox == []
    call_command("doctor", mail="ada@example.org")
    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]
    assert "\nok       test mail" in capsys.readouterr().out


def test_a_mail_that_is_refused_is_a_problem(monkeypatch, settings, capsys) -> None:
    monkeypatch.setattr(doctor, "CHECKS", ())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", mail="ada@example.org")
    assert ended.value.code == 1
    assert "Connection refused" in capsys.readouterr().out


def test_a_mail_to_nowhere_is_refused() -> None:
    with pytest.raises(CommandError, match="'ada' is no mail address"):
        call_command("doctor", "--mail", "ada")
