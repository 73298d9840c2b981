"""Phishing tests of the organisation's own are praised and not opened."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from notifications.models import Notification
from submissions.models import Analysis, Item, Mailbox, Simulation
from tests.pipeline.conftest import received, work
from tests.reports import report

pytestmark = pytest.mark.django_db
SECRET = "4f1c-our-own-test"


def phishing_test(text: str = "Log in: https://t.corp.example/a\n", files: dict[str, bytes] | None = None) -> bytes:
    mail = report(files or {}, text, number=7)
    return mail.replace(b"Subject: Invoice 7", b"X-Our-Test: " + SECRET.encode() + b"\r\nSubject: Invoice 7")


@pytest.mark.parametrize(
    ("rule", "mail", "recognised"),
    [
        ({"header": "X-Our-Test", "value": SECRET}, phishing_test(), True),
        ({"header": "X-Our-Test", "value": SECRET}, phishing_test(files={"a.js": b"malware"}), True),
        ({"header": "X-Our-Test", "value": "4f1c-our-own-tesT"}, phishing_test(), False),
        ({"host": "corp.example"}, phishing_test(), True),
        ({"host": "corp.example"}, phishing_test(files={"a.js": b"malware"}), False),
        ({"host": "corp.example"}, phishing_test("https://t.corp.example/a https://evil.example/b\n"), False),
        ({"host": "corp.example"}, phishing_test("https://t.corp.example.evil.example/b\n"), False),
        ({"host": "corp.example"}, phishing_test("no link\n"), False),
        ({"host": "corp.example", "sender": "billing@acme-invoices.example"}, phishing_test(), True),
        ({"host": "corp.example", "sender": "eve@acme-invoices.example"}, phishing_test(), False),
        ({"header": "X-Our-Test", "value": SECRET, "enabled": False}, phishing_test(), False),
    ],
)
def test_a_phishing_test_of_ours_is_praised_and_nothing_of_it_is_opened(
    mailbox: Mailbox, rule: dict[str, Any], mail: bytes, recognised: bool
) -> None:
    Simulation.objects.create(name="Autumn", **rule)

    row = work(received(mailbox, mail))

    assert (row.state == "ignored") is recognised
    assert (Notification.objects.order_by("pk")[0].kind == "phishing_test") is recognised
    assert Analysis.objects.exists() is not (recognised or b"no link" in mail)
    assert Item.objects.exists() is not (recognised or b"no link" in mail)


@pytest.mark.parametrize(
    "rule",
    [
        {"sender": "hr@corp.example"},
        {"header": "X-Test", "value": "short"},
        {"header": "Subject", "value": SECRET},
        {"header": "X-Test"},
        {},
    ],
)
def test_a_rule_that_a_stranger_could_satisfy_is_refused(rule: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Simulation(name="Autumn", **rule).full_clean()
