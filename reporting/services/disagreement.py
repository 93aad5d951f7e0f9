"""Where a report and the registers say different things on the round's reference date.

Both are looked at through the form's own questions: what the register knows is put into the words of an answer, and
set beside what was sent in. Nothing is changed. The two differ until a report is approved (only then does it write
the registers), and where somebody has put the register right since; a Submission is never touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import FilteredRelation
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.models import PhaseStatus, PlanAnchoring, PlanDecision, SolutionPosition, User
from municipalities.names import display_name
from municipalities.querysets import valid_on
from networks.models import Network, Participation
from reporting.answers import format_answer
from reporting.documents import rules
from reporting.form_spec import FormSpec, local
from reporting.models import Report, Round
from reporting.services.rounds import form_spec

WAITING, OVERWRITES, DIRECT, REPLACED, NOTHING = "waiting", "overwrites", "direct", "replaced", "nothing"
REASONS = (WAITING, OVERWRITES, DIRECT, REPLACED, NOTHING)
"""Why the two differ: the report waits for approval; it waits, and will take the place of what somebody wrote in the
register directly; somebody wrote the register directly; another report wrote it; the register has nothing."""
SUBJECTS = (
    "plan.status", "plan.decided_on", "plan.case", "plan.expected_on", "plan.anchoring", "solutions",
    "network.participates", "network.which", "progress.step", "progress.phase",
)  # fmt: skip
"""The questions that a register answers too, in the order in which they are listed."""
DIRECTLY = "register"
"""How the origin of a row begins that was written in the register itself."""
REASON = "the registers beside the reports"


@dataclass(frozen=True)
class Held:
    """What a register says: the canonical value (None: nothing), since when, from whom and when it was written."""

    value: Any = None
    since: dt.date | None = None
    origin: str = ""
    by: str = ""
    written_at: dt.datetime | None = None


@dataclass(frozen=True)
class Difference:
    """One question that the report answers otherwise than the register. ``said`` and ``registered`` are words in the
    language in use, ``parts`` the rows of a matrix as (row, said, registered); ``why`` is one of ``REASONS``;
    ``beside`` is what the unit was called then, where the row stands in today's borders."""

    report: int
    unit: int
    number: str
    name: str
    official_names: list[dict[str, str]]
    sort_key: str
    office: str
    office_key: str
    status: str
    subject: str
    label: str
    said: str
    registered: str
    since: dt.date | None
    by: str
    written_at: dt.datetime | None
    why: str
    parts: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)
    beside: str = ""

    @property
    def full_name(self) -> str:
        return display_name(self.name, self.official_names)

    @property
    def explained(self) -> bool:
        """Whether the difference goes away by itself when the report is approved."""
        return self.why == WAITING


def round_differences(*, round_: Round, user: User, today: dt.date) -> list[Difference]:
    """Every difference between the delivered reports of a round that ``user`` may see and the registers on its
    reference date, by unit in Norwegian order. Eight queries, whatever the number of units."""
    return _differences(round_, Report.objects.visible_to(user, today=today).filter(round=round_))


@dataclass(frozen=True)
class Beside:
    """What a register says on the reference date where a report answers: ``words`` ("": nothing), ``since`` when, and
    whether the two differ; ``follows`` when the register will follow by itself on approval."""

    words: str
    since: dt.date | None
    differs: bool
    follows: bool = False


def report_differences(*, report: Report) -> list[Difference]:
    """The differences of one report, without its unit's name; none for one that is not delivered. At most seven
    queries beside the report's own. What an approval will put right by itself says ``explained``."""
    return report_beside(report=report)[0]


def report_beside(*, report: Report) -> tuple[list[Difference], dict[str, Beside]]:
    """The differences of one report, and what the registers say at each question that they answer too, by its code; a
    matrix is only said to differ. As many queries as ``report_differences``."""
    if report.status not in Report.DELIVERED or report.current is None:
        return [], {}
    row = dict.fromkeys(_FIELDS)
    row |= {
        "pk": report.pk, "municipality_id": report.municipality_id, "status": report.status,
        "current__answers": report.current.answers, "office_id": report.office_id,
    }  # fmt: skip
    unit = report.municipality_id
    registers = _Registers({unit: report.office_id}, report.round.reference_date)
    words = _Words(form_spec(report.current.form_version))
    found = list(_of_report(row, registers, words))
    apart = {entry.subject: entry.explained for entry in found}
    beside = {}
    for subject in SUBJECTS:
        if words.spec.has(subject):
            held = registers.of(subject, unit)
            said = "" if subject == "solutions" else words.of(subject, held.value)
            beside[subject] = Beside(said, held.since, subject in apart, apart.get(subject, False))
    return found, beside


_FIELDS = (
    "pk", "municipality_id", "status", "approved_at", "current__number", "current__answers", "version__number",
    "version__name", "version__official_names", "version__sort_key", "office_id", "office__key",
    "office_name__short_name",
)  # fmt: skip


