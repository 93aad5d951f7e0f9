"""The frame of every page: structure, menu, language, log-in and log-out, error pages, and what caches may keep."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.test import Client, override_settings
from django.urls import path, reverse
from django.utils.translation import get_language

from municipalities.errors import stopped
from municipalities.models import Municipality
from municipalities.transitions import WrongState
from municipalities.views import ScopedList, ScopedPage, ScopedView
from reform.urls import handler400, handler403, handler404, handler500
from reform.urls import urlpatterns as real_urls
from tests.world import PASSWORD

__all__ = ["handler400", "handler403", "handler404", "handler500"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class UnitPage(ScopedPage):
    """A page of one unit, for these tests."""

    right = "correction.propose"
    model = Municipality
    template_name = "pages/help.html"


class UnitList(ScopedList):
    """The units one sees, for these tests."""

    right = "register.read"
    model = Municipality
    template_name = "components/pager.html"
    page_size = 2

    def get_rows(self):
        return self.rows(Municipality).order_by("pk")


class Late(ScopedView):
    """Somebody was first, for these tests."""

    right = "home.read"

    def post(self, request):
        raise WrongState("Per Holm has sent it in.", state="submitted")


def language_of_the_request(request):
    return stopped(request, get_language(), "x")


def crumbs(request):
    page = (
        '{% extends "base.html" %}{% load portal %}{% block breadcrumbs %}{% crumb "A" "national_status" %}'
        '{% crumb "B" "work_list" %}{% crumb "C" %}{% endblock %}{% block heading %}C{% endblock %}'
    )
    return HttpResponse(Template(page).render(RequestContext(request)))


def broken(request):
    raise RuntimeError("secret detail")


def bad(request):
    raise SuspiciousOperation("secret detail")


def refused(request):
    raise PermissionDenied("You only read this report.")


urlpatterns = [
    path("prove/unit/<int:pk>/", UnitPage.as_view(), name="prove_unit"),
    path("prove/units/", UnitList.as_view(), name="prove_units"),
    path("prove/late/", Late.as_view(), name="prove_late"),
    path("prove/language/", language_of_the_request),
    path("prove/broken/", broken),
    path("prove/crumbs/", crumbs),
    path("prove/bad/", bad),
    path("prove/refused/", refused),
    *real_urls,
]


class Outline(HTMLParser):
    """What of a page these tests ask about: tags with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]


def read(client, url: str, status: int = 200, **extra) -> Outline:
    response = client.get(url, **extra)
    assert response.status_code == status, response.content[:500]
    outline = Outline(response.content.decode())
    outline.text = response.content.decode()
    return outline


@pytest.fixture
def as_user(world):
    def log_in(name: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(world.user(name))
        return client

    return log_in


PUBLIC_PAGES = ["account_login", "accessibility", "privacy", "help", "account_reset_password"]


@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_each_public_page_has_the_whole_frame(client, name):
    page = read(client, reverse(name))
    html, body = page.all("html")[0], page.all("body")[0]
    assert html["lang"] == "nb"
    assert (body["data-color-scheme"], body["data-color"], body["data-size"]) == ("light", "accent", "md")
    first_link = page.all("a")[0]
    assert (first_link["class"], first_link["href"]) == ("ds-skip-link", "#innhold")
    assert page.all("main") == [{"id": "innhold", "tabindex": "-1", "class": "frame page"}]
    assert len(page.all("h1")) == 1
    assert len(page.all("footer")) == 1
    assert {"/tilgjengelighet/", "/personvern/"} <= {link.get("href") for link in page.all("a")}


@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client, name):
    page = read(client, reverse(name))
    assert page.all("style") == []
    runs = [
        script for script in page.all("script") if script.get("type") != "application/json"
    ]  # a block of data does not
    assert all(script.get("src", "").startswith("/static/") for script in runs)
    for _tag, attrs in page.tags:
        assert "style" not in attrs
        assert not any(key.startswith("on") for key in attrs)
        assert not re.match(r"(https?:)?//", attrs.get("src") or attrs.get("href") or "")


