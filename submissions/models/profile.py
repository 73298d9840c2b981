"""How a sandbox is entered and asked, and in which order a mailbox asks several."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from mailmonitor.fields import SecretField
from mailmonitor.models import Event
from submissions.models.artifact import Artifact
from submissions.models.mailbox import Mailbox


class SandboxProfile(models.Model):
    """One account and one set of parameters of a sandbox. What is left empty the environment or the server decides.

    The profile `default` of the kind that SANDBOX names takes its account from the environment (`from_environment`).
    `account` is what the sandbox last told: `online`, `queue`, `quotas`, `systems`.
    """

    class Kind(models.TextChoices):
        JOE = "joe", "Joe Sandbox"
        CAPE = "cape", "CAPEv2"
        ASSEMBLYLINE = "assemblyline", "AssemblyLine 4"
        VIRUSTOTAL = "virustotal", "VirusTotal"
        STATIC = "static", "Built-in engine"
        FAKE = "fake", "Pretended, for demonstrations"

    class Mode(models.TextChoices):
        ITEMS = "items", "Each file and link on its own"
        MAIL = "mail", "The whole reported mail"

    kind = models.CharField("sandbox", max_length=20, choices=Kind.choices, default=Kind.JOE)
    name = models.SlugField(max_length=64, help_text="How steps and records call it, such as thorough.")
    mode = models.CharField(
        "submits",
        max_length=5,
        choices=Mode.choices,
        default=Mode.ITEMS,
        help_text="The whole mail only where the sandbox takes mails apart itself (Joe Sandbox).",
    )
    from_environment = models.BooleanField(default=False, editable=False)

    url = models.CharField(
        "API address", max_length=500, blank=True, help_text="Empty: address and key of the environment."
    )
    user = models.CharField(max_length=200, blank=True, help_text="AssemblyLine only.")
    key = SecretField("API key", blank=True)
    web_url = models.CharField("web address", max_length=500, blank=True, help_text="For links to reports.")
    accept_tac = models.BooleanField("the terms and conditions of Joe Sandbox are accepted", default=False)

    reuse_files_days = models.FloatField(
        "a verdict on a file counts for",
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(3650)],
        help_text="Days. 0: every file is analysed afresh. Empty: REUSE_FILES_DAYS of the environment.",
    )
    reuse_urls_days = models.FloatField(
        "a verdict on a link counts for",
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(3650)],
        help_text="Days. Empty: REUSE_URLS_DAYS of the environment.",
    )

    systems = models.CharField(max_length=1000, blank=True, help_text="Such as w10x64_office, separated by commas.")
    tags = models.CharField(max_length=500, blank=True, help_text="Separated by commas.")
    comment = models.CharField("comments", max_length=200, blank=True, help_text="Stands before our own mark.")
    document_password = SecretField(blank=True, help_text="Tried where the mail itself names none.")
    archive_password = SecretField(blank=True, help_text="Tried where the mail itself names none.")
    internet_access = models.BooleanField(null=True, blank=True)
    report_cache = models.BooleanField(
        null=True, blank=True, help_text="Joe may answer with the report on an equal sample."
    )
    url_reputation = models.BooleanField(
        "URL reputation", default=False, help_text="Cloud only. Shows the links to third parties."
    )
    priority = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)], help_text="On-premise only."
    )
    delete_after_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3650)], help_text="Cloud only."
    )
    language_and_locale = models.CharField(max_length=100, blank=True)
    localized_internet = models.CharField("localised internet", max_length=100, blank=True, help_text="A country.")

    upload = models.BooleanField(
        "upload to VirusTotal what is not known there",
        default=False,
        help_text="Whatever is uploaded can be read by VirusTotal's other customers: invoices, contracts, names. "
        "Nobody can take it back.",
    )

    account = models.JSONField(default=dict, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    error = models.TextField(blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    alarmed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="sandbox_profile_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.name})"

    @property
    def label(self) -> str:
        return f"sandboxprofile:{self.pk}"

    def tell(self, kind: str, words: str = "", *, actor: str = "") -> None:
        """Write an event about this profile."""
        Event.objects.create(reference=self.label, subject=self.label, kind=kind, words=words, actor=actor)


class MailboxStep(models.Model):
    """One sandbox in the order in which a mailbox asks them. The next is asked unless one has said malicious.

    An item fails when a `required` step fails; one that is not required may accuse or acquit, and is else ignored.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField("order", default=1)
    profile = models.ForeignKey(SandboxProfile, on_delete=models.PROTECT, related_name="steps")
    files = models.BooleanField("gets files", default=True)
    links = models.BooleanField("gets links", default=True)
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ["mailbox", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["mailbox", "profile"], name="mailbox_step_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.profile}"

    @property
    def kinds(self) -> list[str]:
        """The kinds of artifacts that may go there; a profile for whole mails takes those alone."""
        if self.profile.mode == SandboxProfile.Mode.MAIL:
            return [Artifact.Kind.MAIL]
        return [kind for kind, wanted in ((Artifact.Kind.FILE, self.files), (Artifact.Kind.URL, self.links)) if wanted]
