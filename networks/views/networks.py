"""The pages about networks that are read: the list with its file, and one network."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import allowed_filter, can
from municipalities.border_words import (
    PARAMETER,
    TODAY,
    Places,
    Switch,
    borders_words,
    holding,
    read_borders,
    switch,
)
from municipalities.models import Municipality, Office
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import lineage_of_all, office_names
from municipalities.views import ScopedPage, ScopedView
from networks.days import read_day, typed
from networks.days import said as day_words
from networks.models import Network, Participation, Provider
from networks.network_list import Query, Row, rows_of
from networks.network_page import MeetingRow, Member, history, meetings, members, units_of
from networks.services.support_units import UnitBook
from reform.models import Solution

PER_PAGE = 50
COLUMNS = (
    ("navn", gettext_lazy("Name")),
    ("type", gettext_lazy("Kind")),
    ("deltakere", gettext_lazy("Take part")),
    ("fra", gettext_lazy("Period")),
)


class Networked(ScopedView):
    """What the pages about networks share: the units' names through time, and the offices'."""

    abstract = True

    @cached_property
    def book(self) -> UnitBook:
        """Every number and name of units. Two queries, once a request."""
        return UnitBook.load()

    @cached_property
    def office_labels(self) -> dict[int, str]:
        """The offices' short names today, by id, in their order."""
        return {pk: row.short_name for pk, row in office_names(self.today).items()}

    @cached_property
    def own_offices(self) -> list[int]:
        """The ids of the offices whose networks the reader keeps; all of them for the administrator."""
        if not can(self.request.user, "network.edit", today=self.today):
            return []
        own = self.scope.office_ids
        return [pk for pk in self.office_labels if pk in own or not own]

    def kept_units(self) -> set[int]:
        """The units that the reader keeps the participations of: those in her scope."""
        reach = allowed_filter(Municipality, "network.edit", self.scope)
        return set(self.rows(Municipality).filter(reach).values_list("pk", flat=True))

    def correct_url(self) -> str:
        """Where a contact proposes a correction of what is registered about her unit's networks; empty for others."""
        if not can(self.request.user, "correction.propose", today=self.today):
            return ""
        rows = [row for unit in self.own_units if (row := self.book.on(unit, self.today)) is not None]
        return f"{reverse('correction_new', args=[rows[0].number])}?om=nettverk" if rows else ""

    def may_edit(self, network: Network | None = None) -> bool:
        """Whether the reader may register networks, or change this one."""
        return bool(can(self.request.user, "network.edit", network, today=self.today))


class NetworkList(Networked):
    """The networks on a day, filtered and sorted by the address; ``?format=xlsx`` or ``csv`` gives them as a file.

    Who works for a region is led to its networks; the address says so, so that a view can be shared.
    """

    right = "register.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        own = self.rows(Office).filter(pk__in=self.scope.office_ids) if not request.GET else ()
        if len(own) == 1:
            return redirect(f"{reverse('network_list')}?{urlencode({'embete': own[0].key})}")
        query = Query.read(request.GET.get)
        day, readable = query.on(self.today)
        query = replace(query, borders=holding(query.borders, day, self.today))
        places = Places(lineage_of_all(), self.today) if day != self.today else None
        rows = rows_of(self.rows(Network), query, day, self.office_labels, places)
        style = request.GET.get("format", "")
        if style in FORMATS:
            return table_response(self._table(rows, query, day), style, f"nettverk-{day.isoformat()}")
        page = Paginator(rows, PER_PAGE).get_page(query.page)
        context = {**self._context(query, day, readable), "page": page, "rows": page.object_list}
        return self.render("networks/network_list.html", {**context, "switch": self._switch(rows, query, day)})

    def _switch(self, rows: list[Row], query: Query, day: dt.date) -> Switch:
        sentence = _(
            "Municipalities that have merged since count as one. A municipality that was split since counts as itself."
        )
        return switch(
            query.borders,
            day=day,
            today=self.today,
            differs=any(row.differs for row in rows),
            url=lambda borders: f"{reverse('network_list')}?{urlencode(query.parameters(borders=borders, page=1))}",
            sentence=sentence if query.borders == TODAY else "",
        )

    def _context(self, query: Query, day: dt.date, readable: bool) -> dict[str, Any]:
        address = reverse("network_list")
        offices = {office.pk: office.key for office in self.rows(Office)}
        selects = [
            ("embete", _("Region"), query.office,
             [("", _("The whole country")), *((offices[pk], name) for pk, name in self.office_labels.items())]),
            ("type", _("Kind"), query.kind, [("", _("All")), *((k, capfirst(t)) for k, t in Network.Kind.choices)]),
            ("losning", _("Solution"), query.theme,
             [("", _("All")), *((row.code, f"{row.code} {row.name}") for row in Solution.objects.order_by("order"))]),
        ]  # fmt: skip
        return {
            "query": query,
            "day": day,
            "today": self.today,
            "day_fault": "" if readable else _("Write the date as day, month and year, for example 4.5.2022."),
            "selects": selects,
            "columns": [self._column(query, name, label) for name, label in COLUMNS],
            "files": [(s, f"{address}?{urlencode({**query.parameters(page=1), 'format': s})}") for s in FORMATS],
            "may_edit": self.may_edit(),
        }

    def _column(self, query: Query, name: str, label: Any) -> tuple[Any, str, str]:
        chosen = query.sort or "navn"
        here = chosen.removeprefix("-") == name
        down = chosen.startswith("-")
        wanted = f"-{name}" if (not here and name == "deltakere") or (here and not down) else name
        sort = ("descending" if down else "ascending") if here else "none"
        parameters = query.parameters(sort="" if wanted == "navn" else wanted, page=1)
        return label, f"{reverse('network_list')}?{urlencode(parameters)}", sort

    def _table(self, rows: list[Row], query: Query, day: dt.date) -> ListTable:
        heads = [
            _("Name"), _("Kind"), _("Regions"), _("Host"), _("Organisers"), _("Solutions"), _("First day"),
            _("Last day"), _("Active"), _("Planned"), _("As of"), _("Borders"),
        ]  # fmt: skip
        said = borders_words(query.borders, day, self.today)
        lines = [
            [row.network.name, capfirst(row.network.get_kind_display()), ", ".join(row.offices), row.network.host,
             ", ".join(organiser_names(row.network)), ", ".join(row.themes), row.network.valid_from,
             row.network.valid_to, row.active, row.planned, day, said]
            for row in rows
        ]  # fmt: skip
        facts = [(_("As of"), day_words(day)), (_("Borders"), said)]
        facts += [(_("Search"), query.search)] if query.search else []
        return ListTable(_("Networks"), heads, lines, facts)


