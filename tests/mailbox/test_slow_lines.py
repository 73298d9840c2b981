"""A line that comes in pieces while the mailbox waits for mails."""

import re
import socket
import time

from tests.mailbox.hostile import Hostile, hostile
from tests.mailbox.test_hostile_servers import mailbox


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
