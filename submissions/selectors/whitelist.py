"""What the whitelist does: with the rules there are, and with one that is only thought of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from submissions.extraction.hosts import public_suffixes, registered_domain
from submissions.extraction.rewriters import unwrap
from submissions.extraction.urls import normalise
from submissions.models import Artifact, Item, Submission, WhitelistRule
from submissions.shared_hosts import is_shared
from submissions.whitelist import deciding_on_mail, matches, tidy

LOOKED_BACK = timedelta(days=30)
LINKS_READ = 50_000
MAILS_READ = 5_000
BAD_READ = 1_000
SHOWN = 20


@dataclass(frozen=True)
class Tried:
    """What happens to one link: its normal form, the rule that decides and those that would have, too."""

    given: str
    url: str
    deciding: WhitelistRule | None
    shadowed: list[WhitelistRule]


@dataclass(frozen=True)
class Replayed:
    """Which links of the last thirty days a rule would have skipped, and which of them were malicious."""

    number: int
    malicious: list[str]
    examples: list[str]


def tried(urls: Iterable[str]) -> list[Tried]:
    """Each link, unwrapped and in its normal form like in a mail, before the enabled rules. Asks nobody outside."""
    rules = list(WhitelistRule.in_force())
    found = []
    for given in urls:
        url = normalise(unwrap(given).url)
        fitting = [rule for rule in rules if matches(rule, url)]
        found.append(Tried(given, url, fitting[0] if fitting else None, fitting[1:]))
    return found


def replayed(kind: str, pattern: str) -> Replayed:
    """What the rule would have done. Raises ValueError with the reason for a pattern that is none."""
    rule = WhitelistRule(kind=kind, pattern=tidy(kind, pattern))
    recent = Item.objects.filter(submission__received_at__gte=timezone.now() - LOOKED_BACK)
    likely = recent.exclude(skipped=Item.Skipped.WHITELIST).filter(candidates(rule))
    found = likely.order_by().values_list("artifact_id", "artifact__name").distinct()[:LINKS_READ]
    certain = rule.kind in (WhitelistRule.Kind.HASH, WhitelistRule.Kind.SENDER)
    skipped = {pk: name for pk, name in found if certain or matches(rule, name)}
    bad = Artifact.objects.filter(pk__in=list(skipped)[:500], analyses__verdict="malicious").distinct()
    malicious = [skipped[pk] for pk in bad.values_list("pk", flat=True)]
    return Replayed(len(skipped), malicious[:SHOWN], list(skipped.values())[:SHOWN])


def candidates(rule: WhitelistRule) -> Q:
    """What the rule may cover, as far as the database can tell."""
    if rule.kind == WhitelistRule.Kind.HASH:
        return Q(artifact__kind=Artifact.Kind.FILE, artifact__digest=rule.pattern)
    if rule.kind == WhitelistRule.Kind.SENDER:
        return Q(submission__in=mails_of(rule))
    return Q(artifact__kind=Artifact.Kind.URL, artifact__name__icontains=needle(rule))


def mails_of(rule: WhitelistRule) -> list[int]:
    """The keys of the newest mails of the last thirty days that a sender rule covers."""
    recent = Submission.objects.filter(received_at__gte=timezone.now() - LOOKED_BACK).order_by("-id")
    likely = recent.filter(sender_domain=registered_domain(needle(rule))).values_list("pk", "reported")[:MAILS_READ]
    trusted = settings.TRUSTED_AUTHSERV_ID
    return [pk for pk, reported in likely if any(deciding_on_mail([rule], mail, trusted) for mail in reported)]


def needle(rule: WhitelistRule) -> str:
    """A text that every link under the rule holds: the host, where the pattern names it as it is."""
    if rule.kind in (WhitelistRule.Kind.REGEX, WhitelistRule.Kind.HASH):
        return ""
    if rule.kind == WhitelistRule.Kind.SENDER:
        return rule.pattern.rpartition("@")[2]
    return rule.pattern.partition("://")[2].partition("/")[0] or rule.pattern


def doubts(kind: str, pattern: str) -> list[str]:
    """Why this rule should be thought over, in words; empty when nothing speaks against it."""
    rule = WhitelistRule(kind=kind, pattern=tidy(kind, pattern))
    past = replayed(kind, pattern)
    words = f"It would have skipped {len(past.malicious)} malicious links of the last 30 days."
    return [*too_wide(rule), *([words] if past.malicious else [])]


def too_wide(rule: WhitelistRule) -> list[str]:
    """What speaks against the rule by its host alone."""
    host = needle(rule)
    found = []
    if host and public_suffixes().publicsuffix(host) == host:
        found.append(f"Below {host} anybody can register a name of their own.")
    if is_shared(host):
        found.append(f"{host} is shared: anybody can put content there.")
    if rule.kind == WhitelistRule.Kind.SENDER and not settings.TRUSTED_AUTHSERV_ID:
        found.append("No sender is proven while TRUSTED_AUTHSERV_ID is empty: the rule covers nothing.")
    return found


def malicious_before(rules: Iterable[WhitelistRule]) -> dict[str, str]:
    """Of many rules: those that cover a malicious link or file of the last thirty days, by pattern, with one of these.

    Reads the newest thousand; sender rules are not played back here.
    """
    items = Item.objects.filter(submission__received_at__gte=timezone.now() - LOOKED_BACK)
    bad = Artifact.objects.filter(pk__in=items.values("artifact"), analyses__verdict="malicious").distinct()
    known = list(bad.order_by("-id").values_list("kind", "digest", "name")[:BAD_READ])
    found = {}
    for rule in rules:
        hits = (
            name for kind, digest, name in known if digest == rule.pattern or (kind == "url" and matches(rule, name))
        )
        if name := next(hits, ""):
            found[rule.pattern] = name
    return found
