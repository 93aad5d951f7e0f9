"""What is asked, answered, reviewed and told to the ministry."""

from reporting.models.forms import FormVersion, Question
from reporting.models.reports import Answer, DraftChange, Report, Submission
from reporting.models.review import FindingReview, ReviewComment
from reporting.models.risk import RiskAssessment
from reporting.models.rounds import Round
from reporting.models.summaries import Document, NationalSummary, SummaryContent

__all__ = [
    "Answer",
    "Document",
    "DraftChange",
    "FindingReview",
    "FormVersion",
    "NationalSummary",
    "Question",
    "Report",
    "ReviewComment",
    "RiskAssessment",
    "Round",
    "Submission",
    "SummaryContent",
]
