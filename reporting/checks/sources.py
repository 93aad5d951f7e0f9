"""The documents that the checks rest on, each with the place in it, as English msgids.

Norwegian headings stand as the document writes them, so that the place is found again.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

PUT_FORWARD = _("Supplement no. 40 to Helsedirektoratet’s letter of allocation for 2018, first paragraph")
INDICATORS = _(
    "Supplement no. 40 to Helsedirektoratet’s letter of allocation for 2018, under “Rapportering og målinger”"
)
DELAYED = _(
    "Letter of assignment to the statsforvalters for 2022, under “Bistå kommunene i gjennomføringen av reformen”"
)
CRITERIA_2021 = _("National plan for the reform, revised in June 2021, chapter 3.2")
HALF_YEARLY = _("National plan for the reform, revised in June 2021, chapter 4.2")
PHASES = _("Handbook for the municipalities, “Reformens faser”")
STEPS = _("Handbook for the municipalities, “Leve hele livet i kommunene – steg for steg”")
PRIVACY = _("The General Data Protection Regulation, article 5, no. 1 c")
