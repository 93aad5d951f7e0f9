"""The time in the form as its page measures it, and for Hdir what a round has cost all together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.views import ScopedPage
from reporting.form_spec import local
from reporting.models import Round
from reporting.querysets import chosen_round, opened_rounds
from reporting.services import burden
from reporting.services.rounds import form_spec
from reporting.views.base import EditView
from reporting.views.form import read_json
from reporting.views.shown import language


class FormTimeAdd(EditView):
    """Active seconds from the form's page. It answers in one word, and never stops anybody."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        seconds = read_json(request).get("seconds")
        given = seconds if isinstance(seconds, dict) else {}
        taken = burden.time_add(report=self.report, seconds=given, actor=request.user, now=self.now)  # type: ignore[arg-type]
        return JsonResponse({"taken": taken})


@dataclass(frozen=True)
class QuestionRow:
    """A question with its words, and its share of the whole time in per cent."""

    text: str
    row: burden.QuestionBurden
    share: float


class RoundBurdenPage(ScopedPage):
    """What a round has cost the municipalities, in sums; ``?runde=`` names it, else the newest that was opened."""

    right = "burden.read"
    template_name = "reporting/national/burden.html"

    @cached_property
    def rounds(self) -> list[Round]:
        """The rounds that have been opened, the newest first."""
        return opened_rounds(self.request.user, today=self.today)  # type: ignore[arg-type]

    def get_context(self) -> dict[str, Any]:
        round_, before = chosen_round(self.rounds, self.request.GET.get("runde", ""))
        if round_ is None:
            return {"rounds": self.rounds, "round": None}
        found = burden.burden_of_round(round_)
        return {
            "rounds": self.rounds,
            "round": round_,
            "burden": found,
            "before": burden.burden_of_round(before) if before else None,
            "questions": self._rows(found, round_),
            "fewest": burden.FEWEST,
        }

    def _rows(self, found: burden.RoundBurden, round_: Round) -> list[QuestionRow]:
        spec = form_spec(round_.form_version)
        rows = []
        for row in found.questions:
            text = local(spec.question(row.code).name, language()) if spec.has(row.code) else row.code
            if row.code == burden.ELSEWHERE:
                text = _("Outside the questions: reading, looking over, sending in")
            rows.append(QuestionRow(text, row, 100 * row.seconds / found.seconds if found.seconds else 0))
        return rows
