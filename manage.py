#!/usr/bin/env python
"""Mail Monitor's command line."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailmonitor.settings")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        sys.exit(f"The database cannot be used: {str(error).strip()}\nCheck DATABASE_URL and run: manage.py migrate")
