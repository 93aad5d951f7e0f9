"""What holds whatever was killed and whoever was first: each function looks through the whole database and returns a
sentence for each thing that does not hold."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from municipalities.models import Event, OutgoingMail, PlanDecision, SolutionPosition
from municipalities.transitions import Workflow
from reporting.models import (
    Answer,
    Document,
    DraftChange,
    NationalSummary,
    Notice,
    RegionalReport,
    RegionalSubmission,
    Report,
    Submission,
)
from reporting.workflow import REGIONAL, REPORT, SUMMARY

REASON = "looking through everything after a test"
TABLES: tuple[tuple[Workflow, Any, str], ...] = (
    (REPORT, Report, Report.Status.NOT_STARTED),
    (REGIONAL, RegionalReport, RegionalReport.Status.DRAFT),
    (SUMMARY, NationalSummary, NationalSummary.Status.BUILDING),
)
_Step = tuple[str, str, str]


def replay(workflow: Workflow, begin: str, steps: Iterable[_Step], end: str) -> list[str]:
    """Walk the steps (name, from, to) through the table from ``begin``; what does not fit, and whether it ends in
    ``end``. Steps that the table does not have are not changes of state, and may change none."""
    names = {rule.name for rule in workflow.transitions}
    state, faults = begin, []
    for name, source, target in steps:
        if name not in names:
            if source and target and source != target:
                faults.append(f"{name} is no transition of the table and goes from {source} to {target}")
            continue
        rule = workflow.get(name)
        if source != state:
            faults.append(f"{name} starts in {source}, but the state was {state}")
        if source not in rule.source or target != rule.target:
            faults.append(f"{name} goes from {source} to {target}, which the table does not know")
        state = target
    if state != end:
        faults.append(f"the Events end in {state}, and the row is {end}")
    return faults


def every(model: Any) -> Any:
    """All rows, whoever may see them."""
    return model.objects.get_queryset()


def states() -> list[str]:
    """Each row with a workflow is in the state to which its Events lead, in their order."""
    faults = []
    for workflow, model, begin in TABLES:
        label = model._meta.label_lower
        steps: dict[int, list[_Step]] = defaultdict(list)
        rows = every(Event).filter(object_type=label).order_by("id")
        for pk, *step in rows.values_list("object_id", "name", "from_state", "to_state"):
            steps[pk].append((step[0], step[1], step[2]))
        for pk, status in every(model).values_list("pk", "status"):
            if status not in workflow.states:
                faults.append(f"{label} {pk} is in no state: {status}")
            faults += [f"{label} {pk}: {fault}" for fault in replay(workflow, begin, steps[pk], status)]
    return faults


def submissions() -> list[str]:
    """As many Submissions as Events that say so, numbered without a gap, each with its answers, receipt and mail."""
    faults = []
    for label, kinds, name, owner in (
        ("reporting.report", Submission, "submit", "report_id"),
        ("reporting.regionalreport", RegionalSubmission, "deliver", "regional_id"),
    ):
        events = Counter(every(Event).filter(object_type=label, name=name).values_list("object_id", flat=True))
        numbers: dict[int, list[int]] = defaultdict(list)
        for pk, number in every(kinds).order_by("number").values_list(owner, "number"):
            numbers[pk].append(number)
        for pk in {*events, *numbers}:
            if numbers[pk] != list(range(1, events[pk] + 1)):
                faults.append(f"{label} {pk}: {events[pk]} Events say {name}, the numbers are {numbers[pk]}")
    without = set(every(Submission).values_list("pk", flat=True))
    without -= set(every(Answer).values_list("submission_id", flat=True))
    faults += [f"Submission {pk} has no answers" for pk in sorted(without)]
    receipts = Counter(every(Document).filter(kind="receipt").values_list("submission_id", flat=True))
    mails = set(OutgoingMail.objects.values_list("key", flat=True))
    for pk, report, number, user in every(Submission).values_list("pk", "report_id", "number", "submitted_by_id"):
        if receipts[pk] != 1:
            faults.append(f"Submission {pk} has {receipts[pk]} receipts")
        if f"report:{report}/{number} receipt user:{user}" not in mails:
            faults.append(f"Submission {pk} has no mail with its receipt")
    return faults


def approvals() -> list[str]:
    """No approval twice: what a Submission brought to the registers stands there once, and nothing of a report that was
    never approved."""
    approved = set(
        every(Event).filter(object_type="reporting.report", name="approve").values_list("object_id", flat=True)
    )
    faults = []
    for model, keys in ((PlanDecision, ("origin",)), (SolutionPosition, ("origin", "solution_id"))):
        found = Counter(every(model).filter(origin__startswith="report:").values_list(*keys))
        for key, number in found.items():
            report = int(key[0].removeprefix("report:").partition("/")[0])
            if number > 1:
                faults.append(f"{model.__name__} {key} stands {number} times")
            if report not in approved:
                faults.append(f"{model.__name__} {key} is of a report that was never approved")
    return faults


def drafts() -> list[str]:
    """One report a unit and round; each field's changes are numbered upwards, and the draft holds the last of them."""
    faults = []
    units = Counter(every(Report).values_list("round_id", "municipality_id"))
    faults += [f"{number} reports of unit {unit}" for (_round, unit), number in units.items() if number > 1]
    changes: dict[tuple[int, str], list[int]] = defaultdict(list)
    rows = every(DraftChange).filter(lost=False).order_by("id").values_list("report_id", "key", "rev")
    for report, key, rev in rows:
        changes[report, key].append(rev)
    for (report, key), revs in changes.items():
        if revs != sorted(set(revs)):
            faults.append(f"report {report}, {key}: the changes are numbered {revs}")
    for pk, draft in every(Report).values_list("pk", "draft"):
        for key, stored in draft.get("fields", {}).items():
            if (revs := changes.get((pk, key))) and stored.get("rev", 0) < revs[-1]:
                faults.append(f"report {pk}, {key}: the draft has {stored.get('rev')}, the last change {revs[-1]}")
    return faults


