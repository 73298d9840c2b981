"""The proxy does to a connection what it was told, and nothing to others."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.servers.fault_proxy import Fault, FaultProxy, fault_proxy

ANSWER = b"0123456789" * 100


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    """Before a server that answers a line with a thousand bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.recv(100)
                    client.sendall(ANSWER)

        threading.Thread(target=serve, daemon=True).start()
        with fault_proxy(listener.getsockname()[1]) as proxy:
            yield proxy
        listener.shutdown(socket.SHUT_RDWR)


def asked(proxy: FaultProxy, *, patience: float = 20) -> bytes:
    with socket.create_connection(("127.0.0.1", proxy.port), patience) as client:
        client.sendall(b"hello\n")
        answer = b""
        while piece := client.recv(4096):
            answer += piece
        return answer


@pytest.mark.parametrize("fault", [Fault(), Fault(latency=0.01), Fault(bandwidth=10**6), Fault(trickle=0.0001)])
def test_a_slow_line_loses_nothing(proxy: FaultProxy, fault: Fault) -> None:
    proxy.fault = fault

    assert asked(proxy) == ANSWER


@pytest.mark.parametrize("count", [1, 999])
def test_a_line_is_cut_after_so_many_bytes(proxy: FaultProxy, count: int) -> None:
    proxy.fault = Fault(cut_after=count)

    assert asked(proxy) == ANSWER[:count]


def test_a_line_is_cut_before_it_says_a_word(proxy: FaultProxy) -> None:
    """The client asks nothing: a kernel resets a line that is closed with a question unread."""
    proxy.fault = Fault(cut_after=0)

    with socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
        assert client.recv(1) == b""


def test_a_line_is_reset(proxy: FaultProxy) -> None:
    proxy.fault = Fault(cut_after=0, reset=True)

    with pytest.raises(ConnectionResetError):
        asked(proxy)


def test_a_strike_breaks_the_lines_there_are(proxy: FaultProxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
        while not proxy.lines:
            time.sleep(0.01)
        proxy.strike(Fault())

        with suppress(ConnectionResetError):
            assert client.recv(1) == b""
    assert asked(proxy) == ANSWER


def test_a_black_hole_takes_everything_and_says_nothing(proxy: FaultProxy) -> None:
    proxy.fault = Fault(blackhole=True)

    with pytest.raises(TimeoutError):
        asked(proxy, patience=0.3)
