"""Results past the limit of an hour wait until it is over and are then told in one mail that lists them."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from notifications import outbox
from notifications.choice import Signs
from notifications.kinds import KINDS, TABLE, Group
from notifications.models import Notification
from notifications.outbox import Letter
from notifications.texts import is_disabled

State = Notification.State


def gather(pk: int) -> tuple[int, ...]:
    """Put the mail and all others that waited with it into one; gives back the mail to deliver instead.

    Nothing for a mail that waits for no others, or is the only one: it goes out as it is. Raises LeaseLost when
    somebody else gathers them at the same moment.
    """
    rows = companions(pk)
    if len(rows) < 2 or is_disabled("digest"):
        return ()
    return into_one(rows)


@transaction.atomic
def into_one(rows: Sequence[Notification]) -> tuple[int, ...]:
    digest = outbox.decide(letter(rows))
    if digest is None:
        return ()
    if digest.state == State.SUPPRESSED:
        settle(rows, State.SUPPRESSED, digest.reason)
        return ()
    others = f"told with {len(rows) - 1} more in the mail “{digest.subject}”, number {digest.pk} of the outbox"
    settle(rows, State.ELSEWHERE, others)
    return (digest.pk,)


def settle(rows: Sequence[Notification], state: str, words: str) -> None:
    for row in rows:
        row.advance(state, words, reason=words)


def companions(pk: int) -> list[Notification]:
    """The mails that are due with this one, for the same reader by the same server, the oldest first."""
    waiting = Notification.objects.filter(state=State.QUEUED, for_digest=True, due_at__lte=Now())
    row = waiting.filter(pk=pk).first()
    if row is None:
        return []
    return list(waiting.filter(recipient=row.recipient, outgoing=row.outgoing_id).order_by("pk"))


def letter(rows: Sequence[Notification]) -> Letter:
    """The mail that lists them, in the language of the first."""
    first = rows[0]
    values = {name: str(first.context.get(name, "")) for name in KINDS["digest"].placeholders if name != TABLE}
    return Letter(
        kind="digest",
        thread=f"digest:{first.pk}",
        about=f"digest:{first.pk}",
        to=first.to,
        context={**values, "result_count": str(len(rows)), TABLE: [line(row) for row in rows]},
        signs=Signs(reporter=first.language),
        outgoing=first.outgoing,
    )


def line(row: Notification) -> dict[str, str]:
    """One line of the table: what was judged, with the reference of its report."""
    told = row.context
    is_item = KINDS[row.kind].group is Group.ITEM
    names = {
        "verdict": "verdict",
        "name": "artifact_name" if is_item else "original_subject",
        "type": "submission_id",
        "score": "score",
        "reason": "reason",
        "plain_reason": "plain_reason",
        "reused": "reused",
    }
    return {column: str(told.get(name, "")) for column, name in names.items()}
