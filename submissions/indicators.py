"""What defenders block: the files and links of a mail, plain, defanged, as a table."""

from collections.abc import Iterable, Iterator

from submissions.judgement import Judged
from submissions.sheet import line

SCHEMES = {"http": "hxxp", "https": "hxxps", "ftp": "fxp"}
GRAVE = ("malicious", "suspicious")
COLUMNS = ("kind", "indicator", "name", "verdict", "score")


def grave(items: Iterable[Judged]) -> list[Judged]:
    """The items that were found malicious or suspicious, each artifact once."""
    found = {judged.item.artifact_id: judged for judged in items if judged.verdict in GRAVE}
    return list(found.values())


def plain(judged: Judged) -> str:
    """The link, or the sha256 of the file."""
    artifact = judged.item.artifact
    return artifact.name if artifact.kind == artifact.Kind.URL else artifact.digest


def defanged(url: str) -> str:
    """The URL so that no program takes it for one: `hxxps://acme[.]example/pay`."""
    scheme, colon, rest = url.partition("://")
    if not colon:
        return url
    host, slash, path = rest.partition("/")
    return f"{SCHEMES.get(scheme.lower(), scheme)}://{host.replace('.', '[.]')}{slash}{path}"


def inert(value: str) -> str:
    """A URL, host or address on one line, written so that no program makes a link of it."""
    line = " ".join(value.split())
    return defanged(line) if "://" in line else line.replace(".", "[.]")


def as_text(items: Iterable[Judged], *, harmless: bool) -> Iterator[str]:
    """One a line; `harmless` ones cannot be followed by mistake."""
    for judged in grave(items):
        yield f"{defanged(plain(judged)) if harmless else plain(judged)}\n"


def as_csv(items: Iterable[Judged]) -> Iterator[str]:
    """The same as a table with names and verdicts, every link defanged."""
    yield line(COLUMNS)
    for judged in grave(items):
        item = judged.item
        cells = (item.artifact.kind, defanged(plain(judged)), defanged(item.name), judged.verdict, judged.score)
        yield line(cells)
