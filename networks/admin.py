"""The administration: networks to keep, participations and support to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from municipalities.admin import ScopedAdmin
from networks.models import Network, Participation, SupportActivity


@admin.register(Network)
class NetworkAdmin(admin.ModelAdmin):
    """Networks are kept here until the regions keep their own."""

    list_display = ("name", "kind", "host", "valid_from", "valid_to")
    list_filter = ("kind", "offices")
    search_fields = ("name",)
    filter_horizontal = ("offices",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return Network.objects.visible_to(request.user, today=request.today)  # type: ignore[attr-defined, arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a network ends on a day; who took part stays known


@admin.register(Participation)
class ParticipationAdmin(ScopedAdmin):
    list_display = ("municipality", "network", "status", "valid_from", "valid_to", "origin")
    list_filter = ("status",)
    list_select_related = ("municipality", "network")


@admin.register(SupportActivity)
class SupportActivityAdmin(ScopedAdmin):
    list_display = ("on", "kind", "provider", "office", "title")
    list_filter = ("kind", "provider")
