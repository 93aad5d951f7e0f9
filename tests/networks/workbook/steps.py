"""What the tests of the workbook share."""

from __future__ import annotations

import datetime as dt

from networks.days import NBSP

D = dt.date


def said(plan):
    return [(fault.sheet, fault.cell, fault.sentence.replace(NBSP, " ")) for fault in plan.faults]
