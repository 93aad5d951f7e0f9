"""From facts to the Content of the national summary. Pure: the words come through ``_``, the day through the facts."""

from __future__ import annotations

from . import outline, texts
from .assessments import assessment_blocks, remarked
from .book import Book, Translate
from .content import Block, Bullets, Content, Definitions, Heading, Paragraph, Run, Table, Text
from .facts import YEARLY, Facts
from .formats import format_date, format_moment
from .tables_annex import sheets
from .tables_cards import key_figures
from .tables_core import core_table, plan_measures, trend_table


def compute(facts: Facts, language: str, _: Translate) -> Content:
    """The whole summary in ``language`` (``nb`` or ``nn``), with the words that ``_`` gives.

    Every figure of a table carries its selector. What is not answered stands in a column of its own and is never
    estimated. The same facts give the same Content, to the last character of its JSON.
    """
    book = Book(facts, language, _)
    keys = outline.chosen(facts.composed)
    front = keys[:1] if facts.composed.kind == YEARLY and keys[0] == outline.FIRST_OF_YEAR else ()
    before = outline.draw(book, front)
    trend, core = trend_table(book), core_table(book)
    blocks: tuple[Block, ...] = (
        Heading("summary", 1, _("In brief"), numbered=False),
        Paragraph(_first_sentence(book), "lead"),
        key_figures(book),
        *assessment_blocks(book),
        *before,
        *_method(book),
        Heading("core", 1, _("Core indicators")),
        *remarked(book, (trend, core)),
        *outline.draw(book, keys[len(front) :]),
        Definitions(_("Annex: definitions")),
    )
    extra = sheets(book) if facts.answers else ()
    return Content(
        title=_title(book),
        subtitle=_subtitle(book),
        language=language,
        as_of=facts.round.date,
        frozen_at=facts.frozen_at.isoformat(timespec="seconds"),
        version=str(facts.version),
        blocks=blocks,
        labels=texts.labels(_, language, facts.composed.kind),
        counts=_counts(book, blocks),
        sample=facts.sample,
        sheets=extra,
        meta=_meta(book),
    )


def _first_sentence(book: Book) -> tuple[Run, ...]:
    return book.say(
        book._("Status in the {units} municipalities on {date}: {adopted} have adopted a plan, and {share} have "
               "adopted a plan or described the process."),
        units=book.figure("core", "units"), date=format_date(book.facts.round.date),
        adopted=book.figure("core", "adopted"), share=book.figure("core", "process_share"),
    )  # fmt: skip


def _method(book: Book) -> tuple[Block, ...]:
    _ = book._
    facts = book.facts
    day, moment = format_date(facts.round.date), format_moment(facts.frozen_at.isoformat())
    heads = texts.plan_status(_)
    classes = tuple(
        (Text(f"{measure.mark} {heads[measure.key]}: ", strong=True), Text(measure.definition + "."))
        for measure in plan_measures(book)
    )

    def text(sentence: str, **parts: object) -> Paragraph:
        return Paragraph((Text(book.tell(sentence, **parts)),))

    return (
        Heading("method", 1, _("Method")),
        Paragraph((Text(_basis(book)),)),
        Heading("method_day", 2, _("The day of the figures")),
        text(
            _("The registers are read as they were on {day}. The answers are those that had been sent in when the "
              "figures were taken, {moment}. What is put right later changes nothing here; it gives a new version."),
            day=day, moment=moment,
        ),
        text(
            _("All tables are in the borders of {day}. In the development over the rounds each round is in the borders "
              "of its own reference date."),
            day=day,
        ),
        Heading("method_core", 2, _("Core indicators")),
        text(
            _("Networks, support, adopted plans and described processes are counted from the registers. An approved "
              "report writes the register from its reference date, and the regions' staff put in what they know. A "
              "report that is sent in and not yet approved has not changed the register. Where report and register say "
              "different things, stands in a chapter of its own.")
        ),
        Heading("method_share", 2, _("Shares")),
        text(
            _("All shares are of all municipalities in the row, also those that have not answered. One exception is "
              "marked: reasons for delay are given by the municipalities that are delayed. "
              "The districts of Oslo count in the delivery only.")
        ),
        Heading("method_missing", 2, _("Not answered")),
        text(
            _("Not answered is a class and a column of its own in every table. An answer is never estimated, and last "
              "round's answer is never carried forward. A municipality has not answered when its report is missing or "
              "sent back, or when the question was not asked or is empty in a report that is sent in.")
        ),
        Heading("method_plan", 2, _("Plan status")),
        text(_("By their reports the municipalities are divided into five classes that do not overlap.")),
        Bullets(classes),
        Heading("method_time", 2, _("Comparison over time")),
        text(
            _("A figure follows the municipality and not its number. Changes are given in municipalities, against the "
              "round before.")
        ),
        Heading("method_source", 2, _("The way to the source of a figure")),
        text(
            _("The reference after a figure, such as T2.6, names its table and column, and leads to the definition. In "
              "the portal it leads on to the municipalities that are counted and to their answers.")
        ),
    )  # fmt: skip


