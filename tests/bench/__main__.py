"""`python -m tests.bench [measurement ...]`: all of them, or the named ones. Exits with 1 when a limit is missed."""

import contextlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

from tests import bench
from tests.bench.figure import Figure

FILE = Path("bench.json")
YARDSTICKS = Path(bench.__file__).with_name("yardsticks.py")


def main(names: list[str]) -> int:
    figures, broken = [], []
    machine = {
        "cores": os.cpu_count(), "load": os.getloadavg()[0],
        "platform": platform.platform(), "python": platform.python_version(),
    }  # fmt: skip
    print(f"{machine['cores']} cores, {machine['load']:.1f} processes running or waiting before we began")
    print(f"{'':58}{'median':>12}{'least … most':>20}   limit")
    for name in _chosen(names):
        for figure in _measured(name):
            if figure is None:
                broken.append(name)
                break
            figures.append(figure)
            print(_line(figure), flush=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "platform": platform.platform(),
            "python": platform.python_version(),
        },
        "yardsticks_sha256": sha256(YARDSTICKS.read_bytes()).hexdigest(),
        "figures": [figure.as_json() for figure in figures],
    }
    FILE.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    missed = [figure.name for figure in figures if figure.is_missed]
    print(
        f"{len(figures)} figures in {FILE}, {len(missed)} missed{': ' if missed else '.'}{', '.join(missed)}"
    )
    if broken:
        print(f"broke off: {', '.join(broken)}")
    return 1 if missed or broken else 0


def _chosen(names: list[str]) -> list[str]:
    there = {module.name for module in pkgutil.iter_modules(bench.__path__)} - {"__main__", "test_figure"}
    if unknown := set(names) - there:
        sys.exit(f"There is no measurement {', '.join(sorted(unknown))}.")
    return sorted(names or there)


def _measured(name: str) -> Iterator[Figure | None]:
    """Its figures, by a process of its own: what one measurement sets up is none of the next one's. None at the end
    where it broke off."""
    ours, theirs = Pipe(duplex=False)
    child = get_context("fork").Process(target=_measure, args=(name, theirs))
    child.start()
    theirs.close()
    with contextlib.suppress(EOFError):
        while True:
            yield ours.recv()
    child.join()
    if child.exitcode:
        yield None


def _measure(name: str, out: Connection) -> None:
    measure = getattr(import_module(f"tests.bench.{name}"), "measure", None)
    for figure in measure() if measure else ():
        out.send(figure)


def _line(figure: Figure) -> str:
    spread = f"{_short(min(figure.runs))} … {_short(max(figure.runs))}" if len(figure.runs) > 1 else ""
    return f"{figure.name:58}{_short(figure.value):>9} {figure.unit:2}{spread:>20}   {figure.limit}"


def _short(number: float) -> str:
    """With three digits that count, or all of a whole number's."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
