"""What the command palette finds: leads, people and companies."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cadans.leads.finding import search
from cadans.web.requests import PageRequest


@login_required
@require_GET
def hits(request: PageRequest) -> HttpResponse:
    """The hits for ?q=, as the palette shows them."""
    words = request.GET.get("q", "")
    return render(request, "search/_hits.html", {"hits": search(request.user, words)})
