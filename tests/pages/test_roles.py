"""Who may do what: every address, every role."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, reverse

from submissions import roles, storage
from submissions.urls import urlpatterns
from tests import rows

pytestmark = pytest.mark.django_db
EVERYBODY = frozenset(roles.ROLES)
DECIDERS = frozenset({"analyst", "admin"})
EXPORTERS = frozenset({"analyst", "auditor", "admin"})
MATRIX = {
    "list": EVERYBODY,
    "live": EVERYBODY,
    "arrivals": EVERYBODY,
    "sample": EVERYBODY,
    "bulk": DECIDERS,
    "bulk-progress": DECIDERS,
    "export-csv": EXPORTERS,
    "export-json": EXPORTERS,
    "export-misp": EXPORTERS,
    "export-stix": EXPORTERS,
    "save-view": EVERYBODY,
    "subscribe-view": EVERYBODY,
    "forget-view": EVERYBODY,
    "open-view": EVERYBODY,
    "detail": EVERYBODY,
    "detail-live": EVERYBODY,
    "indicators": EVERYBODY,
    "decide": DECIDERS,
    "unlock": DECIDERS,
    "override": DECIDERS,
    "original": frozenset({"sample-handler"}),
    "mail": EVERYBODY,
    "mail-frame": EVERYBODY,
    "artifact": EVERYBODY,
    "artifact-again": DECIDERS,
    "artifact-decide": DECIDERS,
    "report": DECIDERS | {"sample-handler"},
    "evidence": DECIDERS | {"sample-handler"},
    "evidence-indicators": DECIDERS | {"sample-handler"},
    "screenshot": DECIDERS | {"sample-handler"},
    "dashboard": EVERYBODY,
    "dashboard-export": EXPORTERS,
    "dashboard-picture": EXPORTERS,
    "campaigns": EVERYBODY,
    "campaign": EVERYBODY,
    "campaign-live": EVERYBODY,
    "campaign-decide": DECIDERS,
    "campaign-key": DECIDERS,
    "mailboxes": frozenset({"admin"}),
    "mailbox-new": frozenset({"admin"}),
    "mailbox": frozenset({"admin"}),
    "mailbox-live": frozenset({"admin"}),
    "status": EXPORTERS,
    "api-status": EXPORTERS,
    "manual": EXPORTERS,
    "whitelist": EVERYBODY,
    "whitelist-export": EVERYBODY,
    "whitelist-import": frozenset({"admin"}),
    "outbox": EVERYBODY,
    "outbox-mail": EVERYBODY,
    "outbox-html": EVERYBODY,
}


def address(pattern: URLPattern) -> str:
    """The pattern's address for rows that exist where that matters."""
    mail = rows.submission(verdict="clean", digest=storage.save(b"From: a@b.example\r\n\r\nhello"), reported=[])
    values = {
        "pk": mail.pk, "digest": rows.artifact("a.pdf").digest, "name": "verdicts",
        "key": 1, "form": "plain", "number": 1,
    }  # fmt: skip
    return reverse(f"submissions:{pattern.name}", kwargs={name: values[name] for name in pattern.pattern.converters})


def browser(role: str) -> Client:
    person = User.objects.create_user(f"one-{role}")
    if role:
        person.groups.add(Group.objects.get(name=role))
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def test_every_address_stands_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(MATRIX)


@pytest.mark.parametrize("role", sorted(roles.ROLES))
@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_a_role_reaches_its_own_and_nothing_else(pattern: URLPattern, role: str) -> None:
    client, place = browser(role), address(pattern)

    for method in ("get", "head", "post", "put", "delete"):
        status = getattr(client, method)(place).status_code
        expected = (200, 302, 404, 405) if role in MATRIX[str(pattern.name)] else (403,)
        assert status in expected, (method, status)


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_a_person_without_a_role_reaches_nothing(pattern: URLPattern) -> None:
    assert browser("").get(address(pattern)).status_code == 403


def test_buttons_that_a_role_may_not_use_are_absent() -> None:
    mail = rows.submission(verdict="malicious")

    viewer = browser("viewer").get(f"/submissions/{mail.pk}/").content.decode()
    analyst = browser("analyst").get(f"/submissions/{mail.pk}/").content.decode()
    handler = browser("sample-handler").get(f"/submissions/{mail.pk}/").content.decode()

    assert "Mark reviewed" not in viewer
    assert "Original" not in viewer
    assert "Mark reviewed" in analyst
    assert "Original" not in analyst
    assert "Original" in handler
