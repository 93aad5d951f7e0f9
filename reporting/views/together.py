"""How several people fill in one form: parts handed to colleagues, and who changed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.transitions import TransitionRefused
from reporting.form_spec import QuestionSpec, local
from reporting.models import DraftChange
from reporting.services import drafts, sections
from reporting.services.draft_view import DraftView
from reporting.services.drafts import DraftConflict, UnknownField
from reporting.services.form_follow import asked_before
from reporting.views import found
from reporting.views.base import EditView
from reporting.views.form import ReportSection
from reporting.views.shown import field_url, language, network_names

LONGEST = 200
"""So many of the last changes are shown; what is older is kept all the same."""


class SectionUnhanded(ReportSection):
    """The section again, with what was written to a colleague and why it could not be handed over."""

    failed: Mapping[str, str] = {}

    def form_context(self, current: str) -> dict[str, Any]:
        return {**super().form_context(current), "failed_hand": self.failed}


class SectionHand(EditView):
    """Hand a part to a colleague, say that it is filled in, or that nobody has it any more."""

    http_method_names = ["post", "options"]

    def after_login(self) -> str:
        return self.here

    @property
    def here(self) -> str:
        return reverse("report_section", args=[self.kwargs["pk"], self.kwargs["section"]])

    def post(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        if (locked := self.locked()) is not None:
            return locked
        try:
            self._act(section, request.POST)
        except KeyError:
            raise Http404 from None
        except TransitionRefused as refused:
            if request.POST.get("what") == "hand" and self.own_report:
                return self._refused(section, str(refused.message))
            messages.error(request, str(refused.message))
        return redirect(f"{self.here}#kollega")

    def _refused(self, section: str, message: str) -> HttpResponse:
        """Nothing that was written is lost: it stands in its field, with what is wrong with it."""
        page = SectionUnhanded()
        page.setup(self.request, pk=self.report.pk, section=section)
        page.__dict__["report"] = self.report
        page.failed = {"message": message} | {name: self.request.POST.get(name, "") for name in ("to", "note")}
        return page.page(page.section_spec(section), status=422)

    def _act(self, section: str, sent: Mapping[str, str]) -> None:
        who = {
            "report": self.report, "section": section, "actor": self.request.user, "now": self.now,
            "request_id": self.request.request_id,
        }  # fmt: skip
        what = sent.get("what")
        if what == "done":
            sections.section_done(**who)
            messages.success(self.request, _("The part is marked as filled in."))
        elif what == "take":
            sections.section_take(**who)
            messages.success(self.request, _("Nobody has this part any more. What is filled in is kept."))
        elif what == "hand":
            to = sent.get("to", "")
            pk = int(to[:9]) if to.isascii() and to.isdecimal() else 0
            given = sections.section_hand(**who, to=pk, note=sent.get("note", ""))
            messages.success(self.request, _("%(name)s has got this part.") % {"name": given.user_name})
        else:
            raise BadRequest


@dataclass(frozen=True)
class ChangeLine:
    """One saved value of one field; ``can_restore`` where something else stands now."""

    pk: int
    label: str
    part: str
    text: str
    who: str
    at: Any
    lost: bool
    url: str
    rev: int
    can_restore: bool
    asked: bool = True


class DraftHistory(EditView):
    """Who changed what in the draft, the newest first, with what lost when two wrote at once; each can be put back."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = list(
            self.rows(DraftChange).filter(report=self.report).select_related("user").order_by("-id")[: LONGEST + 1]
        )
        context = self.common() | {
            "lines": list(change_lines(rows[:LONGEST], self.draft)),
            "more": len(rows) > LONGEST,
            "editable": self.draft.editable,
        }
        return self.render("reporting/form/history.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put one value back, over the revision that the page showed."""
        if (locked := self.locked()) is not None:
            return locked
        number, rev = request.POST.get("change", ""), request.POST.get("rev", "")
        if not (number.isascii() and number.isdecimal() and rev.isascii() and rev.isdecimal()):
            raise BadRequest
        change = self.rows(DraftChange).filter(report=self.report, pk=int(number[:18])).first()
        if change is None:
            raise Http404
        try:
            drafts.draft_save(
                report=self.report, key=change.key, raw=change.value, base_rev=int(rev[:9]), actor=request.user,
                now=self.now, request_id=request.request_id,
            )  # fmt: skip
            messages.success(request, _("The answer is put back."))
        except DraftConflict as clash:
            name = clash.their_name or _("Somebody else")
            text = _(
                "%(name)s has changed the answer since you opened this page. See what stands now, and choose again."
            )
            messages.error(request, text % {"name": name})
        except UnknownField:
            messages.error(request, _("The form does not have this question."))
        return redirect("report_changes", self.report.pk)


def change_lines(rows: Iterable[DraftChange], draft: DraftView) -> Iterable[ChangeLine]:
    """Changes of a draft in words. At most one query, for the names of networks."""
    spec, known = draft.spec, list(rows)
    names = network_names(spec, *({row.key: row.value} for row in known if isinstance(row.value, list)))
    for row in known:
        who, about = str(row.user) if row.user else "", row.key.startswith("comment ")
        if not about and row.key not in draft.fields:
            yield _not_asked(row, draft, who, names)
            continue
        if about:
            asked = _is_about(draft, row.key.partition(":")[2])
            yield ChangeLine(
                row.pk, _("Explanation of a warning"), "", str(row.value or ""), who, row.saved_at,
                row.lost and asked, "", 0, False, asked,
            )  # fmt: skip
            continue
        entry = draft.fields[row.key]
        stands = entry.raw if entry.error else entry.value
        yield ChangeLine(
            pk=row.pk,
            label=local(entry.question.name, language()),
            part=_row_name(entry.question, entry.row),
            text=found.in_words(entry.question, row.value, names),
            who=who,
            at=row.saved_at,
            lost=row.lost,
            url=field_url(draft.report, spec, row.key),
            rev=entry.rev,
            can_restore=draft.editable and row.value != stands,
        )


def _is_about(draft: DraftView, place: str) -> bool:
    """Whether the form asks what a warning is about: a question, or a row of a matrix; some are about the whole."""
    rows = (row for question in draft.spec.questions() for row in question.row_keys)
    return not place or draft.spec.has(place) or place in rows


def _not_asked(row: DraftChange, draft: DraftView, who: str, names: Mapping[str, str]) -> ChangeLine:
    """An answer to a question that the form, mended since, does not ask any more: in the words it was asked in."""
    asked = asked_before(draft.report.round.form_version, row.key)
    label, part, text = row.key, "", str(row.value or "")
    if asked is not None:
        label, part = local(asked[0].name, language()), _row_name(*asked)
        text = found.in_words(asked[0], row.value, names)
    return ChangeLine(row.pk, label, part, text, who, row.saved_at, False, "", 0, False, asked=False)


def _row_name(question: QuestionSpec, row: str) -> str:
    entry = question.row(row) if row else None
    return local(entry.text, language()) if entry else ""
