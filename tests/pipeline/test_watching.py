"""The watcher: one connection is kept, a look follows each wait, and a server that refuses is left alone."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from mailmonitor.models import Grant
from submissions import accounts, mailboxes
from submissions.mailbox.base import MailboxError
from submissions.mailbox.memory import MemoryMailbox, MemoryServer
from submissions.management.commands import watch_mailboxes
from submissions.models import Mailbox, Submission
from tests.reports import report

pytestmark = pytest.mark.django_db


class Watched(MemoryMailbox):
    """Counts its openings; each wait does what the test wants next, the last one disables the mailbox."""

    openings = 0
    waits: list[float] = []
    script: list[Callable[[], object]] = []

    def __enter__(self) -> "Watched":
        Watched.openings += 1
        super().__enter__()
        return self

    def wait(self, seconds: float) -> bool:
        Watched.waits.append(seconds)
        (self.script.pop(0) if self.script else disable)()
        return False


def disable() -> None:
    Mailbox.objects.update(state="disabled", due_at=None, failing_since=None)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> MemoryServer:
    server = MemoryServer()
    Watched.openings, Watched.waits, Watched.script = 0, [], []
    settings.MAILBOX_POLL = timedelta(seconds=60)
    monkeypatch.setattr(accounts, "open_mailbox", lambda row: Watched(server))
    monkeypatch.setattr(watch_mailboxes, "hint", lambda *_: None)
    monkeypatch.setattr(watch_mailboxes, "close_old_connections", lambda: None)
    return server


def test_what_arrives_is_read_over_the_connection_that_is_open(mailbox: Mailbox, server: MemoryServer) -> None:
    Watched.script = [partial(server.deliver, report({"a.txt": b"a"}, number=number)) for number in range(3)]

    watch_mailboxes.watch(mailbox.pk)

    assert Submission.objects.count() == 3
    assert server.mails == {}
    assert Watched.openings == 1
    assert set(Watched.waits) == {60.0}


def test_others_look_only_when_the_watcher_has_missed_a_round(mailbox: Mailbox, server: MemoryServer) -> None:
    seen: list[Any] = []
    Watched.script = [lambda: seen.append(Mailbox.objects.get().due_at)]

    watch_mailboxes.watch(mailbox.pk)

    assert timedelta(seconds=110) < seen[0] - timezone.now() < timedelta(seconds=125)


def test_a_changed_account_is_opened_anew(mailbox: Mailbox, server: MemoryServer) -> None:
    Watched.script = [lambda: Mailbox.objects.update(folder="Reports")]

    watch_mailboxes.watch(mailbox.pk)

    assert Watched.openings == 2


def test_a_server_that_refuses_is_left_alone_as_long_as_it_asks(
    mailbox: Mailbox, server: MemoryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.error = MailboxError("login", "Suggested Backoff Time: 299961 milliseconds", fix="wait")
    server.error.pause = 299.961
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            disable()

    monkeypatch.setattr(watch_mailboxes.time, "sleep", sleep)

    watch_mailboxes.watch(mailbox.pk)

    assert Watched.openings == 1
    assert slept[1:] == [15, 15]


@pytest.mark.parametrize(("minutes", "least", "most"), [(0, 30, 60), (3, 90, 180), (600, 150, 300)])
def test_a_mailbox_that_fails_is_tried_ever_less_often(
    mailbox: Mailbox, server: MemoryServer, settings: Any, minutes: int, least: int, most: int
) -> None:
    Mailbox.objects.update(failing_since=timezone.now() - timedelta(minutes=minutes) if minutes else None)
    row = Mailbox.objects.get()

    pause = mailboxes.back_off(row, MailboxError("connect", "refused", fix="start it"))

    assert timedelta(seconds=least - 1) <= pause <= timedelta(seconds=most + 1)


def test_a_refused_token_is_not_used_again(mailbox: Mailbox, server: MemoryServer, monkeypatch: Any) -> None:
    grant = Grant.objects.create(
        name="g", way="oauth2", access_token="old", renewed_at=timezone.now() - timedelta(minutes=9),
        expires_at=timezone.now() + timedelta(minutes=9),
    )  # fmt: skip
    Mailbox.objects.update(grant=grant)
    server.error = MailboxError("login", "AUTHENTICATE failed", fix="check the token")
    monkeypatch.setattr(mailboxes, "open_mailbox", lambda row: MemoryMailbox(server))

    mailboxes.fetch(mailbox.pk)

    grant.refresh_from_db()
    assert grant.expires_at is None
