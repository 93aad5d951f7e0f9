"""What the round builder shows, as plain values for its template: the sections with their questions, the scope against
last time, what differs, and what must be in place before the round can be published. No database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from municipalities.templatetags.portal import number
from reporting.compose import Difference, Estimate, Fault
from reporting.compose.editing import questions_of, sections_of
from reporting.compose_words import (
    DIFFERENCE_TAGS,
    against_last,
    count_against,
    difference_words,
    fault_words,
    hours_against,
    kind_words,
    minutes,
    more_minutes,
)
from reporting.form_spec import local
from reporting.question_views import dom_id

Url = Callable[..., str]
"""Makes an address of the round's pages from a name and what follows it."""


@dataclass(frozen=True)
class QuestionRow:
    """One question in the list. ``tag`` is its difference from last time: words and colour; ``follows`` whether it is
    shown by another answer."""

    code: str
    dom: str
    text: str
    meta: str
    url: str
    current: bool
    tag: tuple[Any, str] | None
    follows: bool
    missing: bool
    first: bool
    last: bool


@dataclass(frozen=True)
class SectionRow:
    """One section with its questions; open where something in it is chosen."""

    key: str
    number: int
    title: str
    sub: str
    url: str
    add_url: str
    open: bool
    current: bool
    first: bool
    last: bool
    missing: bool
    rows: tuple[QuestionRow, ...]


@dataclass(frozen=True)
class DifferenceRow:
    """One line of what differs from last time."""

    tag: tuple[Any, str]
    text: str
    words: str
    minutes: str


@dataclass(frozen=True)
class FaultRow:
    """One thing that is missing, with the way to where it is mended."""

    text: str
    url: str


@dataclass(frozen=True)
class CheckRow:
    """One of the things that must hold before the round is published; without ``faults`` it does."""

    text: Any
    faults: tuple[FaultRow, ...]


@dataclass(frozen=True)
class Figure:
    """One of the figures of the scope."""

    name: Any
    value: str
    sub: str


def section_rows(
    definition: Mapping[str, Any],
    found: Estimate,
    changed: Iterable[Difference],
    wrong: Iterable[Fault],
    url: Url,
    language: str,
    *,
    question: str = "",
    section: str = "",
    opened: str = "",
) -> list[SectionRow]:
    """The list of the builder, with the question or the section that is opened beside it."""
    tags = {one.code: DIFFERENCE_TAGS[one.kind] for one in changed if one.kind != "removed"}
    faulty = list(wrong)
    broken, parts = {one.question for one in faulty}, {one.section for one in faulty if not one.question}
    every = [one["code"] for _section, one in questions_of(definition)]
    known = sections_of(definition)
    rows = []
    for place, part in enumerate(known):
        key, asked = str(part.get("key", "")), part.get("questions") or []
        questions = tuple(
            QuestionRow(
                code=one["code"],
                dom=dom_id(one["code"]),
                text=local(one.get("text"), language) or one["code"],
                meta=kind_words(one),
                url=url("compose_question", one["code"]),
                current=one["code"] == question,
                tag=tags.get(one["code"]),
                follows=bool(one.get("shown_when")),
                missing=one["code"] in broken,
                first=one["code"] == every[0] and place == 0,
                last=one["code"] == every[-1] and place == len(known) - 1,
            )
            for one in asked
        )
        rows.append(
            SectionRow(
                key=key,
                number=place + 1,
                title=local(part.get("title"), language) or key,
                sub=_section_sub(len(asked), found.by_section.get(key, 0)),
                url=url("compose_section", key),
                add_url=url("compose_add", key),
                open=key in (section, opened) or any(row.current for row in questions),
                current=key == section,
                first=place == 0,
                last=place == len(known) - 1,
                missing=key in parts or any(row.missing for row in questions),
                rows=questions,
            )
        )
    return rows


def _section_sub(count: int, seconds: float) -> str:
    words = ngettext("%(count)s question, about %(time)s", "%(count)s questions, about %(time)s", count)
    return words % {"count": number(count), "time": minutes(seconds)}


def figures(now: Estimate, before: Estimate | None) -> list[Figure]:
    """The scope of the form, each figure against last time."""
    units = number(now.units)
    return [
        Figure(
            _("Questions"), number(now.questions), count_against(now.questions - before.questions) if before else ""
        ),
        Figure(
            _("Estimated time for one municipality"),
            minutes(now.seconds),
            against_last(now.seconds - before.seconds) if before else "",
        ),
        Figure(
            _("Filled in beforehand"),
            _("%(part)s of %(whole)s") % {"part": number(now.filled), "whole": number(now.questions)},
            _("from registers and the last report"),
        ),
        Figure(
            _("For all %(units)s together") % {"units": units},
            ngettext("%(count)s hour", "%(count)s hours", now.hours_for_all) % {"count": number(now.hours_for_all)},
            hours_against(now.hours_for_all - before.hours_for_all) if before else "",
        ),
    ]


def difference_rows(changed: Iterable[Difference], language: str) -> list[DifferenceRow]:
    """What differs from last time."""
    return [
        DifferenceRow(
            DIFFERENCE_TAGS[one.kind],
            local(one.text, language),
            difference_words(one, language),
            more_minutes(one.seconds),
        )
        for one in changed
    ]


CHECKS: tuple[tuple[str, Any], ...] = (
    ("form", gettext_lazy("All questions have a kind of answer, answers to choose and limits that hold")),
    ("conditions", gettext_lazy("All conditions can be met")),
    ("indicators", gettext_lazy("All core indicators have a question")),
    ("dates", gettext_lazy("The deadlines and the letter are set")),
    ("texts", gettext_lazy("All texts are there in bokmål and nynorsk")),
)


def check_rows(
    found: Sequence[Fault], dates: Mapping[str, str], url: Url, language: str, dates_url: str
) -> list[CheckRow]:
    """The list of the publishing panel: each check with what is missing. ``dates`` are sentences by field."""
    by_check: dict[str, list[FaultRow]] = {key: [] for key, _text in CHECKS}
    for one in found:
        by_check[_check(one)].append(FaultRow(fault_words(one, language), fault_url(one, url)))
    by_check["dates"] = [FaultRow(sentence, dates_url) for sentence in dates.values()]
    return [CheckRow(text, tuple(by_check[key])) for key, text in CHECKS]


def _check(fault: Fault) -> str:
    if fault.language:
        return "texts"
    if fault.code.startswith("condition"):
        return "conditions"
    return "indicators" if fault.code.startswith("indicator") else "form"


def fault_url(fault: Fault, url: Url) -> str:
    """Where a fault is mended; empty where it belongs to no question or section."""
    if fault.question:
        return f"{url('compose_question', fault.question)}#editor"
    return f"{url('compose_section', fault.section)}#editor" if fault.section else ""


def above(definition: Mapping[str, Any], code: str) -> Iterator[Mapping[str, Any]]:
    """The questions above one: those that its conditions can be about."""
    for _section, question in questions_of(definition):
        if question.get("code") == code:
            return
        yield question
