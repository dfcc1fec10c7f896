"""The deployment on this host: what docker-compose.yml runs, with its own commands, environments and health checks.

Two webs, two workers and beat on one PostgreSQL and one Redis, behind the proxy. Only addresses change: names and ports
become this host's, and DATA_DIR a folder. What needs an engine (images, limits, networks) is read in test_compose.py.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psutil
import psycopg
import pytest

from tests.deployment.compose import ROOT, read
from tests.server import PATIENCE_SECONDS, free_port, fresh_database
from tests.views.plain_browser import Form, Forms

SITE = "localhost"  # for which Caddy makes a certificate by itself
WEBS = ("127.0.0.2", "127.0.0.3")
ANY = 0
VISITOR = "203.0.113.7"
DONE = "/0.csv"  # a link on the page of a run that is done, and on no other
pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("DATABASE_URL", "").startswith("postgres") or not os.environ.get("REDIS_URL"),
        reason="the deployment has PostgreSQL and Redis",
    ),
    pytest.mark.skipif(sys.platform != "linux", reason="the webs listen on 127.0.0.2 and 127.0.0.3"),
    pytest.mark.xdist_group("deployment"),
]


class Deployment:
    """The services of docker-compose.yml, as processes of this host."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.services = read(
            {
                "SECRET_KEY": "of-this-test-alone-" + os.urandom(20).hex(),
                "POSTGRES_PASSWORD": "inTheAddressBelow",
                "SITE_HOST": SITE,
                "COMPOSE_PROFILES": "cpu",
            }
        )["services"]
        self.database = database
        self.ports = {
            "web": free_port(WEBS[0]),
            "redis": free_port(),
            "proxy": free_port(),
            "check": free_port(),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def here(self, text: str) -> str:
        """A text of the file with this host's addresses in it."""
        for there, here in {
            "postgres://chapter5:inTheAddressBelow@db:5432/chapter5": self.database,
            "redis://redis:6379": f"redis://127.0.0.1:{self.ports['redis']}",
            "redis-cli": f"redis-cli -p {self.ports['redis']}",
            "http://127.0.0.1:8000/": f"http://{WEBS[0]}:{self.ports['web']}/",
            "http://127.0.0.1:8081/": f"http://127.0.0.1:{self.ports['check']}/",
        }.items():
            text = text.replace(there, here)
        return str(self.folder) if text == "/data" else text

    def environment(self, service: str) -> dict[str, str]:
        """The service's own, and what its image or this machine gives a process."""
        given = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
        given |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
        if service == "proxy":
            given |= dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(self.folder / "state"))
        own = self.services[service].get("environment", {})
        return given | {name: self.here(value) for name, value in own.items()}

    def start(self, service: str, number: int = 1, *more: str, command: list[str] | None = None) -> None:
        name = f"{service}-{number}"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*(command or self.services[service]["command"]), *more],
                cwd=ROOT, env=self.environment(service), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def start_web(self, number: int) -> None:
        command = list(self.services["web"]["command"])
        command[command.index("0.0.0.0")] = WEBS[number - 1]
        command[command.index("8000")] = str(self.ports["web"])
        self.start("web", number, command=command)

    def run(self, service: str) -> str:
        """The service's command, to its end. What it printed."""
        done = subprocess.run(
            self.services[service]["command"],
            cwd=ROOT, env=self.environment(service), capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def is_healthy(self, service: str) -> bool:
        """Whether the service's own health check says so."""
        how, *test = (self.here(text) for text in self.services[service]["healthcheck"]["test"])
        command = ["sh", "-c", test[0]] if how == "CMD-SHELL" else test
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(service),
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        return done.returncode == 0

    def wait_until_healthy(self, service: str) -> None:
        wait_for(lambda: self.is_healthy(service), lambda: f"{service} is not healthy\n{self.logs()}")

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()}" for path in self.folder.glob("*.log"))

    def lines(self, service: str) -> list[dict[str, Any]]:
        """What all processes of a service have logged, a line of JSON each."""
        texts = [path.read_text() for path in self.folder.glob(f"{service}-*.log")]
        return [json.loads(line) for text in texts for line in text.splitlines()]

    def family(self) -> list[psutil.Process]:
        """Every process of every service: what was started, and whatever has the folder in its environment."""
        started = {process.pid for process in self.processes.values()}
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid in started or process.environ().get("DATA_DIR") == str(self.folder):
                    found.append(process)
        return found

    def of(self, name: str) -> list[psutil.Process]:
        """A container's processes."""
        leader = psutil.Process(self.processes[name].pid)
        return [leader, *leader.children(recursive=True)]

    @contextlib.contextmanager
    def suspended(self, name: str) -> Iterator[None]:
        """Nothing of the container goes on."""
        processes = self.of(name)
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):  # it was killed meanwhile
                    process.resume()

    def kill(self, name: str) -> None:
        """As when a container is killed: all of it at once."""
        for process in self.of(name):
            with contextlib.suppress(psutil.NoSuchProcess):  # it went with its parent
                process.kill()
        self.processes[name].wait(PATIENCE_SECONDS)

    def stop(self) -> list[str]:
        """As an engine does: SIGTERM, and SIGKILL after the grace period. What had to be killed."""
        family = self.family()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        _, alive = psutil.wait_procs(family, timeout=5)
        killed = [" ".join(process.cmdline()) for process in alive]
        for process in alive:
            process.kill()
        return killed


