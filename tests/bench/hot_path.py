"""Grade a card and get the next, on PostgreSQL, against the yardsticks: instructions, waiting, and eight at once."""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from shutil import which
from urllib.parse import urlencode

import psycopg

from tests.bench import yardsticks
from tests.bench.figure import Figure, percentile, turn_by_turn
from tests.bench.grading import postgresql
from tests.bench.learners import Signed
from tests.server import ROOT, free_port, site_on, wait_for

ROUNDS, GRADES, AT_ONCE, SECONDS = 5, 100, 8, 3
BEHIND = AT_ONCE + 1  # learners with more due than is counted: each client's, and one who is served alone
KINDS = 3  # of ways in which usual learners grade: as a browser does, without what came ahead, by the statements alone
USUAL = KINDS * (ROUNDS + 1)  # learners as the modelled day has them, for a round each
COUNTED = 20  # requests under callgrind, which takes fifty times as long
AT_MOST_INSTRUCTIONS = 5e6
AT_MOST_TIMES = 2.0
AT_LEAST_TIMES = 3.0
NAMES = (
    "grade, and the next prompt confirmed",
    "an empty page behind our middleware",
    "the four statements and the commit alone",
    "grade, and the next prompt looked for",
    "grade and next, straightforward",
    "grade, and the next prompt looked for, with 1,500 due",
    "answer, with the prompt that comes next, with 1,500 due",
)
WORKERS, THREADS = 2, 2  # as `make run` has them
VALGRIND = "valgrind is not here, so instructions were not counted: apt-get install valgrind"


def measure() -> Iterator[Figure]:
    if not (address := postgresql()):
        print("There is no PostgreSQL: DATABASE_URL names none, and none answers on this machine.")
        return
    yield from _instructions(address)
    yield from _over_http(address)


# --- instructions -----------------------------------------------------------------------------------------------------


def _instructions(address: str) -> Iterator[Figure]:
    if not which("valgrind"):
        print(VALGRIND)
        return
    ours, straightforward = (_counted(address, site) for site in ("ours", "straightforward"))
    name = "instructions of a grade, and the next prompt"
    yield Figure(f"{name} looked for", "M", [ours["look"] / 1e6], at_most=AT_MOST_INSTRUCTIONS / 1e6)
    yield Figure(f"{name} confirmed", "M", [ours["grade"] / 1e6])
    yield Figure("of an empty page behind our middleware", "M", [ours["empty"] / 1e6])
    yield Figure("instructions of a grade and next, straightforward", "M", [straightforward["look"] / 1e6])
    yield Figure("of an empty page behind Django's usual middleware", "M", [straightforward["empty"] / 1e6])


def _counted(address: str, site: str) -> dict[str, float]:
    with site_on(address) as server, tempfile.TemporaryDirectory() as folder:
        command = [
            "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/callgrind.out.all",
            sys.executable, "-m", "tests.bench.inside", site, str(COUNTED), folder,
        ]  # fmt: skip
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=server.environment | {"PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- over HTTP --------------------------------------------------------------------------------------------------------


def _over_http(address: str) -> Iterator[Figure]:
    with ExitStack() as stack:
        sites = [stack.enter_context(_served(address, site)) for site in ("ours", "straightforward")]
        ours, straightforward = ([Talk(site, signed) for signed in site.learners] for site in sites)
        connection = stack.enter_context(psycopg.connect(sites[0].database, autocommit=True))
        usual, others = iter(ours[BEHIND:]), iter(straightforward[BEHIND:])
        alone = ours[AT_ONCE]
        acts: list[Callable[[], float]] = [
            lambda: _half(next(usual).grade),
            lambda: _half(alone.empty),
            lambda: _half(_transactions(connection, next(usual).signed)),
            lambda: _half(next(usual).grade_and_look),
            lambda: _half(next(others).grade_and_look),
            lambda: _half(alone.grade_and_look),
            lambda: _half(alone.answer),
        ]
        for act in acts:
            act()  # until everything is warm
        waited = turn_by_turn(ROUNDS, *acts)
        throughput = turn_by_turn(
            ROUNDS, partial(_per_second, ours[:AT_ONCE]), partial(_per_second, straightforward[:AT_ONCE])
        )
    for place, name in enumerate(NAMES):
        yield Figure(f"{name}: p50", "ms", [times[place] for times in waited])
    for place, name, at_most in ((0, NAMES[0], AT_MOST_TIMES), (3, NAMES[3], None), (5, NAMES[5], None)):
        ratios = [times[place] / (times[1] + times[2]) for times in waited]
        yield Figure(f"{name}, in those of the empty page and the statements", "×", ratios, at_most=at_most)
    yield Figure(f"grades a second, {AT_ONCE} clients", "", [ours for ours, _ in throughput])
    yield Figure(
        f"grades a second, {AT_ONCE} clients, straightforward", "", [other for _, other in throughput]
    )
    yield Figure(
        "in those of the straightforward view", "×", [ours / other for ours, other in throughput],
        at_least=AT_LEAST_TIMES,
    )  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A yardstick's site that is served as ours is: its address, its database and its learners."""

    port: int
    database: str
    learners: list[Signed]
    grade: str


@contextmanager
def _served(address: str, name: str) -> Iterator[Site]:
    """One of `yardsticks`, with its learners: those who are BEHIND, then the USUAL."""
    with site_on(address) as server:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.learners", name, str(BEHIND), str(USUAL)],
            cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        learners = [Signed(**each) for each in json.loads(done.stdout)]
        port, log = free_port(), Path(server.environment["DATA_DIR"]) / "server.log"
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", str(WORKERS),
            "--blocking-threads", str(THREADS), "--workers-kill-timeout", "3", "--no-ws", "--log-level", "warning",
            "--factory", f"tests.bench.yardsticks:{name}",
        ]  # fmt: skip
        environment = server.environment | {"DATABASE_POOL": str(THREADS)}
        with log.open("w") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process, log)
            path = "/review/grade/" if name == "ours" else yardsticks.STRAIGHTFORWARD
            yield Site(port, server.environment["DATABASE_URL"], learners, path)
        finally:
            process.terminate()
            process.wait(20)


