"""Who subscribed to a kept view is told of what newly matches it: once, and at most every 15 minutes."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from mailmonitor.models import Event
from notifications.models import Notification
from submissions import retention, subscriptions, tasks, webhooks
from submissions.models import SavedView, Submission, Subscription
from tests import rows
from tests.fakes.webhook_server import WebhookServer
from tests.servers.certificates import make_certificate

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def owner() -> User:
    person = User.objects.create_user("grace", "grace@corp.example")
    person.groups.add(Group.objects.get(name="admin"))
    return person


@pytest.fixture
def view(owner: User) -> SavedView:
    return SavedView.objects.create(owner=owner, name="Bad ones", tab="malicious", text="invoice")


@pytest.fixture
def hook(tmp_path: Path, settings: Any) -> Iterator[WebhookServer]:
    certificate = make_certificate(tmp_path)
    settings.INSECURE_HOSTS, settings.CA_FILE = ["127.0.0.1"], str(certificate.authority)
    with WebhookServer(certificate) as server:
        yield server


def happens(mail: Submission, kind: str = "done") -> Submission:
    """Something is told of the mail, long enough ago to be looked at."""
    mail.tell(kind)
    Event.objects.filter(at__gt=timezone.now() - MINUTES).update(at=timezone.now() - MINUTES)
    return mail


def bad(subject: str = "FW: Invoice 4471", **fields: Any) -> Submission:
    return happens(rows.submission(subject, **{"verdict": "malicious", "score": 90, **fields}))


def look(row: Subscription) -> Subscription:
    """The subscription after a look, whenever the next one is due."""
    Subscription.objects.filter(pk=row.pk).update(due_at=timezone.now())
    subscriptions.look(row.pk)
    return Subscription.objects.get(pk=row.pk)


def letters() -> list[str]:
    found = []
    for row in Notification.objects.filter(kind="view_news").order_by("pk"):
        mail = message_from_bytes(bytes(row.message), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.append(f"{mail['To']}\n{mail['Subject']}\n{body.get_content()}")
    return found


def test_what_newly_matches_is_told_to_the_owner_in_one_mail(view: SavedView) -> None:
    bad("FW: Invoice of before")
    row = subscriptions.subscribe(view, "mail")
    first, second = bad(), bad("FW: Invoice https://evil.example/pay\u202e")
    bad("FW: Invoice, harmless", verdict="clean")
    bad("FW: Another matter", reported=[])
    happens(rows.submission("FW: Invoice, not judged yet"))

    told = look(row)

    (letter,) = letters()
    assert letter.startswith("grace@corp.example\nNew in the view Bad ones: 2\n")
    assert f"{first.number} FW: Invoice 4471" in letter
    assert f"{second.number} FW: Invoice hxxps://evil[.]example/pay" in letter
    assert "/submissions/?show=malicious&q=invoice" in letter
    assert "of before" not in letter
    assert "harmless" not in letter
    assert told.sent_at is not None
    assert told.due_at is not None
    assert told.due_at > timezone.now() + 14 * MINUTES


def test_a_mail_is_told_of_once_whatever_happens_to_it_later(view: SavedView) -> None:
    row = subscriptions.subscribe(view, "mail")
    mail = bad()
    look(row)

    happens(mail, "reviewed")
    look(row)

    assert len(letters()) == 1


def test_a_mail_that_comes_to_match_by_a_changed_verdict_is_told_of(view: SavedView) -> None:
    row = subscriptions.subscribe(view, "mail")
    mail = bad(verdict="unknown")
    look(row)
    assert letters() == []

    Submission.objects.filter(pk=mail.pk).update(verdict="malicious")
    happens(mail, "overruled")
    look(row)

    assert len(letters()) == 1


def test_what_has_only_just_happened_waits_for_the_next_look(view: SavedView) -> None:
    row = subscriptions.subscribe(view, "mail")
    rows.submission(verdict="malicious").tell("done")

    assert look(row).heard < Event.objects.latest("pk").pk
    Event.objects.update(at=timezone.now() - MINUTES)
    look(row)

    assert len(letters()) == 1


def test_a_look_reads_portion_by_portion_and_goes_on_where_it_ended(
    view: SavedView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "PORTION", 2)
    monkeypatch.setattr(subscriptions, "PORTIONS", 2)
    row = subscriptions.subscribe(view, "mail")
    mails = [bad() for _ in range(6)]

    look(row)
    look(row)

    assert [letter.splitlines()[1].rpartition(" ")[2] for letter in letters()] == ["4", "2"]
    assert row.told.count() == len(mails)


def test_the_sweep_looks_at_what_is_due(view: SavedView) -> None:
    row = subscriptions.subscribe(view, "mail")

    assert subscriptions.due() == [row.pk]
    tasks.sweep()
    tasks.tell_news(row.pk)

    assert subscriptions.due() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_active": False}, "may no longer see mails"),
        ({"email": ""}, "has no mail address"),
    ],
)
def test_who_may_not_see_mails_is_told_nothing(view: SavedView, change: dict[str, Any], words: str) -> None:
    row = subscriptions.subscribe(view, "mail")
    bad()
    User.objects.filter(pk=view.owner_id).update(**change)

    told = look(row)

    assert (told.state, told.due_at) == ("disabled", None)
    assert words in told.error
    assert letters() == []


def test_a_search_that_is_none_is_said_on_the_page(view: SavedView) -> None:
    SavedView.objects.update(text="verdikt:x")
    row = look(subscriptions.subscribe(view, "mail"))

    assert "verdikt" in row.error
    assert row.state == "active"


def test_letters_of_views_go_with_the_old_mails(view: SavedView) -> None:
    row = subscriptions.subscribe(view, "mail")
    mail = bad()
    look(row)
    Notification.objects.update(state="sent", due_at=None, sent_at=timezone.now())

    list(retention.purge(timezone.now() + MINUTES))

    assert not Submission.objects.filter(pk=mail.pk).exists()
    assert letters() == []


def test_a_webhook_gets_number_links_and_verdicts(view: SavedView, hook: WebhookServer, settings: Any) -> None:
    row = subscriptions.subscribe(view, "webhook", hook.hook)
    mail = bad()

    told = look(row)

    (message,) = hook.taken
    assert message == {
        "view": "Bad ones",
        "url": f"{settings.PUBLIC_URL}/submissions/?show=malicious&q=invoice",
        "count": 1,
        "mails": [{"id": mail.number, "verdict": "malicious", "url": f"{settings.PUBLIC_URL}/submissions/{mail.pk}/"}],
    }
    assert (told.error, told.failures) == ("", 0)
    assert told.sent_at is not None
    assert letters() == []


@pytest.mark.parametrize("fault", ["500", "403", "redirect", "cut", "huge", "compressed", "cut-after"])
def test_a_webhook_that_fails_is_tried_again_with_the_same_mails(
    view: SavedView, hook: WebhookServer, fault: str
) -> None:
    hook.faults.add("*", fault)
    row = subscriptions.subscribe(view, "webhook", hook.hook)
    bad()

    failed = look(row)
    again = look(row)

    assert (failed.failures, failed.sent_at, failed.state) == (1, None, "active")
    assert failed.error.startswith("127.0.0.1: ")
    assert "T0PSECRET" not in failed.error
    assert failed.due_at is not None
    assert failed.due_at < timezone.now() + 2 * MINUTES
    assert (again.failures, again.error) == (0, "")
    assert hook.taken[-1]["count"] == 1


def test_a_webhook_that_drips_is_cut_off(view: SavedView, hook: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE", webhooks.Timeouts(connect=5, read=10, total=1.0))
    hook.drip_seconds = 0.2
    hook.faults.add("*", "drip")
    row = subscriptions.subscribe(view, "webhook", hook.hook)
    bad()

    assert "no complete answer within 1 seconds" in look(row).error


def test_a_webhook_that_fails_again_and_again_is_switched_off_and_says_so(
    view: SavedView, hook: WebhookServer, caplog: pytest.LogCaptureFixture
) -> None:
    hook.faults.add("*", "500", count=99)
    row = subscriptions.subscribe(view, "webhook", hook.hook)
    bad()

    for _ in range(subscriptions.MOST_FAILURES):
        row = look(row)

    assert (row.state, row.due_at) == ("disabled", None)
    assert row.error.startswith("switched off after 8 failures: 127.0.0.1: ")
    assert "switched off after 8 failures" in caplog.text
    assert Event.objects.filter(subject=row.label, kind="disabled").exists()

    hook.faults.clear()
    subscriptions.subscribe(view, "webhook", hook.hook)
    bad()
    assert look(row).state == "active"
    assert hook.taken[-1]["count"] == 1


def test_a_webhook_ends_with_the_rights_of_who_set_it(view: SavedView, hook: WebhookServer) -> None:
    row = subscriptions.subscribe(view, "webhook", hook.hook)
    bad()
    view.owner.groups.set([Group.objects.get(name="analyst")])

    told = look(row)

    assert "no administrator any more" in told.error
    assert hook.taken == []


def test_a_certificate_that_nobody_vouches_for_is_refused(view: SavedView, hook: WebhookServer, settings: Any) -> None:
    settings.CA_FILE = ""
    row = subscriptions.subscribe(view, "webhook", hook.hook)
    bad()

    assert "TLS" in look(row).error
    assert hook.taken == []
