"""The relay by TLS, by STARTTLS and with a login: aiosmtpd with a certificate of our own authority."""

import base64
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.conf import settings as configured

from notifications import smtp
from notifications.smtp import Route, SmtpError, probe, send
from tests.servers.certificates import Certificate, make_certificate
from tests.servers.processes import free_port

MESSAGE = b"Subject: Received\r\n\r\nThank you.\r\n"
GOOD_TOKEN = "ya29.good"
TAKEN: list[bytes] = []


@pytest.fixture(autouse=True)
def impatient() -> None:
    """This relay answers, however busy the machine is: the real patience."""


class Keeper:
    """Keeps what it is given."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        TAKEN.append(envelope.content)
        return "250 2.0.0 queued as 4711"

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:
        """Refuses as Exchange does: the reason as a challenge, and the refusal after the client's empty answer."""
        right = f"user=relay\1auth=Bearer {GOOD_TOKEN}\1\1"
        if base64.b64decode(words[1]).decode() == right:
            return AuthResult(success=True)
        assert await server.challenge_auth(b'{"status":"401","schemes":"bearer"}') == b""
        return AuthResult(success=False, handled=False)


def only_the_right_password(*arguments: Any) -> AuthResult:
    data = arguments[-1]
    assert isinstance(data, LoginPassword)
    right = (data.login, data.password) == (b"relay user", b"p@ss:word")
    return AuthResult(success=right, handled=False)


@contextmanager
def relay(certificate: Certificate, *, wrapped: bool) -> Iterator[int]:
    """A relay that wants TLS and a login; `wrapped` means TLS from the first byte."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    options: dict[str, Any] = {"authenticator": only_the_right_password}
    if wrapped:
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    port = free_port()
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def certificate(tmp_path: Path, settings: Any) -> Certificate:
    made = make_certificate(tmp_path)
    settings.CA_FILE = str(made.authority)
    TAKEN.clear()
    return made


def hand_over(token: Callable[[], str] | None = None) -> str:
    route = Route(smtp.relay(configured.EMAIL_URL, token), "sandbox@corp.example", "anna@corp.example")
    return send(MESSAGE, route, before_dot=lambda: None)


@pytest.mark.parametrize(("scheme", "wrapped"), [("smtps", True), ("smtp+tls", False)])
def test_a_mail_goes_out_encrypted_and_with_a_login(
    certificate: Certificate, settings: Any, scheme: str, wrapped: bool
) -> None:
    with relay(certificate, wrapped=wrapped) as port:
        settings.EMAIL_URL = f"{scheme}://relay%20user:p%40ss%3Aword@localhost:{port}"

        assert hand_over() == "250 2.0.0 queued as 4711"
        assert probe(smtp.relay(settings.EMAIL_URL)).startswith(f"localhost:{port}, ")

    assert [content.strip() for content in TAKEN] == [MESSAGE.strip()]


@pytest.mark.parametrize(("scheme", "wrapped"), [("smtps", True), ("smtp+tls", False)])
def test_a_certificate_of_a_strange_authority_is_refused(
    certificate: Certificate, settings: Any, scheme: str, wrapped: bool
) -> None:
    settings.CA_FILE = ""
    with relay(certificate, wrapped=wrapped) as port:
        settings.EMAIL_URL = f"{scheme}://relay%20user:p%40ss%3Aword@localhost:{port}"

        with pytest.raises(SmtpError, match="certificate verify failed") as caught:
            hand_over()

    assert (caught.value.permanent, caught.value.phase, TAKEN) == (False, "before", [])


def test_a_wrong_password_delays_the_mail_and_is_not_repeated_in_the_error(
    certificate: Certificate, settings: Any
) -> None:
    with relay(certificate, wrapped=False) as port:
        settings.EMAIL_URL = f"smtp+tls://relay%20user:hunter2@localhost:{port}"

        with pytest.raises(SmtpError, match="535") as caught:
            hand_over()

    assert caught.value.permanent is False
    assert "hunter2" not in str(caught.value)
    assert TAKEN == []


def test_a_relay_without_encryption_gets_no_password(settings: Any, certificate: Certificate) -> None:
    controller = Controller(Keeper(), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_URL = f"smtp+tls://relay%20user:p%40ss%3Aword@localhost:{controller.port}"

    with pytest.raises(SmtpError, match="STARTTLS"):
        hand_over()

    controller.stop()
    assert TAKEN == []


def test_an_access_token_logs_in_and_a_refused_one_delays_the_mail(certificate: Certificate, settings: Any) -> None:
    with relay(certificate, wrapped=False) as port:
        settings.EMAIL_URL = f"smtp+tls://relay@localhost:{port}"

        assert hand_over(lambda: GOOD_TOKEN) == "250 2.0.0 queued as 4711"
        with pytest.raises(SmtpError) as refused:
            hand_over(lambda: "old-token")

    assert not refused.value.permanent
    assert refused.value.phase == "before"
    assert "old-token" not in str(refused.value)
