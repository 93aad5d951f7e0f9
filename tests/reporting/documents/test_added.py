"""A part that another app adds: drawn, counted, kept with the summary, checked again, and followed home."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from reporting.documents import added, build, outline
from reporting.documents.added import AddedPart, Brought
from reporting.documents.book import Line, Measure
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.documents.content import Heading, Table
from reporting.documents.content_check import problems
from reporting.documents.facts import AddedAmount, AddedFact, Composed
from reporting.documents.freeze import recollect
from reporting.documents.inputs import inputs_hash
from reporting.documents.selectors import Frozen, disagreements
from reporting.services import summaries
from tests.reporting.documents.population import FROZEN, NOW, populate

pytestmark = pytest.mark.django_db
PART = "kindness"


def same(text):
    return text


def draw(book):
    if not book.facts.added:
        return ()
    kind = {"added": PART, "key": "smile"}
    money = {"amount": PART, "key": "given"}
    by_office = book.table(
        "kind", "Kindness", "Office", book.office_lines(),
        (
            book.units(),
            Measure("yes", "Kind", {**kind, "values": "yes"}, definition="Those who smile", rule="kindness"),
            Measure("no", "Not kind", {**kind, "values": "no"}, definition="Those who do not", rule="kindness"),
            Measure("unknown", "Not known", {**kind, "values": "unknown"}, definition="Not seen", rule="kindness"),
            Measure("share", "Share", {**kind, "values": "yes", "measure": "share"}, "share", "Share", rule="kindness"),
        ),
    )  # fmt: skip
    lines = (Line("total", "All", {}, total=True), *(Line(a.row, book.word(a.names), {"of": a.row})
                                                     for a in book.facts.amounts))  # fmt: skip
    table = book.table("given", "Given", "To", lines, (Measure("kr", "1 000 kr", money, rule="given"),))
    return (Heading(PART, 1, "Kindness"), by_office, table)


@pytest.fixture
def part(monkeypatch):
    """The part, and what it will bring; nobody else's parts."""
    brings = {"facts": (), "amounts": (), "days": []}

    def bring(day: dt.date) -> Brought:
        brings["days"].append(day)
        return Brought(brings["facts"], brings["amounts"])

    monkeypatch.setattr(added, "_PARTS", {PART: AddedPart(PART, lambda _: "Kindness", bring, draw)})
    return brings


def bring(people, part) -> None:
    units = [unit.id for unit in collect(people.now, frozen_at=FROZEN).units if unit.kind == "municipality"]
    classes = ["yes", "yes", "unknown", *["no"] * len(units)]
    part["facts"] = tuple(AddedFact(PART, "smile", unit, value) for unit, value in zip(units, classes, strict=False))
    part["amounts"] = (
        AddedAmount(PART, "given", "a", 730, {"nb": "Første", "nn": "Fyrste"}),
        AddedAmount(PART, "given", "b", 270, {"nb": "Andre", "nn": "Andre"}),
    )


@pytest.fixture
def people(world, part):
    found = populate(world)
    bring(found, part)
    return found


def table(content, name) -> Table:
    return next(entry for entry in content.tables() if entry.name == name)


def test_it_stands_among_the_parts_can_be_left_out_and_moved(part, people):
    facts = added.with_added(collect(people.now, frozen_at=FROZEN))
    assert part["days"] == [NOW]
    for kind in ("half_year", "yearly"):
        assert PART in outline.usual(kind) and outline.titles(same, kind)[PART] == "Kindness"
    content = compute(facts, "nb", same)
    assert problems(content) == []
    ids = [block.id for block in content.blocks if isinstance(block, Heading) and block.level == 1]
    assert ids.index(PART) == ids.index("changes") - 1 if "changes" in ids else PART in ids
    without = replace(facts, composed=Composed(outline=tuple(key for key in outline.USUAL)))
    assert not [block for block in compute(without, "nb", same).blocks if getattr(block, "id", "") == PART]


def test_its_figures_are_counted_by_office_and_add_up(part, people):
    content = compute(added.with_added(collect(people.now, frozen_at=FROZEN)), "nb", same)
    rows = {row.key: [cell.value for cell in row.cells[1:]] for row in table(content, "kind").rows}
    units, yes, no, unknown, share = rows["total"]
    assert (yes, unknown) == (2, 1) and yes + no + unknown == units and float(share) == pytest.approx(2 / units, 1e-5)
    assert [sum(row[i] for key, row in rows.items() if key != "total") for i in range(4)] == [units, yes, no, unknown]
    money = {row.key: row.cells[1].value for row in table(content, "given").rows}
    assert money == {"total": 1000, "a": 730, "b": 270}


def test_what_it_brought_is_kept_and_counted_again_after_the_register_has_changed(part, people):
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    assert summaries.summary_build(pk=summary.pk, clock=lambda: FROZEN)
    summary.refresh_from_db()
    content = build.summary_content(summary, "nb")
    part["facts"], part["amounts"] = part["facts"][:1], ()
    again = recollect(summary, build.facts_of(summary, FROZEN))
    assert len(again.added) > 3 and [row.amount for row in again.amounts] == [730, 270]
    assert again.amounts[0].names["nn"] == "Fyrste"
    assert disagreements(Frozen(summary), content.figures()) == []
    figure = table(content, "kind").rows[0].cells[2]
    home = Frozen(summary).home(dict(figure.source.select))
    assert (len(home.counted), len(home.missing)) == (2, 1)


def test_the_page_of_a_figure_names_the_units_and_the_sums(part, people, world, client):
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    summaries.summary_build(pk=summary.pk, clock=lambda: FROZEN)
    content = build.summary_content(summary, "nb")
    client.force_login(world.user("hdir"))
    counted = table(content, "kind").rows[0].cells[2]
    page = client.get(f"/oppsummering/{summary.pk}/tall/{counted.ref}/{counted.row}/").content.decode()
    assert "Those who smile" in page
    money = table(content, "given").rows[0].cells[1]
    page = client.get(f"/oppsummering/{summary.pk}/tall/{money.ref}/{money.row}/").content.decode()
    assert "Første" in page and "730" in page


def test_the_hash_of_the_inputs_sees_it_and_is_as_before_without_it(part, people):
    bare = collect(people.now, frozen_at=FROZEN)
    facts = added.with_added(bare)
    assert inputs_hash(facts, []) != inputs_hash(bare, [])
    assert inputs_hash(replace(facts, added=(), amounts=()), []) == inputs_hash(bare, [])
    turned = replace(facts, added=facts.added[::-1], amounts=facts.amounts[::-1])
    assert inputs_hash(turned, []) == inputs_hash(facts, [])


def test_a_part_that_brings_nothing_is_not_drawn(part, people):
    part["facts"] = part["amounts"] = ()
    content = compute(added.with_added(collect(people.now, frozen_at=FROZEN)), "nb", same)
    assert PART not in [getattr(block, "id", "") for block in content.blocks]
