"""Is every outside part well? Each check looks at one part and says what is wrong and how to mend it.

A check leaves everything outside as it was and never shows a secret.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import redis
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from mailmonitor import build, hints
from mailmonitor.models import Heartbeat, now
from notifications import templates_check
from notifications.outbox import sender_address
from notifications.relays import probe, relay_of, try_sender
from notifications.smtp import SmtpError
from submissions import accounts, quotas, sandboxes, storage, trials
from submissions.models import Mailbox, SandboxProfile
from submissions.sandbox.base import Accounts, SandboxError
from submissions.selectors import status

OK, WARN, FAIL, SKIP = "OK", "WARN", "FAIL", "SKIP"
CLOCKS_APART = 2.0
ANSWER_SECONDS = 2
SEEN = {"OK": OK, "WARNING": WARN, "ERROR": FAIL, "DISABLED": SKIP}


@dataclass(frozen=True)
class Finding:
    """What one check saw. `status` is OK, WARN, FAIL or SKIP."""

    status: str
    name: str
    detail: str
    cause: str = ""
    fix: str = ""
    milliseconds: int = 0


def examine(only: set[str] | None = None) -> Iterator[Finding]:
    """The findings of every check, one after the other, each with the time it took."""
    for name, check in CHECKS.items():
        if only and name not in only:
            continue
        begin = time.monotonic()
        for finding in check():
            took = round((time.monotonic() - begin) * 1000)
            yield Finding(finding.status, finding.name, finding.detail, finding.cause, finding.fix, took)
            begin = time.monotonic()


def version() -> Iterator[Finding]:
    commit = build.commit()
    yield Finding(OK, "version", f"Mail Monitor {build.VERSION}{', commit ' if commit else ''}{commit}")


def configuration() -> Iterator[Finding]:
    messages = [message for message in checks.run_checks() if not message.is_silenced()]
    for message in messages:
        status = FAIL if message.is_serious(checks.ERROR) else WARN
        yield Finding(status, "settings", message.msg, cause=message.id or "", fix=message.hint or "")
    if not messages:
        yield Finding(OK, "settings", "every setting can be read")


def database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        fix = "Check DATABASE_URL and that the server runs and may be reached."
        yield Finding(FAIL, "database", connection.vendor, cause=str(error).strip(), fix=fix)
        return
    if missing:
        fix = "Run: manage.py migrate"
        yield Finding(FAIL, "database", connection.vendor, cause=f"{len(missing)} migrations not applied", fix=fix)
    else:
        yield Finding(OK, "database", f"{connection.vendor}, all migrations applied")


def queue() -> Iterator[Finding]:
    patience = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
    client = redis.Redis.from_url(settings.REDIS_URL, **patience)
    try:
        client.ping()
        yield Finding(OK, "queue", f"{hints.waiting()} hints wait")
    except redis.RedisError as error:
        fix = "Check REDIS_URL and that Redis runs. No mail is lost meanwhile, but nothing moves."
        yield Finding(FAIL, "queue", "the broker does not answer", cause=str(error), fix=fix)
    finally:
        client.close()


def worker() -> Iterator[Finding]:
    beat = Heartbeat.objects.filter(name="worker").first()
    limit = max(120, 4 * settings.SWEEP_SECONDS)
    age = (timezone.now() - beat.at).total_seconds() if beat else None
    if age is not None and age < limit:
        yield Finding(OK, "worker", f"swept {age:.0f} s ago")
    else:
        seen = "has never swept" if age is None else f"last swept {age:.0f} s ago"
        fix = "Start the worker and beat, and look at their logs. Nothing is lost meanwhile."
        yield Finding(FAIL, "worker", seen, cause="no worker, no beat, or no broker between them", fix=fix)


def work() -> Iterator[Finding]:
    """What waits, by the rows: the same cards as on the status page."""
    try:
        cards = status.work()
    except DatabaseError as error:
        yield Finding(SKIP, "work", "the database does not answer", cause=str(error).strip())
        return
    for card in cards:
        yield Finding(SEEN[card.state], card.name.lower(), card.detail, fix=card.fix)


def clock() -> Iterator[Finding]:
    """Leases end by the database's clock; certificates, tokens and times in mails go by ours."""
    try:
        apart = abs((timezone.now() - now()).total_seconds())
    except DatabaseError as error:
        yield Finding(SKIP, "clock", "the database does not answer", cause=str(error).strip())
        return
    words = f"{apart:.1f} s between this machine and the database"
    if apart < CLOCKS_APART:
        yield Finding(OK, "clock", words)
    else:
        yield Finding(WARN, "clock", words, cause="one of the clocks is wrong", fix="Let both machines follow NTP.")


