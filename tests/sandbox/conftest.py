"""Servers and adapters that the sandbox tests share."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from submissions.sandbox.base import Sample
from submissions.sandbox.http import Timeouts
from submissions.sandbox.joe import JoeAccount, JoeProfile, JoeSandbox
from submissions.sandbox.rest import RestAccount
from tests.fakes.joe_server import JoeServer
from tests.fakes.server import FakeServer

# For servers that answer, however busy the machine is, and for those that do not.
PATIENT = Timeouts(connect=5, read=20, total=60)
QUICK = Timeouts(connect=2, read=0.5, total=1)
SLOW = frozenset(["hang", "drip", "drip-headers", "timeout-after"])


def file_sample(content: bytes = b"nothing bad", *, name: str = "invoice.docx", media_type: str = "") -> Sample:
    digest = hashlib.sha256(content).hexdigest()
    return Sample(key=f"mm:{uuid.uuid4()}", digest=digest, name=name, content=content, type=media_type)


def url_sample(url: str = "https://clean.example/a?b=1") -> Sample:
    return Sample(key=f"mm:{uuid.uuid4()}", digest=hashlib.sha256(url.encode()).hexdigest(), url=url)


def without_content(sample: Sample) -> Sample:
    """What a poll gets: the pipeline does not read the bytes again."""
    return replace(sample, content=None)


@pytest.fixture
def server() -> Iterator[JoeServer]:
    with JoeServer() as running:
        running.drip_seconds = 0.05
        yield running


def account_at(server: JoeServer, *, timeouts: Timeouts = PATIENT, api_key: str = "test-key") -> JoeAccount:
    return JoeAccount(
        api_url=server.api_url,
        api_key=api_key,
        accept_tac=True,
        cloud=server.cloud,
        web_url="https://joe.example",
        timeouts=timeouts,
    )


@pytest.fixture
def joe(server: JoeServer) -> JoeSandbox:
    return JoeSandbox(account_at(server), JoeProfile(tags=("mail",)))


def rest_account(server: FakeServer, *, key: str = "test-key", timeouts: Timeouts = PATIENT) -> RestAccount:
    return RestAccount(server.url, key=key, user="mail", web_url="https://sandbox.example", timeouts=timeouts)


def fitting(mode: str) -> Timeouts:
    """The time-outs for a fault: short where it lasts until one of them ends it."""
    return QUICK if mode in SLOW else PATIENT
