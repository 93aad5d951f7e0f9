"""A population that is made by hand, straight into the tables, for the tests of the documents.

Sizes are free, so that a test can tell whether the number of queries grows. Answers follow from the unit's place in
the row of units, so that any figure can be counted by hand from ``answers_of``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from municipalities.models import Municipality, Office, PlanDecision, User
from municipalities.names import sort_key
from networks.models import Network, Participation, SupportActivity
from reporting.answers import answers_hash
from reporting.models import Answer, NationalSummary, Report, Round, Submission
from reporting.services import rounds as round_services
from reporting.services import summaries
from tests.kept import kept
from tests.world import World

OSLO = ZoneInfo("Europe/Oslo")
BEFORE, NOW = dt.date(2021, 11, 1), dt.date(2022, 5, 1)
FROZEN = dt.datetime(2022, 5, 23, 12, 0, tzinfo=OSLO)

STATUSES = ("own", "inside", "process", "none", "declined", "own", "")
ANCHORINGS = (("samfunnsdel", "budget"), ("own_plan",), ("strategy",), (), ("samfunnsdel",))
SECTORS = (("health",), ("health", "culture"), ("planning",), ())
INVOLVED = (("inhabitants", "employees"), ("hospital",), ("inhabitants",), ())
RESPONSIBLE = ("director", "unit", "sector", "project", "")
ANALYSIS = ("yes", "no", "partly", "")
POSITIONS = ("in_place", "adopted", "adapted", "considered", "not_considered", "")
DELAYS = (0, 3, 8, 14, 30, None)
SUPPORT = (("dialogue", "course"), ("none",), ("letter",), ())
NETWORK = ("yes", "planned", "no", "")


def answers_of(index: int) -> list[dict[str, Any]]:
    """The answers of unit number ``index`` of a round, as fields of Answer."""
    rows: list[dict[str, Any]] = []

    def one(question: str, value: str, row: str = "") -> None:
        if value:
            rows.append({"question": question, "row": row, "value": value})

    status = STATUSES[index % len(STATUSES)]
    one("plan.status", status)
    if status in ("own", "inside"):
        rows.append({"question": "plan.decided_on", "date": dt.date(2021, 3, 1 + index % 28)})
    for question, choices in (
        ("plan.anchoring", ANCHORINGS), ("org.sectors", SECTORS), ("org.involved", INVOLVED),
        ("support.received", SUPPORT),
    ):  # fmt: skip
        for value in choices[index % len(choices)]:
            one(question, value)
    one("org.responsible", RESPONSIBLE[index % len(RESPONSIBLE)])
    one("org.analysis", ANALYSIS[index % len(ANALYSIS)])
    one("network.participates", NETWORK[index % len(NETWORK)])
    one("progress.step", str(1 + index % 5))
    one("progress.phase", str(2 + index % 3))
    delay = DELAYS[index % len(DELAYS)]
    if delay is not None:
        rows.append({"question": "progress.delay_months", "number": Decimal(delay)})
    if delay:
        one("progress.delay_reason", "capacity" if index % 2 else "other")
    for place in range(25):
        one("solutions", POSITIONS[(index + place) % len(POSITIONS)], f"{1 + place // 5}.{1 + place % 5}")
    if index % 3 == 0:
        rows.append({"question": "support.needed", "text": "=1+1 Hjelp til plan æøå"})
    one("result.measures", ("yes", "planned", "no")[index % 3])
    return rows


def as_answers(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same answers as a Submission keeps them."""
    found: dict[str, Any] = {}
    for row in rows:
        code = row["question"]
        if row.get("row"):
            found.setdefault(code, {})[row["row"]] = row["value"]
        elif code in ("plan.anchoring", "org.sectors", "org.involved", "support.received"):
            found.setdefault(code, []).append(row["value"])
        elif "number" in row:
            found[code] = int(row["number"])
        elif "date" in row:
            found[code] = row["date"].isoformat()
        else:
            found[code] = row.get("value") or row["text"]
    return found


@dataclass
class Population:
    """The two rounds, and the units of the last one in order."""

    rounds: dict[dt.date, Round] = field(default_factory=dict)
    units: list[Municipality] = field(default_factory=list)

    @property
    def now(self) -> Round:
        return self.rounds[NOW]

    def report(self, index: int, day: dt.date = NOW) -> Report:
        return Report.objects.get_queryset().get(round=self.rounds[day], municipality=self.units[index])


def populate(world: World, *, extra: int = 0) -> Population:
    """Two rounds for the world's units and ``extra`` municipalities more. In the last round unit 0 has a returned
    report, the last unit none, unit 1 came three days late and unit 2 through its office."""
    return kept(("population", extra), lambda: _populate(world, extra))


def _populate(world: World, extra: int) -> Population:
    _more_units(world, extra)
    people = Population()
    everyone = Municipality.objects.across_all(reason="test").units_as_of(NOW)
    people.units = sorted(everyone, key=lambda unit: (unit.kind != "municipality", unit.number))
    user = world.users["editor-3004"]
    for shift, day in enumerate((BEFORE, NOW)):
        moment = dt.datetime.combine(day, dt.time(9, 0), tzinfo=OSLO)
        round_ = round_services.round_open(reference_date=day, actor=None, now=moment)
        people.rounds[day] = round_
        for index, unit in enumerate(people.units[: -1 if day == NOW else None]):
            _send(round_, unit, index + (1 - shift), user, moment, index if day == NOW else -1)
    _registers(world, people)
    return people


