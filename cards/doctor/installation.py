"""What the site stands on: Python, packages, the data folder and what lies in it."""

import platform
import shutil
import stat
import sys
import tempfile
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks.security.base import SECRET_KEY_MIN_LENGTH, SECRET_KEY_MIN_UNIQUE_CHARACTERS
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from cards.doctor.finding import Finding, listed, ok, problem, warning
from chapter5 import pyodide

SCARCE_BYTES, FULL_BYTES = 1_000_000_000, 100_000_000  # free on the disk: a warning below, a problem below
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}
SOME_ZONE = "Asia/Tokyo"


def python() -> Finding:
    """The version that pyproject.toml asks for."""
    asked, found = _project()["requires-python"], platform.python_version()
    if not SpecifierSet(asked).contains(found, prereleases=True):
        return problem(
            f"This is Python {found}, and chapter5 needs {asked}.",
            "Install it, remove .venv, and run `make run` (PYTHON=/path/to/it says which).",
        )
    return ok(f"{found}; pyproject.toml asks for {asked}.")


def packages() -> Finding:
    """What pyproject.toml asks for is there; what is there is what constraints.txt pins, of whichever build."""
    lines = (settings.BASE_DIR / "constraints.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    missing = [
        needed.name for line in _project()["dependencies"] if not _version((needed := Requirement(line)).name)
    ]
    others = {
        pin.name: found
        for pin in pins
        if (found := _version(pin.name)) and not pin.specifier.contains(found, prereleases=True)
    }
    advice = (
        f"Run `{command()} -m pip install -c constraints.txt {' '.join([*missing, *others])}`, "
        "or build the image anew."
    )
    if missing:
        return problem(f"Packages are missing: {listed(missing)}.", advice)
    if others:
        named = [f"{name} {found}" for name, found in others.items()]
        return warning(f"Other versions are installed than constraints.txt pins: {listed(named)}.", advice)
    return ok(f"All {sum(_version(pin.name) is not None for pin in pins)} are as constraints.txt pins them.")


def console() -> Finding:
    """What a card's Python console loads into a browser is there."""
    if pyodide.is_installed(settings.PYODIDE_DIR):
        return ok(
            f"Pyodide {pyodide.VERSION} and fastcore {pyodide.FASTCORE} are there for browsers to load."
        )
    return warning(
        "The Python console is not installed; its cards say so.",
        f"Run `{command()} -m chapter5.pyodide`, which fetches it, or build the image anew.",
    )


def command() -> Path:
    """This Python, as one would type it in the site's folder."""
    here = Path(sys.executable)
    return here.relative_to(settings.BASE_DIR) if here.is_relative_to(settings.BASE_DIR) else here


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return project


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def secret_key() -> Finding:
    """Long enough, and where it lies in the data folder, its owner's alone."""
    path, key = settings.DATA_DIR / "secret_key", settings.SECRET_KEY
    in_file = _text(path) == key
    if len(key) < SECRET_KEY_MIN_LENGTH or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS:
        new = f"Remove {path}" if in_file else "Set SECRET_KEY to what `openssl rand -hex 32` prints"
        return problem(
            "It can be guessed. Whoever does so signs in as anybody.",
            f"{new} and start the site anew; everybody then signs in again.",
        )
    if in_file and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return problem(
            f"Others on this machine can read {path}, and sign in as anybody.", f"Run `chmod 600 {path}`."
        )
    return ok(
        f"It lies in {path}, readable by its owner alone."
        if in_file
        else "It comes from SECRET_KEY, and is long enough."
    )


def _text(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None


def data_folder() -> Finding:
    """A file can be made in it, and where pictures are kept."""
    for folder in (settings.DATA_DIR, settings.MEDIA_ROOT):
        try:
            if folder == settings.DATA_DIR or folder.exists():
                with tempfile.TemporaryFile(dir=folder):
                    pass
        except OSError as error:
            return problem(
                f"Nothing can be written into {folder} ({error.strerror}).",
                "Make that folder belong to whoever runs the site, or set DATA_DIR to another.",
            )
    return ok(f"{settings.DATA_DIR} can be written.")


def disk() -> Finding:
    """What is free where the data folder lies."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    says = f"{free / 1_000_000_000:,.1f} GB are free for {settings.DATA_DIR}."
    if free >= SCARCE_BYTES:
        return ok(says)
    advice = "Delete something on that disk, or move DATA_DIR to a larger one."
    return problem(says, advice) if free < FULL_BYTES else warning(says, advice)


def time_zones() -> Finding:
    """The zones in which learners live."""
    try:
        ZoneInfo(SOME_ZONE)
    except ZoneInfoNotFoundError:
        return problem(
            "There is no time-zone database here, and study days follow it.",
            f"Run `{command()} -m pip install -c constraints.txt tzdata`, or build the image anew.",
        )
    return ok(f"{len(available_timezones())} zones are known.")


def static_files() -> Finding:
    """Each file that pages ask for was collected, and is there."""
    names: dict[str, str] = {}
    advice = "Run `manage.py collectstatic --noinput --clear`, and start the site anew."
    try:
        if not isinstance(staticfiles_storage, ManifestFilesMixin):
            return ok("They are served from where they lie, as DEBUG is on.")
        names, _ = staticfiles_storage.load_manifest()
    except ValueError:
        pass  # its list was cut short
    if not names:
        return problem(f"None were collected into {settings.STATIC_ROOT}, so pages have no style.", advice)
    if lost := [name for name in names.values() if not staticfiles_storage.exists(name)]:
        return problem(f"Collected, but gone from {settings.STATIC_ROOT}: {listed(lost)}.", advice)
    ignored = StaticFilesConfig.ignore_patterns  # what collectstatic leaves out
    if new := [path for finder in get_finders() for path, _ in finder.list(ignored) if path not in names]:
        return problem(f"Not collected: {listed(new)}.", advice)
    return ok(f"All {len(names)} files are collected.")


def visitors() -> Finding:
    """Under which names they reach the site, and whether by HTTPS alone."""
    if not settings.PRODUCTION:
        if strangers := [host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS]:
            return warning(
                f"The site answers as {listed(strangers)} without HTTPS: whoever is between can read passwords.",
                "Set PRODUCTION=1 and put a proxy with TLS before it, as docs/deployment.md says.",
            )
        if settings.DEBUG:
            return warning("DEBUG is on: errors show code and settings.", "Unset DEBUG, unless you develop.")
        return ok("From this machine alone, by HTTP.")
    advice = "Set ALLOWED_HOSTS to the names under which people reach the site."
    if not settings.ALLOWED_HOSTS:
        return problem("ALLOWED_HOSTS is empty, so every visitor is refused.", advice)
    if "*" in settings.ALLOWED_HOSTS:
        return warning("ALLOWED_HOSTS has *: a forged name gets into the links that are mailed.", advice)
    if insecure := [origin for origin in settings.CSRF_TRUSTED_ORIGINS if not origin.startswith("https://")]:
        return problem(
            f"CSRF_TRUSTED_ORIGINS trusts pages without HTTPS: {listed(insecure)}.", "Write https:// there."
        )
    return ok(f"By HTTPS alone, as {listed(settings.ALLOWED_HOSTS)}.")
