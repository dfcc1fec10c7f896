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
    """Talks to one server. Raises AssertionError for every answer but `expected`."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = (200,)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)

    def get(self, path: str, **headers: str) -> Reply:
        return self._ask("GET", path, None, headers)

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
        assert answer.status in self.expected, f"{method} {path}: {answer.status}"
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Reply(content, answer.headers.get("Content-Encoding", ""))


@dataclass(frozen=True)
class Ahead:
    """The prompt that came with an answer: as a grade's form names it, after which grades, and what it asks."""

    name: str
    grades: list[int]
    card: int
    part: int
    number: int

    @classmethod
    def of(cls, answer: str) -> "Ahead | None":
        found = re.search(
            r'<template id="ahead" data-shows="((\d+)(?:\.(\d+))?-(\d+)-[^"]+)" data-grades="([^"]+)">',
            answer,
        )
        if found is None:
            return None
        grades = [int(grade) for grade in found[5].split()]
        return cls(found[1], grades, int(found[2]), int(found[3] or 0), int(found[4]))

    @staticmethod
    def is_confirmed_by(reply: str) -> bool:
        """Whether it comes; else the reply brings something in its place."""
        return 'id="progress"' in reply and 'id="session"' not in reply


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

    def grade_ahead(self, grade: int) -> tuple[Reply, Reply]:
        """The card's answer, which brings the next prompt, and the reply that confirms that."""
        answer = self.client.get(f"/review/{self.card}/?n={self.number}", **{"HX-Request": "true"})
        ahead = Ahead.of(answer.text)
        assert ahead, answer.text
        form = {"card": self.card, "part": 0, "n": self.number, "grade": grade, "ahead": ahead.name}
        reply = self.client.post("/review/grade/", form)
        assert ahead.is_confirmed_by(reply.text), reply.text
        self.card, self.number = ahead.card, ahead.number
        return answer, reply

    def _read(self, reply: Reply) -> None:
        text = reply.text
        card, number = re.search(r'action="/review/(\d+)/"', text), re.search(r'name="n" value="(\d+)"', text)
        assert card, text
        assert number, text
        self.card, self.number = int(card[1]), int(number[1])
