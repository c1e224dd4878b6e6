"""Addresses of one's own account, before allauth's.

Allauth brings pages for what Cadans does elsewhere or not at all: addresses are changed in the
settings, and nobody has to confirm one. Their names stay, for allauth's own code asks for them.
"""

from django.urls import path, re_path
from django.views.generic.base import RedirectView

from cadans.web.account import views

to_profile = RedirectView.as_view(pattern_name="settings:profile")
to_log_in = RedirectView.as_view(url="/account/login/")

urlpatterns = [
    path("look/", views.look, name="look"),
    path("email/", to_profile, name="account_email"),
    path("confirm-email/", to_log_in, name="account_email_verification_sent"),
    re_path(r"^confirm-email/[-:\w]+/$", to_log_in),
    path("login/code/confirm/", to_log_in),
]