def test_the_menu_follows_the_rights(as_user):
    def labels(name: str) -> set[str]:
        page = read(as_user(name), reverse("help"))
        return {link["href"] for link in page.all("a") if link.get("class") == "site-nav__link"}

    work, national, summaries = reverse("work_list"), reverse("national_status"), reverse("summary_list")
    units, risk, support = reverse("municipality_list"), reverse("risk_list"), reverse("support_list")
    networks, mended, own = reverse("network_list"), reverse("correction_list"), reverse("municipality_own")
    volumes = reverse("volume_list")
    status, regions, grants = reverse("round_status"), reverse("regional_list"), reverse("grants_home")
    # a menu of so many lines leaves the help to the foot of the page
    assert labels("editor-3004") == {reverse("municipality_home"), status, own, networks, support, grants}
    staff = {work, regions, units, networks, support, grants, volumes, mended, risk, reverse("access_municipalities")}
    assert labels("statsforvalter-oslo-og-viken") == staff
    rounds, notices = reverse("round_list"), reverse("notice_list")
    assert labels("hdir") == {
        reverse("rights"),
        national,
        rounds,
        units,
        work,
        regions,
        networks,
        support,
        grants,
        volumes,
        summaries,
        notices,
    }
    assert labels("hod") == {summaries, volumes, reverse("help")}
    assert labels("nobody") == {reverse("help")}


def test_the_header_says_who_and_where(as_user):
    assert "Fredrikstad" in read(as_user("editor-3004"), "/hjelp/").text
    assert "Statsforvalteren i Oslo og Viken" in read(as_user("statsforvalter-oslo-og-viken"), "/hjelp/").text
    assert "Kautokeino – Guovdageaidnu" in read(as_user("editor-5430"), "/hjelp/").text


def test_the_frame_asks_the_database_the_same_few_times_for_everybody(as_user, django_assert_num_queries):
    for name in ("editor-3004", "statsforvalter-oslo-og-viken", "hdir"):
        client = as_user(name)
        client.get("/hjelp/")
        with django_assert_num_queries(3):  # session, user, memberships; the unit's name is remembered
            client.get("/hjelp/")


def test_the_page_that_one_is_on_is_marked(as_user):
    page = read(as_user("hod"), "/hjelp/")
    current = [link for link in page.all("a") if link.get("aria-current") == "page"]
    assert {link["href"] for link in current} == {"/hjelp/"}


def test_the_breadcrumbs_begin_at_the_page_where_ones_work_is(as_user, client):
    def trail(reader, url: str) -> list[str]:
        nav = re.search(r'<nav class="ds-breadcrumbs".*?</nav>', read(reader, url).text, re.DOTALL)
        return re.findall(r'<li><a class="ds-link" href="([^"]*)"', nav[0]) if nav else []

    work = reverse("work_list")
    assert trail(as_user("statsforvalter-oslo-og-viken"), "/hjelp/") == [work, "/hjelp/"]
    assert trail(as_user("evaluator"), "/hjelp/") == [reverse("report_list"), "/hjelp/"]
    assert trail(client, "/hjelp/") == []  # a visitor has nothing above it
    units = as_user("hdir")  # a page that names the front page itself has it once
    assert trail(units, "/prove/crumbs/") == [reverse("national_status"), work, "/prove/crumbs/"]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("editor-3004", "municipality_home"),
        ("reader-030101", "municipality_home"),
        ("statsforvalter-oslo-og-viken", "work_list"),
        ("hdir", "national_status"),
        ("hod", "summary_list"),
        ("evaluator", "report_list"),
        ("ks-oslo-og-viken", "report_list"),
    ],
)
def test_the_front_door_leads_each_to_her_work(as_user, name, target):
    response = as_user(name).get("/")
    assert (response.status_code, response["Location"]) == (302, reverse(target))


# --- Language ---------------------------------------------------------------------------------------


def language(client, **headers) -> str:
    return read(client, "/hjelp/", headers=headers).all("html")[0]["lang"]


