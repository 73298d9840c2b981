"""Rewritten links, taken back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unwrapped:
    url: str
    seen_as: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def unwrap(url: str) -> Unwrapped:
    return Unwrapped(url)
