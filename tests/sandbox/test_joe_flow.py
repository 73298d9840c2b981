"""Joe Sandbox from submission to report, on a strict server."""

import hashlib
from dataclasses import replace

import pytest

from submissions.sandbox.base import SandboxError
from submissions.sandbox.http import Timeouts
from submissions.sandbox.joe import JoeAccount, JoeProfile, JoeSandbox
from submissions.verdicts import Verdict
from tests.fakes.joe_server import JoeServer
from tests.sandbox.conftest import account_at, file_sample, url_sample, without_content


def test_it_submits_a_file_and_reads_its_report(joe: JoeSandbox, server: JoeServer) -> None:
    sample = file_sample(b"MALWARE inside")

    submitted = joe.submit(sample)
    report = joe.poll(submitted.reference, without_content(sample))

    assert report is not None
    assert (report.verdict, report.score, report.threat_names) == (Verdict.MALICIOUS, 92, ("Demo.Trojan",))
    assert report.report_url == "https://joe.example/analysis/501/0/html"
    assert report.external_ids == ("501",)
    assert report.analysed_at is not None
    assert report.runs[0]["system"] == "w10x64_office"
    assert not report.cached


def test_it_submits_a_url(joe: JoeSandbox) -> None:
    sample = url_sample("https://suspicious.example/login")

    report = joe.poll(joe.submit(sample).reference, sample)

    assert report is not None
    assert report.verdict is Verdict.SUSPICIOUS


def test_the_whole_file_arrives_in_chunks(server: JoeServer) -> None:
    content = bytes(range(256)) * 4096 * 23
    sample = file_sample(content, name="big.bin")
    joe = JoeSandbox(account_at(server, timeouts=Timeouts(connect=5, read=20, total=60)))

    joe.submit(sample)

    chunks = server.ledger.calls("submission/chunked-sample")
    assert [chunk["files"]["chunk"]["size"] for chunk in chunks] == [10 * 2**20, 10 * 2**20, 3 * 2**20]
    assert chunks[-1]["sha256"] == hashlib.sha256(content).hexdigest()


def test_our_key_stands_in_the_comments(joe: JoeSandbox, server: JoeServer) -> None:
    sample = file_sample()

    joe.submit(sample)

    assert server.ledger.calls("submission/new")[0]["fields"]["comments"] == [sample.key]


def test_the_profile_reaches_the_server(server: JoeServer) -> None:
    profile = JoeProfile(
        systems=("w7x64", "w10x64_office"),
        tags=("mail", "soc"),
        comment="from mail",
        internet_access=True,
        report_cache=False,
        document_password="1234",
        archive_password="infected",
        analysis_time=120,
        delete_after_days=30,
    )
    sample = file_sample()

    JoeSandbox(account_at(server), profile).submit(sample)

    fields = server.ledger.calls("submission/new")[0]["fields"]
    assert fields["systems[]"] == ["w7x64", "w10x64_office"]
    assert fields["tags[]"] == ["mail", "soc"]
    assert fields["comments"] == [f"from mail {sample.key}"]
    assert (fields["internet-access"], fields["report-cache"], fields["url-reputation"]) == (["1"], ["0"], ["0"])
    assert (fields["office-files-password"], fields["archive-password"]) == (["1234"], ["infected"])
    assert (fields["analysis-time"], fields["delete-after-days"]) == (["120"], ["30"])


def test_each_edition_gets_the_parameters_it_knows(server: JoeServer) -> None:
    profile = JoeProfile(priority=5, delete_after_days=30)

    JoeSandbox(account_at(server), profile).submit(file_sample())
    server.cloud = False
    JoeSandbox(account_at(server), profile).submit(file_sample())

    cloud, on_premise = [set(call["fields"]) for call in server.ledger.calls("submission/new")]
    assert cloud - on_premise == {"delete-after-days", "url-reputation"}
    assert on_premise - cloud == {"priority"}


@pytest.mark.parametrize(
    ("api_url", "cloud"),
    [
        ("https://jbxcloud.joesecurity.org/api", True),
        ("https://www.joesandbox.com/api", True),
        ("https://joe.corp.example/joesandbox/index.php/api", False),
    ],
)
def test_the_edition_is_known_by_the_address(api_url: str, cloud: bool) -> None:
    assert JoeAccount(api_url, "key").is_cloud is cloud
    assert JoeAccount(api_url, "key", cloud=not cloud).is_cloud is not cloud


def test_it_says_still_running_until_joe_has_finished(joe: JoeSandbox, server: JoeServer) -> None:
    server.world.delays = (60, 60, 60)
    sample = file_sample()
    reference = joe.submit(sample).reference

    waiting = joe.poll(reference, sample)
    server.world.delays = (0, 0, 60)
    running = joe.poll(reference, sample)
    server.world.delays = (0, 0, 0)
    finished = joe.poll(reference, sample)

    assert waiting is None
    assert running is None
    assert finished is not None


def test_an_empty_file_is_refused_before_anything_is_sent(joe: JoeSandbox, server: JoeServer) -> None:
    with pytest.raises(SandboxError) as raised:
        joe.submit(file_sample(b""))

    assert (raised.value.kind, raised.value.permanent) == ("unsupported", True)
    assert server.ledger.calls() == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\r\nb\x00.exe", "\u202efdp.exe", "\udc80.doc", "", "x" * 5000 + ".js"]
)
def test_hostile_names_are_sent_harmless(joe: JoeSandbox, server: JoeServer, name: str) -> None:
    joe.submit(file_sample(name=name))

    [sent] = server.ledger.calls("submission/new")[0]["fields"]["chunked-sample"]
    assert sent.isprintable()
    assert "/" not in sent
    assert 0 < len(sent) <= 200


