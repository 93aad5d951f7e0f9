"""A question of every kind, added by the composer's services, is answered in Excel and by the API and sent in, with
signs that programs misread. Where the answers are shown afterwards is ``test_composed_kinds``."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from jsonschema import Draft202012Validator

from municipalities.services.service_accounts import service_account_make
from reporting.compose import editing
from reporting.documents.content import Table
from reporting.documents.receipt import receipt_content
from reporting.form_spec import KINDS
from reporting.models import Report, Round, Submission
from reporting.question_views import dom_id
from reporting.services.composing import form_edit, round_compose, round_publish
from reporting.services.rounds import load_question_bank, rounds_open_due
from tests.reporting.every_kind import DEFINITION, values
from tests.reporting.factories import SPRING, at
from tests.reporting.form_workbook.steps import cell_of, packed, rows_of, send
from tests.world import World

pytestmark = pytest.mark.django_db
MARCH, APRIL = at(dt.date(2022, 3, 14)), at(dt.date(2022, 4, 20), 10)
QUESTIONS: list[dict[str, Any]] = [one for section in DEFINITION["sections"] for one in section["questions"]]


@pytest.fixture(autouse=True)
def in_the_round(settings):
    settings.PORTAL_CLOCK = "2022-04-20T10:00+02:00"


def composed(world: World) -> Report:
    """Hdir adds one question after the other to an empty form and publishes the round; Fredrikstad's report of it."""
    load_question_bank()
    admin = world.user("hdir-admin")
    round_ = round_compose(reference_date=SPRING, actor=admin, now=MARCH, letter="22/4811", kind=Round.Kind.EXTRA)
    changes = [lambda _old: editing.empty_definition()]
    for section in DEFINITION["sections"]:
        changes.append(lambda old, s=section: editing.section_add(old, key=s["key"], title=s["title"]))
        for one in section["questions"]:
            new = editing.own_question(one["code"], one["kind"])
            changes.append(lambda old, q=new, s=section: editing.question_add(old, question=q, section=s["key"]))
            parts = {name: value for name, value in one.items() if name not in ("code", "kind")}
            changes.append(lambda old, c=one["code"], v=parts: editing.question_set(old, code=c, values=v))
    for number, change in enumerate(changes):
        form_edit(form=round_.form_version, change=change, edit_number=number, actor=admin, now=MARCH)
    round_ = round_publish(round_=Round.objects.across_all(reason="test").get(pk=round_.pk), actor=admin, now=MARCH)
    rounds_open_due(now=APRIL)
    rows = Report.objects.across_all(reason="test").select_related("round__form_version", "municipality", "office")
    return rows.get(round=round_, municipality=world.unit("3004"))


def test_each_kind_is_asked_and_answered_everywhere(world: World):
    report = composed(world)
    person = Client()
    person.force_login(world.user("editor-3004"))
    given = values(world)
    assert {one["kind"] for one in QUESTIONS} == set(KINDS)

    # the page
    pages = "".join(
        person.get(reverse("report_section", args=[report.pk, section])).content.decode()
        for section in ("first", "second")
    )
    for one in QUESTIONS:
        assert one["text"]["nb"] in pages
        assert f'id="sp-{dom_id(one["code"])}"' in pages

    # Excel: half of the answers
    book = openpyxl.load_workbook(io.BytesIO(person.get(reverse("report_workbook", args=[report.pk])).content))
    assert {key.partition(":")[0] for key, _option in rows_of(book)} == {one["code"] for one in QUESTIONS}
    written = {"whole_number": 1234, "per_cent": "12,5 %", "date": dt.datetime(2021, 6, 17), "yes_no": "Ja",
               "long_text": given["k.long_text"], "several_of__plan": "x", "several_of__same": "x"}  # fmt: skip
    for name, value in written.items():
        cell_of(book, name).value = value
    preview = send(person, report, packed(book))
    assert not preview.context["faults"]
    used = person.post(reverse("report_workbook_use", args=[report.pk]), {"accept": preview.context["accept"]})
    assert used.status_code == 302

    # the API: the rest, and sending in
    made = service_account_make(
        municipality=world.unit("3004"), name="Fagsystem", actor=world.user("editor-3004"), now=APRIL
    )
    machine = Client(headers={"Authorization": f"Bearer {made.key}"})
    draft = reverse("api_report_draft", args=[report.pk])
    schema = machine.get(reverse("api_report_form", args=[report.pk])).json()
    assert {code: one["x-kind"] for code, one in schema["properties"].items()} == {
        one["code"]: one["kind"] for one in QUESTIONS
    }
    stands = machine.get(draft).json()["answers"]
    rest = {code: value for code, value in given.items() if code not in stands}
    assert {code: given[code] for code in stands} == stands
    assert len(rest) == len(given) - 6
    done = machine.put(draft, {"answers": rest}, content_type="application/json").json()
    assert not done["errors"]
    assert not list(Draft202012Validator(schema).iter_errors(machine.get(draft).json()["answers"]))
    sent = machine.post(
        reverse("api_report_submit", args=[report.pk]), {"version": done["version"]}, content_type="application/json"
    )
    assert sent.status_code == 200, sent.content
    assert sent.json()["submissions"][0]["answers"] == given

    # the receipt
    submission = Submission.objects.across_all(reason="test").get(report=report)
    content = receipt_content(submission, "nb")
    cells = {row.key: row.cells for block in content.blocks if isinstance(block, Table) for row in block.rows}
    for one in QUESTIONS:
        if one["kind"] == "matrix":
            assert [cells[row["key"]][1] for row in one["rows"]] == ["På plass, alt", "Likt svar"]
        else:
            assert cells[one["code"]][1]
    assert cells["k.decimal"][1] == "1,234"
    assert cells["k.date"][1] == "17.\u00a0juni 2021"
