"""The review of one report: beside the one before it, its warnings, comments, notes, and the decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import RIGHTS, can
from municipalities.models import Event
from municipalities.readings import read_logged
from municipalities.services import UnitName, unit_names
from municipalities.transitions import TransitionRefused, WrongState
from municipalities.views import ScopedView, stopped
from reporting.form_spec import local
from reporting.models import Report
from reporting.querysets import messages_of
from reporting.services.draft_view import EDITABLE, spec_of
from reporting.services.extensions import extension_last_day, extension_refused
from reporting.timing import deadline, delivery, open_until
from reporting.views import unsent
from reporting.views.review_shown import comparison_of, threads_of
from reporting.views.shown import language
from reporting.views.worklist import Listing, list_url, read_listing, review_url
from reporting.whose import whose_now
from reporting.workflow import step_refused
from reporting.worklist import Query

RIGHT_NAMES = ("return", "approve", "note", "reopen", "extend", "on_behalf", "message")


class ReviewBase(ScopedView):
    """What the page and its buttons share: the report in the reader's scope, and one clear page when it moved on."""

    abstract = True
    model = Report

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("round", "current__form_version", "municipality", "round__form_version")
        )

    @cached_property
    def report(self) -> Report:
        return self.get_object()

    @cached_property
    def query(self) -> Query:
        """The list that the report was opened from."""
        return Query.read(self.request.GET.get)

    @cached_property
    def unit(self) -> UnitName:
        """What the unit was called on the round's reference date."""
        day = self.report.round.reference_date
        return unit_names([self.report.municipality_id], day)[self.report.municipality_id]

    def here(self, anchor: str = "") -> str:
        """The address of the review with the list it came from."""
        parameters = {**self.query.parameters(page=1)}
        if self.request.GET.get("vis") == "alle":
            parameters["vis"] = "alle"
        address = reverse("report_review", args=[self.report.pk])
        return address + (f"?{urlencode(parameters)}" if parameters else "") + (f"#{anchor}" if anchor else "")

    def refused(self, refused: TransitionRefused) -> HttpResponse:
        """Says who was first and when, where somebody was."""
        heading = _("Somebody was here before you") if isinstance(refused, WrongState) else _("This cannot be done now")
        text = [refused.message]
        if isinstance(refused, WrongState) and (event := self._last_event()) is not None:
            text.append(self._who(event))
        if written := self.request.POST.get("text", "").strip():
            text.append(_("You wrote: %(text)s") % {"text": written})
        kept = _("Nothing was done twice, and nothing is lost.")
        return stopped(self.request, heading, text, self.ways_on(), 409, code="refused", kept=kept)

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("See the report"), self.here()), (_("Back to the work list"), list_url(self.query))]

    def _last_event(self) -> Event | None:
        return self.events().order_by("-id").exclude(to_state="").first()

    def events(self) -> Any:
        """What has happened to the report, as far as the reader may see."""
        rows = self.rows(Event).filter(object_type=Report._meta.label_lower, object_id=self.report.pk)
        return rows.select_related("actor")

    @staticmethod
    def _who(event: Event) -> str:
        from municipalities.templatetags.portal import moment

        values = {"name": event.who or _("The portal"), "time": moment(event.happened_at)}
        return _("It was done by %(name)s, %(time)s.") % values


class ReportReview(ReviewBase):
    """The page."""

    right = "report.review"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.report  # noqa: B018 - what was kept is for those who may see the report only
        kept = unsent.take_texts(request)
        return self.page() if kept is None else self.page(failed=self._unsent(kept))

    @staticmethod
    def _unsent(kept: QueryDict) -> dict[str, str]:
        """A text whose writer had been logged out, back at its place."""
        message = _("You had been logged out when this was sent. Look it over, and send it again.")
        return {name: kept.get(name, "") for name in ("where", *unsent.TYPED)} | {"message": message}

    def page(self, status: int = 200, **extra: Any) -> HttpResponse:
        """The page itself; ``extra`` are texts to give back with their errors."""
        report = self.report
        context = {
            "report": report,
            "unit": self.unit,
            "submission": report.current,
            "here": self.here(),
            "query_string": self.here().partition("?")[2],
            "query_without_all": urlencode(self.query.parameters(page=1)),
            "query_with_all": urlencode({**self.query.parameters(page=1), "vis": "alle"}),
            "history": self.events().exclude(name="message").order_by("-id"),
            "round_closed": self.today > open_until(report.round, Report.Status.RETURNED, report.extended_to),
            "rights": self._rights(),
            "show_all": self.request.GET.get("vis") == "alle",
            "whose": whose_now(report, self.today),
            "deadline": deadline(report.round, self.today, report.extended_to),
            "delivery": delivery(report, report.round, self.today),
            **self._steps(),
            **self._list(),
            **extra,
        }
        talk = messages_of(report, self.request.user, today=self.today)
        context["threads"] = threads_of(report, talk)
        if report.current is not None:
            context.update(comparison_of(report, report.current, self.request.user, talk, today=self.today))
        if context.get("notes"):
            read_logged(self.request, report, "notes_read")
        return self.render("reporting/review/report.html", context, status=status)

    def _rights(self) -> dict[str, bool]:
        """What the reader may do with this report; rights of the same roles are asked for once."""
        known: dict[frozenset[str], bool] = {}
        found = {}
        for name in RIGHT_NAMES:
            right = f"report.{name}"
            roles = RIGHTS[right].roles & self.scope.roles
            if roles not in known:
                known[roles] = bool(roles) and bool(can(self.request.user, right, self.report, today=self.today))
            found[name] = known[roles]
        return found

    def _steps(self) -> dict[str, Any]:
        """What can be done besides returning and approving, or why it cannot."""
        report = self.report
        waits = report.status in EDITABLE
        spec, last_day = spec_of(report), extension_last_day(report)
        return {
            "waits": waits,
            "extension_last": last_day,
            "why_not_extended": extension_refused(report, self.now),
            "still_open": waits and self.today <= open_until(report.round, report.status, report.extended_to),
            "why_not_reopened": step_refused(report, "reopen", self.now),
            "questions": [(question.code, local(question.name, language())) for question in spec.questions()],
        }

    def _list(self) -> dict[str, Any]:
        listing: Listing = read_listing(self, round_=self.report.round)
        place, _before, after = listing.list.neighbours(self.report.pk)
        return {
            "place": place,
            "hits": len(listing.list.hits),
            "next": after,
            "next_url": review_url(after, listing.query) if after else "",
            "list_url": list_url(listing.query),
        }
