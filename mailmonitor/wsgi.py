"""The web process. A wrong configuration stops it here, with the system check's words."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailmonitor.settings")

application = get_wsgi_application()
call_command("check", fail_level="ERROR")
