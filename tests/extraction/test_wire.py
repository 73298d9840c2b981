import json
from dataclasses import replace
from typing import Any

import pytest

from submissions.extraction import wire
from submissions.extraction.types import File, Limits
from tests.extraction.reading import extracted, raw

WHOLE = extracted("attached-two")


def changed(change: dict[str, Any]) -> bytes:
    head, _, body = wire.dump(WHOLE).partition(b"\n")
    values = json.loads(head)
    values.update(change)
    return json.dumps(values).encode() + b"\n" + body


def test_a_result_comes_back_as_it_went() -> None:
    assert WHOLE.files
    assert WHOLE.reported
    assert wire.load(wire.dump(WHOLE)) == WHOLE


def test_a_file_found_twice_travels_once() -> None:
    twice = WHOLE._replace(files=(*WHOLE.files, replace(WHOLE.files[0], path="9/again.js")))

    assert wire.dump(twice).count(WHOLE.files[0].content) == 1
    assert wire.load(wire.dump(twice)) == twice


def test_limits_and_passwords_reach_the_job() -> None:
    payload = wire.request(raw("nested-8"), Limits(mail_depth=1), ("secret",))

    mail = wire.load(wire.extract_with(payload))

    assert len(mail.reported) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"reported": None},
        {"reported": [{"path": "1"}]},
        {"urls": [{"url": 1, "seen_as": [], "found_in": [], "notes": []}]},
        {"urls": [{"url": "x", "seen_as": [], "found_in": "abc", "notes": []}]},
        {"problems": [{"code": "x", "path": "", "detail": "", "incomplete": 1}]},
        {"contents": {}},
        {"contents": {"x": -1}},
        {"contents": {"x": 10**12}},
        {"contents": []},
        {"files": [{"name": "x"}]},
    ],
)
def test_a_result_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(wire.WireError):
        wire.load(changed(change))


@pytest.mark.parametrize("data", [b"", b"\n", b"{}", b"[" * 100_000, b"null\n", b"\xff\n", wire.dump(WHOLE) + b"x"])
def test_what_is_no_result_is_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.load(data)


def test_a_content_that_is_not_what_its_digest_says_is_refused() -> None:
    data = wire.dump(WHOLE)

    with pytest.raises(wire.WireError):
        wire.load(data[:-1] + bytes([data[-1] ^ 1]))


def test_a_file_too_large_to_carry_travels_without_its_content() -> None:
    file = File("a.bin", 99, "0" * 64, "application/octet-stream", "2/a.bin", notes=("too-large",))
    mail = WHOLE._replace(files=(file,))

    assert wire.load(wire.dump(mail)) == mail


def test_the_json_for_people_has_the_agreed_shape() -> None:
    values = wire.as_json(WHOLE, "a.eml")

    assert list(values) == ["file", "reported", "urls", "files", "problems"]
    assert values["file"] == "a.eml"
    shape: dict[str, Any] = json.loads(json.dumps(values))
    assert {"path", "how", "subject", "from", "to", "date", "message_id"} <= set(shape["reported"][0])
    assert {"url", "seen_as", "found_in", "notes"} <= set(shape["urls"][0])
    assert {"name", "size", "sha256", "type", "path", "password", "notes"} <= set(shape["files"][0])
    assert "content" not in shape["files"][0]
