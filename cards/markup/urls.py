"""Which addresses card content may name."""

import re

LONGEST = 2000  # characters
PICTURE = re.compile(r"/pictures/[0-9a-f-]{36}")
# The web, mail, a path of this site, a place in this page. `//` and `/\` would leave the site. A bare `name` would
# mean another page on each page that shows the card.
ALLOWED = re.compile(r"(?:https?://[^/\\\s]|mailto:[^\s/]|/(?![/\\])|#)\S*", re.IGNORECASE)
BARE = re.compile(r"(?<![^\W_])https?://[^\s<>\"`]+", re.IGNORECASE)
SENTENCE_ENDS = ".,;:!?'*_~"


def is_allowed(url: str) -> bool:
    """Whether a link may lead there."""
    return len(url) <= LONGEST and ALLOWED.fullmatch(url) is not None


def bare_urls(text: str) -> list[tuple[int, int]]:
    """Where web addresses stand in the text, as start and end, without the punctuation of the sentence around them."""
    return [(match.start(), match.start() + _length(match[0])) for match in BARE.finditer(text)]


def _length(url: str) -> int:
    """The length of the address without a sentence's end, and without a bracket that was opened before it."""
    unopened = url.count(")") - url.count("(")
    end = len(url)
    while end:
        if url[end - 1] == ")" and unopened > 0:
            unopened -= 1
        elif url[end - 1] not in SENTENCE_ENDS:
            break
        end -= 1
    return end
