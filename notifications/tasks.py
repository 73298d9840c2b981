"""The tasks of the outbox. They carry keys only; the rows are the jobs."""

from celery import shared_task

from mailmonitor.hints import hint, remind
from mailmonitor.models import LeaseLost
from notifications import digest, outbox
from notifications.models import Notification


@shared_task(name="notifications.deliver", throws=(LeaseLost,))
def deliver(pk: int) -> None:
    hint(deliver, *digest.gather(pk))
    outbox.deliver(pk)
    hint(deliver, *outbox.follower(pk))


@shared_task(name="notifications.deliver_due", throws=(LeaseLost,))
def deliver_due() -> None:
    outbox.recover()
    remind(deliver, Notification, outbox.due())
