"""What every test stands on: an own place for files, keys of its own, no network settings from outside."""

import os
import tempfile
from pathlib import Path

import django
from hypothesis import settings

PLACE = tempfile.TemporaryDirectory(prefix="mailmonitor-tests-")
for name in list(os.environ):
    if name.split("_")[0] in {"REDIS", "MAILBOX", "EMAIL", "SANDBOX", "JOESANDBOX", "DATABASE", "STORAGE", "REPORTER"}:
        del os.environ[name]
os.environ.update(EMBEDDED="true", VAR_DIR=PLACE.name, DJANGO_SETTINGS_MODULE="mailmonitor.settings")
Path(PLACE.name, "static").mkdir()
django.setup()

# Continuous integration judges a change by the same examples each time; every run elsewhere draws new ones
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

pytest_plugins = ["tests.servers.fixtures"]
