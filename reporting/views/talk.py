"""The municipality's side of the talk about its report: with the statsforvalter, or between colleagues."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.access import can
from reporting.form_spec import local
from reporting.querysets import messages_of
from reporting.services import messages as talk
from reporting.services.draft_view import spec_of
from reporting.services.on_behalf import is_own
from reporting.services.review import TextRefused
from reporting.views.receipt import ReportDetail
from reporting.views.review_shown import threads_of
from reporting.views.shown import language


class ReportPage(ReportDetail):
    """One report, with what is said about it for those who take part in the talk."""

    def more(self) -> dict[str, Any]:
        report, user = self.report, self.request.user
        if not is_own(user, report, today=self.today):
            return {}
        spec = spec_of(report)
        return {
            "threads": threads_of(report, messages_of(report, user, today=self.today)),
            "may_write": bool(can(user, "report.message", report, today=self.today)),
            "questions": [(question.code, local(question.name, language())) for question in spec.questions()],
            "own_side": True,
            "about": self.request.GET.get("om", ""),
        }


class ReportMessageWrite(ReportPage):
    """Write a message, or say that what the statsforvalter wrote needs no answer."""

    right = "report.message"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        question = request.POST.get("question", "")
        here = reverse("report_detail", args=[self.report.pk]) + "#samtale"
        if request.POST.get("settle"):
            talk.messages_settle(report=self.report, question=question, actor=request.user, now=self.now)  # type: ignore[arg-type]
            return redirect(here)
        among = request.POST.get("audience") == talk.COLLEAGUES
        try:
            talk.message_write(
                report=self.report, text=request.POST.get("text", ""), question=question, now=self.now,
                audience=talk.COLLEAGUES if among else talk.OFFICE, actor=request.user,  # type: ignore[arg-type]
                request_id=request.request_id,  # type: ignore[attr-defined]
            )  # fmt: skip
        except (TextRefused, talk.UnknownQuestion) as refused:
            failed = {name: request.POST.get(name, "") for name in ("question", "text", "audience")}
            return self.page(status=422, failed=failed | {"message": str(refused.message)})
        messages.success(request, _("The message is sent."))
        return redirect(here)
