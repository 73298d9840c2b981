"""Results past the limit of an hour are told in one mail: none is lost, and what calls for action never waits."""

from datetime import timedelta

import pytest
from django.db.models import F

from notifications import digest, outbox
from notifications.choice import Signs
from notifications.models import Mute, Notification, Template
from notifications.tasks import deliver
from tests.fakes.smtp_server import FakeSmtpServer
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
State = Notification.State


@pytest.fixture(autouse=True)
def impatient() -> None:
    """This relay answers, however busy the machine is: the real patience."""


def results(number: int, kind: str = "summary_clean", *, first: int = 1) -> list[Notification]:
    """As many results for one reporter, two an hour by themselves."""
    made = []
    for count in range(first, first + number):
        values = {"submission_id": f"MM-{count}", "original_subject": f"Offer {count}", "verdict": "No threats found"}
        row = outbox.decide(letter(kind, about=f"submission:{count}", values=values, receipts_an_hour=2))
        assert row is not None
        made.append(row)
    return made


def an_hour_later() -> None:
    Notification.objects.filter(due_at__isnull=False).update(due_at=F("due_at") - timedelta(minutes=61))


def deliver_all() -> None:
    for pk in outbox.due():
        deliver(pk)
    for pk in outbox.due():
        deliver(pk)


def test_results_past_the_limit_wait_and_come_in_one_mail(relay: FakeSmtpServer) -> None:
    rows = results(5)
    deliver_all()
    assert [row.subject for row in Notification.objects.filter(state=State.SENT)] == [rows[0].subject, rows[1].subject]

    an_hour_later()
    deliver_all()

    listing = Notification.objects.get(kind="digest")
    assert (listing.state, listing.subject) == (State.SENT, "3 more results of your reports")
    assert len(relay.accepted) == 3
    for count in (3, 4, 5):
        assert f"No threats found  Offer {count} (MM-{count}" in listing.plain_text
    told = Notification.objects.filter(state=State.ELSEWHERE)
    assert [(row.about, row.reason) for row in told] == [
        (f"submission:{count}", f"told with 2 more in the mail “{listing.subject}”, number {listing.pk} of the outbox")
        for count in (3, 4, 5)
    ]


def test_those_that_wait_are_due_together_and_say_why() -> None:
    rows = results(4)

    third, fourth = rows[2:]
    assert third.due_at == fourth.due_at
    assert third.reason == "past the limit of an hour: told with others in one mail"
    assert third.state == State.QUEUED
    assert third.pk not in outbox.due()


def test_a_single_one_goes_out_as_it_is(relay: FakeSmtpServer) -> None:
    rows = results(3)
    an_hour_later()

    deliver_all()

    assert not Notification.objects.filter(kind="digest").exists()
    assert [row.state for row in Notification.objects.filter(pk__in=[row.pk for row in rows])] == [State.SENT] * 3


@pytest.mark.parametrize("kind", ["summary_malicious", "summary_suspicious", "item_malicious", "early_warning"])
def test_what_calls_for_action_never_waits(kind: str) -> None:
    results(3)

    row = outbox.decide(letter(kind, about="submission:9", receipts_an_hour=2))

    assert row is not None
    assert (row.for_digest, row.reason) == (False, "")
    assert row.pk in outbox.due()


def test_others_are_not_held_up_by_somebody_elses_reports() -> None:
    results(3)

    row = outbox.decide(letter("summary_clean", about="submission:9", to="eve@corp.example", receipts_an_hour=2))

    assert row is not None
    assert not row.for_digest


def test_the_next_hour_begins_anew(relay: FakeSmtpServer) -> None:
    results(4)
    Notification.objects.update(created_at=F("created_at") - timedelta(minutes=61))
    an_hour_later()
    deliver_all()

    assert [row.for_digest for row in results(3, first=11)] == [False, False, True]


def test_it_is_gathered_once_however_often_it_is_asked_for() -> None:
    rows = results(5)
    an_hour_later()

    first = digest.gather(rows[3].pk)
    again = [digest.gather(row.pk) for row in rows]

    assert len(first) == 1
    assert again == [(), (), (), (), ()]
    assert Notification.objects.filter(kind="digest").count() == 1


def test_it_speaks_the_language_of_the_results_it_tells() -> None:
    for count in range(1, 5):
        values = {"verdict": "No clear result"}
        outbox.decide(
            letter("item_unknown", about=f"submission:{count}", receipts_an_hour=1, signs=Signs("de"), values=values)
        )
    an_hour_later()

    (pk,) = digest.gather(Notification.objects.filter(for_digest=True)[0].pk)

    listing = Notification.objects.get(pk=pk)
    assert listing.subject == "3 weitere Ergebnisse zu Ihren Meldungen"
    assert "Kein klares Ergebnis  invoice_4471.xlsm (MM-4899" in listing.plain_text


def test_without_its_text_nothing_waits_for_it() -> None:
    Template.objects.filter(kind="digest").update(enabled=False)

    assert not any(row.for_digest for row in results(4))


def test_a_reader_muted_meanwhile_gets_none_and_it_shows() -> None:
    rows = results(4)
    an_hour_later()
    Mute.objects.create(address=rows[0].recipient, reason="bounced")

    assert digest.gather(rows[2].pk) == ()
    listing = Notification.objects.get(kind="digest")
    assert (listing.state, listing.reason) == (State.SUPPRESSED, "muted: bounced")
    waited = Notification.objects.filter(pk__in=[row.pk for row in rows[2:]])
    assert {(row.state, row.reason) for row in waited} == {(State.SUPPRESSED, "muted: bounced")}


def test_a_result_that_changed_while_it_waited_is_not_told_any_more() -> None:
    rows = results(4)

    outbox.withdraw("submission:4", told=True)
    outbox.withdraw("submission:3", told=False)

    states = dict(Notification.objects.filter(pk__in=[row.pk for row in rows]).values_list("about", "state"))
    assert states["submission:4"] == State.ELSEWHERE
    assert states["submission:3"] == State.SUPPRESSED
    assert states["submission:1"] == State.QUEUED


def test_each_result_is_copied_by_itself_to_whom_it_is_for(relay: FakeSmtpServer) -> None:
    for count in range(1, 5):
        copy_to = f"soc{count}@corp.example"
        outbox.decide(letter("summary_clean", about=f"submission:{count}", receipts_an_hour=1, copy_to=copy_to))
    an_hour_later()

    deliver_all()

    copies = Notification.objects.filter(to__startswith="soc").order_by("pk")
    assert [(row.to, row.kind, row.state) for row in copies] == [
        (f"soc{count}@corp.example", "summary_clean", State.SENT) for count in range(1, 5)
    ]
    assert Notification.objects.filter(kind="digest").count() == 1
