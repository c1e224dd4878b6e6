"""What goals and tasks look like in lists: their kinds by name, with an icon each."""

from django.utils.translation import gettext_lazy

GOAL_KINDS = {
    "field": (gettext_lazy("A field is filled"), "text-cursor-input"),
    "contact": (gettext_lazy("Contact details are known"), "contact-round"),
    "person": (gettext_lazy("A person with a role is known"), "user-round-check"),
    "activity": (gettext_lazy("An activity was held or planned"), "phone-call"),
    "task": (gettext_lazy("A task was done"), "square-check"),
    "box": (gettext_lazy("A box is ticked"), "circle-check"),
    "email": (gettext_lazy("An e-mail was answered, opened or clicked"), "mail-open"),
    "form": (gettext_lazy("A form was sent in"), "clipboard-list"),
    "signal": (gettext_lazy("A signal arrived"), "radio"),
}
GOAL_GROUPS = (
    (gettext_lazy("What you know"), ("field", "contact", "person")),
    (gettext_lazy("What you did"), ("activity", "task", "box")),
    (gettext_lazy("What they did"), ("email", "form", "signal")),
)
TASK_ICONS = {"call": "phone", "email": "mail", "meeting": "calendar", "to_do": "square-check"}
