"""What the whitelist does to links: with the rules there are, and with one that is only thought of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from submissions.extraction.hosts import public_suffixes
from submissions.extraction.rewriters import unwrap
from submissions.extraction.urls import normalise
from submissions.models import Artifact, Item, WhitelistRule
from submissions.shared_hosts import is_shared
from submissions.whitelist import matches, tidy

LOOKED_BACK = timedelta(days=30)
LINKS_READ = 50_000
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
    skipped = {pk: name for pk, name in found if rule.kind == WhitelistRule.Kind.HASH or matches(rule, name)}
    bad = Artifact.objects.filter(pk__in=list(skipped)[:500], analyses__verdict="malicious").distinct()
    malicious = [skipped[pk] for pk in bad.values_list("pk", flat=True)]
    return Replayed(len(skipped), malicious[:SHOWN], list(skipped.values())[:SHOWN])


def candidates(rule: WhitelistRule) -> Q:
    """What the rule may cover, as far as the database can tell."""
    if rule.kind == WhitelistRule.Kind.HASH:
        return Q(artifact__kind=Artifact.Kind.FILE, artifact__digest=rule.pattern)
    return Q(artifact__kind=Artifact.Kind.URL, artifact__name__icontains=needle(rule))


def needle(rule: WhitelistRule) -> str:
    """A text that every link under the rule holds: the host, where the pattern names it as it is."""
    if rule.kind in (WhitelistRule.Kind.REGEX, WhitelistRule.Kind.HASH):
        return ""
    return rule.pattern.partition("://")[2].partition("/")[0] or rule.pattern


def doubts(kind: str, pattern: str) -> list[str]:
    """Why this rule should be thought over, in words; empty when nothing speaks against it."""
    rule = WhitelistRule(kind=kind, pattern=tidy(kind, pattern))
    host = needle(rule)
    found = []
    if host and public_suffixes().publicsuffix(host) == host:
        found.append(f"Below {host} anybody can register a name of their own.")
    if is_shared(host):
        found.append(f"{host} is shared: anybody can put content there.")
    past = replayed(kind, pattern)
    if past.malicious:
        found.append(f"It would have skipped {len(past.malicious)} malicious links of the last 30 days.")
    return found
