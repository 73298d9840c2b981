"""Every place at which a step touches the world, by name: the points at which it is struck.

The code under test knows nothing of it. Its doors are wrapped from outside: commits and writes without a
transaction, fsync and rename, IMAP commands, SMTP verbs and the final dot, HTTP calls, hints to the broker.
"""

import os
import smtplib
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from celery.app.task import Task
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from submissions.mailbox.connection import Client

Strike = Callable[[str], None]
IMAP = ("login", "plain_login", "select_folder", "search", "fetch", "move", "create_folder", "logout")
WRITES = ("UPDATE", "INSERT", "DELETE")


class Effects:
    """Calls `strike` with `before NAME` and `after NAME` around each effect; `NAME` ends in its number in the step."""

    def __init__(self, strike: Strike) -> None:
        self.strike = strike
        self.counts: Counter[str] = Counter()

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        self.counts[name] += 1
        place = f"{name} {self.counts[name]}"
        self.strike(f"before {place}")
        result = call()
        self.strike(f"after {place}")
        return result

    def wrap(self, owner: Any, method: str, name: Callable[..., str]) -> None:
        """Have every call of the method be an effect; no name, no effect."""
        original = getattr(owner, method)

        @wraps(original)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            called = name(*args)
            return self.around(called, lambda: original(*args, **kwargs)) if called else original(*args, **kwargs)

        setattr(owner, method, wrapped)

    def install(self) -> None:
        """For the rest of this process."""
        self.wrap(BaseDatabaseWrapper, "_commit", lambda *_: "commit")
        connection.execute_wrappers.append(self.execute)
        self.wrap(os, "fsync", lambda *_: "fsync")
        self.wrap(Path, "rename", lambda *_: "rename")
        for method in IMAP:
            self.wrap(Client, method, lambda *_, method=method: f"imap {method}")
        self.wrap(smtplib.SMTP, "docmd", lambda _, command, *__: f"smtp {command.split()[0].split(':')[0].lower()}")
        self.wrap(smtplib.SMTP, "send", lambda _, content, *__: "smtp dot" if content == b".\r\n" else "")
        self.wrap(requests.Session, "request", lambda _, method, url, *__: f"http {last_words(url)}")
        Task.apply_async = lambda task, *_, **__: self.around("hint", lambda: None)  # type: ignore[method-assign]

    def execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """A write without a transaction is committed by itself; one within becomes an effect by the commit."""
        if context["connection"].in_atomic_block or not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        table = sql.split('"')[1]
        return self.around(f"write {table}", lambda: execute(sql, params, many, context))


def last_words(url: str) -> str:
    return "/".join(urlsplit(url).path.split("/")[-2:])
