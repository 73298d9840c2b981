"""Links in calendar invites (RFC 5545): where a meeting takes place, what it says, what is attached."""

import re
from collections.abc import Iterator

from submissions.extraction.html_links import html_links
from submissions.extraction.link_addresses import absolute
from submissions.extraction.text_links import text_links
from submissions.extraction.types import Link

FOLD = re.compile(r"\r?\n[ \t]|\r[ \t]|=\r?\n")
PROPERTY = re.compile(
    r"([A-Za-z][A-Za-z0-9\-]{0,60})((?:;[A-Za-z0-9\-]{1,60}=(?:\"[^\"\r\n]*+\"|[^;:\"\r\n,]*+)(?:,\"[^\"\r\n]*+\")*+)*+):"
)
PARAMETER_URI = re.compile(r"(?:ALTREP|DIR|SCHEDULE-AGENT-URI)=\"([^\"]*)\"", re.IGNORECASE)
ESCAPED = re.compile(r"\\([nN,;:\\\"])")
ADDRESSES = frozenset({"ATTACH", "URL", "CONFERENCE", "SOURCE", "IMAGE", "TZURL", "STRUCTURED-DATA"})
NAMES_OF_THE_MAKER = frozenset({"PRODID", "UID", "VERSION", "CALSCALE", "TZID", "DTSTAMP"})


def calendar_links(text: str) -> list[Link]:
    """Every link of a `text/calendar` body after unfolding; the place names its property: `invite LOCATION`."""
    found: dict[Link, None] = {}
    for line in FOLD.sub("", text).splitlines():
        head = PROPERTY.match(line)
        if head and head[1].upper() not in NAMES_OF_THE_MAKER:
            found.update(dict.fromkeys(_of_property(head[1].upper(), head[2], line[head.end() :])))
    return list(found)


def _of_property(name: str, parameters: str, spelled: str) -> Iterator[Link]:
    place = f"invite {name}"
    yield from (Link(url, place) for url in map(absolute, PARAMETER_URI.findall(parameters)) if url)
    if "VALUE=BINARY" in parameters.upper():
        return
    value = ESCAPED.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], spelled)
    address = absolute(value) if name in ADDRESSES and " " not in value else ""
    if address:
        yield Link(address, place)
    elif "HTML" in name or "TEXT/HTML" in parameters.upper() or value.lstrip()[:1] == "<":
        yield from (Link(link.url, f"{place} {link.place}", link.notes) for link in html_links(value))
    else:
        yield from (Link(link.url, place) for link in text_links(value))
