"""The five risk patterns, what has changed since last round, and what is measured. Pure."""

from __future__ import annotations

from . import rules, texts
from .book import Book, Line, Measure, name_runs
from .content import Block, Bullets, Column, Heading, Paragraph, Run, Series, Text
from .facts import Unit
from .measure import matches
from .tables_borders import borders_section
from .tables_changes import register_news

MOVES = {
    "adopted": {"from": "process|none|declined", "to": "own|inside"},
    "back": {"from": "own|inside", "to": "process|none|declined"},
    "silent": {"from": "own|inside|process|none|declined", "to": "-"},
    "heard": {"from": "-", "to": "own|inside|process|none|declined"},
}
"""Changes of plan status between two rounds. Not answering is neither progress nor setback."""


def risk_chapter(book: Book) -> tuple[Block, ...]:
    """How many municipalities show each of the patterns that Hdir asks the offices to follow up, and where."""
    _ = book._
    table, by_office = _patterns(book), _by_office(book)
    names = texts.patterns(_)
    most = max(names, key=lambda key: book.number("patterns", "seen", key))
    lead = book.say(
        _("Most frequent of the five patterns: {pattern}, seen in {n} municipalities."),
        pattern=names[most][0].lower(), n=book.figure("patterns", "seen", most),
    )  # fmt: skip
    body = Text(
        _(
            "Each pattern is a rule over the municipality's own answers; it is a sign, not a judgement. "
            "The rules stand in the table and in the annex of definitions."
        )
    )
    offices = book.facts.offices
    series = [
        Series(key, label, tuple(book.number("patterns_by_office", key, office.key) for office in offices))
        for key, (label, _rule) in names.items()
    ]
    parts = ". ".join(f"{label}: {book.number('patterns_by_office', key)}" for key, (label, _rule) in names.items())
    chart = book.chart(
        "dots", _("Signs of the patterns by office, one mark a municipality"), "patterns_by_office",
        [office.name for office in offices], series,
        alt=book.tell(_("A row an office, a column a pattern. Whole country: {parts}."), parts=parts),
    )  # fmt: skip
    return (
        Heading("risk", 1, _("The five patterns of risk")),
        Paragraph(lead, "lead"),
        Paragraph((body,)),
        chart,
        table,
        by_office,
    )


def _patterns(book: Book) -> Block:
    _ = book._
    every = book.every
    previous = book.facts.previous
    lines = [
        Line(key, label, {"pattern": key}, words=(rule,)) for key, (label, rule) in texts.patterns(_).items()
    ]  # fmt: skip
    heads = {rules.SEEN: _("Seen"), rules.NOT_SEEN: _("Not seen"), rules.MISSING: _("Not answered")}
    words = {
        rules.SEEN: _("The municipality's answers meet the rule of the pattern"),
        rules.NOT_SEEN: _("The municipality has answered what the rule needs, and does not meet it"),
        rules.MISSING: _("The report is missing, or what the rule needs was not asked or is empty"),
    }
    measures = [
        Measure(state, label, {"state": state}, definition=words[state], denominator=every, rule="pattern")
        for state, label in heads.items()
    ]
    measures.append(
        Measure("share", _("Share seen"), {"state": rules.SEEN, "measure": "share"}, kind="share",
                definition=words[rules.SEEN], denominator=every, rule="pattern")
    )  # fmt: skip
    if previous is not None:
        measures.append(
            Measure("change", _("Change in number"),
                    {"state": rules.SEEN, "measure": "change", "since": previous.date.isoformat()}, kind="change",
                    definition=book.tell(_("Municipalities more or fewer than on {date}"), date=previous.date),
                    denominator=every, rule="pattern")
        )  # fmt: skip
    return book.table(
        "patterns", _("Municipalities with signs of the patterns"), _("Pattern"), lines, measures,
        words=(Column("rule", _("Seen when")),),
        note=_("Seen + not seen + not answered = municipalities."),
    )  # fmt: skip


def _by_office(book: Book) -> Block:
    _ = book._
    every = book.every
    return book.table(
        "patterns_by_office", _("Signs of the patterns by office, number of municipalities"), _("Office"),
        book.office_lines(),
        (
            book.units(),
            *(
                Measure(key, label, {"pattern": key, "state": rules.SEEN}, definition=rule, denominator=every,
                        rule=f"pattern.{key}")
                for key, (label, rule) in texts.patterns(_).items()
            ),
        ),
        note=_("A municipality can show several patterns. Those that have not answered are in the table above."),
    )  # fmt: skip


