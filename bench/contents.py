"""Contents of any size for the benchmarks of drawing: the made-up answers are the same each time."""

from __future__ import annotations

import datetime as dt

from reporting.documents.content import Column, Content, Definitions, Figure, Heading, Paragraph, Row, Table, Text
from reporting.documents.content_labels import LABEL_KEYS

DAY = dt.date(2022, 5, 1)
LABELS = tuple(
    (key, f"{key} {{n}}" if key in ("of_units", "numbers_in_table", "unshown") else key) for key in LABEL_KEYS
)


def content_of(*blocks: object, sheets: tuple[Table, ...] = ()) -> Content:
    """A note of these blocks."""
    return Content(
        title="Leve hele livet: status", subtitle="Halvårsnotat", language="nb", as_of=DAY,
        frozen_at="2022-05-23T12:00:00+02:00", version="1", labels=LABELS, sheets=sheets,
        blocks=(Heading("summary", 1, "Kort fortalt", numbered=False), *blocks),  # type: ignore[arg-type]
    )  # fmt: skip


def table(rows: int, *, name: str = "T1", kind: str = "main", columns: int = 8) -> Table:
    """A table of municipalities: number, name, a text, and figures."""
    heads = (
        Column("number", "Nummer", "number_text"),
        Column("name", "Kommune"),
        Column("text", "Merknad"),
        *(Column(f"c{n}", f"Antall {n}", "count", f"{name}.{n}", "Hva som er talt.") for n in range(columns - 3)),
    )
    lines = tuple(
        Row(
            f"{index:05d}",
            (
                Figure(f"{index % 10_000:04d}", "number_text"),
                f"Prøvekommune {index}",
                f"Planen er vedtatt i sak {index % 90} og følges opp i handlingsdelen" if index % 3 else "",
                *(Figure(index * n % 1_000, "count", f"{name}.{n}", f"{index:05d}") for n in range(columns - 3)),
            ),
        )
        for index in range(rows)
    )
    return Table(name, "Kommunene", heads, lines, "Alle kommuner.", kind)


def annexed(rows: int) -> Content:
    """A short note with an annex table of so many rows."""
    return content_of(
        Paragraph((Text("Status i kommunene."),)),
        Heading("annex", 1, "Vedlegg"),
        table(rows, kind="annex"),
        Definitions("Definisjoner"),
    )
