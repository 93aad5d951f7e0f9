"""Who sees how the portal is doing."""

from tests.access.matrix import GONE, Row

ROWS = [
    Row("operations", "GET", "operations.read"),
    Row("metrics", "GET", GONE),  # for whoever has the token of the environment, and nobody has it here
]
