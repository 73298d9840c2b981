"""Texts are data: only the closed list is filled in, once, and nothing in a text or a value is evaluated."""

import re
import time
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.kinds import KINDS, SAMPLES, TABLE, sample
from notifications.placeholders import choose, fill, validate
from notifications.rendering import render_text
from notifications.texts import Text, default

ENGINES = Path(__file__).with_name("hostile_texts.txt").read_text(encoding="utf-8").splitlines()
FRAMES = ["§", "Hello § there", "§§", "{{subject}} §", "\n\n§\n1. §\n", "<p>§</p>", '<a href="§">x</a>', "<!-- § -->"]
HOSTILE = [frame.replace("§", engine) for frame, engine in product(FRAMES, ENGINES)]
BUSY_KINDS = ("received", "item_malicious", "summary_malicious", "verdict_changed")
EVALUATED = re.compile(r"\b49\b|7777777|uid=\d|insecure-|root:x:")
SLOWEST_SECONDS = 0.5


def test_every_shipped_text_is_of_the_language() -> None:
    for name in KINDS:
        text = default(name, "en")

        assert text is not None
        assert validate(name, text.subject, "subject") == validate(name, text.body_text, "text") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{subjekt}}", "Unknown placeholder {{subjekt}}. Did you mean {{subject}}? (line 1, column 1)"),
        ("a\nb {{ reporter }}", "Unknown placeholder {{reporter}}. Did you mean {{reporter_name}}? (line 2, column 3)"),
        ("{{quite_another_thing}}", "Unknown placeholder {{quite_another_thing}} (line 1, column 1)"),
        ("{{artifact_name}}", "{{artifact_name}} is not available in the mail “Received” (line 1, column 1)"),
        ("a }} b", "}} without its counterpart (line 1, column 3)"),
        ("{{ subject", "{{ without its counterpart (line 1, column 1)"),
        ("x {% if a %}", "{% is not part of the language of these texts; only {{name}} is (line 1, column 3)"),
        ("{{/if}}", "{{/if}} without {{#if name}} (line 1, column 1)"),
        ("{{#if subject}}x", "{{#if}} is never closed by {{/if}} (line 1, column 1)"),
        ("{{#if subject}}{{#if to}}{{/if}}{{/if}}", "A {{#if}} may not stand inside another one (line 1, column 16)"),
        ("{{#if artifact_name}}x{{/if}}", "{{artifact_name}} is not available in the mail “Received”"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, words: str) -> None:
    assert str(validate("received", text, "text")[0]).startswith(words)


def test_the_table_cannot_stand_in_a_subject() -> None:
    assert "cannot stand in the subject" in str(validate("summary_clean", "{{artifact_table}}", "subject")[0])
    assert validate("summary_clean", "{{artifact_table}}", "text") == []


@pytest.mark.parametrize(
    ("text", "present", "left"),
    [
        ("a{{#if score}} {{score}}{{/if}}!", {"score"}, "a {{score}}!"),
        ("a{{#if score}} {{score}}{{/if}}!", set(), "a!"),
        ("a\n{{#if score}}\nScore: {{score}}\n{{/if}}\nb", {"score"}, "a\nScore: {{score}}\nb"),
        ("a\n{{#if score}}\nScore: {{score}}\n{{/if}}\nb", set(), "a\nb"),
        ("{{#if nonsense}}x{{/if}}", set(), "{{#if nonsense}}x{{/if}}"),
    ],
)
def test_a_block_is_kept_when_its_value_is_there(text: str, present: set[str], left: str) -> None:
    assert choose(text, present) == left


def test_a_zero_counts_as_absent() -> None:
    text = Text("{{subject}}", "{{#if skipped_count}}{{skipped_count}} skipped{{/if}}.")

    assert render_text("summary_clean", text, {"subject": "x", "skipped_count": "0"}).text == ".\n"
    assert render_text("summary_clean", text, {"subject": "x", "skipped_count": "2"}).text == "2 skipped.\n"


@given(st.text(max_size=200))
def test_a_value_is_never_read_again(value: str) -> None:
    wrapped = f"{{{{to}}}}{value}{{{{subject}}}}"

    assert fill("<{{subject}}>", {"subject": wrapped, "to": "!"}) == f"<{wrapped}>"


def test_there_are_five_thousand_hostile_mails() -> None:
    assert len(HOSTILE) * len(BUSY_KINDS) * 3 >= 5000


@pytest.mark.parametrize("kind", BUSY_KINDS)
def test_hostile_texts_and_values_are_never_evaluated(kind: str) -> None:
    for hostile in HOSTILE:
        as_text = render_text(kind, Text(hostile[:200], hostile), sample(kind))
        as_html = render_text(kind, Text("x", "x", hostile), sample(kind))
        context = {**sample(kind), "subject": hostile, "reporter_name": hostile, "original_from": hostile}
        as_value = render_text(kind, Text("{{subject}}", "{{reporter_name}}{{original_from}}"), context)
        for mail in (as_text, as_html, as_value):
            assert not EVALUATED.search(mail.text + mail.subject)
            assert "<script" not in mail.html


def test_what_is_not_of_the_language_stays_as_it_stands() -> None:
    assert render_text("received", Text("x", "{{ settings.SECRET_KEY }}"), {}).text == "{{ settings.SECRET_KEY }}\n"


@pytest.mark.parametrize(
    "text",
    [
        "{{" * 32000,
        "}}" * 32000,
        "{{#if subject}}" * 4000,
        "{{subject}}" * 5900,
        "{" * 65000,
        "{{" + "a" * 65000,
        "\n" * 65000,
    ],
)
def test_a_hostile_text_is_read_in_linear_time(text: str) -> None:
    begin = time.monotonic()
    validate("received", text, "text")
    choose(text, {"subject"})
    fill(text, {"subject": "x"})

    assert time.monotonic() - begin < SLOWEST_SECONDS


def test_rendering_is_quick() -> None:
    texts = [Text(hostile[:200], hostile) for hostile in HOSTILE]
    begin = time.process_time()
    for text in texts:
        render_text("summary_malicious", text, sample("summary_malicious"))

    assert (time.process_time() - begin) / len(texts) < 0.010


def test_every_placeholder_has_a_sample() -> None:
    for kind in KINDS.values():
        assert set(kind.placeholders) <= {*SAMPLES, TABLE}
