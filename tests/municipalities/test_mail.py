"""A mail is written with its reason, goes out after the commit, once, on one header line, in the user's language."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.db import connections, transaction

from municipalities import mail, tasks
from municipalities.models import OutgoingMail, User


@pytest.fixture
def user(db):
    return User.objects.create(username="kari", first_name="Kari", last_name="Åsnes", email="kari@example.no")


def queue(user, now, key="test:1", subject="Emne", body="Tekst"):
    return mail.mail_queue(key=key, user=user, subject=subject, body=body, now=now)


def test_it_goes_out_after_the_commit(user, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = queue(user, now)
        assert outbox.outbox == []
    row.refresh_from_db()
    assert (row.status, row.attempts, row.error) == ("sent", 1, "")
    assert row.sent_at is not None
    assert [(m.to, m.subject, m.body) for m in outbox.outbox] == [(["kari@example.no"], "Emne", "Tekst")]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_sends_nothing(now):
    user = User.objects.create(username="kari", email="kari@example.no")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue(user, now)
        raise ZeroDivisionError
    assert not OutgoingMail.objects.exists()
    assert outbox.outbox == []


def test_the_same_reason_gives_one_mail(user, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = queue(user, now)
        second = queue(user, now, subject="Noe annet")
    assert first.pk == second.pk
    assert len(outbox.outbox) == 1


def test_a_task_that_runs_twice_sends_once(user, now):
    row = queue(user, now)
    assert mail.mail_send(pk=row.pk, now=now) is True
    assert mail.mail_send(pk=row.pk, now=now) is False
    tasks.send_mail(row.pk)
    assert len(outbox.outbox) == 1


def test_a_second_worker_leaves_a_mail_that_is_being_sent(user, now, monkeypatch):
    row = queue(user, now)
    seen = []

    def deliver(taken):
        seen.append(mail.mail_send(pk=taken.pk, now=now))  # the other worker, in the middle of the first one's work

    monkeypatch.setattr(mail, "_deliver", deliver)
    assert mail.mail_send(pk=row.pk, now=now) is True
    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_it_once(now):
    user = User.objects.create(username="kari", email="kari@example.no")
    with transaction.atomic():
        row = OutgoingMail.objects.create(key="k", user=user, subject="Emne", body="", queued_at=now)
    start = threading.Barrier(6)
    sent = []

    def work():
        start.wait()
        sent.append(mail.mail_send(pk=row.pk, now=now))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False] * 5 + [True]
    assert len(outbox.outbox) == 1


def test_a_failure_is_written_down_and_tried_again(user, now, monkeypatch):
    row = queue(user, now)

    def broken(_mail):
        raise SMTPServerDisconnected("connection\r\nlost")

    with monkeypatch.context() as patch:
        patch.setattr(mail, "_deliver", broken)
        assert mail.mail_send(pk=row.pk, now=now) is False
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "SMTPServerDisconnected: connection lost")
    assert mail.mails_release(now=now + timedelta(seconds=30)) == []
    assert mail.mails_release(now=now + mail.FIRST_PAUSE) == [row.pk]
    assert mail.mail_send(pk=row.pk, now=now + mail.FIRST_PAUSE) is True
    assert mail.mails_release(now=now + timedelta(days=1)) == []
    assert len(outbox.outbox) == 1


def test_the_job_that_tries_again_does(user, now, django_capture_on_commit_callbacks):
    row = queue(user, now)
    OutgoingMail.objects.update(status="failed", attempts=1, claimed_at=now)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.resend_mails()
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("sent", 2)


def test_it_gives_up_at_last(user, now):
    row = queue(user, now)
    OutgoingMail.objects.update(status="failed", attempts=mail.MAX_ATTEMPTS, claimed_at=now)
    assert mail.mails_release(now=now + timedelta(days=9)) == []
    row.refresh_from_db()
    assert row.status == "failed"


def test_a_mail_whose_worker_died_or_whose_task_was_lost_is_taken_up(user, now):
    lost = queue(user, now, key="lost")
    dead = queue(user, now, key="dead")
    OutgoingMail.objects.filter(pk=dead.pk).update(status="sending", claimed_at=now, attempts=1)
    assert mail.mails_release(now=now + timedelta(minutes=1)) == []
    assert mail.mails_release(now=now + settings.JOB_STUCK_AFTER + timedelta(minutes=5)) == [lost.pk, dead.pk]


def test_the_same_mail_has_the_same_message_id_each_time(user, now):
    row = queue(user, now)
    for _ in range(2):
        OutgoingMail.objects.update(status="failed")
        mail.mail_send(pk=row.pk, now=now)
    first, second = outbox.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


@pytest.mark.parametrize("subject", ["Emne\r\nBcc: all@example.no", "Emne\nBcc: all@example.no", "Emne\u2028Bcc: x"])
def test_a_subject_is_one_line(user, now, subject):
    row = queue(user, now, subject=subject)
    assert mail.mail_send(pk=row.pk, now=now) is True
    message = outbox.outbox[0].message()
    assert message["Bcc"] is None
    assert outbox.outbox[0].subject.startswith("Emne Bcc: ")


def test_an_address_with_a_newline_fails_and_sends_nothing(user, now):
    User.objects.update(email="kari@example.no\nBcc: all@example.no")
    row = queue(user, now)
    assert mail.mail_send(pk=row.pk, now=now) is False
    row.refresh_from_db()
    assert row.status == "failed"
    assert outbox.outbox == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_cannot_get_mail_gets_none(user, now, change):
    User.objects.update(**change)
    row = queue(user, now)
    assert mail.mail_send(pk=row.pk, now=now) is False
    assert outbox.outbox == []


CONTEXT = {
    "unit": 'Bø & "Nes" <b>',
    "reference_date": date(2022, 5, 1),
    "deadline": date(2022, 5, 1),
    "days": -3,
    "days_over": 3,
    "office": "Statsforvalteren i Agder",
    "comment": "Når er <vedtaket>?",
    "comments": [("Forventet vedtak", "Hvilket møte?")],
    "number": 2,
    "days_late": 3,
    "answers_hash": "ab" * 32,
}
TEMPLATES = ["receipt"]


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_the_templates_give_a_subject_and_a_plain_text(user, now, name, language):
    user.language = language
    url = mail.absolute_url("/rapport/7/")
    subject, body = mail.mail_text(name=name, user=user, context={**CONTEXT, "submitted_at": now, "url": url})
    assert 'Bø & "Nes" <b>' in subject
    assert "\n" not in subject
    assert settings.PORTAL_BASE_URL + "/rapport/7/" in body
    assert "&lt;" not in body
    assert "\n\n\n" not in body
    assert "2022" in subject
    assert "Kari Åsnes" in body


def test_the_language_is_the_users_and_not_the_senders(user, now):
    from django.utils import translation

    user.language = "nn"
    with translation.override("nb"):
        _, body = mail.mail_text(name="receipt", user=user, context={**CONTEXT, "submitted_at": now, "url": "x"})
    with translation.override("nn"):
        assert translation.gettext("Regards,") in body
