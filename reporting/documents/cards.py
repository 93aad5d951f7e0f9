"""The core indicators of the summary page as a table for the workbook: each figure is a value in a cell. Pure."""

from __future__ import annotations

from .content import Cell, Column, Content, Figure, KeyFigure, KeyFigures, Row, Table

HEADS = ("key_figure", "key_value", "key_of", "key_share", "key_change", "key_since", "key_note")
"""The labels of its heads; a document made before they were there has no such table."""


def card_table(content: Content) -> Table | None:
    """A row a core indicator: how many, of how many, the share, the change and since when, also
    the one since last year where there is one; None where there is none."""
    labels = dict(content.labels)
    cards = [card for block in content.blocks if isinstance(block, KeyFigures) for card in block.cards]
    if not cards or any(key not in labels for key in ("sheet_summary", *HEADS)):
        return None
    name, value, of, share, change, since, note = (labels[key] for key in HEADS)
    last_year = any(card.year for card in cards)
    columns = [
        Column("label", name), Column("value", value, "count"), Column("of", of, "count"),
        Column("share", share, "share"), Column("change", change, "change"), Column("since", since),
        *((Column("year", change, "change"), Column("year_since", since)) if last_year else ()),
        Column("note", note),
    ]  # fmt: skip
    rows = tuple(Row(f"{number}", _cells(card, last_year)) for number, card in enumerate(cards, start=1))
    return Table("K1", labels["sheet_summary"], tuple(columns), rows)


def _cells(card: KeyFigure, last_year: bool) -> tuple[Cell, ...]:
    year: tuple[Cell, ...] = (card.year or "", card.year_label) if last_year else ()
    return (
        card.label, card.figure, Figure(card.of, "count"), card.share, card.change, card.change_label, *year, card.note,
    )  # fmt: skip
