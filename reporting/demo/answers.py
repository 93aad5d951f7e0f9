"""What an invented unit answers in a round: the same for the same unit and round, every time.

A unit has a *maturity* between 0 and 1 that grows from round to round; what it has adopted, which step it
stands on and whether it takes part in a network follow from it, so the figures hang together as real ones do.
Pure: no Django, no clock.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GROWTH = {0: 0.0, 1: 0.07}
"""How far a unit has come in the second round, on top of its maturity in the first."""

ADOPTED = 0.52
"""From this maturity on a unit has an adopted plan."""

SHOWN_FIRST = {"3004": 0.68}
"""Fredrikstad is the municipality that a visitor opens first: it has a plan and a good deal to show."""

POSITIONS = ("in_place", "adopted", "adapted", "considered", "not_considered")

PROCESSES = (
    "Plan for helse og omsorg er under arbeid. Reformen er med i planprogrammet, og eldrerådet uttaler seg.",
    "Arbeidsgruppa legger fram kartleggingen for utvalget i høst. Kommunestyret behandler saken sammen med budsjettet.",
    "Reforma blir teken inn i revisjonen av kommuneplanen sin samfunnsdel. Medverknad er planlagd i tre bygder.",
    "Saken er forankret i ledergruppa. Vi venter på ny planstrategi før vi legger fram forslag til vedtak.",
)
EXAMPLES = (
    "Generasjonskafé hver torsdag: ungdomsskolen lager mat sammen med beboerne. 40 til 60 kommer hver gang.",
    "Trivselskontakter går tur med eldre i nærmiljøet. Ordningen er satt i drift sammen med frivilligsentralen.",
    "Måltidsverter på alle avdelinger og nattmat for dem som vil ha det. Nattfasten gikk ned fra 14 til 11 timer.",
    "Ein fast kontaktperson i heimetenesta for kvar brukar. Talet på tilsette ein møter, gjekk frå 19 til 11.",
)
NEEDS = (
    "Vi ønsker hjelp til å knytte reformen til samfunnsdelen og økonomiplanen.",
    "Kurs i medvirkning og i hvordan vi måler resultater.",
    "Erfaringar frå kommunar på same storleik som oss.",
)
HOSTILE = (
    '=HYPERLINK("http://127.0.0.1:9/","klikk") @SUM(1+1) -2+3 <script>alert(\'x\')</script> <img src=file:///etc/hosts>',
    "Godt samarbeid 👵🏽❤️ med frivillige – og «sitater», עברית, tabulator\tog linje\nskift.",
)


@dataclass(frozen=True)
class Unit:
    """What the generator must know of a unit. ``networks`` are the ids of its region's networks."""

    number: str
    is_district: bool
    networks: Sequence[str]
    solutions: Sequence[str]


def maturity(unit: Unit, step: int) -> float:
    """How far the unit has come, 0-1; ``step`` 0 is the first round of the demo, 1 the second."""
    if unit.number in SHOWN_FIRST:
        return SHOWN_FIRST[unit.number]
    rng = random.Random(f"maturity:{unit.number}")  # noqa: S311 - invented data, no secret
    return min(1.0, rng.betavariate(2.1, 2.2) + GROWTH[step] * rng.random() * 2)


def answers(unit: Unit, step: int, reference: dt.date) -> dict[str, Any]:
    """The unit's answers per ``reference``, as canonical answers by question code."""
    rng = random.Random(f"answers:{unit.number}")  # noqa: S311 - the same stream in both rounds, so little changes
    level = maturity(unit, step)
    given: dict[str, Any] = {}
    given |= _organisation(rng, level)
    given |= _plan(rng, level, unit, reference)
    given["solutions"] = _solutions(rng, level, unit, given["plan.status"])
    given |= _progress(rng, level, given["plan.status"])
    given |= _network(rng, level, unit)
    given |= _support(rng, level)
    given |= _texts(rng, level, unit, step)
    return given


def _organisation(rng: random.Random, level: float) -> dict[str, Any]:
    responsible = rng.choices(("director", "sector", "unit", "project"), (0.15 + level / 2, 0.8, 0.5 - level / 3, 0.3))
    sectors = ["health"] + [key for key in ("culture", "planning", "technical", "upbringing") if rng.random() < level]
    bodies = ("elders_council", "inhabitants", "next_of_kin", "volunteers", "employees", "hospital", "county")
    weights = (0.9, 0.45, 0.4, 0.5, 0.7, 0.2, 0.15)
    involved = [
        body for body, weight in zip(bodies, weights, strict=True) if rng.random() < weight * (0.55 + 0.6 * level)
    ]
    analysis = rng.choices(("yes", "partly", "no"), (level, 0.5, 0.8 - 0.7 * level))
    return {
        "org.responsible": responsible[0],
        "org.sectors": sectors,
        "org.involved": involved or ["employees"],
        "org.analysis": analysis[0],
    }


