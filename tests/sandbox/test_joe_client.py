"""The vendor's own client and its command line drive the fake through everything they can do."""

import inspect
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jbxapi
import pytest

from tests.fakes.joe_lab import MACHINE
from tests.fakes.joe_server import JoeServer

ANALYSIS = {
    "webid", "analysisid", "time", "status", "detection", "score", "classification", "threatname", "comments",
    "filename", "scriptname", "duration", "encrypted", "has_malwareconfig", "md5", "sha1", "sha256", "tags", "runs",
}  # fmt: skip


@pytest.fixture
def client(server: JoeServer) -> jbxapi.JoeSandbox:
    return jbxapi.JoeSandbox(
        apikey="test-key", apiurl=server.api_url, accept_tac=True, timeout=20, retries=1, reverser=True
    )


def submitted(client: jbxapi.JoeSandbox) -> str:
    answer = client.submit_sample(("a.docx", io.BytesIO(b"content")), params={"comments": "mm:1", "tags": ["t"]})
    return str(answer["submission_id"])


CALLS: dict[str, Callable[[jbxapi.JoeSandbox], object]] = {
    "submit_sample": submitted,
    "submit_sample_url": lambda client: client.submit_sample_url("https://x.example/a.exe"),
    "submit_url": lambda client: client.submit_url("https://x.example/"),
    "submit_command_line": lambda client: client.submit_command_line("calc.exe"),
    "submit_cookbook": lambda client: client.submit_cookbook(io.BytesIO(b"cookbook")),
    "submission_list": lambda client: (submitted(client), list(client.submission_list(include_shared=True)))[1],
    "submission_info": lambda client: client.submission_info(submitted(client)),
    "submission_delete": lambda client: client.submission_delete(submitted(client)),
    "analysis_list": lambda client: (submitted(client), client.analysis_list())[1],
    "analysis_list_paged": lambda client: (submitted(client), list(client.analysis_list_paged()))[1],
    "analysis_info": lambda client: (submitted(client), client.analysis_info("501"))[1],
    "analysis_search": lambda client: (submitted(client), client.analysis_search("mm:1"))[1],
    "analysis_download": lambda client: (submitted(client), client.analysis_download("501", "html", run=0))[1],
    "analysis_delete": lambda client: (submitted(client), client.analysis_delete("501"))[1],
    "server_online": lambda client: client.server_online(),
    "server_info": lambda client: client.server_info(),
    "server_systems": lambda client: client.server_systems(),
    "server_lia_countries": lambda client: client.server_lia_countries(),
    "server_languages_and_locales": lambda client: client.server_languages_and_locales(),
    "account_info": lambda client: client.account_info(),
    "joelab_machine_info": lambda client: client.joelab_machine_info(MACHINE),
    "joelab_images_list": lambda client: client.joelab_images_list(MACHINE),
    "joelab_images_capture": lambda client: client.joelab_images_capture(MACHINE, "fresh"),
    "joelab_images_reset": lambda client: client.joelab_images_reset(MACHINE),
    "joelab_filesystem_upload": lambda client: client.joelab_filesystem_upload(MACHINE, io.BytesIO(b"x"), "C:\\x"),
    "joelab_filesystem_download": lambda client: lab_file(client),
    "joelab_network_info": lambda client: client.joelab_network_info(MACHINE),
    "joelab_network_update": lambda client: client.joelab_network_update(MACHINE, {"internet-enabled": True}),
    "joelab_pcap_start": lambda client: client.joelab_pcap_start(MACHINE),
    "joelab_pcap_stop": lambda client: client.joelab_pcap_stop(MACHINE),
    "joelab_pcap_download": lambda client: lab_capture(client),
    "joelab_list_exitpoints": lambda client: client.joelab_list_exitpoints(),
}


def lab_file(client: jbxapi.JoeSandbox) -> bytes:
    client.joelab_filesystem_upload(MACHINE, io.BytesIO(b"lab"), "C:\\lab", _chunked_upload=False)
    target = io.BytesIO()
    client.joelab_filesystem_download(MACHINE, "C:\\lab", target)
    return target.getvalue()


def lab_capture(client: jbxapi.JoeSandbox) -> bytes:
    target = io.BytesIO()
    client.joelab_pcap_download(MACHINE, target)
    return target.getvalue()


def test_every_public_method_of_the_client_is_tried() -> None:
    public = {name for name, _ in inspect.getmembers(jbxapi.JoeSandbox, inspect.isfunction) if name[0] != "_"}

    assert public == set(CALLS)


@pytest.mark.parametrize("method", sorted(CALLS))
def test_the_client_gets_an_answer(client: jbxapi.JoeSandbox, method: str) -> None:
    assert CALLS[method](client)


def test_an_analysis_has_the_keys_of_recorded_answers(client: jbxapi.JoeSandbox) -> None:
    info = client.submission_info(submitted(client))

    assert set(info) == {"submission_id", "name", "status", "time", "most_relevant_analysis", "analyses"}
    assert set(info["analyses"][0]) == ANALYSIS
    assert set(info["most_relevant_analysis"]) == {"webid", "detection", "score"}


def test_a_plain_upload_is_taken_too(client: jbxapi.JoeSandbox, server: JoeServer) -> None:
    client.submit_sample(("b.bin", io.BytesIO(b"\r\n--x\r\n\x00\xff")), _chunked_upload=False)

    assert server.ledger.calls("submission/new")[0]["files"] == {"sample": {"name": "b.bin", "size": 9}}
    assert server.world.get("1001").content == b"\r\n--x\r\n\x00\xff"


def test_pages_of_a_long_list_come_one_after_the_other(client: jbxapi.JoeSandbox) -> None:
    for number in range(45):
        client.submit_url(f"https://x.example/{number}")

    assert len(list(client.submission_list())) == 45
    assert len(client.analysis_list()) == 45


def command_line(server: JoeServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = Path(sys.executable).with_name("jbxapi")
    options = ["--apiurl", server.api_url, "--apikey", "test-key", "--accept-tac"]
    return subprocess.run(
        [script, *arguments[:1], *options, *arguments[1:]], capture_output=True, text=True, timeout=60
    )


def test_the_command_line_submits_a_file_and_reads_it_back(server: JoeServer, tmp_path: Path) -> None:
    (tmp_path / "invoice.xls").write_bytes(b"SUSPICIOUS")

    submission = json.loads(command_line(server, "submit", str(tmp_path / "invoice.xls")).stdout)
    info = json.loads(command_line(server, "submission", "info", submission["submission_id"]).stdout)

    assert info["most_relevant_analysis"]["detection"] == "suspicious"


def test_the_command_line_shows_a_refusal(server: JoeServer) -> None:
    server.faults.add("server/online", "maintenance")

    refused = command_line(server, "server", "online")

    assert refused.returncode != 0
    assert json.loads(refused.stdout)["code"] == 5
