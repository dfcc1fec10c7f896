"""The doctor on Python, packages, the data folder and what lies in it."""

import sys
import zoneinfo
from importlib.metadata import version
from pathlib import Path

import pytest
from django.core.management import call_command

from cards.doctor import installation
from cards.doctor.installation import (
    console,
    data_folder,
    disk,
    packages,
    python,
    secret_key,
    static_files,
    time_zones,
    visitors,
)
from chapter5 import pyodide

LONG = "".join(map(chr, range(40, 110)))


@pytest.fixture
def project(settings, tmp_path: Path):
    """Writes the two files that say what is to be installed."""
    settings.BASE_DIR = tmp_path

    def project(python: str = ">=3.11", needs: str = "", pins: str = "") -> None:
        (tmp_path / "pyproject.toml").write_text(
            f'[project]\nrequires-python = "{python}"\ndependencies = [{needs}]\n'
        )
        (tmp_path / "constraints.txt").write_text(f"# pinned\n{pins}\n")

    return project


# --- Python and packages ----------------------------------------------------------------------------------------------


def test_this_installation_is_as_its_own_files_say(said) -> None:
    assert said(python()).startswith(f"ok: {sys.version.split()[0]}")
    assert said(packages()).startswith("ok: All ")


def test_another_python_than_asked_for(said, project) -> None:
    project(python=">=3.99")
    assert said(python()).startswith(
        f"problem: This is Python {sys.version.split()[0]}, and chapter5 needs >=3.99. Install it"
    )


def test_it_names_versions_that_deviate_and_the_command_that_mends_them(said, project) -> None:
    project(pins=f"Django=={version('Django')}\nnh3==0.0.1\nnot-there-at-all==1.0")
    assert said(packages()) == (
        f"warning: Other versions are installed than constraints.txt pins: nh3 {version('nh3')}. "
        f"Run `{sys.executable} -m pip install -c constraints.txt nh3`, or build the image anew."
    )


def test_it_names_packages_that_are_missing(said, project) -> None:
    project(needs='"Django>=5", "not-there-at-all[all]>=1"', pins=f"Django=={version('Django')}")
    assert said(packages()).startswith("problem: Packages are missing: not-there-at-all. Run `")
    assert "constraints.txt not-there-at-all`" in said(packages())


def test_whether_the_python_console_can_be_loaded(said, settings, tmp_path) -> None:
    settings.PYODIDE_DIR = tmp_path
    assert said(console()) == (
        "warning: The Python console is not installed; its cards say so. "
        f"Run `{installation.command()} -m chapter5.pyodide`, which fetches it, or build the image anew."
    )
    for name, size in pyodide.LOADED.items():
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    assert said(console()) == (
        f"ok: Pyodide {pyodide.VERSION} and fastcore {pyodide.FASTCORE} are there for browsers to load."
    )
    (tmp_path / pyodide.WHEEL).unlink()
    assert said(console()).startswith("warning: The Python console is not installed")


@pytest.mark.parametrize("build", ["", "+cpu", "+cu126"])
def test_a_build_s_own_suffix_is_no_deviation(said, project, tmp_path, monkeypatch, build: str) -> None:
    metadata = tmp_path / "torchlike-2.13.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: torchlike\nVersion: 2.13.0{build}\n")
    monkeypatch.syspath_prepend(tmp_path)
    project(pins="torchlike==2.13.0")
    assert said(packages()).startswith("ok: All 1 ")
    project(pins="torchlike==2.13.1")
    assert f"torchlike 2.13.0{build}." in said(packages())


# --- the secret key ---------------------------------------------------------------------------------------------------


@pytest.fixture
def key_file(settings, tmp_path: Path) -> Path:
    """The key that is in use, as the first start makes it."""
    settings.DATA_DIR, settings.SECRET_KEY = tmp_path, LONG
    path = tmp_path / "secret_key"
    path.write_text(LONG)
    path.chmod(0o600)
    return path


def test_a_key_for_its_owner_alone(said, key_file) -> None:
    assert said(secret_key()) == f"ok: It lies in {key_file}, readable by its owner alone."


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610])
def test_a_key_that_others_can_read(said, key_file, mode: int) -> None:
    key_file.chmod(mode)
    assert said(secret_key()).startswith("problem: Others on this machine can read")
    assert f"Run `chmod 600 {key_file}`." in said(secret_key())


@pytest.mark.parametrize("key", ["hunter2", "ab" * 40])
def test_a_key_that_can_be_guessed(said, settings, key_file, key: str) -> None:
    settings.SECRET_KEY = key
    assert said(secret_key()).startswith("problem: It can be guessed.")
    assert "Set SECRET_KEY to" in said(secret_key())
    key_file.write_text(key)
    assert f"Remove {key_file} and start" in said(secret_key())


def test_a_key_from_the_environment_needs_no_file(said, settings, key_file) -> None:
    settings.SECRET_KEY = LONG[::-1]
    key_file.chmod(0o644)  # an old one, which nobody uses
    assert said(secret_key()).startswith("ok: It comes from SECRET_KEY")
    key_file.unlink()
    assert said(secret_key()).startswith("ok: It comes from SECRET_KEY")


