"""How the accounts at the sandboxes do: asked now and then, kept in the profile, alarmed before they run out."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from mailmonitor.models import now
from submissions import gates, sandboxes
from submissions.models import Analysis, SandboxProfile
from submissions.sandbox.base import Accounts, AccountState, SandboxError

ASK_EVERY = timedelta(minutes=10)
LOW = 10


def in_use(row: SandboxProfile) -> bool:
    """Whether a mailbox goes through it, the environment names it, or analyses under it are open."""
    open_now = Analysis.objects.filter(sandbox=row.kind, profile=row.name, state__in=Analysis.OPEN)
    return is_chosen(row) or row.steps.exists() or open_now.exists()


def is_chosen(row: SandboxProfile) -> bool:
    return row.from_environment and row.kind == sandboxes.chosen()


def due() -> list[int]:
    """The profiles whose account is to be asked after."""
    sandboxes.from_environment()
    late = SandboxProfile.objects.filter(Q(asked_at=None) | Q(asked_at__lt=Now() - ASK_EVERY))
    return [row.pk for row in late if in_use(row)]


def ask(pk: int) -> None:
    """Ask one sandbox after its account and keep what it told; a sandbox that tells nothing is left alone."""
    row = SandboxProfile.objects.get(pk=pk)
    entered = sandboxes.profile(row.kind, row.name)
    adapter = sandboxes.built(entered)
    if not isinstance(adapter, Accounts):
        SandboxProfile.objects.filter(pk=pk).update(asked_at=Now())
        return
    try:
        state = gates.ask(entered, adapter, adapter.account_state)
    except SandboxError as error:
        keep(row, row.account, str(error))
        return
    keep(row, asdict(state), trouble(state))


def keep(row: SandboxProfile, account: dict[str, Any], error: str) -> None:
    since = (row.failing_since or now()) if error else None
    SandboxProfile.objects.filter(pk=row.pk).update(account=account, asked_at=Now(), error=error, failing_since=since)


def trouble(state: AccountState) -> str:
    """What an operator should know: the sandbox is away, or a tenth of a quota or less is left."""
    if not state.online:
        return "The sandbox is under maintenance."
    low = [quota for quota in state.quotas if runs_out(quota.remaining, quota.limit)]
    return "; ".join(f"Only {one.remaining} of {one.limit} {one.period} submissions are left" for one in low)


def runs_out(remaining: int, limit: int) -> bool:
    return limit > 0 and remaining * LOW <= limit


def is_low(row: SandboxProfile) -> bool:
    """Whether the trouble is a quota that runs out, by what the sandbox last told."""
    told = row.account.get("quotas", ())
    return any(runs_out(one["remaining"], one["limit"]) for one in told) and row.error.startswith("Only")


def systems(row: SandboxProfile) -> tuple[list[str], str]:
    """The analysis systems the sandbox has, and why it could not be asked."""
    adapter = sandboxes.built(row)
    if not isinstance(adapter, Accounts):
        return [], ""
    try:
        return list(adapter.account_state().systems), ""
    except SandboxError as error:
        return [], str(error)


def words(row: SandboxProfile) -> str:
    if row.error:
        return row.error
    if row.asked_at is None:
        return "not asked yet"
    return "online" if row.account.get("online") else "tells nothing of its account"


def quota_words(account: dict[str, Any]) -> str:
    told = [f"{one['remaining']} of {one['limit']} {one['period']} left" for one in account.get("quotas", ())]
    queue = account.get("queue")
    return ", ".join([*told, *([] if queue is None else [f"{queue} in the queue"])])
