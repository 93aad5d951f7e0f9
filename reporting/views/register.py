"""The page of one municipality or district: all that the registers and reports know about it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from municipalities.access import scope_of
from municipalities.models import Municipality
from municipalities.services import unit_names, unit_with_number
from municipalities.views import ScopedView
from reporting.register_page import register_page


class MunicipalityDetail(ScopedView):
    """``/kommune/3004/``: an older or a later number leads to the one of today."""

    right = "register.read"
    model = Municipality

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = self.kwargs["number"]
        found = unit_with_number(number, self.today)
        if found is None:
            raise Http404
        unit_id, spans = found
        unit = self.get_object(pk=unit_id)
        now = next((span for span in spans if span.holds(self.today)), spans[-1])
        if now.number != number:
            return redirect("municipality_detail", number=now.number)
        page = register_page(unit=unit, user=request.user, today=self.today)  # type: ignore[arg-type]
        context = {"page": page, "name": page.version.name, "own_unit": self._own(unit_id)}
        return self.render("municipalities/municipality_detail.html", context)

    def _own(self, unit_id: int) -> bool:
        """Whether the reader works in the unit: the page then says who else sees it."""
        return unit_id in scope_of(self.request.user, today=self.today).municipality_ids


class OwnMunicipality(ScopedView):
    """``/kommune/registrert/``: the page of the reader's own unit, or the list where there is not just one."""

    right = "register.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        names = unit_names(self.scope.municipality_ids, self.today)
        if len(names) != 1:
            return redirect("municipality_list")
        return redirect("municipality_detail", number=next(iter(names.values())).number)
