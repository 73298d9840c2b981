"""The app of reported mails."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SubmissionsConfig(AppConfig):
    name = "submissions"

    def ready(self) -> None:
        """Have the groups made after each migration, when their permissions exist."""
        from submissions import roles

        post_migrate.connect(roles.ensure, dispatch_uid="submissions.roles")
