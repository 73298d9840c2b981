"""The list of submissions, its live rows, and the announcement of new ones."""

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from submissions.models import Mailbox, SavedView, Submission
from submissions.search.grammar import SearchFault, conditions
from submissions.selectors import listing
from submissions.selectors.listing import PAGE, TABS, Page, Row, Wanted
from submissions.selectors.status import worker
from submissions.verdicts import Verdict
from submissions.views import parts
from submissions.views.parts import Part
from submissions.words import VERDICTS

LONGEST_SEARCH = 500
WAITING_POLLS = 60
VERDICTS_TO_GIVE = [(verdict.value, VERDICTS[verdict]) for verdict in Verdict]


def wanted(request: HttpRequest) -> Wanted:
    values = request.POST if request.method == "POST" else request.GET
    tab = values.get("show", "")
    grouped = bool(values.get("group"))
    return Wanted(tab if tab in TABS else "", values.get("q", "").strip()[:LONGEST_SEARCH], grouped)


def number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_safe
def submissions(request: HttpRequest) -> HttpResponse:
    """The list: everything it shows is said by its address. The bare address leads to the view one opens with."""
    mine = SavedView.objects.filter(owner_id=request.user.pk, opens=True).first() if not request.GET else None
    if mine:
        return redirect(explicit(address(Wanted(mine.tab if mine.tab in TABS else "", mine.text))))
    asked = wanted(request)
    try:
        page, fault = listing.page(asked, number(request, "before")), None
    except SearchFault as error:
        page, fault = Page([], None, 0), error
    return render(request, "submissions/list.html", list_context(request, asked, page, fault))


def list_context(request: HttpRequest, asked: Wanted, page: Page, fault: SearchFault | None) -> dict[str, object]:
    drawn = [row_part(request, row) for row in page.rows]
    plain = not asked.text and not asked.tab and "before" not in request.GET
    return {
        "wanted": asked,
        "fault": fault,
        "better": address(Wanted(asked.tab, fault.better, asked.grouped)) if fault and fault.better else "",
        "rows": drawn,
        "tabs": tabs(asked, afresh=bool(page.rows) and is_open(page.rows[0])),
        "tab": TABS[asked.tab][0],
        "saved": saved_views(request),
        "query": urlencode({"show": asked.tab, "q": asked.text}),
        "verdicts": VERDICTS_TO_GIVE,
        "here": address(asked),
        "other_way": address(asked, group=int(not asked.grouped)),
        "filters": filters(asked) if not page.rows else [],
        "older": address(asked, before=page.older) if page.older else "",
        "first": "before" not in request.GET and fault is None,
        "worker": worker(),
        "failing": Mailbox.objects.filter(failing_since__isnull=False, state=Mailbox.State.ACTIVE),
        "mailboxes": Mailbox.objects.all() if plain and not page.rows else [],
        "empty": plain and not page.rows,
        "embedded": settings.EMBEDDED,
        **running(asked, still_open(page.rows, drawn)),
        **arrivals_context(asked, page.newest, waiting="waiting" in request.GET),
    }


def saved_views(request: HttpRequest) -> list[tuple[SavedView, str]]:
    """The views of this person and those shared by others, with their addresses."""
    views = SavedView.objects.filter(Q(owner_id=request.user.pk) | Q(shared=True)).select_related("owner")[:40]
    return [(view, address(Wanted(view.tab if view.tab in TABS else "", view.text))) for view in views]


def tabs(asked: Wanted, *, afresh: bool) -> list[tuple[str, str, int, str]]:
    """Key, name, number and address of each tab."""
    counts = listing.tab_counts(afresh=afresh)
    return [(key, name, counts[key], explicit(address(asked, show=key))) for key, (name, _) in TABS.items()]


def address(asked: Wanted, **changes: str | int) -> str:
    """The list's address for this search with these changes."""
    values: dict[str, str | int] = {"show": asked.tab, "q": asked.text, "group": int(asked.grouped), **changes}
    query = urlencode({name: value for name, value in values.items() if value})
    return reverse("submissions:list") + (f"?{query}" if query else "")


