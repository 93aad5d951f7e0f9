"""Access to the files that tell machines about the site."""

from __future__ import annotations

from tests.access.matrix import PUBLIC, Row

ROWS = [
    Row("security_txt", "GET", PUBLIC),
    Row("robots_txt", "GET", PUBLIC),
]