def change_chapter(book: Book) -> tuple[Block, ...]:
    """Changes of plan status since last round, by office and by name; empty without an earlier round."""
    _ = book._
    previous = book.facts.previous
    if previous is None:
        return ()
    since = {"move": "plan", "question": "plan.status", "since": previous.date.isoformat()}
    heads = {
        "adopted": (_("New adopted plan"), _("From process or no plan to an adopted plan")),
        "back": (_("Gone back"), _("From an adopted plan to process or no plan")),
        "silent": (_("Answered last time, not now"), _("Answered the question last round and not this round")),
        "heard": (_("Answered now, not last time"), _("Answered the question this round and not last round")),
    }
    table = book.table(
        "moves",
        book.tell(_("Changes of plan status since {date}, number of municipalities"), date=previous.date),
        _("Office"),
        book.office_lines(),
        [
            Measure(key, label, {**since, **MOVES[key]}, definition=definition,
                    denominator=_("Municipalities in both rounds"), rule=f"moves.{key}")
            for key, (label, definition) in heads.items()
        ],
        note=_("Not answering is no setback, and not having answered last time does not make a plan new."),
    )  # fmt: skip
    lead = book.say(
        _("{new} municipalities have a new adopted plan since {date}, and {back} have gone back."),
        new=book.figure("moves", "adopted"), back=book.figure("moves", "back"), date=book._plain(previous.date),
    )  # fmt: skip
    items: list[tuple[Run, ...]] = []
    moved = _moved(book, since)
    for key, (label, _definition) in heads.items():
        units = moved[key]
        if units:
            items.append((Text(label + ": ", strong=True), *name_runs(units)))
    names: tuple[Block, ...] = (Bullets(tuple(items)),) if items else ()
    return (
        Heading("changes", 1, texts.change_title(_, book.facts.composed.kind)),
        Paragraph(lead, "lead"),
        table,
        *names,
        *register_news(book),
        *borders_section(book),
    )


def _moved(book: Book, since: dict[str, str]) -> dict[str, list[Unit]]:
    """The municipalities behind each of ``MOVES``; each pair of answers is judged once."""
    tallies, question = book.tallies, since["question"]
    found: dict[str, list[Unit]] = {key: [] for key in MOVES}
    judged: dict[tuple[frozenset[str], frozenset[str]], list[str]] = {}
    for unit in book.facts.units:
        if tallies.office_of(unit.id) is None:
            continue
        before = tallies.given_to(since["since"], unit.id, question)
        after = tallies.given_to(tallies.now, unit.id, question)
        if (before, after) not in judged:
            judged[before, after] = [
                key for key, move in MOVES.items() if matches(before, move["from"]) and matches(after, move["to"])
            ]
        for key in judged[before, after]:
            found[key].append(unit)
    return found


def results_chapter(book: Book) -> tuple[Block, ...]:
    """Whether the municipalities measure the results, by office."""
    _ = book._
    every = book.every
    question = {"question": "result.measures"}
    answers = {"yes": _("Measures results"), "planned": _("Planned"), "no": _("Does not measure")}
    table = book.table(
        "results", _("Local measurement of results by office, number of municipalities"), _("Office"),
        book.office_lines(),
        (
            book.units(),
            *(
                Measure(key, label, {**question, "values": key},
                        definition=book.tell(_("Answer on measuring results locally: {answer}"), answer=label.lower()),
                        denominator=every, rule=f"result.measures={key}")
                for key, label in answers.items()
            ),
            Measure("missing", _("Not answered"), {**question, "answer": "missing"},
                    definition=_("The report is missing, or the question is empty"), denominator=every,
                    rule="result.measures.missing"),
            Measure("share", _("Share that measures"), {**question, "values": "yes", "measure": "share"}, kind="share",
                    definition=_("Municipalities that measure results locally"), denominator=every,
                    rule="result.measures=yes"),
        ),
        note=_("Measures + planned + does not + not answered = municipalities."),
    )  # fmt: skip
    lead = book.say(
        _("{n} municipalities, {share}, measure the results of the reform locally."),
        n=book.figure("results", "yes"), share=book.figure("results", "share"),
    )  # fmt: skip
    return (Heading("results", 1, _("Results")), Paragraph(lead, "lead"), table)
