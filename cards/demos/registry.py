"""Which demos there are: the files of `library/`, each found by its name."""

import importlib
import pkgutil
from dataclasses import replace
from functools import cache

from cards.demos import library
from cards.demos.contract import Demo


@cache
def demos() -> tuple[Demo, ...]:
    """All of them, by title. Their files are imported, what these compute with is not."""
    found = [
        replace(importlib.import_module(f"{library.__name__}.{module.name}").DEMO, slug=module.name)
        for module in pkgutil.iter_modules(library.__path__)
    ]
    return tuple(sorted(found, key=lambda demo: demo.title))


def demo(slug: str) -> Demo | None:
    """The demo of that slug, or None: a card may name one that is not here."""
    return next((demo for demo in demos() if demo.slug == slug), None)
