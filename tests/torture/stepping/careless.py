"""A negative control: mails are moved away before they are stored, and the campaign must find the losses."""

from collections.abc import Collection, Iterator

from submissions.mailbox.base import RawMail
from submissions.mailbox.imap import ImapMailbox

CAREFUL = ImapMailbox.unseen


def acknowledge_early() -> None:
    """For the rest of this process and the steps that it forks."""
    ImapMailbox.unseen = unseen  # type: ignore[method-assign]


def unseen(mailbox: ImapMailbox, after_uid: int, *, known: Collection[int] = ()) -> Iterator[RawMail]:
    for raw in CAREFUL(mailbox, after_uid, known=known):
        mailbox.mark_done([raw.uid])
        yield raw
