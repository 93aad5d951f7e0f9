"""The buttons of a national summary that is made: approve, take the approval back, send, withdraw; and cancel the
making. Services hold the rules; what is refused stands at its field, with all that was typed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import can
from municipalities.free_text import FreeTextForm
from reporting.answers_typed import clean
from reporting.form_spec import QuestionSpec
from reporting.models import NationalSummary
from reporting.services import summaries, summary_steps
from reporting.services.compositions import gaps
from reporting.services.summary_files import missing_files, missing_sentence
from reporting.views.summary import SummaryView, detail_context
from reporting.workflow import SUMMARY, ChangeUnexplained, ReplacesAnother, last_sent

PII = "pii-step"
"""The id of the line that warns against personal data, beside the text of a step."""


def _textarea(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": summary_steps.NOTE_LIMIT, "aria-describedby": PII})


class ApproveForm(FreeTextForm):
    """Approve a draft; one that replaces what was sent says what has changed."""

    change_note = forms.CharField(
        label=gettext_lazy("What has changed, and why"),
        help_text=gettext_lazy("The ministry reads this beside the list of figures that have changed."),
        widget=_textarea(4),
        error_messages={
            "required": gettext_lazy("This version replaces one that was sent. Write what has changed, and why.")
        },
    )

    def __init__(self, *args: Any, replaces: NationalSummary | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if replaces is None:
            del self.fields["change_note"]


class ReasonForm(FreeTextForm):
    """Why something is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=_textarea(3),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )


class SendForm(FreeTextForm):
    """When and under which case a summary was sent to the ministry."""

    sent_on = forms.CharField(label=gettext_lazy("Sent on"), help_text=gettext_lazy("For example 14.6.2022"))
    case = forms.CharField(
        label=gettext_lazy("Case number"), help_text=gettext_lazy("For example 22/1234"),
        error_messages={"required": gettext_lazy("Write the number of the case in which it was sent.")},
    )  # fmt: skip

    def clean_sent_on(self) -> dt.date:
        """A day as people write it."""
        day = clean(QuestionSpec("sent_on", "date", {"nb": "", "nn": ""}), self.cleaned_data["sent_on"])
        if day.value is None:
            raise ValidationError(day.error or _("Write the day on which it was sent."))
        return dt.date.fromisoformat(day.value)


def steps_context(summary: NationalSummary, user: Any, today: dt.date, bound: forms.Form | None) -> dict[str, Any]:
    """The steps that start in the summary's state and that the reader may take, each with its form; ``bound`` is the
    one that was refused."""
    may = {
        rule.name: bool(rule.right and can(user, rule.right, today=today)) for rule in SUMMARY.open_to(summary.status)
    }
    replaced = last_sent(summary) if may.get("approve") else None
    fresh: dict[str, forms.Form] = {}
    if may.get("approve"):
        fresh["approve"] = ApproveForm(replaces=replaced, initial={"change_note": summary.change_note})
    if may.get("unapprove"):
        fresh["unapprove"] = ReasonForm()
    if may.get("send"):
        fresh["send"] = SendForm(initial={"sent_on": f"{today:%d.%m.%Y}"})
    if may.get("withdraw"):
        fresh["withdraw"] = ReasonForm()
    if bound is not None and (name := getattr(bound, "step", "")) in fresh:
        fresh[name] = bound
    missing = len(gaps(summary)) if "approve" in fresh else 0
    files = missing_sentence(summary, missing_files(summary)) if "send" in fresh else ""
    return {
        "steps": fresh, "to_replace": replaced, "refused": bound, "pii": PII, "missing": missing,
        "files_missing": files,
    }  # fmt: skip


class SummaryStep(SummaryView):
    """A step with a form; refused, the page stands again with what was typed."""

    abstract = True
    http_method_names = ["post", "options"]
    step = ""

    def form(self, summary: NationalSummary, data: Any) -> forms.Form:
        """The form that the step is taken with."""
        return ReasonForm(data)

    def act(self, summary: NationalSummary, form: forms.Form) -> str:
        """Take the step; the sentence that says so."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self.get_object()
        form = self.form(summary, request.POST)
        form.step = self.step  # type: ignore[attr-defined]
        if form.is_valid():
            try:
                said = self.act(summary, form)
            except ValidationError as error:
                form.add_error(None, error)
            except ChangeUnexplained as refused:
                form.add_error("change_note" if "change_note" in form.fields else None, str(refused.message))
            except (ReplacesAnother, summary_steps.FilesMissing) as refused:
                form.add_error(None, str(refused.message))
            else:
                messages.success(request, said)
                return redirect("summary_detail", summary.pk)
        summary.refresh_from_db()
        context = detail_context(self, summary, form)
        return self.render("reporting/national/summary_detail.html", context, status=422)


class SummaryApprove(SummaryStep):
    """Approve a draft."""

    right = "summary.approve"
    step = "approve"

    def form(self, summary: NationalSummary, data: Any) -> forms.Form:
        return ApproveForm(data, replaces=last_sent(summary))

    def act(self, summary: NationalSummary, form: forms.Form) -> str:
        note = form.cleaned_data.get("change_note", "")
        summary_steps.summary_approve(summary=summary, actor=self.request.user, now=self.now, change_note=note)
        return _("The version is approved. It can be sent now.")


class SummaryUnapprove(SummaryStep):
    """Take the approval back."""

    right = "summary.approve"
    step = "unapprove"

    def act(self, summary: NationalSummary, form: forms.Form) -> str:
        reason = form.cleaned_data["reason"]
        summary_steps.summary_unapprove(summary=summary, actor=self.request.user, now=self.now, reason=reason)
        return _("The approval is taken back. The version is a draft again.")


class SummarySend(SummaryStep):
    """Mark a summary as sent; from now on the ministry reads it."""

    right = "summary.send"
    step = "send"

    def form(self, summary: NationalSummary, data: Any) -> forms.Form:
        return SendForm(data)

    def act(self, summary: NationalSummary, form: forms.Form) -> str:
        summary_steps.summary_send(
            summary=summary, actor=self.request.user, now=self.now, sent_on=form.cleaned_data["sent_on"],
            case=form.cleaned_data["case"],
        )  # fmt: skip
        return _("The summary is marked as sent. The ministry can read it now.")


class SummaryWithdraw(SummaryStep):
    """Withdraw a summary that was sent."""

    right = "summary.withdraw"
    step = "withdraw"

    def act(self, summary: NationalSummary, form: forms.Form) -> str:
        reason = form.cleaned_data["reason"]
        summary_steps.summary_withdraw(summary=summary, actor=self.request.user, now=self.now, reason=reason)
        return _("The summary is withdrawn. The ministry sees it with the reason.")


class SummaryCancel(SummaryView):
    """Stop the making of a summary."""

    right = "summary.build"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self.get_object()
        summaries.summary_cancel(summary=summary, actor=request.user, now=self.now)
        messages.info(request, _("The making is cancelled. You can try again, or make another version."))
        return redirect("summary_detail", summary.pk)
