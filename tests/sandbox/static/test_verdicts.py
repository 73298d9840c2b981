"""What the points add up to: ordinary files and links are clean, bad ones are not, locked ones are unknown."""

import pytest

from submissions.sandbox.base import Sample
from submissions.sandbox.static.engine import judge
from submissions.sandbox.static.findings import Finding, report
from submissions.sandbox.static.rules import MALICIOUS_FROM, SUSPICIOUS_FROM
from submissions.sandbox.static.settings import Settings
from submissions.verdicts import Verdict
from tests.sandbox.static import lists
from tests.sandbox.static.cases_of_documents import encrypted
from tests.sandbox.static.cases_of_files import locked
from tests.sandbox.static.compound import compound
from tests.sandbox.static.documents import program, with_macro, zipped
from tests.sandbox.static.samples import file, judged, link, rules

SETTINGS = Settings(own_domains=("contoso.com",))
BAD = (Verdict.MALICIOUS, Verdict.SUSPICIOUS)


def named(samples: list[Sample]) -> list[str]:
    return [sample.url or sample.name for sample in samples]


CLEAN_FILES, BAD_FILES = list(lists.clean_files()), list(lists.bad_files())
ORDINARY_LINKS, BAD_LINKS = list(lists.ordinary_links()), list(lists.bad_links())


@pytest.mark.parametrize("sample", CLEAN_FILES, ids=named(CLEAN_FILES))
def test_an_ordinary_file_has_no_threats_found(sample: Sample) -> None:
    report = judge(sample, SETTINGS)

    assert report.verdict == Verdict.CLEAN
    assert report.reasons[0].words == "No threats found by static checks"


@pytest.mark.parametrize("sample", BAD_FILES, ids=named(BAD_FILES))
def test_a_bad_file_is_noticed(sample: Sample) -> None:
    assert judge(sample, SETTINGS).verdict in BAD


@pytest.mark.parametrize("sample", ORDINARY_LINKS, ids=named(ORDINARY_LINKS))
def test_an_ordinary_link_has_no_threats_found(sample: Sample) -> None:
    report = judge(sample, SETTINGS)

    assert report.verdict == Verdict.CLEAN, report.reasons


@pytest.mark.parametrize("sample", BAD_LINKS, ids=named(BAD_LINKS))
def test_a_bad_link_is_noticed(sample: Sample) -> None:
    report = judge(sample, SETTINGS)

    assert report.verdict in BAD, report.reasons


def test_every_document_with_macros_is_noticed() -> None:
    missed = [sample.name for sample in lists.macro_documents() if judge(sample).verdict not in BAD]

    assert missed == []


def test_a_macro_that_starts_by_itself_and_runs_a_program_is_malicious() -> None:
    source = 'Sub AutoOpen()\r\nShell "cmd /c calc"\r\nEnd Sub\r\n'

    assert judged(with_macro("docm", source)).verdict == Verdict.MALICIOUS


def test_a_macro_that_only_computes_is_suspicious() -> None:
    assert judged(with_macro("xlsm", "Function A(x)\r\nA = x * 2\r\nEnd Function\r\n")).verdict == Verdict.SUSPICIOUS


@pytest.mark.parametrize("note", ["ip-host", "look-alike", "text-mismatch", "shortener", "punycode", "odd-port"])
def test_one_sign_alone_does_not_make_a_link_malicious(note: str) -> None:
    assert judge(link("https://www.example.org/", note)).verdict != Verdict.MALICIOUS


def test_stacked_signs_make_a_link_malicious() -> None:
    report = judge(link("http://paypal-login.example.top:4444/verify//account.exe", "text-mismatch"))

    assert report.verdict == Verdict.MALICIOUS


@pytest.mark.parametrize(
    "sample",
    [
        encrypted("secret"),
        locked("a.txt", b"text"),
        file(b"Rar!\x1a\x07\x01\x00" + bytes(30), "broken.rar"),
        file(b"%PDF-1.7\nnonsense", "broken.pdf"),
        file(b"PK\x03\x04" + bytes(60), "broken.docx"),
        file(bytes(range(1, 200)), "data.xyz"),
        file(zipped({"inside.xlsx": encrypted("secret").content or b""}), "files.zip"),
        file(compound({"EncryptedPackage": bytes(64)}), "table.xlsx"),
        file(b"-----BEGIN PGP MESSAGE-----\n\nabc\n", "mail.asc"),
    ],
    ids=lambda sample: sample.name,
)
def test_what_cannot_be_looked_into_is_unknown(sample: Sample) -> None:
    report = judge(sample)

    assert report.verdict == Verdict.UNKNOWN
    assert "no-threats-found" not in rules(report)
    assert report.reasons


def test_a_password_from_the_mail_opens_a_document() -> None:
    content = encrypted("secret").content or b""

    assert judged(content, "table.xlsx", password="secret").verdict == Verdict.CLEAN


def test_what_is_wrong_with_a_member_is_wrong_with_the_archive() -> None:
    report = judged(zipped({"a/invoice.txt.exe": program(), "b.txt": "text"}), "files.zip")

    assert {"program", "name-double-extension", "container-program"} <= rules(report)
    assert any("a/invoice.txt.exe" in reason.words for reason in report.reasons)


def test_a_locked_archive_that_lists_a_program_is_suspicious() -> None:
    assert judge(locked("setup.exe", program())).verdict == Verdict.SUSPICIOUS


def test_points_add_up_to_a_hundred_at_most_and_each_rule_counts_once() -> None:
    findings = [Finding("macro", "one"), Finding("macro", "two"), Finding("test-virus")]

    found = report(findings)

    assert found.score == 100
    assert [reason.id for reason in found.reasons] == ["test-virus", "macro"]


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        (0, Verdict.CLEAN),
        (SUSPICIOUS_FROM - 1, Verdict.CLEAN),
        (SUSPICIOUS_FROM, Verdict.SUSPICIOUS),
        (MALICIOUS_FROM - 1, Verdict.SUSPICIOUS),
        (MALICIOUS_FROM, Verdict.MALICIOUS),
    ],
)
def test_the_sum_decides(points: int, verdict: Verdict) -> None:
    assert report([Finding("yara", points=points)]).verdict == verdict


def test_something_unseen_does_not_hide_something_bad() -> None:
    assert report([Finding("locked"), Finding("macro")]).verdict == Verdict.SUSPICIOUS


def test_words_of_a_hostile_file_are_shown_on_one_short_line() -> None:
    found = report([Finding("macro", "a\r\nb\x00\u202ec" + "d" * 500)])

    words = found.reasons[0].words
    assert words.isprintable()
    assert len(words) < 300
