"""A whole mail at Joe Sandbox: one submission, several analyses, each a result of its own item."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Notification
from submissions import analysis, conclusion, intake, invariants, recovery
from submissions.models import Analysis, Mailbox, MailboxStep, SandboxProfile, Submission, WhitelistRule
from tests.fakes.joe_server import JoeServer
from tests.pipeline.conftest import received, work
from tests.reports import report

pytestmark = pytest.mark.django_db

FILES = {"invoice.doc": b"MALWARE", "terms.pdf": b"%PDF-1.4 terms"}
TEXT = "Pay at https://suspicious.example/pay and read https://terms.example/ first.\n"


@pytest.fixture
def server(settings: Any) -> Iterator[JoeServer]:
    with JoeServer() as running:
        settings.SANDBOX = "joe"
        settings.JOESANDBOX_API_URL, settings.JOESANDBOX_API_KEY = running.api_url, "test-key"
        settings.JOESANDBOX_ACCEPT_TAC = True
        yield running


@pytest.fixture
def whole(mailbox: Mailbox, server: JoeServer) -> Mailbox:
    """A mailbox whose mails are handed over whole."""
    profile = SandboxProfile.objects.create(kind="joe", name="whole", mode="mail")
    MailboxStep.objects.create(mailbox=mailbox, profile=profile, position=1)
    return mailbox


def finished(row: Submission) -> Submission:
    """The mail once its analysis has been polled."""
    Analysis.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    for pk in recovery.due().poll:
        analysis.poll(pk)
    conclusion.conclude(row.pk)
    row.refresh_from_db()
    return row


def words(row: Submission) -> dict[str, str]:
    """The word on each item by its name."""
    analyses = Analysis.objects.filter(artifact__items__submission=row).select_related("artifact")
    return {one.artifact.name: one.verdict or one.state for one in analyses}


def test_one_submission_yields_a_result_for_each_file_and_link(whole: Mailbox, server: JoeServer) -> None:
    row = work(received(whole, report(FILES, TEXT)))

    [call] = server.ledger.calls("submission/new")
    assert call["fields"]["chunked-sample"][0].endswith(".eml")
    handed_over = message_from_bytes(server.world.get("1001").content)
    assert handed_over["Message-ID"] == "<invoice-0@acme-invoices.example>"
    assert (row.state, row.verdict, row.score) == ("done", "malicious", 92)
    assert {name: word for name, word in words(row).items() if not name.endswith(".eml")} == {
        "invoice.doc": "malicious",
        "terms.pdf": "clean",
        "https://suspicious.example/pay": "suspicious",
        "https://terms.example/": "clean",
    }
    assert set(row.items.values_list("skipped", flat=True)) == {""}


def test_the_reporter_reads_what_was_found_on_each(whole: Mailbox, server: JoeServer) -> None:
    work(received(whole, report(FILES, TEXT)))

    letter = Notification.objects.get(kind="summary_malicious")
    body = message_from_bytes(letter.message, policy=policy.default).get_body(("plain",))
    assert body is not None
    told = body.get_content()
    assert "invoice.doc (file, score 92)" in told
    assert "hxxps://suspicious[.]example/pay (link, score 48)" in told


def test_the_whitelist_only_marks(whole: Mailbox, server: JoeServer) -> None:
    WhitelistRule.objects.create(kind="host", pattern="suspicious.example")

    row = work(received(whole, report({}, TEXT)))

    assert row.verdict == "suspicious"
    assert row.items.get(name="https://suspicious.example/pay").rule is not None


def test_a_part_that_could_not_run_keeps_the_mail_from_being_clean(whole: Mailbox, server: JoeServer) -> None:
    server.faults.add("submission/info", "one-run-error", count=9)

    row = work(received(whole, report({"terms.pdf": b"terms"}, "No link.\n")))

    assert (row.state, row.verdict) == ("done", "unknown")


def test_a_mail_whose_answer_was_lost_is_found_again_and_submitted_once(whole: Mailbox, server: JoeServer) -> None:
    server.faults.add("submission/chunked-sample", "cut-after")
    row = received(whole, report(FILES, TEXT))
    [pk] = intake.unpack(row.pk).analyses

    assert analysis.submit(pk) is False
    Analysis.objects.filter(pk=pk, state="unknown").update(due_at=timezone.now())
    analysis.reconcile(pk)
    row = finished(row)

    assert len(server.ledger.calls("submission/new")) == 1
    assert (row.state, row.verdict) == ("done", "malicious")
    assert list(invariants.references_of_two_artifacts()) == []
