"""manage.py prepare: ready to serve from nothing; again, and nothing changes."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings as site
from django.core.management import call_command

from cards.actions.cards import edit_card
from cards.actions.decks import edit_deck
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner
from tests.conftest import START, Clock

ROOT = Path(__file__).resolve().parents[2]
PASSWORD_LINE = re.compile(r"An admin was made, shown this once: name admin, password (\S{12,})\n")


@pytest.fixture
def prepare(db, clock: Clock, settings, tmp_path: Path, capsys) -> Callable[[], str]:
    """Runs it on the test database and a data folder of its own; gives what it prints."""
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"

    def prepare() -> str:
        call_command("prepare")
        printed: str = capsys.readouterr().out
        return printed

    return prepare


def rows() -> dict[str, list[object]]:
    """Every row of every table of ours."""
    models = apps.get_app_config("cards").get_models()
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def files(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


# --- the deck and the admin -----------------------------------------------------------------------------------------


def test_it_loads_the_deck_and_makes_an_admin_who_can_sign_in(prepare, client) -> None:
    printed = prepare()
    deck = Deck.objects.get()
    assert (deck.source_key, deck.is_public, deck.is_starter) == ("chapter5", True, True)
    assert deck.cards.count() >= 25
    said = PASSWORD_LINE.fullmatch(printed)
    assert said
    admin = Learner.objects.get()
    assert (admin.username, admin.is_superuser, admin.is_staff, admin.date_joined) == (
        "admin", True, True, START,
    )  # fmt: skip
    client.post("/accounts/login/", {"login": "admin", "password": said[1]})
    assert client.get("/admin/").status_code == 200


def test_again_nothing_changes_and_nothing_is_said(prepare, tmp_path) -> None:
    prepare()
    before = rows(), files(tmp_path)
    assert prepare() == ""
    assert (rows(), files(tmp_path)) == before


def test_passwords_differ_from_site_to_site(prepare) -> None:
    printed = []
    for _ in range(2):
        printed.append(prepare())
        Learner.objects.all().delete()
    assert printed[0] != printed[1]


def test_no_admin_is_made_where_there_is_one_by_whatever_name(prepare) -> None:
    Learner.objects.create_superuser("root", "", "correct horse battery")
    assert prepare() == ""
    assert [learner.username for learner in Learner.objects.all()] == ["root"]


def test_a_learner_who_has_the_admins_name_keeps_it_as_they_are(prepare) -> None:
    Learner.objects.create_user("Admin", "admin@example.org", "correct horse battery")
    assert prepare() == ""
    learner = Learner.objects.get()
    assert (learner.username, learner.is_superuser, learner.is_staff) == ("Admin", False, False)
    assert learner.check_password("correct horse battery")


def test_an_edit_survives_and_is_named_when_the_file_says_otherwise(prepare) -> None:
    prepare()
    admin, card = Learner.objects.get(), Card.objects.order_by("position").first()
    assert card is not None
    wording = Wording(card.prompt, "Better put.", card.details)
    edit_card(card=card, wording=wording, base_number=1, author=admin, now=START, reason="Shorter.")
    edit_deck(deck=card.deck, name="Our name", description="Ours.")
    for _ in range(2):
        assert prepare() == f"Our name: 0 cards added, 0 changed.\n  kept as edited here: {card.key}\n"
    card.refresh_from_db()
    assert (card.answer, card.revision_number, card.deck.name) == ("Better put.", 2, "Our name")


def test_what_an_admin_put_away_stays_away(prepare) -> None:
    prepare()
    Card.objects.filter(position=0).update(archived_at=START)
    Deck.objects.update(is_starter=False)
    prepare()
    assert Card.objects.get(position=0).archived_at == START
    assert not Deck.objects.get().is_starter


# --- static files ---------------------------------------------------------------------------------------------------


def test_static_files_are_collected_again_only_when_there_is_cause(prepare, tmp_path) -> None:
    prepare()
    collected, mark = tmp_path / "static" / "css" / "app.css", tmp_path / "static.fingerprint"
    assert collected.read_bytes() == (ROOT / "static" / "css" / "app.css").read_bytes()
    collected.write_text("marked")
    prepare()
    assert collected.read_text() == "marked"
    mark.write_text("of other files")
    prepare()
    assert collected.read_text() != "marked"
    collected.write_text("marked")
    mark.unlink()  # as when the last start was cut short
    prepare()
    assert collected.read_text() != "marked"
    (tmp_path / "static").rename(tmp_path / "lost")
    prepare()
    assert collected.exists()


def test_a_changed_or_new_file_is_a_cause(prepare, settings, tmp_path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, own]
    for text in ("a", "ab", "abc"):
        (own / "test_prepare.css").write_text(text)
        prepare()
        assert (tmp_path / "static" / "test_prepare.css").read_text() == text
    (own / "test_prepare.css").unlink()
    prepare()
    assert not (tmp_path / "static" / "test_prepare.css").exists()


def test_another_way_of_keeping_them_is_a_cause(prepare, settings, tmp_path) -> None:
    """As when DEBUG, under which files keep their names, is switched off."""
    prepare()
    assert not (tmp_path / "static" / "staticfiles.json").exists()
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    prepare()
    [hashed] = (tmp_path / "static" / "css").glob("app.*.css")
    assert hashed.name in (tmp_path / "static" / "staticfiles.json").read_text()


def test_a_start_that_was_cut_short_is_not_taken_for_done(prepare, settings, tmp_path) -> None:
    prepare()
    mark = tmp_path / "static.fingerprint"
    mark.write_text("of other files")
    (tmp_path / "no folder").touch()
    settings.STATIC_ROOT = tmp_path / "no folder" / "static"
    with pytest.raises(OSError, match="no folder"):
        prepare()
    assert not mark.exists()


# --- from nothing, as a process ------------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """That of a site with an empty data folder and an empty database; DEBUG, so that no time goes into compressing."""
    passed_on = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST"))
    }
    environment = passed_on | {"DATA_DIR": str(tmp_path / "var"), "DEBUG": "1"}
    if not site.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        yield environment
        return
    name = f"chapter5_prepare_{uuid4().hex[:12]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield environment | {"DATABASE_URL": f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_makes_a_site_from_nothing_and_again_leaves_it_as_it_is(environment) -> None:
    folder = Path(environment["DATA_DIR"])
    assert PASSWORD_LINE.fullmatch(manage(environment, "prepare"))
    assert (folder / "static" / "css" / "app.css").exists()
    assert "[ ]" not in manage(environment, "showmigrations")
    key = (folder / "secret_key").read_text()
    dump = manage(environment, "dumpdata", "cards", "auth", "contenttypes")
    before = files(folder)
    assert manage(environment, "prepare") == ""
    assert manage(environment, "dumpdata", "cards", "auth", "contenttypes") == dump
    assert (folder / "secret_key").read_text() == key
    assert files(folder) == before
