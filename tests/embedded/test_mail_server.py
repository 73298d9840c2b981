"""The mail server of `make run`. The mailbox tests run on it as well: see tests/mailbox."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from submissions.mailbox.base import Account, MailboxError
from submissions.mailbox.imap import ImapMailbox
from tests.servers.mail_server import MailServer, mail_server

RAW = b"From: a@example.com\r\nSubject: hostile \xff\r\n\r\nbare\nline\r\n" + b"y" * 20_000 + b"\r\n.dot\r\n"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def send(server: MailServer, *recipients: str, raw: bytes = RAW) -> None:
    """As the bytes are: the client of the standard library would put the line ends right."""
    with smtplib.SMTP("127.0.0.1", server.smtp_port) as client:
        client.ehlo()
        client.mail("a@example.com")
        for recipient in recipients:
            client.rcpt(recipient)
        client.putcmd("data")
        client.getreply()
        client.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert client.getreply()[0] == 250


def account(server: MailServer, password: str = "") -> Account:
    return Account("127.0.0.1", server.imap_port, "plain", "sandbox@localhost", password or server.password)


def test_mail_for_the_sandbox_is_in_its_mailbox_with_a_trace_on_top(server: MailServer) -> None:
    send(server, "Sandbox@LOCALHOST")

    with ImapMailbox(account(server)) as mailbox:
        found = [raw.content or b"" for raw in mailbox.unseen(0)]

    assert len(found) == 1
    assert found[0].startswith(b"Return-Path: <a@example.com>\r\nDelivered-To: sandbox@localhost\r\nReceived: ")
    assert found[0].endswith(RAW)
    assert server.outbox() == []


def test_mail_for_anybody_else_is_a_file_in_the_outbox(server: MailServer) -> None:
    send(server, "someone@example.org", "another@example.net")

    assert server.outbox() == [RAW]


def test_a_mail_for_both_goes_to_both(server: MailServer) -> None:
    send(server, "someone@example.org", "sandbox@localhost")

    with ImapMailbox(account(server)) as mailbox:
        uids = mailbox.all_uids()

    assert (len(uids), len(server.outbox())) == (1, 1)


def test_numbers_of_mails_stay_over_a_kill(server: MailServer, tmp_path: Path) -> None:
    with mail_server(tmp_path) as first:
        for _ in range(3):
            send(first, "sandbox@localhost")
        with ImapMailbox(account(first)) as mailbox:
            mailbox.mark_done(mailbox.all_uids()[:1])
            before = (mailbox.uidvalidity, mailbox.all_uids())
        (tmp_path / "mail/inbox/dovecot-uidlist.lock").touch()

    with mail_server(tmp_path) as second, ImapMailbox(account(second)) as mailbox:
        after = (mailbox.uidvalidity, mailbox.all_uids())

    assert after == before
    assert len(before[1]) == 2


def test_a_mail_nested_too_deep_for_a_parser_is_handed_over(server: MailServer) -> None:
    opening = [
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(3000)
    ]
    nested = b"".join(opening) + b"\r\n"

    send(server, "sandbox@localhost", raw=nested)

    with ImapMailbox(account(server)) as mailbox:
        found = [raw.content or b"" for raw in mailbox.unseen(0)]
    assert found[0].endswith(nested)


def test_a_wrong_password_is_refused(server: MailServer) -> None:
    with pytest.raises(MailboxError) as refused, ImapMailbox(account(server, "wrong")):
        pass

    assert refused.value.step == "login"
    assert refused.value.permanent
