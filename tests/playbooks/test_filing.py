"""Files come back as they were written, and say what the design says."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document
from cadans.playbooks.filing import file_of, is_said_by
from cadans.playbooks.playbook import Playbook, read_playbook, template_texts
from tests.playbooks.designs import ROLL, SOMEBODY_GONE, TEAMS, USERS, playbooks

SLOWLY = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)
TEXTS = list(template_texts())


@SLOWLY
@given(playbooks())
def test_any_playbook_reads_back_as_it_was_and_is_written_the_same_again(playbook):
    text = file_of(playbook, ROLL, head="# schema\n")
    again = read_playbook(text, ROLL)
    assert again == playbook
    assert file_of(again, ROLL, head="# schema\n") == text
    assert file_of(playbook, ROLL, before=text) == text


@SLOWLY
@given(playbooks(), playbooks())
def test_a_file_of_one_playbook_can_be_made_to_say_another(before, after):
    text = file_of(before, ROLL)
    changed = file_of(after, ROLL, before=text)
    assert read_playbook(changed, ROLL) == after


@SLOWLY
@given(st.sampled_from(TEXTS), st.data())
def test_an_edit_in_the_designer_leaves_the_other_stages_letter_for_letter(text, data):
    playbook = read_playbook(text)
    key = data.draw(st.sampled_from([one.key for one in playbook.stages if not one.ends_in]))
    document = drafting.change_stage(
        as_document(playbook.design),
        key,
        {
            "idle_days": data.draw(st.sampled_from([None, 1, 99])),
            "is_ask": data.draw(st.booleans()),
            "goals": data.draw(st.sampled_from([[], [{"kind": "box", "key": "b"}]])),
            "tasks": [],
        },
    )
    changed = file_of(as_playbook(playbook, document), ROLL, before=text)
    before, after = by_stage(text), by_stage(changed)
    assert list(before) == list(after)
    assert {one for one in before if before[one] != after[one]} <= {key}


def by_stage(text):
    """The lines of each stage in a file (and of what stands above them)."""
    parts = re.split(r"(?m)^  - key: (.+)$", text)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def as_playbook(playbook, document):
    return Playbook.model_validate({**playbook.model_dump(by_alias=True), **document})


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.split("key: ")[1].split()[0])
def test_each_template_comes_back_byte_for_byte(text):
    playbook = read_playbook(text)
    assert file_of(playbook, ROLL, before=text) == text
    canonical = file_of(playbook, ROLL)
    assert read_playbook(canonical) == playbook
    assert file_of(playbook, ROLL, before=canonical) == canonical


WRITTEN = """\
# Our own process; ask Anna before you change it.
format: 1
key:   ours   # as on the wall
name: {en: 'Ours',  nl: "Onze"}
stages:

  # Where it begins.
  - key: new
    name:
      en: New   # short, please
      nl: Nieuw
    idle_days: 3  # weekdays and weekends alike
    goals:
      # The first goal is the one that counts.
      - {kind: box, key: seen,   name: {en: Seen}}
      # Money.
      - kind: field
        key: value
        field: value
        at_least: 1_000  # about a week's work
        at_most: 5000.50
    rules:
      - key: north
        name: North
        to: {team: noord}   # any case of letters
    guidance:
      en:
        short: >
          Folded text
          of two lines.
        long: "Quoted: yes"

  # The end.
  - {key: won, name: {en: Won}, ends_in: won}
