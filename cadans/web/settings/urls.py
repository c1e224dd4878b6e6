"""Addresses of the settings. Each list has its own, so that others can stand beside them."""

from django.urls import path, re_path

from cadans.web.settings import views
from cadans.web.settings.places import LISTINGS

app_name = "settings"

KEY = f"(?P<key>{'|'.join(LISTINGS)})"
ID = "(?P<id>[0-9a-f-]{36})"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("organisation/", views.organisation, name="organisation"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/new/", views.new_token, name="new_token"),
    path("tokens/<uuid:id>/revoke/", views.revoke, name="revoke"),
    re_path(f"^{KEY}/$", views.listing, name="listing"),
    re_path(f"^{KEY}/add/$", views.edit, name="add"),
    re_path(f"^{KEY}/order/$", views.order, name="order"),
    re_path(f"^{KEY}/{ID}/$", views.edit, name="edit"),
    re_path(f"^{KEY}/{ID}/delete/$", views.delete, name="delete"),
]
