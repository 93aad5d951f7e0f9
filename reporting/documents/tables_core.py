"""Core indicators over the rounds and by office, and plan status. Pure."""

from __future__ import annotations

from . import rules, texts
from .book import Book, Line, Measure, name_runs
from .content import (
    Block,
    Figure,
    Heading,
    Paragraph,
    Series,
    Table,
    Tile,
    TileMap,
)
from .facts import MISSING, YEARLY
from .formats import format_date

NETWORK = {"register": "participation", "status": "active", "kinds": "regional"}
INDICATORS = ("network", "support", "adopted", "adopted_process", "samfunnsdel")


def indicator_measures(book: Book) -> tuple[Measure, ...]:
    """The five core indicators of Tillegg 40, each with its rule. Networks, support and plans are counted from the
    registers as they were on the round's reference date, the anchoring from the reports."""
    _, every, registered = book._, book.every, every_unit(book)
    adopted = "|".join(rules.ADOPTED)
    process = "|".join(rules.ADOPTED_OR_PROCESS)
    return (
        Measure(
            "network", _("Takes part in a learning network"), NETWORK,
            definition=_(
                "Municipalities that by the network register take an active part in at least one regional network on "
                "the reference date: municipal, leader, professional or learning network, or a forum with the "
                "hospital. The national network of age-friendly communities is not counted"
            ),
            denominator=registered, rule="core.network", version=2,
        ),
        Measure(
            "support", _("Has been given support"), {"register": "support"},
            definition=_support_definition(book),
            denominator=registered, rule="core.support",
        ),
        Measure(
            "adopted", _("Adopted plan"), {"register": "plan", "values": adopted},
            definition=_(
                "Municipalities that by the plan register have a plan or decision of their own, or the reform in "
                "another adopted plan, on the reference date. A report changes the register when it is approved"
            ),
            denominator=registered, rule="core.plan_adopted", version=2,
        ),
        Measure(
            "adopted_process", _("Adopted plan or process described"), {"register": "plan", "values": process},
            definition=_(
                "Municipalities that by the plan register have an adopted plan, or a described process that leads to a "
                "decision, on the reference date. A report changes the register when it is approved"
            ),
            denominator=registered, rule="core.plan_or_process", version=2,
        ),
        Measure(
            "samfunnsdel", _("Anchored in the samfunnsdel"), {"question": "plan.anchoring", "values": "samfunnsdel"},
            definition=_(
                "Municipalities that answer in their report that the reform is anchored in the samfunnsdel (Planning "
                "Act § 11-2)"
            ),
            denominator=every, rule="core.samfunnsdel",
        ),
    )  # fmt: skip


def _support_definition(book: Book) -> str:
    _ = book._
    if book.facts.composed.kind == YEARLY:
        return _("Municipalities with at least one registered support activity in the year; in the rows of 1 May and "
                 "1 November in the half-year up to that day")  # fmt: skip
    return _("Municipalities with at least one registered support activity in the half-year up to the reference date")


def trend_table(book: Book) -> Table:
    """Core indicators and plan status, a row a round, the oldest first."""
    _ = book._
    lines = [
        Line(entry.date.isoformat(), format_date(entry.date), {"round": entry.date.isoformat()})
        for entry in book.facts.rounds
    ]
    own, inside, process, none, missing = plan_measures(book)
    return book.table(
        "trend",
        _("Core indicators over the rounds, number of municipalities"),
        _("Round"),
        lines,
        (
            book.units(),
            *indicator_measures(book),
            own, inside, process, none, missing,
        ),
        note=_trend_note(book),
    )  # fmt: skip


def _trend_note(book: Book) -> str:
    _ = book._
    note = _("Each round counts the municipalities that existed on its reference date. Networks, support, adopted "
             "plans and processes are from the registers as they were on that day; the anchoring and the classes of "
             "plan status are from the reports.")  # fmt: skip
    if book.facts.composed.kind != YEARLY:
        return note
    last = _("On 31 December the registers are those of that day, support is that of the whole year, and the reports "
             "are those of 1 November.")  # fmt: skip
    return f"{note} {last}"


def core_table(book: Book) -> Table:
    """The core indicators that the registers give, by office."""
    _ = book._
    network, support, adopted, process, _anchored = indicator_measures(book)
    return book.table(
        "core",
        _("Core indicators by office, from the registers"),
        _("Office"),
        book.office_lines(),
        (
            book.units(),
            network, _share(network, "network_share", _("Share in a network")),
            support, _share(support, "support_share", _("Share given support")),
            adopted, _share(adopted, "adopted_share", _("Share adopted")),
            process, _share(process, "process_share", _("Share adopted or process")),
            Measure("unregistered", _("No plan status registered"), {"register": "plan", "status": "none"},
                    definition=_("Municipalities without a row in the plan register on the reference date"),
                    denominator=every_unit(book), rule="register.plan.none"),
        ),
        note=_("The registers on the reference date. Where reports say otherwise, stands in the chapter on reports and "
               "registers."),
    )  # fmt: skip


