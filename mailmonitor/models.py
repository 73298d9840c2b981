"""Rows of work: how a step is claimed, how a state changes, and the event that tells it.

The row is the job. Whoever wins `claim` holds the row's lease and alone may `advance` it; a step that
dies leaves a lease that ends, and the sweeper issues the row again. Works alike on PostgreSQL and
SQLite: one conditional UPDATE whose row count says who won. The database's clock is the only clock.
"""

import uuid
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from mailmonitor.fields import SecretField

NEVER: timedelta | None = None
AT_ONCE = timedelta(0)


def now() -> datetime:
    """The time by the database's clock, by which all work is due: the clocks of workers may be wrong."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')")
            return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    return told


def together() -> AbstractContextManager[object]:
    """A transaction: the caller's where there is one, without a savepoint, for only its end can undo a part."""
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


class LeaseLost(Exception):
    """Somebody else holds the row now, or has moved it on: what this step did must not be recorded."""


class Event(models.Model):
    """One line of the timeline and audit: append-only, sealed into a hash chain by the sweeper.

    `subject` is the row it tells of (`analysis:12`), `reference` the thread a page shows it in
    (`submission:7`, `artifact:3`, `mailbox:1`). `actor` is empty for the machine.
    """

    at = models.DateTimeField(db_default=Now())
    reference = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    actor = models.CharField(max_length=150, blank=True)
    seal_number = models.BigIntegerField(null=True, unique=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], name="event_unsealed", condition=Q(seal_number=None))]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"


class Heartbeat(models.Model):
    """When a part of the system last did its work; what it says is proof that beat, broker and worker go together."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"

    @classmethod
    def beat(cls, name: str) -> None:
        """The part has just done its work."""
        cls.objects.update_or_create(name=name, defaults={"at": Now()})


class Part(models.Model):
    """Something that can fail as a whole and has no row of its own: the relay, the workers, a sandbox."""

    name = models.CharField(max_length=60, unique=True)
    alarmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = ""

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return f"part:{self.name}"

    def tell(self, kind: str, words: str = "") -> None:
        """Write an event about this part."""
        Event.objects.create(reference=self.label, subject=self.label, kind=kind, words=words)


class WorkRow(models.Model):
    """A row with a state, a due time and a lease.

    `due_at` is null when and only when nothing is left to do. `token` names the holder of the lease.
    `attempts` counts claims since the last recorded outcome: a row that killed its worker shows it.
    `hinted_at` is when a worker was last told of the row.
    A subclass lists its FINAL states and, per state, the states it may go to.
    """

    FINAL: ClassVar[Collection[str]] = ()
    WAYS: ClassVar[dict[str, Collection[str]]] = {}

    state = models.CharField(max_length=20)
    due_at = models.DateTimeField(null=True, blank=True, editable=False, default=Now)
    token = models.UUIDField(null=True, blank=True, editable=False)
    lease_ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    hinted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """How events and errors call this row: `analysis:12`."""
        return f"{self._meta.model_name}:{self.pk}"

    @property
    def is_held(self) -> bool:
        """Whether somebody is at it."""
        return self.lease_ends_at is not None and self.lease_ends_at > now()

    @property
    def reference(self) -> str:
        """The thread in which this row's events are shown."""
        return self.label

    @classmethod
    def claim(
        cls, pk: int, states: Collection[str], lease: timedelta, *, to: str = "", counted: bool = True
    ) -> Self | None:
        """The row with those it belongs to, held for `lease`; None when not in one of `states` or somebody holds it.

        With `to` the row enters that state in the same stroke. Not `counted` among the attempts is who only frees it.
        """
        free = Q(lease_ends_at=None) | Q(lease_ends_at__lt=Now())
        change = {"state": to} if to else {}
        with together():
            won = cls._default_manager.filter(free, pk=pk, state__in=states).update(
                token=uuid.uuid4(), lease_ends_at=Now() + lease, attempts=F("attempts") + int(counted), **change
            )
            if not won:
                return None
            row = cls._default_manager.select_related().get(pk=pk)
            if to:
                row.tell(to)
            return row

    def advance(self, state: str, words: str = "", *, due_in: timedelta | None = NEVER, **changes: Any) -> None:
        """Move the row on, free its lease and write the event, in the caller's transaction or an own one.

        `due_in` is None exactly for final states. Raises LeaseLost when the row is no longer as it was
        claimed or read; then nothing is written. `attempts` starts anew unless it is among the changes.
        """
        if state not in self.WAYS[self.state]:
            raise ValueError(f"{self.label} cannot go from {self.state} to {state}")
        if (due_in is None) != (state in self.FINAL):
            raise ValueError(f"{state} of {self.label} needs {'no' if due_in else 'a'} due time")
        with together():
            self._record(due_in, state=state, **changes)
            self.tell(state, words)

    def hold(self, lease: timedelta, **changes: Any) -> None:
        """Go on holding the row, for `lease` from now. Raises LeaseLost like `advance`."""
        mine = type(self)._default_manager.filter(pk=self.pk, state=self.state, token=self.token)
        if self.token is None or not mine.update(lease_ends_at=Now() + lease, **changes):
            raise LeaseLost(self.label)

    def release(self, *, due_in: timedelta | None, **changes: Any) -> None:
        """Free the lease and stay in the same state. Raises LeaseLost like `advance`."""
        self._record(due_in, **changes)

    def _record(self, due_in: timedelta | None, **changes: Any) -> None:
        held = type(self)._default_manager.filter(pk=self.pk, state=self.state, token=self.token)
        due_at = None if due_in is None else Now() + due_in
        values = {"attempts": 0, **changes, "due_at": due_at, "token": None, "lease_ends_at": None, "hinted_at": None}
        if not held.update(**values):
            raise LeaseLost(self.label)
        reckoned = [name for name, value in values.items() if hasattr(value, "resolve_expression")]
        for name in values.keys() - set(reckoned):
            setattr(self, name, values[name])
        for name in reckoned:
            # Read from the database by who asks for it
            self.__dict__.pop(name, None)

    def tell(self, kind: str, words: str = "", *, actor: str = "") -> None:
        """Write an event about this row."""
        Event.objects.create(reference=self.reference, subject=self.label, kind=kind, words=words, actor=actor)

    @classmethod
    def due(cls, states: Collection[str], limit: int = 500) -> list[int]:
        """The keys of rows that are due and free, the longest due first."""
        free = Q(lease_ends_at=None) | Q(lease_ends_at__lt=Now())
        rows = cls._default_manager.filter(free, state__in=states, due_at__lte=Now()).order_by("due_at")
        return list(rows.values_list("pk", flat=True)[:limit])

    @classmethod
    def untold(cls, rows: Collection[int], *, again: bool = True) -> list[int]:
        """Those of the rows that no worker was told of lately, or ever; they count as told from now on.

        Without it every tick would tell of every waiting row again, and a long queue would choke on repeats.
        """
        silent = Q(hinted_at=None)
        if again:
            silent |= Q(hinted_at__lt=Now() - settings.HINT_AGAIN)
        found = set(cls._default_manager.filter(silent, pk__in=rows).values_list("pk", flat=True))
        cls._default_manager.filter(pk__in=found).update(hinted_at=Now())
        return [pk for pk in rows if pk in found]


