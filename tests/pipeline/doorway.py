"""A door for mails that are handed over, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from submissions.mailbox.door import Handed, Porter, open_door

ADDRESS = "reports@corp.example"


@contextmanager
def doorway(protocol: str, take: Callable[[Handed], None], size_limit: int = 100_000) -> Iterator[int]:
    """A door in a thread of its own, at a free port; it knows two addresses."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def there(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    with ThreadPoolExecutor(2) as executor:
        porter = Porter({ADDRESS, "second@corp.example"}.__contains__, take, executor)
        server = there(open_door(porter, protocol, "127.0.0.1", 0, size_limit))
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            loop.call_soon_threadsafe(server.close)
    there(asyncio.sleep(0.05))
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
