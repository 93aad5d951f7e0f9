"""Core indicators over the rounds, delivery, and plan status. Pure."""

from __future__ import annotations

from . import rules, texts
from .book import TOTAL, Book, Line, Measure, name_runs
from .content import (
    Block,
    Bullets,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Series,
    Table,
    Text,
    Tile,
    TileMap,
)
from .facts import MISSING
from .formats import format_date

ALL_UNITS = {"units": "all"}
INDICATORS = ("network", "support", "adopted", "adopted_process", "samfunnsdel")


def indicator_measures(book: Book) -> tuple[Measure, ...]:
    """The five core indicators of Tillegg 40, each with its rule."""
    _, every = book._, book.every
    adopted = "|".join(rules.ADOPTED)
    process = "|".join(rules.ADOPTED_OR_PROCESS)
    return (
        Measure(
            "network", _("Takes part in a learning network"),
            {"question": "network.participates", "values": "yes"},
            definition=_("Municipalities that answer that they take part in a regional learning network"),
            denominator=every, rule="core.network",
        ),
        Measure(
            "support", _("Has been given support"), {"register": "support"},
            definition=_(
                "Municipalities with at least one registered support activity in the half-year up to the reference date"
            ),
            denominator=every, rule="core.support",
        ),
        Measure(
            "adopted", _("Adopted plan"), {"question": "plan.status", "values": adopted},
            definition=_(
                "Municipalities with a plan or decision of their own, or with the reform in another adopted plan"
            ),
            denominator=every, rule="core.plan_adopted",
        ),
        Measure(
            "adopted_process", _("Adopted plan or process described"), {"question": "plan.status", "values": process},
            definition=_("Municipalities with an adopted plan, or with a described process that leads to a decision"),
            denominator=every, rule="core.plan_or_process",
        ),
        Measure(
            "samfunnsdel", _("Anchored in the samfunnsdel"), {"question": "plan.anchoring", "values": "samfunnsdel"},
            definition=_("Municipalities that have anchored the reform in the samfunnsdel (Planning Act § 11-2)"),
            denominator=every, rule="core.samfunnsdel",
        ),
    )  # fmt: skip


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
        note=_("Each round counts the municipalities that existed on its reference date."),
    )  # fmt: skip


def key_figures(book: Book) -> KeyFigures:
    """The five core indicators as cards: of how many, share, change since last round, and the rounds."""
    _ = book._
    now = book.facts.round.date.isoformat()
    previous = book.facts.previous
    units = book.number("trend", "units", now)
    cards = []
    for measure in indicator_measures(book):
        figure = book.figure("trend", measure.key, now)
        trend = tuple(
            (format_date(entry.date), book.number("trend", measure.key, entry.date.isoformat()))
            for entry in book.facts.rounds
        )
        share = book.derived(_as(measure, "share", measure="share"), figure, {})
        change = Figure(None, "change", figure.ref, figure.row)
        label = _("no earlier round")
        if previous is not None:
            change = book.derived(_as(measure, "change", measure="change", since=previous.date.isoformat()), figure, {})
            label = book.tell(_("since {date}"), date=previous.date)
        points = ", ".join(f"{name}: {number}" for name, number in trend)
        alt = book.tell(_("{name} by round: {points}."), name=measure.label, points=points)
        cards.append(KeyFigure(measure.label, figure, units, share, change, label, trend, alt, _note(book, measure)))
    return KeyFigures(tuple(cards))


def _as(base: Measure, kind: str, **select: str) -> Measure:
    return Measure(
        base.key, base.label, {**base.select, **select}, kind=kind, rule=base.rule,  # type: ignore[arg-type]
        version=base.version,
    )  # fmt: skip


def _note(book: Book, measure: Measure) -> str:
    if "question" not in measure.select:
        return ""
    question = measure.select["question"]
    if question in rules.SEVERAL:  # nothing chosen is an answer there
        return book.tell(book._("{n} not delivered"), n=book.tallies.count({"question": question, "answer": "absent"}))
    return book.tell(book._("{n} not answered"), n=book.tallies.count({"question": question, "answer": "missing"}))


# --- delivery -------------------------------------------------------------------------------------


