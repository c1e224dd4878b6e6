"""The templates: whole in both languages, sound, and such that a lead can go through them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from django.utils import timezone

from cadans.contacts.actions import change_company
from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.leads import actions
from cadans.leads.drafts import LeadDraft, LineDraft
from cadans.leads.models import Lead, StageVisit, Task
from cadans.playbooks.actions import make_pipeline, publish_pipeline
from cadans.playbooks.check import Known, findings
from cadans.playbooks.playbook import template, templates
from cadans.process.goals import KINDS
from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.box import BoxGoal
from cadans.process.goals.contact import ContactGoal
from cadans.process.goals.email import SIGNALS, EmailGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.form import SIGNAL, FormGoal
from cadans.process.goals.person import PersonGoal
from cadans.process.goals.signal import SignalGoal
from cadans.process.goals.task import TaskGoal

KEYS = [playbook.key for playbook in templates()]
LANGUAGES = ("nl", "en")
QUOTED = re.compile(r"“[^”]+”")


def every_text(playbook):
    """(where, {language: text}) of all that a template says."""
    yield "name", playbook.name
    yield "about", playbook.about
    for stage in playbook.stages:
        yield stage.key, stage.name
        for part in [*stage.goals, *stage.tasks]:
            yield f"{stage.key}/{part.key}", part.name
        if not stage.ends_in:
            for length in ("short", "long"):
                texts = {lang: getattr(one, length) for lang, one in stage.guidance.items()}
                yield f"{stage.key}/{length}", texts


def test_there_are_enough_of_them_and_each_is_its_own():
    assert len(KEYS) >= 16
    assert len(set(KEYS)) == len(KEYS)
    for one, other in combinations(templates(), 2):
        for language in LANGUAGES:
            assert one.name[language] != other.name[language]
        assert not paragraphs(one) & paragraphs(other), (one.key, other.key)


def paragraphs(playbook):
    """The paragraphs of a template's guidance, those of a few words left out."""
    return {
        text.strip()
        for stage in playbook.stages
        for guidance in stage.guidance.values()
        for text in guidance.long.split("\n\n")
        if len(text) > 90
    }


def test_together_they_show_every_kind_of_goal_and_of_due_date():
    stages = [stage for playbook in templates() for stage in playbook.stages]
    assert {goal.kind for stage in stages for goal in stage.goals} == set(KINDS)
    dues = {task.due.since for stage in stages for task in stage.tasks}
    assert dues == {"entered", "task", "before_expected_close"}
    assert {stage.enforcement for stage in stages} == {"advise", "reason", "block"}


@pytest.mark.parametrize("key", KEYS)
def test_everything_is_said_in_both_languages(key):
    for where, texts in every_text(template(key)):
        for language in LANGUAGES:
            assert texts.get(language, "").strip(), f"{where} lacks {language}"
        if len(texts["nl"]) > 25 and not where.endswith(("/short", "/long")):
            assert texts["nl"] != texts["en"], where


@pytest.mark.parametrize("key", KEYS)
def test_the_guidance_of_each_stage_is_worth_reading(key):
    """Questions to ask, a sentence to say and a pitfall, as much in Dutch as in English."""
    for stage in template(key).open_stages():
        dutch, english = stage.guidance["nl"], stage.guidance["en"]
        for one in (dutch, english):
            assert 50 <= len(one.short) <= 300, stage.key
            assert len(one.long) >= 400, stage.key
            assert "?" in one.long, stage.key
            assert "> " in one.long or QUOTED.search(one.long), stage.key
        assert "valkuil" in dutch.long.lower(), stage.key
        assert "pitfall" in english.long.lower(), stage.key
        for mark in (r"(?m)^- ", r"(?m)^\d\. ", r"(?m)^> "):
            assert len(re.findall(mark, dutch.long)) == len(re.findall(mark, english.long)), (
                stage.key,
                mark,
            )
        assert not re.search(r"\b([Uu]|[Uu]w)\b", dutch.short + dutch.long), stage.key


@pytest.mark.parametrize("key", KEYS)
def test_the_design_is_sound_and_complete(key):
    playbook = template(key)
    assert findings(playbook.design, Known()) == []
    opens = list(playbook.open_stages())
    assert 4 <= len(opens) <= 8
    assert playbook.won is not None
    assert [stage.key for stage in opens if stage.is_ask], "nobody asks for the decision"
    for stage in opens:
        assert all((stage.goals, stage.tasks, stage.idle_days)), stage.key
        assert any(task.required for task in stage.tasks), stage.key
        told_from_outside = {goal.kind for goal in stage.goals} & {"signal", "form", "email"}
        if told_from_outside and key != "inbound-trial":
            assert stage.goals_needed == "any", f"{stage.key} waits for another system"
            assert len(told_from_outside) < len(stage.goals), stage.key


