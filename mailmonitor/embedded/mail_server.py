"""The mail server of `make run`: SMTP and IMAP on loopback, in one process.

    SMTP_PORT=2525 IMAP_PORT=1143 VAR_DIR=var SANDBOX_ADDRESS=sandbox@localhost MAIL_PASSWORD=... \\
        python -m mailmonitor.embedded.mail_server

MAIL_BIND is the address it listens at when it stands in a container of its own.
"""

import asyncio
import logging
import os
import signal
from pathlib import Path

from mailmonitor.embedded.delivery import Postman, start_smtp
from mailmonitor.embedded.imap_server import start_imap


async def serve() -> None:
    """Until SIGTERM."""
    var, address = Path(os.environ["VAR_DIR"]), os.environ["SANDBOX_ADDRESS"]
    mail = var / "mail"
    mail.mkdir(parents=True, exist_ok=True, mode=0o700)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    postman = Postman(mail, var / "outbox", address)
    imap = await start_imap(mail, int(os.environ["IMAP_PORT"]), address, os.environ["MAIL_PASSWORD"])
    smtp = await start_smtp(postman, int(os.environ["SMTP_PORT"]))
    await stopped.wait()
    smtp.close()
    imap.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    os.umask(0o077)
    asyncio.run(serve())
    # Threads of connections in IDLE would keep the process alive
    os._exit(0)
