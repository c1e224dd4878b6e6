"""The board of a pipeline: its open leads by stage."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from moneyed import Money

from cadans.leads.queries import Column, board, live_token
from cadans.process.models import Pipeline
from cadans.process.queries import pipeline_named
from cadans.team.models import User
from cadans.team.queries import organisation
from cadans.web.board.forms import BoardFilters
from cadans.web.live import news
from cadans.web.people_of_team import owner_choices
from cadans.web.requests import PageRequest

LAST = "board"
"""The key in the session of the pipeline that was looked at last."""


@login_required
@require_GET
def default_board(request: PageRequest) -> HttpResponse:
    """Go to the board looked at last, else the default pipeline's."""
    live = list(Pipeline.objects.live())
    last = request.session.get(LAST)
    chosen = next((one for one in live if one.key == last), None)
    chosen = chosen or next((one for one in live if one.is_default), None) or next(iter(live), None)
    if chosen is None:
        return render(request, "board/none.html", {"may_design": request.user.role != "rep"})
    return redirect("board:board", key=chosen.key)


@login_required
@require_GET
def board_page(request: PageRequest, key: str) -> HttpResponse:
    """The board with its filters."""
    pipeline = pipeline_named(key)
    if request.session.get(LAST) != pipeline.key:
        request.session[LAST] = pipeline.key
    return render(request, "board/board.html", _shown(request, pipeline))


@login_required
@require_GET
def board_live(request: PageRequest, key: str) -> HttpResponse:
    """The columns, if anything happened in the pipeline since the page's token."""
    pipeline = pipeline_named(key)
    return news(
        request,
        live_token(pipeline.id),
        lambda: render(request, "board/_columns.html", _columns(request, pipeline)),
    )


def _columns(request: PageRequest, pipeline: Pipeline) -> dict[str, Any]:
    filters = BoardFilters.of(request)
    user: User = request.user
    # The token is read first: what happens meanwhile is then shown again rather than missed.
    token = live_token(pipeline.id)
    columns = board(user, pipeline, leads=filters.narrow(user), more=filters.more)
    asked = request.GET.copy()
    asked.pop("token", None)
    return {
        "pipeline": pipeline,
        "token": token,
        "columns": columns,
        "count": sum(column.count for column in columns),
        "total": _total(columns),
        "filters": filters,
        "query": asked.urlencode(),
    }


def _shown(request: PageRequest, pipeline: Pipeline) -> dict[str, Any]:
    return _columns(request, pipeline) | {
        "pipelines": Pipeline.objects.live(),
        "owners": [
            ("me", _("My own leads")),
            ("none", _("Without an owner")),
            *owner_choices(without=request.user),
        ],
    }


def _total(columns: Iterable[Column]) -> Money:
    currency = organisation().currency
    return Money(sum((c.sums.get(currency, Decimal(0)) for c in columns), Decimal(0)), currency)
