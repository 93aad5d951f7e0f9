"""What kind a change is, and what the registers lack: the rules of the import, without a database."""

import datetime as dt

import pytest

from municipalities.klass.kinds import in_doubt, kinds_of
from municipalities.klass.plan import Known, Registers, Wish, plan
from municipalities.klass.reading import Code, CodeChange, KlassError

D = dt.date
ON = D(2030, 1, 1)


@pytest.mark.parametrize(
    ("pairs", "before", "after", "kinds"),
    [
        ([("0001", "0101")], {"0001"}, {"0101"}, ["renumbering"]),
        ([("0001", "0001")], {"0001"}, {"0001"}, ["renaming"]),
        ([("0001", "0101"), ("0002", "0101")], {"0001", "0002"}, {"0101"}, ["merger", "merger"]),
        # one that keeps its number takes in another, said or not said of itself
        ([("0001", "0001"), ("0002", "0001")], {"0001", "0002"}, {"0001"}, ["merger", "merger"]),
        ([("0002", "0001")], {"0001", "0002"}, {"0001"}, ["merger"]),
        ([("0001", "0101"), ("0001", "0102")], {"0001"}, {"0101", "0102"}, ["split", "split"]),
        # a new one is parted from one that goes on
        ([("0001", "0002")], {"0001"}, {"0001", "0002"}, ["split"]),
        ([("0001", "0001"), ("0001", "0002")], {"0001"}, {"0001", "0002"}, ["split", "split"]),
        # a piece goes from one that goes on to another that goes on, or to one that is made of others
        ([("0001", "0002")], {"0001", "0002"}, {"0001", "0002"}, ["boundary"]),
        (
            [("0001", "0101"), ("0002", "0101"), ("0003", "0101")],
            {"0001", "0002", "0003"},
            {"0003", "0101"},
            ["merger", "merger", "boundary"],
        ),
        # an ending one goes into another, and gives a piece to one that goes on unchanged
        (
            [("0001", "0101"), ("0001", "0005"), ("0002", "0101")],
            {"0001", "0002", "0005"},
            {"0101", "0005"},
            ["boundary", "merger", "merger"],
        ),
    ],
)
def test_the_kind_follows_from_all_changes_together(pairs, before, after, kinds):
    found = kinds_of(pairs, before, after)
    assert [found.of[pair] for pair in sorted(pairs)] == kinds


def test_what_the_codes_cannot_tell_is_in_doubt_and_may_be_stated():
    pairs, before, after = [("1416", "4638"), ("1418", "4638"), ("1418", "4640")], {"1416", "1418"}, {"4638", "4640"}
    names = {"1416": frozenset({"Høyanger"}), "1418": frozenset({"Balestrand"})}
    renamed = {"4638": frozenset({"Høyanger"}), "4640": frozenset({"Sogndal"})}
    assert in_doubt(kinds_of(pairs, before, after), names, renamed) == [("1418", "4638")]
    stated = kinds_of(pairs, before, after, stated={("1418", "4638")})
    assert stated.of == {("1416", "4638"): "renumbering", ("1418", "4638"): "boundary", ("1418", "4640"): "renumbering"}
    assert in_doubt(stated, names, renamed) == []


def test_what_the_registers_know_wins():
    pairs = [("0001", "0101"), ("0002", "0101")]
    known = {("0002", "0101"): "boundary"}
    assert kinds_of(pairs, {"0001", "0002"}, {"0101"}, known=known).of["0001", "0101"] == "renumbering"


def known(unit_id, number, name, *others, office="agder", valid_to=None):
    official = ((name, "no"), *others) if others else ()
    return Known(unit_id, number, name, official, number[:2], office, D(2020, 1, 1), valid_to)


def registers(*units, after=None, counties=("42",)):
    before = {unit.number: unit for unit in units}
    after = {unit.number: unit for unit in after} if after is not None else before
    return Registers(before, after, {}, frozenset(), frozenset(counties), frozenset({"agder", "rogaland"}))


def wish(codes, *changes, **more):
    entries = {number: Code(number, tuple(names.split(" - "))) for number, names in codes.items()}
    return Wish(ON, entries, tuple(CodeChange(ON, old, new, old, new) for old, new in changes), **more)


def test_nothing_new_is_an_empty_plan():
    have = registers(known(1, "4201", "Risør"), known(2, "4202", "Grimstad"))
    assert plan(wish({"4201": "Risør", "4202": "Grimstad"}), have).empty


def test_parallel_names_the_norwegian_one_is_the_one_that_was_known():
    have = registers(known(1, "4201", "Kautokeino", ("Guovdageaidnu", "se")), known(2, "4202", "Tana"))
    found = plan(wish({"4209": "Guovdageaidnu - Kautokeino", "4202": "Deatnu - Tana"}, ("4201", "4209")), have)
    tana, kautokeino = found.versions
    assert (kautokeino.name, kautokeino.official_names) == (
        "Kautokeino",
        (("Guovdageaidnu", "se"), ("Kautokeino", "no")),
    )
    assert (tana.name, tana.official_names, tana.how) == ("Tana", (("Deatnu", "und"), ("Tana", "no")), "renamed")
    assert tana.unit_id == 2 and kautokeino.unit_id == 1


def test_parallel_names_of_one_that_nobody_knew():
    have = registers(known(1, "4201", "Berg"), known(2, "4202", "Lenvik"))
    changes = [("4201", "4209"), ("4202", "4209")]
    (senja,) = plan(wish({"4209": "Sážžá - Senja"}, *changes), have).versions
    assert (senja.name, senja.unit_id, senja.how, senja.sources) == ("Senja", None, "merged", ("4201", "4202"))


def test_a_list_with_fewer_names_takes_none_away():
    have = registers(known(1, "4201", "Porsanger", ("Porsáŋgu", "se")))
    assert plan(wish({"4201": "Porsanger"}), have).empty


def test_the_office_is_that_of_the_county_or_of_all_from_whom_a_new_one_comes():
    have = registers(known(1, "4201", "Risør"), known(2, "1101", "Sokndal", office="rogaland"), counties=("42", "11"))
    moved = plan(wish({"4201": "Risør", "4202": "Sokndal"}, ("1101", "4202")), have)
    assert [(version.number, version.office) for version in moved.versions] == [("4202", "agder")]
    assert moved.ended_counties == ("11",)
    both = wish({"6001": "Risør", "6002": "Sokndal"}, ("4201", "6001"), ("1101", "6002"), county_names={"60": "Sør"})
    with pytest.raises(KlassError, match="come from agder, rogaland; say --office 60=KEY"):
        plan(both, have)


def test_a_number_from_a_later_day_is_refused():
    have = registers(known(1, "4201", "Risør"))
    later = Registers(have.before, have.after, {}, frozenset({"4209"}), have.counties, have.offices)
    with pytest.raises(KlassError, match="registered from a later day"):
        plan(wish({"4209": "Risør"}, ("4201", "4209")), later)


def test_an_old_number_that_goes_on_keeps_its_identity_when_a_part_leaves():
    have = registers(known(1, "4201", "Risør"))
    found = plan(wish({"4201": "Risør", "4209": "Søndeled"}, ("4201", "4209")), have)
    (new,) = found.versions
    assert (new.number, new.unit_id, new.how) == ("4209", None, "split")
    assert found.ended == () and found.links == (("4201", "4209", "split"),)
