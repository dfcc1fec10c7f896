"""What docs/deployment.md gives for a host without compose, taken from there: nginx, a systemd unit, its environment.

Names, ports and folders become this host's; the site has SQLite and no demo workers.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from chapter5.supervise import end_with_parent
from tests.deployment.certificate import make_certificate
from tests.deployment.compose import ROOT
from tests.deployment.test_services import ANY, Browser, form_with
from tests.deployment.test_services import wait_for as wait_until
from tests.server import ENDS_SECONDS, PATIENCE_SECONDS, free_port, wait_for
from tests.views.plain_browser import Forms

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
TEXT = (ROOT / "docs" / "deployment.md").read_text()
BLOCKS = {
    block.split(maxsplit=2)[1].rstrip(","): block
    for block in re.findall(r"^```\w+\n(# /.+?)^```", TEXT, re.M | re.S)
}
FILE, UNIT, ENVIRONMENT = (
    "/etc/nginx/conf.d/chapter5.conf",
    "/etc/systemd/system/chapter5.service",
    "/etc/chapter5.env",
)
MAIN = """
daemon off; pid {folder}/nginx.pid; error_log stderr; {user}
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/chapter5.conf;
}}
"""

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: apt-get install nginx-light)"),
    pytest.mark.xdist_group("deployment"),
]


def block(name: str, **here: str) -> str:
    """A file of the page, with this host's instead of each of the texts that it must have."""
    text = BLOCKS[name]
    for there, instead in here.items():
        assert there in text
        text = text.replace(there, instead)
    return text


def listens(port: int) -> bool:
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS),
    ):
        return True
    return False


class Host:
    """The unit's process, and nginx before it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.ports = {"web": free_port(), "https": free_port(), "http": free_port()}
        self.certificate = make_certificate(folder)
        given = block(
            ENVIRONMENT, **{"cards.example.org": "localhost", "/var/lib/chapter5": str(folder / "data")}
        )
        lines = [line.split("=", 1) for line in given.splitlines()[1:]]
        self.environment = {name: value for name, value in lines if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.environment |= {"PORT": str(self.ports["web"]), "DEMO_WORKERS": "0", "PATH": os.environ["PATH"]}
        self.log, self.access = folder / "log", folder / "access.log"

    def unit(self) -> str:
        here = {
            "/srv/chapter5/.venv/bin/python": sys.executable,
            "WorkingDirectory=/srv/chapter5": f"WorkingDirectory={ROOT}",
        }  # fmt: skip
        return block(UNIT, **here)

    def configuration(self) -> list[str]:
        """nginx's arguments, for the page's file within a least one around it."""
        here = {
            "127.0.0.1:8000": f"127.0.0.1:{self.ports['web']}", "cards.example.org": "localhost",
            "listen 80;": f"listen 127.0.0.1:{self.ports['http']};", "    listen [::]:80;\n": "",
            "listen 443 ssl": f"listen 127.0.0.1:{self.ports['https']} ssl", "    listen [::]:443 ssl http2;\n": "",
            "/var/log/nginx/chapter5.log": str(self.access),
        }  # fmt: skip
        text = block(FILE, **here)
        text = re.sub(r"/etc/letsencrypt/\S+\.pem", str(self.certificate), text)
        (self.folder / "chapter5.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=user))
        return [str(NGINX), "-e", "stderr", "-c", str(self.folder / "nginx.conf")]

    @contextlib.contextmanager
    def running(self) -> Iterator["Host"]:
        [command] = re.findall("^ExecStart=(.+)$", self.unit(), re.MULTILINE)
        with self.log.open("w") as log:
            options: Any = {
                "stdout": log,
                "stderr": log,
                "stdin": subprocess.DEVNULL,
                "preexec_fn": end_with_parent,
            }
            serve = subprocess.Popen(command.split(), cwd=ROOT, env=self.environment, **options)
            nginx = subprocess.Popen(self.configuration(), **options)
        try:
            wait_for(f"http://127.0.0.1:{self.ports['web']}/readyz", serve, self.log)
            wait_until(lambda: listens(self.ports["https"]), self.log.read_text)
            yield self
            serve.terminate()
            assert serve.wait(ENDS_SECONDS) == 0
            psutil.wait_procs(self.left(), timeout=5)  # what it has just killed
            assert self.left() == []
            assert "did not end" not in self.log.read_text()
        finally:
            nginx.terminate()
            for process in self.left():
                process.kill()
            serve.wait(PATIENCE_SECONDS)
            nginx.wait(PATIENCE_SECONDS)

    def left(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("DATA_DIR") == self.environment["DATA_DIR"]:
                    found.append(process)
        return found

    def wait_for_path(self, log: Path, path: str, request_id: str | None = None) -> None:
        """Until the log, a line of which is written after its answer, has that path; the id's line no other."""

        def is_logged() -> bool:
            lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
            paths = [
                line["path"]
                for line in lines
                if request_id in {None, line.get("request_id")} and "path" in line
            ]
            return path in paths if request_id is None else paths == [path]

        wait_until(is_logged, log.read_text)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("host")).running() as host:
        yield host


