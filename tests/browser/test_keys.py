"""The console by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests import rows

pytestmark = pytest.mark.servers


def test_rows_are_walked_chosen_and_reviewed(page: Page) -> None:
    mails = [rows.submission(f"mail {number}", verdict="suspicious", reported=[]) for number in range(3)]
    page.goto("/submissions/")

    page.keyboard.press("j")
    expect(page.locator(f"#open-{mails[2].pk}")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator(f"#pick-{mails[2].pk}")).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("input[name=ids]:checked")).to_have_count(3)
    page.keyboard.press("e")

    expect(page.get_by_text("3 done.")).to_be_visible()


def test_keys_do_nothing_inside_a_field_and_lead_to_pages(page: Page) -> None:
    page.goto("/whitelist/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/submissions/")
    rows.submission(verdict="clean")
    page.reload()

    page.keyboard.press("/")
    page.keyboard.type("jxe?g")

    expect(page.get_by_label("Search submissions")).to_have_value("jxe?g")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_are_explained_and_can_be_switched_off_for_good(page: Page) -> None:
    rows.submission(verdict="clean")
    page.goto("/submissions/")

    page.keyboard.press("?")
    page.get_by_role("button", name="Switch keys off").click()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("?")

    expect(page.locator("#keys")).to_be_hidden()


def test_a_choice_survives_a_row_that_changes(page: Page) -> None:
    running = rows.submission()
    page.goto("/submissions/")
    page.locator(f"#pick-{running.pk}").check()

    type(running).objects.filter(pk=running.pk).update(state="done", verdict="clean", due_at=None)

    expect(page.locator(f"#submission-{running.pk}")).to_contain_text("Clean", timeout=4000)
    expect(page.locator(f"#pick-{running.pk}")).to_be_checked()
