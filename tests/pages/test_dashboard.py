"""The dashboard: its numbers are those of the list behind them."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageColor

from notifications.models import Notification
from submissions import plot_picture, retention, review
from submissions.models import SandboxProfile, Submission, Tally
from submissions.selectors import listing
from submissions.selectors.counts import Counts, by_reporter, counted, counts, reporters_of, stretches
from submissions.selectors.dashboard import dashboard, failures, first
from submissions.selectors.listing import Wanted
from submissions.selectors.period import period
from submissions.selectors.plots import Cell, Plot
from submissions.verdicts import Verdict
from tests import rows
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)


@pytest.fixture
def history() -> None:
    """Mails of every kind over ten days, some at the edges of days and hours."""
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    verdicts = ("malicious", "suspicious", "unknown", "failed", "clean", "malicious")
    moments = [midnight - timedelta(days=day, microseconds=edge) for day in range(10) for edge in (0, 1)]
    moments += [now - timedelta(minutes=minutes) for minutes in (0, 61, 125)]
    for number, at in enumerate(moments):
        mail = rows.submission(
            verdict=verdicts[number % 6],
            received_at=at,
            concluded_at=at + timedelta(seconds=30 * (number + 1)),
            reporter=("anna@corp.example", "joanna@corp.example", "bob@corp.example")[number % 3],
            sender_domain=("acme.example", "cme.example", "")[number // 2 % 3],
        )
        rows.notification(mail, state="failed" if number % 4 == 0 else "sent", created_at=at)
    for minutes in (1, 20, 90, 300):
        rows.submission(received_at=now - timedelta(minutes=minutes))
    rows.submission(state="unparseable", received_at=now)


def listed(search: str) -> int:
    """How many mails the list shows for a search."""
    return listing.matching(Wanted("", search)).count()


@pytest.mark.parametrize("name", ["24h", "7d", "30d"])
def test_every_number_is_that_of_the_list_behind_it(history: None, name: str) -> None:
    shown = dashboard(period(name, timezone.now()))

    assert [plot.name for plot in shown.plots] == [
        "verdicts", "times", "waiting", "senders", "reporters", "failures",
    ]  # fmt: skip
    for plot in shown.plots:
        cells = [cell for _, line in plot.lines for cell in line if cell.search and not cell.words]
        assert any(cell.number for cell in cells), plot.name
        for cell in cells:
            assert cell.number == listed(cell.search), (plot.name, cell.search)


def test_half_and_almost_all_are_ranks_of_the_times(db: None) -> None:
    at = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for seconds in range(1, 21):
        rows.submission(verdict="clean", received_at=at, concluded_at=at + timedelta(seconds=10 * seconds))

    times = dashboard(period("7d", timezone.now())).plots[1]

    assert [cell.number for cell in times.lines[-1][1]] == [100, 190, 20]
    assert [cell.number for cell in times.lines[0][1]] == [0, 0, 0]


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ({"name": "24h"}, "2026-11-24T14:00", "2026-11-25T14:00"),
        ({"name": "7d"}, "2026-11-19T00:00", "2026-11-26T00:00"),
        ({"name": "custom", "first": "2026-10-01", "last": "2026-10-02"}, "2026-10-01T00:00", "2026-10-03T00:00"),
        ({"name": "custom", "first": "2026-10-02", "last": "2026-10-01"}, "2026-11-19T00:00", "2026-11-26T00:00"),
        ({"name": "custom", "first": "1026-10-02", "last": "2026-10-01"}, "2026-11-19T00:00", "2026-11-26T00:00"),
        ({"name": "nonsense"}, "2026-11-19T00:00", "2026-11-26T00:00"),
    ],
)
def test_a_period_is_whole_hours_or_days(asked: Any, begin: str, end: str) -> None:
    found = period(asked.pop("name"), NOW, **asked)

    assert (f"{found.begin:%Y-%m-%dT%H:%M}", f"{found.end:%Y-%m-%dT%H:%M}") == (begin, end)


def test_the_drawing_stacks_its_marks_up_to_the_top() -> None:
    plot = Plot(
        "x",
        "x",
        ["a", "b"],
        [("1", [Cell(1, key="clean"), Cell(3, key="failed")]), ("2", [Cell(0), Cell(2, key="failed")])],
    )

    assert [(mark.x, mark.y, mark.height) for mark in plot.marks] == [(0, 75, 25), (0, 0, 75), (10, 50, 50)]


def test_the_drawing_of_spans_begins_each_at_the_one_below() -> None:
    plot = Plot("x", "x", ["a", "b"], [("1", [Cell(10, key="half"), Cell(40, key="most")])], stacked=False, target=50)

    assert [(mark.y, mark.height) for mark in plot.marks] == [(80, 20), (20, 60)]
    assert plot.target_at == 0


def test_the_page_says_its_period_in_its_address_and_links_every_mark(
    page: Client, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    html = page.get("/dashboard/?range=24h").content.decode()
    step = period("24h", now).steps[-1]

    assert 'href="?range=24h" aria-current="true"' in html
    assert f"/submissions/?{urlencode({'q': f'verdict:unknown {step.search}'})}".replace("+", "%20") in html
    assert 'href="/dashboard/export/verdicts/?range=24h"' in html


@pytest.mark.parametrize(
    ("hour", "open_day", "forgotten"), [(0, 25, False), (1, 25, True), (2, 26, True), (23, 26, True)]
)
def test_a_day_has_a_tally_two_hours_after_its_end_and_is_watched_an_hour_before(
    hour: int, open_day: int, forgotten: bool, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 26, hour, 1, tzinfo=UTC))
    Tally.forget([datetime(2026, 11, 25, 23, 59, tzinfo=UTC), datetime(2026, 11, 26, 0, 0, tzinfo=UTC)])

    assert Tally.first_open().day == open_day
    assert [row.day.day for row in Tally.objects.all()] == ([25] if forgotten else [])


def test_each_plot_is_exported_as_a_table(page: Client, history: None) -> None:
    response: Any = page.get("/dashboard/export/verdicts/?range=7d")
    lines = b"".join(response.streaming_content).decode().splitlines()

    assert lines[0] == ",Malicious,Suspicious,Unknown,Failed,Clean,All"
    assert len(lines) == 8
    total = Submission.objects.filter(received_at__gte=period("7d", timezone.now()).begin).count()
    assert sum(int(line.rpartition(",")[2]) for line in lines[1:]) == total
    assert page.get("/dashboard/export/nothing/").status_code == 404


def test_reporters_are_left_out_where_that_is_not_wanted(page: Client, history: None, settings: Any) -> None:
    assert "anna@corp.example" in text(page.get("/dashboard/"))
    settings.DASHBOARD_REPORTERS = False
    page.get("/dashboard/?range=30d")

    assert "anna@corp.example" not in text(page.get("/dashboard/?range=90d"))


def test_an_empty_installation_has_a_calm_dashboard(page: Client) -> None:
    assert "Nothing in this time." in text(page.get("/dashboard/"))


def test_mails_sent_stand_beside_those_that_failed_with_what_is_left_of_the_quotas(db: None) -> None:
    mail = rows.submission(verdict="clean")
    for kind, state in (("received", "sent"), ("delayed", "sent"), ("summary", "failed")):
        rows.notification(mail, kind, state=state, thread=mail.label)
    quotas = [{"period": "daily", "limit": 500, "remaining": 12}]
    SandboxProfile.objects.create(kind="joe", name="main", account={"online": True, "quotas": quotas})

    week = period("7d", timezone.now())
    plot = failures(week, counts(week))

    assert [sum(cells[place].number for _, cells in plot.lines) for place in range(3)] == [1, 0, 2]
    assert plot.note.endswith(": 12 of 500 daily left")


def test_the_highest_come_first_and_equal_ones_by_their_names() -> None:
    numbers = {"b": 1, "z": 3, "a": 1} | {f"m{number}": 2 for number in range(8)}

    assert first(numbers) == ["z", *(f"m{number}" for number in range(8)), "a"]
    assert first({}) == []


def test_days_that_follow_each_other_are_counted_together_a_month_at_most() -> None:
    days = [datetime(2026, 1, 1).date() + timedelta(days=day) for day in (0, 1, 3, *range(10, 75))]
    found = [((first - days[0]).days, (last - days[0]).days) for first, last in stretches(days)]

    assert found == [(0, 1), (3, 3), (10, 39), (40, 69), (70, 74)]
    assert list(stretches([])) == []


def days_before(days: int) -> datetime:
    return timezone.now().replace(hour=12, minute=0) - timedelta(days=days)


def test_a_day_that_is_over_is_counted_once(history: None, django_assert_max_num_queries: Any) -> None:
    month = period("30d", timezone.now())
    first = counts(month)

    with django_assert_max_num_queries(6):
        assert counts(month) == first
    assert Tally.objects.exclude(counts=None).count() == (Tally.first_open() - month.begin.date()).days


def overruled(mail: Submission) -> None:
    review.override(mail, Verdict.CLEAN, "Our own form", "hedy", notify=False)


def not_told(mail: Submission) -> None:
    Notification.objects.get(thread=mail.label).advance("failed", reason="refused")


def taken_away(mail: Submission) -> None:
    rows.submission(verdict="clean", received_at=mail.received_at)
    retention.mails_gone([mail])


def joined(mail: Submission) -> None:
    other = rows.submission(verdict="malicious", received_at=mail.received_at)
    other.tell("received")


@pytest.mark.parametrize("change", [overruled, not_told, taken_away, joined])
def test_a_change_of_a_mail_of_long_ago_is_counted(change: Callable[[Submission], None], db: None) -> None:
    mail = rows.submission(verdict="malicious", received_at=days_before(9))
    rows.notification(
        mail, state="queued" if change is not_told else "sent", sent_at=None if change is not_told else mail.received_at
    )
    rows.submission(verdict="clean", received_at=days_before(8))
    month = period("30d", timezone.now())
    before, _reporters = counts(month), by_reporter(month)
    change(mail)

    after = counts(month)
    fresh = counted(month.begin, month.end, "day")
    assert after != before
    assert {at: one for at, one in after.items() if one != Counts()} == fresh
    assert by_reporter(month) == reporters_of(month.begin, month.end)


def test_counts_that_were_begun_before_a_change_are_not_kept(db: None) -> None:
    at = days_before(9)
    Tally.keep({at.date(): {"judged": 1}}, {})
    mark = Tally.objects.get().mark
    Tally.forget([at])
    Tally.keep({at.date(): {"judged": 2}}, {at.date(): mark})
    Tally.keep({at.date(): {"judged": 3}}, {})

    assert Tally.objects.get().counts is None


def test_mails_of_today_touch_no_tally(db: None) -> None:
    rows.submission().tell("received")

    assert not Tally.objects.exists()


def test_each_plot_is_exported_as_a_picture_in_the_colours_of_its_verdicts(page: Client, history: None) -> None:
    for plot in dashboard(period("7d", timezone.now())).plots:
        answer = page.get(f"/dashboard/picture/{plot.name}/?range=7d", headers={"accept-language": "de"})
        picture = Image.open(io.BytesIO(answer.content))
        drawn = {colour for _number, colour in picture.convert("RGB").getcolors(100_000) or ()}
        keys = {cell.key for _label, cells in plot.lines for cell in cells if cell.key and cell.number}

        assert (answer["Content-Type"], picture.width) == ("image/png", 1200)
        assert {ImageColor.getrgb(plot_picture.COLOURS[key]) for key in keys} <= drawn, plot.name
    assert page.get("/dashboard/picture/nothing/").status_code == 404
