"""Short ways to ask for pages as somebody, and to read them."""

import html
import re
from typing import Any

from django.conf import settings
from django.test import Client

from cadans.team.models import User


def as_user(user: User, language: str = "nl") -> Client:
    """A browser in which somebody is logged in, who reads in that language."""
    User.objects.filter(id=user.id).update(language=language)
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return client


def texts(response: Any) -> str:
    """What stands on a page, without its tags, in one line."""
    page = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    page = html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", page)


HTMX = {"HX-Request": "true"}
