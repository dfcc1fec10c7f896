"""A site with its workers, kept alive as `make run` does, for whoever kills them; and a page that shows a run."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import timedelta
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

import psutil
import redis
from django.conf import settings
from django.db import connection
from kombu import Connection

from cards.clock import now
from cards.management.commands.serve import declared
from cards.models import DemoRun, DemoWorker
from cards.tasks import run_demo
from chapter5.celery import app
from chapter5.supervise import end_with_parent
from tests.server import PATIENCE_SECONDS, ROOT, Server, environment_of, free_port, fresh_database, wait_for
from tests.views.plain_browser import Forms

# So small that a lost run is found within seconds, so large that on a busy machine a slow one is not taken for lost.
QUICK = {
    "DEMO_HEARTBEAT_SECONDS": "0.2", "DEMO_STALE_SECONDS": "12", "DEMO_CARE_SECONDS": "0.5", "DEMO_GRACE_SECONDS": "4",
}  # fmt: skip
# That a run has, where a test lowers the demos' own limits. One of three seconds has taken ten beside other work.
MOST_SECONDS = 40
T = TypeVar("T")


class Broker:
    """Where messages lie: a folder, or where the environment names a Redis one of its own, which can be stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.queue_folder = folder / "queue"
        self.port = free_port() if settings.REDIS_URL else 0
        self.url = f"redis://127.0.0.1:{self.port}/0" if self.port else "files://localhost"

    def start(self) -> None:
        if self.port:
            self.process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                cwd=self.folder, stdout=subprocess.DEVNULL, preexec_fn=end_with_parent,
            )  # fmt: skip
            wait_until(self._answers, "Redis answers")
        elif self.queue_folder.is_file():
            self.queue_folder.unlink()

    def stop(self) -> None:
        """What waited in it is lost. A folder becomes a file, which nobody can write into, root neither."""
        if self.port:
            self.process.kill()
            self.process.wait()
        else:
            if self.queue_folder.exists():  # it comes with the first message
                self.queue_folder.rename(self.folder / f"queue-{uuid4()}")
            self.queue_folder.touch()

    @contextmanager
    def away(self) -> Iterator[None]:
        """It is stopped, and comes back empty."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Something else at Redis's address: it takes connections, and never says a word."""
        with self.away(), socket.create_server(("127.0.0.1", self.port), backlog=1000):
            yield

    def _answers(self) -> bool:
        with contextlib.suppress(redis.RedisError):
            return bool(redis.Redis(port=self.port).ping())
        return False

    def put(self, queue: str, content: bytes) -> None:
        """Something else where a message should be."""
        if self.port:
            redis.Redis(port=self.port).lpush(queue, content)
        else:
            (self.queue_folder / f"{uuid4()}.{queue}.msg").write_bytes(content)

    def send(self, queue: str, *arguments: object) -> None:
        """A message that says to run a demo, whatever its arguments."""
        options = {} if self.port else {"folder": str(self.queue_folder)}
        with Connection(self.url, transport_options=options) as to:
            app.send_task(run_demo.name, arguments, queue=queue, connection=to)


class Workers:
    """Programs of `make run`, kept alive by its supervisor. This process's models are those of their database."""

    def __init__(self, folder: Path, server: Server, broker: Broker) -> None:
        self.folder, self.server, self.broker = folder, server, broker

    @contextmanager
    def running(self, names: tuple[str, ...]) -> Iterator[None]:
        """Nothing of it is left at the end, whatever was done to it."""
        port = int(self.server.url.rpartition(":")[2])
        programs = self.folder / "programs.json"
        kept = [asdict(program) for program in declared("127.0.0.1", port) if program.name in names]
        programs.write_text(json.dumps(kept))
        with (self.folder / "log").open("w") as log:
            supervisor = subprocess.Popen(
                [sys.executable, "-m", "chapter5.supervise", str(programs)],
                cwd=ROOT, env=self.server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=end_with_parent,  # a test that is killed cleans nothing up
            )  # fmt: skip
        try:
            if "web" in names:
                wait_for(f"{self.server.url}/readyz", supervisor, self.folder / "log")
            yield
        finally:
            supervisor.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                supervisor.wait(PATIENCE_SECONDS)
            psutil.wait_procs(self.processes(), timeout=5)  # what was just killed
            left = self.processes()
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            supervisor.wait()
        assert not left, f"{left}\n{self.log}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def processes(self) -> list[psutil.Process]:
        """All of this site's, wherever they hang: told by the folder in their environment."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("DATA_DIR") == str(self.folder) and not is_gone(process):
                    found.append(process)
        return found

    def child(self, queue: str) -> psutil.Process:
        """The process that computes the queue's demos, or of care the keeper, once there is one."""

        def find() -> psutil.Process | None:
            worker = DemoWorker.lately(queue, now() - timedelta(seconds=10))
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(int(worker.name.rpartition(":")[2])) if worker else None
                return None if process is None or is_gone(process) else process
            return None

        return wait_until(find, f"a {queue} worker is there", self)

    @contextmanager
    def suspended(self, *queues: str) -> Iterator[None]:
        """The queues' workers take no message."""
        parents = [self.child(queue).parent() for queue in queues]
        for parent in parents:
            parent.suspend()
        try:
            yield
        finally:
            for parent in parents:
                parent.resume()

    def page(self, slug: str = "softmax_table", **parameters: str) -> "Page":
        """What a guest sees who asks for a run."""
        return Page(self, slug, parameters)

    def begun(self, steps: str = "300", batch_size: str = "64") -> "Page":
        """A run of lr_find, more than a tenth of which is done."""
        page = self.page("lr_find", **seeded(steps=steps, batch_size=batch_size))
        page.wait_for_a_tenth()
        return page

    def endless(self) -> "Page":
        """A run of lr_find with more steps than any form lets through, which has begun."""
        with self.suspended("heavy"):
            page = self.page("lr_find", **seeded())
            run = page.run
            run.parameters["steps"] = 10**7
            run.save(update_fields=["parameters"])
        wait_until(lambda: page.run.progress.get("step", 0) > 30, "it is under way", self)
        return page

    def lasting(self) -> "Page":
        """A run of lr_find that only its second attempt brings to an end; its first is under way."""
        page = self.endless()
        run = page.run
        run.parameters["steps"] = 150  # what the next attempt reads
        run.save(update_fields=["parameters"])
        return page


class Page:
    """A browser's page with a run: asked for by its form, then kept up to date as htmx does it, by polls alone."""

    def __init__(self, workers: Workers, slug: str, parameters: dict[str, str]) -> None:
        self.workers = workers
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        [form] = [
            form for form in Forms(self._get(f"/demos/{slug}/")).forms if "/run/" in form.attributes["action"]
        ]
        self.token = form.fields["csrfmiddlewaretoken"]
        given = {name if name == "seed" else f"p-{name}": text for name, text in parameters.items()}
        self.html = self._post(form.attributes["action"], form.fields | given)
        self.request_id = self.answered["X-Request-ID"]
        found = re.search(r"/demos/runs/([0-9a-f-]{36})/", self.html)
        assert found, self.html
        self.run_id = UUID(found[1])

    def _get(self, path: str, **headers: str) -> str:
        request = urllib.request.Request(self.workers.server.url + path, headers=headers)
        with self.opener.open(request, timeout=30) as answer:
            return answer.read().decode()

    def _post(self, path: str, form: dict[str, str]) -> str:
        url, headers = self.workers.server.url + path, {"HX-Request": "true"}
        with self.opener.open(
            urllib.request.Request(url, urlencode(form).encode(), headers), timeout=30
        ) as answer:
            self.answered = answer.headers
            return answer.read().decode()

    def press(self, path: str, form: dict[str, str]) -> str:
        """Sends a form of that page. What comes of it, mistakes in it pointed out included."""
        try:
            return self._post(path, form | {"csrfmiddlewaretoken": self.token})
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def poll(self) -> str:
        """What the page shows now."""
        asked = re.search(r'hx-get="(/demos/runs/[^"]+)"', self.html)
        if asked:
            self.html = self._get(unescape(asked[1]), **{"HX-Request": "true"}) or self.html  # 204: as it was
        return self.html

    def cancel(self) -> None:
        self.html = self._post(f"/demos/runs/{self.run_id}/cancel/", {"csrfmiddlewaretoken": self.token})

    @property
    def run(self) -> DemoRun:
        return DemoRun.objects.get(pk=self.run_id)

    def wait_for_a_tenth(self) -> DemoRun:
        """The run, once more than 10 % of it is done."""

        def find() -> DemoRun | None:
            run = self.run
            assert run.is_unfinished, f"too quick: {run.status} {run.error}"
            return run if run.progress.get("step", 0) > 0.1 * run.progress.get("of", 1) else None

        return wait_until(find, "a tenth is done", self.workers)

    def wait_until(self, status: str, seconds: float = PATIENCE_SECONDS) -> DemoRun:
        """The run that has ended so, once the page shows that by itself. Raises AssertionError for another end."""
        run = self.wait_for_the_end(seconds)
        shown = unescape(self.poll())
        assert run.status == status, f"{run.status}: {run.error}\n{self.workers.log}"
        assert (run.result.finding if run.result else f"It failed. {run.error}") in shown
        return run

    def wait_for_the_end(self, seconds: float = PATIENCE_SECONDS) -> DemoRun:
        """The run that has ended, whichever way."""
        wait_until(lambda: not self.run.is_unfinished, "it has ended", self.workers, seconds)
        return self.run


@contextmanager
def own_services(folder: Path) -> Iterator[tuple[dict[str, str], Broker]]:
    """A database and a broker that no other site has, of the kinds that these tests run on, as a site is told of them.

    A Redis holds the limits by address and what is cached by number, too: two sites on one would count each other's.
    """
    with ExitStack() as stack:
        environment = {}
        if connection.vendor == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(fresh_database(os.environ["DATABASE_URL"]))
        broker = Broker(folder)
        broker.start()
        stack.callback(broker.stop)
        if broker.port:
            environment["REDIS_URL"] = broker.url
        yield environment, broker


@contextmanager
def working(folder: Path, *names: str, **environment: str) -> Iterator[Workers]:
    """The named programs (web, light, heavy, keeper) on data, a database and a broker of their own; QUICK ones."""
    with own_services(folder) as (services, broker), ExitStack() as stack:
        server = Server(
            f"http://127.0.0.1:{free_port()}", environment_of(folder, **(QUICK | environment | services))
        )
        server.prepare()
        name = services.get("DATABASE_URL", "").rpartition("/")[2] or str(folder / "chapter5.sqlite3")
        stack.enter_context(using_database(name))
        workers = Workers(folder, server, broker)
        stack.enter_context(workers.running(names))
        yield workers


@contextmanager
def using_database(name: str) -> Iterator[None]:
    """This process uses the database of that name."""
    connection.close()
    connection.settings_dict["NAME"], before = name, connection.settings_dict["NAME"]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def seeded(**parameters: str) -> dict[str, str]:
    """The parameters, and a seed that no run had, so that it is computed."""
    return parameters | {"seed": str(uuid4().int % 2**31)}


def is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(
    find: Callable[[], T | None], what: str, workers: Workers | None = None, seconds: float = PATIENCE_SECONDS
) -> T:
    """What it finds, once that is something. Raises AssertionError, with the log, when time is up."""
    deadline = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < deadline, (
            f"not within {seconds} s: {what}\n{workers.log if workers else ''}"
        )
        time.sleep(0.05)
    return found
