"""Who may read the offices' funds and the appropriations, and who keeps them. An anonymous API caller gets 401."""

from __future__ import annotations

from tests.access.matrix import Row

ROWS = [
    Row("api_allocations", "GET", "grants.read", None, anonymous=401),
]
