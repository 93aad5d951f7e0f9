"""The models of this app, by use: schemes and criteria, priority, applications, funds."""

from grants.models.applications import ApplicationList, GrantApplication
from grants.models.funds import AllocationFormula, AllocationPart, Appropriation, KeyTable, KeyValue
from grants.models.priority import CriterionNote, PriorityDecision
from grants.models.schemes import CriteriaYear, Criterion, Scheme, SchemeException

__all__ = [
    "AllocationFormula",
    "AllocationPart",
    "ApplicationList",
    "Appropriation",
    "CriteriaYear",
    "Criterion",
    "CriterionNote",
    "GrantApplication",
    "KeyTable",
    "KeyValue",
    "PriorityDecision",
    "Scheme",
    "SchemeException",
]
