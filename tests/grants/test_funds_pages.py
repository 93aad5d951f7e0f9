"""The pages of the offices' funds: what stands there, the files, and the writing of a formula and of tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from docx.oxml.ns import qn

from grants.models import AllocationFormula, KeyTable
from grants.render_allocation_docx import render_docx
from grants.services import funds
from grants.services.shipped import shipped_load
from grants.views.allocation import as_letter
from municipalities.registers.services import registers_load
from tests.grants.test_allocation import LETTER
from tests.grants.test_key_tables import as_bytes, table
from tests.world import FINNMARK, VIKEN

pytestmark = pytest.mark.django_db
PAGE = reverse("allocation_page", args=[2022])
EDIT = reverse("allocation_edit", args=[2022])
TYPED = {
    "total": "10 000", "flat": "4 000", "municipalities": "6000", "counted_on": "1.1.2022", "source": "Brev 2022",
}  # fmt: skip


@pytest.fixture
def pages(world, client, settings):
    """The small world with the formula of 2022; ``pages("hdir")`` is that user's browser."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False
    shipped_load()

    def login(username="hdir"):
        client.force_login(world.user(username))
        return client

    return login


def words(response) -> str:
    """What a reader sees, on one line, with plain blanks."""
    text = re.sub(r"<(script|style)[\s\S]*?</\1>|<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("\u00a0", " ").replace("&nbsp;", " ").split())


def shared_of_2022(now) -> funds.Allocation:
    registers_load(now=now)
    shipped_load()
    return funds.allocation(2022)


# --- Reading ----------------------------------------------------------------------------------------


def test_the_page_explains_with_the_numbers_put_in(pages):
    seen = words(pages("editor-3004").get(PAGE))
    assert "10 mill. kr" in seen and "10 000" in seen
    assert "5 000 × 3 / 5" in seen and "5 000 / 2" in seen
    assert "Oppdragsbrev" in seen and "1. januar 2022" in seen
    assert "5 500" in seen and "4 500" in seen
    other = words(pages("editor-3004").get(PAGE, {"eksempel": FINNMARK}))
    assert "5 000 × 2 / 5" in other
    assert words(pages("editor-3004").get(PAGE, {"eksempel": "nowhere"})) == seen


def test_only_hdir_is_shown_the_way_to_the_form(pages):
    assert EDIT in pages("hdir").get(PAGE).content.decode()
    assert EDIT not in pages(f"statsforvalter-{VIKEN}").get(PAGE).content.decode()
    assert pages("hod").get(PAGE).status_code == 403


def test_a_year_without_a_formula_says_so_and_leads_on(pages):
    answer = pages("hdir").get(reverse("allocation_page", args=[2023]))
    assert answer.status_code == 404
    assert reverse("allocation_edit", args=[2023]) in answer.content.decode()
    assert reverse("allocation_edit", args=[2023]) not in pages("evaluator").get(
        reverse("allocation_page", args=[2023])
    ).content.decode()  # fmt: skip
    for year in (1814, 99_999_999_999):
        assert pages("hdir").get(f"/tilskudd/fordeling/{year}/").status_code == 404


def test_the_list_of_years_opens_another_years_form(pages):
    at = reverse("allocation_list")
    assert PAGE in pages("reader-3004").get(at).content.decode()
    assert pages("hdir").get(at, {"aar": "2024"})["Location"] == reverse("allocation_edit", args=[2024])
    wrong = pages("hdir").get(at, {"aar": "1814"})
    assert wrong.status_code == 400 and 'value="1814"' in wrong.content.decode()
    assert pages("hdir").get(at, {"aar": "9" * 5000}).status_code == 400
    assert pages("reader-3004").get(at, {"aar": "2024"}).status_code == 200


def queries(client, address, counter) -> int:
    client.get(address)
    with counter as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_page_takes_as_many_queries_for_ten_offices_as_for_two(world, pages, now):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    few = queries(pages(), PAGE, CaptureQueriesContext(connection))
    for order in range(3, 11):
        office = world.office(VIKEN)
        names = list(office.names.all())
        office.pk, office.key, office.order = None, f"office-{order}", order
        office.save()
        for name in names:
            name.pk, name.office = None, office
            name.save()
    assert len(funds.allocation(2022).rows) == 10
    assert queries(pages(), PAGE, CaptureQueriesContext(connection)) == few <= 16


# --- The files --------------------------------------------------------------------------------------


def test_the_word_file_is_the_table_of_the_letter(now):
    file = docx.Document(io.BytesIO(render_docx(as_letter(shared_of_2022(now)))))
    (found,) = file.tables
    cells = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in found.rows]
    assert len(cells) == 12
    assert cells[1] == ["Statsforvalteren i Oslo og Viken", "52", "500", "730", "1 230"]
    assert [int(row[-1].replace(" ", "")) for row in cells[1:]] == [*LETTER, 10_000]
    assert cells[-1][1:] == ["356", "5 000", "5 000", "10 000"]
    rows = found._tbl.findall(qn("w:tr"))
    assert rows[0].find(f".//{qn('w:tblHeader')}") is not None
    assert all(row.find(f".//{qn('w:tblHeader')}") is None for row in rows[1:])
    assert found._tbl.tblPr.find(qn("w:tblCaption")) is not None
    assert [p.style.name for p in file.paragraphs].count("Caption") == 1
    assert [p.text for p in file.paragraphs if p.style.name == "Heading 1"] and file.core_properties.title
    text = "\n".join(p.text for p in file.paragraphs).replace("\u00a0", " ")
    assert "1. januar 2022" in text and "Oppdragsbrev" in text and "14,04" in text


