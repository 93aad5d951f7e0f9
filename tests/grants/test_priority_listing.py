"""The priority list as values: what the address asks for, what is chosen, in which order, and the counts."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from grants.priority_list import PER_PAGE, Query, by_office, lacking, listing, whole

CODES = ("plan", "network")


@dataclass(frozen=True)
class Line:
    unit: int
    number: str
    name: str
    office_key: str = "agder"
    states: dict[str, str] = field(default_factory=dict)


def line(number: int, name: str, plan: str, network: str, office: str = "agder") -> Line:
    return Line(number, f"{number:04}", name, office, {"plan": plan, "network": network})


LINES = [
    line(4203, "Arendal", "met", "not_met"),
    line(4204, "Kristiansand", "unknown", "not_met"),
    line(4205, "Lindesnes", "unknown", "met"),
    line(301, "Oslo", "met", "met", "oslo"),
]


def names(**asked: str) -> list[str]:
    query = Query.read(lambda name, default: asked.get(name, default), CODES)
    return [row.name for row in listing(LINES, query, ["oslo", "agder"]).hits]


def test_the_whole_is_met_only_where_all_are_and_unknown_is_never_met():
    assert [whole(row) for row in LINES] == ["not_met", "not_met", "unknown", "met"]
    assert [lacking(row) for row in LINES] == [1, 2, 1, 0]
    assert whole(Line(1, "0001", "Ingen")) == "unknown"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Arendal", "Kristiansand", "Lindesnes", "Oslo"]),
        ({"vis": "alle-oppfylt"}, ["Oslo"]),
        ({"vis": "mangler-ett"}, ["Arendal", "Lindesnes"]),
        ({"vis": "mangler-flere"}, ["Kristiansand"]),
        ({"vis": "tull"}, ["Arendal", "Kristiansand", "Lindesnes", "Oslo"]),
        ({"kriterium": "plan"}, ["Kristiansand", "Lindesnes"]),
        ({"kriterium": "plan", "utfall": "oppfylt"}, ["Arendal", "Oslo"]),
        ({"kriterium": "network", "utfall": "vet-ikke"}, []),
        ({"kriterium": "tull", "utfall": "ikke-oppfylt"}, ["Arendal", "Kristiansand"]),
        ({"utfall": "vet-ikke"}, ["Lindesnes"]),
        ({"utfall": "mangler"}, ["Arendal", "Kristiansand", "Lindesnes"]),
        ({"embete": "oslo"}, ["Oslo"]),
        ({"q": " 0301 "}, ["Oslo"]),
        ({"q": "LIND"}, ["Lindesnes"]),
        ({"sorter": "-kommune"}, ["Oslo", "Lindesnes", "Kristiansand", "Arendal"]),
        ({"sorter": "embete"}, ["Oslo", "Arendal", "Kristiansand", "Lindesnes"]),
        ({"sorter": "mangler"}, ["Kristiansand", "Arendal", "Lindesnes", "Oslo"]),
        ({"sorter": "-mangler"}, ["Oslo", "Arendal", "Lindesnes", "Kristiansand"]),
        ({"sorter": "network"}, ["Arendal", "Kristiansand", "Lindesnes", "Oslo"]),
        ({"sorter": "plan"}, ["Kristiansand", "Lindesnes", "Arendal", "Oslo"]),
        ({"sorter": "tull"}, ["Arendal", "Kristiansand", "Lindesnes", "Oslo"]),
    ],
)
def test_what_the_address_chooses(asked, found):
    assert names(**asked) == found


def test_the_views_are_counted_of_what_the_other_filters_leave():
    query = Query(office="agder", view="mangler-ett")
    assert dict(listing(LINES, query).views) == {"": 3, "alle-oppfylt": 0, "mangler-ett": 2, "mangler-flere": 1}


def test_each_office_is_counted_in_the_offices_order_and_one_without_a_line_is_left_out():
    rows = by_office(LINES, ["oslo", "nordland", "agder"], CODES)
    assert [(row.key, row.units, row.met) for row in rows] == [("oslo", 1, 1), ("agder", 3, 0)]
    assert rows[1].by_code == {"plan": 1, "network": 1}


def test_pages_hold_every_line_once_and_one_page_holds_all():
    many = [line(n, f"Kommune {n:04}", "met", "met") for n in range(1, 2 * PER_PAGE + 8)]
    pages = [listing(many, Query(page=page)) for page in (1, 2, 3)]
    assert [row.unit for page in pages for row in page.rows] == [row.unit for row in many]
    assert (pages[2].first_place, pages[2].last_place, pages[2].pages) == (101, 107, 3)
    assert listing(many, Query(page=99)).page == 3
    assert listing(many, Query(all_pages=True)).rows == many
    assert listing([], Query()).first_place == listing([], Query()).last_place == 0


def test_the_address_can_be_made_again_from_what_was_read():
    asked = {"dag": "1.5.2022", "q": "os", "kriterium": "plan", "utfall": "oppfylt", "sorter": "-plan", "sider": "alle"}
    query = Query.read(lambda name, default: asked.get(name, default), CODES)
    assert query.parameters() == asked
    assert Query().parameters() == {}
    assert query.filtered and not Query(day_text="1.5.2022").filtered


def test_a_click_on_a_head_sorts_turns_round_and_leaves():
    assert [Query(sort=sort).next_sort("plan") for sort in ("", "plan", "-plan")] == ["plan", "-plan", ""]
    assert [Query(sort=sort).next_sort("kommune") for sort in ("", "-kommune")] == ["-kommune", ""]
    assert Query().sorted_by("kommune") == "ascending" and Query(sort="-plan").sorted_by("plan") == "descending"


@pytest.mark.parametrize("strange", ["\x00", "\u202e", "x" * 500, "9" * 400, "-1"])
def test_strange_input_counts_as_not_said(strange):
    asked = dict.fromkeys(Query.NAMES.values(), strange)
    query = Query.read(lambda name, default: asked.get(name, default), CODES)
    assert query.page == 1 and not query.view and not query.sort and len(query.search) <= 80
