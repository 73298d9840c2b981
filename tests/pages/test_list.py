"""The list of submissions."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from submissions.selectors import listing
from submissions.selectors.listing import Wanted
from tests import rows


def text(response: Any) -> str:
    """The words of a page, without markup."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_it_shows_verdict_contents_and_whether_the_reporter_knows(page: Client) -> None:
    submission = rows.submission(verdict="malicious", score=92)
    rows.analysis(rows.item(submission).artifact, "malicious")
    rows.item(submission, "https://acme.example/pay")
    rows.item(submission, "https://corp.example/", skipped="whitelist")
    rows.notification(submission, "summary_malicious")

    seen = text(page.get("/submissions/"))

    for words in (
        "Malicious",
        "Invoice 4471",
        "billing@acme.example",
        "1 file, 1 link",
        "1 malicious",
        "92",
        "4 m 00 s",
    ):
        assert words in seen
    assert "Sent" in seen


def test_fifty_rows_cost_at_most_twelve_queries(
    page: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(51):
        submission = rows.submission(verdict="suspicious")
        rows.analysis(rows.item(submission, f"file{number}.pdf").artifact, "suspicious")
        rows.notification(submission)

    with django_assert_max_num_queries(12):
        seen = text(page.get("/submissions/"))

    assert seen.count("1 suspicious") == 50


def test_older_rows_follow_without_a_gap_or_a_repeat(page: Client) -> None:
    made = [rows.submission().pk for _ in range(55)]

    first = page.get("/submissions/")
    older = re.search(r'href="([^"]*before=\d+)"', first.content.decode())
    assert older
    second = page.get(older[1])

    shown = re.findall(r'id="submission-(\d+)"', first.content.decode() + second.content.decode())
    assert [int(pk) for pk in shown] == made[::-1]


@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("", "mscur"),
        ("malicious", "m"),
        ("review", "ms"),
        ("suspicious", "s"),
        ("clean", "c"),
        ("analysing", "r"),
        ("failed", "u"),
    ],
)
def test_each_tab_holds_its_own_and_counts_it(page: Client, tab: str, shown: str) -> None:
    for letter, verdict in (("m", "malicious"), ("s", "suspicious"), ("c", "clean"), ("r", "")):
        rows.submission(letter, verdict=verdict, reported=[])
    rows.submission("u", state="unparseable", reported=[])

    html = page.get("/submissions/", {"show": tab}).content.decode()

    assert re.search(r'aria-current="true">[^<]* <span class="number">(\d+)<', html)[1] == str(len(shown))  # type: ignore[index]
    assert sorted(re.findall(r'<a class="subject"[^>]*><bdi>(.)</bdi>', html)) == sorted(shown)


def test_a_word_a_digest_or_a_link_finds_the_mail_that_holds_it(page: Client) -> None:
    wanted = rows.submission("FW: parcel", verdict="clean")
    digest = rows.item(wanted, "parcel.pdf").artifact.digest
    rows.item(wanted, "https://acme.example/pay?x=1")
    rows.submission("FW: other", verdict="clean")

    for search in (
        "parcel",
        "parcel.pdf",
        digest.upper(),
        "https://acme.example/pay",
        "hxxps://acme[.]example/",
        wanted.number,
    ):
        html = page.get("/submissions/", {"q": search}).content.decode()
        assert re.findall(r'id="submission-(\d+)"', html) == [str(wanted.pk)], search


def test_a_search_without_a_find_names_what_was_asked_and_offers_to_clear_it(page: Client) -> None:
    rows.submission(verdict="clean")

    seen = text(page.get("/submissions/", {"show": "malicious", "q": "nowhere"}))

    assert "You asked for Malicious submissions with nowhere" in seen
    assert "Clear filters" in seen


@pytest.mark.parametrize(
    "query", ["show=nonsense", "before=abc", "before=99999999999999999999", "q=%00", "q=a" + "b" * 3000]
)
def test_a_made_up_address_is_no_error(page: Client, query: str) -> None:
    rows.submission(verdict="clean")

    assert page.get(f"/submissions/?{query}").status_code == 200


def test_an_empty_installation_says_where_to_send_and_offers_a_sample(page: Client) -> None:
    rows.mailbox(address="report@corp.example", last_success_at=timezone.now())

    seen = text(page.get("/submissions/"))

    assert "report@corp.example" in seen
    assert "just now" in seen
    assert "Send yourself a sample report" in seen


def test_a_failing_mailbox_is_named_with_its_fix(page: Client) -> None:
    rows.mailbox("Abuse", failing_since=timezone.now(), error="Login refused", error_fix="Enter the new password.")

    seen = text(page.get("/submissions/"))

    assert "Mailbox Abuse has failed" in seen
    assert "Login refused" in seen
    assert "Enter the new password." in seen


def test_nobody_sees_it_without_logging_in(client: Client, db: None) -> None:
    for address in ("/submissions/", "/submissions/1/", "/submissions/live/", "/submissions/arrivals/", "/outbox/"):
        assert client.get(address).status_code == 302


def test_a_wrong_field_is_explained_with_the_correction_at_hand(page: Client) -> None:
    rows.submission(verdict="clean")

    response = page.get("/submissions/", {"q": "verdikt:clean", "show": "clean"})

    assert "Unknown field &quot;verdikt&quot;. Did you mean &quot;verdict&quot;?" in response.content.decode()
    assert "/submissions/?show=clean&amp;q=verdict%3Aclean" in response.content.decode()
    assert "Nothing matches" not in text(response)


def test_the_address_alone_says_what_is_shown(page: Client) -> None:
    wanted = rows.submission(
        verdict="malicious", reported=[{"path": "", "how": "itself", "from": "x@dhl-track.example"}]
    )
    rows.submission(verdict="malicious")

    html = page.get("/submissions/?show=malicious&q=from:*@dhl-track.example reported:>-7d").content.decode()

    assert re.findall(r'id="submission-(\d+)"', html) == [str(wanted.pk)]


def test_a_tab_is_counted_up_to_a_limit(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.selectors.listing.MOST_COUNTED", 2)
    monkeypatch.setattr("submissions.templatetags.mail.MOST_COUNTED", 2)
    for verdict in ("malicious", "clean", "clean"):
        rows.submission(verdict=verdict)

    seen = text(page.get("/submissions/"))

    assert "All 2+" in seen
    assert "Malicious 1" in seen


def test_an_empty_result_names_each_filter_and_takes_it_away_with_one_click(page: Client) -> None:
    rows.submission(verdict="clean")

    response = page.get("/submissions/?show=malicious&q=is:done (from:a OR from:b) -verdict:clean")

    assert "Without Malicious Without is:done Without (from:a OR from:b) Without -verdict:clean" in text(response)
    html = response.content.decode()
    assert 'href="/submissions/?q=is%3Adone+%28from%3Aa+OR+from%3Ab%29+-verdict%3Aclean"' in html
    assert 'href="/submissions/?show=malicious&amp;q=is%3Adone+-verdict%3Aclean"' in html


@pytest.mark.parametrize("tab", [tab for tab in listing.TABS if tab])
def test_no_tab_reads_all_mails_to_count_its_own(db: None, tab: str) -> None:
    plan = listing.matching(Wanted(tab)).order_by().values("pk").explain()

    assert "USING" in plan
    assert not re.search(r"SCAN submissions_submission$", plan, re.MULTILINE), plan


def test_what_needs_review_is_found_by_its_own_index_on_sqlite_too(db: None) -> None:
    assert "submission_to_review" in listing.matching(Wanted("review")).explain()
