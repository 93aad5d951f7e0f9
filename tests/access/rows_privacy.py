"""Access to the table of rights, and to what is stored about oneself."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.rows_corrections import style

ROWS = [
    Row("rights", "GET", "rights.read"),
    Row("rights_file", "GET", "rights.read", style),
]
