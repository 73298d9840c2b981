"""The fake refuses what the real service documents as wrong, and tells what it received."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from submissions.sandbox.joe import JoeAccount, JoeSandbox
from tests.fakes.joe_server import JoeServer
from tests.fakes.ledger import read_ledger
from tests.sandbox.conftest import PATIENT, file_sample

URL = {"apikey": "test-key", "accept-tac": "1", "url": "https://x.example/"}


def post(server: JoeServer, endpoint: str, data: dict[str, str], chunk: bytes | None = None) -> requests.Response:
    files = {"chunk": chunk} if chunk is not None else None
    return requests.post(f"{server.api_url}/v2/{endpoint}", data=data, files=files, timeout=5)


def code(response: requests.Response) -> int:
    assert not response.ok
    return int(response.json()["errors"][0]["code"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"apikey": "wrong"}, 4),
        ({"apikey": ""}, 4),
        ({"colour": "red"}, 3),
        ({"accept-tac": ""}, 3),
        ({"accept-tac": "0"}, 3),
        ({"internet-access": "yes"}, 3),
        ({"analysis-time": "-1"}, 3),
        ({"system-date": "today"}, 3),
        ({"systems[]": "w95"}, 3),
        ({"command-line": "calc"}, 3),
        ({"url": ""}, 3),
    ],
)
def test_it_refuses_wrong_submissions(server: JoeServer, changes: dict[str, str], expected: int) -> None:
    assert code(post(server, "submission/new", URL | changes)) == expected
    assert server.world.submissions == {}


def test_it_refuses_submissions_without_terms_or_subject(server: JoeServer) -> None:
    assert code(post(server, "submission/new", {"apikey": "test-key", "url": "https://x.example/"})) == 2
    assert code(post(server, "submission/new", {"apikey": "test-key", "accept-tac": "1"})) == 2


def test_it_answers_only_post_and_known_addresses(server: JoeServer) -> None:
    assert code(requests.get(f"{server.api_url}/v2/server/online", timeout=5)) == 8
    assert code(post(server, "server/lunch", {"apikey": "test-key"})) == 8
    assert code(requests.post(f"{server.api_url}/v2/server/online?apikey=test-key", timeout=5)) == 8


@pytest.mark.parametrize(
    "changes",
    [
        {"current-chunk-size": "4"},
        {"current-chunk-index": "2"},
        {"chunk-count": "2"},
        {"file-size": "6"},
        {"chunk-size": "5"},
        {"submission_id": "4711"},
        {"current-chunk-index": "x"},
    ],
)
def test_it_refuses_chunks_that_do_not_add_up(server: JoeServer, changes: dict[str, str]) -> None:
    opened = {"apikey": "test-key", "accept-tac": "1", "chunked-sample": "a.bin"}
    submission = post(server, "submission/new", opened).json()["data"]["submission_id"]
    sizes = {"file-size": "5", "chunk-size": "10485760", "chunk-count": "1"}
    current = {"current-chunk-index": "1", "current-chunk-size": "5"}
    good = {"apikey": "test-key", "submission_id": submission, **sizes, **current}

    assert code(post(server, "submission/chunked-sample", good | changes, b"12345")) == 3
    assert post(server, "submission/chunked-sample", good, b"12345").ok
    assert server.world.analysis("501")["sha256"] == hashlib.sha256(b"12345").hexdigest()
    assert code(post(server, "submission/chunked-sample", good, b"12345")) == 3


def test_it_runs_as_a_program_with_a_ledger_that_other_processes_read(tmp_path: Path) -> None:
    ledger = tmp_path / "joe.jsonl"
    command = [sys.executable, "-m", "tests.fakes.joe_server", "--ledger", str(ledger), "--fault", "submission/new=503"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        api_url = process.stdout.readline().split()[-1]
        faults = [{"endpoint": "submission/new", "mode": "quota", "count": 1}]
        requests.post(api_url.removesuffix("/api") + "/_control/faults", data=json.dumps(faults), timeout=5)
        joe = JoeSandbox(JoeAccount(api_url, "test-key", accept_tac=True, timeouts=PATIENT))
        for _ in range(2):
            with pytest.raises(Exception, match=r"503|quota"):
                joe.submit(file_sample())
        joe.submit(file_sample(b"kept"))
        process.kill()

    entries = [entry for entry in read_ledger(ledger) if entry["endpoint"] == "submission/new"]
    assert [entry["status"] for entry in entries] == [503, 429, 200]
    assert list(read_ledger(ledger))[-1]["sha256"] == hashlib.sha256(b"kept").hexdigest()
    assert "test-key" not in ledger.read_text()
