"""One question to Joe Sandbox through the official client: every fault leaves as a SandboxError without our key."""

from collections.abc import Callable
from dataclasses import replace
from typing import IO, TypeVar

import jbxapi

from submissions.sandbox.base import SandboxError
from submissions.sandbox.http import without_key
from submissions.sandbox.joe_account import JoeAccount
from submissions.sandbox.joe_session import JSON_BYTES, JoeSession

T = TypeVar("T")
Question = Callable[[jbxapi.JoeSandbox], T]


def read(
    account: JoeAccount,
    question: Question[T],
    *,
    max_bytes: int = JSON_BYTES,
    into: IO[bytes] | None = None,
    hurried: bool = False,
) -> T:
    """Ask something that changes nothing: whatever happens, asking again is harmless."""
    timeouts = account.timeouts.hurried if hurried else account.timeouts
    try:
        return ask(account, JoeSession(replace(account, timeouts=timeouts), max_bytes, into=into), question)
    except SandboxError as error:
        error.unknown = False
        raise


def ask(account: JoeAccount, session: JoeSession, question: Question[T]) -> T:
    # The causes are cut off: their texts may repeat what the server said, and it knows our key.
    try:
        return question(session.client(account))
    except jbxapi.ApiError as error:
        fault = session.fault(error)
    except (jbxapi.JoeException, LookupError, TypeError, ValueError, OSError) as error:
        fault = SandboxError(f"the client failed ({type(error).__name__})", kind="protocol", unknown=True)
    except SandboxError as error:
        fault = error
    raise without_key(fault, account.api_key, "Joe Sandbox") from None
