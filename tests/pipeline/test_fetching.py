"""One round over a mailbox, with a mailbox in memory."""

import errno
import os
import uuid
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError

from mailmonitor.models import Event, LeaseLost
from submissions import accounts, intake, mailboxes, storage
from submissions.mailbox.base import MailboxError, RawMail
from submissions.mailbox.memory import MemoryMailbox, MemoryServer
from submissions.models import Mailbox, Submission
from submissions.storage import StorageShut
from tests.pipeline.conftest import received
from tests.reports import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> MemoryServer:
    """What stands behind every mailbox of the test."""
    server = MemoryServer()
    monkeypatch.setattr(mailboxes, "open_mailbox", lambda row: MemoryMailbox(server))
    return server


def again(mailbox: Mailbox) -> list[int]:
    return mailboxes.fetch(mailbox.pk)


def test_new_mails_are_stored_and_moved_away(mailbox: Mailbox, server: MemoryServer) -> None:
    for number in range(3):
        server.deliver(report({"a.txt": b"a"}, number=number))

    new = again(mailbox)

    assert len(new) == Submission.objects.count() == 3
    assert server.mails == {}
    assert again(mailbox) == []


def test_a_mail_whose_move_was_lost_is_only_moved(mailbox: Mailbox, server: MemoryServer, monkeypatch: Any) -> None:
    server.deliver(report({"a.txt": b"a"}))

    def broken(*_: object) -> bool:
        raise MailboxError("move", "connection lost", fix="none")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryMailbox, "mark_done", broken)
        again(mailbox)
    Mailbox.objects.update(reconciled_at=None)

    assert again(mailbox) == []
    assert Submission.objects.count() == 1
    assert server.mails == {}


def test_a_folder_that_was_renumbered_is_read_anew_and_linked(mailbox: Mailbox, server: MemoryServer) -> None:
    content = report({"a.txt": b"a"})
    server.deliver(content)
    again(mailbox)

    server.uidvalidity += 1
    server.deliver(content)
    new = again(mailbox)

    assert len(new) == 1
    assert Event.objects.filter(kind="renumbered").exists()


def test_one_mail_that_cannot_be_stored_does_not_stop_the_others(
    mailbox: Mailbox, server: MemoryServer, monkeypatch: Any
) -> None:
    for number in range(3):
        server.deliver(report({"a.txt": b"a"}, number=number))
    receive = intake.receive

    def sometimes(row: Mailbox, raw: Any) -> Submission | None:
        if raw.uid == min(server.mails):
            raise OSError(5, "Input/output error")
        return receive(row, raw)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "receive", sometimes)
        new = again(mailbox)

    assert len(new) == 2
    assert len(server.mails) == 1
    assert Event.objects.filter(kind="mail-not-stored").exists()
    assert Mailbox.objects.get().backlog == 1
    Mailbox.objects.update(reconciled_at=None)
    assert len(again(mailbox)) == 1
    assert Mailbox.objects.get().backlog == 0


def test_a_mailbox_that_refuses_is_named_and_recovers(mailbox: Mailbox, monkeypatch: Any) -> None:
    def refuse(row: Mailbox) -> MemoryMailbox:
        raise MailboxError("login", "NO [AUTHENTICATIONFAILED]", fix="Check the password.", permanent=True)

    monkeypatch.setattr(mailboxes, "open_mailbox", refuse)
    again(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.error, mailbox.error_fix) == ("login: NO [AUTHENTICATIONFAILED]", "Check the password.")
    assert mailbox.failing_since is not None

    monkeypatch.setattr(mailboxes, "open_mailbox", lambda row: MemoryMailbox(MemoryServer()))
    again(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.error, mailbox.failing_since) == ("", None)
    assert list(Event.objects.values_list("kind", flat=True)) == ["failing", "recovered"]


def test_two_rounds_at_once_are_one(mailbox: Mailbox, server: MemoryServer) -> None:
    server.deliver(report({"a.txt": b"a"}))

    Mailbox.claim(mailbox.pk, [Mailbox.State.ACTIVE], configured.SMTP_LEASE)

    assert again(mailbox) == []
    assert Submission.objects.count() == 0


