"""Learners of the modelled day: each session in a thread of its own, in a browser of its own."""

import http.client
import re
import threading
import time
from collections import Counter
from functools import partial
from random import Random

from tests.bench.client import Ahead, Client
from tests.day.model import CARDS, DEMOS, GRADE_SECONDS, HEAVY, PAGES, POLLS, THINK_SECONDS

GRADES, WEIGHTS = (1, 2, 3, 4), (8, 8, 74, 10)


class Told:
    """What the browsers saw since it was last read: the seconds of each answer, and what got none."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seconds: list[float] = []
        self.errors: Counter[str] = Counter()

    def answered(self, seconds: float) -> None:
        with self.lock:
            self.seconds.append(seconds)

    def failed(self, error: BaseException) -> None:
        with self.lock:
            self.errors[f"{type(error).__name__} {error}"[:80]] += 1

    def read(self) -> tuple[list[float], Counter[str]]:
        with self.lock:
            found = self.seconds, self.errors
            self.seconds, self.errors = [], Counter()
        return found


class Session(threading.Thread):
    """One learner's session: the pages before it, cards with a pause before answer and grade, perhaps a demo.

    Pauses are the model's, `quicker` times as short.
    """

    def __init__(self, url: str, cookies: dict[str, str], told: Told, seed: int, quicker: float) -> None:
        super().__init__(daemon=True)
        self.browser = Client(url, dict(cookies), expected=(200, 204, 302))
        self.told, self.chance, self.quicker = told, Random(seed), quicker
        self.is_over = False

    def run(self) -> None:
        for path, share in PAGES.items():
            if path != "/review/" and self.chance.random() < share:
                self._ask(partial(self.browser.get, path))
        page = self._ask(lambda: self.browser.get("/review/"))
        shown = _shown(page) if page else None
        demo = self.chance.randrange(CARDS) if self.chance.random() < DEMOS else None
        for place in range(CARDS):
            if self.is_over or not shown:
                break
            if place == demo:
                self._demo()
            shown = self._card(*shown)

    def _card(self, card: int, number: int) -> tuple[int, int] | None:
        """Grades the card that was shown at that event; returns what comes next, which mostly came with the answer."""
        self._pause(THINK_SECONDS)
        answer = self._ask(lambda: self.browser.get(f"/review/{card}/?n={number}", **{"HX-Request": "true"}))
        self._pause(GRADE_SECONDS)
        grade = self.chance.choices(GRADES, WEIGHTS)[0]
        form = {"card": card, "part": 0, "n": number, "grade": grade, "revision": 1}
        ahead = Ahead.of(answer) if answer else None
        if ahead and grade in ahead.grades:
            form["ahead"] = ahead.name
        reply = self._ask(lambda: self.browser.post("/review/grade/", form))
        if reply and ahead and ahead.is_confirmed_by(reply):
            return ahead.card, ahead.number
        return _shown(reply) if reply else None

    def _demo(self) -> None:
        slug = "lr_find" if self.chance.random() < HEAVY else "softmax_table"
        form = {"seed": self.chance.randrange(2**31)}
        page = self._ask(lambda: self.browser.post(f"/demos/{slug}/run/", form))
        for _ in range(POLLS):
            polled = page and re.search(r'hx-get="(/demos/runs/[^"]+)"', page)
            if not polled:
                return
            time.sleep(1)
            path = polled[1].replace("&amp;", "&")
            page = self._ask(partial(self.browser.get, path)) or page  # 204: it is as it was

    def _pause(self, seconds: float) -> None:
        time.sleep(self.chance.expovariate(self.quicker / seconds))

    def _ask(self, ask) -> str | None:
        """The answer's text; None where there was none, and the browser begins a connection anew."""
        began = time.perf_counter()
        try:
            text = ask().text
        except (OSError, http.client.HTTPException, AssertionError) as error:
            self.told.failed(error)
            self.browser.__post_init__()
            return None
        self.told.answered(time.perf_counter() - began)
        return text


def _shown(page: str) -> tuple[int, int] | None:
    card, number = re.search(r'action="/review/(\d+)/', page), re.search(r'name="n" value="(\d+)"', page)
    return (int(card[1]), int(number[1])) if card and number else None
