"""A provider on loopback that gives tokens, and what an app needs to ask for them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from mailmonitor.oauth import Access
from tests.fakes.token_server import CLIENT, MAILBOX, SECRET, SERVICE, TENANT, TokenServer
from tests.servers.certificates import make_certificate

SCOPE = "https://outlook.office365.com/.default"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[TokenServer]:
    with TokenServer(make_certificate(tmp_path)) as server:
        yield server


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def pem(provider: TokenServer, private_key: rsa.RSAPrivateKey) -> str:
    """Private key and certificate of an app; the provider knows the certificate."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mail Monitor")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private_key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(private_key, hashes.SHA256())
    provider.world.certificate = certificate
    return key_text(private_key) + certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def service_account(provider: TokenServer, private_key: rsa.RSAPrivateKey) -> str:
    """The JSON key as Google's console hands it out."""
    provider.world.service_key = private_key.public_key()
    return json.dumps(
        {
            "type": "service_account",
            "client_email": SERVICE,
            "private_key_id": "1",
            "private_key": key_text(private_key),
            "token_uri": f"{provider.url}/token",
        }
    )


def key_text(key: rsa.RSAPrivateKey) -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


def access(provider: TokenServer, way: str, **changes: Any) -> Access:
    """An app that the provider knows."""
    microsoft = way.startswith("microsoft")
    facts: dict[str, Any] = {
        "client_id": CLIENT,
        "client_secret": SECRET if way in ("microsoft-app", "oauth2", "google-user") else "",
        "tenant": TENANT,
        "username": MAILBOX,
        "login_url": provider.url if microsoft else f"{provider.url}/token",
        "scopes": (SCOPE,) if microsoft else (),
        "ca_file": provider.ca_file,
    }
    return Access(way, **{**facts, **changes})
