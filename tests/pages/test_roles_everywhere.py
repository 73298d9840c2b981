"""Who may do what, for every address there is: taken from the configuration, so that a new one without a row fails."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLResolver, get_resolver

from submissions import roles
from submissions.models import WhitelistRule
from tests import rows

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
OPEN_TO_ALL = {"login", "logout", "language", "healthz", "readyz", "admin:login", "admin:jsi18n"}
FRAME = {"home", "admin:index", "admin:search", "admin:logout", "admin:password_change", "admin:password_change_done",
         "admin:autocomplete", "admin:view_on_site", "admin:app_list", "admin:None"}  # fmt: skip
VIEW = {
    "viewer": {"submissions_submission", "submissions_artifact", "submissions_whitelistrule"},
    "analyst": {"submissions_submission", "submissions_artifact", "submissions_whitelistrule", "submissions_mailbox"},
    "sample-handler": {"submissions_submission", "submissions_artifact", "submissions_whitelistrule"},
    "auditor": {
        "submissions_submission", "submissions_artifact", "submissions_whitelistrule", "submissions_mailbox",
        "mailmonitor_event", "notifications_notification",
    },
    "admin": {"submissions_submission", "submissions_artifact", "mailmonitor_event", "submissions_whitelistrule",
              "auth_group"},
}  # fmt: skip
EDITED_BY_ADMIN = {
    "submissions_mailbox", "submissions_whitelistrule", "submissions_simulation", "notifications_template",
    "notifications_outgoingserver", "notifications_languagerule", "notifications_mute", "notifications_appearance",
    "submissions_sandboxprofile", "submissions_denyrule", "auth_user", "mailmonitor_grant",
}  # fmt: skip
PASSWORDS_OF = {"admin": {"viewer", "analyst", "admin"}, "superuser": {*roles.ROLES, "superuser"}}
ONLY_SUPERUSERS = {"submissions_analysis"}
Address = tuple[str, str]


def addresses(resolver: URLResolver, before: str = "/", space: str = "") -> Iterator[Address]:
    """Name and address of every pattern, with 1 wherever it takes a value."""
    for pattern in resolver.url_patterns:
        place = before + re.sub(r"<[^>]*>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, place, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif "(?P" not in place:
            yield f"{space}{pattern.name}", place


ALL = list(addresses(get_resolver()))
ADMIN = [(name, place) for name, place in ALL if name.startswith("admin:") and name not in FRAME | OPEN_TO_ALL]


def table(name: str) -> str:
    """`submissions_mailbox` of `admin:submissions_mailbox_changelist`."""
    return "_".join(name.removeprefix("admin:").split("_")[:2])


def statuses(client: Client, place: str) -> dict[str, int]:
    return {method: getattr(client, method)(place).status_code for method in METHODS}


def staff(role: str) -> Client:
    person = User.objects.create_user(f"one-{role}", is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def a_row_of_each() -> None:
    """Rows with the key 1, so that no refusal is hidden behind one that is missing."""
    mail = rows.submission(verdict="malicious", pk=1, mailbox=rows.mailbox(pk=1))
    rows.analysis(rows.item(mail, artifact=rows.artifact(pk=1)).artifact, "malicious", pk=1)
    rows.notification(mail, pk=1)
    mail.tell("received")
    WhitelistRule.objects.create(pk=1, pattern="corp.example")


def test_every_table_of_the_admin_stands_in_the_matrix() -> None:
    known = {table for tables in VIEW.values() for table in tables} | EDITED_BY_ADMIN | ONLY_SUPERUSERS

    assert {table(name) for name, _ in ADMIN} == known
    assert set(VIEW) == set(roles.ROLES)


@pytest.mark.parametrize(("name", "place"), ALL)
def test_nobody_reaches_anything_without_logging_in(client: Client, name: str, place: str) -> None:
    for method, status in statuses(client, place).items():
        assert (status in (302, 403, 405)) or name in OPEN_TO_ALL, (method, status)


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_the_admin_is_closed_to_those_who_are_not_staff(client: Client, role: str) -> None:
    person = User.objects.create_user(f"one-{role}")
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)

    for name, place in ADMIN:
        assert client.get(place).status_code in (302, 403), name
        assert client.post(place).status_code in (302, 403), name


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_staff_reach_the_tables_of_their_role_and_no_other(role: str) -> None:
    a_row_of_each()
    client = staff(role)
    edited = EDITED_BY_ADMIN if role == "admin" else set()

    for name, place in ADMIN:
        read, written = client.get(place).status_code, client.post(place, {}).status_code
        kind = name.rpartition("_")[2]
        may_see = table(name) in VIEW[role] | edited
        if not may_see or (
            table(name) not in edited and kind in ("add", "delete", "password", "restore", "test", "reset")
        ):
            assert read in (302, 403, 404, 405), (name, read)
            assert written in (302, 403, 404, 405), (name, written)
        elif kind == "changelist":
            assert read in (200, 302), (name, read)


@pytest.mark.parametrize("actor", [*sorted(roles.ROLES), "superuser"])
def test_a_password_is_given_only_to_those_with_no_more_rights_than_ones_own(actor: str) -> None:
    client = staff(actor) if actor != "superuser" else Client()
    if actor == "superuser":
        client.force_login(User.objects.create_superuser("root"))
    new = {"usable_password": "true", "password1": "another horse battery", "password2": "another horse battery"}

    given = set()
    for role in (*roles.ROLES, "superuser"):
        person = User.objects.create_user(f"other-{role}", is_superuser=role == "superuser", is_active=False)
        person.groups.set(Group.objects.filter(name=role))
        client.post(f"/admin/auth/user/{person.pk}/password/", new)
        person.refresh_from_db()
        given |= {role} if person.check_password("another horse battery") else set()

    assert given == PASSWORDS_OF.get(actor, set())
