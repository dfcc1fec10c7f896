"""Plants known faults, one at a time, in a copy of the tree, and looks whether the test against each turns red.

    python -m tests.planted [TOPIC ...]   learner, worker, groups, kinds, console, cloze, pets, speed, load; none: all

A fault is a line of a topic's file: what it breaks, the tests, the file, the text that stands there exactly once, and
the text in its place. Ends with 1 where a test stays green, or where the text stands there no longer. Faults whose
tests need PostgreSQL and Redis are planted where DATABASE_URL and REDIS_URL are set.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SERVICES = " (pg+redis)"  # after the tests that need them
MOST_SECONDS = 3_600  # fifty runs of each demo


class Fault(NamedTuple):
    breaks: str
    tests: str
    file: str
    text: str
    instead: str


def faults(topic: str) -> list[Fault]:
    return [Fault(*row) for row in json.loads((HERE / f"{topic}.json").read_text())]


def verdict(fault: Fault, tree: Path) -> str:
    """What became of it: red, as it should be; or why that cannot be said."""
    if fault.tests.endswith(SERVICES) and not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        return "left out"
    path = tree / fault.file
    source = path.read_text()
    if source.count(fault.text) != 1:
        return f"STALE: the text stands there {source.count(fault.text)} times"
    words = shlex.split(fault.tests.removesuffix(SERVICES))
    command = words if words[0] != "-m" and words[0].startswith("tests.") else ["pytest", "-q", "-x", *words]
    path.write_text(source.replace(fault.text, fault.instead))
    try:
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tree, capture_output=True, timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "NOT SEEN: its time ran out"
    finally:
        path.write_text(source)
    return "red" if done.returncode == 1 else f"NOT RED: ended with {done.returncode}"


def main(topics: list[str]) -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in filter(None, listed.decode().split("\0")):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes((ROOT / name).read_bytes())
            (tree / name).chmod((ROOT / name).stat().st_mode)
        (tree / ".venv").symlink_to(ROOT / ".venv")
        seen = []
        for topic in topics or sorted(path.stem for path in HERE.glob("*.json")):
            for fault in faults(topic):
                seen.append(verdict(fault, tree))
                print(f"{seen[-1]:<8} {topic}: {fault.breaks}", flush=True)
    return int(any(said not in {"red", "left out"} for said in seen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
