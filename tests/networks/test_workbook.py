"""The workbook of networks: out and in again, what people do to it, its preview and its acceptance."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import python_calamine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import override

from municipalities.models import Event
from municipalities.transitions import WrongState
from networks.days import NBSP
from networks.models import Network, NetworkMeeting, Participation, WorkbookUpload
from networks.services import meeting_register, network_create, participations_add
from networks.services.networks import network_values
from networks.services.workbook import (
    PreviewOutdated,
    workbook_apply,
    workbook_discard,
    workbook_make,
    workbook_plan,
    workbook_upload,
)
from networks.workbook.rows import letter
from tests.networks.workbooks import TODAY, Edited

D = dt.date
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(_fresh_language):
    """The sentences are asked for in the code's own language: their translations are tested elsewhere."""
    translation.activate("en")


@pytest.fixture
def office(world):
    return world.office("oslo-og-viken")


@pytest.fixture
def actor(world):
    return world.user("statsforvalter-oslo-og-viken")


@pytest.fixture
def filled(world, office, now):
    """Two networks, five participations, a meeting."""
    network = world.networks["oslo-og-viken"]
    how = {"actor": None, "now": now}
    values = network_values(network)
    other = network_create(
        values=type(values)(**{**values.__dict__, "name": "Aldersvennlig Østfold", "kind": "age_friendly",
                               "themes": ("1.3", "2.1"), "organisers": ("ks", "usht"), "note": "=1+1"}), **how,
    )  # fmt: skip
    unit = {number: world.unit(number).pk for number in ("3004", "3025", "0301", "030101", "0220")}
    add = participations_add
    add(network=network, units=[unit["3004"], unit["3025"]], status="active", valid_from=D(2021, 1, 1), **how)
    add(network=network, units=[unit["0301"]], status="planned", valid_from=D(2022, 1, 1), **how)
    add(
        network=network,
        units=[unit["0220"]],
        status="active",
        valid_from=D(2018, 6, 1),
        valid_to=D(2019, 12, 31),
        **how,
    )
    add(network=other, units=[unit["030101"]], status="active", valid_from=D(2021, 1, 1), note="Bydelen", **how)
    meeting_register(
        network=network, on=D(2022, 3, 1), title="Vårsamling", attendance=[unit["3004"], unit["0301"]], **how
    )
    return {"network": network, "other": other, "unit": unit}


@pytest.fixture
def send(office, actor, now):
    def make(book: Edited | bytes) -> WorkbookUpload:
        data = book if isinstance(book, bytes) else book.bytes()
        return workbook_upload(office=office, file_name="nettverk.xlsx", data=data, actor=actor, now=now)

    return make


@pytest.fixture
def plan(send):
    return lambda book: workbook_plan(send(book), today=TODAY)


@pytest.fixture
def apply(actor, now):
    def make(upload, **more):
        seen = workbook_plan(upload, today=TODAY).hash
        return workbook_apply(upload=upload, **{"seen": seen, "actor": actor, "now": now, **more})

    return make


def everything():
    """All that the registers hold of networks, without origins."""
    rows = []
    for model in (Network, Participation, NetworkMeeting):
        for row in model.objects.across_all(reason="test").order_by("pk"):
            rows.append({key: value for key, value in row.__dict__.items() if key not in ("_state", "origin")})
    through = NetworkMeeting.attendance.through.objects.order_by("networkmeeting_id", "municipality_id")
    return rows, list(through.values_list("networkmeeting_id", "municipality_id"))


def said(plan):
    return [(fault.sheet, fault.cell, fault.sentence.replace(NBSP, " ")) for fault in plan.faults]


def parts(network, unit):
    rows = Participation.objects.across_all(reason="test").filter(network=network, municipality_id=unit)
    return [(row.status, row.valid_from, row.valid_to) for row in rows.order_by("valid_from")]


# --- the round trip -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("back", ["nb", "nn"])
def test_a_round_trip_changes_nothing_in_any_language(office, filled, plan, language, back):
    with override(language):
        data = Edited(office, language=language).bytes()
    with override(back):
        result = plan(data)
    assert (result.changes, result.faults, result.notes) == ([], [], [])
    assert result.unchanged == {"networks": 2, "participations": 5, "meetings": 1}
    assert result.absent == {"networks": 0, "participations": 0, "meetings": 0}


