"""Random playbooks, made of the models themselves: what the format learns, these learn too."""

from __future__ import annotations

import uuid
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from cadans.assignment.rules import AssignmentRule, Band, Hours, Target
from cadans.ground.conditions import Compare, Condition
from cadans.playbooks.playbook import Playbook
from cadans.process.design import Due, StageDesign, StageTask
from cadans.process.goals import KINDS
from cadans.process.goals.email import EmailGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.task import TaskGoal
from cadans.team.references import Roll

USERS = {
    name: uuid.uuid5(uuid.NAMESPACE_URL, name) for name in ("anna@zon.example", "b@zon.example")
}
TEAMS = {name: uuid.uuid5(uuid.NAMESPACE_URL, name) for name in ("Noord", "Zuid: grote klanten")}
ROLL = Roll(USERS, TEAMS)
SOMEBODY_GONE = uuid.UUID("0190f8a0-0000-7000-8000-000000000000")

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    st.sampled_from(
        [
            *("yes", "no", "1", "01234", "1.5", "1e3", "2026-01-01", "09:30", "null", "~", "true"),
            *("a: b", "a #b", "# a", "- a", "? a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a"),
            *("'a'", '"a"', "a\\b", "[a]", "{a}", "a, b", " a", "a ", "\ta", "a\tb", "é", "€ 5"),
            *(
                "a\nb",
                "a\nb\n",
                "a\n\nb\n",
                "a\n\n",
                "\na",
                " a\nb",
                "a\n  b\n",
                "a\r\nb",
                "\u2028",
            ),
        ]
    ),
)
KEYS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
NUMBERS = st.one_of(
    st.integers(0, 10**9).map(Decimal),
    st.sampled_from(["0.5", "12.50", "1250.00", "1E+5", "99999999999.99"]).map(Decimal),
)
VALUES = st.one_of(TEXTS, st.integers(-(10**12), 10**12), st.booleans(), st.floats(-1e9, 1e9))


def _named(ids: dict[str, uuid.UUID]) -> st.SearchStrategy[uuid.UUID]:
    return st.sampled_from([*ids.values(), SOMEBODY_GONE])


def _bound(field: FieldInfo | None, name: str, otherwise: Any) -> Any:
    found = [getattr(one, name, None) for one in (field.metadata if field else ())]
    return next((one for one in found if one is not None), otherwise)


def of(annotation: Any, field: FieldInfo | None = None, name: str = "") -> st.SearchStrategy[Any]:
    """Values of a field's type, within its bounds."""
    low, high = _bound(field, "min_length", 0), _bound(field, "max_length", 40)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = FieldInfo.from_annotation(annotation)
        return of(parts[0], inner, name)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is list:
        return st.lists(of(parts[0], name=name), min_size=low, max_size=min(high, 3))
    if origin is dict:
        texts = of(parts[1], FieldInfo.from_annotation(parts[1]), name)
        return st.dictionaries(of(parts[0]), texts, min_size=low)
    if parts:
        return st.one_of(*(of(part, field, name) for part in parts))
    if annotation is Condition:
        return CONDITIONS
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return made(annotation)
    if annotation is uuid.UUID:
        return _named(TEAMS if name.startswith("team") else USERS)
    if annotation is str:
        pattern = _bound(field, "pattern", "")
        if pattern:
            return KEYS if "a-z" in pattern else st.from_regex(pattern, fullmatch=True)
        return TEXTS.filter(lambda text: low <= len(text) <= high)
    if annotation is int:
        return st.integers(_bound(field, "ge", 0), min(_bound(field, "le", 99), 99))
    simple: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        Decimal: NUMBERS,
        date: st.dates(),
        time: st.times().map(lambda at: at.replace(microsecond=0, tzinfo=None)),
        type(None): st.none(),
    }
    return simple.get(annotation, VALUES)


