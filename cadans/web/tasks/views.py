"""Do, skip and change a task: on Today and on a lead's page alike."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.lists import visible_task
from cadans.web.inline import tell
from cadans.web.lead.forms import TaskForm
from cadans.web.lead.work import onward
from cadans.web.live import changed
from cadans.web.requests import PageRequest, posted


@login_required
@require_POST
def done(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Tick the task; its lead may go on by itself."""
    task = visible_task(request.user, id)
    before = task.lead.stage_id
    actions.do_task(request.user, task)
    task = visible_task(request.user, id)
    return changed(onward(task.lead, before, _("Done: %(task)s") % {"task": task.label}))


@login_required
@require_POST
def skip(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Skip the task."""
    task = actions.skip_task(request.user, visible_task(request.user, id))
    return changed(_("Skipped: %(task)s") % {"task": task.label}, "info")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Change the task's name, due moment, assignee and note, in the side panel."""
    task = visible_task(request.user, id)
    first = {
        "name": task.label,
        "kind": task.kind,
        "due_at": task.due_at,
        "assignee": task.assignee_id,
        "note": task.note,
    }
    form = TaskForm(posted(request), in_drawer=True, initial=first)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            actions.change_task(request.user, task, changes=changes)
        except CadansError as error:
            tell(form, error)
        else:
            return changed(_("Task changed."), close=True)
    status = 422 if form.errors else 200
    return render(request, "tasks/edit.html", {"task": task, "form": form}, status=status)
