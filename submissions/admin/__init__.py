"""The administration of mailboxes, whitelist and people, and the records as they are."""

from submissions.admin import mailbox, people, records, simulations, whitelist

__all__ = ["mailbox", "people", "records", "simulations", "whitelist"]
