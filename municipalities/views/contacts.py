"""A municipality keeps its own contacts: who can fill in, who is invited, and in which language notices come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import RIGHTS
from municipalities.forms.contacts import InviteForm
from municipalities.models import Municipality
from municipalities.services import (
    EntryRefused,
    contact_end,
    contact_invite,
    contact_remind,
    contacts_of,
    notice_language_set,
    unit_names,
)
from municipalities.views import ScopedPage


class Contacts(ScopedPage):
    """The contacts of one's own municipality, or of the one of several that ``?enhet=`` names."""

    right = "contact.invite"
    template_name = "municipalities/contacts.html"

    @cached_property
    def units(self) -> list[Municipality]:
        """The units that the reader fills in for, by number of the day."""
        ids = self.scope.only(RIGHTS[self.right].roles).municipality_ids
        rows = Municipality.objects.across_all(reason="one's own units").filter(pk__in=ids)
        return sorted(rows, key=lambda row: self.names[row.pk].number if row.pk in self.names else "")

    @cached_property
    def names(self) -> dict[int, Any]:
        return unit_names(self.scope.municipality_ids, self.today)

    @cached_property
    def unit(self) -> Municipality:
        """The unit that the page is about."""
        wanted = self.request.POST.get("enhet") or self.request.GET.get("enhet") or ""
        found = [row for row in self.units if not wanted or str(row.pk) == wanted]
        if not found:
            raise Http404
        return found[0]

    def get_context(self) -> dict[str, Any]:
        return {"form": InviteForm(), **self.about()}

    def about(self) -> dict[str, Any]:
        """What the page shows besides the form."""
        return {
            "unit": self.unit,
            "name": self.names.get(self.unit.pk),
            "others": [(row, self.names.get(row.pk)) for row in self.units if row.pk != self.unit.pk],
            "contacts": contacts_of(self.unit.pk, today=self.today),
            "languages": [("", _("Each person's own")), ("nb", "Bokmål"), ("nn", "Nynorsk")],
        }

    def back(self) -> HttpResponse:
        """To the page again, at the same unit."""
        address = redirect("contacts")
        if len(self.units) > 1:
            address["Location"] += f"?enhet={self.unit.pk}"
        return address

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite somebody."""
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                made = contact_invite(
                    municipality=self.unit, actor=request.user, now=self.now, **form.cleaned_data  # type: ignore[arg-type]
                )  # fmt: skip
            except EntryRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("%(name)s has got access, and a mail about it.") % {"name": made.user})
                return self.back()
        return self.render(self.template_name, {"form": form, **self.about()}, status=422)


class ContactChange(Contacts):
    """One change of what is there: an invitation sent again, an access taken away, the language of the notices."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.back()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            messages.success(request, self._change(request.POST.get("hva", "")))
        except EntryRefused as refused:
            messages.warning(request, str(refused))
        return self.back()

    def _change(self, what: str) -> str:
        here: dict[str, Any] = {"municipality": self.unit, "actor": self.request.user, "now": self.now}
        number = self.request.POST.get("kontakt", "")
        membership_id = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        if what == "fjern":
            ended = contact_end(membership_id=membership_id, **here)
            return _("%(name)s has no access any more.") % {"name": ended.user}
        if what == "igjen":
            reminded = contact_remind(membership_id=membership_id, **here)
            return _("The invitation to %(name)s is sent again.") % {"name": reminded.user}
        if what == "sprak":
            notice_language_set(language=self.request.POST.get("language", ""), **here)
            return _("The language of the notices is chosen.")
        raise Http404
