"""manage.py backup and restore: everything there and back, and nothing at all when anything is wrong."""

import hashlib
import json
import os
import shutil
import tarfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from cards.actions import archive as action
from cards.actions.archive import LEFT_OUT, archived_models
from cards.actions.study import grade_card
from cards.exchange.archive import verify
from cards.models import Card, Deck, DemoPicture, DemoResult, DemoWorker, Learner, StudyEvent
from cards.scheduling import Grade
from tests.conftest import START, Clock
from tests.full_site import all_files, everything, fill, many_events, rows
from tests.server import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _world(clock: Clock, settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "var"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.tar.gz"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backup") / "site.tar.gz"


@pytest.fixture
def backup(file: Path, made_once: Path) -> Path:
    """A backup of a site on which everything has happened, and that site; the first test's for all, which is quick."""
    if made_once.exists():
        call_command("restore", made_once)
    else:
        fill()
        call_command("backup", made_once)
    shutil.copy(made_once, file)
    return file


def restore(file: Path, *options: str) -> None:
    call_command("restore", file, *options)


def refused(file: Path, *options: str) -> str:
    """The error, after which every row and every file is what it was."""
    before = everything(), all_files()
    with pytest.raises(CommandError) as raised:
        restore(file, *options)
    assert (everything(), all_files()) == before
    assert "Nothing was changed" in str(raised.value)
    return str(raised.value)


def empty() -> None:
    """As a migrated database is, and no pictures."""
    call_command("flush", interactive=False, verbosity=0)
    for name in all_files():
        default_storage.delete(name)


