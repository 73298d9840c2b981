"""An analyst opens a locked file in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import rows
from tests.pages.test_unlocking import PASSWORD, locked_mail
from tests.pipeline.conftest import received, work

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("width", [390, 1440])
def test_a_wrong_password_is_refused_and_the_right_one_opens(
    page: Page, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    settings.STORAGE_URL, settings.SANDBOX = f"file://{tmp_path}", "fake"
    monkeypatch.setattr("submissions.views.unlocking.hint", lambda *_: None)
    row = work(received(rows.mailbox(reporter_domains="corp.example"), locked_mail()))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/submissions/{row.pk}/")
    path, form = page.locator("#unlock .facts").bounding_box(), page.locator("#unlock form").bounding_box()
    assert path is not None
    assert form is not None
    assert path["y"] + path["height"] <= form["y"]

    page.fill("#unlock-password", "not this one")
    page.click("#unlock button")
    expect(page.get_by_text("the password does not fit")).to_be_visible()

    page.fill("#unlock-password", PASSWORD)
    page.click("#unlock button")
    expect(page.get_by_text("Opened. What came out of it is being analysed.")).to_be_visible()
    expect(page.get_by_role("link", name="invoice.js")).to_be_visible()
    expect(page.locator("#unlock")).to_have_count(0)
