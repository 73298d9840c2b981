"""Every question to a sandbox goes through the gate of its account, which all workers share."""

import math
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from mailmonitor.models import now
from submissions.models import SandboxGate, SandboxProfile
from submissions.sandbox.base import Sandbox, SandboxError
from submissions.sandbox.gate import Gate
from submissions.sandboxes import account_name

T = TypeVar("T")


def ask(profile: SandboxProfile, adapter: Sandbox, question: Callable[[], T]) -> T:
    """The answer to a question put to the sandbox. While the gate of its account is shut, nobody is asked.

    Raises SandboxError, with `retry_after` set when the gate is shut. A sandbox of our own has no gate.
    """
    if adapter.repeatable:
        return question()
    account = account_name(profile)
    enter(account)
    try:
        answer = question()
    except SandboxError as error:
        fault = error
        change(account, lambda gate: gate.failed(fault, seconds()), reason=str(error))
        raise
    change(account, Gate.succeeded)
    return answer


def enter(name: str) -> None:
    """Take the next call of the account, or raise SandboxError saying how long to wait."""
    while True:
        row, now = SandboxGate.objects.get_or_create(sandbox=name)[0], seconds()
        if wait := math.ceil(row.gate.wait(now, per_minute=settings.SANDBOX_PER_MINUTE or None)):
            why = f": {row.reason}" if row.reason else ""
            raise SandboxError(f"{name} is left alone for {wait} seconds{why}", kind="offline", retry_after=wait)
        passed = row.gate.passed(now, per_minute=settings.SANDBOX_PER_MINUTE or None)
        if passed == row.gate or row.replaced(passed, row.reason):
            return


def change(name: str, how: Callable[[Gate], Gate], *, reason: str = "") -> None:
    """Note what a call told about the account; a healthy one costs no write."""
    while True:
        row = SandboxGate.objects.get(sandbox=name)
        changed = how(row.gate)
        if changed == row.gate or row.replaced(changed, reason):
            return


def seconds() -> float:
    return now().timestamp()
