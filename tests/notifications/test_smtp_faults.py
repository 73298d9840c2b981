"""Whatever breaks at whatever verb: nothing is lost, no receipt is doubled, verdicts only in the dot's window.

`SMTP_ROUNDS` repeats every fault that often.
"""

import os
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from itertools import product
from typing import Any, get_args

import pytest
from django.utils import timezone

from notifications import outbox
from notifications.models import Notification
from tests.fakes.smtp_server import FakeSmtpServer, Fault, Verb
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
State = Notification.State
ROUNDS = int(os.environ.get("SMTP_ROUNDS", "1"))
VERBS: list[Verb] = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT", "ACCEPTED", "QUIT"]
CASES = [
    (verb, fault)
    for verb, fault in product(VERBS, get_args(Fault))
    if fault in ("cut", "silence") or verb != "ACCEPTED"
]


def deliver_all() -> None:
    """Deliver until nothing is left to do, as if every wait were over."""
    for _ in range(12):
        for pk in outbox.due():
            outbox.deliver(pk)
        Notification.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize(("verb", "fault"), CASES)
def test_a_fault_loses_nothing_and_doubles_only_what_may_be_doubled(
    verb: Verb, fault: Fault, relay: FakeSmtpServer, settings: Any
) -> None:
    settings.NOTIFICATION_FROM = "monitor@corp.example"
    relay.silence = 0.5
    for number in range(ROUNDS):
        for kind in ("received", "summary_clean"):
            relay.faults, relay.times = {verb: fault}, 1
            outbox.decide(letter(kind, about=f"submission:{number}", to=f"anna{number}@corp{number}.example"))
            deliver_all()

    sent = Counter(message_from_bytes(mail.message)["Message-ID"] for mail in relay.accepted)
    for row in Notification.objects.all():
        check(row, sent[row.message_id], verb, fault)


def check(row: Notification, copies: int, verb: Verb, fault: Fault) -> None:
    """What may have become of the mail. Once the dot went out, silence leaves both sides in doubt."""
    is_receipt = row.kind == "received"
    if verb == "DOT" and fault == "5xx":
        assert (copies, row.state) == (0, State.FAILED)
    elif verb == "ACCEPTED":
        assert (copies, row.state) == ((1, State.FAILED) if is_receipt else (2, State.SENT))
        assert row.may_be_duplicate is not is_receipt
    elif is_receipt and (verb == "BODY" or (verb == "DOT" and fault in ("cut", "silence"))):
        assert (copies, row.state) in ((1, State.SENT), (0, State.FAILED))
        assert row.state == State.SENT or row.reason
    elif verb == "BODY" and fault == "5xx":
        assert (copies, row.state) in ((1, State.SENT), (0, State.FAILED))
    else:
        assert (copies, row.state) == (1, State.SENT)


def test_a_relay_that_never_answers_the_farewell_changes_nothing(relay: FakeSmtpServer) -> None:
    relay.faults = {"QUIT": "silence"}
    row = outbox.decide(letter())
    assert row is not None

    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert row.state == State.SENT


def test_lines_that_begin_with_a_dot_arrive_as_they_were(relay: FakeSmtpServer) -> None:
    row = outbox.decide(letter())
    assert row is not None
    Notification.objects.filter(pk=row.pk).update(message=b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n")

    outbox.deliver(row.pk)

    assert relay.accepted[0].message == b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n"
