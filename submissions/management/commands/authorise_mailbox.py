"""Signing in for a mailbox by device code: a person opens an address in any browser and enters a code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailmonitor import grants
from mailmonitor.models import Grant
from mailmonitor.oauth import TokenError, sign_in_by_device
from submissions import accounts
from submissions.models import Mailbox


class Command(BaseCommand):
    help = "Sign in to a Microsoft 365 mailbox by device code and keep its refresh token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mailbox", help="the name of the mailbox")

    def handle(self, *args: Any, **options: Any) -> None:
        """Waits until the person is done, or the code is over."""
        accounts.from_environment()
        row = Mailbox.objects.filter(name=options["mailbox"], grant__way=Grant.Way.MICROSOFT_USER).first()
        if row is None or row.grant is None:
            raise CommandError(f"There is no mailbox {options['mailbox']} that a person signs in to.")
        try:
            token = sign_in_by_device(grants.access(row.grant), self.stdout.write)
            grants.adopt(row.grant.pk, token)
        except TokenError as error:
            raise CommandError(f"{error.reply} {error.fix}") from error
        self.stdout.write(f"{row} is signed in.")
