"""A newcomer's first minutes: what `make run` starts, used in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mailmonitor.embedded import Running, running

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("story") / "var") as started:
        yield started


@pytest.fixture
def newcomer(browser: Browser, installation: Running) -> Iterator[Page]:
    window = browser.new_context(base_url=installation.url, viewport={"width": 1440, "height": 900})
    yield window.new_page()
    window.close()


def test_log_in_send_a_sample_watch_it_and_change_the_words_of_the_answer(
    newcomer: Page, installation: Running
) -> None:
    log_in(newcomer, installation.password)
    change_the_receipt(newcomer)

    newcomer.goto("/submissions/")
    newcomer.get_by_role("button", name="Send yourself a sample report").click()
    row = newcomer.locator("tbody tr").first
    expect(row).to_contain_text("Malicious", timeout=60_000)

    row.get_by_role("link").first.click()
    expect(newcomer.locator("main")).to_contain_text("Malicious, score")
    expect(newcomer.locator("main")).to_contain_text("The file is a script")
    newcomer.goto("/outbox/")
    expect(newcomer.locator("main")).to_contain_text("We have it: Fwd:")
    expect(newcomer.locator("main")).to_contain_text("Malicious: Fwd:", timeout=20_000)


def log_in(page: Page, password: str) -> None:
    page.goto("/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Submissions")).to_be_visible()


def change_the_receipt(page: Page) -> None:
    page.goto("/admin/notifications/template/?kind__exact=received&language__exact=en")
    page.get_by_role("link", name="Received", exact=True).first.click()
    page.locator("#id_subject").fill("We have it: {{subject}}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("body")).to_contain_text("was changed successfully")
