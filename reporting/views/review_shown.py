"""What the review shows of a report that is sent in: each answer beside the last one and the register, with the
comments, warnings and messages at it. Values for the template; nothing here decides anything."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from municipalities.models import User
from networks.models import Network
from reporting.form_spec import FormSpec, local
from reporting.models import FindingReview, Report, ReportMessage, ReviewComment, Submission
from reporting.querysets import comments_of, judgements_of
from reporting.services import review
from reporting.services.disagreement import Beside, report_beside
from reporting.services.draft_view import spec_of
from reporting.services.prefill import last_report
from reporting.services.rounds import form_spec
from reporting.sidebyside import Pair, SectionPairs, no_longer_asked, register_ids, side_by_side

Talk = dict[str, list[ReportMessage]]


@dataclass(frozen=True)
class Warned:
    """A warning of the Submission: what it says, the municipality's explanation, and the judgement so far."""

    place: int
    key: str
    message: str
    explanation: str
    question: str
    question_name: str
    judgement: FindingReview | None

    @property
    def anchor(self) -> str:
        return f"varsel-{self.place}"


@dataclass(frozen=True)
class Shown:
    """A question in the comparison with its comments, warnings and messages, and what the register says."""

    pair: Pair
    comments: list[ReviewComment]
    warnings: list[Warned]
    talk: list[ReportMessage]
    beside: Beside | None

    @property
    def register_said(self) -> bool:
        """Whether the register's answer is worth a line: that it has nothing yet, before an approval, is not."""
        return self.beside is not None and bool(self.beside.words or self.pair.is_matrix or not self.beside.follows)

    @property
    def calls(self) -> bool:
        """Whether there is something to look at, changed or not: what the register will follow by itself is not."""
        apart = self.beside is not None and self.beside.differs and not self.beside.follows
        return bool(self.pair.changed or self.comments or self.warnings or self.talk or apart)


@dataclass(frozen=True)
class Thread:
    """The messages at one question (or about the whole), for the list of all of them."""

    question: str
    name: str
    rows: list[ReportMessage]

    @property
    def waits(self) -> bool:
        """Whether the municipality waits for an answer from the statsforvalter."""
        return any(not row.from_office and row.settled_at is None and row.audience == "office" for row in self.rows)

    @property
    def asked(self) -> bool:
        """Whether the statsforvalter waits for an answer from the municipality."""
        return any(row.from_office and row.settled_at is None for row in self.rows)


def threads_of(report: Report, talk: Talk) -> list[Thread]:
    """The talk about a report: about the whole first, then in the order of the form."""
    spec, language = spec_of(report), get_language() or "nb"
    order = ["", *(question.code for question in spec.questions())]
    known = [code for code in order if code in talk]
    lost = [code for code in talk if code not in order]
    return [
        Thread(code, local(spec.question(code).name, language) if code and spec.has(code) else "", talk[code])
        for code in (*known, *lost)
    ]


def comparison_of(report: Report, submission: Submission, user: User, talk: Talk, *, today: dt.date) -> dict[str, Any]:
    """All that the page shows of the Submission that counts."""
    language = get_language() or "nb"
    spec = form_spec(submission.form_version)
    last = last_report(report)
    old_spec = form_spec(last.submission.form_version) if last.submission is not None else None
    old = last.answers if last.submission is not None else None
    names = _register_names(spec, submission.answers, last.answers)
    sections = side_by_side(
        spec=spec, answers=submission.answers, old_spec=old_spec, old_answers=old, language=language, names=names
    )
    comments = comments_of(report, user, today=today)
    warned = _warnings(submission, spec, language)
    differences, beside = report_beside(report=report)
    shown = _shown(sections, comments, warned, talk, beside)
    every = [item for _section, items in shown for item in items]
    return {
        "last": last,
        "sections": shown,
        "changed": [item for item in every if item.calls],
        "unchanged": [item for item in every if not item.calls],
        "changed_count": sum(item.pair.changed for item in every),
        "all_count": len(every),
        "dropped": no_longer_asked(spec=spec, old_spec=old_spec, old_answers=old, language=language, names=names),
        "warned": warned,
        "open_warnings": [entry for entry in warned if entry.judgement is None],
        "bad_warnings": [entry for entry in warned if entry.judgement is not None and not entry.judgement.accepted],
        "differences": [entry for entry in differences if not entry.explained],
        "notes": [comment for comment in comments if comment.internal],
        "general": [comment for comment in comments if not comment.internal and not comment.question],
        "unseen": [comment for comment in comments if not comment.internal and comment.shown_at is None],
    }


def _register_names(spec: FormSpec, *answers: Any) -> dict[str, str]:
    ids = register_ids(spec, *answers)
    if not ids:
        return {}
    rows = Network.objects.across_all(reason="names of the networks in an answer").filter(pk__in=ids)
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def _warnings(submission: Submission, spec: FormSpec, language: str) -> list[Warned]:
    judged = judgements_of(submission)
    found = []
    for place, entry in enumerate(review.warnings_of(submission), start=1):
        code = (entry.get("question") or "").partition(":")[0]
        found.append(
            Warned(
                place=place,
                key=entry["key"],
                message=local(entry["message"], language),
                explanation=entry.get("comment") or "",
                question=code,
                question_name=local(spec.question(code).name, language) if spec.has(code) else "",
                judgement=judged.get(entry["key"]),
            )
        )
    return found


def _shown(
    sections: list[SectionPairs],
    comments: list[ReviewComment],
    warned: list[Warned],
    talk: Talk,
    beside: dict[str, Beside],
) -> list[tuple[SectionPairs, list[Shown]]]:
    return [
        (
            section,
            [
                Shown(
                    pair,
                    [row for row in comments if row.question == pair.code and not row.internal],
                    [entry for entry in warned if entry.question == pair.code],
                    talk.get(pair.code, []),
                    beside.get(pair.code),
                )
                for pair in section.pairs
            ],
        )
        for section in sections
    ]
