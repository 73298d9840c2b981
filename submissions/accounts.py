"""Which mailboxes there are, and how the account behind a row is opened."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db.models.functions import Now

from mailmonitor import grants
from mailmonitor.oauth import TokenError
from submissions.mailbox.base import Account, MailboxError, Security
from submissions.mailbox.base import Mailbox as OpenMailbox
from submissions.mailbox.graph import GraphMailbox
from submissions.mailbox.imap import ImapMailbox
from submissions.mailbox.maildir import Maildir
from submissions.mailbox.url import read_mailbox_url
from submissions.models import Mailbox

MEBIBYTE = 1024 * 1024


def from_environment() -> None:
    """Keep the mailbox of MAILBOX_URL as a row like any other, so that a bare installation works."""
    if not settings.MAILBOX_URL:
        return
    values = {
        **asdict(read_mailbox_url(settings.MAILBOX_URL)),
        "grant": grants.from_environment(),
        "address": settings.SANDBOX_ADDRESS,
        "reporter_domains": "\n".join(settings.REPORTER_DOMAINS),
    }
    row, made = Mailbox.objects.get_or_create(
        from_environment=True, defaults={**values, "name": settings.SANDBOX_ADDRESS}
    )
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed and not made:
        Mailbox.objects.filter(pk=row.pk).update(**changed, due_at=Now())


def open_mailbox(row: Mailbox) -> OpenMailbox:
    """The account behind the row; entering it connects and raises MailboxError when that fails."""
    return OPENERS[row.protocol](row)


def open_imap(row: Mailbox) -> OpenMailbox:
    return ImapMailbox(account(row), size_limit=settings.MAIL_MEBIBYTES * MEBIBYTE)


def open_graph(row: Mailbox) -> OpenMailbox:
    return GraphMailbox(account(row), size_limit=settings.MAIL_MEBIBYTES * MEBIBYTE)


def open_maildir(row: Mailbox) -> OpenMailbox:
    limit = settings.MAIL_MEBIBYTES * MEBIBYTE
    return Maildir(Path(row.folder), processed_folder=row.processed_folder, size_limit=limit)


OPENERS: dict[str, Callable[[Mailbox], OpenMailbox]] = {
    Mailbox.Protocol.IMAP: open_imap,
    Mailbox.Protocol.GRAPH: open_graph,
    Mailbox.Protocol.MAILDIR: open_maildir,
}


def account(row: Mailbox) -> Account:
    """The row as an adapter takes it."""
    return Account(
        host=row.host,
        port=row.port,
        security=cast("Security", row.security),
        username=row.username,
        password=row.password,
        folder=row.folder,
        processed_folder=row.processed_folder,
        ca_file=settings.CA_FILE,
        token=partial(access_token, row.grant_id) if row.grant_id else None,
    )


def access_token(grant: int) -> str:
    """A good access token of the sign-in. Raises MailboxError."""
    try:
        return grants.access_token(grant)
    except TokenError as error:
        raise MailboxError("token", error.reply, fix=error.fix, permanent=error.permanent) from error
