"""Looking for submissions and analyses at Joe Sandbox: by our key, by digest, by URL."""

from itertools import islice

import jbxapi

from submissions.sandbox.base import Sample, SandboxError, Submitted
from submissions.sandbox.joe_report import JoeAnalysis, read_analysis
from submissions.sandbox.reading import identifier, mapping, sequence, upload_name

LISTED = 200
LOOKED_INTO = 30
BESIDES = 5
HITS = 50
ASKED_FOR = 5
ANALYSES = "analysis:"
REFERENCE_LENGTH = 200


def submission_of(client: jbxapi.JoeSandbox, sample: Sample) -> Submitted | None:
    """The submission with our key: searched in the comments, then in the newest ones, those of the name first."""
    hits = [hit.webid for hit in search(client, sample.key) if hit.carries(sample.key)]
    listed = [mapping(item, "submission") for item in islice(client.submission_list(), LISTED)]
    listed.sort(key=lambda item: str(item.get("time") or ""), reverse=True)
    ours = sample.url or upload_name(sample.name)
    named = [item for item in listed if item.get("name", ours) == ours]
    others = [item for item in listed if item not in named]
    for item in (*named[:LOOKED_INTO], *others[:BESIDES]):
        submission = identifier(item, "submission_id")
        found = mapping(client.submission_info(submission), "submission").get("analyses") or []
        analyses = [read_analysis(analysis) for analysis in sequence(found, "analyses")]
        if any(one.webid in hits or one.carries(sample.key) for one in analyses):
            return Submitted(submission)
    return _by_analyses(hits) if hits else None


def _by_analyses(webids: list[str]) -> Submitted:
    reference = ANALYSES + ",".join(webids)
    if len(reference) > REFERENCE_LENGTH:
        raise SandboxError("Joe Sandbox: too many analyses and no submission that holds them", kind="protocol")
    return Submitted(reference)


def search(client: jbxapi.JoeSandbox, query: str) -> list[JoeAnalysis]:
    """Older servers answer with bare ids; then the details are asked for, a few at most."""
    hits = [mapping(hit, "analysis") for hit in sequence(client.analysis_search(query), "hits")[:HITS]]
    bare = [hit for hit in hits if "detection" not in hit][:ASKED_FOR]
    told = [hit for hit in hits if "detection" in hit]
    return [read_analysis(hit) for hit in (*told, *(client.analysis_info(identifier(hit, "webid")) for hit in bare))]
