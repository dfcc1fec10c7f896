"""Mail over TLS, as docs/operating.md sets it up: real servers, and Django as it is configured."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.bench.client import Client
from tests.deployment.certificate import make_certificate
from tests.doctor.test_mail import Reply, Server
from tests.server import PATIENCE_SECONDS, environment_of, free_port, running
from tests.server import Server as Site


class TlsReply(Reply):
    """Speaks TLS from the beginning, or from the STARTTLS that it offers, and notes which command came in clear."""

    server: "TlsServer"
    is_secret = False

    def handle(self) -> None:
        if self.server.is_implicit:
            self.hide()
        self.say("greeting")
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append((line, self.is_secret))
            self.answer(line)
            if line == "STARTTLS":
                self.hide()

    def hide(self) -> None:
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.is_secret = True


class TlsServer(Server):
    def __init__(self, certificate: Path, is_implicit: bool) -> None:
        features = "250-here\r\n250-AUTH PLAIN\r\n250 " + ("SIZE" if is_implicit else "STARTTLS")
        super().__init__({"EHLO": features, "STARTTLS": "220 go on", "AUTH": "235 welcome"})
        self.RequestHandlerClass = TlsReply
        self.is_implicit, self.heard = is_implicit, []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@contextmanager
def serving(certificate: Path, is_implicit: bool) -> Iterator[TlsServer]:
    with TlsServer(certificate, is_implicit) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def site(folder: Path, server: TlsServer, **environment: str) -> Site:
    mail = {
        "EMAIL_HOST": "localhost", "EMAIL_PORT": str(server.server_address[1]), "EMAIL_HOST_USER": "cards",
        "EMAIL_HOST_PASSWORD": "secret", "DEFAULT_FROM_EMAIL": "chapter5 <cards@example.org>",
    }  # fmt: skip
    return Site("", environment_of(folder, **(mail | environment)))


@pytest.mark.parametrize(("is_implicit", "kind"), [(False, {}), (True, {"EMAIL_USE_SSL": "1"})])
def test_a_mail_and_the_password_for_it_go_over_tls(tmp_path, certificate, is_implicit, kind) -> None:
    with serving(certificate, is_implicit) as server:
        site(tmp_path, server, SSL_CERT_FILE=str(certificate), **kind).manage(
            "sendtestemail", "ada@example.org"
        )
    [mail] = server.mails
    assert "From: chapter5 <cards@example.org>" in mail
    assert [line.split()[0] for line, is_secret in server.heard if not is_secret] == (
        [] if is_implicit else ["ehlo", "STARTTLS"]
    )
    assert any(line.startswith("AUTH PLAIN ") for line, _ in server.heard)


@pytest.mark.parametrize(("is_implicit", "kind"), [(False, {}), (True, {"EMAIL_USE_SSL": "1"})])
def test_a_server_that_cannot_prove_who_it_is_hears_no_password(
    tmp_path, certificate, is_implicit, kind
) -> None:
    with (
        serving(certificate, is_implicit) as server,
        pytest.raises(AssertionError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        site(tmp_path, server, **kind).manage("sendtestemail", "ada@example.org")
    assert not any(line.startswith("AUTH") for line, _ in server.heard)


def test_the_port_is_that_of_the_kind_of_tls(tmp_path) -> None:
    show = "from django.conf import settings; print(settings.EMAIL_PORT)"
    for use_ssl, port in {"0": "587", "1": "465"}.items():
        folder = Site("", environment_of(tmp_path, EMAIL_USE_SSL=use_ssl))
        assert folder.manage("shell", "-v0", "-c", show).split() == [port]


def test_a_mail_server_that_says_nothing_keeps_nobody_waiting_for_ever(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", port := free_port())):
        mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port)}
        with running(tmp_path, DATABASE_URL="", **mail) as site:
            client = Client(site.url)
            client.get("/accounts/password/reset/")
            form = {"email": "ada@example.org", "csrfmiddlewaretoken": client.cookies["csrftoken"]}
            connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=PATIENCE_SECONDS)
            cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
            headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/accounts/password/reset/", urlencode(form), headers)
            assert connection.getresponse().status == 500
            connection.close()
