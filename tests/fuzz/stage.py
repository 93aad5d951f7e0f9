"""The filled world that the API is asked about: every unit has words of its own, so that a leak is seen at once.

| unit  | report of May 2022 | region          |
|-------|--------------------|-----------------|
| 3004  | draft              | oslo-og-viken   |
| 3025  | sent in            | oslo-og-viken   |
| 0301  | approved           | oslo-og-viken   |
| 5430  | sent in            | troms-og-finnmark |
| 5421  | draft              | troms-og-finnmark |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from rest_framework.authtoken.models import Token

from grants.services.shipped import shipped_load
from municipalities.models import PlanDecision, User
from municipalities.services.service_accounts import service_account_make
from networks.models import Participation
from networks.services import participations_add, support_register
from reform.models import Solution
from reporting.models import Report
from reporting.services.summaries import summary_build, summary_request
from tests.reporting.factories import SPRING, ReportFactory, answers, at, open_round
from tests.world import FINNMARK, UNITS, VIKEN, World, build_world

CLOCK = "2022-05-04T09:00"
NOW = at(dt.date(2022, 5, 4))
REPORTS = {"3004": "draft", "3025": "submitted", "0301": "approved", "5430": "submitted", "5421": "draft"}
USERS = (
    "editor-3004", "reader-3004", "editor-5430", f"statsforvalter-{VIKEN}", f"statsforvalter-{FINNMARK}", f"ks-{VIKEN}",
    f"usht-{VIKEN}", "hdir", "hdir-admin", "hod", "evaluator", "nobody", "former",
)  # fmt: skip
EVERYWHERE = {"hdir", "hdir-admin", "evaluator"}


@dataclass
class Stage:
    """The world, the ids of what each unit has (by kind, then unit), and what each caller sends to say who she is."""

    world: World
    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    callers: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


def word(kind: str, unit: str) -> str:
    """What stands in the unit's own row of this kind and nowhere else."""
    return f"Hemmelig{kind}{unit}"


def audience(kind: str, unit: str) -> set[str]:
    """Who may meet the word, from the rules in words: one's own, one's region's, or everywhere. A draft is its
    editors' alone; what the portal knows of a unit is for the unit, the three of its region, Hdir and the evaluator."""
    region = UNITS[unit][0]
    if kind == "draft":
        return {f"editor-{unit}", f"system-{unit}"}
    own = {f"editor-{unit}", f"reader-{unit}", f"system-{unit}"}
    return own | {f"{role}-{region}" for role in ("statsforvalter", "ks", "usht")} | EVERYWHERE


def words() -> Iterator[tuple[str, str, str]]:
    """Every word with its kind and unit."""
    for unit, state in REPORTS.items():
        for kind in ("draft" if state == "draft" else "report", "plan", "part", "support", "person"):
            yield kind, unit, word(kind, unit)


def leaks(caller: str, text: str) -> list[str]:
    """The words in ``text`` that ``caller`` must not meet."""
    who = caller.removesuffix(" (session)")
    return [secret for kind, unit, secret in words() if secret in text and who not in audience(kind, unit)]


@contextmanager
def stage_on_the_day() -> Iterator[Stage]:
    """The stage inside a transaction that is undone at the end; a request's end does not close its connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        with _staged() as stage:
            yield stage
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@contextmanager
def _staged() -> Iterator[Stage]:
    with transaction.atomic():
        stage = Stage(build_world())
        _fill(stage)
        _callers(stage)
        yield stage
        transaction.set_rollback(True)


def _fill(stage: Stage) -> None:
    world = stage.world
    every = {solution.code: "in_place" for solution in Solution.objects.all()}
    round_ = open_round(SPRING)
    for unit, state in REPORTS.items():
        row, region = world.unit(unit), UNITS[unit][0]
        actor = world.users[f"editor-{unit}"]
        User.objects.filter(pk=actor.pk).update(last_name=word("person", unit))
        kind = "draft" if state == "draft" else "report"
        values = answers(solutions=every, comment=word(kind, unit))
        make = getattr(ReportFactory, state)
        more = {"by": world.users[f"statsforvalter-{region}"]} if state == "approved" else {}
        report = make(round_=round_, municipality=row, actor=User.objects.get(pk=actor.pk), values=values, **more)
        stage.ids.setdefault("reports", {})[unit] = report.pk
        stage.versions[unit] = Report.objects.across_all(reason="test").get(pk=report.pk).draft_version
        PlanDecision.objects.across_all(reason="test").filter(municipality=row).delete()
        PlanDecision.objects.across_all(reason="test").create(
            municipality=row, status="own", title=word("plan", unit), decided_on=dt.date(2021, 2, 1),
            valid_from=dt.date(2021, 2, 1), registered_at=NOW,
        )  # fmt: skip
        Participation.objects.across_all(reason="test").filter(municipality=row).delete()
        part = participations_add(
            network=world.networks[region], units=[row.pk], status="active", valid_from=dt.date(2021, 1, 1),
            note=word("part", unit), actor=None, now=NOW,
        )[0]  # fmt: skip
        stage.ids.setdefault("participations", {})[unit] = part.pk
        stage.ids.setdefault("networks", {})[unit] = world.networks[region].pk
        given = support_register(
            kind="course", provider="usht", office=world.office(region), on=dt.date(2022, 3, 1), municipalities=[row],
            title=word("support", unit), now=NOW,
        )  # fmt: skip
        stage.ids.setdefault("support", {})[unit] = given.pk
    shipped_load()
    a_summary(world)


def _callers(stage: Stage) -> None:
    for username in USERS:
        user = stage.world.user(username)
        stage.callers[username] = {"Authorization": f"Token {Token.objects.create(user=user).key}"}
    made = service_account_make(
        municipality=stage.world.unit("3004"), name="Fagsystem", actor=stage.world.user("editor-3004"), now=NOW
    )
    stage.callers["system-3004"] = {"Authorization": f"Bearer {made.key}"}
    stage.callers["anonymous"] = {}
    for username in ("editor-3004", "hdir-admin"):
        stage.callers[f"{username} (session)"] = session(stage.world.user(username))


def session(user: User) -> dict[str, str]:
    """The headers of a browser in which ``user`` is logged in, with the safety key of its forms."""
    client: Any = Client()
    client.force_login(user)
    key = "k" * 32
    cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"portal_csrf": key}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": key}


def a_summary(world: World) -> None:
    """The round's summary with its content, sent to the ministry."""
    summary = summary_request(round=open_round(SPRING), actor=None, now=NOW)
    summary_build(pk=summary.pk, clock=lambda: NOW)
