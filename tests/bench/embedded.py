"""What a newcomer waits for on the embedded default: the start, the receipt and the verdict.

python -m tests.bench embedded [MAILS]

From the moment the SMTP server took a report to the moment its answers lie in the outbox, one report at a time.
"""

import email
import smtplib
import sys
import time
from pathlib import Path
from statistics import median

from mailmonitor import embedded
from mailmonitor.embedded.sample import sample_report
from tests.servers.processes import directory_for

PATIENCE = 60


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 10
    begin = time.monotonic()
    with directory_for("bench") as directory, embedded.running(directory / "var") as running:
        print(f"ready after {time.monotonic() - begin:.1f} s, virtual environment made before")
        waits = [waited(running, f"person-{number}@corp.example") for number in range(count)]
    for name, seconds in zip(("receipt", "verdict"), zip(*waits, strict=True), strict=True):
        print(
            f"{name} sent after {median(seconds):.1f} s in the median, {max(seconds):.1f} s at most ({count} reports)"
        )


def waited(running: embedded.Running, reporter: str) -> tuple[float, float]:
    """Seconds from the SMTP server's 250 to the receipt and to the verdict."""
    with smtplib.SMTP("127.0.0.1", int(running.ports["SMTP_PORT"])) as server:
        server.send_message(sample_report("sandbox@localhost", reporter))
        begin = time.time()
    while len(answers := to(reporter, running)) < 2:
        assert time.time() - begin < PATIENCE, f"{reporter} got {len(answers)} mails in {PATIENCE} s"
        time.sleep(0.05)
    receipt, verdict = (path.stat().st_mtime - begin for path in answers[:2])
    return receipt, verdict


def to(reporter: str, running: embedded.Running) -> list[Path]:
    return [path for path in running.outbox() if reporter in str(email.message_from_bytes(path.read_bytes())["To"])]


if __name__ == "__main__":
    main(sys.argv[1:])
