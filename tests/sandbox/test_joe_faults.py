"""Whatever goes wrong at Joe's door has one clear name, is never a verdict, and never submits twice by itself."""

import socket
import time

import pytest

from submissions.sandbox.base import SandboxError
from submissions.sandbox.joe import JoeAccount, JoeSandbox
from submissions.verdicts import Verdict
from tests.fakes.joe_server import JoeServer
from tests.sandbox.conftest import QUICK, SLOW, account_at, file_sample, fitting, url_sample

# Mode, kind, permanent, unknown after a submission, seconds to wait.
REFUSALS = [
    ("429", "quota", False, False, None),
    ("429-retry-after", "quota", False, False, 17),
    ("quota", "quota", False, False, None),
    ("maintenance", "offline", False, False, None),
    ("503", "offline", False, False, 30),
    ("invalid-key", "auth", False, False, None),
    ("401", "auth", False, False, None),
    ("permission", "permission", False, False, None),
    ("403", "permission", False, False, None),
    ("invalid", "invalid", True, False, None),
    ("redirect", "protocol", False, False, None),
    ("errors-empty", "protocol", False, False, None),
]
DOUBTFUL = [
    ("500", "offline"),
    ("502", "offline"),
    ("internal", "offline"),
    ("hang", "network"),
    ("cut", "network"),
    ("drip", "network"),
    ("drip-headers", "network"),
    ("huge", "protocol"),
    ("html-200", "protocol"),
    ("wrong-types", "protocol"),
    ("no-data", "protocol"),
    ("empty", "protocol"),
    ("deep-json", "protocol"),
    ("compressed", "protocol"),
]
LOST_ANSWERS = ["timeout-after", "cut-after", "truncated", "502-after"]
MODES = [fault[0] for fault in (*REFUSALS, *DOUBTFUL)] + LOST_ANSWERS
QUESTIONS = ["poll", "find", "search_known", "account_state", "download"]


def asking(server: JoeServer, mode: str) -> JoeSandbox:
    return JoeSandbox(account_at(server, timeouts=fitting(mode)))


@pytest.mark.parametrize(("mode", "kind", "permanent", "unknown", "wait"), REFUSALS)
def test_a_certain_refusal_of_a_submission(
    joe: JoeSandbox, server: JoeServer, mode: str, kind: str, permanent: bool, unknown: bool, wait: int | None
) -> None:
    server.faults.add("submission/new", mode)

    with pytest.raises(SandboxError) as raised:
        joe.submit(file_sample())

    error = raised.value
    assert (error.kind, error.permanent, error.unknown, error.retry_after) == (kind, permanent, unknown, wait)
    assert server.world.submissions == {}


@pytest.mark.parametrize(("mode", "kind"), DOUBTFUL)
def test_a_doubtful_end_of_a_submission_leaves_the_outcome_open(server: JoeServer, mode: str, kind: str) -> None:
    joe = asking(server, mode)
    server.faults.add("submission/new", mode)
    started = time.monotonic()

    with pytest.raises(SandboxError) as raised:
        joe.submit(file_sample())

    assert (raised.value.kind, raised.value.permanent, raised.value.unknown) == (kind, False, True)
    assert time.monotonic() - started < QUICK.total + 2
    assert len(server.ledger.calls("submission/new")) == 1


@pytest.mark.parametrize("mode", LOST_ANSWERS)
def test_a_submission_whose_answer_was_lost_is_found_by_its_key(server: JoeServer, mode: str) -> None:
    joe = asking(server, mode)
    server.faults.add("submission/new", mode)
    sample = url_sample("https://malware.example/")

    with pytest.raises(SandboxError) as raised:
        joe.submit(sample)
    found = joe.find(sample)

    assert raised.value.unknown
    assert found is not None
    report = joe.poll(found.reference, sample)
    assert report is not None
    assert report.verdict is Verdict.MALICIOUS
    assert len(server.ledger.calls("submission/new")) == 1


