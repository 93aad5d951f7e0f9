"""Who may ask for, follow and cancel the volumes and the delivery of a summary."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.rows_summary import summary

ROWS = [
    Row("volume_list", "GET", "volume.read"),
    Row("summary_delivery", "GET", "summary.read", summary()),
    Row("summary_deliver", "POST", "summary.build", summary()),
    Row("summary_deliver_cancel", "POST", "summary.build", summary()),
]
