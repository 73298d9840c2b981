"""The texts, the outbox and the look of the mails in admin."""

from notifications.admin.look import AppearanceAdmin
from notifications.admin.outbox import NotificationAdmin
from notifications.admin.rules import LanguageRuleAdmin, MuteAdmin, OutgoingServerAdmin
from notifications.admin.texts import TemplateAdmin

__all__ = [
    "AppearanceAdmin",
    "LanguageRuleAdmin",
    "MuteAdmin",
    "NotificationAdmin",
    "OutgoingServerAdmin",
    "TemplateAdmin",
]
