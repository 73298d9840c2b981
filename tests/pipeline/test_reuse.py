"""A verdict that the sandbox already has saves a submission."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Notification
from submissions import analysis, conclusion, intake, letters
from submissions.judgement import judge
from submissions.models import Analysis, Mailbox, Submission
from submissions.sandbox.base import Report, Sample, SandboxError, Submitted
from submissions.verdicts import Verdict
from tests import rows
from tests.pipeline.conftest import received
from tests.reports import report

pytestmark = pytest.mark.django_db


class Knowing:
    """A sandbox that knows a verdict, or fails to say so."""

    name = "fake"
    repeatable = False

    def __init__(self) -> None:
        self.known: Report | SandboxError | None = None
        self.submitted = 0

    def submit(self, sample: Sample) -> Submitted:
        self.submitted += 1
        return Submitted("77")

    def poll(self, reference: str, sample: Sample) -> Report | None:
        return None

    def find(self, sample: Sample) -> Submitted | None:
        return None

    def search_known(self, sample: Sample) -> Report | None:
        if isinstance(self.known, SandboxError):
            raise self.known
        return self.known


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Knowing:
    knowing = Knowing()
    monkeypatch.setattr(analysis, "built", lambda _: knowing)
    return knowing


def told_in(letter: Notification) -> str:
    """The plain text of a mail."""
    body = message_from_bytes(letter.message, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def queued(mailbox: Mailbox) -> Analysis:
    intake.unpack(received(mailbox, report({"notes.txt": b"notes"})).pk)
    return Analysis.objects.get()


def verdict(*, age: timedelta) -> Report:
    moment = timezone.now() - age
    return Report(Verdict.MALICIOUS, score=90, external_ids=("501",), analysed_at=moment, cached=True)


def test_a_young_verdict_is_taken_with_its_date(queued: Analysis, sandbox: Knowing) -> None:
    sandbox.known = verdict(age=timedelta(days=2))

    assert analysis.submit(queued.pk) is True

    queued.refresh_from_db()
    assert (queued.state, queued.verdict, queued.cached) == (Analysis.State.FINISHED, "malicious", True)
    assert (queued.reference_at_sandbox, queued.analysed_at) == ("501", sandbox.known.analysed_at)
    assert sandbox.submitted == 0


def test_the_reporter_reads_the_date_of_a_reused_verdict(queued: Analysis, sandbox: Knowing) -> None:
    reached_at = timezone.now() - timedelta(days=2)
    sandbox.known = Report(Verdict.MALICIOUS, score=90, analysed_at=reached_at, cached=True)

    analysis.submit(queued.pk)
    conclusion.conclude(Submission.objects.get().pk)

    words = f"notes.txt (file, score 90, result of {timezone.localtime(reached_at):%d %b %Y}, reused)"
    assert words in told_in(Notification.objects.get(kind="summary_malicious"))


@pytest.mark.parametrize("days", [None, 2])
def test_the_mail_on_one_item_says_when_its_word_is_older(mailbox: Mailbox, days: int | None) -> None:
    row = rows.submission(mailbox=mailbox)
    found = rows.item(row, "notes.txt")
    reached_at = timezone.now() - timedelta(days=days or 0)
    rows.analysis(found.artifact, "clean", finished_at=reached_at)

    letters.item(row, judge(row)[0])

    words = f"(result of {timezone.localtime(reached_at):%d %b %Y}, reused)"
    assert (words in told_in(Notification.objects.get())) is (days is not None)


@pytest.mark.parametrize("known", [None, verdict(age=timedelta(days=8)), Report(Verdict.CLEAN, cached=True)])
def test_none_an_old_or_an_undated_verdict_is_not_enough(
    queued: Analysis, sandbox: Knowing, known: Report | None
) -> None:
    sandbox.known = known

    assert analysis.submit(queued.pk) is False

    assert sandbox.submitted == 1


def test_a_new_analysis_that_somebody_asked_for_is_a_new_one(queued: Analysis, sandbox: Knowing) -> None:
    sandbox.known = verdict(age=timedelta(0))
    Analysis.objects.update(generation=2, afresh=True)

    analysis.submit(queued.pk)

    assert sandbox.submitted == 1


def test_it_can_be_switched_off(queued: Analysis, sandbox: Knowing, settings: Any) -> None:
    sandbox.known = verdict(age=timedelta(0))
    settings.REUSE_FILES = timedelta(0)

    analysis.submit(queued.pk)

    assert sandbox.submitted == 1


def test_a_search_that_fails_does_not_keep_the_sample_back(queued: Analysis, sandbox: Knowing) -> None:
    sandbox.known = SandboxError("no search here", kind="permission")

    analysis.submit(queued.pk)

    assert sandbox.submitted == 1


@pytest.mark.parametrize(
    "error",
    [SandboxError("quota", kind="quota"), SandboxError("wait", kind="network", retry_after=30)],
    ids=["quota", "asked to wait"],
)
def test_a_sandbox_that_wants_to_be_left_alone_is(queued: Analysis, sandbox: Knowing, error: SandboxError) -> None:
    sandbox.known = error

    analysis.submit(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, sandbox.submitted) == (Analysis.State.QUEUED, 0)
