"""Writing support: a new line, a change, and taking one away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.templatetags.portal import day as day_words
from municipalities.transitions import WrongState
from municipalities.views import ScopedPage
from networks.days import read_day, typed
from networks.forms_support import NOT_STARTED, SOME, SupportForm
from networks.models import SupportActivity
from networks.services import support
from networks.support_shown import shown_rows
from networks.views.support import Supported


class Writing(Supported):
    """What a new line and a change share: the form and the page around it."""

    abstract = True

    def form(self, *args: Any, **kwargs: Any) -> SupportForm:
        """The form for the offices that the reader may write for."""
        offices = list(support.support_offices(self.request.user, today=self.today))
        labels = self.office_labels
        return SupportForm(*args, offices=offices, office_labels=labels, book=self.book, today=self.today, **kwargs)


class SupportNew(Writing):
    """One line for one or forty municipalities; when it is saved, the page is ready for the next of the same day."""

    right = "support.edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.form(initial=self._initial())
        return self._page(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                given = support.support_give(
                    form.support(), actor=request.user, now=self.now, request_id=request.request_id, book=self.book
                )
            except support.SupportInvalid as invalid:
                form.refuse(invalid.faults)
            else:
                self._tell(given)
                return redirect(self._next(given.activity))
        return self._page(form, status=422)

    def _tell(self, given: support.Given) -> None:
        activity = given.activity
        values = {
            "what": capfirst(activity.get_kind_display()),
            "day": day_words(activity.on),
            "units": shown_rows([activity], self.scope, self.book)[0].received,
            "who": activity.registered_by_name or _("a report"),
        }
        if given.made:
            messages.success(self.request, _("Saved: %(what)s, %(day)s, %(units)s.") % values)
        else:
            text = _("This was registered already by %(who)s: %(what)s, %(day)s, %(units)s. Nothing was doubled.")
            messages.info(self.request, text % values)

    def _next(self, activity: SupportActivity) -> str:
        kept = {"dato": activity.on.isoformat(), "hvem": activity.provider, "neste": "1"}
        if len(support.support_offices(self.request.user, today=self.today)) > 1:
            kept["embete"] = activity.office.key
        return f"{reverse('support_new')}?{urlencode(kept)}"

    def _initial(self) -> dict[str, Any]:
        get = self.request.GET.get
        provider = get("hvem", "")
        initial: dict[str, Any] = {
            "on": read_day(get("dato", "")) or self.today,
            "provider": provider or support.own_provider(self.request.user, today=self.today),
            "kind": get("type", ""),
            "office": get("embete", "")[:60],
            "to": NOT_STARTED
            if get("type", "") == SupportActivity.Kind.INVITATION and not get("kommune", "")
            else SOME,
        }
        initial["on"] = typed(initial["on"])
        asked = get("kommune", "").strip()[:200]
        if asked:
            rows = self.book.find(asked, self.today)
            initial["units_text"] = rows[0].numbered if len(rows) == 1 else asked
            if len(rows) == 1:
                keys = {
                    office.pk: office.key for office in support.support_offices(self.request.user, today=self.today)
                }
                initial["office"] = initial["office"] or keys.get(rows[0].office_id, "")
        return initial

    def _page(self, form: SupportForm, status: int = 200) -> HttpResponse:
        rows = self.rows(SupportActivity).filter(office__in=form.offices.values()).select_related("office")
        latest = list(rows.filter(registered_at__isnull=False).order_by("-pk")[:5])
        following = self.request.GET.get("neste") == "1" and not form.is_bound
        if following:
            form.fields["kind"].widget.attrs["autofocus"] = True  # the date stands; the next line begins here
        context = {
            "form": form,
            "latest": shown_rows(latest, self.scope, self.book, only_few=True),
        }
        return self.render("networks/support_form.html", context, status=status)


class SupportEdit(Writing):
    """Put a row right."""

    right = "support.edit"
    model = SupportActivity

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("office")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = self.get_object()
        units = "" if activity.whole_region else self._units_text(activity)
        initial = {
            "on": typed(activity.on),
            "kind": activity.kind,
            "provider": activity.provider,
            "office": activity.office.key,
            "to": "region" if activity.whole_region else SOME,
            "units_text": units,
            "title": activity.title,
            "note": activity.note,
            "solutions": [solution.code for solution in activity.solutions.all()],
            "seen": support.support_state(activity),
        }
        form = self.form(initial=initial)
        form.fields["units_text"].widget.attrs["rows"] = min(12, max(3, units.count("\n") + 1))
        return self._page(activity, form)

    def _units_text(self, activity: SupportActivity) -> str:
        ids = activity.municipalities.values_list("pk", flat=True)
        rows = [row for pk in ids if (row := self.book.near(pk, activity.on)) is not None]
        rows.sort(key=lambda row: (row.is_district, row.sort_key, row.number))
        return "\n".join(row.numbered for row in rows)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = self.get_object()
        form = self.form(request.POST)
        if form.is_valid():
            try:
                changed = support.support_change(
                    activity, form.support(), actor=request.user, now=self.now, book=self.book,
                    seen=form.cleaned_data["seen"], request_id=request.request_id,
                )  # fmt: skip
            except support.SupportInvalid as invalid:
                form.refuse(invalid.faults)
            except WrongState as refused:
                if not self.rows(SupportActivity).filter(pk=activity.pk).exists():
                    raise
                form.add_error(None, f"{refused.message} {_('What you wrote is kept. Save again to replace theirs.')}")
                form.data = form.data.copy()
                form.data["seen"] = str(support.support_state(activity))
            else:
                messages.success(request, _("The change is saved.") if changed else _("Nothing was changed."))
                return redirect("support_detail", pk=activity.pk)
        return self._page(activity, form, status=422)

    def _page(self, activity: SupportActivity, form: SupportForm, status: int = 200) -> HttpResponse:
        return self.render("networks/support_form.html", {"form": form, "object": activity}, status=status)


class SupportRemove(ScopedPage, Supported):
    """Ask once more, then take the row away."""

    right = "support.edit"
    model = SupportActivity
    template_name = "networks/support_remove.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("office")

    def get_context(self) -> dict[str, Any]:
        row = shown_rows([self.object], self.scope)[0]
        return {"object": self.object, "row": row, "seen": support.support_state(self.object)}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = self.get_object()
        seen = request.POST.get("seen", "")
        support.support_remove(
            activity,
            actor=request.user,
            now=self.now,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 12 else None,
            reason=request.POST.get("reason", ""),
            request_id=request.request_id,
        )
        messages.success(request, _("The support is removed. What it said is kept in the log."))
        return redirect("support_list")

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("To the list of support"), reverse("support_list"))]
