"""Brings the database up to date and makes the first administrator. Prints one JSON object.

    {"new": true, "username": "admin", "password": "..."}

`password` is null when it came from ADMIN_PASSWORD; `new` is false when there is an administrator.
"""

import json
import os
import secrets
import sys

import django
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError


def first_administrator() -> dict[str, object]:
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager
    if users.filter(is_superuser=True).exists():
        return {"new": False, "username": "admin", "password": None}
    given = os.environ.get("ADMIN_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    users.create_superuser("admin", os.environ.get("ADMIN_EMAIL") or "admin@localhost", password)
    return {"new": True, "username": "admin", "password": None if given else password}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailmonitor.settings")
    django.setup()
    try:
        call_command("check", fail_level="ERROR", stdout=sys.stderr)
        call_command("migrate", interactive=False, verbosity=0)
    except (SystemCheckError, CommandError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(first_administrator()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
