"""Readers of every language learn why, in its words: none of ours is left in English."""

import hashlib

import pytest

from notifications.models import Notification
from notifications.words import LANGUAGES, plainly, vocabulary
from submissions.models import Item, Mailbox, WhitelistRule
from submissions.plain_reasons import NOT_CARRIED_OUT, PLAIN, plain, strongest
from submissions.sandbox.static.rules import CLEAN_ID, RULES
from submissions.verdicts import Verdict
from tests.pipeline.conftest import received, work
from tests.reports import report

OTHERS = [language for language in LANGUAGES if language != "en"]
OURS = [*PLAIN, NOT_CARRIED_OUT, "On the deny list", "The mail could not be read.", *Item.Skipped.labels]


@pytest.mark.parametrize("language", OTHERS)
def test_every_plain_reason_is_translated(language: str) -> None:
    for words in OURS:
        assert plainly(language, "", words).lower() != words.lower(), words


@pytest.mark.parametrize("rule", [*RULES, CLEAN_ID])
def test_every_rule_of_the_engine_has_plain_words(rule: str) -> None:
    assert plain(rule, "").lower() in vocabulary("de")


def test_what_a_clean_file_also_has_is_no_reason() -> None:
    found = [{"id": CLEAN_ID, "words": "", "points": 0}, {"id": "pdf-javascript", "words": "", "points": 10}]

    assert strongest(found, Verdict.CLEAN) == ["No threats found by static checks"]


def test_another_sandbox_is_quoted() -> None:
    found = [{"id": "signature", "words": "It talks to a server", "points": 3}]

    assert plainly("de", "", "; ".join(strongest(found, Verdict.MALICIOUS))) == "It talks to a server"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("de", "Auf der Liste erlaubter Ziele"), ("en", "On the whitelist")])
def test_the_table_tells_its_reasons_in_the_language_of_the_mail(mailbox: Mailbox, language: str, words: str) -> None:
    Mailbox.objects.update(language=language)
    row = received(mailbox, report({"a.txt": b"only notes", "b.txt": b"other notes"}, "Please look.\n"))
    rule = {"kind": WhitelistRule.Kind.HASH, "pattern": hashlib.sha256(b"other notes").hexdigest()}
    WhitelistRule.objects.create(**rule)
    work(row)

    assert words in Notification.objects.get(kind__startswith="summary_").plain_text
