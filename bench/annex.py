"""A PDF with one long annex table: 2 000 rows take at most 2.4 times the time of 1 000, and 1.6 times the memory."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable

from bench.contents import annexed

NAME = "long_annex_table"
ROWS = 1_000


def run(emit: Callable[..., None]) -> None:
    half, whole = (_in_a_process(ROWS * factor) for factor in (1, 2))
    size = f"{2 * ROWS} rows of 8 columns beside {ROWS}"
    emit(NAME, whole[0] / half[0], "ratio", limit=2.4, size=size)
    emit(f"{NAME}_seconds", whole[0], "s", size=f"{2 * ROWS} rows")
    emit(f"{NAME}_memory", whole[1] / half[1], "ratio", limit=1.6, size=f"{whole[1]:.0f} MiB, {size}")


def _in_a_process(rows: int) -> tuple[float, float]:
    """Seconds of the processor and the most memory in MiB of a fresh process that draws the document."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(draw, (rows,))


def draw(rows: int) -> tuple[float, float]:
    """Draw a document whose annex has so many rows."""
    import django

    django.setup()
    from reporting.documents.render_pdf import render_pdf

    content = annexed(rows)
    start = time.process_time()
    render_pdf(content)
    return time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
