"""A round whose form asks one question of every kind, with texts that try what draws and reads them."""

from __future__ import annotations

from typing import Any

from reporting.form_spec import KINDS, FormSpec
from reporting.models import FormVersion, Report
from reporting.question_bank import definition_hash
from reporting.services.rounds import round_open
from tests.reporting.factories import SPRING, at
from tests.world import World

OPTIONS = [
    {"key": "plan", "text": {"nb": "Vurdert; ikke nå", "nn": "Vurdert; ikkje no"}},
    {"key": "done", "text": {"nb": "På plass, alt", "nn": "På plass, alt saman"}},
    {"key": "same", "text": {"nb": "Likt svar", "nn": "Likt svar"}},
    {"key": "twin", "text": {"nb": "Likt svar", "nn": "Likt svar"}},
    {"key": "none", "text": {"nb": "Ingen", "nn": "Ingen"}},
]


def _question(kind: str, **more: Any) -> dict[str, Any]:
    words = {"nb": f"Spørsmål om {kind}", "nn": f"Spørsmål på nynorsk om {kind}"}
    return {"code": f"k.{kind}", "kind": kind, "text": words, **more}


DEFINITION = {
    "sections": [
        {
            "key": "first",
            "title": {"nb": "Første del", "nn": "Fyrste del"},
            "questions": [
                _question("yes_no", required=True, help={"nb": "Ja eller nei.", "nn": "Ja eller nei."}),
                _question("one_of", options=OPTIONS),
                _question("several_of", options=OPTIONS, limits={"exclusive": ["none"]}),
                _question(
                    "matrix",
                    options=OPTIONS,
                    rows=[
                        {"key": "1.1", "text": {"nb": "=Rad én", "nn": "=Rad ein"}},
                        {"key": "1.2", "text": {"nb": "Rad to", "nn": "Rad to"}},
                    ],
                ),
                _question("register", limits={"register": "networks"}),
            ],
        },
        {
            "key": "second",
            "title": {"nb": "Andre del", "nn": "Andre del"},
            "questions": [
                _question("whole_number", limits={"min": 0, "max": 2000}),
                _question("decimal", limits={"min": -5}),
                _question("per_cent"),
                _question("date"),
                _question("short_text", shown_when=[{"question": "k.yes_no", "any_of": ["yes"]}]),
                _question("long_text"),
            ],
        },
    ]
}
SPEC = FormSpec.parse(DEFINITION)
assert {question.kind for question in SPEC.questions()} == set(KINDS)


def values(world: World, number: str = "3004") -> dict[str, Any]:
    """A canonical answer to every question, some with signs that a program may misread."""
    key = "oslo-og-viken" if number in ("3004", "3025", "0301", "030101") else "troms-og-finnmark"
    return {
        "k.yes_no": "yes",
        "k.one_of": "twin",
        "k.several_of": ["plan", "same"],
        "k.matrix": {"1.1": "done", "1.2": "twin"},
        "k.register": [str(world.networks[key].pk)],
        "k.whole_number": 1234,
        "k.decimal": "1.234",
        "k.per_cent": "12.5",
        "k.date": "2021-06-17",
        "k.short_text": '=HYPERLINK("http://x.example";"0301")',
        "k.long_text": "+47 22 33 44 55\n@SUM(A1)\n-1 og 1.5.2022",
    }


def every_kind_report(world: World, number: str = "3004") -> Report:
    """The report of a unit in an open round with this form, not started."""
    form, _new = FormVersion.objects.get_or_create(
        name="every kind",
        defaults={
            "definition": DEFINITION,
            "definition_hash": definition_hash(DEFINITION),
            "published_at": at(SPRING),
        },
    )
    round_ = round_open(reference_date=SPRING, actor=None, now=at(SPRING), form_version=form)
    rows = Report.objects.across_all(reason="test").select_related("round__form_version", "municipality", "office")
    return rows.get(round=round_, municipality=world.unit(number))
