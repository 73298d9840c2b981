"""An IMAP server that answers what a test wants: wrong, late, too much, or not at all."""

import base64
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

Answer = Callable[[bytes, str], bytes]
SELECTED = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] ok\r\n%s OK [READ-WRITE] done\r\n"


@dataclass
class Hostile:
    """`answers` maps the beginning of a command (without its tag) to what is sent for it; %s is the tag.

    `challenges` are sent in turn after AUTHENTICATE; `answered` is what the client said to them.

    An answer may be a list, which is used up one by one; its last stays.
    """

    answers: dict[str, bytes | list[bytes]]
    greeting: bytes = b"* OK ready\r\n"
    port: int = 0
    heard: list[str] = field(default_factory=list)
    challenges: list[bytes] = field(default_factory=list)
    answered: list[bytes] = field(default_factory=list)

    def answer(self, tag: bytes, command: str) -> bytes:
        for beginning in sorted(self.answers, key=len, reverse=True):
            if command.upper().startswith(beginning.upper()):
                found = self.answers[beginning]
                if isinstance(found, list):
                    found = found.pop(0) if len(found) > 1 else found[0]
                return found.replace(b"%s", tag)
        return b"%s OK done\r\n".replace(b"%s", tag)

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(self.greeting)
            for line in lines:
                tag, _, command = line.strip().partition(b" ")
                self.heard.append(re.sub(r"\s+", " ", command.decode(errors="replace")))
                self.send(connection, self.answer(tag, self.heard[-1]))
                if command.startswith(b"AUTHENTICATE"):
                    self.authenticate(tag, connection, lines)

    def send(self, connection: socket.socket, answer: bytes) -> None:
        connection.sendall(answer)

    def authenticate(self, tag: bytes, connection: socket.socket, lines: BinaryIO) -> None:
        """Each line of the client's SASL talk gets the next of `challenges`."""
        for challenge in self.challenges:
            self.answered.append(base64.b64decode(lines.readline()))
            connection.sendall(challenge.replace(b"%s", tag))


ANSWERS: dict[str, bytes | list[bytes]] = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 UIDPLUS MOVE IDLE\r\n%s OK done\r\n",
    "LIST": b'* LIST () "/" ""\r\n%s OK done\r\n',
    "SELECT": SELECTED,
    "UID SEARCH": b"* SEARCH 5 6\r\n%s OK done\r\n",
    "UID FETCH 5,6 (RFC822.SIZE": (
        b'* 1 FETCH (UID 5 RFC822.SIZE 5 INTERNALDATE "17-Jul-1996 02:44:25 -0700")\r\n'
        b'* 2 FETCH (UID 6 RFC822.SIZE 5 INTERNALDATE "17-Jul-1996 02:44:25 -0700")\r\n%s OK done\r\n'
    ),
    "UID FETCH 5 (BODY.PEEK[])": b"* 1 FETCH (UID 5 BODY[] {5}\r\nfirst)\r\n%s OK done\r\n",
    "UID FETCH 6 (BODY.PEEK[])": b"* 2 FETCH (UID 6 BODY[] {6}\r\nsecond)\r\n%s OK done\r\n",
    "UID FETCH 5 (BODY.PEEK[HEADER]": b"* 1 FETCH (UID 5 BODY[HEADER]<0> {4}\r\nhead)\r\n%s OK done\r\n",
}


@contextmanager
def hostile(changes: dict[str, bytes | list[bytes]] | None = None, **more: bytes) -> Iterator[Hostile]:
    """A server that is right but for `changes`."""
    server = Hostile({**ANSWERS, **(changes or {})}, **more)  # type: ignore[arg-type]
    with serving(server):
        yield server


@contextmanager
def serving(server: Hostile) -> Iterator[None]:
    """On a loopback port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
