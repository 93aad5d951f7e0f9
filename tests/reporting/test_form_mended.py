"""A form that is mended in the middle of a round: what was sent in reads as it was sent in, on every page and in every
file, and what comes back is asked by the mended form, with nothing lost."""

from __future__ import annotations

import json

import pytest

from municipalities.models import OfficeName, Role
from reporting.compose import editing
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.documents.content import to_json
from reporting.documents.extract import extract
from reporting.documents.selectors import Frozen
from reporting.figure_home import answer_words
from reporting.models import NationalSummary, Report, Submission
from reporting.services.drafts import draft_open, spec_of
from reporting.services.findings import draft_findings
from reporting.services.form_mending import form_correct
from reporting.services.messages import message_write
from reporting.services.prefill import last_report
from reporting.services.reopening import report_reopen
from reporting.services.submissions import submission_return, submission_submit
from tests.reporting.factories import SPRING, ReportFactory, at, editor, reviewer, user

pytestmark = pytest.mark.django_db
NOW = at(SPRING)
NOTE = {"nb": "Rettet.", "nn": "Retta."}
NEW = {"nb": "Et helt nytt spørsmål", "nn": "Eit heilt nytt spørsmål"}
WORDS = {"nb": "Et nytt ord", "nn": "Eit nytt ord"}


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = f"{SPRING}T10:00+02:00"


def mend(round_, *changes):
    definition = round_.form_version.definition
    for change in changes:
        definition = change(definition)
    done = form_correct(round_=round_, definition=definition, note=NOTE, actor=user(Role.HDIR_ADMIN), now=NOW)
    round_.refresh_from_db()
    return done


def reworded(definition):
    return editing.question_set(definition, code="plan.case", values={"text": NEW, "short": {}})


def number_now(definition):
    return editing.question_set(definition, code="plan.case", values={"kind": "whole_number", "limits": {}})


def taken_away(definition):
    return editing.question_remove(definition, code="comment")


def placed_otherwise(definition):
    """The answers of a question under other keys: none of those given is among them."""
    options = [{"key": f"new{n}", "text": WORDS} for n in range(3)]
    return editing.question_set(definition, code="org.responsible", values={"options": options})


def read(report):
    rows = Report.objects.across_all(reason="test").select_related("round__form_version", "municipality", "office")
    return rows.get(pk=report.pk)


def test_every_page_of_a_report_shows_what_was_asked(client):
    report = ReportFactory.submitted()
    mend(report.round, reworded, taken_away, placed_otherwise)
    own, staff = editor(report.municipality), reviewer(report.office)
    pages = {
        f"/rapport/{report.pk}/kvittering/": own,
        f"/rapport/{report.pk}/": own,
        "/kommune/": own,
        f"/rapport/{report.pk}/gjennomgang/?vis=alle": staff,
        "/arbeidsliste/": staff,
    }  # fmt: skip
    for address, who in pages.items():
        client.force_login(who)
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert NEW["nb"] not in page and WORDS["nb"] not in page, address
    client.force_login(own)
    draft = client.get(f"/api/v1/reports/{report.pk}/draft/").json()["answers"]
    assert draft == Submission.objects.across_all(reason="test").get(report=report).answers


def test_the_statsforvalter_comments_on_what_was_asked_though_it_is_asked_no_more(client):
    report = ReportFactory.submitted()
    mend(report.round, taken_away)
    client.force_login(reviewer(report.office))
    data = {"question": "comment", "text": "Hva mener dere?"}
    assert client.post(f"/rapport/{report.pk}/kommentar/", data).status_code == 302
    assert report.comments.get().question == "comment"
    report = read(report)
    message_write(
        report=report, question="comment", text="Hvorfor?", audience="office", actor=reviewer(report.office), now=NOW
    )
    submission_return(report=report, actor=reviewer(report.office), now=NOW, note="Se kommentaren.")
    client.force_login(editor(report.municipality))
    assert client.get(f"/rapport/{report.pk}/", follow=True).status_code == 200


