"""One limiter and circuit breaker for all calls of an account."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.sandbox.base import SandboxError
from submissions.sandbox.gate import FAILURES, LONGEST_PAUSE, Gate

NOW = 1_800_000_000.0


def error(kind: str = "network", *, retry_after: int | None = None) -> SandboxError:
    return SandboxError("it went wrong", kind=kind, retry_after=retry_after)


def shut_for(gate: Gate, now: float = NOW) -> float:
    return gate.wait(now, per_minute=1000)


def test_a_fresh_gate_is_open() -> None:
    assert shut_for(Gate()) == 0


def test_it_stays_shut_as_long_as_the_sandbox_asked() -> None:
    gate = Gate().failed(error("quota", retry_after=17), NOW)

    assert shut_for(gate) == 17
    assert shut_for(gate, NOW + 16.5) == 0.5
    assert shut_for(gate, NOW + 17) == 0


@pytest.mark.parametrize("kind", ["quota", "auth"])
def test_what_concerns_the_account_shuts_it_at_once(kind: str) -> None:
    assert shut_for(Gate().failed(error(kind), NOW)) == LONGEST_PAUSE


@pytest.mark.parametrize("kind", ["invalid", "unsupported", "analysis"])
def test_what_concerns_one_sample_leaves_it_open(kind: str) -> None:
    gate = Gate()
    for _ in range(20):
        gate = gate.failed(error(kind), NOW)

    assert shut_for(gate) == 0


def test_five_failures_in_a_row_shut_it_longer_each_time() -> None:
    gate, pauses = Gate(), []
    for _ in range(12):
        gate = gate.failed(error(), NOW)
        pauses.append(shut_for(gate))

    assert pauses == [0, 0, 0, 0, 60, 120, 240, 240, 240, 240, 240, 240]


def test_a_success_between_failures_starts_the_count_anew() -> None:
    gate = Gate()
    for _ in range(20):
        gate = gate.failed(error(), NOW).succeeded()

    assert shut_for(gate) == 0


def test_one_call_goes_first_when_it_opens_again() -> None:
    gate = Gate(failures=FAILURES, shut_until=NOW)

    behind = gate.passed(NOW, per_minute=1000)

    assert shut_for(gate) == 0
    assert shut_for(behind) == 60
    assert shut_for(behind.succeeded()) == 0


def test_without_a_limit_calls_leave_no_trace() -> None:
    gate = Gate()

    assert gate.wait(NOW, per_minute=None) == 0
    assert gate.passed(NOW, per_minute=None) == gate


def test_a_clock_set_back_neither_fills_nor_empties_it() -> None:
    gate = Gate().passed(NOW, per_minute=2).passed(NOW, per_minute=2)

    assert gate.wait(NOW - 3600, per_minute=2) == 30


@settings(deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=20), min_size=1, max_size=60), st.sampled_from([2, 10, 60]))
def test_no_minute_sees_more_calls_than_allowed_twice_over(pauses: list[float], per_minute: int) -> None:
    gate, now, calls = Gate(), NOW, []
    for pause in pauses:
        now += pause
        if gate.wait(now, per_minute=per_minute) == 0:
            gate = gate.passed(now, per_minute=per_minute)
            calls.append(now)

    for start in calls:
        # A full bucket and its refill within the same minute.
        assert sum(start <= call < start + 60 for call in calls) <= 2 * per_minute
