"""The explanations in a workbook: what a check asks about is explained in the row of its field, once for all that is
asked there. They are compared as the answers are: what the person left as it was is no change of hers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.checks import WARNING, Finding
from reporting.form_spec import FormSpec, QuestionSpec
from reporting.form_workbook.cells import CellRefused, words
from reporting.form_workbook.compare import Fault
from reporting.form_workbook.layout import token
from reporting.form_workbook.rows import ReadForm, ReadRow
from reporting.services.drafts import explanation_clean

Asked = Mapping[str, Sequence[Finding]]
"""What asks for an explanation, by the field in whose row it is written."""


@dataclass(frozen=True)
class Explained:
    """An explanation that the workbook changes, of all that is asked at one field: what stands there, and what it says.
    ``conflict``: somebody else has written another one since the download."""

    key: str
    question: QuestionSpec
    row: str
    findings: tuple[str, ...]
    before: str
    after: str
    cell: str
    conflict: bool = False


def asked_of(spec: FormSpec, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The warnings among ``findings`` by the field in whose row each is explained: one about a whole matrix stands at
    its first row."""
    known, asked = set(spec.field_keys()), {}  # type: ignore[var-annotated]
    for finding in findings:
        if finding.level == WARNING:
            key = finding.field_key
            place = key if key in known else spec.question(finding.question).field_keys()[0]
            here = asked.setdefault(place, [])
            if finding.key not in {one.key for one in here}:
                here.append(finding)
    return asked


def standing(findings: Iterable[Finding], comments: Mapping[str, str]) -> str:
    """What is written already about these findings, each text once."""
    texts = (comments.get(finding.key, "").strip() for finding in findings)
    return "\n".join(dict.fromkeys(text for text in texts if text))


def compare_explanations(
    spec: FormSpec, form: ReadForm, asked: Asked, comments: Mapping[str, str]
) -> tuple[list[Explained], list[Fault]]:
    """What the workbook says about what is ``asked``, against the ``comments`` that stand in the draft; and the cells
    that are not taken. A workbook without the column says nothing."""
    by_key: dict[str, list[ReadRow]] = {}
    for row in form.rows:
        if "explanation" in row.values:
            by_key.setdefault(row.text("key"), []).append(row)
    found, faults = [], []
    for key in spec.field_keys():
        if key in by_key:
            try:
                entry = _compare(spec, key, by_key[key], asked.get(key, ()), comments)
            except _Refused as refused:
                faults.append(Fault(refused.row.sheet, refused.row.cell_of("explanation"), str(refused), key))
            else:
                found += [entry] if entry is not None else []
    return found, faults


class _Refused(Exception):
    def __init__(self, row: ReadRow, sentence: str) -> None:
        super().__init__(sentence)
        self.row = row


def _compare(
    spec: FormSpec, key: str, rows: Sequence[ReadRow], asked: Sequence[Finding], comments: Mapping[str, str]
) -> Explained | None:
    row, text = _written(rows)
    base = next((one.text("explained") for one in rows if one.text("explained")), "")
    before = standing(asked, comments)
    if token(text) == base or text == before or not (text or base):
        return None
    if not asked:
        if not text:
            return None
        raise _Refused(row, _("No check asks for an explanation of this answer. What is written here is left out."))
    conflict = bool(before and base) and token(before) != base
    keys = tuple(finding.key for finding in asked)
    return Explained(key, *spec.field(key), keys, before, text, row.cell_of("explanation"), conflict)


def _written(rows: Sequence[ReadRow]) -> tuple[ReadRow, str]:
    """The explanation in the rows of one field, and the row it stands in. Raises _Refused for what cannot be one."""
    texts: dict[str, ReadRow] = {}
    for row in rows:
        try:
            typed = words(row.values.get("explanation"))
        except CellRefused as refused:
            raise _Refused(row, str(refused)) from refused
        if typed:
            texts.setdefault(typed, row)
    row = next(iter(texts.values()), rows[0])
    cleaned = explanation_clean("\n".join(texts))
    if cleaned.error:
        raise _Refused(row, cleaned.error)
    return row, cleaned.value or ""
