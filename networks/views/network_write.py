"""Writing networks: a new one, a change, participations (many at once or one), and meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.models import Office
from networks import services
from networks.days import read_day, typed
from networks.forms import MeetingForm, NetworkForm, PartForm, PartsForm
from networks.models import Network, NetworkMeeting, Participation
from networks.services.meetings import attended
from networks.services.networks import Reach
from networks.services.support_units import UnitOnDay
from networks.views.networks import Networked


class NetworkWriting(Networked):
    """What a new network and a change share."""

    abstract = True
    right = "network.edit"
    object: Network | None = None

    def form(self, *args: Any, **kwargs: Any) -> NetworkForm:
        """The form, with the regions that there are and those that are the writer's own."""
        rows = {office.pk: office for office in self.rows(Office)}
        offices = [(rows[pk], name) for pk, name in self.office_labels.items() if pk in rows]
        return NetworkForm(*args, offices=offices, own=self.own_offices, **kwargs)

    def page(self, form: NetworkForm, status: int = 200) -> HttpResponse:
        return self.render("networks/network_form.html", {"form": form, "object": self.object}, status)


class NetworkNew(NetworkWriting):
    """Register a network."""

    right = "network.edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        own = set(self.scope.office_ids)
        keys = [office.key for office in self.rows(Office) if office.pk in own]
        return self.page(self.form(initial={"offices": keys}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                network = services.network_create(values=form.values(), actor=request.user, now=self.now)
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, _("The network is registered. Now add those who take part."))
                return redirect("network_detail", network.pk)
        return self.page(form, 422)


class NetworkEdit(NetworkWriting):
    """Change a network, or let it end."""

    right = "network.edit"
    model = Network

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.object = self.get_object()
        row = self.object
        values = {name: getattr(row, name) for name in ("name", "kind", "host", "note", "organisers")}
        values |= {"valid_from": row.valid_from, "valid_to": row.valid_to or ""}
        values |= {"offices": [office.key for office in row.offices.all()]}
        return self.page(self.form(initial={**values, "themes": [theme.code for theme in row.themes.all()]}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.object = self.get_object()
        form = self.form(request.POST)
        if form.is_valid():
            try:
                changed = services.network_change(
                    network=self.object, values=form.values(), actor=request.user, now=self.now,
                    reach=Reach(frozenset(self.kept_units()), frozenset(self.own_offices)),
                )  # fmt: skip
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, _("The change is saved.") if changed else _("Nothing was changed."))
                return redirect("network_detail", self.object.pk)
        return self.page(form, 422)


class OfNetwork(Networked):
    """A page that writes something in a network for one region's units."""

    abstract = True
    right = "network.edit"
    network: Network

    @cached_property
    def office(self) -> int:
        """The region whose units are named: one's own that the network covers; for the administrator the one that
        the address asks for, else the network's first."""
        covered = [office.pk for office in self.network.offices.all()]
        own = [pk for pk in self.own_offices if pk in covered]
        if not own:
            raise PermissionDenied(_("This does not belong to your unit."))
        keys = {office.key: office.pk for office in self.network.offices.all()}
        return keys[asked] if (asked := self.request.GET.get("embete", "")) in keys and keys[asked] in own else own[0]

    def offices(self) -> list[tuple[str, str, bool]]:
        """The regions to choose between, when the writer keeps several."""
        covered = {office.pk: office.key for office in self.network.offices.all()}
        own = [pk for pk in self.own_offices if pk in covered]
        return [(covered[pk], self.office_labels[pk], pk == self.office) for pk in own] if len(own) > 1 else []


class PartsNew(OfNetwork):
    """Let many units take part in a network at once."""

    right = "network.edit"
    model = Network

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.network = self.get_object()
        start = min(max(self.today, self.network.valid_from), self.network.valid_to or dt.date.max)
        return self._page(self._form(initial={"valid_from": start, "status": "active"}, day=start))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.network = self.get_object()
        form = self._form(request.POST, day=read_day(request.POST.get("valid_from", "")[:60]) or self.today)
        if form.is_valid():
            try:
                made = services.participations_add(
                    network=self.network, units=form.cleaned_data["unit_ids"], actor=request.user, now=self.now,
                    **form.values(),
                )  # fmt: skip
            except ValidationError as error:
                form.refuse(error)
            else:
                text = ngettext("%(n)s participation is registered.", "%(n)s participations are registered.", len(made))
                messages.success(request, text % {"n": len(made)})
                return redirect("network_detail", self.network.pk)
        return self._page(form, 422)

    def _form(self, *args: Any, day: dt.date, **kwargs: Any) -> PartsForm:
        offered = self.book.of_office(self.office, day)
        return PartsForm(*args, book=self.book, office=self.office, offered=offered, own=self.kept_units(), **kwargs)

    def _page(self, form: PartsForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "network": self.network, "offices": self.offices()}
        return self.render("networks/network_parts.html", context, status)


class PartEdit(Networked):
    """Change one participation, or let it end."""

    right = "network.edit"
    model = Participation

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("network")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_object()
        values = {name: getattr(row, name) for name in ("status", "valid_from", "note")}
        return self._page(row, PartForm(initial={**values, "valid_to": row.valid_to or ""}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_object()
        form = PartForm(request.POST)
        if form.is_valid():
            try:
                changed = services.participation_change(
                    participation=row, actor=request.user, now=self.now, **form.values()
                )
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, _("The change is saved.") if changed else _("Nothing was changed."))
                return redirect("network_detail", row.network_id)
        return self._page(row, form, 422)

    def _page(self, row: Participation, form: PartForm, status: int = 200) -> HttpResponse:
        unit = self.book.near(row.municipality_id, row.valid_from)
        context = {"form": form, "object": row, "network": row.network, "unit": unit}
        return self.render("networks/network_part.html", context, status)


class PartRemove(Networked):
    """Take away a participation that was registered by mistake."""

    right = "network.edit"
    model = Participation

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_object()
        services.participation_remove(participation=row, actor=request.user, now=self.now)
        messages.success(request, _("The participation is removed. The history of the network keeps it."))
        return redirect("network_detail", row.network_id)


class MeetingWriting(OfNetwork):
    """What a new meeting and a change share."""

    abstract = True
    right = "network.edit"
    meeting: NetworkMeeting | None = None

    def form(self, *args: Any, day: dt.date, there: Iterable[int] = (), **kwargs: Any) -> MeetingForm:
        """The form; those who take part in the network and those who were there are offered to tick."""
        own = self.kept_units()
        rows = Participation.objects.visible_to(self.request.user, today=self.today).filter(network=self.network)
        ids = (set(rows.values_list("municipality_id", flat=True)) | set(there)) & own
        units: list[UnitOnDay] = [unit for pk in ids if (unit := self.book.on(pk, day)) is not None]
        units.sort(key=lambda unit: (unit.is_district, unit.sort_key))
        return MeetingForm(*args, book=self.book, office=self.office, offered=units, own=own, **kwargs)

    def page(self, form: MeetingForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "network": self.network, "object": self.meeting, "offices": self.offices()}
        return self.render("networks/network_meeting.html", context, status)


class MeetingNew(MeetingWriting):
    """Register a meeting and who was there."""

    right = "network.edit"
    model = Network

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.network = self.get_object()
        return self.page(self.form(day=self.today))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.network = self.get_object()
        form = self.form(request.POST, day=read_day(request.POST.get("on", "")[:60]) or self.today)
        if form.is_valid():
            try:
                services.meeting_register(network=self.network, actor=request.user, now=self.now, **form.values())
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, _("The meeting is registered."))
                return redirect("network_detail", self.network.pk)
        return self.page(form, 422)


class MeetingEdit(MeetingWriting):
    """Change a meeting and who was there; a region changes its own units only."""

    right = "network.edit"
    model = NetworkMeeting

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("network")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._found()
        row, there = self.meeting, attended(self.meeting)
        values = {"on": typed(row.on), "title": row.title, "note": row.note, "units": [str(unit) for unit in there]}
        return self.page(self.form(initial=values, day=row.on, there=there))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._found()
        day = read_day(request.POST.get("on", "")[:60]) or self.meeting.on
        form = self.form(request.POST, day=day, there=attended(self.meeting))
        if form.is_valid():
            try:
                changed = services.meeting_change(
                    meeting=self.meeting, within=self.kept_units(), actor=request.user, now=self.now, **form.values()
                )
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, _("The change is saved.") if changed else _("Nothing was changed."))
                return redirect("network_detail", self.network.pk)
        return self.page(form, 422)

    def _found(self) -> None:
        self.meeting = self.get_object()
        self.network = self.meeting.network


class MeetingRemove(Networked):
    """Take away a meeting that was registered by mistake."""

    right = "network.edit"
    model = NetworkMeeting

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_object()
        services.meeting_remove(meeting=row, actor=request.user, now=self.now)
        messages.success(request, _("The meeting is removed. The history of the network keeps it."))
        return redirect("network_detail", row.network_id)
