"""Settings of an installation whose processes have a wrong clock: by what the file of CLOCK says, in hours.

In Python alone: libfaketime 0.9.10 (Debian 12) keeps Python 3.11 from sleeping.
"""

import os
import time as times
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from mailmonitor.settings import *  # noqa: F403

right_time, right_now = times.time, timezone.now


def hours() -> float:
    return float(Path(os.environ["CLOCK"]).read_text())


def wrong_time() -> float:
    return right_time() + 3600 * hours()


def wrong_now() -> datetime:
    return right_now() + timedelta(hours=hours())


times.time, timezone.now = wrong_time, wrong_now