def _basis(book: Book) -> str:
    """What the document rests on."""
    _, day = book._, book.facts.round.date
    if book.facts.composed.kind != YEARLY:
        return book.tell(
            _("The note rests on the municipalities' reports on {day} and on the registers of plans, networks and "
              "support. No figure has been put right by hand."),
            day=day,
        )  # fmt: skip
    return book.tell(
        _("The report rests on the municipalities' reports of {rounds}, and on the registers of plans, networks and "
          "support on {day}. The municipalities were asked for nothing more. Where nothing else is said, what they "
          "report is from the last of these rounds. No figure has been put right by hand."),
        rounds=_rounds(book), day=day,
    )  # fmt: skip


def _rounds(book: Book) -> str:
    """The rounds of the document's year, in words; in a half-year note the one round."""
    facts = book.facts
    if facts.composed.kind != YEARLY:
        return format_date(facts.round.date)
    days = [entry.date for entry in facts.rounds if entry.of is None and entry.date.year == facts.round.date.year]
    return (" " + book._("and") + " ").join(format_date(day) for day in days)


def _title(book: Book) -> str:
    _, day = book._, book.facts.round.date
    if book.facts.composed.kind == YEARLY:
        return book.tell(_("Leve hele livet: the year {year}"), year=day.year)
    return book.tell(_("Leve hele livet: status on {date}"), date=day)


def _subtitle(book: Book) -> str:
    _ = book._
    if book.facts.composed.kind == YEARLY:
        return _("Yearly report from Helsedirektoratet to the Ministry of Health and Care Services")
    return _("Half-year note from Helsedirektoratet to the Ministry of Health and Care Services")


def _counts(book: Book, blocks: tuple[Block, ...]) -> tuple[tuple[str, int], ...]:
    """The control counts of the cover; ``verify`` counts them again from the database."""
    _ = book._
    facts = book.facts
    municipalities = sum(unit.kind == "municipality" for unit in facts.units)
    counted = sum(report.round == facts.round.date and bool(report.submission) for report in facts.reports)
    annexed = sum(len(block.rows) for block in blocks if isinstance(block, Table) and block.kind == "annex")
    return (
        (_("Units that report"), len(facts.units)),
        (_("of these municipalities"), municipalities),
        (_("of these districts of Oslo"), len(facts.units) - municipalities),
        (_("Reports in the round"), sum(report.round == facts.round.date for report in facts.reports)),
        (_("Submissions counted"), counted),
        (_("Answers in these submissions"), len(facts.answers)),
        (_("Rows in the annex by municipality"), annexed),
    )


def _meta(book: Book) -> tuple[tuple[str, str], ...]:
    _ = book._
    facts = book.facts
    counted = sum(report.round == facts.round.date and report.submission is not None for report in facts.reports)
    delivered = book.tell(_("{n} of {units} units"), n=counted, units=len(facts.units))
    yearly = facts.composed.kind == YEARLY
    lines = [
        *([(_("Figures as of"), format_date(facts.round.date))] if yearly else []),
        (_("Rounds") if yearly else _("Round"), _rounds(book)),
        (_("Figures taken"), format_moment(facts.frozen_at.isoformat())),
        (_("Delivered"), delivered),
    ]
    if counted < len(facts.units):
        lines.append((_("Preliminary"), _("Not all units have delivered.")))
    return tuple(lines)
