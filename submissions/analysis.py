"""An artifact's way through a sandbox: submit, poll, look up what was lost, conclude the mails it was in.

Each step claims its row, commits, talks to the sandbox with no transaction open, and records the
outcome under the lease it took. Each answers whether the artifact's word is now final, may be called
twice, and raises LeaseLost when the row was taken over meanwhile: then it has written nothing.
"""

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from mailmonitor.models import AT_ONCE, now
from submissions import parts, storage
from submissions.gates import ask
from submissions.models import Analysis
from submissions.sandbox.base import Report, Reuses, Sample, Sandbox, SandboxError, Submitted
from submissions.sandboxes import built, profile, reuse

State = Analysis.State
MAX_ATTEMPTS = 3
LONGEST_WAIT = timedelta(minutes=4)
LEAVE_ALONE = ("quota", "auth", "offline")


def submit(pk: int) -> bool:
    """Hand a queued artifact to its sandbox. True when its word is final now."""
    row = Analysis.claim(pk, [State.QUEUED], settings.LEASE, to=State.SUBMITTING)
    if row is None:
        return False
    try:
        if row.attempts > MAX_ATTEMPTS:
            return fail(row, "Submitting it broke the worker three times.", kind="analysis")
        account = profile(row.sandbox, row.profile)
        adapter, taken, counts = built(account), sample(row), reuse(account, row.artifact.kind)
        return accepted(
            row,
            ask(account, adapter, lambda: known(row, adapter, taken, counts) or hand_over(row, adapter, taken)),
        )
    except SandboxError as error:
        return refused(row, error)
    except FileNotFoundError:
        return fail(row, "The file is no longer in the storage.", kind="invalid")


def hand_over(row: Analysis, adapter: Sandbox, taken: Sample) -> Submitted:
    """Submit under a fresh lease: a worker that stood still for long finds here that its row was taken over."""
    row.hold(settings.LEASE)
    return adapter.submit(taken)


def known(row: Analysis, adapter: Sandbox, taken: Sample, counts: timedelta) -> Submitted | None:
    """The verdict that the sandbox already has on this very file or URL, where it is young enough to count.

    A verdict `counts` for that long. A sandbox that cannot be searched now is simply handed the sample, unless it asked
    to be left alone.
    """
    if adapter.repeatable or row.afresh or not isinstance(adapter, Reuses) or counts <= timedelta(0):
        return None
    youngest = now() - counts
    try:
        report = adapter.search_known(taken)
    except SandboxError as error:
        if error.kind in LEAVE_ALONE or error.retry_after is not None:
            raise
        return None
    if report is None or report.analysed_at is None or report.analysed_at < youngest:
        return None
    return Submitted(report.external_ids[0] if report.external_ids else "", report)


def poll(pk: int) -> bool:
    """Ask for the word on a running analysis. True when it is final now."""
    row = Analysis.claim(pk, [State.RUNNING], settings.LEASE)
    if row is None:
        return False
    try:
        account = profile(row.sandbox, row.profile)
        adapter, taken = built(account), sample(row, with_content=False)
        report = ask(account, adapter, lambda: adapter.poll(row.reference_at_sandbox, taken))
        if report is not None:
            return finish(row, report)
        row.release(due_in=poll_wait(row.polls + 1), polls=row.polls + 1)
    except SandboxError as error:
        if error.permanent:
            return fail(row, str(error), kind=error.kind)
        row.release(due_in=wait(row.tries, error), tries=row.tries + 1, error=str(error), error_kind=error.kind)
    return False


def reconcile(pk: int) -> bool:
    """Look for a submission whose answer was lost; submit again only when every search found nothing."""
    row = Analysis.claim(pk, [State.UNKNOWN], settings.LEASE, to=State.RECONCILING)
    if row is None:
        return False
    try:
        account = profile(row.sandbox, row.profile)
        adapter, taken = built(account), sample(row, with_content=False)
        found = ask(account, adapter, lambda: adapter.find(taken))
        if found is not None:
            return accepted(row, found)
        search_again(row)
    except SandboxError as error:
        row.advance(
            State.UNKNOWN, str(error), due_in=wait(row.searches, error), error=str(error), error_kind=error.kind
        )
    return False


