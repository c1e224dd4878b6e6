"""The list of leads: filters, sorting, what is done with many at once, and the same as CSV."""

import csv
from collections.abc import Iterator
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.lead import Lead, LeadQuerySet
from cadans.process.queries import pipelines
from cadans.team.models import User
from cadans.team.named import as_id
from cadans.team.queries import today
from cadans.web.leads.filters import DEFAULT_SORT, LeadFilters, order
from cadans.web.live import changed
from cadans.web.paging import page_of
from cadans.web.people_of_team import owner_choices
from cadans.web.requests import PageRequest
from cadans.web.spreadsheet import harmless

MOST_AT_ONCE = 200
"""Leads that one bulk deed may touch: what a person can still oversee."""

MORE = (
    *("source", "territory", "value_from", "value_to"),
    *("opened_from", "opened_to", "closed_from", "closed_to"),
)
"""Filters behind "More filters"."""

TOLD = 3
"""Refusals that the answer to a bulk deed spells out."""


@login_required
@require_GET
def leads(request: PageRequest) -> HttpResponse:
    """The list; for htmx's "more" only the following rows."""
    filters = _filters(request)
    sort = request.GET.get("sort", DEFAULT_SORT)
    rows = filters.qs.order_by(*order(sort))
    page = page_of(request, rows, whole=_whole)
    shown = {"page": page, "sort": sort, "filters": filters}
    if request.htmx and request.htmx.target == "more":
        return render(request, "leads/_rows.html", shown)
    return render(request, "leads/list.html", shown | _choices(request, filters))


@login_required
@require_POST
def bulk(request: PageRequest) -> HttpResponse:
    """Give chosen leads to somebody, or move them to a stage; those refused are told."""
    ids = [id for word in request.POST.getlist("lead") if (id := as_id(word))]
    chosen = Lead.objects.visible_to(request.user).filter(id__in=ids[:MOST_AT_ONCE])
    owner, stage = request.POST.get("to_owner", ""), request.POST.get("to_stage", "")
    done, refused = 0, []
    for lead in chosen.with_names():
        try:
            if owner:
                _give(request.user, lead, owner)
            if stage:
                actions.move_lead(request.user, lead, stage=stage)
            done += 1
        except CadansError as error:
            refused.append(f"{lead.title}: {error.message}")
    if not (owner or stage) or not (done or refused):
        return changed(_("Choose leads, and what to do with them."), "warning")
    told = ngettext("%(count)d lead changed.", "%(count)d leads changed.", done) % {"count": done}
    if refused:
        told = _("%(told)s Not changed: %(refused)s") % {
            "told": told,
            "refused": " · ".join(refused[:TOLD]),
        }
        if len(refused) > TOLD:
            told = _("%(told)s and %(count)d more") % {"told": told, "count": len(refused) - TOLD}
    return changed(told, "warning" if refused else "success")


@login_required
@require_GET
def export(request: PageRequest) -> HttpResponseBase:
    """The same leads as CSV, row by row, harmless to spreadsheets."""
    rows = _filters(request).qs.with_names().order_by("-opened_at", "-id")
    response = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="leads-{today().isoformat()}.csv"'
    return response


def _whole(rows: QuerySet[Any]) -> QuerySet[Any]:
    return cast(LeadQuerySet, rows).with_names()


def _filters(request: PageRequest) -> LeadFilters:
    seen = Lead.objects.visible_to(request.user)
    return LeadFilters(request.GET, seen, user=request.user)


def _choices(request: PageRequest, filters: LeadFilters) -> dict[str, Any]:
    live = list(pipelines().prefetch_related("stages"))
    stages = [
        (str(stage.id), stage.label if len(live) == 1 else f"{stage.label} ({pipeline.name})")
        for pipeline in live
        for stage in pipeline.stages.all()
        if stage.retired_at is None
    ]
    colleagues = owner_choices()
    return {
        "pipelines": [(one.key, one.name) for one in live],
        "stages": stages,
        "states": Lead.Status.choices,
        "owners": [
            ("me", _("My own leads")),
            ("none", _("Without an owner")),
            *colleagues,
        ],
        "colleagues": colleagues,
        "more_fields": [filters.form[name] for name in MORE],
        "more_used": sum(1 for name in MORE if request.GET.get(name)),
        "query": request.GET.urlencode(),
        "is_narrowed": any(value for name, value in request.GET.items() if name != "sort"),
    }


def _give(user: User, lead: Lead, owner: str) -> None:
    new = User.objects.selling().filter(id=as_id(owner)).first()
    actions.assign_lead(user, lead, owner=new)


class _Echo:
    """A file that hands back what is written to it, so that rows stream out."""

    def write(self, line: str) -> str:
        return line


def _csv(rows: QuerySet[Lead]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    head = ("id", "title", "pipeline", "stage", "status", "value", "currency", "owner", "company")
    yield writer.writerow(
        [*head, "source", "territory", "opened_at", "closed_at", "expected_close"]
    )
    for lead in rows.iterator(chunk_size=2000):
        cells = [
            lead.id,
            lead.title,
            lead.pipeline.name,
            lead.stage.label,
            lead.status,
            lead.value,
            lead.currency,
            lead.owner.email if lead.owner else "",
            lead.company.name if lead.company else "",
            lead.source.name if lead.source else "",
            lead.territory.name if lead.territory else "",
            lead.opened_at.isoformat(),
            lead.closed_at.isoformat() if lead.closed_at else "",
            lead.expected_close or "",
        ]
        yield writer.writerow([harmless(cell) for cell in cells])