@pytest.mark.parametrize("mode", LOST_ANSWERS)
def test_a_lost_answer_to_the_last_chunk_is_found_too(server: JoeServer, mode: str) -> None:
    joe = asking(server, mode)
    server.faults.add("submission/chunked-sample", mode)
    sample = file_sample(b"MALWARE")

    with pytest.raises(SandboxError) as raised:
        joe.submit(sample)

    assert raised.value.unknown
    assert joe.find(sample) is not None


@pytest.mark.parametrize("mode", ["429", "503", "quota", "invalid"])
def test_a_submission_without_its_content_is_taken_back(joe: JoeSandbox, server: JoeServer, mode: str) -> None:
    server.faults.add("submission/chunked-sample", mode)

    with pytest.raises(SandboxError) as raised:
        joe.submit(file_sample())

    assert not raised.value.unknown
    assert server.world.submissions == {}
    assert len(server.ledger.calls("submission/delete")) == 1


@pytest.mark.parametrize("mode", ["hang", "cut", "wrong-types", "html-200"])
def test_a_submission_that_never_got_its_content_is_not_found(server: JoeServer, mode: str) -> None:
    joe = asking(server, mode)
    server.faults.add("submission/chunked-sample", mode)
    sample = file_sample()

    with pytest.raises(SandboxError):
        joe.submit(sample)

    assert joe.find(sample) is None


@pytest.mark.parametrize(
    ("mode", "question"),
    [(mode, question) for mode in MODES for question in QUESTIONS if question == "poll" or mode not in SLOW],
)
def test_no_fault_of_a_question_is_an_answer(server: JoeServer, mode: str, question: str) -> None:
    joe = asking(server, mode)
    sample = file_sample(b"MALWARE")
    reference = joe.submit(sample).reference
    server.faults.add("*", mode, count=20)
    ask = {
        "poll": lambda: joe.poll(reference, sample),
        "find": lambda: joe.find(sample),
        "search_known": lambda: joe.search_known(sample),
        "account_state": joe.account_state,
        "download": lambda: joe.download("501", "iocjson"),
    }[question]

    with pytest.raises(SandboxError) as raised:
        ask()

    assert not raised.value.unknown


def test_a_refused_connection_is_no_open_outcome(joe: JoeSandbox) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    closed = JoeSandbox(JoeAccount(f"http://127.0.0.1:{port}/api", "key", timeouts=QUICK))

    with pytest.raises(SandboxError) as raised:
        closed.submit(file_sample())

    assert (raised.value.kind, raised.value.unknown, raised.value.permanent) == ("network", False, False)


def test_a_server_without_tls_is_a_network_fault(server: JoeServer) -> None:
    account = JoeAccount(server.api_url.replace("http:", "https:"), "key", timeouts=QUICK)

    with pytest.raises(SandboxError, match="TLS") as raised:
        JoeSandbox(account).submit(file_sample())

    assert (raised.value.kind, raised.value.unknown) == ("network", False)


@pytest.mark.parametrize("url", ["", "joe.example", "ftp://joe.example/api", "http://[broken/api", "http://*.x:y/"])
def test_a_broken_address_is_an_error_with_words(url: str) -> None:
    with pytest.raises(SandboxError):
        JoeSandbox(JoeAccount(url, "key", timeouts=QUICK)).submit(file_sample())


def test_a_vanished_submission_fails_for_good(joe: JoeSandbox) -> None:
    with pytest.raises(SandboxError, match="not found") as raised:
        joe.poll("4711", file_sample())

    assert raised.value.permanent


def test_the_key_is_in_no_error_and_no_representation(server: JoeServer) -> None:
    secret = "s3cret-of-ours"
    server.faults.add("submission/new", "echo-key")
    account = account_at(server, api_key=secret)

    with pytest.raises(SandboxError) as raised:
        JoeSandbox(account).submit(file_sample())

    assert secret not in f"{raised.value!r} {raised.value} {raised.value.__cause__!r} {account!r}"
    assert raised.value.__suppress_context__
    assert "[key]" in str(raised.value)
