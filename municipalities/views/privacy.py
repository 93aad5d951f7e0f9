"""The page about privacy, and what is stored about oneself: to see, to take along, and to put right."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from municipalities.about_me_shown import shown
from municipalities.errors import method_not_allowed
from municipalities.forms import FILL_IN, EntryForm
from municipalities.personal import privacy_rows
from municipalities.render_table import ListTable, table_response
from municipalities.services.about_me import about_me, email_change_ask, flat, profile_correct
from municipalities.services.dated import EntryRefused
from municipalities.views import login_first


class ProfileForm(EntryForm):
    """What a person may change herself."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150, error_messages=FILL_IN)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150, error_messages=FILL_IN)
    phone = forms.CharField(label=gettext_lazy("Work telephone"), max_length=30, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[("nb", "Bokmål"), ("nn", "Nynorsk")])


class AddressForm(EntryForm):
    """The e-mail that she asks for."""

    email = forms.CharField(
        label=gettext_lazy("New work e-mail"), max_length=254, error_messages=FILL_IN,
        help_text=gettext_lazy("You log in by this address, so Helsedirektoratet changes it for you."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class Privacy(TemplateView):
    """What is kept, why, how long: made from ``municipalities/personal.py``. Open to all."""

    template_name = "pages/privacy.html"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=privacy_rows(), officer=settings.PORTAL_PRIVACY_CONTACT, **kwargs)


class Own(View):
    """A page about the one who is logged in, whatever her role: there is no other person in its address."""

    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return login_first(request)
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return method_not_allowed(request, [name.upper() for name in self.http_method_names if hasattr(self, name)])


class AboutMe(Own):
    """The page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        address = request.POST.get("hva") == "adresse"
        form: Any = AddressForm(request.POST) if address else ProfileForm(request.POST)
        if form.is_valid():
            person = {"user": self.request.user, "now": self.request.now, **form.cleaned_data}
            try:
                if address:
                    email_change_ask(**person)
                    messages.success(request, _("Helsedirektoratet has been asked to change the address."))
                elif profile_correct(**person):
                    messages.success(request, _("The information about you is corrected."))
                return redirect("about_me")
            except EntryRefused as refused:
                form.refused(refused)
        return self._page(422, **{"address" if address else "form": form})

    def _page(self, status: int = 200, **forms_: Any) -> HttpResponse:
        user = self.request.user
        stored = about_me(user=user, now=self.request.now)
        initial = {name: stored["profile"][name] for name in ("first_name", "last_name", "phone", "language")}
        context = {
            "stored": stored,
            "shown": shown(stored),
            "form": forms_.get("form") or ProfileForm(initial=initial),
            "address": forms_.get("address") or AddressForm(),
            "failed": next((form for form in forms_.values() if form.errors), None),
        }
        return render(self.request, "pages/about_me.html", context, status=status)


class AboutMeFile(Own):
    """All of it, as JSON or Excel."""

    def get(self, request: HttpRequest, style: str) -> HttpResponse:
        stored = about_me(user=self.request.user, now=self.request.now)
        if style == "xlsx":
            heads = [_("Place in what is stored"), _("What is stored")]
            table = ListTable(_("What is stored about me"), heads, [list(pair) for pair in flat(stored)])
            return table_response(table, style, "om-meg")
        if style != "json":
            raise Http404
        body = json.dumps(stored, ensure_ascii=False, indent=1)
        response = HttpResponse(body, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="om-meg.json"'
        response["Cache-Control"] = "private, no-store"
        return response