# Nothing below.
"""


def changed(edit, text=WRITTEN):
    """The file after an edit of the design that it says."""
    playbook = read_playbook(text, ROLL)
    document = edit(as_document(playbook.design))
    after = as_playbook(playbook, document)
    new = file_of(after, ROLL, before=text)
    assert read_playbook(new, ROLL) == after
    return new


def test_what_nobody_changed_is_byte_for_byte_the_same():
    assert changed(lambda document: document) == WRITTEN
    crlf = "\ufeff" + WRITTEN.replace("\n", "\r\n")
    assert changed(lambda document: document, crlf) == crlf


def test_a_changed_value_is_changed_in_its_place_and_keeps_its_comment():
    new = changed(lambda one: drafting.change_stage(one, "new", {"idle_days": 5}))
    assert new == WRITTEN.replace("idle_days: 3  #", "idle_days: 5  #")


def test_a_file_from_windows_keeps_its_line_ends():
    text = "\ufeff" + WRITTEN.replace("\n", "\r\n")
    new = changed(lambda one: drafting.change_stage(one, "new", {"is_ask": True}), text)
    assert new.startswith("\ufeff#")
    assert re.findall(r"(?<!\r)\n", new) == []
    assert "is_ask: true\r\n" in new


def test_a_value_that_becomes_the_usual_one_leaves_the_file():
    new = changed(lambda one: drafting.change_stage(one, "new", {"idle_days": None}))
    assert new == WRITTEN.replace("    idle_days: 3  # weekdays and weekends alike\n", "")


def test_comments_move_along_with_what_they_are_about():
    new = changed(lambda one: drafting.move_part(one, "new", "goals", "seen", to=1))
    money = new.index("      # Money.\n      - kind: field")
    first = new.index("      # The first goal is the one that counts.\n      - {kind: box")
    assert money < first
    assert sorted(new.splitlines()) == sorted(WRITTEN.splitlines())


def test_comments_go_with_what_they_are_about():
    new = changed(lambda one: drafting.remove_part(one, "new", "goals", "value"))
    assert "# Money." not in new
    start, end = WRITTEN.index("      # Money."), WRITTEN.index("    rules:")
    assert new == WRITTEN[:start] + WRITTEN[end:]


def test_something_new_comes_in_its_place_and_nothing_else_changes():
    new = changed(lambda one: drafting.add_stage(one, {"en": "Demo"})[0])
    added = "\n  - key: demo\n    name: {en: Demo}\n"
    place = WRITTEN.index("\n  # The end.")
    assert new == WRITTEN[:place] + added + WRITTEN[place:]


def test_within_braces_only_what_changed_is_written_anew():
    goal = {"kind": "box", "name": {"en": "Looked at", "nl": "Bekeken: ja"}}
    new = changed(lambda one: drafting.put_part(one, "new", "goals", goal, key="seen"))
    wanted = '{kind: box, key: seen, name: {nl: "Bekeken: ja", en: Looked at}}'
    assert new == WRITTEN.replace("{kind: box, key: seen,   name: {en: Seen}}", wanted)


def test_guidance_of_one_line_may_become_many():
    guidance = {"en": {"short": "One.\n\nTwo # three.\n", "long": "Quoted: yes"}}
    new = changed(lambda one: drafting.change_stage(one, "new", {"guidance": guidance}))
    assert "        short: |\n          One.\n\n          Two # three.\n        long: " in new


def test_a_part_with_an_anchor_is_written_anew_rather_than_wrongly():
    text = """\
format: 1
key: twice
name: {en: Twice}
stages:
  - key: a
    name: &name {en: Same}
    idle_days: 3
  - key: b
    name: *name
"""
    assert "en: Other" in changed(
        lambda one: drafting.rename_stage(one, "b", {"en": "Other"}), text
    )
    new = changed(lambda one: drafting.rename_stage(one, "a", {"en": "Other"}), text)
    assert read_playbook(new).stages[1].name == {"en": "Same"}


def test_users_and_teams_are_named_in_files():
    rule = {"name": "R", "to": {"users": [str(USERS["anna@zon.example"]), str(SOMEBODY_GONE)]}}
    new = changed(lambda one: drafting.put_part(one, "new", "rules", rule))
    assert f"to: {{users: [anna@zon.example, {SOMEBODY_GONE}]}}" in new
    assert "to: {team: noord}   # any case of letters" in new


def test_who_got_another_name_is_named_anew_in_place():
    text = WRITTEN.replace("noord", "Het oude noorden")
    playbook = read_playbook(WRITTEN, ROLL)
    assert not is_said_by(text, playbook, ROLL)
    new = file_of(playbook, ROLL, before=text)
    assert new == text.replace("Het oude noorden", "Noord")
    assert playbook.stages[0].rules[0].to.team == TEAMS["Noord"]


def test_a_text_that_cannot_be_read_is_written_anew():
    playbook = read_playbook(TEXTS[0])
    assert file_of(playbook, ROLL, before="no: playbook") == file_of(playbook, ROLL)
