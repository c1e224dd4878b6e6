"""A lead on the board, drawn in Python.

A board shows hundreds of these at once; through the template engine they took most of the time
of the page (240 µs each, 15 µs like this). `<c-lead-card>` draws with it too.
"""

import datetime as dt
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from moneyed import Money

from cadans.web.writing import days, due, due_tone, hue, icon, initials, money


def lead_card(
    href: str,
    title: str,
    key: Any,
    *,
    company: str = "",
    value: Money | None = None,
    owner: str = "",
    age: Any = None,
    idle: Any = False,
    next: str = "",
    next_due: dt.date | dt.datetime | None = None,
    move_url: str = "",
) -> SafeString:
    """Draw a card; the arguments are those of `<c-lead-card>`. All texts are escaped here."""
    name, mark = escape(str(title)), escape(str(key))
    parts = [
        f'<li class="lead-card" id="lead-{mark}" data-card="{mark}" data-walk',
        f' data-move-url="{escape(move_url)}">' if move_url else ">",
        f'<a class="lead-link" draggable="false" href="{escape(href)}">{name}</a>',
    ]
    if company:
        parts.append(f'<span class="lead-company truncate">{escape(str(company))}</span>')
    parts.append(f'<span class="lead-row"><span class="lead-value">{escape(money(value))}</span>')
    if age is not None and age != "":
        parts.append(_age(int(age), idle=bool(idle)))
    if move_url:
        move = _("Move %(title)s to…") % {"title": name}
        parts.append(
            '<button type="button" class="btn btn-quiet btn-xs btn-square lead-menu" data-move-menu'
            f' aria-haspopup="menu" aria-label="{move}">{icon("ellipsis")}</button>'
        )
    if owner:
        parts.append(_face(str(owner), pushed=not move_url))
    parts.append("</span>")
    if next:
        parts.append(_next_task(str(next), next_due))
    parts.append("</li>")
    return SafeString("".join(parts))


def _age(age: int, *, idle: bool) -> str:
    """How long the lead lies in its stage, marked when that is too long."""
    if idle:
        title = escape(_("Nobody touched it for longer than this stage allows"))
        return (
            f'<span class="lead-idle" title="{title}">{icon("clock", "size-3.5")}{days(age)}</span>'
        )
    return f'<span title="{escape(_("Days in this stage"))}">{days(age)}</span>'


def _face(owner: str, *, pushed: bool) -> str:
    """The owner's initials."""
    name, push = escape(owner), " ms-auto" if pushed else ""
    return (
        f'<span class="avatar-own avatar-xs hue-{hue(owner)}{push}" role="img"'
        f' aria-label="{name}" title="{name}">{escape(initials(owner))}</span>'
    )


def _next_task(title: str, when: dt.date | dt.datetime | None) -> str:
    """The next thing to do and when."""
    late = ""
    if when:
        late = (
            '<span class="toned ms-auto whitespace-nowrap font-medium"'
            f' data-tone="{due_tone(when)}">{escape(due(when))}</span>'
        )
    mark = icon("square-check", "size-3.5")
    return (
        f'<span class="lead-row">{mark}<span class="truncate">{escape(title)}</span>{late}</span>'
    )
