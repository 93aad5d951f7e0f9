"""What the registers know about one unit, gathered for its page: at most twelve queries, whatever its history."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.access import scope_of
from municipalities.models import (
    AreaPosition,
    CorrectionProposal,
    Membership,
    Municipality,
    MunicipalityVersion,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    PlanDocument,
    Role,
    SolutionPosition,
    User,
)
from municipalities.querysets import valid_on
from municipalities.templatetags.portal import STATES, day
from municipalities.timeline import Entry, timeline
from networks.models import NetworkMeeting, Participation, SupportActivity
from reform.models import Reform, ReformEnd, Solution
from reporting.models import Report, Round
from reporting.register_page.plans import anchor_rows, area_rows, origin_of, plan_rows, step_rows
from reporting.register_page.shapes import Contact, NetworkRow, RegisterPage
from reporting.register_page.together import together
from reporting.register_page.unit import (
    holds,
    links_of,
    numbers_of,
    rights_on,
    versions_of,
    with_rights,
)
from reporting.services.risk import risk_rows

__all__ = ["RegisterPage", "register_page", "versions_of", "with_rights"]
KEEP_SECONDS = 600


def register_page(
    *, unit: Municipality, versions: list[MunicipalityVersion], user: User, today: dt.date
) -> RegisterPage:
    """Gather the page of ``unit`` as ``user`` may see it on ``today``. ``unit`` comes from ``with_rights``, its
    ``versions`` from ``versions_of``."""
    known = [version for version in versions if version.valid_from <= today] or versions[:1]
    current = next((version for version in versions if holds(version, today)), None)
    version: Any = current or known[-1]
    reports = _reports(unit, user, today)
    approved_at = max((row.approved_at for row in reports if row.approved_at), default=None)
    rows = _registers(unit, user, today)
    plans = plan_rows(rows[PlanDecision], rows[PlanDocument], rows[SolutionPosition], approved_at)
    solutions, reform = _reform(today)
    areas = area_rows(solutions, rows[SolutionPosition], rows[AreaPosition], plans, today, approved_at)
    statuses = [row for row in rows[PhaseStatus] if holds(row, today)]
    networks = _networks(unit, user, today)
    made_of, became = links_of(unit, scope_of(user, today=today))
    may = rights_on(unit)
    return RegisterPage(
        unit=unit,
        version=version,
        exists=current is not None,
        office=version.office_name or "",
        office_key=version.office.key,
        numbers=numbers_of(known, today),
        made_of=made_of,
        became=became,
        plans=plans,
        plan=next((plan for plan in plans if holds(plan.row, today)), None),
        anchoring=anchor_rows(rows[PlanAnchoring], today, approved_at, day),
        areas=areas,
        chosen=sum(area.chosen for area in areas),
        solutions=sum(len(area.rows) for area in areas),
        status=statuses[-1] if statuses else None,
        status_origin=origin_of(statuses[-1], approved_at) if statuses else None,
        steps=step_rows(rows[PhaseStatus], today),
        timeline=timeline(
            today=today, numbers=known, links=[*made_of, *became], decisions=rows[PlanDecision],
            anchorings=rows[PlanAnchoring], statuses=rows[PhaseStatus], reform=reform,
            extra=[*_report_entries(reports), *_network_entries(networks, today)],
        ),
        networks=networks,
        networks_now=sum(row.now for row in networks),
        support=list(
            SupportActivity.objects.visible_to(user, today=today).filter(municipalities=unit).order_by("-on", "-pk")
        ),
        reports=reports,
        contacts=_contacts(unit, today),
        corrections=[row for row in rows[CorrectionProposal] if row.status == CorrectionProposal.Status.OPEN],
        risk=risk_rows(unit=unit, user=user, today=today) if "risk.read" in may else (),
        may=may,
    )  # fmt: skip


def _registers(unit: Municipality, user: User, today: dt.date) -> dict[Any, list[Any]]:
    """The unit's rows in the plan registers and its open corrections: seven tables in one query."""
    models = (PlanDecision, PlanAnchoring, SolutionPosition, AreaPosition, PhaseStatus, CorrectionProposal)
    found = [model.objects.visible_to(user, today=today).filter(municipality=unit) for model in models]
    documents = PlanDocument.objects.visible_to(user, today=today).filter(decision__municipality=unit)
    rows = together([*found, documents])
    for model in models[:-1]:
        rows[model].sort(key=lambda row: (row.valid_from, row.pk))
    return rows


