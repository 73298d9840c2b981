"""The base app: rows of work and their events, on which both other apps stand."""

from django.apps import AppConfig
from django.db.models.signals import pre_migrate

from mailmonitor.database import let_migrations_stand_still


class MailMonitorConfig(AppConfig):
    name = "mailmonitor"
    verbose_name = "Mail Monitor"

    def ready(self) -> None:
        """Register the system checks, and what comes before migrations."""
        from mailmonitor import checks  # noqa: F401

        pre_migrate.connect(let_migrations_stand_still, sender=self)
