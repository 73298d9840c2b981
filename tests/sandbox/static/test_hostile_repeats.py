"""A file made to keep the patterns busy costs little more than an honest one of its size."""

import time

import pytest

from tests.sandbox.static.samples import judged

SIZE = 200_000
MOST_SECONDS = 5.0
REPEATS = [
    ("a.html", b"<script>", b"powershell "),
    ("a.html", b"<script>", b"fetch("),
    ("a.html", b"", b"<a href="),
    ("a.pdf", b"%PDF-1.7\n", b"1 0 obj "),
    ("a.pdf", b"%PDF-1.7\n", b"1 0 obj stream\n"),
    ("a.pdf", b"%PDF-1.7\n", b"/JS("),
    ("a.pdf", b"%PDF-1.7\n", b"/S/GoToR"),
    ("a.rtf", b"{\\rtf1 ", b"\\objdata "),
    ("a.js", b"", b"-e "),
    ("a.js", b"", b" "),
    ("a.csv", b"", b"=@-+"),
]


@pytest.mark.parametrize(("name", "start", "repeated"), REPEATS)
def test_repeats_do_not_hold_up_the_engine(name: str, start: bytes, repeated: bytes) -> None:
    content = start + repeated * (SIZE // len(repeated))
    begin = time.process_time()

    judged(content, name)

    assert time.process_time() - begin < MOST_SECONDS
