"""What a page's view is asked with."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from cadans.team.models import User


class PageRequest(HttpRequest):
    """A request of somebody who is logged in, perhaps made by htmx for a part of a page."""

    user: User
    htmx: HtmxDetails
