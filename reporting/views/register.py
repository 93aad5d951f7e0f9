"""The page of one municipality or district: all that the registers and reports know about it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.acting import choose_first
from municipalities.models import Municipality
from municipalities.readings import read_logged
from municipalities.services import unit_names
from municipalities.services.training import NUMBER
from municipalities.views import ScopedView, stopped
from reporting.register_page import register_page, versions_of, with_rights
from reporting.register_page.unit import holds


class MunicipalityDetail(ScopedView):
    """``/kommune/3004/``: an older or a later number leads to the one of today."""

    right = "register.read"
    model = Municipality

    def get_queryset(self) -> Any:
        return with_rights(super().get_queryset(), self.scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = self.kwargs["number"]
        versions = versions_of(number, self.today)
        if not versions and number == NUMBER:
            heading = _("A made-up municipality has no page here")
            text = _("It is there to practise with, and stands in no register.")
            return stopped(request, heading, text, [(_("To the front page"), reverse("home"))], 404, code="made_up")
        if not versions:
            raise Http404
        unit = self.get_object(pk=versions[0].municipality_id)
        now = next((version for version in versions if holds(version, self.today)), versions[-1])
        if now.number != number:
            return redirect("municipality_detail", number=now.number)
        page = register_page(unit=unit, versions=versions, user=request.user, today=self.today)  # type: ignore[arg-type]
        own = unit.pk in self.scope.municipality_ids
        if page.risk:
            read_logged(request, unit, "risk_read")
        return self.render(
            "municipalities/municipality_detail.html", {"page": page, "name": page.version.name, "own_unit": own}
        )


class OwnMunicipality(ScopedView):
    """``/kommune/registrert/``: the page of the unit that the reader works for, or the list where she has none."""

    right = "register.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.acting.must_choose:
            return choose_first(request)
        names = unit_names(filter(None, [self.acting.unit_id]), self.today)
        if not names:
            return redirect("municipality_list")
        return redirect("municipality_detail", number=next(iter(names.values())).number)
