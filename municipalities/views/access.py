"""Where access is given: Helsedirektoratet to the offices, the statsforvalter to municipalities, contacts to
colleagues.

All three are one page: who is there, and a form for one more. What may be given and ended is the services' to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from allauth.core.internal.ratelimit import get_ip
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.forms.contacts import InviteForm
from municipalities.models import Municipality, Office
from municipalities.readings import read_logged
from municipalities.services import (
    Contact,
    EntryRefused,
    Place,
    access_end,
    access_give,
    access_remind,
    access_replace,
    office_names,
    people_at,
    people_counted,
    roles_to_give,
    unit_names,
)
from municipalities.views import ScopedPage
from reform.limits import TooMany, spend


class PlacePage(ScopedPage):
    """The people at one place, and the form that gives one more access. A subclass says which place."""

    abstract = True
    template_name = "municipalities/access_place.html"
    list_name: ClassVar[str] = ""
    request: Any

    @property
    def place(self) -> Place:
        raise NotImplementedError

    @property
    def here(self) -> str:
        """The address of this page."""
        raise NotImplementedError

    @property
    def place_name(self) -> str:
        return self.place.name(self.today)

    @property
    def change_url(self) -> str:
        return f"{self.here}endre/"

    @cached_property
    def people(self) -> list[Contact]:
        return people_at(self.place, today=self.today, now=self.now)

    def invite_form(self, data: Any = None) -> InviteForm:
        return InviteForm(data, roles=roles_to_give(self.right, self.place), people=self.people)

    def prepare(self) -> None:
        """Find what the address names, or raise Http404 or PermissionDenied."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        if self.right != "contact.invite":  # one's own colleagues are no secret to oneself
            read_logged(request, getattr(self, "object", None), "contacts_read")
        return self.render(self.template_name, {"form": self.invite_form(), **self.about()})

    def about(self) -> dict[str, Any]:
        """What the page shows besides the form."""
        return {"name": self.place_name, "contacts": self.people, "change_url": self.change_url}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give somebody access, or let her take over from another."""
        self.prepare()
        form = self.invite_form(request.POST)
        if form.is_valid() and self.given(form):
            return redirect(self.here)
        return self.render(self.template_name, {"form": form, **self.about()}, status=422)

    def given(self, form: InviteForm) -> bool:
        """Whether access was given; if not, the form says why."""
        data = dict(form.cleaned_data)
        replaces = data.pop("replaces")
        told: dict[str, Any] = {
            "place": self.place, "right": self.right, "actor": self.request.user, "now": self.now, **data,
        }  # fmt: skip
        try:
            self.count_invitation()
            if replaces:
                told.pop("role")
                made = access_replace(membership_id=int(replaces), **told)
            else:
                made = access_give(**told)
        except EntryRefused as refused:
            form.refused(refused)
            return False
        except TooMany as limit:
            form.add_error(None, limit.as_fault())
            return False
        messages.success(self.request, _("%(name)s has got access, and a mail about it.") % {"name": made.user})
        return True

    def count_invitation(self) -> None:
        """Count a mail that this person has sent. Raises TooMany."""
        wanted = (("invite_account", str(self.request.user.pk)), ("invite_address", get_ip(self.request)))
        spend(*wanted, moment=self.now.timestamp())

    def changed(self, what: str) -> str:
        """Make one change of what is there, and say so. Raises EntryRefused and TooMany."""
        number = self.request.POST.get("kontakt", "")
        found = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        told: dict[str, Any] = {
            "membership_id": found, "place": self.place, "right": self.right, "actor": self.request.user,
            "now": self.now,
        }  # fmt: skip
        if what == "fjern":
            return _("%(name)s has no access any more.") % {"name": access_end(**told).user}
        if what == "igjen":
            self.count_invitation()
            return _("The invitation to %(name)s is sent again.") % {"name": access_remind(**told).user}
        raise EntryRefused({"": _("Choose what is to be done.")})


class PlaceChange(PlacePage):
    """One change of who is there: an invitation sent again, an access taken away."""

    abstract = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return redirect(self.here)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        try:
            messages.success(request, self.changed(request.POST.get("hva", "")))
        except EntryRefused as refused:
            messages.warning(request, str(refused))
        except TooMany as limit:
            messages.warning(request, limit.sentence)
        return redirect(self.here)


@dataclass(frozen=True)
class Line:
    """A place in a list: what it is called, its page, and how many have access and have never been here."""

    name: str
    url: str
    people: int
    waiting: int


# --- Helsedirektoratet: the offices, and the national bodies -----------------------------------------


class Offices(ScopedPage):
    """All places to which Helsedirektoratet gives access."""

    right = "access.offices"
    template_name = "municipalities/access_places.html"

    def get_context(self) -> dict[str, Any]:
        counted = people_counted(at="office_id", today=self.today)
        lines = [Line(_("The national bodies"), reverse("access_national"), *counted.get(None, (0, 0)))]
        for pk, office in office_names(self.today).items():
            lines.append(Line(office.name, reverse("access_office", args=[pk]), *counted.get(pk, (0, 0))))
        return {"lines": lines, "national": True}


class OfficePage(PlacePage):
    """The people at one office: the statsforvalter's, KS's and USHT's."""

    right = "access.offices"
    model = Office
    list_name = "access_offices"

    def prepare(self) -> None:
        self.object = self.get_object()

    @property
    def place(self) -> Place:
        return Place(office_id=self.object.pk)

    @property
    def here(self) -> str:
        return reverse("access_office", args=[self.object.pk])


class OfficeChange(OfficePage, PlaceChange):
    """One change at an office."""

    right = "access.offices"
    get, post = PlaceChange.get, PlaceChange.post


class National(PlacePage):
    """The people at the national bodies: Helsedirektoratet, the ministry, the evaluators."""

    right = "access.offices"
    list_name = "access_offices"

    @property
    def place(self) -> Place:
        return Place()

    @property
    def here(self) -> str:
        return reverse("access_national")


class NationalChange(National, PlaceChange):
    """One change at the national bodies."""

    right = "access.offices"
    get, post = PlaceChange.get, PlaceChange.post


# --- The statsforvalter: the municipalities of its region --------------------------------------------


class Municipalities(ScopedPage):
    """The municipalities and districts of the region, and how many have access at each."""

    right = "access.municipalities"
    template_name = "municipalities/access_places.html"

    def get_context(self) -> dict[str, Any]:
        counted = people_counted(at="municipality_id", today=self.today)
        rows = self.rows(Municipality).units_as_of(self.today)
        names = unit_names([row.pk for row in rows], self.today)
        none = (0, 0)
        lines = [
            Line(f"{one.number} {one.display_name}", reverse("access_municipality", args=[pk]), *counted.get(pk, none))
            for pk, one in sorted(names.items(), key=lambda entry: entry[1].number)
        ]  # fmt: skip
        return {"lines": lines, "national": False}


class MunicipalityPage(PlacePage):
    """The contacts of one municipality of the region."""

    right = "access.municipalities"
    model = Municipality
    list_name = "access_municipalities"

    def prepare(self) -> None:
        self.object = self.get_object()

    @property
    def place(self) -> Place:
        return Place(municipality_id=self.object.pk)

    @property
    def here(self) -> str:
        return reverse("access_municipality", args=[self.object.pk])


class MunicipalityChange(MunicipalityPage, PlaceChange):
    """One change at a municipality."""

    right = "access.municipalities"
    get, post = PlaceChange.get, PlaceChange.post
