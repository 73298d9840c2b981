"""An upload may be slow: the client library counts the time-out for connecting against it, our session does not."""

import socket
import time

import pytest

from submissions.sandbox.base import SandboxError
from submissions.sandbox.cape import CapeSandbox
from submissions.sandbox.http import Timeouts
from submissions.sandbox.rest import RestAccount
from tests.sandbox.conftest import file_sample


def test_an_upload_that_nobody_reads_lasts_until_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        cape = CapeSandbox(RestAccount(url, timeouts=Timeouts(connect=0.2, read=5, total=1.2)))
        started = time.monotonic()

        with pytest.raises(SandboxError) as raised:
            cape.submit(file_sample(b"x" * 30_000_000))

        assert 1 < time.monotonic() - started < 5
        assert raised.value.unknown
