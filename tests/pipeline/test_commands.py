"""The commands that people and other programs rely on."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from submissions import doctor
from submissions.models import Mailbox, Submission
from submissions.tasks import sweep
from tests import rows
from tests.pipeline.conftest import received, work
from tests.reports import report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hints go nowhere; the commands must not mind."""
    monkeypatch.setattr("submissions.management.commands.import_mail.hint", lambda *_: None)
    monkeypatch.setattr("submissions.management.commands.fetch_mail.hint", lambda *_: None)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_import_mail_takes_files_and_tells_their_numbers(mailbox: Mailbox, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(report({"a.txt": b"a"}))

    printed = run("import_mail", str(path), "--reporter", "bob@corp.example")

    row = Submission.objects.get()
    assert printed == f"{path}: {row.number}\n"
    assert (row.reporter, row.no_answer) == ("bob@corp.example", "")


def test_import_mail_names_the_file_that_is_not_there_and_takes_the_others(mailbox: Mailbox, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(report({"a.txt": b"a"}))

    with pytest.raises(CommandError, match=r"Not imported: /nowhere\.eml"):
        run("import_mail", "/nowhere.eml", str(path))

    assert Submission.objects.count() == 1


def test_import_mail_refuses_a_reporter_that_is_no_address(mailbox: Mailbox) -> None:
    with pytest.raises(CommandError, match="give one mail address"):
        run("import_mail", "a.eml", "--reporter", "bob")


def test_import_mail_needs_a_mailbox(db: None) -> None:
    with pytest.raises(CommandError, match="There is no mailbox yet"):
        run("import_mail", "a.eml")


def test_export_tells_everything_about_a_submission(mailbox: Mailbox) -> None:
    work(received(mailbox, report({"invoice.js": b"malware"}, "https://acme.example/pay\n")))

    (entry,) = json.loads(run("export", "--format", "json"))

    assert (entry["state"], entry["verdict"], entry["reporter"]) == ("done", "malicious", "anna.lang@corp.example")
    assert {item["kind"] for item in entry["items"]} == {"file", "url"}
    assert {item["analyses"][0]["sandbox"] for item in entry["items"]} == {"fake"}
    assert [letter["kind"] for letter in entry["notifications"]] == ["received", "summary_malicious"]


def test_export_of_nothing_is_an_empty_list(db: None) -> None:
    assert json.loads(run("export")) == []


def test_export_reads_in_portions_and_leaves_none_out(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.export.PORTION", 2)
    mails = [rows.submission(verdict="clean") for _ in range(5)]

    assert [entry["id"] for entry in json.loads(run("export"))] == [mail.number for mail in mails]


@pytest.mark.parametrize(("since", "count"), [("2020-01-01", 1), ("2999-01-01T00:00:00Z", 0)])
def test_export_since_a_time(mailbox: Mailbox, since: str, count: int) -> None:
    received(mailbox, report({"a.txt": b"a"}))

    assert len(json.loads(run("export", "--since", since))) == count


def test_export_refuses_a_time_that_is_none(db: None) -> None:
    with pytest.raises(CommandError, match="give a day such as"):
        run("export", "--since", "yesterday")


def test_the_doctor_tells_cause_and_fix_and_fails(mailbox: Mailbox, settings: Any) -> None:
    Mailbox.objects.update(host="127.0.0.1", port=1, security="plain", password="hunter2")
    out = io.StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", "--only", "mailbox", stdout=out)

    assert out.getvalue().startswith("OK    mailbox Reports, address  127.0.0.1")
    assert "Cause:" in out.getvalue()
    assert "Fix:" in out.getvalue()
    assert "hunter2" not in out.getvalue()


def test_the_doctor_speaks_json(db: None) -> None:
    findings = json.loads(run("doctor", "--only", "db,storage,templates,sandbox", "--json"))

    assert {finding["status"] for finding in findings} == {doctor.OK}
    assert set(findings[0]) == {"status", "name", "detail", "cause", "fix", "milliseconds"}


def test_the_doctor_refuses_a_check_it_does_not_know(db: None) -> None:
    with pytest.raises(CommandError, match="choose of version,settings,db"):
        run("doctor", "--only", "teeth")


def test_the_doctor_sees_whether_a_worker_sweeps(db: None) -> None:
    with pytest.raises(SystemExit):
        run("doctor", "--only", "worker")

    sweep()

    assert "OK    worker  swept 0 s ago" in run("doctor", "--only", "worker")
