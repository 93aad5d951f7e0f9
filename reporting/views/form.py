"""The form of a report: its sections, and the saving of each field as it is left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.errors import bad_request
from reporting.checks import WARNING
from reporting.form_spec import QuestionSpec, SectionSpec, local
from reporting.forms import Drawing, SectionForm, control_value, sent_elsewhere
from reporting.querysets import messages_of
from reporting.question_views import Clash, dom_id
from reporting.services import drafts
from reporting.services.draft_view import DraftView, FieldView, register_choices
from reporting.services.drafts import DraftConflict, UnknownField
from reporting.services.findings import draft_findings, findings_now
from reporting.services.form_follow import asked_before, specs_before
from reporting.services.origins import answers_of_parts
from reporting.services.register_facts import with_registers
from reporting.services.sections import colleagues_of
from reporting.views import found, shown, unsent
from reporting.views.base import EditView
from reporting.views.shown import SUMMARY, field_url, language


class ReportFormStart(EditView):
    """Into the form: the first section that is not done."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if (locked := self.locked()) is not None:
            return locked
        steps = zip(self.draft.spec.sections, self.draft.progress, strict=True)
        first = next((section.key for section, progress in steps if not progress.is_done), None)
        return redirect("report_section", pk, first) if first else redirect("report_summary", pk)


