"""Whether a Content hangs together, before it is stored. Pure, like the content itself."""

from __future__ import annotations

from collections import Counter

from .content import Chart, Content, Heading, Table, TileMap
from .content_labels import LABEL_KEYS, LATER_KEYS


def problems(content: Content) -> list[str]:
    """What is wrong with the content's shape, in English for whoever composed it; empty when all is well.

    Checked: every label is there, ids and addresses are used once, rows and series are as long as their
    heads, and every figure in the text leads to a column that exists.
    """
    found = [f"the label {key} is missing" for key in LABEL_KEYS if key not in {*dict(content.labels), *LATER_KEYS}]
    ids = [block.id for block in content.blocks if isinstance(block, Heading | Table | Chart | TileMap)]
    found += [f"the id {name} is used twice" for name in _repeated(ids)]
    tables = {table.id: table for table in content.tables()}
    for table in (*content.tables(), *content.sheets):
        keys = [column.key for column in table.columns]
        if len(set(keys)) < len(keys):
            found.append(f"{table.id} has two columns with the same key")
        found += [
            f"{table.id}, row {row.key}: {len(row.cells)} cells under {len(keys)} heads"
            for row in table.rows
            if len(row.cells) != len(keys)
        ]
    refs = [column.ref for table in content.tables() for column in table.columns if column.ref]
    found += [f"the address {ref} is used twice" for ref in _repeated(refs)]
    for block in content.blocks:
        if isinstance(block, Chart):
            found += [
                f"{block.id}, series {series.key}: not one value for each category"
                for series in block.series
                if len(series.values) != len(block.categories)
            ]
        if isinstance(block, Chart | TileMap) and block.table not in tables:
            found.append(f"{block.id} names the table {block.table}, which is not there")
    known = set(refs)
    found += [
        f"the figure {figure.ref}/{figure.row} leads to no column"
        for figure in content.figures()
        if figure.ref and figure.ref not in known
    ]
    return found


def _repeated(names: list[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)