def test_a_round_trip_of_numbers_from_another_year(office, filled, send):
    upload = send(Edited(office, today=D(2024, 5, 1)))  # Fredrikstad is 3107 there
    for day in (TODAY, D(2024, 5, 1)):
        result = workbook_plan(upload, today=day)
        assert (result.changes, said(result)) == ([], [])


def test_text_that_looks_like_a_formula_goes_out_and_in_as_text(office, filled, plan):
    book = Edited(office)
    notes = [row[8].value for row in book.sheet("networks").iter_rows(min_row=2)]
    assert "=1+1" in notes
    assert all(
        cell.data_type != "f" for row in book.sheet("networks").iter_rows() for cell in row if cell.value != "=1+1"
    )
    assert plan(workbook_make(office, today=TODAY, language="nb")).changes == []


def test_numbers_are_text_and_words_can_be_chosen(office, filled):
    book = Edited(office)
    numbers = {row[2].value for row in book.sheet("participations").iter_rows(min_row=2)}
    assert numbers == {"3004", "3025", "0301", "030101", "0220"}
    kinds = {(rule.type, str(rule.sqref)) for rule in book.sheet("participations").data_validations.dataValidation}
    assert {kind for kind, _where in kinds} == {"list", "date"}
    assert len(book.book.worksheets) == 5


