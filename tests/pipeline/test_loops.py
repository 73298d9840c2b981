"""Bounces, floods, and two installations that write to each other: none of them goes on and on.

`FLOOD` is the number of mails that one sender sends.
"""

import os
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import bounces, outbox
from notifications.models import Mute, Notification
from submissions import intake
from submissions.mailbox.base import RawMail
from submissions.models import Mailbox, Submission
from tests import rows
from tests.notifications.letters import letter
from tests.pipeline.conftest import received, work
from tests.reports import report

pytestmark = pytest.mark.django_db
FLOOD = int(os.environ.get("FLOOD", "200"))


def bounce(message_id: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A report as Postfix writes it (RFC 3464), with the headers of the mail it is about."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.corp.example (Mail Delivery System)\r\nTo: sandbox@corp.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="x/mx"\r\n\r\n'
        "--x/mx\r\n\r\nThis is the mail system.\r\n\r\n--x/mx\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.corp.example\r\n\r\nFinal-Recipient: rfc822; anna.lang@corp.example\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        "--x/mx\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: sandbox@corp.example\r\nMessage-ID: {message_id}\r\n\r\n--x/mx--\r\n"
    ).encode()


def sent(number: int) -> Notification:
    row = outbox.decide(letter("summary_clean", about=f"submission:{number}"))
    assert row is not None
    Notification.objects.filter(pk=row.pk).update(state="sent", sent_at=timezone.now(), due_at=None)
    return row


def test_a_bounce_is_noted_at_its_mail_and_not_analysed(mailbox: Mailbox) -> None:
    row = sent(1)

    mail = received(mailbox, bounce(row.message_id))

    row.refresh_from_db()
    assert row.bounced_at is not None
    assert row.reason == "bounced: 5.1.1 smtp; 550 5.1.1 User unknown"
    assert (mail.state, mail.state_reason) == ("ignored", "a mail server's report on a mail of ours")


def test_the_third_bounce_mutes_the_address_until_somebody_frees_it(mailbox: Mailbox) -> None:
    for number in range(3):
        assert outbox.decide(letter("received", about=f"submission:9{number}")).state == "queued"  # type: ignore[union-attr]
        received(mailbox, bounce(sent(number).message_id), uid=number + 1)

    muted = outbox.decide(letter("summary_malicious", about="submission:100"))
    Mute.objects.all().delete()
    freed = outbox.decide(letter("summary_malicious", about="submission:101"))

    assert muted is not None
    assert freed is not None
    assert (muted.state, muted.reason) == ("suppressed", "muted: 3 mails bounced")
    assert freed.state == "queued"


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.1", "delayed"), ("2.0.0", "delivered"), ("4.2.2", "failed"), ("5.0.0", "relayed")]
)
def test_a_mail_that_may_still_arrive_did_not_bounce(mailbox: Mailbox, status: str, action: str) -> None:
    row = sent(1)

    received(mailbox, bounce(row.message_id, status=status, action=action))

    row.refresh_from_db()
    assert row.bounced_at is None


def test_the_same_bounce_again_counts_once(mailbox: Mailbox) -> None:
    row = sent(1)

    for uid in range(1, 5):
        received(mailbox, bounce(row.message_id), uid=uid)

    assert not Mute.objects.exists()


def test_a_bounce_of_a_mail_that_is_not_ours_is_a_report_like_any_other(mailbox: Mailbox) -> None:
    mail = received(mailbox, bounce("<mm.received.0d4b3c3e-7f2c-5a38-9c41-5d0f0f1a2b3c@corp.example>"))

    assert mail.state == "received"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=600))
def test_no_bytes_break_the_reader_of_bounces(content_type: bytes, content: bytes) -> None:
    bounces.read(b"multipart/report; report-type=delivery-status" + content_type, b"Status: 5.1.1\n" + content)


def test_a_flood_of_mails_from_one_sender_gets_ten_receipts_and_then_nothing(mailbox: Mailbox) -> None:
    for number in range(FLOOD):
        work_of(mailbox, number)

    sent = Notification.objects.exclude(state="suppressed")
    assert sent.filter(kind="rejected").count() <= 10
    assert sent.count() <= 20
    assert Submission.objects.count() == FLOOD


def work_of(mailbox: Mailbox, number: int) -> None:
    """A mail that is answered as soon as it is stored."""
    content = report({}, number=number).split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    intake.receive(mailbox, RawMail(7, number + 1, 99_000_000, timezone.now(), content, header_only=True))


def test_who_sends_more_than_a_person_can_is_muted_for_a_day(mailbox: Mailbox) -> None:
    for number in range(25):
        outbox.decide(letter("summary_clean", about=f"submission:{number}"))

    rows = Notification.objects.order_by("pk")
    assert [row.state for row in rows] == ["queued"] * 20 + ["suppressed"] * 5
    assert set(rows.values_list("reason", flat=True)) == {
        "",
        outbox.PAST_LIMIT,
        "muted: more than 20 reports in ten minutes",
    }
    mute = Mute.objects.get()
    assert mute.until is not None
    assert mute.address == "anna.lang@corp.example"


def test_one_report_with_many_items_is_no_flood(mailbox: Mailbox) -> None:
    for number in range(60):
        outbox.decide(letter("item_clean", about=f"submission:7/artifact:{number}"))

    assert not Mute.objects.exists()


def plain_report(sender: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "second@corp.example", "Look at this"
    mail["Message-ID"] = "<1@corp.example>"
    mail.set_content("https://malware.example/\n")
    return mail.as_bytes()


@pytest.mark.parametrize("keep", [None, "x-mailmonitor-id", "auto-submitted"])
def test_two_installations_that_write_to_each_other_stop_after_one_mail(
    mailbox: Mailbox, settings: Any, outgoing: list[bytes], keep: str | None
) -> None:
    """Even when something between them takes out all of our marks but one."""
    first, second = mailbox, rows.mailbox("Second", address="second@corp.example", reporter_domains="corp.example")
    settings.SANDBOX_ADDRESS = "second@corp.example"
    forged = plain_report(first.address)
    work(received(second, forged))

    for uid in range(2, 8):
        for pk in outbox.due():
            outbox.deliver(pk)
        for mail in outgoing[:]:
            box = first if b"To: sandbox@corp.example" in mail else second
            intake.receive(box, RawMail(7, uid, len(mail), timezone.now(), only(mail, keep)))
        for row in Submission.objects.filter(state="received"):
            work(row)

    answers = Notification.objects.exclude(state="suppressed")
    assert set(answers.values_list("thread", flat=True)) <= {
        "submission:1",
        f"submission:{Submission.objects.earliest('pk').pk}",
    }
    assert answers.filter(kind="received").count() == 1


def only(mail: bytes, keep: str | None) -> bytes:
    """The mail without the marks of automatic mail but `keep`; all of them when that is None."""
    marks = ("auto-submitted", "x-auto-response-suppress", "x-mailmonitor-id", "message-id", "precedence")
    if keep is None:
        return mail
    head, gap, body = mail.partition(b"\r\n\r\n")
    lines = [
        one for one in head.split(b"\r\n") if (name := one.split(b":")[0].lower().decode()) not in marks or name == keep
    ]
    return b"\r\n".join(lines) + gap + body
