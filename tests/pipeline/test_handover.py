"""Mails that a mail server hands over: acknowledged when they are stored, stored once, turned away politely."""

import smtplib
import threading
from typing import Any

import pytest
from django.db import OperationalError

from mailmonitor.models import Event
from submissions import handover, intake, mailboxes, storage
from submissions.mailbox import door
from submissions.mailbox.door import DoorShut, Handed
from submissions.models import Mailbox, Submission
from tests import rows
from tests.pipeline.doorway import ADDRESS, doorway
from tests.reports import report

PLACE = ("lmtp", "127.0.0.1", 2424)


def client(protocol: str, port: int) -> smtplib.SMTP:
    return (smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP)("127.0.0.1", port, local_hostname="mta.corp.example")


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_a_mail_comes_as_it_was_sent_and_with_who_sent_it(protocol: str) -> None:
    taken: list[Handed] = []
    content = b"Subject: 1\r\n\r\n.dot\r\n" + b"x" * 5000 + b"\xff\r\n"
    with doorway(protocol, taken.append) as port, client(protocol, port) as link:
        link.sendmail("anna@corp.example", [ADDRESS], content)

    assert [(mail.sender, mail.recipient, mail.content) for mail in taken] == [("anna@corp.example", ADDRESS, content)]
    assert taken[0].stamped.startswith(b"Return-Path: <anna@corp.example>\r\nDelivered-To: reports@corp.example\r\n")
    assert taken[0].stamped.endswith(content)
    assert b"Received: from mta.corp.example (127.0.0.1) by" in taken[0].stamped


def test_each_recipient_of_lmtp_gets_an_answer_of_its_own() -> None:
    def take(handed: Handed) -> None:
        if handed.recipient != ADDRESS:
            raise DoorShut("452 4.3.1 No room now, try again later")

    with doorway("lmtp", take) as port, client("lmtp", port) as link:
        link.ehlo()
        link.docmd("MAIL FROM:<anna@corp.example>")
        link.docmd(f"RCPT TO:<{ADDRESS}>")
        link.docmd("RCPT TO:<second@corp.example>")
        link.docmd("DATA")
        link.send(b"Subject: 1\r\n\r\n.\r\n")
        first, second = link.getreply(), link.getreply()

    assert (first[0], second[0]) == (250, 452)


def test_of_smtp_the_worst_answer_counts() -> None:
    def take(handed: Handed) -> None:
        if handed.recipient != ADDRESS:
            raise DoorShut("452 4.3.1 No room now, try again later")

    with doorway("smtp", take) as port, client("smtp", port) as link, pytest.raises(smtplib.SMTPDataError) as caught:
        link.sendmail("a@corp.example", [ADDRESS, "second@corp.example"], b"Subject: 1\r\n\r\n")

    assert caught.value.smtp_code == 452


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_a_mail_for_others_is_turned_away(protocol: str) -> None:
    taken: list[Handed] = []
    with (
        doorway(protocol, taken.append) as port,
        client(protocol, port) as link,
        pytest.raises(smtplib.SMTPRecipientsRefused) as caught,
    ):
        link.sendmail("a@corp.example", ["ceo@corp.example"], b"Subject: 1\r\n\r\n")

    assert caught.value.recipients["ceo@corp.example"][0] == 550
    assert taken == []


def test_a_mail_over_the_limit_is_refused_for_good() -> None:
    taken: list[Handed] = []
    with (
        doorway("lmtp", taken.append, size_limit=1000) as port,
        client("lmtp", port) as link,
        pytest.raises(smtplib.SMTPException) as caught,
    ):
        link.sendmail("a@corp.example", [ADDRESS], b"Subject: 1\r\n\r\n" + b"x\r\n" * 1000)

    assert "552" in str(caught.value)
    assert taken == []


def test_whatever_breaks_on_our_side_leaves_the_mail_with_its_server() -> None:
    def broken(handed: Handed) -> None:
        raise RuntimeError("a fault of ours")

    with doorway("smtp", broken) as port, client("smtp", port) as link, pytest.raises(smtplib.SMTPDataError) as caught:
        link.sendmail("a@corp.example", [ADDRESS], b"Subject: 1\r\n\r\n")

    assert caught.value.smtp_code == 451


def test_who_comes_while_every_place_is_taken_waits_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PLACES", 1)
    greeted = threading.Event()

    def second(port: int) -> None:
        with client("smtp", port) as link:
            link.ehlo()
            greeted.set()

    with doorway("smtp", lambda handed: None) as port:
        with client("smtp", port) as first:
            first.ehlo()
            waiting = threading.Thread(target=second, args=(port,))
            waiting.start()
            assert not greeted.wait(0.5)
        waiting.join(10)

    assert greeted.is_set()


def test_a_sender_cannot_write_headers() -> None:
    handed = Handed("a>\r\nX-Evil: 1\r\n<", ADDRESS, "host\r\nX-Evil: 2", b"Subject: 1\r\n\r\n")

    assert handed.stamped.count(b"\r\n") == 5


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return rows.mailbox(protocol="lmtp", host=PLACE[1], port=PLACE[2], address=ADDRESS, reporter_domains="corp.example")


def handed(number: int = 1) -> Handed:
    return Handed("anna@corp.example", ADDRESS, "mta.corp.example", report({"a.txt": b"a"}, number=number))


def test_it_is_stored_before_it_is_acknowledged(mailbox: Mailbox) -> None:
    mail = handed()
    pk = handover.take(PLACE, mail)

    row = Submission.objects.get(pk=pk)
    assert storage.load(row.digest).endswith(mail.content)
    assert row.mailbox == mailbox


def test_the_same_bytes_handed_over_again_are_stored_once(mailbox: Mailbox) -> None:
    mail = handed()
    first, second = handover.take(PLACE, mail), handover.take(PLACE, mail)
    third = handover.take(PLACE, handed(2))

    assert first
    assert third
    assert second is None
    assert Submission.objects.count() == 2
    assert Event.objects.filter(kind="handed-over-again").count() == 1


def test_an_address_is_known_at_its_own_door_alone(mailbox: Mailbox) -> None:
    assert handover.whose(PLACE, ADDRESS.upper()) == mailbox
    assert handover.whose(("smtp", PLACE[1], 25), ADDRESS) is None
    assert handover.whose(PLACE, "ceo@corp.example") is None

    Mailbox.objects.update(state="disabled", due_at=None)
    assert handover.whose(PLACE, ADDRESS) is None


@pytest.mark.parametrize(
    ("fault", "reply"), [(storage.StorageShut(28, "No space left"), "452"), (OperationalError("locked"), "451")]
)
def test_what_cannot_be_stored_stays_with_its_server(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, fault: Exception, reply: str
) -> None:
    def broken(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(intake, "receive", broken)

    with pytest.raises(DoorShut, match=reply):
        handover.take(PLACE, handed())


def test_an_open_door_is_well_and_a_shut_one_fails(mailbox: Mailbox) -> None:
    handover.is_shut(PLACE, OSError(98, "Address already in use"))
    mailbox.refresh_from_db()
    assert "Address already in use" in mailbox.error
    assert mailbox.failing_since is not None

    handover.is_open(PLACE)
    mailbox.refresh_from_db()
    assert (mailbox.error, mailbox.failing_since) == ("", None)
    assert mailbox.last_success_at is not None


def test_a_door_is_never_looked_into(mailbox: Mailbox) -> None:
    assert mailboxes.due() == []
    assert mailboxes.watched() == []
