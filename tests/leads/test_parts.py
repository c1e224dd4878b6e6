"""The people on a lead, and the goals that wait for them."""

import pytest

from cadans.contacts.drafts import PersonDraft
from cadans.leads.actions import add_person_to_lead
from cadans.playbooks.actions import make_pipeline, publish_pipeline
from cadans.process.design import Design

pytestmark = pytest.mark.django_db

DECIDER = {"kind": "person", "key": "decider", "role": "decision_maker"}
REACHABLE = {"kind": "contact", "key": "reachable", "details": ["name", "phone"]}
BY_FIELD = {"kind": "field", "key": "named", "field": "people.decision_maker"}


@pytest.mark.parametrize("goal", [DECIDER, REACHABLE, BY_FIELD], ids=lambda goal: goal["key"])
def test_somebody_new_on_the_lead_meets_the_goal_at_once(world, goal):
    stages = [
        {"key": "new", "name": {"en": "New"}, "goals": [goal]},
        {"key": "next", "name": {"en": "Next"}},
    ]
    pipeline = make_pipeline(
        world.manager, name="People", design=Design.model_validate({"stages": stages})
    )
    publish_pipeline(world.manager, pipeline)
    pipeline.refresh_from_db()
    lead = world.lead(pipeline=pipeline)
    assert world.stage_of(lead) == "new"
    kim = PersonDraft(email="kim@klant.example", name="Kim", phone="+31201234567")
    add_person_to_lead(world.anna, lead, person=kim, role="decision_maker")
    assert world.stage_of(lead) == "next"