def _differences(round_: Round, reports: Any) -> list[Difference]:
    day = round_.reference_date
    rows = (
        reports.filter(status__in=Report.DELIVERED)
        .annotate(
            version=FilteredRelation("municipality__versions", condition=valid_on(day, "municipality__versions__")),
            office_name=FilteredRelation("office__names", condition=valid_on(day, "office__names__")),
        )
        .order_by("version__sort_key", "version__number")
        .values(*_FIELDS)
    )
    return _of_rows(round_, list(rows))


def _of_rows(round_: Round, found: list[dict[str, Any]]) -> list[Difference]:
    offices = {row["municipality_id"]: row["office_id"] for row in found}
    spec = form_spec(round_.form_version)
    registers = _Registers(offices, round_.reference_date)
    words = _Words(spec)
    return [entry for row in found for entry in _of_report(row, registers, words)]


class _Registers:
    """What the registers say of the units on a day, by question and unit. ``offices`` are the offices of the units:
    a form offers the networks of its own region and those of none. Six queries."""

    def __init__(self, offices: Mapping[int, int], day: dt.date) -> None:
        self.offices, self.day = offices, day
        self.held: dict[str, dict[int, Held]] = {subject: {} for subject in SUBJECTS}
        self.positions: dict[int, dict[str, Held]] = {}
        self._plans()
        self._phases()
        self._anchoring()
        self._positions()
        self._networks()

    def _rows(self, model: type[Any]) -> Any:
        rows = model.objects.across_all(reason=REASON).filter(municipality_id__in=list(self.offices))
        return rows.on(self.day).order_by("valid_from", "id")

    def of(self, subject: str, unit: int) -> Held:
        return self.held[subject].get(unit, Held())

    def _plans(self) -> None:
        for row in self._rows(PlanDecision):
            self._put("plan.status", row, row.status)
            self._put("plan.decided_on", row, row.decided_on and row.decided_on.isoformat())
            self._put("plan.case", row, row.case_number or None)
            self._put("plan.expected_on", row, row.expected_on and row.expected_on.isoformat())

    def _phases(self) -> None:
        for row in self._rows(PhaseStatus):
            self._put("progress.step", row, row.step and str(row.step))
            self._put("progress.phase", row, row.phase and str(row.phase))

    def _anchoring(self) -> None:
        self._put_sets("plan.anchoring", self._rows(PlanAnchoring).filter(is_expected=False), "plan_type")

    def _networks(self) -> None:
        taken = self._rows(Participation).exclude(status=Participation.Status.ENDED).select_related("network")
        every = list(taken)
        covers: dict[int, set[int]] = {}
        if every:
            for network, office in Network.offices.through.objects.values_list("network_id", "office_id"):
                covers.setdefault(network, set()).add(office)
        rows = [
            row
            for row in every
            if self.offices[row.municipality_id] in covers.get(row.network_id, {self.offices[row.municipality_id]})
        ]
        self._put_sets("network.which", rows, "network_id")
        parts: dict[int, list[Any]] = {}
        for row in rows:
            if row.network.kind in rules.REGIONAL_KINDS:
                parts.setdefault(row.municipality_id, []).append(row)
        for mine in parts.values():
            yes = [row for row in mine if row.status == Participation.Status.ACTIVE]
            self._put("network.participates", (yes or mine)[-1], "yes" if yes else "planned")

    def _put_sets(self, subject: str, rows: Iterable[Any], about: str) -> None:
        """The value is all of the rows; the newest one, or one that was written directly, says since when and who."""
        values: dict[int, list[str]] = {}
        for row in sorted(rows, key=lambda row: row.origin.startswith(DIRECTLY)):
            values.setdefault(row.municipality_id, []).append(str(getattr(row, about)))
            self._put(subject, row, tuple(sorted(values[row.municipality_id])))

    def _positions(self) -> None:
        fields = ("municipality_id", "solution__code", "position", "valid_from", "origin", "registered_by_name",
                  "registered_at")  # fmt: skip
        for unit, code, position, since, origin, by, at in self._rows(SolutionPosition).values_list(*fields):
            self.positions.setdefault(unit, {})[code] = Held(position, since, origin, by, at)
        for unit, rows in self.positions.items():
            self.held["solutions"][unit] = Held({code: row.value for code, row in rows.items()})

    def behind(self, unit: int, given: Mapping[str, str]) -> Held:
        """The position that says why a matrix differs: one written directly before the others, the newest first."""
        rows = self.positions.get(unit, {})
        differing = [row for code, row in rows.items() if given.get(code) != row.value]
        found = max(differing, key=lambda row: (row.origin.startswith(DIRECTLY), row.since), default=Held())
        return replace(found, value={code: row.value for code, row in rows.items()})

    def _put(self, subject: str, row: Any, value: Any) -> None:
        by, at = getattr(row, "registered_by_name", ""), getattr(row, "registered_at", None)
        self.held[subject][row.municipality_id] = Held(value, row.valid_from, row.origin, by, at)


