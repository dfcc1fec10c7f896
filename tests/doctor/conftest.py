"""What a check of the doctor's says, in one text."""

from collections.abc import Callable

import pytest

from cards.doctor import Finding


@pytest.fixture
def said() -> Callable[[Finding | None], str]:
    """Its state, what is so, and what to do."""

    def said(finding: Finding | None) -> str:
        assert finding is not None
        assert bool(finding.advice) == (finding.state != "ok")
        return f"{finding.state}: {finding.says} {finding.advice}".strip()

    return said
