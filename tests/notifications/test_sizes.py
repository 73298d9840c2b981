"""Gmail cuts a mail at 102 KB; ours stay far below, in every kind, language and design."""

import pytest

from notifications.kinds import KINDS, TABLE, sample
from notifications.looks import Look
from notifications.rendering import Context, render_text
from notifications.texts import default
from notifications.words import LANGUAGES

MOST = 30 * 1024
LOOKS = (Look(), Look("organisation", "#0A6638", "Corp plc\n" * 100, b"a logo", "Corp IT Security"))
LONG_ROW = {"verdict": "Malicious", "name": "漢" * 200, "type": "File", "score": "92", "reason": "<&>" * 300}


def full(kind: str) -> Context:
    """Samples, and more items than a table holds."""
    values = sample(kind)
    return {**values, TABLE: [LONG_ROW] * 200} if TABLE in values else values


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_html_is_larger_than_thirty_kilobytes(language: str) -> None:
    sizes = {}
    for kind in KINDS:
        text = default(kind, language)
        assert text is not None
        for look in LOOKS:
            sizes[kind, look.design] = len(render_text(kind, text, full(kind), look=look).html.encode())

    assert len(sizes) == len(KINDS) * len(LOOKS)
    assert {key: size for key, size in sizes.items() if size > MOST} == {}
    assert max(sizes.values()) > MOST / 2
