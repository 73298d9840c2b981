"""Phishing tests of our own, as they are recognised."""

from django.core.exceptions import ValidationError
from django.db import models

SHORTEST_SECRET = 12


class Simulation(models.Model):
    """A campaign of test mails. Everything that is filled in must hold.

    A header's value is the secret that only our own tests carry; a host must be that of every link, in a mail
    without files. The sender alone is no proof: anybody can write it.
    """

    name = models.CharField(max_length=100, unique=True)
    enabled = models.BooleanField(default=True)
    header = models.CharField(max_length=80, blank=True, help_text="Such as X-Phish-Test.")
    value = models.CharField(
        max_length=200, blank=True, help_text="The whole value of that header: a secret of 12 characters or more."
    )
    host = models.CharField(
        max_length=253, blank=True, help_text="Where every link of the test leads, such as t.corp.example."
    )
    sender = models.EmailField(blank=True, help_text="The address in From of the test.")

    class Meta:
        ordering = ["name"]
        verbose_name = "phishing test"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for a rule that a stranger could satisfy."""
        if bool(self.header) != bool(self.value):
            raise ValidationError("A header needs its value, and a value its header.")
        if self.header and not self.header.lower().startswith("x-"):
            raise ValidationError({"header": "The name of the header must begin with X-."})
        if self.value and len(self.value) < SHORTEST_SECRET:
            raise ValidationError({"value": f"Too easy to guess: {SHORTEST_SECRET} characters at least."})
        if not self.header and not self.host:
            raise ValidationError("Fill in a header or a host: a sender alone can be forged by anybody.")
