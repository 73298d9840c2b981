"""Reading MAILBOX_URL: `imaps://user:password@host:993/INBOX` and its kin for the other protocols."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

SECURITY = {"imaps": "tls", "imap+tls": "starttls", "imap": "plain"}
DOORS = ("lmtp", "smtp")
GRAPH = "graph.microsoft.com"
EXAMPLE = "imaps://user:password@host:993/INBOX, with special characters percent-encoded"
OTHERS = "graph://user@graph.microsoft.com/Inbox, maildir:///path, lmtp://127.0.0.1:2424 or smtp://127.0.0.1:2526"


@dataclass(frozen=True, slots=True)
class MailboxUrl:
    """What the URL says. `security` is tls, starttls or plain. For a Maildir `folder` is its path."""

    protocol: str
    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"


def read_mailbox_url(url: str) -> MailboxUrl:
    """Raises ValueError with words that do not repeat the URL, for it holds a password."""
    parts = urlsplit(url)
    try:
        port = parts.port or 0
    except ValueError as error:
        raise ValueError(f"The port is no number. Use {EXAMPLE}") from error
    if parts.scheme == "maildir" and parts.path.strip("/") and not parts.netloc:
        return MailboxUrl("maildir", "", 1, "plain", "", "", unquote(parts.path))
    if parts.scheme in DOORS and parts.hostname and port:
        return MailboxUrl(parts.scheme, parts.hostname, port, "plain", "", "")
    if parts.scheme == "graph" and parts.username:
        return of_account(parts, "graph", GRAPH, port or 443)
    if parts.scheme in SECURITY and parts.hostname and parts.username:
        return of_account(parts, "imap", parts.hostname, port or (993 if parts.scheme == "imaps" else 143))
    raise ValueError(f"Use {EXAMPLE}; or {OTHERS}")


def of_account(parts: SplitResult, protocol: str, host: str, port: int) -> MailboxUrl:
    return MailboxUrl(
        protocol=protocol,
        host=parts.hostname or host,
        port=port,
        security=SECURITY.get(parts.scheme, "tls"),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )
