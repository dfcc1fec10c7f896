"""Starts Celery workers: `python -m chapter5.worker light|heavy|keeper`. Several are kept alive side by side.

Torch and what goes with it are large: `make run` serves before they are there, and a worker that lacks them installs
them first. The keeper needs none.
"""

import fcntl
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from chapter5.supervise import Program, supervise

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("torch", "torchvision", "fastai", "scikit-learn", "scikit-image", "psutil")
STAMP = ".venv/worker.stamp"
AS_ROOT = "You're running the worker with superuser privileges"  # the web says nothing of that either


def command(name: str, run_folder: Path) -> list[str]:
    """The worker's command line; compose runs the same. One child a queue, so that one run cannot starve another."""
    celery = [sys.executable, "-W", f"ignore:{AS_ROOT}", "-m", "celery", "--quiet", "-A", "chapter5"]
    if name == "keeper":
        schedule = str(run_folder / "beat-schedule")
        return [*celery, "beat", "--scheduler", "chapter5.keeper:Scheduler", "--schedule", schedule]
    return [
        *celery, "worker", "--loglevel", "warning", "--hostname", f"{name}@%h", "--queues", name, "--pool", "prefork",
        "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def is_installed() -> bool:
    """Whether all of it is there, and whole: a package gets its INSTALLER file last."""
    try:
        return all(distribution(name).read_text("INSTALLER") for name in NEEDED)
    except PackageNotFoundError:
        return False


def install() -> None:
    """By the Makefile, which knows how; two workers one after the other. Raises CalledProcessError."""
    with (ROOT / ".venv" / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed():
            print(
                "chapter5: installing what demos need (torch and fastai, some GB); reviews work already.",
                flush=True,
            )
            subprocess.run(["make", "--no-print-directory", STAMP], cwd=ROOT, check=True)
            print("chapter5: demos are installed.", flush=True)


def main() -> None:
    names = sys.argv[1:]
    for name in names:
        if name not in {"light", "heavy", "keeper"}:
            sys.exit(f"There is no worker {name!r}.")
    if len(names) > 1:
        supervise([Program(name, [sys.executable, "-m", "chapter5.worker", name]) for name in names])
    else:
        start(names[0])


def start(name: str) -> None:
    """Becomes the worker."""
    if name != "keeper" and not is_installed():
        try:
            install()
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(
                f"What demos need could not be installed ({error}). It is tried again; reviews work meanwhile."
            )
    run_folder = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "run"
    run_folder.mkdir(parents=True, exist_ok=True)
    arguments = command(name, run_folder)
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    main()
