"""The workbook of a region: out, in, its preview, and its acceptance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from municipalities.models import Office
from municipalities.render_table import FORMATS, XLSX, ListTable, table_response
from networks.days import said
from networks.forms import UploadForm
from networks.models import WorkbookUpload
from networks.services import workbook
from networks.views.networks import Networked
from networks.workbook.layout import BY_KEY, labels
from networks.workbook.plan import Change, Plan
from networks.workbook.read_workbook import FILE_SIZE, WorkbookRefused

SHOWN = 200
"""Changes, and faults, that the page shows; the file has all of them."""
LATEST = 10


@dataclass(frozen=True)
class ShownChange:
    """A change in words: what it is about, and each field as (label, old, new)."""

    change: Change
    sheet: str
    fields: tuple[tuple[str, str, str], ...]


class Workbooked(Networked):
    """What the pages of the workbook share."""

    abstract = True
    right = "network.edit"

    @cached_property
    def office(self) -> Office | None:
        """The region: one's own, or the one that the address asks for where one keeps several."""
        rows = {office.key: office for office in self.rows(Office) if office.pk in self.own_offices}
        asked = rows.get(self.request.GET.get("embete", ""))
        own = [office for office in rows.values() if office.pk in self.scope.office_ids]
        return asked or (own[0] if own else None)


class WorkbookPage(Workbooked):
    """Where the workbook is downloaded and sent in."""

    right = "network.edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        office = self.office
        if office is None:  # who keeps all regions chooses one first
            form.add_error(None, _("Choose the region whose workbook you send in."))
        if form.is_valid() and office is not None:
            sent = form.cleaned_data["file"]
            try:
                if sent.size > FILE_SIZE:
                    raise WorkbookRefused(
                        _("The file is larger than 5 MB. Remove pictures and empty rows, and save it anew.")
                    )
                upload = workbook.workbook_upload(
                    office=office, file_name=sent.name, data=sent.read(FILE_SIZE + 1), actor=request.user, now=self.now
                )
            except WorkbookRefused as refused:
                form.add_error("file", str(refused))
            else:
                return redirect("workbook_preview", upload.pk)
        return self._page(form, 422)

    def _page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        rows = self.rows(WorkbookUpload).filter(office=self.office) if self.office else self.rows(WorkbookUpload).none()
        own = {office.pk: office.key for office in self.rows(Office) if office.pk in self.own_offices}
        here = self.office.pk if self.office else None
        context = {
            "form": form,
            "office": self.office,
            "office_name": self.office_labels.get(self.office.pk, "") if self.office else "",
            "offices": [(key, self.office_labels[pk], pk == here) for pk, key in own.items()],
            "latest": rows.select_related("uploaded_by").defer("rows")[:LATEST],
        }
        return self.render("networks/workbook_page.html", context, status)


class WorkbookFile(Workbooked):
    """The workbook of a region as it is now."""

    right = "network.edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.office is None:
            return redirect("workbook_page")  # who keeps all regions chooses one there
        body = workbook.workbook_make(self.office, today=self.today, language=get_language() or "nb")
        response = HttpResponse(body, content_type=XLSX)
        name = f"nettverk-{self.office.key}-{self.today.isoformat()}.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["Cache-Control"] = "private, no-store"
        return response


