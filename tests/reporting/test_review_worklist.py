"""The work list as values: views, filters, order, pages, the curve, and the address that says it all."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.names import sort_key
from reporting.worklist import PER_PAGE, SORTS, Query, WorkRow, curve, work_list

D = dt.date


def row(pk=1, name="Halden", status="submitted", **more) -> WorkRow:
    values = {
        "pk": pk, "unit_id": pk, "number": f"30{pk:02}", "name": name, "official_names": (), "key": sort_key(name),
        "district": False, "office": "Oslo og Viken", "office_key": "oslo-og-viken", "status": status,
        "first_day": D(2022, 4, 29), "days_late": 0, "days_left": -3, "warnings": 0, "changes": 0, "changed": (),
        "nothing_new": False, "on_behalf": False,
    }  # fmt: skip
    return WorkRow(**{**values, **more})


ROWS = [
    row(1, "Halden"),
    row(2, "Ås", warnings=2, changes=4),
    row(3, "Ål", status="approved", days_late=2),
    row(4, "Flå", status="not_started", first_day=None),
    row(5, "Aremark", status="draft", first_day=None),
    row(6, "Aurskog-Høland", status="returned", warnings=1, changes=7),
    row(7, "Grorud", district=True, on_behalf=True, number="030110"),
    row(8, "Kautokeino", official_names=({"name": "Guovdageaidnu", "lang": "se"},), office_key="troms", office="Troms"),
]


def names(**query) -> list[str]:
    return [hit.name for hit in work_list(ROWS, Query(**query)).hits]


def test_what_needs_me_comes_in_the_order_of_urgency():
    assert names() == ["Aremark", "Flå", "Aurskog-Høland", "Ås", "Grorud", "Halden", "Kautokeino"]


def test_before_the_deadline_a_draft_needs_nobody():
    early = [row(4, "Flå", status="draft", first_day=None, days_left=12)]
    assert work_list(early, Query()).hits == ()
    assert early[0].delivery == "pending"


def test_a_report_over_the_deadline_by_more_days_comes_first():
    rows = [row(1, "A", status="draft", days_left=-1), row(2, "B", status="draft", days_left=-5)]
    assert [hit.name for hit in work_list(rows, Query()).hits] == ["B", "A"]


def test_an_answer_and_a_report_to_fill_in_come_after_what_is_missing_and_before_what_came_back():
    rows = [
        row(1, "Sendt"),
        row(2, "Retur", "returned"),
        row(3, "Åpnet", "reopened"),
        row(4, "Overtatt", "draft", days_left=3, taken_over=True),
        row(5, "Spør", "draft", days_left=3, waiting=True),
        row(6, "Mangler", "draft"),
        row(7, "Utsatt", "draft", days_left=5, extended_to=D(2022, 5, 9)),
        row(8, "Ferdig", "approved", taken_over=True, on_behalf=True),
    ]
    found = [hit.name for hit in work_list(rows, Query()).hits]
    assert found == ["Mangler", "Spør", "Overtatt", "Retur", "Åpnet", "Sendt"]


def test_filters_for_later_deadlines_reopened_and_on_behalf():
    rows = [
        row(1, "Inni", days_late=0, inside_extension=True, extended_to=D(2022, 5, 9)),
        row(2, "Etter", days_late=2, inside_extension=True, extended_to=D(2022, 5, 9)),
        row(3, "Har", "draft", extended_to=D(2022, 5, 9), days_left=5),
        row(4, "Åpnet", "reopened"),
        row(5, "Vegne", on_behalf=True),
        row(6, "Overtatt", "draft", taken_over=True),
    ]
    assert [hit.delivery for hit in rows[:3]] == ["extended", "late", "pending"]
    chosen = {
        "utsatt": ["Etter", "Har", "Inni"], "for-sent": ["Etter"], "i-tide": ["Åpnet", "Vegne"],
        "paa-vegne": ["Overtatt", "Vegne"],
    }  # fmt: skip
    for delivery, expected in chosen.items():
        hits = work_list(rows, Query(view="alle", delivery=delivery)).hits
        assert sorted(hit.name for hit in hits) == sorted(expected)
    assert [hit.name for hit in work_list(rows, Query(view="alle", status="gjenaapnet")).hits] == ["Åpnet"]


@pytest.mark.parametrize(
    ("view", "count"),
    [("trenger", 7), ("alle", 8), ("mangler", 2), ("gjennomgang", 4), ("returnert", 1), ("godkjent", 1)],
)
def test_each_view_shows_as_many_as_it_counts(view, count):
    found = work_list(ROWS, Query(view=view))
    assert len(found.hits) == found.counts[view] == count


def test_counts_do_not_follow_the_filters():
    found = work_list(ROWS, Query(view="alle", search="halden"))
    assert (len(found.hits), found.in_view, found.counts["alle"], found.total, found.delivered, found.missing) == (
        1, 8, 8, 8, 5, 2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "åS"}, ["Ås"]),
        ({"search": "aas"}, ["Ås"]),
        ({"search": "guovda"}, ["Kautokeino"]),
        ({"search": "3004"}, ["Flå"]),
        ({"search": "300"}, ["Aremark", "Aurskog-Høland", "Flå", "Halden", "Kautokeino", "Ål", "Ås"]),
        ({"search": "0301"}, ["Grorud"]),
        ({"search": "finnes ikke"}, []),
        ({"search": "%"}, []),
        ({"delivery": "for-sent"}, ["Ål"]),
        ({"delivery": "ikke-levert"}, ["Aremark", "Flå"]),
        ({"delivery": "paa-vegne"}, ["Grorud"]),
        ({"warnings": "med"}, ["Aurskog-Høland", "Ås"]),
        ({"warnings": "uten"}, ["Grorud", "Halden", "Kautokeino", "Ål"]),
        ({"status": "utkast"}, ["Aremark"]),
        ({"status": "sendt-inn", "warnings": "uten"}, ["Grorud", "Halden", "Kautokeino"]),
        ({"office": "troms"}, ["Kautokeino"]),
    ],
)
def test_search_and_filters(query, expected):
    assert names(view="alle", sort="kommune", **query) == expected


def test_names_are_in_norwegian_order_both_ways():
    order = ["Aremark", "Aurskog-Høland", "Flå", "Grorud", "Halden", "Kautokeino", "Ål", "Ås"]
    assert names(view="alle", sort="kommune") == order
    assert names(view="alle", sort="-kommune") == order[::-1]


@pytest.mark.parametrize("column", [name for name in SORTS if name != "kommune"])
def test_equals_stay_in_the_order_of_names_in_both_directions(column):
    for sort in (column, f"-{column}"):
        groups: dict = {}
        for hit in work_list(ROWS, Query(view="alle", sort=sort)).hits:
            groups.setdefault(SORTS[column](hit), []).append(hit.key)
        assert all(keys == sorted(keys) for keys in groups.values())


def test_a_column_goes_from_the_least_to_the_most():
    upwards = names(view="alle", sort="varsler")
    assert set(upwards[:2]) == {"Aremark", "Flå"}  # not sent in: no number yet
    assert upwards[-2:] == ["Aurskog-Høland", "Ås"]
    assert names(view="alle", sort="-varsler")[:2] == ["Ås", "Aurskog-Høland"]
    assert names(view="alle", sort="-levert")[:3] == ["Aremark", "Flå", "Ål"]  # missing, then late


def test_a_long_list_comes_in_pages_and_a_page_too_far_is_the_last():
    many = [row(pk, f"Kommune {pk:03}") for pk in range(1, 372)]
    found = work_list(many, Query(page=99, sort="kommune"))
    assert (found.page, found.pages, len(found.rows), found.first_place, found.last_place) == (8, 8, 21, 351, 371)
    assert len(work_list(many, Query()).rows) == PER_PAGE
    assert (work_list([], Query(page=3)).page, work_list([], Query()).pages) == (1, 1)


def test_the_next_in_the_list():
    found = work_list(ROWS, Query())
    place, before, after = found.neighbours(6)
    assert (place, before.name, after.name) == (3, "Flå", "Ås")
    assert found.neighbours(5)[1] is None
    assert found.neighbours(8)[2] is None
    place, before, after = found.neighbours(3)  # approved: no longer in the list
    assert (place, before, after.name) == (0, None, "Aremark")


def test_the_address_holds_the_whole_state_and_nothing_else():
    query = Query("alle", "Ås", "utkast", "i-tide", "med", "agder", "-levert", 3, "2022-05-01")
    assert Query.read(query.parameters().get) == query
    assert Query().parameters() == {}
    assert Query(page=3).parameters(page=1) == {}


@pytest.mark.parametrize(
    "given",
    [
        {"utvalg": "x", "status": "<b>", "levert": "1 or 1=1", "varsler": "z", "sorter": "--levert", "side": "-1"},
        {"side": "9" * 400, "sorter": "pk"},
        {"side": "²", "utvalg": ""},
    ],
)
def test_what_the_address_cannot_mean_counts_as_not_said(given):
    assert Query.read(given.get) == Query()


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("kommune", [("kommune", "ascending"), ("-kommune", "descending"), ("", "none")]),
        ("levert", [("-levert", "descending"), ("levert", "ascending"), ("", "none")]),
    ],
)
def test_a_header_goes_one_way_the_other_and_back_to_the_lists_own_order(column, expected):
    steps, query = [], Query(sort="status")
    for _ in range(3):
        query = Query(sort=query.next_sort(column))
        steps.append((query.sort, query.sorted_by(column)))
        assert query.sorted_by("varsler") == "none"
    assert steps == expected


def test_only_a_report_without_warnings_is_clean():
    assert [hit.name for hit in ROWS if hit.clean] == ["Halden", "Grorud", "Kautokeino"]


def test_the_curve_sets_both_rounds_at_the_same_distance_from_their_deadlines():
    points = curve(
        [D(2022, 4, 30), D(2022, 5, 1), D(2022, 5, 3)],
        [D(2021, 10, 31), D(2021, 11, 1)],
        opens_on=D(2022, 4, 29),
        deadline=D(2022, 5, 1),
        last_deadline=D(2021, 11, 1),
        until=D(2022, 5, 4),
    )
    assert [(point.day.day, point.now, point.last) for point in points] == [
        (29, 0, 0), (30, 1, 1), (1, 2, 2), (2, 2, 2), (3, 3, 2), (4, 3, 2),
    ]  # fmt: skip


def test_the_curve_counts_what_came_before_the_opening_and_knows_no_last_round():
    points = curve(
        [D(2022, 3, 1)], None, opens_on=D(2022, 4, 1), deadline=D(2022, 5, 1), last_deadline=None, until=D(2022, 4, 2)
    )
    assert [(point.now, point.last) for point in points] == [(1, None), (1, None)]
    assert (
        curve([], None, opens_on=D(2022, 4, 1), deadline=D(2022, 5, 1), last_deadline=None, until=D(2022, 3, 1)) == ()
    )
