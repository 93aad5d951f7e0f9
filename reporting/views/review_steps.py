"""The buttons beside returning and approving: a later deadline, on behalf of the municipality, an approval taken back,
a report reopened, and messages with the municipality."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.forms import read_day
from municipalities.transitions import NoteMissing
from reporting.services import extensions, on_behalf, reopening, review
from reporting.services import messages as talk
from reporting.services.extensions import ExtensionRefused
from reporting.views.review_posts import ReviewPost


class ReviewStep(ReviewPost):
    """A step with who and when."""

    abstract = True
    kept = (review.TextRefused, NoteMissing, ExtensionRefused)

    @property
    def who(self) -> dict[str, Any]:
        return {
            "report": self.report,
            "actor": self.request.user,
            "now": self.now,
            "request_id": self.request.request_id,
        }

    def say(self, text: str) -> None:
        """What was done, on the next page."""
        messages.success(self.request, text % {"name": self.unit.display_name})


class ReportExtend(ReviewStep):
    """Give a later deadline, or take it back."""

    right = "report.extend"
    field = "extend"

    def act(self) -> str:
        if self.request.POST.get("end"):
            extensions.extension_end(**self.who)
            self.say(_("The deadline of the round holds for %(name)s again."))
            return self.here("avgjorelse")
        until = read_day(" ".join(self.request.POST.get("until", "").casefold().split()))
        if until is None:
            raise ExtensionRefused(_("Write the date as day, month and year, for example 4.5.2022."))
        extensions.extension_give(**self.who, until=until, reason=self.text)
        self.say(_("%(name)s has got a later deadline and is told."))
        return self.here("avgjorelse")


class ReportOnBehalf(ReviewStep):
    """Take the reporting over, or give it back."""

    right = "report.on_behalf"
    field = "on_behalf"

    def act(self) -> str:
        if self.request.POST.get("end"):
            on_behalf.report_hand_back(**self.who)
            self.say(_("The report is given back to %(name)s, which is told."))
            return self.here("avgjorelse")
        on_behalf.report_take_over(**self.who, reason=self.text)
        self.say(_("You fill in the report on behalf of %(name)s, which is told."))
        return reverse("report_form", args=[self.report.pk])


class ReportTakeBack(ReviewStep):
    """Take the approval back."""

    right = "report.reopen"
    field = "take_back"

    def act(self) -> str:
        reopening.approval_take_back(**self.who, note=self.text)
        self.say(_("The approval of %(name)s is taken back."))
        return self.here("avgjorelse")


class ReportReopen(ReviewStep):
    """Give an approved report back to the municipality, with a reason."""

    right = "report.reopen"
    field = "reopen"

    def act(self) -> str:
        reopening.report_reopen(**self.who, note=self.text)
        self.say(_("The report of %(name)s is reopened, and the municipality is told."))
        return self.here("avgjorelse")


class ReportTalk(ReviewStep):
    """Write to the municipality at a question, by mail too; or say that what it wrote needs no answer."""

    right = "report.return"  # the municipality writes from its own pages
    field = "message"
    kept = (review.TextRefused, talk.UnknownQuestion)

    def act(self) -> str:
        question = self.request.POST.get("question", "")
        back = self.here("samtale")
        if self.request.POST.get("settle"):
            talk.messages_settle(report=self.report, question=question, actor=self.request.user, now=self.now)
            return back
        talk.message_write(**self.who, text=self.text, audience=talk.OFFICE, question=question)
        self.say(_("The message is sent to %(name)s, here and by e-mail."))
        return back
