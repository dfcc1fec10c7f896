"""Chromium's own throttling, as its developer tools name it."""

from typing import Any

from playwright.sync_api import Page

SLOW_4G = {
    "offline": False,
    "latency": 562.5,  # milliseconds, for each request
    "downloadThroughput": 1_440_000 / 8,  # bytes a second
    "uploadThroughput": 675_000 / 8,
}


def slow_down(page: Page) -> Any:
    """From now on the page's network is “slow 4G”. The session with the browser by which that is so."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    return session
