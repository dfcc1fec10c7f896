"""Loading what demos compute with: safe before a fork, the shim only where it is needed, chance by the seed."""

import json
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def fresh(source: str) -> str:
    """What a fresh process prints for this source."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_forked_child_computes_with_what_its_parent_loaded() -> None:
    """With one thread, as everything in a worker: a pool made before the fork would be missing after it."""
    shown = fresh(
        "import os\n"
        "from cards.demos import Queue, demo, libraries\n"
        "libraries.load(Queue.HEAVY)\n"
        "if os.fork() == 0:\n"
        "    libraries.prepare_child()\n"
        "    d = demo('lr_find')\n"
        "    r = d.run(d.read({'steps': '50'}), 1, lambda *a, **k: None)\n"
        "    import torch\n"
        "    print(len(r.parts), torch.get_num_threads(), flush=True)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )
    assert shown == "3 1"


def test_what_was_freed_among_what_lives_on_goes_back_to_the_system() -> None:
    """200 MB in pieces too small to be mapped on their own, freed below one that stays."""
    kept, after = json.loads(
        fresh(
            "import ctypes, psutil\n"
            "from cards.demos import libraries\n"
            "libc, size, look = ctypes.CDLL(None), 100_000, psutil.Process().memory_info\n"
            "libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]\n"
            "before = look().rss\n"
            "pieces = [libc.malloc(size) for piece in range(2000)]\n"
            "for piece in pieces:\n"
            "    ctypes.memset(piece, 1, size)\n"
            "lives_on = libc.malloc(size)\n"
            "for piece in pieces:\n"
            "    libc.free(piece)\n"
            "kept = look().rss - before\n"
            "libraries.tidy_child()\n"
            "print([kept, look().rss - before])\n"
        )
    )
    if platform.libc_ver()[0] == "glibc":
        assert kept > 190_000_000, "glibc keeps it by itself"
        assert after < 20_000_000


def test_light_demos_need_no_fastai_and_no_drawing_library() -> None:
    shown = fresh(
        "import sys\n"
        "from cards.demos import Queue, demo, draw, libraries\n"
        "libraries.load(Queue.LIGHT)\n"
        "d = demo('softmax_table')\n"
        "draw(d.run(d.read({}), 1, lambda *a, **k: None), prefix='p')\n"
        "print(sorted({'fastai', 'matplotlib', 'torchvision', 'sklearn'} & set(sys.modules)))\n"
    )
    assert shown == "[]"


def test_the_operators_are_defined_only_where_torchvision_cannot() -> None:
    """Where its compiled part loads, defining them once more would be an error."""
    kept, works = json.loads(
        fresh(
            "import json\n"
            "from cards.demos import libraries\n"
            "libraries.make_torchvision_importable()\n"
            "libraries.make_torchvision_importable()\n"
            "import torchvision\n"
            "print(json.dumps([len(libraries._kept), torchvision.extension._has_ops()]))\n"
        )
    )
    assert kept == (0 if works else 1)


def test_nothing_is_defined_where_the_operators_are_there() -> None:
    """As of a torchvision that fits, CUDA's among them: its compiled part has defined them."""
    shown = fresh(
        "import torch\n"
        "from cards.demos import libraries\n"
        "compiled = torch.library.Library('torchvision', 'FRAGMENT')\n"
        "for schema in libraries.TORCHVISION_OPERATORS:\n"
        "    compiled.define(schema)\n"
        "libraries.make_torchvision_importable()\n"
        "print(libraries._kept)\n"
    )
    assert shown == "[]"


def test_a_torch_with_cuda_is_left_alone() -> None:
    shown = fresh(
        "import torch\n"
        "from cards.demos import libraries\n"
        "torch.version.cuda = '13.0'\n"
        "libraries.make_torchvision_importable()\n"
        "print(libraries._kept)\n"
    )
    assert shown == "[]"


def test_chance_follows_the_seed_in_python_numpy_and_torch() -> None:
    import random

    import numpy as np
    import torch

    from cards.demos import libraries

    def drawn(seed: int) -> list[float]:
        libraries.seeded(seed)
        return [random.random(), float(np.random.rand()), float(torch.rand(1))]

    assert drawn(2**31 - 1) == drawn(2**31 - 1)
    assert all(one != other for one, other in zip(drawn(1), drawn(2), strict=True))


def test_the_environment_says_what_a_result_depends_on() -> None:
    import torch

    from cards.demos import libraries

    found = libraries.environment()
    assert found.versions["torch"] == torch.__version__
    assert {"python", "torch", "fastai", "numpy", "scikit-learn"} <= found.versions.keys()
    json.dumps(found.versions)
    if not torch.cuda.is_available():
        assert found.device.startswith("CPU (")
        assert found.gpu_uuid == ""
