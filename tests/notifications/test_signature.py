"""DKIM: what a receiver checks holds, as long as nobody changes the mail."""

import base64
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mailmonitor.checks import check_settings
from notifications import outbox
from notifications.signature import BadKey, signed
from tests.notifications.letters import letter

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
OLD_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
RECORD = b"v=DKIM1; k=rsa; p=" + base64.b64encode(
    KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)


def dns(name: bytes, **_: object) -> bytes | None:
    return RECORD if name == b"mailmonitor._domainkey.corp.example." else None


@pytest.fixture(autouse=True)
def key(settings: Any) -> None:
    settings.DKIM_KEY, settings.DKIM_DOMAIN, settings.SANDBOX_ADDRESS = PEM, "corp.example", "sandbox@corp.example"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Anna", "Änna 漢字"])
def test_the_signature_holds_until_the_mail_is_changed(name: str) -> None:
    row = outbox.decide(letter("summary_malicious", values={"reporter_name": name}))

    assert row is not None
    message = bytes(row.message)
    assert dkim.verify(message, dnsfunc=dns)
    assert not dkim.verify(message.replace(b"Subject: ", b"Subject: X"), dnsfunc=dns)
    assert not dkim.verify(message.replace(b"MALICIOUS", b"HARMLESS!"), dnsfunc=dns)


@pytest.mark.parametrize("pem", [PEM, OLD_PEM, PEM.replace("\n", "\\n")])
def test_every_form_of_the_key_is_read(settings: Any, pem: str) -> None:
    settings.DKIM_KEY = pem

    assert dkim.verify(signed(b"From: a@corp.example\r\nSubject: x\r\n\r\nHello\r\n"), dnsfunc=dns)


def test_without_a_key_the_mail_stays_as_it_is(settings: Any) -> None:
    settings.DKIM_KEY = ""

    assert signed(b"From: a@b\r\n\r\n") == b"From: a@b\r\n\r\n"


@pytest.mark.parametrize(("pem", "domain"), [("nonsense", "corp.example"), (PEM, "")])
def test_a_key_that_cannot_be_used_stops_the_start(settings: Any, pem: str, domain: str) -> None:
    settings.DKIM_KEY, settings.DKIM_DOMAIN = pem, domain

    with pytest.raises(BadKey):
        signed(b"From: a@b\r\n\r\n")
    assert "mailmonitor.E020" in [message.id for message in check_settings(None)]
