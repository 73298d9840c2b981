"""A TCP proxy that spoils what passes: for IMAP, SMTP, Redis, PostgreSQL and HTTP alike.

    with fault_proxy(port) as proxy:
        proxy.fault = Fault(cut_after=100)

A fault counts for connections made from then on, those that are open keep theirs; `strike` closes these as well. Bytes
are counted in the direction from the server.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CHUNK = 65536
AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Fault:
    """What happens to a connection. The default is nothing.

    `latency` is seconds before each piece, `bandwidth` bytes a second, `trickle` seconds between single bytes;
    after `cut_after` bytes the line ends, by RST with `reset`; a `blackhole` takes everything and answers nothing.
    """

    latency: float = 0
    bandwidth: float = 0
    trickle: float = 0
    cut_after: int | None = None
    reset: bool = False
    blackhole: bool = False


@dataclass
class FaultProxy:
    """Listens at `port` on loopback and connects to `target` there."""

    target: int
    port: int = 0
    fault: Fault = field(default_factory=Fault)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    lines: set[asyncio.StreamWriter] = field(default_factory=set)

    def strike(self, fault: Fault) -> None:
        """Break every line there is; the next ones meet this fault."""
        self.fault = fault
        self.loop.call_soon_threadsafe(lambda: [line.transport.abort() for line in self.lines])

    async def serve(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        self.lines.add(answer)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await self.connect(client, answer)
        finally:
            self.lines.discard(answer)
            answer.close()

    async def connect(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        fault = self.fault
        if fault.blackhole:
            while await client.read(CHUNK):
                continue
            return
        server, question = await asyncio.open_connection("127.0.0.1", self.target)
        ways = [asyncio.ensure_future(self.forward(client, question, Fault())),
                asyncio.ensure_future(self.forward(server, answer, fault))]  # fmt: skip
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        if fault.reset and not answer.is_closing():
            answer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        question.close()

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        """Until an end closes its side, or as many bytes have passed as the fault allows."""
        left = fault.cut_after
        with suppress(ConnectionError):
            while left != 0 and (piece := await reader.read(1 if fault.trickle else CHUNK)):
                piece = piece if left is None else piece[:left]
                left = None if left is None else left - len(piece)
                await asyncio.sleep(fault.latency + fault.trickle + len(piece) / (fault.bandwidth or float("inf")))
                writer.write(piece)
                await writer.drain()


@contextmanager
def fault_proxy(target: int) -> Iterator[FaultProxy]:
    """A proxy before the loopback port `target`, in a thread of its own."""
    proxy, ready = FaultProxy(target), threading.Event()
    loop = proxy.loop

    async def listen() -> asyncio.Server:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        ready.set()
        return server

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(listen())
        loop.run_forever()
        server.close()
        waiting = asyncio.all_tasks(loop)
        for task in waiting:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
