"""Requests to a site inside its own process: what one of each costs, in instructions, where callgrind watches.

`python -m tests.bench.inside SITE REQUESTS`, SITE being a function of `yardsticks`, with a site's environment. Prints
for each kind of request its instructions on average, as JSON; without callgrind, with `--profile`, where they go.
"""

import cProfile
import json
import os
import pstats
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from tests.bench import yardsticks
from tests.bench.learners import TEXTS, Signed, sign_in

WARM_UP = TEXTS + 25  # requests, until templates, statements, texts and caches are there


def main(site: str, requests: int, named: list[str], folder: Path | None, profiled: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
    application = getattr(yardsticks, site)()
    (learner,) = sign_in(1)
    cards = deque(learner.cards)
    found = {}
    kinds = {"empty": empty, "look": grade_and_look} | ({"grade": grade} if site == "ours" else {})
    for name in named or kinds:
        ask = kinds[name]
        act = lambda: ask(application, learner, cards, site)  # noqa: B023, E731
        for _ in range(WARM_UP):
            act()
        if profiled:
            profile = cProfile.Profile()
            for _ in range(requests):
                profile.runcall(act)
            pstats.Stats(profile).sort_stats("tottime").print_stats(45).sort_stats("cumtime").print_stats(90)
        elif folder:
            found[name] = counted(act, requests, folder, name)
    print(json.dumps(found))


def counted(act: Callable[[], object], times: int, folder: Path, name: str) -> float:
    """The instructions of one act. What counting itself takes is counted too, and taken off."""
    _control("-i", "on")
    act()
    _control("-z")
    _control("-d", f"{name}-none")
    for _ in range(times):
        act()
    _control("-d", name)
    _control("-i", "off")
    return (_total(folder, name) - _total(folder, f"{name}-none")) / times


def _control(*arguments: str) -> None:
    subprocess.run(["callgrind_control", *arguments, str(os.getpid())], check=True, stdout=subprocess.DEVNULL)


def _total(folder: Path, name: str) -> int:
    (total,) = (
        int(found[1])
        for file in folder.glob("callgrind.out.*")
        if f"desc: Trigger: dump {name}\n" in (text := file.read_text())
        and (found := re.search(r"^totals: (\d+)", text, re.MULTILINE))
    )
    return total


def empty(application: Callable, learner: Signed, cards: deque[int], site: str) -> bytes:
    body = _ask(application, learner, "GET", yardsticks.EMPTY)
    assert body == b"1", body
    return body


def grade(application: Callable, learner: Signed, cards: deque[int], site: str) -> bytes:
    """As a browser grades: the next prompt came with the answer, and is confirmed."""
    ahead = f"{cards[1]}-2-1 {datetime.now(UTC).date()} 0-{len(cards)}-0-0"
    body = _grade(application, learner, cards, "/review/grade/", ahead=ahead)
    assert b'id="progress"' in body, body
    assert b"of a network learn" not in body, body
    return body


def grade_and_look(application: Callable, learner: Signed, cards: deque[int], site: str) -> bytes:
    """The same where the next prompt is to be found."""
    path = "/review/grade/" if site == "ours" else yardsticks.STRAIGHTFORWARD
    body = _grade(application, learner, cards, path)
    assert b"of a network learn" in body, body
    return body


def _grade(application: Callable, learner: Signed, cards: deque[int], path: str, **more: str) -> bytes:
    card = cards.popleft()
    form = {"card": card, "part": 0, "n": 2, "grade": 3, "asked": 1, "typed": "", "revision": 1}
    return _ask(application, learner, "POST", path, urlencode(form | more).encode())


def _ask(application: Callable, learner: Signed, method: str, path: str, form: bytes = b"") -> bytes:
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(form)),
        "HTTP_HOST": "127.0.0.1:8000", "HTTP_HX_REQUEST": "true", "HTTP_X_CSRFTOKEN": learner.cookies["csrftoken"],
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in learner.cookies.items()),
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.8,de;q=0.5", "HTTP_ACCEPT_ENCODING": "identity",
        "wsgi.url_scheme": "http", "wsgi.input": BytesIO(form), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, "wsgi.version": (1, 0),
    }  # fmt: skip
    status: list[str] = []
    answer = application(environ, lambda line, headers: status.append(line))
    body = b"".join(answer)
    answer.close()
    assert status[0].startswith("200"), (status, body)
    return body


if __name__ == "__main__":
    site, requests, *options = sys.argv[1:]
    folders = [Path(option) for option in options if option.startswith("/")]
    names = [option for option in options if option[0] not in "/-"]
    main(site, int(requests), names, folders[0] if folders else None, "--profile" in options)
