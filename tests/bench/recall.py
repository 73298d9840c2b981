"""Links of HTML and text bodies found and missed, against the DOM's attributes plus links in the visible text.

python -m tests.bench recall

The reference sees what a browser shows: it knows nothing of comments, scripts and unclosed tags, in which the
extractor finds links on purpose; those are counted apart. Also every trick of hiding one link.
"""

import email
import re
import time
from collections import Counter
from collections.abc import Iterator
from email.message import Message

from linkify_it import LinkifyIt
from selectolax.lexbor import LexborHTMLParser

from submissions.extraction.links import html_links, text_links, visible_text
from submissions.extraction.rewriters import unwrap
from submissions.extraction.smuggling import smuggled
from submissions.extraction.urls import host, normalise
from tests.extraction.hiding_tricks import TARGET, TARGETS, TRICKS
from tests.extraction.reading import corpora_name, mails_of_corpora

ATTRIBUTES = ("href", "src", "action", "background", "formaction", "poster", "data", "cite")
ANSWERS_OF_THEIR_OWN = ("linkify-it", "twitter-text")
ON_PURPOSE = re.compile(r"(?:source|script|\w+\[on\w+\])$")

Found = set[tuple[int, str]]


def main(arguments: list[str]) -> None:
    """Prints the figures; `arguments` are not used."""
    del arguments
    bodies()
    tricks()


def bodies() -> None:
    expected: Found = set()
    right: Found = set()
    found: Found = set()
    apart: Counter[str] = Counter()
    characters, seconds = 0, 0.0
    for number, (is_html, text) in enumerate(texts()):
        characters += len(text)
        start = time.process_time()
        links = html_links(text) if is_html else text_links(text)
        seconds += time.process_time() - start
        wanted = {(number, normalise(url)) for url in reference(is_html, text)}
        places = {(number, normalise(link.url)): link.place for link in links if link.url.lower().startswith("http")}
        hidden = {url for url, place in places.items() if ON_PURPOSE.search(place) and url not in wanted}
        apart.update(places[url] for url in hidden)
        found |= places.keys() - hidden
        expected |= wanted
        right |= {(number, normalise(url)) for url in also_right(is_html, text)}
    print(f"{corpora_name()}: {characters / 1e6:.1f} Mchar, {characters / seconds / 1e6:.1f} Mchar/s")
    tell(expected, found, right)
    print(f"found besides where no reader looks: {dict(apart)}")


def tell(expected: Found, found: Found, right: Found) -> None:
    hosts = {(number, host(url)) for number, url in expected}
    found_hosts = {(number, host(url)) for number, url in found}
    print(f"{len(expected)} links expected: recall {share(expected & found, expected)}")
    print(f"{len(hosts)} hosts expected: recall {share(hosts & found_hosts, hosts)}")
    print(f"{len(found)} links found: precision {share((expected | right) & found, found)}")
    for number, url in sorted(expected - found):
        print(f"    missed in body {number}: {url[:150]}")
    for number, url in sorted(found - expected - right):
        print(f"    more in body {number}: {url[:150]}")


def share(part: Found, whole: Found) -> str:
    return f"{len(part) / max(1, len(whole)):.4f}"


def texts() -> Iterator[tuple[bool, str]]:
    for path, raw in mails_of_corpora():
        if path.parent.name not in ANSWERS_OF_THEIR_OWN:
            for part in email.message_from_bytes(raw).walk():
                if part.get_content_type() in ("text/html", "text/plain"):
                    yield part.get_content_type() == "text/html", decoded(part)


def decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def reference(is_html: bool, text: str) -> Iterator[str]:
    """http links of DOM attributes and of linkify-it on visible text that holds `://`."""
    if is_html:
        for node in LexborHTMLParser(text).css(",".join(f"[{name}]" for name in ATTRIBUTES)):
            values = (node.attributes.get(name) or "" for name in ATTRIBUTES)
            yield from (value.strip() for value in values if re.match(r"\s*https?://[^\s/]", value, re.IGNORECASE))
    shown = visible_text(text) if is_html else text
    linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
    for line in shown.splitlines():
        matches = linkify.match(line) if "://" in line else None
        yield from (match.url.rstrip(":;") for match in matches or () if match.url.lower().startswith("http"))


def also_right(is_html: bool, text: str) -> Iterator[str]:
    """What the reference leaves out: hosts without a scheme, and what styles load."""
    yield from (found[1] for found in re.finditer(r"url\(\s*[\"']?(https?://[^\"')\s]+)", text) if is_html)
    shown = visible_text(text) if is_html else text
    linkify = LinkifyIt(options={"fuzzy_email": False})
    for line in shown.splitlines():
        yield from (match.url for match in (linkify.match(line) if "." in line else None) or ())


def tricks() -> None:
    missed = [name for name, html in TRICKS.items() if TARGETS.get(name, TARGET) not in found_in(html)]
    print(f"hiding tricks: {len(TRICKS) - len(missed)} of {len(TRICKS)} found", *missed)


def found_in(html: str) -> set[str]:
    return {normalise(unwrap(link.url).url) for link in (*html_links(html), *smuggled(html).links)}