def every_unit(book: Book) -> str:
    """The denominator of a count from a register."""
    return book._("All municipalities on the reference date, also those that are not in the register")


# --- plan status ----------------------------------------------------------------------------------


def plan_measures(book: Book) -> tuple[Measure, ...]:
    """The five classes of plan status; they do not overlap and sum to all municipalities."""
    _, every = book._, book.every
    heads = texts.plan_status(_)
    definitions = {
        "own": _("The municipal council has adopted a plan or made a decision of its own about the reform"),
        "inside": _("The reform is part of another adopted plan"),
        "process": _("Not adopted, but the process is described and a decision is expected"),
        "none": _("Neither plan nor described process, or decided not to make one"),
    }
    classes = {"own": "own", "inside": "inside", "process": "process", "none": "|".join(rules.WITHOUT)}
    return (
        *(
            Measure(
                key, heads[key], {"question": "plan.status", "values": values}, definition=definitions[key],
                denominator=every, rule=f"plan.status={key}", mark=texts.PLAN_LETTERS[key],
            )
            for key, values in classes.items()
        ),
        Measure(
            "missing", heads["missing"], {"question": "plan.status", "answer": "missing"},
            definition=_("The report is missing, or the question is empty"), denominator=every,
            rule="plan.status.missing", mark=texts.PLAN_LETTERS["missing"],
        ),
    )  # fmt: skip


def plan_table(book: Book) -> Table:
    """Plan status by office as the municipalities report it, with the sums of adopted and process beside what the
    plan register says."""
    _ = book._
    every = book.every
    adopted, process = _reported(book)
    registered = next(measure for measure in indicator_measures(book) if measure.key == "adopted")
    return book.table(
        "plan",
        _("Plan status by office"),
        _("Office"),
        book.office_lines(),
        (
            book.units(),
            *plan_measures(book),
            Measure("declined", _("Decided not to"), {"question": "plan.status", "values": "declined"},
                    definition=_("Of those without a plan: the council has decided not to make one"),
                    denominator=every, rule="plan.status=declined"),
            adopted,
            _share(adopted, "adopted_share", _("Share adopted, as reported")),
            process,
            _share(process, "process_share", _("Share adopted or process, as reported")),
            Measure("registered", _("Adopted in the register"), registered.select, definition=registered.definition,
                    denominator=registered.denominator, rule=registered.rule, version=registered.version),
        ),
        note=_("V + A + P + I + – = municipalities. Those who have decided not to make a plan are counted in I. All "
               "columns but the last are what the municipalities report; the last one is the core indicator."),
    )  # fmt: skip


def _reported(book: Book) -> tuple[Measure, Measure]:
    """Adopted, and adopted or process, as the municipalities answer it."""
    _, every = book._, book.every
    adopted, process = "|".join(rules.ADOPTED), "|".join(rules.ADOPTED_OR_PROCESS)
    return (
        Measure("adopted", _("Adopted, as reported"), {"question": "plan.status", "values": adopted},
                definition=_("Municipalities that answer that they have a plan or decision of their own, or the reform "
                             "in another adopted plan"),
                denominator=every, rule="plan.status.adopted"),
        Measure("adopted_process", _("Adopted or process, as reported"),
                {"question": "plan.status", "values": process},
                definition=_("Municipalities that answer that they have an adopted plan, or that describe a process "
                             "that leads to a decision"),
                denominator=every, rule="plan.status.adopted_process"),
    )  # fmt: skip


def _share(measure: Measure, key: str, label: str) -> Measure:
    return Measure(
        key, label, {**measure.select, "measure": "share"}, kind="share", definition=measure.definition,
        denominator=measure.denominator, rule=measure.rule, version=measure.version,
    )  # fmt: skip


