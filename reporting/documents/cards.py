"""The core indicators of the summary page as a table for the workbook: each figure is a value in a cell. Pure."""

from __future__ import annotations

from .content import Column, Content, Figure, KeyFigures, Row, Table

HEADS = ("key_figure", "key_value", "key_of", "key_share", "key_change", "key_since", "key_note")
"""The labels of its heads; a document made before they were there has no such table."""


def card_table(content: Content) -> Table | None:
    """A row a core indicator: how many, of how many, the share, the change and since when; None where there is none."""
    labels = dict(content.labels)
    cards = [card for block in content.blocks if isinstance(block, KeyFigures) for card in block.cards]
    if not cards or any(key not in labels for key in HEADS):
        return None
    name, value, of, share, change, since, note = (labels[key] for key in HEADS)
    columns = (
        Column("label", name), Column("value", value, "count"), Column("of", of, "count"),
        Column("share", share, "share"), Column("change", change, "change"), Column("since", since),
        Column("note", note),
    )  # fmt: skip
    rows = tuple(
        Row(
            f"{number}",
            (
                card.label, card.figure, Figure(card.of, "count"), card.share, card.change, card.change_label,
                card.note,
            ),
        )
        for number, card in enumerate(cards, start=1)
    )  # fmt: skip
    return Table("K1", labels.get("sheet_summary", name), columns, rows)
