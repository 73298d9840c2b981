"""What the reporter has heard stands in the mail's own row, whatever becomes of the letters."""

import re
from collections.abc import Sequence
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import delivery, outbox
from notifications.models import Notification
from notifications.outbox import Letter
from submissions import told
from submissions.models import Submission
from submissions.search.meaning import condition
from submissions.selectors.listing import Wanted, page
from tests import rows

pytestmark = pytest.mark.django_db


def heard(mail: Submission) -> str:
    return Submission.objects.get(pk=mail.pk).told


def letter(mail: Submission, kind: str = "received", **fields: object) -> Letter:
    context = {"submission_id": mail.number}
    return Letter(kind=kind, thread=mail.label, about=mail.label, to="anna@corp.example", context=context, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("letters", "word"),
    [
        ([], "none"),
        (["received sent"], "receipt"),
        (["received sent", "delayed sent"], "receipt"),
        (["received queued"], "waiting"),
        (["received sent", "summary_clean sending"], "waiting"),
        (["received sent", "summary_clean deferred"], "waiting"),
        (["received sent", "summary_clean sent"], "sent"),
        (["received_nothing_to_analyse sent"], "sent"),
        (["received failed", "summary_clean sent"], "sent"),
        (["received sent", "summary_clean failed"], "failed"),
        (["received suppressed"], "suppressed"),
        (["received sent", "summary_clean elsewhere"], "sent"),
        (["summary_clean elsewhere", "verdict_changed failed"], "failed"),
        (["received sent", "summary_clean unknown"], "unknown"),
        (["file_clean sent", "url_malicious failed"], "failed"),
        (["summary_clean sent", "verdict_changed queued"], "waiting"),
    ],
)
def test_the_gravest_letter_that_answers_gives_the_word(letters: Sequence[str], word: str) -> None:
    mail = rows.submission()
    for kind, state in (one.split() for one in letters):
        rows.notification(mail, kind, state=state)

    assert heard(mail) == word
    assert list(Submission.objects.filter(condition(f"notified:{word}"))) == [mail]
    assert not told.wrong(Submission.objects.all()).exists()


def test_a_blind_copy_tells_the_reporter_nothing() -> None:
    mail = rows.submission()
    rows.notification(mail, about=f"{mail.label}/copy", state="failed")

    assert heard(mail) == "none"


def test_the_word_follows_a_letter_through_its_states() -> None:
    mail = rows.submission()
    decided = outbox.decide(letter(mail))
    assert decided
    words = [heard(mail)]
    held = Notification.claim(decided.pk, ("queued",), delivery.settings.LEASE, to="sending")
    assert held
    held.advance("failed", reason="refused")
    words.append(heard(mail))
    delivery.resend(decided.pk, actor="grace")
    words.append(heard(mail))
    delivery.cancel(decided.pk, actor="grace")

    assert [*words, heard(mail)] == ["waiting", "failed", "waiting", "suppressed"]


def test_a_letter_sent_once_more_is_not_sure_until_the_relay_has_answered() -> None:
    mail = rows.submission()
    rows.notification(mail, "summary_clean", state="unknown", unknown_outcomes=1)
    (pk,) = Notification.objects.values_list("pk", flat=True)

    held = Notification.claim(pk, ("unknown",), delivery.settings.LEASE, to="sending")
    assert held
    assert heard(mail) == "unknown"
    assert not told.wrong(Submission.objects.all()).exists()
    held.advance("sent", sent_at=timezone.now())

    assert heard(mail) == "sent"


def test_the_mail_is_locked_before_its_letter_as_the_verdict_does() -> None:
    mail = rows.submission()
    decided = outbox.decide(letter(mail))
    assert decided

    with CaptureQueriesContext(connection) as said:
        decided.advance("suppressed", reason="muted")

    tables = [re.search(r'(?:FROM|UPDATE|INTO) "(\w+)"', one["sql"]) for one in said]
    assert [found[1] for found in tables if found][:2] == ["submissions_submission", "notifications_notification"]


def test_letters_of_other_things_leave_the_mails_alone() -> None:
    mail = rows.submission()

    outbox.decide(
        Letter(kind="operator_alert", thread="mailbox:1", about="mailbox:1", to="soc@corp.example", context={})
    )

    assert heard(mail) == "none"


def test_a_mail_that_is_not_to_be_answered_is_shown_as_such() -> None:
    rows.submission(no_answer="a mailing list")

    assert page(Wanted()).rows[0].told == "Not answered"


def test_mails_of_before_get_their_word() -> None:
    mails = [rows.submission(received_at=timezone.now()) for _ in range(3)]
    rows.notification(mails[0], "summary_clean")
    rows.notification(mails[1], "summary_clean", state="failed")
    Submission.objects.update(told="sent")

    import_module("submissions.migrations.0022_told_before").fill(apps, None)

    assert [heard(mail) for mail in mails] == ["sent", "failed", "none"]
