"""The form of the regions' own reports: the portal's standard one, and the one of a round."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Any

from reporting import question_bank
from reporting.models import FormVersion, Round


def regional_definition() -> dict[str, Any]:
    """The standard form as ``reporting/data/region.toml`` says it."""
    with (question_bank.FOLDER / "region.toml").open("rb") as file:
        sections = tomllib.load(file)["section"]
    for section in sections:
        section["questions"] = section.pop("question")
    return {"sections": sections}


def regional_form_publish(*, now: dt.datetime) -> FormVersion:
    """The standard form, frozen; the same form again is the one that is there."""
    definition = regional_definition()
    fingerprint = question_bank.definition_hash(definition)
    form, _made = FormVersion.objects.get_or_create(
        name=f"region {fingerprint[:12]}",
        defaults={
            "audience": FormVersion.Audience.REGION,
            "definition": definition,
            "definition_hash": fingerprint,
            "published_at": now,
        },
    )
    return form


def regional_form_of(round_: Round, *, now: dt.datetime) -> FormVersion:
    """The form that the regions answer in the round: the composed one, else the standard one, which it then keeps."""
    if round_.regional_form is None:
        form = regional_form_publish(now=now)
        rounds = Round.objects.across_all(reason="the regions' form")
        rounds.filter(pk=round_.pk, regional_form=None).update(regional_form=form)
        round_.regional_form = form
    return round_.regional_form
