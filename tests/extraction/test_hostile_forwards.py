"""Texts that are made to keep the search for forwards busy: a megabyte of each is read in bounded processor time."""

import time

import pytest

from submissions.extraction import forwarded

CHARACTERS = 1_000_000

TEXTS = {
    "labels": "ab: c\n",
    "senders": "From: x <a@b.c>\n",
    "half blocks": "From: x <a@b.c>\nqq: 1\n\n",
    "address lists": "To: a@b.c, b@b.c,\n" * 40 + "\n",
    "unknown labels": "abc: Name <a@b.c>\nxyz: " + "w " * 40 + "\n",
    "glued fields": "----- a b c -----" + " De: x <a@b>Bc" * 100 + "\n",
    "attributions": "12:12 2026 a@b " + "(" * 300 + ":\n",
    "stacked labels": "From:\nDa:\n\n",
    "quote marks": "> > > ",
    "dashes": "-" * 60 + "a" + "-" * 59 + "b\n",
    "colons": "：:",
}
PAGES = {
    "wrappers": "<div class=gmail_quote>From: a<br>",
    "quotes": "<blockquote>a: b<br>",
    "tags without end": "<",
    "tags without end and with colons": "<a: b",
    "comments": "<!--",
    "cells": "<td>a:",
    "typed text": "<pre>a:b\n",
}


@pytest.mark.parametrize("subject", ["Fwd: x", "x"])
@pytest.mark.parametrize("name", [*TEXTS, *PAGES])
def test_a_megabyte_of_hostile_text_is_read_in_bounded_time(name: str, subject: str) -> None:
    piece = TEXTS.get(name) or PAGES[name]
    text = piece * (CHARACTERS // len(piece))
    start = time.process_time()

    found = forwarded.find(text, is_html=name in PAGES, subject=subject)

    assert len(found) <= forwarded.DEEPEST
    assert time.process_time() - start < 5
