"""Small edits of a draft: a document in, the changed document out. Pure.

The document that comes in is a valid one (`actions.as_document`); it is not changed. What comes
out is checked by `save_draft`, as any document is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal

from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound

Document = dict[str, Any]
Part = Literal["goals", "tasks", "rules", "audiences", "automations"]
EMPTY_STAGE: Document = {
    "goals_needed": "all",
    "goals": [],
    "guidance": {},
    "tasks": [],
    "rules": [],
    "automations": [],
    "audiences": [],
    "idle_days": None,
    "is_ask": False,
    "enforcement": "advise",
    "ends_in": None,
}
LONGEST_KEY = 40
UNNAMED = re.compile(r"(new-stage|nieuwe-fase)(-\d+)?")
"""Keys of stages that were just added and have no name of their own yet."""


def stage_of(document: Mapping[str, Any], key: str) -> Document:
    """A stage of the document. Raises NotFound."""
    return _stage(document, key)


def add_stage(
    document: Mapping[str, Any], name: Mapping[str, str], *, before: str = ""
) -> tuple[Document, str]:
    """With a new open stage before the one named, else after the last open one; and its key."""
    changed = deepcopy(dict(document))
    stages = changed["stages"]
    key = free_key(next((text for text in name.values() if text), ""), keys_of(stages))
    if before:
        place = _position(stages, before)
    else:
        place = next((at for at, one in enumerate(stages) if one["ends_in"]), len(stages))
    stages.insert(place, {"key": key, "name": dict(name), **deepcopy(EMPTY_STAGE)})
    return changed, key


def rename_stage(document: Mapping[str, Any], key: str, name: Mapping[str, str]) -> Document:
    """With another name for a stage. Its key stays, so that leads and reports keep it."""
    return change_stage(document, key, {"name": {k: v for k, v in name.items() if v}})


def change_stage(document: Mapping[str, Any], key: str, changes: Mapping[str, Any]) -> Document:
    """With other settings for a stage: idle_days, is_ask, enforcement, goals_needed, guidance, …

    A stage that now ends the lead loses what only an open stage has.
    """
    changed = deepcopy(dict(document))
    stage = _stage(changed, key)
    stage.update(deepcopy(dict(changes)))
    if stage["ends_in"]:
        stage.update(goals=[], tasks=[], rules=[], fallback=None, idle_days=None, is_ask=False)
        stages = changed["stages"]
        stages.remove(stage)
        ends = [at for at, one in enumerate(stages) if one["ends_in"]]
        stages.insert(ends[0] if ends and stage["ends_in"] == "won" else len(stages), stage)
    return changed


def keys_by_name(
    document: Mapping[str, Any], published: Collection[str]
) -> tuple[Document, dict[str, str]]:
    """With a key of its name for each stage that was added without one; and old key → new.

    Stages that were published before keep theirs: leads and reports refer to them.
    """
    changed = deepcopy(dict(document))
    renamed = {}
    for stage in changed["stages"]:
        key = str(stage["key"])
        if UNNAMED.fullmatch(key) and key not in published:
            others = keys_of(one for one in changed["stages"] if one is not stage)
            stage["key"] = free_key(_name_of(stage), others | set(published))
            renamed[key] = str(stage["key"])
    return changed, renamed


def move_stage(document: Mapping[str, Any], key: str, *, to: int) -> Document:
    """With a stage at another place (from 0), among its like: an end stays behind the open ones."""
    changed = deepcopy(dict(document))
    stages = changed["stages"]
    stage = stages.pop(_position(stages, key))
    opens = sum(not one["ends_in"] for one in stages)
    low, high = (opens, len(stages)) if stage["ends_in"] else (0, opens)
    stages.insert(min(max(to, low), high), stage)
    return changed


def order_stages(document: Mapping[str, Any], keys: Sequence[str]) -> Document:
    """With the stages in the order of these keys; those not named stay last, as they were."""
    changed = deepcopy(dict(document))
    rank = {key: place for place, key in enumerate(keys)}
    changed["stages"].sort(key=lambda one: (bool(one["ends_in"]), rank.get(one["key"], len(rank))))
    return changed


def remove_stage(document: Mapping[str, Any], key: str) -> Document:
    """Without a stage."""
    changed = deepcopy(dict(document))
    changed["stages"].pop(_position(changed["stages"], key))
    return changed


def put_part(
    document: Mapping[str, Any], stage: str, part: Part, item: Mapping[str, Any], *, key: str = ""
) -> Document:
    """With a goal, task or rule in the place of the one with that key, or behind the others.

    A new one gets a key of its `name`.
    """
    changed = deepcopy(dict(document))
    row = _stage(changed, stage)[part]
    if key:
        row[_position(row, key)] = {**item, "key": key}
    else:
        row.append({**item, "key": free_key(_name_of(item), keys_of(row))})
    return changed


def remove_part(document: Mapping[str, Any], stage: str, part: Part, key: str) -> Document:
    """Without a goal, task or rule; without a task, the goals that wait for it go too, and tasks
    that were due after it are due after entering the stage."""
    changed = deepcopy(dict(document))
    place = _stage(changed, stage)
    place[part].pop(_position(place[part], key))
    if part == "goals":
        place["automations"] = [one for one in place["automations"] if one.get("goal") != key]
    if part == "tasks":
        place["goals"] = [
            goal
            for goal in place["goals"]
            if not (goal["kind"] == "task" and goal.get("task") == key)
        ]
        for task in place["tasks"]:
            if task["due"].get("task") == key:
                task["due"] |= {"since": "entered", "task": None}
    return changed


def move_part(
    document: Mapping[str, Any], stage: str, part: Part, key: str, *, to: int
) -> Document:
    """With a goal, task or rule at another place (from 0)."""
    changed = deepcopy(dict(document))
    row = _stage(changed, stage)[part]
    item = row.pop(_position(row, key))
    row.insert(min(max(to, 0), len(row)), item)
    return changed


def free_key(name: str, taken: Collection[str]) -> str:
    """A key made of a name that none of those taken is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    start = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST_KEY - 4].strip("-") or "one"
    if start not in taken:
        return start
    return next(f"{start}-{n}" for n in range(2, len(taken) + 3) if f"{start}-{n}" not in taken)


def keys_of(row: Iterable[Mapping[str, Any]]) -> set[str]:
    """The keys of stages, goals, tasks or rules."""
    return {str(one["key"]) for one in row}


def _stage(document: Mapping[str, Any], key: str) -> Document:
    stages = document["stages"]
    found: Document = stages[_position(stages, key)]
    return found


def _position(row: Sequence[Mapping[str, Any]], key: str) -> int:
    for place, one in enumerate(row):
        if one["key"] == key:
            return place
    raise NotFound(_("“%(key)s” is no longer in this draft.") % {"key": key})


def _name_of(item: Mapping[str, Any]) -> str:
    name = item.get("name") or item.get("audience") or ""
    if isinstance(name, Mapping):
        return str(name.get("en") or next(iter(name.values()), ""))
    return str(name)
