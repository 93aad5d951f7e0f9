"""Whether a file of a summary says what the database says. Any of the four files leads to its summary by the hash of
its Content, a volume's own to its region too; then the figures are computed again from the frozen inputs, and looked
for in the file. With the note all volumes of its version are computed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext

from municipalities.models import Municipality
from reporting.documents import agree, build, read_files
from reporting.documents.compute import compute
from reporting.documents.content import Content, content_hash, from_json, to_json
from reporting.documents.content_check import problems
from reporting.documents.difference import Difference, differences
from reporting.documents.facts import Facts
from reporting.documents.freeze import recollect
from reporting.documents.freeze_volume import is_kept
from reporting.documents.render_json import read_json
from reporting.documents.selectors import Frozen, disagreements
from reporting.models import Answer, Document, NationalSummary, Report, Submission, SummaryContent
from reporting.services import verify_volumes

REASON = "check of a national summary"
MOST_NAMED = 20  # things of one kind that are named
FORMATS = ("json", "pdf", "docx", "xlsx")


@dataclass
class Verdict:
    """``checked`` says what was looked at, ``problems`` what does not agree; both in English, for the command line."""

    checked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def more(self, name: str, found: Iterable[object]) -> None:
        """The first of what was found, and how much more there is."""
        said = [f"{name}: {problem}" for problem in found]
        self.problems += said[:MOST_NAMED]
        if len(said) > MOST_NAMED:
            self.problems.append(f"{name}: {len(said) - MOST_NAMED} more")


def verify_file(path: Path) -> Verdict:
    """Check one file of a summary: its summary is found by the hash, computed again from the frozen inputs, and every
    figure is looked for in the file. Beside a JSON file its PDF, Word and Excel files of the same name are checked too.

    Raises OSError when the file cannot be read.
    """
    verdict = Verdict()
    fmt = path.suffix.lower().removeprefix(".")
    data = path.read_bytes()
    if fmt not in FORMATS:
        verdict.problems.append(f"{path.name} is no JSON, PDF, Word or Excel file")
        return verdict
    try:
        digest = _digest(data, fmt, verdict)
    except ValueError as error:
        verdict.problems.append(f"{fmt}: {error}")
        return verdict
    row = _content_row(digest)
    if row is None:
        verdict.problems.append(f"{fmt}: the database holds no summary with this content ({digest[:12] or 'no hash'})")
        return verdict
    content = from_json(row.canonical)
    verdict.checked.append(f"{fmt}: the content {digest[:12]} is that of {_name(row)}")
    _stored(row, content, verdict)
    _against_database(row, content, verdict)
    facts = recollect(row.summary, build.facts_of(row.summary, row.summary.frozen_at))
    if row.office_id is None:
        _computed_again(row, content, facts, verdict)
    _sent_in(row, facts, verdict)
    _volumes_again(row, facts, verdict)
    _file(path.name, fmt, data, row, content, verdict)
    if fmt == "json":
        for other in FORMATS[1:]:
            beside = path.with_suffix(f".{other}")
            if beside.exists():
                _file(beside.name, other, beside.read_bytes(), row, content, verdict)
    return verdict


def _digest(data: bytes, fmt: str, verdict: Verdict) -> str:
    """The hash of the Content that a file holds or names. Raises ValueError when the file cannot be read."""
    if fmt == "json":
        content = read_json(data)
        verdict.more("json", problems(content))
        return content_hash(to_json(content))
    if fmt == "pdf":
        return content_hash(read_files.pdf_attachment(data).decode("utf-8", "replace"))
    return read_files.control_code(data, fmt)


def _content_row(digest: str) -> SummaryContent | None:
    """The newest that has this hash: a volume without changes is the same in several versions."""
    rows = SummaryContent.objects.select_related("summary__round__form_version", "office")
    return rows.filter(content_hash=digest).order_by("-summary_id").first() if digest else None


def _also_in(row: SummaryContent) -> str:
    """The other versions whose volume is this very one."""
    same = SummaryContent.objects.filter(content_hash=row.content_hash, office=row.office_id, language=row.language)
    found = same.exclude(summary=row.summary_id).order_by("summary__version").values_list("summary__version", flat=True)
    return f", the same in version {', '.join(map(str, found))}" if row.office_id and found else ""


def _name(row: SummaryContent) -> str:
    summary = row.summary
    office = f", volume of {row.office.key}" if row.office else ""
    return f"version {summary.version} per {summary.as_of} in {row.language}{office}{_also_in(row)}"


def _stored(row: SummaryContent, content: Content, verdict: Verdict) -> None:
    if content_hash(row.canonical) != row.content_hash or to_json(content) != row.canonical:
        verdict.problems.append("database: the stored content has another hash than the one it was stored with")


# --- the database -----------------------------------------------------------------------------------


def _against_database(row: SummaryContent, content: Content, verdict: Verdict) -> None:
    figures = [figure for figure in content.figures() if figure.source is not None]
    wrong = disagreements(Frozen(row.summary), figures)
    verdict.checked.append(f"database: {len(figures)} figures counted unit by unit")
    verdict.more("database", wrong)
    if row.office_id is not None or row.summary.kind != NationalSummary.Kind.HALF_YEAR:
        return
    counted = _counts(row.summary, content)
    verdict.checked.append(f"database: {len(counted)} control counts")
    for (label, said), (_key, found) in zip(content.counts, counted, strict=True):
        if said != found:
            verdict.problems.append(f"database: the cover says {label}: {said}, the database {found}")


def _counts(summary: NationalSummary, content: Content) -> list[tuple[str, int]]:
    """The control counts of the cover in their order, counted anew."""
    units = Municipality.objects.across_all(reason=REASON).units_as_of(summary.as_of)
    every = units.count()
    municipalities = units.filter(kind="municipality").count()
    sent = Submission.objects.across_all(reason=REASON).filter(report__round=summary.round)
    frozen = [pk for pk in sent.values_list("pk", flat=True) if pk in frozenset(summary.submission_ids)]
    answers = Answer.objects.across_all(reason=REASON).filter(submission__report__round=summary.round)
    ids = frozenset(frozen)
    rows = sum(pk in ids for pk in answers.values_list("submission_id", flat=True))
    annex = sum(len(table.rows) for table in content.tables() if table.kind == "annex")
    return [
        ("units", every),
        ("municipalities", municipalities),
        ("districts", every - municipalities),
        ("reports", Report.objects.across_all(reason=REASON).filter(round=summary.round).count()),
        ("submissions", len(frozen)),
        ("answers", rows),
        ("annex", annex),
    ]


def _computed_again(row: SummaryContent, content: Content, facts: Facts, verdict: Verdict) -> None:
    """The Content from the frozen inputs. Where the inputs are the same, words that the portal has changed since are
    said and are no problem; every figure must be equal."""
    summary = row.summary
    with translation.override(row.language):
        again = compute(facts, row.language, gettext)
    volumes = SummaryContent.objects.filter(summary=summary).exclude(office=None)
    inputs = build.inputs_of(facts, again, volumes.values_list("content_hash", flat=True))
    same_inputs = inputs == summary.inputs_hash
    found = list(differences(content, again))
    words = [difference for difference in found if not difference.figure]
    if not found:
        verdict.checked.append("computed again from the frozen inputs: equal")
    elif same_inputs and len(words) == len(found):
        verdict.checked.append(f"computed again: figures equal; the portal words {len(words)} things otherwise today")
    else:
        verdict.more("computed again", [*_figures_first(found)])
    if summary.inputs_hash and not same_inputs and not found:
        verdict.problems.append("database: the frozen inputs are others than those the summary was computed from")


def _sent_in(row: SummaryContent, facts: Facts, verdict: Verdict) -> None:
    """That the frozen Submissions are as they were sent in; of a volume's own region alone."""
    offices = None if row.office is None else {row.office.key}
    verdict.checked.append("database: every answer of the frozen reports compared with what was sent in")
    verdict.more("database", verify_volumes.altered(facts, offices))


