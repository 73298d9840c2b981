"""What is peculiar to AssemblyLine 4: bands of a score, our key as metadata, errors of single services."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from submissions.sandbox.assemblyline import AssemblyLineProfile, AssemblyLineSandbox
from submissions.sandbox.base import Report, Sample, SandboxError
from submissions.verdicts import Verdict
from tests.fakes.assemblyline_server import AssemblyLineServer
from tests.sandbox.conftest import file_sample, rest_account, url_sample, without_content


@pytest.fixture
def server() -> Iterator[AssemblyLineServer]:
    with AssemblyLineServer() as running:
        yield running


@pytest.fixture
def assemblyline(server: AssemblyLineServer) -> AssemblyLineSandbox:
    return AssemblyLineSandbox(rest_account(server))


def judged(assemblyline: AssemblyLineSandbox, sample: Sample) -> Report:
    report = assemblyline.poll(assemblyline.submit(sample).reference, without_content(sample))
    assert report is not None
    return report


def test_the_profile_the_key_and_a_password_reach_the_server(server: AssemblyLineServer) -> None:
    sample = replace(file_sample(), password="1234")
    profile = AssemblyLineProfile(submission_profile="static", priority=500, ttl=7)

    AssemblyLineSandbox(rest_account(server), profile).submit(sample)

    wanted = json.loads(server.ledger.calls("submit/")[0]["fields"]["json"][0])
    assert wanted["metadata"] == {"mail_monitor": sample.key}
    assert wanted["submission_profile"] == "static"
    assert (wanted["params"]["ttl"], wanted["params"]["priority"]) == (7, 500)
    assert json.loads(wanted["params"]["initial_data"]) == {"passwords": ["1234"]}


@pytest.mark.parametrize(
    ("score", "verdict"),
    [(-1000, Verdict.CLEAN), (299, Verdict.CLEAN), (300, Verdict.SUSPICIOUS), (1000, Verdict.MALICIOUS)],
)
def test_the_score_falls_into_bands(
    assemblyline: AssemblyLineSandbox, server: AssemblyLineServer, score: int, verdict: Verdict
) -> None:
    sample = file_sample()
    reference = assemblyline.submit(sample).reference
    server.submissions[reference]["max_score"] = score

    report = assemblyline.poll(reference, sample)

    assert report is not None
    assert report.verdict is verdict
    assert 0 <= (report.score or 0) <= 100


def test_a_service_that_failed_takes_away_a_clean(
    assemblyline: AssemblyLineSandbox, server: AssemblyLineServer
) -> None:
    server.error_count = 1

    assert judged(assemblyline, file_sample()).verdict is Verdict.UNKNOWN
    assert judged(assemblyline, file_sample(b"MALWARE")).verdict is Verdict.MALICIOUS


def test_a_submission_without_a_score_is_no_verdict(
    assemblyline: AssemblyLineSandbox, server: AssemblyLineServer
) -> None:
    sample = url_sample()
    reference = assemblyline.submit(sample).reference
    server.submissions[reference]["max_score"] = None

    report = assemblyline.poll(reference, sample)

    assert report is not None
    assert report.verdict is Verdict.UNKNOWN


def test_it_waits_until_the_state_is_final(assemblyline: AssemblyLineSandbox, server: AssemblyLineServer) -> None:
    sample = file_sample()
    reference = assemblyline.submit(sample).reference

    server.state = "submitted"
    waiting = assemblyline.poll(reference, sample)
    server.state = "failed"
    with pytest.raises(SandboxError) as raised:
        assemblyline.poll(reference, sample)

    assert waiting is None
    assert (raised.value.kind, raised.value.permanent) == ("analysis", True)


def test_the_submission_of_somebody_else_is_not_taken(assemblyline: AssemblyLineSandbox) -> None:
    reference = assemblyline.submit(file_sample(b"other")).reference

    with pytest.raises(SandboxError, match="somebody else"):
        assemblyline.poll(reference, file_sample(b"ours"))


def test_the_verdict_of_another_file_is_not_taken(
    assemblyline: AssemblyLineSandbox, server: AssemblyLineServer
) -> None:
    sample = file_sample()
    reference = assemblyline.submit(sample).reference
    server.submissions[reference]["files"] = [{"name": "x", "sha256": "0" * 64}]

    with pytest.raises(SandboxError, match="something else"):
        assemblyline.poll(reference, sample)


def test_a_vanished_submission_fails_for_good(assemblyline: AssemblyLineSandbox, server: AssemblyLineServer) -> None:
    sample = file_sample()
    reference = assemblyline.submit(sample).reference
    server.submissions.clear()

    with pytest.raises(SandboxError) as raised:
        assemblyline.poll(reference, sample)

    assert raised.value.permanent


@pytest.mark.parametrize("mode", ["cut-after", "truncated", "502-after"])
def test_a_lost_answer_is_found_by_our_key(
    assemblyline: AssemblyLineSandbox, server: AssemblyLineServer, mode: str
) -> None:
    server.faults.add("submit/", mode)
    sample = file_sample()

    with pytest.raises(SandboxError) as raised:
        assemblyline.submit(sample)
    found = assemblyline.find(sample)

    assert raised.value.unknown
    assert found is not None
    assert assemblyline.poll(found.reference, sample) is not None


def test_it_reuses_a_completed_submission_of_the_same_file(assemblyline: AssemblyLineSandbox) -> None:
    judged(assemblyline, file_sample(b"SUSPICIOUS"))

    known = assemblyline.search_known(file_sample(b"SUSPICIOUS"))

    assert known is not None
    assert (known.verdict, known.cached) == (Verdict.SUSPICIOUS, True)
    assert assemblyline.search_known(file_sample(b"never seen")) is None


def test_a_used_up_quota_is_no_open_outcome(assemblyline: AssemblyLineSandbox, server: AssemblyLineServer) -> None:
    server.faults.add("submit/", "quota")

    with pytest.raises(SandboxError) as raised:
        assemblyline.submit(file_sample())

    assert (raised.value.kind, raised.value.unknown) == ("offline", False)
