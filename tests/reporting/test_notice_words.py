"""The words of the notices: the portal's own, Hdir's, and what may stand in braces."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.mail import absolute_url
from municipalities.models import Event, MunicipalityVersion, OutgoingMail, Role
from reporting.models import Notice, NoticeText, RegionalReport
from reporting.notice_words import LANGUAGES, Words, faults, fill, own_words, placeholders
from reporting.services.notice_message import Wording
from reporting.services.notice_texts import TextRefused, notice_text_restore, notice_text_save, words_that_hold
from reporting.services.notices import notice_write
from tests.reporting import factories
from tests.reporting.factories import ReportFactory, at, editor, user

NOTICES = list(own_words())
DAY = dt.date(2022, 5, 4)


def test_every_kind_of_notice_has_words_and_the_portals_own_have_no_fault():
    assert {kind for kind, _audience in NOTICES} == set(Notice.Kind.values)
    for (kind, audience), words in own_words().items():
        assert list(words) == list(LANGUAGES)
        for text in words.values():
            assert faults(text.subject, text.body, kind=kind, audience=audience) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_gives_a_subject_and_a_plain_text(language):
    report = ReportFactory.not_started()
    MunicipalityVersion.objects.filter(municipality=report.municipality).update(name='Bø & "Nes" <b>')
    kari = editor(report.municipality, "kari")
    kari.language = language
    for kind, audience in NOTICES:
        about = {"report": report} if audience in ("municipality", "correction") else {}
        facts = {"audience": audience, "office": report.office_id, "count": 3, "by": "Ola", "comment": "Når?",
                 "section": {"nb": "Plan", "nn": "Planar"}}  # fmt: skip
        row = Notice(kind=kind, round=report.round, user=kari, facts=facts, **about)
        said = Wording([row], today=DAY).message(kari, [row])
        assert (said.language, "\n" in said.subject, "2022" in said.subject + said.body) == (language, False, True)
        assert not re.search(r"[{}]|&lt;|&amp;|\n\n\n", said.subject + said.body), (kind, audience)
        assert absolute_url("/") in said.body
        if about:
            assert 'Bø & "Nes" <b>' in said.subject
            assert f"/rapport/{report.pk}/" in said.body


def test_what_stands_in_braces_is_filled_in_once_and_an_empty_paragraph_goes():
    assert fill("A {enhet} {ukjent}", {"enhet": "{frist}", "frist": "nei"}) == "A {frist} {ukjent}"
    assert fill("Ett\n\n{kommentar}\n\nTo", {"kommentar": ""}) == "Ett\n\nTo"


@pytest.mark.parametrize(
    ("subject", "body", "field", "part"),
    [
        ("", "Tekst", "subject", ""),
        ("Emne", "  ", "body", ""),
        ("Emne {enhet}", "Frist {fristt}", "body", "{fristt}"),
        ("Emne {antall}", "Tekst", "subject", "{antall}"),  # known, but not in this notice
        ("Emne", "Fristen er {frist", "body", "{enhet}"),
        ("x" * 151, "Tekst", "subject", "151"),
        ("Emne", "x" * 4001, "body", "4001"),
        ("To\nlinjer", "Tekst", "subject", ""),
    ],
)
def test_a_fault_is_a_sentence_at_its_field(subject, body, field, part):
    found = faults(subject, body, kind="opened", audience="municipality")
    assert list(found) == [field]
    assert part in found[field]
    assert found[field].endswith(".")


def test_a_fault_lists_what_can_be_used():
    said = faults("{feil}", "x", kind="section", audience="municipality")["subject"]
    assert all(f"{{{name}}}" in said for name in placeholders("section", "municipality"))


@pytest.fixture
def hdir(db):
    return user(Role.HDIR, name="hanne")


def save(hdir, nb=None, nn=None, kind="message", audience="municipality", day=DAY):
    words = {language: text for language, text in (("nb", nb), ("nn", nn)) if text is not None}
    return notice_text_save(kind=kind, audience=audience, words=words, actor=hdir, now=at(day))


def test_hdirs_words_hold_from_then_on_and_can_be_taken_back(hdir):
    report = ReportFactory.not_started()
    kari = editor(report.municipality)
    assert len(save(hdir, Words("Hei {enhet}", "Les dette, {avsender}.\n\n{lenke}\n\nTakk."))) == 1
    notice_write(kind="message", round=report.round, report=report, users=[kari], now=at(DAY), facts={"by": "Ola"})
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Hei Prøvekommune"
    assert f"Les dette, Ola.\n\n{absolute_url('')}/rapport/{report.pk}/skjema/\n\nTakk." in mail.body
    assert mail.body.count("/skjema/") == 1
    held = words_that_hold()["message", "municipality"]
    assert held["nn"] == own_words()["message", "municipality"]["nn"]
    assert notice_text_restore(kind="message", audience="municipality", actor=hdir, now=at(DAY)) == 1
    assert words_that_hold() == own_words()
    names = list(Event.objects.get_queryset().filter(name__startswith="notice_text").values_list("name", flat=True))
    assert sorted(names) == ["notice_text_taken_back", "notice_text_written"]


def test_words_that_are_the_portals_own_are_no_change(hdir):
    own = own_words()["message", "municipality"]
    assert save(hdir, own["nb"], own["nn"]) == []
    save(hdir, Words("Annet", "Tekst"))
    save(hdir, own["nb"])
    assert not NoticeText.objects.exists()


def test_every_fault_is_told_and_nothing_is_saved(hdir):
    with pytest.raises(TextRefused) as refused:
        save(hdir, Words("{a}", "ok"), Words("ok", ""))
    assert set(refused.value.faults) == {("nb", "subject"), ("nn", "body")}
    assert not NoticeText.objects.exists()


def test_only_hdir_writes_them(db):
    with pytest.raises(PermissionDenied):
        save(factories.reviewer(factories.office()), Words("a", "b"))
    with pytest.raises(PermissionDenied):
        notice_text_restore(kind="message", audience="municipality", actor=user(Role.HOD), now=at(DAY))


@pytest.mark.django_db
def test_a_return_brings_its_comments_in_the_readers_language():
    report = ReportFactory.not_started()
    kari = editor(report.municipality)
    facts = {
        "comment": "Når er <vedtaket>?",
        "comments": [{"question": {"nb": "Forventet vedtak", "nn": "Venta vedtak"}, "text": "Hvilket møte?"},
                     {"question": {}, "text": "Til slutt."}],
    }  # fmt: skip
    row = Notice(kind="returned", round=report.round, report=report, user=kari, facts=facts)
    body = Wording([row], today=DAY).message(kari, [row]).body
    assert "Kommentaren:\nNår er <vedtaket>?\n\nForventet vedtak:\nHvilket møte?\n\nTil slutt.\n\nAlle" in body


@pytest.mark.django_db
def test_several_stand_in_one_mail_the_most_pressing_first():
    report = ReportFactory.not_started()
    kari = editor(report.municipality)
    rows = [Notice(pk=n, kind=kind, round=report.round, report=report, user=kari, facts={"by": "Ola"})
            for n, kind in enumerate(("message", "last_day", "form_changed"), 1)]  # fmt: skip
    said = Wording(rows, today=report.round.municipality_deadline).message(kari, rows)
    assert [part.notice.kind for part in said.parts] == ["last_day", "message", "form_changed"]
    assert said.subject.startswith("Prøvekommune: siste dag for rapporten")
    assert "2" in said.subject.removeprefix(said.parts[0].subject)
    assert said.body.count("----") == 2
    assert all(part.subject in said.body and part.text in said.body for part in said.parts)


@pytest.mark.django_db
def test_a_regions_notices_name_the_office():
    report = ReportFactory.not_started()
    from municipalities.models import OfficeName

    OfficeName.objects.create(
        office=report.office, short_name="Agder", name_nb="Statsforvalteren i Agder",
        name_nn="Statsforvaltaren i Agder", valid_from=dt.date(2021, 1, 1),
    )  # fmt: skip
    regional = RegionalReport.objects.get_queryset().create(round=report.round, office=report.office)
    one = user(Role.HDIR)
    row = Notice(kind="delivered", round=report.round, regional=regional, user=one, facts={})
    said = Wording([row], today=DAY).message(one, [row])
    assert said.subject == "Statsforvalteren i Agder har levert rapporten per 1. mai 2022"
