"""Phishing tests of our own in admin."""

from typing import TYPE_CHECKING

from django.contrib import admin
from unfold.admin import ModelAdmin as UnfoldAdmin

from submissions.models import Simulation

if TYPE_CHECKING:
    SimulationModelAdmin = admin.ModelAdmin[Simulation]
else:
    SimulationModelAdmin = UnfoldAdmin


@admin.register(Simulation)
class SimulationAdmin(SimulationModelAdmin):
    """Who reports one of them is praised; the mail is not analysed."""

    list_display = ("name", "enabled", "header", "host", "sender")
    list_editable = ("enabled",)
