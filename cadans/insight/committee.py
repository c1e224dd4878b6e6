"""The committee: who decides along, who of them was touched and informed, and how long it takes.

Counted are the leads closed in the period. A role is *known* when somebody on the lead has it;
*touched* when a held activity of the lead, before it closed, names such a person; *informed* when
one of them is of a kind that gives what the role asks for (see ASKS_FOR).
"""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadans.contacts.models import BuyingRole
from cadans.ground.errors import Invalid
from cadans.insight.cycle import DAY, EACH, length, summed
from cadans.insight.facts import Facts, Sql, closings
from cadans.insight.filters import Filters
from cadans.insight.intervals import rate
from cadans.team.models import User

MOST = 3
"""Leads with so many roles or more stand in one row."""

ASKS_FOR = {
    "decision_maker": ("meeting", "ask"),
    "champion": ("meeting", "demo"),
    "influencer": ("meeting", "demo"),
    "user": ("demo",),
    "gatekeeper": ("call", "email", "meeting", "demo", "ask"),
    "blocker": ("meeting", "ask"),
}
"""The kinds of activity that give each role what it asks for; an own kind gives it to all."""

OF_THE_HOUSE = ("call", "email", "meeting", "demo", "ask", "note")
"""The kinds that every organisation has; a note tells the others nothing."""

# Each role on each lead closed in the period, once: whether somebody who has it was touched, and
# informed.
ROLES = """
    select p.lead_id, p.role, bool_or(a.id is not null) as touched,
           bool_or(a.id is not null and (a.kind <> all(%s) or (p.role, a.kind) in (
               select asks.role, asks.kind from unnest(%s::text[], %s::text[]) asks(role, kind)
           ))) as informed
    from leads_leadperson p
    join leads_closing c on c.lead_id = p.lead_id and c.reopened_at is null
    left join (
        leads_activity_people named
        join leads_activity a on a.id = named.activity_id and a.held and a.kind <> 'note'
    ) on a.lead_id = p.lead_id and named.person_id = p.person_id and a.at <= c.at
    where p.role <> '' and c.at >= %s and c.at < %s
    group by p.lead_id, p.role
"""

COVERED = f"""
    left join (
        select role_of.lead_id, count(*) as known,
               count(*) filter (where role_of.touched) as touched
        from ({ROLES}) role_of group by role_of.lead_id
    ) committee on committee.lead_id = l.id
"""

LENGTHS = f"""
    f.status as length, date_part('epoch', f.at - f.opened_at) / {DAY} as days
"""

BY_ROLE = """
    role_of.role as role, count(*) as known, count(*) filter (where role_of.touched) as touched,
    count(*) filter (where role_of.informed) as informed
"""

COVERAGES = ("known", "touched")
PARTS = {"closed": "true", "won": "f.status = 'won'", "lost": "f.status = 'lost'"}
"""What can be opened as a list of leads; of a role also `known`, `touched` and `informed`."""


def committee(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """Cycle length and win rate by the number of roles known, and touched; and each role's part.

    Rows are keyed `known:2`, `touched:0` (`…:3` holds all above). `total.roles` has, for each
    buying role, the leads on which it is `known`, and of those the rates of `touched` and
    `informed`. Raises Invalid for a breakdown.
    """
    if filters.by is not None:
        raise Invalid(_("The committee is no further broken down."), pointer="/by")
    facts = closings(filters, user)
    rows = [row for name in COVERAGES for row in rows_of(name, covered(facts, filters))]
    closed = sum(row["closed"] for row in rows if row["coverage"] == "known")
    return {
        "metric": "committee",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": {"closed": closed, "roles": by_role(facts, filters, closed)},
        "rows": rows,
    }


def of_roles(filters: Filters) -> tuple[Any, ...]:
    """The values that ROLES needs: the kinds of the house, the pairs that inform, the period."""
    pairs = [(role, kind) for role, gives in ASKS_FOR.items() for kind in gives]
    informs = ([role for role, _kind in pairs], [kind for _role, kind in pairs])
    return [*OF_THE_HOUSE], *informs, filters.begins, filters.ends


def covered(facts: Facts, filters: Filters) -> Facts:
    """The facts with `committee.known` and `committee.touched`: how many roles of their leads."""
    return replace(facts, source=facts.source + Sql(COVERED, of_roles(filters)))


def covering(name: str) -> str:
    """How many roles of a lead are known, or touched; MOST stands for all above."""
    return f"least(coalesce(committee.{name}, 0), {MOST})"


def rows_of(name: str, facts: Facts) -> list[dict[str, Any]]:
    """The lengths and win rates by how many roles are known, or touched."""
    _whole, found = summed(facts.select(f"{covering(name)} as key, {LENGTHS}"), EACH)
    rows = []
    for number in sorted(found):
        lengths = {status: length(found[number].get(status)) for status in ("won", "lost")}
        won, lost = (lengths[status]["leads"] for status in ("won", "lost"))
        rows.append(
            {
                "key": f"{name}:{number}",
                "label": label(name, number),
                "coverage": name,
                "roles": number,
                "closed": won + lost,
                "win_rate": rate(won, won + lost).as_json(),
                **lengths,
            }
        )
    return rows


def label(name: str, number: int) -> str:
    """“2 roles known”, “3 or more roles touched”."""
    if number >= MOST:
        words = {
            "known": _("%(number)s or more roles known"),
            "touched": _("%(number)s or more roles touched"),
        }[name]
    elif not number:
        return {"known": _("no role known"), "touched": _("no role touched")}[name]
    else:
        words = {
            "known": ngettext("%(number)s role known", "%(number)s roles known", number),
            "touched": ngettext("%(number)s role touched", "%(number)s roles touched", number),
        }[name]
    return words % {"number": number}


def by_role(facts: Facts, filters: Filters, closed: int) -> list[dict[str, Any]]:
    """Each buying role: on how many leads it is known, touched, informed."""
    join = Sql(f"join ({ROLES}) role_of on role_of.lead_id = l.id", of_roles(filters))
    source = facts.source + join
    found = {
        row["role"]: row
        for row in (replace(facts, source=source).select(BY_ROLE) + "group by 1").rows()
    }
    rows = []
    for role in BuyingRole:
        row = found.get(role.value, {"known": 0, "touched": 0, "informed": 0})
        rows.append(
            {
                "key": role.value,
                "label": str(role.label),
                "known": rate(row["known"], closed).as_json(),
                "touched": rate(row["touched"], row["known"]).as_json(),
                "informed": rate(row["informed"], row["known"]).as_json(),
            }
        )
    return rows


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads behind a figure: `known:2` or `role:user`, and the part of it."""
    what, _colon, which = key.partition(":")
    facts = closings(filters, user)
    if what == "role" and which in ASKS_FOR and name in ("known", "touched", "informed"):
        condition = "true" if name == "known" else f"role_of.{name}"
        within = Sql(
            f"l.id in (select role_of.lead_id from ({ROLES}) role_of"
            f" where role_of.role = %s and {condition})",
            (*of_roles(filters), which),
        )
        return facts.narrowed(within).select("l.id")
    if name not in PARTS or (key and (what not in COVERAGES or not which.isdigit())):
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    if key:
        facts = covered(facts, filters).narrowed(Sql(f"{covering(what)} = %s", (int(which),)))
    return facts.narrowed(Sql(PARTS[name])).select("l.id")