def test_the_mailbox_of_the_environment_is_a_row_like_any_other(db: None, settings: Any) -> None:
    settings.MAILBOX_URL = "imaps://reports%40corp.example:p%40ss@imap.corp.example/INBOX"
    settings.REPORTER_DOMAINS = ["corp.example"]

    for _ in range(2):
        accounts.from_environment()

    row = Mailbox.objects.get()
    assert (row.host, row.port, row.username, row.password) == (
        "imap.corp.example",
        993,
        "reports@corp.example",
        "p@ss",
    )
    assert row.domains == ["corp.example"]

    settings.REPORTER_DOMAINS = ["corp.example", "corp.test"]
    accounts.from_environment()
    row.refresh_from_db()
    assert row.domains == ["corp.example", "corp.test"]


def test_a_full_storage_stops_the_round_and_it_goes_on_by_itself(
    mailbox: Mailbox, server: MemoryServer, monkeypatch: Any
) -> None:
    for number in range(3):
        server.deliver(report({"a.txt": b"a"}, number=number))
    fsync, calls = os.fsync, []

    def full_after_one(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_after_one)
        assert again(mailbox) == []
    mailbox.refresh_from_db()
    assert len(server.mails) == 3
    assert Submission.objects.count() == 1
    assert "No space left" in mailbox.error
    assert "Make room" in mailbox.error_fix

    assert len(again(mailbox)) == 2
    assert server.mails == {}
    assert Submission.objects.count() == 3


def test_nothing_is_fetched_while_too_little_is_free(mailbox: Mailbox, server: MemoryServer, settings: Any) -> None:
    server.deliver(report({"a.txt": b"a"}))

    settings.STORAGE_MIN_FREE_MEBIBYTES = 10**9
    assert again(mailbox) == []
    mailbox.refresh_from_db()
    assert mailbox.failing_since is not None
    assert len(server.mails) == 1

    settings.STORAGE_MIN_FREE_MEBIBYTES = 1
    assert len(again(mailbox)) == 1


def test_a_mail_is_taken_apart_when_there_is_room_again(mailbox: Mailbox, monkeypatch: Any) -> None:
    row = received(mailbox, report({"a.txt": b"a"}))

    def full(content: bytes) -> str:
        raise StorageShut(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "save", full)
        for _ in range(5):
            assert intake.unpack(row.pk) == intake.Unpacked()
            row.refresh_from_db()
            assert (row.state, row.attempts, row.token) == ("received", 0, None)

    intake.unpack(row.pk)
    row.refresh_from_db()
    assert row.state == "unpacked"


def test_a_fetcher_whose_lease_ended_changes_neither_table_nor_server(
    mailbox: Mailbox, server: MemoryServer, monkeypatch: Any
) -> None:
    server.deliver(report({"a.txt": b"a"}))
    receive = intake.receive

    def slow(row: Mailbox, raw: Any) -> Submission | None:
        Mailbox.objects.update(token=uuid.uuid4(), last_uid=0)
        return receive(row, raw)

    monkeypatch.setattr(intake, "receive", slow)
    with pytest.raises(LeaseLost):
        again(mailbox)

    mailbox.refresh_from_db()
    assert mailbox.last_uid == 0
    assert len(server.mails) == 1


def test_a_row_that_the_database_refuses_is_not_taken_for_a_known_mail(
    mailbox: Mailbox, server: MemoryServer, monkeypatch: Any
) -> None:
    server.deliver(report({"a.txt": b"a"}))
    save = Submission.save

    def broken(self: Submission, *args: Any, **kwargs: Any) -> None:
        self.state = "nonsense"
        save(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Submission, "save", broken)
        assert again(mailbox) == []

    assert len(server.mails) == 1
    assert Event.objects.filter(kind="mail-not-stored").exists()


def test_a_database_that_is_away_costs_a_mail_one_round(
    mailbox: Mailbox, server: MemoryServer, monkeypatch: Any
) -> None:
    for number in range(3):
        server.deliver(report({"a.txt": b"a"}, number=number))
    receive = intake.receive

    def cut(row: Mailbox, raw: RawMail) -> Submission | None:
        if raw.uid == 2:
            raise OperationalError("server closed the connection unexpectedly")
        return receive(row, raw)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "receive", cut)
        with pytest.raises(OperationalError):
            again(mailbox)

    assert len(again(mailbox)) == 2
    assert not Event.objects.filter(kind="mail-not-stored").exists()
