"""What a search for a word looks through: one column, so that one index serves every such search."""

from collections.abc import Iterable

from submissions.extraction.urls import host
from submissions.models import Artifact, Submission


def searched(mail: Submission, found: Iterable[tuple[str, str]] = ()) -> str:
    """A mail's searchable words, one a line, in lower case, each once. `found` are kind and name of its items.

    Its own subject and reporter, subject and sender of each mail reported in it, names of files, hosts of links.
    """
    words = [mail.subject, mail.reporter, mail.reporter_name]
    words += [one.get(name, "") for one in mail.reported for name in ("subject", "from")]
    words += [host(name) if kind == Artifact.Kind.URL else name for kind, name in found]
    lines = (" ".join(word.lower().split()) for word in words)
    return "\n".join(dict.fromkeys(line for line in lines if line))