def test_the_word_file_is_the_same_bytes_and_in_the_pages_language(now):
    shared = shared_of_2022(now)
    for language, tag in (("nb", "nb-NO"), ("nn", "nn-NO")):
        with translation.override(language):
            made = render_docx(as_letter(shared))
            assert made == render_docx(as_letter(shared))
        file = docx.Document(io.BytesIO(made))
        lang = file.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:lang')}")
        assert (lang.get(qn("w:val")), file.core_properties.language) == (tag, tag)


def test_the_files_are_downloads_with_the_sums(pages):
    client = pages("reader-3004")
    word = client.get(reverse("allocation_word", args=[2022]))
    assert word["Content-Disposition"] == 'attachment; filename="fordeling-2022.docx"'
    assert "no-store" in word["Cache-Control"]
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(PAGE + "?format=xlsx").content)).worksheets[0]
    lines = list(csv.reader(io.StringIO(client.get(PAGE + "?format=csv").content.decode("utf-8-sig")), delimiter=";"))
    assert lines[1][1:] == ["3", "2500", "2500", "3000", "3000", "5500"]
    assert lines[-1][-1] == "10000"
    assert list(sheet.iter_rows(values_only=True))[-1][-1] == 10_000
    away = client.get(reverse("allocation_word", args=[2023]))
    assert away["Location"] == reverse("allocation_page", args=[2023])


# --- Writing a formula ------------------------------------------------------------------------------


def seen_in(response) -> str:
    """The mark of the formula that the form was made from; empty for a new one."""
    found = re.search(r'name="seen" (?:value="([^"]*)")?', response.content.decode())
    return found[1] or ""


