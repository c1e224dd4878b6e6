"""What goals and tasks look like in lists: their kinds by name, with an icon each."""

from django.utils.translation import gettext_lazy

GOAL_KINDS = {
    "field": (gettext_lazy("A field is filled"), "text-cursor-input"),
    "activity": (gettext_lazy("An activity was held"), "phone-call"),
    "task": (gettext_lazy("A task was done"), "square-check"),
    "signal": (gettext_lazy("A signal arrived"), "radio"),
    "box": (gettext_lazy("A box is ticked"), "circle-check"),
}
TASK_ICONS = {"call": "phone", "email": "mail", "meeting": "calendar", "to_do": "square-check"}
