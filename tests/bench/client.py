"""A browser's part of the talk: one connection that is kept, cookies, and replies as they came over the wire."""

import gzip
import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import brotli

DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@dataclass(frozen=True)
class Reply:
    """`body` is what was transferred, compressed where the server did that."""

    body: bytes
    encoding: str

    @property
    def text(self) -> str:
        return DECODERS[self.encoding](self.body).decode()


@dataclass
class Client:
    """Talks to one server. Raises AssertionError for every answer but 200."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)

    def get(self, path: str) -> Reply:
        return self._ask("GET", path, None, {})

    def post(self, path: str, form: dict[str, object]) -> Reply:
        """As htmx does."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true",
            "X-CSRFToken": self.cookies["csrftoken"],
        }  # fmt: skip
        return self._ask("POST", path, urlencode(form), headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Reply:
        headers |= {"Accept-Encoding": "gzip, br"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 200, f"{method} {path}: {answer.status}"
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Reply(content, answer.headers.get("Content-Encoding", ""))


class Guest:
    """Somebody who reviews: always the card that came last."""

    def __init__(self, url: str) -> None:
        self.client = Client(url)
        self._read(self.client.get("/review/"))

    def grade(self, grade: int) -> Reply:
        """Grades the card; the reply holds the next one."""
        form = {"card": self.card, "part": 0, "n": self.number, "grade": grade}
        reply = self.client.post("/review/grade/", form)
        self._read(reply)
        return reply

    def _read(self, reply: Reply) -> None:
        text = reply.text
        card, number = re.search(r'action="/review/(\d+)/"', text), re.search(r'name="n" value="(\d+)"', text)
        assert card, text
        assert number, text
        self.card, self.number = int(card[1]), int(number[1])
