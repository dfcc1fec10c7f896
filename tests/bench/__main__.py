"""`python -m tests.bench [measurement ...]`: all of them, or the named ones. Exits with 1 when a limit is missed."""

import json
import os
import pkgutil
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests import bench
from tests.bench.figure import Figure

FILE = Path("bench.json")


def main(names: list[str]) -> int:
    figures = []
    machine = {
        "cores": os.cpu_count(), "load": os.getloadavg()[0],
        "platform": platform.platform(), "python": platform.python_version(),
    }  # fmt: skip
    print(f"{machine['cores']} cores, {machine['load']:.1f} processes running or waiting before we began")
    print(f"{'':58}{'median':>12}{'least … most':>20}   limit")
    for figure in _measured(names):
        figures.append(figure)
        print(_line(figure), flush=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "platform": platform.platform(),
            "python": platform.python_version(),
        },
        "figures": [figure.as_json() for figure in figures],
    }
    FILE.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    missed = [figure.name for figure in figures if figure.is_missed]
    print(
        f"{len(figures)} figures in {FILE}, {len(missed)} missed{': ' if missed else '.'}{', '.join(missed)}"
    )
    return 1 if missed else 0


def _measured(names: list[str]) -> Iterator[Figure]:
    there = {module.name for module in pkgutil.iter_modules(bench.__path__)} - {"__main__", "test_figure"}
    if unknown := set(names) - there:
        sys.exit(f"There is no measurement {', '.join(sorted(unknown))}.")
    for name in sorted(names or there):
        measure = getattr(import_module(f"tests.bench.{name}"), "measure", None)
        yield from measure() if measure else ()


def _line(figure: Figure) -> str:
    spread = f"{_short(min(figure.runs))} … {_short(max(figure.runs))}" if len(figure.runs) > 1 else ""
    return f"{figure.name:58}{_short(figure.value):>9} {figure.unit:2}{spread:>20}   {figure.limit}"


def _short(number: float) -> str:
    """With three digits that count, or all of a whole number's."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
