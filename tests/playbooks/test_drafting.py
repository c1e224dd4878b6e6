"""Small edits of a draft: pure, and each leaves a valid design."""

import pytest

from cadans.ground.errors import NotFound
from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document
from cadans.playbooks.playbook import template
from cadans.process.design import Design

BEFORE = as_document(template("b2b-classic").design)


def stages(document):
    Design.model_validate(document)
    return [stage["key"] for stage in document["stages"]]


def test_a_new_stage_comes_before_the_end():
    changed, key = drafting.add_stage(BEFORE, {"nl": "Proefplaatsing", "en": "Pilot"})
    assert key == "proefplaatsing"
    assert stages(changed)[-2:] == ["proefplaatsing", "won"]


def test_a_stage_of_the_same_name_gets_a_key_of_its_own():
    once, first = drafting.add_stage(BEFORE, {"nl": "Demo"})
    twice, second = drafting.add_stage(once, {"nl": "Demo"})
    assert (first, second) == ("demo-2", "demo-3")
    stages(twice)


def test_the_document_that_came_in_is_not_changed():
    copy = as_document(template("b2b-classic").design)
    drafting.remove_stage(BEFORE, "demo")
    drafting.put_part(BEFORE, "new", "goals", {"kind": "box", "name": {"en": "Checked"}})
    assert copy == BEFORE


@pytest.mark.parametrize(
    ("key", "to", "place"),
    [("contract", 0, 0), ("new", 99, 5), ("new", 2, 2), ("won", 0, 6)],
)
def test_a_stage_moves_among_its_like(key, to, place):
    assert stages(drafting.move_stage(BEFORE, key, to=to)).index(key) == place


def test_stages_can_be_put_in_an_order():
    keys = ["won", "ask", "new"]
    assert stages(drafting.order_stages(BEFORE, keys))[:2] == ["ask", "new"]


def test_a_goal_gets_a_key_of_its_english_name():
    goal = {"kind": "box", "name": {"nl": "Getekend!", "en": "Signed, sealed"}}
    changed = drafting.put_part(BEFORE, "new", "goals", goal)
    assert changed["stages"][0]["goals"][-1]["key"] == "signed-sealed"
    stages(changed)


def test_a_part_is_replaced_in_its_place():
    goal = {"kind": "field", "field": "value", "name": {"en": "Value"}}
    changed = drafting.put_part(BEFORE, "new", "goals", goal, key="company-known")
    assert [one["key"] for one in changed["stages"][0]["goals"]] == [
        "first-call",
        "company-known",
        "source-known",
    ]
    assert changed["stages"][0]["goals"][1]["field"] == "value"


def test_without_a_task_the_goals_that_wait_for_it_go_too():
    changed = drafting.remove_part(BEFORE, "proposal", "tasks", "send-proposal")
    proposal = drafting.stage_of(changed, "proposal")
    assert [goal["key"] for goal in proposal["goals"]] == ["close-expected"]
    stages(changed)


def test_a_stage_that_ends_the_lead_loses_its_work_and_goes_to_the_end():
    changed = drafting.change_stage(BEFORE, "demo", {"ends_in": "lost"})
    assert stages(changed)[-1] == "demo"
    assert drafting.stage_of(changed, "demo")["goals"] == []


def test_what_is_gone_is_said_to_be_gone():
    with pytest.raises(NotFound):
        drafting.remove_stage(BEFORE, "nowhere")
    with pytest.raises(NotFound):
        drafting.remove_part(BEFORE, "new", "tasks", "nowhere")


def test_parts_move_in_their_list():
    changed = drafting.move_part(BEFORE, "new", "goals", "first-call", to=2)
    goals = [goal["key"] for goal in changed["stages"][0]["goals"]]
    assert goals == ["company-known", "source-known", "first-call"]
