"""The evidence of an outcome as lines that lead to what it is: the decision, the answer of a report, the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from grants import words
from grants.criteria.facts import Evidence
from municipalities.models import MunicipalityVersion
from municipalities.names import display_name
from municipalities.templatetags.portal import day as day_words
from networks.models import Participation
from reporting.models import Submission

REASON = "where the evidence of an outcome is read; each page asks for its own right"


@dataclass(frozen=True)
class EvidenceLine:
    """What it shows, the page it is read on, which report or network it is, whose it is where that is a part of a
    merged municipality, and since when."""

    text: str
    url: str
    what: str
    part: str
    since: dt.date | None


@dataclass(frozen=True)
class Places:
    """Where evidence is read: networks by participation, reports by Submission, municipalities by identity."""

    networks: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    reports: Mapping[int, tuple[int, dt.date, int]] = field(default_factory=dict)
    units: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    def line(self, row: Evidence, unit: int) -> EvidenceLine:
        """A piece of evidence of ``unit``, or of one of its parts."""
        number, name = self.units.get(row.unit, ("", ""))
        url, what = "", ""
        if row.kind == "decision":
            url = reverse("decision_detail", args=[row.id])
        elif row.kind == "participation" and row.id in self.networks:
            network, what = self.networks[row.id]
            url = reverse("network_detail", args=[network])
        elif row.kind == "answer" and row.id in self.reports:
            report, reference, version = self.reports[row.id]
            url = reverse("report_detail", args=[report])
            said = {"day": day_words(reference), "number": version}
            what = _("Report per %(day)s, submission %(number)s") % said
        elif number:
            anchor = {"position": "#solutions", "anchoring": "#anchored"}.get(row.kind, "")
            url = reverse("municipality_detail", args=[number]) + anchor
        part = f"{number} {name}" if row.unit != unit else ""
        return EvidenceLine(words.evidence(row), url, what, part, row.since)


def places_of(evidence: Iterable[Evidence], units: Collection[int], day: dt.date) -> Places:
    """Where the evidence is read. ``units`` are the municipality and its parts, as they are called on ``day`` or were
    called last before it. Three queries, and fewer where there is nothing of a kind."""
    rows = list(evidence)
    parts = {row.id for row in rows if row.kind == "participation"}
    sent = {row.id for row in rows if row.kind == "answer"}
    every = {*units, *(row.unit for row in rows)}
    return Places(_networks(parts), _reports(sent), _units(every, day))


def _networks(ids: Collection[int]) -> dict[int, tuple[int, str]]:
    if not ids:
        return {}
    rows = Participation.objects.across_all(reason=REASON).filter(pk__in=ids)
    return {pk: (network, name) for pk, network, name in rows.values_list("pk", "network_id", "network__name")}


def _reports(ids: Collection[int]) -> dict[int, tuple[int, dt.date, int]]:
    if not ids:
        return {}
    rows = Submission.objects.across_all(reason=REASON).filter(pk__in=ids)
    fields = rows.values_list("pk", "report_id", "report__round__reference_date", "number")
    return {pk: (report, reference, number) for pk, report, reference, number in fields}


def _units(ids: Collection[int], day: dt.date) -> dict[int, tuple[str, str]]:
    rows = MunicipalityVersion.objects.filter(municipality_id__in=ids, valid_from__lte=day).order_by("valid_from")
    fields = rows.values_list("municipality_id", "number", "name", "official_names")
    return {unit: (number, display_name(name, official)) for unit, number, name, official in fields}
