"""Links: found and missed against DOM attributes and text links, labelled answers of others, hiding tricks, speed."""

import email
import json
import re
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

from linkify_it import LinkifyIt
from selectolax.lexbor import LexborHTMLParser

from submissions.extraction.links import html_links, text_links, visible_text
from submissions.extraction.rewriters import unwrap
from submissions.extraction.smuggling import smuggled
from submissions.extraction.urls import host, normalise
from tests.extraction.hiding_tricks import TARGET, TARGETS, TRICKS
from tests.extraction.reading import corpora

ATTRIBUTES = ("href", "src", "action", "background", "formaction", "poster", "data", "cite")
REASONS = {
    '"': "a double quote ends a link: it delimits far more often than it belongs",
    "//localhost": "a host without a dot and a scheme is no link",
    "//test.123": "no such suffix exists",
    "4.4.4.4": "a bare address without path or port is a version number more often",
    "google.xxx": "a bare host under a rare suffix needs www, a path or a verb",
    "a.ws": "a bare host under a rare suffix needs www, a path or a verb",
    "it.so": "a bare host under a rare suffix needs www, a path or a verb",
    "'singlequoted'": "punctuation at the end is the sentence's",
    "➡.ws": "a host that starts with a symbol needs a scheme",
    "twitter.みんな": "a host glued to the word before needs a scheme",
    "s.l.o.w.io": "a bare name of four labels is a machine in a trace more often",
    "no.comunidades": "a bare name of four labels is a machine in a trace more often",
    "t.co/": "a rule of one shortener only",
}
SCHEME_SHOWN = "a scheme is shown: what nobody could open is still judged rather than missed"


def main(arguments: list[str]) -> None:
    """Prints the tables; `arguments` are not used."""
    del arguments
    bodies()
    labelled("linkify-it links", linkify_links())
    labelled("linkify-it not links", linkify_not_links())
    labelled("twitter-text urls", twitter_urls())
    tricks()


def bodies() -> None:
    expected: set[tuple[int, str]] = set()
    right: set[tuple[int, str]] = set()
    found: set[tuple[int, str]] = set()
    characters = 0
    seconds = 0.0
    for number, (is_html, text) in enumerate(texts()):
        characters += len(text)
        start = time.perf_counter()
        links = html_links(text) if is_html else text_links(text)
        seconds += time.perf_counter() - start
        found |= {(number, url) for url in map(normalise, (link.url for link in links)) if url.startswith("http")}
        expected |= {(number, normalise(url)) for url in reference(is_html, text)}
        right |= {(number, normalise(url)) for url in also_right(is_html, text)}
    hosts = {(number, host(url)) for number, url in expected}
    found_hosts = {(number, host(url)) for number, url in found}
    print(f"{len(expected)} links expected in {characters / 1e6:.1f} Mchar, {characters / seconds / 1e6:.1f} Mchar/s")
    print(f"recall {share(expected & found, expected)}, host recall {share(hosts & found_hosts, hosts)}")
    wider = share((expected | right) & found, found)
    print(f"precision {share(expected & found, found)}, {wider} with style url() and bare hosts")


def share(part: set[tuple[int, str]], whole: set[tuple[int, str]]) -> str:
    return f"{len(part) / max(1, len(whole)):.4f}"


def texts() -> Iterator[tuple[bool, str]]:
    for path in corpora():
        if path.suffix in (".eml", ".msg", ".txt"):
            for part in email.message_from_bytes(path.read_bytes()).walk():
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
        yield from (match.url for match in matches or () if match.url.lower().startswith("http"))


def also_right(is_html: bool, text: str) -> Iterator[str]:
    """What the reference leaves out: hosts without a scheme, and what styles load."""
    yield from (found[1] for found in re.finditer(r"url\(\s*[\"']?(https?://[^\"')\s]+)", text) if is_html)
    shown = visible_text(text) if is_html else text
    linkify = LinkifyIt(options={"fuzzy_email": False})
    for line in shown.splitlines():
        yield from (match.url for match in (linkify.match(line) if "." in line else None) or ())


def folder(name: str) -> Path | None:
    return (
        next((parent for path in corpora()[:1] for parent in path.parents if parent.name == "corpora"), Path()) / name
    )


def lines(name: str) -> list[str]:
    path = folder(name)
    return path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []


def linkify_links() -> Iterator[tuple[str, set[str]]]:
    blocks = "\n".join("" if line.startswith("%") else line for line in lines("linkify-it/links.txt")).split("\n\n")
    for block in filter(None, (block.strip("\n").split("\n") for block in blocks)):
        text = re.sub(r"\s+%\s.*$", "", block[0])
        answer = block[1] if len(block) > 1 else text
        if text:
            yield text, set() if "@" in answer and "//" not in answer else {answer}


def linkify_not_links() -> Iterator[tuple[str, set[str]]]:
    for line in lines("linkify-it/not_links.txt"):
        if text := re.sub(r"(^|\s+)%.*$", "", line).strip():
            yield text, set()


def twitter_urls() -> Iterator[tuple[str, set[str]]]:
    text, section = "", ""
    for line in lines("twitter-text/extract.yml"):
        section = line.strip() if re.match(r"  \w", line) else section
        if section == "urls:" and (spelled := re.match(r"\s+text: (\".*\")", line)):
            text = json.loads(re.sub(r"\\U0000(....)", r"\\u\1", spelled[1]))
        elif section == "urls:" and (answer := re.match(r"\s+expected: (\[.*\])", line)):
            yield text, set(json.loads(answer[1]))


def labelled(name: str, cases: Iterator[tuple[str, set[str]]]) -> None:
    passed, otherwise = 0, []
    for text, answers in cases:
        found = {normalise(link.url) for link in text_links(text)}
        if found == set(map(normalise, answers)):
            passed += 1
        else:
            otherwise.append((text, reason(text)))
    print(f"{name}: {passed} as labelled, {len(otherwise)} otherwise")
    for text, why in otherwise:
        print(f"    {text[:70]!r}: {why}")


def reason(text: str) -> str:
    why = next((why for sign, why in REASONS.items() if sign in text), "")
    return why or (SCHEME_SHOWN if "://" in text else "a difference not explained")


def tricks() -> None:
    missed = [name for name, html in TRICKS.items() if TARGETS.get(name, TARGET) not in found_in(html)]
    print(f"hiding tricks: {len(TRICKS) - len(missed)} of {len(TRICKS)} found", *missed)


def found_in(html: str) -> set[str]:
    return {normalise(unwrap(link.url).url) for link in (*html_links(html), *smuggled(html).links)}
