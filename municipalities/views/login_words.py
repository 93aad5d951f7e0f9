"""What the page says to somebody who has logged in at her provider, and is not let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from municipalities.services.login import (
    NO_ACCESS,
    NO_GROUP,
    NO_ORGANISATION,
    OTHER_WAY,
    TAKEN,
    UNKNOWN,
)


@dataclass(frozen=True)
class RefusalWords:
    """A heading, one sentence on why, and what to do, step by step. ``again``: another choice at the provider helps."""

    heading: str
    why: str
    steps: tuple[str, ...]
    again: bool = False


def refusal_words(reason: str, units: Sequence[str]) -> RefusalWords | None:
    """The words for ``reason``, None for one that is not known. ``units`` are the names of what she represented."""
    places = get_text_list(list(units), _("and")) or _("your municipality")
    if reason == NO_ORGANISATION:
        return RefusalWords(
            _("You came without an organisation"),
            _("The login says who you are, but not which municipality you come from."),
            (
                _("Log in again, and choose your municipality when you are asked whom you represent."),
                _("If it is not in the list, ask the person who gives rights in Altinn in your municipality."),
            ),
            again=True,
        )
    if reason == UNKNOWN:
        return RefusalWords(
            _("This organisation does not report in the portal"),
            _("You represented an organisation that is not one of the municipalities of today."),
            (
                _("Log in again, and choose the municipality itself, not a company or a unit of it."),
                _("Write to us if your municipality was merged or split, and the portal does not know it."),
            ),
            again=True,
        )
    if reason == NO_ACCESS:
        return RefusalWords(
            _("You have no access yet"),
            _("You came from %(places)s, but nobody there has given you a role in the portal.") % {"places": places},
            (
                _("Ask the contact in your municipality: she invites you on the page Contacts, with your work e-mail."),
                _("Open the link in the invitation, and log in from the page that it leads to."),
                _("If you do not know who the contact is, write to us."),
            ),
        )
    return _other_words(reason)


def _other_words(reason: str) -> RefusalWords | None:
    if reason == NO_GROUP:
        return RefusalWords(
            _("You are in no group that has access"),
            _("Access for the state's staff follows groups where you work, and you are in none of them."),
            (
                _("Ask your leader to have you put in the group for the portal."),
                _("Log in again when it is done. A role that you had is ended until then."),
            ),
        )
    if reason == OTHER_WAY:
        return RefusalWords(
            _("Your user logs in another way"),
            _("There is a user that may be yours, with a role that this way of logging in does not give."),
            (
                _("Log in the way you used before."),
                _("Write to us if you have changed work, so that your old role can be ended."),
            ),
        )
    if reason == TAKEN:
        return RefusalWords(
            _("The invitation is in use"),
            _("The user you were invited as is already tied to another person's login."),
            (_("Ask the one who invited you for an invitation to your own work e-mail."),),
        )
    return None