def test_the_documentation_lists_them_all():
    page = (Path(__file__).parents[2] / "docs/reference/templates.md").read_text("utf-8")
    for playbook in templates():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{playbook.key}` |"))
        assert playbook.label("en") in row
        assert all(stage.label("en") in row for stage in playbook.open_stages())
        for stage in playbook.open_stages():
            for goal in stage.goals:
                named = getattr(goal, "signal", "") or getattr(goal, "form", "")
                assert not named or f"`{named}`" in page, named


def meet(world, lead, stage, goal):
    """Do what a goal asks, as a rep would."""
    rep = world.anna
    match goal:
        case ActivityGoal():
            at = timezone.now() + timedelta(days=2) if goal.planned else None
            for _ in range(goal.times):
                outcome = "" if goal.planned else goal.outcome
                actions.log_activity(rep, lead, kind=goal.activity, at=at, outcome=outcome)
        case BoxGoal():
            actions.tick_goal(rep, lead, goal=goal.key)
        case TaskGoal():
            task = Task.objects.get(lead=lead, key=goal.task, stage__key=stage.key, state="open")
            actions.do_task(rep, task)
        case PersonGoal():
            for _ in range(goal.times):
                bring(world, lead, goal.role)
        case ContactGoal():
            bring(world, lead, goal.role)
        case SignalGoal():
            for _ in range(goal.times):
                actions.receive_signal(rep, name=goal.signal, lead=lead.id)
        case FormGoal():
            filled = {"form": goal.form, "people": 12}
            actions.receive_signal(rep, name=SIGNAL, lead=lead.id, payload=filled)
        case EmailGoal():
            seen = {"subject": goal.subject, "link": f"https://ours.example/{goal.link}"}
            actions.receive_signal(rep, name=SIGNALS[goal.what], lead=lead.id, payload=seen)
        case FieldGoal():
            fill(world, lead, goal.field)
        case _:
            raise AssertionError(f"no rep knows how to do {goal.kind}")


def bring(world, lead, role):
    """Put somebody on the lead of whom everything is known."""
    world.made += 1
    person = PersonDraft(
        email=f"p{world.made}@klant.example", name=f"Kim {world.made}", phone="+31201234567"
    )
    actions.add_person_to_lead(world.anna, lead, person=person, role=role)


def fill(world, lead, field):
    """Fill in a field of the lead or of its company."""
    if field == "product":
        lines = [LineDraft(product=world.pump)]
        actions.set_products(world.anna, lead, lines=lines)
        return
    if field in {"company.employees", "company.industry"}:
        lead = Lead.objects.get(id=lead.id)
        if lead.company is None:
            fill(world, lead, "company")
            lead = Lead.objects.get(id=lead.id)
        value = 40 if field == "company.employees" else "Bouw"
        name = field.removeprefix("company.")
        change_company(world.anna, lead.company, changes={name: value})
        actions.settle_lead(lead.id)
        return
    if field == "people.decision_maker":
        bring(world, lead, "decision_maker")
        return
    value = {
        "value": Decimal(12_500),
        "expected_close": timezone.localdate() + timedelta(days=40),
        "competitor": "De buurman",
        "source": world.website,
        "company": CompanyDraft(name="Klant B.V."),
    }[field]
    actions.change_lead(world.anna, lead, changes={field: value})


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_a_lead_goes_through_it_to_won_by_doing_what_is_asked(world, key):
    pipeline = make_pipeline(world.manager, name=key, template=key)
    version = publish_pipeline(world.manager, pipeline)
    pipeline.refresh_from_db()
    lead = actions.create_lead(
        world.manager, LeadDraft(title="Klant", pipeline=pipeline, owner=world.anna)
    )
    been = []
    for stage in template(key).open_stages():
        if world.stage_of(lead) != stage.key:
            continue  # its goals were met before it began
        been.append(stage.key)
        laid = set(
            Task.objects.filter(lead=lead, stage__key=stage.key).values_list("key", flat=True)
        )
        assert {task.key for task in stage.tasks if task.due.since == "entered"} <= laid
        wanted = stage.goals if stage.goals_needed == "all" else stage.goals[:1]
        for goal in wanted:
            if world.stage_of(lead) == stage.key:
                meet(world, lead, stage, goal)
        assert world.stage_of(lead) != stage.key, f"{stage.key} was not completed"
    lead = Lead.objects.get(id=lead.id)
    assert lead.status == Lead.Status.WON
    assert lead.version == version
    assert len(been) >= 4
    assert not Task.objects.filter(lead=lead, state="open").exclude(key="").exists()
    assert not StageVisit.objects.filter(lead=lead, left_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_each_goal_of_a_stage_that_needs_any_is_enough(world, key):
    playbook = template(key)
    pipeline = make_pipeline(world.manager, name=key, template=key)
    publish_pipeline(world.manager, pipeline)
    pipeline.refresh_from_db()
    for stage in playbook.open_stages():
        for goal in stage.goals if stage.goals_needed == "any" else []:
            lead = actions.create_lead(
                world.manager, LeadDraft(title="Klant", pipeline=pipeline, stage=stage.key)
            )
            assert world.stage_of(lead) == stage.key
            meet(world, lead, stage, goal)
            assert world.stage_of(lead) != stage.key, f"{stage.key}/{goal.key}"
