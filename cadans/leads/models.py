"""Leads and all that hangs on them. The tables are in the topic modules beside this one."""

from cadans.leads.activity import Activity, ActivityKind, OwnActivityKind, Signal
from cadans.leads.lapse import IdleSpell, MissedDue
from cadans.leads.lead import Closing, Lead, LeadPerson, LeadProduct, StageVisit
from cadans.leads.offer import LossReason, Product, ProductLine, Source
from cadans.leads.task import GoalTick, Task

__all__ = [
    "Activity",
    "ActivityKind",
    "Closing",
    "GoalTick",
    "IdleSpell",
    "Lead",
    "LeadPerson",
    "LeadProduct",
    "LossReason",
    "MissedDue",
    "OwnActivityKind",
    "Product",
    "ProductLine",
    "Signal",
    "Source",
    "StageVisit",
    "Task",
]
