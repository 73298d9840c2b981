"""The base app: rows of work and their events, on which both other apps stand."""

from django.apps import AppConfig


class MailMonitorConfig(AppConfig):
    name = "mailmonitor"
    verbose_name = "Mail Monitor"

    def ready(self) -> None:
        """Register the system checks."""
        from mailmonitor import checks  # noqa: F401