class NetworkDetail(Networked, ScopedPage):
    """One network: what it is, who takes part on a day, its meetings and its history."""

    right = "register.read"
    model = Network
    template_name = "networks/network_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        style = request.GET.get("format", "")
        if style in FORMATS:
            return table_response(self._table(), style, f"nettverk-{self.object.pk}")
        return self.render(self.template_name, self.get_context())

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("offices", "themes__area")

    @cached_property
    def day(self) -> dt.date:
        """The day whose members are shown: the one asked for, else today, else the network's own nearest day."""
        asked = read_day(self.request.GET.get("dag", "")[:60])
        nearest = min(max(self.today, self.object.valid_from), self.object.valid_to or dt.date.max)
        return asked or nearest

    def _editable(self) -> set[int]:
        """The participations that the reader may change."""
        if not can(self.request.user, "network.edit", today=self.today):
            return set()
        reach = allowed_filter(Participation, "network.edit", self.scope)
        rows = self.rows(Participation).filter(reach, network=self.object)
        return set(rows.values_list("pk", flat=True))

    @cached_property
    def every(self) -> bool:
        """Whether all participations are asked for, not only those of the day."""
        return self.request.GET.get("alle") == "1"

    @cached_property
    def borders(self) -> str:
        """``da`` (each participation and meeting has the names of its own day) or ``na``."""
        return read_borders(self.request.GET.get)

    def get_context(self) -> dict[str, Any]:
        here = {office.pk for office in self.object.offices.all()}
        found = members(self.object, self.day, self.book, today=self.today, editable=self._editable(),
                        every=self.every, borders=self.borders)  # fmt: skip
        held = meetings(self.object, self.book, today=self.today, borders=self.borders)
        return {
            "object": self.object,
            "day": self.day,
            "day_typed": typed(self.day),
            "every": self.every,
            "offices": [name for pk, name in self.office_labels.items() if pk in here],
            "organisers": organiser_names(self.object),
            "themes": sorted(self.object.themes.all(), key=lambda theme: theme.order),
            "members": found,
            "units": units_of(found),
            "meetings": held,
            "attended": any(meeting.units for meeting in held),
            "switch": self._switch(found, held),
            "history": history(self.object, self.book, self.office_labels),
            "may_edit": self.may_edit(self.object),
            "correct_url": self.correct_url(),
        }

    def _switch(self, found: list[Member], held: list[MeetingRow]) -> Switch:
        pairs = {(member.row.municipality_id, member.day) for member in found}
        pairs |= {pair for meeting in held for pair in meeting.pairs}
        sentence = _(
            "Each municipality of then has a line of its own with its dates, under the name and number of today. "
            "A municipality that was split since stays itself."
        )
        asked = {"dag": self.day.isoformat(), **({"alle": "1"} if self.every else {})}
        return switch(
            self.borders,
            day=None,
            today=self.today,
            differs=Places(self.book.lineage, self.today).differ(pairs),
            sentence=sentence if self.borders == TODAY else "",
            url=lambda borders: f"?{urlencode({**asked, PARAMETER: borders})}",
        )

    def _table(self) -> ListTable:
        now = self.borders == TODAY
        rows = members(self.object, self.day, self.book, today=self.today, editable=set(), every=True,
                       borders=self.borders)  # fmt: skip
        words = dict(Participation.Status.choices)
        said = borders_words(self.borders, None, self.today)
        heads = [_("Municipality number"), _("Name"), _("In the borders of then") if now else _("In today's borders"),
                 _("Status"), _("First day"), _("Last day"), _("Source"), _("Note"), _("Borders")]  # fmt: skip
        lines = [
            [row.standing.unit.number, row.standing.unit.full_name, row.other_borders(now),
             capfirst(words[row.status]), row.row.valid_from, row.row.valid_to,
             _("Registered directly") if row.direct else _("From a report"), row.row.note, said]
            for row in rows
        ]  # fmt: skip
        facts = [(_("Status on"), day_words(self.day)), (_("Borders"), said)]
        return ListTable(self.object.name, heads, lines, facts)


def organiser_names(network: Network) -> list[str]:
    """Who organises a network, in words."""
    words = dict(Provider.choices)
    return [str(capfirst(words[key])) for key in network.organisers if key in words]
