"""No answer holds somebody's national identity number: the report is about the municipality, and public as a rule."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from municipalities.national_ids import has_national_id
from reporting.checks import sources
from reporting.checks.finding import WARNING, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """A warning at each text in which there is what looks like such a number; the number itself is not repeated."""
    text = _("%(question)s: this looks like somebody's national identity number. Take it out, or say what it is.")
    return [
        Finding(WARNING, CHECK.code, text, question.code, question.code, {"question": question.name})
        for question in facts.spec.questions()
        if isinstance(said := facts.answers.get(question.code), str) and has_national_id(said)
    ]


CHECK = Check(
    code="national_id",
    level=WARNING,
    title=_("No text holds somebody's national identity number."),
    why=_("The report is public as a rule, and needs to name nobody."),
    compares=_("Each text of the report, and the control digits of fødselsnummer and D-numbers."),
    source=sources.PRIVACY,
    says=_("No more is kept about a person than is needed for the purpose."),
    questions=(),
    find=find,
)
