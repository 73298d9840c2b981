"""Send mails into the running composition, through the mailbox and at the door, and wait until they are answered.

python3 mail_through.py docker compose -f ...    (the words of the compose command)
"""

import json
import subprocess
import sys
import time
from typing import Any

COMPOSE = sys.argv[1:]
BY_MAILBOX = """
import smtplib
from tests.reports import report
content = report({"invoice.js": b"MALWARE " * 8}, "See https://acme-invoices.example/pay\\n")
with smtplib.SMTP("mail", 2525) as relay:
    relay.sendmail("anna.lang@corp.example", ["sandbox@localhost"], content)
"""
OPEN_DOOR = """
from submissions.models import Mailbox
Mailbox.objects.create(
    name="Door", protocol="lmtp", host="0.0.0.0", port=2424, security="plain",
    address="door@localhost", reporter_domains="corp.example",
)
"""
AT_THE_DOOR = """
import smtplib, time
from tests.reports import report
content = report({"other.js": b"MALWARE " * 9}, "See https://acme-parcels.example/pay\\n", number=1)
for attempt in range(60):
    try:
        with smtplib.LMTP("door", 2424) as door:
            door.sendmail("anna.lang@corp.example", ["door@localhost"], content)
        break
    except (OSError, smtplib.SMTPException):
        time.sleep(1)
else:
    raise SystemExit("the door did not open within a minute")
"""


def main() -> None:
    inside("joe", "python", "-c", BY_MAILBOX)
    answered(1)
    inside("web", "python", "manage.py", "shell", "-c", OPEN_DOOR)
    inside("joe", "python", "-c", AT_THE_DOOR)
    answered(2)


def inside(service: str, *words: str) -> str:
    """The output of a command in a running service."""
    return subprocess.run([*COMPOSE, "exec", "-T", service, *words], check=True, capture_output=True, text=True).stdout


def answered(count: int) -> None:
    """Wait until so many mails are judged and answered as they should be; exit when they are not."""
    begin = time.monotonic()
    while time.monotonic() - begin < 120:
        rows = json.loads(inside("web", "python", "manage.py", "export", "--format", "json"))
        if len(rows) == count and all(is_answered(row) for row in rows):
            print(f"{count} of {count} malicious, receipt and verdict sent, {time.monotonic() - begin:.0f} s later")
            return
        time.sleep(1)
    print(json.dumps(rows, indent=1))
    sys.exit(f"{count} mails were not judged and answered within 120 s.")


def is_answered(row: dict[str, Any]) -> bool:
    mails = row["notifications"]
    right = [mail["kind"] for mail in mails] == ["received", "summary_malicious"]
    return right and row["verdict"] == "malicious" and all(mail["state"] == "sent" for mail in mails)


if __name__ == "__main__":
    main()