# --- folder and disk --------------------------------------------------------------------------------------------------


def test_a_data_folder_that_can_be_written_stays_as_it_was(said, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    assert said(data_folder()) == f"ok: {tmp_path} can be written."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken", ["DATA_DIR", "MEDIA_ROOT"])
def test_a_data_folder_that_cannot_be_written(said, settings, tmp_path, broken: str) -> None:
    """A file in its place: nobody can write into that, root neither."""
    settings.DATA_DIR = tmp_path
    place = tmp_path / "file"
    place.touch()
    setattr(settings, broken, place)
    assert said(data_folder()).startswith(
        f"problem: Nothing can be written into {place} (Not a directory). Make that"
    )


def test_a_data_folder_that_is_missing(said, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    assert said(data_folder()).startswith("problem: Nothing can be written into")
    assert not settings.DATA_DIR.exists()


def test_a_disk_that_fills(said, settings, tmp_path, monkeypatch) -> None:
    settings.DATA_DIR = tmp_path
    assert (installation.SCARCE_BYTES, installation.FULL_BYTES) == (10**9, 10**8)
    for scarce, full, state in ((0, 0, "ok"), (10**18, 0, "warning"), (10**18, 10**17, "problem")):
        monkeypatch.setattr(installation, "SCARCE_BYTES", scarce)
        monkeypatch.setattr(installation, "FULL_BYTES", full)
        assert said(disk()).startswith(f"{state}: ")
    assert f"GB are free for {tmp_path}. Delete something" in said(disk())


def test_time_zones_that_are_missing(said, monkeypatch) -> None:
    assert said(time_zones()).startswith("ok: ")
    before = zoneinfo.TZPATH
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath([])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert said(time_zones()).startswith("problem: There is no time-zone database here")
    finally:
        zoneinfo.reset_tzpath(before)
        zoneinfo.ZoneInfo.clear_cache()


# --- static files -----------------------------------------------------------------------------------------------------


@pytest.fixture
def collected(settings, tmp_path: Path) -> Path:
    """A small site's files, collected as in use."""
    own = tmp_path / "own"
    own.mkdir()
    for name in ("a.css", "b.css"):
        (own / name).write_text(f"/* {name} */")
    settings.STATICFILES_DIRS = [own]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static"


def test_static_files_are_collected(said, collected) -> None:
    assert said(static_files()) == "ok: All 2 files are collected."


def test_a_collected_file_that_is_gone(said, collected) -> None:
    [path] = collected.glob("b.*[!a-z].css")
    path.unlink()
    assert said(static_files()).startswith(
        f"problem: Collected, but gone from {collected}: {path.name}. Run `manage.py collectstatic"
    )


def test_a_file_that_came_after_the_collection(said, settings, collected) -> None:
    [own] = settings.STATICFILES_DIRS
    for name in ("new.css", "new.css~", ".new.css.swp"):  # what an editor leaves is collected by nobody
        (own / name).touch()
    assert said(static_files()).startswith("problem: Not collected: new.css. Run `manage.py collectstatic")
    call_command("collectstatic", "--noinput", "--clear", verbosity=0)
    assert said(static_files()) == "ok: All 3 files are collected."


@pytest.mark.parametrize("manifest", [None, "", '{"paths": {"a.c'])
def test_nothing_collected_or_a_collection_cut_short(said, settings, collected, manifest: str | None) -> None:
    path = collected / "staticfiles.json"
    path.unlink() if manifest is None else path.write_text(manifest)
    settings.STATIC_ROOT = str(collected)  # as a process that starts now
    assert said(static_files()).startswith("problem: None were collected into")


# --- visitors ---------------------------------------------------------------------------------------------------------


SITE = "cards.example.org"


@pytest.mark.parametrize(
    ("production", "hosts", "origins", "debug", "expected"),
    [
        (False, ["localhost", "127.0.0.1"], [], False, "ok: From this machine alone"),
        (False, ["localhost", SITE], [], False, f"warning: The site answers as {SITE} without HTTPS"),
        (False, ["localhost"], [], True, "warning: DEBUG is on"),
        (True, [SITE, "web"], [f"https://{SITE}"], False, f"ok: By HTTPS alone, as {SITE}, web."),
        (True, ["localhost"], [], False, "ok: By HTTPS alone, as localhost."),
        (True, [], [], False, "problem: ALLOWED_HOSTS is empty"),
        (True, ["*"], [], False, "warning: ALLOWED_HOSTS has *"),
        (True, [SITE], [f"http://{SITE}"], False, "problem: CSRF_TRUSTED_ORIGINS trusts pages without HTTPS"),
    ],
)
def test_how_visitors_reach_the_site(said, settings, production, hosts, origins, debug, expected) -> None:
    settings.PRODUCTION, settings.DEBUG = production, debug
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = hosts, origins
    assert said(visitors()).startswith(expected)
