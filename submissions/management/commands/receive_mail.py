"""The door: waits at the mailboxes' SMTP and LMTP addresses for a mail server to hand mails over."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from mailmonitor.hints import hint
from submissions import accounts, handover
from submissions.handover import Place
from submissions.mailbox.door import Handed, Porter, open_door
from submissions.tasks import unpack

THREADS = 4
LOOK_EVERY = 15
MEBIBYTE = 1024 * 1024
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Take mails that a mail server hands over by SMTP or LMTP."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is stopped; takes up doors that are added meanwhile."""
        asyncio.run(serve())


async def serve() -> None:
    """Until SIGTERM or SIGINT; a mail that is being stored is stored."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    servers: dict[Place, asyncio.Server] = {}
    with ThreadPoolExecutor(THREADS) as executor:
        while not stopped.is_set():
            try:
                await look_after(servers, executor)
            except OperationalError as error:
                log.warning("the database is away: %s", error)
            try:
                await asyncio.wait_for(stopped.wait(), LOOK_EVERY)
            except TimeoutError:
                continue
        for server in servers.values():
            server.close()


async def look_after(servers: dict[Place, asyncio.Server], executor: ThreadPoolExecutor) -> None:
    """Open the doors that are wanted, close the others, and record how they are."""
    wanted = await asyncio.to_thread(wanted_places)
    for place in servers.keys() - wanted:
        servers.pop(place).close()
    for place in wanted:
        try:
            if place not in servers:
                porter = Porter(partial(knows, place), partial(take, place), executor)
                servers[place] = await open_door(porter, *place, settings.MAIL_MEBIBYTES * MEBIBYTE)
        except OSError as error:
            await asyncio.to_thread(handover.is_shut, place, error)
        else:
            await asyncio.to_thread(handover.is_open, place)


def wanted_places() -> set[Place]:
    close_old_connections()
    accounts.from_environment()
    return handover.places()


def knows(place: Place, address: str) -> bool:
    close_old_connections()
    return handover.whose(place, address) is not None


def take(place: Place, handed: Handed) -> None:
    """Store it, then tell a worker: a broker that is down costs time and no mail."""
    close_old_connections()
    new = handover.take(place, handed)
    if new is not None:
        hint(unpack, new)
