"""Unwraps links that gateways, search engines and bulk senders rewrote. Offline: what a link does not hold stays in."""

from functools import lru_cache
from typing import NamedTuple

from submissions.extraction.hosts import canonical, registered_domain
from submissions.extraction.link_addresses import absolute
from submissions.extraction.rewriting.gateways import GATEWAYS
from submissions.extraction.rewriting.redirectors import REDIRECTORS
from submissions.extraction.rewriting.rule import Rule
from submissions.extraction.rewriting.trackers import TRACKERS
from submissions.extraction.url_parts import Parts, split

LAYERS_AT_MOST = 5

OPAQUE = "opaque-rewrite"
TRACKER = "tracker"
TOO_MANY_LAYERS = "rewritten-too-often"


class Unwrapped(NamedTuple):
    """The link inside. `seen_as` are the rewritten forms it came out of, outermost first.

    `notes`: `opaque-rewrite` when a gateway hides the target, `tracker` when a bulk sender counts the click,
    `rewritten-too-often` when there are more layers than anybody needs.
    """

    url: str
    seen_as: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _by_domain() -> dict[str, list[Rule]]:
    table: dict[str, list[Rule]] = {}
    for rule in (*GATEWAYS, *REDIRECTORS, *TRACKERS):
        table.setdefault(rule.domain, []).append(rule)
    return table


RULES = _by_domain()


def unwrap(url: str) -> Unwrapped:
    """Follow the rewritten forms of a URL inwards, at most five. Never raises; a plain URL comes back as it is."""
    seen_as: list[str] = []
    notes: dict[str, None] = {}
    while True:
        parts = split(url)
        rule = _rule(parts)
        if rule is None:
            break
        inner = absolute(rule.decode(parts)) if rule.decode else ""
        if rule.opaque == TRACKER or not inner:
            notes[rule.opaque] = None
        if not inner or inner == url:
            break
        if len(seen_as) == LAYERS_AT_MOST:
            notes[TOO_MANY_LAYERS] = None
            break
        seen_as.append(url)
        url = inner
    return Unwrapped(url, tuple(seen_as), tuple(notes))


def _rule(parts: Parts) -> Rule | None:
    rules = _rules_of(canonical(parts.host))
    return next((rule for rule in rules if rule.fits_path(parts.path)), None) if rules else None


@lru_cache(maxsize=4096)
def _rules_of(host: str) -> tuple[Rule, ...]:
    return tuple(rule for domain in _domains(host) for rule in RULES.get(domain, ()) if rule.fits_host(host))


def _domains(host: str) -> list[str]:
    """The names under which rules for a host may stand, the longest first, `google.*` last."""
    labels = host.split(".")[-6:]
    above = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return [*above, registered_domain(host).partition(".")[0] + ".*"]
