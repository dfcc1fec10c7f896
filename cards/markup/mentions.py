"""Whom a text names by @."""

import re

from cards.markup.parser import parse

NAME = re.compile(r"(?<![\w@./+-])@(\w[\w.+-]{0,149})")
MOST_NAMES = 20  # of one text


def mentioned(markdown: str) -> list[str]:
    """The names after an @, each once, in order; not those in code, maths or links, nor addresses of mail.

    One that a point ends, or another sign that a name may hold as well, comes with it and without.
    """
    found: dict[str, None] = {}
    for token in parse(markdown) or ():
        texts, within_link = [], False
        for child in token.children or ():
            if child.type in ("link_open", "link_close"):
                within_link = child.type == "link_open"
            texts.append(child.content if child.type == "text" and not within_link else " ")
        for match in NAME.finditer("".join(texts)):
            if len(found) < MOST_NAMES:
                found |= dict.fromkeys(name for name in (match[1], match[1].rstrip(".+-")) if name)
    return list(found)
