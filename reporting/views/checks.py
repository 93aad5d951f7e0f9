"""The public list of checks: what each compares, why, and where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.views import StaticPage
from reporting.checks import ERROR, REMARK, RULES, WARNING
from reporting.checks.finding import Rule

LEVELS = {
    ERROR: (gettext_lazy("Error: must be corrected"), "danger"),
    WARNING: (gettext_lazy("Warning: is explained"), "warning"),
    REMARK: (gettext_lazy("Remark: is only pointed out"), "info"),
}


@dataclass(frozen=True)
class CheckLine:
    """A rule as the page shows it, in the reader's language."""

    title: str
    why: str
    compares: str
    source: str
    says: str
    level: Any
    color: str


class ChecksList(StaticPage):
    """All checks of the form, for everybody: nobody should be surprised when sending in."""

    template_name = "reporting/checks_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(checks=[_line(rule) for rule in RULES], **kwargs)


def _line(rule: Rule) -> CheckLine:
    texts = (rule.title, rule.why, rule.compares, rule.source, rule.says)
    return CheckLine(*(_(text) for text in texts), *LEVELS[rule.level])
