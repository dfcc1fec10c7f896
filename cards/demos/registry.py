"""Which demos there are: the files of `library/`, each found by its name."""

import hashlib
import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from pathlib import Path

from cards.demos import library
from cards.demos.contract import Demo


@cache
def demos() -> tuple[Demo, ...]:
    """All of them, by title. Their files are imported, what these compute with is not."""
    found = [
        replace(
            importlib.import_module(f"{library.__name__}.{module.name}").DEMO,
            slug=module.name,
            code=_code(module.name),
        )
        for module in pkgutil.iter_modules(library.__path__)
    ]
    return tuple(sorted(found, key=lambda demo: demo.title))


def _code(slug: str) -> str:
    """Names what a demo is computed and drawn by: its own file, and all that demos share."""
    digest = _shared().copy()
    digest.update((Path(library.__path__[0]) / f"{slug}.py").read_bytes())
    return digest.hexdigest()[:12]


@cache
def _shared() -> "hashlib._Hash":
    shared = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in shared))


def demo(slug: str) -> Demo | None:
    """The demo of that slug, or None: a card may name one that is not here."""
    return next((demo for demo in demos() if demo.slug == slug), None)