def _volumes_again(row: SummaryContent, facts: Facts, verdict: Verdict) -> None:
    """The volume of ``row``, or with a note all of its version: of each the first difference, of one alone all."""
    summary = row.summary
    every = SummaryContent.objects.filter(summary=summary).exclude(office=None).select_related("office")
    rows = list(every.order_by("office__order") if row.office_id is None else every.filter(pk=row.pk))
    if not rows:
        return
    if not is_kept(summary):
        verdict.checked.append(verify_volumes.NOT_KEPT)
    equal = 0
    for again in verify_volumes.computed_again(summary, facts, gettext, rows):
        equal += not (again.found or again.unjudged or again.worded)
        if again.worded:
            verdict.checked.append(f"{again.name}: the portal words {again.worded} things otherwise today")
        if again.unjudged:
            verdict.checked.append(f"{again.name}: {again.unjudged} things differ in what was not kept")
        if row.office_id is None and again.found:
            more = f", and {len(again.found) - 1} more" if len(again.found) > 1 else ""
            verdict.problems.append(f"{again.name} computed again: {again.found[0]}{more}")
        else:
            verdict.more(f"{again.name} computed again", again.found)
    verdict.checked.append(f"volumes computed again from the frozen inputs: {equal} of {len(rows)} equal")


def _figures_first(found: list[Difference]) -> list[Difference]:
    return sorted(found, key=lambda difference: not difference.figure)


# --- the file ---------------------------------------------------------------------------------------


def _file(name: str, fmt: str, data: bytes, row: SummaryContent, content: Content, verdict: Verdict) -> None:
    """The file beside a fresh drawing of the same Content; where the bytes differ, because it was edited or drawn by
    other versions of the libraries, every figure is looked for in it."""
    compared = agree.compare(fmt, data, content)
    verdict.problems += compared.problems
    if compared.problems:
        verdict.checked.append(f"{fmt}: {name} differs")
        return
    fresh = build.draw(Document(format=fmt, language=row.language, summary=row.summary, office=row.office))
    other = "edited, or drawn by another version of the portal or its libraries"
    bytes_ = "as it is drawn today, byte for byte" if fresh == data else other
    verdict.checked.append(f"{fmt}: {name} agrees, {compared.figures} figures found; {bytes_}")
