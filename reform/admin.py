"""The administration: who may log in to it, and the reform's own registers, to look at.

Registers are corrected in their files and loaded again, so that what stands here and what a new place loads agree.
"""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reform.models import FocusArea, Phase, PhasePeriod, Reform, ReformEnd, Solution

admin.site.site_header = admin.site.site_title = _("Administration of Leve hele livet")
# The portal's own login, with its limits and its second factor, is the way into the administration too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnly:
    """Rows to look at: nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """A register to look at."""


class ReformEndInline(ReadOnly, admin.TabularInline):
    model = ReformEnd


class PhasePeriodInline(ReadOnly, admin.TabularInline):
    model = PhasePeriod


@admin.register(Reform)
class ReformAdmin(ReadOnlyAdmin):
    list_display = ("name_nb", "starts_on")
    inlines = (ReformEndInline,)


@admin.register(FocusArea)
class FocusAreaAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_nb", "name_nn")


@admin.register(Solution)
class SolutionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_nb", "name_nn", "area", "name_confirmed")
    list_select_related = ("area",)


@admin.register(Phase)
class PhaseAdmin(ReadOnlyAdmin):
    list_display = ("number", "name_nb", "name_nn")
    inlines = (PhasePeriodInline,)
