"""The receipt is whole, in the reader's language, and can be made again."""

import datetime as dt

import pytest

from municipalities.models import MunicipalityVersion
from reporting.documents.content import Table, from_json, to_json
from reporting.documents.content_check import problems
from reporting.documents.receipt import receipt_content, receipt_number
from reporting.models import Document, Submission
from reporting.services.drafts import comment_save
from reporting.services.submissions import ChecksFailed, submission_submit
from tests.reporting.factories import ReportFactory, answers, at, editor, network, office, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission():
    home = unit("Kautokeino")
    parallel = [{"name": "Guovdageaidnu", "lang": "se"}, {"name": "Kautokeino", "lang": "no"}]
    MunicipalityVersion.objects.update(official_names=parallel)
    one = editor(home, "kari")
    net = network("Nettverk Agder", office())
    values = answers(network_participates="yes", progress_delay_months=30, progress_delay_reason="money",
                     comment="=1+1 <b>\n" + "ø" * 3000)  # fmt: skip
    values["network.which"] = [str(net.pk)]
    report = ReportFactory.draft(municipality=home, actor=one, values=values)
    now = at(dt.date(2022, 5, 3), 14, 7)
    comment_save(report=report, finding="long_delay", text="Ny ledelse.", actor=one, now=now)
    submission_submit(report=report, actor=one, now=now)
    return Submission.objects.get_queryset().get()


def cells(content):
    return {row.key: row.cells for block in content.blocks if isinstance(block, Table) for row in block.rows}


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_receipt_hangs_together_and_says_everything(submission, language):
    content = receipt_content(submission, language)
    assert problems(content) == []
    assert (content.kind, content.language, content.as_of) == ("receipt", language, dt.date(2022, 5, 1))
    found = cells(content)
    assert found["plan.status"][1].startswith("Ja, ")
    assert found["plan.decided_on"][1] == "17.\xa0juni 2021"
    assert found["network.which"][1] == "Nettverk Agder"
    assert found["1.1"] == ("Løsning 1.1" if language == "nb" else "Løysing 1.1", "På plass")
    assert found["comment"][1].startswith("=1+1 <b>")
    assert found["long_delay"][1] == "Ny ledelse."
    assert "plan.expected_on" not in found
    said = dict(content.meta)
    assert submission.answers_hash in said.values() and receipt_number(submission) in said.values()
    assert any("Kautokeino – Guovdageaidnu" in value for value in said.values())
    assert content.frozen_at == "2022-05-03T14:07:00+02:00"


def test_the_same_receipt_again_is_the_same_to_the_letter(submission, django_assert_max_num_queries):
    first = to_json(receipt_content(submission, "nb"))
    fresh = Submission.objects.get_queryset().get()
    with django_assert_max_num_queries(6):
        second = to_json(receipt_content(fresh, "nb"))
    assert first == second
    assert to_json(from_json(first)) == first


def test_the_jobs_start_after_the_commit_and_leave_a_receipt_and_a_mail(django_capture_on_commit_callbacks, mailoutbox):
    report = ReportFactory.draft()
    one = editor(report.municipality, "kari")
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        submission_submit(report=report, actor=one, now=at(dt.date(2022, 4, 28)))
    document = Document.objects.get_queryset().get()
    assert document.status == "queued" and mailoutbox == [] and len(waiting) == 2
    for start in waiting:
        start()
    document.refresh_from_db()
    assert (document.status, document.error) == ("done", "")
    assert document.file and document.size > 1000
    assert [message.to for message in mailoutbox] == [["kari@example.no"]]
    for start in waiting:  # delivered twice by the broker
        start()
    assert len(mailoutbox) == 1


def test_no_job_starts_for_what_is_rolled_back(django_capture_on_commit_callbacks):
    report = ReportFactory.draft(values=answers(plan_decided_on=None))
    with django_capture_on_commit_callbacks() as waiting, pytest.raises(ChecksFailed):
        submission_submit(report=report, actor=editor(report.municipality), now=at(dt.date(2022, 4, 28)))
    assert waiting == [] and not Document.objects.get_queryset().exists()