def test_another_reader_sees_the_same(office, filled):
    """Numbers stay text with their zero, days are days, and no cell is a formula, also to a reader of other make."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook_make(office, today=TODAY, language="nb")))
    rows = book.get_sheet_by_index(1).to_python()
    assert {row[2] for row in rows[1:]} == {"3004", "3025", "0301", "030101", "0220"}
    assert all(isinstance(row[5], dt.date) for row in rows[1:])
    assert "=1+1" in [row[8] for row in book.get_sheet_by_index(0).to_python()]


# --- what people do to it ---------------------------------------------------------------------------


def test_new_changed_and_ended_rows(office, filled, send, apply, plan):
    book = Edited(office)
    book.set("networks", 2, host="Sarpsborg")  # Aldersvennlig Østfold
    fredrikstad = next(r for r in range(2, 8) if book.sheet("participations").cell(r, 3).value == "3004")
    book.set("participations", fredrikstad, valid_to="30.4.2022", status="ended")
    new = book.add("networks", name="Nytt nettverk", kind="municipal network", valid_from="2022-01-01", themes=1.3)
    row = book.add("participations", network="Nytt nettverk", number=301, status="active", valid_from=D(2022, 2, 1))
    book.add("meetings", network="nytt NETTVERK", on="1. mars 2022", attendance="301; 3004 3025", title="Oppstart")
    upload = send(book)
    result = apply(upload)
    assert [(c.sheet, c.action, c.row) for c in result.changes] == [
        ("networks", "changed", 2), ("networks", "new", new), ("participations", "ended", fredrikstad),
        ("participations", "new", row), ("meetings", "new", 3),
    ]  # fmt: skip
    made = Network.objects.across_all(reason="test").get(name="Nytt nettverk")
    assert [theme.code for theme in made.themes.all()] == ["1.3"]
    assert [key.pk for key in made.offices.all()] == [office.pk]
    assert parts(made, filled["unit"]["0301"]) == [("active", D(2022, 2, 1), None)]
    assert parts(filled["network"], filled["unit"]["3004"]) == [("active", D(2021, 1, 1), D(2022, 4, 30))]
    assert made.meetings.get().attendance.count() == 3
    events = Event.objects.across_all(reason="test").filter(content_hash=upload.sha256)
    assert sorted(events.values_list("name", flat=True)) == [
        "meeting_registered", "network_changed", "network_registered", "participation_ended",
        "participation_registered", "workbook_applied",
    ]  # fmt: skip
    again = plan(book)  # the same file once more
    assert (again.changes, again.faults) == ([], [])


def test_typed_as_people_type(office, filled, plan):
    book = Edited(office)
    network = "Learning network Oslo og Viken"
    typed = [
        (301, "1.1.2023", "0301"), ("'0301", dt.datetime(2023, 2, 1), "0301"), ("0301 Oslo", "2023-03-01 ", "0301"),
        (301.0, 45017, "0301"), (" 30101 ", "1/5/2023", "030101"),
    ]  # fmt: skip
    for index, (number, start, _unit) in enumerate(typed):
        end = D(2023, index + 1, 20)
        book.add(
            "participations", network=f"  {network.upper()} ", number=number, status=" Active ", valid_from=start,
            valid_to=end, after=index,
        )  # fmt: skip
    oslo = next(r for r in range(2, 8) if book.sheet("participations").cell(r, 3).value == "0301")
    book.set("participations", oslo, valid_to=D(2022, 12, 31))
    result = plan(book)
    assert said(result) == []
    new = [change for change in result.changes if change.action == "new"]
    assert [change.values.unit for change in new] == [filled["unit"][unit] for _n, _s, unit in typed]
    assert [change.values.valid_from for change in new] == [D(2023, month, 1) for month in range(1, 6)]


def test_moved_renamed_and_own_columns_and_a_title_above(office, filled, plan):
    book = Edited(office)
    page = book.sheet("participations")
    page.move_range("B1:B10", cols=10)  # the network's name goes to column L
    page.cell(1, 12).value = "  NETWORK *"
    page.cell(1, 15).value = "Vår egen kolonne"
    page.cell(3, 15).value = "noe"
    page.insert_rows(1, 3)
    page.cell(1, 1).value = "Oversikt over nettverk, Oslo og Viken"
    page.cell(2, 7).value = "Sist endret"
    page.title = "Ark1"
    result = plan(book)
    assert (result.changes, result.faults, result.notes) == ([], [], [])
    assert result.unchanged["participations"] == 5


def test_blank_rows_and_the_last_row_are_read(office, filled, plan):
    book = Edited(office)
    new = {"network": "Aldersvennlig Østfold", "number": "3004", "status": "active", "valid_from": "1.1.2022"}
    last = book.add("participations", after=900, **new)
    book.sheet("participations").cell(last - 3, 4).value = "   "
    result = plan(book)
    assert [(change.row, change.action) for change in result.changes] == [(last, "new")]
    assert result.faults == []


def test_merged_cells_hold_for_all_their_rows(office, filled, plan):
    book = Edited(office)
    first = book.add(
        "participations", network="Aldersvennlig Østfold", number="3004", status="active", valid_from="1.1.2022"
    )
    book.add("participations", number="3025", status="active", valid_from="1.1.2022")
    book.sheet("participations").merge_cells(start_row=first, end_row=first + 1, start_column=2, end_column=2)
    result = plan(book)
    assert said(result) == []
    assert [change.network for change in result.changes] == [filled["other"].pk] * 2


def test_a_formula_without_value_is_a_fault_with_its_cell(office, filled, plan):
    book = Edited(office)
    row = book.add("participations", network='="Aldersvennlig " & "Østfold"', number="3004", status="active",
                   valid_from="=TODAY()")  # fmt: skip
    [(sheet, cell, sentence)] = said(plan(book))
    assert (sheet, cell) == ("participations", f"B{row}")
    assert "no calculated value" in sentence


def test_a_formula_with_its_value_is_read(office, filled, plan):
    import xlsxwriter

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    page = made.add_worksheet("Deltakelser")
    page.write_row(0, 0, ["Network", "Municipality number", "Status", "First day"])
    page.write_row(1, 0, ["Aldersvennlig Østfold", "", "active", "1.1.2022"])
    page.write_formula(1, 1, '="30"&"04"', None, "3004")
    page.write_row(2, 0, ["Aldersvennlig Østfold", "", "active", "1.1.2022"])
    page.write_formula(2, 1, "=A1/0", None, "#DIV/0!")
    made.close()
    result = plan(out.getvalue())
    assert [change.values.unit for change in result.changes] == [filled["unit"]["3004"]]
    assert said(result)[0][1] == "B3"
    assert "error" in said(result)[0][2]


FAULTS = [
    ({"number": "9999"}, "C", "No municipality or district has had the number 9999."),
    ({"number": "5430"}, "C", "Kautokeino – Guovdageaidnu belongs to another region"),
    ({"unit": "Asker"}, "D", "3004 is Fredrikstad, not Asker."),
    ({"number": "fire"}, "C", "Write a municipality number of four digits, for example 0301."),
    ({"number": None}, "C", "Write a municipality number of four digits, for example 0301."),
    ({"number": None, "unit": "Bærum"}, "D", "The region has no municipality called “Bærum”."),
    ({"number": "0220"}, "G", "Asker existed until 31. December 2019."),
    ({"number": "3025", "valid_from": "1.12.2019"}, "F", "Asker came into being on 1. January 2020."),
    ({"network": "Finnes ikke"}, "B", "The region has no network called “Finnes ikke”."),
    ({"network": None}, "B", "Write which network it is."),
    ({"status": "kanskje"}, "E", "“kanskje” is none of:"),
    ({"status": None}, "E", "Write one of:"),
    ({"status": "ended"}, "G", "Write the last day of what has ended."),
    ({"valid_from": "i fjor"}, "F", "Write a day, for example 1.5.2022."),
    ({"valid_from": None}, "F", "Write a day, for example 1.5.2022."),
    ({"valid_from": dt.time(10, 0)}, "F", "This is a time of day."),
    ({"valid_to": "31.12.2021"}, "G", "The last day comes before the first, 1. January 2022."),
    (
        {"valid_from": "31.12.2017"},
        "F",
        "Aldersvennlig Østfold began on 1. January 2018; nobody took part",
    ),
    ({"number": "030101"}, "F", "Gamle Oslo takes part in this network already from 1. January 2021 on;"),
    ({"id": "abc"}, "A", "The ID is not one of ours."),
    ({"id": 99999}, "A", "No row of your region has this ID."),
    ({"note": "x" * 301}, "H", "The text is too long: at most 300 characters."),
]


@pytest.mark.parametrize(("wrong", "column", "sentence"), FAULTS, ids=[str(entry[0]) for entry in FAULTS])
def test_a_fault_has_sheet_cell_and_one_plain_sentence(office, filled, plan, wrong, column, sentence):
    book = Edited(office)
    right = {"network": "Aldersvennlig Østfold", "number": "3004", "status": "active", "valid_from": "1.1.2022"}
    row = book.add("participations", **{**right, **wrong})
    result = plan(book)
    [(sheet, cell, told)] = said(result)
    assert (sheet, cell) == ("participations", f"{column}{row}")
    assert told.startswith(sentence)
    assert result.changes == []


NEW = {"name": "Nytt", "kind": "regional", "valid_from": "1.1.2022"}
HELD = {"network": "Aldersvennlig Østfold", "on": "1.3.2022", "attendance": "3004"}
OTHER_FAULTS = [
    ("networks", {**NEW, "kind": "klubb"}, "C", "“klubb” is none of:"),
    ("networks", {**NEW, "name": ""}, "B", "Write what the network is called."),
    ("networks", {**NEW, "themes": "demens"}, "F", "Write the codes"),
    ("networks", {**NEW, "themes": "8.8"}, "F", "8.8 is none of"),
    ("networks", {**NEW, "organisers": "HSØ"}, "E", "“HSØ” is none of:"),
    ("meetings", {**HELD, "attendance": 3004.3025}, "E", "Excel has made one number of this."),
    ("meetings", {**HELD, "attendance": "Moss"}, "E", "“Moss” is no municipality number"),
    ("meetings", {**HELD, "on": "1.3.2023"}, "E", "The meeting has not been held yet."),
    ("meetings", {**HELD, "on": "1.3.2021", "attendance": "0220"}, "E", "Asker did not exist on 1. March 2021."),
    ("meetings", {**HELD, "attendance": "5430"}, "E", "Kautokeino – Guovdageaidnu belongs to another region"),
    ("meetings", {**HELD, "on": None}, "C", "Write a day"),
]


@pytest.mark.parametrize(("sheet", "values", "cell", "sentence"), OTHER_FAULTS)
def test_faults_of_networks_and_meetings(office, filled, plan, sheet, values, cell, sentence):
    book = Edited(office)
    row = book.add(sheet, **values)
    [(where, told_cell, told)] = said(plan(book))
    assert (where, told_cell) == (sheet, f"{cell}{row}")
    assert told.startswith(sentence)


def test_solutions_that_excel_made_dates_and_numbers_of(office, filled, plan):
    book = Edited(office)
    for index, typed in enumerate((1.3, dt.datetime(2022, 3, 2), "1.3 Navnet; 2.1", "4.2,4.1")):
        book.add("networks", name=f"N{index}", kind="regional", valid_from="1.1.2022", themes=typed)
    found = [change.values.themes for change in plan(book).changes]
    assert found == [("1.3",), ("2.3",), ("1.3", "2.1"), ("4.1", "4.2")]


def test_an_id_twice_and_an_id_of_another(office, filled, plan):
    book = Edited(office)
    page = book.sheet("participations")
    page.cell(4, 1).value = page.cell(3, 1).value
    result = plan(book)
    assert [cell for _sheet, cell, _told in said(result)] == ["A4"]
    book = Edited(office)
    book.set("participations", 3, number="030101", unit=None)
    assert said(plan(book))[0][2].startswith("The ID belongs to another network or municipality.")


def test_of_two_rows_that_collide_the_later_is_at_fault(office, filled, plan):
    book = Edited(office)
    right = {"network": "Aldersvennlig Østfold", "number": "3004", "status": "active"}
    first = book.add("participations", **right, valid_from="1.1.2022")
    second = book.add("participations", **right, valid_from="1.3.2022")
    result = plan(book)
    assert [change.row for change in result.changes] == [first]
    assert [cell for _s, cell, _t in said(result)] == [f"F{second}"]


def test_a_planned_row_ends_where_a_new_active_one_begins(office, filled, send, apply):
    book = Edited(office)
    book.add(
        "participations", network="Learning network Oslo og Viken", number="301", status="active", valid_from="1.4.2022"
    )
    result = apply(send(book))
    assert [(change.action, change.row > 0, bool(change.because)) for change in result.changes] == [
        ("ended", True, True), ("new", True, False),
    ]  # fmt: skip
    assert parts(filled["network"], filled["unit"]["0301"]) == [
        ("planned", D(2022, 1, 1), D(2022, 3, 31)), ("active", D(2022, 4, 1), None),
    ]  # fmt: skip


def test_rows_that_trade_their_first_days(office, filled, world, send, apply, now):
    other, unit = filled["other"], filled["unit"]["3025"]
    for start, end in ((D(2020, 1, 1), D(2020, 6, 30)), (D(2021, 1, 1), D(2021, 6, 30))):
        participations_add(
            network=other, units=[unit], status="active", valid_from=start, valid_to=end, actor=None, now=now
        )
    book = Edited(office)
    rows = [r for r in range(2, 9) if book.sheet("participations").cell(r, 3).value == "3025"
            and book.sheet("participations").cell(r, 2).value == "Aldersvennlig Østfold"]  # fmt: skip
    book.set("participations", rows[0], valid_from=D(2021, 1, 1), valid_to=D(2021, 6, 30), note="A")
    book.set("participations", rows[1], valid_from=D(2020, 1, 1), valid_to=D(2020, 6, 30), note="B")
    assert len(apply(send(book)).changes) == 2
    assert len(parts(other, unit)) == 2


def test_a_network_that_ends_and_its_participations(office, filled, send, apply):
    book = Edited(office)
    book.set("networks", 3, valid_to="30.4.2022")
    result = apply(send(book))
    assert {change.because != "" for change in result.changes if change.sheet == "participations"} == {True}
    assert parts(filled["network"], filled["unit"]["3004"]) == [("active", D(2021, 1, 1), D(2022, 4, 30))]
    assert parts(filled["network"], filled["unit"]["0220"]) == [("active", D(2018, 6, 1), D(2019, 12, 31))]


# --- nothing is lost ----------------------------------------------------------------------------------


def test_rows_that_are_missing_stay_and_it_is_said(office, filled, send, apply):
    book = Edited(office)
    book.sheet("participations").delete_rows(2, 3)
    book.book.remove(book.sheet("meetings"))
    book.set("networks", 2, host="Moss")
    before = Participation.objects.across_all(reason="test").count()
    result = apply(send(book))
    assert result.absent["participations"] == 3
    assert any("Meetings" in note for note in result.notes)
    assert Participation.objects.across_all(reason="test").count() == before
    assert NetworkMeeting.objects.across_all(reason="test").count() == 1


def test_a_column_that_was_taken_out_changes_nothing(office, filled, plan):
    book = Edited(office)
    book.sheet("participations").delete_cols(7, 2)  # last day and note
    book.sheet("networks").delete_cols(4, 3)  # host, organisers, solutions
    assert plan(book).changes == []


def test_hidden_unknown_and_empty_sheets(office, filled, plan):
    book = Edited(office)
    book.sheet("meetings").sheet_state = "hidden"
    book.book.create_sheet("Notater").cell(1, 1).value = "Ring Moss"
    book.book.create_sheet("Tomt")
    notes = plan(book).notes
    assert len([note for note in notes if "hidden" in note]) == 1
    assert len([note for note in notes if "Notater" in note]) == 1
    assert not any("Tomt" in note for note in notes)


def test_a_missing_and_a_doubled_column_are_said_once(office, filled, plan):
    book = Edited(office)
    book.sheet("participations").cell(1, 5).value = "Noe annet"
    book.sheet("networks").cell(1, 4).value = book.sheet("networks").cell(1, 2).value
    result = plan(book)
    assert [fault.row for fault in result.faults] == [0, 0]
    assert "missing" in result.faults[1].sentence or "missing" in result.faults[0].sentence


def test_a_workbook_of_something_else(office, filled, plan):
    import openpyxl

    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.cell(1, 1).value = "Budsjett"
    book.save(out)
    result = plan(out.getvalue())
    assert len(result.faults) == 1
    assert result.changes == []


# --- acceptance -----------------------------------------------------------------------------------------


def test_faults_stop_everything_until_they_are_left_out_on_purpose(office, filled, send, apply):
    book = Edited(office)
    book.set("networks", 2, host="Moss")
    book.add("participations", network="Finnes ikke", number="3004", status="active", valid_from="1.1.2022")
    upload, before = send(book), everything()
    with pytest.raises(ValidationError):
        apply(upload)
    assert everything() == before
    upload.refresh_from_db()
    assert upload.status == "previewed"
    apply(upload, leave_out=True)
    assert Network.objects.across_all(reason="test").get(pk=filled["other"].pk).host == "Moss"


def test_it_is_refused_when_the_registers_have_moved_on(office, filled, send, apply, now):
    book = Edited(office)
    book.add("participations", network="Aldersvennlig Østfold", number="3004", status="active", valid_from="1.1.2022")
    upload = send(book)
    seen = workbook_plan(upload, today=TODAY).hash
    unit = [filled["unit"]["3004"]]
    participations_add(
        network=filled["other"], units=unit, status="active", valid_from=D(2021, 5, 1), actor=None, now=now
    )
    before = everything()
    with pytest.raises(PreviewOutdated):
        apply(upload, seen=seen, leave_out=True)
    assert everything() == before


def test_nothing_is_saved_when_the_last_row_fails(office, filled, send, apply, monkeypatch):
    from networks.services import workbook

    book = Edited(office)
    book.set("networks", 2, host="Moss")
    book.add("meetings", network="Aldersvennlig Østfold", on="1.3.2022", attendance="3004")
    upload, before, events = send(book), everything(), Event.objects.across_all(reason="test").count()

    def broken(*_args, **_kwargs):
        raise RuntimeError("power failure")

    monkeypatch.setattr(workbook, "meeting_write", broken)
    with pytest.raises(RuntimeError):
        apply(upload)
    assert everything() == before
    assert Event.objects.across_all(reason="test").count() == events


def test_it_is_accepted_once_and_by_the_region_only(office, filled, send, apply, world, now):
    book = Edited(office)
    book.set("networks", 2, host="Moss")
    upload = send(book)
    for username in ("hdir", "editor-3004", "ks-troms-og-finnmark"):
        with pytest.raises(PermissionDenied):
            apply(upload, actor=world.user(username))
    apply(upload)
    with pytest.raises(WrongState):
        apply(upload)
    with pytest.raises(WrongState):
        workbook_discard(upload=upload, actor=world.user("ks-oslo-og-viken"), now=now)
    unread = send(Edited(office))
    workbook_discard(upload=unread, actor=world.user("ks-oslo-og-viken"), now=now)
    assert unread.status == "discarded"


def test_other_regions_keep_their_part_of_a_shared_network(office, filled, world, send, apply, now, plan):
    network = filled["network"]
    network.offices.add(world.office("troms-og-finnmark"))
    participations_add(
        network=network, units=[world.unit("5430").pk], status="active", valid_from=D(2021, 1, 1), actor=None, now=now
    )
    meeting = network.meetings.get()
    meeting.attendance.add(world.unit("5430"))
    book = Edited(office)
    numbers = {row[2].value for row in book.sheet("participations").iter_rows(min_row=2)}
    assert "5430" not in numbers
    assert plan(book).changes == []
    book.set("meetings", 2, attendance="3025")
    apply(send(book))
    assert set(meeting.attendance.values_list("pk", flat=True)) == {filled["unit"]["3025"], world.unit("5430").pk}
    book = Edited(office)
    book.set("networks", 3, valid_to="31.12.2022")
    assert "several regions" in said(plan(book))[0][2]


def test_the_number_of_questions_does_not_grow(office, filled, send, now):
    few = Edited(office)
    many = Edited(office)
    new = {"network": "Aldersvennlig Østfold", "number": "3004", "status": "active"}
    for index in range(60):
        start = D(2018, 1, 1) + dt.timedelta(days=10 * index)
        many.add("participations", **new, valid_from=start, valid_to=start + dt.timedelta(days=5))
    counts = []
    for book in (few, many):
        upload = send(book)
        with CaptureQueriesContext(connection) as queries:
            workbook_plan(upload, today=TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_letters_of_columns():
    assert [letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