def plan_chapter(book: Book) -> tuple[Block, ...]:
    """Plan status: by office, on the map, and over the rounds."""
    _ = book._
    table = plan_table(book)

    def of(column: str) -> Figure:
        return book.figure("plan", column)

    columns = [
        (measure.key, measure.key, f"{measure.mark} {measure.label}") for measure in plan_measures(book)
    ]  # fmt: skip
    chart = book.by_office(
        _("Plan status by office, number of municipalities"), "plan", columns,
        share="adopted_share", head=_("Share adopted, as reported"),
    )  # fmt: skip
    lead = book.say(
        _("{adopted} of {units} municipalities have adopted a plan for the reform, by the plan register. That is "
          "{share}."),
        adopted=book.figure("core", "adopted"), units=book.figure("core", "units"),
        share=book.figure("core", "adopted_share"),
    )  # fmt: skip
    body = book.say(
        _(
            "In their reports {own} have a plan of their own and {inside} have the reform in another plan. {process} "
            "have described a process. {none} have no plan; {declined} of these have decided not to make one. "
            "{missing} have not answered. Adopted or described makes {sum} in the reports, {share}."
        ),
        own=of("own"), inside=of("inside"), process=of("process"), none=of("none"),
        declined=of("declined"), missing=of("missing"), sum=of("adopted_process"), share=of("process_share"),
    )  # fmt: skip
    return (
        Heading("plan", 1, _("Plan status")),
        Paragraph(lead, "lead"),
        Paragraph(body),
        *_extremes(book),
        chart,
        table,
        *_declined(book),
        Heading("map", 2, _("Plan status in each municipality")),
        tile_map(book, table),
        Heading("trend", 2, _("Development over the rounds")),
        _trend_chart(book),
    )


def _extremes(book: Book) -> tuple[Block, ...]:
    high = book.extreme("core", "adopted_share", highest=True)
    low = book.extreme("core", "adopted_share", highest=False)
    if high is None or low is None or high[1].value == low[1].value:
        return ()
    text = book.say(
        book._("The share with an adopted plan is highest in {high} ({most}) and lowest in {low} ({least})."),
        high=high[0], most=high[1], low=low[0], least=low[1],
    )  # fmt: skip
    return (Paragraph(text),)


def _declined(book: Book) -> tuple[Block, ...]:
    """Municipalities that have decided not to make a plan are named: they count among those without."""
    day = book.facts.round.date.isoformat()
    units = [
        unit
        for unit in book.facts.units
        if unit.kind == "municipality" and "declined" in book.tallies.given_to(day, unit.id, "plan.status")
    ]
    if not units:
        return ()
    return (Paragraph(book.say(book._("Decided not to make a plan: {names}."), names=name_runs(units))),)


def tile_map(book: Book, table: Table) -> TileMap:
    """One tile a municipality, with the letter of its plan status."""
    _ = book._
    heads = texts.plan_status(_)
    tiles = []
    for unit in book.facts.units:
        if unit.kind == "municipality" and unit.column is not None and unit.row is not None:
            letter = texts.PLAN_LETTERS[plan_class(book, unit.id)]
            office = book.office_name(unit.office)
            tiles.append(Tile(unit.number, unit.display_name, unit.column, unit.row, letter, office))
    key = tuple(
        (texts.PLAN_LETTERS[name], label, book.number("plan", name)) for name, label in heads.items()
    )  # fmt: skip
    parts = ", ".join(f"{letter} {label} {number}" for letter, label, number in key)
    return TileMap(
        id=book.next_drawing(),
        title=_("Plan status by municipality, one tile each"),
        tiles=tuple(tiles),
        key=key,
        alt=book.tell(
            _("Map of tiles: each municipality is one tile with the letter of its plan status. {parts}. "
              "Figures by office are in table {n}, each municipality in the annex."),
            parts=parts, n=table.id[1:],
        ),
        table=table.id,
        note=_("The tiles lie about where the municipalities lie. All count the same. "
               "Thick lines are borders between offices."),
    )  # fmt: skip


def plan_class(book: Book, unit: int) -> str:
    """``own``, ``inside``, ``process``, ``none`` (declined too) or ``missing`` for one unit this round."""
    given = book.tallies.given_to(book.facts.round.date.isoformat(), unit, "plan.status")
    value = next(iter(given), MISSING)
    return "none" if value in rules.WITHOUT else value


def _trend_chart(book: Book) -> Block:
    _ = book._
    rows = [entry.date.isoformat() for entry in book.facts.rounds]
    names = [format_date(entry.date) for entry in book.facts.rounds]
    columns = [(measure.key, measure.key, f"{measure.mark} {measure.label}") for measure in plan_measures(book)]
    series: tuple[Series, ...] = book.series("trend", columns, rows)
    parts = ". ".join(f"{entry.label}: {', '.join(str(value) for value in entry.values)}" for entry in series)
    return book.chart(
        "trend", _("Plan status by round, number of municipalities"), "trend", names, series,
        alt=book.tell(_("Small bar charts, one a class, a bar a round. {parts}."), parts=parts),
        note=_("The last round is emphasised."),
    )  # fmt: skip