class ReportSection(EditView):
    """One section: shown, and saved whole by its buttons. Each field alone is saved by ``ReportSave``."""

    def get_queryset(self) -> Any:
        return with_registers(super().get_queryset())

    def get(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        spec = self.section_spec(section)
        if (locked := self.locked()) is not None:
            return locked
        if (data := unsent.take(request, pk)) is not None:
            return self.save(spec, data)
        return self.page(spec) if self.has_section(spec) else redirect("report_form", pk)

    def post(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        return self.save(self.section_spec(section), request.POST)

    def section_spec(self, key: str) -> SectionSpec:
        """The section of the address, without questions where a mended form has it no more; 404 when it never had."""
        try:
            return self.draft.spec.section(key)
        except KeyError:
            for spec in specs_before(self.report.round.form_version):
                if any(one.key == key for one in spec.sections):
                    return replace(spec.section(key), questions=())
            raise Http404 from None

    def has_section(self, section: SectionSpec) -> bool:
        return any(one.key == section.key for one in self.draft.spec.sections)

    def save(self, section: SectionSpec, data: Any) -> HttpResponse:
        """Save all that was sent, and go where the button says; back to the section while two answers clash."""
        sent, clashes = [*self._sent(section, data), *self._sent_of_others(section, data)], []
        items, saved = sent, []
        while items:
            try:
                saved = drafts.draft_save_many(report=self.report, items=items, **self.who)
                break
            except DraftConflict as clash:  # all others are stored; go on with the rest, to meet each clash
                clashes.append(clash)
                items = [item for item in items if item[0] != clash.key]
        self.comments_keep(data)
        self._tell_not_asked(saved)
        self.__dict__.pop("draft", None)
        if clashes and self.has_section(section):
            typed = {key: raw for key, raw, _rev in sent if key in {clash.key for clash in clashes}}
            return self.page(section, clashes=clashes, typed=typed, status=409)
        return redirect(self._next(section, data.get("next", ""), data.get("use_last", "")))

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "now": self.now, "request_id": self.request.request_id}

    def _sent(self, section: SectionSpec, data: Any) -> Any:
        """The fields of the page; in a clash, the chosen value over the one that stood there."""
        back = data.get("use_last", "")
        for key, raw, rev in SectionForm(section, self.drawing(), data).sent():
            if data.get(f"choice:{key}") == "theirs":
                continue
            yield key, self._last_value(key) if key == back else raw, rev

    def _sent_of_others(self, section: SectionSpec, data: Any) -> Any:
        """What was typed on a page from before the form was mended, at questions that now stand in another section or
        are asked no more: it is not lost."""
        here = {key for question in section.questions for key in question.field_keys()}
        return sent_elsewhere(self._asked, here, data)

    def _asked(self, key: str) -> tuple[QuestionSpec, str] | None:
        """The question of a field, also of one that is asked no more; None for what was never asked."""
        if key in self.draft.fields:
            return self.draft.spec.field(key)
        return asked_before(self.report.round.form_version, key)

    def _tell_not_asked(self, saved: Sequence[drafts.Saved]) -> None:
        """Say at which questions something was typed that is kept, though they are asked no more."""
        gone = [one.key for one in saved if one.code == drafts.NOT_ASKED and (one.raw or one.value is not None)]
        if gone:
            asked = [asked_before(self.report.round.form_version, key) for key in gone]
            names = dict.fromkeys(local(one[0].name, language()) for one in asked if one is not None)
            words = _("No longer asked: %(questions)s. What you wrote is kept under “Who changed what”.")
            messages.warning(self.request, words % {"questions": "; ".join(names)})

    def _last_value(self, key: str) -> Any:
        entry = self.draft.fields[key]
        return entry.last

    def _next(self, section: SectionSpec, to: str, back: str) -> str:
        here = reverse("report_section", args=[self.report.pk, section.key])
        if back:
            return f"{here}#sp-{dom_id(back)}"
        if not self.has_section(section):
            return reverse("report_form", args=[self.report.pk])
        if to == section.key or not to:
            return here
        drafts.section_confirm(report=self.report, section=section.key, **self.who)
        if to == SUMMARY or to not in {entry.key for entry in self.draft.spec.sections}:
            return reverse("report_summary", args=[self.report.pk])
        return reverse("report_section", args=[self.report.pk, to])

    def drawing(self, **more: Any) -> Drawing:
        """What the questions are drawn from."""
        return Drawing(self.draft, language(), mark=self.mark, **more)

    def mark(self, entry: FieldView) -> str:
        """Who changed an answer, and when."""
        return shown.changed_by(entry.by, entry.at, self.now)

    def page(
        self,
        section: SectionSpec,
        *,
        clashes: Sequence[DraftConflict] = (),
        typed: Mapping[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The section as it stands."""
        checked = "kontroll" in self.request.GET
        findings = findings_now(self.report, self.draft.last, self.today)
        at_once = [finding for finding in findings if checked or finding.level == WARNING]
        drawing = self.drawing(
            registers=self._registers(section),
            comments=self.notes if self.return_note else {},
            findings=found.by_place(at_once, self.draft),
            conflicts={clash.key: clash_view(self.draft, clash, self.now, without_script=True) for clash in clashes},
            typed=typed or {},
            parts=answers_of_parts(self.report),
            **self._talk(),
        )
        context = self.form_context(section.key)
        links = context["sections"]
        place = next(index for index, link in enumerate(links) if link.current)
        context |= {
            "hand": self.hands.get(section.key),
            "colleagues": self._colleagues(),
            "section": links[place],
            "previous": links[place - 1] if place else None,
            "next": links[place + 1],
            "from_registers": self._from_registers(section),
            "form": SectionForm(section, drawing),
            "problems": found.problems(self.draft, findings, section=section) if checked else None,
        }
        return self.render("reporting/form/section.html", context, status=status)

    def _talk(self) -> dict[str, Any]:
        """What is written at the questions, for those of the municipality; the statsforvalter has it in the review."""
        if not self.own_report:
            return {}
        rows = messages_of(self.report, self.request.user, today=self.today)
        return {"talk": rows, "talk_url": reverse("report_detail", args=[self.report.pk])}

    def _colleagues(self) -> list[Any]:
        """Those to whom the part can be handed: the others of the municipality, and nobody for one outside it."""
        if not self.own_report:
            return []
        return [user for user in colleagues_of(self.report, today=self.today) if user.pk != self.request.user.pk]

    def _from_registers(self, section: SectionSpec) -> bool:
        keys = [key for question in section.questions for key in question.field_keys()]
        sources = [self.draft.fields[key].source for key in keys]
        return any(source and source["kind"] != "last" for source in sources)

    def _registers(self, section: SectionSpec) -> dict[str, str]:
        questions = [question for question in section.questions if question.kind == "register"]
        return {
            str(pk): name for question in questions for pk, name in register_choices(question, self.report, self.today)
        }


class ReportSave(EditView):
    """One field, or one explanation of a warning, saved as the person leaves it. Speaks JSON only."""

    def after_login(self) -> str:
        return reverse("report_form", args=[self.kwargs["pk"]])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        sent = read_json(request)
        key, rev = sent.get("key"), sent.get("rev")
        if not isinstance(key, str) or not says_what_it_saw(key, sent):
            return bad_request(request)
        try:
            body = self._comment(key, sent) if key.startswith("comment:") else self._field(key, sent, rev)
        except DraftConflict as clash:
            return JsonResponse(self._clash(key, clash), status=409)
        except UnknownField:
            return bad_request(request)
        steps = self.draft.progress
        body |= {
            "version": self.report.draft_version,
            "status": shown.saved_at(self.report.draft_saved_at or self.now, self.now),
            "warnings": self._warnings(key),
            "sections": [
                {"key": progress.key, "text": shown.progress_text(progress), "state": shown.progress_state(progress)}
                for progress in steps
            ],
            "overall": {"done": shown.overall(steps).done, "total": shown.overall(steps).total,
                        "text": shown.overall(steps).text},
        }  # fmt: skip
        return JsonResponse(body)

    def _field(self, key: str, sent: Mapping[str, Any], rev: int) -> dict[str, Any]:
        saved = drafts.draft_save(
            report=self.report, key=key, raw=sent.get("value"), base_rev=rev, actor=self.request.user, now=self.now,
            request_id=self.request.request_id,
        )  # fmt: skip
        body: dict[str, Any] = {"key": key, "value": saved.value, "rev": saved.rev, "error": saved.error or ""}
        if saved.code == drafts.NOT_ASKED:
            return body
        if not saved.error:
            question, row = self.draft.spec.field(key)
            body["text"] = saved.value or "" if row else control_value(question, saved.value)
        stands = self.draft.fields[key]
        body["by"] = shown.changed_by(stands.by, stands.at, self.now)
        return body

    def _warnings(self, key: str) -> dict[str, str]:
        """The warnings of the section that the field stands in, drawn, by their place; empty for an explanation,
        and for a question that is asked no more."""
        if key not in self.draft.fields:
            return {}
        findings = draft_findings(self.report, self.draft.last, self.today)
        section = self.draft.spec.field(key)[0].section
        asked = [
            finding
            for finding in findings
            if finding.level == WARNING and self.draft.spec.question(finding.question).section == section
        ]
        return {
            place: render_to_string("reporting/form/_findings.html", {"findings": views}).strip()
            for place, views in found.by_place(asked, self.draft).items()
        }

    def _comment(self, key: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        error, text = "", sent.get("value")
        try:
            text = drafts.comment_save(
                report=self.report, finding=key.partition(":")[2], text=text, actor=self.request.user, now=self.now,
                base=sent["base"],
            )  # fmt: skip
        except UnknownField:
            raise
        except ValueError as refused:
            error = str(refused)
        return {"key": key, "value": text, "rev": 0, "error": error, "text": text}

    def _clash(self, key: str, clash: DraftConflict) -> dict[str, Any]:
        self.__dict__.pop("draft", None)
        body: dict[str, Any] = {"code": "conflict", "key": key, "rev": clash.rev, "error": ""}
        if key.startswith("comment:"):
            view = found.comment_clash(key, clash, self.now)
            body |= {"theirs": clash.theirs, "url": reverse("report_summary", args=[self.report.pk])}
        else:
            view = clash_view(self.draft, clash, self.now)
            entry = self.draft.fields[key]
            body["theirs"] = entry.raw if entry.error else control_value(entry.question, entry.value)
            if entry.row:
                body["theirs"] = entry.value or ""
            body |= {"error": entry.error, "url": field_url(self.report, self.draft.spec, key)}
        body["link"] = _("Go to the answer")
        body["html"] = render_to_string("reporting/form/_conflict.html", {"conflict": view})
        return body


def says_what_it_saw(key: str, sent: Mapping[str, Any]) -> bool:
    """Whether a save carries the revision, or the text of an explanation, that its page showed. Without it nobody
    could tell whether it overwrites what somebody else has written."""
    if key.startswith("comment:"):
        return isinstance(sent.get("base"), str)
    return type(sent.get("rev")) is int


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; empty when it is none."""
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def clash_view(draft: DraftView, clash: DraftConflict, now: Any, *, without_script: bool = False) -> Clash:
    """Two values for one field, in words."""
    question, row = draft.spec.field(clash.key)
    names = {str(pk): name for pk, name in register_choices(question, draft.report, now.date())}
    return Clash(
        key=clash.key,
        dom=dom_id(clash.key),
        label=_label(question, row),
        mine=found.in_words(question, clash.mine, names),
        theirs=found.in_words(question, clash.theirs, names),
        their_name=clash.their_name or _("Somebody else"),
        their_at=shown.short_moment(clash.their_at, now),
        without_script=without_script,
    )


def _label(question: QuestionSpec, row: str) -> str:
    entry = question.row(row) if row else None
    return local(entry.text if entry else question.text, language())
