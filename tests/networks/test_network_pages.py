"""The pages about networks: the list and its file, one network on a day, the forms, and the workbook's preview."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from networks.models import Network, NetworkMeeting, Participation, WorkbookUpload
from networks.services import meeting_register, network_create, network_values, participations_add
from tests.networks.workbooks import Edited
from tests.world import FINNMARK, VIKEN

D = dt.date
NEW_YEAR = D(2021, 1, 1)
pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script>=HYPERLINK("x")'


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def login(world):
    def make(username=f"statsforvalter-{VIKEN}"):
        client = Client()
        client.force_login(world.user(username))
        return client

    return make


@pytest.fixture
def network(world):
    return world.networks[VIKEN]


@pytest.fixture
def add(world, network, now):
    def make(*numbers, start=NEW_YEAR, **more):
        units = [world.unit(number).pk for number in numbers]
        how = {"network": network, "status": "active", "actor": None, "now": now, **more}
        return participations_add(units=units, valid_from=start, **how)

    return make


def text(response) -> str:
    return response.content.decode()


# --- the list ------------------------------------------------------------------------------------------


def test_a_region_is_led_to_its_own_networks(login):
    response = login().get("/nettverk/")
    assert response.headers["Location"] == f"/nettverk/?embete={VIKEN}"
    page = text(login().get(f"/nettverk/?embete={VIKEN}"))
    assert "Learning network Oslo og Viken" in page
    assert "Learning network Troms og Finnmark" not in page
    assert "Learning network Troms og Finnmark" in text(login().get("/nettverk/?embete="))
    assert login("editor-3004").get("/nettverk/").status_code == 200


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("sok=LEARNING", 2), ("sok=viken", 1), ("sok=finnes+ikke", 0), ("type=regional", 2), ("type=leader", 0),
        ("type=tull", 2), ("losning=1.3", 1), ("losning=9.9", 0), ("dag=31.12.2017", 0), ("dag=2018-01-01", 2),
        ("dag=tull", 2), ("embete=troms-og-finnmark", 1), ("embete=tull", 0), ("side=99", 2), ("sorter=-deltakere", 2),
        ("sorter=tull", 2), ("sok=%F0%9F%91%8D", 0),
    ],
)  # fmt: skip
def test_filters_are_in_the_address(login, network, address, found):
    from reform.models import Solution

    network.themes.add(Solution.objects.get(code="1.3"))
    response = login("hdir").get(f"/nettverk/?{address}")
    assert response.status_code == 200
    assert text(response).count("Learning network") == found


def test_the_list_sorts_by_members(login, add):
    add("3004", "3025")
    page = text(login("hdir").get("/nettverk/?sorter=-deltakere"))
    assert page.index("Learning network Oslo") < page.index("Learning network Troms")
    page = text(login("hdir").get("/nettverk/?sorter=deltakere"))
    assert page.index("Learning network Oslo") > page.index("Learning network Troms")


def test_the_list_as_a_file(login, network, add):
    Network.objects.across_all(reason="test").filter(pk=network.pk).update(host="=1+1")
    add("3004")
    lines = text(login("hdir").get("/nettverk/?format=csv&embete=oslo-og-viken")).splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    assert lines[1].split(";")[8:11] == ["1", "0", "2022-05-04"]
    response = login("hdir").get("/nettverk/?format=xlsx")
    page = openpyxl.load_workbook(io.BytesIO(response.content)).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" or cell.value == "=1+1" for cell in cells)
    assert sum(str(cell.value).startswith("Learning network") for cell in cells) == 2


# --- one network -------------------------------------------------------------------------------------------


def test_members_are_those_of_the_day_under_the_names_of_the_day(login, network, add):
    add("0220", start=D(2019, 1, 1), valid_to=D(2019, 12, 31))
    add("5430", start=D(2021, 1, 1))
    page = text(login().get(f"/nettverk/{network.pk}/?dag=2019-06-01"))
    assert "0220" in page
    assert "5430" not in page
    page = text(login().get(f"/nettverk/{network.pk}/?dag=1.6.2022"))
    assert "0220" not in page
    assert 'Kautokeino – <span lang="se">Guovdageaidnu</span>' in page
    every = text(login().get(f"/nettverk/{network.pk}/?alle=1"))
    assert "0220" in every
    assert "5430" in every
    lines = text(login().get(f"/nettverk/{network.pk}/?format=csv")).splitlines()
    assert len(lines) == 3
    assert lines[1].split(";")[:3] == ["0220", "Asker", "Asker"]


def test_what_people_write_is_text(login, network, add, now):
    meeting_register(network=network, on=D(2022, 1, 1), title=HOSTILE, note=HOSTILE, actor=None, now=now)
    add("3004", note=HOSTILE)
    Network.objects.across_all(reason="test").filter(pk=network.pk).update(name=HOSTILE, note=HOSTILE, host=HOSTILE)
    for address in ("/nettverk/?embete=", f"/nettverk/{network.pk}/", f"/nettverk/{network.pk}/endre/"):
        page = text(login().get(address))
        assert "<script>alert" not in page
        assert escape(HOSTILE) in page


def test_only_those_who_may_see_a_way_to_change(login, network, add):
    add("3004")
    for username, may in (("ks-oslo-og-viken", True), ("editor-3004", False), ("ks-troms-og-finnmark", False)):
        page = text(login(username).get(f"/nettverk/{network.pk}/"))
        assert ("/endre/" in page) is may
        assert ("/nettverk/deltakelse/" in page) is may


def test_a_contact_may_propose_a_correction(login, network):
    assert "om=nettverk" in text(login("editor-3004").get(f"/nettverk/{network.pk}/"))
    assert "om=nettverk" not in text(login("reader-3004").get(f"/nettverk/{network.pk}/"))


def test_pages_ask_as_often_whatever_the_size(login, network, add, now, world):
    def counted():
        found = []
        for address in (f"/nettverk/{network.pk}/", "/nettverk/?embete=", f"/nettverk/{network.pk}/deltakere/"):
            client = login()
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    add("3004")
    meeting_register(network=network, on=D(2021, 3, 1), attendance=[world.unit("3004").pk], actor=None, now=now)
    few = counted()
    add("3025", "0301", "030101")
    for day in range(1, 20):
        there = [world.unit(number).pk for number in ("3004", "3025", "0301")]
        meeting_register(network=network, on=D(2022, 1, day), attendance=there, actor=None, now=now)
    for index in range(10):
        values = network_values(network)
        network_create(values=type(values)(**{**values.__dict__, "name": f"N{index}"}), actor=None, now=now)
    many = counted()
    assert many == few
    assert max(many) <= 25


# --- forms ----------------------------------------------------------------------------------------------------


NEW = {"name": "Nytt nettverk", "kind": "municipal", "offices": [VIKEN], "valid_from": "1.9.2021", "themes": ["1.3"]}


def test_a_network_is_registered_and_changed(login):
    client = login()
    response = client.post("/nettverk/ny/", {**NEW, "organisers": ["usht", "ks"]})
    made = Network.objects.across_all(reason="test").get(name="Nytt nettverk")
    assert response.headers["Location"] == f"/nettverk/{made.pk}/"
    assert made.organisers == ["ks", "usht"]
    page = text(client.get(f"/nettverk/{made.pk}/endre/"))
    assert 'value="1.9.2021"' in page
    client.post(f"/nettverk/{made.pk}/endre/", {**NEW, "name": "Annet navn", "valid_to": "31.12.2022"})
    made.refresh_from_db()
    assert (made.name, made.valid_to) == ("Annet navn", D(2022, 12, 31))
    page = text(client.get(f"/nettverk/{made.pk}/"))
    assert "Nytt nettverk" in page  # in the history


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"kind": ""}, {"offices": []}, {"offices": [FINNMARK]}, {"offices": ["tull"]},
        {"valid_from": "i fjor"}, {"valid_from": ""}, {"valid_to": "1.1.2020"}, {"themes": ["9.9"]},
        {"name": "learning NETWORK oslo og viken"}, {"organisers": ["together"]}, {"name": "x" * 300},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(login, wrong):
    response = login().post("/nettverk/ny/", {**NEW, "host": "Moss kommune", **wrong})
    assert response.status_code == 422
    page = text(response)
    assert "ds-error-summary" in page
    assert 'value="Moss kommune"' in page
    assert not Network.objects.across_all(reason="test").filter(kind="municipal").exists()


def test_many_municipalities_are_pasted_and_ticked(login, network, world):
    client = login("usht-oslo-og-viken")
    data = {"units_text": "301\n3025 Asker; Gamle Oslo", "units": [world.unit("3004").pk]}
    data |= {"status": "active", "valid_from": "1.1.2021"}
    assert client.post(f"/nettverk/{network.pk}/deltakere/", data).status_code == 302
    assert Participation.objects.across_all(reason="test").filter(network=network).count() == 4
    again = client.post(f"/nettverk/{network.pk}/deltakere/", data)
    assert again.status_code == 422
    assert text(again).count("Fredrikstad") >= 2
    assert Participation.objects.across_all(reason="test").filter(network=network).count() == 4


@pytest.mark.parametrize("typed", ["5430", "Kautokeino", "9999", "tull", ""])
def test_others_and_unknown_units_are_refused(login, network, typed):
    data = {"units_text": typed, "status": "active", "valid_from": "1.1.2021"}
    response = login().post(f"/nettverk/{network.pk}/deltakere/", data)
    assert response.status_code == 422
    assert not Participation.objects.across_all(reason="test").exists()


def test_a_ticked_unit_of_another_region_is_refused(login, network, world):
    data = {"units": [world.unit("5430").pk], "status": "active", "valid_from": "1.1.2021"}
    assert login().post(f"/nettverk/{network.pk}/deltakere/", data).status_code == 422
    assert not Participation.objects.across_all(reason="test").exists()


def test_one_participation_is_ended_and_removed(login, network, add):
    [row] = add("3004")
    client = login()
    address = f"/nettverk/deltakelse/{row.pk}/"
    data = {"status": "active", "valid_from": "1.1.2021", "valid_to": "30.4.2022", "note": "Slutt"}
    assert client.post(address, data).status_code == 302
    row.refresh_from_db()
    assert (row.valid_to, row.note) == (D(2022, 4, 30), "Slutt")
    wrong = client.post(address, {**data, "valid_to": "1.1.2020"})
    assert wrong.status_code == 422
    assert 'value="Slutt"' in text(wrong)
    assert client.post(f"{address}fjern/").status_code == 302
    assert not Participation.objects.across_all(reason="test").exists()
    assert "Slutt" in text(client.get(f"/nettverk/{network.pk}/"))  # the history keeps it


def test_a_meeting_is_registered_changed_and_removed(login, network, add, world):
    add("3004", "3025")
    client = login()
    data = {"on": "1.3.2022", "title": "Samling", "units": [world.unit("3004").pk], "units_text": "Oslo"}
    assert client.post(f"/nettverk/{network.pk}/moter/", data).status_code == 302
    meeting = NetworkMeeting.objects.across_all(reason="test").get()
    assert meeting.attendance.count() == 2
    assert "checked" in text(client.get(f"/nettverk/mote/{meeting.pk}/"))
    client.post(f"/nettverk/mote/{meeting.pk}/", {**data, "units_text": "", "title": "Vårsamling"})
    meeting.refresh_from_db()
    assert (meeting.title, meeting.attendance.count()) == ("Vårsamling", 1)
    future = client.post(f"/nettverk/{network.pk}/moter/", {**data, "on": "1.9.2022"})
    assert future.status_code == 422
    assert client.post(f"/nettverk/mote/{meeting.pk}/fjern/").status_code == 302
    assert not NetworkMeeting.objects.across_all(reason="test").exists()


# --- the workbook -----------------------------------------------------------------------------------------------


def sent(data: bytes, name: str = "nettverk.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/octet-stream")


def test_out_in_preview_and_accepted(login, network, world, add):
    add("3004")
    client = login()
    out = client.get("/nettverk/arbeidsbok/last-ned/")
    assert out.headers["Content-Disposition"] == 'attachment; filename="nettverk-oslo-og-viken-2022-05-04.xlsx"'
    book = Edited(world.office(VIKEN))
    book.set("participations", 2, note="Fra arbeidsboken")
    book.add("participations", network=network.name, number=301, status="active", valid_from="1.1.2022")
    preview = client.post("/nettverk/arbeidsbok/", {"file": sent(book.bytes())})
    upload = WorkbookUpload.objects.across_all(reason="test").get()
    assert preview.headers["Location"] == f"/nettverk/arbeidsbok/{upload.pk}/"
    page = client.get(preview.headers["Location"])
    assert "Fra arbeidsboken" in text(page)
    assert Participation.objects.across_all(reason="test").count() == 1
    assert client.get(f"{preview.headers['Location']}?format=csv").status_code == 200
    accepted = client.post(preview.headers["Location"], {"seen": page.context["plan"].hash})
    assert accepted.status_code == 302
    assert Participation.objects.across_all(reason="test").count() == 2
    assert client.post(preview.headers["Location"], {"seen": page.context["plan"].hash}).status_code == 409
    assert client.get(preview.headers["Location"]).status_code == 200


def test_faults_are_shown_with_sheet_and_cell_and_stop(login, network, world):
    client = login()
    book = Edited(world.office(VIKEN))
    book.set("networks", 2, host="Moss")
    row = book.add("participations", network="Finnes <b>ikke</b>", number=301, status="active", valid_from="1.1.2022")
    address = client.post("/nettverk/arbeidsbok/", {"file": sent(book.bytes())}).headers["Location"]
    page = client.get(address)
    assert f"B{row}" in text(page)
    assert "<b>ikke</b>" not in text(page)
    seen = page.context["plan"].hash
    stopped = client.post(address, {"seen": seen})
    assert stopped.status_code == 409
    network.refresh_from_db()
    assert network.host == ""
    assert client.post(address, {"seen": "old", "leave_out": "1"}).status_code == 409
    assert client.post(address, {"seen": seen, "leave_out": "1"}).status_code == 302
    network.refresh_from_db()
    assert network.host == "Moss"


@pytest.mark.parametrize("data", [b"", b"a;b\n1;2", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04x", None])
def test_a_file_that_is_no_workbook_is_refused_at_the_field(login, data):
    files = {} if data is None else {"file": sent(data, "x.xlsx")}
    response = login().post("/nettverk/arbeidsbok/", files)
    assert response.status_code == 422
    assert "id_file_error" in text(response)
    assert not WorkbookUpload.objects.across_all(reason="test").exists()


def test_a_region_does_not_see_the_workbook_of_another(login, world):
    client = login()
    client.post("/nettverk/arbeidsbok/", {"file": sent(Edited(world.office(VIKEN)).bytes())})
    upload = WorkbookUpload.objects.across_all(reason="test").get()
    assert login(f"ks-{FINNMARK}").get(f"/nettverk/arbeidsbok/{upload.pk}/").status_code == 404
    assert login(f"usht-{VIKEN}").get(f"/nettverk/arbeidsbok/{upload.pk}/").status_code == 200
    assert login(f"usht-{VIKEN}").post(f"/nettverk/arbeidsbok/{upload.pk}/kast/").status_code == 302
    upload.refresh_from_db()
    assert (upload.status, upload.rows) == ("discarded", {})


def test_the_administrator_chooses_a_region_and_downloads_and_sends_in_its_workbook(login, world):
    client = login("hdir-admin")
    page = text(client.get("/nettverk/arbeidsbok/"))
    assert 'type="file"' not in page and f'href="?embete={FINNMARK}"' in page
    assert client.get("/nettverk/arbeidsbok/last-ned/").status_code == 302
    assert client.post("/nettverk/arbeidsbok/", {"file": sent(b"x")}).status_code == 422
    where = f"/nettverk/arbeidsbok/?embete={FINNMARK}"
    assert 'type="file"' in text(client.get(where))
    assert client.get(f"/nettverk/arbeidsbok/last-ned/?embete={FINNMARK}").status_code == 200
    book = Edited(world.office(FINNMARK))
    book.set("networks", 2, host="Tromsø")
    preview = client.post(where, {"file": sent(book.bytes())})
    seen = client.get(preview["Location"]).context["plan"].hash
    assert client.post(preview["Location"], {"seen": seen}).status_code == 302
    assert Network.objects.across_all(reason="test").get(host="Tromsø")
    assert login(f"ks-{FINNMARK}").get(where).content.count(b"network-file") == 1  # the region sees what was sent in


def test_one_region_cannot_download_that_of_another(login):
    response = login().get(f"/nettverk/arbeidsbok/last-ned/?embete={FINNMARK}")
    assert VIKEN in response.headers["Content-Disposition"]
