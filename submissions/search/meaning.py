"""What a search means in the tables."""

import re
from collections.abc import Callable

from django.db import connection
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Left, Lower, Reverse, Upper
from django.utils import timezone

from submissions.models import Analysis, Artifact, Item, Submission
from submissions.search import values
from submissions.search.grammar import All, Any, Not, Search, SearchFault, Term, parse
from submissions.search.text import like, literals, looked_up, said, starred, within
from submissions.verdicts import Verdict

BEGINNING = 100
FEW = 100
HOST = Func(F("name"), Value("^[A-Za-z]+://(?:[^/?#]*@)?([^/:?#]*)"), function="SUBSTRING", output_field=TextField())
LETTER = r"[^\n]"
LINK = re.compile(r"(?i)([\w-]+\.)+[a-z]{2,}[/?#]\S+")
DIGESTS = {"md5": "md5", "sha1": "sha1", "sha256": "digest"}
BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256"}


class Newest(Subquery):
    """The highest key that another query gives. The sum keeps the database from looking for it from the top down."""

    template = "(SELECT MAX(within.pk + 0) FROM (%(subquery)s) AS within)"
    output_field = BigIntegerField()


def condition(text: str) -> Q:
    """The condition on submissions that a search stands for. Raises SearchFault in words for people."""
    if "\0" in text:
        raise SearchFault("The search holds a character that no mail can hold.")
    return meaning(parse(text, FIELDS))


def meaning(search: Search) -> Q:
    match search:
        case Term(field, _):
            return FIELDS[field](search) if field else bare(search)
        case Not(what):
            return ~meaning(what)
        case All(parts):
            return _joined(parts, Q.AND)
        case Any(parts):
            return _joined(parts, Q.OR)


def _joined(parts: tuple[Search, ...], by: str) -> Q:
    whole = Q()
    for part in parts:
        whole = whole._combine(meaning(part), by)  # type: ignore[attr-defined]
    return whole


def bare(term: Term) -> Q:
    """A digest or URL finds the mails that hold it; a word is looked for in subjects, people, file names and hosts."""
    text = values.plain(term.value)
    if LINK.fullmatch(text):
        return url(term)
    if re.match(r"(?i)(https?|fxp|ftp)://", text):
        return link(text)
    if len(text) in BY_LENGTH and re.fullmatch(r"(?i)[0-9a-f]+", text):
        return digest(Term(BY_LENGTH[len(text)], text))
    if re.fullmatch(r"(?i)mm-\d{1,18}", text):
        return Q(pk=int(text[3:]))
    term = Term("", text, term.quoted)
    if starred(term):
        return said(term) & Q(searched__iregex=rf"(^|\n){values.pattern(text, LETTER)}(\n|$)")
    return said(term) & Q(*(within("searched", piece.lower()) for piece in literals(term)))


def subject(term: Term) -> Q:
    return said(term) & (like("subject", term) | like("reported__0__subject", term))


def sender(term: Term) -> Q:
    """The address or name of who sent the reported mail; `*@x.example` is about the address."""
    column = "reported__0__from"
    if starred(term):
        return said(term) & Q(**{f"{column}__iregex": rf"(^|<|\s){values.pattern(term.value, '[^<>]')}(>|$)"})
    return said(term) & Q(**{f"{column}__icontains": term.value})


def holding(what: Q) -> Q:
    """The mail holds such an item."""
    return Q(Exists(Item.objects.filter(what, submission=OuterRef("pk"))))


def holding_rare(what: Q) -> Q:
    """The same for an item that few mails hold: SQLite has to be told to begin with it."""
    if connection.vendor == "postgresql":
        return holding(what)
    return Q(pk__in=Item.objects.filter(what).order_by().values("submission"))


def file(term: Term) -> Q:
    return said(term) & holding(Q(artifact__kind=Artifact.Kind.FILE) & like("name", term))


def file_type(term: Term) -> Q:
    """A MIME type or a part of it, or a file extension."""
    by_name = Q(name__iendswith=f".{term.value.lstrip('.')}")
    return holding(Q(artifact__kind=Artifact.Kind.FILE) & (like("artifact__type", term) | by_name))


def holding_one_of(found: QuerySet[Artifact]) -> Q:
    """The mail holds one of these. Few are named by their keys: of each the database knows how many mails hold it."""
    keys = few(found)
    return holding(Q(artifact__in=found)) if keys is None else holding_rare(Q(artifact__in=keys))


