"""Pages that change while somebody looks."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from submissions.models import Submission
from tests import rows

pytestmark = pytest.mark.servers
WITHIN = 4000


def finish(submission: Submission, verdict: str) -> None:
    now = timezone.now()
    Submission.objects.filter(pk=submission.pk).update(state="done", verdict=verdict, due_at=None, concluded_at=now)


def polls(page: Page) -> list[str]:
    """Every poll for rows from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/live/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_row_turns_from_analysing_to_its_verdict(page: Page) -> None:
    running = rows.submission()
    page.goto("/submissions/")
    row = page.locator(f"#submission-{running.pk}")
    expect(row).to_contain_text("Analysing")

    finish(running, "malicious")

    expect(row).to_contain_text("Malicious", timeout=WITHIN)
    expect(page.locator("#announcement")).to_have_text(f"{running.number}: Malicious.")


def test_focus_stays_where_it_was(page: Page) -> None:
    running = rows.submission()
    page.goto("/submissions/")
    page.locator(f"#open-{running.pk}").focus()

    finish(running, "clean")

    expect(page.locator(f"#submission-{running.pk}")).to_contain_text("Clean", timeout=WITHIN)
    expect(page.locator(f"#open-{running.pk}")).to_be_focused()


def test_what_is_ticked_and_where_one_looks_stay_when_rows_change(page: Page) -> None:
    for number in range(40):
        rows.submission(f"FW: {number}", verdict="clean")
    running, other = rows.submission("FW: running"), rows.submission("FW: other")
    page.goto("/submissions/")
    page.locator(f"#pick-{running.pk}").check()
    page.locator(f"#pick-{other.pk}").check()
    page.evaluate("window.scrollTo(0, 600)")
    page.locator(f"#pick-{running.pk}").evaluate("box => box.focus({preventScroll: true})")

    finish(running, "malicious")

    expect(page.locator(f"#submission-{running.pk}")).to_contain_text("Malicious", timeout=WITHIN)
    expect(page.locator(f"#pick-{running.pk}")).to_be_checked()
    expect(page.locator(f"#pick-{other.pk}")).to_be_checked()
    expect(page.locator(f"#pick-{running.pk}")).to_be_focused()
    expect(page.locator("input[name=ids]:checked")).to_have_count(2)
    assert page.evaluate("window.scrollY") == 600


def test_asking_stops_when_nothing_runs(page: Page) -> None:
    running = rows.submission()
    page.goto("/submissions/")
    finish(running, "clean")
    expect(page.locator(f"#submission-{running.pk}")).to_contain_text("Clean", timeout=WITHIN)

    asked = polls(page)
    page.wait_for_timeout(5000)

    assert asked == []


def test_asking_stops_while_the_tab_is_hidden_and_resumes_at_once(page: Page) -> None:
    running = rows.submission()
    page.goto("/submissions/")
    hide = "value => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => value}) }"
    page.evaluate(hide, True)
    page.wait_for_timeout(500)
    asked = polls(page)

    page.wait_for_timeout(4500)
    assert asked == []
    finish(running, "clean")
    page.evaluate(hide, False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator(f"#submission-{running.pk}")).to_contain_text("Clean", timeout=1500)


def test_new_arrivals_do_not_move_the_rows(page: Page) -> None:
    old = rows.submission(verdict="clean")
    page.goto("/submissions/")
    new = rows.submission("FW: new one")

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("#arrivals")).to_contain_text("1 new submission, show", timeout=WITHIN)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="show").click()
    expect(page.locator("tbody tr").first).to_have_id(f"submission-{new.pk}")
    expect(page.locator("tbody tr").last).to_have_id(f"submission-{old.pk}")


def test_the_detail_page_follows_and_keeps_what_was_unfolded(page: Page) -> None:
    running = rows.submission()
    item = rows.item(running)
    rows.analysis(item.artifact)
    page.goto(f"/submissions/{running.pk}/")
    expect(page.locator("#banner")).to_contain_text("Analysing")
    page.locator(f"#facts-{item.pk} summary").click()

    item.artifact.analyses.update(state="finished", verdict="malicious", score=77, due_at=None)
    finish(running, "malicious")

    expect(page.locator("#banner")).to_contain_text("Malicious", timeout=WITHIN)
    expect(page.locator("#items")).to_contain_text("77")
    assert page.locator(f"#facts-{item.pk}").get_attribute("open") is not None
