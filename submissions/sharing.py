"""Submissions as other platforms take them: events of MISP's core format, bundles of STIX 2.1. From the JSON export.

Ids are made of what they name, so that a second export of the same mail updates instead of doubling. Only what was
found malicious is marked for detection; everything else is context.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

Entry = Mapping[str, Any]
THREAT_LEVELS = {"malicious": "1", "suspicious": "2", "unknown": "4", "failed": "4", "clean": "3"}


def uuid_of(*parts: object) -> str:
    return str(uuid5(NAMESPACE_URL, "\n".join([settings.PUBLIC_URL, *map(str, parts)])))


def misp(entries: Iterable[Entry]) -> Iterator[str]:
    """One object with a list of events, as MISP imports it."""
    yield '{"response": ['
    for number, entry in enumerate(entries):
        yield (",\n" if number else "\n") + json.dumps({"Event": misp_event(entry)})
    yield "\n]}\n"


def misp_event(entry: Entry) -> dict[str, Any]:
    original: Entry = next(iter(entry["reported"]), {})
    mail = {"email-subject": original.get("subject") or entry["subject"], "email-src": original.get("from", "")}
    context = [_attribute(entry, kind, "Payload delivery", text) for kind, text in mail.items() if text]
    return {
        "uuid": uuid_of("misp", entry["id"]),
        "info": f"{entry['id']}: {entry['subject']}",
        "date": entry["received_at"][:10],
        "threat_level_id": THREAT_LEVELS.get(entry["verdict"], "4"),
        "analysis": "2" if entry["verdict"] else "1",
        "distribution": "0",
        "Tag": [{"name": "tlp:amber"}],
        "Attribute": [*context, *(_item_attribute(entry, item) for item in analysed(entry))],
    }


def _item_attribute(entry: Entry, item: Entry) -> dict[str, Any]:
    bad = item["verdict"] == "malicious"
    if item["kind"] == "url":
        return _attribute(entry, "url", "Network activity", item["name"], to_ids=bad)
    named = f"{item['name'].replace('|', '_')}|{item['digest']}"
    return _attribute(entry, "filename|sha256", "Payload delivery", named, to_ids=bad)


def _attribute(entry: Entry, kind: str, category: str, value: str, *, to_ids: bool = False) -> dict[str, Any]:
    return {
        "uuid": uuid_of("misp", entry["id"], kind, value),
        "type": kind,
        "category": category,
        "value": value,
        "to_ids": to_ids,
        "comment": entry["id"],
    }


def analysed(entry: Entry) -> list[Entry]:
    """The items that have a verdict, each once."""
    return list({(item["kind"], item["digest"]): item for item in entry["items"] if item["verdict"]}.values())


def stix(entries: Iterable[Entry]) -> Iterator[str]:
    """One bundle: per mail a report that refers to the mail and its items, and an indicator per malicious one."""
    yield f'{{"type": "bundle", "id": "bundle--{uuid_of("bundle")}", "objects": ['
    seen: set[str] = set()
    for entry in entries:
        for one in stix_objects(entry):
            if one["id"] not in seen:
                yield (",\n" if seen else "\n") + json.dumps(one)
                seen.add(one["id"])
    yield "\n]}\n"


def stix_objects(entry: Entry) -> list[dict[str, Any]]:
    original: Entry = next(iter(entry["reported"]), {})
    mail = _stix("email-message", entry["id"], is_multipart=False, subject=original.get("subject") or entry["subject"])
    items = [_observable(item) for item in analysed(entry)]
    bad = [_indicator(entry, item) for item in analysed(entry) if item["verdict"] == "malicious"]
    refs = [one["id"] for one in (mail, *items, *bad)]
    report = _stix(
        "report", entry["id"], **_times(entry), name=f"{entry['id']}: {entry['subject']}", published=_at(entry),
        report_types=["threat-report"], object_refs=refs,
    )  # fmt: skip
    return [report, mail, *items, *bad]


def _observable(item: Entry) -> dict[str, Any]:
    if item["kind"] == "url":
        return _stix("url", item["name"], value=item["name"])
    return _stix("file", item["digest"], name=item["name"], hashes={"SHA-256": item["digest"]})


def _indicator(entry: Entry, item: Entry) -> dict[str, Any]:
    text = item["name"].replace("\\", "\\\\").replace("'", "\\'")
    found = f"url:value = '{text}'" if item["kind"] == "url" else f"file:hashes.'SHA-256' = '{item['digest']}'"
    return _stix(
        "indicator", item["digest"], **_times(entry), name=item["name"], pattern=f"[{found}]", pattern_type="stix",
        valid_from=_at(entry), indicator_types=["malicious-activity"],
    )  # fmt: skip


def _stix(kind: str, key: str, **values: Any) -> dict[str, Any]:
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid_of(kind, key)}", **values}


def _times(entry: Entry) -> dict[str, str]:
    return {"created": _at(entry), "modified": _at(entry)}


def _at(entry: Entry) -> str:
    """The moment of the report as STIX writes it: UTC, milliseconds, a Z."""
    return f"{entry['received_at'][:19]}.000Z"
