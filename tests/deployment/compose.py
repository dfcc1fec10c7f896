"""docker-compose.yml as compose reads it: YAML with its merges, then the variables of an environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?:(?P<sign>:[-?])(?P<rest>[^}]*))?\})")


class Missing(Exception):
    """What a file asks for, with `${NAME:?…}`, and an environment lacks."""


def raw() -> Any:
    """The file before any variable is looked up."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def read(environment: Mapping[str, str]) -> Any:
    """The file in that environment. Raises Missing, with the file's own words, for a variable that it asks for."""
    return _filled(raw(), environment)


def variables(node: Any) -> set[str]:
    """The names of all variables in a part of the raw file."""
    return {match["name"] for text in _texts(node) for match in VARIABLE.finditer(text) if match["name"]}


def _filled(node: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, environment) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, environment) for value in node]
    if not isinstance(node, str):
        return node
    assert "$" not in VARIABLE.sub("", node), f"{node!r} has a form of variable that this does not read"
    return VARIABLE.sub(lambda match: _value(match, environment), node)


def _value(match: re.Match[str], environment: Mapping[str, str]) -> str:
    if match["dollar"]:
        return "$"
    value = environment.get(match["name"], "")
    if not value and match["sign"] == ":?":
        raise Missing(f"{match['name']}: {match['rest']}")
    return value or (match["rest"] if match["sign"] == ":-" else "")


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return [node] if isinstance(node, str) else []
