"""A real browser before a real server."""

import os
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

PASSWORD = "correct horse battery"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven over its own protocol."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the driver keeps an event loop in this thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser: Browser, live_server: LiveServer, transactional_db: None) -> Iterator[BrowserContext]:
    """A browser window of desk size, nobody logged in."""
    cache.clear()
    window = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    yield window
    window.close()


@pytest.fixture
def admin(transactional_db: None) -> User:
    return User.objects.create_superuser("grace", "grace@corp.example", PASSWORD)


@pytest.fixture
def page(context: BrowserContext, admin: User, live_server: LiveServer) -> Iterator[Page]:
    """A page of a logged-in administrator; a refusal by the browser's policy or a script error fails the test."""
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    context.add_cookies([{"name": "sessionid", "value": session(admin), "url": live_server.url}])
    yield tab
    assert [words for words in complaints if "404 (Not Found)" not in words] == []


def session(user: User) -> str:
    """The key of a new session of this person."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def log_in(tab: Page) -> None:
    tab.goto("/login/")
    tab.get_by_label("User name").fill("grace")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in").click()
    tab.wait_for_url("**/submissions/")
