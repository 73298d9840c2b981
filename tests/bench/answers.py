"""Labelled answers of other projects beside ours, each difference with its reason.

python -m tests.bench answers
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from submissions.extraction.extract import extract
from submissions.extraction.links import text_links
from submissions.extraction.urls import normalise
from tests.extraction.opening import names, opened
from tests.extraction.reading import corpora, corpora_name
from tests.extraction.test_answers_of_others import tnef_answers

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
# Passwords and answers of the fixtures' own tests.
STRELKA: tuple[tuple[str, str, set[str]], ...] = (
    ("test.7z", "lorem.txt", set()),
    ("test.zip", "lorem.txt", set()),
    ("test.rar", "lorem.txt", set()),
    ("test_password.rar", "lorem.txt", set()),
    ("test_password_encrypted_headers.rar", "lorem.txt", set()),
    ("test_password_mixed_encrypted_headers.rar", "lorem.txt", set()),
    ("test.iso", "lorem.txt", set()),
    ("test_lzx.cab", "lorem.txt", set()),
    ("test_zip.cab", "lorem.txt", set()),
    ("test_qr.png", "", {"https://www.example.com/"}),
    ("test_qr.jpg", "", {"https://www.example.com/"}),
    ("test_qr.webp", "", {"https://www.example.com/"}),
    ("test_qr.avif", "", {"https://www.example.com/"}),
    ("test_qr_url.png", "", {"https://www.example.com/"}),
    ("test_qr_multi.png", "", {"https://www.example.com/"}),
    ("test_qr_multi_inverted.png", "", {"https://www.example.com/"}),
    ("test.pdf", "", {"http://bing.com/", "https://google.com/", "https://duckduckgo.com/"}),
    ("test.one", "embedded-1", set()),
)


def main(arguments: list[str]) -> None:
    """Prints the tables; `arguments` are not used."""
    del arguments
    print(f"answers of {corpora_name()}")
    labelled("linkify-it links", linkify_links())
    labelled("linkify-it not links", linkify_not_links())
    labelled("twitter-text urls", twitter_urls())
    stalwart()
    mimekit()
    strelka()


def lines(name: str) -> list[str]:
    path = next((path for path in corpora() if path.as_posix().endswith(name)), None)
    return path.read_text(encoding="utf-8").splitlines() if path else []


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
    tell(name, passed, otherwise)


def tell(name: str, passed: int, otherwise: list[tuple[str, str]]) -> None:
    print(f"{name}: {passed} as labelled, {len(otherwise)} otherwise")
    for text, why in otherwise:
        print(f"    {text[:70]!r}: {why}")


def reason(text: str) -> str:
    why = next((why for sign, why in REASONS.items() if sign in text), "")
    return why or (SCHEME_SHOWN if "://" in text else "a difference not explained")


def stalwart() -> None:
    """Subject, sender and Message-ID of each mail, and the bytes of each attachment that is no mail itself."""
    passed, otherwise = 0, []
    for path in corpora():
        answer = path.with_suffix(".json")
        if path.suffix == ".eml" and "stalwart" in path.parts and answer.exists():
            wrong = list(differences(json.loads(answer.read_bytes()), path.read_bytes()))
            passed += not wrong
            otherwise += [(f"{path.parent.name}/{path.name}", why) for why in wrong]
    tell("stalwart mails", passed, otherwise)


def differences(answer: dict[str, Any], raw: bytes) -> Iterator[str]:
    mail = extract(raw)
    fields = answer["parts"][0]["headers"]
    head = {field["name"]: field["value"] for field in reversed(fields) if isinstance(field["name"], str)}
    own = mail.reported[0]
    for name, ours in (("subject", own.subject), ("message_id", own.message_id)):
        theirs = head.get(name, {})
        theirs = theirs.get("Text", "") if isinstance(theirs, dict) else ""
        if mail.reported[0].how == "itself" and squeezed(theirs) not in squeezed(ours):
            why = "raw 8-bit decoded here" if "\ufffd" in theirs else "a difference not explained"
            yield f"{name}: {theirs[:60]!r}, here {ours[:60]!r}: {why}"
    digests = {file.sha256 for file in mail.files}
    for number in answer["attachments"]:
        body = answer["parts"][number]["body"]
        content = bytes(next((body[kind] for kind in ("Binary", "InlineBinary") if kind in body), b""))
        if content.strip() and sha256(content).hexdigest() not in digests:
            why = "decoded here" if re.match(rb"\s*(?:begin [0-7]|\(This file must)", content) else "not found"
            yield f"file of part {number}, {len(content)} bytes, beginning {content[:20]!r}: {why}"


def squeezed(text: str) -> str:
    return re.sub(r"[\s<>\ufffd]+", "", text)


def mimekit() -> None:
    passed, otherwise = 0, []
    for name, content, expected in tnef_answers():
        missing = expected - set(names(opened(content)))
        passed += not missing
        otherwise += [(name, f"missing {sorted(missing)}")] if missing else []
    tell("MimeKit winmail.dat", passed, otherwise)


def strelka() -> None:
    passed, otherwise = 0, []
    by_name = {path.name: path for path in corpora() if "strelka" in path.parts}
    for name, member, links in STRELKA:
        if name in by_name:
            inside = opened(by_name[name].read_bytes(), name, passwords=("password",))
            found = {normalise(link.url) for link in inside.links}
            members = Counter(Path(found).name for found in names(inside))
            right = links <= found and (not member or members[member])
            passed += bool(right)
            otherwise += [] if right else [(name, f"found {sorted(members)[:3]} {sorted(found)[:3]}")]
    tell("strelka files", passed, otherwise)
