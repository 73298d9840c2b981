"""Only an explicit, complete word on our own sample is a verdict."""

import pytest

from submissions.sandbox.base import Report, SandboxError
from submissions.sandbox.joe import JoeSandbox
from submissions.verdicts import Verdict
from tests.fakes.joe_server import JoeServer
from tests.sandbox.conftest import file_sample, url_sample


def polled(joe: JoeSandbox, server: JoeServer, mode: str, content: bytes = b"clean") -> Report | None:
    sample = file_sample(content)
    reference = joe.submit(sample).reference
    server.faults.add("submission/info", mode)
    return joe.poll(reference, sample)


@pytest.mark.parametrize("mode", ["null-most-relevant", "no-most-relevant", "no-runs", "snort"])
def test_shapes_of_other_versions_are_read(joe: JoeSandbox, server: JoeServer, mode: str) -> None:
    report = polled(joe, server, mode)

    assert report is not None
    assert report.verdict is Verdict.CLEAN


@pytest.mark.parametrize(
    "mode",
    [
        "other-id",
        "other-everything",
        "no-status",
        "missing-analyses",
        "analyses-is-text",
        "word-is-a-number",
        "score-is-a-word",
    ],
)
def test_nonsense_is_an_error_that_may_pass(joe: JoeSandbox, server: JoeServer, mode: str) -> None:
    with pytest.raises(SandboxError) as raised:
        polled(joe, server, mode)

    assert (raised.value.kind, raised.value.permanent) == ("protocol", False)


@pytest.mark.parametrize("mode", ["no-analyses", "run-errors"])
def test_an_analysis_that_could_not_run_fails_for_good(joe: JoeSandbox, server: JoeServer, mode: str) -> None:
    with pytest.raises(SandboxError) as raised:
        polled(joe, server, mode)

    assert (raised.value.kind, raised.value.permanent) == ("analysis", True)


def test_a_run_error_beside_a_clean_run_is_not_clean(joe: JoeSandbox, server: JoeServer) -> None:
    report = polled(joe, server, "one-run-error")

    assert report is not None
    assert report.verdict is Verdict.UNKNOWN
    assert report.reasons[0].words == "Could not run on w7: Unable to run"


@pytest.mark.parametrize("mode", ["unknown-word", "no-word"])
def test_an_unknown_word_is_no_verdict_whatever_the_score(joe: JoeSandbox, server: JoeServer, mode: str) -> None:
    report = polled(joe, server, mode)

    assert report is not None
    assert report.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("mode", ["unknown-status", "still-running-inside"])
def test_an_unknown_status_is_still_running(joe: JoeSandbox, server: JoeServer, mode: str) -> None:
    assert polled(joe, server, mode) is None


def test_another_digest_under_our_key_accuses_but_does_not_acquit(joe: JoeSandbox, server: JoeServer) -> None:
    clean = polled(joe, server, "other-digest")
    bad = polled(joe, server, "other-digest", b"MALWARE")

    assert clean is not None
    assert bad is not None
    assert (clean.verdict, bad.verdict) == (Verdict.UNKNOWN, Verdict.MALICIOUS)


def test_the_worse_word_counts_where_the_summary_disagrees(joe: JoeSandbox, server: JoeServer) -> None:
    report = polled(joe, server, "worse-summary")

    assert report is not None
    assert report.verdict is Verdict.MALICIOUS


def test_the_score_never_makes_the_verdict(joe: JoeSandbox, server: JoeServer) -> None:
    server.world.judge = lambda name, content, url: ("clean", 99)
    sample = url_sample()

    report = joe.poll(joe.submit(sample).reference, sample)

    assert report is not None
    assert (report.verdict, report.score) == (Verdict.CLEAN, 99)


def test_a_known_report_without_a_word_is_not_reused(joe: JoeSandbox, server: JoeServer) -> None:
    server.world.judge = lambda name, content, url: ("unknown", 0)
    joe.submit(file_sample(b"same"))

    assert joe.search_known(file_sample(b"same")) is None