def test_it_reads_nothing_from_the_environment(server: JoeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"JBX_API_KEY": "x", "JBX_API_URL": "http://127.0.0.1:9", "JBX_ACCEPT_TAC": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert JoeSandbox(account_at(server)).submit(file_sample()).reference


def test_it_finds_a_submission_by_our_key(joe: JoeSandbox, server: JoeServer) -> None:
    sample, other = file_sample(), file_sample()
    joe.submit(other)
    reference = joe.submit(sample).reference

    found = joe.find(sample)

    assert found is not None
    assert found.reference == reference
    assert joe.find(file_sample()) is None


def test_it_finds_it_on_servers_that_answer_with_bare_ids(joe: JoeSandbox, server: JoeServer) -> None:
    server.bare_hits = True
    sample = file_sample()
    reference = joe.submit(sample).reference

    found = joe.find(sample)

    assert found is not None
    assert found.reference == reference


def test_a_submission_that_no_list_shows_is_followed_by_its_analysis(joe: JoeSandbox, server: JoeServer) -> None:
    sample = file_sample(b"SUSPICIOUS")
    joe.submit(sample)
    server.faults.add("submission/list", "none-listed")

    found = joe.find(sample)

    assert found is not None
    assert found.reference == "analysis:501"
    report = joe.poll(found.reference, sample)
    assert report is not None
    assert report.verdict is Verdict.SUSPICIOUS


def test_it_reuses_what_joe_already_knows(joe: JoeSandbox, server: JoeServer) -> None:
    content = b"MALWARE seen before"
    joe.submit(file_sample(content))

    known = joe.search_known(file_sample(content))

    assert known is not None
    assert (known.verdict, known.cached) == (Verdict.MALICIOUS, True)
    assert joe.search_known(file_sample(b"never seen")) is None
    assert len(server.ledger.calls("submission/new")) == 1


def test_it_reuses_a_known_url_but_not_a_longer_one(joe: JoeSandbox) -> None:
    joe.submit(url_sample("https://malware.example/a"))

    assert joe.search_known(url_sample("https://malware.example/a")) is not None
    assert joe.search_known(url_sample("https://malware.example/")) is None


def test_a_mail_is_taken_apart_and_the_worst_part_decides(joe: JoeSandbox) -> None:
    content = (
        b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
        b"--q\r\nContent-Type: text/plain\r\n\r\nSee https://suspicious.example/x now\r\n"
        b"--q\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=run.exe\r\n\r\n"
        b"harmless\r\n--q--\r\n"
    )
    sample = file_sample(content, name="reported.eml", media_type="message/rfc822")

    report = joe.poll(joe.submit(sample).reference, without_content(sample))

    assert report is not None
    assert report.verdict is Verdict.SUSPICIOUS
    assert [(part.kind, part.name, part.report.verdict) for part in report.parts] == [
        ("url", "https://suspicious.example/x", Verdict.SUSPICIOUS),
        ("file", "run.exe", Verdict.CLEAN),
    ]
    assert report.parts[0].digest == hashlib.sha256(b"https://suspicious.example/x").hexdigest()
    assert report.parts[1].digest == hashlib.sha256(b"harmless").hexdigest()


def test_it_tells_about_the_account(joe: JoeSandbox, server: JoeServer) -> None:
    server.world.quota_limit = 30
    joe.submit(file_sample())

    state = joe.account_state()

    assert (state.online, state.queue) == (True, 3)
    assert [(quota.period, quota.limit, quota.remaining) for quota in state.quotas] == [
        ("daily", 30, 29),
        ("monthly", 30, 29),
    ]
    assert "w7x64" in state.systems


def test_an_on_premise_server_has_no_quota(joe: JoeSandbox, server: JoeServer) -> None:
    server.cloud = False

    assert joe.account_state().quotas == ()


def test_maintenance_is_told_as_offline(joe: JoeSandbox, server: JoeServer) -> None:
    server.world.online = False

    assert not joe.account_state().online


@pytest.mark.parametrize("report_format", ["html", "pdf", "iocjson"])
def test_reports_can_be_downloaded(joe: JoeSandbox, server: JoeServer, report_format: str) -> None:
    sample = file_sample()
    report = joe.poll(joe.submit(sample).reference, sample)
    assert report is not None

    download = joe.download(report.external_ids[0], report_format)

    with download.file as file:
        assert file.read()
    assert download.name == f"joe-501.{'json' if report_format == 'iocjson' else report_format}"


def test_other_downloads_are_refused_without_asking(joe: JoeSandbox, server: JoeServer) -> None:
    for external_id, report_format in (("501", "sample"), ("../501", "html")):
        with pytest.raises(SandboxError):
            joe.download(external_id, report_format)

    assert server.ledger.calls() == []


def test_a_mail_found_by_its_analyses_alone_is_never_clean(joe: JoeSandbox, server: JoeServer) -> None:
    sample = file_sample(b"Subject: x\r\n\r\nhello", name="a.eml", media_type="message/rfc822")
    joe.submit(sample)
    server.faults.add("submission/list", "none-listed")

    found = joe.find(sample)

    assert found is not None
    report = joe.poll(found.reference, sample)
    assert report is not None
    assert (found.reference, report.verdict) == ("analysis:501", Verdict.UNKNOWN)


def test_it_goes_through_the_proxy_of_the_account(server: JoeServer) -> None:
    account = replace(account_at(server), api_url="http://joe.invalid/api", proxies={"http": server.url})

    JoeSandbox(account).submit(file_sample())

    assert len(server.ledger.calls("submission/new")) == 1
