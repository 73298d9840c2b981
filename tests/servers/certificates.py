"""An authority of our own and certificates for 127.0.0.1 and localhost, as good or as bad as a test wants them."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Certificate:
    """PEM files: the authority, the server's certificate, its key."""

    authority: Path
    certificate: Path
    key: Path


def make_certificate(directory: Path, *, host: str = "localhost", expired: bool = False) -> Certificate:
    """A fresh authority and a certificate for `host` (and 127.0.0.1 when it is localhost)."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = name("Authority of the tests")
    authority = build(authority_name, authority_name, authority_key.public_key(), (-WEEK, WEEK))
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    life = (-2 * DAY, -DAY) if expired else (-WEEK, WEEK)
    server = build(name(host), authority_name, server_key.public_key(), life)
    server = server.add_extension(x509.SubjectAlternativeName(alternatives(host)), critical=False)
    made = Certificate(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    for path, builder in ((made.authority, authority), (made.certificate, server)):
        path.write_bytes(builder.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    made.key.touch(mode=0o600)
    made.key.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return made


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def alternatives(host: str) -> list[x509.GeneralName]:
    own: list[x509.GeneralName] = [x509.DNSName(host)]
    return [*own, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] if host == "localhost" else own


def build(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: tuple[timedelta, timedelta]
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + life[0])
        .not_valid_after(now + life[1])
    )
