"""The review of one report: beside the one before it, its warnings, comments, notes, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.errors import wants_json
from municipalities.models import Event
from municipalities.services import UnitName, unit_names
from municipalities.transitions import TransitionRefused, WrongState
from municipalities.views import ScopedView, stopped
from networks.models import Network
from reporting.form_spec import FormSpec, local
from reporting.models import FindingReview, Report, ReviewComment, Submission
from reporting.querysets import comments_of, judgements_of
from reporting.services import review, submissions
from reporting.services.prefill import last_report
from reporting.services.rounds import form_spec
from reporting.sidebyside import Pair, SectionPairs, no_longer_asked, register_ids, side_by_side
from reporting.timing import RoundState, delivery, round_state
from reporting.views import unsent
from reporting.views.base import login_and_back
from reporting.views.worklist import Listing, list_url, read_listing, review_url
from reporting.worklist import Query


@dataclass(frozen=True)
class Warned:
    """A warning of the Submission: what it says, the municipality's explanation, and the judgement so far."""

    place: int
    key: str
    message: str
    explanation: str
    question: str
    question_name: str
    judgement: FindingReview | None

    @property
    def anchor(self) -> str:
        return f"varsel-{self.place}"


@dataclass(frozen=True)
class Shown:
    """A question in the comparison with its comments and warnings."""

    pair: Pair
    comments: list[ReviewComment]
    warnings: list[Warned]


class ReviewBase(ScopedView):
    """What the page and its buttons share: the report in the reader's scope, and one clear page when it moved on."""

    abstract = True
    model = Report

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("round", "current", "municipality", "round__form_version")

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
        return self.rows(Event).filter(object_type=Report._meta.label_lower, object_id=self.report.pk)

    @staticmethod
    def _who(event: Event) -> str:
        from municipalities.templatetags.portal import moment

        values = {"name": event.actor_name or _("The portal"), "time": moment(event.happened_at)}
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
        return {name: kept.get(name, "") for name in ("where", "question", "text")} | {"message": message}

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
            "history": self.events().order_by("-id"),
            "round_closed": round_state(report.round, self.today) is RoundState.CLOSED,
            "rights": {name: self._may(f"report.{name}") for name in ("return", "approve", "note")},
            "show_all": self.request.GET.get("vis") == "alle",
            **self._list(),
            **extra,
        }
        if report.current is not None:
            context.update(self._comparison(report.current))
            context["delivery"] = delivery(report, report.round, self.today)
        return self.render("reporting/review/report.html", context, status=status)

    def _may(self, right: str) -> bool:
        return bool(can(self.request.user, right, self.report, today=self.today))

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

    def _comparison(self, submission: Submission) -> dict[str, Any]:
        language = get_language() or "nb"
        spec = form_spec(submission.form_version)
        last = last_report(self.report)
        old_spec = form_spec(last.submission.form_version) if last.submission is not None else None
        old = last.answers if last.submission is not None else None
        names = self._register_names(spec, submission.answers, last.answers)
        sections = side_by_side(
            spec=spec, answers=submission.answers, old_spec=old_spec, old_answers=old, language=language, names=names
        )
        comments = comments_of(self.report, self.request.user, today=self.today)
        warned = self._warnings(submission, spec, language)
        shown = self._shown(sections, comments, warned)
        every = [item for _section, items in shown for item in items]
        unseen = [comment for comment in comments if not comment.internal and comment.shown_at is None]
        return {
            "last": last,
            "sections": shown,
            "changed": [item for item in every if item.pair.changed or item.comments or item.warnings],
            "unchanged": [item for item in every if not (item.pair.changed or item.comments or item.warnings)],
            "changed_count": sum(item.pair.changed for item in every),
            "all_count": len(every),
            "dropped": no_longer_asked(spec=spec, old_spec=old_spec, old_answers=old, language=language, names=names),
            "warned": warned,
            "open_warnings": [entry for entry in warned if entry.judgement is None],
            "bad_warnings": [entry for entry in warned if entry.judgement is not None and not entry.judgement.accepted],
            "notes": [comment for comment in comments if comment.internal],
            "general": [comment for comment in comments if not comment.internal and not comment.question],
            "unseen": unseen,
        }

    @staticmethod
    def _register_names(spec: FormSpec, *answers: Any) -> dict[str, str]:
        ids = register_ids(spec, *answers)
        if not ids:
            return {}
        rows = Network.objects.across_all(reason="names of the networks in an answer").filter(pk__in=ids)
        return {str(pk): name for pk, name in rows.values_list("pk", "name")}

    @staticmethod
    def _warnings(submission: Submission, spec: FormSpec, language: str) -> list[Warned]:
        judged = judgements_of(submission)
        found = []
        for place, entry in enumerate(review.warnings_of(submission), start=1):
            code = (entry.get("question") or "").partition(":")[0]
            found.append(
                Warned(
                    place=place,
                    key=entry["key"],
                    message=local(entry["message"], language),
                    explanation=entry.get("comment") or "",
                    question=code,
                    question_name=local(spec.question(code).name, language) if spec.has(code) else "",
                    judgement=judged.get(entry["key"]),
                )
            )
        return found

    @staticmethod
    def _shown(
        sections: list[SectionPairs], comments: list[ReviewComment], warned: list[Warned]
    ) -> list[tuple[SectionPairs, list[Shown]]]:
        return [
            (
                section,
                [
                    Shown(
                        pair,
                        [row for row in comments if row.question == pair.code and not row.internal],
                        [entry for entry in warned if entry.question == pair.code],
                    )
                    for pair in section.pairs
                ],
            )
            for section in sections
        ]


