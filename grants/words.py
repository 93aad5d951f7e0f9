"""What is said about the criteria, in the language in use: titles, states, evidence, and what a municipality can do.

A sentence on what is missing is put together from one frame and steps in the infinitive, so that several missing things
still make one sentence. No database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.criteria.facts import MET, Evidence
from municipalities.services.dated import in_words

if TYPE_CHECKING:
    from grants.services.priority import Verdict
    from grants.services.priority_decisions import Change

TITLES = {
    "plan_or_process": gettext_lazy("Plan adopted, or a process described"),
    "plan_content": gettext_lazy("The council has taken a position on the areas"),
    "samfunnsdel": gettext_lazy("Taken into the community part of the municipal plan"),
    "network": gettext_lazy("Takes part in a regional network, or plans to"),
}

SHORT = {
    "plan_or_process": gettext_lazy("Plan or process"),
    "plan_content": gettext_lazy("Areas and solutions"),
    "samfunnsdel": gettext_lazy("Community part"),
    "network": gettext_lazy("Network"),
}

ASKS = {
    "plan_or_process": gettext_lazy(
        "The municipality has adopted a plan for carrying out the reform, or has described how and when it will adopt "
        "one."
    ),
    "plan_content": gettext_lazy(
        "A plan means that the municipal council has taken a position on the focus areas and solutions of the reform "
        "and decided how it is carried out locally."
    ),
    "samfunnsdel": gettext_lazy(
        "The municipality shows how the reform is meant to be taken into the community part of the municipal plan "
        "(Planning and Building Act, section 11-2)."
    ),
    "network": gettext_lazy(
        "The municipality takes part, or plans to take part, in a regional network for exchange of experience and "
        "mutual support."
    ),
}
"""What each criterion asks: national plan 2021, ch. 3.2."""

ACCEPTS = {
    "process_counts": gettext_lazy("A described process counts"),
    "intended_counts": gettext_lazy("A planned inclusion counts"),
    "planned_counts": gettext_lazy("Planned participation counts"),
}

REFUSES = {
    "process_counts": gettext_lazy("A described process does not count"),
    "intended_counts": gettext_lazy("A planned inclusion does not count"),
    "planned_counts": gettext_lazy("Planned participation does not count"),
}

STATES = {
    "met": gettext_lazy("Met"),
    "not_met": gettext_lazy("Not met"),
    "unknown": gettext_lazy("Not known"),
}

EVIDENCE = {
    "plan.own": gettext_lazy("The register: own plan or decision"),
    "plan.inside": gettext_lazy("The register: inside another adopted plan"),
    "plan.process": gettext_lazy("The register: process described, decision expected"),
    "plan.none": gettext_lazy("The register: no plan"),
    "plan.declined": gettext_lazy("The register: decided not to make a plan"),
    "plan.status=own": gettext_lazy("The approved report: own plan or decision"),
    "plan.status=inside": gettext_lazy("The approved report: inside another adopted plan"),
    "plan.status=process": gettext_lazy("The approved report: process described, decision expected"),
    "plan.status=none": gettext_lazy("The approved report: no plan"),
    "plan.status=declined": gettext_lazy("The approved report: decided not to make a plan"),
    "content.process": gettext_lazy("The process counts until the plan is there; its content is judged then"),
    "position.area": gettext_lazy("Position on the focus area"),
    "position.solution": gettext_lazy("Position on a solution of the focus area"),
    "position.answer": gettext_lazy("The approved report: position on a solution of the focus area"),
    "samfunnsdel.adopted": gettext_lazy("The register: taken into the community part"),
    "samfunnsdel.expected": gettext_lazy("The register: is to be taken into the community part"),
    "samfunnsdel.answer": gettext_lazy("The approved report: taken into the community part"),
    "samfunnsdel.left_out": gettext_lazy("The approved report names other plans, or none"),
    "network.active": gettext_lazy("The register: takes part in a regional network"),
    "network.planned": gettext_lazy("The register: participation in a regional network is planned"),
    "network.not_regional": gettext_lazy("The register: part in a network that is not a regional one"),
    "network.participates=yes": gettext_lazy("The approved report: takes part in a regional network"),
    "network.participates=planned": gettext_lazy("The approved report: participation is planned"),
    "network.participates=no": gettext_lazy("The approved report: takes no part in a regional network"),
}

STEPS = {
    "plan.unknown": gettext_lazy("say in the report, or to the statsforvalter, whether a plan is adopted or under way"),
    "plan.none": gettext_lazy("adopt a plan, or describe how and when it will"),
    "plan.declined": gettext_lazy("take up again the decision not to make a plan"),
    "plan.process": gettext_lazy("adopt the plan and have the decision registered"),
    "plan.decided_later": gettext_lazy("wait for the decision on the plan, which is dated %(day)s"),
    "plan.undated": gettext_lazy("give the day on which the council adopted the plan"),
    "process.how": gettext_lazy("describe how it works towards the decision on the plan"),
    "process.when": gettext_lazy("give the day on which the decision on the plan is expected"),
    "process.how_and_when": gettext_lazy("describe how and when the plan will be decided"),
    "process.passed": gettext_lazy(
        "register the decision on the plan, which was expected on %(day)s, or give a new day for it"
    ),
    "content.areas": gettext_lazy("take a position on %(areas)s"),
    "samfunnsdel.unknown": gettext_lazy("show how the reform is to be taken into the community part"),
    "samfunnsdel.missing": gettext_lazy("take the reform into the community part, or say when it will be"),
    "samfunnsdel.ended": gettext_lazy("show that the reform is in the community part that holds now"),
    "samfunnsdel.intended": gettext_lazy("adopt the community part in which the reform is to be taken in"),
    "network.unknown": gettext_lazy("say whether it takes part in a regional network, or plans to"),
    "network.missing": gettext_lazy("join a regional network, or plan to"),
    "network.planned": gettext_lazy("begin in the regional network in which it plans to take part"),
    "network.ended": gettext_lazy("join a regional network again, for its participation has ended"),
    "network.other_kind": gettext_lazy("join a regional network, for the network it is in is not one"),
    "parts.plan_or_process": gettext_lazy("have a plan or a process for the whole of the new municipality"),
    "parts.plan_content": gettext_lazy("have a plan with positions for the whole of the new municipality"),
    "parts.samfunnsdel": gettext_lazy("take the reform into the community part of the new municipality"),
    "parts.network": gettext_lazy("join a regional network as the new municipality, or plan to"),
    "overruled": gettext_lazy("agree with the statsforvalter on what its assessment of «%(criterion)s» asks for"),
}
"""What the municipality can do about what is missing: it follows on "the municipality must"."""


def title(code: str) -> str:
    """The criterion in a few words."""
    return str(TITLES[code])


def evidence(row: Evidence) -> str:
    """What a piece of evidence shows; a position names its focus area."""
    text = str(EVIDENCE.get(row.word, row.word))
    return f"{text} {row.area}" if row.area else text


def missing_of(verdict: Verdict) -> str:
    """One sentence on what the municipality can do about one criterion."""
    return _must([_step(verdict)])


def missing_in_all(verdicts: Iterable[Verdict]) -> str:
    """One sentence on what it must do to meet all criteria; empty where it does."""
    steps = [_step(verdict) for verdict in verdicts if verdict.state != MET]
    return _must(list(dict.fromkeys(steps))) if steps else ""


def why_changed(change: Change) -> str:
    """Why the outcome of a criterion is another one today than on a decided list, in sentences."""
    said = []
    if not change.after:
        said.append(_("The criterion is no longer among those of the year."))
    elif not change.before:
        said.append(_("The criterion was not among those of the year."))
    elif change.is_asked_otherwise:
        said.append(_("The criterion is asked otherwise now."))
    if change.overruling:
        said.append(_("The statsforvalter's overruling was recorded or withdrawn."))
    for frame, rows in ((_("New: %(what)s."), change.gained), (_("No longer: %(what)s."), change.lost)):
        if shown := list(dict.fromkeys(evidence(row) for row in rows)):
            said.append(frame % {"what": "; ".join(shown)})
    if not said and change.missing:
        said.append(change.missing)
    return " ".join(said)


def _must(steps: list[str]) -> str:
    return _("The municipality must %(steps)s.") % {"steps": "; ".join(steps)}


def _step(verdict: Verdict) -> str:
    if verdict.overruling is not None:
        return str(STEPS["overruled"]) % {"criterion": title(verdict.code)}
    computed = verdict.computed
    return str(STEPS[computed.missing]) % _about(computed.missing, computed.about)


def _about(key: str, about: tuple[str, ...]) -> dict[str, Any]:
    if key == "content.areas":
        return {"areas": areas(about)}
    return {"day": in_words(dt.date.fromisoformat(about[0]))} if about else {}


def areas(codes: Iterable[str]) -> str:
    """``focus area 3`` or ``focus areas 3 and 4``."""
    known = list(codes)
    text = _("focus area %(areas)s") if len(known) == 1 else _("focus areas %(areas)s")
    return text % {"areas": listed(known)}


def listed(parts: list[str]) -> str:
    """``one``, ``one and two``, ``one, two and three``."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
