"""VirusTotal is asked, not fed: uploads only where somebody switched them on."""

from collections.abc import Iterator

import pytest

from submissions.sandbox.base import SandboxError
from submissions.sandbox.virustotal import VirusTotalProfile, VirusTotalSandbox
from submissions.verdicts import Verdict
from tests.fakes.virustotal_server import VirusTotalServer
from tests.sandbox.conftest import file_sample, rest_account, url_sample


@pytest.fixture
def server() -> Iterator[VirusTotalServer]:
    with VirusTotalServer() as running:
        yield running


@pytest.fixture
def virustotal(server: VirusTotalServer) -> VirusTotalSandbox:
    return VirusTotalSandbox(rest_account(server))


def test_a_known_file_is_judged_at_once(virustotal: VirusTotalSandbox, server: VirusTotalServer) -> None:
    server.learn(content=b"MALWARE")

    report = virustotal.submit(file_sample(b"MALWARE")).report

    assert report is not None
    assert (report.verdict, report.score, report.cached) == (Verdict.MALICIOUS, 60, True)
    assert report.threat_names == ("trojan.demo",)
    assert report.reasons[0].words == "42 of 70 engines speak against it"
    assert report.report_url.startswith("https://www.virustotal.com/gui/file/")
    assert report.analysed_at is not None


def test_a_known_url_is_judged_at_once(virustotal: VirusTotalSandbox, server: VirusTotalServer) -> None:
    server.learn(url="https://suspicious.example/x?y=ü")

    report = virustotal.submit(url_sample("https://suspicious.example/x?y=ü")).report

    assert report is not None
    assert report.verdict is Verdict.SUSPICIOUS


def test_what_is_not_known_stays_unknown_and_is_never_uploaded(
    virustotal: VirusTotalSandbox, server: VirusTotalServer
) -> None:
    reports = [virustotal.submit(sample).report for sample in (file_sample(), url_sample())]

    assert [report.verdict for report in reports if report] == [Verdict.UNKNOWN, Verdict.UNKNOWN]
    assert all(call["method"] == "GET" for call in server.ledger.calls())
    assert virustotal.repeatable


def test_what_was_only_looked_up_is_referred_to_by_itself(virustotal: VirusTotalSandbox) -> None:
    one, other = file_sample(b"one"), file_sample(b"other")

    assert virustotal.submit(one).reference == f"known:{one.digest}"
    assert virustotal.submit(other).reference == f"known:{other.digest}"


def test_an_upload_is_polled_until_it_is_complete(server: VirusTotalServer) -> None:
    virustotal = VirusTotalSandbox(rest_account(server), VirusTotalProfile(upload=True))
    sample = file_sample(b"SUSPICIOUS")
    server.finished = False

    submitted = virustotal.submit(sample)
    waiting = virustotal.poll(submitted.reference, sample)
    server.finished = True
    report = virustotal.poll(submitted.reference, sample)

    assert waiting is None
    assert report is not None
    assert (report.verdict, report.cached) == (Verdict.SUSPICIOUS, False)
    assert not virustotal.repeatable


def test_few_engines_do_not_make_it_clean(virustotal: VirusTotalSandbox, server: VirusTotalServer) -> None:
    address = server.learn(content=b"fine")
    server.known[address]["attributes"]["last_analysis_stats"] = {"harmless": 3, "undetected": 2}

    report = virustotal.submit(file_sample(b"fine")).report

    assert report is not None
    assert report.verdict is Verdict.UNKNOWN


def test_a_file_that_nobody_has_analysed_is_not_known(virustotal: VirusTotalSandbox, server: VirusTotalServer) -> None:
    address = server.learn(content=b"fine")
    server.known[address]["attributes"]["last_analysis_stats"] = {}

    assert virustotal.search_known(file_sample(b"fine")) is None


def test_the_thresholds_are_the_admins(server: VirusTotalServer) -> None:
    server.learn(content=b"SUSPICIOUS")
    strict = VirusTotalSandbox(rest_account(server), VirusTotalProfile(malicious_from=1))

    report = strict.submit(file_sample(b"SUSPICIOUS")).report

    assert report is not None
    assert report.verdict is Verdict.MALICIOUS


def test_the_verdict_of_another_file_is_not_taken(virustotal: VirusTotalSandbox, server: VirusTotalServer) -> None:
    address = server.learn(content=b"fine")
    server.known[address]["id"] = "0" * 64

    with pytest.raises(SandboxError, match="something else"):
        virustotal.submit(file_sample(b"fine"))


@pytest.mark.parametrize(("mode", "kind"), [("quota", "quota"), ("401", "auth"), ("403", "permission")])
def test_refusals_have_names(virustotal: VirusTotalSandbox, server: VirusTotalServer, mode: str, kind: str) -> None:
    server.faults.add("*", mode)

    with pytest.raises(SandboxError) as raised:
        virustotal.submit(file_sample())

    assert (raised.value.kind, raised.value.unknown) == (kind, False)


def test_what_is_too_large_is_refused_before_it_is_sent(server: VirusTotalServer) -> None:
    virustotal = VirusTotalSandbox(rest_account(server), VirusTotalProfile(upload=True))

    with pytest.raises(SandboxError) as raised:
        virustotal.submit(file_sample(b"x" * (32 * 2**20 + 1)))

    assert raised.value.permanent
    assert len(server.ledger.calls()) == 1


def test_the_key_is_in_no_error(server: VirusTotalServer) -> None:
    with pytest.raises(SandboxError) as raised:
        VirusTotalSandbox(rest_account(server, key="s3cret")).submit(file_sample())

    assert raised.value.kind == "auth"
    assert "s3cret" not in f"{raised.value}{raised.value!r}{rest_account(server, key='s3cret')!r}"
