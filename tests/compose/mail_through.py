"""Send a mail into the running composition and wait until it is judged and answered.

python3 mail_through.py docker compose -f ...    (the words of the compose command)
"""

import json
import subprocess
import sys
import time

COMPOSE = sys.argv[1:]
SEND = """
import smtplib
from tests.reports import report
content = report({"invoice.js": b"MALWARE " * 8}, "See https://acme-invoices.example/pay\\n")
with smtplib.SMTP("mail", 2525) as relay:
    relay.sendmail("anna.lang@corp.example", ["sandbox@localhost"], content)
"""


def inside(service: str, *words: str) -> str:
    """The output of a command in a running service."""
    return subprocess.run([*COMPOSE, "exec", "-T", service, *words], check=True, capture_output=True, text=True).stdout


def main() -> None:
    begin = time.monotonic()
    inside("joe", "python", "-c", SEND)
    while time.monotonic() - begin < 120:
        rows = json.loads(inside("web", "python", "manage.py", "export", "--format", "json"))
        if rows and rows[0]["state"] == "done" and all(mail["state"] == "sent" for mail in rows[0]["notifications"]):
            kinds = [mail["kind"] for mail in rows[0]["notifications"]]
            print(f"{rows[0]['verdict']} after {time.monotonic() - begin:.0f} s; mails sent: {', '.join(kinds)}")
            sys.exit(0 if rows[0]["verdict"] == "malicious" and kinds == ["received", "summary_malicious"] else 1)
        time.sleep(1)
    print(json.dumps(rows, indent=1))
    sys.exit("No verdict within 120 s.")


if __name__ == "__main__":
    main()