def wait_for(is_so: Callable[[], object], why: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, why()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """In the order of depends_on: database and broker, prepare, then the rest. Both webs answer."""
    folder = tmp_path_factory.mktemp("deployment")
    with fresh_database(os.environ["DATABASE_URL"]) as database:
        site = Deployment(folder, database)
        try:
            site.start(
                "redis", 1, "--port", str(site.ports["redis"]), "--bind", "127.0.0.1", "--dir", str(folder)
            )
            site.wait_until_healthy("redis")
            assert "An admin was made" in site.run("prepare")
            for number in (1, 2):
                site.start_web(number)
                site.start("worker", number)
            site.start("beat")
            for web in (1, 2):
                wait_for(lambda web=web: answers(site, web), site.logs)
            yield site
            for service in ("web", "worker", "beat"):
                assert all({"time", "level", "logger"} <= line.keys() for line in site.lines(service))
            assert len(site.family()) > 10  # so that the next line says something
            assert site.stop() == [], "these did not end when they were told to"
            assert site.family() == []
        finally:
            site.stop()


def answers(site: Deployment, web: int) -> bool:
    with contextlib.suppress(OSError):
        return Browser(site).ask(web, "/healthz")[0].status == 200
    return False


@pytest.fixture(scope="module")
def workers(deployment: Deployment) -> Deployment:
    """The deployment once both workers, each with a light and a heavy child, have greeted."""
    there = "select queue, count(*) from cards_demoworker group by queue"
    wait_for(
        lambda: {"light": 2, "heavy": 2}.items() <= dict(deployment.rows(there)).items(), deployment.logs
    )
    return deployment


class Browser:
    """Cookies and forms, sent to a web as the proxy sends them."""

    def __init__(self, deployment: Deployment, **headers: str) -> None:
        self.deployment = deployment
        self.cookies: dict[str, str] = {}
        self.origin = f"https://{SITE}"
        self.headers = {"Host": SITE, "X-Forwarded-Proto": "https", "X-Forwarded-For": VISITOR, **headers}

    def connect(self, web: int) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(WEBS[web - 1], self.deployment.ports["web"], timeout=20)

    def ask(
        self, web: int, path: str, data: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, str]:
        """The answer of web 1 or 2, redirects not followed, and its text."""
        connection = self.connect(web)
        headers = self.headers | {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        if data is not None:
            headers |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(
            "GET" if data is None else "POST", path, urlencode(data) if data is not None else None, headers
        )
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer, text

    def page(self, web: int, path: str) -> str:
        answer, text = self.ask(web, path)
        assert answer.status == 200, f"{path}: {answer.status}\n{text}"
        return text

    def press(self, web: int, form: Form, **more: str) -> str:
        """Sends a form of a page to that web, and follows it there. The page that comes of it."""
        path, text = form.attributes["action"], ""
        if form.attributes.get("method", "get") == "get":
            return self.page(web, f"{path}?{urlencode(form.fields | more)}")
        answer, text = self.ask(web, path, form.fields | more)
        if answer.status in {302, 303}:
            return self.page(web, answer.headers["Location"])
        assert answer.status == 200, f"{path}: {answer.status}\n{text}"
        return text


def form_with(html: str, action: str) -> Form:
    [form, *_] = [form for form in Forms(html).forms if re.search(action, form.attributes["action"])]
    return form


# --- the webs ---


@pytest.mark.parametrize("web", [1, 2])
def test_a_web_is_ready_for_whoever_asks_from_inside(deployment: Deployment, web: int) -> None:
    inside = Browser(deployment, **{"X-Forwarded-Proto": "http", "Host": "web"})
    wait_for(lambda: '"state": "ok"' in inside.page(web, "/readyz"), deployment.logs)
    deployment.wait_until_healthy("web")


def test_production_is_on(deployment: Deployment) -> None:
    plain, _ = Browser(deployment, **{"X-Forwarded-Proto": "http"}).ask(1, "/decks/")
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{SITE}/decks/")
    stranger, _ = Browser(deployment, Host="elsewhere.example.org").ask(1, "/")
    assert stranger.status == 400
    home, _ = Browser(deployment).ask(1, "/accounts/login/")
    assert home.status == 200
    assert home.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert all("Secure" in line for line in home.headers.get_all("Set-Cookie"))


def test_one_session_holds_on_both_webs_and_a_grade_on_one_is_seen_on_the_other(
    deployment: Deployment,
) -> None:
    browser = Browser(deployment)
    answer = browser.press(2, form_with(browser.page(1, "/review/"), r"^/review/\d+/$"))
    grades = next(form for form in Forms(answer).forms if "grade" in str(form.buttons))
    browser.press(1, grades, grade="3")
    seen = browser.page(2, "/review/")
    assert re.search(r"<b>1</b> done", seen)
    assert not re.search(r"<b>1</b> done", Browser(deployment).page(2, "/review/"))


def test_a_demo_asked_for_at_one_web_is_seen_done_at_the_other(workers: Deployment) -> None:
    browser = Browser(workers)
    asked = form_with(browser.page(1, "/demos/softmax_table/"), r"/run/$")
    answer, _ = browser.ask(1, asked.attributes["action"], asked.fields | {"p-activations": "1, 1, 2"})
    path = answer.headers["Location"]
    wait_for(lambda: "0.576" in browser.page(2, path), lambda: f"{browser.page(2, path)}\n{workers.logs()}")
    stranger, _ = Browser(workers).ask(2, path)
    assert stranger.status == 404


def test_a_heavy_demo_on_each_worker_keeps_no_light_one_waiting(workers: Deployment) -> None:
    browser = Browser(workers)

    def light_one_is_first(number: int) -> bool:
        runs = [
            *two_long_runs(browser, number),
            ask(browser, 2, "softmax_table", {"p-activations": f"3, {number}"}),
        ]
        wait_for(lambda: all(DONE in browser.page(2, run) for run in runs), workers.logs)
        order = workers.rows(
            f"select queue from cards_demorun where id in ({ids_of(runs)}) order by finished_at"
        )
        return order == [("light",), ("heavy",), ("heavy",)]

    # Where this process is held up for the seconds that a heavy one takes, the light one is asked for after it.
    assert any(light_one_is_first(number) for number in range(4, 7))


def ask(browser: Browser, web: int, slug: str, given: dict[str, str]) -> str:
    """The path of the run's page."""
    form = form_with(browser.page(web, f"/demos/{slug}/"), r"/run/$")
    return browser.ask(web, form.attributes["action"], form.fields | given)[0].headers["Location"]


def two_long_runs(browser: Browser, number: int) -> list[str]:
    """Paths of runs that no other number has."""
    long = {"p-steps": "300", "p-batch_size": "256"}
    return [ask(browser, 1, "lr_find", long | {"seed": str(100 * number + each)}) for each in (1, 2)]


def ids_of(runs: list[str]) -> str:
    """As a query lists them."""
    return ", ".join(f"'{run.split('/')[3]}'" for run in runs)


def test_workers_and_beat_are_healthy_by_their_own_checks(workers: Deployment) -> None:
    workers.wait_until_healthy("worker")
    workers.wait_until_healthy("beat")


def test_a_run_whose_worker_is_killed_is_done_by_the_other(workers: Deployment) -> None:
    """Beat finds it by its row; the broker would deliver its message again much later."""
    browser = Browser(workers)

    def is_killed_under_way(number: int) -> bool:
        runs = two_long_runs(browser, number)
        of_these = f"from cards_demorun where id in ({ids_of(runs)})"
        under_way = f"select count(*) {of_these} and status = 'running' and (progress->>'step')::int >= 30"
        ended = f"select attempt {of_these} and status = 'done'"
        wait_for(lambda: workers.rows(under_way) == [(2,)] or workers.rows(ended), workers.logs)
        with workers.suspended("worker-1"):
            if workers.rows(under_way) != [(2,)]:
                return False
            workers.kill("worker-1")
        wait_for(lambda: len(workers.rows(ended)) == 2, workers.logs)
        assert sorted(workers.rows(ended)) == [(1,), (2,)]
        assert all(DONE in browser.page(2, run) for run in runs)
        workers.start("worker", 1)
        return True

    # They take some seconds: where this process is held up for as long, one is over before.
    assert any(is_killed_under_way(number) for number in range(7, 10))


def test_the_message_of_a_run_comes_again_only_after_any_run_s_end() -> None:
    from django.conf import settings

    from cards.actions.demo_runs import limit_seconds
    from cards.demos.registry import demos

    longest = max(limit_seconds(demo.slug) for demo in demos()) + 2 * settings.DEMO_GRACE_SECONDS
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > 2 * longest


# --- the proxy ---


class Names(threading.Thread):
    """The DNS server of an engine: every name has the addresses of both webs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self) -> None:
        while True:
            query, asker = self.socket.recvfrom(512)
            end = query.index(b"\0", 12) + 5
            is_a = query[end - 4 : end - 2] == b"\0\1"
            records = [
                b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(web) for web in WEBS if is_a
            ]
            head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(records), 0, 0)
            self.socket.sendto(head + query[12:end] + b"".join(records), asker)


needs_caddy = pytest.mark.skipif(
    shutil.which("caddy") is None, reason="caddy is not installed (Debian: apt-get install caddy)"
)


@pytest.fixture(scope="module")
def proxy(deployment: Deployment) -> Deployment:
    """Caddy with the deployment's own file, in which the ports and the name server become this host's."""
    names = Names()
    names.start()
    text = (ROOT / "chapter5" / "Caddyfile").read_text()
    for there, here in {
        "http_port 8080": f"http_port {free_port()}",
        "https_port 8443": f"https_port {deployment.ports['proxy']}",
        "http://:8081 {": f"http://:{deployment.ports['check']} {{",
        "dynamic a web 8000 {": f"dynamic a web {deployment.ports['web']} {{\nresolvers udp/127.0.0.1:{names.port}",
    }.items():
        assert text.count(there) == 1
        text = text.replace(there, here)
    file = deployment.folder / "Caddyfile"
    file.write_text(text)
    deployment.start("proxy", command=["caddy", "run", "--config", str(file), "--adapter", "caddyfile"])
    deployment.wait_until_healthy("proxy")
    wait_for(lambda: has_certificate(deployment), deployment.logs)
    return deployment


def has_certificate(proxy: Deployment) -> bool:
    """Whether the proxy has made the one that it serves by, which it does while it listens already."""
    with contextlib.suppress(OSError):
        Visitor(proxy).ask(ANY, "/healthz")
        return True
    return False


class Visitor(Browser):
    """A browser that goes through the proxy, which decides on the web. Over TLS, by the CA that the proxy made."""

    def __init__(self, proxy: Deployment, address: str = "127.0.0.1", **headers: str) -> None:
        super().__init__(proxy)
        self.address = address
        self.origin = f"https://{SITE}:{proxy.ports['proxy']}"
        self.headers = headers
        ca = proxy.folder / "state" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        wait_for(ca.exists, proxy.logs)
        self.context = ssl.create_default_context(cafile=str(ca))

    def connect(self, web: int) -> http.client.HTTPConnection:
        port = self.deployment.ports["proxy"]
        return http.client.HTTPSConnection(
            SITE, port, timeout=20, context=self.context, source_address=(self.address, 0)
        )


@needs_caddy
def test_the_proxy_s_file_is_valid() -> None:
    command = ["caddy", "validate", "--config", "chapter5/Caddyfile", "--adapter", "caddyfile"]
    environment = os.environ | {"SITE_HOST": "cards.example.org"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs_caddy
def test_a_card_is_graded_through_the_proxy(proxy: Deployment) -> None:
    visitor = Visitor(proxy)
    answer = visitor.press(ANY, form_with(visitor.page(ANY, "/review/"), r"^/review/\d+/$"))
    grades = next(form for form in Forms(answer).forms if "grade" in str(form.buttons))
    assert re.search(r"<b>1</b> done", visitor.press(ANY, grades, grade="3"))


@needs_caddy
@pytest.mark.parametrize("path", ["/readyz", "/healthz", "/%72eadyz", "//readyz", "/readyz?a=b"])
def test_readyz_is_for_the_inside_alone(proxy: Deployment, path: str) -> None:
    answer, text = Visitor(proxy).ask(ANY, path)
    assert answer.status == 404
    assert "database" not in text


@needs_caddy
def test_a_visitor_cannot_say_where_they_come_from_or_by_what(proxy: Deployment) -> None:
    """The proxy replaces such headers: a page that sees http would redirect for ever; a limit counts by the address."""
    for proto, address in {
        "X-Forwarded-Proto: http": "X-Forwarded-For: 198.51.100.1",
        "X_Forwarded_Proto: http": "X_Forwarded_For: 198.51.100.2",  # which the web takes for the same
        "x-forwarded_proto: http": "x_forwarded-for: 198.51.100.3",
    }.items():
        visitor = Visitor(proxy, **dict(header.split(": ") for header in (proto, address)))
        asked = form_with(visitor.page(ANY, "/demos/softmax_table/"), r"/run/$")
        answer, _ = visitor.ask(ANY, asked.attributes["action"], asked.fields | {"seed": "77"})
        assert answer.status == 302
    addresses = proxy.rows("select address from cards_demorun where seed = 77")
    assert len(addresses) == 3
    assert len(set(addresses)) == 1


@needs_caddy
def test_each_visitor_s_own_address_reaches_the_webs(proxy: Deployment) -> None:
    """Not the proxy's, by which all guests together would have one guest's limits."""
    for address in ("127.0.0.4", "127.0.0.5", "127.0.0.5"):
        visitor = Visitor(proxy, address)
        asked = form_with(visitor.page(ANY, "/demos/softmax_table/"), r"/run/$")
        answer, _ = visitor.ask(ANY, asked.attributes["action"], asked.fields | {"seed": "78"})
        assert answer.status == 302
    counts = "select count(*) from cards_demorun where seed = 78 group by address order by 1"
    assert proxy.rows(counts) == [(1,), (2,)]


@needs_caddy
@pytest.mark.parametrize("header", ["X-Request-ID", "X_Request_ID"])
def test_one_id_goes_from_the_proxy_into_the_demo_and_is_no_visitor_s(
    proxy: Deployment, workers: Deployment, header: str
) -> None:
    visitor = Visitor(proxy, **{header: "of-a-visitor"})
    asked = form_with(visitor.page(ANY, "/demos/softmax_table/"), r"/run/$")
    path = asked.attributes["action"]
    answer, _ = visitor.ask(ANY, f"{path}?secret=1", asked.fields | {"seed": str(uuid4().int % 2**31)})
    request_id = answer.headers["X-Request-ID"]
    assert request_id != "of-a-visitor"
    [passed] = [
        line
        for line in proxy.lines("proxy")
        if line.get("resp_headers", {}).get("X-Request-Id") == [request_id]
    ]
    assert (passed["request"]["method"], passed["request"]["uri"], passed["status"]) == ("POST", path, 302)
    assert "headers" not in passed["request"]
    assert [line["path"] for line in proxy.lines("web") if line.get("request_id") == request_id] == [path]
    wait_for(lambda: DONE in visitor.page(ANY, answer.headers["Location"]), proxy.logs)

    def computed() -> list[str]:
        return [line["logger"] for line in workers.lines("worker") if line.get("request_id") == request_id]

    wait_for(lambda: computed() == ["cards.runner"] * 2, proxy.logs)


@needs_caddy
def test_a_key_that_was_mailed_is_not_in_the_proxy_s_log(proxy: Deployment) -> None:
    for path in (
        "/accounts/confirm-email/MTc:secret-key/",
        "/accounts/password/reset/key/1-secret-key/?next=secret-key",
        "/digest/unsubscribe/17:secret-key/",
    ):
        Visitor(proxy).ask(ANY, path)
    paths = {"/accounts/confirm-email/", "/accounts/password/reset/key/", "/digest/unsubscribe/"}
    wait_for(
        lambda: paths <= {line["request"]["uri"] for line in proxy.lines("proxy") if "request" in line},
        proxy.logs,
    )
    assert "secret-key" not in proxy.logs()


@needs_caddy
def test_a_web_that_is_killed_leaves_the_other_serving(proxy: Deployment) -> None:
    proxy.kill("web-1")
    for _ in range(10):
        answer, _ = Visitor(proxy).ask(ANY, "/decks/")
        assert answer.status == 200
    assert Browser(proxy).page(2, "/decks/")
    assert not proxy.is_healthy("web")  # which looks at the first, as a container's looks at its own
    proxy.start_web(1)
    wait_for(lambda: answers(proxy, 1), proxy.logs)
    proxy.wait_until_healthy("web")
