"""How long the pages of the console take with many rows, and which indexes their searches use.

python -m tests.bench console [SIZE | DATABASE_URL]...
python -m tests.bench console plans DATABASE_URL

A size starts a PostgreSQL of its own and seeds it with that many submissions and five times as many items
(default: 10000 and 100000); `sqlite:SIZE` takes SQLite. An address of a database that was seeded before is measured
as it stands. Times are those of the whole request inside the server, the counts of the tabs always counted anew.
The clock shows the end of the last whole day of the history, so the dashboard counts a full one at any time.
`work` is the time that this process and its own one of the database were on a processor: on a busy machine the others
tell how long they had to wait for it. `plans` prints how PostgreSQL carries out each search, as docs/plans keeps it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.servers.postgres import postgres

DEFAULT = ["10000", "100000"]
BUDGETS = {"list": 150, "search": 150, "detail": 120, "artifact": 120, "dashboard": 300, "live": 40}
REPEATS = 40
INDEX = re.compile(r"using (\w+) on|Bitmap Index Scan on (\w+)|INDEX (\w+)|(Seq Scan on \w+)|(SCAN \w+)$", re.M)
TELLING = re.compile(r"->|^Limit|Cond:| Filter:|Execution")
Figures = dict[str, dict[str, Any]]


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["plans"]:
        print(run(arguments[1], Path(tempfile.gettempdir()), "-m", "tests.bench.console", "plans"))
        return
    found: dict[str, Figures] = {}
    with ExitStack() as stack:
        for wanted in arguments or DEFAULT:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = wanted if "://" in wanted else seeded(wanted, place, stack)
            found[wanted.rpartition("/")[2]] = measured(url, place)
            tell(wanted, found[wanted.rpartition("/")[2]])
    first, last = next(iter(found.values())), list(found.values())[-1]
    for group in first if len(found) > 1 else ():
        growth = [total(figures, group) for figures in (first, last)]
        print(f"growth of {group}: {growth[1] / growth[0]:.2f} of the work")


def seeded(wanted: str, place: Path, stack: ExitStack) -> str:
    """The address of a fresh database with that many submissions."""
    kind, _, size = wanted.rpartition(":")
    url = f"sqlite:///{place}/db.sqlite3" if kind else stack.enter_context(postgres()).new_database()
    run(url, place, "manage.py", "migrate", "-v0")
    run(url, place, "manage.py", "seed_load", "--submissions", size, "--items", str(5 * int(size)))
    run(url, place, "-m", "tests.bench.console", "analyse")
    return url


def measured(url: str, place: Path) -> Figures:
    figures: Figures = json.loads(run(url, place, "-m", "tests.bench.console", "measure"))
    return figures


def run(url: str, place: Path, *command: str) -> str:
    environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(place), "EMBEDDED": "true", "LOG_LEVEL": "ERROR"}
    environment["DJANGO_SETTINGS_MODULE"] = "mailmonitor.settings"
    done = subprocess.run([sys.executable, *command], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def worst(figures: Figures, group: str) -> float:
    return float(max(case["p95"] for case in figures[group].values()))


def total(figures: Figures, group: str) -> float:
    return float(sum(case["work"] for case in figures[group].values()))


def tell(name: str, figures: Figures) -> None:
    print(f"{name.rpartition('/')[2]}: milliseconds, median and 95th percentile of {REPEATS}, and work")
    for group, cases in figures.items():
        print(f"  {group}: {worst(figures, group):.0f} of {BUDGETS[group]}")
        for case, figure in sorted(cases.items(), key=lambda pair: -pair[1]["p95"]):
            numbers = " ".join(f"{figure[name]:6.0f}" for name in ("median", "p95", "work"))
            print(f"    {numbers}  {case}  {figure['plan']}")


def measure() -> Figures:
    """The figures of this process's database, by group and case."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client

    from submissions.selectors import dashboard, listing

    listing.COUNTS_KEPT_SECONDS = dashboard.KEPT_SECONDS = 0
    stand_at_the_end_of_a_day()
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get_or_create(username="bench", is_superuser=True, is_staff=True)[0])

    def timed(address: str) -> tuple[float, float]:
        begin, worked = time.perf_counter(), work()
        assert client.get(address).status_code == 200, address
        return (time.perf_counter() - begin) * 1000, (work() - worked) * 1000

    return {
        group: {case: figure(timed, addresses, search) for case, addresses, search in cases}
        for group, cases in groups().items()
    }


def stand_at_the_end_of_a_day() -> None:
    """Have Django's clock show the last moment before the day on which the newest mail came."""
    from django.utils import timezone

    from submissions.models import Submission

    newest = Submission.objects.latest("received_at").received_at
    end = newest.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(seconds=1)
    timezone.now = lambda: end


