"""The administration: networks, participations and support to look at."""

from __future__ import annotations

from django.contrib import admin

from municipalities.admin import ScopedAdmin
from networks.models import Network, Participation, SupportActivity


@admin.register(Network)
class NetworkAdmin(ScopedAdmin):
    """To look at: networks are kept on their own pages, where each change leaves its Event."""

    list_display = ("name", "kind", "host", "valid_from", "valid_to")
    list_filter = ("kind", "offices")
    search_fields = ("name",)


@admin.register(Participation)
class ParticipationAdmin(ScopedAdmin):
    list_display = ("municipality", "network", "status", "valid_from", "valid_to", "origin")
    list_filter = ("status",)
    list_select_related = ("municipality", "network")


@admin.register(SupportActivity)
class SupportActivityAdmin(ScopedAdmin):
    list_display = ("on", "kind", "provider", "office", "title")
    list_filter = ("kind", "provider")
