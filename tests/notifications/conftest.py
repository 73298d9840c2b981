"""The relay that the outbox talks to in these tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from notifications import smtp
from tests.fakes.smtp_server import FakeSmtpServer


@pytest.fixture
def relay(settings: Any) -> Iterator[FakeSmtpServer]:
    with FakeSmtpServer() as server:
        settings.EMAIL_URL = server.url
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits ten minutes for an answer in a test."""
    for name in ("CONNECT_SECONDS", "COMMAND_SECONDS", "FINAL_SECONDS"):
        monkeypatch.setattr(smtp, name, 0.3)
