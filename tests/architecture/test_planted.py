"""Each known fault can be planted: the text that it changes stands in its file exactly once, its test file is there."""

import shlex

import pytest

from tests.planted.__main__ import HERE, ROOT, SERVICES, faults


@pytest.mark.parametrize("topic", sorted(path.stem for path in HERE.glob("*.json")))
def test_each_fault_can_be_planted(topic: str) -> None:
    stale = []
    for fault in faults(topic):
        times = (ROOT / fault.file).read_text().count(fault.text)
        named = [
            word.split("::")[0] for word in shlex.split(fault.tests.removesuffix(SERVICES)) if "/" in word
        ]
        if times != 1 or fault.text == fault.instead or not all((ROOT / name).exists() for name in named):
            stale.append(f"{fault.breaks}: {fault.file} has it {times} times")
    assert stale == []
