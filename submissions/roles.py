"""Who may do what: the groups that every installation has."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

READ = ("submissions.view_submission", "submissions.view_artifact", "submissions.view_whitelistrule")
DECIDE = "submissions.decide_submission"
DOWNLOAD = "submissions.download_submission"
EXPORT = "submissions.export_submission"
SET_UP = "submissions.change_mailbox"
RULES = "submissions.add_whitelistrule"
STATUS = "submissions.view_mailbox"
ROLES: dict[str, tuple[str, ...]] = {
    "viewer": READ,
    "analyst": (*READ, DECIDE, EXPORT, STATUS),
    "sample-handler": (*READ, DOWNLOAD),
    "auditor": (*READ, EXPORT, STATUS, "mailmonitor.view_event", "notifications.view_notification"),
    "admin": (*READ, DECIDE, EXPORT, STATUS, "mailmonitor.view_event"),
}
ADMIN_TABLES = (
    "mailbox", "mailboxstep", "grant", "sandboxprofile", "denyrule", "whitelistrule", "simulation", "template",
    "outgoingserver", "languagerule", "mute", "user", "group",
    "appearance",
)  # fmt: skip


def ensure(**_: Any) -> None:
    """Make the groups and give them what they lack; what an administrator added is left alone."""
    for name, wanted in ROLES.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.add(*_found(wanted))
    everything = Permission.objects.filter(content_type__model__in=ADMIN_TABLES)
    Group.objects.get(name="admin").permissions.add(*everything)


def _found(names: tuple[str, ...]) -> list[Permission]:
    wanted = Q()
    for name in names:
        app, _, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))
