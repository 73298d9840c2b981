"""The watcher: waits in IDLE and has a mailbox fetched as soon as something arrives.

It only accelerates: beat polls every mailbox without it.
"""

import logging
import random
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from mailmonitor.hints import hint
from submissions import mailboxes
from submissions.mailbox.base import Mailbox as OpenMailbox
from submissions.mailbox.base import MailboxError
from submissions.models import Mailbox
from submissions.tasks import fetch

log = logging.getLogger(__name__)
IDLE_SECONDS = 300
NEW_MAILBOXES_SECONDS = 15


class Command(BaseCommand):
    help = "Watch the mailboxes with IMAP IDLE, one connection each."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is stopped; takes up mailboxes that are added meanwhile."""
        watched: dict[int, threading.Thread] = {}
        while True:
            close_old_connections()
            mailboxes.from_environment()
            for pk in Mailbox.objects.filter(state=Mailbox.State.ACTIVE).values_list("pk", flat=True):
                if pk not in watched or not watched[pk].is_alive():
                    watched[pk] = threading.Thread(target=watch, args=(pk,), daemon=True)
                    watched[pk].start()
            time.sleep(NEW_MAILBOXES_SECONDS)


def watch(pk: int) -> None:
    """Watch one mailbox until it is disabled; an account that refuses us is left alone ever longer."""
    pause = 1.0
    while (row := active(pk)) is not None:
        try:
            with mailboxes.open_mailbox(row) as mailbox:
                pause = 1.0
                listen(mailbox, pk)
        except MailboxError as error:
            log.info("watching %s: %s", row, error)
            time.sleep(random.uniform(0, pause))  # noqa: S311 (jitter, not a secret)
            pause = min(300.0, pause * 2)


def active(pk: int) -> Mailbox | None:
    close_old_connections()
    return Mailbox.objects.filter(pk=pk, state=Mailbox.State.ACTIVE).first()


def listen(mailbox: OpenMailbox, pk: int) -> None:
    """Have the mailbox read after each IDLE, whether or not something was heard: some servers go deaf."""
    while active(pk) is not None:
        mailboxes.ask_now(pk)
        hint(fetch, pk)
        mailbox.wait(IDLE_SECONDS)
