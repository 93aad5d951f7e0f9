"""A municipality gives its own system a key to deliver with, and takes it away again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from municipalities.acting import choose_first
from municipalities.forms.machines import MachineForm
from municipalities.services import EntryRefused
from municipalities.services.service_accounts import (
    service_account_make,
    service_account_revoke,
    service_accounts_of,
)
from municipalities.views.contacts import OwnUnit


class Machines(OwnUnit):
    """The keys of one's own municipality, or of another of hers that ``?enhet=`` names."""

    right = "service.manage"
    template_name = "municipalities/machines.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return choose_first(request) if self.must_choose() else self.render(self.template_name, self.get_context())

    def get_context(self) -> dict[str, Any]:
        return {"form": MachineForm(), **self.about()}

    def about(self) -> dict[str, Any]:
        """What the page shows besides the form."""
        return {
            "unit": self.unit,
            "name": self.names.get(self.unit.pk),
            "accounts": service_accounts_of(self.unit),
        }

    def back(self) -> HttpResponse:
        """To the page again, at the same unit."""
        address = redirect("machines")
        if self.unit.pk != self.acting.unit_id:
            address["Location"] += f"?enhet={self.unit.pk}"
        return address

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a key, and show it this once: the answer is kept by nobody."""
        form, made, status = MachineForm(request.POST), None, 422
        if form.is_valid():
            try:
                made = service_account_make(
                    municipality=self.unit, name=form.cleaned_data["name"], actor=request.user, now=self.now  # type: ignore[arg-type]
                )  # fmt: skip
            except EntryRefused as refused:
                form.refused(refused)
            else:
                form, status = MachineForm(), 200
        return self.render(self.template_name, {"form": form, "made": made, **self.about()}, status=status)


class MachineRevoke(Machines):
    """Shut one system out."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("machines")

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("maskin", "")
        pk = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        account = next((row for row in service_accounts_of(self.unit) if row.pk == pk), None)
        if account is None:
            raise Http404
        service_account_revoke(account=account, actor=request.user, now=self.now)  # type: ignore[arg-type]
        messages.success(request, _("%(name)s has no access any more.") % {"name": account.name})
        return self.back()
