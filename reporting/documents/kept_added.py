"""What the parts of other apps brought to a summary, read back from it."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.models import NationalSummary

from .facts import AddedAmount, AddedFact


@dataclass(frozen=True)
class Kept:
    """The rows that a summary keeps; none in one made before there were such parts."""

    added: tuple[AddedFact, ...]
    amounts: tuple[AddedAmount, ...]


def kept_added(summary: NationalSummary) -> Kept:
    """The same rows again, from the summary."""
    rows = summary.register_ids
    return Kept(
        tuple(AddedFact(**row) for row in rows.get("added", ())),
        tuple(AddedAmount(**row) for row in rows.get("amount", ())),
    )