def blobs() -> Iterator[Finding]:
    content = b"Mail Monitor checks its storage."
    try:
        storage.check_room()
        whole = storage.load(storage.save(content)) == content
    except storage.StorageShut as shut:
        yield Finding(FAIL, "storage", str(storage.where()), cause=str(shut), fix="Make room; it goes on by itself.")
        return
    except OSError as error:
        fix = f"Make {storage.where()} writable for the service, or set STORAGE_URL."
        yield Finding(FAIL, "storage", str(storage.where()), cause=error.strerror or str(error), fix=fix)
        return
    if whole:
        yield Finding(OK, "storage", f"{storage.where()} can be written and read")
    else:
        yield Finding(
            FAIL,
            "storage",
            str(storage.where()),
            cause="bytes changed on disk",
            fix="Check the file system or the bucket.",
        )


def mailbox() -> Iterator[Finding]:
    """Step by step, as the test in the page does it."""
    accounts.from_environment()
    rows = Mailbox.objects.filter(state=Mailbox.State.ACTIVE)
    for row in rows:
        for tried in trials.examine(row):
            yield Finding(tried.status, f"mailbox {row}, {tried.name}", tried.words, cause=tried.cause, fix=tried.fix)
    if not rows:
        yield Finding(WARN, "mailbox", "there is no active mailbox", fix="Set MAILBOX_URL or add one under Mailboxes.")


def smtp() -> Iterator[Finding]:
    if not settings.EMAIL_URL:
        yield Finding(SKIP, "smtp", "EMAIL_URL is not set", fix="Without it nobody is answered.")
        return
    try:
        place = relay_of(None)
        yield Finding(OK, "smtp", probe(place))
        yield Finding(OK, "smtp sender", try_sender(place, sender_address()))
    except SmtpError as error:
        yield Finding(FAIL, "smtp", "the relay refuses us", cause=str(error), fix=trials.RELAY)


def sandbox() -> Iterator[Finding]:
    if sandboxes.chosen() not in sandboxes.BUILDERS:
        yield Finding(SKIP, "sandbox", sandboxes.chosen(), cause="unknown name", fix="See settings above.")
        return
    sandboxes.from_environment()
    for row in filter(quotas.in_use, SandboxProfile.objects.all()):
        yield account(row)


def account(row: SandboxProfile) -> Finding:
    """How one sandbox does, by what it says of our account there."""
    name = f"sandbox {row.kind}" if row.from_environment else f"sandbox {row}"
    adapter = sandboxes.sandbox(row.kind, row.name)
    if not isinstance(adapter, Accounts):
        return Finding(OK, name, "is built in" if adapter.repeatable else "tells nothing of its account")
    try:
        state = adapter.account_state()
    except SandboxError as error:
        return Finding(FAIL, name, row.kind, cause=str(error), fix="Check the API address and the key.")
    told = quotas.quota_words(asdict(state))
    if not state.online:
        return Finding(WARN, name, "is under maintenance", fix="Analyses wait and go on by themselves.")
    if low := quotas.trouble(state):
        return Finding(WARN, name, told, cause=low, fix="Analyses wait when it is used up, and go on by themselves.")
    return Finding(OK, name, f"is online, {told}")


def templates() -> Iterator[Finding]:
    wrong = list(templates_check.problems())
    for problem in wrong:
        fix = "Correct it in admin; until then the mail shows the name instead of a value."
        yield Finding(FAIL, "templates", problem, fix=fix)
    if not wrong:
        yield Finding(OK, "templates", "every text can be rendered")


HERE = {"version", "settings", "db", "clock", "queue", "storage", "templates"}  # what is quick and asks nobody outside
CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "version": version,
    "settings": configuration,
    "db": database,
    "clock": clock,
    "queue": queue,
    "worker": worker,
    "work": work,
    "storage": blobs,
    "mailbox": mailbox,
    "smtp": smtp,
    "sandbox": sandbox,
    "templates": templates,
}
