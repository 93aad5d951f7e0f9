"""Login and reset: the same answer and work for known and unknown, counted for account and address, weak passwords."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from municipalities.models import OutgoingMail, PasswordWish, User
from municipalities.services.local_accounts import password_wish_settle
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
LIMITS = dict.fromkeys(("login_account_here", "login_account", "login_address"), (1000, 300))


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"


def plain(answer) -> str:
    """A page without its tokens and without what was typed."""
    return re.sub(
        r'(name="csrfmiddlewaretoken" value|id="id_(?:login|email)" value|value)="[^"]*"', "", answer.content.decode()
    )


@pytest.fixture
def hashed(monkeypatch):
    """How often a password was hashed."""
    calls = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: calls.append(1) or encode(*a, **k))
    return calls


def test_a_wrong_password_and_an_unknown_name_cannot_be_told_apart(client, world, hashed):
    without, closed = world.user("reader-3004"), world.user("reader-3025")
    without.set_unusable_password()
    without.save()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    seen = []
    for name in (
        "editor-3004", world.user("editor-3004").email, "EDITOR-3004", without.email, closed.email, "nobody-such",
        "nobody@such.example",
    ):  # fmt: skip
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/konto/login/", {"login": name, "password": "feil-passord-helt"})
        shapes = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        seen.append((answer.status_code, plain(answer), len(hashed), shapes))
    assert seen[0][2] == 1
    for one in seen[1:]:
        assert one == seen[0]


def test_a_reset_answers_the_same_and_looks_afterwards(client, world, hashed, django_capture_on_commit_callbacks):
    seen = []
    for email in (world.user("editor-3004").email, "nobody@such.example", world.user("editor-3004").email.upper()):
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks() as later:
            answer = client.post("/konto/password/reset/", {"email": email})
        assert not OutgoingMail.objects.exists() and len(later) == 1  # all of it comes after the answer
        shapes = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        seen.append((answer.status_code, answer["Location"], len(hashed), shapes))
    assert all(one == seen[0] for one in seen)


def test_a_wish_is_settled_once_and_forgotten(world, now):
    user = world.user("editor-3004")
    without = world.user("reader-3004")
    without.set_unusable_password()
    without.save()
    for email, mails in ((user.email.upper(), 1), ("nobody@such.example", 0), (without.email, 0)):
        wish = PasswordWish.objects.create(email=email, asked_at=now)
        assert password_wish_settle(pk=wish.pk, now=now) == mails
        assert password_wish_settle(pk=wish.pk, now=now) == 0
    assert not PasswordWish.objects.exists()
    letter = OutgoingMail.objects.get()
    assert letter.user == user and "/konto/password/reset/key/" in letter.body


def test_the_link_of_a_reset_changes_the_password(client, world, now):
    user = world.user("editor-3004")
    password_wish_settle(pk=PasswordWish.objects.create(email=user.email, asked_at=now).pk, now=now)
    path = re.search(r"(/konto/password/reset/key/\S+)", OutgoingMail.objects.get().body)[1]
    page = client.get(path, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "kveldsmat-og-te", "password2": "kveldsmat-og-te"})
    user.refresh_from_db()
    assert user.check_password("kveldsmat-og-te")


class TestLimits:
    def login(self, client, name="editor-3004", password="feil", **more):
        return client.post("/konto/login/", {"login": name, "password": password}, **more)

    def stopped(self, answer) -> bool:
        form = answer.context and answer.context.get("form")
        return bool(form) and any(
            fault.code == "too_many" for faults in form.errors.as_data().values() for fault in faults
        )

    @pytest.fixture(autouse=True)
    def _limits(self, settings, world):
        self.settings, self.world = settings, world
        settings.PORTAL_LIMITS = {**settings.PORTAL_LIMITS, "login_account_here": (3, 300), "login_account": (6, 300),
                                  "login_address": (8, 300)}  # fmt: skip

    def test_an_account_is_closed_to_an_address_and_opens_again(self, client):
        for _try in range(3):
            assert not self.stopped(self.login(client))
        answer = self.login(client, password=PASSWORD)
        assert self.stopped(answer) and "5" in str(answer.context["form"].errors)  # in five minutes
        self.settings.PORTAL_CLOCK = "2022-05-04T09:05:30+02:00"
        assert self.login(client, password=PASSWORD).status_code == 302

    def test_its_other_names_are_the_same_account(self, client):
        for name in ("editor-3004", "EDITOR-3004", self.world.user("editor-3004").email):
            self.login(client, name)
        assert self.stopped(self.login(client, " Editor-3004 "))

    def test_she_gets_in_from_elsewhere_meanwhile(self, client):
        for _try in range(4):
            self.login(client)
        assert self.login(client, password=PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302

    def test_many_addresses_together_are_stopped_but_not_her_own(self, client):
        assert self.login(client, password=PASSWORD, REMOTE_ADDR="10.1.1.1").status_code == 302
        client.post("/konto/logout/")
        for number in range(6):
            self.login(client, REMOTE_ADDR=f"10.0.0.{number}")
        assert self.stopped(self.login(client, REMOTE_ADDR="10.0.0.99"))
        assert self.login(client, password=PASSWORD, REMOTE_ADDR="10.1.1.1").status_code == 302

    def test_an_address_is_stopped_over_all_accounts(self, client):
        for number in range(8):
            self.login(client, f"name-{number}")
        assert self.stopped(self.login(client, "somebody-else"))
        assert not self.stopped(self.login(client, "somebody-else", REMOTE_ADDR="10.0.0.9"))

    def test_what_was_right_does_not_count(self, client):
        for _try in range(10):
            assert self.login(client, password=PASSWORD).status_code == 302
            client.post("/konto/logout/")

    def test_without_a_proxy_a_header_moves_nobody(self, client):
        self.settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
        for number in range(8):
            self.login(client, f"name-{number}", headers={"x-forwarded-for": f"10.9.9.{number}"})
        assert self.stopped(self.login(client, "x", headers={"x-forwarded-for": "10.9.9.77"}))

    def test_behind_the_proxy_only_its_own_entry_counts(self, client):
        self.settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for number in range(8):
            forged = f"10.9.9.{number}, 203.0.113.7"  # what the caller wrote, and what our proxy wrote behind it
            self.login(client, f"name-{number}", headers={"x-forwarded-for": forged})
        assert self.stopped(self.login(client, "x", headers={"x-forwarded-for": "192.0.2.1, 203.0.113.7"}))
        other = {"x-forwarded-for": "203.0.113.7, 203.0.113.8"}
        assert not self.stopped(self.login(client, "x", headers=other))

    def test_resets_are_counted_for_known_and_unknown_alike(self, client):
        self.settings.PORTAL_LIMITS = {**self.settings.PORTAL_LIMITS, "reset_account": (2, 900)}
        for email in (self.world.user("editor-3004").email, "nobody@such.example"):
            answers = [client.post("/konto/password/reset/", {"email": email}) for _try in range(3)]
            assert [answer.status_code for answer in answers] == [302, 302, 200]
            assert self.stopped(answers[2])


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("Fredrikstad2024!", True),
        ("fredrik-stad-2022-", True),
        ("LeveHeleLivet123", True),
        ("Oslo og Viken 1234", True),
        ("kveldsmat-i-fredrikstad", False),
        ("Trondheim-kommune-22", False),
        ("kveldsmat-og-kaffe", False),
    ],
)
def test_a_password_is_not_the_name_of_ones_place(world, password, weak):
    user = world.user("statsforvalter-oslo-og-viken" if "Viken" in password else "editor-3004")
    try:
        validate_password(password, user)
    except ValidationError as refused:
        assert weak and "password_place_name" in [fault.code for fault in refused.error_list]
    else:
        assert not weak


@pytest.mark.services
def test_the_limit_holds_when_many_try_at_once(settings):
    """In the shared cache, by tries that come in the same moment from several threads."""
    from concurrent.futures import ThreadPoolExecutor

    from reform.limits import TooMany, spend

    settings.PORTAL_LIMITS = {"login_account": (5, 300)}

    def one(_number: int) -> bool:
        try:
            spend(("login_account", "user:1"), moment=1000.0)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 5
