"""What the mails of a day add up to, so that the dashboard need not read them again."""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import models
from django.utils import timezone

OPEN_AFTER_ITS_END = timedelta(hours=2)
SURELY_OPEN = timedelta(hours=1)


class Tally(models.Model):
    """The counts of one day in UTC, kept from two hours after its end.

    `counts` is empty when a mail or letter of that day has changed since, and `mark` is another after each change:
    counts that were begun before it are not written over it.
    """

    day = models.DateField(primary_key=True)
    mark = models.UUIDField(default=uuid.uuid4)
    counts = models.JSONField(null=True)

    class Meta:
        ordering = ["day"]
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"Tally of {self.day}"

    @staticmethod
    def first_open() -> date:
        """The first day that has no tally yet. One that is over stays open until what was begun in it has ended."""
        return (timezone.now() - OPEN_AFTER_ITS_END).astimezone(UTC).date()

    @staticmethod
    def forget(moments: Iterable[datetime]) -> None:
        """Have the days of these moments counted again, in the transaction of what changes them."""
        first = (timezone.now() - SURELY_OPEN).astimezone(UTC).date()
        days = {day for at in moments if (day := at.astimezone(UTC).date()) < first}
        rows = [Tally(day=day) for day in sorted(days)]
        Tally.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["mark", "counts"])

    @staticmethod
    def keep(counts: dict[date, object], marks: dict[date, uuid.UUID]) -> None:
        """Write the counts of days, unless a day has been forgotten since its mark (if it had one) was read."""
        Tally.objects.bulk_create(
            [Tally(day=day, counts=counts[day]) for day in counts.keys() - marks.keys()], ignore_conflicts=True
        )
        for day in sorted(counts.keys() & marks.keys()):
            Tally.objects.filter(day=day, mark=marks[day]).update(counts=counts[day])