def filters(asked: Wanted) -> list[tuple[str, str]]:
    """What narrows the list, in words, each with the list's address without it."""
    try:
        parts = conditions(asked.text)
    except SearchFault:
        parts = [asked.text]
    tab = [(gettext(TABS[asked.tab][0]), explicit(address(asked, show="")))] if asked.tab else []
    left = (" ".join(parts[:place] + parts[place + 1 :]) for place in range(len(parts)))
    return tab + [(part, explicit(address(asked, q=rest))) for part, rest in zip(parts, left, strict=True) if part]


def explicit(url: str) -> str:
    """The address of all mails with a question mark: without one the list opens with somebody's own view."""
    return url if "?" in url else f"{url}?show="


def row_part(request: HttpRequest, row: Row) -> Part:
    return parts.drawn(request, str(row.submission.pk), "submissions/_row.html", {"row": row, "selectable": True})


def still_open(rows: list[Row], drawn: list[Part]) -> list[Part]:
    """Those of the drawn rows that are not final."""
    return [part for row, part in zip(rows, drawn, strict=True) if is_open(row)]


def running(asked: Wanted, open_rows: list[Part], polls: int = 0) -> dict[str, object]:
    """What the page needs to ask again for the rows that are not final."""
    stamps = parts.stamps(open_rows)
    asking: dict[str, str | int] = {"seen": stamps, "polls": polls + 1, "show": asked.tab, "q": asked.text}
    return {"live": f"{reverse('submissions:live')}?{urlencode(asking)}" if stamps else "", "pause": parts.pause(polls)}


def is_open(row: Row) -> bool:
    return row.submission.state in Submission.OPEN or row.submission.told == Submission.Told.WAITING


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The rows that changed, and whether to ask again."""
    known = parts.seen(request)
    asked = [name for name in (stamp.partition(".")[0] for stamp in known) if name.isascii() and name.isdecimal()]
    keys = [int(name) for name in asked if len(name) < 19][:PAGE]
    found = Submission.objects.filter(pk__in=keys).select_related("campaign")
    rows = listing.rows(list(found.order_by("-id")))
    drawn = [row_part(request, row) for row in rows]
    changed = parts.changed(drawn, known)
    names = {part.name for part in changed}
    final = [row for row in rows if str(row.submission.pk) in names and row.submission.state in Submission.FINAL]
    search = wanted(request)
    context = {
        "changed": changed,
        "final": final,
        "wanted": search,
        "tabs": tabs(search, afresh=True) if final else [],
        **running(search, still_open(rows, drawn), parts.polls(request)),
    }
    return render(request, "submissions/_live.html", context)


def arrivals_context(asked: Wanted, newest: int, *, waiting: bool, polls: int = 0) -> dict[str, object]:
    waiting = waiting and polls < WAITING_POLLS
    query: dict[str, str | int] = {
        "show": asked.tab,
        "q": asked.text,
        "group": "1" if asked.grouped else "",
        "newest": newest,
        "waiting": "1" if waiting else "",
        "polls": polls + 1,
    }
    ask = urlencode({name: value for name, value in query.items() if value != ""})
    return {"ask": f"{reverse('submissions:arrivals')}?{ask}", "ask_seconds": 2 if waiting else 30}


@require_safe
def arrivals(request: HttpRequest) -> HttpResponse:
    """How many submissions came since the page was drawn. An empty list that waits for one shows it at once."""
    asked, newest = wanted(request), number(request, "newest") or 0
    waiting = "waiting" in request.GET
    try:
        new = listing.newer(asked, newest)
    except SearchFault:
        new = 0
    if new and waiting and not newest:
        answer = HttpResponse()
        answer["HX-Redirect"] = address(asked)
        return answer
    context = arrivals_context(asked, newest, waiting=waiting and not new, polls=parts.polls(request))
    return render(request, "submissions/_arrivals.html", {"new": new, "here": address(asked), **context})
