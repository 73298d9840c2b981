"""Every fault of a sandbox's door, many times over, against each adapter: no false clean, no second submission.

    python -m tests.torture.sandbox_faults --repeat 200

Each round submits one malicious file whose submission, or whose poll, meets the fault; it then goes on the way the
pipeline goes: an open outcome is looked up three times before anything is submitted again. What was received is
counted in the servers. The waits of the pipeline are not sat through but added up, from the end of the fault on.
"""

# First of all: settings of its own, before anything reads them
import tests.conftest  # noqa: F401, I001

import argparse
import hashlib
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from submissions import analysis
from submissions.sandbox.assemblyline import AssemblyLineSandbox
from submissions.sandbox.base import Report, Sample, Sandbox, SandboxError, Submitted
from submissions.sandbox.cape import CapeSandbox
from submissions.sandbox.http import Timeouts
from submissions.sandbox.joe import JoeAccount, JoeSandbox
from submissions.sandbox.rest import RestAccount
from submissions.sandbox.virustotal import VirusTotalProfile, VirusTotalSandbox
from submissions.verdicts import Verdict
from tests.fakes.assemblyline_server import AssemblyLineServer
from tests.fakes.cape_server import CapeServer
from tests.fakes.joe_server import JoeServer
from tests.fakes.server import FakeServer
from tests.fakes.virustotal_server import VirusTotalServer

PATIENT = Timeouts(connect=5, read=20, total=60)
QUICK = Timeouts(connect=5, read=0.4, total=0.8)
SLOW = frozenset(["hang", "drip", "timeout-after"])
FAULTS = (
    "429", "429-retry-after", "500", "502", "503", "hang", "timeout-after", "cut-after", "502-after", "truncated",
    "html-200", "wrong-types", "drip", "huge", "cut", "redirect",
)  # fmt: skip
SEARCHES, TRIES, POLLS = 3, 6, 6
LATE = timedelta(minutes=5)


@dataclass
class Door:
    """An adapter, its server, the endpoint of submissions, and how often the server took a sample."""

    sandbox: Sandbox
    server: FakeServer
    submission: str
    taken: Callable[[Sample], int]


