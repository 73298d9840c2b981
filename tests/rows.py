"""Rows for tests: each function makes one valid row, its keywords override what it assumes."""

import hashlib
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from notifications.models import Notification
from submissions import told
from submissions.models import Analysis, Artifact, Item, Mailbox, Submission
from submissions.searched import searched

NUMBERS = count(1)


def mailbox(name: str = "Reports", **fields: Any) -> Mailbox:
    """The mailbox of that name, made when it is missing."""
    values = {"address": "sandbox@corp.example", "host": "imap.corp.example", "username": "sandbox", **fields}
    return Mailbox.objects.get_or_create(name=name, defaults=values)[0]


def due(fields: dict[str, Any], final: Any) -> dict[str, Any]:
    """The fields with a due time exactly when their state is not final."""
    return {"due_at": None if fields["state"] in final else timezone.now(), **fields}


def submission(subject: str = "FW: Invoice 4471", **fields: Any) -> Submission:
    """A submission; it is done when it has a verdict, else it is being analysed."""
    number = next(NUMBERS)
    values = {
        "mailbox": fields.get("mailbox") or mailbox(),
        "state": "done" if fields.get("verdict") else "analysing",
        "digest": f"{number:064x}",
        "fingerprint": f"{number:064x}",
        "size": 2048,
        "received_at": timezone.now() - timedelta(minutes=5),
        "reporter": "anna.lang@corp.example",
        "subject": subject,
        "message_id": f"<{number}@corp.example>",
        "reported": [{"path": "2", "how": "attached", "subject": "Invoice 4471", "from": "billing@acme.example"}],
        **fields,
    }
    if values["state"] == "done":
        values.setdefault("concluded_at", values["received_at"] + timedelta(minutes=4))
    mail = Submission(**due(values, Submission.FINAL))
    mail.searched = searched(mail)
    mail.save()
    return mail


def artifact(name: str = "invoice.xlsm", **fields: Any) -> Artifact:
    """The file or, for a name with ://, the URL of that name, made when it is missing."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    values = {"name": name, "size": 0 if "://" in name else 38000, **fields}
    kind = "url" if "://" in name else "file"
    return Artifact.objects.get_or_create(kind=kind, digest=digest, defaults=values)[0]


def item(submission: Submission, name: str = "invoice.xlsm", **fields: Any) -> Item:
    """An artifact of that name, found in the submission."""
    found = fields.pop("artifact", None) or artifact(name)
    place = {"found_in": ["2.1 text/html a[href]"]} if found.kind == "url" else {"path": f"2.2/{name}"}
    values = {"name": name, "position": submission.items.count(), **place, **fields}
    made = Item.objects.create(submission=submission, artifact=found, **values)
    submission.searched = searched(submission, submission.items.values_list("artifact__kind", "name"))
    Submission.objects.filter(pk=submission.pk).update(searched=submission.searched)
    return made


def analysis(artifact: Artifact, verdict: str = "", **fields: Any) -> Analysis:
    """An analysis; it is finished when it has a verdict, else it runs."""
    values = {
        "sandbox": "static",
        "state": "finished" if verdict else "running",
        "verdict": verdict,
        "deadline_at": timezone.now() + timedelta(hours=24),
        **fields,
    }
    if values["state"] in Analysis.FINAL:
        values.setdefault("finished_at", timezone.now())
    return Analysis.objects.create(artifact=artifact, **due(values, Analysis.FINAL))


def notification(submission: Submission, kind: str = "received", **fields: Any) -> Notification:
    """A mail to the submission's reporter; it is sent unless a state is given."""
    values = {
        "state": "sent",
        "to": submission.reporter,
        "subject": f"Received: {submission.subject}",
        "message_id": f"<{next(NUMBERS)}@mailmonitor>",
        "message": b"Subject: Received\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello Anna,\r\n",
        "thread": submission.reference,
        "about": submission.reference,
        **fields,
    }
    if values["state"] == "sent":
        values.setdefault("sent_at", timezone.now())
        values.setdefault("reply", "250 2.0.0 Ok: queued as 4711")
    made = Notification.objects.create(kind=kind, **due(values, Notification.FINAL))
    told.keep(made.thread)
    return made
