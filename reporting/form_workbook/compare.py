"""What a workbook says against the draft as it stands: differences, faults, and where two have answered differently.

Three are compared: what stood in the field when the workbook was downloaded, what the workbook says now, and what the
draft says now. What the person left as it was is no change of hers, whatever others have done since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reporting.answers_typed import clean, keepable
from reporting.form_spec import FormSpec, QuestionSpec
from reporting.form_workbook.cells import CellRefused, chosen, raw_answer
from reporting.form_workbook.layout import CHOSEN, SEVERAL, Choices, token
from reporting.form_workbook.rows import ReadForm, ReadRow
from reporting.services.draft_view import FieldView

LANGUAGES = ("nb", "nn")


@dataclass(frozen=True)
class Difference:
    """One field that the workbook changes: what stands there, and what it says. ``conflict``: somebody else has changed
    the field since the download (``by``, ``at``)."""

    key: str
    question: QuestionSpec
    row: str
    before: Any
    after: Any
    rev: int
    cell: str
    conflict: bool = False
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class Fault:
    """A cell that is not taken, with a sentence."""

    sheet: str
    cell: str
    sentence: str
    key: str = ""


@dataclass
class Comparison:
    """All that a workbook says. ``same`` counts the fields that it leaves as they are."""

    differences: list[Difference] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    same: int = 0

    @property
    def changes(self) -> list[Difference]:
        """Those that nobody else has touched."""
        return [entry for entry in self.differences if not entry.conflict]

    @property
    def conflicts(self) -> list[Difference]:
        return [entry for entry in self.differences if entry.conflict]


def compare(
    spec: FormSpec,
    form: ReadForm,
    fields: Mapping[str, FieldView],
    choices: Choices,
) -> Comparison:
    """Compare a workbook with the draft's ``fields``; ``choices`` are those of register-backed questions."""
    return _Comparing(spec, form, fields, choices).run()


class _Comparing:
    def __init__(self, spec: FormSpec, form: ReadForm, fields: Mapping[str, FieldView], choices: Choices) -> None:
        self.spec, self.form, self.fields, self.choices = spec, form, fields, choices
        first = form.origin.language if form.origin.language in LANGUAGES else LANGUAGES[0]
        self.languages = (first, *(language for language in LANGUAGES if language != first))
        self.result = Comparison()

    def run(self) -> Comparison:
        by_key: dict[str, list[ReadRow]] = {}
        for row in self.form.rows:
            by_key.setdefault(row.text("key"), []).append(row)
        known = self.spec.field_keys()
        for key in known:
            if key in by_key:
                self._field(key, by_key.pop(key))
        for rows in by_key.values():
            self._fault(rows[0], _("The form does not have this question any more. The row is left out."))
        return self.result

    def _field(self, key: str, rows: Sequence[ReadRow]) -> None:
        question, row = self.spec.field(key)
        if question.kind in SEVERAL:
            self._several(key, question, rows)
        elif len(rows) > 1:
            self._fault(rows[1], _("The same question stands in two rows. Take one of them away."), key)
        else:
            self._one(key, question, row, rows[0])

    def _one(self, key: str, question: QuestionSpec, matrix_row: str, row: ReadRow) -> None:
        stands = self.fields[key]
        try:
            raw = raw_answer(question, row.values.get("answer"), self.choices, self.languages)
        except CellRefused as refused:
            self._fault(row, str(refused), key)
            return
        cleaned = clean(question, raw, row=matrix_row)
        now = token(cleaned.value, keepable(raw) if cleaned.error else None)
        if now == row.text("base"):
            self.result.same += 1
        elif cleaned.error:
            self._fault(row, cleaned.error, key)
        else:
            self._differ(key, question, matrix_row, cleaned.value, row, stands)

    def _several(self, key: str, question: QuestionSpec, rows: Sequence[ReadRow]) -> None:
        """One row for each answer; a row that is not there leaves its answer as it stands."""
        stands = self.fields[key]
        marked, touched = set(stands.value or ()), None
        seen: set[str] = set()
        for row in rows:
            option = row.text("option")
            if option in seen:
                self._fault(row, _("The same question stands in two rows. Take one of them away."), key)
                return
            seen.add(option)
            try:
                here = chosen(row.values.get("answer"))
            except CellRefused as refused:
                self._fault(row, str(refused), key)
                return
            base = row.text("base")
            if here == (base == CHOSEN) and base in (CHOSEN, "-"):
                continue
            touched = touched or row
            marked = marked | {option} if here else marked - {option}
        if touched is None:
            self.result.same += 1
            return
        known: Collection[str] | None = None
        if question.kind == "register":
            known = {pk for pk, _name in self.choices.get(question.code, ())}
        cleaned = clean(question, sorted(marked) or None, known=known)
        if cleaned.error:
            self._fault(touched, cleaned.error, key)
        else:
            self._differ(key, question, "", cleaned.value, touched, stands)

    def _differ(
        self, key: str, question: QuestionSpec, matrix_row: str, value: Any, row: ReadRow, stands: FieldView
    ) -> None:
        if value == stands.value and not stands.error:
            self.result.same += 1  # somebody has answered the same meanwhile
            return
        rev = row.text("rev")
        moved = rev != str(stands.rev) and rev != ""
        self.result.differences.append(
            Difference(
                key=key, question=question, row=matrix_row, before=stands.raw if stands.error else stands.value,
                after=value, rev=stands.rev, cell=row.cell, conflict=moved,
                by=stands.by if moved else "", at=stands.at if moved else "",
            )
        )  # fmt: skip

    def _fault(self, row: ReadRow, sentence: str, key: str = "") -> None:
        self.result.faults.append(Fault(row.sheet, row.cell, sentence, key))
