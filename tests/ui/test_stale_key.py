"""A form with a safety key out of date keeps what was typed, for her who typed it; error pages give a case number."""

from __future__ import annotations

import html
import re

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import path
from django.utils.translation import gettext as _

from municipalities.errors import stopped
from municipalities.resend import FIELDS, LETTERS
from reform.urls import handler400, handler403, handler404, handler429, handler500
from reform.urls import urlpatterns as real_urls
from tests.world import PASSWORD

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
SECRET = "postgres://portal:hemmelig@10.0.0.7/portal"
FORM = "/prove/form/?%C3%A5r=2021&b=%3Cb%3E"


def form(request):
    """A page with a form, for these tests; a POST that gets in says what came."""
    if request.method == "GET":
        return HttpResponse(get_token(request))
    found = [f"{name}={value}" for name, values in sorted(request.POST.lists()) for value in values]
    return HttpResponse("|".join(part for part in found if not part.startswith("csrf")))


def raises(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("prove/form/", form),
    path("konto/prove/", form),
    path("prove/500/", raises(RuntimeError(SECRET))),
    path("prove/400/", raises(SuspiciousOperation(SECRET))),
    path("prove/404/", raises(Http404(SECRET))),
    path("prove/403/", raises(PermissionDenied())),
    path("prove/413/", raises(RequestDataTooBig(SECRET))),
    path("prove/409/", lambda request: stopped(request, "x", "y")),
    path("prove/429/", lambda request: handler_of_429(request)),
    path("api/v1/prove/500/", raises(RuntimeError(SECRET))),
    *real_urls,
]


def handler_of_429(request):
    """As allauth does it."""
    from allauth.core.ratelimit import respond_429

    return respond_429(request)


def log_in(client, username="editor-3004"):
    key = client.get("/konto/login/").cookies["portal_csrf"].value
    client.post("/konto/login/", {"login": username, "password": PASSWORD}, headers={"X-CSRFToken": key})
    return client.get("/prove/form/").content.decode()


