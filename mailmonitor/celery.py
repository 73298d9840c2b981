"""What runs periodically, and the application that Celery's workers and beat load."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailmonitor.settings")

app = Celery("mailmonitor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["submissions", "notifications"])


@app.on_after_configure.connect
def schedule(sender: Celery, **_: object) -> None:
    """Every entry only looks for due rows, so that a missed or doubled tick changes nothing."""
    night = crontab(hour=str(settings.NIGHTLY_AT.hour), minute=str(settings.NIGHTLY_AT.minute))
    tick = min(5, settings.SWEEP_SECONDS)
    sender.add_periodic_task(min(5.0, settings.MAILBOX_POLL.total_seconds()), sender.signature("submissions.fetch_due"))
    sender.add_periodic_task(tick, sender.signature("submissions.renew_due"))
    sender.add_periodic_task(tick, sender.signature("submissions.poll_due"))
    sender.add_periodic_task(tick, sender.signature("notifications.deliver_due"))
    sender.add_periodic_task(settings.SWEEP_SECONDS, sender.signature("submissions.sweep"))
    sender.add_periodic_task(60, sender.signature("submissions.ask_accounts"))
    sender.add_periodic_task(night, sender.signature("submissions.nightly"))
