"""Shapes of good answers bent into what real servers were seen, or feared, to answer; and the report files."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from PIL import Image

from tests.fakes.faults import Answer

Data = dict[str, Any]
DOWNLOADS = {
    "html": ("report.html", "text/html"),
    "lighthtml": ("report-light.html", "text/html"),
    "json": ("report.json", "application/json"),
    "jsonfixed": ("report-fixed.json", "application/json"),
    "irjsonfixed": ("report-ir.json", "application/json"),
    "iocjson": ("ioc.json", "application/json"),
    "xml": ("report.xml", "application/xml"),
    "pdf": ("report.pdf", "application/pdf"),
    "pcap": ("dump.pcap", "application/vnd.tcpdump.pcap"),
    "bins": ("bins.zip", "application/zip"),
    "shoots": ("shoots.zip", "application/zip"),
}

SEEN = {
    "urlinfo": {
        "url": [
            {"@name": "https://cdn.example/lib.js", "@malicious": "false"},
            {"@name": "https://evil.example/gate.php", "@malicious": "true"},
        ]
    },
    "domaininfo": {"domain": {"@name": "evil.example", "@malicious": "true"}},
    "ipinfo": {"ip": [{"@ip": "192.0.2.7", "@malicious": "false"}]},
    "droppedinfo": {"hash": []},
}


def picture(form: str, size: tuple[int, int] = (320, 200)) -> bytes:
    """A screen in one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, form)
    return file.getvalue()


def shoots(files: dict[str, bytes] | None = None) -> bytes:
    """The archive of screenshots."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        given = {"1.jpg": picture("JPEG"), "2.png": picture("PNG")} if files is None else files
        for name, content in given.items():
            archive.writestr(name, content)
    return file.getvalue()


def file_of(analysis: dict[str, object], kind: str) -> Answer:
    """A report as a download; the client cuts the last two characters of the header, so it must end in `";`."""
    name, media_type = DOWNLOADS[kind]
    if media_type == "application/json":
        body = json.dumps({"analysis": {"id": analysis["webid"], **SEEN}}).encode()
    elif kind == "shoots":
        body = shoots()
    else:
        body = b"%PDF-1.4 report" if kind == "pdf" else f"<html>report on {analysis['webid']}</html>".encode()
    return Answer(body, type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}";'})


def _each_analysis(**changes: Any) -> Callable[[Data], Data]:
    def bend(data: Data) -> Data:
        return {**data, "analyses": [{**analysis, **changes} for analysis in data.get("analyses", [])]}

    return bend


def _whole(**changes: Any) -> Callable[[Data], Data]:
    return lambda data: {**data, **changes}


def _without(*names: str) -> Callable[[Data], Data]:
    return lambda data: {name: value for name, value in data.items() if name not in names}


def _run_errors(data: Data, *, all_of_them: bool) -> Data:
    failed = {"detection": "unknown", "error": "Unable to run", "system": "w7", "score": 1}
    return {
        **data,
        "analyses": [{**one, "runs": [failed, *([] if all_of_them else one["runs"])]} for one in data["analyses"]],
    }


def _snort(data: Data) -> Data:
    """How runs looked before 2025."""
    run = {"detection": "clean", "error": None, "system": "w7", "yara": False, "snort": False}
    return _each_analysis(runs=[run])(data)


RESHAPES: dict[str, Callable[[Data], Data]] = {
    "null-most-relevant": _whole(most_relevant_analysis=None),
    "no-most-relevant": _without("most_relevant_analysis"),
    "missing-analyses": _without("analyses", "most_relevant_analysis"),
    "no-analyses": _whole(analyses=[], most_relevant_analysis=None),
    "run-errors": lambda data: _run_errors(data, all_of_them=True),
    "one-run-error": lambda data: _run_errors(data, all_of_them=False),
    "no-runs": _each_analysis(runs=None),
    "snort": _snort,
    "other-id": _whole(submission_id="999999"),
    "other-digest": _each_analysis(sha256="0" * 64),
    "other-everything": _each_analysis(sha256="0" * 64, filename="https://other.example/", comments=""),
    "unknown-status": _whole(status="defrosting"),
    "no-status": _without("status"),
    "unknown-word": lambda data: _whole(most_relevant_analysis=None)(_each_analysis(detection="spotless")(data)),
    "no-word": lambda data: _whole(most_relevant_analysis=None)(_each_analysis(detection=None)(data)),
    "word-is-a-number": _each_analysis(detection=0),
    "score-is-a-word": _each_analysis(score="low"),
    "analyses-is-text": _whole(analyses="clean"),
    "worse-summary": lambda data: _whole(
        most_relevant_analysis={"webid": data["analyses"][0]["webid"], "detection": "malicious", "score": 99}
    )(data),
    "still-running-inside": _each_analysis(status="running"),
}
