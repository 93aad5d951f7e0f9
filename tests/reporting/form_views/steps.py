"""What the tests of the form do again and again: a draft, a login, a saved field."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.test import Client
from django.urls import reverse

from reform.models import Solution
from reporting.models import Report
from tests.reporting.factories import AUTUMN, ReportFactory, answers, at, open_round
from tests.world import World

NOW = at(dt.date(2022, 4, 19), 10, 40)
JSON = {"Accept": "application/json"}


def whole(**changes: Any) -> dict[str, Any]:
    """Answers that raise no finding, with all 25 solutions."""
    return answers(solutions={row.code: "in_place" for row in Solution.objects.all()}, **changes)


def draft(world: World, number: str = "3004", **values: Any) -> Report:
    """A draft with answers to everything; ``values`` replace some of them."""
    actor = world.user(f"editor-{number}")
    return ReportFactory.draft(
        round_=open_round(), municipality=world.unit(number), actor=actor, values=whole(**values)
    )


def fresh(world: World, number: str = "3004") -> Report:
    """A report that nobody has started on."""
    return Report.objects.across_all(reason="test").get(round=open_round(), municipality=world.unit(number))


def last_round(world: World, number: str = "3004", **values: Any) -> Report:
    """An approved report in the round before."""
    actor, by = world.user(f"editor-{number}"), world.user("statsforvalter-oslo-og-viken")
    return ReportFactory.approved(
        round_=open_round(AUTUMN), municipality=world.unit(number), actor=actor, by=by, values=whole(**values)
    )


def signed_in(world: World, username: str = "editor-3004") -> Client:
    client = Client()
    client.force_login(world.user(username))
    return client


def save(client: Client, report: Report, key: str, value: Any, rev: int | None) -> Any:
    """Save one field over the revision ``rev``; None is the one that stands there, as a page just opened has it."""
    seen = {"base": ""} if key.startswith("comment:") else {}
    rev = stored(report, key).get("rev", 0) if rev is None else rev
    body = json.dumps({"key": key, "value": value, "rev": rev, **seen})
    return client.post(reverse("report_save", args=[report.pk]), body, content_type="application/json", headers=JSON)


def stored(report: Report, key: str) -> dict[str, Any]:
    report.refresh_from_db()
    return report.draft.get("fields", {}).get(key, {})


def home(world: World, username: str = "editor-3004") -> str:
    page = signed_in(world, username).get(reverse("municipality_home"))
    assert page.status_code == 200
    return page.content.decode()


def section_data(report: Report, section: str, **changes: Any) -> dict[str, Any]:
    """What a browser without script sends for a section: every control as it stands, and ``changes`` by key."""
    from reporting.services.draft_view import draft_view, spec_of
    from reporting.services.prefill import last_report

    view = draft_view(report, last_report(report), NOW)
    data: dict[str, Any] = {}
    for question in spec_of(report).section(section).questions:
        for key in question.field_keys():
            entry = view.fields[key]
            data[f"rev:{key}"] = entry.rev
            if entry.value is not None:
                data[key] = entry.value
    return data | changes


def hidden(html: str, dom: str) -> bool:
    tag = html[html.index(f'id="sp-{dom}"') :].partition(">")[0]
    return tag.endswith(" hidden")
