"""Lists of applications from Excel: the empty list, sending one in, its preview, and taking it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from grants.application_plan import Change, Plan, Register
from grants.application_sheet import AMOUNTS, head_of
from grants.models import ApplicationList, GrantApplication
from grants.services import applications
from grants.views.schemes import OfYear
from municipalities.render_table import XLSX
from municipalities.templatetags.portal import number
from municipalities.views import ScopedPage
from networks.forms import UploadForm
from networks.workbook.read_workbook import FILE_SIZE, WorkbookRefused

SHOWN = 200
LATEST = 10


@dataclass(frozen=True)
class ShownChange:
    """A change in words: what it is about, and each field as (label, old, new)."""

    change: Change
    label: str
    scheme: str
    fields: tuple[tuple[str, str, str], ...]


class ApplicationLists(OfYear):
    """Where the list is downloaded and sent in."""

    right = "application.import"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(UploadForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            sent = form.cleaned_data["file"]
            try:
                if sent.size > FILE_SIZE:
                    raise WorkbookRefused(
                        _("The file is larger than 5 MB. Remove pictures and empty rows, and save it anew.")
                    )
                held = applications.list_read(
                    year=self.year, file_name=sent.name, data=sent.read(FILE_SIZE + 1), actor=request.user,
                    now=self.now,
                )  # fmt: skip
            except WorkbookRefused as refused:
                form.add_error("file", str(refused))
            else:
                return redirect("application_preview", held.pk)
        return self.page(form, 422)

    def page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        latest = self.rows(ApplicationList).filter(year=self.year).defer("plan")[:LATEST]
        day = applications.list_day(self.year, self.today)
        context = {"form": form, "year": self.year, "latest": latest, "day": day}
        return self.render("grants/application_lists.html", context, status)


class ApplicationTemplate(OfYear):
    """The list of a year as a workbook, with what is known."""

    right = "application.import"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        body = applications.template_make(self.year, today=self.today, language=get_language() or "nb")
        response = HttpResponse(body, content_type=XLSX)
        name = f"soknader-{self.year}-mal.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["Cache-Control"] = "private, no-store"
        return response


class OfList(ScopedPage):
    """A page about one list that was read."""

    abstract = True
    model = ApplicationList

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("To the grants"), reverse("grants_home"))]


class ApplicationPreview(OfList):
    """Every change and every fault of a list, against what is known now; and taking it in."""

    right = "application.import"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.get_object())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        held = self.get_object()
        try:
            plan = applications.list_take_in(
                held=held, seen=request.POST.get("seen", "")[:64], sure=request.POST.get("sure") == "1",
                actor=request.user, now=self.now,
            )  # fmt: skip
        except ValidationError as refused:
            return self.page(self.get_object(), refused.messages, 409)
        count = len(plan.changes)
        text = ngettext("%(count)s application is saved.", "%(count)s applications are saved.", count)
        messages.success(request, text % {"count": count})
        return redirect("application_list", held.year)

    def page(self, held: ApplicationList, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {
            "object": held, "year": held.year, "plan": None, "refused": [{"text": text} for text in refused or ()],
        }  # fmt: skip
        if held.status == ApplicationList.Status.READ:
            plan, register = applications.list_plan(held, today=self.today)
            context |= {
                "plan": plan,
                "changes": [self._shown(change, register) for change in plan.changes[:SHOWN]],
                "more": max(0, len(plan.changes) - SHOWN),
                "faults": plan.faults[:SHOWN],
                "more_faults": max(0, len(plan.faults) - SHOWN),
                "counts": _counts(plan),
                "day": register.day,
            }
        return self.render("grants/application_preview.html", context, status)

    def _shown(self, change: Change, register: Register) -> ShownChange:
        unit = register.units[change.unit]
        nynorsk = (get_language() or "nb").startswith("nn")
        scheme = next(row for row in register.schemes if row.id == change.scheme)
        fields = tuple(
            (_(head_of(name)), _words(name, old), _words(name, new))
            for name, (old, new) in change.fields.items()
            if change.before or new not in (None, "", False)
        )
        name = scheme.name_nn if nynorsk else scheme.name_nb
        return ShownChange(change, f"{unit.number} {unit.name}", name, fields)


class ApplicationDiscard(OfList):
    """Throw a list away; nothing changes."""

    right = "application.import"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        held = self.get_object()
        applications.list_discard(held=held, actor=request.user, now=self.now)
        messages.success(request, _("The list is thrown away. Nothing was changed."))
        return redirect("application_lists", held.year)


def _words(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if name in AMOUNTS:
        return number(value)
    return str(capfirst(GrantApplication.Status(value).label)) if name == "status" else str(value)


def _counts(plan: Plan) -> list[tuple[str, str, int]]:
    """How many are new and changed: word, colour, count."""
    words = {"new": (_("New"), "success"), "changed": (_("Changed"), "warning")}
    return [
        (word, color, sum(change.action == action for change in plan.changes))
        for action, (word, color) in words.items()
    ]
