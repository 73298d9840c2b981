import time
from collections.abc import Callable

import pytest

from submissions.extraction import wire
from submissions.extraction.extract import extract

HEAD = b"From: a@a.example\r\nSubject: hostile\r\n"
MANY = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
MEGABYTE = 1_000_000


def nested(levels: int, kind: str = "mixed") -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/%s; boundary="n%d"\r\n\r\n--n%d\r\n' % (kind.encode(), level, level)
        for level in range(levels)
    )
    return HEAD + opening + b"\r\nsee http://deep.evil.example/\r\n"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "twenty thousand parts": lambda: HEAD + MANY + b"--b\r\n\r\nx http://a.example/\r\n" * 20_000,
    "twenty thousand empty parts": lambda: HEAD + MANY + b"--b\r\n" * 200_000,
    "three thousand levels": lambda: nested(3000),
    "three thousand digests": lambda: nested(3000, "digest"),
    "mails in mails": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "parts of parts": lambda: (
        HEAD + MANY + (b'--b\r\nContent-Type: multipart/mixed; boundary="c"\r\n\r\n' + b"--c\r\n\r\nx\r\n" * 600) * 100
    ),
    "boundaries without lines": lambda: HEAD + MANY + b"--b" * 3 * MEGABYTE,
    "a boundary of blanks": lambda: HEAD + MANY + (b"--b" + b" " * 1000) * 5000,
    "parameters": lambda: HEAD + b"Content-Type: text/plain" + b"; a*0=b" * 30_000 + b"\r\n\r\nx",
    "continued parameters": lambda: HEAD + b"Content-Type: text/plain" + b";\r\n name*1*=%41" * 15_000 + b"\r\n\r\nx",
    "encodings of encodings": lambda: HEAD + b"Content-Transfer-Encoding: " + b"(" * 15_000 + b"\r\n\r\nx",
    "soft breaks": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + (b"=" + b" " * 500 + b"x") * 8000
    ),
    "flowed blanks": lambda: HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b" \n" * 2 * MEGABYTE,
    "uuencode for ever": lambda: HEAD + b"\r\n" + b"begin 644 x\r\n" * 300_000,
    "uuencode and ends": lambda: HEAD + b"\r\n" + b"begin 644 x\r\n#86)C\r\nend\r\n" * 100_000,
    "yenc for ever": lambda: HEAD + b"\r\n" + b"=ybegin name=x\r\n" * 200_000,
    "binhex for ever": lambda: HEAD + b"\r\n" + b"(This file must be converted with BinHex 4.0)\n:" * 80_000,
    "angle brackets": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<" * 4 * MEGABYTE,
    "open tags": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 800_000,
    "open links": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a href=http://a.example/" * 100_000,
    "entities": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#x68;" * 600_000,
    "one long line of text": lambda: HEAD + b"\r\n" + b"a" * 4 * MEGABYTE,
    "one long host": lambda: HEAD + b"\r\nhttp://" + b"a." * 2 * MEGABYTE,
    "schemes": lambda: HEAD + b"\r\n" + b"http://" * 500_000,
    "dots": lambda: HEAD + b"\r\n" + b"a.b " * 800_000,
    "at signs": lambda: HEAD + b"\r\n" + b"@" * 4 * MEGABYTE,
    "brackets": lambda: HEAD + b"\r\n" + b"[.]" * MEGABYTE,
    "nothing but NULs": lambda: bytes(8 * MEGABYTE),
    "utf-16 that is none": lambda: HEAD + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + b"\xd8\x00" * MEGABYTE,
    "shifted text": lambda: HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B" * MEGABYTE,
    "utf-7 for ever": lambda: HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AD" * MEGABYTE,
    "a certificate of lengths": lambda: (
        HEAD + b"Content-Type: application/pkcs7-mime\r\n\r\n" + b"0\x80" * 2 * MEGABYTE
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_mail_is_read_in_bounded_time(what: str) -> None:
    raw = HOSTILE[what]()
    start = time.process_time()

    mail = extract(raw)

    assert time.process_time() - start < 10
    assert mail.reported
    assert wire.load(wire.dump(mail)) == mail
