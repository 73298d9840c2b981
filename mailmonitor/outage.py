"""When the database goes away in the middle of a step."""

import time
from contextlib import suppress

from django.db import OperationalError, close_old_connections

from mailmonitor.models import AT_ONCE, WorkRow

# Until a server that died at once has come back, which takes it seconds
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)


def hand_back(row: WorkRow) -> None:
    """Free a row whose step the database has ended: that is no fault of the row, so the try does not count.

    Left to the end of its lease when the database stays away. Raises LeaseLost when somebody else holds it by then.
    """
    for pause in PAUSES:
        time.sleep(pause)
        close_old_connections()
        with suppress(OperationalError):
            row.release(due_in=AT_ONCE, attempts=row.attempts - 1)
            return