def few(found: QuerySet[Artifact] | QuerySet[Analysis], key: str = "pk") -> list[int] | None:
    """Their keys, unless there are many."""
    keys = list(found.order_by().values_list(key, flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else None


def link(text: str) -> Q:
    """A link that begins like this. Its first characters have an index of their own on PostgreSQL."""
    found = Artifact.objects.filter(kind=Artifact.Kind.URL)
    indexed = connection.vendor == "postgresql" and text.isascii()
    if indexed:
        found = found.alias(begin=Upper(Left("name", BEGINNING))).filter(begin__startswith=text[:BEGINNING].upper())
    if len(text) > BEGINNING or not indexed:
        found = found.filter(name__istartswith=text)
    return holding_one_of(found)


def url(term: Term) -> Q:
    term = Term("", values.plain(term.value), term.quoted)
    held = Q(kind=Artifact.Kind.URL)
    for piece in literals(term):
        held &= Q(name__icontains=looked_up(piece)) & within("name", piece)
    return holding_one_of(Artifact.objects.filter(held & like("name", term) if starred(term) else held))


def domain(term: Term) -> Q:
    """Links to this host or one below it."""
    host = Term("", values.plain(term.value).lower().lstrip("*."))
    if re.fullmatch(r"[\w.-]+", host.value, re.ASCII) and (keys := few(at_host(host))) is not None:
        return holding_rare(Q(artifact__in=keys))
    return said(host) & holding(Q(artifact__kind=Artifact.Kind.URL, artifact__name__iregex=of_host(host)))


def of_host(host: Term) -> str:
    """How a link to it looks."""
    return rf"^[a-z]+://([^/?#]*@)?([^/?#@]*\.)?{values.pattern(host.value, '[^/]')}(:[^/?#@]*)?([/?#]|$)"


def at_host(host: Term) -> QuerySet[Artifact]:
    """The links to this host or one below it: by PostgreSQL's index of hosts read backwards, elsewhere by reading."""
    links = Artifact.objects.filter(kind=Artifact.Kind.URL)
    if connection.vendor != "postgresql":
        return links.filter(name__icontains=host.value).filter(name__iregex=of_host(host))
    backwards = host.value[::-1]
    found = Q(backwards=backwards) | Q(backwards__startswith=f"{backwards}.")
    return links.alias(backwards=Reverse(Lower(HOST))).filter(found)


def digest(term: Term) -> Q:
    """A file or link by the beginning of one of its digests."""
    if not re.fullmatch(r"(?i)[0-9a-f]{8,64}", term.value):
        raise SearchFault(f"{term.field}: needs at least the first 8 hexadecimal digits.")
    column, first = DIGESTS[term.field], term.value.lower()
    return holding_one_of(Artifact.objects.filter(**{f"{column}__gte": first, f"{column}__lt": f"{first}g"}))


def verdict(term: Term) -> Q:
    return Q(verdict__in=values.choices("verdict", term.value, list(Verdict)))


def status(term: Term) -> Q:
    return Q(state__in=values.choices("status", term.value, Submission.State.values))


def score(term: Term) -> Q:
    return Q(**{f"score__{lookup}": bound for lookup, bound in values.numbers("score", term.value).items()})


def reported(term: Term) -> Q:
    """When the mail came. A stretch of time begins its reading at its newest mail, not at the newest of all."""
    bounds = values.moments("reported", term.value, timezone.now())
    within = Q(**{f"received_at__{lookup}": bound for lookup, bound in bounds.items()})
    if len(bounds) == 1:
        return within
    return within & Q(pk__lte=Newest(Submission.objects.filter(within).order_by().values("pk")))


def has(term: Term) -> Q:
    whole = Q()
    for word in values.choices("has", term.value, HAS):
        whole |= HAS[word]()
    return whole


def _qr() -> Q:
    items = Item.objects.alias(places=Cast("found_in", TextField())).filter(places__contains=" qr")
    return Q(Exists(items.filter(submission=OuterRef("pk"))))


HAS: dict[str, Callable[[], Q]] = {
    "attachment": lambda: holding(Q(artifact__kind=Artifact.Kind.FILE)),
    "url": lambda: holding(Q(artifact__kind=Artifact.Kind.URL)),
    "qr": _qr,
    "password": lambda: holding(~Q(password="")),
    "skipped": lambda: holding(~Q(skipped="")),
    "problem": lambda: ~Q(problems=[]),
}


def being(term: Term) -> Q:
    whole = Q()
    for word in values.choices("is", term.value, BEING):
        whole |= BEING[word]
    return whole


BEING = {
    "open": Q(state__in=Submission.OPEN),
    "done": Q(state=Submission.State.DONE),
    "duplicate": Q(duplicate_of__isnull=False),
    "reviewed": Q(reviewed_at__isnull=False),
    "unreviewed": Q(reviewed_at=None),
    "overridden": Q(review__overrides__gt=0),
}


def notified(term: Term) -> Q:
    """What the list says of the reporter; a letter of which nobody knows whether it arrived waits, too."""
    words = values.choices("notified", term.value, Submission.Told.values)
    return Q(told__in=[*words, Submission.Told.UNKNOWN] if Submission.Told.WAITING in words else words)


def threat(term: Term) -> Q:
    """A threat name that a sandbox gave to something in the mail."""
    named = Analysis.objects.alias(names=Cast("threat_names", TextField())).filter(names__icontains=term.value)
    if (keys := few(named, "artifact")) is not None:
        return holding_rare(Q(artifact__in=keys))
    return holding(Q(Exists(named.filter(artifact=OuterRef("artifact")))))


def campaign(term: Term) -> Q:
    """The mails of one campaign, by its number: `campaign:12` or `campaign:C-12`."""
    match = re.fullmatch(r"(?i)(?:c-)?(\d{1,18})", term.value, re.ASCII)
    if match is None:
        raise SearchFault("campaign: needs the number of a campaign, such as campaign:C-12.")
    return Q(campaign=int(match[1]))


FIELDS: dict[str, Callable[[Term], Q]] = {
    "verdict": verdict,
    "status": status,
    "from": sender,
    "sender": lambda term: Q(sender_domain=term.value.lower()),
    "reporter": lambda term: said(term) & like("reporter", term),
    "subject": subject,
    "file": file,
    "type": file_type,
    "url": url,
    "domain": domain,
    "sha256": digest,
    "sha1": digest,
    "md5": digest,
    "score": score,
    "reported": reported,
    "has": has,
    "is": being,
    "notified": notified,
    "threat": threat,
    "campaign": campaign,
    "assigned": lambda term: like("review__assigned_to__username", term),
    "mailbox": lambda term: like("mailbox__name", term),
}
