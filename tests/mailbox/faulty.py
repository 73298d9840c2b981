"""An IMAP folder in memory that keeps to the protocol but for one fault, which befalls one of its answers."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.mailbox.hostile import Hostile, serving

Fault = Callable[["Folder", str], bytes]
DATE = b'INTERNALDATE "24-Nov-2026 08:05:00 +0000"'
DONE = b"%s OK done\r\n"


class Cut(OSError):
    """The line breaks after these bytes."""


@dataclass
class Folder(Hostile):
    """`fault` takes the place of the next answer to a command that begins with `befalls`; then all is well again.

    `left` is how many bytes the server says before the line breaks once; none when it is None.
    """

    answers: dict[str, bytes | list[bytes]] = field(default_factory=dict)
    inbox: dict[int, bytes] = field(default_factory=dict)
    processed: list[bytes] = field(default_factory=list)
    uidvalidity: int = 7
    highest: int = 4
    befalls: str = ""
    fault: Fault | None = None
    left: int | None = None

    def deliver(self, mail: bytes) -> None:
        self.highest += 1
        self.inbox[self.highest] = mail

    def renumber(self) -> None:
        self.uidvalidity += 1
        mails, self.inbox, self.highest = list(self.inbox.values()), {}, 4
        for mail in mails:
            self.deliver(mail)

    def answer(self, tag: bytes, command: str) -> bytes:
        fault = self.fault if self.befalls and command.startswith(self.befalls) else None
        if fault:
            self.fault = None
        return (fault(self, command) if fault else self.right(command)).replace(b"%s", tag)

    def right(self, command: str) -> bytes:
        """What a server says that has no fault."""
        for beginning, said in ANSWERS.items():
            if command.startswith(beginning):
                return said(self, command)
        return DONE

    def send(self, connection: socket.socket, answer: bytes) -> None:
        if self.left is not None and self.left < len(answer):
            part, self.left = answer[: self.left], None
            connection.sendall(part)
            connection.shutdown(socket.SHUT_RDWR)
            raise Cut
        self.left = None if self.left is None else self.left - len(answer)
        connection.sendall(answer)


def uids(command: str) -> list[int]:
    return [int(word) for word in command.split()[2].split(",")]


def selected(folder: Folder, _: str) -> bytes:
    words = (len(folder.inbox), folder.uidvalidity, folder.highest + 1)
    return (
        b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT %d] ok\r\n" % words + b"%s OK [READ-WRITE] done\r\n"
    )


def found(folder: Folder, command: str) -> bytes:
    first = int(re.findall(r"(\d+):\*", command)[0])
    numbers = [uid for uid in folder.inbox if uid >= first] or sorted(folder.inbox)[-1:]
    return b"* SEARCH" + b"".join(b" %d" % uid for uid in numbers) + b"\r\n" + DONE


def fetched(folder: Folder, command: str) -> bytes:
    """Sizes, a whole mail or the beginning of its header."""
    said = b""
    for uid in uids(command):
        if (mail := folder.inbox.get(uid)) is None:
            continue
        facts = b"RFC822.SIZE %d %s" % (len(mail), DATE)
        if "HEADER" in command:
            head = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            facts = b"BODY[HEADER]<0> {%d}\r\n%s" % (len(head), head)
        elif "BODY.PEEK[]" in command:
            facts = b"BODY[] {%d}\r\n%s" % (len(mail), mail)
        said += b"* 1 FETCH (UID %d %s)\r\n" % (uid, facts)
    return said + DONE


def moved(folder: Folder, command: str) -> bytes:
    folder.processed += [folder.inbox.pop(uid) for uid in uids(command) if uid in folder.inbox]
    return DONE


ANSWERS: dict[str, Fault] = {
    "CAPABILITY": lambda *_: b"* CAPABILITY IMAP4rev1 UIDPLUS MOVE IDLE\r\n%s OK done\r\n",
    "LIST": lambda *_: b'* LIST () "/" ""\r\n%s OK done\r\n',
    "SELECT": selected,
    "UID SEARCH": found,
    "UID FETCH": fetched,
    "UID MOVE": moved,
}


@contextmanager
def faulty() -> Iterator[Folder]:
    folder = Folder()
    with serving(folder):
        yield folder
