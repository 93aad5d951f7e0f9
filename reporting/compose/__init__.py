"""Composing a form, as pure functions on its definition: editing, what stops publishing, what differs, what it costs.

A draft may be unfinished in any way; ``form_spec.FormSpec.parse`` reads only what ``faults`` finds nothing wrong with.
"""

from reporting.compose.differences import Difference, differences
from reporting.compose.editing import EditRefused
from reporting.compose.estimate import Estimate, estimate
from reporting.compose.faults import Fault, faults

__all__ = ["Difference", "EditRefused", "Estimate", "Fault", "differences", "estimate", "faults"]
