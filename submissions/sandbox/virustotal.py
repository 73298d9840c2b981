"""VirusTotal by its API v3: what is known of a digest or URL. Nothing is uploaded unless somebody switched it on,
because whatever is uploaded there can be read by its other customers.
"""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from submissions.sandbox.base import Reason, Report, Sample, SandboxError, Submitted
from submissions.sandbox.reading import (
    IDENTIFIER,
    acceptable,
    identifier,
    mapping,
    moment,
    nonsense,
    number,
    same_url,
    sequence,
    text,
    upload_name,
)
from submissions.sandbox.rest import RestAccount, RestSession
from submissions.verdicts import Verdict

UPLOAD_BYTES = 32 * 1024 * 1024
COUNTED = ("malicious", "suspicious", "harmless", "undetected")


@dataclass(frozen=True, slots=True)
class VirusTotalProfile:
    """From how many engines on a word counts; `clean_from` engines without a detection make it clean.

    `upload` sends files and URLs that are not known there: everybody with an account can then read them.
    """

    malicious_from: int = 3
    suspicious_from: int = 1
    clean_from: int = 20
    upload: bool = False


class VirusTotalSandbox:
    name = "virustotal"

    def __init__(self, account: RestAccount, profile: VirusTotalProfile | None = None) -> None:
        self.account = account
        self.profile = profile or VirusTotalProfile()
        self.repeatable = not self.profile.upload

    def submit(self, sample: Sample) -> Submitted:
        """Look it up; what is not known stays `unknown`, or is uploaded where that is switched on."""
        acceptable(sample.url, sample.content)
        if found := self.find(sample):
            return found
        if not self.profile.upload:
            words = "VirusTotal does not know it, and nothing is uploaded there"
            unknown = Report(Verdict.UNKNOWN, reasons=(Reason("virustotal-not-known", words),))
            return Submitted(f"known:{sample.digest}", unknown)
        if len(sample.content or b"") > UPLOAD_BYTES:
            raise SandboxError("the file is too large for VirusTotal", kind="unsupported", permanent=True)
        file = (upload_name(sample.name), io.BytesIO(sample.content or b""))
        what: dict[str, Any] = {"data": {"url": sample.url}} if sample.url else {"files": {"file": file}}
        answer = self._session(changes=True).json("POST", f"api/v3/{sample.kind}s", **what)
        try:
            return Submitted(identifier(_data(answer), "id"))
        except SandboxError as error:
            error.unknown = True
            raise

    def poll(self, reference: str, sample: Sample) -> Report | None:
        if not IDENTIFIER.fullmatch(reference):
            raise SandboxError("no such analysis", kind="invalid", permanent=True)
        data = _data(self._session().json("GET", f"api/v3/analyses/{reference}"))
        if identifier(data, "id") != reference:
            raise nonsense("this is another analysis")
        if text(mapping(data.get("attributes"), "attributes"), "status") != "completed":
            return None
        return self._known(sample, cached=False)

    def find(self, sample: Sample) -> Submitted | None:
        """VirusTotal keeps no key of ours, but knows every digest once."""
        known = self.search_known(sample)
        return Submitted(f"known:{sample.digest}", known) if known else None

    def search_known(self, sample: Sample) -> Report | None:
        return self._known(sample, cached=True)

    def _known(self, sample: Sample, *, cached: bool) -> Report | None:
        answer = self._session().json("GET", f"api/v3/{_address(sample)}", absent=True)
        if answer is None:
            return None
        data = _data(answer)
        attributes = mapping(data.get("attributes"), "attributes")
        _check_subject(sample, identifier(data, "id"), attributes)
        stats = mapping(attributes.get("last_analysis_stats") or {}, "last_analysis_stats")
        counts = {name: int(number(stats, name) or 0) for name in COUNTED}
        return self._report(data, attributes, counts, cached=cached) if sum(counts.values()) else None

    def _report(
        self, data: dict[str, object], attributes: dict[str, object], counts: Mapping[str, int], *, cached: bool
    ) -> Report:
        against = counts["malicious"] + counts["suspicious"]
        total = sum(counts.values())
        return Report(
            verdict=self._verdict(counts),
            score=round(100 * against / total),
            threat_names=_family(attributes),
            reasons=(Reason("virustotal-engines", f"{against} of {total} engines speak against it"),),
            tags=tuple(tag for tag in sequence(attributes.get("tags") or [], "tags")[:50] if isinstance(tag, str)),
            report_url=f"https://www.virustotal.com/gui/{text(data, 'type')}/{identifier(data, 'id')}",
            external_ids=(identifier(data, "id"),),
            analysed_at=moment(attributes, "last_analysis_date"),
            cached=cached,
        )

    def _verdict(self, counts: Mapping[str, int]) -> Verdict:
        if counts["malicious"] >= self.profile.malicious_from:
            return Verdict.MALICIOUS
        if counts["malicious"] + counts["suspicious"] >= self.profile.suspicious_from:
            return Verdict.SUSPICIOUS
        return Verdict.CLEAN if sum(counts.values()) >= self.profile.clean_from else Verdict.UNKNOWN

    def _session(self, *, changes: bool = False) -> RestSession:
        account = self.account if changes else self.account.hurried
        return RestSession(account, who="VirusTotal", headers={"x-apikey": account.key}, changes=changes)


def _data(answer: object) -> dict[str, object]:
    return mapping(mapping(answer, "answer").get("data"), "data")


def _address(sample: Sample) -> str:
    """A file is addressed by its sha256, a URL by its own unpadded base64."""
    if not sample.url:
        return f"files/{sample.digest}"
    return f"urls/{base64.urlsafe_b64encode(sample.url.encode()).decode().rstrip('=')}"


def _check_subject(sample: Sample, found: str, attributes: dict[str, object]) -> None:
    about = same_url(text(attributes, "url"), sample.url) if sample.url else found == sample.digest
    if not about:
        raise nonsense("the verdict is about something else than what was asked")


def _family(attributes: dict[str, object]) -> tuple[str, ...]:
    named = mapping(attributes.get("popular_threat_classification") or {}, "classification")
    return (label,) if (label := text(named, "suggested_threat_label")) else ()
