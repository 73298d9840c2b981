"""Reports are downloaded through us: by those who may, without the key, and with an end whatever the sandbox does."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from mailmonitor.models import Event
from submissions.models import Analysis
from submissions.sandbox.base import Sample
from submissions.sandboxes import sandbox
from tests import rows
from tests.fakes.joe_server import JoeServer
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[JoeServer]:
    with JoeServer() as running:
        settings.SANDBOX = "joe"
        settings.JOESANDBOX_API_URL, settings.JOESANDBOX_API_KEY = running.api_url, "test-key"
        settings.JOESANDBOX_ACCEPT_TAC = True
        yield running


@pytest.fixture
def finished(server: JoeServer) -> Analysis:
    """An analysis that the server has a report on."""
    sandbox("joe").submit(Sample("mm:1", "ab" * 32, url="https://x.example/"))
    item = rows.item(rows.submission(verdict="malicious"), "https://x.example/")
    return rows.analysis(item.artifact, "malicious", sandbox="joe", external_ids=["501"], tags=["phish-kit"])


@pytest.mark.parametrize("wanted", ["html", "pdf", "iocjson"])
def test_each_kind_of_report_comes_as_a_file(page: Client, finished: Analysis, wanted: str) -> None:
    response = page.post(f"/reports/{finished.pk}/{wanted}/")

    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response.streaming
    assert b"test-key" not in response.getvalue()
    assert Event.objects.get(kind="report-downloaded").actor == "grace"


def test_the_page_offers_them_and_shows_the_tags(page: Client, finished: Analysis) -> None:
    seen = text(page.get(f"/artifacts/{finished.artifact.digest}/"))

    assert "phish-kit" in seen
    assert "Report (iocjson)" in seen


@pytest.mark.parametrize("fault", ["huge", "503", "html-200"])
def test_a_report_that_does_not_come_is_told_in_words(
    page: Client, finished: Analysis, server: JoeServer, fault: str
) -> None:
    server.faults.add("analysis/download", fault)

    seen = text(page.post(f"/reports/{finished.pk}/pdf/", follow=True))

    assert "No report: " in seen
    assert not Event.objects.filter(kind="report-downloaded").exists()


def test_what_there_is_no_report_of_is_refused(page: Client, finished: Analysis) -> None:
    assert "there is no such report" in text(page.post(f"/reports/{finished.pk}/memdumps/", follow=True))


def test_what_speaks_against_the_mail_stands_on_its_page(page: Client) -> None:
    signs = [{"id": "reply-elsewhere", "words": "Answers go elsewhere", "points": 10}]
    mail = rows.submission(verdict="clean", signs=signs)

    assert "+10 Answers go elsewhere" in text(page.get(f"/submissions/{mail.pk}/"))
