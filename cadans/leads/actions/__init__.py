"""Every verb of a sale. Each is one act: one transaction, its events, one job afterwards.

`creating` makes leads, `changing` edits them, `moving` carries them through and out of the
process, `working` is the daily work (activities, tasks, goals, signals), `parts` the people and
products on a lead.
"""

from cadans.leads.actions.changing import assign_lead, change_lead, delete_lead
from cadans.leads.actions.creating import create_lead
from cadans.leads.actions.moving import (
    cancel_lead,
    lose_lead,
    move_lead,
    reopen_lead,
    win_lead,
)
from cadans.leads.actions.parts import (
    add_person_to_lead,
    change_role,
    remove_person_from_lead,
    set_products,
)
from cadans.leads.actions.settling import settle_lead
from cadans.leads.actions.signals import receive_signal
from cadans.leads.actions.working import (
    add_task,
    change_task,
    do_task,
    log_activity,
    skip_task,
    tick_goal,
)

__all__ = [
    "add_person_to_lead",
    "add_task",
    "assign_lead",
    "cancel_lead",
    "change_lead",
    "change_role",
    "change_task",
    "create_lead",
    "delete_lead",
    "do_task",
    "log_activity",
    "lose_lead",
    "move_lead",
    "receive_signal",
    "remove_person_from_lead",
    "reopen_lead",
    "set_products",
    "settle_lead",
    "skip_task",
    "tick_goal",
    "win_lead",
]
