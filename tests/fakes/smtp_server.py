"""An SMTP server that keeps what it accepted and fails at the verb and in the way a test asks for."""

import socket
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

Fault = Literal["4xx", "5xx", "421", "cut", "silence"]
Verb = Literal["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT", "ACCEPTED", "QUIT"]
REPLIES = {"4xx": b"451 4.3.0 Try again later\r\n", "5xx": b"550 5.7.1 Refused\r\n", "421": b"421 4.3.2 Closing\r\n"}
GOOD = {"CONNECT": b"220 fake ready\r\n", "EHLO": b"250 fake\r\n", "DATA": b"354 Go on\r\n", "QUIT": b"221 Bye\r\n"}


class Ended(Exception):
    """The connection is over."""


@dataclass
class Accepted:
    """One mail that the server answers for: RFC 5321 6.1."""

    sender: str
    recipients: list[str]
    message: bytes


@dataclass
class FakeSmtpServer:
    """Serves on a loopback port. `faults` maps a verb to what happens there, `times` how often each happens.

    A fault at ACCEPTED comes after the mail was taken and before its 250: the window that nobody can see.
    """

    faults: dict[Verb, Fault] = field(default_factory=dict)
    times: int = 1_000_000
    refused_senders: tuple[str, ...] = ()
    accepted: list[Accepted] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    silence: float = 1.0

    def __enter__(self) -> Self:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing a socket does not wake the thread that accepts on it.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def serve(self) -> None:
        while True:
            try:
                link, _ = self.socket.accept()
            except OSError:
                return
            with link, link.makefile("rb") as lines:
                try:
                    self.talk(link, lines.readline)
                except (Ended, OSError):
                    continue

    def talk(self, link: socket.socket, readline: object) -> None:
        read = readline
        self.answer(link, "CONNECT")
        sender, recipients = "", []
        while line := read():  # type: ignore[operator]
            verb = line.split()[0].decode("ascii", "replace").upper() if line.split() else ""
            self.verbs.append(line.decode("utf-8", "replace").strip())
            if verb == "DATA":
                self.take(link, read, Accepted(sender, recipients, b""))
            elif verb == "MAIL":
                sender, recipients = line.split(b"<")[1].split(b">")[0].decode(), []
                self.answer(link, "MAIL", refused=sender in self.refused_senders)
            elif verb == "RCPT":
                recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                self.answer(link, "RCPT")
            elif verb == "QUIT":
                self.answer(link, "QUIT")
                return
            else:
                self.answer(link, "EHLO" if verb in ("EHLO", "HELO") else "RSET")

    def take(self, link: socket.socket, read: object, mail: Accepted) -> None:
        self.answer(link, "DATA")
        self.fail(link, "BODY")
        body: list[bytes] = []
        while (line := read()) != b".\r\n":  # type: ignore[operator]
            if not line:
                raise Ended
            body.append(line[1:] if line.startswith(b"..") else line)
        self.fail(link, "DOT")
        mail.message = b"".join(body)
        self.accepted.append(mail)
        self.fail(link, "ACCEPTED")
        link.sendall(b"250 2.0.0 Ok: queued as 4711\r\n")

    def answer(self, link: socket.socket, verb: str, *, refused: bool = False) -> None:
        if refused:
            link.sendall(REPLIES["5xx"])
            return
        if not self.fail(link, verb):
            link.sendall(GOOD.get(verb, b"250 Ok\r\n"))

    def fail(self, link: socket.socket, verb: str) -> bool:
        """Do what the test asked for at this verb; say whether the verb is answered by that."""
        fault = self.faults.get(verb)  # type: ignore[call-overload]
        if not fault or self.times <= 0:
            return False
        self.times -= 1
        if fault == "silence":
            time.sleep(self.silence)
            raise Ended
        if fault == "cut":
            raise Ended
        link.sendall(REPLIES[fault])
        if fault == "421" or verb in ("DOT", "BODY"):
            raise Ended
        return True
