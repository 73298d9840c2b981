"""What runs periodically, and the application that Celery's workers and beat load."""

import os
import time
from datetime import UTC, datetime, timedelta

from celery import Celery
from celery.schedules import crontab
from celery.schedules import schedule as rhythm
from celery.signals import task_prerun
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailmonitor.settings")

# Celery would close them after each task, or never look whether they still live
task_prerun.connect(lambda **_: close_old_connections(), weak=False)

BEGAN_AT, BEGAN = datetime.now(UTC), time.monotonic()


def steady() -> datetime:
    """The time for beat, which no setting of the clock moves: one set back by a day would keep it still for a day."""
    return BEGAN_AT + timedelta(seconds=time.monotonic() - BEGAN)


app = Celery("mailmonitor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["submissions", "notifications"])


@app.on_after_configure.connect
def schedule(sender: Celery, **_: object) -> None:
    """Every entry only looks for due rows, so that a missed or doubled tick changes nothing."""
    tick = min(5, settings.SWEEP_SECONDS)
    every = {
        "submissions.fetch_due": min(5.0, settings.MAILBOX_POLL.total_seconds()),
        "submissions.renew_due": tick,
        "submissions.poll_due": tick,
        "notifications.deliver_due": tick,
        "submissions.sweep": settings.SWEEP_SECONDS,
        "submissions.ask_accounts": 60,
    }
    for name, seconds in every.items():
        sender.add_periodic_task(rhythm(timedelta(seconds=seconds), nowfun=steady, app=sender), sender.signature(name))
    at = settings.NIGHTLY_AT
    night = crontab(hour=str(at.hour), minute=str(at.minute), nowfun=steady, app=sender)
    for name in ("submissions.nightly", "submissions.check_invariants"):
        sender.add_periodic_task(night, sender.signature(name))