def test_figures_and_files_are_made_from_old_and_new_answers_together():
    report = ReportFactory.submitted()
    OfficeName.objects.create(
        office=report.office, name_nb="Embetet", name_nn="Embetet", short_name="Embetet", valid_from=SPRING
    )
    before = spec_of(read(report))
    mend(report.round, reworded, taken_away, placed_otherwise)
    report.round.refresh_from_db()
    content = compute(collect(report.round, frozen_at=NOW), "nb", str)
    assert to_json(content)
    lines = list(extract([report.round], "nb").lines)
    sent = Submission.objects.across_all(reason="test").get(report=report).answers
    answered = [line for line in lines if line[6] == "org.responsible"]
    assert [line[8] for line in answered] == [sent["org.responsible"]]
    old = before.question("org.responsible").option(sent["org.responsible"]).text["nb"]
    assert answered[0][9] == old != WORDS["nb"]
    answers, _units, codes = content.sheets
    assert [row.cells[6] for row in answers.rows if row.cells[3] == "org.responsible"] == [old]
    assert {old, WORDS["nb"]} <= {row.cells[4] for row in codes.rows if row.cells[0] == "org.responsible"}
    assert {"comment"} <= {row.cells[0] for row in codes.rows}


def test_the_page_of_a_figure_says_an_answer_in_the_words_it_was_given_in():
    report = ReportFactory.submitted()
    old = spec_of(read(report)).question("org.responsible")
    sent = Submission.objects.across_all(reason="test").get(report=report)
    mend(report.round, placed_otherwise)
    summary = NationalSummary(
        round=report.round, kind="half_year", as_of=SPRING, frozen_at=NOW, submission_ids=[sent.pk], register_ids={},
    )  # fmt: skip
    select = {"question": "org.responsible", "values": sent.answers["org.responsible"]}
    assert answer_words(Frozen(summary), select)[report.municipality_id] == [
        old.option(sent.answers["org.responsible"]).text["nb"]
    ]


class TestOpenInABrowser:
    """A page from before the mending, with something typed at a question that is asked no more."""

    TYPED = "Skrevet mens skjemaet ble rettet."

    @pytest.fixture
    def report(self, client):
        report = ReportFactory.draft()
        client.force_login(editor(report.municipality))
        return report

    def save(self, client, report, key, value, **more):
        rev = read(report).draft["fields"].get(key, {}).get("rev", 0)
        body = json.dumps({"key": key, "value": value, "rev": rev, **more})
        return client.post(f"/rapport/{report.pk}/lagre/", body, content_type="application/json")

    def expect_kept(self, client, report):
        assert read(report).draft["fields"]["comment"]["value"] == self.TYPED
        assert self.TYPED in client.get(f"/rapport/{report.pk}/endringer/").content.decode()
        assert "comment" not in draft_open(report=read(report), actor=None, now=NOW).answers

    def test_each_field_alone(self, client, report):
        mend(report.round, taken_away)
        answer = self.save(client, report, "comment", self.TYPED)
        assert answer.status_code == 200 and answer.json()["error"]
        self.expect_kept(client, report)
        assert self.save(client, report, "plan.case", "PS 9/22").json()["error"] == ""
        assert read(report).draft["fields"]["plan.case"]["value"] == "PS 9/22"
        assert self.save(client, report, "never.asked", "x").status_code == 400

    def test_what_a_colleague_wrote_there_stands_and_mine_is_kept_beside(self, client, report):
        mend(report.round, taken_away)
        self.save(client, report, "comment", "Kollegaens")
        body = json.dumps({"key": "comment", "value": self.TYPED, "rev": 0})
        answer = client.post(f"/rapport/{report.pk}/lagre/", body, content_type="application/json")
        assert answer.status_code == 200 and answer.json()["error"]
        assert read(report).draft["fields"]["comment"]["value"] == "Kollegaens"
        assert self.TYPED in client.get(f"/rapport/{report.pk}/endringer/").content.decode()

    def test_an_explanation_of_a_warning_about_it(self, client, report):
        mend(report.round, taken_away)
        answer = self.save(client, report, "comment:long_delay:comment", self.TYPED, base="")
        assert answer.status_code == 200 and answer.json()["error"]
        assert self.TYPED in client.get(f"/rapport/{report.pk}/endringer/").content.decode()
        assert self.save(client, report, "comment:long_delay:never", self.TYPED, base="").status_code == 400

    def section_of(self, report, code):
        return spec_of(read(report)).question(code).section

    def whole(self, report, **values):
        """What a browser sends of these fields, over what stands there."""
        fields = read(report).draft["fields"]
        return values | {f"rev:{key}": str(fields.get(key, {}).get("rev", 0)) for key in values}

    def test_a_section_sent_whole_says_so_and_saves_the_others(self, client, report):
        section = self.section_of(report, "comment")
        mend(report.round, taken_away)
        data = self.whole(report, **{"comment": self.TYPED, "result.example": "Ny tekst"})
        shown = client.post(f"/rapport/{report.pk}/skjema/{section}/", data, follow=True)
        assert shown.status_code == 200
        assert [message.level_tag for message in shown.context["messages"]] == ["warning"]
        assert read(report).draft["fields"]["result.example"]["value"] == "Ny tekst"
        self.expect_kept(client, report)

    def test_a_question_that_was_moved_is_saved_from_its_old_place(self, client, report):
        old, first = self.section_of(report, "comment"), spec_of(report).sections[0].key
        mend(report.round, lambda form: editing.question_move(form, code="comment", section=first))
        assert self.section_of(report, "comment") == first != old
        data = self.whole(report, comment=self.TYPED)
        assert client.post(f"/rapport/{report.pk}/skjema/{old}/", data).status_code == 302
        assert read(report).draft["fields"]["comment"]["value"] == self.TYPED

    def test_a_whole_section_that_is_gone(self, client, report):
        section, first = self.section_of(report, "comment"), spec_of(report).sections[0].key

        def emptied(form):
            for question in spec_of(report).section(section).questions[:-1]:
                form = editing.question_move(form, code=question.code, section=first)
            return editing.section_remove(editing.question_remove(form, code="comment"), key=section)

        mend(report.round, emptied)
        address = f"/rapport/{report.pk}/skjema/{section}/"
        answer = client.post(address, self.whole(report, comment=self.TYPED))
        assert answer.status_code == 302 and answer["Location"] == f"/rapport/{report.pk}/skjema/"
        self.expect_kept(client, report)
        assert client.get(address)["Location"] == f"/rapport/{report.pk}/skjema/"
        assert client.get(f"/rapport/{report.pk}/skjema/never/").status_code == 404


