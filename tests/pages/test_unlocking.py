"""An analyst opens what is locked in a mail."""

import io
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from django.contrib.auth.models import Group, User
from django.test import Client

from mailmonitor.models import Event
from submissions import conclusion
from submissions.models import Analysis, Item, Mailbox, Submission
from tests import rows
from tests.pages.test_list import text
from tests.pipeline.conftest import received, work

PASSWORD = "tulip-4711-Q"


@pytest.fixture(autouse=True)
def _own_settings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}"
    settings.SANDBOX = "fake"
    monkeypatch.setattr("submissions.views.unlocking.hint", lambda *_: None)


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return rows.mailbox(reporter_domains="corp.example")


def locked_mail() -> bytes:
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.writestr("invoice.js", b"malware " * 9)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "anna.lang@corp.example", "sandbox@corp.example", "what is this"
    mail["Message-ID"] = "<locked@corp.example>"
    mail.set_content("Somebody sent me this.\n")
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="secret.zip")
    return mail.as_bytes()


def unlock(page: Client, row: Submission, password: str) -> str:
    response: Any = page.post(f"/submissions/{row.pk}/unlock/", {"password": password}, follow=True)
    row.refresh_from_db()
    return text(response)


def test_a_refusal_speaks_german_with_those_who_do(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))

    answer = page.post(
        f"/submissions/{row.pk}/unlock/", {"password": "wrong"}, follow=True, headers={"accept-language": "de"}
    )

    assert "Nicht getan: das Passwort passt nicht." in text(answer)


def test_the_page_asks_for_the_password_of_what_is_locked(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))

    seen = text(page.get(f"/submissions/{row.pk}/"))

    assert "No password in the mail opens this." in seen
    assert "2/secret.zip" in seen
    assert row.verdict != "clean"


def test_what_the_password_opens_is_analysed_and_the_verdict_made_anew(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))

    seen = unlock(page, row, PASSWORD)

    assert "Opened. What came out of it is being analysed." in seen
    assert row.state == "analysing"
    assert row.problems == []
    member = row.items.get(name="invoice.js")
    assert member.path == "2/secret.zip/invoice.js"
    assert Analysis.objects.filter(artifact=member.artifact).count() == 1


def test_the_container_learns_its_password_and_is_analysed_again_with_it(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))

    unlock(page, row, PASSWORD)

    container = row.items.get(name="secret.zip")
    assert container.password == PASSWORD
    assert "locked" not in container.notes
    newest = Analysis.objects.filter(artifact=container.artifact).latest("generation")
    assert (newest.generation, newest.context["password"], newest.state) == (2, PASSWORD, "queued")


def test_after_the_new_analyses_the_mail_has_their_verdict(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))
    unlock(page, row, PASSWORD)

    Analysis.objects.filter(state="queued").update(
        state="finished", verdict="malicious", score=99, due_at=None, token=None, lease_ends_at=None
    )

    conclusion.conclude(row.pk)
    row.refresh_from_db()
    assert (row.state, row.verdict, row.score) == ("done", "malicious", 99)


def test_a_wrong_password_is_said_and_stands_in_the_audit_without_the_password(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))
    items = row.items.count()

    seen = unlock(page, row, "wrong-guess")

    assert "Not done: the password does not fit." in seen
    assert (row.state, row.items.count()) == ("done", items)
    event = Event.objects.get(subject=row.label, kind="not-unlocked")
    assert (event.actor, "wrong-guess" in event.words) == ("grace", False)


def test_the_right_password_stands_in_the_audit_by_its_effect_only(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))

    unlock(page, row, PASSWORD)

    event = Event.objects.get(subject=row.label, kind="unlocked")
    assert (event.actor, event.words) == ("grace", "2/secret.zip/invoice.js; new items: 1")


@pytest.mark.parametrize("password", ["", "x" * 201])
def test_what_is_no_password_is_not_tried(page: Client, mailbox: Mailbox, password: str) -> None:
    row = work(received(mailbox, locked_mail()))

    assert "Not done: that is no password." in unlock(page, row, password)


def test_a_mail_without_anything_locked_is_left_alone(page: Client) -> None:
    row = rows.submission(verdict="clean")

    assert "Not done: nothing of it is locked." in unlock(page, row, PASSWORD)
    assert "No password in the mail opens this." not in text(page.get(f"/submissions/{row.pk}/"))


def test_opening_twice_adds_nothing_twice(page: Client, mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))
    unlock(page, row, PASSWORD)

    assert "Not done: still being analysed." in unlock(page, row, PASSWORD)
    assert Item.objects.filter(name="invoice.js").count() == 1


def test_only_those_who_may_decide_can_try_a_password(mailbox: Mailbox) -> None:
    row = work(received(mailbox, locked_mail()))
    viewer = User.objects.create_user("vera")
    viewer.groups.add(Group.objects.get(name="viewer"))
    client = Client()
    client.force_login(viewer)

    assert client.post(f"/submissions/{row.pk}/unlock/", {"password": PASSWORD}).status_code == 403
    assert "No password in the mail opens this." not in text(client.get(f"/submissions/{row.pk}/"))
