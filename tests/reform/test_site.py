"""Health, headers, request ids and private pages."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.urls import path, reverse
from rest_framework.authtoken.models import Token

from reform import health
from reform.urls import urlpatterns as real_urls


def echo(request):
    """A page that says when it was asked, and looks at who asks."""
    who = request.user.pk or 0
    return HttpResponse(f"{request.now.isoformat()} {request.today.isoformat()} {request.request_id} {who}")


urlpatterns = [*real_urls, path("prove/", echo)]


@pytest.fixture
def person(db):
    return get_user_model().objects.create_user("kari", "kari@kommune.example", "et langt passord")


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz")  # no database is allowed in this test
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_each_service(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "cache": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_readyz_says_503_and_no_more_when_a_service_is_away(client, monkeypatch, caplog):
    def fail():
        raise RuntimeError("password=hemmelig")

    monkeypatch.setitem(health.CHECKS, "broker", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["broker"] == "failed"
    assert b"hemmelig" not in response.content
    assert "not ready" in caplog.text


def test_every_page_carries_the_security_headers(client):
    headers = client.get("/healthz").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "img-src 'self' data:" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_request_gets_an_id_that_the_log_holds_too(client, caplog):
    with caplog.at_level(logging.INFO, "portal.request"):
        response = client.get("/healthz", {"navn": "Kari Nordmann"})
    request_id = response.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", request_id)
    line = caplog.records[-1].msg
    assert (line["request_id"], line["path"], line["status"]) == (request_id, "/healthz", 200)
    assert "Nordmann" not in json.dumps(line, default=str)


@pytest.mark.parametrize(("offered", "kept"), [("proxy-1234", True), ("x", False), ("a" * 65, False)])
def test_the_proxys_id_is_kept_when_well_formed(client, offered, kept):
    response = client.get("/healthz", headers={"X-Request-ID": offered})
    assert (response.headers["X-Request-ID"] == offered) is kept


def test_an_id_cannot_forge_a_line_of_the_log(client):
    response = client.get("/healthz", headers={"X-Request-ID": "good-id\n{forged}"})
    assert "forged" not in response.headers["X-Request-ID"]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_request_has_one_moment_in_oslo(client):
    moment, day, *_ = client.get("/prove/").content.decode().split()
    assert dt.datetime.fromisoformat(moment).utcoffset() in (dt.timedelta(hours=1), dt.timedelta(hours=2))
    assert moment.startswith(day)


@pytest.mark.urls(__name__)
def test_no_cache_keeps_a_page_however_one_signs_in(client, person):
    token = {"Authorization": f"Token {Token.objects.create(user=person)}"}
    pages = [client.get("/prove/", headers=token)]
    client.force_login(person)
    pages.append(client.get("/prove/"))
    for page in pages:
        assert "no-store" in page.headers["Cache-Control"]
        assert "private" in page.headers["Cache-Control"]


@pytest.mark.urls(__name__)
def test_a_sign_of_life_is_written_once_a_minute(client, person, settings):
    client.force_login(person)
    assert settings.SESSION_COOKIE_NAME in client.get("/prove/").cookies  # renewed
    assert settings.SESSION_COOKIE_NAME not in client.get("/prove/").cookies  # but not each time
    session = client.session
    session["seen"] -= 61
    session.save()
    assert settings.SESSION_COOKIE_NAME in client.get("/prove/").cookies


@pytest.mark.django_db
def test_nobody_signs_up(client):
    before = get_user_model().objects.count()
    client.post(
        reverse("account_signup"),
        {"username": "ny", "email": "ny@x.example", "password1": "et langt passord", "password2": "et langt passord"},
    )
    assert get_user_model().objects.count() == before


@pytest.mark.parametrize("login", ["kari", "kari@kommune.example"])
def test_a_person_signs_in_with_name_or_address(client, person, login):
    response = client.post(reverse("account_login"), {"login": login, "password": "et langt passord"})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_guessing_a_password_is_stopped(client, person, settings):
    answers = {
        client.post(reverse("account_login"), {"login": "kari", "password": f"feil {n}"}).status_code for n in range(12)
    }
    client.post(reverse("account_login"), {"login": "kari", "password": "et langt passord"})
    assert "_auth_user_id" not in client.session, answers


def test_the_admin_is_not_shown_to_others(client, person):
    client.force_login(person)
    assert client.get("/admin/").status_code in (302, 404)
