"""DKIM (RFC 6376): our signature under a finished mail, where the relay does not sign itself."""

import re

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

SIGNED = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"auto-submitted",
    b"mime-version", b"content-type", b"content-language",
)  # fmt: skip


def signed(message: bytes) -> bytes:
    """The message with a DKIM-Signature above it; as it is when DKIM_KEY is not set. Raises BadKey."""
    if not settings.DKIM_KEY:
        return message
    if not settings.DKIM_DOMAIN:
        raise BadKey("DKIM_DOMAIN is not set")
    try:
        signature = dkim.sign(
            message,
            settings.DKIM_SELECTOR.encode(),
            settings.DKIM_DOMAIN.encode(),
            pem(settings.DKIM_KEY),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in SIGNED if has(message, name)],
        )
    except (dkim.DKIMException, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(f"DKIM_KEY, DKIM_SELECTOR or DKIM_DOMAIN cannot be used: {error}") from error
    return bytes(signature) + message


class BadKey(ValueError):
    """The settings of the signature are wrong."""


def pem(key: str) -> bytes:
    """The key in the one form that dkimpy reads; in the environment its line ends may be two characters each."""
    loaded = load_pem_private_key(key.replace("\\n", "\n").encode(), password=None)
    return loaded.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def has(message: bytes, name: bytes) -> bool:
    head = message.partition(b"\r\n\r\n")[0]
    return re.search(rb"(?im)^" + re.escape(name) + rb":", head) is not None
