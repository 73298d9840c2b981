"""Mails per second through the whole pipeline on real parts: IMAP in, Joe Sandbox's fake, SMTP out.

python -m tests.bench pipeline [MAILS]
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.reports import report
from tests.whole.installation import all_answered
from tests.whole.real_parts import RealParts, real_parts

SETTINGS = {"SWEEP_SECONDS": "5", "LEASE_SECONDS": "60", "SMTP_LEASE_SECONDS": "60", "HINT_AGAIN_SECONDS": "40"}


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 300
    with tempfile.TemporaryDirectory() as directory, real_parts(Path(directory), **SETTINGS) as parts:
        for number in range(count):
            parts.imap.deliver(one(number))
        begin = time.monotonic()
        parts.installation.start()
        parts.installation.wait_until(lambda rows: len(rows) >= count, seconds=600)
        stored = time.monotonic() - begin
        parts.installation.wait_until(all_answered(count), seconds=1200)
        tell(parts, count, stored, time.monotonic() - begin)


def one(number: int) -> bytes:
    """A report with a file and a link that no other report holds."""
    files = {f"own-{number}.txt": b"own %d" % number}
    return report(files, f"https://host-{number}.example/\n", number=number, reporter=f"person-{number}@corp.example")


def tell(parts: RealParts, count: int, stored: float, answered: float) -> None:
    print(f"{count} mails, each with a file and a link of its own, two workers of two processes:")
    print(f"  stored after {stored:.1f} s: {count / stored:.1f} mails a second")
    print(f"  judged and answered after {answered:.1f} s: {count / answered:.1f} mails a second")
    print(f"  {len(parts.smtp.mails())} mails sent, {len(parts.joe.calls('submission/new'))} submissions")


if __name__ == "__main__":
    main(sys.argv[1:])
