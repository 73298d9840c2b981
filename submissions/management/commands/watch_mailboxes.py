"""The watcher: keeps one connection to each mailbox, waits in IDLE, and reads as soon as something arrives.

It only accelerates: beat has a mailbox read that nobody has read for two poll intervals.
"""

import logging
import random
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from mailmonitor.hints import hint
from mailmonitor.models import now
from submissions import accounts, mailboxes
from submissions.mailbox.base import Mailbox as OpenMailbox
from submissions.mailbox.base import MailboxError
from submissions.models import Mailbox
from submissions.tasks import unpack

log = logging.getLogger(__name__)
IDLE_SECONDS = 300
NEW_MAILBOXES_SECONDS = 15
ACCOUNT = ("protocol", "host", "port", "security", "username", "password", "grant_id", "folder", "processed_folder")


class Command(BaseCommand):
    help = "Watch the mailboxes with IMAP IDLE, one connection each."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is stopped; takes up mailboxes that are added meanwhile."""
        watched: dict[int, threading.Thread] = {}
        while True:
            try:
                take_up(watched)
            except OperationalError as error:
                log.warning("the database is away: %s", error)
            time.sleep(NEW_MAILBOXES_SECONDS)


def take_up(watched: dict[int, threading.Thread]) -> None:
    """Watch, in a thread each, the mailboxes that nobody watches now."""
    close_old_connections()
    accounts.from_environment()
    for pk in mailboxes.watched():
        if pk not in watched or not watched[pk].is_alive():
            watched[pk] = threading.Thread(target=watch, args=(pk,), daemon=True)
            watched[pk].start()


def watch(pk: int) -> None:
    """Watch one mailbox until it is disabled; an account that refuses us is left alone as long as its row says."""
    while (row := active(pk)) is not None:
        if (pause := patience(row)) > 0:
            time.sleep(min(pause, NEW_MAILBOXES_SECONDS))
            continue
        try:
            with accounts.open_mailbox(row) as mailbox:
                listen(mailbox, row)
        except MailboxError as error:
            mailboxes.refused(pk, error)
        except mailboxes.FAULTS as error:
            log.info("watching %s: %s", row, error)
        time.sleep(random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)


def active(pk: int) -> Mailbox | None:
    close_old_connections()
    return Mailbox.objects.filter(pk=pk, state=Mailbox.State.ACTIVE).exclude(protocol__in=Mailbox.DOORS).first()


def patience(row: Mailbox) -> float:
    """Seconds for which a mailbox that fails is to be left alone."""
    if row.failing_since is None or row.due_at is None:
        return 0
    return max((row.due_at - now()).total_seconds(), 0 if row.token is None else 1)


def listen(mailbox: OpenMailbox, row: Mailbox) -> None:
    """Read the mailbox after each IDLE, whether or not something was heard: some servers go deaf."""
    seconds = min(IDLE_SECONDS, settings.MAILBOX_POLL.total_seconds())
    while (known := active(row.pk)) is not None and same_account(known, row):
        new = mailboxes.visit(row.pk, mailbox)
        if new is None:
            time.sleep(1)
            continue
        hint(unpack, *new)
        mailbox.wait(seconds)


def same_account(first: Mailbox, second: Mailbox) -> bool:
    """Whether an open connection is still the one that the row asks for."""
    return all(getattr(first, name) == getattr(second, name) for name in ACCOUNT)
