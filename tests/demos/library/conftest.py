"""What the demos compute with, loaded as a worker loads it."""

import warnings

import pytest

from cards.demos import Queue, libraries


@pytest.fixture(scope="session", autouse=True)
def loaded() -> None:
    """fastai's own files warn of what comes in later versions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        libraries.load(Queue.HEAVY)
        libraries.prepare_child()
