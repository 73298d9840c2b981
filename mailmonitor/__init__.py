"""The project: settings, processes, and what both apps stand on."""

from mailmonitor.celery import app as celery_app

__all__ = ["celery_app"]
