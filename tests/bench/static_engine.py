"""Detection, false alarms and time of the built-in static engine, over generated files and the shared corpora.

python -m tests.bench static_engine
"""

import hashlib
import os
import statistics
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from submissions.extraction.extract import extract
from submissions.sandbox.base import Report, Sample
from submissions.sandbox.static.engine import judge
from submissions.sandbox.static.settings import Settings
from submissions.verdicts import Verdict
from tests.sandbox.static import lists

CORPORA = Path(os.environ.get("CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))
SETTINGS = Settings(own_domains=("contoso.com",))
DOCUMENTS = {"doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "pdf", "one"}
BAD = (Verdict.MALICIOUS, Verdict.SUSPICIOUS)
LARGEST = 3 * 1024 * 1024
# The folder holds the public files with which another scanner tests its readers. These are bad by their kind: macros, a
# shortcut, a query, a disk image, an installer. All others count as ordinary, archives made to burst among them.
BAD_HERE = {"test.xls", "test.lnk", "test.iqy", "test.iso", "test.msi"}


def main(arguments: list[str]) -> None:
    """Prints one line for each list; a file counts as noticed when it is suspicious or malicious."""
    tell("generated documents with macros", lists.macro_documents(), is_bad=True)
    tell("generated bad files", lists.bad_files(), is_bad=True)
    tell("generated bad links", lists.bad_links(), is_bad=True)
    tell("generated ordinary files", lists.clean_files(), is_bad=False)
    tell("generated ordinary links", lists.ordinary_links(), is_bad=False)
    if not CORPORA.is_dir():
        print("The shared corpora are not here; the rest is left out.")
        return
    tell("bad files of the shared corpora", (one for one in files() if one.name in BAD_HERE), is_bad=True)
    ordinary = [one for one in files() if one.name not in BAD_HERE]
    tell("other files of the shared corpora", ordinary, is_bad=False)
    tell("Office and PDF files among them", (one for one in ordinary if kind(one) in DOCUMENTS), is_bad=False)
    attached, links = in_mails()
    tell("files in the mails of the shared corpora", attached, is_bad=False)
    tell("links in the mails of the shared corpora", links, is_bad=False)


def tell(title: str, samples: Iterable[Sample], *, is_bad: bool) -> None:
    times, noticed, surprising = [], 0, []
    for sample in samples:
        seconds, report = timed(sample)
        times.append(seconds * 1000)
        noticed += report.verdict in BAD
        if (report.verdict in BAD) != is_bad:
            surprising.append(f"{sample.url or sample.name}: {report.verdict} {[one.id for one in report.reasons]}")
    share = 100 * noticed / max(len(times), 1)
    what = "detection" if is_bad else "false alarms"
    print(f"{title}: {len(times)}, {what} {share:.1f} %")
    print(f"    median {statistics.median(times):.1f} ms, worst {max(times):.0f} ms")
    for line in surprising:
        print(f"    {line[:200]}")


def timed(sample: Sample) -> tuple[float, Report]:
    begin = time.perf_counter()
    report = judge(sample, SETTINGS)
    return time.perf_counter() - begin, report


def files() -> Iterator[Sample]:
    for path in sorted((CORPORA / "strelka").iterdir()):
        if path.suffix not in ("", ".eml") and path.stat().st_size < LARGEST:
            yield Sample("mm:1", "", path.name, path.read_bytes())


def kind(sample: Sample) -> str:
    return sample.name.rpartition(".")[2].lower()


def in_mails() -> tuple[list[Sample], list[Sample]]:
    """The files and links that the extraction finds in all mails, each once."""
    attached: dict[str, Sample] = {}
    links: dict[str, Sample] = {}
    for path in sorted(CORPORA.rglob("*")):
        if path.suffix not in (".eml", ".msg") or path.stat().st_size > LARGEST:
            continue
        mail = extract(path.read_bytes())
        for one in mail.files:
            if one.content:
                attached[one.sha256] = Sample("mm:1", one.sha256, one.name, one.content, one.type, notes=one.notes)
        for url in mail.urls:
            digest = hashlib.sha256(url.url.encode("utf-8", "replace")).hexdigest()
            links[digest] = Sample("mm:1", digest, url=url.url, notes=url.notes)
    return list(attached.values()), list(links.values())