def work_constraints(name: str, final: Collection[str], states: Collection[str]) -> list[models.BaseConstraint]:
    """What the database itself refuses: unknown states, a due time on a final row, a lease without a holder."""
    final_states = list(final)
    return [
        models.CheckConstraint(condition=Q(state__in=list(states)), name=f"{name}_state_known"),
        models.CheckConstraint(
            condition=Q(state__in=final_states, due_at=None) | (~Q(state__in=final_states) & Q(due_at__isnull=False)),
            name=f"{name}_due_unless_final",
        ),
        models.CheckConstraint(
            condition=Q(token=None, lease_ends_at=None) | Q(token__isnull=False, lease_ends_at__isnull=False),
            name=f"{name}_lease_has_holder",
        ),
    ]


class Grant(WorkRow):
    """How a mail account is entered without a password: an OAuth2 sign-in and its current access token.

    `due_at` is when the token is renewed, at 80 % of its life; whoever renews it holds the lease, so that a
    refresh token that works once is used once.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DISABLED = "disabled", "Disabled"

    class Way(models.TextChoices):
        MICROSOFT_APP = "microsoft-app", "Microsoft 365: the app signs in for itself"
        MICROSOFT_USER = "microsoft-user", "Microsoft 365: a person has signed in (device code)"
        GOOGLE_SERVICE = "google-service", "Google: service account with domain-wide delegation"
        GOOGLE_USER = "google-user", "Google: a person has signed in (refresh token)"
        STANDARD = "oauth2", "Another provider (token URL)"

    FINAL = (State.DISABLED,)
    WAYS = {State.ACTIVE: (State.DISABLED,), State.DISABLED: (State.ACTIVE,)}

    name = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    way = models.CharField("kind", max_length=20, choices=Way.choices)
    tenant = models.CharField(max_length=255, blank=True, help_text="Microsoft: the directory's ID or domain.")
    client_id = models.CharField("client ID", max_length=255, blank=True)
    client_secret = SecretField(blank=True)
    key = SecretField(blank=True, help_text="Microsoft: private key and certificate (PEM). Google: the JSON key.")
    refresh_token = SecretField(blank=True)
    username = models.CharField(
        "mailbox", max_length=255, blank=True, help_text="Google service account: the address it acts for."
    )
    login_url = models.CharField(
        "login address",
        max_length=255,
        blank=True,
        help_text="A national cloud's login host, or the token URL of another provider.",
    )
    scopes = models.CharField(max_length=500, blank=True, help_text="Separated by spaces.")
    access_token = SecretField(blank=True, editable=False)
    renewed_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    error = models.TextField(blank=True, editable=False)
    error_fix = models.TextField(blank=True, editable=False)
    alarmed_at = models.DateTimeField(null=True, editable=False)
    given = models.CharField(max_length=64, blank=True, editable=False, help_text="What the environment last said.")

    class Meta:
        ordering = ["name"]
        verbose_name = "sign-in"
        constraints = work_constraints("grant", ("disabled",), ("active", "disabled"))

    def __str__(self) -> str:
        return self.name
