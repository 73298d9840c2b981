"""The app of reported mails."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SubmissionsConfig(AppConfig):
    name = "submissions"

    def ready(self) -> None:
        """Groups are made after each migration, when their permissions exist; moved letters are noted at their mail."""
        from notifications.models import moved, moving
        from submissions import roles, told

        def held(sender: object, thread: str, **_: Any) -> None:
            told.hold(thread)

        def noted(sender: object, thread: str, **_: Any) -> None:
            told.keep(thread)

        post_migrate.connect(roles.ensure, dispatch_uid="submissions.roles")
        moving.connect(held, weak=False, dispatch_uid="submissions.held")
        moved.connect(noted, weak=False, dispatch_uid="submissions.told")
