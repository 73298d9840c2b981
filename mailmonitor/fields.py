"""Secrets in the database, encrypted with keys that are not SECRET_KEY and can be rotated."""

from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def keyring() -> MultiFernet:
    """The keys of FIELD_KEYS; the first encrypts, all of them decrypt."""
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_KEYS])


if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class SecretField(TextField):
    """A text that stands encrypted in the database; one that no key opens is a loud error."""

    def get_prep_value(self, value: Any) -> Any:
        return keyring().encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, *_: object) -> str:
        if not value:
            return ""
        try:
            return keyring().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured(
                f"The secret in {self.model._meta.label}.{self.name} cannot be read with FIELD_KEYS. "
                "Add the key it was saved with to the end of FIELD_KEYS."
            ) from error
