"""The timeline in words: every event of a lead has its sentence, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from cadans.contacts.drafts import PersonDraft
from cadans.events.models import Event
from cadans.leads import actions
from cadans.leads.drafts import LineDraft
from cadans.leads.event_names import names_in
from cadans.leads.explain import SENTENCES, explain
from cadans.leads.explain_mail import KINDS as MAIL
from cadans.leads.models import Lead
from cadans.leads.queries import last_move
from tests.world import World


def eventful(world: World) -> Lead:
    """A lead to which everything happened that can happen to one."""
    lead = world.lead("Bakkerij Zon", opened_at=None)
    changes = {"value": Decimal("10"), "expected_close": date(2027, 3, 1), "source": world.website}
    actions.change_lead(world.anna, lead, changes={**changes, "owner": world.bram})
    actions.change_lead(world.anna, lead, changes={"source": None, "owner": None})
    task = actions.add_task(world.anna, lead, name="Offerte bellen")
    actions.change_task(world.anna, task, changes={"note": "na drie uur"})
    actions.do_task(world.anna, task)
    actions.skip_task(world.anna, world.task(lead, "look_up"))
    actions.log_activity(world.anna, lead, kind="call", outcome="reached")
    soon = timezone.now() + timedelta(days=2)
    meeting = actions.log_activity(world.anna, lead, kind="meeting", at=soon)
    actions.replan_activity(world.anna, meeting, at=soon + timedelta(days=1))
    actions.hold_activity(world.anna, meeting, outcome="positive")
    demo = actions.log_activity(world.anna, lead, kind="demo", at=soon)
    actions.call_off_activity(world.anna, demo, reason="ziek")
    actions.notice_idle_leads(on=timezone.now() + timedelta(days=30))
    actions.notice_overdue_tasks(on=timezone.now() + timedelta(days=30))
    part = actions.add_person_to_lead(
        world.anna, lead, person=PersonDraft(email="els@zon.example"), role="champion"
    )
    actions.remove_person_from_lead(world.anna, lead, person=part.person)
    assert world.pump is not None
    actions.set_products(world.anna, lead, lines=[LineDraft(world.pump)])
    actions.move_lead(world.manager, lead, stage="proposal", reason="haast")
    begun = last_move(lead)
    assert begun is not None
    actions.undo_move(world.manager, lead, event=begun.id)
    actions.move_lead(world.manager, lead, stage="proposal", reason="haast")
    actions.tick_goal(world.manager, lead, goal="agreed")
    actions.tick_goal(world.manager, lead, goal="agreed", on=False)
    actions.receive_signal(None, name="site_visited", lead=lead.id)
    actions.win_lead(world.manager, lead)
    actions.reopen_lead(world.manager, lead)
    actions.lose_lead(world.manager, lead, reason=world.too_expensive)
    actions.reopen_lead(world.manager, lead)
    actions.cancel_lead(world.manager, lead)
    actions.delete_lead(world.manager, lead)
    return lead


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_event_is_told_in_a_whole_sentence(world: World, language: str) -> None:
    lead = eventful(world)
    events = list(Event.objects.filter(lead=lead.id).order_by("id"))
    with translation.override(language):
        names = names_in(events)
        told = {event: explain(event, names) for event in events}
    for event, sentence in told.items():
        assert event.kind in SENTENCES, event.kind
        assert sentence.endswith("."), sentence
        assert "–" not in sentence, sentence
        assert "%(" not in sentence, sentence
    never_here = {"history_rebuilt", "assignment_missed", "task_rescheduled"}
    never_here |= {"address_suppressed", "address_released"}  # tests/outreach/test_suppression.py
    # tests/automations, tests/web/test_process_automations.py
    never_here |= {"automation_begun", "automation_done", "automation_dropped", "goal_reached"}
    never_here |= set(MAIL)  # tests/outreach/test_telling.py
    assert set(SENTENCES) == {event.kind for event in events} | never_here


def test_the_sentences_say_who_what_and_why(world: World) -> None:
    lead = eventful(world)
    events = list(Event.objects.filter(lead=lead.id).order_by("id"))
    with translation.override("en"):
        names = names_in(events)
        told = [explain(event, names) for event in events]
    expected = [
        "Marit Visser added this lead.",
        "Began in “New”.",
        "Anna Smit changed value: EUR 10.00; source: Website; expected close: 1 March 2027.",
        "Anna Smit gave this lead to Bram Mulder.",
        "Anna Smit took the owner off this lead.",
        "Anna Smit changed the task “Offerte bellen”.",
        "Anna Smit called. Reached.",
        "Finished “New”: every goal was met (Spoken to, Value known).",
        "Went on to “Demo”: every goal of “New” was met (Spoken to, Value known).",
        "Skipped the task “First call”: the stage’s goals were met without it.",
        "Anna Smit put Els on this lead as: Champion.",
        "Marit Visser moved this lead from “Demo” to “Proposal”. Reason: “haast”.",
        "Marit Visser ticked the goal “Agreed in outline”.",
        "The signal “site_visited” arrived.",
        "Marit Visser lost this lead. Reason: “Te duur”.",
    ]
    for sentence in expected:
        assert sentence in told, [sentence, *told]


def test_the_last_stage_is_where_a_lead_ends_and_not_one_it_leaves(world: World) -> None:
    lead = world.lead("Bakkerij Zon")
    actions.win_lead(world.anna, lead)
    events = list(Event.objects.filter(lead=lead.id, kind="stage_left").order_by("id"))
    with translation.override("en"):
        names = names_in(events)
        told = [explain(event, names) for event in events]
    assert told == ["Left “New”: the lead was won. Its goals were not met.", "Ended in “Won”."]
