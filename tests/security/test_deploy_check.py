"""``check --deploy`` stops a place that is open, and lets one pass that is closed."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from reform.checks import place_is_closed

KEY = "abcdefghijklmnopqrstuvwxyz0123456789" + "ABCDEFGHIJKLMNOPQRS"
POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql", "PASSWORD": "kLm9-qqW2-0xYt-77"}}
CLOSED = {
    "DATABASES": POSTGRES,
    "SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": [], "DEBUG": False, "PORTAL_INSECURE_HTTP": False,
    "PORTAL_DEMO": False, "PORTAL_DEMO_PASSWORD": "", "PORTAL_CLOCK": "", "ALLOWED_HOSTS": ["portal.example"],
    "CSRF_TRUSTED_ORIGINS": ["https://portal.example"], "REDIS_URL": "", "PORTAL_SECURITY_TXT_DAYS": 180,
}  # fmt: skip


@pytest.fixture
def place(settings, monkeypatch):
    """A closed place; what is given is changed."""

    def make(**changed):
        for name, value in {**CLOSED, **changed}.items():
            monkeypatch.setattr(settings._wrapped, name, value, raising=False)
        return [message.id for message in place_is_closed()]

    return make


def test_a_closed_place_passes(place):
    assert place() == []
    assert place(REDIS_URL="redis://redis:6379/0") == []
    assert place(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}}) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"SECRET_KEY": "short"}, "E001"),
        ({"SECRET_KEY": "a" * 80}, "E001"),
        ({"SECRET_KEY": "django-insecure-" + KEY}, "E001"),
        ({"SECRET_KEY_FALLBACKS": ["old"]}, "E001"),
        ({"DEBUG": True}, "E002"),
        ({"PORTAL_INSECURE_HTTP": True}, "E003"),
        ({"PORTAL_DEMO": True}, "E004"),
        ({"PORTAL_DEMO_PASSWORD": "demo"}, "E004"),
        ({"PORTAL_CLOCK": "2022-05-04"}, "E005"),
        ({"ALLOWED_HOSTS": []}, "E006"),
        ({"ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"]}, "E006"),
        ({"ALLOWED_HOSTS": ["*"]}, "E007"),
        ({"ALLOWED_HOSTS": [".portal.example"]}, "E007"),
        ({"CSRF_TRUSTED_ORIGINS": ["http://portal.example"]}, "E008"),
        ({"DATABASES": {"default": {**POSTGRES["default"], "PASSWORD": "portal"}}}, "E009"),
        ({"DATABASES": {"default": {**POSTGRES["default"], "PASSWORD": ""}}}, "E009"),
        ({"REDIS_URL": "redis://cache.example:6379/0"}, "E010"),
        ({"PORTAL_SECURITY_TXT_DAYS": 365}, "E011"),
    ],
)
def test_each_opening_is_found(place, changed, found):
    assert place(**changed) == [f"portal.{found}"]


def test_the_command_fails_on_it(place):
    place(PORTAL_DEMO=True)
    with pytest.raises(SystemCheckError, match=r"portal\.E004"):
        call_command("check", deploy=True, fail_level="ERROR")