class TestComingBack:
    def expect_to_look_at(self, report):
        report = read(report)
        assert report.draft["fields"]["plan.case"]["raw"] == "PS 82/21"
        actor = editor(report.municipality)
        view = draft_open(report=report, actor=actor, now=NOW)
        assert view.fields["plan.case"].error and view.fields["plan.case"].question.kind == "whole_number"
        found = draft_findings(report, last_report(report), SPRING)
        assert ("invalid", "plan.case") in {(finding.code, finding.question) for finding in found}

    def sent(self):
        report = ReportFactory.draft()
        fields = report.draft["fields"]
        fields["plan.case"] = {**fields.get("plan.case", {}), "value": "PS 82/21", "rev": 9}
        report.save()
        submission_submit(report=report, actor=editor(report.municipality), now=NOW)
        return report

    def test_a_report_returned_after_the_mending_is_judged_by_the_mended_form(self):
        report = self.sent()
        mend(report.round, number_now)
        frozen = dict(read(report).draft["fields"]["plan.case"])
        assert frozen["value"] == "PS 82/21"  # while it is sent in nothing moves
        submission_return(report=read(report), actor=reviewer(report.office), now=NOW, note="Se på saken.")
        self.expect_to_look_at(report)
        assert Submission.objects.across_all(reason="test").get(report=report).answers["plan.case"] == "PS 82/21"

    def test_so_is_one_that_is_reopened(self):
        report = ReportFactory.approved()
        before = read(report).draft["fields"]["org.responsible"]["value"]
        mend(report.round, placed_otherwise)
        report_reopen(report=read(report), actor=reviewer(report.office), now=NOW, note="Feil svar.")
        field = read(report).draft["fields"]["org.responsible"]
        assert (field["value"], field["raw"], bool(field["error"])) == (None, before, True)

    def test_without_a_mending_nothing_is_touched(self):
        report = ReportFactory.submitted()
        before = read(report).draft, read(report).draft_version
        submission_return(report=read(report), actor=reviewer(report.office), now=NOW, note="Se på saken.")
        assert (read(report).draft, read(report).draft_version) == before