def with_table(file: Path, label: str, change: Callable[[list[dict]], None]) -> None:
    """Rewrites a table of the archive, and what the manifest says of it: an archive that somebody forged."""
    with tarfile.open(file) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    name = f"tables/{label}.jsonl"
    lines = [json.loads(line) for line in members[name].splitlines()]
    change(lines)
    members[name] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    manifest = json.loads(members["manifest.json"])
    manifest["members"][name] = {
        "bytes": len(members[name]),
        "sha256": hashlib.sha256(members[name]).hexdigest(),
    }
    manifest["tables"][label]["rows"] = len(lines)
    members["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(file, "w:gz") as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, BytesIO(data))


# --- there and back -------------------------------------------------------------------------------------------------


def test_the_full_site_has_a_row_of_every_model() -> None:
    """A new model fails here until tests.full_site makes a row of it; then the tests below hold it."""
    fill()
    models = apps.get_models(include_auto_created=True)
    assert [model._meta.label for model in models if not model._base_manager.exists()] == []


def test_only_what_says_which_processes_run_is_left_out() -> None:
    every = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    copied = {model._meta.label_lower for model in archived_models()}
    assert every - copied == LEFT_OUT == {DemoWorker._meta.label_lower}


def test_everything_comes_back(backup, capsys) -> None:
    DemoWorker.objects.all().delete()
    before, files = everything(), all_files()
    assert len(files) == 1
    empty()
    assert everything() != before
    assert all_files() == {}
    restore(backup)
    assert everything() == before
    assert all_files() == files
    call_command("replay", "--check")
    assert "8 schedules are what their events say." in capsys.readouterr().out


def test_replace_puts_it_in_the_place_of_what_is_there(backup) -> None:
    before, files = everything(), all_files()
    Learner.objects.filter(username="staff").delete()
    Deck.objects.create(name="Another", created_at=START)
    Card.objects.update(answer="changed")
    default_storage.save("pictures/later.webp", ContentFile(b"later"))
    restore(backup, "--replace")
    assert everything() == before
    assert all_files() == files


def test_a_damaged_and_a_lost_picture_come_back(backup) -> None:
    files = all_files()
    [name] = files
    for damage in (lambda: default_storage.delete(name), lambda: _overwrite(name, b"half")):
        damage()
        restore(backup, "--replace")
        assert all_files() == files


def test_a_guest_and_an_account_are_still_signed_in(backup) -> None:
    session = Session.objects.get()
    empty()
    restore(backup)
    browser = Client()
    browser.cookies["sessionid"] = session.session_key
    assert b"ada" in browser.get("/").content


def test_a_new_row_gets_an_id_that_nothing_ever_had(backup, file) -> None:
    last = Learner.objects.create_user("last").pk
    Learner.objects.filter(pk=last).delete()
    file.unlink()
    call_command("backup", file)
    empty()
    restore(file)
    assert Learner.objects.create_user("new").pk > last
    for model in (Deck, Card):
        highest = model.objects.latest("pk").pk
        copy = model.objects.get(pk=highest)
        copy.pk = None
        if model is Card:
            copy.key = ""
        copy.save(force_insert=True)
        assert copy.pk > highest


def test_grading_goes_on(backup) -> None:
    empty()
    restore(backup)
    guest = Learner.objects.get(is_guest=True)
    schedule = guest.schedules.first()
    graded = grade_card(
        learner=guest, card_id=schedule.card_id, part=0, shown_number=schedule.number, grade=Grade.GOOD,
        now=START + timedelta(days=500),
    )  # fmt: skip
    assert graded.state.number == schedule.number + 1
    call_command("replay", "--check")


def test_the_same_comes_out_again(backup, tmp_path) -> None:
    empty()
    restore(backup)
    call_command("backup", tmp_path / "again.tar.gz")
    once, twice = verify(backup), verify(tmp_path / "again.tar.gz")
    assert once.tables == twice.tables
    assert _tables(backup) == _tables(tmp_path / "again.tar.gz")


def test_it_says_what_it_wrote_and_read(file, capsys) -> None:
    fill()
    call_command("backup", file)
    count = sum(len(rows(model)) for model in archived_models())
    written = capsys.readouterr().out
    assert written.startswith(f"{file}: {count} rows of {len(archived_models())} tables, 1 files, ")
    restore(file, "--replace")
    assert capsys.readouterr().out == f"{count} rows and 1 files are what {file} says.\n"


def _overwrite(name: str, data: bytes) -> None:
    default_storage.delete(name)
    default_storage.save(name, ContentFile(data))


def _tables(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.name.startswith("tables/")}


# --- a backup while the site goes on --------------------------------------------------------------------------------


def test_a_backup_is_of_one_moment_and_nobody_waits_for_it(file, monkeypatch, capsys) -> None:
    """A grade that comes between two tables is in neither of them."""
    fill()
    learner = Learner.objects.get(username="ada")
    card_id = learner.schedules.first().card_id
    events = StudyEvent.objects.count()
    add = action.ArchiveWriter.add
    waited = []

    def grade() -> None:
        number = learner.schedules.get(card_id=card_id).number
        now = START + timedelta(days=900)
        grade_card(learner=learner, card_id=card_id, part=0, shown_number=number, grade=Grade.EASY, now=now)
        connection.close()

    def slowly(self: object, name: str, pieces: Iterator[bytes]) -> None:
        if name == "tables/cards.schedule.jsonl":
            thread = threading.Thread(target=grade)
            thread.start()
            thread.join(PATIENCE_SECONDS)
            waited.append(thread.is_alive())
        add(self, name, pieces)

    monkeypatch.setattr(action.ArchiveWriter, "add", slowly)
    call_command("backup", file)
    assert StudyEvent.objects.count() == events + 1
    assert waited == [False]
    empty()
    restore(file)
    assert StudyEvent.objects.count() == events
    call_command("replay", "--check")


def test_a_picture_that_is_deleted_meanwhile_is_no_error(file, monkeypatch) -> None:
    fill()
    listed = list(action._file_names())
    monkeypatch.setattr(action, "_file_names", lambda: iter([*listed, "pictures/gone.webp"]))
    call_command("backup", file)
    assert verify(file).file_count == 1


def test_a_file_that_is_there_is_never_overwritten(file) -> None:
    file.write_bytes(b"the last one")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", file)
    assert file.read_bytes() == b"the last one"


def test_a_place_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(CommandError, match=r"No backup was made: .*No such file"):
        call_command("backup", tmp_path / "missing" / "site.tar.gz")


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_database_with_rows_is_not_overwritten(backup) -> None:
    error = refused(backup)
    assert "not empty" in error
    assert "cards.learner" in error
    assert "--replace" in error


def test_a_worker_that_is_there_is_no_row_that_counts(backup) -> None:
    empty()
    DemoWorker.objects.create(name="here", queue="light", environment={}, seen_at=START)
    restore(backup)
    assert DemoWorker.objects.filter(name="here").exists()


def test_another_migration_state_is_refused_by_name(backup) -> None:
    MigrationRecorder(connection).record_applied("cards", "0999_later")
    assert "cards.0999_later" in refused(backup, "--replace")
    MigrationRecorder(connection).record_unapplied("cards", "0999_later")
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    assert "sessions.0001_initial" in refused(backup, "--replace")
    MigrationRecorder(connection).record_applied("sessions", "0001_initial")
    restore(backup, "--replace")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.9999])
