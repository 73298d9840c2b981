"""Every mail in every language and design, opened as a mail program would: for everybody, light and dark.

`MAIL_SCREENSHOTS` names a folder to keep a picture of each in.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from notifications.kinds import KINDS, sample
from notifications.looks import Look
from notifications.rendering import render_text
from notifications.texts import default
from notifications.words import LANGUAGES
from tests.browser.test_pages import violations

pytestmark = pytest.mark.servers
LOOKS = {
    "plain": Look(),
    "organisation": Look("organisation", "#0A6638", "Corp plc, 1 Street, City", b"", "Corp IT Security"),
}
FOLDER = os.environ.get("MAIL_SCREENSHOTS", "")


def keep(tab: Page, name: str) -> None:
    if FOLDER:
        tab.screenshot(path=Path(FOLDER, f"{name}.png"), full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("design", LOOKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_for_everybody(browser: Browser, language: str, design: str, scheme: Any) -> None:
    tab = browser.new_page(viewport={"width": 320, "height": 700}, color_scheme=scheme, java_script_enabled=True)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for kind in KINDS:
        text = default(kind, language)
        assert text is not None
        tab.set_content(render_text(kind, text, sample(kind), look=LOOKS[design]).html)
        assert violations(tab) == [], kind
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), kind
        keep(tab, f"{kind}-{language}-{design}-{scheme}")
    tab.close()

    assert [url for url in asked if not url.startswith("about:")] == []
