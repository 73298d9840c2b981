"""Rows that are refreshed while something runs."""

import re

from django.test import Client
from django.utils import timezone

from submissions.models import Submission
from tests import rows


def ask(page: Client, html: str) -> str:
    """What the page at hand would get from its next poll."""
    address = re.search(r'hx-get="(/submissions/[^"]*live/[^"]*)"', html)
    assert address, "the page does not poll"
    return page.get(address[1].replace("&amp;", "&")).content.decode()


def finish(submission: Submission, verdict: str) -> None:
    now = timezone.now()
    Submission.objects.filter(pk=submission.pk).update(state="done", verdict=verdict, due_at=None, concluded_at=now)


def test_an_unchanged_row_is_not_sent_again(page: Client) -> None:
    rows.submission()

    answer = ask(page, page.get("/submissions/").content.decode())

    assert "<tr" not in answer
    assert "every 2s" in answer


def test_a_row_that_got_its_verdict_is_sent_and_announced_once(page: Client) -> None:
    running, other = rows.submission(), rows.submission()
    html = page.get("/submissions/").content.decode()
    finish(running, "malicious")

    answer = ask(page, html)

    assert f'<tr hx-swap-oob="true" id="submission-{running.pk}">' in answer
    assert f"submission-{other.pk}" not in answer
    assert f"{running.number}: Malicious." in answer
    assert running.number not in ask(page, answer)


def test_polling_stops_when_nothing_runs(page: Client) -> None:
    running = rows.submission()
    html = page.get("/submissions/").content.decode()
    finish(running, "clean")

    assert "hx-get" not in ask(page, html)
    assert "submissions/live" not in page.get("/submissions/").content.decode()


def test_polling_gets_more_patient(page: Client) -> None:
    submission = rows.submission()

    answers = [page.get(f"/submissions/live/?seen={submission.pk}.x&polls={polls}") for polls in (1, 301, 601)]

    assert [re.search(r"every (\d+)s", answer.content.decode())[1] for answer in answers] == ["2", "5", "15"]  # type: ignore[index]


def test_made_up_rows_are_ignored(page: Client) -> None:
    assert page.get("/submissions/live/?seen=x,1.,99999999999999999999.a,²&polls=-1").status_code == 200


def test_new_arrivals_are_announced_in_a_bar(page: Client) -> None:
    old = rows.submission(verdict="clean")
    html = page.get("/submissions/").content.decode()
    address = re.search(r'hx-get="(/submissions/arrivals/[^"]*)"', html)
    assert address
    assert f"newest={old.pk}" in address[1]
    rows.submission()

    answer = page.get(address[1].replace("&amp;", "&")).content.decode()

    assert "1 new submission," in answer
    assert "<tr" not in answer


def test_a_list_that_waits_for_the_sample_shows_it_at_once(page: Client) -> None:
    rows.mailbox()
    html = page.get("/submissions/?waiting=1").content.decode()
    address = re.search(r'hx-get="(/submissions/arrivals/[^"]*)"', html)
    assert address
    assert "every 2s" in html
    rows.submission()

    assert page.get(address[1].replace("&amp;", "&"))["HX-Redirect"] == "/submissions/"


def test_the_detail_page_sends_only_the_parts_that_changed(page: Client) -> None:
    running = rows.submission()
    rows.item(running)
    html = page.get(f"/submissions/{running.pk}/").content.decode()
    finish(running, "suspicious")

    answer = ask(page, html)

    assert re.findall(r'hx-swap-oob="true" id="(\w+)"', answer) == ["banner"]
    assert "Suspicious" in answer
    assert "hx-get" not in answer
