"""The draft of a report, a municipality's or a region's, follows its form when a mended version takes the form's place.

Every answer that was given stays under its question. One that cannot be an answer to the mended question stands as it
was written, with its error, until somebody looks at it. What was sent in is not touched: it keeps its own form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reporting.answers_typed import clean, keepable
from reporting.form_spec import FormSpec, QuestionSpec
from reporting.models import FormVersion, RegionalReport, Report
from reporting.services.rounds import form_spec


def specs_before(form: FormVersion) -> Iterator[FormSpec]:
    """What was asked before ``form`` took its place, the last first; nothing for a form that mends none. A query for
    each that is looked at."""
    while form.replaces is not None:
        form = form.replaces
        yield form_spec(form)


def asked_before(form: FormVersion, key: str) -> tuple[QuestionSpec, str] | None:
    """The question and the matrix row of a field that ``form`` does not ask, but one that it mends did; else None."""
    for spec in specs_before(form):
        if key in spec.field_keys():
            return spec.field(key)
    return None


def changed_keys(old: FormSpec, new: FormSpec) -> list[str]:
    """The fields of ``new`` whose answers have to be judged anew: those that are new, or asked otherwise."""
    kept = set(old.field_keys())
    return [key for key in new.field_keys() if key not in kept or old.field(key)[0] != new.field(key)[0]]


def draft_follow(report: Report | RegionalReport, changed: Iterable[str], new: FormSpec) -> tuple[bool, int]:
    """Judge the kept answers of ``changed`` fields by the new form, in memory. Returns whether the draft is another
    now (its version is counted up), and how many of its answers fit no more."""
    fields = report.draft.get("fields", {})
    given = [key for key in changed if key in fields]
    wrong = sum(_fits_no_more(fields, key, new) for key in given)
    if given:
        report.draft_version += 1
    return bool(given), wrong


def _fits_no_more(fields: dict[str, Any], key: str, spec: FormSpec) -> bool:
    """Judge a kept answer by its mended question; one that fits no more is kept as it was written."""
    question, row = spec.field(key)
    kept = fields[key]
    written = kept["raw"] if kept.get("error") else kept.get("value")
    cleaned = clean(question, written, row=row)
    new = {name: value for name, value in kept.items() if name not in ("raw", "error")}
    new["value"] = cleaned.value
    if cleaned.error:
        new |= {"raw": keepable(written), "error": cleaned.code}
    if new != kept:
        fields[key] = {**new, "rev": kept.get("rev", 0) + 1}
    return bool(cleaned.error)


def draft_comes_back(row: Report) -> None:
    """A report goes back to those who fill it in: its draft follows the form that holds now, if it was mended since the
    report was sent in. ``row`` is locked; no query where nothing was mended but the Submission's."""
    _comes_back(row, row.round.form_version)


def region_comes_back(row: RegionalReport) -> None:
    """The same for a region's report, locked, that is its own again; nothing while it is with Hdir."""
    if row.status not in RegionalReport.CLOSED and row.round.regional_form is not None:
        _comes_back(row, row.round.regional_form)


def _comes_back(row: Report | RegionalReport, form: FormVersion) -> None:
    sent = row.current
    if sent is None or sent.form_version_id == form.pk:
        return
    new = form_spec(form)
    touched, _wrong = draft_follow(row, changed_keys(form_spec(sent.form_version), new), new)
    if touched:
        row.save(update_fields=["draft", "draft_version"])
