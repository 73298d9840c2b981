"""Reports, screenshots and indicators come from Joe Sandbox within limits, in pieces, or not at all."""

import io
import json
import zlib
from typing import Any

import pytest

from submissions.sandbox import joe_files, pictures
from submissions.sandbox.base import Evidence, Indicator, SandboxError
from submissions.sandbox.http import MEBIBYTE, BoundedSession
from submissions.sandbox.joe import JoeSandbox
from tests.fakes.joe_server import JoeServer
from tests.fakes.joe_shapes import picture, shoots
from tests.sandbox.conftest import PATIENT, file_sample


class Pieces(io.BytesIO):
    """A file that remembers the largest piece it was given."""

    largest = 0

    def write(self, piece: Any) -> int:
        self.largest = max(self.largest, len(piece))
        return super().write(piece)


@pytest.fixture
def analysed(joe: JoeSandbox) -> JoeSandbox:
    joe.submit(file_sample())
    return joe


def evidence(joe: JoeSandbox) -> Evidence:
    return joe.evidence("501")


def test_a_large_answer_is_taken_in_small_pieces_until_the_limit(server: JoeServer) -> None:
    server.faults.add("*", "huge")
    file = Pieces()

    with pytest.raises(SandboxError, match=f"over {4 * MEBIBYTE} bytes"):
        BoundedSession(PATIENT, max_bytes=4 * MEBIBYTE, into=file).get(server.url)

    assert 0 < file.largest <= 64 * 1024
    assert len(file.getvalue()) <= 4 * MEBIBYTE


def test_a_refusal_does_not_go_into_the_file(analysed: JoeSandbox, server: JoeServer) -> None:
    server.faults.add("analysis/download", "quota")

    with pytest.raises(SandboxError, match="quota"):
        analysed.download("501", "pdf")


@pytest.mark.parametrize("wanted", ["pdf", "iocjson"])
def test_a_file_of_another_kind_is_refused(analysed: JoeSandbox, server: JoeServer, wanted: str) -> None:
    server.world.files[wanted] = b"<html>sorry</html>"

    with pytest.raises(SandboxError, match=f"this is no {wanted} report"):
        analysed.download("501", wanted)


def test_screenshots_and_indicators_are_fetched(analysed: JoeSandbox) -> None:
    found = evidence(analysed)

    assert [(one.type, one.width, one.height) for one in found.screenshots] == [
        ("image/jpeg", 320, 200),
        ("image/png", 320, 200),
    ]
    assert found.indicators == (
        Indicator("url", "https://evil.example/gate.php", malicious=True),
        Indicator("domain", "evil.example", malicious=True),
        Indicator("url", "https://cdn.example/lib.js", malicious=False),
        Indicator("ip", "192.0.2.7", malicious=False),
    )
    assert found.left_out == 0


def test_a_server_that_makes_none_of_them_shows_nothing(analysed: JoeSandbox, server: JoeServer) -> None:
    server.world.missing = {"shoots", "iocjson"}

    assert evidence(analysed) == Evidence()


@pytest.mark.parametrize("fault", ["503", "huge", "html-200", "wrong-types", "cut", "permission"])
def test_every_other_fault_is_told(analysed: JoeSandbox, server: JoeServer, fault: str) -> None:
    server.faults.add("analysis/download", fault)

    with pytest.raises(SandboxError):
        evidence(analysed)


def test_an_analysis_that_runs_has_nothing_to_show(joe: JoeSandbox, server: JoeServer) -> None:
    server.world.delays = (0.0, 0.0, 600.0)
    joe.submit(file_sample())

    assert evidence(joe) == Evidence()


def test_at_most_twelve_pictures_are_taken_in_their_order(analysed: JoeSandbox, server: JoeServer) -> None:
    server.world.files["shoots"] = shoots({f"{number}.png": picture("PNG", (number, 9)) for number in range(30, 0, -1)})

    found = evidence(analysed)

    assert [one.width for one in found.screenshots] == list(range(1, 13))
    assert found.left_out == 18


HUGE_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + (30000).to_bytes(4) * 2 + bytes(20)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg onload=alert(1)>",
        b"GIF89a",
        b"",
        b"\xff\xd8\xff\xc0",
        b"\xff\xd8" + b"\xff\xe0\x00\x00" * 9,
        b"\x89PNG\r\n\x1a\n",
        HUGE_PNG,
        picture("PNG") + bytes(5 * MEBIBYTE),
    ],
    ids=["svg", "gif", "empty", "cut jpeg", "jpeg without frame", "cut png", "too many pixels", "a bomb"],
)
def test_what_is_no_picture_of_a_bearable_size_is_left_out_and_counted(content: bytes) -> None:
    found, left = pictures.screenshots(io.BytesIO(shoots({"1.png": content, "2.png": picture("PNG")})))

    assert ([one.width for one in found], left) == ([320], 1)


def test_a_bomb_that_lies_about_its_size_is_cut() -> None:
    archive = bytearray(shoots({"1.png": picture("PNG") + bytes(5 * MEBIBYTE)}))
    at = archive.index(b"PK\x01\x02")
    archive[at + 24 : at + 28] = (100).to_bytes(4, "little")

    found, left = pictures.screenshots(io.BytesIO(archive))

    assert all(len(one.content) <= pictures.MOST_BYTES for one in found)
    assert len(found) + left == 1


def test_an_archive_that_is_none_is_an_error() -> None:
    with pytest.raises(SandboxError, match="no ZIP archive"):
        pictures.screenshots(io.BytesIO(zlib.compress(b"no")))


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"[]", b'{"analysis": 7}'])
def test_a_list_of_indicators_that_is_none_is_an_error(content: bytes) -> None:
    with pytest.raises(SandboxError):
        joe_files.indicators(io.BytesIO(content))


def test_odd_sections_are_passed_over_and_long_lists_are_cut() -> None:
    urls = [{"@name": f"https://a.example/{number}"} for number in range(600)]
    odd = {"urlinfo": {"url": [7, None, {"@name": 5}, {}, *urls]}, "generalinfo": "text", "other": {"x": urls}}

    found, left = joe_files.indicators(io.BytesIO(json.dumps({"analysis": odd}).encode()))

    assert (len(found), left) == (500, 100)
