"""A municipality proposes a correction; who keeps the register answers; each gets a mail after the commit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied

from municipalities.access import RIGHTS
from municipalities.corrections_workflow import CORRECTION
from municipalities.models import CorrectionProposal, Event, Membership, OutgoingMail, Role
from municipalities.services.corrections import (
    TEXT_LENGTH,
    CorrectionInvalid,
    correction_answer,
    correction_propose,
    correction_withdraw,
)
from municipalities.transitions import NoteMissing, WrongState, perform
from tests.world import VIKEN

pytestmark = pytest.mark.django_db
REGION = {Role.STATSFORVALTER, Role.KS, Role.USHT}
EXPECTED = {
    "put_right": ({"open"}, "done", REGION | {Role.HDIR_ADMIN}),
    "decline": ({"open"}, "declined", REGION | {Role.HDIR_ADMIN}),
    "withdraw": ({"open"}, "withdrawn", {Role.MUNICIPALITY_EDITOR}),
}
USERS = {
    Role.MUNICIPALITY_EDITOR: "editor-3004",
    Role.MUNICIPALITY_READER: "reader-3004",
    Role.STATSFORVALTER: f"statsforvalter-{VIKEN}",
    Role.KS: f"ks-{VIKEN}",
    Role.USHT: f"usht-{VIKEN}",
    Role.HDIR: "hdir",
    Role.HDIR_ADMIN: "hdir-admin",
    Role.HOD: "hod",
    Role.EVALUATOR: "evaluator",
}


@pytest.fixture
def propose(world, now):
    def make(number="3004", about="support", text="Møtet 3. mars mangler.", username=None):
        return correction_propose(
            municipality=world.unit(number),
            about=about,
            text=text,
            actor=world.user(username or f"editor-{number}"),
            now=now,
        )

    return make


def in_state(proposal, state):
    CorrectionProposal.objects.get_queryset().filter(pk=proposal.pk).update(status=state)
    return CorrectionProposal.objects.get_queryset().get(pk=proposal.pk)


def test_the_table_is_exactly_this():
    table = {
        rule.name: (set(rule.source), rule.target, set(RIGHTS[rule.right].roles)) for rule in CORRECTION.transitions
    }
    assert table == EXPECTED
    assert set(CORRECTION.states) == set(CorrectionProposal.Status.values) == set(CORRECTION.wrong_state)
    assert {rule.name for rule in CORRECTION.transitions if rule.needs_note} == {"put_right", "decline"}
    assert all(not CORRECTION.open_to(state) for state in ("done", "declined", "withdrawn"))


@pytest.mark.parametrize("state", CorrectionProposal.Status.values)
@pytest.mark.parametrize("name", EXPECTED)
def test_every_transition_for_every_role_in_every_state(world, propose, now, name, state):
    sources, target, roles = EXPECTED[name]
    for role, username in USERS.items():
        proposal, _made = propose(text=f"{name} {role}")
        row = in_state(proposal, state)
        before = Event.objects.get_queryset().count()
        if state not in sources:
            with pytest.raises(WrongState) as refused:
                perform(CORRECTION, row, name, actor=world.user(username), now=now, note="x")
            assert refused.value.message == CORRECTION.wrong_state[state]
        elif role not in roles:
            with pytest.raises(PermissionDenied):
                perform(CORRECTION, row, name, actor=world.user(username), now=now, note="x")
        else:
            event = perform(CORRECTION, row, name, actor=world.user(username), now=now, note="x")
            row.refresh_from_db()
            assert (event.from_state, event.to_state, row.status) == (state, target, target)
            continue
        row.refresh_from_db()
        assert (row.status, Event.objects.get_queryset().count()) == (state, before)


def test_an_answer_needs_its_note(world, propose, now):
    proposal, _made = propose()
    for name in ("put_right", "decline"):
        with pytest.raises(NoteMissing):
            perform(CORRECTION, proposal, name, actor=world.user("hdir-admin"), now=now, note=" ")


@pytest.mark.parametrize("about", CorrectionProposal.About.values)
def test_ks_and_usht_answer_about_networks_and_support_only(world, propose, now, about):
    allowed = about in ("network", "support")
    for username in (f"ks-{VIKEN}", f"usht-{VIKEN}"):
        proposal, _made = propose(about=about, text=username)
        user = world.user(username)
        seen = CorrectionProposal.objects.visible_to(user, today=now.date()).filter(pk=proposal.pk)
        assert seen.exists() is allowed
        if allowed:
            assert correction_answer(proposal, "put_right", text="Rettet.", actor=user, now=now)
        else:
            with pytest.raises(PermissionDenied):
                correction_answer(proposal, "put_right", text="Rettet.", actor=user, now=now)


def test_who_sees_what(world, propose, today):
    own, _made = propose()
    other, _made = propose("5430", about="plan", text="Feil dato.")
    seen = {
        "editor-3004": {own}, "reader-3004": {own}, "editor-5430": {other}, f"statsforvalter-{VIKEN}": {own},
        f"ks-{VIKEN}": {own}, "ks-troms-og-finnmark": set(), "statsforvalter-troms-og-finnmark": {other},
        "hdir": {own, other}, "hdir-admin": {own, other}, "evaluator": set(), "hod": set(), "nobody": set(),
    }  # fmt: skip
    for username, expected in seen.items():
        rows = CorrectionProposal.objects.visible_to(world.user(username), today=today)
        assert set(rows) == expected, username


def test_another_office_and_another_municipality_may_not(world, propose, now):
    proposal, _made = propose()
    with pytest.raises(PermissionDenied):
        correction_answer(
            proposal, "decline", text="Nei.", actor=world.user("statsforvalter-troms-og-finnmark"), now=now
        )
    with pytest.raises(PermissionDenied):
        correction_withdraw(proposal, actor=world.user("editor-5430"), now=now)
    for username in ("reader-3004", "editor-5430", "hdir-admin", f"statsforvalter-{VIKEN}"):
        with pytest.raises(PermissionDenied):
            propose(text="En til.", username=username)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"text": "  \n "}, "text"), ({"text": "x" * (TEXT_LENGTH + 1)}, "text"), ({"about": "weather"}, "about")],
)
def test_what_is_wrong_is_told_at_its_field(propose, values, field):
    with pytest.raises(CorrectionInvalid) as invalid:
        propose(**values)
    assert list(invalid.value.faults) == [field]
    assert not CorrectionProposal.objects.get_queryset().exists()


def test_a_unit_that_is_no_more_gets_no_proposals(world, now):
    """The contact of Asker reads what Røyken left behind; what is wrong there she says at Asker."""
    with pytest.raises(CorrectionInvalid) as invalid:
        correction_propose(
            municipality=world.unit("0627"), about="plan", text="Feil.", actor=world.user("editor-3025"), now=now
        )
    assert list(invalid.value.faults) == ["about"]


def test_the_same_proposal_is_not_sent_twice_while_it_waits(world, propose, now):
    first, made = propose()
    again, made_again = propose(text=" Møtet 3. mars mangler.\n")
    assert (made, made_again, again) == (True, False, first)
    assert OutgoingMail.objects.count() == 1
    correction_withdraw(first, actor=world.user("editor-3004"), now=now)
    assert propose()[1] is True


def test_the_region_s_statsforvalter_is_told_after_the_commit(world, propose, django_capture_on_commit_callbacks):
    text = 'Vedtaket er fra 14. juni <b>2021</b> & "ikke" 2020.'
    with django_capture_on_commit_callbacks(execute=True):
        propose(about="plan", text=text)
        assert outbox.outbox == []
    [message] = outbox.outbox
    assert message.to == [f"statsforvalter-{VIKEN}@example.org"]
    assert "Fredrikstad" in message.subject
    assert text in message.body
    assert "/rettelser/" in message.body


def test_the_proposer_is_told_the_answer(world, propose, now, django_capture_on_commit_callbacks):
    proposal, _made = propose()
    with django_capture_on_commit_callbacks(execute=True):
        event = correction_answer(
            proposal, "decline", text="Møtet var i april.", actor=world.user(f"ks-{VIKEN}"), now=now
        )
    assert (event.note, event.municipality) == ("Møtet var i april.", world.unit("3004"))
    proposal.refresh_from_db()
    assert (proposal.status, proposal.answer, proposal.answered_by_name, proposal.answered_at) == (
        "declined", "Møtet var i april.", "Ks Testesen", now,
    )  # fmt: skip
    [message] = [one for one in outbox.outbox if one.to == ["editor-3004@example.org"]]
    assert "Møtet var i april." in message.body


def test_a_proposer_who_has_left_is_not_told_but_the_contacts_are(world, propose, now):
    proposal, _made = propose()
    Membership.objects.filter(user=world.users["editor-3004"]).update(valid_to=dt.date(2022, 5, 1))
    Membership.objects.create(
        user=world.users["nobody"], role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("3004"),
        valid_from=dt.date(2022, 5, 2),
    )  # fmt: skip
    OutgoingMail.objects.all().delete()
    correction_answer(proposal, "put_right", text="Rettet.", actor=world.user("hdir-admin"), now=now)
    assert [mail.user.username for mail in OutgoingMail.objects.all()] == ["nobody"]


@pytest.mark.parametrize(("outcome", "text", "field"), [("maybe", "x", "outcome"), ("decline", " ", "text")])
def test_an_answer_says_what_and_why(world, propose, now, outcome, text, field):
    proposal, _made = propose()
    with pytest.raises(CorrectionInvalid) as invalid:
        correction_answer(proposal, outcome, text=text, actor=world.user("hdir-admin"), now=now)
    assert list(invalid.value.faults) == [field]
    with pytest.raises(PermissionDenied):
        correction_answer(proposal, "decline", text="Nei.", actor=world.user("hdir"), now=now)