class _Words:
    """The form's words in the language in use. One query for the names of networks, where one is named."""

    def __init__(self, spec: FormSpec) -> None:
        self.spec = spec
        self.language = "nn" if (get_language() or "nb").startswith("nn") else "nb"

    @cached_property
    def networks(self) -> dict[str, str]:
        names = Network.objects.across_all(reason=REASON).values_list("pk", "name")
        return {str(pk): name for pk, name in names}

    def label(self, subject: str) -> str:
        question = self.spec.question(subject)
        return local(question.short or question.text, self.language)

    def of(self, subject: str, value: Any) -> str:
        if value in (None, "", (), [], {}):
            return ""
        question = self.spec.question(subject)
        networks = self.networks if question.kind == "register" else {}
        return format_answer(question, list(value) if isinstance(value, tuple) else value, self.language, networks)


def _of_report(row: Mapping[str, Any], registers: _Registers, words: _Words) -> Iterable[Difference]:
    answers = row["current__answers"]
    for subject in SUBJECTS:
        if not words.spec.has(subject):
            continue
        held = registers.of(subject, row["municipality_id"])
        given = _given(subject, answers, words.spec)
        if given is _UNASKED or not _differs(subject, given, held, answers, registers, row["municipality_id"]):
            continue
        parts: tuple[tuple[str, str, str], ...] = ()
        if subject == "solutions":
            held = registers.behind(row["municipality_id"], given)
            parts = _parts(given, held.value, words)
        yield Difference(
            report=row["pk"], unit=row["municipality_id"], number=row["version__number"] or "",
            name=row["version__name"] or "", official_names=row["version__official_names"] or [],
            sort_key=row["version__sort_key"] or "", office_key=row["office__key"] or "",
            office=row["office_name__short_name"] or row["office__key"] or "", status=row["status"], subject=subject,
            label=words.label(subject),
            said=_count(parts) if parts else words.of(subject, given) or _("Nothing"),
            registered="" if parts else words.of(subject, held.value) or _("Nothing"),
            since=held.since, by=held.by, written_at=held.written_at, why=_why(row, held), parts=parts,
        )  # fmt: skip


_UNASKED = object()


def _given(subject: str, answers: Mapping[str, Any], spec: FormSpec) -> Any:
    """The answer as it is compared; a question that was not asked, or left open where open says nothing, is left out.

    An empty list of plans is an answer: the reform is anchored nowhere.
    """
    value = answers.get(subject)
    if subject == "plan.anchoring":
        return tuple(sorted(value or ()))
    if subject == "network.which":
        if "network.participates" not in answers:
            return _UNASKED
        return tuple(sorted(str(entry) for entry in value or ()))
    return _UNASKED if value in (None, "", {}) else value


def _differs(
    subject: str, given: Any, held: Held, answers: Mapping[str, Any], registers: _Registers, unit: int
) -> bool:
    """Whether the two say different things. What follows from another difference is not named twice: the day and the
    case of a decision are compared where both say the same status, the networks where both say the same part."""
    if subject in ("plan.decided_on", "plan.case", "plan.expected_on"):
        if answers.get("plan.status") != registers.of("plan.status", unit).value:
            return False
        return bool(given != held.value)
    if subject == "network.participates":  # planned without a network is nothing that a register can hold
        return bool((given == "yes") != (held.value == "yes"))
    if subject == "network.which":
        active = registers.of("network.participates", unit).value == "yes"
        return (answers.get("network.participates") == "yes") == active and bool(given != (held.value or ()))
    if subject == "solutions":
        return any(given.get(code) != position for code, position in _both(given, held.value or {}))
    return bool(given != (held.value or (() if subject == "plan.anchoring" else None)))


def _both(given: Mapping[str, str], held: Mapping[str, str]) -> list[tuple[str, str | None]]:
    return [(code, held.get(code)) for code in {**given, **held}]


def _parts(given: Mapping[str, str], held: Mapping[str, str] | None, words: _Words) -> tuple[tuple[str, str, str], ...]:
    question = words.spec.question("solutions")
    found = []
    for row in question.rows:
        said, registered = given.get(row.key), (held or {}).get(row.key)
        if said != registered:
            found.append(
                (local(row.text, words.language), *(_option(question, key, words) for key in (said, registered)))
            )
    return tuple(found)


def _option(question: Any, key: str | None, words: _Words) -> str:
    option = question.option(key) if key else None
    return local(option.text, words.language) if option else _("Nothing")


def _count(parts: tuple[Any, ...]) -> str:
    return _("%(n)s of the solutions") % {"n": len(parts)}


def _why(row: Mapping[str, Any], held: Held) -> str:
    direct = held.origin.startswith(DIRECTLY)
    if row["status"] != Report.Status.APPROVED:
        return OVERWRITES if direct else WAITING
    if direct:
        return DIRECT
    return REPLACED if held.origin else NOTHING


def why_words(why: str) -> str:
    """A reason as a sentence for a person."""
    return {
        WAITING: _("The report is not approved yet."),
        OVERWRITES: _("Written directly in the register. When the report is approved, it takes its place."),
        DIRECT: _("Changed directly in the register."),
        REPLACED: _("Another report has written the register."),
        NOTHING: _("The register has nothing on this day."),
    }[why]
