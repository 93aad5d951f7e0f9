"""Whether the volumes of the regions say what their frozen inputs give: each is computed again and compared by hash,
and what was sent in is looked at row by row, because a volume tells every answer in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import translation

from reporting.answers import answer_rows, answers_hash
from reporting.documents.book import Translate
from reporting.documents.content import Content, Figure, content_hash, from_json, to_json
from reporting.documents.difference import Difference, differences
from reporting.documents.facts import Facts
from reporting.documents.freeze_volume import SEVERAL_IDS, is_kept, kept_inputs, recollect_volumes
from reporting.documents.inputs import volume_inputs
from reporting.documents.volume import volumes
from reporting.documents.volume_facts import VolumeFacts
from reporting.models import Answer, NationalSummary, Submission, SummaryContent
from reporting.services.rounds import form_spec

REASON = "check of the volumes of a national summary"
ANSWERS = "answers"  # the sheet of a volume whose rows name unit and question

NOT_KEPT = (
    "volumes: the registers' rows behind them (decisions, steps, networks, support) were not kept when this version was"
    " made; they are read as they stand today, so what differs in them cannot be judged"
)


@dataclass
class Again:
    """One volume computed again. ``found`` is what differs, the most telling first; ``unjudged`` how much differs in
    what was not kept; ``worded`` how many words the portal has changed since."""

    office: str
    language: str
    found: list[Difference] = field(default_factory=list)
    unjudged: int = 0
    worded: int = 0

    @property
    def name(self) -> str:
        return f"volume of {self.office} in {self.language}"


def computed_again(
    summary: NationalSummary, facts: Facts, translate: Translate, rows: Collection[SummaryContent]
) -> Iterator[Again]:
    """Each of the volumes ``rows`` of ``summary``, computed from the frozen inputs; ``facts`` are the summary's own
    again (``freeze.recollect``)."""
    found = recollect_volumes(summary, facts)
    for language in sorted({row.language for row in rows}):
        stored = {row.office.key: row for row in rows if row.language == language and row.office}
        with translation.override(language):
            again = dict(volumes(facts, found, language, translate, only=stored.keys()))
        for office, row in stored.items():
            yield _compared(summary, facts, found, row, office, again.get(office))


def _compared(
    summary: NationalSummary, facts: Facts, found: VolumeFacts, row: SummaryContent, office: str, again: Content | None
) -> Again:
    result = Again(office, row.language)
    if content_hash(row.canonical) != row.content_hash:
        result.found = [Difference("", "", "", "stored with one hash", "has another", figure=False)]
        return result
    if again is None:
        result.found = [Difference("", "", "", "there", "no unit of the region is left")]
        return result
    if content_hash(to_json(again)) == row.content_hash:
        return result
    stored = from_json(row.canonical)
    differing = sorted(differences(stored, again), key=lambda one: (one.table != ANSWERS, not one.figure))
    if not differing:
        differing = [Difference("", "", "", f"newest entry {stored.frozen_at}", again.frozen_at, figure=False)]
    if not is_kept(summary):
        sure = _sure(stored)
        result.found = [one for one in differing if one.table in sure]
        result.unjudged = len(differing) - len(result.found)
    elif volume_inputs(facts, found, office) == kept_inputs(summary, office) and not any(d.figure for d in differing):
        result.worded = len(differing)
    else:
        result.found = differing
    return result


def _sure(content: Content) -> set[str]:
    """The tables of a volume that rest on what every summary keeps: those of figures, and the sheet of answers."""
    counted = {
        table.id
        for table in content.tables()
        if any(isinstance(cell, Figure) and cell.source for row in table.rows for cell in row.cells)
    }
    return counted | {ANSWERS}


# --- what was sent in -----------------------------------------------------------------------------


def altered(facts: Facts, offices: Collection[str] | None = None) -> Iterator[str]:
    """What is not as it was sent in, among the frozen Submissions of the last two rounds (of the regions in
    ``offices``): answers whose hash is another, and typed rows that say something else than the answers."""
    sent = {
        row.submission: row
        for row in facts.reports
        if row.submission and (offices is None or row.office in offices)
    }  # fmt: skip
    ids = sorted(sent)
    for start in range(0, len(ids), SEVERAL_IDS):
        some = ids[start : start + SEVERAL_IDS]
        typed = _typed(some)
        rows = Submission.objects.across_all(reason=REASON).filter(pk__in=some).select_related("form_version")
        for submission in rows.order_by("pk"):
            report = sent[submission.pk]
            unit = facts.unit(report.unit)
            place = f"{report.office}, {unit.number if unit else f'unit {report.unit}'}, round of {report.round}"
            yield from (f"{place}: {said}" for said in _of_one(submission, typed.get(submission.pk, Counter())))


Typed = tuple[str, str, str, str, str, str]
"""Question, row, value, number, date and text, as texts."""


def _typed(ids: Iterable[int]) -> dict[int, Counter[Typed]]:
    found: dict[int, Counter[Typed]] = {}
    rows = Answer.objects.across_all(reason=REASON).filter(submission_id__in=ids)
    for submission, question, row, value, number, date, text in rows.values_list(
        "submission_id", "question", "row", "value", "number", "date", "text"
    ):
        found.setdefault(submission, Counter())[_plain(question, row, value, number, date, text)] += 1
    return found


def _plain(question: str, row: str, value: object, number: object, date: object, text: str) -> Typed:
    number = "" if number is None else f"{number.normalize():f}"  # type: ignore[attr-defined]
    return question, row, str(value), number, "" if date is None else str(date), text


def _of_one(submission: Submission, there: Counter[Typed]) -> Iterator[str]:
    if answers_hash(submission.answers) != submission.answers_hash:
        yield "the answers have another hash than when they were sent in"
    try:
        rows = answer_rows(form_spec(submission.form_version), submission.answers)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        yield "the answers cannot be read by their form"
        return
    wanted = Counter(_plain(row.question, row.row, row.value, row.number, row.date, row.text) for row in rows)
    if wanted == there:
        return
    questions = dict.fromkeys(one[:2] for one in [*(wanted - there), *(there - wanted)])
    for question, row in questions:
        said, kept = (_words(rows, question, row) for rows in (there - wanted, wanted - there))
        place = f"{question}, {row}" if row else question
        yield f"question {place}: the typed answer is {said}, what was sent in says {kept}"


def _words(rows: Counter[Typed], question: str, row: str) -> str:
    found = sorted("".join(one[2:])[:80] for one in rows.elements() if one[:2] == (question, row))
    return ", ".join(found) or "not there"
