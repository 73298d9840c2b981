"""Telling a worker that a row is due. Nothing depends on it: the sweeper finds the row as well."""

import logging
from collections.abc import Collection
from typing import Any

from celery import current_app
from celery.app.task import Task
from kombu.exceptions import OperationalError

from mailmonitor.models import WorkRow

MANY = 1000
log = logging.getLogger(__name__)


def hint(task: Task[Any, Any], *rows: int) -> None:
    """Send one message per row; a broker that does not answer only costs the time until the next sweep."""
    try:
        for row in rows:
            task.apply_async(args=(row,), retry=False)
    except OperationalError as error:
        log.warning("no hint for %s %s: %s", task.name, rows, error)


def remind(task: Task[Any, Any], rows: type[WorkRow], due: Collection[int]) -> None:
    """Tell of rows that are due: of those no worker was told of at once, of the others again after a while.

    While many hints wait nothing is told again: a repeat would come after the hint it repeats, and repeats that
    come faster than workers take them would keep everything waiting.
    """
    hint(task, *rows.untold(due, again=waiting() < MANY))


def waiting() -> int:
    """How many hints no worker has taken yet; none when the broker does not answer."""
    with current_app.connection_or_acquire() as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0)
            with connection.channel() as channel:
                return int(channel.queue_declare(current_app.conf.task_default_queue).message_count)
        except (OperationalError, *connection.connection_errors):
            return 0
