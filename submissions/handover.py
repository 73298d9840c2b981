"""Mails that a mail server hands over: stored before they are acknowledged, and once however often they come."""

import logging

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django.db.models.functions import Now

from mailmonitor.models import now
from submissions import intake, storage
from submissions.mailbox.base import RawMail, lasting_number
from submissions.mailbox.door import LATER, DoorShut, Handed
from submissions.models import Mailbox

log = logging.getLogger(__name__)
GENERATION = 1
Place = tuple[str, str, int]


def places() -> set[Place]:
    """Where mails are waited for: protocol, host, port."""
    return set(doors().values_list("protocol", "host", "port"))


def doors() -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(state=Mailbox.State.ACTIVE, protocol__in=Mailbox.DOORS)


def whose(place: Place, address: str) -> Mailbox | None:
    """The mailbox that gets mail for the address at this door."""
    protocol, host, port = place
    return doors().filter(protocol=protocol, host=host, port=port, address__iexact=address).first()


def take(place: Place, handed: Handed) -> int | None:
    """Store the mail and give back the new submission; nothing when it was stored before. Raises DoorShut.

    A server that missed our answer hands the same bytes over again: they are the mail's name.
    """
    try:
        mailbox = whose(place, handed.recipient)
        if mailbox is None:
            raise DoorShut(LATER)
        storage.check_room()
        number = lasting_number(handed.content)
        content = handed.stamped
        submission = intake.receive(mailbox, RawMail(GENERATION, number, len(content), now(), content))
    except storage.StorageShut as error:
        log.error("a mail waits at its server: %s", error)
        raise DoorShut("452 4.3.1 No room now, try again later") from error
    except DatabaseError as error:
        log.error("a mail waits at its server: %s", error)
        raise DoorShut(LATER) from error
    if submission is None:
        mailbox.tell("handed-over-again", f"from {handed.sender or '<>'}: it was stored before")
        return None
    return submission.pk


def is_open(place: Place) -> None:
    """The door is served: its mailboxes are well."""
    for row in at(place):
        was_failing = row.failing_since is not None
        row.release(due_in=settings.MAILBOX_POLL, last_success_at=Now(), failing_since=None, error="", error_fix="")
        if was_failing:
            row.tell("recovered", "The door is open again.")


def is_shut(place: Place, error: OSError) -> None:
    """Nobody can listen there."""
    fix = f"Free port {place[2]} of {place[1]}, or choose another address in the mailbox."
    for row in at(place):
        if not row.failing_since:
            row.tell("failing", str(error))
        since = row.failing_since or now()
        row.release(due_in=settings.MAILBOX_POLL, failing_since=since, error=str(error), error_fix=fix)


def at(place: Place) -> list[Mailbox]:
    protocol, host, port = place
    keys = doors().filter(protocol=protocol, host=host, port=port).values_list("pk", flat=True)
    rows = (Mailbox.claim(pk, [Mailbox.State.ACTIVE], settings.LEASE) for pk in keys)
    return [row for row in rows if row is not None]
