import os
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from submissions.extraction import wire
from submissions.extraction.extract import extract
from submissions.extraction.types import Limits
from tests.extraction.reading import corpora

MAILS = int(os.environ.get("MUTATED_MAILS", "20000"))
A_BATCH = 100
LARGEST = 60_000
LONGEST_SECONDS = 10
SEEDS = [path for path in corpora() if path.suffix in (".eml", ".msg", ".txt") and path.stat().st_size < LARGEST]
CONTENTS = [path.read_bytes() for path in SEEDS]
LIMITS = Limits(files=40, urls=60, pdf_pages=2, archive_entries=40)
WORDS = [
    b"\r\n", b"\r", b"\n\n", b"\x00", b"--", b"=", b"=?utf-8?B?", b"?=", b"boundary=",
    b"Content-Type: multipart/mixed", b"Content-Type: message/rfc822\n\n",
    b"Content-Transfer-Encoding: base64\n", b"charset=utf-7", b"\xff\xfe", b"(", b'"', b"<", b">",
    b"begin 644 x\n", b"=ybegin name=x\n", b"http://", b"&#", b"%", b"PK\x03\x04", b"\xd0\xcf\x11\xe0",
    b"%PDF-1.4", b"<script>atob('", b"data:text/html;base64,", b";", b"*0*=", b"filename=", b"\x78\x9f\x3e\x22",
]  # fmt: skip


def mutated(seed: int) -> bytes:
    """A mail with some bytes changed, cut, doubled, joined with another one, or strewn with telling words."""
    chance = random.Random(seed)
    content = bytearray(chance.choice(CONTENTS))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content) + 1)
        to = min(len(content), at + chance.choice((1, 4, 40, 400, 4000)))
        kind = chance.randrange(6)
        if kind == 0 and content:
            content[min(at, len(content) - 1)] = chance.randrange(256)
        elif kind == 1:
            del content[at:to]
        elif kind == 2:
            content[at:at] = content[at:to] * chance.randint(1, 3)
        elif kind == 3:
            content[at:at] = chance.choice(WORDS) * chance.choice((1, 1, 1, 50))
        elif kind == 4:
            content[at:to] = chance.choice(CONTENTS)[: chance.choice((50, 500, 5000))]
        else:
            content[at:to] = chance.randbytes(to - at)
    return bytes(content[:LARGEST])


@pytest.mark.timeout(1800)
@settings(max_examples=max(1, MAILS // A_BATCH), deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=2**48))
def test_no_mutated_mail_breaks_the_extractor(seed: int) -> None:
    for number in range(A_BATCH):
        start = time.process_time()

        mail = extract(mutated(seed + number), LIMITS)

        assert mail.reported, seed + number
        assert wire.load(wire.dump(mail)) == mail, seed + number
        assert time.process_time() - start < LONGEST_SECONDS, seed + number
