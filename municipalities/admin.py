"""The administration: people and their roles to change, registers and events to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.models import (
    County,
    Event,
    Membership,
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    Office,
    OfficeName,
    OutgoingMail,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    SolutionPosition,
    User,
)
from municipalities.readings import read_logged
from municipalities.services import membership_end, membership_grant
from reform.admin import ReadOnly, ReadOnlyAdmin


class ScopedAdmin(ReadOnlyAdmin):
    """A register to look at, within what the administrator's own role may see."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model.objects.visible_to(request.user, today=request.today)  # type: ignore[attr-defined]


# --- People -----------------------------------------------------------------------------------------


class ReadLogged:
    """An administration of something personal: to look at a list or a row leaves an Event (``reading``)."""

    reading = "admin_people_read"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        read_logged(request, None, self.reading)
        return response

    def changeform_view(self, request: HttpRequest, object_id: Any = None, *rest: Any, **more: Any) -> Any:
        response = super().changeform_view(request, object_id, *rest, **more)  # type: ignore[misc]
        if object_id is not None:
            read_logged(request, None, self.reading)
        return response


@admin.register(User)
class PersonAdmin(ReadLogged, UserAdmin):
    """People are made here; nobody signs up by herself."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff")
    fieldsets = (*UserAdmin.fieldsets, (_("The portal"), {"fields": ("phone", "language")}))  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what she has done stays hers; an account is made inactive


@admin.register(Membership)
class MembershipAdmin(ReadLogged, admin.ModelAdmin):
    """A role is given from a day and ended on a day, never rewritten: earlier events keep their meaning."""

    list_display = ("user", "role", "municipality", "office", "valid_from", "valid_to")
    list_filter = ("role",)
    list_select_related = ("user", "municipality", "office")
    search_fields = ("user__username", "user__first_name", "user__last_name", "user__email")
    autocomplete_fields = ("user",)
    raw_id_fields = ("municipality",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "role", "municipality", "office", "valid_from") if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        who = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]
        if change:
            membership_end(membership=obj, valid_to=obj.valid_to, **who)
            return
        granted = membership_grant(
            user=obj.user, role=obj.role, municipality=obj.municipality, office=obj.office,
            valid_from=obj.valid_from, valid_to=obj.valid_to, **who,
        )  # fmt: skip
        obj.pk = granted.pk


# --- Registers --------------------------------------------------------------------------------------


class VersionInline(ReadOnly, admin.TabularInline):
    model = MunicipalityVersion
    fields = ("number", "name", "county", "office", "organisation_number", "sami_area", "valid_from", "valid_to")


class LinkInline(ReadOnly, admin.TabularInline):
    model = MunicipalityLink
    fk_name = "new"
    fields = ("old_number", "new_number", "kind", "on")


class OfficeNameInline(ReadOnly, admin.TabularInline):
    model = OfficeName


@admin.register(Municipality)
class MunicipalityAdmin(ScopedAdmin):
    list_display = ("latest_name", "latest_number", "kind")
    list_filter = ("kind",)
    search_fields = ("versions__number", "versions__name")
    inlines = (VersionInline, LinkInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("versions")

    @admin.display(description=_("name"))
    def latest_name(self, unit: Municipality) -> str:
        return max(unit.versions.all(), key=lambda version: version.valid_from).display_name

    @admin.display(description=_("number"))
    def latest_number(self, unit: Municipality) -> str:
        return max(unit.versions.all(), key=lambda version: version.valid_from).number


@admin.register(Office)
class OfficeAdmin(ScopedAdmin):
    list_display = ("key", "order")
    inlines = (OfficeNameInline,)


@admin.register(County)
class CountyAdmin(ReadOnlyAdmin):
    list_display = ("number", "name", "valid_from", "valid_to")


@admin.register(PlanDecision)
class PlanDecisionAdmin(ScopedAdmin):
    list_display = ("municipality", "status", "decided_on", "valid_from", "valid_to", "origin")
    list_filter = ("status",)


@admin.register(PlanAnchoring)
class PlanAnchoringAdmin(ScopedAdmin):
    list_display = ("municipality", "plan_type", "valid_from", "valid_to", "origin")
    list_filter = ("plan_type",)


@admin.register(SolutionPosition)
class SolutionPositionAdmin(ScopedAdmin):
    list_display = ("municipality", "solution", "position", "valid_from", "valid_to", "origin")
    list_filter = ("position",)
    list_select_related = ("municipality", "solution")


@admin.register(PhaseStatus)
class PhaseStatusAdmin(ScopedAdmin):
    list_display = ("municipality", "step", "phase", "delay_months", "valid_from", "valid_to", "origin")


# --- What has happened ------------------------------------------------------------------------------


@admin.register(Event)
class EventAdmin(ReadLogged, ScopedAdmin):
    reading = "trail_searched"
    list_display = ("happened_at", "who", "object_type", "object_id", "name", "from_state", "to_state")
    list_filter = ("object_type", "name")
    search_fields = ("actor__first_name", "actor__last_name", "actor_name", "request_id")
    list_select_related = ("actor",)
    ordering = ("-id",)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Whether a mail went out; what it said is for the one who got it."""

    list_display = ("queued_at", "user", "subject", "status", "attempts", "error")
    list_filter = ("status",)
    list_select_related = ("user",)
    exclude = ("body",)
