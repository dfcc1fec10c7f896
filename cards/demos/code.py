"""The code that a demo runs, as it shows it."""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def returned(function: Callable[..., Any]) -> str:
    """The source of what the function returns by its one `return`, with no indent."""
    body = inspect.getsource(function).partition("    return ")[2]
    return textwrap.dedent(f"    {body}").strip()
