"""One limiter and circuit breaker per sandbox account. Pure: the caller keeps the `Gate` and brings the time.

A gate lets at most `per_minute` calls through (None: as many as come), stays shut as long as the sandbox asked for,
and shuts by itself after failures in a row; when it opens again, one call goes first and decides.
"""

from dataclasses import dataclass, replace

from submissions.sandbox.base import SandboxError

FAILURES = 5
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 4 * 60.0
# What says nothing about the account: the sandbox answered, the sample was the matter.
OF_THE_SAMPLE = frozenset(["invalid", "unsupported", "analysis"])
# What the next call would meet just the same.
OF_THE_ACCOUNT = frozenset(["quota", "auth"])


@dataclass(frozen=True, slots=True)
class Gate:
    """What is remembered of an account, in seconds since 1970. `left` is what the limiter still has to give."""

    failures: int = 0
    shut_until: float = 0.0
    left: float = 0.0
    filled_at: float = 0.0

    def wait(self, now: float, *, per_minute: float | None) -> float:
        """Seconds until a call may be made; 0 when it may be made now."""
        shut = max(self.shut_until - now, 0.0)
        if per_minute is None:
            return shut
        missing = max(1.0 - self._left(now, per_minute), 0.0)
        return max(shut, missing * 60 / per_minute)

    def passed(self, now: float, *, per_minute: float | None) -> "Gate":
        """The gate after a call went through. While failures last, it shuts behind that one call."""
        gate = self
        if per_minute is not None:
            gate = replace(self, left=self._left(now, per_minute) - 1, filled_at=now)
        return replace(gate, shut_until=now + FIRST_PAUSE) if self.failures >= FAILURES else gate

    def succeeded(self) -> "Gate":
        return replace(self, failures=0, shut_until=0.0)

    def failed(self, error: SandboxError, now: float) -> "Gate":
        """The gate after a call failed: shut at once for what lasts, else after five failures, longer each time."""
        if error.kind in OF_THE_SAMPLE:
            return self.succeeded()
        failures = self.failures + 1
        if error.retry_after is not None:
            pause = float(error.retry_after)
        elif error.kind in OF_THE_ACCOUNT:
            pause = LONGEST_PAUSE
        elif failures >= FAILURES:
            pause = min(FIRST_PAUSE * 2 ** min(failures - FAILURES, 10), LONGEST_PAUSE)
        else:
            pause = 0.0
        return replace(self, failures=failures, shut_until=max(self.shut_until, now + pause))

    def _left(self, now: float, per_minute: float) -> float:
        """The bucket holds the calls of one minute and fills evenly; a clock set back empties nothing."""
        return min(per_minute, self.left + max(now - self.filled_at, 0.0) * per_minute / 60)
