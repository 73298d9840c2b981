"""Which hosts may be talked to without encryption."""

import ipaddress
from collections.abc import Collection


def is_loopback(host: str) -> bool:
    """Whether the name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def may_be_plain(host: str, insecure_hosts: Collection[str]) -> bool:
    """Plain imap://, smtp:// and http:// are for this machine and for hosts that INSECURE_HOSTS names."""
    return is_loopback(host) or host in insecure_hosts
