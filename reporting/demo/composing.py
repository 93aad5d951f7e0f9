"""The demo's next round, half composed: something to open in the composer, with differences from last time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from municipalities.models import User
from reporting.compose import editing
from reporting.models import FormVersion, Round
from reporting.services.composing import form_edit, round_compose

NEXT = dt.date(2022, 11, 1)
LETTER = "Brev om rapportering per 1. november 2022, under arbeid"
HOUSING = {"key": "housing", "text": {"nb": "Boligsosial handlingsplan", "nn": "Bustadsosial handlingsplan"}}
MEETINGS = {
    **editing.own_question("network.meetings", "whole_number"),
    "text": {"nb": "Hvor mange nettverksmøter har dere vært med på siden sist?",
             "nn": "Kor mange nettverksmøte har de vore med på sidan sist?"},
    "help": {"nb": "Regn med både fysiske og digitale møter.", "nn": ""},
    "limits": {"min": 0, "max": 60},
    "shown_when": [{"question": "network.participates", "any_of": ["yes"]}],
}  # fmt: skip
"""A question whose help is not written in nynorsk yet: the composer says what is missing."""


def next_round_make(*, actor: User, now: dt.datetime) -> Round | None:
    """Begin the round per 1 November 2022 and change a few things in its form. None when it is there already."""
    rounds = Round.objects.across_all(reason="demo")
    if rounds.filter(reference_date=NEXT).exists():
        return None
    round_ = round_compose(reference_date=NEXT, actor=actor, now=now, letter=LETTER)
    form = round_.form_version
    for change in (_anchoring, _meetings, _date_help):
        form = _edit(form, change, actor, now)
    return round_


def _edit(form: FormVersion, change: Any, actor: User, now: dt.datetime) -> FormVersion:
    return form_edit(form=form, change=change, edit_number=form.edit_number, actor=actor, now=now)


def _anchoring(definition: dict[str, Any]) -> dict[str, Any]:
    options = editing.question_of(definition, "plan.anchoring")["options"]
    kept = [entry for entry in options if entry["key"] != HOUSING["key"]]
    return editing.question_set(definition, code="plan.anchoring", values={"options": [*kept, HOUSING]})


def _meetings(definition: dict[str, Any]) -> dict[str, Any]:
    return editing.question_add(definition, question=MEETINGS, section="network", after="network.participates")


def _date_help(definition: dict[str, Any]) -> dict[str, Any]:
    return editing.question_set(
        definition,
        code="plan.decided_on",
        values={"help": {"nb": "Dagen da kommunestyret gjorde vedtaket, for eksempel 17.06.2021",
                         "nn": "Dagen då kommunestyret gjorde vedtaket, til dømes 17.06.2021"}},
    )  # fmt: skip