def work() -> float:
    """Seconds that this process and its one of the database have been on a processor so far."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    connection.ensure_connection()
    try:
        fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return time.process_time()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figure(timed: Callable[[str], tuple[float, float]], addresses: list[str], search: str) -> dict[str, object]:
    timed(addresses[0])
    times, worked = zip(*(timed(addresses[number % len(addresses)]) for number in range(REPEATS)), strict=True)
    found = {"median": median(times), "p95": quantiles(times, n=20)[-1], "work": sum(worked) / REPEATS}
    return {**found, "plan": plan(search) if search else ""}


def plan(search: str) -> str:
    """The indexes that a search uses, as the database says."""
    from submissions.selectors.listing import PAGE, Wanted, matching

    told = matching(Wanted("", search))[: PAGE + 1].explain()
    return ", ".join(dict.fromkeys("".join(names) for names in INDEX.findall(told)))


def plans() -> Iterator[str]:
    """Each search with its plan after a first run, without what the planner had guessed."""
    import django

    django.setup()
    from submissions.selectors.listing import PAGE, Wanted, matching

    for search in searches():
        found = matching(Wanted("", search))[: PAGE + 1]
        list(found)
        told = found.explain(analyze=True, buffers=True)
        steps = re.sub(r" *\(cost=[^)]*\)", "", told).replace("submissions_", "").splitlines()
        kept = [f"    {step[:150]}" for step in steps if TELLING.search(step) and "campaign" not in step]
        yield "\n".join([f"## `{search}`", "", *kept, ""])


Case = tuple[str, list[str], str]


def groups() -> dict[str, list[Case]]:
    from django.urls import NoReverseMatch, reverse

    from submissions.models import Submission
    from submissions.selectors.listing import TABS

    keys = list(
        Submission.objects.order_by("pk").values_list("pk", flat=True)[:: max(1, Submission.objects.count() // 12)]
    )
    found: dict[str, list[Case]] = {
        "list": [
            *((f"tab {tab or 'all'}", [f"/submissions/?show={tab}"], "") for tab in TABS),
            ("older", [f"/submissions/?before={key}" for key in keys[1:]], ""),
        ],
        "search": [(text, [reverse("submissions:list", query={"q": text})], text) for text in searches()],
        "detail": [("detail", [f"/submissions/{key}/" for key in keys], "")],
        "artifact": [(name, [f"/artifacts/{digest}/"], "") for name, digest in artifacts()],
        "live": [("arrivals", [f"/submissions/arrivals/?newest={keys[-1]}"], "")],
    }
    with suppress(NoReverseMatch):
        place = reverse("submissions:dashboard")
        found["dashboard"] = [(days, [f"{place}?range={days}"], "") for days in ("7d", "90d")]
    return found


def searches() -> Iterator[str]:
    """Common and rare values of each field, taken from the rows themselves."""
    from submissions.models import Artifact, Submission

    mails = Submission.objects.exclude(reported=[]).order_by("pk")
    mail = mails[mails.count() // 2]
    host = mail.original["from"].rpartition("@")[2].strip(">")
    file, url = (Artifact.objects.filter(kind=kind).order_by("pk")[700] for kind in ("file", "url"))
    yield from ("invoice", "nowhere-at-all", mail.subject.rpartition(" ")[2], f'"{mail.original["subject"]}"', host)
    yield from (f"from:*@{host}", f"reporter:{mail.reporter}", f"file:{file.name}", "file:*.exe", "type:pdf")
    yield from (url.name, f"url:{url.name[12:]}", f"domain:{host}", f"sha256:{file.digest[:12]}", file.digest)
    yield from ("threat:qakbot", "threat:nothing", "score:>=60", "reported:>-7d", "reported:-90d..-60d", "has:qr")
    yield from ("has:password", "is:unreviewed verdict:malicious", "is:overridden", "-is:reviewed", "notified:failed")
    yield from ("notified:sent", "notified:none", "-invoice -parcel", "mailbox:seeded", "status:analysing")
    yield "verdict:malicious from:*@*.example reported:>-7d has:qr -is:reviewed"
    yield f"verdict:malicious OR from:*@{host}"


def artifacts() -> Iterator[tuple[str, str]]:
    from submissions.models import Artifact

    links = Artifact.objects.filter(kind="url").order_by("pk")
    yield "in one mail", links.last().digest  # type: ignore[union-attr]
    yield "in every tenth mail", links[0].digest


def analyse() -> None:
    """Let the database learn what it holds, as it does by itself in the course of a day."""
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        print(json.dumps(measure()))
    elif sys.argv[1:] == ["plans"]:
        print("\n".join(plans()))
    elif sys.argv[1:] == ["analyse"]:
        analyse()
    else:
        main(sys.argv[1:])
