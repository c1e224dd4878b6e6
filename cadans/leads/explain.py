"""Events in words: what happened and why, as one sentence in the reader's language.

Pure: `cadans.leads.event_names.names_in` fetches the names that a row of events needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy, gettext_noop, ngettext
from django.utils.translation import gettext as _

from cadans.contacts.models import BuyingRole
from cadans.events.models import Event
from cadans.ground.text import in_language
from cadans.leads import explain_automations
from cadans.leads.activity import Activity
from cadans.leads.activity_kinds import kind_name
from cadans.leads.event_names import Names
from cadans.leads.explain_addresses import released, suppressed
from cadans.leads.explain_assignment import assigned_by_rule, nobody_could
from cadans.leads.explain_mail import KINDS as MAIL
from cadans.leads.explain_mail import mail_in_words

FIELDS = {
    "title": gettext_lazy("title"),
    "value": gettext_lazy("value"),
    "currency": gettext_lazy("currency"),
    "expected_close": gettext_lazy("expected close"),
    "source": gettext_lazy("source"),
    "territory": gettext_lazy("territory"),
    "company": gettext_lazy("company"),
    "competitor": gettext_lazy("competitor"),
    "opened_at": gettext_lazy("opened"),
    "external_id": gettext_lazy("external id"),
    "custom": gettext_lazy("own fields"),
    "tags": gettext_lazy("tags"),
    "products": gettext_lazy("products"),
}


def explain(event: Event, names: Names) -> str:
    """The event as a sentence: what happened, and for automatic steps because of what."""
    sentence = SENTENCES.get(event.kind)
    if sentence is None:
        return event.kind.replace("_", " ").capitalize() + "."
    return sentence(event, event.data, names)


Data = Mapping[str, Any]


def _who(event: Event, names: Names) -> str:
    return names[event.actor] if event.actor else _("Cadans")


def _created(event: Event, data: Data, names: Names) -> str:
    sentence = {
        "api": _("%(who)s added this lead through the API."),
        "import": _("%(who)s imported this lead."),
    }.get(event.via, _("%(who)s added this lead."))
    told = sentence % {"who": _who(event, names)}
    if event.because.get("area"):
        lies = _("It lies in territory “%(territory)s” (%(area)s).") % {
            "territory": event.because.get("territory"),
            "area": event.because["area"],
        }
        told = f"{told} {lies}"
    rule = event.because.get("rule")
    if not rule or event.pipeline is None:
        return told
    if rule == "default":
        chosen = _("It went to “%(pipeline)s”, the default pipeline.")
    else:
        chosen = _("Routing rule “%(rule)s” sent it to “%(pipeline)s”.")
    return f"{told} {chosen % {'rule': rule, 'pipeline': names[event.pipeline]}}"


def _changed(event: Event, data: Data, names: Names) -> str:
    parts = []
    changes: Mapping[str, Any] = data.get("changes", {})
    for name, (before, after) in changes.items():
        if name == "currency" and "value" in changes:
            continue
        if name == "custom":
            parts.extend(_custom_changes(before or {}, after or {}, names))
            continue
        told = (_shown(before, name, changes, 0, names), _shown(after, name, changes, 1, names))
        parts.append(_change(str(FIELDS.get(name, name.replace("_", " "))), *told))
    if not parts:
        return _("%(who)s changed this lead.") % {"who": _who(event, names)}
    if event.because.get("area"):
        return _("Its company lies in “%(territory)s” (%(area)s): that is its territory now.") % {
            "territory": event.because.get("territory"),
            "area": event.because["area"],
        }
    return _("%(who)s changed %(changes)s.") % {
        "who": _who(event, names),
        "changes": "; ".join(parts),
    }


def _change(name: str, before: str, after: str) -> str:
    if not before:
        return _("%(field)s: %(after)s") % {"field": name, "after": after}
    if not after:
        return _("%(field)s: emptied (was %(before)s)") % {"field": name, "before": before}
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": name,
        "before": before,
        "after": after,
    }


def _custom_changes(before: Data, after: Data, names: Names) -> list[str]:
    return [
        _change(key, _plain(before.get(key), names), _plain(after.get(key), names))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]


def _shown(value: Any, name: str, changes: Data, side: int, names: Names) -> str:
    if value is None or value == "":
        return ""
    if name in {"source", "territory", "company", "owner", "loss_reason"}:
        return names[value]
    if name == "value":
        currency = changes["currency"][side] if "currency" in changes else ""
        amount = number_format(value, decimal_pos=2, force_grouping=True)
        return f"{currency} {amount}".strip()
    if name == "expected_close":
        return date_format(date.fromisoformat(str(value)), "j F Y")
    return _plain(value, names)


def _plain(value: Any, names: Names) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_plain(part, names) for part in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(part, names)}" for key, part in value.items())
    return names.of.get(str(value), str(value))


def _assigned(event: Event, data: Data, names: Names) -> str:
    owner = data.get("owner")
    because = event.because
    if because.get("rule") == "undo":
        if not owner:
            return _("The lead has no owner again.")
        return _("The lead is with %(owner)s again.") % {"owner": names[owner]}
    if because.get("rule") and owner:
        return assigned_by_rule(because, names[owner])
    if not owner:
        return _("%(who)s took the owner off this lead.") % {"who": _who(event, names)}
    return _("%(who)s gave this lead to %(owner)s.") % {
        "who": _who(event, names),
        "owner": names[owner],
    }


def _entered(event: Event, data: Data, names: Names) -> str:
    stage = _stage(data, names)
    because = event.because
    match because.get("rule"):
        case "goals_met":
            sentence = (
                _("Went on to “%(stage)s”: every goal of “%(left)s” was met (%(goals)s).")
                if because.get("needed") == "all"
                else _("Went on to “%(stage)s”: a goal of “%(left)s” was met (%(goals)s).")
            )
            return sentence % _goals(event, names, stage)
        case "process_published":
            return _(
                "Went on in “%(stage)s” when version %(version)s of the process was published."
            ) % {"stage": stage, "version": because.get("version", "")}
        case "created":
            return _("Began in “%(stage)s”.") % {"stage": stage}
        case "reopened":
            return _("Back in “%(stage)s”.") % {"stage": stage}
    return _with_reason(_("Entered “%(stage)s”.") % {"stage": stage}, data)


def _left(event: Event, data: Data, names: Names) -> str:
    stage = names[data.get("stage")]
    because = event.because
    if str(data.get("stage")) in names.ends and data.get("how") in {"won", "lost"}:
        # Entered and left in one moment: the lead ends there and goes nowhere.
        return _("Ended in “%(stage)s”.") % {"stage": stage}
    if because.get("rule") == "goals_met" and data.get("how") == "advanced":
        sentence = (
            _("Finished “%(left)s”: every goal was met (%(goals)s).")
            if because.get("needed") == "all"
            else _("Finished “%(left)s”: a goal was met (%(goals)s).")
        )
        return sentence % _goals(event, names, stage)
    if because.get("rule") == "process_published":
        return _("Left “%(stage)s”, which version %(version)s of the process no longer has.") % {
            "stage": stage,
            "version": because.get("version", ""),
        }
    sentence = {
        "won": _("Left “%(stage)s”: the lead was won."),
        "lost": _("Left “%(stage)s”: the lead was lost."),
        "cancelled": _("Left “%(stage)s”: the lead was cancelled."),
    }.get(str(data.get("how")), _("Left “%(stage)s”."))
    told = sentence % {"stage": stage}
    if data.get("how") in {"moved", "won"} and data.get("goals_met") is False:
        unmet = _("Its goals were not met.")
        return f"{told} {unmet}"
    return told


def _moved(event: Event, data: Data, names: Names) -> str:
    facts = {
        "who": _who(event, names),
        "before": names.stage(event, data.get("from")),
        "after": names.stage(event, data.get("to")),
    }
    return _with_reason(
        _("%(who)s moved this lead from “%(before)s” to “%(after)s”.") % facts, data
    )


def _with_reason(told: str, data: Data) -> str:
    if not data.get("reason"):
        return told
    reason = _("Reason: “%(reason)s”.") % {"reason": data["reason"]}
    return f"{told} {reason}"


def _goals(event: Event, names: Names, stage: str) -> dict[str, str]:
    because = event.because
    goals = [names.goal(event, because, key) for key in because.get("goals", [])]
    left = names.stage(event, because.get("stage"))
    return {"stage": stage, "left": left, "goals": ", ".join(goals)}


def _stage(data: Data, names: Names) -> str:
    known = names.of.get(str(data.get("stage")))
    if known:
        return known
    name = data.get("name")
    return in_language(name) if isinstance(name, Mapping) else str(name or "–")


def _undone(event: Event, data: Data, names: Names) -> str:
    return _("%(who)s took the move to “%(from)s” back: the lead is in “%(stage)s” again.") % {
        "who": _who(event, names),
        "from": names[data["from"]],
        "stage": names[data["stage"]],
    }


def _task_name(data: Data, names: Names) -> str:
    name = data.get("name") or names.of.get(str(data.get("task")))
    return in_language(name) if isinstance(name, Mapping) else str(name or "–")


def _task_laid(event: Event, data: Data, names: Names) -> str:
    facts = {"task": _task_name(data, names), "who": names[data.get("assignee")]}
    if data.get("assignee") and data.get("due_at"):
        facts["due"] = _moment(data["due_at"], names)
        return _("The stage laid the task “%(task)s” for %(who)s, due %(due)s.") % facts
    return _("The stage laid the task “%(task)s”.") % facts


def _task_skipped(event: Event, data: Data, names: Names) -> str:
    if event.because.get("rule") == "goals_met":
        return _("Skipped the task “%(task)s”: the stage’s goals were met without it.") % {
            "task": _task_name(data, names)
        }
    if event.actor and not event.because and event.cause is None:
        return _("%(who)s skipped the task “%(task)s”.") % {
            "who": _who(event, names),
            "task": _task_name(data, names),
        }
    return _("Skipped the task “%(task)s”: the lead left the stage.") % {
        "task": _task_name(data, names)
    }


def _task(sentence: str) -> Sentence:
    def told(event: Event, data: Data, names: Names) -> str:
        return _(sentence) % {"who": _who(event, names), "task": _task_name(data, names)}

    return told


def _activity(event: Event, data: Data, names: Names) -> str:
    kind = str(data.get("kind", ""))
    if data.get("held") is False:
        planned = {
            "call": _("%(who)s planned a call for %(at)s."),
            "meeting": _("%(who)s planned a meeting for %(at)s."),
            "demo": _("%(who)s planned a demo for %(at)s."),
        }.get(kind, _("%(who)s planned “%(kind)s” for %(at)s."))
        at = _moment(data.get("at") or event.at, names)
        return planned % {"who": _who(event, names), "kind": _kind(kind), "at": at}
    held = {
        "call": _("%(who)s called."),
        "meeting": _("%(who)s had a meeting."),
        "demo": _("%(who)s gave a demo."),
        "email": _("%(who)s wrote an e-mail."),
        "note": _("%(who)s wrote a note."),
        "ask": _("%(who)s asked for the decision."),
    }.get(kind, _("%(who)s logged “%(kind)s”."))
    told = held % {"who": _who(event, names), "kind": _kind(kind)}
    outcome = dict(Activity.Outcome.choices).get(str(data.get("outcome") or ""))
    if outcome:
        told = f"{told} {outcome}."
    return told


def _replanned(event: Event, data: Data, names: Names) -> str:
    return _("%(who)s moved “%(kind)s” from %(before)s to %(at)s.") % {
        "who": _who(event, names),
        "kind": _kind(str(data.get("kind", ""))),
        "before": _moment(data.get("before") or event.at, names),
        "at": _moment(data.get("at") or event.at, names),
    }


def _called_off(event: Event, data: Data, names: Names) -> str:
    told = _("“%(kind)s” of %(at)s did not take place, %(who)s noted.") % {
        "who": _who(event, names),
        "kind": _kind(str(data.get("kind", ""))),
        "at": _moment(data.get("at") or event.at, names),
    }
    return _with_reason(told, data)


def _task_rescheduled(event: Event, data: Data, names: Names) -> str:
    facts = {"task": _task_name(data, names)}
    if not data.get("due_at"):
        return _("The task “%(task)s” has no due date any more.") % facts
    facts["due"] = _moment(data["due_at"], names)
    if event.because.get("rule") == "after_task":
        first = event.because.get("task")
        facts["first"] = in_language(first) if isinstance(first, Mapping) else str(first or "–")
        return _("The task “%(task)s” is due %(due)s, now that “%(first)s” has ended.") % facts
    return _("The task “%(task)s” is due %(due)s now: the expected close moved.") % facts


def _task_overdue(event: Event, data: Data, names: Names) -> str:
    facts = {"task": _task_name(data, names), "due": _moment(data.get("due_at"), names)}
    return _("The task “%(task)s” was not done by %(due)s.") % facts


def _idle(event: Event, data: Data, names: Names) -> str:
    days = int(data.get("days", 0))
    return ngettext(
        "Nobody touched this lead for %(days)d day, the limit of “%(stage)s”.",
        "Nobody touched this lead for %(days)d days, the limit of “%(stage)s”.",
        days,
    ) % {"days": days, "stage": names[data.get("stage")]}


def _kind(kind: str) -> str:
    return kind_name(kind)


def _signal(event: Event, data: Data, names: Names) -> str:
    return _("The signal “%(signal)s” arrived.") % {"signal": data.get("name", "–")}


def _goal(sentence: str) -> Sentence:
    def told(event: Event, data: Data, names: Names) -> str:
        key = str(data.get("goal") or "–")
        goal = names.of.get(f"{data.get('stage')}/{key}", key)
        return _(sentence) % {"who": _who(event, names), "goal": goal}

    return told


def _closed(by_process: str, by_hand: str) -> Sentence:
    def told(event: Event, data: Data, names: Names) -> str:
        if event.because.get("rule") == "goals_met":
            return _(by_process)
        text = _(by_hand) % {"who": _who(event, names)}
        if data.get("reason"):
            reason = _("Reason: “%(reason)s”.") % {"reason": names[data["reason"]]}
            return f"{text} {reason}"
        return text

    return told


def _simple(sentence: str) -> Sentence:
    def told(event: Event, data: Data, names: Names) -> str:
        facts = {"who": _who(event, names), "person": names[data.get("person")]}
        return _(sentence) % facts

    return told


def _person_set(event: Event, data: Data, names: Names) -> str:
    role = dict(BuyingRole.choices).get(str(data.get("role") or ""))
    facts = {"who": _who(event, names), "person": names[data.get("person")], "role": role}
    if role:
        return _("%(who)s put %(person)s on this lead as: %(role)s.") % facts
    return _("%(who)s put %(person)s on this lead.") % facts


def _moment(value: Any, names: Names) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = moment.astimezone(ZoneInfo(names.zone))
    return str(format_datetime(local, "d MMM y HH:mm", locale=(get_language() or "nl")[:2]))


def _here(event: Event, names: Names) -> str:
    return names.stage(event, event.because.get("stage"))


Sentence = Callable[[Event, Data, Names], str]


SENTENCES: dict[str, Sentence] = {
    "lead_created": _created,
    "lead_changed": _changed,
    "lead_assigned": _assigned,
    "assignment_missed": lambda event, data, names: nobody_could(event.because),
    "stage_entered": _entered,
    "stage_left": _left,
    "task_laid": _task_laid,
    "task_added": _task(gettext_noop("%(who)s added the task “%(task)s”.")),
    "task_changed": _task(gettext_noop("%(who)s changed the task “%(task)s”.")),
    "task_done": _task(gettext_noop("%(who)s did the task “%(task)s”.")),
    "task_skipped": _task_skipped,
    "activity_logged": _activity,
    "activity_held": _activity,
    "activity_replanned": _replanned,
    "activity_called_off": _called_off,
    "task_rescheduled": _task_rescheduled,
    "task_overdue": _task_overdue,
    "lead_idle": _idle,
    "signal_received": _signal,
    "automation_begun": lambda event, data, names: explain_automations.waits(
        data, event.because, _here(event, names), _moment(data.get("due_at") or event.at, names)
    ),
    "automation_done": lambda event, data, names: explain_automations.done(
        data, event.because, _here(event, names), [names[one] for one in data.get("told", [])]
    ),
    "automation_dropped": lambda event, data, names: explain_automations.dropped(data),
    "goal_reached": lambda event, data, names: explain_automations.reached(
        names.of.get(f"{data.get('stage')}/{data.get('goal')}", data.get("goal", ""))
    ),
    "goal_ticked": _goal(gettext_noop("%(who)s ticked the goal “%(goal)s”.")),
    "goal_unticked": _goal(gettext_noop("%(who)s unticked the goal “%(goal)s”.")),
    "lead_won": _closed(
        gettext_noop("Won: the last goals were met."), gettext_noop("%(who)s won this lead.")
    ),
    "lead_lost": _closed(
        gettext_noop("Lost: the process ends here."), gettext_noop("%(who)s lost this lead.")
    ),
    "lead_cancelled": _closed(
        gettext_noop("%(who)s cancelled this lead."), gettext_noop("%(who)s cancelled this lead.")
    ),
    "lead_moved": _moved,
    "move_undone": _undone,
    "task_reopened": _task(gettext_noop("The task “%(task)s” is open again.")),
    "task_withdrawn": _task(gettext_noop("The task “%(task)s” is off the list again.")),
    "lead_reopened": _simple(gettext_noop("%(who)s reopened this lead.")),
    "lead_deleted": _simple(gettext_noop("%(who)s deleted this lead.")),
    "lead_person_set": _person_set,
    "lead_person_removed": _simple(gettext_noop("%(who)s took %(person)s off this lead.")),
    "lead_products_set": _simple(gettext_noop("%(who)s changed the products.")),
    **{
        one: lambda event, data, names: mail_in_words(event.kind, _who(event, names), data)
        for one in MAIL
    },
    "address_suppressed": lambda event, data, names: suppressed(_who(event, names), data),
    "address_released": lambda event, data, names: released(_who(event, names), data),
    "history_rebuilt": _simple(gettext_noop("%(who)s imported the history of its stages.")),
}