def _plan(rng: random.Random, level: float, unit: Unit, reference: dt.date) -> dict[str, Any]:
    inside, months, case = rng.random() < 0.45, rng.randint(1, 26), rng.randint(8, 139)
    declined, span = rng.random() < 0.05, rng.randint(0, 620)
    if level > ADOPTED:
        if maturity(unit, 0) > ADOPTED:
            day = dt.date(2020, 2, 3) + dt.timedelta(days=span)
        else:
            day = dt.date(2021, 11, 15) + dt.timedelta(days=span // 5)
        plan = {
            "plan.status": "inside" if inside else "own",
            "plan.decided_on": day.isoformat(),
            "plan.case": f"PS {case}/{day:%y}",
            "plan.anchoring": _anchoring(rng, level),
        }
        if rng.random() < 0.5:
            plan["plan.link"] = f"https://innsyn.example.no/{unit.number}/sak/{case}"
        return plan
    if level > 0.3:
        expected = reference + dt.timedelta(days=30 * months)
        return {
            "plan.status": "process",
            "plan.expected_on": expected.replace(day=15).isoformat(),
            "plan.process": rng.choice(PROCESSES),
            "plan.anchoring": _anchoring(rng, level - 0.25),
        }
    return {"plan.status": "declined" if declined else "none"}


def _anchoring(rng: random.Random, level: float) -> list[str]:
    kinds = ("samfunnsdel", "handlingsdel", "budget", "care_plan", "strategy", "own_plan")
    chosen = [kind for kind in kinds if rng.random() < 0.15 + 0.6 * level]
    return chosen or ["care_plan"]


def _solutions(rng: random.Random, level: float, unit: Unit, status: str) -> dict[str, str]:
    positions = {}
    careful = rng.random() < 0.7  # the others have adopted solutions without a plan, which is worth a warning
    for order, code in enumerate(unit.solutions):
        lean = max(0.0, min(1.0, level + rng.uniform(-0.35, 0.35) - 0.012 * order))
        index = min(4, int((1 - lean) * 5))
        if status in ("none", "declined") and index < 3 and careful:
            index = 3
        positions[code] = POSITIONS[index]
    return positions


def _progress(rng: random.Random, level: float, status: str) -> dict[str, Any]:
    adopted = status in ("own", "inside")
    step = 3 + (level > 0.62) + (level > 0.78) if adopted else 1 + (level > 0.25) + (level > 0.42)
    delay = max(0, round(rng.gauss(13 - 14 * level, 7)))
    given = {"progress.step": str(step), "progress.phase": "3" if adopted and level > 0.6 else "2"}
    given["progress.delay_months"] = delay if delay <= 24 or rng.random() < 0.4 else 24
    if delay:
        reasons = ("pandemic", "capacity", "money", "merger", "priority", "other")
        given["progress.delay_reason"] = rng.choices(reasons, (6, 4, 1, 1, 2, 1))[0]
    return given


def _network(rng: random.Random, level: float, unit: Unit) -> dict[str, Any]:
    chance, which = rng.random(), rng.random()
    if unit.networks and chance < 0.35 + 0.62 * level:
        chosen = unit.networks[int(which * len(unit.networks))]
        return {"network.participates": "yes", "network.which": [chosen]}
    return {"network.participates": "planned" if chance < 0.8 else "no"}


def _support(rng: random.Random, level: float) -> dict[str, Any]:
    kinds = [
        kind
        for kind, weight in zip(
            ("dialogue", "leaders", "course", "planning", "letter"), (0.45, 0.2, 0.4, 0.3, 0.12), strict=True
        )
        if rng.random() < weight
    ]
    given: dict[str, Any] = {"support.received": kinds or ["none"]}
    if rng.random() < 0.55 - 0.3 * level:
        given["support.needed"] = rng.choice(NEEDS)
    return given


def _texts(rng: random.Random, level: float, unit: Unit, step: int) -> dict[str, Any]:
    measures = rng.choices(("yes", "planned", "no"), (level, 0.5, 0.7 - 0.5 * level))[0]
    given: dict[str, Any] = {"result.measures": measures}
    if level > 0.45 and rng.random() < 0.6:
        given["result.example"] = rng.choice(EXAMPLES)
    number = int(unit.number)
    if step and number % 97 == 0:
        given["comment"] = HOSTILE[number % 2]
    elif step and number % 89 == 0:
        given["comment"] = "Vi vil gjerne fortelle mer om arbeidet. " * 45
    elif rng.random() < 0.12:
        given["comment"] = "Planarbeidet følges opp to ganger i året i utvalget for helse og velferd."
    return given


def fits(given: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """The answers to questions that the round asks, whatever its form."""
    return {code: value for code, value in given.items() if code in known}
