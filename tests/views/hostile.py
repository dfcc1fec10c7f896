"""Text that people send to pages that show it, and what in a whole page could act for a stranger."""

from html.parser import HTMLParser

from tests.markup.attacks import ATTACKS

# All of it as one text. A form refuses NUL, and half a pair is not sent.
HOSTILE = "\n\n".join(ATTACKS).replace("\x00", "").encode(errors="ignore").decode()

ADDRESSED = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href"}
OF_NAVIGATION = {"viewbox": "0 0 20 20", "aria-hidden": "true"}
FOREIGN = {"iframe", "object", "embed", "base", "style", "svg", "frameset", "applet", "template", "dialog"}


class Faults(HTMLParser):
    """What in a whole page could act for a stranger."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        is_own_svg = tag == "svg" and (given.get("class") in {"glass", "curve"} or given == OF_NAVIGATION)
        if (tag in FOREIGN and not is_own_svg) or (tag in {"script", "link"} and not self.is_own(given)):
            self.faults.append(f"<{tag}> {given}")
        for name, value in given.items():
            bad_address = name in ADDRESSED and not value.startswith(
                ("/", "#", "?page=", "https://", "http://", "mailto:")
            )
            if (
                name.startswith("on")
                or name == "style"
                or bad_address
                or (tag != "a" and value.startswith("//"))
            ):
                self.faults.append(f"{name}={value} of <{tag}>")

    @staticmethod
    def is_own(given: dict[str, str]) -> bool:
        return given.get("src", given.get("href", "")).startswith("/static/")
