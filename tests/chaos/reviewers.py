"""Learners who review without a pause, and keep their own tally of what was answered."""

import http.client
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from tests.bench.client import Ahead, Client

PAUSE_SECONDS = 0.2  # before a form that got no answer is sent again
BETWEEN_SECONDS = 0.1  # from one grade to the next: nobody is quicker
MOST_SECONDS = 60  # for which one form may go without an answer


@dataclass
class Tally:
    """What one learner's browser knows: each grade that got an answer, by card, part and the event number it showed."""

    grades: dict[tuple[int, int, int], int] = field(default_factory=dict)
    refused: int = 0  # answers of another kind, or none; each was sent again

    @property
    def count(self) -> int:
        return len(self.grades)


class Reviewer(threading.Thread):
    """One learner in one browser: grades the card that is shown, sends again what got no answer, takes the next.

    `is_double`: each grade is sent twice at once, on two connections.
    """

    def __init__(self, url: str, cookies: dict[str, str], seed: int) -> None:
        super().__init__(daemon=True)
        self.browsers = [Client(url, dict(cookies)) for _ in range(2)]
        self.tally, self.chance = Tally(), Random(seed)
        self.is_double = self.is_over = False
        self.between = BETWEEN_SECONDS
        self.go = threading.Event()
        self.stands = threading.Event()
        self.error: BaseException | None = None
        self.last_at = time.monotonic()
        self.longest = 0.0

    def run(self) -> None:
        try:
            with ThreadPoolExecutor(2) as hands:
                while not self.is_over:
                    if not self.go.is_set():
                        self.stands.set()
                        self.go.wait(0.1)
                        continue
                    self.stands.clear()
                    self._review(hands)
        except BaseException as error:
            self.error = error
        finally:
            self.stands.set()

    def _review(self, hands: ThreadPoolExecutor) -> None:
        page = self._until_answered(lambda: self.browsers[0].get("/review/").text)
        shown = self._shown(page)
        while shown and self.go.is_set() and not self.is_over:
            card, part, number = shown
            grade = self.chance.choices((1, 3), (9, 1))[0]  # mostly Again: so the day's cards last
            form = {"card": card, "part": part, "n": number, "grade": grade}
            ahead = self._ahead(*shown) if self.chance.random() < 0.5 else None
            if ahead and grade in ahead.grades:
                form["ahead"] = ahead.name
            send = lambda form=form: self._send(hands, form)  # noqa: E731
            page = self._until_answered(send)
            self.tally.grades[card, part, number] = grade
            is_confirmed = ahead and ahead.is_confirmed_by(page)
            shown = (ahead.card, ahead.part, ahead.number) if is_confirmed else self._shown(page)
            self.longest = max(self.longest, time.monotonic() - self.last_at)
            self.last_at = time.monotonic()
            time.sleep(self.between)

    def _ahead(self, card: int, part: int, number: int) -> Ahead | None:
        """What comes with the answer of the card, as a browser asks for that."""
        path = f"/review/{card}/?n={number}&part={part}"
        page = self._until_answered(lambda: self.browsers[0].get(path, **{"HX-Request": "true"}).text)
        return Ahead.of(page)

    def _send(self, hands: ThreadPoolExecutor, form: dict[str, object]) -> str:
        browsers = self.browsers if self.is_double else self.browsers[:1]
        for browser in browsers:
            browser.cookies |= self.browsers[0].cookies
        replies = [hands.submit(browser.post, "/review/grade/", form) for browser in browsers]
        return next(reply.result().text for reply in replies)

    def _until_answered(self, ask) -> str:
        deadline = time.monotonic() + MOST_SECONDS
        while True:
            try:
                return ask()
            except (OSError, http.client.HTTPException, AssertionError) as error:
                self.tally.refused += 1
                for browser in self.browsers:
                    browser.__post_init__()  # a new connection
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no answer for {MOST_SECONDS} s, last {error!r}") from error
                time.sleep(PAUSE_SECONDS)

    @staticmethod
    def _shown(page: str) -> tuple[int, int, int] | None:
        card, number = re.search(r'action="/review/(\d+)/', page), re.search(r'name="n" value="(\d+)"', page)
        part = re.search(r'name="part" value="(\d+)"', page)
        return (int(card[1]), int(part[1]) if part else 0, int(number[1])) if card and number else None
