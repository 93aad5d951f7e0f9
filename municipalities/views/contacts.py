"""A municipality keeps its own contacts: who can fill in, who is invited, and in which language notices come."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import RIGHTS
from municipalities.acting import choose_first
from municipalities.models import Municipality
from municipalities.services import Place, notice_language_set, unit_names
from municipalities.views import ScopedPage
from municipalities.views.access import PlaceChange, PlacePage


class OwnUnit(ScopedPage):
    """A page about one's own municipality, or another of hers that ``?enhet=`` names; who has several chooses first."""

    abstract = True

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
        """The unit that the page is about: the one that is named, else the one that she works for.

        A form names the unit that it was shown for: a choice made in another window does not move what it does.
        """
        wanted = self.request.POST.get("enhet") or self.request.GET.get("enhet") or str(self.acting.unit_id)
        found = next((row for row in self.units if str(row.pk) == wanted), None)
        if found is None and wanted == str(self.acting.unit_id):
            raise PermissionDenied(_("You do not fill in for the municipality that you work for now."))
        if found is None:
            raise Http404
        self.request.about_unit = found.pk
        return found

    def must_choose(self) -> bool:
        """Whether she has to say which municipality she works for before the page can be about one."""
        return self.acting.must_choose and not self.request.GET.get("enhet")


class Contacts(OwnUnit, PlacePage):
    """The contacts of one's own municipality, or of another of hers that ``?enhet=`` names."""

    right = "contact.invite"
    template_name = "municipalities/contacts.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.must_choose():
            return choose_first(request)
        return super().get(request, *args, **kwargs)

    @property
    def place(self) -> Place:
        return Place(municipality_id=self.unit.pk)

    @property
    def here(self) -> str:
        """The page again, at the same unit."""
        return reverse("contacts") + (f"?enhet={self.unit.pk}" if self.unit.pk != self.acting.unit_id else "")

    @property
    def change_url(self) -> str:
        return reverse("contact_change")

    def about(self) -> dict[str, Any]:
        """What the page shows besides the form."""
        return {
            **super().about(),
            "unit": self.unit,
            "languages": [("", _("Each person's own")), ("nb", "Bokmål"), ("nn", "Nynorsk")],
        }


class ContactChange(Contacts, PlaceChange):
    """One change of what is there: an invitation sent again, an access taken away, the language of the notices."""

    right = "contact.invite"
    post = PlaceChange.post

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("contacts")

    def changed(self, what: str) -> str:
        if what == "sprak":
            language = self.request.POST.get("language", "")
            notice_language_set(municipality=self.unit, language=language, actor=self.request.user, now=self.now)
            return _("The language of the notices is chosen.")
        if what not in ("fjern", "igjen"):
            raise Http404
        return super().changed(what)
