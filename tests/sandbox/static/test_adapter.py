"""The static engine behind the sandbox door: it answers at once, and breaks alone."""

from pathlib import Path

import pytest

from submissions import jail
from submissions.jail import JailBroken, JailLimits
from submissions.sandbox.base import Sandbox, SandboxError
from submissions.sandbox.static.adapter import StaticSandbox
from submissions.verdicts import Verdict
from tests.sandbox.static.samples import EICAR, file, link


def sandbox(**options: object) -> Sandbox:
    return StaticSandbox(**options)  # type: ignore[arg-type]


def test_it_judges_a_file_at_once() -> None:
    sample = file(EICAR, "eicar.com")

    submitted = sandbox().submit(sample)

    assert submitted.reference == sample.digest
    assert submitted.report is not None
    assert submitted.report.verdict == Verdict.MALICIOUS
    assert submitted.report.threat_names == ("EICAR-Test-File",)


def test_it_judges_a_link_at_once() -> None:
    submitted = sandbox().submit(link("https://www.example.org/news"))

    assert submitted.report is not None
    assert submitted.report.verdict == Verdict.CLEAN
    assert submitted.report.reasons[0].words == "No threats found by static checks"


def test_polling_gives_the_same_word_again() -> None:
    sample = file(b"Dear all,\nsee you tomorrow.\n", "note.txt")
    submitted = sandbox().submit(sample)

    report = sandbox().poll(submitted.reference, sample)

    assert report == submitted.report


def test_polling_for_another_sample_is_refused() -> None:
    with pytest.raises(SandboxError) as refused:
        sandbox().poll("0" * 64, file(b"text", "note.txt"))

    assert refused.value.permanent


def test_it_finds_nothing_for_it_keeps_nothing() -> None:
    sample = file(b"text", "note.txt")
    sandbox().submit(sample)

    assert sandbox().find(sample) is None


def test_it_refuses_a_file_without_content() -> None:
    with pytest.raises(SandboxError) as refused:
        sandbox().submit(file(b"", "empty.doc"))

    assert (refused.value.kind, refused.value.permanent) == ("invalid", True)


def test_a_file_that_breaks_the_child_process_fails_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: str, payload: bytes, limits: JailLimits) -> bytes:
        raise JailBroken("it was killed by signal SIGKILL")

    monkeypatch.setattr(jail, "run", broken)

    with pytest.raises(SandboxError, match="SIGKILL") as refused:
        sandbox().submit(file(b"text", "note.txt"))

    assert (refused.value.kind, refused.value.permanent) == ("analysis", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b'{"verdict": "clean"}',
        b'{"verdict": "safe", "score": 0, "threat_names": [], "reasons": [], "tags": []}',
        b'{"verdict": "clean", "score": 101, "threat_names": [], "reasons": [], "tags": []}',
        b'{"verdict": "clean", "score": true, "threat_names": [], "reasons": [], "tags": []}',
        b'{"verdict": "clean", "score": 0, "threat_names": [1], "reasons": [], "tags": []}',
        b'{"verdict": "clean", "score": 0, "threat_names": [], "reasons": [{"id": "x"}], "tags": []}',
        b'{"verdict": ["clean"], "score": 0, "threat_names": [], "reasons": [], "tags": []}',
        b'{"verdict": "clean", "score": 0, "threat_names": [], "reasons": [], "tags": [], "report_url": "http://x"}',
    ],
)
def test_an_answer_that_is_no_report_is_never_clean(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(jail, "run", lambda job, payload, limits: answer)

    with pytest.raises(SandboxError, match="nonsense") as refused:
        sandbox().submit(file(b"text", "note.txt"))

    assert refused.value.permanent


def test_rules_of_an_administrator_count(tmp_path: Path) -> None:
    rule = 'rule Secret_Project { meta: points = 80 description = "names it" strings: $a = "Bluebird" condition: $a }'
    (tmp_path / "own.yar").write_text(rule)

    report = sandbox(yara_dir=tmp_path).submit(file(b"about Bluebird\n", "note.txt")).report

    assert report is not None
    assert report.verdict == Verdict.MALICIOUS
    assert report.threat_names == ("Secret_Project",)
    assert report.reasons[0].words == "A YARA rule fits: Secret_Project names it"


def test_a_broken_rule_file_is_named_and_nothing_is_called_clean(tmp_path: Path) -> None:
    (tmp_path / "broken.yar").write_text("rule x { condition: nonsense }")
    (tmp_path / "sound.yar").write_text('rule Fine { strings: $a = "zebra" condition: $a }')

    report = sandbox(yara_dir=tmp_path).submit(file(b"no stripes\n", "note.txt")).report

    assert report is not None
    assert report.verdict == Verdict.UNKNOWN
    assert "broken.yar" in report.reasons[0].words


def test_a_missing_rule_folder_is_tried_again_later(tmp_path: Path) -> None:
    with pytest.raises(SandboxError) as refused:
        sandbox(yara_dir=tmp_path / "gone").submit(file(b"text", "note.txt"))

    assert (refused.value.kind, refused.value.permanent) == ("offline", False)
