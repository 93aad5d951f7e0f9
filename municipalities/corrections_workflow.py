"""The transitions of a proposed correction, as a table for ``municipalities.transitions`` (idea 3 of the design)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from municipalities.models import CorrectionProposal
from municipalities.transitions import Transition, Workflow

_STATE = CorrectionProposal.Status

CORRECTION = Workflow(
    name="correction",
    states=tuple(_STATE.values),
    transitions=(
        Transition(
            name="put_right",
            source=(_STATE.OPEN,),
            target=_STATE.DONE,
            right="correction.answer",
            label=_("Put right"),
            needs_note=True,
            stamp="answered_at",
        ),
        Transition(
            name="decline",
            source=(_STATE.OPEN,),
            target=_STATE.DECLINED,
            right="correction.answer",
            label=_("Left as it was"),
            needs_note=True,
            stamp="answered_at",
        ),
        Transition(
            name="withdraw",
            source=(_STATE.OPEN,),
            target=_STATE.WITHDRAWN,
            right="correction.propose",
            label=_("Withdrawn"),
        ),
    ),
    wrong_state={
        _STATE.OPEN: _("The proposal is waiting for an answer."),
        _STATE.DONE: _("The proposal is answered already: it is put right."),
        _STATE.DECLINED: _("The proposal is answered already: it is left as it was."),
        _STATE.WITHDRAWN: _("The municipality has withdrawn the proposal."),
    },
)
