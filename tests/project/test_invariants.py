"""Each invariant finds the row that breaks it, and nothing in an installation that is well."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from mailmonitor.models import Event
from notifications.models import Notification
from submissions import invariants, recovery, storage, told
from submissions.invariants import INVARIANTS, broken
from submissions.models import Analysis, Mailbox, Submission
from submissions.storage.folder import Folder
from tests import rows

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_place(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}"


def whole(**fields: Any) -> Submission:
    """A mail with an item, judged and answered, with everything it needs."""
    row = rows.submission(verdict="clean", digest=storage.save(b"a mail"), **fields)
    found = rows.item(row, artifact=rows.artifact("notes.txt"))
    if not found.artifact.analyses.exists():
        rows.analysis(found.artifact, "clean")
    rows.notification(row)
    rows.notification(row, "summary_clean")
    return row


def lost_bytes() -> None:
    Folder(storage.where()).place(whole().digest).unlink()


def lost_file() -> None:
    rows.analysis(rows.artifact("lost.txt"))


def side_by_side() -> None:
    for generation in (1, 2):
        rows.analysis(rows.artifact("https://a.example/"), generation=generation)


def shared_reference(**fields: Any) -> None:
    for name in ("one.txt", "two.txt"):
        rows.analysis(rows.artifact(name), "clean", reference_at_sandbox="4711", **fields)


def test_two_artifacts_may_share_a_word_that_was_taken_over() -> None:
    shared_reference(cached=True)

    assert list(invariants.references_of_two_artifacts()) == []


def forgotten_search() -> None:
    rows.analysis(rows.artifact("https://a.example/"), state="unknown", due_at=timezone.now() + 90 * HOUR)


def second_receipt() -> None:
    rows.notification(whole(), "received_nothing_to_analyse")


def repeated_receipt() -> None:
    rows.notification(rows.submission(digest=storage.save(b"")), unknown_outcomes=1)


def second_summary() -> None:
    rows.notification(whole(), "summary_malicious")


def third_verdict() -> None:
    whole()
    Notification.objects.filter(kind="summary_clean").update(unknown_outcomes=3)


def unanswered() -> None:
    mail = whole()
    Notification.objects.all().delete()
    told.keep(mail.label)


def told_wrongly() -> None:
    whole()
    Submission.objects.update(told="failed")


def overdue() -> None:
    rows.submission(digest=storage.save(b""), due_at=timezone.now() - HOUR)


def endless_lease() -> None:
    row = rows.submission(digest=storage.save(b""), state="received")
    Submission.claim(row.pk, ["received"], 3 * HOUR)


def held_by_nobody() -> None:
    rows.analysis(rows.artifact("https://a.example/"), state="submitting")


def answered_list() -> None:
    whole(no_answer="a mailing list")


def answered_stranger() -> None:
    rows.notification(whole(), "verdict_changed", to="other@evil.example")


def eleven_receipts() -> None:
    for _ in range(11):
        rows.notification(rows.submission(digest=storage.save(b"")), recipient="anna.lang@corp.example")


def silently_parked() -> None:
    rows.submission(digest=storage.save(b""), state="unparseable")


def wrongly_clean() -> None:
    rows.item(whole(), artifact=rows.artifact("unknown.bin"))
    rows.analysis(rows.artifact("unknown.bin"), "unknown")


def broken_chain() -> None:
    whole().tell("received")
    recovery.seal_events()
    Event.objects.update(words="changed")


BREAKS = {
    lost_bytes: "each mail has its bytes",
    lost_file: "each file that waits has its bytes",
    side_by_side: "each artifact is submitted once",
    shared_reference: "each submission belongs to one artifact",
    forgotten_search: "each lost answer is looked up",
    second_receipt: "one receipt a report",
    repeated_receipt: "no receipt is repeated in doubt",
    second_summary: "one summary a report",
    third_verdict: "no verdict is sent more than twice",
    unanswered: "each report is answered",
    told_wrongly: "each mail says what its reporter heard",
    overdue: "nothing is overdue for more than five minutes",
    endless_lease: "leases end",
    held_by_nobody: "leases end",
    answered_list: "no answer where none may go",
    answered_stranger: "no answer to others than the reporter",
    eleven_receipts: "the limit of receipts holds",
    silently_parked: "what is put aside says why",
    wrongly_clean: "nothing incomplete is clean",
    broken_chain: "the chain of events is whole",
}
KEPT_BY_THE_DATABASE = {"each mail is stored once", "open rows have a due time, final ones none"}


@pytest.mark.parametrize(("harm", "name"), BREAKS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_broken_is_found(harm: Callable[[], None], name: str) -> None:
    harm()

    assert {invariant.name for invariant, _ in broken()} == {name}


def test_nothing_is_found_where_all_is_well() -> None:
    for _ in range(3):
        whole()
    recovery.seal_events()

    assert list(broken()) == []


def test_a_mailbox_may_allow_more_receipts_and_a_blind_copy_is_none() -> None:
    eleven_receipts()
    rows.notification(whole(), about="submission:0/copy", recipient="", to="soc@corp.example")
    Mailbox.objects.update(receipts_an_hour=12)

    assert "the limit of receipts holds" not in {invariant.name for invariant, _ in broken()}


def test_every_invariant_is_broken_once_here_or_kept_by_a_constraint() -> None:
    assert set(BREAKS.values()) | KEPT_BY_THE_DATABASE == {invariant.name for invariant in INVARIANTS}


def test_the_command_prints_the_rows_and_fails() -> None:
    overdue()
    printed, as_json = StringIO(), StringIO()

    with pytest.raises(SystemExit):
        call_command("check_invariants", stdout=printed)
    with pytest.raises(SystemExit):
        call_command("check_invariants", "--json", stdout=as_json)

    assert "BROKEN   9  nothing is overdue for more than five minutes\n        submission:" in printed.getvalue()
    found = {one["name"]: one["offending"] for one in json.loads(as_json.getvalue())}
    assert len(found["nothing is overdue for more than five minutes"]) == 1
    assert found["leases end"] == []


def test_the_command_is_content_where_all_is_well() -> None:
    whole()

    call_command("check_invariants", stdout=StringIO())


def test_what_is_broken_at_night_is_told_as_an_event() -> None:
    overdue()

    assert invariants.watch() == 1

    assert Event.objects.filter(reference="invariants", subject="invariant:9", kind="broken").exists()
    assert Analysis.objects.count() == 0