@cache
def made(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Documents of a model: any of its fields left out that may be, refused ones tried again."""
    fields = {
        field.alias or name: of(field.annotation, field, name)
        for name, field in model.model_fields.items()
    }
    needed = {
        field.alias or name for name, field in model.model_fields.items() if field.is_required()
    }
    needed |= {"kind"} & fields.keys()
    documents = st.fixed_dictionaries(
        {name: fields[name] for name in needed},
        optional={name: one for name, one in fields.items() if name not in needed},
    )
    fitted = documents.map(FITS.get(model, dict)).map(lambda one: _plain(model, one))
    return fitted.filter(lambda one: one is not None)


def _plain(model: type[BaseModel], document: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return model.model_validate(document).model_dump(mode="json", by_alias=True)
    except ValidationError:
        return None


def _only(document: dict[str, Any], *without: str, **put: Any) -> dict[str, Any]:
    return {**{name: one for name, one in document.items() if name not in without}, **put}


def _somebody(document: dict[str, Any]) -> dict[str, Any]:
    """A team, or users; with the strategy `tier` two bands instead."""
    users = document.get("users") or [*USERS.values()][:1]
    who = {"team": document["team"]} if document.get("team") else {"users": users}
    if document.get("strategy") == "tier":
        bands = [{**who, "at_least": 0}, {**who, "at_least": "12.50"}]
        return _only(document, "team", "users", bands=bands)
    return _only(document, "team", "users", "bands", **who)


def _assignee(document: dict[str, Any]) -> dict[str, Any]:
    known = {"user": next(iter(USERS.values())), "team": SOMEBODY_GONE}
    to = document.get("to")
    return _only(document, "user", "team", **({to: known[to]} if to in known else {}))


FITS: dict[type[BaseModel], Any] = {
    Band: _somebody,
    Target: _somebody,
    StageTask: _assignee,
    Due: lambda one: _only(one, "task", "since"),
    Hours: lambda one: _only(one, "starts", "ends"),
    FieldGoal: lambda one: _only(one, "at_most"),
    EmailGoal: lambda one: _only(one, "link"),
}
"""What a model asks of fields together, which is no fault to look for here."""


def _conditions() -> st.SearchStrategy[Any]:
    """Conditions, also in conditions."""
    compares = st.one_of(
        st.fixed_dictionaries({"field": KEYS, "is": st.sampled_from(["set", "not_set"])}),
        st.fixed_dictionaries(
            {"field": KEYS, "is": st.sampled_from(["equal", "contains"]), "than": VALUES}
        ),
        st.fixed_dictionaries(
            {"field": KEYS, "is": st.just("one_of"), "than": st.lists(VALUES, max_size=3)}
        ),
        st.fixed_dictionaries(
            {"field": KEYS, "is": st.just("at_least"), "than": st.integers(0, 10**6)}
        ),
    ).map(lambda one: Compare.model_validate(one).model_dump(mode="json", by_alias=True))
    return st.recursive(
        compares,
        lambda inner: st.dictionaries(
            st.sampled_from(["all", "any"]), st.lists(inner, max_size=2), min_size=1
        ),
        max_leaves=4,
    ).map(lambda one: one if one.keys() <= {"all", "any"} else {"all": [one]})


CONDITIONS = _conditions()


def _own_keys(row: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({one["key"]: one for one in row}.values())


@st.composite
def stages(draw: st.DrawFn, key: str) -> dict[str, Any]:
    """A stage in which a lead is open."""
    plain = {
        name: of(field.annotation, field, name)
        for name, field in StageDesign.model_fields.items()
        if name not in {"key", "goals", "tasks", "rules", "ends_in"}
    }
    tasks = _own_keys(draw(st.lists(made(StageTask), max_size=2)))
    tasks = [one for one in tasks if one["due"]["task"] is None]
    kinds = [kind for kind in KINDS.values() if kind is not TaskGoal or tasks]
    goals = _own_keys(draw(st.lists(st.one_of(*(made(kind) for kind in kinds)), max_size=3)))
    for goal in goals:
        if goal["kind"] == "task":
            goal["task"] = tasks[0]["key"]
    rules = _own_keys(draw(st.lists(made(AssignmentRule), max_size=2)))
    other = draw(st.fixed_dictionaries({}, optional=plain))
    for name in other.keys() & {"automations", "audiences"}:
        other[name] = _own_keys(other[name])
    for one in other.get("automations", []):
        if one["goal"]:
            one["goal"] = goals[0]["key"] if goals else None
    return {
        **other,
        "name": draw(plain["name"]),
        "key": key,
        "goals": goals,
        "tasks": tasks,
        "rules": rules,
    }


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    """Whole playbooks, valid as every draft is."""
    plain = {
        name: of(field.annotation, field, name)
        for name, field in Playbook.model_fields.items()
        if name not in {"stages", "key", "name"}
    }
    keys = draw(st.lists(KEYS, min_size=2, max_size=4, unique=True))
    row = [draw(stages(key)) for key in keys[:-1]]
    end = {
        "key": keys[-1],
        "name": {"en": "End"},
        "ends_in": draw(st.sampled_from(["won", "lost"])),
    }
    document = {
        **draw(st.fixed_dictionaries({}, optional=plain)),
        "key": draw(KEYS),
        "name": draw(of(Playbook.model_fields["name"].annotation, Playbook.model_fields["name"])),
        "stages": [*row, *draw(st.sampled_from([[], [end]]))],
    }
    return Playbook.model_validate(document)
