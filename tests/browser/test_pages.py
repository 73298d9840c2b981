"""How pages look and behave in a browser: for everybody, at every width."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from submissions.models import Submission
from tests import rows
from tests.browser.conftest import log_in
from tests.browser.seed import one_of_everything

pytestmark = pytest.mark.servers
PAGES = [
    "/submissions/",
    "/submissions/{mail}/",
    "/submissions/?q=nowhere",
    "/outbox/",
    "/nowhere/",
    "/whitelist/",
    "/artifacts/{digest}/",
    "/status/",
    "/mailboxes/",
    "/mailboxes/new/?preset=microsoft-imap",
    "/dashboard/?range=7d",
    "/campaigns/",
    "/campaigns/{campaign}/",
    "/campaigns/{campaign}/decide/",
    "/submissions/{mail}/override/",
    "/submissions/{mail}/mail/?tab=headers",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[Any]:
    found = Axe().run(page, options={"runOnly": RULES})
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]


def digest_of(mail: Submission) -> str:
    """An artifact of the mail that has been analysed."""
    return mail.items.select_related("artifact")[1].artifact.digest


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_for_everybody(page: Page, scheme: Any, width: int) -> None:
    mail = one_of_everything()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})

    for address in PAGES:
        page.goto(address.format(mail=mail.pk, digest=digest_of(mail), campaign=mail.campaign_id))
        assert violations(page) == [], address


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_runs_over_the_side_of_a_phone(page: Page, width: int) -> None:
    mail = one_of_everything()
    page.set_viewport_size({"width": width, "height": 800})

    for address in PAGES:
        page.goto(address.format(mail=mail.pk, digest=digest_of(mail), campaign=mail.campaign_id))
        assert fits(page), address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_empty_installation_and_the_login_are_for_everybody(
    page: Page, context: BrowserContext, scheme: Any
) -> None:
    rows.mailbox()
    page.emulate_media(color_scheme=scheme)

    page.goto("/submissions/")
    assert violations(page) == []
    context.clear_cookies()
    page.goto("/login/")
    assert violations(page) == []


def test_the_list_comes_in_few_requests_and_little_html(page: Page) -> None:
    for number in range(50):
        rows.item(rows.submission(verdict="clean"), f"{number}.pdf")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/submissions/")
    page.wait_for_load_state("networkidle")

    assert len(asked) <= 6, asked
    assert all(address.startswith(page.url.split("/submissions")[0]) for address in asked)
    assert len(page.content()) <= 60_000
    assert page.evaluate("document.querySelectorAll('*').length") <= 1500


def test_the_keyboard_reaches_the_first_row_and_opens_it(page: Page) -> None:
    submission = rows.submission(verdict="clean")
    page.goto("/submissions/")

    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == f"open-{submission.pk}":
            break
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/submissions/{submission.pk}/")


def test_the_switch_changes_the_colours_and_is_remembered(page: Page) -> None:
    page.goto("/submissions/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.get_by_role("button", name="Light or dark").click()
    page.reload()

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_everything_works_without_scripts(browser: Browser, live_server: LiveServer, admin: object) -> None:
    mail = one_of_everything()
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = plain.new_page()
    log_in(page)

    page.get_by_role("link", name="Malicious").click()
    page.get_by_label("Search submissions").fill("invoice")
    page.get_by_role("button", name="Search").click()
    page.locator(f"#open-{mail.pk}").click()

    expect(page.locator("#banner")).to_contain_text("Malicious, score 92 of 100")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    plain.close()
