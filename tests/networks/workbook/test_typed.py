"""What people type into the workbook, and the sentence that each fault gets at its cell."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from municipalities.models import Event
from networks.models import Network, Participation
from networks.services import participations_add
from tests.networks.workbooks import Edited

from .steps import D, said

pytestmark = pytest.mark.django_db


def parts(network, unit):
    rows = Participation.objects.across_all(reason="test").filter(network=network, municipality_id=unit)
    return [(row.status, row.valid_from, row.valid_to) for row in rows.order_by("valid_from")]


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
