"""A question of every kind, added on the pages of the composer beside the standard form, is shown where answers are
read: the report's page, the receipt, the workbook, the file of all answers and the API. How each kind is answered in
Excel and by the API is ``test_every_kind``."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from municipalities.models import Role, User
from networks.models import Network
from reform.models import Solution
from reporting.compose.editing import question_of
from reporting.documents.answer_words import fixed_word, heads
from reporting.documents.content import Table
from reporting.documents.extract import extract
from reporting.documents.receipt import receipt_content
from reporting.documents.render_answers import render_answers
from reporting.form_spec import KINDS
from reporting.models import Report, Round
from reporting.services.composing import round_compose, round_publish
from reporting.services.drafts import draft_open, draft_save_many
from reporting.services.submissions import submission_submit
from tests.reporting.factories import answers, at, editor, items, network, office, solutions, unit, user

pytestmark = pytest.mark.django_db
COMPOSED = at(dt.date(2022, 3, 14), 11)
SENT = at(dt.date(2022, 4, 19), 11)
OPTIONS = [("forste_valg", "Første valg", "Fyrste val"), ("andre_valg", "Andre valg", "Andre val")]
ROWS = [("rad_en", "Rad en", "Rad ein"), ("rad_to", "Rad to", "Rad to")]

SHOWN: dict[str, str] = {
    "yes_no": "Ja",
    "one_of": "Andre valg",
    "several_of": "Første valg",
    "whole_number": "1\xa0234",
    "decimal": "12,5",
    "per_cent": "85",
    "date": "17.\xa0juni 2021",
    "short_text": "Kort svar",
    "long_text": "Langt svar",
    "matrix": "Andre valg",
    "register": "Nettverk Agder",
}
"""How the answer to the question of each kind is written for people, or a part of it."""


def code(kind: str) -> str:
    return f"own.prove_{kind}"


def given(net: Network) -> dict[str, Any]:
    """An answer of each kind, by code, as it is kept."""
    values: dict[str, Any] = {
        "yes_no": "yes",
        "one_of": "andre_valg",
        "several_of": ["forste_valg"],
        "whole_number": 1234,
        "decimal": "12.5",
        "per_cent": "85",
        "date": "2021-06-17",
        "short_text": "Kort svar",
        "long_text": "Langt svar",
        "matrix": {"rad_en": "andre_valg", "rad_to": "forste_valg"},
        "register": [str(net.pk)],
    }
    return {code(kind): value for kind, value in values.items()}


def compose(client: Any, round_: Round, kind: str) -> None:
    """Add a question of a kind on the composer's pages."""
    add = reverse("compose_add", args=[round_.pk, "results"])
    made = client.post(add, {"text_nb": f"Prøve {kind}", "text_nn": f"Prøve {kind} nn", "kind": kind})
    assert made.status_code == 302
    sent = {"kind": kind, "section": "results", "text_nb": f"Prøve {kind}", "text_nn": f"Prøve {kind} nn"}
    for what, lines in (("option", OPTIONS), ("row", ROWS)):
        sent[f"{what}_count"] = str(len(lines))
        for place, (_key, nb, nn) in enumerate(lines):
            sent |= {f"{what}_{place}_nb": nb, f"{what}_{place}_nn": nn}
    assert client.post(reverse("compose_question", args=[round_.pk, code(kind)]), sent).status_code == 302


@pytest.fixture
def draft(client, settings, monkeypatch) -> Report:
    """A report that is filled in on a form with a question of every kind, composed on the pages."""
    monkeypatch.setattr("reporting.services.submissions.receipt_make", lambda **_how: None)
    settings.PORTAL_CLOCK = COMPOSED.isoformat()
    home, hdir = unit("Lyngdal", of=office("agder")), user(Role.HDIR_ADMIN)
    net = network("Nettverk Agder", office("agder"))
    solutions()
    round_ = round_compose(reference_date=dt.date(2022, 5, 1), letter="22/4811", actor=hdir, now=COMPOSED)
    client.force_login(hdir)
    for kind in KINDS:
        compose(client, round_, kind)
    round_.form_version.refresh_from_db()
    assert {question_of(round_.form_version.definition, code(kind))["kind"] for kind in KINDS} == set(KINDS)
    round_publish(round_=round_, actor=hdir, now=COMPOSED)

    settings.PORTAL_CLOCK = SENT.isoformat()
    found = Report.objects.across_all(reason="test").select_related("round__form_version", "municipality")
    report = found.get(round=round_, municipality=home)
    kari = editor(home, "kari")
    draft_open(report=report, actor=kari, now=SENT)
    draft_save_many(report=report, items=items(answers() | given(net)), actor=kari, now=SENT)
    client.force_login(kari)
    return report


@pytest.fixture
def report(draft) -> Report:
    """The same, sent in."""
    submission_submit(report=draft, actor=User.objects.get(username="kari"), now=SENT)
    draft.refresh_from_db()
    return draft


def test_it_is_found_in_the_page(client, report):
    text = client.get(reverse("report_detail", args=[report.pk])).content.decode()
    for kind, words in SHOWN.items():
        assert f"Prøve {kind}" in text, kind
        assert words in text, kind
    assert Solution.objects.first().name_nb in text


def test_it_is_found_in_the_receipt(report):
    content = receipt_content(report.current, "nb")
    cells = {row.key: row.cells for block in content.blocks if isinstance(block, Table) for row in block.rows}
    for kind in KINDS:
        for key in [row[0] for row in ROWS] if kind == "matrix" else [code(kind)]:
            expected = {"rad_en": "Andre valg", "rad_to": "Første valg"}.get(key, SHOWN[kind])
            assert expected in str(cells[key][-1]), kind


def texts(content: bytes) -> set[str]:
    """All that stands in the cells of a workbook."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    return {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}


def test_it_is_found_in_the_form_as_a_workbook(client, draft):
    response = client.get(reverse("report_workbook", args=[draft.pk]))
    written = texts(b"".join(response) if response.streaming else response.content)
    for kind in KINDS:
        assert any(f"Prøve {kind}" in text for text in written), kind
    for text in ("Ja", "Andre valg", "1234", "Kort svar", "Langt svar"):
        assert text in written, text
    for words in ("Rad en", "Rad to", "Nettverk Agder"):
        assert any(words in text for text in written), words
    assert any(text.startswith("2021-06-17") for text in written)


def test_it_is_found_in_excel(report):
    file = io.BytesIO()
    rounds = [Round.objects.get_queryset().select_related("form_version").get(pk=report.round_id)]
    render_answers(extract(rounds, "nb"), file, heads(), fixed_word)
    written = texts(file.getvalue())
    for kind in KINDS:
        assert any(code(kind) in text for text in written), kind
    for text in ("Andre valg", "Første valg", "1234", "12.5", "85", "Kort svar", "Langt svar", "Nettverk Agder"):
        assert text in written, text
    assert any(text.startswith("2021-06-17") for text in written)


def test_it_is_found_in_the_api(client, report):
    net = Network.objects.get_queryset().get()
    schema = client.get(reverse("api_report_form", args=[report.pk])).json()
    stored = client.get(reverse("api_report", args=[report.pk])).json()
    said = str(schema)
    kept = stored["submissions"][-1]["answers"]
    for one, value in given(net).items():
        assert one in said
        assert kept[one] == value
