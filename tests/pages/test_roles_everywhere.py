"""Who may do what, for every address there is: taken from the configuration, so that a new one without a row fails."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from notifications.models import Template
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
    "admin": {"submissions_submission", "submissions_artifact", "mailmonitor_event"},
}  # fmt: skip
EDIT = {
    "submissions_mailbox", "submissions_whitelistrule", "notifications_template", "auth_user", "auth_group",
}  # fmt: skip
NOBODY_BUT_SUPERUSERS = {
    "submissions_analysis", "submissions_simulation", "notifications_appearance", "notifications_outgoingserver",
    "notifications_languagerule", "notifications_mute",
}  # fmt: skip
Address = tuple[str, str]


def addresses(resolver: URLResolver, before: str = "/", space: str = "") -> Iterator[Address]:
    """Name and address of every pattern, with 1 wherever it takes a value."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern, before + str(pattern.pattern), inner)
        elif isinstance(pattern, URLPattern):
            place = before + str(pattern.pattern)
            for name in pattern.pattern.converters:
                place = "1".join(part.partition(f"{name}>")[2] or part for part in [*place.split("<", 1)]) if "<" in place else place
            yield f"{space}{pattern.name}", place


ALL = [(name, place) for name, place in addresses(get_resolver()) if "(?P" not in place]
ADMIN = [(name, place) for name, place in ALL if name.startswith("admin:") and name not in FRAME | OPEN_TO_ALL]
