"""Trying a mailbox step by step: each tells what it saw, a refusal its exact words, and mails stay as they are."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from submissions.mailbox.base import Account, MailboxError
from submissions.mailbox.trial import ImapTrial, Tried, run
from submissions.sentences import in_readers_language
from tests.mailbox.conftest import account
from tests.mailbox.hostile import SELECTED, hostile
from tests.servers.dovecot import Dovecot
from tests.servers.mail_server import mail_server

USER = "trial@localhost"
WHOLE = ["address", "connection", "encryption", "greeting", "login", "abilities", "folder", "moving mails"]


def folders(place: Path) -> set[str]:
    return {path.name for path in place.iterdir() if path.is_dir()}


def tried(entry: Account) -> dict[str, Tried]:
    trial = ImapTrial(entry)
    try:
        return {line.name: line for line in run(trial.steps())}
    finally:
        trial.close()


@pytest.mark.servers
@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_every_step_of_a_good_mailbox_tells_what_it_saw(dovecot_server: Dovecot, security: str) -> None:
    dovecot_server.deliver(b"Subject: kept\r\n\r\n", USER)
    before = dovecot_server.mails("", USER)
    port = dovecot_server.tls_port if security == "tls" else dovecot_server.port

    found = tried(account(dovecot_server, username=USER, security=security, port=port))

    assert [line for line in found.values() if line.status != "OK"] == []
    assert set(found) == set(WHOLE)
    with translation.override("de"):
        spoken = {name for name, line in found.items() if in_readers_language(line.words) != line.words}
    assert set(WHOLE) - spoken <= {"address", "greeting", "abilities"}
    assert "127.0.0.1" in found["address"].words
    assert "IDLE, MOVE, UIDPLUS" in found["abilities"].words
    assert f"{len(before)} mails, {len(before)} unseen" in found["folder"].words
    if security != "plain":
        assert "TLSv1.3, certificate of CN=localhost, valid until" in found["encryption"].words


@pytest.mark.servers
def test_it_leaves_mails_and_folders_as_they_were(dovecot_server: Dovecot) -> None:
    dovecot_server.deliver(b"Subject: kept\r\n\r\n", USER)
    place = dovecot_server.directory / "mail" / USER
    tried(account(dovecot_server, username=USER))
    before = folders(place), dovecot_server.mails("", USER)

    tried(account(dovecot_server, username=USER))

    assert (folders(place), dovecot_server.mails("", USER)) == before
    assert not [path for path in place.rglob("*") if path.name.endswith(":2,S")]
    assert not [name for name in before[0] if "test" in name]


@pytest.mark.servers
def test_servers_with_less_or_other_names_are_tried_alike(modest_server: Dovecot, prefixed_server: Dovecot) -> None:
    for server in (modest_server, prefixed_server):
        server.deliver(b"Subject: kept\r\n\r\n", USER)

        assert {line.status for line in tried(account(server, username=USER)).values()} == {"OK"}


@pytest.mark.servers
def test_the_embedded_mail_server_passes() -> None:
    with mail_server() as server:
        entry = Account("127.0.0.1", server.imap_port, "plain", "sandbox@localhost", server.password)

        assert {line.status for line in tried(entry).values()} == {"OK"}


@pytest.mark.servers
def test_a_sign_in_is_tried_before_the_login(dovecot_server: Dovecot) -> None:
    def refused() -> str:
        raise MailboxError("token", "invalid_client: AADSTS7000222", fix="Make a new secret.", permanent=True)

    good = tried(account(dovecot_server, username=USER, token=lambda: dovecot_server.token(USER)))
    bad = tried(account(dovecot_server, username=USER, token=refused))

    assert {line.status for line in good.values()} == {"OK"}
    assert (bad["token"].status, bad["token"].cause, bad["token"].fix) == (
        "FAIL",
        "invalid_client: AADSTS7000222",
        "Make a new secret.",
    )
    assert bad["login"].status == "SKIP"


@pytest.mark.servers
@pytest.mark.parametrize(
    ("changes", "step", "cause", "fix"),
    [
        ({"host": "no-such-host.invalid"}, "address", "", "no-such-host.invalid"),
        ({"port": 1}, "connection", "refused", "Nothing listens"),
        ({"ca_file": ""}, "encryption", "CERTIFICATE_VERIFY_FAILED", "CA file"),
        ({"password": "wrong words"}, "login", "AUTHENTICATIONFAILED", "user name or password"),
        ({"folder": "Nowhere"}, "folder", "Nowhere", "INBOX"),
    ],
)
def test_a_step_that_fails_is_told_with_cause_and_fix_and_ends_the_trial(
    dovecot_server: Dovecot, changes: dict[str, Any], step: str, cause: str, fix: str
) -> None:
    dovecot_server.deliver(b"Subject: kept\r\n\r\n", USER)

    found = tried(account(dovecot_server, username=USER, **changes))

    names = list(found)
    assert found[step].status == "FAIL"
    assert cause in found[step].cause
    assert fix in found[step].fix
    assert {found[name].status for name in names[: names.index(step)]} <= {"OK"}
    assert {found[name].status for name in names[names.index(step) + 1 :]} <= {"SKIP"}
    assert "wrong words" not in repr(found)


def test_a_password_that_a_server_repeats_is_not_shown() -> None:
    refusal = {"LOGIN": b"%s NO your password hunter2hunter2 is wrong\r\n"}
    with hostile(refusal) as server:
        found = tried(Account("127.0.0.1", server.port, "plain", "someone", "hunter2hunter2"))

    assert found["login"].status == "FAIL"
    assert "hunter2" not in repr(found)


def test_no_mail_is_touched_even_in_a_server_that_says_everything_is_well() -> None:
    status = b"* STATUS INBOX (MESSAGES 2 UNSEEN 2 UIDVALIDITY 7)\r\n%s OK done\r\n"
    with hostile({"STATUS": status, "EXAMINE": SELECTED}) as server:
        tried(Account("127.0.0.1", server.port, "plain", "someone", "secret"))

    first = next(number for number, line in enumerate(server.heard) if line.startswith("CREATE"))
    assert any(line.startswith("EXAMINE") for line in server.heard)
    assert not [line for line in server.heard[:first] if line.startswith(("SELECT", "UID", "STORE"))]
    assert not [line for line in server.heard if "EXPUNGE" in line or "STORE" in line]
