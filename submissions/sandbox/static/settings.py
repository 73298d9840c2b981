"""What an installation may choose about the static engine."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """`own_domains` are the organisation's domains; `brands` further names that phishing may borrow.

    `yara` are rule files beside our own, text by file name.
    """

    own_domains: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    yara: dict[str, str] = field(default_factory=dict)
