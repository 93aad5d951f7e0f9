"""Helsedirektoratet's own judgement of the risk in each of its tasks, on four steps. Pure.

It is a judgement and no count: its figures have no address, for nothing lies behind them but the text beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import texts
from .book import Book
from .content import Block, Cell, Column, Figure, Heading, Paragraph, Row, Table, Text
from .facts import YEARLY, TaskFact

LEVELS = (1, 2, 3, 4)
HIGH = 3
"""From this step on a task is named in the chapter's first sentence."""


def level_of(risk: Mapping[str, Any]) -> int | None:
    """The step of a task, None where it is not judged."""
    level = risk.get("level")
    return level if level in LEVELS else None


def tasks_chapter(book: Book) -> tuple[Block, ...]:
    """Every task with its step, the step in words and the judgement. A half-year note in which no task is judged, and
    that did not ask for the chapter, has none."""
    _ = book._
    composed = book.facts.composed
    levels = {task.code: level_of(composed.risks.get(task.code, {})) for task in book.facts.tasks}
    if not any(levels.values()) and composed.kind != YEARLY and "tasks" not in composed.outline:
        return ()
    judged = sum(level is not None for level in levels.values())
    high = [task for task in book.facts.tasks if (levels[task.code] or 0) >= HIGH]
    lead = book.tell(_("{n} of {all} tasks are judged."), n=judged, all=len(levels))
    if judged:
        lead += " " + book.tell(_("High or very high risk: {n}."), n=len(high))
    named = "; ".join(book.word(task.names) for task in high)
    return (
        Heading("tasks", 1, _("Risk in Helsedirektoratet's tasks")),
        Paragraph((Text(lead),), "lead"),
        *((Paragraph((Text(_("Highest") + ": ", strong=True), Text(f"{named}."))),) if high else ()),
        _table(book, levels),
    )


def _table(book: Book, levels: Mapping[str, int | None]) -> Table:
    _ = book._
    columns = (
        Column("name", _("Task")),
        Column("source", _("Given in")),
        Column("level", _("Step"), "count"),
        Column("word", _("Risk")),
        Column("text", _("Judgement")),
    )
    rows = tuple(_row(book, task, levels[task.code]) for task in book.facts.tasks)
    return Table(
        book.next_table(), _("Risk in the tasks of the task matrix, from 1 (low) to 4 (very high)"), columns, rows,
        note=_("The risk is Helsedirektoratet's judgement of whether the task is carried out as planned. It is not "
               "counted from reports or registers."),
        empty=_("No tasks are registered."), name="tasks",
    )  # fmt: skip


def _row(book: Book, task: TaskFact, level: int | None) -> Row:
    _ = book._
    risk = book.facts.composed.risks.get(task.code, {})
    text = str(risk.get(book.language) or "").strip()
    if not text and any(str(risk.get(language) or "").strip() for language in ("nb", "nn")):
        text = _("Not written in this language.")
    word = texts.risk_levels(_)[level] if level is not None else _("Not judged")
    cells: tuple[Cell, ...] = (
        book.word(task.names), book.word(task.sources), Figure(level, "count"), word, text or "–",
    )  # fmt: skip
    return Row(task.code, cells)
