"""Screenshots of a sandbox in a real browser: small, loaded as pictures, with words for those who do not see them."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from submissions.sandbox.base import Sample
from submissions.sandboxes import sandbox
from tests import rows
from tests.fakes.joe_server import JoeServer


def test_screenshots_and_indicators_appear_after_one_click(
    page: Page, live_server: LiveServer, settings: Any, tmp_path: Path
) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}"
    with JoeServer() as server:
        settings.SANDBOX = "joe"
        settings.JOESANDBOX_API_URL, settings.JOESANDBOX_API_KEY = server.api_url, "test-key"
        settings.JOESANDBOX_ACCEPT_TAC = True
        sandbox("joe").submit(Sample("mm:1", "ab" * 32, url="https://x.example/"))
        item = rows.item(rows.submission(verdict="malicious"), "https://x.example/")
        rows.analysis(item.artifact, "malicious", sandbox="joe", external_ids=["501"])
        page.goto(f"{live_server.url}/submissions/{item.submission_id}/")

        page.get_by_role("button", name="Screenshots and indicators").click()

    page.wait_for_url(f"**/submissions/{item.submission_id}/#item-{item.pk}")
    picture = page.get_by_role("img", name="Screenshot 2 of 2 from joe")
    expect(picture).to_have_js_property("naturalWidth", 320)
    expect(picture).to_have_js_property("offsetWidth", 160)
    page.locator("summary", has_text="Indicators").click()
    expect(page.get_by_text("hxxps://evil[.]example/gate.php")).to_be_visible()
