"""Today: what to do now, in order, each handled in place."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cadans.insight.alerts import standing_for
from cadans.leads.today import day_of, day_token
from cadans.process.queries import pipelines
from cadans.team.models import User
from cadans.team.named import as_id
from cadans.team.queries import today
from cadans.web.live import news
from cadans.web.people_of_team import owner_choices
from cadans.web.requests import PageRequest


@login_required
@require_GET
def page(request: PageRequest) -> HttpResponse:
    """One's own day; a manager may look at a colleague's."""
    return render(request, "today/page.html", _shown(request))


@login_required
@require_GET
def live(request: PageRequest) -> HttpResponse:
    """The day, if anything changed since the page's token."""
    token = day_token(request.user, _whose(request))
    return news(request, token, lambda: render(request, "today/_day.html", _shown(request)))


def _shown(request: PageRequest) -> dict[str, Any]:
    rep = _whose(request)
    # The token is read first: what happens meanwhile is then shown again rather than missed.
    token = day_token(request.user, rep)
    leads_others = request.user.role != User.Role.REP
    return {
        "token": token,
        "day": day_of(request.user, rep),
        "rep": rep,
        "today": today(),
        "is_own": rep.id == request.user.id,
        "colleagues": owner_choices(without=request.user) if leads_others else [],
        "has_process": pipelines().live().exists(),
        "drops": standing_for(request.user),
    }


def _whose(request: PageRequest) -> User:
    user: User = request.user
    asked = as_id(request.GET.get("of", ""))
    if asked is None or user.role == User.Role.REP:
        return user
    return User.objects.active().filter(id=asked).first() or user
