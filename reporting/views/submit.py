"""The page where all answers are looked over, sending in, and “nothing has changed since last time”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from reporting.checks import ERROR, REMARK, WARNING, Finding
from reporting.models import Report
from reporting.services import home, submissions
from reporting.services.findings import findings_now
from reporting.views import found, shown, unsent
from reporting.views.base import EditView, unit_name_on
from reporting.views.shown import SUMMARY


class ReportSummaryPage(EditView):
    """All answers on one page, what the checks found, and the button that sends in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if (locked := self.locked()) is not None:
            return locked
        if (data := unsent.take(request, pk)) is not None:
            self.comments_keep(data)
            return redirect("report_summary", pk)
        return self.page()

    def page(self, *, asked: bool = False, status: int = 200) -> HttpResponse:
        """``asked``: it has been tried to send in, so what is missing is put first and gets the focus."""
        draft = self.draft
        findings = findings_now(self.report, draft.last, self.today)
        changes = shown.change_kinds(draft.spec, draft.last.answers, draft.answers)
        last_day = draft.last.round.reference_date if draft.last.submission and draft.last.round else None
        views = [found.finding_view(draft, finding, asked=asked) for finding in findings]
        context = self.form_context(SUMMARY) | {
            "lead": self._lead(findings),
            "problems": found.problems(draft, findings, here=True),
            "focus_problems": asked,
            "warnings": [view for view in views if view.level == WARNING],
            "remarks": [view for view in views if view.level == REMARK],
            "changes_text": shown.changes_text(list(changes), draft.spec, last_day),
            "answers": shown.Answers(
                draft.spec,
                draft.answers,
                last=draft.last.answers,
                changes=changes if last_day else {},
                errors={entry.question.code: entry.error for entry in draft.fields.values() if entry.error},
                comments=self.notes if self.return_note else {},
                url=lambda section: reverse("report_section", args=[self.report.pk, section]),
            ).parts(),
            "unit_label": unit_name_on(self.report),
        }
        return self.render("reporting/form/summary.html", context, status=status)

    def _lead(self, findings: Sequence[Finding]) -> str:
        if any(finding.level == ERROR for finding in findings):
            return _("Some things must be corrected before you can send in. Each line leads to its place.")
        if any(finding.level == WARNING for finding in findings):
            return _("Everything is answered. Explain what looks unusual, look over the answers, and send in.")
        return _("Everything is in place. Look over the answers, and send in.")


def seen_version(sent: str) -> int:
    """The version of the draft that the page showed; one that no draft has where it does not say, so that nothing is
    sent in unseen."""
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else -1


class ReportSubmit(ReportSummaryPage):
    """Sends the report in, once. What stops it is shown on the page it was sent from."""

    right = "report.submit"
    http_method_names = ["post"]

    def after_login(self) -> str:
        return reverse("report_summary", args=[self.kwargs["pk"]])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = seen_version(request.POST.get("draft_version", ""))
        before = self.report.draft_version
        self.comments_keep(request.POST)
        looked_over = version + self.report.draft_version - before
        try:
            submissions.submission_submit(
                report=self.report, actor=request.user, now=self.now, draft_version=looked_over,
                request_id=request.request_id,
            )  # fmt: skip
        except submissions.ChecksFailed:
            return self.page(asked=True, status=422)
        return redirect("report_receipt", pk)

    def ways_on(self) -> list[tuple[Any, str]]:
        over = [] if self.report.status in Report.DELIVERED else [
            (_("Look over the answers"), reverse("report_summary", args=[self.report.pk]))
        ]  # fmt: skip
        return [*over, *super().ways_on()]


class ReportNothingNew(EditView):
    """“Nothing has changed since last time”: the answers to look over, and one button that sends them in."""

    right = "report.submit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if (locked := self.locked()) is not None:
            return locked
        draft = self.draft
        answers = home.repeated_answers(draft)
        changes = shown.change_kinds(draft.spec, draft.last.answers, answers)
        context = self.common() | {
            "last": draft.last,
            "answers": shown.Answers(draft.spec, answers, changes=changes).parts(),
            "unit_label": unit_name_on(self.report),
        }
        return self.render("reporting/form/nothing_new.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            submissions.nothing_new(report=self.report, actor=request.user, now=self.now, request_id=request.request_id)
        except submissions.ChecksFailed:
            return redirect(reverse("report_summary", args=[pk]))
        return redirect("report_receipt", pk)

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("Open the form"), reverse("report_form", args=[self.kwargs["pk"]])), *super().ways_on()]
