"""One campaign reported a thousand times, and a thousand analyses that run for an hour: what the sandbox gets to see.

    python -m tests.torture campaign [--reports 1000] [--analyses 1000]

It works over the database of an installation of its own, with Joe Sandbox's fake, whose ledger counts the calls.
"""

# First of all: settings of its own, before anything reads them
import tests.conftest  # noqa: F401, I001

import argparse
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from django.core.management import call_command
from django.test.utils import override_settings
from django.utils import timezone

from submissions import analysis, conclusion, intake, policy, recovery
from submissions.mailbox.base import RawMail
from submissions.models import Analysis, Mailbox, Submission
from tests import rows
from tests.fakes.joe_server import JoeServer
from tests.reports import report

HOUR = timedelta(hours=1)
MOST_POLLS = 12


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--analyses", type=int, default=1000)
    options = parser.parse_args(arguments)
    with installation() as (mailbox, server):
        same_campaign(mailbox, server, options.reports)
    with installation() as (mailbox, server):
        long_running(server, options.analyses)


@contextmanager
def installation() -> Iterator[tuple[Mailbox, JoeServer]]:
    """A migrated, empty database, a mailbox and a sandbox."""
    place = Path(tempfile.mkdtemp())
    with JoeServer() as server:
        changed = {
            "STORAGE_URL": f"file://{place}",
            "STORAGE_MIN_FREE_MEBIBYTES": 0,
            "SANDBOX": "joe",
            "JOESANDBOX_API_URL": server.api_url,
            "JOESANDBOX_API_KEY": "test-key",
            "JOESANDBOX_ACCEPT_TAC": True,
        }
        with override_settings(**changed):
            call_command("migrate", verbosity=0)
            call_command("flush", interactive=False, verbosity=0)
            try:
                yield rows.mailbox(reporter_domains="corp.example"), server
            finally:
                shutil.rmtree(place)


def same_campaign(mailbox: Mailbox, server: JoeServer, count: int) -> None:
    """The same file and link in reports of `count` people; the first is judged, then the others arrive."""
    times = []
    for number in range(count):
        begin = time.monotonic()
        row = one(mailbox, number)
        for pk in intake.unpack(row.pk).analyses:
            analysis.submit(pk)
        if number == 0:
            finish_running()
        policy.begin(row.pk)
        conclusion.conclude(row.pk)
        times.append(time.monotonic() - begin)
    verdicts = Counter(Submission.objects.values_list("verdict", flat=True))
    made = len(server.ledger.calls("submission/new"))
    times = sorted(times[1:])
    print(
        f"{count} reports of one campaign: {made} submissions of {Analysis.objects.count()} artifacts, {dict(verdicts)}"
    )
    print(f"  from receipt to verdict of the repeated ones: median {median(times):.2f} s, worst {times[-1]:.2f} s")
    if made != Analysis.objects.count() or set(verdicts) != {"malicious"}:
        raise SystemExit("an artifact was submitted twice, or a verdict is wrong")


def one(mailbox: Mailbox, number: int) -> Submission:
    raw = report(
        {"invoice.doc": b"MALWARE"}, "https://evil.example/", number=number, reporter=f"p{number}@corp.example"
    )
    row = intake.receive(mailbox, RawMail(7, number + 1, len(raw), timezone.now(), raw))
    if row is None:
        raise SystemExit("the mail was not taken")
    return row


def finish_running() -> None:
    while Analysis.objects.filter(state__in=Analysis.OPEN).exists():
        Analysis.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        for pk in recovery.due().poll:
            analysis.poll(pk)


def long_running(server: JoeServer, count: int) -> None:
    """An hour without waiting: each analysis has a clock of its own, which its next due time moves on."""
    server.world.delays = (0.0, 0.0, 10 * HOUR.total_seconds())
    server.world.quota_limit = count
    for number in range(count):
        rows.analysis(
            rows.artifact(f"https://host-{number}.example/"), sandbox="joe", state="queued", due_at=timezone.now()
        )
    passed = {pk: waits_after(analysis.submit, pk) for pk in Analysis.objects.values_list("pk", flat=True)}
    while within := [pk for pk, time_passed in passed.items() if time_passed <= HOUR]:
        Analysis.objects.filter(pk__in=within).update(due_at=timezone.now())
        for pk in within:
            passed[pk] += waits_after(analysis.poll, pk)
    submits = Counter(str(call["fields"]["url"]) for call in server.ledger.calls("submission/new"))
    polls = Counter(str(call["fields"]["submission_id"]) for call in server.ledger.calls("submission/info"))
    print(f"{count} analyses that run for an hour: {sum(submits.values())} submissions, at most")
    print(f"  {max(submits.values())} of one artifact; at most {max(polls.values())} polls of one, as the server saw")
    if max(submits.values()) > 1 or max(polls.values()) > MOST_POLLS:
        raise SystemExit("more calls than promised")


def waits_after(step: Callable[[int], bool], pk: int) -> timedelta:
    """Take the step and say how long the analysis waits for the next one."""
    begin = timezone.now()
    if step(pk):
        raise SystemExit(f"analysis {pk} ended though it runs for hours")
    due_at = Analysis.objects.values_list("due_at", flat=True).get(pk=pk)
    return due_at - begin