class WorkbookPreview(Networked):
    """Every change and every fault of a workbook, against the registers as they are now; and its acceptance."""

    right = "network.edit"
    model = WorkbookUpload

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("office", "uploaded_by")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = self.get_object()
        if upload.status != WorkbookUpload.Status.PREVIEWED:
            return self._page(upload, None)
        plan = workbook.workbook_plan(upload, today=self.today)
        if request.GET.get("format") in FORMATS:
            return table_response(self._table(upload, plan), request.GET["format"], f"arbeidsbok-{upload.pk}")
        return self._page(upload, plan)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = self.get_object()
        try:
            plan = workbook.workbook_apply(
                upload=upload, seen=request.POST.get("seen", ""), leave_out=request.POST.get("leave_out") == "1",
                actor=request.user, now=self.now,
            )  # fmt: skip
        except ValidationError as error:
            upload = self.get_object()
            plan = workbook.workbook_plan(upload, today=self.today)
            return self._page(upload, plan, faults=error.messages, status=409)
        count = len(plan.changes)
        text = ngettext("%(count)s change is saved.", "%(count)s changes are saved.", count) % {"count": count}
        messages.success(request, text)
        return redirect("network_list")

    def _page(
        self, upload: WorkbookUpload, plan: Plan | None, faults: list[str] | None = None, status: int = 200
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "object": upload, "plan": plan, "refused": [{"text": text} for text in faults or ()],
            "office_name": self.office_labels.get(upload.office_id, ""),
        }  # fmt: skip
        if plan is not None:
            context |= {
                "changes": [self._shown(change) for change in plan.changes[:SHOWN]],
                "more": max(0, len(plan.changes) - SHOWN),
                "faults": plan.faults[:SHOWN],
                "more_faults": max(0, len(plan.faults) - SHOWN),
                "counts": _counts(plan),
                "absent": [(_(BY_KEY[key].title), count) for key, count in plan.absent.items() if count],
                "unchanged": sum(plan.unchanged.values()),
            }
        return self.render("networks/workbook_preview.html", context, status)

    def _shown(self, change: Change) -> ShownChange:
        heads = {column.key: _(column.head) for column in BY_KEY[change.sheet].columns}
        pairs = {name: _moved(old, new) for name, (old, new) in change.fields.items()}
        fields = tuple(
            (heads[name], self._words(name, old), self._words(name, new)) for name, (old, new) in pairs.items()
        )
        return ShownChange(change, _(BY_KEY[change.sheet].title), fields)

    def _words(self, name: str, value: Any) -> str:
        if value in (None, "", (), frozenset()):
            return ""
        if isinstance(value, dt.date):
            return said(value)
        if isinstance(value, frozenset):
            units = (self.book.near(unit, self.today) for unit in value)
            return ", ".join(sorted(unit.full_name for unit in units if unit is not None))
        words: Mapping[str, str] = labels(name) if name in ("kind", "status", "organisers") else {}
        if isinstance(value, tuple):
            return ", ".join(words.get(one, one) for one in value)
        return str(capfirst(words.get(value, value)))

    def _table(self, upload: WorkbookUpload, plan: Plan) -> ListTable:
        """All changes and faults as a list."""
        actions = {"new": _("New"), "changed": _("Changed"), "ended": _("Ends")}
        rows: list[list[Any]] = []
        for fault in plan.faults:
            rows.append([_("Fault"), fault.sheet_name, fault.cell or (fault.row or None), "", fault.sentence, "", ""])
        for change in plan.changes:
            shown = self._shown(change)
            for label, old, new in shown.fields:
                rows.append([actions[change.action], shown.sheet, change.row or None, change.label, label, old, new])
        heads = [_("What"), _("Sheet"), _("Row"), _("About"), _("Column"), _("From"), _("To")]
        return ListTable(_("Changes and faults"), heads, rows, [(_("File"), upload.file_name)])


class WorkbookDiscard(Networked):
    """Throw a workbook away; nothing in the registers changes."""

    right = "network.edit"
    model = WorkbookUpload

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        workbook.workbook_discard(upload=self.get_object(), actor=request.user, now=self.now)
        messages.success(request, _("The workbook is thrown away. Nothing was changed."))
        return redirect("workbook_page")


def _moved(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two sets only what went and what came; other values as they are."""
    return (old - new, new - old) if isinstance(old, frozenset) and isinstance(new, frozenset) else (old, new)


def _counts(plan: Plan) -> list[tuple[str, str, int]]:
    """How many are new, changed and ended: tag, word, count."""
    words = {"new": (_("New"), "success"), "changed": (_("Changed"), "warning"), "ended": (_("Ends"), "neutral")}
    found = []
    for action, (word, color) in words.items():
        count = sum(change.action == action for change in plan.changes)
        found.append((word, color, count))
    return found
