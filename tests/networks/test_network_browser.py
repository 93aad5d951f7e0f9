"""The workbook in a real browser: out, edited, in again, seen and accepted; and axe on every page of networks."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from networks.models import Network, NetworkMeeting, Participation, WorkbookUpload
from networks.services import meeting_register, participations_add
from networks.services.workbook import workbook_upload
from tests.browser import axe_violations
from tests.networks.workbooks import Edited
from tests.world import VIKEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
D = dt.date
STAFF = f"statsforvalter-{VIKEN}"


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"


@pytest.fixture
def network(world, now) -> Network:
    network = world.networks[VIKEN]
    units = [world.unit(number).pk for number in ("3004", "3025", "030101")]
    how = {"actor": world.user(STAFF), "now": now}
    participations_add(network=network, units=units, status="active", valid_from=D(2021, 1, 1), **how)
    meeting_register(network=network, on=D(2022, 3, 1), title="Vårsamling", attendance=units[:2], **how)
    meeting_register(network=network, on=D(2022, 9, 1), **how)
    return network


def test_out_edited_in_seen_and_accepted(world, open_page, network, tmp_path):
    page = open_page(user=world.user(STAFF))
    page.goto("/nettverk/arbeidsbok/")
    with page.expect_download() as started:
        page.locator("a.ds-button[download]").click()
    out = tmp_path / "nettverk.xlsx"
    started.value.save_as(out)

    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[1]
    assert [sheet.cell(row, 3).value for row in (2, 3, 4)] == ["3004", "3025", "030101"]
    sheet.cell(2, 7).value = "30.4.2022"
    sheet.append([None, network.name, 301, "", sheet.cell(3, 5).value, D(2022, 5, 1)])
    sheet.append([None, "Finnes ikke", 301, "", sheet.cell(3, 5).value, D(2022, 5, 1)])
    book.save(out)

    page.set_input_files("input[type=file]", out)
    page.locator("form[enctype] button[type=submit]").click()
    page.wait_for_url("**/nettverk/arbeidsbok/*/")
    assert "B6" in page.inner_text("table")
    assert "30. april 2022" in page.inner_text(".network-changes").replace("\u00a0", " ")
    assert axe_violations(page) == []
    assert Participation.objects.across_all(reason="test").count() == 3

    save = page.locator("form:has(input[name=seen]) button[type=submit]")
    save.click()  # a fault stops it
    page.wait_for_selector(".ds-error-summary")
    assert axe_violations(page) == []
    page.check("input[name=leave_out]")
    save.click()
    page.wait_for_url("**/nettverk/?*")
    assert Participation.objects.across_all(reason="test").count() == 4
    ended = Participation.objects.across_all(reason="test").get(municipality=world.unit("3004"))
    assert ended.valid_to == D(2022, 4, 30)

    again = io.BytesIO(out.read_bytes())  # the same file once more, without its fault: nothing is left to do
    book = openpyxl.load_workbook(again)
    book.worksheets[1].delete_rows(6)
    book.save(out)
    page.goto("/nettverk/arbeidsbok/")
    page.set_input_files("input[type=file]", out)
    page.locator("form[enctype] button[type=submit]").click()
    page.wait_for_url("**/nettverk/arbeidsbok/*/")
    assert page.locator("input[name=seen]").count() == 0


def test_municipalities_are_added_by_keyboard(world, open_page, network):
    page = open_page(user=world.user(f"ks-{VIKEN}"))
    page.goto(f"/nettverk/{network.pk}/deltakere/")
    page.focus("textarea[name=units_text]")
    page.keyboard.type("301, Asker")
    page.locator("form:has(textarea) button[type=submit]").press("Enter")
    page.wait_for_selector(".ds-error-summary")  # Asker takes part already
    assert page.evaluate("document.activeElement.className") == "ds-error-summary"
    assert page.input_value("textarea[name=units_text]") == "301, Asker"
    page.fill("textarea[name=units_text]", "301")
    page.locator("form:has(textarea) button[type=submit]").press("Enter")
    page.wait_for_url(f"**/nettverk/{network.pk}/")
    assert Participation.objects.across_all(reason="test").count() == 4


@pytest.mark.looks
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_page_passes_axe_and_fits_the_screen(world, open_page, network, now, width, language):
    user = world.user(STAFF)
    user.language = language
    user.save()
    part = Participation.objects.across_all(reason="test").first()
    meeting = NetworkMeeting.objects.across_all(reason="test").last()
    book = Edited(world.office(VIKEN))
    book.set("networks", 2, host="Et svært langt vertsnavn " * 6)
    book.add("participations", network="x" * 150, number=3004, status="active", valid_from="1.1.2022")
    upload: WorkbookUpload = workbook_upload(
        office=world.office(VIKEN), file_name="a" * 150 + ".xlsx", data=book.bytes(), actor=user, now=now
    )
    page = open_page(user=user, width=width)
    for address in (
        "/nettverk/", "/nettverk/?sok=finnes+ikke", f"/nettverk/{network.pk}/", f"/nettverk/{network.pk}/?alle=1",
        "/nettverk/ny/", f"/nettverk/{network.pk}/endre/", f"/nettverk/{network.pk}/deltakere/",
        f"/nettverk/{network.pk}/moter/", f"/nettverk/deltakelse/{part.pk}/", f"/nettverk/mote/{meeting.pk}/",
        "/nettverk/arbeidsbok/", f"/nettverk/arbeidsbok/{upload.pk}/",
    ):  # fmt: skip
        _fits(page, address, width)
    admin = world.user("hdir-admin")  # who chooses a region first
    admin.language = language
    admin.save()
    page = open_page(user=admin, width=width)
    for address in ("/nettverk/arbeidsbok/", f"/nettverk/arbeidsbok/?embete={VIKEN}"):
        _fits(page, address, width)
    page.goto("/nettverk/arbeidsbok/")
    page.locator(f"main nav a[href='?embete={VIKEN}']").press("Enter")
    page.wait_for_selector("main nav a[aria-current=true]")
    assert page.locator("input[type=file]").count() == 1


def _fits(page, address, width):
    page.goto(address)
    for details in page.locator("main details").all():
        details.evaluate("node => node.open = true")
    assert axe_violations(page) == [], address
    assert page.evaluate("document.documentElement.scrollWidth") <= width, address
