"""Parts of a page that are sent again only when they have changed.

A part is drawn by one template whose root element has `id` as its first attribute. The page remembers
a stamp per part; a poll names the stamps, and the answer holds only the parts that differ.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

SECONDS, LATER_SECONDS, LAST_SECONDS = 2, 5, 15
POLLS_QUICK, POLLS_LATER = 300, 600


@dataclass(frozen=True)
class Part:
    """A drawn piece of a page."""

    name: str
    html: SafeString

    @property
    def stamp(self) -> str:
        return f"{self.name}.{blake2s(self.html.encode(), digest_size=4).hexdigest()}"

    @property
    def swapped(self) -> SafeString:
        """The piece as an answer that takes the place of the old one."""
        marked = self.html.lstrip().replace(" id=", ' hx-swap-oob="true" id=', 1)
        return mark_safe(f"<template>{marked}</template>" if marked.startswith("<tr") else marked)  # noqa: S308


def drawn(request: HttpRequest, name: str, template: str, context: Mapping[str, Any]) -> Part:
    """Draw one part."""
    return Part(name, mark_safe(render_to_string(template, dict(context), request)))  # noqa: S308 it is a template's own output


def seen(request: HttpRequest) -> set[str]:
    """The stamps that the page shows now."""
    return set(request.GET.get("seen", "").split(",")[:60])


def changed(parts: Iterable[Part], known: set[str]) -> list[Part]:
    return [part for part in parts if part.stamp not in known]


def stamps(parts: Iterable[Part]) -> str:
    return ",".join(part.stamp for part in parts)


def pause(polls: int) -> int:
    """Seconds to the next poll: quick for ten minutes, then more and more patient."""
    if polls < POLLS_QUICK:
        return SECONDS
    return LATER_SECONDS if polls < POLLS_LATER else LAST_SECONDS


def polls(request: HttpRequest) -> int:
    """Which poll of this page it is."""
    text = request.GET.get("polls", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 0
