"""The region's report to print: what is written so far for those who fill it in, else what was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from municipalities.access import can
from municipalities.services import office_names
from reporting.form_spec import FormSpec
from reporting.services import regional as service
from reporting.services.draft_view import every_answer
from reporting.views.regional import RegionalPage


class RegionalPrint(RegionalPage):
    """One document without anything to fill in or press, but for the button that prints it."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require("regional.read")
        context = {
            "regional": self.regional,
            "round": self.round,
            "name": office_names(self.today)[self.office.pk],
            "figures": self._figures(),
            "missing": self._missing(),
            "answers": self._answers(service.regional_spec(self.regional, now=self.now)),
            "frozen": self.regional.status not in service.EDITABLE,
        }
        return self.render("reporting/regional/print.html", context)

    def given(self, spec: FormSpec) -> Mapping[str, Any]:
        """What stands on the page of the same reader: one's own draft while it may be written in."""
        mine = can(self.request.user, "regional.edit", self.regional, today=self.today)
        if mine and self.regional.status in service.EDITABLE:
            return every_answer(spec, self.regional.draft)
        return super().given(spec)
