"""Every verb of a sale. Each is one act: one transaction, its events, one job afterwards.

`creating` makes leads, `changing` edits them, `moving` carries them through and out of the
process, `undoing` takes a move back, `working` is the daily work (activities, tasks, goals,
signals), `planning` what becomes of planned activities, `scheduling` keeps due dates true,
`lapsing` notices what fell due, `parts` the people and products on a lead. `offering` keeps the
lists of what is sold and why leads are lost, `own_fields` the organisation's own fields,
`activity_kinds` its own kinds of activities. `locating` finds leads the territory of their company.
"""

from cadans.leads.actions.activity_kinds import (
    add_activity_kind,
    change_activity_kind,
    delete_activity_kind,
)
from cadans.leads.actions.changing import assign_lead, change_lead, delete_lead
from cadans.leads.actions.creating import create_lead
from cadans.leads.actions.lapsing import notice_idle_leads, notice_overdue_tasks
from cadans.leads.actions.locating import locate_lead
from cadans.leads.actions.moving import (
    cancel_lead,
    lose_lead,
    move_lead,
    reopen_lead,
    win_lead,
)
from cadans.leads.actions.offering import (
    add_line,
    add_loss_reason,
    add_product,
    add_source,
    change_line,
    change_loss_reason,
    change_product,
    change_source,
    delete_listed,
)
from cadans.leads.actions.own_fields import (
    add_custom_field,
    change_custom_field,
    delete_custom_field,
)
from cadans.leads.actions.parts import (
    add_person_to_lead,
    change_role,
    remove_person_from_lead,
    set_products,
)
from cadans.leads.actions.planning import call_off_activity, hold_activity, replan_activity
from cadans.leads.actions.settling import settle_lead
from cadans.leads.actions.signals import receive_signal
from cadans.leads.actions.undoing import undo_move
from cadans.leads.actions.working import (
    add_task,
    change_task,
    do_task,
    log_activity,
    skip_task,
    tick_goal,
)

__all__ = [
    "add_activity_kind",
    "add_custom_field",
    "add_line",
    "add_loss_reason",
    "add_person_to_lead",
    "add_product",
    "add_source",
    "add_task",
    "assign_lead",
    "call_off_activity",
    "cancel_lead",
    "change_activity_kind",
    "change_custom_field",
    "change_lead",
    "change_line",
    "change_loss_reason",
    "change_product",
    "change_role",
    "change_source",
    "change_task",
    "create_lead",
    "delete_activity_kind",
    "delete_custom_field",
    "delete_lead",
    "delete_listed",
    "do_task",
    "hold_activity",
    "locate_lead",
    "log_activity",
    "lose_lead",
    "move_lead",
    "notice_idle_leads",
    "notice_overdue_tasks",
    "receive_signal",
    "remove_person_from_lead",
    "reopen_lead",
    "replan_activity",
    "set_products",
    "settle_lead",
    "skip_task",
    "tick_goal",
    "undo_move",
    "win_lead",
]
