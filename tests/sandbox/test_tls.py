"""TLS to a sandbox: own authorities, wrong certificates, and the deadline under encryption."""

import datetime
import ipaddress
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from submissions.sandbox.base import SandboxError
from submissions.sandbox.joe import JoeAccount, JoeSandbox
from tests.fakes.joe_server import JoeServer
from tests.sandbox.conftest import QUICK, account_at, file_sample, fitting


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "joe.test")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path = tmp_path_factory.mktemp("tls") / "joe.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    return path


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[JoeServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = JoeServer()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.drip_seconds = 0.05
    with server:
        yield server


def tls_account(server: JoeServer, verify: bool | str, *, mode: str = "") -> JoeAccount:
    account = account_at(server, timeouts=fitting(mode))
    return replace(account, api_url=account.api_url.replace("http:", "https:"), verify=verify)


def test_an_own_authority_is_trusted(tls_server: JoeServer, certificate: Path) -> None:
    joe = JoeSandbox(tls_account(tls_server, str(certificate)))
    sample = file_sample()

    assert joe.poll(joe.submit(sample).reference, sample) is not None


def test_an_unknown_authority_is_a_network_fault_that_names_the_certificate(tls_server: JoeServer) -> None:
    with pytest.raises(SandboxError, match="CERTIFICATE_VERIFY_FAILED") as raised:
        JoeSandbox(tls_account(tls_server, verify=True)).submit(file_sample())

    assert (raised.value.kind, raised.value.permanent, raised.value.unknown) == ("network", False, False)


def test_a_file_of_authorities_that_is_missing_is_named(tls_server: JoeServer, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"nowhere\.pem"):
        JoeSandbox(tls_account(tls_server, str(tmp_path / "nowhere.pem"))).submit(file_sample())


@pytest.mark.parametrize("mode", ["drip", "drip-headers", "hang"])
def test_each_call_ends_in_time_under_encryption_too(tls_server: JoeServer, certificate: Path, mode: str) -> None:
    tls_server.faults.add("submission/new", mode)
    started = time.monotonic()

    with pytest.raises(SandboxError) as raised:
        JoeSandbox(tls_account(tls_server, str(certificate), mode=mode)).submit(file_sample())

    assert raised.value.unknown
    assert time.monotonic() - started < QUICK.total + 2
