"""The ways in which a step can be struck at a named point, one for each campaign."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from mailmonitor.models import WorkRow
from submissions.models import Mailbox
from tests.torture.stepping.campaign import Campaign
from tests.torture.stepping.steps import ROWS, Step, due, pass_time, stop
from tests.whole.promises import STALE

OFFSETS = [timedelta(hours=hours) for hours in (-24, -1, 1, 24)]
OWNERS = {"fetch": 0, "unpack": 1, "submit": 2, "poll": 2, "reconcile": 2, "deliver": 3}
# On SQLite whoever stands still inside a transaction keeps all others from writing until it goes on or ends
OUTSIDE = ("before write", "before http", "before smtp", "before imap", "after")
HANDED_OVER = ("before http v2/submission/new", "after write submissions_analysis")


def killed(campaign: Campaign, name: str, pk: int) -> str:
    """SIGKILL."""
    return campaign.ended(Step(name, pk, campaign.aim(name, pk)).start().wait())


def without_room(campaign: Campaign, name: str, pk: int) -> str:
    """The disk is full at this very fsync or rename."""

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    target = campaign.aim(name, pk, only=("before fsync", "before rename"))
    return campaign.ended(Step(name, pk, target, full).start().wait())


def cut_off(campaign: Campaign, name: str, pk: int) -> str:
    """The database closes every connection."""
    server = campaign.parts.postgres

    assert server is not None, "SQLite has no connections to close"
    return campaign.ended(Step(name, pk, campaign.aim(name, pk), server.cut).start().wait())


def with_a_wrong_clock(campaign: Campaign, name: str, pk: int) -> str:
    """The worker's clock errs by an hour or a day, and it is killed at the point."""
    offset = campaign.chance.choice(OFFSETS)
    right = timezone.now
    timezone.now = lambda: right() + offset
    try:
        return killed(campaign, name, pk)
    finally:
        timezone.now = right


def stale(campaign: Campaign, name: str, pk: int) -> str:
    """Stopped at the point, the step wakes when others have long done its work: it must not write any more."""
    points = OUTSIDE if campaign.parts.postgres is None else ("",)
    step = Step(name, pk, campaign.aim(name, pk, only=points) if name in OWNERS else "", stop).start()
    if not step.wait_until_stopped():
        return campaign.ended(step)
    campaign.note_doubt(name, pk)
    row = Held(ROWS[OWNERS[name]], pk)
    if name == "submit" and step.target.startswith(HANDED_OVER):
        campaign.tally.handed_over += 1
    take_over(row, name)
    before = row.values()
    step.go_on()
    taken_over = row.token is not None and before["token"] != row.token
    if taken_over and name != "fetch" and row.values() != before:
        campaign.tally.accepted += 1
        campaign.tally.wrong.append(f"{STALE}: {name} after {step.target}")
    campaign.tally.stale += taken_over
    return campaign.ended(step)


@dataclass
class Held:
    """The row that the stopped step works on, and the token under which it holds it, if it does by now."""

    rows: type[WorkRow]
    pk: int

    def __post_init__(self) -> None:
        self.token = self.values()["token"]

    def values(self) -> dict[str, Any]:
        return self.rows._default_manager.filter(pk=self.pk).values().get()

    @property
    def is_done(self) -> bool:
        """Whether others have brought it to an end, as far as it has one."""
        now = self.values()
        ended = now["due_at"] is None or self.rows is Mailbox
        return ended and self.token is not None and now["token"] is None


def take_over(row: Held, name: str) -> None:
    """Time passes, and others do what the stopped step has left, in up to four rounds."""
    for _ in range(4):
        pass_time()
        for other, number in [("sweep", 0), ("deliver_due", 0), *due()]:
            if number in (0, row.pk) and other in ("sweep", "deliver_due", "reconcile", name):
                Step(other, number).start().wait()
        if row.is_done:
            return


STRIKES: dict[str, Callable[[Campaign, str, int], str]] = {
    "kill": killed,
    "full": without_room,
    "cut": cut_off,
    "clock": with_a_wrong_clock,
    "stale": stale,
}
