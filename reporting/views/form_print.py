"""The form to print: empty, or with the answers as they stand or as they were sent in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from municipalities.access import can
from reporting.form_spec import FormSpec
from reporting.paper import paper
from reporting.services.draft_view import EDITABLE, spec_of
from reporting.services.on_behalf import is_own
from reporting.services.rounds import form_spec
from reporting.views.receipt import SubmittedView
from reporting.views.shown import language, network_names


class ReportPrint(SubmittedView):
    """All questions of the report's own form, those too that are hidden now; ``?tom=1`` without the answers."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        spec, answers = self._filled(empty=request.GET.get("tom") == "1")
        context = self.common() | {
            "unit": self.unit,
            "empty": answers is None,
            "sections": paper(spec, language(), answers, network_names(spec, answers or {})),
            "title": _("Empty form") if answers is None else _("Form with answers"),
            "filled": self._may_see_draft or self.submission is not None,
        }
        return self.render("reporting/form/print.html", context)

    def _filled(self, *, empty: bool) -> tuple[FormSpec, Mapping[str, Any] | None]:
        """The form and the answers that the reader may see: what was sent in by the form it was sent in on, a draft
        for those who fill it in alone; None where there are none, or none are wanted."""
        report, sent = self.report, self.submission
        if empty:
            return spec_of(report), None
        if report.status in EDITABLE and self._may_see_draft:
            return self.draft.spec, self.draft.answers
        return (form_spec(sent.form_version), sent.answers) if sent is not None else (spec_of(report), None)

    @property
    def _may_see_draft(self) -> bool:
        """Whether the reader is of the report's own municipality, or fills it in on its behalf."""
        user, report, today = self.request.user, self.report, self.today
        return is_own(user, report, today=today) or bool(can(user, "report.edit", report, today=today))
