"""Old mails go, what is still needed stays."""

import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mailmonitor.models import Event
from notifications.models import Notification
from submissions import retention, storage
from submissions.models import Analysis, Artifact, Campaign, Item, Submission
from submissions.storage.folder import Folder
from tests import rows

pytestmark = pytest.mark.django_db
OLD = timezone.now() - timedelta(days=100)


@pytest.fixture(autouse=True)
def _place(settings: Any, tmp_path: Any) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}"


def saved(content: bytes, *, days: int = 100) -> str:
    digest = storage.save(content)
    moment = time.time() - days * 86400
    os.utime(Folder(storage.where()).place(digest), (moment, moment))
    return digest


def old_mail(content: bytes = b"mail", **fields: Any) -> Submission:
    return rows.submission(**{"verdict": "clean", "received_at": OLD, "digest": saved(content), **fields})


def old_file(content: bytes = b"file") -> Artifact:
    found = rows.artifact(content.decode(), digest=saved(content))
    Artifact.objects.filter(pk=found.pk).update(first_seen_at=OLD)
    return found


def purge(*arguments: str) -> None:
    call_command("purge", "--older-than", "90d", *arguments)


def test_an_old_mail_goes_with_what_only_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    mail = old_mail()
    rows.analysis(rows.item(mail, artifact=old_file()).artifact, "clean")
    rows.notification(mail, thread=mail.label)
    mail.tell("received")

    purge("--json")

    assert json.loads(capsys.readouterr().out) == {"mails": 1, "letters": 1, "artifacts": 1, "blobs": 2}
    for model in (Submission, Item, Artifact, Analysis, Notification):
        assert not model._default_manager.exists()
    assert not storage.holds(mail.digest)
    assert list(Event.objects.values_list("kind", "actor")) == [("received", ""), ("purged", "command line")]


def test_what_a_younger_mail_holds_stays() -> None:
    shared = old_file()
    rows.analysis(shared, "clean")
    rows.item(old_mail(b"same"), artifact=shared)
    young = rows.submission(verdict="clean", digest=storage.save(b"same"))
    rows.item(young, artifact=shared)

    purge()

    assert Submission.objects.get() == young
    assert Artifact.objects.get().analyses.count() == 1
    assert storage.load(young.digest) == b"same"
    assert storage.holds(shared.digest)


@pytest.mark.parametrize(
    "make",
    [
        lambda: old_mail(verdict=""),
        lambda: rows.notification(old_mail(), state="queued", thread=f"submission:{Submission.objects.get().pk}"),
    ],
    ids=["still analysed", "its letter is under way"],
)
def test_what_is_still_worked_on_stays(make: Callable[[], object]) -> None:
    make()

    purge()

    assert Submission.objects.count() == 1
    assert storage.holds(Submission.objects.get().digest)


def test_a_file_that_is_still_analysed_stays() -> None:
    rows.analysis(old_file())

    purge()

    assert Artifact.objects.count() == 1


def test_the_word_on_a_part_stays_with_the_younger_mail_that_holds_it() -> None:
    whole = rows.analysis(old_file(b"whole"), "malicious")
    part = rows.item(rows.submission(verdict="malicious"), "part.exe").artifact
    rows.analysis(part, "malicious", part_of=whole)

    purge()

    assert part.analyses.count() == 1


def test_bytes_that_were_saved_again_lately_stay_for_a_row_to_come() -> None:
    mail = old_mail()
    storage.save(b"mail")

    purge()

    assert not Submission.objects.exists()
    assert storage.holds(mail.digest)


def test_a_mail_that_told_several_results_goes_when_it_is_old() -> None:
    mail = rows.submission(verdict="clean")
    digests = [
        rows.notification(mail, "digest", thread=f"digest:{number}", about=f"digest:{number}") for number in (1, 2)
    ]
    Notification.objects.filter(pk=digests[0].pk).update(created_at=timezone.now() - timedelta(days=91))

    purge()

    assert list(Notification.objects.filter(kind="digest")) == [digests[1]]


def test_a_dry_run_only_counts(capsys: pytest.CaptureFixture[str]) -> None:
    old_mail()

    purge("--dry-run")

    assert capsys.readouterr().out == "1 mails would be removed, with what only they hold.\n"
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("age", ["90", "0d", "x", "-1d"])
def test_an_age_that_is_none_is_refused(age: str) -> None:
    with pytest.raises(CommandError, match="such as 90d"):
        call_command("purge", f"--older-than={age}")


def test_a_campaign_keeps_its_count() -> None:
    campaign = Campaign.objects.create(reports=7, last_seen_at=OLD)
    old_mail(campaign=campaign)

    purge()

    campaign.refresh_from_db()
    assert campaign.reports == 7


def test_nights_remove_nothing_unless_asked_and_then_in_bounded_portions(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        old_mail(b"mail %d" % number)
    monkeypatch.setattr(retention, "PORTION", 1)
    monkeypatch.setattr(retention, "A_NIGHT", 2)

    assert retention.every_night() == retention.Gone()
    settings.RETENTION_DAYS = 90
    gone = retention.every_night()

    assert (gone.mails, Submission.objects.count()) == (2, 3)
    assert "2 mails" in Event.objects.get(kind="purged").words
