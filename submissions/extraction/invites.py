"""Links in calendar invites (RFC 5545): where a meeting takes place, what it says, what is attached.

Business cards (RFC 6350) are written in the same way.
"""

import re
from collections.abc import Iterator

from submissions.extraction.data_uris import data_uri, lenient_base64
from submissions.extraction.html_links import html_links
from submissions.extraction.link_addresses import absolute
from submissions.extraction.text_links import text_links
from submissions.extraction.transfer import quoted_printable
from submissions.extraction.type_of_text import decoded
from submissions.extraction.types import Link

# A line of quoted-printable ends in `=`, and so does one of base64, behind which the next property begins.
FOLD = re.compile(r"\r?\n[ \t]|\r[ \t]|=\r?\n(?![A-Z\-]{2,60}[:;])")
PROPERTY = re.compile(
    r"([A-Za-z][A-Za-z0-9\-]{0,60})((?:;[A-Za-z0-9\-]{1,60}=(?:\"[^\"\r\n]*+\"|[^;:\"\r\n,]*+)(?:,\"[^\"\r\n]*+\")*+)*+):"
)
PARAMETER_URI = re.compile(r"(?:ALTREP|DIR|SCHEDULE-AGENT-URI)=\"([^\"]*)\"", re.IGNORECASE)
ENCODING = re.compile(r";(?:ENCODING=)?(BASE64|B(?=[;:]|$)|QUOTED-PRINTABLE)")
ESCAPED = re.compile(r"\\([nN,;:\\\"])")
ADDRESSES = frozenset({"ATTACH", "URL", "CONFERENCE", "SOURCE", "IMAGE", "TZURL", "STRUCTURED-DATA"})
NAMES_OF_THE_MAKER = frozenset({"PRODID", "UID", "VERSION", "CALSCALE", "TZID", "DTSTAMP"})


def calendar_links(text: str) -> list[Link]:
    """Every link of a `text/calendar` or `text/vcard` body after unfolding; the place names its property.

    Such as `invite LOCATION`. Values and parameters in base64, quoted-printable or `data:` are decoded.
    """
    found: dict[Link, None] = {}
    for line in FOLD.sub("", text).splitlines():
        head = PROPERTY.match(line)
        if head and head[1].upper() not in NAMES_OF_THE_MAKER:
            found.update(dict.fromkeys(_of_property(head[1].upper(), head[2], line[head.end() :])))
    return list(found)


def _value(parameters: str, spelled: str) -> str:
    """The text of a value in whatever encoding (RFC 2445, vCard 2.1); nothing for a picture and its like."""
    if encoded := ENCODING.search(parameters):
        raw = spelled.encode("utf-8", "replace")
        return decoded(lenient_base64(raw) if encoded[1].startswith("B") else quoted_printable(raw))
    return ESCAPED.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], spelled)


def _of_property(name: str, parameters: str, spelled: str) -> Iterator[Link]:
    place = f"invite {name}"
    yield from (Link(url, place) for url in map(absolute, PARAMETER_URI.findall(parameters)) if url)
    for uri in filter(None, map(data_uri, PARAMETER_URI.findall(parameters))):
        yield from (Link(link.url, f"{place} {link.place}") for link in html_links(decoded(uri.content)))
    value = _value(parameters.upper(), spelled)
    address = absolute(value) if name in ADDRESSES and " " not in value else ""
    if address:
        yield Link(address, place)
    elif "HTML" in name or "TEXT/HTML" in parameters.upper() or value.lstrip()[:1] == "<":
        yield from (Link(link.url, f"{place} {link.place}", link.notes) for link in html_links(value))
    else:
        yield from (Link(link.url, place) for link in text_links(value))
