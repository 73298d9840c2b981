"""The administration of mailboxes, whitelist and people, and the records as they are."""

from submissions.admin import deny, mailbox, people, profile, records, signins, simulations, whitelist

__all__ = ["deny", "mailbox", "people", "profile", "records", "signins", "simulations", "whitelist"]
