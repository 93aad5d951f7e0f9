"""What the portal keeps about persons: one literal table, from which the privacy page is made, by which a former
contact is anonymised, and by which a person is shown where her name stands. A test walks all models and fails for a
text field that is neither here nor among ``NONE``.

Kept are name, work e-mail, work telephone, language and role of contacts, and what they have done in a case. Grounds:
the General Data Protection Regulation, article 6 no. 1 e (a task in the public interest: following the reform) and,
for what belongs to a case, article 6 no. 1 c (the duty to keep it by the Archives Act).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ANONYMISE_AFTER_MONTHS = 12
"""Months after a person's last membership ended; then she is anonymised. A year: two rounds, so that whoever took over
may still ask her."""
MAIL_MONTHS = 12
"""Months after a mail was sent; then its text is emptied. That it was sent is kept."""


class Purpose(TextChoices):
    LOGIN = "login", _("To let you log in, and only you")
    CONTACT = "contact", _("To reach the one who answers for a municipality or a region")
    CASE = "case", _("To show who did what in a case")
    TRAIL = "trail", _("To be able to find out afterwards who saw or changed what")
    TEXT = "text", _("Texts about the municipality; no personal information belongs there")


class Ground(TextChoices):
    TASK = "6-1-e", _("Article 6 no. 1 e: a task in the public interest")
    ARCHIVE = "6-1-c", _("Article 6 no. 1 c: the duty to keep documents of a case (the Archives Act)")
    SECURITY = "32", _("Article 6 no. 1 e, and article 32: security of the processing")


class Kept(TextChoices):
    ACCOUNT = "account", _("Until 12 months after your last role ended; then the name is replaced by the role")
    MAIL = "mail", _("12 months after the mail was sent; then the text is emptied")
    SESSION = "session", _("As long as you are logged in, two hours at most")
    MOMENT = "moment", _("Until a job has looked into it, as a rule a few seconds")
    TRAIL = "trail", _("Changes 10 years, readings 2 years; without your name when it has been replaced")
    ARCHIVE = "archive", _("With the case, as the Archives Act says: what was sent in or sent on is never changed")


class Then(Enum):
    """What is done with a field when its person is anonymised."""

    USER = "the user itself, by its own rule"
    NAME = "replaced by the role"
    DELETE = "the row is deleted"
    EMPTY = "emptied"
    STAYS = "stays as it is"


@dataclass(frozen=True)
class Personal:
    """A field that holds something about a person. ``whose`` is the way from the row to her user; empty: the row has
    only her name, or she is nobody whom the portal knows."""

    what: Any
    purpose: Purpose
    ground: Ground
    kept: Kept
    then: Then
    whose: str = ""


NAME = _("Name")
_NAMED = _("Your name beside what you registered, wrote or changed")
_SENT = _("Your name as the one who sent in or decided")
_FREE = _("What people write about the work of the municipality")
_USER_NAME = _("User name and password (only a hash of it)")
_LOGIN = _(
    "What you log in with besides: addresses, the second step, keys, and who you are at your organisation's login"
)
_OUT = _("Mails to you")


def _named(whose: str = "") -> Personal:
    return Personal(_NAMED, Purpose.CASE, Ground.TASK, Kept.ACCOUNT, Then.NAME, whose)


def _sealed(whose: str = "") -> Personal:
    return Personal(_SENT, Purpose.CASE, Ground.ARCHIVE, Kept.ARCHIVE, Then.STAYS, whose)


def _login(whose: str) -> Personal:
    return Personal(_LOGIN, Purpose.LOGIN, Ground.SECURITY, Kept.ACCOUNT, Then.DELETE, whose)


_USER = (Ground.TASK, Kept.ACCOUNT, Then.USER)
_TEXT = Personal(_FREE, Purpose.TEXT, Ground.ARCHIVE, Kept.ARCHIVE, Then.STAYS)
_SESSION = Personal(_("That you are logged in, and as whom"), Purpose.LOGIN, Ground.SECURITY, Kept.SESSION, Then.DELETE)
_TRAIL = Personal(
    _("What you changed or read, when, and in which role"), Purpose.TRAIL, Ground.SECURITY, Kept.TRAIL, Then.STAYS,
    "actor",
)  # fmt: skip

PERSONAL: Mapping[str, Personal] = {
    "municipalities.User.first_name": Personal(NAME, Purpose.CONTACT, *_USER),
    "municipalities.User.last_name": Personal(NAME, Purpose.CONTACT, *_USER),
    "municipalities.User.email": Personal(_("Work e-mail"), Purpose.CONTACT, *_USER),
    "municipalities.User.phone": Personal(_("Work telephone"), Purpose.CONTACT, *_USER),
    "municipalities.User.username": Personal(_USER_NAME, Purpose.LOGIN, *_USER),
    "municipalities.User.password": Personal(_USER_NAME, Purpose.LOGIN, *_USER),
    "account.EmailAddress.email": _login("user"),
    "account.EmailConfirmation.key": _login("email_address__user"),
    "mfa.Authenticator.data": _login("user"),
    "authtoken.Token.key": _login("user"),
    "socialaccount.SocialAccount.uid": _login("user"),
    "socialaccount.SocialAccount.extra_data": _login("user"),
    "socialaccount.SocialToken.token": _login("account__user"),
    "socialaccount.SocialToken.token_secret": _login("account__user"),
    "municipalities.ProviderSession.session_key": replace(_SESSION, whose="user"),
    "municipalities.ProviderSession.sid_hash": replace(_SESSION, whose="user"),
    "sessions.Session.session_data": _SESSION,
    "sessions.Session.session_key": _SESSION,
    "municipalities.OutgoingMail.subject": Personal(
        _OUT, Purpose.CONTACT, Ground.TASK, Kept.MAIL, Then.EMPTY, "user"
    ),
    "municipalities.OutgoingMail.body": Personal(_OUT, Purpose.CONTACT, Ground.TASK, Kept.MAIL, Then.EMPTY, "user"),
    "reporting.Notice.facts": Personal(
        _("What the mails to you were about"), Purpose.CONTACT, Ground.TASK, Kept.ACCOUNT, Then.DELETE, "user"
    ),
    "municipalities.Event.actor_name": _TRAIL,
    "municipalities.Event.note": _TRAIL,
    "admin.LogEntry.object_repr": replace(_TRAIL, whose="user"),
    "admin.LogEntry.change_message": replace(_TRAIL, whose="user"),
    "municipalities.PasswordWish.email": Personal(
        _("An address for which somebody asked for a new password"),
        Purpose.LOGIN, Ground.SECURITY, Kept.MOMENT, Then.STAYS,
    ),
    "municipalities.Invitation.sent_by_name": _named("sent_by"),
    "municipalities.Membership.confirmed_by_name": _named(),
    "municipalities.ServiceAccount.made_by_name": _named("made_by"),
    "municipalities.CorrectionProposal.proposed_by_name": _named("proposed_by"),
    "municipalities.CorrectionProposal.answered_by_name": _named(),
    "municipalities.PlanDecision.registered_by_name": _named(),
    "municipalities.PlanAnchoring.registered_by_name": _named(),
    "municipalities.SolutionPosition.registered_by_name": _named(),
    "municipalities.AreaPosition.registered_by_name": _named(),
    "municipalities.PhaseStatus.registered_by_name": _named(),
    "networks.SupportActivity.registered_by_name": _named(),
    "reporting.FormVersion.edited_by": _named(),
    "reporting.Report.draft_saved_by": _named(),
    "reporting.RegionalReport.draft_saved_by": _named(),
    "reporting.NoticeText.edited_by": _named(),
    "reporting.ReviewComment.author_name": _named("author"),
    "reporting.ReportMessage.author_name": _named("author"),
    "reporting.RiskAssessment.assessed_by_name": _named("assessed_by"),
    "reporting.SectionAssignment.user_name": _named("user"),
    "reporting.SectionAssignment.assigned_by_name": _named("assigned_by"),
    "grants.ApplicationList.read_by_name": _named("read_by"),
    "grants.GrantApplication.changed_by_name": _named(),
    "grants.KeyTable.read_by_name": _named("read_by"),
    "grants.CriterionNote.recorded_by_name": _named("recorded_by"),
    "grants.CriterionNote.withdrawn_by_name": _named(),
    "grants.PriorityDecision.decided_by_name": _sealed("decided_by"),
    "grants.PriorityDecision.canonical": _sealed("decided_by"),
    "reporting.Submission.submitted_by_name": _sealed("submitted_by"),
    "reporting.RegionalSubmission.submitted_by_name": _sealed("submitted_by"),
    "reporting.SummaryContent.canonical": _sealed(),
    # Texts that people write: no personal information belongs there, and a number of a person is refused.
    **dict.fromkeys(
        (
            "municipalities.CorrectionProposal.text", "municipalities.CorrectionProposal.answer",
            "municipalities.PlanDecision.process", "municipalities.PlanDecision.elder_council",
            "municipalities.PlanAnchoring.note", "municipalities.PhaseStatus.note",
            "networks.Network.note", "networks.Network.host", "networks.Network.organisers",
            "networks.Participation.note", "networks.NetworkMeeting.note", "networks.SupportActivity.note",
            "networks.WorkbookUpload.rows", "reporting.Report.draft", "reporting.Report.extension_reason",
            "reporting.Report.on_behalf_reason", "reporting.DraftChange.value", "reporting.Submission.answers",
            "reporting.Submission.hidden", "reporting.Submission.findings", "reporting.Submission.changed",
            "reporting.Answer.text", "reporting.Composition.assessment", "reporting.Composition.remarks",
            "reporting.Composition.risks", "reporting.NationalSummary.assessment",
            "reporting.NationalSummary.remarks", "reporting.NationalSummary.risks",
            "reporting.NationalSummary.withdraw_reason", "reporting.NationalSummary.change_note",
            "reporting.RegionalReport.draft", "reporting.RegionalSubmission.answers",
            "reporting.RegionalSubmission.hidden", "reporting.ReviewComment.text", "reporting.RiskAssessment.reason",
            "reporting.RiskAssessment.follow_up", "reporting.SectionAssignment.note", "reporting.ReportMessage.text",
            "reporting.IdempotentRequest.body", "grants.CriterionNote.reason", "grants.CriterionNote.withdrawn_reason",
            "grants.PriorityDecision.note", "grants.ApplicationList.plan", "grants.GrantApplication.note",
        ),
        _TEXT,
    ),
}  # fmt: skip
"""``app.Model.field`` of every field that holds, or by a slip could hold, something about a person."""

NONE: Mapping[str, str] = {
    "reform.Reform": "name_nb name_nn key", "reform.ReformEnd": "source", "reform.FocusArea": "name_nb name_nn code",
    "reform.Solution": "name_nb name_nn code", "reform.Phase": "name_nb name_nn", "reform.PhasePeriod": "source",
    "municipalities.Office": "key", "municipalities.OfficeName": "name_nb name_nn short_name",
    "municipalities.County": "number name",
    "municipalities.MunicipalityVersion": "number name official_names sort_key organisation_number",
    "municipalities.MunicipalityLink": "old_number new_number",
    "municipalities.User": "former_role", "municipalities.Invitation": "key_hash",
    "municipalities.ServiceAccount": "name key_start key_hash",
    "municipalities.PlanDecision": "origin case_number link title",
    "municipalities.PlanDocument": "file file_name media_type sha256",
    "municipalities.PlanAnchoring": "origin plan_type name link",
    "municipalities.SolutionPosition": "origin position", "municipalities.AreaPosition": "origin position",
    "municipalities.PhaseStatus": "origin delay_reason",
    "municipalities.Event": "object_type name from_state to_state content_hash request_id session_hash",
    "municipalities.TrailSeal": "chain_hash", "municipalities.TrailDeletion": "last_hash row_hash",
    "municipalities.OutgoingMail": "key language error",
    "municipalities.ProviderSession": "provider", "socialaccount.SocialAccount": "provider",
    "socialaccount.SocialApp": "client_id key name provider provider_id secret settings",
    "networks.Network": "name", "networks.Participation": "origin", "networks.NetworkMeeting": "title",
    "networks.WorkbookUpload": "file_name sha256 preview_hash", "networks.SupportActivity": "title",
    "reporting.Question": "code kind definition",
    "reporting.FormVersion": "name definition definition_hash change_note", "reporting.Round": "letter",
    "reporting.DraftChange": "key", "reporting.Submission": "answers_hash", "reporting.Answer": "question row value",
    "reporting.Composition": "outline",
    "reporting.NationalSummary": "outline submission_ids register_ids inputs_hash step error sent_case",
    "reporting.SummaryContent": "language content_hash",
    "reporting.Document": "format language input_key content_hash renderer error file file_name sha256",
    "reporting.IdempotentRequest": "key request_hash",
    "reporting.RegionalReport": "plan_file plan_name plan_type plan_sha256",
    "reporting.RegionalSubmission": (
        "figures missing submission_ids plan_file plan_name plan_sha256 answers_hash"
    ),
    "reporting.Notice": "key", "reporting.NoticeText": "audience language subject body",
    "reporting.ReviewComment": "question", "reporting.FindingReview": "finding",
    "reporting.RiskAssessment": "pattern derived", "reporting.SectionAssignment": "section",
    "reporting.ReportMessage": "question", "reporting.FormTime": "question",
    "grants.Scheme": (
        "name_nb name_nn key chapter post target_group_nb target_group_nn link managed_by source"
    ),
    "grants.SchemeException": "name_nb name_nn source", "grants.CriteriaYear": "source note_nb note_nn",
    "grants.Criterion": "code settings", "grants.CriterionNote": "code link", "grants.PriorityDecision": "content_hash",
    "grants.ApplicationList": "file_name sha256", "grants.KeyTable": "title source sha256",
    "grants.AllocationFormula": "source",
    "grants.Appropriation": "receiver receiver_nb receiver_nn purpose_nb purpose_nn source",
    "admin.LogEntry": "object_id", "auth.Permission": "name codename", "auth.Group": "name",
    "contenttypes.ContentType": "app_label model",
}  # fmt: skip
"""The text fields that hold nothing about a person: names of places and documents, codes, keys, hashes, sources."""


@dataclass(frozen=True)
class PrivacyRow:
    """A line of the privacy page: fields of the same kind together."""

    what: Any
    purpose: Any
    ground: Any
    kept: Any
    fields: tuple[str, ...]


def privacy_rows() -> list[PrivacyRow]:
    """The table as people read it, in its own order."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for name, row in PERSONAL.items():
        groups.setdefault((row.what, row.purpose, row.ground, row.kept), []).append(name)
    return [
        PrivacyRow(what, purpose.label, ground.label, kept.label, tuple(fields))
        for (what, purpose, ground, kept), fields in groups.items()
    ]
