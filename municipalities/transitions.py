"""The one workflow engine: tables of transitions, and the only code that writes a ``status`` (idea 3).

A workflow is data: states and transitions, each with the right it needs and its checks. ``perform`` locks
the row, tests the state, the right and the checks, writes the state and an Event in one transaction, and
leaves mails and jobs to ``on_commit`` hooks of the service that called it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import acting_as, can
from municipalities.free_text import text_fault
from municipalities.models import Event, Municipality
from municipalities.national_ids import without_national_ids
from reform import origin

Check = Callable[[Any, datetime], None]


class TransitionRefused(Exception):
    """A transition that cannot be made now; ``message`` is a sentence for the person, ``state`` what holds."""

    def __init__(self, message: Any, *, state: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.state = state


class WrongState(TransitionRefused):
    """The row is no longer in a state from which the transition starts: somebody else was first."""


class NoteMissing(TransitionRefused):
    """The transition needs a note (a return needs its comment)."""


class NoteRefused(NoteMissing):
    """The note holds what the portal may not keep (a national identity number)."""


@dataclass(frozen=True)
class Transition:
    """``right`` None means that only the portal itself makes it (a job); ``stamp`` is the field that gets ``now``."""

    name: str
    source: tuple[str, ...]
    target: str
    right: str | None
    label: Any
    checks: tuple[Check, ...] = ()
    needs_note: bool = False
    stamp: str = ""


@dataclass(frozen=True)
class Workflow:
    """The states of a model and the transitions between them."""

    name: str
    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    wrong_state: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Transition:
        """The transition ``name``; KeyError if the table has none."""
        for transition_ in self.transitions:
            if transition_.name == name:
                return transition_
        raise KeyError(f"{self.name} has no transition {name}")

    def open_to(self, state: str) -> tuple[Transition, ...]:
        """The transitions that start in ``state``, in the table's order."""
        return tuple(entry for entry in self.transitions if state in entry.source)


def perform(
    workflow: Workflow,
    obj: Any,
    name: str,
    *,
    actor: Any,
    now: datetime,
    note: str = "",
    on_behalf_of: Municipality | None = None,
    content_hash: str = "",
    updates: Mapping[str, Any] | None = None,
    request_id: str = "",
) -> Event:
    """Make one transition and write its Event. Runs inside the caller's transaction, or in one of its own.

    Returns the Event; ``obj`` is brought up to date. Raises WrongState when the row has moved on, NoteMissing,
    PermissionDenied with the reason when the actor may not, or what a check raises (a TransitionRefused).
    ``updates`` are further fields written with the state.
    """
    rule = workflow.get(name)
    with transaction.atomic():
        row = type(obj).objects.get_queryset().select_for_update().get(pk=obj.pk)
        if row.status not in rule.source:
            message = workflow.wrong_state.get(row.status, _("This has already been changed by somebody else."))
            raise WrongState(message, state=row.status)
        _require(rule, row, actor, now, note)
        before = row.status
        changed = {"status": rule.target, **(updates or {})}
        if rule.stamp:
            changed[rule.stamp] = now
        for key, value in changed.items():
            setattr(row, key, value)
            setattr(obj, key, value)
        row.save(update_fields=list(changed))
        return log(
            row, name, actor=actor, now=now, from_state=before, to_state=rule.target, note=note,
            on_behalf_of=on_behalf_of, content_hash=content_hash, request_id=request_id,
        )  # fmt: skip


def _require(rule: Transition, row: Any, actor: Any, now: datetime, note: str) -> None:
    if rule.right is not None:
        decision = can(actor, rule.right, row, today=timezone.localdate(now))
        if not decision:
            raise PermissionDenied(decision.reason)
    if fault := text_fault(note):
        raise NoteRefused(fault, state=row.status)
    if rule.needs_note and not note.strip():
        raise NoteMissing(_("Write a comment that says what is to be changed."), state=row.status)
    for check in rule.checks:
        check(row, now)


def log(obj: Any, name: str, **said: Any) -> Event:
    """Write one Event about ``obj``; the arguments are those of ``event_about``."""
    event = event_about(obj, name, **said)
    event.save(force_insert=True)
    return event


def event_about(
    obj: Any,
    name: str,
    *,
    actor: Any,
    now: datetime,
    from_state: str = "",
    to_state: str = "",
    note: str = "",
    on_behalf_of: Municipality | None = None,
    content_hash: str = "",
    request_id: str = "",
    internal: bool = False,
    kind: str = Event.Kind.CHANGE,
) -> Event:
    """One Event about ``obj``, not saved yet: whoever changes many rows writes theirs with ``log_many``. Make it
    before the row is deleted. ``actor`` None is the portal itself. The trail is never changed, so it keeps no name: the
    role and the unit in which she acted, and her user, from which pages read the name (``Event.who``). Session
    and request are those at work (``reform/origin.py``).

    An ``internal`` one names no unit: neither the municipality nor KS and USHT find it among their events.
    """
    return Event(
        kind=kind,
        actor=actor,
        actor_name=acting_as(actor, obj, today=timezone.localdate(now)),
        on_behalf_of=on_behalf_of,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        name=name,
        from_state=from_state,
        to_state=to_state,
        note=without_national_ids(note),  # what is never changed never holds one
        content_hash=content_hash,
        happened_at=now,
        request_id=request_id or origin.request_id(),
        session_hash=origin.session_hash(),
        municipality_id=None if internal else getattr(obj, "municipality_id", None),
        office_id=None if internal else getattr(obj, "office_id", None),
    )


def log_many(events: Iterable[Event]) -> None:
    """Write the Events of many rows that were changed together. One query, none without events."""
    Event.objects.get_queryset().bulk_create(list(events))
