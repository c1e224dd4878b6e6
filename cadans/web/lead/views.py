"""A lead's page: where it stands in the process, what to do now, what happened so far."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cadans.leads.queries import live_token_of_lead, standing, visible_lead
from cadans.team.named import as_id
from cadans.web.lead.goals import goals_shown
from cadans.web.lead.page import lead_shown
from cadans.web.lead.story import story_of
from cadans.web.live import news
from cadans.web.requests import PageRequest


@login_required
@require_GET
def page(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """The lead's page."""
    lead = visible_lead(request.user, id)
    return render(request, "lead/page.html", lead_shown(request.user, lead))


@login_required
@require_GET
def live(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """The page's inside, if anything happened to the lead since the page's token."""
    lead = visible_lead(request.user, id)
    return news(
        request,
        live_token_of_lead(lead.id),
        lambda: render(request, "lead/_lead.html", lead_shown(request.user, lead)),
    )


@login_required
@require_GET
def story(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Earlier events of the timeline."""
    lead = visible_lead(request.user, id)
    shown = {"lead": lead, "story": story_of(lead, before=as_id(request.GET.get("before", "")))}
    return render(request, "lead/_story.html", shown)


@login_required
@require_GET
def stage(request: PageRequest, id: uuid.UUID, key: str) -> HttpResponse:
    """A stage of the lead's process in the side panel: goals, guidance, tasks, and the way in."""
    lead = visible_lead(request.user, id)
    stands = standing(lead)
    if key not in stands.process.stages:
        raise Http404
    design = stands.process.design.stage(key)
    shown = {
        "lead": lead,
        "stage": design,
        "guidance": design.guidance_in(),
        "visit": stands.visits.get(key),
        "is_present": key == stands.stage.key,
        "goals": goals_shown(lead, design, stands.progress if key == stands.stage.key else None),
        "tasks": [task.label() for task in design.tasks],
    }
    return render(request, "lead/stage.html", shown)
