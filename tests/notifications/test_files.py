"""All texts go out as files and come back, by the same rules as on their page."""

import io
import zipfile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notifications import files
from notifications.files import NoTexts
from notifications.models import Template, TemplateVersion

pytestmark = pytest.mark.django_db


def packed(**texts: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return written.getvalue()


def test_what_was_exported_changes_nothing_when_it_is_imported() -> None:
    Template.objects.filter(kind="received", language="de").update(body_html="<p>Hallo {{reporter_name}}</p>")

    upload = files.exported()
    done = files.imported(upload, "grace")

    assert len(zipfile.ZipFile(io.BytesIO(upload)).namelist()) == Template.objects.count() + 1
    assert (done.changed, done.faults) == (0, [])


def test_a_changed_file_changes_its_text_and_leaves_a_version() -> None:
    done = files.imported(
        packed(**{"de/received.txt": "Subject: Da: {{subject}}\n\nDanke, {{reporter_name}}.\n"}), "grace"
    )

    row = Template.objects.get(kind="received", language="de")
    assert (done.changed, row.subject, row.body_text) == (1, "Da: {{subject}}", "Danke, {{reporter_name}}.")
    assert TemplateVersion.objects.filter(template=row, author="grace").count() == 1


def test_a_faulty_file_is_named_and_leaves_its_text_as_it_was() -> None:
    before = Template.objects.get(kind="received", language="de").subject
    done = files.imported(
        packed(**{"de/received.txt": "Subject: {{subjekt}}\n\nx\n", "en/received.txt": "Subject: x\n\n{% if %}\n"}),
        "grace",
    )

    assert done.changed == 0
    assert "de/received: subject: Unknown placeholder {{subjekt}}. Did you mean {{subject}}?" in done.faults[0]
    assert "en/received: body_text: {% is not part of the language" in done.faults[1]
    assert Template.objects.get(kind="received", language="de").subject == before


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"PK\x03\x04nonsense",
        packed(**{"../../etc/passwd": "x"}),
        packed(**{"de/received.exe": "x"}),
        packed(**{"de/received.txt": "x" * 300_000}),
        packed(**{f"de/a{'_' * number}.txt": "x" for number in range(5)} | {"DE/received.txt": "x"}),
    ],
)
def test_what_holds_no_texts_is_refused(upload: bytes) -> None:
    with pytest.raises(NoTexts):
        files.imported(upload, "grace")


def test_an_administrator_downloads_and_uploads_them(client: Client) -> None:
    client.force_login(User.objects.create_superuser("grace", "grace@corp.example"))

    answer = client.get("/admin/notifications/template/export/")
    upload = SimpleUploadedFile("texts.zip", packed(**{"de/received.txt": "Subject: Da\n\nDanke.\n"}))
    seen = client.post("/admin/notifications/template/import/", {"texts": upload}, follow=True).content.decode()

    assert answer["Content-Type"] == "application/zip"
    assert "1 texts are changed." in seen


def test_who_may_not_change_texts_may_not_import_them(client: Client) -> None:
    client.force_login(User.objects.create_user("eve", is_staff=True))

    assert client.get("/admin/notifications/template/export/").status_code == 403
    assert client.post("/admin/notifications/template/import/").status_code == 403