def search_again(row: Analysis) -> None:
    """One search found nothing: wait for the next, or queue the artifact anew after the last."""
    searches = row.searches + 1
    if searches < len(settings.SEARCH_AFTER):
        pause = settings.SEARCH_AFTER[searches] - settings.SEARCH_AFTER[searches - 1]
        row.advance(State.UNKNOWN, "not found yet", due_in=pause, searches=searches, attempts=row.attempts - 1)
    else:
        row.advance(State.QUEUED, "not found, submit again", due_in=AT_ONCE, searches=0, attempts=row.attempts - 1)


def sample(row: Analysis, *, with_content: bool = True) -> Sample:
    """The artifact as a sandbox takes it. Raises FileNotFoundError when its bytes were purged."""
    artifact, context = row.artifact, row.context
    is_url = artifact.kind == artifact.Kind.URL
    return Sample(
        key=f"mm:{row.key}",
        digest=artifact.digest,
        name=context.get("name") or artifact.name,
        content=content(artifact.digest) if with_content and not is_url else None,
        type=artifact.type,
        url=artifact.name if is_url else "",
        password=context.get("password") or None,
        notes=tuple(context.get("notes", ())),
    )


def content(digest: str) -> bytes:
    """A file's bytes. A storage that cannot be read now only puts the analysis off, as a sandbox that is away does."""
    try:
        return storage.load(digest)
    except storage.StorageShut as error:
        raise SandboxError(str(error), kind="network") from error


def accepted(row: Analysis, submitted: Submitted) -> bool:
    """Record that the sandbox has the sample, and its word when that came at once."""
    if submitted.report is not None:
        return finish(row, submitted.report, reference_at_sandbox=submitted.reference)
    row.advance(
        State.RUNNING,
        submitted.reference,
        due_in=settings.POLL_FIRST,
        reference_at_sandbox=submitted.reference,
        error="",
        error_kind="",
    )
    return False


def refused(row: Analysis, error: SandboxError) -> bool:
    """Record a submission that failed: for good, with an unknown outcome, or to be tried again."""
    words = {"error": str(error), "error_kind": error.kind}
    if error.permanent:
        return fail(row, str(error), kind=error.kind)
    if error.unknown:
        row.advance(State.UNKNOWN, str(error), due_in=settings.SEARCH_AFTER[0], searches=0, **words)
    else:
        row.advance(State.QUEUED, str(error), due_in=wait(row.tries, error), tries=row.tries + 1, **words)
    return False


def finish(row: Analysis, report: Report, **changes: Any) -> bool:
    """Record the sandbox's final word, and of a mail those on what it found in it."""
    words = f"{report.verdict} {'' if report.score is None else report.score}".strip()
    with transaction.atomic():
        row.advance(State.FINISHED, words, error="", error_kind="", **parts.said(report), **changes)
        if row.artifact.kind == row.artifact.Kind.MAIL:
            parts.record(row, report.parts)
    return True


def fail(row: Analysis, reason: str, *, kind: str) -> bool:
    """Record that there will be no word; the mail it was in can then no longer be clean."""
    row.advance(State.FAILED, reason, error=reason, error_kind=kind, finished_at=Now())
    return True


def overdue() -> QuerySet[Analysis]:
    """Open analyses whose deadline is over."""
    return Analysis.objects.filter(state__in=Analysis.OPEN, deadline_at__lt=Now())


def give_up(pk: int) -> bool:
    """End an analysis whose deadline is over."""
    row = Analysis.claim(pk, [State.QUEUED, State.UNKNOWN, State.RUNNING], settings.LEASE)
    if row is None:
        return False
    last = f" Last answer: {row.error}" if row.error else ""
    return fail(row, f"No result within {settings.SANDBOX_TIMEOUT_HOURS} hours.{last}", kind="analysis")


def wait(tries: int, error: SandboxError) -> timedelta:
    """How long to leave the sandbox alone: what it asked for, else 30 s doubling to four minutes."""
    if error.retry_after is not None:
        return timedelta(seconds=error.retry_after)
    return min(LONGEST_WAIT, timedelta(seconds=30 * 2 ** min(tries, 10)))


def poll_wait(polls: int) -> timedelta:
    """The pause before the next poll: half as long again each time, up to the longest."""
    return min(settings.POLL_LONGEST, settings.POLL_FIRST * math.pow(1.5, min(polls, 20)))
