"""The libraries that demos compute with: loaded once in a worker, made ready in each of its processes.

Nothing here is imported before it is called for, so that listing demos stays cheap.
"""

import ctypes
import gc
import importlib.metadata
import importlib.util
import os
import platform
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cards.demos import pets
from cards.demos.contract import Queue

if TYPE_CHECKING:
    import torch

# What a result depends on, by the names under which they are installed.
NAMED = ("torch", "torchvision", "fastai", "numpy", "scikit-learn", "scikit-image", "matplotlib")
# What PyPI's torchvision cannot define beside a torch without CUDA, though its Python code asks for it when imported.
TORCHVISION_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_kept: list[Any] = []  # a library of operators lives as long as somebody holds it


@dataclass(frozen=True, slots=True)
class Environment:
    """What a process computes with: the GPU's or the CPU's name, the GPU's UUID or "", versions by name.

    `pets` names the photos of the pets that are here, or is "": what a demo of photos gives depends on them.
    """

    device: str
    gpu_uuid: str
    versions: dict[str, str]
    pets: str


def load(queue: Queue) -> None:
    """Imports what the demos of a queue need. Safe in a parent that forks: nothing is computed here."""
    # A pool of threads that is made before a fork is missing after it, and on a shared machine more threads are slower.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("MPLBACKEND", "agg")  # fastai imports pyplot, which else may look for a screen
    import torch  # noqa: F401

    if queue is Queue.HEAVY:
        make_torchvision_importable()
        import fastai.vision.all  # noqa: F401


def make_torchvision_importable() -> None:
    """Defines the operators that torchvision misses where its compiled part does not fit this torch.

    Where it fits, and so wherever there is CUDA, nothing is done.
    """
    import torch

    if _kept or torch.version.cuda is not None:
        return
    found = importlib.util.find_spec("torchvision")
    for folder in (found.submodule_search_locations or []) if found else []:
        for compiled in [*Path(folder).glob("_C*.so"), *Path(folder).glob("_C*.pyd")]:
            try:
                torch.ops.load_library(str(compiled))  # type: ignore[no-untyped-call]
            except OSError:
                continue
    if not hasattr(torch.ops.torchvision, "nms"):
        operators = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for schema in TORCHVISION_OPERATORS:
            operators.define(schema)  # type: ignore[no-untyped-call]
        _kept.append(operators)


def prepare_child() -> None:
    """What a worker's process needs after the fork: one thread. Seeds stay as they are."""
    import torch

    torch.set_num_threads(1)


def tidy_child() -> None:
    """What a worker's process does after a run: what nothing holds any more goes back to the system.

    A network's tensors lie among small things that live on, and glibc keeps the pages between these until it is asked.
    """
    gc.collect()  # a learner of fastai's is full of cycles
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
    if trim is not None:
        trim(0)


def device() -> "torch.device":
    """The first GPU where there is one, else the CPU."""
    import torch

    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def environment() -> Environment:
    """What this process computes with. Starts CUDA where there is one: never called before a fork."""
    import torch

    versions = {"python": platform.python_version()}
    for name in NAMED:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    versions["torch"] = str(torch.__version__)  # says which build it is, which the metadata may not
    if not torch.cuda.is_available():
        return Environment(f"CPU ({_processor()})", "", versions, pets.digest())
    gpu = torch.cuda.get_device_properties(0)
    return Environment(gpu.name, str(getattr(gpu, "uuid", "")), versions, pets.digest())


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def seeded(seed: int) -> None:
    """From here on chance is decided by the seed, in Python, NumPy and torch, on CPU and GPU."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
