"""A person sees, takes along and corrects what is stored about herself, and nobody else's."""

from __future__ import annotations

import io
import json
import re

import openpyxl
import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from municipalities.models import Event, OutgoingMail, User
from municipalities.services.about_me import about_me, email_change_ask, flat, profile_correct
from municipalities.services.dated import EntryRefused
from municipalities.transitions import log
from tests.municipalities.test_national_ids import made

pytestmark = pytest.mark.django_db
GOOD = {"first_name": "Kari", "last_name": "Moen", "phone": "+47 22 33 44 55", "language": "nn"}


@pytest.fixture
def clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"


def test_what_is_stored_is_her_own(world, now):
    one, other = world.user("editor-3004"), world.user("editor-3025")
    OutgoingMail.objects.create(key="a", user=one, subject="To one", body="b", queued_at=now)
    OutgoingMail.objects.create(key="b", user=other, subject="To other", body="b", queued_at=now)
    stored = about_me(user=one, now=now)
    text = json.dumps(stored)
    assert "To one" in text and "To other" not in text and other.email not in text
    assert stored["profile"]["email"] == one.email and len(stored["memberships"]) == 1
    assert "password" not in text


def test_the_files_hold_all_of_it(client, world, clock, now):
    user = world.user("editor-3004")
    client.force_login(user)
    stored = client.get(reverse("about_me_file", args=["json"]))
    assert stored["Content-Disposition"].startswith("attachment") and "no-store" in stored["Cache-Control"]
    values = json.loads(stored.content)
    assert values["profile"]["email"] == user.email and len(values["sessions"]) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(reverse("about_me_file", args=["xlsx"])).content)).active
    cells = {row[0]: row[1] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert cells["profile email"] == user.email
    assert client.get(reverse("about_me_file", args=["pdf"])).status_code == 404


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_page_says_it_in_words(client, world, clock, now, language):
    """No date, code or name of a table as the database has it: these are for the files."""
    user = world.user("editor-3004")
    user.language = language
    user.save()
    log(user, "profile_corrected", actor=user, now=now)
    Authenticator.objects.create(user=user, type="totp", data={})
    OutgoingMail.objects.create(key="a", user=user, subject="S", body="b", queued_at=now)
    client.force_login(user)
    page = client.get(reverse("about_me")).content.decode()
    main = re.sub(r"<form.*?</form>", "", page[page.index("<main") : page.index("</main>")], flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", main)
    assert not re.search(r"\d{4}-\d\d-\d\d|profile_corrected|totp|municipality_editor|\w+\.\w+\.|uthenticator", text)
    assert "4. mai 2022" in text.replace("\xa0", " ")


def test_flat_loses_nothing():
    stored = {"a": {"b": [1, {"c": "x"}]}, "d": ""}
    assert list(flat(stored)) == [("a b 1", "1"), ("a b 2 c", "x"), ("d", "")]


def test_she_corrects_herself_and_the_trail_names_only_the_fields(world, now):
    user = world.user("editor-3004")
    assert set(profile_correct(user=user, now=now, **GOOD)) == set(GOOD)
    assert str(User.objects.get(pk=user.pk)) == "Kari Moen"
    event = Event.objects.get_queryset().get(name="profile_corrected")
    assert "Moen" not in event.note and "last_name" in event.note
    assert profile_correct(user=user, now=now, **GOOD) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("first_name", " "), ("last_name", "x" * 151), ("last_name", made("010190124")), ("phone", "ring meg"),
     ("phone", "1" * 31), ("language", "en"), ("first_name", "a\x00b")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(world, now, name, value):
    with pytest.raises(EntryRefused) as refused:
        profile_correct(user=world.user("editor-3004"), now=now, **{**GOOD, name: value})
    assert set(refused.value.faults) == {name}


def test_the_form_keeps_what_was_typed(client, world, clock):
    client.force_login(world.user("editor-3004"))
    page = client.post(reverse("about_me"), {**GOOD, "phone": "ring meg", "hva": "profil"})
    assert page.status_code == 422 and "ring meg" in page.content.decode()
    assert client.post(reverse("about_me"), {**GOOD, "hva": "profil"}).status_code == 302


def test_another_address_is_asked_for_once_a_day(client, world, clock, now):
    user = world.user("editor-3004")
    assert email_change_ask(user=user, email=" Ny@Kommune.example ", now=now) == 1
    email_change_ask(user=user, email="ny@kommune.example", now=now)
    mail = OutgoingMail.objects.get()
    assert mail.user.username == "hdir-admin" and "ny@kommune.example" in mail.body
    assert "ny@kommune.example" not in str(list(Event.objects.get_queryset().values()))
    for wrong in ("nobody", user.email):
        with pytest.raises(EntryRefused):
            email_change_ask(user=user, email=wrong, now=now)
    client.force_login(user)
    assert client.post(reverse("about_me"), {"email": "x", "hva": "adresse"}).status_code == 422


def test_one_without_a_role_sees_hers_too_and_a_visitor_logs_in(client, world, clock):
    assert client.get(reverse("about_me")).status_code == 302
    client.force_login(world.user("nobody"))
    assert client.get(reverse("about_me")).status_code == 200
