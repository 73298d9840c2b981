"""Whatever a mail server does wrong in a round, each mail of its folder is stored once, as it is, and then moved.

`IMAP_ROUNDS` repeats every fault that often.
"""

import os
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

import pytest

from submissions import mailboxes
from submissions.mailbox.base import Account, Timeouts
from submissions.mailbox.imap import ImapMailbox
from submissions.models import Mailbox, Submission
from tests.mailbox.faulty import DONE, Fault, Folder, faulty, fetched, found, moved, selected, uids
from tests.reports import report

pytestmark = pytest.mark.django_db
ROUNDS = int(os.environ.get("IMAP_ROUNDS", "1"))
# About as many bytes as the server says in a round over two mails
WHOLE = 3200
LIMIT = 100_000
GIANT = "a giant announced"
BODY = "UID FETCH 5 (BODY.PEEK[])"


def says(answer: bytes) -> Fault:
    return lambda *_: answer


def expunged(folder: Folder, _: str) -> bytes:
    """Somebody has deleted the mail between the search and now."""
    del folder.inbox[5]
    return DONE


def renumbered(folder: Folder, command: str) -> bytes:
    folder.renumber()
    return selected(folder, command)


def renumbered_after(folder: Folder, command: str) -> bytes:
    """The folder is rebuilt while it is open: the line ends with it (RFC 9051 section 2.3.1.1)."""
    folder.renumber()
    return b"* BYE the folder was rebuilt\r\n"


def told_twice(folder: Folder, command: str) -> bytes:
    numbers = b" ".join(b"%d" % uid for uid in [*folder.inbox, *folder.inbox])
    return b"* SEARCH " + numbers + b"\r\n" + DONE


def moved_without_a_word(folder: Folder, command: str) -> bytes:
    moved(folder, command)
    return b"* BYE\r\n"


def half_moved(folder: Folder, command: str) -> bytes:
    moved(folder, f"UID MOVE {uids(command)[0]} x")
    return b"%s NO [OVERQUOTA] Quota exceeded\r\n"


def out_of_order(folder: Folder, command: str) -> bytes:
    """The mail, but between others that nobody has asked for."""
    return b"* 9 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n" + fetched(folder, command)


def late(folder: Folder, command: str) -> bytes:
    """A mail comes between the search and its answer."""
    answer = found(folder, command)
    folder.deliver(report({}, number=10**6 + folder.uidvalidity))
    return answer


FAULTS: dict[str, tuple[str, Fault]] = {
    "no login": ("LOGIN", says(b"%s NO [UNAVAILABLE] try later\r\n")),
    "goodbye at login": ("LOGIN", says(b"* BYE too many connections\r\n")),
    "no folder": ("SELECT", says(b"%s NO no such mailbox\r\n")),
    "no generation": ("SELECT", says(b"* 3 EXISTS\r\n%s OK [READ-WRITE] done\r\n")),
    "another generation": ("SELECT", renumbered),
    "another generation in the middle": (BODY, renumbered_after),
    "empty search": ("UID SEARCH", says(b"* SEARCH\r\n%s OK done\r\n")),
    "search refused": ("UID SEARCH", says(b"%s BAD command throttled\r\n")),
    "search in nonsense": ("UID SEARCH", says(b"* SEARCH 5 six\r\n%s BAD done\r\n")),
    "numbers told twice": ("UID SEARCH", told_twice),
    "a mail that comes meanwhile": ("UID SEARCH", late),
    "sizes without an end": ("UID FETCH 5,6", says(b"* 1 FETCH " + b"(" * 5000 + b"\r\n%s OK done\r\n")),
    "no sizes": ("UID FETCH 5,6", says(DONE)),
    "wrong sizes": ("UID FETCH 5,6", says(b"* 1 FETCH (UID 5 RFC822.SIZE 1)\r\n* 2 FETCH (UID 6)\r\n%s OK done\r\n")),
    "sizes of others": ("UID FETCH 5,6", says(b"* 1 FETCH (UID five RFC822.SIZE 5)\r\n%s OK done\r\n")),
    "a mail that was deleted": (BODY, expunged),
    "a mail refused": (BODY, says(b"%s NO internal error with this message\r\n")),
    "a mail without bytes": (BODY, says(b"* 1 FETCH (UID 5 BODY[] NIL)\r\n%s OK done\r\n")),
    GIANT: (BODY, says(b"* 1 FETCH (UID 5 BODY[] {4000000000}\r\n")),
    "a negative length": (BODY, says(b"* 1 FETCH (UID 5 BODY[] {-5}\r\n")),
    "too few bytes": (BODY, says(b"* 1 FETCH (UID 5 BODY[] {600}\r\nonly this")),
    "a pause asked for": (BODY, says(b"%s NO Request is throttled. Suggested Backoff Time: 29996 milliseconds\r\n")),
    "goodbye in the middle": (BODY, says(b"* BYE shutting down\r\n")),
    "another's answer": (BODY, says(b"XYZ1 OK somebody else's answer\r\n")),
    "silence": (BODY, says(b"")),
    "words in between": (BODY, out_of_order),
    "quota full": ("UID MOVE", says(b"%s NO [OVERQUOTA] Quota exceeded\r\n")),
    "quota full in the middle": ("UID MOVE", half_moved),
    "moved, but the answer is lost": ("UID MOVE", moved_without_a_word),
    "not moved, and cut": ("UID MOVE", says(b"* BYE\r\n")),
}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    """What stands behind every mailbox of the test."""
    with faulty() as server:
        account = Account("127.0.0.1", server.port, "plain", "sandbox@localhost", "secret")
        opened = lambda _: ImapMailbox(account, timeouts=Timeouts(0.5, 0.5), size_limit=LIMIT)  # noqa: E731
        monkeypatch.setattr(mailboxes, "open_mailbox", opened)
        yield server


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_costs_a_round_and_never_a_mail(name: str, folder: Folder, mailbox: Mailbox) -> None:
    for number in range(ROUNDS):
        folder.befalls, folder.fault = FAULTS[name]
        one_round(folder, mailbox, number, refused=1 if name == GIANT else 0)

        assert folder.fault is None, "the fault has not befallen"


@pytest.mark.parametrize("part", range(1, 21))
def test_a_line_that_breaks_anywhere_costs_a_round_and_never_a_mail(
    part: int, folder: Folder, mailbox: Mailbox
) -> None:
    for number in range(ROUNDS):
        folder.left = WHOLE * part // 21
        one_round(folder, mailbox, number)

        assert folder.left is None, "the line has not broken"


def one_round(folder: Folder, mailbox: Mailbox, number: int, *, refused: int = 0) -> None:
    """Two mails come, the fault befalls, and after it all goes on by itself; of those `refused` the header is kept."""
    last = Submission.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    folder.processed.clear()
    folder.uidvalidity, folder.highest = folder.uidvalidity + 1, 4
    for one in (0, 1):
        folder.deliver(report({}, number=2 * number + one))
    for _ in range(3):
        mailboxes.fetch(mailbox.pk)
        Mailbox.objects.update(reconciled_at=None)

    # A folder that was rebuilt is read anew, and its mails are linked to those that were stored before
    new = Submission.objects.filter(pk__gt=last, duplicate_of=None)
    stored = Counter(new.values_list("digest", flat=True))
    expected = Counter(sha256(mail).hexdigest() for mail in folder.processed)
    assert (expected - stored).total() == (stored - expected).total() == refused
    assert new.filter(state=Submission.State.OVERSIZE).count() == refused
    assert folder.inbox == {}
