"""The pages of proposed corrections, from the municipality's proposal to the answer that it reads."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import CorrectionProposal
from municipalities.services.corrections import correction_answer, correction_propose
from municipalities.views.corrections import NAMES_TODAY
from tests.world import VIKEN

pytestmark = pytest.mark.django_db
STAFF = f"statsforvalter-{VIKEN}"


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def as_user(client, world):
    def login(username):
        client.force_login(world.user(username))
        return client

    return login


@pytest.fixture
def propose(world, now):
    def make(number="3004", about="support", text="Møtet 3. mars mangler."):
        return correction_propose(
            municipality=world.unit(number), about=about, text=text, actor=world.user(f"editor-{number}"), now=now
        )[0]

    return make


def text_of(response):
    return response.content.decode()


def new(number="3004"):
    return reverse("correction_new", args=[number])


def test_a_contact_proposes_and_reads_the_answer(as_user, world):
    client = as_user("editor-3004")
    page = text_of(client.get(new(), {"om": "stotte"}))
    assert 'value="support" id="id_about_4" checked' in page
    response = client.post(new(), {"about": "plan", "text": "Saksnummeret er 45/21 <b>."})
    proposal = CorrectionProposal.objects.get_queryset().get()
    assert response.url == reverse("correction_detail", args=[proposal.pk])
    page = text_of(client.get(response.url))
    assert "Saksnummeret er 45/21 &lt;b&gt;." in page
    assert reverse("correction_withdraw", args=[proposal.pk]) in page
    assert reverse("correction_answer", args=[proposal.pk]) not in page

    client = as_user(STAFF)
    assert "Fredrikstad" in text_of(client.get(reverse("correction_list")))
    answer = reverse("correction_answer", args=[proposal.pk])
    assert answer in text_of(client.get(response.url))
    assert client.post(answer, {"outcome": "put_right", "text": "Rettet i dag."}).url == response.url

    page = text_of(as_user("reader-3004").get(response.url))
    assert "Rettet i dag." in page
    assert reverse("correction_withdraw", args=[proposal.pk]) not in page
    assert "45/21" in text_of(as_user("editor-3004").get(new()))


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"about": "plan", "text": "  "}, ["text"]),
        ({"text": "Feil dato"}, ["about"]),
        ({"about": "weather", "text": "Feil dato"}, ["about"]),
        ({"about": "plan", "text": "x" * 2001}, ["text"]),
    ],
)
def test_what_was_written_is_kept(as_user, data, fields):
    response = as_user("editor-3004").post(new(), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == fields
    assert data["text"].strip() in text_of(response)
    assert not CorrectionProposal.objects.get_queryset().exists()


def test_old_numbers_lead_to_the_unit_of_today_and_others_are_not_there(as_user):
    client = as_user("editor-3004")
    assert client.get(new("0106")).url == new("3004")
    assert client.get(new("9999")).status_code == client.get(new("5430")).status_code == 404
    assert as_user("reader-3004").get(new()).status_code == 403
    merged = as_user("editor-3025").post(new("0627"), {"about": "plan", "text": "Feil."})
    assert merged.status_code == 422


def test_the_answer_needs_both_what_and_why(as_user, propose):
    answer = reverse("correction_answer", args=[propose().pk])
    response = as_user(STAFF).post(answer, {"outcome": "", "text": "Jeg har rettet det."})
    assert response.status_code == 422
    assert "Jeg har rettet det." in text_of(response)
    assert list(response.context["form"].errors) == ["outcome"]
    assert list(as_user(STAFF).post(answer, {"outcome": "decline"}).context["form"].errors) == ["text"]


def test_two_answers_at_once_lose_nothing(as_user, propose, world, now):
    proposal = propose()
    correction_answer(proposal, "put_right", text="Rettet av KS.", actor=world.user(f"ks-{VIKEN}"), now=now)
    answer = reverse("correction_answer", args=[proposal.pk])
    response = as_user(STAFF).post(answer, {"outcome": "decline", "text": "Det stemmer alt."})
    assert response.status_code == 409
    assert "Rettet av KS." in text_of(response)
    assert "Det stemmer alt." in text_of(response)
    proposal.refresh_from_db()
    assert proposal.status == "done"
    withdraw = reverse("correction_withdraw", args=[proposal.pk])
    assert as_user("editor-3004").post(withdraw).status_code == 409


def test_a_proposal_is_withdrawn_while_it_waits(as_user, propose):
    proposal = propose()
    as_user("editor-3004").post(reverse("correction_withdraw", args=[proposal.pk]))
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
    assert reverse("correction_answer", args=[proposal.pk]) not in text_of(
        as_user(STAFF).get(reverse("correction_detail", args=[proposal.pk]))
    )


def test_the_list_has_views_filters_and_an_order(as_user, propose, world, now):
    first, second = propose(text="ÆRLIG feil"), propose("3025", "plan", "Feil dato")
    third = propose("5430", "network", "Feil nettverk")
    correction_answer(third, "decline", text="Nei.", actor=world.user("hdir-admin"), now=now)
    client = as_user("hdir-admin")

    def found(**query):
        return [row.pk for row in client.get(reverse("correction_list"), query).context["rows"]]

    assert found() == [first.pk, second.pk]
    assert found(utvalg="besvart") == [third.pk]
    assert set(found(utvalg="alle")) == {first.pk, second.pk, third.pk}
    assert found(om="plan") == found(sok="Asker") == found(sok="3025") == [second.pk]
    assert found(sok="ærlig") == [first.pk]
    assert found(utvalg="alle", embete="troms-og-finnmark") == found(utvalg="alle", sok="Guovda") == [third.pk]
    assert found(sorter="kommune") == [second.pk, first.pk]
    assert found(sorter="-kommune") == [first.pk, second.pk]
    assert found(utvalg="x", om="y", sorter="z", side="q") == found()
    counts = [count for _label, count, _url, _now in client.get(reverse("correction_list")).context["views"]]
    assert counts == [2, 1, 3]


def test_each_sees_her_own_and_ks_only_what_it_answers(as_user, propose):
    propose(text="En støtte"), propose(about="plan", text="En plan"), propose("5430", text="I nord")
    seen = {
        "editor-3004": ["En plan", "En støtte"], "reader-3004": ["En plan", "En støtte"],
        STAFF: ["En plan", "En støtte"], f"ks-{VIKEN}": ["En støtte"], "evaluator": [],
        "editor-5430": ["I nord"],
    }  # fmt: skip
    for username, texts in seen.items():
        rows = as_user(username).get(reverse("correction_list")).context["rows"]
        assert sorted(row.text for row in rows) == texts, username


def test_the_list_goes_to_csv_and_excel(as_user, propose):
    propose(text="=1+1")
    client = as_user(STAFF)
    body = client.get(reverse("correction_file", args=["csv"])).content.decode("utf-8-sig")
    [_heads, row] = csv.reader(io.StringIO(body), delimiter=";")
    assert (row[0], row[1], row[4], row[6]) == ("3004", "Fredrikstad", "'=1+1", "2022-05-04")
    assert client.get(reverse("correction_file", args=["xlsx"])).content[:2] == b"PK"
    assert row[-1].endswith("04.05.2022")  # whose borders
    assert str(NAMES_TODAY) in client.get(reverse("correction_list")).content.decode()
    assert client.get(reverse("correction_file", args=["doc"])).status_code == 404


def test_more_proposals_take_no_more_queries(as_user, propose):
    propose()
    client = as_user(STAFF)

    def count(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    urls = [reverse("correction_list"), reverse("correction_file", args=["csv"])]
    before = [count(url) for url in urls]
    for number in range(8):
        propose("3025", text=f"Nummer {number}")
    assert [count(url) for url in urls] == before
    assert max(before) <= 8