def jobs() -> list[str]:
    """Every job has finished or says why it failed."""
    faults = []
    for row in every(Document).exclude(status__in=("done", "cancelled")):
        if row.status != "failed" or not row.error:
            faults.append(f"document {row.pk} ({row.kind} {row.format}) is {row.status}")
    for row in every(NationalSummary).filter(status="building").only("pk"):
        faults.append(f"summary {row.pk} is still being made")
    return faults


def files(folder: Path) -> list[str]:
    """Every file that a row names is there and is the one that was written; none under a final name is half."""
    faults, named = [], set()
    for row in every(Document).filter(status="done"):
        named.add(row.file)
        path = folder / row.file
        data = path.read_bytes() if path.is_file() else b""
        if len(data) != row.size or hashlib.sha256(data).hexdigest() != row.sha256:
            faults.append(f"document {row.pk}: the file is not the one that was written")
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in named and not name.endswith(".part") and not whole(path):
            faults.append(f"{name} is half a file under a final name")
    return faults


def whole(path: Path) -> bool:
    """Whether a file that no row names is a whole one of its kind."""
    data = path.read_bytes()
    if path.suffix == ".pdf":
        return data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    if path.suffix in (".xlsx", ".docx", ".zip"):
        try:
            return zipfile.ZipFile(io.BytesIO(data)).testzip() is None
        except zipfile.BadZipFile:
            return False
    return bool(data)


def mails(seen: Mapping[str, int], twice: int = 0) -> list[str]:
    """Every mail is sent, and came to the mail server once; ``twice`` may have come two times, under one Message-ID:
    those whose sender was killed between the server's yes and the row that says so."""
    faults = [f"mail {row.key} is {row.status}: {row.error}" for row in OutgoingMail.objects.exclude(status="sent")]
    sent = OutgoingMail.objects.filter(status="sent").count()
    if sent != len(seen):
        faults.append(f"{sent} mails are marked as sent, and {len(seen)} came to the mail server")
    more = {name: number for name, number in seen.items() if number > 1}
    if len(more) > twice or any(number > 2 for number in more.values()):
        faults.append(f"{sorted(more.values())} times came mails of which {twice} may have come twice")
    keys = Counter(every(Notice).values_list("key", flat=True))
    return faults + [f"notice {key} stands {number} times" for key, number in keys.items() if number > 1]


def verified() -> list[str]:
    """``verify_summary`` holds for the JSON file of every summary."""
    from django.conf import settings

    from reporting.services.verify import verify_file

    faults = []
    for row in every(Document).filter(kind="summary", format="json", status="done").order_by("pk"):
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "summary.json"
            path.write_bytes((Path(settings.DOCUMENT_ROOT) / row.file).read_bytes())
            faults += [f"summary {row.summary_id}: {problem}" for problem in verify_file(path).problems]
    return faults


def chained() -> list[str]:
    """``verify_trail`` holds, where the portal has it."""
    from django.core.management import CommandError, call_command, get_commands

    if "verify_trail" not in get_commands():
        return []
    try:
        call_command("verify_trail", stdout=io.StringIO(), stderr=io.StringIO())
    except CommandError as error:
        return [f"verify_trail: {error}"]
    return []


def all_faults(folder: Path, seen: Mapping[str, int], twice: int = 0) -> list[str]:
    """Everything but ``verified``, which takes its time."""
    return [
        *states(), *submissions(), *approvals(), *drafts(), *jobs(), *files(folder), *mails(seen, twice), *chained(),
    ]  # fmt: skip
