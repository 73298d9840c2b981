"""The page of one file or link."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from submissions.selectors.artifacts import artifact_detail
from tests import rows
from tests.pages.test_list import text


def test_it_tells_every_analysis_with_the_newest_first(page: Client) -> None:
    found = rows.item(rows.submission(verdict="clean"), "invoice.xlsm").artifact
    rows.analysis(found, "clean", score=0, cached=True)
    reasons = [{"id": "a", "words": "A macro starts by itself", "points": 92}]
    rows.analysis(found, "malicious", score=92, generation=2, threat_names=["XLS.Downloader"], reasons=reasons)

    seen = text(page.get(f"/artifacts/{found.digest}/"))

    assert seen.index("+92 A macro starts by itself") < seen.index("an earlier result used again")
    assert "XLS.Downloader" in seen
    assert "The newest result is malicious , the one before said clean" in seen


def test_it_tells_in_which_mails_of_whom_it_was(page: Client) -> None:
    for number, reporter in enumerate(("anna", "bert", "anna")):
        mail = rows.submission(f"FW: {number}", reporter=f"{reporter}@corp.example", verdict="clean", reported=[])
        rows.item(mail, "a.pdf", position=0)
        rows.item(mail, "a.pdf", position=1)
    old = rows.submission("FW: old", reported=[], received_at=timezone.now() - timedelta(days=90))
    digest = rows.item(old, "a.pdf").artifact.digest

    seen = text(page.get(f"/artifacts/{digest}/"))

    assert "Mails 4 Reporters 3" in seen
    assert "FW: old" in seen
    assert "at most 3 on one day" in page.get(f"/artifacts/{digest}/").content.decode()


def test_a_link_shows_where_it_was_and_how_it_was_written(page: Client) -> None:
    item = rows.item(
        rows.submission(verdict="clean"), "https://acme.example/", seen_as=["https://safelinks.example/?u=acme"]
    )

    seen = text(page.get(f"/artifacts/{item.artifact.digest}/"))

    for words in ("hxxps://acme[.]example/", "hxxps://safelinks[.]example/?u=acme", "2.1 text/html a[href]"):
        assert words in seen


def test_a_link_that_was_rewritten_twice_shows_the_way_through_both(page: Client) -> None:
    inner = "https://www.google.com/url?q=https%3A%2F%2Fevil.example%2Fpay"
    outer = f"https://eur01.safelinks.protection.outlook.com/?url={quote(inner, safe='')}&data=05"
    mail = rows.submission(verdict="clean")
    link = rows.item(mail, "https://evil.example/pay", seen_as=[inner, outer]).artifact
    plain = rows.item(mail, "https://plain.example/", seen_as=["HTTPS://plain.example"]).artifact

    seen = text(page.get(f"/artifacts/{link.digest}/"))

    way = seen[seen.index("Leads through") : seen.index("no server was asked")]
    places = [
        way.index(name) for name in ("eur01[.]safelinks", "→ hxxps://www[.]google", "→ hxxps://evil[.]example/pay")
    ]
    assert places == sorted(places)
    assert "Leads through" not in text(page.get(f"/artifacts/{plain.digest}/"))


def test_it_takes_few_queries(page: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(60):
        digest = rows.item(rows.submission(verdict="clean"), "a.pdf").artifact.digest

    with django_assert_max_num_queries(12):
        page.get(f"/artifacts/{digest}/")


def test_an_unknown_digest_is_not_found(page: Client) -> None:
    assert page.get(f"/artifacts/{'0' * 64}/").status_code == 404


def test_what_is_clean_is_whitelisted_from_here_after_a_trial_and_anything_is_denied(page: Client) -> None:
    clean = rows.item(rows.submission(verdict="clean"), "https://www.corp.example/x").artifact
    rows.analysis(clean, "clean")
    bad = rows.item(rows.submission(verdict="malicious"), "bad.exe").artifact
    rows.analysis(bad, "malicious")

    of_clean = page.get(f"/artifacts/{clean.digest}/").content.decode()
    of_bad = page.get(f"/artifacts/{bad.digest}/").content.decode()

    assert 'href="/whitelist/?kind=host&amp;pattern=www.corp.example"' in of_clean
    assert "/whitelist/?kind=" not in of_bad
    assert f'href="/admin/submissions/denyrule/add/?kind=hash&amp;pattern={bad.digest}"' in of_bad


def test_of_many_mails_the_newest_are_read_and_the_very_first(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.selectors.artifacts.MOST_READ", 2)
    now, shared = timezone.now(), rows.artifact("a.pdf")
    for days in (90, 60, 30, 1, 0):
        mail = rows.submission(reporter=f"{days}@corp.example", verdict="clean", received_at=now - timedelta(days=days))
        rows.item(mail, f"{days}.pdf", artifact=shared)

    seen = artifact_detail(shared).sightings

    assert (seen.mails, seen.reporters, seen.partly) == (5, 3, True)
    assert (seen.first, seen.last) == (now - timedelta(days=90), now)
    assert artifact_detail(shared).names[0] == "0.pdf"
