"""What becomes of an artifact when its sandbox is busy, lost, broken or lies."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailmonitor.models import LeaseLost
from submissions import analysis, conclusion, intake, recovery
from submissions.models import Analysis, Mailbox, SandboxGate, Submission
from submissions.sandbox.base import Report, Sample, SandboxError, Submitted
from submissions.verdicts import Verdict
from tests.pipeline.conftest import received
from tests.reports import report

pytestmark = pytest.mark.django_db

State = Analysis.State


class Scripted:
    """A sandbox that answers what the test lays down, one answer per question."""

    name = "fake"
    repeatable = False

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.asked: list[str] = []

    def _next(self, question: str) -> Any:
        self.asked.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def submit(self, sample: Sample) -> Submitted:
        return self._next("submit")  # type: ignore[no-any-return]

    def poll(self, reference: str, sample: Sample) -> Report | None:
        return self._next("poll")  # type: ignore[no-any-return]

    def find(self, sample: Sample) -> Submitted | None:
        return self._next("find")  # type: ignore[no-any-return]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    monkeypatch.setattr(analysis, "built", lambda _: scripted)
    monkeypatch.setattr(recovery, "sandbox", lambda *_: scripted)
    return scripted


@pytest.fixture
def queued(mailbox: Mailbox) -> Analysis:
    """The one analysis of a mail with one file."""
    intake.unpack(received(mailbox, report({"notes.txt": b"notes"})).pk)
    return Analysis.objects.get()


def make_due() -> None:
    Analysis.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(seconds=1))
    SandboxGate.objects.update(shut_until=0)


def concluded() -> Submission:
    row = Submission.objects.get()
    conclusion.conclude(row.pk)
    row.refresh_from_db()
    return row


def busy(**fields: Any) -> SandboxError:
    return SandboxError("try later", kind="quota", **fields)


def lost() -> SandboxError:
    return SandboxError("no answer", kind="network", unknown=True)


def test_a_refusal_that_may_pass_is_tried_again_later(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.answers = [busy(retry_after=600)]

    assert analysis.submit(queued.pk) is False

    queued.refresh_from_db()
    assert (queued.state, queued.tries, queued.error_kind) == (State.QUEUED, 1, "quota")
    assert queued.due_at is not None
    assert queued.due_at > timezone.now() + timedelta(seconds=500)


def test_a_refusal_for_good_fails_and_the_mail_is_not_clean(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.answers = [SandboxError("Invalid API key", kind="auth", permanent=True)]

    assert analysis.submit(queued.pk) is True

    assert concluded().verdict == "failed"


def test_a_storage_that_is_away_only_puts_the_analysis_off(queued: Analysis, settings: Any) -> None:
    settings.STORAGE_URL = "s3+http://access:secret@127.0.0.1:1/away"

    assert not analysis.submit(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_kind) == (State.QUEUED, "network")
    assert "bucket away at 127.0.0.1" in queued.error


def test_after_a_lost_answer_it_searches_before_it_submits_again(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.answers = [lost(), None, None, None, Submitted("77")]

    analysis.submit(queued.pk)
    for _ in range(3):
        make_due()
        analysis.reconcile(queued.pk)
    make_due()
    analysis.submit(queued.pk)

    queued.refresh_from_db()
    assert sandbox.asked == ["submit", "find", "find", "find", "submit"]
    assert (queued.state, queued.reference_at_sandbox) == (State.RUNNING, "77")


def test_what_the_search_finds_is_not_submitted_again(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.answers = [lost(), None, Submitted("77")]

    analysis.submit(queued.pk)
    for _ in range(2):
        make_due()
        analysis.reconcile(queued.pk)

    queued.refresh_from_db()
    assert sandbox.asked == ["submit", "find", "find"]
    assert (queued.state, queued.reference_at_sandbox) == (State.RUNNING, "77")


def test_a_search_that_fails_does_not_count(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.answers = [lost(), busy(), None]

    analysis.submit(queued.pk)
    for _ in range(2):
        make_due()
        analysis.reconcile(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.searches) == (State.UNKNOWN, 1)


def test_a_worker_that_died_while_submitting_leads_to_a_search(queued: Analysis, sandbox: Scripted) -> None:
    Analysis.claim(queued.pk, [State.QUEUED], timedelta(seconds=-1), to=State.SUBMITTING)
    make_due()

    recovery.free_abandoned()

    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (State.UNKNOWN, 1)


def test_what_kills_its_worker_three_times_is_given_up(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.repeatable = True
    for _ in range(3):
        make_due()
        Analysis.claim(queued.pk, [State.QUEUED], timedelta(seconds=-1), to=State.SUBMITTING)
        recovery.free_abandoned()

    make_due()
    assert analysis.submit(queued.pk) is True

    queued.refresh_from_db()
    assert (queued.state, sandbox.asked) == (State.FAILED, [])
    assert concluded().verdict == "failed"


def test_polling_waits_longer_each_time(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.answers = [Submitted("77"), None, None, Report(Verdict.CLEAN)]
    analysis.submit(queued.pk)

    waits = []
    for _ in range(2):
        make_due()
        analysis.poll(queued.pk)
        queued.refresh_from_db()
        assert queued.due_at is not None
        waits.append(queued.due_at - timezone.now())

    assert waits[1] > waits[0]
    assert analysis.poll(queued.pk) is True


def test_what_hangs_past_its_deadline_ends_as_failed(queued: Analysis, sandbox: Scripted) -> None:
    sandbox.answers = [Submitted("77"), busy()]
    analysis.submit(queued.pk)
    analysis.poll(queued.pk)
    Analysis.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))

    assert recovery.end_overdue() == [queued.pk]

    queued.refresh_from_db()
    assert queued.error == "No result within 24 hours. Last answer: try later"
    assert concluded().verdict == "failed"


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.FAILED])
def test_an_unclear_word_never_makes_a_clean_mail(queued: Analysis, sandbox: Scripted, verdict: Verdict) -> None:
    sandbox.answers = [Submitted("77", Report(verdict, score=0))]

    assert analysis.submit(queued.pk) is True

    assert concluded().verdict == verdict


def test_a_stale_worker_cannot_record_its_word(queued: Analysis, sandbox: Scripted) -> None:
    stale = Analysis.claim(queued.pk, [State.QUEUED], timedelta(seconds=-1), to=State.SUBMITTING)
    assert stale is not None
    Analysis.claim(queued.pk, [State.SUBMITTING], timedelta(minutes=1))

    with pytest.raises(LeaseLost):
        analysis.finish(stale, Report(Verdict.CLEAN))

    queued.refresh_from_db()
    assert queued.verdict == ""


def test_a_mail_waits_for_the_last_of_its_items(mailbox: Mailbox, sandbox: Scripted) -> None:
    row = received(mailbox, report({"a.txt": b"a", "b.txt": b"b"}))
    first, second = intake.unpack(row.pk).analyses
    sandbox.answers = [Submitted("1", Report(Verdict.MALICIOUS)), Submitted("2", Report(Verdict.CLEAN))]

    analysis.submit(first)
    assert concluded().state == Submission.State.ANALYSING
    analysis.submit(second)

    assert (concluded().state, concluded().verdict) == (Submission.State.DONE, "malicious")


@pytest.mark.parametrize(
    ("policy", "looked_at"),
    [({}, False), ({"early_warning": True}, True), ({"answer": Mailbox.Answer.PER_ITEM}, True)],
)
def test_a_word_that_is_not_the_last_is_worth_a_look_only_where_it_is_told(
    mailbox: Mailbox, sandbox: Scripted, policy: dict[str, Any], looked_at: bool
) -> None:
    Mailbox.objects.update(**policy)
    row = received(mailbox, report({"a.txt": b"a", "b.txt": b"b"}))
    first, second = intake.unpack(row.pk).analyses
    sandbox.answers = [Submitted("1", Report(Verdict.MALICIOUS)), Submitted("2", Report(Verdict.CLEAN))]

    analysis.submit(first)
    assert conclusion.holders(first) == ([row.pk] if looked_at else [])
    analysis.submit(second)

    assert conclusion.holders(second) == [row.pk]
