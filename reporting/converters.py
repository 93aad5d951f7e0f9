"""Days in addresses."""

from __future__ import annotations

import datetime as dt


class DayConverter:
    """A day written as ``2022-05-01``; what is no day is no address (404)."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()