def test_a_cut_file_is_refused(backup, share) -> None:
    data = backup.read_bytes()
    backup.write_bytes(data[: int(len(data) * share)])
    refused(backup, "--replace")


def test_a_missing_file_is_said(tmp_path) -> None:
    assert "No such file" in refused(tmp_path / "missing.tar.gz", "--replace")


@pytest.mark.parametrize(
    ("label", "change", "said"),
    [
        ("cards.enrolment", lambda lines: lines[0].update(deck_id=999_999), "name others that are not in it"),
        ("cards.learner", lambda lines: lines.append(lines[0]), "cannot be stored"),
        ("cards.learner", lambda lines: lines[0].pop("username"), "cannot be stored"),
        ("cards.learner", lambda lines: lines[0].update(date_joined="yesterday"), "cannot be stored"),
        ("cards.learner", lambda lines: lines[0].update(rollover_hour=None), "cannot be stored"),
        ("cards.studyevent", lambda lines: lines[0].update(number=0), "cannot be stored"),
        ("cards.studyevent", lambda lines: lines[0].update(id="no uuid"), "cannot be stored"),
        ("cards.learner", lambda lines: lines.__setitem__(0, ["a", "list"]), "cannot be stored"),
    ],
)
def test_rows_that_cannot_be_are_refused(backup, label, change, said) -> None:
    with_table(backup, label, change)
    assert said in refused(backup, "--replace")


def test_files_that_were_added_before_the_error_go_again(backup) -> None:
    with_table(backup, "cards.enrolment", lambda lines: lines[0].update(deck_id=999_999))
    empty()
    refused(backup)
    assert all_files() == {}


def test_a_site_that_runs_is_left_alone(backup) -> None:
    from cards.management.commands.serve import hold_data_folder

    held = hold_data_folder()
    with pytest.raises(CommandError, match="runs already"):
        restore(backup, "--replace")
    os.close(held)
    restore(backup, "--replace")


# --- much of it -----------------------------------------------------------------------------------------------------


def test_it_needs_little_memory(file) -> None:
    """Pictures of 20 MB and a thousand events, of which a few are in memory at once."""
    fill()
    result = DemoResult.objects.first()
    for place in range(100):
        DemoPicture.objects.create(result=result, place=10 + place, png=os.urandom(200_000))
    many_events(1_000)
    before = everything()["cards.StudyEvent"]
    assert _peak(lambda: call_command("backup", file)) < 10_000_000
    assert _peak(lambda: restore(file, "--replace")) < 10_000_000
    assert everything()["cards.StudyEvent"] == before


def _peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
