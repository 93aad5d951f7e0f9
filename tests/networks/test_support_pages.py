"""The pages of support: fast to enter, what was typed is kept, and each sees what is hers."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from networks.models import SupportActivity
from networks.services.support import Support, support_change, support_give
from tests.world import VIKEN

pytestmark = pytest.mark.django_db
D = dt.date
KS = f"ks-{VIKEN}"


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def as_user(client, world):
    def login(username=KS):
        client.force_login(world.user(username))
        return client

    return login


@pytest.fixture
def give(world, now):
    def make(*numbers, actor=KS, office=VIKEN, **values):
        units = tuple(world.unit(number).pk for number in numbers)
        support = Support(
            **{
                "office": world.office(office), "kind": "course", "provider": "usht", "on": D(2022, 3, 1),
                "units": units, **values,
            }
        )  # fmt: skip
        return support_give(support, actor=world.user(actor), now=now).activity

    return make


def line(**values):
    return {
        "on": "1.3.2022", "kind": "course", "provider": "usht", "to": "noen", "units_text": "3004; asker", **values
    }  # fmt: skip


def every():
    return SupportActivity.objects.across_all(reason="test").order_by("pk")


def text_of(response):
    return response.content.decode()


def test_a_line_is_saved_and_the_page_is_ready_for_the_next_of_the_same_day(as_user, world):
    client = as_user()
    page = text_of(client.get(reverse("support_new")))
    assert 'value="4.5.2022"' in page
    assert '<option value="ks" selected>' in page
    response = client.post(reverse("support_new"), line(solutions=["1.1"], title="Mat", note="God stemning"))
    assert response.status_code == 302
    row = every().get()
    assert set(row.municipalities.all()) == {world.unit("3004"), world.unit("3025")}
    assert (row.on, row.title, row.note, row.office.key) == (D(2022, 3, 1), "Mat", "God stemning", VIKEN)
    page = text_of(client.get(response.url))
    assert 'value="1.3.2022"' in page
    assert '<option value="usht" selected>' in page
    assert re.search(r'<select name="kind"[^>]*autofocus', page)
    assert reverse("support_detail", args=[row.pk]) in page


def test_forty_at_once_by_each_of_the_ways(as_user, world):
    client = as_user()
    client.post(reverse("support_new"), line(to="region", units_text=""))
    client.post(reverse("support_new"), line(to="ikke-i-gang", units_text="", kind="invitation"))
    ticked = [str(world.unit("3004").pk), str(world.unit("0301").pk)]
    client.post(reverse("support_new"), line(units_text="", units=ticked, kind="letter"))
    client.post(reverse("support_new"), line(units_text="301", units=ticked[:1], kind="planning"))
    whole, invited, letter, both = every()
    assert whole.whole_region
    assert whole.municipalities.count() == invited.municipalities.count() == 4
    assert letter.municipalities.count() == both.municipalities.count() == 2


def test_what_was_typed_is_kept_and_each_fault_stands_at_its_field(as_user):
    typed = "3004, Atlantis; 9876\nKautokeino <b>"
    response = as_user().post(
        reverse("support_new"), line(on="31.2.2022", kind="", units_text=typed, note="=1+1 <script>")
    )
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"on", "kind"}
    page = text_of(response)
    assert 'value="31.2.2022"' in page
    assert "3004, Atlantis; 9876\nKautokeino &lt;b&gt;" in page.replace("\r", "")
    assert "=1+1 &lt;script&gt;" in page
    response = as_user().post(reverse("support_new"), line(units_text=typed))
    faults = response.context["form"].errors["units_text"]
    assert len(faults) == 3
    assert [part in fault for part, fault in zip(("Atlantis", "9876", "Kautokeino"), faults, strict=True)] == [True] * 3
    assert 'aria-describedby="id_units_text_error' in text_of(response)
    assert not every().exists()


def test_all_that_is_wrong_is_told_at_once(as_user):
    wrong = line(on="5.5.2022", kind="", units_text="Atlantis")
    assert set(as_user().post(reverse("support_new"), wrong).context["form"].errors) == {"on", "kind", "units_text"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on": "5.5.2022"}, "on"),
        ({"on": "3.5.2018"}, "on"),
        ({"on": ""}, "on"),
        ({"on": "1.5.0022"}, "on"),
        ({"units_text": ""}, "units_text"),
        ({"to": ""}, "to"),
        ({"to": "region"}, "to"),
        ({"kind": "party"}, "kind"),
        ({"provider": ""}, "provider"),
        ({"note": "x" * 1001}, "note"),
        ({"solutions": ["9.9"]}, "solutions"),
        ({"units": ["1; drop"], "units_text": ""}, "units"),
        ({"units": ["999999"], "units_text": ""}, "units_text"),
        ({"units_text": "0220", "on": "1.3.2022"}, None),  # an old number is understood
    ],
)
def test_one_sentence_at_the_field(as_user, values, field):
    response = as_user().post(reverse("support_new"), line(**values))
    if field is None:
        assert response.status_code == 302
        return
    assert list(response.context["form"].errors) == [field]
    assert len(response.context["form"].errors[field]) == 1
    assert not every().exists()


def test_twice_is_told_and_not_doubled(as_user, give):
    give("3004", "3025")
    response = as_user().post(reverse("support_new"), line(), follow=True)
    assert every().count() == 1
    assert [message.level_tag for message in response.context["messages"]] == ["info"]


def test_the_page_of_a_municipality_leads_here_with_its_number(as_user):
    page = text_of(as_user().get(reverse("support_new"), {"kommune": "0106"}))
    assert "3004 Fredrikstad" in page
    form = as_user().get(reverse("support_new"), {"type": "invitation", "embete": VIKEN}).context["form"]
    assert (form.initial["kind"], form.initial["to"]) == ("invitation", "ikke-i-gang")
    page = text_of(as_user("hdir-admin").get(reverse("support_new"), {"kommune": "5430"}))
    assert '<option value="troms-og-finnmark" selected>' in page


def test_who_keeps_several_regions_chooses_one(as_user):
    client = as_user("hdir-admin")
    response = client.post(reverse("support_new"), line())
    assert list(response.context["form"].errors) == ["office"]
    response = client.post(reverse("support_new"), line(office=VIKEN))
    assert response.status_code == 302
    assert f"embete={VIKEN}" in response.url


def test_a_region_cannot_write_for_another(as_user, give):
    response = as_user().post(reverse("support_new"), line(office="troms-og-finnmark", units_text="5430"))
    assert response.status_code == 422
    row = give("5430", actor="hdir-admin", office="troms-og-finnmark")
    assert as_user().post(reverse("support_edit", args=[row.pk]), line()).status_code == 404


def test_a_row_is_put_right(as_user, give, world):
    row = give("3004", "3025", solutions=("1.1",))
    client, url = as_user(), reverse("support_edit", args=[row.pk])
    page = client.get(url)
    assert "3025 Asker\n3004 Fredrikstad" in page.context["form"].initial["units_text"]
    seen = page.context["form"].initial["seen"]
    response = client.post(url, line(units_text="0301", seen=seen))
    assert response.url == reverse("support_detail", args=[row.pk])
    assert list(row.municipalities.all()) == [world.unit("0301")]
    assert row.solutions.count() == 0
    assert "Asker" not in text_of(client.get(response.url))


def test_a_row_that_another_changed_is_not_overwritten_unseen(as_user, give, world, now):
    row = give("3004")
    client, url = as_user(), reverse("support_edit", args=[row.pk])
    seen = client.get(url).context["form"].initial["seen"]
    other = Support(row.office, "letter", "usht", row.on, (world.unit("3004").pk,))
    support_change(row, other, actor=world.user(f"usht-{VIKEN}"), now=now)
    response = client.post(url, line(units_text="0301", seen=seen, note="Min merknad"))
    assert response.status_code == 422
    assert "Min merknad" in text_of(response)
    row.refresh_from_db()
    assert row.kind == "letter"
    again = re.search(r'name="seen" value="(\d+)"', text_of(response))[1]
    assert client.post(url, line(units_text="0301", seen=again)).status_code == 302


def test_a_row_is_removed_after_a_question(as_user, give):
    row = give("3004")
    client, url = as_user(), reverse("support_remove", args=[row.pk])
    page = text_of(client.get(url))
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    assert every().count() == 1
    assert client.post(url, {"seen": seen, "reason": "Feil"}).url == reverse("support_list")
    assert not every().exists()
    assert client.post(url, {"seen": seen}).status_code == 404


def test_the_list_is_filtered_by_its_address(as_user, give):
    give("3004", title="Måltider", solutions=("1.1",))
    give("3025", kind="letter", provider="ks", on=D(2022, 4, 1), note="ÆRLIG TALT")
    give("0220", kind="dialogue", on=D(2019, 6, 1))
    give("5430", actor="hdir-admin", office="troms-og-finnmark", on=D(2022, 2, 1))
    client = as_user("hdir")

    def found(**query):
        return [str(row.activity.on) for row in client.get(reverse("support_list"), query).context["rows"]]

    assert found() == ["2022-04-01", "2022-03-01", "2022-02-01", "2019-06-01"]
    assert found(sorter="dato") == found()[::-1]
    assert found(type="letter") == found(hvem="ks") == ["2022-04-01"]
    assert found(embete="troms-og-finnmark") == ["2022-02-01"]
    assert found(losning="1.1") == found(sok="MÅLTID") == ["2022-03-01"]
    assert found(sok="ærlig") == ["2022-04-01"]
    assert found(fra="1.2.2022", til="31.3.2022") == ["2022-03-01", "2022-02-01"]
    assert found(kommune="3025") == found(kommune="Asker") == ["2022-04-01", "2019-06-01"]  # Asker of 2019 became it
    assert found(kommune="2011") == ["2022-02-01"]
    assert found(type="x", hvem="y", sorter="z", side="q") == found()
    assert found(embete="a\x07b", sok="\x07", losning="\x07") == []
    for query in ({"fra": "i går"}, {"kommune": "Atlantis"}):
        response = client.get(reverse("support_list"), query)
        assert response.context["found"].faults
        assert 'aria-invalid="true"' in text_of(response)
    assert found(sorter="antall")
    assert found(sorter="-region")[0] == "2022-02-01"


def test_names_are_those_of_the_day(as_user, give):
    give("0220", "3004", on=D(2019, 6, 1))
    client = as_user()
    page = text_of(client.get(reverse("support_detail", args=[every().get().pk])))
    assert "0106" in page
    assert "0220" in page
    assert "3004" not in page


def test_a_municipality_sees_what_it_received_and_not_who_else(as_user, give):
    both = give("3004", "3025", title="Forventning", note="Les dette")
    give("3025", title="Bare Asker")
    for username in ("editor-3004", "reader-3004"):
        client = as_user(username)
        page = text_of(client.get(reverse("support_list")))
        assert "Forventning" in page
        assert "Bare Asker" not in page
        page = text_of(client.get(reverse("support_detail", args=[both.pk])))
        assert "Les dette" in page
        assert "Fredrikstad" in page
        assert "Asker" not in page
        body = client.get(reverse("support_file", args=["csv"])).content.decode()
        assert "Asker" not in body
        assert "Fredrikstad" in body
    rows = as_user("editor-3004").get("/api/v1/support/").json()["results"]
    assert [(len(row["municipalities"]), row["received_by"]) for row in rows] == [(1, 2)]


def test_the_whole_list_goes_to_excel_and_csv(as_user, give):
    give("3004", "3025", title="=HYPERLINK(1)", solutions=("1.1",), note="+47 er landet")
    client = as_user()
    body = client.get(reverse("support_file", args=["csv"]), {"type": "course"}).content.decode("utf-8-sig")
    [_heads, row] = csv.reader(io.StringIO(body), delimiter=";")
    assert row[0] == "2022-03-01"
    assert (row[4], row[9]) == ("'=HYPERLINK(1)", "'+47 er landet")
    assert (row[7], row[8]) == ("2", "3025 Asker; 3004 Fredrikstad")
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("support_file", args=["xlsx"])).content))
    cells = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    assert cells[-1][4] == "=HYPERLINK(1)"
    assert cells[-1][7] == 2
    assert client.get(reverse("support_file", args=["pdf"])).status_code == 404
    assert client.get(reverse("support_file", args=["csv"]), {"type": "letter"}).content.count(b"\r\n") == 1


def queries(client, url):
    client.get(url)  # the office's name and the like are kept after the first time
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_more_rows_take_no_more_queries(as_user, give, world):
    first = give("3004", title="kurs")
    client = as_user()
    urls = [reverse("support_list"), reverse("support_list") + "?kommune=3004&sok=kurs", reverse("support_new"),
            reverse("support_file", args=["csv"]), reverse("support_detail", args=[first.pk])]  # fmt: skip
    before = [queries(client, url) for url in urls]
    for number in range(12):
        give("3004", "3025", "0301", "030101", title=f"kurs {number}", solutions=("1.1", "1.2"))
    after = [queries(client, url) for url in urls]
    assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)
    assert max(before) <= 15, before
