"""All workers leave a sandbox alone together."""

from collections.abc import Callable
from typing import Any

import pytest

from submissions.gates import ask, enter, seconds
from submissions.models import SandboxGate, SandboxProfile
from submissions.sandbox.base import SandboxError
from submissions.sandbox.fake import FakeSandbox
from submissions.sandbox.gate import FAILURES, Gate

pytestmark = pytest.mark.django_db
PROFILE = SandboxProfile(kind="fake")


class Outside(FakeSandbox):
    """A sandbox that is not our own."""

    name = "outside"
    repeatable = False


def failing(kind: str, *, retry_after: int | None = None) -> Callable[[], str]:
    def question() -> str:
        raise SandboxError("it is too much", kind=kind, retry_after=retry_after)

    return question


def refused(question: Callable[[], str]) -> SandboxError:
    with pytest.raises(SandboxError) as raised:
        ask(PROFILE, Outside(), question)
    return raised.value


def test_an_answer_goes_through_without_a_write() -> None:
    assert ask(PROFILE, Outside(), lambda: "fine") == "fine"

    assert SandboxGate.objects.get().version == 0


def test_after_a_storm_nobody_calls_before_the_time_the_sandbox_named() -> None:
    refused(failing("quota", retry_after=600))
    asked: list[str] = []

    waiting = refused(lambda: asked.append("too early") or "")

    assert asked == []
    assert (waiting.kind, waiting.permanent, waiting.unknown) == ("offline", False, False)
    assert waiting.retry_after is not None
    assert 590 < waiting.retry_after <= 600
    assert "it is too much" in str(waiting)


def test_it_opens_by_itself_and_a_good_answer_ends_the_matter() -> None:
    for _ in range(FAILURES):
        refused(failing("network"))
    SandboxGate.objects.update(shut_until=seconds() - 1)

    assert ask(PROFILE, Outside(), lambda: "back again") == "back again"

    assert SandboxGate.objects.get().gate == Gate()
    assert SandboxGate.objects.get().reason == ""


def test_while_it_is_unsure_one_call_goes_first() -> None:
    for _ in range(FAILURES):
        refused(failing("network"))
    SandboxGate.objects.update(shut_until=seconds() - 1)

    enter("fake")

    with pytest.raises(SandboxError):
        enter("fake")


def test_a_limit_holds_for_all_together(settings: Any) -> None:
    settings.SANDBOX_PER_MINUTE = 3

    for _ in range(3):
        ask(PROFILE, Outside(), lambda: "fine")
    waiting = refused(lambda: "a fourth")

    assert waiting.retry_after is not None
    assert 0 < waiting.retry_after <= 20


def test_what_is_wrong_with_one_sample_keeps_no_other_back() -> None:
    for _ in range(20):
        refused(failing("invalid"))

    assert ask(PROFILE, Outside(), lambda: "fine") == "fine"


def test_a_sandbox_of_our_own_has_no_gate() -> None:
    with pytest.raises(SandboxError):
        ask(PROFILE, FakeSandbox(), failing("network"))

    assert not SandboxGate.objects.exists()


def test_of_two_workers_one_writes() -> None:
    SandboxGate.objects.create(sandbox="fake")
    first, second = SandboxGate.objects.get(), SandboxGate.objects.get()

    written = [row.replaced(Gate(failures=number), "x") for number, row in ((1, first), (2, second))]

    assert written == [True, False]
    assert SandboxGate.objects.get().failures == 1
