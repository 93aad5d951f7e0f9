"""What is asked, answered, reviewed and told to the ministry."""

from reporting.models.documents import Document
from reporting.models.forms import FormVersion, Question
from reporting.models.machines import IdempotentRequest
from reporting.models.notices import Notice, NoticeText
from reporting.models.regional import RegionalReport, RegionalSubmission
from reporting.models.reports import Answer, DraftChange, Report, Submission
from reporting.models.review import FindingReview, ReviewComment
from reporting.models.risk import RiskAssessment
from reporting.models.rounds import Round
from reporting.models.summaries import Composition, NationalSummary, SummaryContent
from reporting.models.together import FormTime, ReportMessage, SectionAssignment

__all__ = [
    "Answer",
    "Composition",
    "Document",
    "DraftChange",
    "FindingReview",
    "FormTime",
    "FormVersion",
    "IdempotentRequest",
    "NationalSummary",
    "Notice",
    "NoticeText",
    "Question",
    "RegionalReport",
    "RegionalSubmission",
    "Report",
    "ReportMessage",
    "ReviewComment",
    "RiskAssessment",
    "Round",
    "SectionAssignment",
    "Submission",
    "SummaryContent",
]
