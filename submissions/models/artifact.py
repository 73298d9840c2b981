"""Files and URLs, each known once over all mails, and where they were found."""

from django.db import models

from submissions.models.submission import Submission
from submissions.models.whitelist import WhitelistRule


class Artifact(models.Model):
    """One file or URL, or a reported mail as a whole.

    `digest` is the sha256 of the content, or of the URL's UTF-8 bytes. `md5` and `sha1` are those of a file's content,
    for systems that know it by them; empty while nobody has computed them.
    """

    class Kind(models.TextChoices):
        FILE = "file", "File"
        URL = "url", "Link"
        MAIL = "mail", "Mail"

    kind = models.CharField(max_length=4, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32, blank=True, editable=False)
    sha1 = models.CharField(max_length=40, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0)
    type = models.CharField(max_length=200, blank=True)
    name = models.TextField(help_text="The file's first name, or the URL.")
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "kind"], name="artifact_known_once")]
        indexes = [
            models.Index(fields=["md5"], name="artifact_md5", condition=models.Q(md5__gt="")),
            models.Index(fields=["sha1"], name="artifact_sha1", condition=models.Q(sha1__gt="")),
            models.Index(fields=["id"], name="artifact_without_md5", condition=models.Q(kind="file", md5="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        return f"artifact:{self.pk}"


class Item(models.Model):
    """An artifact found in a submission. One that is skipped says why and stays visible."""

    class Skipped(models.TextChoices):
        WHITELIST = "whitelist", "On the whitelist"
        REPORTER = "reporters-own", "The reporter's own link"
        DECORATION = "decoration", "Decoration"
        SIGNATURE = "signature", "Part of a signature"
        EMPTY = "empty", "Empty"
        TOO_LARGE = "too-large", "Too large"
        LIMIT = "limit", "Over a limit"
        UNSUPPORTED = "unsupported", "Not supported"
        POLICY = "policy", "No sandbox may get it"
        WITH_THE_MAIL = "with-the-mail", "Judged with the whole mail"
        DENIED_MAIL = "denied-mail", "Its mail is on the deny list"

    HARMLESS = (
        Skipped.WHITELIST,
        Skipped.REPORTER,
        Skipped.DECORATION,
        Skipped.SIGNATURE,
        Skipped.EMPTY,
        Skipped.WITH_THE_MAIL,
        Skipped.DENIED_MAIL,
    )

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="items")
    artifact = models.ForeignKey(Artifact, on_delete=models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    name = models.TextField()
    path = models.TextField(blank=True)
    found_in = models.JSONField(default=list)
    seen_as = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    password = models.CharField(max_length=200, blank=True)
    skipped = models.CharField(max_length=20, choices=Skipped.choices, blank=True)
    rule = models.ForeignKey(WhitelistRule, null=True, blank=True, on_delete=models.SET_NULL)
    rule_words = models.TextField(blank=True)
    denied = models.TextField(blank=True, help_text="The rule of the deny list that decided.")

    class Meta:
        ordering = ["submission", "position"]
        constraints = [models.UniqueConstraint(fields=["submission", "position"], name="item_position")]
        indexes = [
            models.Index(fields=["submission"], name="item_password", condition=~models.Q(password="")),
            models.Index(fields=["submission"], name="item_skipped", condition=~models.Q(skipped="")),
            models.Index(fields=["artifact", "-submission"], name="item_of_artifact"),
        ]

    def __str__(self) -> str:
        return self.name
