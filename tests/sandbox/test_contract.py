"""What every adapter promises, whichever vendor stands behind it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from submissions.sandbox.assemblyline import AssemblyLineSandbox
from submissions.sandbox.base import Sandbox, SandboxError
from submissions.sandbox.cape import CapeSandbox
from submissions.sandbox.fake import FakeSandbox
from submissions.sandbox.http import Timeouts
from submissions.sandbox.joe import JoeSandbox
from submissions.sandbox.virustotal import VirusTotalProfile, VirusTotalSandbox
from submissions.verdicts import Verdict
from tests.fakes.assemblyline_server import AssemblyLineServer
from tests.fakes.cape_server import CapeServer
from tests.fakes.faults import Faults
from tests.fakes.joe_server import JoeServer
from tests.fakes.virustotal_server import VirusTotalServer
from tests.sandbox.conftest import PATIENT, QUICK, account_at, file_sample, rest_account, url_sample, without_content


@dataclass
class Door:
    """An adapter and the faults of the server behind it."""

    sandbox: Sandbox
    faults: Faults


def joe_door(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(JoeServer())
    return Door(JoeSandbox(account_at(server, timeouts=timeouts)), server.faults)


def cape_door(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(CapeServer())
    return Door(CapeSandbox(rest_account(server, timeouts=timeouts)), server.faults)


def virustotal_door(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(VirusTotalServer())
    return Door(
        VirusTotalSandbox(rest_account(server, timeouts=timeouts), VirusTotalProfile(upload=True)), server.faults
    )


def assemblyline_door(stack: ExitStack, timeouts: Timeouts) -> Door:
    server = stack.enter_context(AssemblyLineServer())
    return Door(AssemblyLineSandbox(rest_account(server, timeouts=timeouts)), server.faults)


DOORS: dict[str, Callable[[ExitStack, Timeouts], Door]] = {
    "joe": joe_door,
    "cape": cape_door,
    "virustotal": virustotal_door,
    "assemblyline": assemblyline_door,
    "fake": lambda *_: Door(FakeSandbox(), Faults()),
}
NETWORKED = sorted(DOORS.keys() - {"fake"})


@pytest.fixture(params=sorted(DOORS))
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    with ExitStack() as stack:
        yield DOORS[request.param](stack, PATIENT)


@pytest.mark.parametrize(
    ("marker", "verdict"), [("fine", Verdict.CLEAN), ("SUSPICIOUS", Verdict.SUSPICIOUS), ("MALWARE", Verdict.MALICIOUS)]
)
def test_it_judges_files_and_urls(door: Door, marker: str, verdict: Verdict) -> None:
    samples = [file_sample(marker.encode()), url_sample(f"https://{marker.lower()}.example/x")]

    reports = [door.sandbox.poll(door.sandbox.submit(sample).reference, without_content(sample)) for sample in samples]

    assert [report.verdict for report in reports if report] == [verdict, verdict]
    assert all(0 <= (report.score or 0) <= 100 for report in reports if report)


def test_it_finds_what_was_submitted_and_nothing_else(door: Door) -> None:
    sample = file_sample()
    door.sandbox.submit(sample)

    found = door.sandbox.find(without_content(sample))

    assert found is not None
    report = found.report or door.sandbox.poll(found.reference, sample)
    assert report is not None
    assert report.verdict is Verdict.CLEAN
    assert door.sandbox.find(file_sample(b"never submitted")) is None


def test_it_refuses_an_empty_file_for_good(door: Door) -> None:
    with pytest.raises(SandboxError) as raised:
        door.sandbox.submit(file_sample(b""))

    assert raised.value.permanent


def test_it_gives_no_report_on_what_it_does_not_know(door: Door) -> None:
    with pytest.raises(SandboxError):
        door.sandbox.poll("4711", file_sample())


def test_a_reference_fits_its_column(door: Door) -> None:
    assert 0 < len(door.sandbox.submit(file_sample()).reference) <= 200


@pytest.mark.parametrize("door", NETWORKED, indirect=True)
@pytest.mark.parametrize("mode", ["429", "500", "503", "html-200", "wrong-types", "empty", "redirect", "cut"])
def test_no_fault_becomes_a_verdict(door: Door, mode: str) -> None:
    sample = file_sample()
    reference = door.sandbox.submit(sample).reference
    door.faults.add("*", mode, count=50)

    for question in (lambda: door.sandbox.poll(reference, sample), lambda: door.sandbox.submit(sample)):
        with pytest.raises(SandboxError):
            question()


@pytest.mark.parametrize("name", NETWORKED)
@pytest.mark.parametrize("mode", ["hang", "drip-headers"])
def test_each_call_ends_in_time(name: str, mode: str) -> None:
    with ExitStack() as stack:
        door = DOORS[name](stack, QUICK)
        door.faults.add("*", mode, count=50)
        started = time.monotonic()

        with pytest.raises(SandboxError):
            door.sandbox.submit(file_sample())

        assert time.monotonic() - started < QUICK.total + 3
