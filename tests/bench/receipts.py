"""How long a reporter waits for the receipt, at one mail a second, by IDLE and by LMTP.

python -m tests.bench receipts [MAILS]

Two workers, beat and the watcher over Dovecot, Redis, PostgreSQL and an SMTP sink, with the settings of production.
From the moment the mail is in the mailbox, or its last byte has been handed over, to the moment the relay has taken
the receipt.
"""

import smtplib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from tests.reports import report
from tests.servers.processes import directory_for, free_port
from tests.whole.real_parts import RealParts, real_parts

PATIENCE = 120
PRODUCTION = {
    "MAILBOX_POLL_SECONDS": "60",
    "LEASE_SECONDS": "180",
    "FETCH_LEASE_SECONDS": "360",
    "SMTP_LEASE_SECONDS": "900",
    "SWEEP_SECONDS": "15",
    "HINT_AGAIN_SECONDS": "30",
    "REPORTER_DOMAINS": "*",
    "SANDBOX": "static",
}


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 60
    for name, measure in (("IDLE", by_idle), ("LMTP", by_lmtp)):
        with directory_for("bench") as directory:
            waits = sorted(measure(directory, count))
        most = quantiles(waits, n=20)[-1]
        print(
            f"{name}: {median(waits):.2f} s in the median, p95 {most:.2f} s, at most {waits[-1]:.2f} s ({count} mails)"
        )


def by_idle(directory: Path, count: int) -> list[float]:
    with real_parts(directory, **PRODUCTION) as parts:
        parts.imap.deliver(mail(0))
        parts.installation.start()
        wait_for(parts, 1)
        return waits(parts, count, parts.imap.deliver)


def by_lmtp(directory: Path, count: int) -> list[float]:
    port = free_port()
    with real_parts(directory, **PRODUCTION, MAILBOX_URL=f"lmtp://127.0.0.1:{port}") as parts:

        def hand_over(content: bytes) -> None:
            with smtplib.LMTP("127.0.0.1", port) as link:
                link.sendmail("mta@corp.example", ["sandbox@localhost"], content)

        parts.installation.start("worker-1", "worker-2", "beat", "door")
        wait_until_open(port)
        hand_over(mail(0))
        wait_for(parts, 1)
        return waits(parts, count, hand_over)


def waits(parts: RealParts, count: int, deliver: Callable[[bytes], object]) -> list[float]:
    """One mail a second, each from a domain of its own; the seconds until each receipt."""
    sent: dict[str, float] = {}
    taken: dict[str, float] = {}
    begin = time.monotonic()
    while len(taken) < count:
        due = begin + len(sent)
        if len(sent) < count and time.monotonic() >= due:
            number = len(sent) + 1
            sent[reporter(number)] = time.monotonic()
            deliver(mail(number))
        for one in parts.smtp.mails():
            to = one.recipients[0]
            if to in sent and to not in taken and str(one.message["Subject"]).startswith("Received"):
                taken[to] = time.monotonic()
        assert time.monotonic() < begin + count + PATIENCE, f"{len(taken)} receipts of {count}"
        time.sleep(0.02)
    return [taken[to] - sent[to] for to in sent]


def reporter(number: int) -> str:
    return f"anna@d{number}.example"


def mail(number: int) -> bytes:
    return report({"notes.txt": b"only notes %d" % number}, number=number, reporter=reporter(number))


def wait_for(parts: RealParts, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(parts.smtp.mails()) < count:
        assert time.monotonic() < end, "the first receipt never came"
        time.sleep(0.2)


def wait_until_open(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            smtplib.LMTP("127.0.0.1", port).quit()
        except OSError:
            assert time.monotonic() < end, "the door does not open"
            time.sleep(0.2)
        else:
            return


if __name__ == "__main__":
    main(sys.argv[1:])
