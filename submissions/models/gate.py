"""What all workers remember of a sandbox's account."""

from django.db import models

from submissions.sandbox.gate import Gate


class SandboxGate(models.Model):
    """The limiter and circuit breaker of one sandbox; `reason` is the last fault, while it lasts.

    Times are seconds since 1970. `version` decides who of two workers wrote first.
    """

    sandbox = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    shut_until = models.FloatField(default=0)
    left = models.FloatField(default=0)
    filled_at = models.FloatField(default=0)
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.sandbox

    @property
    def gate(self) -> Gate:
        return Gate(self.failures, self.shut_until, self.left, self.filled_at)

    def replaced(self, gate: Gate, reason: str) -> bool:
        """Write the gate unless somebody else did meanwhile; whether it was written."""
        mine = SandboxGate.objects.filter(pk=self.pk, version=self.version)
        changed = mine.update(
            failures=gate.failures,
            shut_until=gate.shut_until,
            left=gate.left,
            filled_at=gate.filled_at,
            reason=reason,
            version=self.version + 1,
        )
        return changed == 1
