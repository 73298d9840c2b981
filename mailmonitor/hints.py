"""Telling a worker that a row is due. Nothing depends on it: the sweeper finds the row as well."""

import logging
from typing import Any

from celery.app.task import Task
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def hint(task: Task[Any, Any], *rows: int) -> None:
    """Send one message per row; a broker that does not answer only costs the time until the next sweep."""
    try:
        for row in rows:
            task.apply_async(args=(row,), retry=False)
    except OperationalError as error:
        log.warning("no hint for %s %s: %s", task.name, rows, error)
