"""Lines that come in pieces, or that break."""

import re
import socket
import time

import pytest

from submissions.mailbox.base import MailboxError, RawMail
from tests.mailbox.hostile import Hostile, hostile
from tests.mailbox.test_hostile_servers import mailbox

# About as many bytes as the server says in one whole round
WHOLE = 700


class Sparing:
    """A connection that is cut after so many bytes."""

    def __init__(self, connection: socket.socket, left: int) -> None:
        self.connection = connection
        self.left = left

    def sendall(self, content: bytes) -> None:
        self.connection.sendall(content[: self.left])
        self.left -= len(content)
        if self.left <= 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            raise OSError("cut")

    def makefile(self, mode: str) -> object:
        return self.connection.makefile(mode)

    def __enter__(self) -> "Sparing":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


class Hesitant(Hostile):
    """Tells of a new mail while it idles, and stops in the middle of the line."""

    idling = b""

    def send(self, connection: socket.socket, answer: bytes) -> None:
        for piece in re.split(rb"(?=\* 3 )|(?<=\* 3 )", answer):
            connection.sendall(piece)
            time.sleep(0.2)

    def answer(self, tag: bytes, command: str) -> bytes:
        if tag == b"DONE":
            return self.idling + b" OK done\r\n"
        self.idling = tag
        return super().answer(tag, command)


def test_a_line_that_comes_in_pieces_while_waiting_is_one_line() -> None:
    nothing, one = b"* SEARCH\r\n%s OK done\r\n", b"* SEARCH 9\r\n%s OK done\r\n"
    with hostile({"IDLE": b"+ idling\r\n* 3 EXISTS\r\n", "UID SEARCH": [nothing, one]}) as server:
        server.__class__ = Hesitant
        with mailbox(server) as opened:
            assert opened.wait(10)


@pytest.mark.parametrize("part", range(1, 20))
def test_a_line_cut_at_any_place_costs_one_round_and_never_a_wrong_mail(part: int) -> None:
    class Cut(Hostile):
        def talk(self, connection: socket.socket) -> None:
            super().talk(Sparing(connection, WHOLE * part // 20))  # type: ignore[arg-type]

    with hostile() as server:
        server.__class__ = Cut
        found, error = as_far_as_it_goes(server)

    assert error is None or not error.permanent
    assert error is not None or len(found) == 2
    assert [(raw.uid, raw.content) for raw in found] == [(5, b"first"), (6, b"second")][: len(found)]


def as_far_as_it_goes(server: Hostile) -> tuple[list[RawMail], MailboxError | None]:
    """The mails that came before the line broke, and how it broke."""
    found: list[RawMail] = []
    try:
        with mailbox(server, operation=2, body=2) as opened:
            found.extend(opened.unseen(0))
        return found, None
    except MailboxError as error:
        return found, error
