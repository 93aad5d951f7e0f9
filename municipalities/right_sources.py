"""Where a right comes from: the paragraph of a letter, a plan or an act, or a numbered decision of the design.

The letters and the plan are those of the reform: addendum 40 to Helsedirektoratet's letter of allocation 2018, the
letter of assignment to the offices 2022, and the national plan as revised in June 2021. They speak of tasks, not of
rights in a portal: a source says which task the right is for.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Source(TextChoices):
    """The value is the short name in files; the label is what the security officer reads."""

    ADDENDUM_HDIR = "addendum-40/hdir", _("Addendum 40 to the letter of allocation 2018, part 2, “Helsedirektoratet”")
    ADDENDUM_OFFICES = "addendum-40/offices", _("Addendum 40 to the letter of allocation 2018, part 2, “Fylkesmennene”")
    ADDENDUM_MEANS = (
        "addendum-40/means",
        _("Addendum 40 to the letter of allocation 2018, part 2, “Øvrige virkemidler”"),
    )
    ADDENDUM_REPORTING = (
        "addendum-40/reporting",
        _("Addendum 40 to the letter of allocation 2018, part 2, “Rapportering og målinger”"),
    )
    LETTER_SUPPORT = "letter-2022/support", _("Letter of assignment to the offices 2022, “Støtte og veiledning”")
    LETTER_NETWORKS = "letter-2022/networks", _("Letter of assignment to the offices 2022, “Nettverk”")
    LETTER_PRIORITY = (
        "letter-2022/priority",
        _("Letter of assignment to the offices 2022, “Prioritet til tilskudd i 2022”"),
    )
    LETTER_REPORTING = (
        "letter-2022/reporting",
        _("Letter of assignment to the offices 2022, “Rapportering pr. 1. mai og 1. november”"),
    )
    PLAN_YEAR = "plan-2021/4.1", _("National plan, June 2021, part 4.1")
    PLAN_HALF_YEAR = "plan-2021/4.2", _("National plan, June 2021, part 4.2")
    PUBLIC_ACCESS = "offentleglova/3", _("The Freedom of Information Act (offentleglova), section 3")
    INTERNAL = "offentleglova/14", _("The Freedom of Information Act (offentleglova), section 14")
    GDPR_ACCESS = "gdpr/32", _("The General Data Protection Regulation, article 32")
    GDPR_PROOF = "gdpr/5.2", _("The General Data Protection Regulation, article 5, no. 2")
    DESIGN_ONE_FILE = "design/1", _("Decision 1 of the design: who may see and do what stands in one file")
    DESIGN_WORKFLOW = "design/2", _("Decision 2 of the design: a workflow is a table")
    DESIGN_IDENTITY = "design/4", _("Decision 4 of the design: what a municipality is through mergers and splits")
    DESIGN_ROUND = "design/7", _("Decision 7 of the design: the life of a round")
    DESIGN_SUMMARY = "design/8", _("Decision 8 of the design: the national summaries")