def _reports(unit: Municipality, user: User, today: dt.date) -> list[Report]:
    return list(
        Report.objects.visible_to(user, today=today)
        .filter(municipality=unit)
        .exclude(round__kind=Round.Kind.TEST)
        .select_related("round", "current")
        .defer("draft", "current__answers", "current__hidden", "current__findings")
        .order_by("-round__reference_date")
    )


def _report_entries(reports: list[Report]) -> list[Entry]:
    found = []
    for report in reports:
        if report.submitted_at is None or report.current is None:
            continue
        word, color = STATES[report.status]
        heading = _("Report as of %(day)s") % {"day": day(report.round.reference_date)}
        url = reverse("report_detail", args=[report.pk])
        at = day(report.approved_at) if report.approved_at and report.status == Report.Status.APPROVED else ""
        text = _("Approved %(day)s.") % {"day": at} if at else ""
        sent = timezone.localdate(report.submitted_at)
        found.append(Entry(sent, heading, "report", text, str(word), color, url=url))
    return found


def _networks(unit: Municipality, user: User, today: dt.date) -> list[NetworkRow]:
    met = NetworkMeeting.objects.visible_to(user, today=today).filter(network=OuterRef("network"), on__lte=today)
    rows = (
        Participation.objects.visible_to(user, today=today)
        .filter(municipality=unit)
        .select_related("network")
        .annotate(last_met=Subquery(met.order_by("-on").values("on")[:1]))
        .order_by("-valid_from", "network__name", "pk")
    )
    return [
        NetworkRow(
            row, row.last_met, row.status == Participation.Status.ACTIVE and holds(row, today), origin_of(row, None)
        )
        for row in rows
    ]  # fmt: skip


def _network_entries(rows: list[NetworkRow], today: dt.date) -> list[Entry]:
    """The first day in each network."""
    first: dict[int, Entry] = {}
    for network in sorted(rows, key=lambda entry: entry.row.valid_from):
        row = network.row
        if row.status == Participation.Status.PLANNED or row.valid_from > today or row.network_id in first:
            continue
        first[row.network_id] = Entry(row.valid_from, _("Takes part in a network"), "network", row.network.name)
    return list(first.values())


def _contacts(unit: Municipality, today: dt.date) -> list[Contact]:
    rows = Membership.objects.filter(
        valid_on(today), municipality=unit, role=Role.MUNICIPALITY_EDITOR, user__is_active=True
    )
    people = rows.select_related("user").order_by("user__last_name", "user__first_name", "user_id")
    return [Contact(str(row.user), row.user.email, row.user.phone) for row in people]


def _reform(today: dt.date) -> tuple[list[Solution], tuple[dt.date, dt.date | None] | None]:
    """The solutions with their areas, and the reform's first and last day as known today: the same on every page, and
    kept for ten minutes."""
    key = f"reform:{today}:{get_language()}"
    kept = cache.get(key)
    if kept is None:
        solutions = list(Solution.objects.select_related("area").order_by("area__order", "order"))
        decided = ReformEnd.objects.filter(reform=OuterRef("pk"), decided_on__lte=today).order_by("-decided_on")
        reform = Reform.objects.annotate(end=Subquery(decided.values("ends_on")[:1])).first()
        kept = (solutions, (reform.starts_on, reform.end) if reform else None)
        cache.set(key, kept, KEEP_SECONDS)
    return kept  # type: ignore[no-any-return]