class ReviewPost(ReviewBase):
    """A button on the page. A service does everything; then back to the place where it was pressed."""

    abstract = True
    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated and not wants_json(request):
            page = reverse("report_review", args=[kwargs["pk"]])
            if request.POST.get("text", "").strip():
                unsent.keep_texts(request, page, where=self.field)
            return login_and_back(page)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.report  # noqa: B018 - outside the scope there is nothing to press: 404 before anything else
        try:
            return redirect(self.act())
        except review.TextRefused as refused:
            return self.text_refused(refused)

    def act(self) -> str:
        """Do it; the address to go on to."""
        raise NotImplementedError

    def text_refused(self, refused: review.TextRefused) -> HttpResponse:
        """The page again with the text that was written and what is wrong with it."""
        page = ReportReview()
        page.setup(self.request, pk=self.report.pk)
        page.__dict__["report"] = self.report
        place = {
            "where": self.field,
            "question": self.request.POST.get("question", ""),
            "text": self.request.POST.get("text", ""),
            "message": refused.message,
        }
        return page.page(status=422, failed=place)

    field = ""

    @property
    def text(self) -> str:
        return self.request.POST.get("text", "")

    @property
    def submission_number(self) -> int:
        """The Submission that the reader saw."""
        value = self.request.POST.get("submission", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0

    def next_or_list(self) -> str:
        """The next report in the list as it was before the decision, else the list."""
        listing = read_listing(self, round_=self.report.round)
        place, _before, after = listing.list.neighbours(self.report.pk)
        return review_url(after, listing.query) if place and after else list_url(listing.query)


class ReportReturn(ReviewPost):
    """Return the report with what is to be changed."""

    right = "report.return"
    field = "return"

    def act(self) -> str:
        onwards = self.next_or_list()
        submissions.submission_return(
            report=self.report,
            actor=self.request.user,
            now=self.now,
            note=review.return_note(report=self.report, text=self.text),
            seen=self.submission_number,
            request_id=self.request.request_id,
        )
        messages.success(self.request, _("%(name)s is returned.") % {"name": self.unit.display_name})
        return onwards


class ReportApprove(ReviewPost):
    """Approve the report."""

    right = "report.approve"

    def act(self) -> str:
        onwards = self.next_or_list()
        submissions.submission_approve(
            report=self.report,
            actor=self.request.user,
            now=self.now,
            seen=self.submission_number,
            request_id=self.request.request_id,
        )
        messages.success(self.request, _("%(name)s is approved.") % {"name": self.unit.display_name})
        return onwards


class ReportComment(ReviewPost):
    """Write a comment at a question, or take one back that the municipality has not seen."""

    right = "report.return"
    field = "comment"

    def act(self) -> str:
        question = self.request.POST.get("question", "")
        if question and not form_spec(self.report.round.form_version).has(question):
            raise Http404
        remove = self.request.POST.get("remove", "")
        if remove.isascii() and remove.isdigit() and len(remove) < 18:
            review.comment_remove(report=self.report, comment_id=int(remove), actor=self.request.user, now=self.now)
        else:
            review.comment_add(
                report=self.report, question=question, text=self.text, actor=self.request.user, now=self.now
            )
        return self.here(f"sp-{question}" if question else "avgjorelse")


class ReportJudge(ReviewPost):
    """Say whether the explanation of a warning is good enough."""

    right = "report.approve"

    def act(self) -> str:
        review.finding_judge(
            report=self.report,
            submission_number=self.submission_number,
            finding=self.request.POST.get("finding", ""),
            accepted=self.request.POST.get("accepted") == "yes",
            actor=self.request.user,
            now=self.now,
        )
        return self.here("varsler")


class ReportNote(ReviewPost):
    """Write an internal note."""

    right = "report.note"
    field = "note"

    def act(self) -> str:
        review.note_add(report=self.report, text=self.text, actor=self.request.user, now=self.now)
        return self.here("internt")
