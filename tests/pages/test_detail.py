"""The page of one submission."""

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mailmonitor.models import Event
from tests import rows
from tests.pages.test_list import text


def test_the_banner_names_the_item_that_decided(page: Client) -> None:
    submission = rows.submission(verdict="malicious", score=92)
    rows.analysis(rows.item(submission, "bad.xlsm").artifact, "malicious", score=92, threat_names=["XLS.Downloader"])
    rows.analysis(rows.item(submission, "good.pdf").artifact, "clean", score=0)

    seen = text(page.get(f"/submissions/{submission.pk}/"))

    assert "Malicious, score 92 of 100" in seen
    assert "2 items: 1 malicious, 1 clean. Decided by bad.xlsm ( XLS.Downloader ). Time to verdict 4 m 00 s." in seen


def test_something_malicious_is_said_before_the_rest_is_known(page: Client) -> None:
    submission = rows.submission()
    rows.analysis(rows.item(submission, "bad.exe").artifact, "malicious", score=88)
    rows.analysis(rows.item(submission, "https://slow.example/").artifact)

    seen = text(page.get(f"/submissions/{submission.pk}/"))

    assert "Malicious, score 88 of 100" in seen
    assert "1 of 2 still open" in seen
    assert "hxxps://slow[.]example/ – running" in seen


def test_reasons_are_given_in_words_with_their_points(page: Client) -> None:
    submission = rows.submission(verdict="malicious")
    reasons = [
        {"id": "a", "words": "A macro starts by itself", "points": 40},
        {"id": "b", "words": "It downloads", "points": 52},
    ]
    rows.analysis(rows.item(submission).artifact, "malicious", score=92, reasons=reasons)

    seen = text(page.get(f"/submissions/{submission.pk}/"))

    assert "+52 It downloads" in seen
    assert seen.index("It downloads") < seen.index("A macro starts by itself")


def test_skipped_items_stay_visible_with_their_rule(page: Client) -> None:
    submission = rows.submission(verdict="clean")
    rows.item(submission, "https://corp.example/", skipped="whitelist", rule_words="This host: corp.example")

    seen = text(page.get(f"/submissions/{submission.pk}/"))

    assert "Skipped" in seen
    assert "On the whitelist : This host: corp.example" in seen or "On the whitelist: This host: corp.example" in seen


def test_what_could_not_be_looked_at_is_named(page: Client) -> None:
    problem = {"code": "limit-depth", "path": "2.3", "detail": "", "incomplete": True}
    submission = rows.submission(verdict="unknown", problems=[problem])

    seen = text(page.get(f"/submissions/{submission.pk}/"))

    assert "Not everything could be looked at. Nested too deeply at 2.3" in seen


def test_the_timeline_holds_events_of_the_mail_its_items_and_its_letters(page: Client) -> None:
    submission = rows.submission()
    analysis = rows.analysis(rows.item(submission, "bad.exe").artifact)
    analysis.tell("running", "4711")
    submission.tell("received", "2048 bytes")
    rows.notification(submission).tell("sent", "250 Ok")
    Event.objects.create(reference="submission:0", subject="submission:0", kind="received", words="another mail")

    seen = text(page.get(f"/submissions/{submission.pk}/"))

    for words in ("Running in the sandbox: bad.exe", "Received", "2048 bytes", "Mail sent", "250 Ok"):
        assert words in seen
    assert "another mail" not in seen


def test_the_mails_to_the_reporter_can_be_read(page: Client) -> None:
    submission = rows.submission(verdict="clean")
    rows.notification(submission)
    rows.notification(submission, "summary_clean", state="suppressed", reason="auto-submitted")

    seen = text(page.get(f"/submissions/{submission.pk}/"))

    assert "Hello Anna," in seen
    assert "250 2.0.0 Ok: queued as 4711" in seen
    assert "Suppressed" in seen
    assert "auto-submitted" in seen


def test_it_takes_few_queries_whatever_it_holds(
    page: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    submission = rows.submission(verdict="clean")
    for number in range(40):
        rows.analysis(rows.item(submission, f"{number}.pdf").artifact, "clean")

    with django_assert_max_num_queries(15):
        page.get(f"/submissions/{submission.pk}/")


def test_a_submission_that_does_not_exist_is_not_found(page: Client) -> None:
    assert page.get("/submissions/4711/").status_code == 404
