"""An administrator writes a text and sees at once what will be sent."""

import time

import pytest
from playwright.sync_api import Page, expect

from notifications.models import Template

pytestmark = pytest.mark.servers
LONGEST_WAIT_MS = 400


def open_text(page: Page, kind: str = "summary_malicious") -> None:
    page.goto(f"/admin/notifications/template/{Template.objects.get(kind=kind, language='en').pk}/change/")
    expect(page.locator("[data-subject]")).to_have_text("Malicious: FW: Invoice 4471")


def test_the_preview_follows_the_typing(page: Page) -> None:
    open_text(page)
    begin = time.monotonic()

    page.locator("#id_subject").fill("Careful: {{subject}}")
    expect(page.locator("[data-subject]")).to_have_text("Careful: FW: Invoice 4471", timeout=5000)

    assert (time.monotonic() - begin) * 1000 < 3 * LONGEST_WAIT_MS
    body = page.frame_locator("iframe[title='Preview of the mail']").locator("body")
    expect(body).to_contain_text("The mail is MALICIOUS: 1 of 5 items are dangerous.")


def test_a_click_inserts_a_placeholder_where_one_writes(page: Page) -> None:
    open_text(page)

    page.locator("#id_body_text").fill("Score: ")
    page.get_by_role("button", name="{{score}}").click()

    expect(page.locator("#id_body_text")).to_have_value("Score: {{score}}")
    page.locator("input[value=text]").check()
    expect(page.locator("[data-plain]")).to_contain_text("Score: 92")


def test_a_fault_is_shown_while_one_writes(page: Page) -> None:
    open_text(page)

    page.locator("#id_subject").fill("{{subjekt}}")

    expect(page.locator("[data-faults]")).to_contain_text("Did you mean {{subject}}?")


def test_what_is_not_finished_is_kept_and_gone_on_with(page: Page) -> None:
    open_text(page)

    page.locator("#id_subject").fill("{{subjekt}}")
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_role("link", name="Go on with the draft").click()

    expect(page.locator("#id_subject")).to_have_value("{{subjekt}}")
    expect(page.locator("[data-faults]")).to_contain_text("Did you mean {{subject}}?")


def test_the_mail_is_shown_dark_and_narrow(page: Page) -> None:
    open_text(page)
    frame = page.frame_locator("iframe[title='Preview of the mail']")

    page.locator("input[value=dark]").check()
    expect(frame.locator("body")).to_have_css("background-color", "rgb(14, 18, 23)")
    page.locator("input[value=narrow]").check()

    expect(page.locator("iframe[title='Preview of the mail']")).to_have_attribute("style", "width: 320px;")


def test_text_and_preview_are_seen_side_by_side_on_a_wide_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1600, "height": 1000})
    open_text(page)

    expect(page.locator("#id_body_text")).to_be_in_viewport(ratio=0.9)
    expect(page.locator("iframe[title='Preview of the mail']")).to_be_in_viewport(ratio=0.7)
