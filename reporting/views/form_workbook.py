"""The form as a workbook: downloaded, sent in, its differences looked at, and used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.errors import wants_json
from municipalities.render_table import XLSX
from municipalities.services import unit_names
from networks.forms import UploadForm
from networks.workbook.read_workbook import FILE_SIZE, WorkbookRefused
from reporting.checks import ERROR
from reporting.form_spec import QuestionSpec, local
from reporting.form_workbook.compare import Comparison, Difference
from reporting.form_workbook.explained import Explained
from reporting.services import form_workbook
from reporting.services.form_workbook import Preview, PreviewGone
from reporting.views import found, shown
from reporting.views.base import EditView, login_and_back, unit_name_on
from reporting.views.shown import language


@dataclass(frozen=True)
class ShownDifference:
    """A difference in words. ``dom`` is an id for its choice."""

    key: str
    name: str
    before: str
    after: str
    cell: str
    dom: str
    their_name: str = ""
    their_at: str = ""


@dataclass(frozen=True)
class ShownFault:
    """A fault in words: where, which question, and what is wrong."""

    place: str
    name: str
    sentence: str


class Workbooked(EditView):
    """What the pages of the workbook share."""

    abstract = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated and not wants_json(request):
            return login_and_back(reverse("report_workbook_upload", args=[kwargs["pk"]]))  # a file cannot be kept
        return super().dispatch(request, *args, **kwargs)

    def page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        """Where the workbook is downloaded and sent in."""
        context = {**self.common(), "form": form, "unit_name": unit_name_on(self.report)}
        return self.render("reporting/form/workbook.html", context, status)


class ReportWorkbook(Workbooked):
    """The form of one report as a workbook, filled in as the draft stands."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.report
        if (locked := self.locked()) is not None:
            return locked
        self.read_on_behalf()
        body = form_workbook.form_workbook_make(
            report=report, actor=request.user, now=self.now, language=language()  # type: ignore[arg-type]
        )  # fmt: skip
        response = HttpResponse(body, content_type=XLSX)
        names = unit_names([report.municipality_id], report.round.reference_date)
        number = names[report.municipality_id].number if report.municipality_id in names else str(report.pk)
        name = f"rapport-{number}-{report.round.reference_date.isoformat()}.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response


class ReportWorkbookUpload(Workbooked):
    """Where a workbook is sent in, and what it would change."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if (locked := self.locked()) is not None:
            return locked
        return self.page(UploadForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if (locked := self.locked()) is not None:
            return locked
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            sent = form.cleaned_data["file"]
            try:
                if sent.size > FILE_SIZE:
                    raise WorkbookRefused(
                        _("The file is larger than 5 MB. Remove pictures and empty rows, and save it anew.")
                    )
                preview = form_workbook.form_workbook_preview(
                    report=self.report, data=sent.read(FILE_SIZE + 1), actor=request.user, now=self.now  # type: ignore[arg-type]
                )  # fmt: skip
            except WorkbookRefused as refused:
                form.add_error("file", str(refused))
            else:
                return self._preview(preview)
        return self.page(form, 422)

    def _preview(self, preview: Preview) -> HttpResponse:
        result = preview.comparison
        names = self._networks(preview)
        context = {
            **self.common(),
            "unit_name": unit_name_on(self.report),
            "accept": preview.accept,
            "same": result.same,
            "changes": [self._shown(entry, names) for entry in result.changes],
            "conflicts": [self._shown(entry, names) for entry in result.conflicts]
            + [self._explained(entry) for entry in preview.explained if entry.conflict],
            "explained": [self._explained(entry) for entry in preview.explained if not entry.conflict],
            "faults": self._faults(preview, result),
            "errors": [finding.message for finding in preview.findings if finding.level == ERROR],
            "warnings": [finding.message for finding in preview.unexplained],
        }
        return self.render("reporting/form/workbook_preview.html", context)

    def _networks(self, preview: Preview) -> Mapping[str, str]:
        """The names of the networks in answers before and after."""
        spec, entries = preview.draft.spec, preview.comparison.differences
        chosen = [entry for entry in entries if entry.question.kind == "register"]
        return shown.network_names(
            spec, {entry.question.code: entry.before for entry in chosen if isinstance(entry.before, list)},
            {entry.question.code: entry.after for entry in chosen if entry.after},
        )  # fmt: skip

    def _shown(self, entry: Difference, names: Mapping[str, str]) -> ShownDifference:
        return ShownDifference(
            key=entry.key,
            name=_named(entry.question, entry.row),
            before=found.in_words(entry.question, entry.before, names),
            after=found.in_words(entry.question, entry.after, names),
            cell=entry.cell,
            dom=_dom(entry.key),
            their_name=entry.by or _("Somebody else"),
            their_at=shown.short_moment(entry.at, self.now),
        )

    def _explained(self, entry: Explained) -> ShownDifference:
        nothing = _("Not answered")
        return ShownDifference(
            key=f"{form_workbook.EXPLAINS}{entry.key}",
            name=_("Explanation: %(question)s") % {"question": _named(entry.question, entry.row)},
            before=entry.before or nothing,
            after=entry.after or nothing,
            cell=entry.cell,
            dom="f-" + _dom(entry.key),
            their_name=self.report.draft_saved_by or _("Somebody else"),
            their_at=shown.short_moment(str(self.report.draft_saved_at or ""), self.now),
        )

    def _faults(self, preview: Preview, result: Comparison) -> list[ShownFault]:
        made = []
        for fault in result.faults:
            name = _named(*preview.draft.spec.field(fault.key)) if fault.key else ""
            made.append(ShownFault(f"{fault.sheet}, {fault.cell}", name, fault.sentence))
        return made


class ReportWorkbookUse(Workbooked):
    """Save what was shown, and go on to where all is looked over and sent in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("report_workbook_upload", self.report.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if (locked := self.locked()) is not None:
            return locked
        mine = {name.partition(":")[2] for name, choice in request.POST.items()
                if name.startswith("choice:") and choice == "mine"}  # fmt: skip
        try:
            used = form_workbook.form_workbook_use(
                report=self.report, accept=request.POST.get("accept", ""), mine=mine,
                actor=request.user, now=self.now, request_id=request.request_id,  # type: ignore[arg-type, attr-defined]
            )  # fmt: skip
        except PreviewGone as gone:
            form = UploadForm(request.POST, request.FILES)
            form.add_error("file", str(gone))
            return self.page(form, 422)
        if used.conflicts:
            count = len(used.conflicts)
            text = ngettext(
                "Somebody changed %(count)s of the answers while you looked. It stands as she wrote it.",
                "Somebody changed %(count)s of the answers while you looked. They stand as she wrote them.",
                count,
            )
            messages.warning(request, text % {"count": count})
        if used.saved or not used.explained:
            text = ngettext(
                "%(count)s answer from the workbook is saved.", "%(count)s answers from the workbook are saved.",
                used.saved,
            )  # fmt: skip
            messages.success(request, text % {"count": used.saved})
        if used.explained:
            text = ngettext(
                "%(count)s explanation from the workbook is saved.",
                "%(count)s explanations from the workbook are saved.",
                used.explained,
            )
            messages.success(request, text % {"count": used.explained})
        return redirect("report_summary", self.report.pk)


def _dom(key: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in key)


def _named(question: QuestionSpec, row: str) -> str:
    """A question's short name, with the row of a matrix."""
    name = local(question.name, language())
    part = question.row(row) if row else None
    return f"{name}: {local(part.text, language())}" if part else name