def test_the_result_is_shown_before_it_is_saved(pages):
    client = pages("hdir")
    seen = seen_in(client.get(EDIT))
    preview = client.post(EDIT, {**TYPED, "seen": seen, "action": "preview"})
    assert preview.status_code == 200
    told = words(preview)
    assert "5 600" in told and "+100" in told and "4 400" in told
    assert 'value="save"' in preview.content.decode() and 'value="4 000"' in preview.content.decode()
    assert funds.formula_of(2022).parts[0].amount == 5_000
    saved = client.post(EDIT, {**TYPED, "seen": seen_in(preview), "action": "save"}, follow=True)
    assert saved.redirect_chain == [(PAGE, 302)]
    assert funds.formula_of(2022).parts[0].amount == 4_000
    late = client.post(EDIT, {**TYPED, "flat": "3 000", "municipalities": "7 000", "seen": seen, "action": "save"})
    assert late.status_code == 422 and 'value="3 000"' in late.content.decode()
    assert funds.formula_of(2022).parts[0].amount == 4_000
    assert "5 600" in words(late) and "5 700" in words(late) and "+100" in words(late)
    again = {**TYPED, "flat": "3 000", "municipalities": "7 000", "seen": seen_in(late), "action": "save"}
    assert client.post(EDIT, again)["Location"] == PAGE
    assert funds.formula_of(2022).parts[0].amount == 3_000


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"total": "10 001"}, "total"),
        ({"total": ""}, "total"),
        ({"total": "ti"}, "total"),
        ({"total": "-10000"}, "total"),
        ({"flat": "4000,5"}, "flat"),
        ({"total": "10000000", "flat": "10000000", "municipalities": ""}, "total"),
        ({"counted_on": "31.2.2022"}, "counted_on"),
        ({"counted_on": ""}, "counted_on"),
        ({"counted_on": "1.1.2001"}, "counted_on"),
        ({"source": "  "}, "source"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_typed_is_lost(pages, wrong, field):
    client = pages("hdir")
    for action in ("preview", "save"):
        answer = client.post(EDIT, {**TYPED, "seen": seen_in(client.get(EDIT)), "action": action, **wrong})
        assert answer.status_code == 422
        errors = answer.context["form"].errors
        assert len(errors[field]) == 1, errors
        assert set(errors) <= {field, *wrong}
        for name, value in {**TYPED, **wrong}.items():
            if value.strip():
                assert answer.context["form"][name].value() == value
    assert funds.formula_of(2022).parts[0].amount == 5_000


def test_a_new_year_begins_with_a_copy_and_no_source(pages):
    client = pages("hdir-admin")
    at = reverse("allocation_edit", args=[2023])
    form = client.get(at)
    body = form.content.decode()
    assert 'value="01.01.2023"' in body and 'value="5\u00a0000"' in body
    assert client.post(at, {**TYPED, "source": "", "seen": seen_in(form), "action": "save"}).status_code == 422
    done = client.post(at, {**TYPED, "counted_on": "1.1.2023", "seen": seen_in(form), "action": "save"})
    assert done["Location"] == reverse("allocation_page", args=[2023])
    assert AllocationFormula.objects.across_all(reason="test").count() == 2
    assert reverse("allocation_page", args=[2022]) in client.get(done["Location"]).content.decode()


# --- Tables -----------------------------------------------------------------------------------------


def uploaded(data: bytes) -> dict:
    return {"file": SimpleUploadedFile("07459.json", data, "application/json")}


def test_a_table_is_looked_at_taken_in_and_shared_by(pages):
    client, at = pages("hdir"), reverse("key_tables")
    preview = client.post(at, uploaded(as_bytes(table())))
    assert preview.status_code == 200 and "30" in words(preview)
    assert not KeyTable.objects.across_all(reason="test").exists()
    signed = re.search(r'name="signed" value="([^"]+)"', preview.content.decode())[1]
    assert client.post(reverse("key_table_take"), {"signed": signed})["Location"] == at
    row = KeyTable.objects.across_all(reason="test").get()
    assert "07459" in words(client.get(at))
    again = client.post(reverse("key_table_take"), {"signed": signed})
    assert again.status_code == 422 and KeyTable.objects.across_all(reason="test").count() == 1
    typed = {**TYPED, "flat": "4 000", "municipalities": "", "by_table": "6 000", "table": str(row.pk)}
    seen = seen_in(client.get(EDIT))
    assert "5 600" in words(client.post(EDIT, {**typed, "seen": seen, "action": "preview"}))
    client.post(EDIT, {**typed, "seen": seen, "action": "save"})
    assert "6 000 × 18 / 30" in words(client.get(PAGE))
    without = client.post(EDIT, {**typed, "table": "", "seen": seen, "action": "preview"})
    assert set(without.context["form"].errors) == {"table"}


@pytest.mark.parametrize("data", [b"", b"{}", as_bytes(table(numbers=("9999",))), as_bytes(table(years=("2023",)))])
def test_a_file_that_is_no_such_table_is_one_sentence(pages, data):
    answer = pages("hdir").post(reverse("key_tables"), uploaded(data))
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 1
    assert not KeyTable.objects.across_all(reason="test").exists()


def test_what_the_portal_did_not_sign_is_not_taken_in(pages):
    for signed in ("", "x", "x" * 300_000):
        answer = pages("hdir").post(reverse("key_table_take"), {"signed": signed})
        assert answer.status_code == 422
    assert pages("hdir").post(reverse("key_tables"), {}).status_code == 422
    assert pages("hdir").get(reverse("key_table_take"))["Location"] == reverse("key_tables")
    assert dt.date(2022, 1, 1) == funds.formula_of(2022).counted_on
