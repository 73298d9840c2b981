"""Hostile mails in a real browser: nothing runs, nothing is asked for, nothing is left.

Each barrier is tried alone: the HTML made harmless without any box around it, and the raw HTML in the box. That the
vectors are live is shown by the same browser without either.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from submissions import storage
from submissions.extraction.preview import harmless
from tests import rows
from tests.browser import hostile
from tests.pages.test_preview import VECTORS

pytestmark = pytest.mark.servers
PLACE = "https://console.example"
BATCH = 48
HTML = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>x</p>"


@dataclass
class Trial:
    """Documents shown in frames, some dozens to a page; what ran, and what was asked for beside them."""

    documents: list[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    frame: str = "<iframe src=/frame/{}></iframe>"
    ran: int = 0
    asked: list[str] = field(default_factory=list)

    def run(self, browser: Browser) -> None:
        window = browser.new_context()
        window.route(re.compile("."), self.answer)
        for first in range(0, len(self.documents), BATCH):
            page = window.new_page()
            page.on("console", self.note)
            page.goto(f"{PLACE}/batch/{first}")
            page.wait_for_timeout(200)
            if page.url != f"{PLACE}/batch/{first}":
                self.asked.append(page.url)
            page.close()
        window.close()

    def answer(self, route: Route) -> None:
        kind, _, number = route.request.url.removeprefix(f"{PLACE}/").partition("/")
        if kind == "batch":
            frames = range(int(number), min(int(number) + BATCH, len(self.documents)))
            body = "".join(self.frame.format(one) for one in frames)
            route.fulfill(body=f"<!doctype html>{body}", content_type="text/html; charset=utf-8")
        elif kind == "frame" and number.isdecimal():
            headers = {**self.headers, "content-type": "text/html; charset=utf-8"}
            route.fulfill(body=self.documents[int(number)], headers=headers)
        else:
            self.asked.append(route.request.url)
            route.abort()

    def note(self, message: ConsoleMessage) -> None:
        self.ran += message.text == "RAN"


def test_the_vectors_are_many_and_live(browser: Browser) -> None:
    assert len(set(hostile.VECTORS)) >= 500
    trial = Trial([f"<!doctype html><p>before</p>{vector}" for vector in hostile.VECTORS[::4]])

    trial.run(browser)

    assert trial.ran > 25
    assert len([url for url in trial.asked if url.startswith(hostile.OUT)]) > 10


def test_made_harmless_they_do_nothing_even_without_a_box(browser: Browser) -> None:
    made = [harmless(vector) for vector in hostile.VECTORS]
    pages = ["".join(made[first : first + BATCH]) for first in range(0, len(made), BATCH)]
    trial = Trial([render_to_string("submissions/mail_frame.html", {"html": html}) for html in pages])

    trial.run(browser)

    assert (trial.ran, trial.asked) == (0, [])


def test_raw_they_do_nothing_in_the_box(browser: Browser, page: Page) -> None:
    mail = rows.submission(verdict="clean", digest=storage.save(HTML), reported=[])
    policy = page.request.get(f"/submissions/{mail.pk}/mail/frame/").headers["content-security-policy"]
    page.goto(f"/submissions/{mail.pk}/mail/")
    frame = "<iframe sandbox src=/frame/{}></iframe>" if page.locator("iframe").get_attribute("sandbox") == "" else ""
    raw = [f"<!doctype html><p>before</p>{vector}" for vector in hostile.VECTORS]
    trial = Trial(
        raw, {"content-security-policy": policy.replace("frame-ancestors 'self'", "frame-ancestors *")}, frame
    )

    trial.run(browser)

    assert (trial.ran, trial.asked) == (0, [])


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
