"""How pages look and behave in a browser: for everybody, at every width."""

from dataclasses import asdict
from functools import partial
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.utils import timezone
from django.views import defaults
from django.views.csrf import csrf_failure
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from notifications.models import Template
from submissions import decisions, round_trip
from submissions.decisions import Order
from submissions.mailbox.trial import Tried
from submissions.models import SandboxProfile, SavedView, Submission, Subscription
from submissions.subscriptions import subscribe
from tests import rows
from tests.browser.conftest import log_in, session
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
    "/mailboxes/{mailbox}/",
    "/mailboxes/new/?preset=microsoft-imap",
    "/dashboard/?range=7d",
    "/campaigns/",
    "/campaigns/{campaign}/",
    "/campaigns/{campaign}/decide/",
    "/submissions/{mail}/override/",
    "/submissions/{mail}/mail/?tab=headers",
    "/submissions/bulk/{decision}/",
    "/submissions/views/",
    "/artifacts/{digest}/decide/",
    "/whitelist/import/",
    "/manual/",
]
GERMAN_PAGES = ["/mailboxes/", "/mailboxes/{mailbox}/", "/mailboxes/new/?preset=microsoft-imap", "/status/"]
ERRORS = {
    "400": defaults.bad_request,
    "403": defaults.permission_denied,
    "404": defaults.page_not_found,
    "500": lambda request, fault: defaults.server_error(request),
    "expired": csrf_failure,
}
ADMIN_PAGES = [
    "/admin/notifications/template/{text}/change/",
    "/admin/submissions/mailbox/{mailbox}/change/",
    "/admin/submissions/sandboxprofile/{sandbox}/change/",
]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[Any]:
    """The frame of the administration is django-unfold's: there, WCAG counts and good practice does not."""
    rules = RULES[:-1] if "/admin/" in page.url else RULES
    found = Axe().run(page, options={"runOnly": rules})
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]


def digest_of(mail: Submission) -> str:
    """An artifact of the mail that has been analysed."""
    return mail.items.select_related("artifact")[1].artifact.digest


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def faults(page: Page, address: str) -> list[Any]:
    """What is wrong with one page, in both colours, at the widths of a desk, a phone and a small one."""
    found: list[Any] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found += [(address, width, scheme, fault) for fault in violations(page)]
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found += [] if fits(page) else [(address, width, "runs over the side")]
    return found


@pytest.mark.timeout(300)
def test_no_german_word_is_cut_off_in_the_list_of_a_phone(page: Page) -> None:
    one_of_everything()
    page.set_extra_http_headers({"accept-language": "de"})
    page.set_viewport_size({"width": 390, "height": 900})

    page.goto("/submissions/")

    expect(page.get_by_text("Fehlgeschlagen", exact=True).first).to_be_visible()
    cut = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)"
    assert page.locator(".rows tbody td").evaluate_all(cut) == []


def kept_views() -> None:
    """One that tells by mail, and one whose webhook was switched off."""
    owner = User.objects.get(username="grace")
    for name, channel in (("Finance", "mail"), ("Broken", "webhook")):
        view = SavedView.objects.create(owner=owner, name=name, shared=True)
        subscribe(view, channel, "https://siem.corp.example/hook")
    wrong = {"state": "disabled", "due_at": None, "error": "switched off after 8 failures: HTTP 500"}
    Subscription.objects.filter(channel="webhook").update(**wrong)


@pytest.mark.timeout(900)
def test_pages_are_for_everybody(page: Page) -> None:
    mail = one_of_everything()
    decision = decisions.take(Order("confirm"), "grace", chosen=[mail.pk])
    known = {"mail": mail.pk, "digest": digest_of(mail), "campaign": mail.campaign_id, "mailbox": mail.mailbox_id}
    known["decision"] = decision.pk
    kept_views()

    assert [fault for address in PAGES for fault in faults(page, address.format(**known))] == []


@pytest.mark.timeout(900)
def test_german_pages_are_for_everybody(page: Page) -> None:
    lines = [Tried("folder", "FAIL", "refused", "NO such folder", "The folder X cannot be opened: check its name.", 12)]
    mailbox = rows.mailbox(test_result=[asdict(line) for line in lines], tested_at=timezone.now())
    mailbox.tell(round_trip.SENT, "<1@corp.example> 250 2.0.0 Ok: queued as 4711")
    page.set_extra_http_headers({"accept-language": "de"})

    assert [fault for address in GERMAN_PAGES for fault in faults(page, address.format(mailbox=mailbox.pk))] == []
    expect(page.locator("html")).to_have_attribute("lang", "de")


def answer(body: bytes, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html")


def test_pages_for_what_goes_wrong_are_for_everybody(page: Page, rf: RequestFactory) -> None:
    found = []
    for name, view in ERRORS.items():
        body = view(rf.get("/"), ValueError()).content
        page.route(f"**/error-{name}/", partial(answer, body))
        found += faults(page, f"/error-{name}/")

    assert found == []


@pytest.mark.timeout(900)
def test_pages_of_administration_are_for_everybody(page: Page) -> None:
    text = Template.objects.get(kind="summary_malicious", language="en")
    sandbox = SandboxProfile.objects.create(name="Second", kind="static")
    known = {"text": text.pk, "mailbox": rows.mailbox().pk, "sandbox": sandbox.pk}

    assert [fault for address in ADMIN_PAGES for fault in faults(page, address.format(**known))] == []


def test_an_empty_installation_and_the_login_are_for_everybody(page: Page, context: BrowserContext) -> None:
    rows.mailbox()

    empty = [fault for address in ("/submissions/", "/campaigns/", "/dashboard/") for fault in faults(page, address)]
    context.clear_cookies()

    assert empty + faults(page, "/login/") == []


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


def test_a_decision_on_many_mails_goes_on_by_a_press_of_its_button_without_javascript(
    browser: Browser, live_server: LiveServer, admin: User
) -> None:
    mail = rows.submission(verdict="clean")
    decision = decisions.take(Order("confirm"), "grace", chosen=[mail.pk])
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies([{"name": "sessionid", "value": session(admin), "url": live_server.url}])
    page = plain.new_page()

    page.goto(f"/submissions/bulk/{decision.pk}/")
    page.get_by_role("button", name="Go on now").click()

    expect(page.get_by_text("1 done")).to_be_visible()
    expect(page.get_by_role("button", name="Go on now")).to_have_count(0)
    plain.close()
