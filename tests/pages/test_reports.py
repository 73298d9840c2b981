"""Reports are downloaded through us: by those who may, without the key, and with an end whatever the sandbox does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
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


@pytest.fixture
def looked_at(page: Client, finished: Analysis, settings: Any, tmp_path: Path) -> Analysis:
    """The same after somebody has fetched what the sandbox saw."""
    settings.STORAGE_URL = f"file://{tmp_path}"
    page.post(f"/reports/{finished.pk}/evidence/")
    finished.refresh_from_db()
    return finished


def test_screenshots_are_shown_as_small_lazy_pictures(page: Client, looked_at: Analysis) -> None:
    seen = page.get(f"/artifacts/{looked_at.artifact.digest}/").content.decode()

    assert f'loading="lazy" src="/reports/{looked_at.pk}/screenshots/1/"' in seen
    assert 'alt="Screenshot 2 of 2 from joe"' in seen
    assert Event.objects.get(kind="evidence-fetched").actor == "grace"


@pytest.mark.parametrize(("number", "type", "begin"), [(0, "image/jpeg", b"\xff\xd8"), (1, "image/png", b"\x89PNG")])
def test_a_screenshot_can_be_nothing_but_a_picture(
    page: Client, looked_at: Analysis, number: int, type: str, begin: bytes
) -> None:
    answer = page.get(f"/reports/{looked_at.pk}/screenshots/{number}/")

    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (type, "nosniff")
    assert answer.content.startswith(begin)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_there_is_no_screenshot_beyond_the_last(page: Client, looked_at: Analysis) -> None:
    assert page.get(f"/reports/{looked_at.pk}/screenshots/2/").status_code == 404


def test_indicators_cannot_be_followed_by_mistake(page: Client, looked_at: Analysis) -> None:
    seen = text(page.get(f"/artifacts/{looked_at.artifact.digest}/"))
    copied = page.get(f"/reports/{looked_at.pk}/indicators/").content.decode()

    assert "hxxps://evil[.]example/gate.php" in seen
    assert "https://evil.example/gate.php" not in seen
    assert copied.splitlines()[:2] == ["hxxps://evil[.]example/gate.php", "evil[.]example"]
    assert "192[.]0[.]2[.]7" in copied


def test_the_sandbox_is_asked_once(page: Client, looked_at: Analysis, server: JoeServer) -> None:
    for _ in range(2):
        page.post(f"/reports/{looked_at.pk}/evidence/")
        page.get(f"/reports/{looked_at.pk}/screenshots/0/")

    assert len(server.ledger.calls("analysis/download")) == 2
    assert "Screenshots and indicators" not in text(page.get(f"/artifacts/{looked_at.artifact.digest}/"))


def test_who_only_reads_gets_no_screenshots(client: Client, looked_at: Analysis) -> None:
    viewer = User.objects.create_user("vera")
    viewer.groups.add(Group.objects.get(name="viewer"))
    client.force_login(viewer)

    assert client.get(f"/reports/{looked_at.pk}/screenshots/0/").status_code == 403
    assert client.get(f"/reports/{looked_at.pk}/indicators/").status_code == 403
    assert client.post(f"/reports/{looked_at.pk}/evidence/").status_code == 403
    assert "screenshots" not in client.get(f"/artifacts/{looked_at.artifact.digest}/").content.decode()


def test_evidence_that_does_not_come_is_told_in_words_and_can_be_asked_for_again(
    page: Client, finished: Analysis, server: JoeServer
) -> None:
    server.faults.add("analysis/download", "503")

    seen = text(page.post(f"/reports/{finished.pk}/evidence/", follow=True))

    assert "Nothing could be fetched: Joe Sandbox: refused with HTTP 503" in seen
    assert "Screenshots and indicators" in seen
