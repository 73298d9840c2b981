"""Mails a second in one process: the physical floor, the extractor, and the common parsers, one after the other.

python -m tests.bench speed [ROUNDS]

The peers are installed for this measurement only, into a folder of its own (eml_parser is AGPL).
"""

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from submissions.extraction.extract import extract
from tests.bench.ordinary_mails import ordinary_mails
from tests.extraction.reading import corpora_name, mails_of_corpora

PEERS = ("eml_parser==4.4.0", "mail-parser==4.8.0")
ORDINARY = 400
BASE64 = re.compile(rb"\r?\n\r?\n((?:[A-Za-z0-9+/]{60,}\r?\n)+[A-Za-z0-9+/=]*)")
URL = re.compile(rb"https?://[^\s\"'<>]+", re.IGNORECASE)

Parser = Callable[[bytes], object]


def main(arguments: list[str]) -> None:
    rounds = int(arguments[0]) if arguments else 3
    with tempfile.TemporaryDirectory() as folder:
        parsers = {"extractor": extract, **peers(Path(folder))}
        compare(f"{ORDINARY} ordinary mails", ordinary_mails(ORDINARY), parsers, rounds)
        compare(f"the mails of {corpora_name()}", [raw for _, raw in mails_of_corpora()], parsers, rounds)


def peers(folder: Path) -> dict[str, Parser]:
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-warn-conflicts", "--target", folder, *PEERS],
        check=True,
    )
    sys.path.append(str(folder))
    import eml_parser
    import mailparser

    eml = eml_parser.EmlParser(include_raw_body=True, include_attachment_data=True)
    return {"eml_parser": eml.decode_email_bytes, "mail-parser": lambda raw: mailparser.parse_from_bytes(raw).mail}


def floor(raw: bytes, blocks: Sequence[bytes]) -> None:
    """What no extractor can do without: its base64 decoded, everything hashed, one search for URLs."""
    decoded = b"".join(map(base64.b64decode, blocks))
    whole = raw + decoded
    hashlib.sha256(whole).hexdigest()
    URL.findall(whole)


def compare(sample: str, mails: list[bytes], parsers: dict[str, Parser], rounds: int) -> None:
    """The best of some rounds, which take turns, so that a busy moment hits all alike; tables are loaded before."""
    blocks = {raw: [match[1] for match in BASE64.finditer(raw)] for raw in mails}
    best = dict.fromkeys(("floor", *parsers), float("inf"))
    failed = dict.fromkeys(best, 0)
    for parser in parsers.values():
        seconds(parser, mails[:10])
    for _ in range(rounds):
        best["floor"] = min(best["floor"], seconds(lambda raw: floor(raw, blocks[raw]), mails)[0])
        for name, parser in parsers.items():
            took, failed[name] = seconds(parser, mails)
            best[name] = min(best[name], took)
    megabytes = sum(map(len, mails)) / 1e6
    print(f"{sample}: {len(mails)} mails, {megabytes:.1f} MB, best of {rounds} rounds")
    print(f"{'':12} {'mails/s':>8} {'MB/s':>7} {'of the floor':>13} {'exceptions':>11}")
    for name, took in best.items():
        print(
            f"{name:12} {len(mails) / took:8.0f} {megabytes / took:7.1f} {best['floor'] / took:13.3f} {failed[name]:11}"
        )


def seconds(parser: Parser, mails: list[bytes]) -> tuple[float, int]:
    """Processor time for all mails, and on how many the parser gave up."""
    failed = 0
    start = time.process_time()
    for raw in mails:
        try:
            parser(raw)
        except Exception:
            failed += 1
    return time.process_time() - start, failed
