"""Jobs that do what hostile mails make parsers do."""

import os
import signal
import socket
import sys
import time


def echo(payload: bytes) -> bytes:
    return payload


def spin(payload: bytes) -> bytes:
    while True:
        pass


def sleep(payload: bytes) -> bytes:
    time.sleep(60)
    return b""


def eat(payload: bytes) -> bytes:
    return b"x" * (4 << 30)


def crash(payload: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def fail(payload: bytes) -> bytes:
    raise ValueError(payload.decode())


def leave(payload: bytes) -> bytes:
    os._exit(0)


def kill_nursery(payload: bytes) -> bytes:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(1)
    return b""


def environment(payload: bytes) -> bytes:
    return "\n".join(os.environ).encode()


def modules(payload: bytes) -> bytes:
    return "\n".join(sys.modules).encode()


def open_files(payload: bytes) -> bytes:
    return "\n".join(sorted(os.listdir("/proc/self/fd"), key=int)).encode()


def process(payload: bytes) -> bytes:
    return str(os.getpid()).encode()


def connect(payload: bytes) -> bytes:
    with socket.socket() as line:
        return str(line.connect_ex(("127.0.0.1", int(payload)))).encode()
