"""The first run: from nothing to a live process, in one form and one transaction."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cadans.ground.errors import CadansError, Conflict
from cadans.playbooks.actions import set_up_selling
from cadans.team.queries import is_set_up
from cadans.web.process.gallery import cards, trades
from cadans.web.welcome.forms import WelcomeForm

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Ask for what is needed once; when there are users already, lead to the log-in."""
    if is_set_up():
        return redirect("/")
    form = WelcomeForm(request.POST or None, initial={"language": (get_language() or "en")[:2]})
    if request.method == "POST" and form.is_valid():
        try:
            user, pipeline = set_up_selling(
                **{**form.cleaned_data, "template": form.cleaned_data["template"] or None}
            )
        except Conflict as error:
            messages.warning(request, error.message)
            return redirect("/")
        except CadansError as error:
            field = error.pointer.lstrip("/")
            form.add_error(field if field in form.fields else None, error.message)
        else:
            login(request, user, backend=BACKEND)
            messages.success(
                request,
                _("“%(pipeline)s” is live. Add your first lead.") % {"pipeline": pipeline.name},
            )
            return redirect(f"/board/{pipeline.key}/")
    offered = cards()
    context = {
        "form": form,
        "cards": offered,
        "trades": trades(),
        "chosen": request.POST.get("template", offered[0].key),
        "trade": request.POST.get("trade", offered[0].trade),
    }
    return render(request, "welcome/welcome.html", context, status=422 if form.errors else 200)