@pytest.fixture
def old(world, settings):
    """A browser that has logged out and in since the page with the form was opened, and that page's key."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
    client = Client(enforce_csrf_checks=True)
    key = log_in(client)
    client.logout()
    log_in(client)
    client.key = key
    return client


def send(client, data, url=FORM, **headers):
    told = {"Origin": "http://testserver", "Referer": f"http://testserver{url.split('?')[0]}", **headers}
    return client.post(url, {"csrfmiddlewaretoken": client.key, **data}, headers=told)


def fields(page):
    """The form of the page, as a browser would send it."""
    text = page.content.decode()
    body = text[text.index("data-not-kept") :]
    found = re.findall(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', body, re.S)
    found += re.findall(r'name="(csrfmiddlewaretoken)" value="([^"]*)"', body)[:1]
    sent: dict[str, list[str]] = {}
    for name, value in found:
        sent.setdefault(html.unescape(name), []).append(html.unescape(value))
    return sent


# --- The form again ---------------------------------------------------------------------------------------


TYPED = {"text": "Første linje\nandre </textarea><script>alert(1)</script> & «æøå»", "many": ["a", "b"], "empty": ""}


def test_the_form_comes_again_whole_and_can_be_sent(old):
    page = send(old, TYPED)
    text = page.content.decode()
    assert page.status_code == 403 and "<script>alert" not in text and 'data-typed-lost="/prove/form/' in text
    action = html.unescape(re.search(r'class="stack" action="([^"]+)"', text)[1])
    assert action == FORM
    again = old.post(action, fields(page), headers={"Referer": "http://testserver/prove/form/"})
    assert again.content.decode() == f"empty=|many=a|many=b|text={TYPED['text']}"


def test_what_she_reads_is_what_she_wrote_and_not_marks_of_rows(old):
    page = send(old, {"text": "Vi trenger mer tid", "seen": "d41d8cd98f00b204", "kind": "own_plan", "count": "1 200,5"})
    assert page.context["unsent"].typed == ["Vi trenger mer tid"]


def test_files_are_to_be_chosen_again(old):
    page = send(old, {"text": "Vedlagt", "file": SimpleUploadedFile("ark <1>.xlsx", b"x")})
    text = page.content.decode()
    assert "ark &lt;1&gt;.xlsx" in text and 'type="file" name="file"' in text and "multipart/form-data" in text


def test_another_user_s_form_is_never_shown(world, old):
    old.logout()
    log_in(old, "editor-3025")
    page = send(old, TYPED)
    assert page.status_code == 403 and "linje" not in page.content.decode()


def test_one_who_is_logged_out_sees_nothing_of_it_and_is_told_to_log_in(old):
    old.logout()
    old.cookies.pop("portal_csrf", None)
    page = send(old, TYPED)
    assert page.status_code == 403 and "linje" not in page.content.decode()
    words = _("Log in, and go to the page again: it puts back what you typed, where this browser has kept it.")
    assert words in html.unescape(page.content.decode())


@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "https://evil.example", "Referer": ""},
        {"Origin": "null", "Referer": "http://testserver/prove/form/"},
        {"Origin": "", "Referer": "https://evil.example/"},
        {"Origin": "", "Referer": ""},
        {"Origin": "http://[", "Referer": ""},
        {"Origin": "http://testserver.evil.example", "Referer": ""},
    ],
)
def test_a_form_from_elsewhere_is_never_shown(old, told):
    page = send(old, TYPED, **told)
    assert page.status_code == 403 and "linje" not in page.content.decode()


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "A" * 64, "æ" * 64, "A" * 5000])
def test_a_key_of_nobody_s_page_shows_nothing(old, key):
    old.key = key
    page = send(old, TYPED)
    assert page.status_code == 403 and "linje" not in page.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"text": "linje", "password1": "kveldsmat"},
        {"text": "linje" * (LETTERS // 5 + 1)},
        {f"linje{number}": "x" for number in range(FIELDS + 1)},
        {},
    ],
)
def test_secrets_and_too_much_are_not_given_back(old, data):
    page = send(old, data)
    assert page.status_code == 403 and "linje" not in page.content.decode() and "kveldsmat" not in page.content.decode()


def test_the_account_s_own_forms_are_not_given_back(old):
    assert "linje" not in send(old, TYPED, "/konto/prove/").content.decode()


def test_an_address_with_two_slashes_stays_ours(old):
    page = send(old, TYPED, "//evil.example/prove/")
    assert 'action="//' not in page.content.decode()


# --- Scripts ------------------------------------------------------------------------------------------------


def test_a_script_gets_json_with_the_new_key(old):
    answer = send(old, {"text": "x"}, Accept="application/json")
    body = answer.json()
    assert (answer.status_code, body["code"], body["id"]) == (403, "csrf", answer["X-Request-ID"])
    sent = {"csrfmiddlewaretoken": body["token"], "text": "x"}
    assert old.post(FORM, sent, headers={"Referer": "http://testserver/"}).content == b"text=x"
    old.logout()
    log_in(old, "editor-3025")
    assert send(old, {"text": "x"}, Accept="application/json").json()["token"] == ""


def test_htmx_leaves_the_page_as_it_stands(old):
    answer = send(old, {"text": "linje"}, **{"HX-Request": "true"})
    assert answer["HX-Reswap"].startswith("afterbegin") and answer["HX-Retarget"] == "#innhold"
    assert "portal:key" in answer["HX-Trigger"] and "<html" not in answer.content.decode()


# --- Error pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_each_gives_its_case_number_and_nothing_of_the_inside(settings, status, accept):
    assert settings.DEBUG is False
    client = Client(raise_request_exception=False)
    answer = client.get(f"/prove/{status}/", headers={"Accept": accept})
    number, text = answer["X-Request-ID"], answer.content.decode()
    assert answer.status_code == status and number in text
    assert not any(word in text for word in (SECRET, "hemmelig", "Traceback", "RuntimeError", "Suspicious", __file__))
    if accept == "application/json":
        assert answer.json()["id"] == number
    else:
        assert "<h1" in text and 'class="case-number"' in text


def test_an_address_that_takes_other_calls_gives_one_too():
    answer = Client().get("/sprak/velg/")
    assert answer.status_code == 405 and answer["X-Request-ID"] in answer.content.decode()


def test_the_api_answers_in_json_also_when_it_breaks():
    client = Client(raise_request_exception=False)
    broken, gone = client.get("/api/v1/prove/500/"), client.get("/api/v1/finnes-ikke/")
    assert (broken.status_code, broken.json()["id"]) == (500, broken["X-Request-ID"])
    assert (gone.status_code, gone.json()["id"]) == (404, gone["X-Request-ID"])
    assert SECRET not in broken.content.decode()
