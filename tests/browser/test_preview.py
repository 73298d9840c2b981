"""Hostile mails in a real browser: nothing runs, nothing is asked for, nothing is left."""

import pytest
from playwright.sync_api import Page, expect

from submissions import storage
from tests import rows
from tests.pages.test_preview import VECTORS

pytestmark = pytest.mark.servers


def test_hostile_mails_do_nothing_at_all(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))

    for vector in VECTORS:
        asked.clear()
        raw = f"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>before</p>{vector}".encode()
        mail = rows.submission(verdict="clean", digest=storage.save(raw), reported=[])
        page.goto(f"/submissions/{mail.pk}/mail/")
        frame = page.frame_locator("iframe")
        expect(frame.locator("body")).to_contain_text("before")
        page.wait_for_load_state("networkidle")

        own = page.url.partition("/submissions")[0]
        assert all(url.startswith((f"{own}/submissions/", f"{own}/static/")) for url in asked), (vector, asked)
        assert len(asked) <= 6, (vector, asked)


def test_a_link_in_a_mail_cannot_be_followed(page: Page) -> None:
    raw = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<a href='https://evil.example/x'>click</a>"
    mail = rows.submission(verdict="clean", digest=storage.save(raw), reported=[])
    page.goto(f"/submissions/{mail.pk}/mail/")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.frame_locator("iframe").get_by_text("click").click()
    page.wait_for_timeout(300)

    assert [url for url in asked if not url.endswith("favicon.svg")] == []
