"""How the text of a term is looked for in columns."""

from django.db import connection
from django.db.models import Q, Value
from django.db.models.functions import StrIndex, Upper
from django.db.models.lookups import GreaterThan

from submissions.search import values
from submissions.search.grammar import Term
from submissions.search.telling import telling


def starred(term: Term) -> bool:
    return "*" in term.value and not term.quoted


def literals(term: Term) -> list[str]:
    """The pieces of the value that stand in whatever it matches, as they are: what an index can look up."""
    pieces = term.value.split("*") if starred(term) else [term.value]
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]


def looked_up(piece: str) -> str:
    """What an index is asked for; without one, in SQLite, the whole piece."""
    return telling(piece) if connection.vendor == "postgresql" else piece


def said(term: Term) -> Q:
    """The mail's searchable words hold what is telling of the value: every mail that holds all of it is among these."""
    return Q(*(Q(searched__contains=looked_up(piece.lower())) for piece in literals(term)))


def like(column: str, term: Term) -> Q:
    """The column holds the value; with a star in it, the whole column looks like it."""
    if starred(term):
        return Q(**{f"{column}__iregex": f"^{values.pattern(term.value)}$"})
    return Q(**{f"{column}__icontains": term.value})


def within(column: str, piece: str) -> Q:
    """The column holds the piece, whatever the case, asked so that no index of trigrams is read for all of it."""
    place = StrIndex(Upper(column), Upper(Value(piece)))
    return Q(GreaterThan(place, 0)) if looked_up(piece) != piece else Q()
