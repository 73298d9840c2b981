"""An IMAP connection that a slow, greedy or lying server cannot hold up or blow up.

The standard library reads a literal of any announced size in one go and waits for ever on a server that
sends a byte now and then (python/cpython#119511); this class puts a limit on both.
"""

import imaplib
import socket
import ssl
import time
from collections.abc import Iterator
from io import BufferedReader
from typing import Any, cast

from imapclient import IMAPClient
from imapclient.imapclient import SocketTimeout

from mailmonitor.tls import trusting
from submissions.mailbox.base import Account, Timeouts
from submissions.mailbox.causes import step

LINE_LIMIT = 16 * 1024 * 1024
CHUNK = 64 * 1024


class Connection(imaplib.IMAP4):
    """One socket to the server. `deadline` is the monotonic time at which the current command must be over.

    `refused` is the size of a literal that was larger than allowed; the connection is of no use afterwards.
    """

    refused = 0

    def __init__(self, account: Account, *, timeouts: Timeouts, literal_limit: int) -> None:
        self.account = account
        self.literal_limit = literal_limit
        self.deadline = time.monotonic() + timeouts.operation
        super().__init__(account.host, account.port, timeouts.operation)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        with step("connect", self.account):
            plain = socket.create_connection((self.account.host, self.account.port), timeout)
        if self.account.security != "tls":
            return plain
        with step("tls", self.account):
            return tls_context(self.account).wrap_socket(plain, server_hostname=self.account.host)

    @property
    def reader(self) -> BufferedReader:
        return cast(BufferedReader, self.file)

    def read(self, size: int) -> bytes:
        if size > self.literal_limit:
            self.refused = size
            raise self.abort(f"a literal of {size} bytes was announced")
        parts = []
        while size and (part := self.reader.read1(min(size, CHUNK))):
            parts.append(part)
            size -= len(part)
            self.check_deadline()
        return b"".join(parts)

    def readline(self) -> bytes:
        """While it idles, IMAPClient does not wait for bytes; a line that has begun must come whole all the same."""
        patience = self.sock.gettimeout()
        try:
            return b"".join(self.pieces())
        finally:
            self.sock.settimeout(patience)

    def pieces(self) -> Iterator[bytes]:
        length = 0
        while buffered := self.reader.peek():
            line, end, _ = buffered.partition(b"\n")
            yield self.reader.read(len(line) + len(end))
            if end:
                return
            length += len(line)
            if length > LINE_LIMIT:
                raise self.abort(f"a line of more than {LINE_LIMIT} bytes came")
            self.check_deadline()
            if self.sock.gettimeout() == 0:
                self.sock.settimeout(max(0.1, self.deadline - time.monotonic()))

    def check_deadline(self) -> None:
        if time.monotonic() > self.deadline:
            raise TimeoutError("timed out: the answer came too slowly")


class Client(IMAPClient):
    """IMAPClient on our connection, with times that keep their zone."""

    _imap: Connection

    def __init__(self, account: Account, *, timeouts: Timeouts, literal_limit: int) -> None:
        self._connection = {"account": account, "timeouts": timeouts, "literal_limit": literal_limit}
        limit = SocketTimeout(timeouts.operation, timeouts.operation)
        super().__init__(account.host, account.port, ssl=account.security == "tls", timeout=limit)
        self.normalise_times = False

    def _create_IMAP4(self) -> Any:
        return Connection(**self._connection)  # type: ignore[arg-type]

    @property
    def refused(self) -> int:
        """How many bytes were announced when the answer was refused for its size; else 0."""
        return self._imap.refused

    def allow(self, seconds: float) -> None:
        """The commands from now on must be over within so many seconds."""
        self._imap.deadline = time.monotonic() + seconds


def tls_context(account: Account) -> ssl.SSLContext:
    """Trusts the system's authorities and those of `ca_file`; everybody when verification is off."""
    if account.verify:
        return trusting(account.ca_file)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