class Talk:
    """A learner's browser with nothing of a browser: one connection, requests made beforehand, answers not looked into.

    So little of the machine is taken from what is measured.
    """

    def __init__(self, site: Site, signed: Signed) -> None:
        self.site, self.signed = site, signed
        self.cards, self.today = deque(signed.cards), datetime.now(UTC).date()
        self.socket = socket.create_connection(("127.0.0.1", site.port))
        cookies = "; ".join(f"{name}={value}" for name, value in signed.cookies.items())
        self.headers = (
            f"Host: 127.0.0.1:{site.port}\r\nCookie: {cookies}\r\nX-CSRFToken: {signed.cookies['csrftoken']}\r\n"
            "HX-Request: true\r\nAccept-Language: en-GB,en;q=0.8\r\nAccept-Encoding: identity\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )

    def empty(self) -> None:
        self._ask(f"GET {yardsticks.EMPTY} HTTP/1.1\r\n{self.headers}\r\n")

    def answer(self) -> None:
        """The answer of the next card, and the prompt that comes after it."""
        path = f"/review/{self.cards[0]}/?n=2&asked=1&typed="
        answer = self._ask(f"GET {path} HTTP/1.1\r\n{self.headers}\r\n")
        assert b'id="ahead"' in answer, answer

    def grade(self) -> None:
        """As a browser grades: the next prompt came with the answer and stands there, and the reply confirms it."""
        follows = f"{self.cards[1]}-2-1 {self.today} 0-{len(self.cards)}-0-0"
        answer = self._grade(ahead=follows)
        assert b"<b>%d</b> to review" % len(self.cards) in answer, answer

    def grade_and_look(self) -> None:
        """The same where nothing came with the answer: the reply brings the next prompt, and the day's counts."""
        answer = self._grade()
        assert b"of a network learn" in answer, answer

    def _grade(self, **more: object) -> bytes:
        card = self.cards.popleft()
        form = {"card": card, "part": 0, "n": 2, "grade": 3, "asked": 1, "typed": "", "revision": 1}
        body = urlencode(form | more)
        return self._ask(
            f"POST {self.site.grade} HTTP/1.1\r\n{self.headers}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def _ask(self, request: str) -> bytes:
        self.socket.sendall(request.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(65_536)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), answer
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert length, head
        while len(body) < int(length[1]):
            body += self.socket.recv(65_536)
        return body


def _transactions(connection: psycopg.Connection, signed: Signed) -> Callable[[], object]:
    cards = iter(signed.cards)
    return lambda: yardsticks.transaction(
        connection, signed.id, signed.settings_id, next(cards), datetime.now(UTC), datetime.now(UTC).date()
    )


def _half(act: Callable[[], object]) -> float:
    """Milliseconds that half of the acts do not exceed."""
    times = []
    for _ in range(GRADES):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return percentile(times, 0.5)


def _per_second(talks: list[Talk]) -> float:
    """Grades of all these learners at once."""
    end = time.perf_counter() + SECONDS

    def keep_on(talk: Talk) -> int:
        count = 0
        while time.perf_counter() < end:
            talk.grade_and_look()
            count += 1
        return count

    with ThreadPoolExecutor(len(talks)) as pool:
        return sum(pool.map(keep_on, talks)) / SECONDS