def test_a_visitor_gets_bokmal_and_can_choose_nynorsk(client):
    assert language(client) == "nb"
    response = client.post("/sprak/velg/", {"language": "nn", "next": "/hjelp/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/hjelp/?a=1")
    assert language(client) == "nn"


def test_a_visitor_without_a_choice_gets_what_the_browser_asks_for(client):
    assert language(client, **{"accept-language": "nn-NO,nn;q=0.9,en;q=0.5"}) == "nn"
    assert language(client, **{"accept-language": "en-GB,en;q=0.9"}) == "nb"


def test_the_choice_is_kept_on_the_user_for_her_mails(as_user, world):
    client = as_user("editor-3004")
    client.post("/sprak/velg/", {"language": "nn"})
    assert world.user("editor-3004").language == "nn"
    other_machine = as_user("editor-3004")
    assert language(other_machine) == "nn"
    assert Outline(other_machine.get("/finnes-ikke/").content.decode()).all("html")[0]["lang"] == "nn"


def test_the_cookie_of_this_machine_wins_over_the_user(as_user):
    client = as_user("editor-3004")
    client.post("/sprak/velg/", {"language": "nn"})
    client.cookies["portal_language"] = "nb"
    assert language(client) == "nb"


def test_a_language_that_is_not_there_changes_nothing(as_user, world):
    client = as_user("editor-3004")
    client.post("/sprak/velg/", {"language": "xx"})
    assert world.user("editor-3004").language == "nb"
    assert language(client) == "nb"


def test_the_choice_leads_to_no_other_site(client):
    response = client.post("/sprak/velg/", {"language": "nn", "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_the_choice_is_a_post_with_a_key():
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sprak/velg/", {"language": "nn"}).status_code == 403
    assert strict.get("/sprak/velg/?language=nn").status_code == 405


# --- In and out -------------------------------------------------------------------------------------


def test_a_visitor_is_sent_to_the_login_and_back(client, world):
    response = client.get("/konto/")
    assert response["Location"] == "/konto/login/?next=/konto/"
    data = {"login": "editor-3004", "password": PASSWORD, "next": "/konto/"}
    assert client.post("/konto/login/", data)["Location"] == "/konto/"


def test_one_can_log_in_with_the_e_mail_address(client, world):
    data = {"login": world.user("editor-3004").email, "password": PASSWORD}
    assert client.post("/konto/login/", data)["Location"] == "/"


def test_a_wrong_password_says_so_on_top_and_keeps_the_name(client, world):
    response = client.post("/konto/login/", {"login": "editor-3004", "password": "feil"})
    page = response.content.decode()
    assert "data-takes-focus" in page
    assert 'value="editor-3004"' in page
    assert "feil" not in re.findall(r'value="([^"]*)"', page)


def test_an_empty_login_ties_each_error_to_its_field(client):
    page = client.post("/konto/login/", {}).content.decode()
    for name in ("login", "password"):
        control = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
        assert f'aria-describedby="id_{name}_error"' in control
        assert f'id="id_{name}_error"' in page
        assert f'href="#id_{name}"' in page


def test_logging_out_is_a_post_from_the_header(as_user):
    client = as_user("editor-3004")
    page = read(client, "/hjelp/")
    assert {"method": "post", "action": "/konto/logout/"} in page.all("form")
    assert client.get("/konto/logout/").status_code == 200  # opening the address asks; it does not log out
    assert read(client, "/konto/").all("h1")
    assert client.post("/konto/logout/")["Location"] == "/konto/login/"
    assert client.get("/konto/").status_code == 302
    assert 'role="status"' in client.get("/konto/login/").content.decode()


def test_who_was_logged_out_is_told_that_nothing_is_lost(client):
    client.cookies["portal_session"] = "gone"
    response = client.get("/konto/")
    assert response["Location"].endswith("&utlopt=1")
    assert "ds-alert" in client.get(response["Location"]).content.decode()


def test_a_script_is_told_where_to_log_in(client):
    response = client.get("/konto/", headers={"accept": "application/json"})
    assert response.status_code == 401
    assert response.json()["code"] == "login"
    assert response.json()["links"][0]["url"].startswith("/konto/login/")


def test_htmx_is_led_to_the_login_and_back_to_its_page(client):
    url = "http://testserver/arbeidsliste/?visning=alle"
    response = client.get("/konto/", headers={"hx-request": "true", "hx-current-url": url})
    assert response["HX-Redirect"] == "/konto/login/?next=%2Farbeidsliste%2F%3Fvisning%3Dalle&utlopt=1"


@pytest.mark.parametrize("name", ["account", "account_change_password", "account_logout", "mfa_index"])
def test_pages_about_ones_login_are_in_the_frame(as_user, name):
    page = read(as_user("hdir"), reverse(name))
    assert len(page.all("h1")) == 1
    assert page.all("main")[0]["id"] == "innhold"


def test_what_concerns_the_login_asks_for_the_password_first(as_user):
    client = as_user("hdir")
    activate = reverse("mfa_activate_totp")
    response = client.get(activate)
    ask = response["Location"]
    assert ask.startswith(reverse("account_reauthenticate"))
    assert len(read(client, ask).all("h1")) == 1
    assert "ds-error-summary" in client.post(ask, {"password": "feil"}).content.decode()
    assert client.post(ask, {"password": PASSWORD})["Location"] == activate
    image = next(image for image in read(client, activate).all("img") if image["class"] == "qr")
    assert image["src"].startswith("data:image/svg+xml")
    assert image["alt"]


@override_settings(PORTAL_DEMO=True, PORTAL_DEMO_PASSWORD=PASSWORD)
def test_the_demo_lists_users_who_are_there(client, world):
    page = read(client, "/konto/login/").text
    assert "demo-strip" in page
    assert 'value="hdir"' in page
    assert 'value="kommune-3004"' not in page  # no such user in this world


@override_settings(PORTAL_DEMO=False, PORTAL_DEMO_PASSWORD=PASSWORD)
def test_a_real_site_shows_no_demo_users_and_no_strip(client, world):
    page = read(client, "/konto/login/").text
    assert "demo-user" not in page
    assert "demo-strip" not in page
    assert PASSWORD not in page


# --- Pages that stop --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "status"),
    [("/finnes-ikke/", 404), ("/prove/refused/", 403), ("/prove/bad/", 400), ("/prove/broken/", 500)],
)
@pytest.mark.parametrize("code", ["nb", "nn"])
def test_each_error_page_is_one_clear_page_in_the_readers_language(url, status, code):
    client = Client(raise_request_exception=False)
    client.cookies["portal_language"] = code
    page = read(client, url, status)
    assert page.all("html")[0]["lang"] == code
    assert len(page.all("h1")) == 1
    assert [link["href"] for link in page.all("a") if link.get("class") == "ds-button"] == ["/"]
    assert "secret detail" not in page.text
    if status == 403:
        assert "You only read this report." in page.text


def test_a_fault_of_ours_gives_its_number_and_asks_the_database_nothing(django_assert_num_queries):
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        response = client.get("/prove/broken/")
    assert response["X-Request-ID"] in response.content.decode()


def test_a_page_from_before_the_last_login_says_what_to_do(as_user, world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.user("editor-3004"))
    referer = {"referer": "http://testserver/hjelp/"}
    response = strict.post("/konto/logout/", {}, headers=referer)
    assert response.status_code == 403
    assert 'href="http://testserver/hjelp/"' in response.content.decode()
    elsewhere = strict.post("/konto/logout/", {}, headers={"referer": "https://evil.example/"})
    assert "evil.example" not in elsewhere.content.decode()


def test_an_address_that_only_a_button_uses(as_user):
    response = as_user("editor-3004").get("/prove/late/")
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert "<h1" in response.content.decode()


def test_somebody_was_first(as_user):
    client = as_user("editor-3004")
    response = client.post("/prove/late/")
    assert response.status_code == 409
    assert "Per Holm has sent it in." in response.content.decode()


def test_the_same_words_reach_a_script_and_htmx(as_user):
    client = as_user("editor-3004")
    answer = client.post("/prove/late/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["text"]) == (409, "Per Holm has sent it in.")
    part = client.post("/prove/late/", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Retarget"]) == (409, "#innhold")
    assert "<html" not in part.content.decode()
    assert "Per Holm has sent it in." in part.content.decode()


# --- Scoped views -----------------------------------------------------------------------------------


def test_a_view_without_a_right_is_refused_when_it_is_written():
    with pytest.raises(TypeError, match="which right"):
        type("Careless", (ScopedView,), {})
    with pytest.raises(TypeError, match="which right"):
        type("Misspelt", (ScopedPage,), {"right": "report.reed"})
    type("Base", (ScopedView,), {"abstract": True})  # a base for others names none


def test_outside_the_scope_404_inside_without_the_right_403(as_user, world):
    url = reverse("prove_unit", args=[world.unit("3004").pk])
    assert as_user("editor-3004").get(url).status_code == 200
    assert as_user("editor-3025").get(url).status_code == 404
    assert as_user("reader-3004").get(url).status_code == 403
    assert as_user("statsforvalter-oslo-og-viken").get(url).status_code == 403
    assert as_user("nobody").get(url).status_code == 403


def test_an_own_page_costs_one_question_for_its_object(as_user, world, django_assert_num_queries):
    client = as_user("editor-3004")
    url = reverse("prove_unit", args=[world.unit("3004").pk])
    client.get(url)
    with django_assert_num_queries(4):  # the frame's three and the object
        client.get(url)


def test_a_long_list_comes_a_page_at_a_time(as_user, rf):
    page = read(as_user("hdir"), "/prove/units/?visning=alle&side=2").text
    assert 'href="?visning=alle&amp;side=1"' in page
    assert 'href="?visning=alle&amp;side=3"' in page


# --- Caches -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/hjelp/", "/konto/", "/", "/finnes-ikke/"])
def test_no_cache_keeps_what_a_signed_in_person_sees(as_user, url):
    kept = as_user("editor-3004").get(url)["Cache-Control"]
    assert "no-store" in kept
    assert "private" in kept