class Visitor(Browser):
    """A browser that comes through nginx."""

    def __init__(self, host: Host, **headers: str) -> None:
        self.host, self.cookies, self.origin = host, {}, "https://localhost"
        self.headers = {"Host": "localhost", **headers}

    def connect(self, web: int) -> http.client.HTTPConnection:
        context = ssl.create_default_context(cafile=str(self.host.certificate))
        return http.client.HTTPSConnection("localhost", self.host.ports["https"], timeout=30, context=context)


def test_nginx_takes_the_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [*Host(tmp_path).configuration(), "-t"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    (tmp_path / "chapter5.service").write_text(Host(tmp_path).unit())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(tmp_path / "chapter5.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "chapter5.service" in done.stderr) == (0, False), done.stderr


def test_a_card_is_graded_through_nginx(host: Host) -> None:
    visitor = Visitor(host)
    answer = visitor.press(ANY, form_with(visitor.page(ANY, "/review/"), r"^/review/\d+/$"))
    grades = next(form for form in Forms(answer).forms if "grade" in str(form.buttons))
    assert re.search(r"<b>1</b> done", visitor.press(ANY, grades, grade="3"))


def test_plain_http_is_led_to_https(host: Host) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", host.ports["http"], timeout=20)
    connection.request("GET", "/decks/?page=2", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/decks/?page=2")
    connection.close()
    secure, _ = Visitor(host).ask(ANY, "/decks/")
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/readyz", "/healthz", "/%72eadyz", "//readyz", "/readyz?a=b", "/./readyz"])
def test_health_is_for_the_inside_alone(host: Host, path: str) -> None:
    answer, text = Visitor(host).ask(ANY, path)
    assert answer.status == 404
    assert "database" not in text


@pytest.mark.parametrize("header", ["X-Request-ID", "X_Request_ID"])
def test_one_id_goes_from_nginx_into_the_web_and_is_no_visitor_s(host: Host, header: str) -> None:
    answer, _ = Visitor(host, **{header: "of-a-visitor"}).ask(ANY, "/decks/?secret=1")
    request_id = answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    for log in (host.access, host.log):
        host.wait_for_path(log, "/decks/", request_id)


def test_a_key_that_was_mailed_is_not_in_the_log(host: Host) -> None:
    for path in (
        "/accounts/confirm-email/MTc:secret-key/",
        "/accounts/password/reset/key/1-secret-key/?next=secret-key",
        "/digest/unsubscribe/17:secret-key/",
    ):
        Visitor(host).ask(ANY, path)
    for path in ("/accounts/confirm-email/", "/accounts/password/reset/key/", "/digest/unsubscribe/"):
        host.wait_for_path(host.access, path)
    assert "secret-key" not in host.access.read_text() + host.log.read_text()


def test_a_visitor_cannot_say_where_they_come_from_or_by_what(host: Host) -> None:
    """Sign-ins are limited by the address: ten a minute, whatever a visitor says of themselves."""
    answers = []
    for number in range(12):
        said = {"X-Forwarded-For": f"198.51.100.{number}", "X_Forwarded_For": f"203.0.113.{number}"}
        visitor = Visitor(host, **said, **{"X-Forwarded-Proto": "http", "X_Forwarded_Proto": "http"})
        form = form_with(visitor.page(ANY, "/accounts/login/"), "login")
        wrong = {"login": f"nobody-{uuid4()}", "password": "wrong"}
        answers.append(visitor.ask(ANY, "/accounts/login/", form.fields | wrong)[1])
    assert "That was tried too often" not in answers[0]
    assert "That was tried too often" in answers[-1]


@pytest.mark.parametrize(("size", "is_refused"), [(11_900_000, False), (12_700_000, True)])
def test_nginx_takes_as_much_as_the_app(host: Host, size: int, is_refused: bool) -> None:
    visitor = Visitor(host)
    form = form_with(visitor.page(ANY, "/accounts/login/"), "login")
    answer, _ = visitor.ask(ANY, "/accounts/login/", form.fields | {"login": "x" * size})
    assert (answer.status == 413) is is_refused
