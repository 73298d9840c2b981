"""The whole flow on real parts: two workers, beat and the watcher over Dovecot, Redis, PostgreSQL, SMTP and Joe."""

from pathlib import Path

import pytest

from tests.reports import report
from tests.whole.installation import all_answered
from tests.whole.real_parts import real_parts

pytestmark = pytest.mark.servers


def test_reports_come_in_by_imap_and_go_out_judged_and_answered(tmp_path: Path) -> None:
    bad = report({"invoice.js": b"MALWARE " * 9, "notes.txt": b"only notes"}, "https://acme.example/pay\n", number=1)
    good = report({"minutes.txt": b"of the meeting"}, number=2)
    with real_parts(tmp_path) as parts:
        parts.installation.start()
        parts.imap.deliver(bad)
        parts.imap.deliver(good)

        rows = parts.installation.wait_until(all_answered(2), seconds=60)

        assert [row["verdict"] for row in rows] == ["malicious", "clean"]
        assert len(parts.joe.calls("submission/new")) == 4
        subjects = sorted(str(mail.message["Subject"]) for mail in parts.smtp.mails())
        assert subjects == [
            "Malicious: FW: Invoice 1",
            "No threats found: FW: Invoice 2",
            "Received: FW: Invoice 1",
            "Received: FW: Invoice 2",
        ]
        assert parts.imap.mails() == []
        processed = {mail.replace(b"\r\n", b"\n") for mail in parts.imap.mails(".MailMonitor.Processed")}
        assert processed == {mail.replace(b"\r\n", b"\n") for mail in (bad, good)}


def test_a_wrong_password_is_named_and_nothing_else_stops(tmp_path: Path) -> None:
    with real_parts(tmp_path) as parts:
        wrong = parts.installation.environment["MAILBOX_URL"].replace(parts.imap.password, "wrong")
        parts.installation.environment["MAILBOX_URL"] = wrong
        parts.installation.environment["PYTHONWARNINGS"] = "ignore"

        with pytest.raises(AssertionError, match="login failed"):
            parts.installation.manage("doctor", "--only", "mailbox")
