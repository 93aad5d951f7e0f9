"""Any two rounds side by side: the figures of the country, a region or one municipality by the note's rules, and what a
municipality answered in the two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from networks.models import Network
from reporting.form_spec import FormSpec
from reporting.models import Report, Round
from reporting.services.exploring import OFFICE, UNIT, AnyRound, Cell, cell, read
from reporting.services.indicators import CORE, DELIVERY, PATTERN, PLAN, QUESTION, SOLUTION, Indicator
from reporting.services.rounds import form_spec
from reporting.sidebyside import SectionPairs, no_longer_asked, register_ids, side_by_side

OF_MANY = (CORE, PLAN, DELIVERY, PATTERN, SOLUTION, QUESTION)
OF_ONE = (CORE, DELIVERY, PATTERN)
"""What is said of a single municipality as a figure; its answers stand beside each other in full."""


@dataclass(frozen=True)
class Line:
    """One figure in both rounds; None where there was nobody to count."""

    indicator: Indicator
    old: Cell | None
    new: Cell | None

    @property
    def change(self) -> int | None:
        """So many more or fewer units."""
        return None if self.old is None or self.new is None else self.new.n - self.old.n


def compare(
    old: Round, new: Round, *, among: Iterable[Indicator], office: str = "", unit: int | None = None, form: FormSpec,
    now: dt.datetime,
) -> list[Line]:  # fmt: skip
    """The figures of ``old`` beside those of ``new``: of the country, of the region with the key ``office``, or of one
    ``unit`` (where a figure is 1 or 0). Eight queries, whatever is compared."""
    wanted = OF_MANY if unit is None else OF_ONE
    chosen = [one for one in among if one.group in wanted]
    asked: Collection[str] = {question for one in chosen for question in one.questions}
    facts = read([old, new], questions=asked, grouping=OFFICE if unit is None else UNIT, form=form, now=now)
    tallies = AnyRound(facts)
    key = office if unit is None else str(unit)
    where = {"office": key} if key else {}
    return [
        Line(
            one,
            *(
                cell(tallies, {**one.select, **where}, one.missing and {**one.missing, **where}, row.reference_date)
                for row in (old, new)
            ),
        )
        for one in chosen
    ]


@dataclass(frozen=True)
class Answers:
    """What a municipality answered in two rounds; ``dropped`` only the older form asked."""

    sections: list[SectionPairs]
    dropped: list[tuple[str, str]]


def compare_answers(old: Report, new: Report, *, language: str) -> Answers | None:
    """The two reports question by question, as they were last sent in; None where one of them never was."""
    if old.current is None or new.current is None:
        return None
    spec, old_spec = form_spec(new.current.form_version), form_spec(old.current.form_version)
    answers, before = new.current.answers, old.current.answers
    ids = register_ids(spec, answers, before)
    rows = Network.objects.across_all(reason="names in one's own report").filter(pk__in=ids).values_list("pk", "name")
    names = {str(pk): name for pk, name in rows}
    return Answers(
        side_by_side(spec=spec, answers=answers, old_spec=old_spec, old_answers=before, language=language, names=names),
        no_longer_asked(spec=spec, old_spec=old_spec, old_answers=before, language=language, names=names),
    )