def joe(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(JoeServer())
    account = JoeAccount(server.api_url, "test-key", accept_tac=True, timeouts=timeouts)

    def taken(sample: Sample) -> int:
        whole = [one for one in server.world.submissions.values() if one.complete_at is not None]
        return sum(one.comments == sample.key for one in whole)

    return Door(JoeSandbox(account), server, "submission/new", taken)


def joe_content(stack: ExitStack, timeouts: Timeouts) -> Door:
    """The same with the fault at the upload of the content, which follows the submission."""
    door = joe(stack, timeouts)
    door.submission = "submission/chunked-sample"
    return door


def cape(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(CapeServer())

    def taken(sample: Sample) -> int:
        return sum(task["custom"] == sample.key for task in server.tasks.values())

    return Door(CapeSandbox(rest(server, timeouts)), server, "tasks/create/file/", taken)


def assemblyline(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(AssemblyLineServer())

    def taken(sample: Sample) -> int:
        return sum(one["metadata"]["mail_monitor"] == sample.key for one in server.submissions.values())

    return Door(AssemblyLineSandbox(rest(server, timeouts)), server, "submit/", taken)


def virustotal(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(VirusTotalServer())
    sandbox = VirusTotalSandbox(rest(server, timeouts), VirusTotalProfile(upload=True))

    def taken(sample: Sample) -> int:
        return sum(call.get("uploaded") == f"files/{sample.digest}" for call in server.ledger.calls("files"))

    return Door(sandbox, server, "files", taken)


def rest(server: FakeServer, timeouts: Timeouts) -> RestAccount:
    return RestAccount(server.url, key="test-key", user="mail", timeouts=timeouts)


DOORS = {"joe": joe, "joe content": joe_content, "cape": cape, "assemblyline": assemblyline, "virustotal": virustotal}


@dataclass
class Clock:
    """How long the pipeline would wait in all since the fault ended, and how much of it for searches."""

    door: Door
    waited: timedelta = timedelta(0)
    for_searches: timedelta = timedelta(0)

    def wait(self, span: timedelta) -> None:
        self.waited = span if self.door.server.faults.left else self.waited + span

    def search_after(self, number: int) -> None:
        """The pause before the search of this number (from 0) after the answer was lost."""
        span = settings.SEARCH_AFTER[number] - (settings.SEARCH_AFTER[number - 1] if number else timedelta(0))
        self.wait(span)
        self.for_searches += span

    @property
    def is_late(self) -> bool:
        """Whether it took longer than five minutes, those apart that a lost answer is looked up in."""
        return self.waited - self.for_searches > LATE


def round_of(door: Door, fault: str, *, at_submission: bool, clock: Clock | None = None) -> str:
    """One sample through the fault; what came of it: fine, clean, double, late or stuck."""
    clock = clock or Clock(door)
    content = b"MALWARE " + uuid.uuid4().bytes
    sample = Sample(
        key=f"mm:{uuid.uuid4()}",
        digest=hashlib.sha256(content).hexdigest(),
        name=f"{uuid.uuid4()}.exe",
        content=content,
    )
    if at_submission:
        door.server.faults.add(door.submission, fault)
    submitted = submit(door.sandbox, sample, clock)
    door.server.faults.clear()
    if not at_submission:
        door.server.faults.add("*", fault, count=2)
    report = submitted and (submitted.report or poll(door.sandbox, submitted, sample, clock))
    door.server.faults.clear()
    if report is None:
        return "stuck"
    if report.verdict is not Verdict.MALICIOUS:
        return str(report.verdict)
    if door.taken(sample) != 1:
        return "double"
    return "late" if clock.is_late else "fine"


def submit(sandbox: Sandbox, sample: Sample, clock: Clock) -> Submitted | None:
    for tries in range(TRIES):
        try:
            return sandbox.submit(sample)
        except SandboxError as error:
            if error.permanent:
                return None
            if not error.unknown:
                clock.wait(analysis.wait(tries, error))
            elif found := search(sandbox, sample, clock):
                return found
    return None


def search(sandbox: Sandbox, sample: Sample, clock: Clock) -> Submitted | None:
    """Look it up until found or until that many searches have found nothing; one that fails does not count."""
    empty = 0
    clock.search_after(empty)
    while empty < SEARCHES:
        try:
            if found := sandbox.find(sample):
                return found
            empty += 1
            if empty < SEARCHES:
                clock.search_after(empty)
        except SandboxError as error:
            clock.wait(analysis.wait(empty, error))
    return None


def poll(sandbox: Sandbox, submitted: Submitted, sample: Sample, clock: Clock) -> Report | None:
    for tries in range(POLLS):
        try:
            if report := sandbox.poll(submitted.reference, sample):
                return report
        except SandboxError as error:
            if error.permanent:
                return None
            clock.wait(analysis.wait(tries, error))
    return None


def campaign(names: list[str], repeat: int) -> Counter[tuple[str, str, str]]:
    """How often what came of it, by sandbox and fault."""
    outcomes: Counter[tuple[str, str, str]] = Counter()
    for name in names:
        for fault in FAULTS:
            with ExitStack() as stack:
                door = DOORS[name](stack, QUICK if fault in SLOW else PATIENT)
                door.server.drip_seconds = 0.05
                clocks = [Clock(door) for _ in range(repeat)]
                for number, clock in enumerate(clocks):
                    outcome = round_of(door, fault, at_submission=number % 2 == 0, clock=clock)
                    outcomes[name, fault, outcome] += 1
            longest = max(clocks, key=lambda clock: clock.waited)
            told = f"longest wait after the fault {longest.waited}, {longest.for_searches} of it for searches"
            print(f"{name:13} {fault:16} {outcomes[name, fault, 'fine']} of {repeat} fine; {told}", flush=True)
    return outcomes


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=200)
    parser.add_argument("--sandbox", action="append", choices=list(DOORS), help="only this one; may be given again")
    options, started = parser.parse_args(arguments), time.monotonic()
    names = options.sandbox or list(DOORS)
    outcomes = campaign(names, options.repeat)
    bad = {key: count for key, count in outcomes.items() if key[2] != "fine"}
    for (name, fault, outcome), count in sorted(bad.items()):
        print(f"{name:13} {fault:16} {outcome:10} {count}")
    rounds = sum(outcomes.values())
    late = sum(count for (_, _, outcome), count in outcomes.items() if outcome in ("late", "stuck"))
    print(f"stuck over 5 minutes of simulated time after the fault ended: {late}")
    print(f"{rounds} rounds, {len(FAULTS)} faults, {len(names)} sandboxes, {sum(bad.values())} not fine")
    print(f"{time.monotonic() - started:.0f} s")
    if bad:
        sys.exit(1)
