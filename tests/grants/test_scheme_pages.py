"""The pages of schemes, criteria and applications: what each reads, writes, refuses, and asks the database."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.models import ApplicationList, GrantApplication, Scheme, SchemeException
from grants.services.applications import application_state, list_plan, list_take_in
from grants.services.criteria import YearCriteria, criteria_get, criteria_set
from grants.services.schemes import ExceptionValues, scheme_change, scheme_state, scheme_values, year_copy
from grants.services.shipped import shipped_load
from tests.grants.lists import TODAY, row, sent, template, written
from tests.world import VIKEN

pytestmark = pytest.mark.django_db
WHY = "a test"


@pytest.fixture
def stage(world, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    shipped_load()
    return world


@pytest.fixture
def reader(stage, client):
    def login(name: str = "hdir"):
        client.force_login(stage.user(name))
        return client

    return login


def page(client, name: str, *args, status: int = 200, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


def noted(stage, now, *rows) -> None:
    kept = sent(stage, written(*rows), now=now)
    plan, _register = list_plan(kept, today=TODAY)
    list_take_in(held=kept, seen=plan.hash, actor=stage.user("hdir"), now=now)


def usht() -> Scheme:
    return Scheme.objects.across_all(reason=WHY).get(year=2021, key="usht")


def form_of(scheme: Scheme | None = None, **changes) -> dict[str, str]:
    """What a browser posts from the form of a scheme."""
    values = scheme_values(scheme) if scheme else None
    own = values.own() if values else {"chapter": "761", "post": "60", "name_nb": "Ny", "name_nn": "Ny", "key": "ny"}
    data = {name: value for name, value in own.items() if value and name != "prioritised"}
    data |= {"prioritised": "on", "seen": scheme_state(scheme) if scheme else ""}
    parts = values.exceptions if values else ()
    data |= {"unntak-TOTAL_FORMS": len(parts) + 2, "unntak-INITIAL_FORMS": len(parts)}
    for at, part in enumerate(parts):
        data |= {f"unntak-{at}-{name}": value for name, value in vars(part).items() if value}
    return {name: str(value) for name, value in (data | changes).items()}


def test_the_way_in_leads_to_the_newest_year_with_schemes(reader, stage, now):
    assert reader().get(reverse("grants_home"))["Location"] == "/tilskudd/2021/"
    year_copy(year=2021, actor=stage.user("hdir"), now=now)
    assert reader("editor-3004").get(reverse("grants_home"))["Location"] == "/tilskudd/2022/"
    Scheme.objects.across_all(reason=WHY).all().delete()
    assert reader().get(reverse("grants_home"))["Location"] == "/tilskudd/2022/"


def test_a_year_shows_its_schemes_their_exceptions_and_the_ways_on(reader):
    text = page(reader(), "scheme_list", 2021)
    for scheme in Scheme.objects.across_all(reason=WHY).filter(year=2021):
        assert scheme.name_nb in text
    assert "Tilskudd til å spre velferdsteknologi i kommunene står utenfor kriteriene." in text
    for name in ("criteria_page", "priority_list", "application_list"):
        assert reverse(name, args=[2021]) in text
    assert reverse("allocation_list") in text
    assert reverse("appropriation_list") in text
    assert reverse("scheme_copy", args=[2021]) in text


def test_the_ways_are_those_that_the_reader_may_go(reader):
    text = page(reader("evaluator"), "scheme_list", 2021)
    assert reverse("priority_list", args=[2021]) not in text
    assert reverse("application_list", args=[2021]) not in text
    assert reverse("scheme_new", args=[2021]) not in text
    assert reverse("application_list", args=[2021]) in page(reader("editor-3004"), "scheme_list", 2021)


def test_a_year_without_schemes_or_criteria_says_so(reader, stage, now):
    assert "2019" in page(reader(), "scheme_list", 2019)
    text = page(reader(), "criteria_page", 2019)
    assert reverse("criteria_edit", args=[2019]) in text
    assert reverse("priority_list", args=[2019]) not in text
    page(reader(), "scheme_list", 1999, status=404)
    page(reader(), "criteria_page", 2222, status=404)


def test_the_pages_ask_as_often_for_one_year_as_for_many(reader, stage, now):
    client = reader()
    urls = [reverse("scheme_list", args=[2021]), reverse("scheme_detail", args=[2021, "usht"])]
    urls.append(reverse("application_list", args=[2021]))
    counts = []
    noted(stage, now, row())
    for _round in range(2):
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        counts.append(found)
        for year in (2021, 2022, 2023):
            if not Scheme.objects.across_all(reason=WHY).filter(year=year + 1).exists():
                year_copy(year=year, actor=stage.user("hdir"), now=now)
        units = [("3025", "Asker"), ("0301", "Oslo"), ("5421", "Senja")]
        if _round == 0:
            noted(stage, now, *(row(number=number, unit=name) for number, name in units))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


def test_a_scheme_shows_its_exceptions_and_its_other_years(reader, stage, now):
    year_copy(year=2021, actor=stage.user("hdir"), now=now)
    text = page(reader("reader-3004"), "scheme_detail", 2021, "kompetanse-innovasjon")
    assert "Ansatte som har begynt på en utdanning med tilskudd, beholder det." in text
    assert "2021–2023" in text
    assert reverse("scheme_detail", args=[2022, "kompetanse-innovasjon"]) in text
    assert reverse("scheme_edit", args=[2021, "kompetanse-innovasjon"]) not in text
    page(reader(), "scheme_detail", 2019, "usht", status=404)


def test_a_scheme_is_entered_with_an_exception_in_the_form(reader):
    data = form_of(**{
        "unntak-0-kind": "outside", "unntak-0-name_nb": "Del A.", "unntak-0-name_nn": "Del A på nynorsk.",
        "opens_on": "10.1.2021", "closes_on": "1. mars 2021",
    })  # fmt: skip
    answer = reader().post(reverse("scheme_new", args=[2021]), data)
    assert answer["Location"] == reverse("scheme_detail", args=[2021, "ny"])
    made = scheme_values(Scheme.objects.across_all(reason=WHY).get(key="ny"))
    assert made.exceptions == (ExceptionValues("outside", "Del A.", "Del A på nynorsk."),)
    assert (made.opens_on, made.closes_on) == (dt.date(2021, 1, 10), dt.date(2021, 3, 1))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"link": "example.no"}, 'id="id_link_error"'),
        ({"opens_on": "i morgen"}, 'id="id_opens_on_error"'),
        ({"key": "usht"}, 'id="id_key_error"'),
        ({"chapter": "syv"}, 'id="id_chapter_error"'),
        ({"unntak-0-name_nb": "Bare på bokmål"}, 'id="id_unntak-0-name_nn_error"'),
        ({"unntak-0-kind": "outside", "unntak-0-name_nb": "a", "unntak-0-name_nn": "b", "unntak-0-to_year": "snart"},
         'id="id_unntak-0-to_year_error"'),
        ({"unntak-TOTAL_FORMS": "mange"}, "ds-error-summary"),
    ],
)  # fmt: skip
def test_what_was_typed_stays_when_something_is_wrong(reader, changes, place):
    answer = reader().post(reverse("scheme_new", args=[2021]), form_of(name_nb="Skrevet navn", **changes))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert place in text
    assert 'value="Skrevet navn"' in text
    assert Scheme.objects.across_all(reason=WHY).count() == 8


def test_a_scheme_is_changed_and_an_exception_removed(reader):
    held = Scheme.objects.across_all(reason=WHY).get(key="kompetanse-innovasjon")
    data = form_of(held, managed_by="Statsforvalteren", **{"unntak-0-DELETE": "on"})
    reader().post(reverse("scheme_edit", args=[2021, held.key]), data)
    after = scheme_values(Scheme.objects.across_all(reason=WHY).get(pk=held.pk))
    assert after.managed_by == "Statsforvalteren"
    assert [part.kind for part in after.exceptions] == ["outside"]
    assert SchemeException.objects.across_all(reason=WHY).count() == 1


def test_a_change_on_top_of_anothers_is_told_and_can_be_sent_again(reader, stage, now):
    held = usht()
    data = form_of(held, managed_by="Min")
    theirs = replace(scheme_values(held), managed_by="Deres")
    scheme_change(scheme=held, values=theirs, seen=scheme_state(held), actor=stage.user("hdir-admin"), now=now)
    answer = reader().post(reverse("scheme_edit", args=[2021, "usht"]), data)
    assert answer.status_code == 422
    assert 'value="Min"' in answer.content.decode()
    assert usht().managed_by == "Deres"
    data["seen"] = scheme_state(usht())
    assert f'value="{data["seen"]}"' in answer.content.decode()
    assert reader().post(reverse("scheme_edit", args=[2021, "usht"]), data).status_code == 302
    assert usht().managed_by == "Min"


def test_a_scheme_with_applications_is_not_removed_and_it_is_said(reader, stage, now):
    noted(stage, now, row())
    assert reader().post(reverse("scheme_remove", args=[2021, "usht"])).status_code == 409
    assert reader().post(reverse("scheme_remove", args=[2021, "parorende"])).status_code == 302
    assert Scheme.objects.across_all(reason=WHY).count() == 7


def test_a_year_is_copied_once(reader):
    url = reverse("scheme_copy", args=[2021])
    assert reader().post(url)["Location"] == reverse("scheme_list", args=[2022])
    assert reader().post(url).status_code == 409
    assert Scheme.objects.across_all(reason=WHY).count() == 16
    assert reverse("scheme_copy", args=[2021]) not in page(reader(), "scheme_list", 2021)


def test_criteria_are_read_in_words_and_set_in_the_form(reader):
    assert page(reader("reader-3004"), "criteria_page", 2021).count("ds-heading") >= 5
    data = {
        "use_network": "on", "use_plan_content": "on", "plan_content-process_counts": "on", "source": "Brev",
        "seen": criteria_get(2021).state,
    }  # fmt: skip
    assert reader().post(reverse("criteria_edit", args=[2021]), data).status_code == 302
    held = criteria_get(2021)
    assert {code: dict(said) for code, said in held.rows.items()} == {
        "plan_content": {"process_counts": True}, "network": {"planned_counts": False},
    }  # fmt: skip
    again = reader().post(reverse("criteria_edit", args=[2021]), {**data, "source": "Annet"})
    assert again.status_code == 422
    assert 'value="Annet"' in again.content.decode()
    assert held.state in again.content.decode()
    assert criteria_get(2021).source == "Brev"
    bad = reader().post(reverse("criteria_edit", args=[2021]), {**data, "source": "", "seen": held.state})
    assert 'id="id_source_error"' in bad.content.decode()


def test_each_sees_the_applications_that_are_hers(reader, stage, now):
    noted(stage, now, row(), row(number="3025", unit="Asker"), row(number="5421", unit="Senja"))

    def numbers(name: str) -> set[str]:
        answer = reader(name).get(reverse("application_list", args=[2021]) + "?format=csv")
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        return {line[1] for line in lines[1:]}

    assert numbers("hdir") == {"3004", "3025", "5421"}
    assert numbers(f"statsforvalter-{VIKEN}") == {"3004", "3025"}
    assert numbers("reader-3004") == {"3004"}
    assert numbers("editor-5430") == set()
    assert "Asker" not in page(reader("reader-3004"), "application_list", 2021)
    for name in ("evaluator", f"ks-{VIKEN}", "hod"):
        page(reader(name), "application_list", 2021, status=403)


def test_filters_sums_and_files_agree(reader, stage, now):
    noted(
        stage, now, row(status="granted", granted_kr=300_000), row(number="3025", unit="Asker", applied_kr=50_000),
        row(number="5421", unit="Senja", scheme="parorende", status="refused", applied_kr=None),
    )  # fmt: skip
    url = reverse("application_list", args=[2021])
    for query, count in [
        ("", 3), ("?ordning=usht", 2), ("?embete=oslo-og-viken", 2), ("?status=refused", 1),
        ("?ordning=usht&status=granted", 1), ("?ordning=finnes-ikke&embete=x&status=y", 3),
        ("?ordning=frisklivstilbud", 0),
    ]:  # fmt: skip
        answer = reader().get(url + query)
        assert answer.context["sums"].total.count == count, query
        assert sum(one.count for one in answer.context["sums"].schemes) == count
        assert sum(one.count for one in answer.context["sums"].offices) == count
        file = reader().get(url + (query + "&" if query else "?") + "format=xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
        assert sum(1 for line in sheet.iter_rows(values_only=True) if line[0] == 2021) == count, query
    total = reader().get(url).context["sums"].total
    assert (total.granted, total.applied_kr, total.granted_kr) == (1, 500_000, 300_000)
    assert [(one.label, one.count) for one in reader().get(url).context["by_year"]] == [(2021, 3)]


def test_the_file_has_numbers_as_numbers_and_municipalities_as_text(reader, stage, now):
    noted(stage, now, row(number="0301", unit="Oslo", applied_kr=1_250_000, note="@x"))
    answer = reader().get(reverse("application_list", args=[2021]) + "?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    line = next(line for line in sheet.iter_rows() if line[0].value == 2021)
    assert (line[1].value, line[1].data_type) == ("0301", "s")
    assert (line[8].value, line[8].data_type) == (1_250_000, "n")
    assert line[9].value is None
    assert (line[11].value, line[11].data_type) == ("@x", "s")


def upload(client, data: bytes, name: str = "liste.xlsx"):
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("application_lists", args=[2021]), {"file": file})


def test_a_list_goes_from_the_template_over_the_preview_into_the_register(reader):
    client = reader()
    body = client.get(reverse("application_template", args=[2021])).content
    book = openpyxl.load_workbook(io.BytesIO(body))
    for at, value in enumerate(["3004", "Fredrikstad", "usht", "granted", 450_000, 300_000, "no", ""], start=1):
        book.worksheets[0].cell(2, at).value = value
    out = io.BytesIO()
    book.save(out)
    preview = upload(client, out.getvalue())["Location"]
    text = client.get(preview).content.decode()
    assert "3004 Fredrikstad" in text
    assert "450\xa0000" in text
    seen = client.get(preview).context["plan"].hash
    assert client.post(preview, {"seen": seen})["Location"] == reverse("application_list", args=[2021])
    assert GrantApplication.objects.across_all(reason=WHY).count() == 1
    assert client.post(preview, {"seen": seen}).status_code == 409  # the second click
    assert GrantApplication.objects.across_all(reason=WHY).count() == 1


def test_a_list_with_faults_shows_them_and_has_no_button(reader):
    client = reader()
    preview = upload(client, written(row(number="0106"), row(applied_kr=12)))["Location"]
    text = client.get(preview).content.decode()
    assert ">A2<" in text
    assert ">E3<" in text
    assert 'name="seen"' not in text
    assert client.post(preview, {"seen": client.get(preview).context["plan"].hash}).status_code == 409
    assert client.post(reverse("application_discard", args=[preview.split("/")[3]])).status_code == 302
    assert ApplicationList.objects.across_all(reason=WHY).get().status == "discarded"
    assert client.get(preview).status_code == 200


@pytest.mark.parametrize("data", [b"", b"x;y;z", b"PK\x03\x04", b"\0" * (5 * 1024 * 1024 + 1)])
def test_a_file_that_is_no_list_is_refused_in_one_sentence(reader, data):
    answer = upload(reader(), data)
    assert answer.status_code == 422
    assert 'id="id_file_error"' in answer.content.decode()
    assert not ApplicationList.objects.across_all(reason=WHY).exists()


def test_small_amounts_must_be_confirmed(reader):
    client = reader()
    preview = upload(client, written(row(applied_kr=2_000)))["Location"]
    seen = client.get(preview).context["plan"].hash
    assert 'name="sure"' in client.get(preview).content.decode()
    assert client.post(preview, {"seen": seen}).status_code == 409
    assert client.post(preview, {"seen": seen, "sure": "1"}).status_code == 302


def test_one_row_is_put_right_in_the_form(reader, stage, now):
    noted(stage, now, row())
    held = GrantApplication.objects.across_all(reason=WHY).get()
    url = reverse("application_edit", args=[2021, held.pk])
    data = {"status": "granted", "applied_kr": "450 000", "granted_kr": "1,5", "seen": application_state(held)}
    assert 'value="450\xa0000"' in page(reader(), "application_edit", 2021, held.pk)
    answer = reader().post(url, data)
    assert answer.status_code == 422
    assert 'id="id_granted_kr_error"' in answer.content.decode()
    assert 'value="1,5"' in answer.content.decode()
    assert reader().post(url, {**data, "granted_kr": "400 000", "note": "Delvis"}).status_code == 302
    held.refresh_from_db()
    assert (held.status, held.granted_kr, held.note) == ("granted", 400_000, "Delvis")
    page(reader(), "application_edit", 2022, held.pk, status=404)
    assert reader().post(reverse("application_remove", args=[2021, held.pk])).status_code == 302
    assert not GrantApplication.objects.across_all(reason=WHY).exists()


def test_the_template_of_a_year_without_schemes_opens(reader):
    body = reader().get(reverse("application_template", args=[2019])).content
    assert openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].max_row == 1
    assert template(2021).worksheets[0].max_row == 1


def test_a_year_whose_criteria_go_says_so_everywhere(reader, stage, now):
    values, seen = YearCriteria(), criteria_get(2021).state
    criteria_set(year=2021, values=values, seen=seen, actor=stage.user("hdir"), now=now)
    assert reader().get(reverse("scheme_list", args=[2021])).context["criteria"] == []
    assert page(reader(), "criteria_page", 2021).count("<ol") == 1  # the breadcrumbs alone
