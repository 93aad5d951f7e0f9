"""Whether the files of a summary say what the database says: the hash, every figure, the counts, and each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from municipalities.models import Municipality
from reporting.documents import agree
from reporting.documents.content import Content, content_hash, to_json
from reporting.documents.content_check import problems
from reporting.documents.render_json import read_json
from reporting.documents.selectors import Frozen, disagreements
from reporting.models import Answer, NationalSummary, Report, Submission, SummaryContent

REASON = "check of a national summary"


@dataclass
class Verdict:
    """``checked`` says what was looked at, ``problems`` what does not agree; both in English, for the command line."""

    checked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def verify_file(path: Path) -> Verdict:
    """Check the JSON file of a summary against the database, and the PDF, Word and Excel files of the same name
    beside it against the JSON. Raises OSError when the file cannot be read."""
    verdict = Verdict()
    try:
        content = read_json(path.read_bytes())
    except ValueError as error:
        verdict.problems.append(f"json: {error}")
        return verdict
    canonical = to_json(content)
    verdict.checked.append(f"json: the hash {content_hash(canonical)[:12]} is that of its content")
    verdict.problems += [f"json: {problem}" for problem in problems(content)]
    _against_database(content, canonical, verdict)
    _beside(path, content, canonical, verdict)
    return verdict


def _against_database(content: Content, canonical: str, verdict: Verdict) -> None:
    summary = _summary_of(canonical)
    if summary is None:
        verdict.problems.append("json: the database holds no summary with this content")
        return
    figures = [figure for figure in content.figures() if figure.source is not None]
    wrong = disagreements(Frozen(summary), figures)
    verdict.checked.append(f"database: {len(figures)} figures counted unit by unit")
    verdict.problems += [f"database: {problem}" for problem in wrong[:20]]
    if len(wrong) > 20:
        verdict.problems.append(f"database: {len(wrong) - 20} more figures differ")
    counted = _counts(summary, content)
    verdict.checked.append(f"database: {len(counted)} control counts")
    for (label, said), (_name, found) in zip(content.counts, counted, strict=True):
        if said != found:
            verdict.problems.append(f"database: the cover says {label}: {said}, the database {found}")


def _summary_of(canonical: str) -> NationalSummary | None:
    rows = SummaryContent.objects.select_related("summary__round").filter(content_hash=content_hash(canonical))
    # Two versions made of the same moment would have the same figures, but never the same version number.
    found = [row.summary for row in rows if row.canonical == canonical]
    return found[0] if found else None


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


def _beside(path: Path, content: Content, canonical: str, verdict: Verdict) -> None:
    checks = {
        "pdf": lambda data: agree.pdf_problems(data, canonical),
        "docx": lambda data: agree.docx_problems(data, content, canonical),
        "xlsx": lambda data: agree.xlsx_problems(data, content, canonical),
    }
    for suffix, check in checks.items():
        file = path.with_suffix(f".{suffix}")
        if not file.exists():
            verdict.checked.append(f"{suffix}: no {file.name} beside it")
            continue
        found = check(file.read_bytes())
        verdict.problems += found
        verdict.checked.append(f"{suffix}: {file.name} {'differs' if found else 'agrees'}")