def delivery_chapter(book: Book) -> tuple[Block, ...]:
    """Completeness and timeliness by office: all units, and of these municipalities and districts."""
    _ = book._
    country, *offices = book.office_lines(**ALL_UNITS)
    lines = [
        country,
        Line("municipalities", _("of these municipalities"), {"units": "municipality"}),
        Line("districts", _("of these districts of Oslo"), {"units": "district"}),
        *offices,
    ]
    every = _("All units that report, municipalities and the districts of Oslo")
    states = texts.delivery_states(_)
    words = {
        "on_time": _("The report was sent in by the deadline"),
        "late": _("The report was sent in after the deadline, and before the figures were taken"),
        "returned": _("The report was sent back with a comment and had not been sent in anew; it does not count"),
        "missing": _("No report had been sent in when the figures were taken"),
    }
    table = book.table(
        "delivery",
        _("Delivery by office"),
        _("Office"),
        lines,
        (
            Measure("units", _("Units"), {}, definition=_("Units that report on the reference date"), rule="units"),
            *(
                Measure(key, label, {"delivery": key}, definition=words[key], denominator=every, rule=f"delivery.{key}")
                for key, label in states.items()
            ),
            Measure("delivered", _("Delivered in all"), {"delivery": "delivered"},
                    definition=_("On time or after the deadline"), denominator=every, rule="delivery.delivered"),
            Measure("share", _("Share delivered"), {"delivery": "delivered", "measure": "share"}, kind="share",
                    definition=_("On time or after the deadline"), denominator=every, rule="delivery.delivered"),
            Measure("share_on_time", _("Share on time"), {"delivery": "on_time", "measure": "share"}, kind="share",
                    definition=words["on_time"], denominator=every, rule="delivery.on_time"),
            Measure("on_behalf", _("By the office for the unit"), {"delivery": "on_behalf"},
                    definition=_("Sent in by the statsforvalter on behalf of the unit"),
                    denominator=every, rule="delivery.on_behalf"),
        ),
        note=_("On time + after the deadline + sent back + not delivered = units."),
    )  # fmt: skip

    def of(column: str, row: str = TOTAL) -> Figure:
        return book.figure("delivery", column, row)

    lead = book.say(
        _("{share} of the units have delivered, and {on_time} delivered by the deadline."),
        share=of("share"), on_time=of("share_on_time"),
    )  # fmt: skip
    body = book.say(
        _(
            "{delivered} of {units} units have delivered: {on_time} on time and {late} after the deadline. "
            "{returned} have been sent back and do not count, and {missing} have not delivered. "
            "Of the {municipalities} municipalities, {delivered_m} have delivered."
        ),
        delivered=of("delivered"), units=of("units"), on_time=of("on_time"), late=of("late"),
        returned=of("returned"), missing=of("missing"),
        municipalities=of("units", "municipalities"), delivered_m=of("delivered", "municipalities"),
    )  # fmt: skip
    chart = book.by_office(
        _("Delivery by office, number of units"), "delivery",
        [(key, key if key == MISSING else f"delivery_{key}", label) for key, label in states.items()],
        share="share", head=_("Delivered"),
    )  # fmt: skip
    return (
        Heading("delivery", 1, _("Delivery")),
        Paragraph(lead, "lead"),
        Paragraph(body),
        chart,
        table,
        *_absent(book),
    )


def _absent(book: Book) -> tuple[Block, ...]:
    """Who has not delivered, by name: the returned ones and the missing ones, municipalities and
    districts."""
    _ = book._
    now = [report for report in book.facts.reports if report.round == book.facts.round.date]
    items = []
    for state, label in ((key, texts.delivery_states(_)[key]) for key in ("returned", "missing")):
        absent = {report.unit for report in now if report.state == state}
        units = [unit for unit in book.facts.units if unit.id in absent]
        if units:
            items.append((Text(label + ": ", strong=True), *name_runs(units)))
    if not items:
        return ()
    return (Heading("not_delivered", 2, _("Who is missing")), Bullets(tuple(items)))


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
    """Plan status by office, with the share of all municipalities and the sum of adopted and process."""
    _ = book._
    indicators = {measure.key: measure for measure in indicator_measures(book)}
    adopted, process = indicators["adopted"], indicators["adopted_process"]
    every = adopted.denominator
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
            _share(adopted, "adopted_share", _("Share adopted")),
            process,
            _share(process, "process_share", _("Share adopted or process")),
        ),
        note=_("V + A + P + I + – = municipalities. Those who have decided not to make a plan are counted in I."),
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
        share="adopted_share", head=_("Share adopted"),
    )  # fmt: skip
    lead = book.say(
        _("{adopted} of {units} municipalities have adopted a plan for the reform. That is {share}."),
        adopted=of("adopted"), units=of("units"), share=of("adopted_share"),
    )  # fmt: skip
    body = book.say(
        _(
            "{own} have a plan of their own and {inside} have the reform in another plan. {process} have described a "
            "process. {none} have no plan; {declined} of these have decided not to make one. "
            "{missing} have not answered. Adopted or described makes {sum}, {share}."
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
    high = book.extreme("plan", "adopted_share", highest=True)
    low = book.extreme("plan", "adopted_share", highest=False)
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
        if unit.kind == "municipality" and "declined" in book.tallies.given(day, unit.id).get("plan.status", ())
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
    given = book.tallies.given(book.facts.round.date.isoformat(), unit).get("plan.status", frozenset())
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
