"""A pipeline without processes: the sandbox is the fake, the relay takes everything, bytes lie in an own place."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from notifications import smtp
from submissions import analysis, conclusion, intake, recovery
from submissions.mailbox.base import RawMail
from submissions.models import Analysis, Mailbox, Submission
from tests import rows


@pytest.fixture(autouse=True)
def own_settings(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}"
    settings.SANDBOX = "fake"
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    settings.SEARCH_AFTER = [timedelta(0)] * 3


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return rows.mailbox(reporter_domains="corp.example")


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The mails that the relay has taken."""
    taken: list[bytes] = []

    def send(message: bytes, route: smtp.Route, *, before_dot: Callable[[], None]) -> str:
        before_dot()
        taken.append(message)
        return "250 taken"

    monkeypatch.setattr(smtp, "send", send)
    return taken


def received(mailbox: Mailbox, content: bytes, uid: int = 1) -> Submission:
    """A mail that has just been stored."""
    row = intake.receive(mailbox, RawMail(7, uid, len(content), timezone.now(), content))
    assert row is not None
    return row


def work(submission: Submission) -> Submission:
    """Take the mail all the way that needs no waiting."""
    for pk in intake.unpack(submission.pk).analyses:
        analysis.submit(pk)
    for _ in range(3):
        Analysis.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        for pk in recovery.due().poll:
            analysis.poll(pk)
    conclusion.conclude(submission.pk)
    submission.refresh_from_db()
    return submission
