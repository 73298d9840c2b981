from typing import Any

import pytest
from cryptography.fernet import Fernet

from mailmonitor.checks import check_settings


@pytest.fixture(autouse=True)
def right(settings: Any) -> None:
    """A configuration with nothing to complain about."""
    settings.SECRET_KEY = "correct horse battery staple, and fifty letters more"
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    settings.EMAIL_URL = "smtp+tls://relay.corp.example:587"
    settings.MAILBOX_URL = "imaps://user:password@imap.corp.example/INBOX"
    settings.REPORTER_DOMAINS = ["corp.example"]
    settings.EMBEDDED = False


def ids() -> list[str | None]:
    return [message.id for message in check_settings(None)]


def test_a_right_configuration_passes_in_silence() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "", "E001"),
        ("SECRET_KEY", "short", "E001"),
        ("SECRET_KEY", "x" * 50, "W005"),
        ("SECRET_KEY", "django-insecure-0123456789abcdefghijklmnop", "W005"),
        ("PUBLIC_URL", "http://mailmonitor.corp.example", "W006"),
        ("FIELD_KEYS", [""], "E002"),
        ("FIELD_KEYS", ["not a key"], "E002"),
        ("MAILBOX_URL", "https://imap.corp.example", "E003"),
        ("MAILBOX_URL", "imaps://imap.corp.example", "E003"),
        ("MAILBOX_URL", "imaps://user:p@host:port/", "E003"),
        ("MAILBOX_URL", "imap://user:password@imap.corp.example", "E010"),
        ("EMAIL_URL", "", "W001"),
        ("EMAIL_URL", "mail.corp.example", "E004"),
        ("EMAIL_URL", "smtp://relay.corp.example", "E010"),
        ("SANDBOX", "cuckoo", "E005"),
        ("STORAGE_URL", "relative/path", "E008"),
        ("STORAGE_URL", "ftp://host/path", "E008"),
        ("STORAGE_URL", "s3://host/bucket", "E008"),
        ("STORAGE_URL", "s3://key:secret@host/", "E008"),
        ("STORAGE_URL", "s3+http://key:secret@s3.corp.example/bucket", "E010"),
        ("REPORTER_DOMAINS", [], "W002"),
        ("DEBUG", True, "W003"),
    ],
)
def test_a_wrong_setting_is_named_with_its_fix(settings: Any, name: str, value: object, expected: str) -> None:
    setattr(settings, name, value)

    (message,) = check_settings(None)

    assert message.id == f"mailmonitor.{expected}"
    assert name in message.msg
    assert message.hint


def test_joe_needs_a_key_and_the_accepted_terms(settings: Any) -> None:
    settings.SANDBOX = "joe"
    settings.JOESANDBOX_API_URL = "http://joe.corp.example/api"

    assert ids() == ["mailmonitor.E006", "mailmonitor.E007", "mailmonitor.E010"]


@pytest.mark.parametrize("url", ["imap://user:password@127.0.0.1:1143", "imap://user:password@[::1]/INBOX"])
def test_this_machine_may_be_talked_to_in_the_clear(settings: Any, url: str) -> None:
    settings.MAILBOX_URL = url

    assert ids() == []


def test_a_named_host_may_be_talked_to_in_the_clear(settings: Any) -> None:
    settings.MAILBOX_URL = "imap://user:password@mail/INBOX"
    settings.INSECURE_HOSTS = ["mail"]

    assert ids() == []


def test_no_message_shows_a_password(settings: Any) -> None:
    settings.MAILBOX_URL = "nonsense://user:hunter2@imap.corp.example"
    settings.EMAIL_URL = "nonsense://user:hunter2@relay.corp.example"

    assert "hunter2" not in str([(message.msg, message.hint) for message in check_settings(None)])
