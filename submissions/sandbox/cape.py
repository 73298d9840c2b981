"""CAPEv2 by its REST API (`/apiv2/`). Facts of its source: errors come with HTTP 200, our key is kept as `custom`,
an archive becomes several tasks, and only executables get a status in words, all else just a score of 0 to 10.
"""

import io
from dataclasses import dataclass

from submissions.sandbox.base import Report, Sample, SandboxError, Submitted
from submissions.sandbox.cape_report import FAILED, Task, combined, data_of, is_about, is_ours, read_report
from submissions.sandbox.reading import acceptable, identifier, mapping, nonsense, number, sequence, text, upload_name
from submissions.sandbox.rest import RestAccount, RestSession
from submissions.verdicts import Verdict

REPORTS = ("litereport", "json")
TASKS = 15
MORE = "+"


@dataclass(frozen=True, slots=True)
class CapeProfile:
    """How to analyse: fields of `tasks/create`; what is empty is left to the server."""

    machine: str = ""
    package: str = ""
    options: str = ""
    tags: str = ""
    route: str = ""
    timeout: int | None = None
    priority: int | None = None


class CapeSandbox:
    name = "cape"
    repeatable = False

    def __init__(self, account: RestAccount, profile: CapeProfile | None = None) -> None:
        self.account = account
        self.profile = profile or CapeProfile()

    def submit(self, sample: Sample) -> Submitted:
        acceptable(sample.url, sample.content)
        fields = {name: getattr(self.profile, name) for name in CapeProfile.__slots__} | {"custom": sample.key}
        fields = {name: str(value) for name, value in fields.items() if value not in ("", None)}
        session = self._session(changes=True)
        if sample.url:
            answer = session.json("POST", "apiv2/tasks/create/url/", data=fields | {"url": sample.url})
        else:
            file = (upload_name(sample.name), io.BytesIO(sample.content or b""))
            answer = session.json("POST", "apiv2/tasks/create/file/", data=fields, files={"file": file})
        return Submitted(_reference(_made(answer)))

    def poll(self, reference: str, sample: Sample) -> Report | None:
        session = self._session()
        tasks = [self._task(session, task_id) for task_id in reference.rstrip(MORE).split(",")]
        if not all(is_ours(task, sample) for task in tasks):
            raise nonsense("this is somebody else's task")
        failed = [task for task in tasks if FAILED.match(text(task, "status"))]
        done = [task for task in tasks if text(task, "status") == "reported"]
        if len(failed) == len(tasks):
            words = f"CAPE could not analyse it: {text(failed[0], 'status')}"
            raise SandboxError(words, kind="analysis", permanent=True)
        if len(done) + len(failed) < len(tasks):
            return None
        known = sample.is_container or any(is_about(task, sample) for task in tasks)
        complete = known and not failed and not reference.endswith(MORE)
        return combined([self._report(session, task) for task in done], complete=complete)

    def find(self, sample: Sample) -> Submitted | None:
        ours = [identifier(task, "id") for task in self._tasks(self._session(), sample) if is_ours(task, sample)]
        return Submitted(_reference(ours)) if ours else None

    def search_known(self, sample: Sample) -> Report | None:
        """By digest only: CAPE has no search by URL."""
        session = self._session(hurried=True)
        tasks = [] if sample.url else self._tasks(session, sample)
        done = [task for task in tasks if text(task, "status") == "reported" and is_about(task, sample)]
        if not done:
            return None
        report = self._report(session, max(done, key=lambda task: number(task, "id") or 0), cached=True)
        return None if report.verdict in (Verdict.UNKNOWN, Verdict.FAILED) else report

    def _session(self, *, changes: bool = False, hurried: bool = False) -> RestSession:
        headers = {"Authorization": f"Token {self.account.key}"} if self.account.key else {}
        account = self.account.hurried if hurried else self.account
        return RestSession(account, who="CAPE", headers=headers, changes=changes)

    def _task(self, session: RestSession, task_id: str) -> Task:
        if not task_id.isdigit():
            raise SandboxError(f"CAPE has no task {task_id}", kind="invalid", permanent=True)
        task = mapping(data_of(session.json("GET", f"apiv2/tasks/view/{task_id}/")), "task")
        if identifier(task, "id") != task_id:
            raise nonsense("this is another task")
        return task

    def _tasks(self, session: RestSession, sample: Sample) -> list[Task]:
        path = "tasks/list/200/?category=url" if sample.url else f"tasks/search/sha256/{sample.digest}/"
        found = data_of(session.json("GET", f"apiv2/{path}"))
        return [mapping(task, "task") for task in sequence(found, "tasks")]

    def _report(self, session: RestSession, task: Task, *, cached: bool = False) -> Report:
        """From the small report where the server writes one with a score in it, else from the whole."""
        task_id = identifier(task, "id")
        for name in REPORTS:
            answer = mapping(session.json("GET", f"apiv2/tasks/get/report/{task_id}/{name}/", absent=True) or {}, name)
            if "malscore" in answer:
                return read_report(answer, task, url=f"{self.account.web_root}/analysis/{task_id}/", cached=cached)
        raise SandboxError("CAPE has no report with a score on it", kind="protocol")


def _reference(tasks: list[str]) -> str:
    """The tasks to ask for. A mark says that there are more: then the answer is never complete."""
    return ",".join(tasks[:TASKS]) + (MORE if len(tasks) > TASKS else "")


def _made(answer: object) -> list[str]:
    """The ids of the tasks that were made. An answer without any sense leaves open whether there are some."""
    try:
        tasks = sequence(mapping(data_of(answer), "data").get("task_ids"), "task_ids")
        ids = [identifier({"id": task}, "id") for task in tasks]
    except SandboxError as error:
        error.unknown = error.kind == "protocol"
        raise
    if not ids:
        raise SandboxError("CAPE made no task of it", kind="invalid", permanent=True)
    return ids
