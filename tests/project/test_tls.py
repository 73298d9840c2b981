"""Authorities are loaded once a process, and again when their file has changed."""

import os
import ssl
from pathlib import Path

import pytest

from mailmonitor.tls import trusting
from tests.servers.certificates import make_certificate


def test_authorities_are_loaded_once(tmp_path: Path) -> None:
    ca_file = str(make_certificate(tmp_path).authority)

    assert trusting(ca_file) is trusting(ca_file)
    assert trusting() is trusting()
    assert trusting(ca_file) is not trusting()


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    ca_file = make_certificate(tmp_path).authority
    before = trusting(str(ca_file))

    os.utime(ca_file, (0, 0))

    assert trusting(str(ca_file)) is not before


def test_it_verifies_names_and_certificates() -> None:
    assert (trusting().verify_mode, trusting().check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_file_that_is_missing_or_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "nonsense.pem").write_text("nonsense")

    with pytest.raises(OSError, match="No such file"):
        trusting(str(tmp_path / "missing.pem"))
    with pytest.raises(ssl.SSLError):
        trusting(str(tmp_path / "nonsense.pem"))
