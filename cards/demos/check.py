"""Runs every demo with its defaults on this machine, and says what it took: `make gpu-check`.

Needs this package, cards/messages.py and what it computes with; no Django, no network. Ends with 1 where a demo fails
or takes longer than it may, and where CUDA is asked for and absent.
"""

import argparse
import json
import os
import platform
import re
import resource
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cards.demos import libraries
from cards.demos.contract import Demo, Queue
from cards.demos.draw import draw
from cards.demos.registry import demos

SEED = 42
MEGABYTE = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m cards.demos.check", description=__doc__)
    parser.add_argument("--json", type=Path, required=True, metavar="FILE", help="where the figures go")
    parser.add_argument("--device", choices=("cuda", "cpu"), help="the GPU where there is one, if not given")
    arguments = parser.parse_args()
    if arguments.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # before torch looks

    begun = time.perf_counter()
    libraries.load(Queue.LIGHT)
    if arguments.device == "cuda" and libraries.device().type != "cuda":
        print("CUDA was asked for, and torch finds none here.", file=sys.stderr)
        return 1
    libraries.load(Queue.HEAVY)
    libraries.prepare_child()
    loaded = time.perf_counter() - begun

    environment = libraries.environment()
    print(f"{environment.device}: torch {environment.versions['torch']}, loaded in {loaded:.1f} s")
    figures = [run(demo) for demo in demos()]
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": environment.device,
        "system": platform.platform(),
        "versions": environment.versions,
        "load_seconds": round(loaded, 2),
        "demos": figures,
    }
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n")
    failed = [figure["slug"] for figure in figures if figure["error"]]
    print(f"{len(figures) - len(failed)} of {len(figures)} demos ran; {arguments.json}")
    return 1 if failed else 0


def run(demo: Demo) -> dict[str, Any]:
    """One run, drawn too: seconds, the most memory it took, what it found, or the error."""
    figure: dict[str, Any] = {"slug": demo.slug, "error": ""}
    forget_most_memory()
    begun = time.perf_counter()
    try:
        result = demo.run(demo.read({}), SEED, lambda step, of, text="", **numbers: None)
        figure["seconds"] = round(time.perf_counter() - begun, 6)
        figure["finding"] = draw(result, prefix="check").finding
        if figure["seconds"] > demo.seconds:
            figure["error"] = f"It took longer than the {demo.seconds} s that it may."
    except Exception as error:
        traceback.print_exc()
        figure["error"] = f"{type(error).__name__}: {error}"
    figure |= most_memory()
    seconds = f"{figure['seconds']:.2f} s" if "seconds" in figure else "failed"
    print(f"{demo.slug}: {seconds} {figure['error']}")
    return figure


def forget_most_memory() -> None:
    """So that the next demo's peak is its own: on the GPU, and in the process where the kernel allows it."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def most_memory() -> dict[str, float]:
    """The peak since `forget_most_memory`: `megabytes` of the process, `gpu_megabytes` of tensors on the GPU."""
    import torch

    try:
        kilobytes = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])  # type: ignore[index]
    except (OSError, TypeError):
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    used = {"megabytes": round(kilobytes * 1024 / MEGABYTE, 1)}
    if torch.cuda.is_available():
        used["gpu_megabytes"] = round(torch.cuda.max_memory_allocated() / MEGABYTE, 1)
    return used


if __name__ == "__main__":
    sys.exit(main())
