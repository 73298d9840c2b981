"""One JSON message to an address that an administrator has set: bounded in time and size, never led elsewhere."""

import ipaddress
import socket
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from django.conf import settings

from submissions.sandbox.base import SandboxError
from submissions.sandbox.http import BoundedSession, Timeouts, refusal

PATIENCE = Timeouts(connect=5, read=10, total=15)
ANSWER_BYTES = 64 * 1024
HOW_LONG = 500


class WebhookError(Exception):
    """The message was not taken; the words hold nothing of the address but its host."""


def post(url: str, message: Mapping[str, object]) -> None:
    """Hand the message over. Raises WebhookError unless the answer is 2xx."""
    check(url)
    try:
        with BoundedSession(PATIENCE, max_bytes=ANSWER_BYTES, verify=settings.CA_FILE or True) as session:
            refused = refusal(session.post(url, json=message))
    except SandboxError as error:
        refused = error
    if refused:
        parts = urlsplit(url)
        words = str(refused).replace(url, "[address]").replace(parts.path, "/") if parts.path.strip("/") else refused
        raise WebhookError(f"{parts.hostname}: {words}"[:HOW_LONG])


def check(url: str) -> None:
    """Raises WebhookError for an address that nobody may be told at.

    A SIEM stands in the inner network, so private addresses are fine; this machine, link-local addresses (a
    cloud's metadata) and others that are no host's are not, unless INSECURE_HOSTS names the host.
    """
    parts = urlsplit(url) if url.isprintable() else urlsplit("")
    try:
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise WebhookError("the port is no number") from None
    trusted = host in settings.INSECURE_HOSTS
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and trusted)):
        raise WebhookError("the address must begin with https://")
    if parts.username or parts.password:
        raise WebhookError("the address may hold no user name and no password")
    if not trusted and any(map(is_forbidden, addresses(host, port))):
        raise WebhookError(f"{host} is this machine or none that may be talked to")


def addresses(host: str, port: int) -> Iterator[str]:
    """Every address that the name stands for."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise WebhookError(f"{host} is not known to the name server") from None
    return (str(place[0]) for *_, place in found)


def is_forbidden(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
    )
