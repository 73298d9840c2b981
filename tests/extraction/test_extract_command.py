import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from tests.extraction.reading import MAILS, raw


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("extract", *arguments, stdout=out, stderr=err, no_color=True)
    except SystemExit as end:
        err.write(f"exit {end.code}")
    return out.getvalue(), err.getvalue()


def path(name: str) -> str:
    return str(MAILS / f"{name}.eml")


def test_it_prints_one_json_object_a_line_for_each_file() -> None:
    out, err = run(path("phish"), path("attached-two"), "--json")

    found = [json.loads(line) for line in out.splitlines()]
    assert [one["file"] for one in found] == [path("phish"), path("attached-two")]
    assert [len(one["reported"]) for one in found] == [1, 2]
    assert found[0]["reported"][0]["from"] == '"Bank, Support" <support@bank.example>'
    assert err == ""


def test_it_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw("phish"))))

    out, _ = run("-", "--json")

    assert json.loads(out)["file"] == "-"
    assert json.loads(out)["urls"][0]["url"] == "http://login.evil.example/bank"


def test_a_path_that_cannot_be_read_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.eml")

    out, err = run(missing, str(tmp_path), path("phish"), "--json")

    assert f"{missing}: No such file or directory" in err
    assert f"{tmp_path}: Is a directory" in err
    assert err.endswith("exit 1")
    assert len(out.splitlines()) == 1


def test_people_get_a_listing_without_control_characters(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.eml"
    hostile.write_bytes(raw("phish").replace(b"invoice.js", b"in\x1b[2Jvoice.js"))

    out, _ = run(str(hostile))

    assert "http://login.evil.example/bank" in out
    assert "2.2/" not in out
    assert "\x1b" not in out
