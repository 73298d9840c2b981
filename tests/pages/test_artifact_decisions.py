"""What people decide about a file or link wherever it was found."""

import hashlib
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from mailmonitor.models import Event
from notifications.models import Notification
from submissions import items, older_digests, storage
from submissions.artifact_decisions import reach
from submissions.extraction.types import File
from submissions.file_names import promised_other
from submissions.models import Analysis, Artifact, Submission
from submissions.verdicts import Verdict
from tests import rows
from tests.pages.test_list import text

WRONG = {"verdict": "clean", "reason": "Our own form", "notify": "on"}


@pytest.fixture(autouse=True)
def _hints(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hints go nowhere: the sweeper would find the rows as well."""
    monkeypatch.setattr("submissions.views.artifacts.hint", lambda *_: None)


def reports(*reporters: str) -> Artifact:
    """The artifact of as many malicious reports."""
    for reporter in reporters:
        found = rows.item(rows.submission(verdict="malicious", reporter=reporter), "form.pdf").artifact
    rows.analysis(found, "malicious")
    return found


def press(page: Client, address: str, **values: str) -> str:
    response: Any = page.post(address, values, follow=True)
    return text(response)


def test_it_is_analysed_afresh_for_the_newest_mail_that_holds_it(page: Client) -> None:
    found = reports("anna@corp.example", "bert@corp.example")
    rows.analysis(rows.item(Submission.objects.earliest("id"), "other.pdf").artifact, "clean")
    newest = Submission.objects.latest("id")

    assert f"It is being analysed afresh, for {newest.number}." in press(page, f"/artifacts/{found.digest}/again/")

    made = Analysis.objects.get(generation=2)
    newest.refresh_from_db()
    assert (made.artifact, made.afresh, newest.state) == (found, True, "analysing")
    assert "Not done: it is being analysed" in press(page, f"/artifacts/{found.digest}/again/")
    assert Analysis.objects.filter(artifact=found).count() == 2


def test_what_only_stands_in_mails_that_skip_it_is_not_analysed(page: Client) -> None:
    found = rows.item(rows.submission(verdict="clean"), "a.pdf", skipped="whitelist").artifact

    assert "no mail holds it that can be" in press(page, f"/artifacts/{found.digest}/again/")


def test_before_it_is_overruled_everywhere_the_page_says_whom_that_reaches(page: Client) -> None:
    found = reports("anna@corp.example", "bert@corp.example", "Anna@corp.example")
    rows.item(rows.submission(verdict="clean"), artifact=found)
    rows.item(rows.submission(), artifact=found)

    seen = press(page, f"/artifacts/{found.digest}/decide/", **WRONG)

    assert "3 reports change" in seen
    assert "2 reporters will be told." in seen
    assert "Unchanged: 1." in seen
    assert "Left out, because still being analysed: 1." in seen
    assert not Notification.objects.exists()
    assert Submission.objects.filter(verdict="malicious").count() == 3


def test_it_is_overruled_in_every_mail_and_the_reporters_are_told(page: Client) -> None:
    found = reports("anna@corp.example", "bert@corp.example")

    seen = press(page, f"/artifacts/{found.digest}/decide/", **WRONG, save="1")

    assert "2 reports have another verdict now." in seen
    assert set(Submission.objects.values_list("verdict", flat=True)) == {"clean"}
    assert Event.objects.filter(kind="overridden", actor="grace").count() == 2
    assert Notification.objects.filter(state="queued").count() == 2
    assert "0 reports change" in press(page, f"/artifacts/{found.digest}/decide/", **WRONG)


def test_a_mail_that_holds_something_worse_stays_as_bad(page: Client) -> None:
    found = reports("anna@corp.example", "bert@corp.example")
    first, second = Submission.objects.order_by("id")
    rows.analysis(rows.item(first, "worse.exe").artifact, "malicious")
    rows.analysis(rows.item(second, "odd.exe").artifact, "suspicious")

    planned = reach(found, Verdict.CLEAN)

    assert [(change.mail, change.verdict) for change in planned.changes] == [(second, "suspicious")]
    assert planned.unchanged == 1


def test_a_mail_that_was_not_wholly_looked_at_never_becomes_clean() -> None:
    found = reports("anna@corp.example")
    Submission.objects.update(problems=[{"code": "locked", "incomplete": True}])

    assert [change.verdict for change in reach(found, Verdict.CLEAN).changes] == ["unknown"]


def test_an_override_without_a_reason_is_asked_for_one(page: Client) -> None:
    found = reports("anna@corp.example")

    seen = press(page, f"/artifacts/{found.digest}/decide/", verdict="clean", reason="", save="1")

    assert "This field is required." in seen
    assert Submission.objects.get().verdict == "malicious"


def test_older_digests_are_kept_when_a_file_is_found() -> None:
    content = b"abc"
    file = File("a.pdf", len(content), hashlib.sha256(content).hexdigest(), "application/pdf", "2", content=content)

    made = items.file_item(file, []).artifact

    assert (made.md5, made.sha1) == ("900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d")


def test_of_a_file_found_before_they_are_computed_once_from_the_storage(page: Client) -> None:
    content = b"abc"
    found = rows.artifact("abc.txt", digest=storage.save(content), size=3)
    gone = rows.artifact("gone.txt")

    seen = text(page.get(f"/artifacts/{found.digest}/"))

    assert "md5 900150983cd24fb0d6963f7d28e17f72" in seen
    assert "sha1 a9993e364706816aba3e25717850c26c9cd0d89d" in seen
    assert Artifact.objects.get(pk=found.pk).md5 == "900150983cd24fb0d6963f7d28e17f72"
    assert "md5" not in text(page.get(f"/artifacts/{gone.digest}/"))


def test_files_found_before_are_completed_by_a_command_that_goes_on_where_it_was(page: Client) -> None:
    found = [rows.artifact(f"{word}.txt", digest=storage.save(word.encode()), size=3) for word in ("abc", "def")]
    rows.artifact("gone.txt")
    older_digests.complete(found[0])
    printed = StringIO()

    call_command("complete_digests", stdout=printed)

    assert printed.getvalue() == "1 of 2 files; the others are too large or no longer stored.\n"
    assert Artifact.objects.get(pk=found[1].pk).sha1 == older_digests.of(b"def")["sha1"]


def test_a_name_that_promises_another_type_is_marked(page: Client) -> None:
    found = rows.artifact("invoice.pdf", type="application/x-dosexec")
    rows.item(rows.submission(verdict="malicious"), found.name, artifact=found)

    assert "Name and content differ .pdf" in text(page.get(f"/artifacts/{found.digest}/"))


@pytest.mark.parametrize(
    ("name", "content_type", "extension"),
    [
        ("a.PDF", "application/x-dosexec", "pdf"),
        ("a.docx", "text/html", "docx"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""),
        ("a.doc", "application/rtf", "doc"),
        ("a.pdf", "application/octet-stream", ""),
        ("a.pdf", "", ""),
        ("noextension", "application/pdf", ""),
        ("a.unheard", "application/pdf", ""),
    ],
)
def test_only_a_known_extension_with_a_known_other_type_differs(name: str, content_type: str, extension: str) -> None:
    assert promised_other(name, content_type) == extension
