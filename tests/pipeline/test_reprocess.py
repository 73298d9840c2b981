"""Analysing mails again from the command line."""

import pytest
from django.core.management import CommandError, call_command

from submissions.models import Analysis, Submission
from tests import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.management.commands.reprocess.hint", lambda *_: None)


def judged(verdict: str, name: str) -> Submission:
    mail = rows.submission(verdict=verdict)
    rows.analysis(rows.item(mail, name).artifact, state="failed")
    return mail


def test_mails_are_named_by_number_and_each_is_accounted_for(capsys: pytest.CaptureFixture[str]) -> None:
    done, running = judged("failed", "a.exe"), rows.submission()

    call_command("reprocess", done.number, str(running.pk))

    assert capsys.readouterr().out == "1 analysed again, 1 skipped (already running).\n"
    assert Analysis.objects.filter(generation=2).count() == 1


def test_mails_are_found_by_a_search_and_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    judged("failed", "a.exe")
    judged("clean", "b.exe")

    call_command("reprocess", "--search", "verdict:failed", "--dry-run")

    assert capsys.readouterr().out == "1 mails would be analysed again.\n"
    assert not Analysis.objects.filter(generation=2).exists()


@pytest.mark.parametrize("words", [[], ["x"], ["MM-1", "--search", "x"], ["--search", "verdikt:x"]])
def test_what_names_no_mails_is_refused(words: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("reprocess", *words)