def _send(round_: Round, unit: Municipality, index: int, user: User, moment: dt.datetime, special: int) -> None:
    report = Report.objects.get_queryset().get(round=round_, municipality=unit)
    answers = as_answers(answers_of(index))
    submission = Submission.objects.get_queryset().create(
        report=report, number=1, form_version=round_.form_version, answers=answers, answers_hash=answers_hash(answers),
        submitted_by=user, submitted_by_name=str(user), submitted_at=moment,
        days_late=3 if special == 1 else 0, on_behalf_of=unit if special == 2 else None,
        extended_to=moment.date() if special == 3 else None,
    )  # fmt: skip
    Answer.objects.get_queryset().bulk_create(Answer(submission=submission, **row) for row in answers_of(index))
    report.current = submission
    report.status = Report.Status.RETURNED if special == 0 else Report.Status.SUBMITTED
    report.submitted_at = moment
    report.save()


def _registers(world: World, people: Population) -> None:
    _plans(people)
    office = next(iter(world.offices.values()))
    network = next(iter(world.networks.values()))
    for unit in people.units[:3]:
        Participation.objects.get_queryset().create(
            network=network, municipality=unit, status="active", origin="register", valid_from=dt.date(2021, 1, 1)
        )
    friends = Network.objects.get_queryset().create(
        name="Aldersvennlige lokalsamfunn", kind="age_friendly", valid_from=dt.date(2019, 1, 1)
    )
    for unit, where, first, last in (
        (people.units[3], network, dt.date(2020, 1, 1), dt.date(2022, 4, 30)),  # in the round before only
        (people.units[1], network, NOW + dt.timedelta(days=1), None),  # after both
        (people.units[4], friends, dt.date(2021, 1, 1), None),  # no regional network
    ):
        Participation.objects.get_queryset().create(
            network=where, municipality=unit, status="active", origin="register", valid_from=first, valid_to=last
        )
    for index, kind in enumerate(("dialogue", "course", "letter")):
        activity = SupportActivity.objects.get_queryset().create(
            kind=kind, provider=("statsforvalter", "ks", "usht")[index], office=office,
            on=dt.date(2021, 12, 10) if index else dt.date(2021, 9, 1),
        )  # fmt: skip
        activity.municipalities.add(*people.units[index : index + 2])


def plan_rows(index: int) -> list[tuple[str, dt.date, dt.date | None]]:
    """What the plan register has of unit number ``index``: status, first and last day."""
    return (
        [("own", dt.date(2021, 6, 1), None)],
        [("process", dt.date(2021, 6, 1), dt.date(2022, 2, 28)), ("inside", dt.date(2022, 3, 1), None)],
        [("none", dt.date(2021, 1, 1), dt.date(2022, 4, 30)), ("process", NOW, None)],
        [("own", dt.date(2020, 1, 1), dt.date(2021, 10, 31)), ("own", dt.date(2022, 5, 2), None)],
        [],
    )[index % 5]  # fmt: skip


def registered(index: int, day: dt.date) -> str:
    """The unit's status by the plan register on ``day``; empty when it has none."""
    return next((s for s, first, last in plan_rows(index) if first <= day and (last is None or day <= last)), "")


def _plans(people: Population) -> None:
    PlanDecision.objects.get_queryset().bulk_create(
        PlanDecision(
            municipality=unit, status=status, valid_from=first, valid_to=last, registered_at=FROZEN,
            origin=f"register:{place}" if index % 2 else f"report:{index}/{place}",
            decided_on=dt.date(2020, 6, 1) if status == "own" else None,
        )
        for index, unit in enumerate(people.units)
        for place, (status, first, last) in enumerate(plan_rows(index))
    )  # fmt: skip


def _more_units(world: World, extra: int) -> None:
    from municipalities.models import County, MunicipalityVersion

    offices = list(Office.objects.get_queryset())
    county = County.objects.filter(number="30").first()
    for index in range(extra):
        unit = Municipality.objects.get_queryset().create(kind="municipality")
        MunicipalityVersion.objects.create(
            municipality=unit, number=str(8000 + index), name=f"Prøvekommune {index}",
            sort_key=sort_key(f"Prøvekommune {index}"), county=county, office=offices[index % len(offices)],
            tile_column=index % 20, tile_row=index // 20, valid_from=dt.date(2020, 1, 1),
        )  # fmt: skip


def built(people: Population) -> NationalSummary:
    """The summary of the last round, made at FROZEN; its files are asked for. Only where no job is started."""
    return kept("summary", lambda: _built(people))


def _built(people: Population) -> NationalSummary:
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    assert summaries.summary_build(pk=summary.pk, clock=lambda: FROZEN)
    summary.refresh_from_db()
    return summary


__all__ = ["BEFORE", "FROZEN", "NOW", "Network", "Population", "answers_of", "built", "populate", "registered"]
