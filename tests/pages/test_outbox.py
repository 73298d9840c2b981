"""The mails sent by the embedded installation."""

import os
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.pages.test_list import text


@pytest.fixture
def outbox(settings: Settings, tmp_path: Path) -> Path:
    settings.EMBEDDED, settings.VAR_DIR = True, tmp_path
    folder = tmp_path / "outbox"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, subject: str, *, at: int = 1_700_000_000) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "sandbox@localhost", "anna@corp.example"
    mail.set_content("Hello Anna,\n")
    mail.add_alternative("<h1>Hello</h1><script>alert(1)</script>", subtype="html")
    (folder / name).write_bytes(bytes(mail))
    os.utime(folder / name, (at, at))


def test_the_newest_mail_stands_first(page: Client, outbox: Path) -> None:
    put(outbox, "a.eml", "Received: x")
    put(outbox, "b.eml", "Malicious: x", at=1_700_000_100)

    seen = text(page.get("/outbox/"))

    assert 0 < seen.index("Malicious: x") < seen.index("Received: x")


def test_a_mail_shows_its_headers_and_its_text(page: Client, outbox: Path) -> None:
    put(outbox, "a.eml", "Received: x")

    seen = text(page.get("/outbox/a.eml/"))

    for words in ("Received: x", "sandbox@localhost", "anna@corp.example", "Hello Anna,"):
        assert words in seen


def test_the_html_part_can_neither_run_nor_load_anything(page: Client, outbox: Path) -> None:
    put(outbox, "a.eml", "Received: x")

    response = page.get("/outbox/a.eml/html/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.replace(";", " ").split()
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "sandbox" in page.get("/outbox/a.eml/").content.decode()


@pytest.mark.parametrize("name", ["..%2Fdb.sqlite3", "%2E%2E", "b.eml", "a.eml%00"])
def test_only_mails_of_the_folder_are_opened(page: Client, outbox: Path, name: str) -> None:
    put(outbox, "a.eml", "Received: x")
    (outbox.parent / "db.sqlite3").write_bytes(b"secret")

    assert page.get(f"/outbox/{name}/").status_code == 404


def test_there_is_no_outbox_beside_the_embedded_installation(page: Client, outbox: Path, settings: Settings) -> None:
    settings.EMBEDDED = False

    assert page.get("/outbox/").status_code == 404
    assert "Outbox" not in text(page.get("/submissions/?show=clean"))
