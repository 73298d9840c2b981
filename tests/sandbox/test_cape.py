"""What is peculiar to CAPEv2: errors with HTTP 200, status words, scores without words."""

from collections.abc import Iterator

import pytest

from submissions.sandbox.base import Report, Sample, SandboxError, Submitted
from submissions.sandbox.cape import CapeProfile, CapeSandbox
from submissions.verdicts import Verdict
from tests.fakes.cape_server import CapeServer
from tests.sandbox.conftest import file_sample, rest_account, url_sample, without_content


@pytest.fixture
def server() -> Iterator[CapeServer]:
    with CapeServer() as running:
        yield running


@pytest.fixture
def cape(server: CapeServer) -> CapeSandbox:
    return CapeSandbox(rest_account(server))


def judged(cape: CapeSandbox, sample: Sample) -> Report:
    report = cape.poll(cape.submit(sample).reference, without_content(sample))
    assert report is not None
    return report


def test_the_profile_and_our_key_reach_the_server(server: CapeServer) -> None:
    sample = file_sample()

    CapeSandbox(rest_account(server), CapeProfile(machine="win10", timeout=120, tags="x64")).submit(sample)

    fields = server.ledger.calls("tasks/create/file/")[0]["fields"]
    assert fields == {"machine": ["win10"], "timeout": ["120"], "tags": ["x64"], "custom": [sample.key]}


def test_a_report_carries_family_signatures_and_link(cape: CapeSandbox) -> None:
    report = judged(cape, file_sample(b"MALWARE"))

    assert (report.verdict, report.score, report.threat_names) == (Verdict.MALICIOUS, 90, ("Emotet",))
    assert [reason.words for reason in report.reasons] == ["It runs a macro"]
    assert report.report_url == "https://sandbox.example/analysis/1/"


@pytest.mark.parametrize("state", ["pending", "running", "completed", "distributed", "recovered", "something-new"])
def test_a_task_that_is_not_reported_is_still_running(cape: CapeSandbox, server: CapeServer, state: str) -> None:
    server.status = state
    sample = file_sample()

    assert cape.poll(cape.submit(sample).reference, sample) is None


@pytest.mark.parametrize("state", ["failed_analysis", "failed_processing", "failed_reporting", "banned"])
def test_a_failed_task_fails_for_good(cape: CapeSandbox, server: CapeServer, state: str) -> None:
    server.status = state
    sample = file_sample()

    with pytest.raises(SandboxError) as raised:
        cape.poll(cape.submit(sample).reference, sample)

    assert (raised.value.kind, raised.value.permanent) == ("analysis", True)


@pytest.mark.parametrize(("word", "verdict"), [("Undetected", Verdict.UNKNOWN), ("Novel", Verdict.UNKNOWN)])
def test_the_word_counts_before_the_score(cape: CapeSandbox, server: CapeServer, word: str, verdict: Verdict) -> None:
    server.malstatus = {"clean": word}

    assert judged(cape, file_sample()).verdict is verdict


def test_a_run_that_failed_is_no_verdict(cape: CapeSandbox, server: CapeServer) -> None:
    server.malstatus = {"clean": "Failed"}

    with pytest.raises(SandboxError, match="could not run"):
        judged(cape, file_sample())


def test_errors_during_the_run_take_away_a_clean(cape: CapeSandbox, server: CapeServer) -> None:
    server.errors = ["The machine did not answer"]

    assert judged(cape, file_sample()).verdict is Verdict.UNKNOWN
    assert judged(cape, file_sample(b"MALWARE")).verdict is Verdict.MALICIOUS


def test_the_whole_report_serves_where_no_small_one_is_written(cape: CapeSandbox, server: CapeServer) -> None:
    server.lite = False

    assert judged(cape, file_sample(b"SUSPICIOUS")).verdict is Verdict.SUSPICIOUS


def test_errors_that_come_with_http_200_are_errors(cape: CapeSandbox, server: CapeServer) -> None:
    kinds = {}
    for mode in ("disabled", "database"):
        server.faults.add("tasks/create/file/", mode)
        with pytest.raises(SandboxError) as raised:
            cape.submit(file_sample())
        kinds[mode] = (raised.value.kind, raised.value.permanent, raised.value.unknown)

    assert kinds == {"disabled": ("permission", False, False), "database": ("offline", False, False)}


def test_a_machine_that_does_not_exist_fails_for_good(server: CapeServer) -> None:
    with pytest.raises(SandboxError, match="does not exist") as raised:
        CapeSandbox(rest_account(server), CapeProfile(machine="win95")).submit(file_sample())

    assert raised.value.permanent


def test_a_wrong_token_is_an_auth_error_without_the_token(server: CapeServer) -> None:
    with pytest.raises(SandboxError) as raised:
        CapeSandbox(rest_account(server, key="s3cret")).submit(file_sample())

    assert raised.value.kind == "auth"
    assert "s3cret" not in str(raised.value)


def test_the_verdict_of_another_file_is_not_taken(cape: CapeSandbox) -> None:
    ours, other = file_sample(b"ours"), file_sample(b"other")
    reference = cape.submit(other).reference

    with pytest.raises(SandboxError, match="somebody else"):
        cape.poll(reference, ours)


def test_another_digest_under_our_key_accuses_but_does_not_acquit(cape: CapeSandbox, server: CapeServer) -> None:
    sample = file_sample()
    reference = cape.submit(sample).reference
    server.tasks[1]["sample"] = {"sha256": "0" * 64}

    report = cape.poll(reference, sample)

    assert report is not None
    assert report.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("mode", ["cut-after", "truncated", "502-after"])
@pytest.mark.parametrize("sample", [file_sample(), url_sample()], ids=["file", "url"])
def test_a_lost_answer_is_found_by_our_key(cape: CapeSandbox, server: CapeServer, mode: str, sample: Sample) -> None:
    server.faults.add(f"tasks/create/{sample.kind}/", mode)

    with pytest.raises(SandboxError) as raised:
        cape.submit(sample)
    found = cape.find(sample)

    assert raised.value.unknown
    assert found is not None
    assert found.reference == "1"


def test_it_reuses_a_reported_task_of_the_same_file(cape: CapeSandbox, server: CapeServer) -> None:
    judged(cape, file_sample(b"MALWARE"))

    known = cape.search_known(file_sample(b"MALWARE"))
    server.status = "running"

    assert known is not None
    assert (known.verdict, known.cached) == (Verdict.MALICIOUS, True)
    assert cape.search_known(file_sample(b"MALWARE")) is None
    assert cape.search_known(file_sample(b"never seen")) is None
    assert cape.search_known(url_sample()) is None


def test_the_worst_of_several_tasks_decides(cape: CapeSandbox, server: CapeServer) -> None:
    server.parts = 3
    sample = file_sample(name="a.zip", media_type="application/zip")
    reference = cape.submit(sample).reference
    server.tasks[2]["word"] = "suspicious"

    report = cape.poll(reference, sample)

    assert report is not None
    assert (report.verdict, report.external_ids) == (Verdict.SUSPICIOUS, ("1", "2", "3"))


def test_more_tasks_than_are_followed_are_never_clean(cape: CapeSandbox, server: CapeServer) -> None:
    server.parts = 16
    sample = file_sample(name="a.zip", media_type="application/zip")

    reference = cape.submit(sample).reference
    report = cape.poll(reference, sample)

    assert report is not None
    assert report.verdict is Verdict.UNKNOWN
    assert len(reference) <= 200
    assert cape.find(sample) == Submitted(reference)
