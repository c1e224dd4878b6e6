"""What a page's view is asked with."""

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from cadans.team.models import User


class PageRequest(HttpRequest):
    """A request of somebody who is logged in, perhaps made by htmx for a part of a page."""

    user: User
    htmx: HtmxDetails


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent in with, however little; None when it is only asked for."""
    return request.POST if request.method == "POST" else None
