"""The stretch of time that the dashboard shows, in hours or days, and how the list is asked for the same. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = {"24h": "24 h", "7d": "7 d", "30d": "30 d", "90d": "90 d"}
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Step:
    """One hour or day; `search` lists what was reported in it."""

    begin: datetime
    label: str
    search: str


@dataclass(frozen=True)
class Period:
    """From `begin` up to `end`, which does not belong to it, in steps; all in UTC."""

    name: str
    begin: datetime
    end: datetime
    step: timedelta

    @property
    def search(self) -> str:
        if self.step == HOUR:
            return f"reported:{self.begin:%Y-%m-%dT%H}..{self.end:%Y-%m-%dT%H}"
        return f"reported:{self.begin:%Y-%m-%d}..{self.end - DAY:%Y-%m-%d}"

    @property
    def steps(self) -> list[Step]:
        begins = [self.begin + number * self.step for number in range((self.end - self.begin) // self.step)]
        return [self._step(begin) for begin in begins]

    def _step(self, begin: datetime) -> Step:
        if self.step == HOUR:
            search = f"reported:{begin:%Y-%m-%dT%H}..{begin + HOUR:%Y-%m-%dT%H}"
            return Step(begin, f"{begin:%H:%M}", search)
        return Step(begin, f"{begin:%d %b}", f"reported:{begin:%Y-%m-%d}")


def period(name: str, now: datetime, *, first: str = "", last: str = "") -> Period:
    """The period of that name, or from one day to another; the last seven days for anything that is none."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    if name == "24h":
        end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
        return Period(name, end - DAY, end, HOUR)
    if name in NAMES:
        return Period(name, midnight - (int(name[:-1]) - 1) * DAY, midnight + DAY, DAY)
    return _between(first, last) or period("7d", now)


def _between(first: str, last: str) -> Period | None:
    try:
        begin, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
    except ValueError:
        return None
    begin, end = (datetime.combine(moment.date(), time(), UTC) for moment in (begin, end))
    return Period("custom", begin, end + DAY, DAY) if begin <= end < begin + LONGEST else None
