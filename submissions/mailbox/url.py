"""Reading `imaps://user:password@host:993/INBOX`."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

SECURITY = {"imaps": "tls", "imap+tls": "starttls", "imap": "plain"}
EXAMPLE = "imaps://user:password@host:993/INBOX, with special characters percent-encoded"


@dataclass(frozen=True, slots=True)
class MailboxUrl:
    """What the URL says. `security` is tls, starttls or plain."""

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
        port = parts.port or (993 if parts.scheme == "imaps" else 143)
    except ValueError as error:
        raise ValueError(f"The port is no number. Use {EXAMPLE}") from error
    if parts.scheme not in SECURITY or not parts.hostname or not parts.username:
        raise ValueError(f"Use {EXAMPLE}")
    return MailboxUrl(
        host=parts.hostname,
        port=port,
        security=SECURITY[parts.scheme],
        username=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )
