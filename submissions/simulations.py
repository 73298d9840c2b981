"""Whether a reported mail is a phishing test of our own. Such a mail is thanked for and its links are left alone."""

import hmac
from urllib.parse import urlsplit

from submissions.extraction.addresses import single_address
from submissions.extraction.types import ExtractedMail, Reported
from submissions.models import Simulation


def recognised(mail: ExtractedMail) -> Simulation | None:
    """The test that the mail belongs to. A mail that holds several reported ones is analysed as usual."""
    if len(mail.reported) != 1:
        return None
    rules = Simulation.objects.filter(enabled=True)
    return next((rule for rule in rules if holds(rule, mail, mail.reported[0])), None)


def holds(rule: Simulation, mail: ExtractedMail, reported: Reported) -> bool:
    parts = (
        not rule.header or carries(rule, reported),
        not rule.sender or (single_address((reported.sender,)) or "").lower() == rule.sender.lower(),
        not rule.host or leads_only_to(rule.host, mail),
    )
    return bool(rule.header or rule.host) and all(parts)


def carries(rule: Simulation, reported: Reported) -> bool:
    extra = reported.facts.get("extra")
    found = extra.get(rule.header.lower(), "") if isinstance(extra, dict) else ""
    return bool(rule.value) and hmac.compare_digest(str(found).strip().encode(), rule.value.strip().encode())


def leads_only_to(host: str, mail: ExtractedMail) -> bool:
    """Every link leads there, and there is one; a file would be something else than a test by links."""
    found = {(urlsplit(url.url).hostname or "").lower() for url in mail.urls if "reporters-own" not in url.notes}
    return (
        not mail.files and bool(found) and all(one == host.lower() or one.endswith(f".{host.lower()}") for one in found)
    )
