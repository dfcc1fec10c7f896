"""A real server on committed data, and Debian's chromium. A page that logs an error fails its test."""

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.server import PASSWORD, PATIENCE_SECONDS, Clock, Server, running
from tests.workers.site import own_services

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PATIENCE = 1_000 * PATIENCE_SECONDS
expect.set_options(timeout=PATIENCE)
people = itertools.count()
# A preview that a later one overtook; a lost network is `sendError`.
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The production server, two workers, on a database of its own, with the deck that ships."""
    folder = tmp_path_factory.mktemp("site")
    clock = Clock(folder / "clock")
    clock.set(datetime.now(UTC).replace(hour=10, minute=0, microsecond=0))
    with (
        own_services(folder) as (services, _broker),
        running(folder, clock, TRUSTED_PROXY_COUNT="1", **services) as site,
    ):
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a fresh browser profile. What its pages log as errors, the CSP's reports included, fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        page.on(
            "console",
            lambda said: (
                said.type in {"error", "warning"}
                and not said.text.startswith(REPLACED)
                and complaints.append(f"{page.url}: {said.text}")
            ),
        )
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))

    def new_context(**options: object) -> BrowserContext:
        address = {"X-Forwarded-For": f"192.0.2.{next(people) % 250 + 1}"}  # each has limits of its own
        context = browser.new_context(base_url=server.url, extra_http_headers=address, **options)
        context.set_default_timeout(PATIENCE)
        context.on("page", listen)
        contexts.append(context)
        return context

    new_context.complaints = complaints  # type: ignore[attr-defined]
    yield new_context
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """One page in a fresh profile."""
    return new_context().new_page()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Through the site's own form."""
    page.goto("/accounts/login/")
    page.get_by_label("Username or email").or_(page.locator("[name=login]")).first.fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def sign_up(page: Page, name: str | None = None) -> str:
    """A new account, through the site's own form. Returns the name."""
    name = name or f"learner-{uuid4().hex[:8]}"
    page.goto("/accounts/signup/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=email]").fill(f"{name}@example.org")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_url(lambda url: "/accounts/signup" not in url)
    return name


def replied(page: Page) -> None:
    """Returns when a grade's reply is there: the next prompt was before."""
    expect(page.locator("#grade")).to_have_count(0)
